/* SPDX-License-Identifier: MIT
 * session.c - the states of a connection (see enum sh_state), its move to the home shard, and its
 * slot.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

static const char resync_text[] = "{\"ev\":\"resync\"}";

/* ── slots ── */
void
sh_slot_take(struct ln_shard *sh, struct sh_session *s)
{
    struct sh_slots *t = &sh->slots;
    if (t->free == UINT32_MAX) {
        uint32_t old = t->cap;
        t->cap = old ? old + old / 4 : 64; /* by a quarter: nobody waits for the room */
        t->list = ln_grow(t->list, t->cap, sizeof *t->list);
        for (uint32_t i = t->cap; i-- > old;) {
            t->list[i] = (struct sh_slot){NULL, 0, t->free};
            t->free = i;
        }
    }
    struct sh_slot *slot = &t->list[t->free];
    s->sh = sh;
    s->slot = t->free;
    slot->gen++;
    t->free = slot->next_free;
    slot->session = s;
    t->count++;
}

void
sh_slot_give(struct sh_session *s)
{
    struct sh_slots *t = &s->sh->slots;
    struct sh_slot *slot = &t->list[s->slot];
    slot->session = NULL;
    slot->next_free = t->free;
    t->free = s->slot;
    t->count--;
}

void
sh_session_origin(const struct sh_session *s, struct ln_origin *origin)
{
    origin->shard = (uint16_t)s->sh->index;
    origin->slot = s->slot;
    origin->gen = s->sh->slots.list[s->slot].gen;
}

struct sh_session *
sh_session_at(struct ln_shard *sh, const struct ln_origin *origin)
{
    const struct sh_slots *t = &sh->slots;
    if (origin->slot >= t->cap || t->list[origin->slot].gen != origin->gen) {
        return NULL;
    }
    return t->list[origin->slot].session;
}

/* ── life ── */
struct sh_session *
sh_session_create(struct ln_shard *sh, struct ln_conn *c, bool is_operator)
{
    struct sh_session *s = ln_zalloc(sizeof *s);
    s->conn = c;
    s->is_operator = is_operator;
    s->active = true;
    s->state = SH_HTTP;
    s->heard_s = (uint32_t)(ln_mono_ms() / 1000);
    sh_slot_take(sh, s);
    return s;
}

/* The only writer of a session's state. */
void
sh_session_set(struct sh_session *s, enum sh_state state)
{
    static const uint8_t may_follow[] = {
        [SH_HTTP] = 1u << SH_GREETED | 1u << SH_GONE,
        [SH_GREETED] = 1u << SH_HELLO | 1u << SH_GONE,
        [SH_HELLO] =
            1u << SH_GREETED | 1u << SH_RESUMING | 1u << SH_LIVE | 1u << SH_STALE | 1u << SH_GONE,
        [SH_RESUMING] = 1u << SH_GREETED | 1u << SH_LIVE | 1u << SH_GONE,
        [SH_LIVE] = 1u << SH_HELLO | 1u << SH_STALE | 1u << SH_GONE,
        [SH_STALE] = 1u << SH_HELLO | 1u << SH_GONE,
        [SH_GONE] = 0,
    };
    LN_ASSERT(may_follow[s->state] >> state & 1);
    s->state = (uint8_t)state;
    s->since_s = (uint32_t)(ln_mono_ms() / 1000);
}

static void
free_hold(struct sh_session *s)
{
    for (uint32_t i = 0; s->hold && i < s->hold->count; i++) {
        ln_frame_unref(s->hold->frames[i]);
    }
    if (s->hold) {
        free(s->hold->frames);
        free(s->hold);
        s->hold = NULL;
    }
}

void
sh_session_leave_user(struct sh_session *s)
{
    struct ln_ruser *u = s->user;
    if (!u) {
        return;
    }
    sh_people_unwatch(s);
    ln_user_id id = u->id;
    enum ln_presence_state was = ln_roster_state(u);
    LIST_REMOVE(s, of_user);
    s->user = NULL;
    u->active -= s->active;
    ln_roster_leave(&s->sh->roster, u);
    ln_presence_changed(&s->sh->presence, id, was, ln_mono_ms(), ln_wall_ms());
    ln_metric_add(LN_M_SESSIONS, -1);
}

void
sh_session_destroy(struct sh_session *s)
{
    if (s->state != SH_GONE) {
        sh_session_set(s, SH_GONE);
    }
    sh_session_leave_user(s);
    free_hold(s);
    sh_file_leave(s);
    free(s->ticket);
    sh_slot_give(s);
    free(s);
}

