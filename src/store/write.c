/* SPDX-License-Identifier: MIT
 * write.c - one write of a batch: who asks, may they, do it, tell the shards.
 *
 * A handler checks everything before it changes anything, so that a refusal leaves no trace. What
 * fails later is the database, and then the whole batch fails.
 */
#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "store_priv.h"

#define ACK_BYTES 262144
#define SEEN_EVERY_MS 3600000 /* a device's last use is written at most so often */

static st_write_fn *const handlers[LN_OP_COUNT] = {
    [LN_OP_SEND] = st_write_send,
    [LN_OP_EDIT] = st_write_edit,
    [LN_OP_DELETE] = st_write_delete,
    [LN_OP_REACT] = st_write_react,
    [LN_OP_PIN] = st_write_pin,
    [LN_OP_MARK] = st_write_mark,
    [LN_OP_UNREAD] = st_write_unread,
    [LN_OP_CHAT_CREATE] = st_write_chat_create,
    [LN_OP_CHAT_UPDATE] = st_write_chat_update,
    [LN_OP_CHAT_JOIN] = st_write_chat_join,
    [LN_OP_CHAT_LEAVE] = st_write_chat_leave,
    [LN_OP_CHAT_ADD] = st_write_chat_add,
    [LN_OP_CHAT_REMOVE] = st_write_chat_remove,
    [LN_OP_CHAT_ROLE] = st_write_chat_role,
    [LN_OP_CHAT_NOTIFY] = st_write_chat_notify,
    [LN_OP_USER_CREATE] = st_write_user_create,
    [LN_OP_USER_IMPORT] = st_write_user_import,
    [LN_OP_USER_UPDATE] = st_write_user_update,
    [LN_OP_USER_PASSWORD] = st_write_user_password,
    [LN_OP_USER_LINK] = st_write_user_link,
    [LN_OP_DEVICE_REVOKE] = st_write_device_revoke,
    [LN_OP_LOGOUT] = st_write_logout,
    [LN_OP_INVITE_CREATE] = st_write_invite_create,
    [LN_OP_INVITE_REVOKE] = st_write_invite_revoke,
    [LN_OP_SETUP_LINK] = st_write_setup_link,
    [LN_OP_LOGIN] = st_write_login,
    [LN_OP_SETUP_ACCEPT] = st_write_setup_accept,
    [LN_OP_INVITE_ACCEPT] = st_write_invite_accept,
    [LN_OP_LINK_ACCEPT] = st_write_link_accept,
    [LN_OP_SECRET_PEEK] = st_write_secret_peek,
    [LN_OP_FILE_BEGIN] = st_write_file_begin,
    [LN_OP_FILE_COMMIT] = st_write_file_commit,
    [LN_OP_FILE_DROP] = st_write_file_drop,
    [LN_OP_SERVER_UPDATE] = st_write_server_update,
};

/* A sign-in in use does not end: its row rides in the present transaction, or in one of its own. */
static void
touch_device(struct ln_store *st, struct st_device *d)
{
    ln_ts now = ln_wall_ms();
    if (now - d->seen > SEEN_EVERY_MS && !st->is_down) {
        d->seen = now;
        st_touch(st);
        st_run(&st->db, SQL_DEVICE_SEEN, "ii", (int64_t)d->id, (int64_t)now);
    }
}

enum ln_err
st_who(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who)
{
    memset(who, 0, sizeof *who);
    if (cmd->caller.is_operator) {
        who->is_operator = true;
        who->role = LN_ROLE_OWNER;
        who->user = cmd->as.n ? st_user_by_name(st, cmd->as) : NULL;
        return cmd->as.n && !who->user ? LN_ENOTFOUND : LN_OK;
    }
    if (cmd->by_token) {
        who->device = st_device_by_digest(st, cmd->token_hash);
    } else if (cmd->caller.device) {
        who->device = st_device_find(st, cmd->caller.device);
    } else {
        return LN_OK; /* nobody: acl decides */
    }
    if (!who->device || who->device->user->id != cmd->caller.user) {
        return LN_EAUTH;
    }
    who->user = who->device->user;
    who->role = who->user->role;
    if (who->user->disabled || ln_wall_ms() - who->device->seen > st->opts->session_ttl_ms) {
        return LN_EAUTH;
    }
    touch_device(st, who->device);
    return LN_OK;
}

