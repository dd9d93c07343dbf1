/* SPDX-License-Identifier: MIT
 * presence.c - see presence.h.
 */
#include "linnet/chat/presence.h"

#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

struct watched {
    uint64_t shards; /* who wants to know; never 0 */
};

/* A user whose last session has ended: still shown as before. */
struct dying {
    ln_user_id user;
    enum ln_presence_state state;
    uint64_t until_ms; /* end of grace */
    ln_ts last_seen;
};

void
ln_presence_init(struct ln_presence *p, uint64_t grace_ms, ln_presence_fn *tell,
                 ln_presence_now_fn *now, void *ctx)
{
    *p = (struct ln_presence){.grace_ms = grace_ms, .tell = tell, .now = now, .ctx = ctx};
    ln_map_init(&p->watched);
    ln_map_init(&p->dying);
}

void
ln_presence_deinit(struct ln_presence *p)
{
    void *entry;
    for (size_t i = 0; (entry = ln_map_each(&p->watched, &i, NULL));) {
        free(entry);
    }
    for (size_t i = 0; (entry = ln_map_each(&p->dying, &i, NULL));) {
        free(entry);
    }
    ln_map_deinit(&p->watched);
    ln_map_deinit(&p->dying);
}

static void
tell(struct ln_presence *p, ln_user_id user, enum ln_presence_state state, ln_ts last_seen)
{
    const struct watched *w = ln_map_get(&p->watched, user);
    if (w) {
        p->tell(p->ctx, user, state, last_seen, w->shards);
    }
}

void
ln_presence_changed(struct ln_presence *p, ln_user_id user, enum ln_presence_state was,
                    uint64_t now_ms, ln_ts now)
{
    enum ln_presence_state is = p->now(p->ctx, user);
    if (is == LN_OFFLINE) {
        struct dying *d = ln_alloc(sizeof *d);
        LN_ASSERT(was != LN_OFFLINE);
        *d = (struct dying){user, was, now_ms + p->grace_ms, now};
        LN_ASSERT(!ln_map_put(&p->dying, user, d));
        return;
    }
    struct dying *d = was == LN_OFFLINE ? ln_map_del(&p->dying, user) : NULL;
    if (is != (d ? d->state : was)) {
        tell(p, user, is, 0);
    }
    free(d);
}

enum ln_presence_state
ln_presence_watch(struct ln_presence *p, ln_user_id user, unsigned shard, bool on)
{
    struct watched *w = ln_map_get(&p->watched, user);
    LN_ASSERT(shard < 64);
    if (on && !w) {
        w = ln_zalloc(sizeof *w);
        ln_map_put(&p->watched, user, w);
    }
    if (on) {
        w->shards |= 1ull << shard;
    } else if (w && !(w->shards &= ~(1ull << shard))) {
        free(ln_map_del(&p->watched, user));
    }
    return ln_presence_get(p, user);
}

void
ln_presence_tick(struct ln_presence *p, uint64_t now_ms,
                 void (*gone)(void *ctx, ln_user_id user, ln_ts last_seen))
{
    struct dying *d, *over[1024];
    size_t n = 0;
    for (size_t i = 0; n < LN_COUNT(over) && (d = ln_map_each(&p->dying, &i, NULL));) {
        if (d->until_ms <= now_ms) {
            over[n++] = d; /* more than these wait for the next tick */
        }
    }
    for (size_t i = 0; i < n; i++) {
        ln_map_del(&p->dying, over[i]->user);
        gone(p->ctx, over[i]->user, over[i]->last_seen);
        tell(p, over[i]->user, LN_OFFLINE, over[i]->last_seen);
        free(over[i]);
    }
}

enum ln_presence_state
ln_presence_get(const struct ln_presence *p, ln_user_id user)
{
    const struct dying *d = ln_map_get(&p->dying, user);
    return d ? d->state : p->now(p->ctx, user);
}