/* ── output ── */
void
sh_session_resync(struct sh_session *s)
{
    struct ln_frame *f = ln_ws_text(resync_text, sizeof resync_text - 1);
    ln_conn_drop_queue(s->conn);
    ln_conn_send(s->conn, f);
    sh_session_set(s, SH_STALE);
    ln_metric_add(LN_M_RESYNCS, 1);
}

static void
hold(struct sh_session *s, struct ln_frame *f)
{
    struct sh_hold *h = s->hold;
    if (h->overflow || h->bytes + f->n > (uint64_t)s->sh->srv->opts->out_hard_bytes) {
        h->overflow = true;
        return;
    }
    h->frames = ln_grow(h->frames, h->count + 1u, sizeof(struct ln_frame *));
    h->frames[h->count++] = ln_frame_ref(f);
    h->bytes += f->n;
}

void
sh_send(struct sh_session *s, struct ln_frame *f, bool ephemeral)
{
    const struct ln_options *o = s->sh->srv->opts;
    if (s->state == SH_RESUMING) {
        if (!ephemeral) {
            hold(s, f);
        }
        return;
    }
    if (s->state != SH_LIVE) {
        return;
    }
    if (s->conn->out_bytes > o->out_soft_bytes && ephemeral) {
        return;
    }
    if (s->conn->out_bytes + (uint64_t)f->n > (uint64_t)o->out_hard_bytes) {
        ln_conn_flush(s->conn); /* a burst within one turn is not yet slowness */
        if (s->conn->out_bytes + (uint64_t)f->n > (uint64_t)o->out_hard_bytes) {
            sh_session_resync(s);
            return;
        }
    }
    ln_conn_send(s->conn, ln_frame_ref(f));
}

void
sh_send_text(struct sh_session *s, const struct ln_buf *text, bool ephemeral)
{
    struct ln_frame *f = ln_ws_text(text->p, text->n);
    sh_send(s, f, ephemeral);
    ln_frame_unref(f);
}

/* Answers pass in every state in which a request could be read, and whatever their length; but who
 * lets them pile up is dealt with as who lets events pile up. */
void
sh_send_answer(struct sh_session *s, struct ln_frame *f)
{
    uint64_t most = s->user ? (uint64_t)s->sh->srv->opts->out_hard_bytes : SH_UNKNOWN_OUT;
    if (s->conn->out_bytes > most) {
        ln_conn_flush(s->conn);
    }
    if (s->conn->out_bytes <= most) {
        ln_conn_send(s->conn, f);
        return;
    }
    ln_frame_unref(f);
    if (s->state == SH_LIVE) {
        sh_session_resync(s);
    } else {
        ln_conn_close(s->conn, LN_ESLOW);
    }
}

void
sh_reply_error(struct sh_session *s, const struct ln_origin *origin, enum ln_err err,
               const char *message, uint32_t retry_ms)
{
    struct ln_buf *b = &s->sh->text;
    ln_metric_add(LN_M_REFUSED, 1);
    if (s->state == SH_GONE || s->state == SH_HTTP) {
        return;
    }
    ln_buf_clear(b);
    ln_encode_error(b, origin, err, message, retry_ms);
    sh_send_answer(s, ln_ws_text(b->p, b->n));
}

/* Who asked for a page is read from again once it is answered and (mostly) has left. */
static void
go_on(struct sh_session *s)
{
    if (s->paused && !s->reading && s->inflight < SH_INFLIGHT / 2 &&
        s->conn->out_bytes <= s->sh->srv->opts->out_soft_bytes) {
        s->paused = false;
        ln_ws_go(s->conn);
    }
}

void
sh_session_answered(struct sh_session *s, bool page)
{
    if (s->inflight) {
        s->inflight--;
    }
    s->reading = s->reading && !page;
    go_on(s);
}

/* ── WebSocket callbacks ── */
static struct sh_session *
session_of(const struct ln_conn *c)
{
    return (struct sh_session *)((char *)ln_ws_of(c) - offsetof(struct sh_session, ws));
}

static enum ln_ws_go
on_message(struct ln_conn *c, struct ln_str msg, bool is_text)
{
    struct sh_session *s = session_of(c);
    if (!is_text) {
        ln_ws_close(c, LN_EBADMSG, "binary messages are not used");
        return LN_WS_STOP;
    }
    s->heard_s = (uint32_t)(ln_mono_ms() / 1000);
    return sh_route(s, msg);
}