enum ln_err
st_allow_chat(struct ln_store *st, const struct ln_cmd *cmd, const struct st_who *who,
              struct ln_acl_query extra, struct st_chat **chat, struct st_member **member)
{
    struct st_chat *c = st_chat_find(st, cmd->args.chat);
    struct st_member *m = c && who->user ? st_member_find(c, who->user->id) : NULL;
    *chat = NULL;
    *member = NULL;
    extra.op = cmd->op;
    extra.is_operator = who->is_operator && !who->user;
    extra.role = who->role;
    extra.chat_kind = c ? c->kind : LN_CHAT_GROUP; /* no chat: as a group one is not in */
    extra.chat_role = m ? m->role : LN_CROLE_NONE;
    extra.chat_archived = c && c->archived;
    extra.chat_moderated = c && c->post == LN_POST_MODERATORS;
    enum ln_err err = ln_acl_check(&extra);
    if (!err && !c) {
        err = LN_ENOTFOUND;
    }
    if (!err) {
        *chat = c;
        *member = m;
    }
    return err;
}

enum ln_err
st_allow_user(const struct ln_cmd *cmd, const struct st_who *who, const struct st_user *other,
              unsigned new_role)
{
    struct ln_acl_query q = {
        .op = cmd->op,
        .is_operator = who->is_operator,
        .role = who->role,
        .is_own = other && other == who->user,
        .other_role = other ? other->role : LN_ROLE_NONE,
        .new_role = new_role,
    };
    return ln_acl_check(&q);
}

void
st_touch(struct ln_store *st)
{
    st_begin(&st->db);
    st->rows++;
}

struct ln_record *
st_ack(struct ln_store *st, const struct ln_cmd *cmd, enum ln_err err, const struct ln_buf *json)
{
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_ACK);
    r->origin = cmd->origin;
    r->err = (int16_t)err;
    if (json && json->n) {
        r->json = ln_arena_str(&st->batch->arena, ln_buf_str(json));
    }
    return r;
}

static bool
is_sign_in(enum ln_op op)
{
    return op == LN_OP_LOGIN || op == LN_OP_SETUP_ACCEPT || op == LN_OP_INVITE_ACCEPT ||
           op == LN_OP_LINK_ACCEPT;
}

void
st_write(struct ln_store *st, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    struct st_who who;
    struct ln_buf json;
    ln_buf_init(&json, ACK_BYTES);
    uint32_t at = st->batch->count; /* the acknowledgement's place: before the command's events */
    st_ack(st, cmd, LN_OK, NULL);
    enum ln_err err = st_who(st, cmd, &who);
    if (!err && !who.is_operator && ln_op_table[cmd->op].who != LN_WHO_ANYONE && !who.user) {
        err = LN_EAUTH;
    }
    LN_ASSERT(handlers[cmd->op]);
    if (!err) {
        err = handlers[cmd->op](st, cmd, &who, &json);
    }
    struct ln_record *ack = &st->batch->records[at];
    ack->err = (int16_t)err;
    if (is_sign_in(cmd->op)) {
        ack->user = cmd->verified; /* the handler's: who signed in */
    }
    if (json.n) {
        ack->json = ln_arena_str(&st->batch->arena, ln_buf_str(&json));
        st->batch->bytes += (uint32_t)json.n;
    }
    st->batch->bytes += (uint32_t)sizeof *ack;
    ln_buf_deinit(&json);
}

