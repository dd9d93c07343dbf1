/* SPDX-License-Identifier: MIT
 * watch.c - see watch.h.
 */
#include "linnet/chat/watch.h"

#include <stdlib.h>

#include "linnet/base/mem.h"

void
ln_watch_init(struct ln_watch *w)
{
    *w = (struct ln_watch){0};
    ln_map_init(&w->users);
}

void
ln_watch_deinit(struct ln_watch *w)
{
    struct ln_watch_user *u;
    for (size_t i = 0; (u = ln_map_each(&w->users, &i, NULL));) {
        free(u->watchers);
        free(u);
    }
    ln_map_deinit(&w->users);
    free(w->changed);
}

struct ln_watch_user *
ln_watch_find(const struct ln_watch *w, ln_user_id user)
{
    return ln_map_get(&w->users, user);
}

bool
ln_watch_add(struct ln_watch *w, ln_user_id user, void *session)
{
    struct ln_watch_user *u = ln_map_get(&w->users, user);
    bool first = !u;
    if (first) {
        u = ln_zalloc(sizeof *u);
        u->id = user;
        ln_map_put(&w->users, user, u);
    }
    u->watchers = ln_grow(u->watchers, u->count + 1u, sizeof *u->watchers);
    u->watchers[u->count++] = session;
    return first;
}

bool
ln_watch_remove(struct ln_watch *w, ln_user_id user, void *session)
{
    struct ln_watch_user *u = ln_map_get(&w->users, user);
    for (uint32_t i = 0; u && i < u->count; i++) {
        if (u->watchers[i] == session) {
            u->watchers[i] = u->watchers[--u->count];
            break;
        }
    }
    if (!u || u->count) {
        return false;
    }
    ln_map_del(&w->users, user);
    free(u->watchers);
    free(u);
    return true;
}

void
ln_watch_told(struct ln_watch *w, ln_user_id user, enum ln_presence_state state, ln_ts last_seen)
{
    struct ln_watch_user *u = ln_map_get(&w->users, user);
    if (!u || (u->known && u->state == state)) {
        return;
    }
    u->known = true;
    u->state = state;
    u->last_seen = last_seen ? last_seen : u->last_seen;
    if (u->changed) {
        return;
    }
    u->changed = true;
    if (w->changed_count == w->changed_cap) {
        w->changed_cap = w->changed_cap ? w->changed_cap * 2 : 64;
        w->changed = ln_grow(w->changed, w->changed_cap, sizeof *w->changed);
    }
    w->changed[w->changed_count++] = user;
}

void
ln_watch_flush(struct ln_watch *w, void (*tell)(void *ctx, const struct ln_watch_user *user),
               void *ctx)
{
    for (uint32_t i = 0; i < w->changed_count; i++) {
        struct ln_watch_user *u = ln_map_get(&w->users, w->changed[i]);
        if (u && u->changed) {
            u->changed = false;
            tell(ctx, u);
        }
    }
    w->changed_count = 0;
}