static void
on_closed(struct ln_conn *c, enum ln_err why)
{
    struct sh_session *s = session_of(c);
    if (why == LN_EPROTO || why == LN_EUTF8) {
        ln_metric_add(LN_M_PROTOCOL_ERRORS, 1);
    }
    sh_session_destroy(s);
}

static void
on_drained(struct ln_conn *c)
{
    go_on(session_of(c));
}

static const struct ln_ws_ops ws_ops = {&ln_ws_default_limits, on_message, on_closed, on_drained};

void
sh_session_start_ws(struct sh_session *s, const struct ln_http_head *head)
{
    sh_session_set(s, SH_GREETED);
    ln_ws_start(s->conn, &s->ws, head, "linnet.v1", &ws_ops);
}

/* ── hello ── */
/* Where the store takes no more, the client hears so and may say hello again. */
static void
post_hello(struct sh_session *s, struct ln_req *req)
{
    sh_session_origin(s, &req->cmd.origin);
    struct ln_origin origin = req->cmd.origin;
    enum ln_err err = ln_store_post(s->sh->srv->store, req);
    if (err) {
        ln_req_destroy(&req);
        sh_session_set(s, s->user ? SH_STALE : SH_GREETED);
        sh_reply_error(s, &origin, err, NULL, 1000);
    }
}

/* Who says hello: by the token in it, by the upgrade request's, or as before on this socket. */
static enum ln_err
identify(struct sh_session *s, struct ln_cmd *cmd, ln_user_id *user)
{
    if (cmd->args.token.n) {
        cmd->by_token = true;
        enum ln_err err = ln_token_parse(cmd->args.token, user, cmd->token_hash);
        cmd->caller.user = *user;
        return err;
    }
    if (s->user) {
        *user = s->user->id;
        cmd->caller.user = *user;
        cmd->caller.device = s->device;
        return LN_OK;
    }
    if (!s->ticket) {
        return LN_EAUTH;
    }
    cmd->by_token = true;
    *user = cmd->caller.user = s->ticket->user;
    memcpy(cmd->token_hash, s->ticket->digest, LN_DIGEST_BYTES);
    return LN_OK;
}

void
sh_session_hello(struct sh_session *s, struct ln_req *req)
{
    struct ln_shard *sh = s->sh;
    ln_user_id user = 0;
    enum ln_err err = identify(s, &req->cmd, &user);
    if (!err && s->user && s->user->id != user) {
        err = LN_EFORBIDDEN; /* one socket, one person */
    }
    if (err) {
        sh_reply_error(s, &req->cmd.origin, err, NULL, 0);
        ln_req_destroy(&req);
        return;
    }
    sh_session_set(s, SH_HELLO);
    if (sh_home_index(sh->srv, user) == sh->index) {
        post_hello(s, req);
        return;
    }
    struct sh_move *m =
        ln_zalloc(sizeof *m); /* leaves at the end of the turn: conn.c is on the stack */
    m->msg.type = SH_MSG_MOVE;
    m->session = s;
    m->req = req;
    if (sh->moves_n == sh->moves_cap) {
        sh->moves_cap = sh->moves_cap ? sh->moves_cap * 2 : 16;
        sh->moves = ln_grow(sh->moves, sh->moves_cap, sizeof(struct sh_move *));
    }
    sh->moves[sh->moves_n++] = m;
}

void
sh_moves_go(struct ln_shard *sh)
{
    for (uint32_t i = 0; i < sh->moves_n; i++) {
        struct sh_move *m = sh->moves[i];
        struct sh_session *s = m->session;
        if (ln_conn_is_closing(s->conn)) { /* on_closed comes here, later in this turn */
            ln_req_destroy(&m->req);
            free(m);
            continue;
        }
        ln_conn_detach(s->conn);
        sh_slot_give(s);
        sh_post(sh->srv, sh_home_index(sh->srv, m->req->cmd.caller.user), &m->msg);
    }
    sh->moves_n = 0;
}

/* A move that nobody will take any more: all threads have ended. */
void
sh_move_drop(struct sh_move *m)
{
    ln_req_destroy(&m->req);
    ln_conn_discard(m->session->conn);
    free(m->session->ticket);
    free(m->session);
    free(m);
}