struct ln_entry *
st_append(struct ln_store *st, struct st_chat *c, const struct ln_entry *from)
{
    struct ln_entry e = *from;
    ln_ts now = ln_wall_ms();
    e.chat = c->id;
    e.seq = c->head + 1;
    e.ts = now > c->last_ts ? now : c->last_ts; /* never falls within a chat */
    e.commit_no = ++st->last;
    e.msg_no = c->msg_no + (e.kind == LN_KIND_MESSAGE);
    struct ln_entry *entry = ln_entry_create(&e);
    st_touch(st);
    sqlite3_stmt *s =
        st_query(&st->db, SQL_LOG_INSERT, "iiiiiiii", (int64_t)e.commit_no,
                 ln_row_id(e.chat, e.seq), (int64_t)e.ts, (int64_t)e.from, (int64_t)e.kind,
                 (int64_t)e.msg_no, (int64_t)e.thread, (int64_t)e.target);
    if (s) {
        sqlite3_bind_text(s, 9, e.cid.n ? entry->cid.p : NULL, (int)e.cid.n, SQLITE_STATIC);
        sqlite3_bind_blob(s, 10, e.cid.n ? entry->sent : NULL, e.cid.n ? 16 : 0, SQLITE_STATIC);
        sqlite3_bind_text(s, 11, e.body.n ? entry->body.p : NULL, (int)e.body.n, SQLITE_STATIC);
        sqlite3_bind_text(s, 12, e.args.n ? entry->args.p : NULL, (int)e.args.n, SQLITE_STATIC);
        if (st_fault("statement")) {
            st_db_fail(&st->db, "fault");
        } else {
            st_step(&st->db, s);
        }
    }
    st_tail_add(st, c, entry);
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_EVENT);
    r->chat = c->id;
    r->chat_kind = c->kind;
    r->entry = ln_entry_ref(entry);
    st->batch->bytes += (uint32_t)ln_entry_bytes(entry);
    st->batch->last = e.commit_no;
    return entry;
}

void
st_put_member_record(struct ln_store *st, const struct st_chat *c, const struct st_member *m,
                     ln_user_id user)
{
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_MEMBER);
    struct ln_buf json;
    r->chat = c->id;
    r->user = user;
    r->chat_kind = c->kind;
    r->archived = c->archived;
    r->role = m ? m->role : LN_CROLE_NONE;
    r->delivered = c->head;
    if (m) {
        struct st_names names;
        ln_buf_init(&json, ACK_BYTES);
        st_names_init(&names);
        if (c->kind == LN_CHAT_DIRECT) {
            st_names_add(&names, st, c->members[0]->user->id);
            st_names_add(&names, st, c->members[c->member_count - 1]->user->id);
        }
        ln_buf_adds(&json, "\"chat\":");
        st_chat_json(&json, c, m);
        ln_buf_addc(&json, ',');
        st_names_json(&json, &names, false);
        r->json = ln_arena_str(&st->batch->arena, ln_buf_str(&json));
        ln_buf_deinit(&json);
    }
    struct st_user *u = st_user_find(st, user);
    if (u) {
        u->rights_turn = st->turn;
    }
}

void
st_put_user_record(struct ln_store *st, const struct st_user *u)
{
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_USER);
    struct ln_buf json;
    ln_buf_init(&json, 4096);
    ln_buf_addf(&json, "\"user\":{\"id\":%u,", u->id);
    size_t at = json.n;
    st_user_json(&json, u, false);
    json.p[at] = ' '; /* the object's own brace */
    r->user = u->id;
    r->role = u->role;
    r->to_all = u->receipts;
    r->json = ln_arena_str(&st->batch->arena, ln_buf_str(&json));
    ln_buf_deinit(&json);
}

void
st_put_cut_record(struct ln_store *st, ln_user_id user, ln_device_id device, ln_device_id keep)
{
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_CUT);
    r->user = user;
    r->device = device;
    r->keep = keep;
    r->err = LN_EAUTH;
}
