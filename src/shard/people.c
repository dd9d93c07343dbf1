/* SPDX-License-Identifier: MIT
 * people.c - what is told and not stored: presence, typing; and marks until the store has them.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

static struct sh_note *
new_note(enum sh_msg type, ln_user_id user)
{
    struct sh_note *n = ln_zalloc(sizeof *n);
    n->msg.type = type;
    n->user = user;
    return n;
}

/* ── presence: this shard's users, for the shards that watch them ── */
static void
tell_state(void *ctx, ln_user_id user, enum ln_presence_state state, ln_ts last_seen,
           uint64_t shards)
{
    struct ln_shard *sh = ctx;
    for (unsigned i = 0; i < sh->srv->shard_count; i++) {
        if (!(shards >> i & 1)) {
            continue;
        }
        if (i == sh->index) {
            ln_watch_told(&sh->watch, user, state, last_seen);
            continue;
        }
        struct sh_note *n = new_note(SH_MSG_PRESENCE, user);
        n->state = state;
        n->last_seen = last_seen;
        sh_post(sh->srv, i, &n->msg);
    }
}

static enum ln_presence_state
state_now(void *ctx, ln_user_id user)
{
    const struct ln_shard *sh = ctx;
    return ln_roster_state(ln_roster_user(&sh->roster, user));
}

static void
note_gone(void *ctx, ln_user_id user, ln_ts last_seen)
{
    struct ln_shard *sh = ctx;
    sh->seen = ln_grow(sh->seen, sh->seen_count + 1u, sizeof *sh->seen);
    sh->seen[sh->seen_count++] = (struct ln_seen){user, last_seen};
}

void
sh_people_init(struct ln_shard *sh)
{
    ln_presence_init(&sh->presence, (uint64_t)sh->srv->opts->grace_ms, tell_state, state_now, sh);
    ln_watch_init(&sh->watch);
    ln_online_init(&sh->online, sh->srv->shard_count, (uint64_t)sh->srv->opts->grace_ms);
    ln_receipts_init(&sh->receipts);
    ln_typing_init(&sh->typing);
}

/* ── watching: what this shard's sessions want to see ── */
static void
ask_home(struct ln_shard *sh, ln_user_id user, bool on)
{
    unsigned home = sh_home_index(sh->srv, user);
    if (home == sh->index) {
        enum ln_presence_state state = ln_presence_watch(&sh->presence, user, sh->index, on);
        if (on) {
            ln_watch_told(&sh->watch, user, state, 0);
        }
        return;
    }
    struct sh_note *n = new_note(SH_MSG_WATCH, user);
    n->shard = sh->index;
    n->on = on;
    sh_post(sh->srv, home, &n->msg);
}

void
sh_people_unwatch(struct sh_session *s)
{
    struct sh_watched *w = s->watched;
    s->watched = NULL;
    if (w && w->chat) {
        sh_online_unwatch(s, w->chat);
    }
    for (uint32_t i = 0; w && i < w->count; i++) {
        if (ln_watch_remove(&s->sh->watch, w->ids[i], s)) {
            ask_home(s->sh, w->ids[i], false);
        }
    }
    free(w);
}

struct lists {
    struct ln_buf on, away, off;
};

static void
add_to_lists(struct lists *l, const struct ln_watch_user *u)
{
    struct ln_buf *b = u->state == LN_ONLINE ? &l->on : u->state == LN_AWAY ? &l->away : &l->off;
    ln_buf_addf(b, "%s%u", b->n ? "," : "", u->id);
}

static void
send_lists(struct sh_session *s, const struct lists *l)
{
    struct ln_buf *b = &s->sh->text;
    ln_buf_clear(b);
    ln_buf_addf(b, "{\"ev\":\"presence\",\"on\":[%.*s],\"away\":[%.*s],\"off\":[%.*s]}",
                (int)l->on.n, l->on.n ? l->on.p : "", (int)l->away.n, l->away.n ? l->away.p : "",
                (int)l->off.n, l->off.n ? l->off.p : "");
    sh_send_text(s, b, true);
}

static void
lists_init(struct lists *l)
{
    ln_buf_init(&l->on, 4096);
    ln_buf_init(&l->away, 4096);
    ln_buf_init(&l->off, 4096);
}

static void
lists_deinit(struct lists *l)
{
    ln_buf_deinit(&l->on);
    ln_buf_deinit(&l->away);
    ln_buf_deinit(&l->off);
}

void
sh_people_watch(struct sh_session *s, ln_chat_id chat, const ln_user_id *ids, uint32_t n)
{
    struct lists l;
    struct sh_watched *old = s->watched, *w;
    if (s->state != SH_LIVE) {
        return;
    }
    w = ln_alloc(sizeof *w + n * sizeof w->ids[0]);
    w->chat = chat;
    w->count = n;
    memcpy(w->ids, ids, n * sizeof w->ids[0]);
    lists_init(&l);
    for (uint32_t i = 0; i < n; i++) { /* the new ones first, so that none is asked for twice */
        if (ln_watch_add(&s->sh->watch, ids[i], s)) {
            ask_home(s->sh, ids[i], true);
        }
    }
    if (chat && old && old->chat == chat) {
        old->chat = 0; /* it goes on */
    } else if (chat) {
        sh_online_watch(s, chat);
    }
    sh_people_unwatch(s);
    s->watched = w;
    for (uint32_t i = 0; i < n; i++) {
        const struct ln_watch_user *u = ln_watch_find(&s->sh->watch, ids[i]);
        if (u && u->known) {
            add_to_lists(&l, u);
        }
    }
    if (n) {
        send_lists(s, &l);
    }
    lists_deinit(&l);
}