void
sh_session_moved(struct ln_shard *sh, struct sh_move *m)
{
    struct sh_session *s = m->session;
    sh_slot_take(sh, s);
    ln_conn_attach(s->conn, sh->net); /* reads nothing yet: the stream was stopped by hello */
    if (sh->leaving) {                /* the others here have heard it already */
        sh_say_bye(s->conn, sh);
    }
    if (!ln_conn_is_closing(s->conn)) {
        post_hello(s, m->req);
        if (s->state != SH_HELLO) {
            ln_ws_go(s->conn);
        }
    } else {
        ln_req_destroy(&m->req);
    }
    free(m);
}

static void
enter_user(struct sh_session *s, const struct ln_welcome *w)
{
    struct ln_shard *sh = s->sh;
    enum ln_presence_state was = ln_roster_state(ln_roster_user(&sh->roster, w->user));
    struct ln_ruser *u = ln_roster_enter(&sh->roster, w->user);
    u->active += s->active;
    u->role = w->role & 0x7fu;
    u->receipts = w->receipts;
    if (u->sessions == 1) {
        for (uint32_t i = 0; i < w->count; i++) {
            const struct ln_welcome_chat *c = &w->chats[i];
            ln_roster_place(&sh->roster, u, c->chat, c->kind, c->role, c->head);
            ln_roster_chat(&sh->roster, c->chat)->archived = c->archived;
        }
    }
    s->user = u;
    s->device = w->device;
    LIST_INSERT_HEAD(&u->list, s, of_user);
    ln_presence_changed(&sh->presence, u->id, was, ln_mono_ms(), ln_wall_ms());
    ln_metric_add(LN_M_SESSIONS, 1);
}

/* The answer is out: what was held follows, then the stream goes on. */
static void
go_live(struct sh_session *s)
{
    struct sh_hold *h = s->hold;
    s->hold = NULL;
    sh_session_set(s, SH_LIVE);
    for (uint32_t i = 0; h && i < h->count; i++) {
        sh_send(s, h->frames[i], false);
        ln_frame_unref(h->frames[i]);
    }
    if (h) {
        if (h->overflow && s->state == SH_LIVE) {
            sh_session_resync(s);
        }
        free(h->frames);
        free(h);
    }
    ln_ws_go(s->conn);
}

static void
refuse_hello(struct sh_session *s, const struct ln_reply *r)
{
    sh_session_leave_user(s);
    free_hold(s);
    sh_session_set(s, SH_GREETED);
    sh_reply_error(s, &r->origin, r->err, NULL, r->retry_ms);
    ln_ws_go(s->conn);
}

void
sh_session_welcome(struct sh_session *s, struct ln_reply *r)
{
    struct ln_buf *b = &s->sh->text;
    if (s->state != SH_HELLO && s->state != SH_RESUMING) {
        return;
    }
    if (r->err) {
        refuse_hello(s, r);
        return;
    }
    if (!s->user) {
        enter_user(s, r->welcome);
    }
    if (r->welcome->pending) {
        sh_session_set(s, SH_RESUMING);
        s->hold = ln_zalloc(sizeof *s->hold);
        return;
    }
    free(s->ticket);
    s->ticket = NULL;
    ln_buf_clear(b);
    ln_encode_reply(b, r->origin.has_id ? r->origin.id : -1, ln_buf_str(&r->json));
    sh_send_answer(s, ln_ws_text(b->p, b->n));
    go_live(s);
}

void
sh_session_tick(struct sh_session *s, uint64_t now_ms)
{
    uint32_t silent = (uint32_t)(now_ms / 1000) - s->heard_s;
    uint32_t so_long = (uint32_t)(now_ms / 1000) - s->since_s;
    uint32_t ttl = (uint32_t)(s->sh->srv->opts->ttl_ms / 1000);
    switch (s->state) {
    case SH_HTTP:
        ln_http_tick(s->conn, now_ms);
        return;
    case SH_GREETED:
        if (so_long > SH_HELLO_S) {
            ln_ws_close(s->conn, LN_ETIMEOUT, "no hello came");
            return;
        }
        break;
    case SH_STALE:
        if (so_long > SH_RESYNC_S && s->conn->out_bytes) {
            ln_conn_close(s->conn, LN_ESLOW);
            return;
        }
        break;
    case SH_LIVE:
        break;
    default:
        return;
    }
    if (s->state != SH_GREETED && silent > ttl) {
        ln_ws_close(s->conn, LN_ETIMEOUT, "nothing was heard for too long");
        return;
    }
    ln_ws_tick(s->conn, now_ms);
}
