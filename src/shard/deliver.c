/* SPDX-License-Identifier: MIT
 * deliver.c - applies committed batches, strictly in order, and brings the store's answers home.
 *
 * A frame is encoded once here and shared by all who get it. Chats that nobody here is in are
 * skipped before anything is encoded.
 */
#include <stdlib.h>

#include "linnet/base/clock.h"
#include "linnet/model/kind.h"
#include "shard_priv.h"

static void
apply_ack(struct ln_shard *sh, const struct ln_record *r)
{
    struct sh_session *s;
    if (r->origin.shard != sh->index || !(s = sh_session_at(sh, &r->origin))) {
        return;
    }
    uint32_t retry_ms = r->err == LN_EREADONLY ? 1000 : 0;
    if (s->state == SH_HTTP) {
        sh_http_reply(s, (enum ln_err)r->err, NULL, retry_ms, r->json);
        return;
    }
    if (r->err) {
        sh_reply_error(s, &r->origin, (enum ln_err)r->err, NULL, retry_ms);
    } else if (r->origin.wants_reply && s->state != SH_GONE) {
        ln_buf_clear(&sh->text);
        ln_encode_reply(&sh->text, r->origin.id, r->json);
        sh_send_answer(s, ln_ws_text(sh->text.p, sh->text.n));
    }
    sh_session_answered(s, false);
}

static void
apply_event(struct ln_shard *sh, const struct ln_record *r)
{
    const struct ln_entry *e = r->entry;
    if (!ln_roster_chat(&sh->roster, r->chat)) {
        return;
    }
    if (e->kind == LN_KIND_MESSAGE) {
        sh_people_stopped_typing(sh, r->chat, e->from);
    }
    ln_buf_clear(&sh->text);
    ln_entry_event_json(&sh->text, e, true);
    sh_fanout(sh, r->chat, e->seq, ln_ws_text(sh->text.p, sh->text.n));
}

static void
to_user(struct ln_ruser *u, struct ln_frame *f, bool ephemeral)
{
    struct sh_session *s;
    LIST_FOREACH(s, &u->list, of_user)
    {
        sh_send(s, f, ephemeral);
    }
}

static void
apply_mark(struct ln_shard *sh, const struct ln_record *r)
{
    struct ln_rchat *c = ln_roster_chat(&sh->roster, r->chat);
    struct ln_ruser *self = ln_roster_user(&sh->roster, r->user);
    if (!c || (!r->to_all && !self)) {
        return;
    }
    ln_buf_clear(&sh->text);
    ln_encode_mark(&sh->text, r);
    struct ln_frame *f = ln_ws_text(sh->text.p, sh->text.n);
    if (r->to_all) {
        for (uint32_t i = 0; i < c->count; i++) {
            if (c->users[i]->receipts || c->users[i] == self) {
                to_user(c->users[i], f, false);
            }
        }
    } else if (ln_roster_find(self, r->chat)) {
        to_user(self, f, false);
    }
    ln_frame_unref(f);
}

/* How many are online in a chat is for its members. */
static void
stop_watching(struct ln_ruser *u, ln_chat_id chat)
{
    struct sh_session *s;
    LIST_FOREACH(s, &u->list, of_user)
    {
        if (s->watched && s->watched->chat == chat) {
            s->watched->chat = 0;
            sh_online_unwatch(s, chat);
        }
    }
}

static void
apply_member(struct ln_shard *sh, const struct ln_record *r)
{
    struct ln_ruser *u = ln_roster_user(&sh->roster, r->user);
    if (!u) {
        return;
    }
    bool was_in = ln_roster_find(u, r->chat) != NULL;
    ln_roster_place(&sh->roster, u, r->chat, r->chat_kind, r->role, r->delivered);
    struct ln_rchat *c = ln_roster_chat(&sh->roster, r->chat);
    if (c) {
        c->archived = r->archived;
    }
    if (!was_in && !r->role) {
        return;
    }
    if (!r->role) {
        stop_watching(u, r->chat);
    }
    ln_buf_clear(&sh->text);
    ln_encode_member(&sh->text, r);
    struct ln_frame *f = ln_ws_text(sh->text.p, sh->text.n);
    to_user(u, f, false);
    ln_frame_unref(f);
}