static void
tell_watchers(void *ctx, const struct ln_watch_user *u)
{
    struct lists l;
    (void)ctx;
    lists_init(&l);
    add_to_lists(&l, u);
    for (uint32_t i = 0; i < u->count; i++) {
        send_lists(u->watchers[i], &l);
    }
    lists_deinit(&l);
}

/* ── typing ── */
static void
show_typing(void *ctx, ln_chat_id chat, const ln_user_id *users, size_t n)
{
    struct ln_shard *sh = ctx;
    struct ln_rchat *c = ln_roster_chat(&sh->roster, chat);
    if (!c || c->count > 100) { /* in large rooms nobody reads it */
        return;
    }
    ln_buf_clear(&sh->text);
    ln_encode_typing(&sh->text, chat, users, n);
    struct ln_frame *f = ln_ws_text(sh->text.p, sh->text.n);
    for (uint32_t i = 0; i < c->count; i++) {
        struct sh_session *s;
        if (n == 1 && c->users[i]->id == users[0]) {
            continue; /* not to oneself alone */
        }
        LIST_FOREACH(s, &c->users[i]->list, of_user)
        {
            sh_send(s, f, true);
        }
    }
    ln_frame_unref(f);
}

static void
set_typing(struct ln_shard *sh, ln_chat_id chat, ln_user_id user, bool on)
{
    ln_user_id users[LN_TYPING_SHOWN];
    if (ln_typing_set(&sh->typing, chat, user, on, ln_mono_ms())) {
        show_typing(sh, chat, users, ln_typing_list(&sh->typing, chat, users));
    }
}

void
sh_people_typing(struct sh_session *s, ln_chat_id chat, bool on)
{
    struct ln_shard *sh = s->sh;
    ln_user_id users[LN_TYPING_SHOWN];
    /* the home shard holds the rate; the others repeat what it lets through */
    if (!ln_typing_set(&sh->typing, chat, s->user->id, on, ln_mono_ms())) {
        return;
    }
    show_typing(sh, chat, users, ln_typing_list(&sh->typing, chat, users));
    for (unsigned i = 0; i < sh->srv->shard_count; i++) {
        if (i != sh->index) {
            struct sh_note *n = new_note(SH_MSG_TYPING, s->user->id);
            n->chat = chat;
            n->on = on;
            sh_post(sh->srv, i, &n->msg);
        }
    }
}

void
sh_people_stopped_typing(struct ln_shard *sh, ln_chat_id chat, ln_user_id user)
{
    set_typing(sh, chat, user, false);
}

/* ── mail and time ── */
void
sh_people_note(struct ln_shard *sh, struct sh_note *n)
{
    if (n->msg.type == SH_MSG_TYPING) {
        set_typing(sh, n->chat, n->user, n->on);
    } else if (n->msg.type == SH_MSG_PRESENCE) {
        ln_watch_told(&sh->watch, n->user, n->state, n->last_seen);
    } else if (n->msg.type == SH_MSG_COUNT || n->msg.type == SH_MSG_ONLINE) {
        sh_online_note(sh, n);
    } else {
        enum ln_presence_state state = ln_presence_watch(&sh->presence, n->user, n->shard, n->on);
        if (n->on) {
            tell_state(sh, n->user, state, 0, 1ull << n->shard);
        }
    }
    free(n);
}

void
sh_people_post_marks(struct ln_shard *sh)
{
    uint32_t count;
    if (!sh->receipts.count && !sh->seen_count) {
        return;
    }
    struct ln_marks *m = ln_zalloc(sizeof *m);
    struct ln_receipt *list = ln_receipts_take(&sh->receipts, &count);
    m->marks = ln_alloc((count + 1u) * sizeof *m->marks);
    for (uint32_t i = 0; i < count; i++) {
        m->marks[i] = (struct ln_mark){list[i].chat, list[i].user, list[i].delivered, list[i].read};
    }
    free(list);
    m->mark_count = count;
    m->seen = sh->seen;
    m->seen_count = sh->seen_count;
    sh->seen = NULL;
    sh->seen_count = 0;
    ln_store_marks_post(sh->srv->store, m);
}

void
sh_people_tick(struct ln_shard *sh, uint64_t now_ms)
{
    ln_presence_tick(&sh->presence, now_ms, note_gone);
    ln_watch_flush(&sh->watch, tell_watchers, NULL);
    sh_online_tick(sh, now_ms);
    ln_typing_tick(&sh->typing, now_ms, show_typing, sh);
    if (!sh->leaving) {
        sh_people_post_marks(sh);
    }
}
