/* SPDX-License-Identifier: MIT
 * route.c - one WebSocket message: decode, look at rights, size and rate, and send it where it is
 * done.
 *
 * Rights are decided by the writer, for this shard may be a batch behind another one: who was let
 * into a chat and heard of it from a friend must not be told "forbidden". Only what ends here
 * (typing, marks without an answer) is judged by what this shard has applied.
 */
#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "linnet/model/acl.h"
#include "shard_priv.h"

static enum ln_err
check_rate(struct sh_session *s, const struct ln_cmd *cmd, uint32_t *retry_ms)
{
    uint32_t cost = ln_op_table[cmd->op].cost;
    uint32_t burst = (uint32_t)s->sh->srv->opts->sends_per_10s;
    if (!cost || ln_limit_take(&s->user->limit, cost, burst, 10000, ln_mono_ms(), retry_ms)) {
        return LN_OK;
    }
    return LN_ERATE;
}

/* For what ends here. */
static enum ln_err
check_rights(const struct sh_session *s, const struct ln_cmd *cmd)
{
    const struct ln_rplace *p = ln_roster_find(s->user, cmd->args.chat);
    struct ln_acl_query q = {
        .op = cmd->op,
        .role = s->user->role,
        .is_own = true, /* whether it is, the store knows */
        .other_role = LN_ROLE_NONE,
    };
    q.chat_kind = p ? p->chat->kind : LN_CHAT_GROUP;
    q.chat_role = p ? p->role : LN_CROLE_NONE;
    q.chat_archived = p && p->chat->archived;
    return ln_acl_check(&q);
}

static void
answer_empty(struct sh_session *s, const struct ln_cmd *cmd)
{
    struct ln_buf *b = &s->sh->text;
    if (cmd->origin.wants_reply) {
        ln_buf_clear(b);
        ln_encode_reply(b, cmd->origin.id, (struct ln_str){NULL, 0});
        sh_send_answer(s, ln_ws_text(b->p, b->n));
    }
}

static void
set_active(struct sh_session *s, bool on)
{
    struct ln_ruser *u = s->user;
    if (s->active != on) {
        enum ln_presence_state was = ln_roster_state(u);
        s->active = on;
        u->active += on ? 1u : -1u;
        ln_presence_changed(&s->sh->presence, u->id, was, ln_mono_ms(), ln_wall_ms());
    }
}

/* Operations that end here. */
static void
do_here(struct sh_session *s, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    switch (cmd->op) {
    case LN_OP_ACTIVE:
        set_active(s, cmd->args.on);
        answer_empty(s, cmd);
        break;
    case LN_OP_TYPING:
        sh_people_typing(s, cmd->args.chat, true);
        answer_empty(s, cmd);
        break;
    default: /* a mark without an id: merged with others, answered by nothing */
        ln_receipts_merge(&s->sh->receipts, cmd->args.chat, s->user->id, cmd->args.delivered,
                          cmd->args.read);
        break;
    }
    ln_req_destroy(&req);
}

static enum ln_ws_go
to_store(struct sh_session *s, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    struct ln_origin origin = cmd->origin;
    ln_chat_id chat = cmd->args.chat;
    bool is_send = cmd->op == LN_OP_SEND, is_page = ln_op_table[cmd->op].where == LN_AT_READ;
    cmd->caller.user = s->user->id;
    cmd->caller.device = s->device;
    if (cmd->op == LN_OP_UNREAD) { /* a read mark said before it must not come after it */
        sh_people_post_marks(s->sh);
    }
    enum ln_err err = LN_OK;
    if (ln_op_table[cmd->op].where == LN_AT_ACCOUNT) {
        sh_account_send(s, req);
    } else {
        if (ln_op_table[cmd->op].where == LN_AT_FILE) {
            cmd->stage = LN_STAGE_LOOKUP;
        }
        err = ln_store_post(s->sh->srv->store, req);
    }
    if (err) {
        ln_req_destroy(&req);
        sh_reply_error(s, &origin, err, NULL, err == LN_EAGAIN ? 1000 : 0);
        return LN_WS_GO;
    }
    if (is_send) {
        sh_people_typing(s, chat, false);
    }
    s->reading = s->reading || is_page;
    s->paused = ++s->inflight >= SH_INFLIGHT || s->reading;
    return s->paused ? LN_WS_STOP : LN_WS_GO;
}

static void
pong(struct sh_session *s)
{
    static const char text[] = "{\"ev\":\"pong\"}";
    if (s->conn->out_bytes <= s->sh->srv->opts->out_soft_bytes) {
        ln_conn_send(s->conn, ln_ws_text(text, sizeof text - 1));
    }
}

static enum ln_ws_go
route_signed_in(struct sh_session *s, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    uint32_t retry_ms = 0;
    enum ln_err err = s->state == SH_LIVE ? LN_OK : LN_EAUTH;
    if (!err && s->sh->quiet) {
        err = LN_ESHUTDOWN;
    }
    if (!err) {
        err = check_rate(s, cmd, &retry_ms);
    }
    bool here = cmd->op == LN_OP_ACTIVE || cmd->op == LN_OP_TYPING ||
                (cmd->op == LN_OP_MARK && !cmd->origin.wants_reply);
    if (!err && here && LN_HAS(&cmd->args, chat)) {
        err = check_rights(s, cmd);
    }
    if (err) {
        sh_reply_error(s, &cmd->origin, err, NULL, retry_ms);
        ln_req_destroy(&req);
        return LN_WS_GO;
    }
    if (here) {
        do_here(s, req);
        return LN_WS_GO;
    }
    return to_store(s, req);
}

enum ln_ws_go
sh_route(struct sh_session *s, struct ln_str text)
{
    struct ln_shard *sh = s->sh;
    struct ln_req *req = ln_req_create();
    struct ln_cmd *cmd = &req->cmd;
    const char *why;
    sh_session_origin(s, &cmd->origin);
    enum ln_err err = ln_decode_frame(text, (size_t)sh->srv->opts->message_bytes, cmd, &why);
    if (err) {
        sh_reply_error(s, &cmd->origin, err, why, 0);
        ln_req_destroy(&req);
        return LN_WS_GO;
    }
    if (cmd->op == LN_OP_PING) {
        pong(s);
        ln_req_destroy(&req);
        return LN_WS_GO;
    }
    if (cmd->op == LN_OP_HELLO) {
        if (sh->quiet) {
            sh_reply_error(s, &cmd->origin, LN_ESHUTDOWN, NULL, SH_BYE_RETRY_MS);
            ln_req_destroy(&req);
            return LN_WS_GO;
        }
        sh_session_hello(s, req);
        return s->state == SH_HELLO ? LN_WS_STOP : LN_WS_GO;
    }
    if (!s->user) {
        sh_reply_error(s, &cmd->origin, LN_EAUTH, NULL, 0);
        ln_req_destroy(&req);
        return LN_WS_GO;
    }
    return route_signed_in(s, req);
}
