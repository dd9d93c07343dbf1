/* SPDX-License-Identifier: MIT
 * online.c - see online.h.
 */
#include "linnet/chat/online.h"

#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

#define NOT_TOLD UINT32_MAX

struct asked {
    uint64_t shards; /* who asks */
    uint64_t fresh;  /* of them, who has heard nothing yet */
    uint32_t told;
    uint64_t falls_at_ms; /* the number is below told and will be said then; 0 = it is not */
};

struct watcher {
    void *session;
    uint32_t shown; /* NOT_TOLD = nothing yet */
};

struct watched {
    uint32_t count;
    struct watcher *watchers;
    uint32_t next; /* whose turn it is to be looked at */
    uint32_t sum;  /* as shown; NOT_TOLD = some shard has not answered */
    bool stale;    /* the parts have changed since sum was made */
    uint64_t shown_ms;
    uint32_t parts[]; /* one a shard */
};

void
ln_online_init(struct ln_online *o, unsigned shard_count, uint64_t grace_ms)
{
    LN_ASSERT(shard_count >= 1 && shard_count <= 64);
    *o = (struct ln_online){.shard_count = shard_count, .grace_ms = grace_ms};
    ln_map_init(&o->asked);
    ln_map_init(&o->watched);
}

void
ln_online_deinit(struct ln_online *o)
{
    struct asked *a;
    struct watched *w;
    for (size_t i = 0; (a = ln_map_each(&o->asked, &i, NULL));) {
        free(a);
    }
    for (size_t i = 0; (w = ln_map_each(&o->watched, &i, NULL));) {
        free(w->watchers);
        free(w);
    }
    ln_map_deinit(&o->asked);
    ln_map_deinit(&o->watched);
}

/* ── the asked side ── */
void
ln_online_ask(struct ln_online *o, ln_chat_id chat, unsigned shard, bool on)
{
    struct asked *a = ln_map_get(&o->asked, chat);
    uint64_t bit = 1ull << shard;
    if (on && !a) {
        a = ln_zalloc(sizeof *a);
        ln_map_put(&o->asked, chat, a);
    }
    if (on) {
        a->shards |= bit;
        a->fresh |= bit;
    } else if (a) {
        a->shards &= ~bit;
        a->fresh &= ~bit;
        if (!a->shards) {
            ln_map_del(&o->asked, chat);
            free(a);
        }
    }
}

/* What to say of a chat with n members here: a rise at once, a fall when it has lasted. */
static uint32_t
settled(struct asked *a, uint32_t n, uint64_t now_ms, uint64_t grace_ms)
{
    if (n >= a->told || a->fresh == a->shards) {
        a->falls_at_ms = 0;
        return n;
    }
    if (!a->falls_at_ms) {
        a->falls_at_ms = now_ms + grace_ms;
    }
    if (now_ms < a->falls_at_ms) {
        return a->told;
    }
    a->falls_at_ms = 0;
    return n;
}

void
ln_online_count(struct ln_online *o, uint64_t now_ms, uint32_t (*here)(void *ctx, ln_chat_id chat),
                ln_online_count_fn *tell, void *ctx)
{
    struct asked *a;
    uint64_t chat;
    for (size_t i = 0; (a = ln_map_each(&o->asked, &i, &chat));) {
        uint32_t n = settled(a, here(ctx, (ln_chat_id)chat), now_ms, o->grace_ms);
        uint64_t shards = n == a->told ? a->fresh : a->shards;
        a->told = n;
        a->fresh = 0;
        if (shards) {
            tell(ctx, (ln_chat_id)chat, n, shards);
        }
    }
}

/* ── the asking side ── */
bool
ln_online_watch(struct ln_online *o, ln_chat_id chat, void *session)
{
    struct watched *w = ln_map_get(&o->watched, chat);
    bool first = !w;
    if (first) {
        w = ln_zalloc(sizeof *w + o->shard_count * sizeof w->parts[0]);
        w->sum = NOT_TOLD;
        for (unsigned i = 0; i < o->shard_count; i++) {
            w->parts[i] = NOT_TOLD;
        }
        ln_map_put(&o->watched, chat, w);
    }
    if ((w->count & (w->count - 1)) == 0) { /* the capacity is the next power of two */
        w->watchers = ln_grow(w->watchers, w->count ? w->count * 2u : 1u, sizeof *w->watchers);
    }
    w->watchers[w->count++] = (struct watcher){session, NOT_TOLD};
    return first;
}

bool
ln_online_unwatch(struct ln_online *o, ln_chat_id chat, void *session)
{
    struct watched *w = ln_map_get(&o->watched, chat);
    for (uint32_t i = 0; w && i < w->count; i++) {
        if (w->watchers[i].session == session) {
            w->watchers[i] = w->watchers[--w->count];
            break;
        }
    }
    if (!w || w->count) {
        return false;
    }
    ln_map_del(&o->watched, chat);
    free(w->watchers);
    free(w);
    return true;
}

void
ln_online_told(struct ln_online *o, ln_chat_id chat, unsigned shard, uint32_t n)
{
    struct watched *w = ln_map_get(&o->watched, chat);
    if (w && w->parts[shard] != n) {
        w->parts[shard] = n;
        w->stale = true;
    }
}

static void
add_up(const struct ln_online *o, struct watched *w, uint64_t now_ms)
{
    uint32_t sum = 0;
    if (!w->stale || (w->sum != NOT_TOLD && now_ms < w->shown_ms + LN_ONLINE_EVERY_MS)) {
        return;
    }
    for (unsigned i = 0; i < o->shard_count; i++) {
        if (w->parts[i] == NOT_TOLD) {
            return;
        }
        sum += w->parts[i];
    }
    w->stale = false;
    w->shown_ms = now_ms;
    w->sum = sum;
}

void
ln_online_flush(struct ln_online *o, uint64_t now_ms, uint32_t budget, ln_online_show_fn *show,
                void *ctx)
{
    struct watched *w;
    uint64_t chat;
    for (size_t i = 0; (w = ln_map_each(&o->watched, &i, &chat));) {
        add_up(o, w, now_ms);
        for (uint32_t k = 0; w->sum != NOT_TOLD && budget && k < w->count; k++) {
            struct watcher *to = &w->watchers[w->next++ % w->count];
            if (to->shown != w->sum) {
                to->shown = w->sum;
                budget--;
                show(ctx, (ln_chat_id)chat, w->sum, to->session);
            }
        }
    }
}
