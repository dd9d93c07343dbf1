/* SPDX-License-Identifier: MIT
 * presence.c - see presence.h. An entry lives while its user is not offline or somebody watches.
 */
#include "linnet/chat/presence.h"

#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

/* One for each user online: kept small. */
struct entry {
    ln_user_id user;
    int sessions;
    int active;
    uint8_t state;   /* enum ln_presence_state */
    uint64_t shards; /* who wants to know */
};

/* A user whose last session has ended. */
struct dying {
    ln_user_id user;
    uint64_t until_ms; /* end of grace */
    ln_ts last_seen;
};

void
ln_presence_init(struct ln_presence *p, uint64_t grace_ms, ln_presence_fn *tell, void *ctx)
{
    ln_map_init(&p->users);
    ln_map_init(&p->dying);
    p->grace_ms = grace_ms;
    p->tell = tell;
    p->ctx = ctx;
}

void
ln_presence_deinit(struct ln_presence *p)
{
    void *e;
    for (size_t i = 0; (e = ln_map_each(&p->users, &i, NULL));) {
        free(e);
    }
    for (size_t i = 0; (e = ln_map_each(&p->dying, &i, NULL));) {
        free(e);
    }
    ln_map_deinit(&p->users);
    ln_map_deinit(&p->dying);
}

static struct entry *
need(struct ln_presence *p, ln_user_id user)
{
    struct entry *e = ln_map_get(&p->users, user);
    if (!e) {
        e = ln_zalloc(sizeof *e);
        e->user = user;
        ln_map_put(&p->users, user, e);
    }
    return e;
}

static void
drop_if_idle(struct ln_presence *p, struct entry *e)
{
    if (e->state == LN_OFFLINE && !e->shards && !e->sessions) {
        ln_map_del(&p->users, e->user);
        free(e);
    }
}

static void
set_state(struct ln_presence *p, struct entry *e, enum ln_presence_state state, ln_ts last_seen)
{
    if (e->state == state) {
        return;
    }
    e->state = (uint8_t)state;
    if (e->shards) {
        p->tell(p->ctx, e->user, state, last_seen, e->shards);
    }
}

static void
begin_dying(struct ln_presence *p, ln_user_id user, uint64_t now_ms, ln_ts now)
{
    struct dying *d = ln_alloc(sizeof *d);
    *d = (struct dying){user, now_ms + p->grace_ms, now};
    free(ln_map_put(&p->dying, user, d));
}

void
ln_presence_set(struct ln_presence *p, ln_user_id user, int sessions_delta, int active_delta,
                uint64_t now_ms, ln_ts now)
{
    struct entry *e = need(p, user);
    e->sessions += sessions_delta;
    e->active += active_delta;
    LN_ASSERT(e->sessions >= 0 && e->active >= 0 && e->active <= e->sessions);
    if (e->sessions) {
        free(ln_map_del(&p->dying, user));
        set_state(p, e, e->active ? LN_ONLINE : LN_AWAY, 0);
    } else {
        begin_dying(p, user, now_ms, now);
    }
}

enum ln_presence_state
ln_presence_watch(struct ln_presence *p, ln_user_id user, unsigned shard, bool on)
{
    struct entry *e = need(p, user);
    enum ln_presence_state state = (enum ln_presence_state)e->state;
    LN_ASSERT(shard < 64);
    if (on) {
        e->shards |= 1ull << shard;
    } else {
        e->shards &= ~(1ull << shard);
        drop_if_idle(p, e);
    }
    return state;
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
        struct entry *e = ln_map_get(&p->users, over[i]->user);
        ln_map_del(&p->dying, over[i]->user);
        gone(p->ctx, over[i]->user, over[i]->last_seen);
        set_state(p, e, LN_OFFLINE, over[i]->last_seen);
        drop_if_idle(p, e);
        free(over[i]);
    }
}

enum ln_presence_state
ln_presence_get(const struct ln_presence *p, ln_user_id user)
{
    const struct entry *e = ln_map_get(&p->users, user);
    return e ? (enum ln_presence_state)e->state : LN_OFFLINE;
}