/* Names and roles are shown to all who may list people, and to oneself. */
static void
apply_user(struct ln_shard *sh, const struct ln_record *r)
{
    struct ln_ruser *u, *self = ln_roster_user(&sh->roster, r->user);
    if (self) {
        self->role = r->role & 0x7fu;
        self->receipts = r->to_all;
    }
    ln_buf_clear(&sh->text);
    ln_buf_adds(&sh->text, "{\"ev\":\"user\",");
    ln_buf_add(&sh->text, r->json.p, r->json.n);
    ln_buf_addc(&sh->text, '}');
    struct ln_frame *f = ln_ws_text(sh->text.p, sh->text.n);
    for (size_t i = 0; (u = ln_map_each(&sh->roster.users, &i, NULL));) {
        if (u == self || u->role >= LN_ROLE_MEMBER) {
            to_user(u, f, true);
        }
    }
    ln_frame_unref(f);
}

static void
apply_server(struct ln_shard *sh, const struct ln_record *r)
{
    struct ln_ruser *u;
    ln_buf_clear(&sh->text);
    ln_buf_adds(&sh->text, "{\"ev\":\"server\",");
    ln_buf_add(&sh->text, r->json.p, r->json.n);
    ln_buf_addc(&sh->text, '}');
    struct ln_frame *f = ln_ws_text(sh->text.p, sh->text.n);
    for (size_t i = 0; (u = ln_map_each(&sh->roster.users, &i, NULL));) {
        to_user(u, f, true);
    }
    ln_frame_unref(f);
}

static void
apply_cut(struct ln_shard *sh, const struct ln_record *r)
{
    struct ln_ruser *u = ln_roster_user(&sh->roster, r->user);
    struct sh_session *s;
    if (!u) {
        return;
    }
    LIST_FOREACH(s, &u->list, of_user)
    {
        if (r->device ? s->device == r->device : s->device != r->keep) {
            ln_ws_close(s->conn, (enum ln_err)r->err, "this sign-in has ended");
        }
    }
}

static void
apply_resync(struct ln_shard *sh)
{
    struct ln_ruser *u;
    struct sh_session *s;
    for (size_t i = 0; (u = ln_map_each(&sh->roster.users, &i, NULL));) {
        LIST_FOREACH(s, &u->list, of_user)
        {
            if (s->state == SH_LIVE) {
                sh_session_resync(s);
            } else if (s->hold) {
                s->hold->overflow = true; /* resync follows the answer */
            }
        }
    }
}

static void
apply(struct ln_shard *sh, const struct ln_record *r)
{
    switch ((enum ln_record_type)r->type) {
    case LN_REC_ACK:
        apply_ack(sh, r);
        break;
    case LN_REC_EVENT:
        apply_event(sh, r);
        break;
    case LN_REC_MARK:
        apply_mark(sh, r);
        break;
    case LN_REC_MEMBER:
        apply_member(sh, r);
        break;
    case LN_REC_USER:
        apply_user(sh, r);
        break;
    case LN_REC_SERVER:
        apply_server(sh, r);
        break;
    case LN_REC_CUT:
        apply_cut(sh, r);
        break;
    case LN_REC_RESYNC:
        apply_resync(sh);
        break;
    }
}

void
sh_deliver(struct ln_shard *sh, struct ln_batch *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        apply(sh, &b->records[i]);
    }
    /* pairs with the store's addition when it posted the batch; only a sum, no order */
    atomic_fetch_sub_explicit(&sh->srv->ports[sh->index].unapplied, b->bytes, memory_order_relaxed);
    ln_batch_unref(b);
}

void
sh_deliver_reply(struct ln_shard *sh, struct ln_reply *r)
{
    struct sh_session *s = sh_session_at(sh, &r->origin);
    if (r->req && ln_op_table[r->op].where == LN_AT_FILE) {
        sh_file_looked_up(sh, r); /* takes */
        return;
    }
    if (r->req) {
        sh_account_looked_up(sh, r); /* takes */
        return;
    }
    if (!s) {
        ln_reply_destroy(&r);
        return;
    }
    if (s->state == SH_HTTP) {
        sh_http_reply(s, r->err, NULL, r->retry_ms, ln_buf_str(&r->json));
    } else if (r->op == LN_OP_HELLO) {
        sh_session_welcome(s, r);
    } else {
        if (r->err) {
            sh_reply_error(s, &r->origin, r->err, NULL, r->retry_ms);
        } else if (r->origin.wants_reply && s->state != SH_GONE) {
            ln_buf_clear(&sh->text);
            ln_encode_reply(&sh->text, r->origin.id, ln_buf_str(&r->json));
            sh_send_answer(s, ln_ws_text(sh->text.p, sh->text.n));
        }
        if (r->op == LN_OP_WATCH && !r->err) {
            sh_people_watch(s, r->watch_chat, r->watch, r->watch_count);
        }
        sh_session_answered(s, ln_op_table[r->op].where == LN_AT_READ);
    }
    ln_reply_destroy(&r);
}
