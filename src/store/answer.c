/* SPDX-License-Identifier: MIT
 * answer.c - reads: from memory at once, or by a reader and then answered here all the same, after
 * the caller's rights have been looked at again.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "linnet/rt/metrics.h"
#include "store_priv.h"

#define ANSWER_BYTES (8u << 20)
#define PAGE_DEFAULT 50
#define PAGE_MAX 200

struct ln_reply *
ln_reply_create(const struct ln_cmd *cmd, enum ln_err err)
{
    struct ln_reply *r = ln_zalloc(sizeof *r);
    r->msg.type = LN_MSG_REPLY;
    r->origin = cmd->origin;
    r->op = cmd->op;
    r->err = err;
    ln_buf_init(&r->json, ANSWER_BYTES);
    return r;
}

void
ln_reply_destroy(struct ln_reply **r)
{
    ln_req_destroy(&(*r)->req);
    ln_buf_deinit(&(*r)->json);
    free((*r)->welcome);
    free((*r)->watch);
    free((*r)->file);
    free(*r);
    *r = NULL;
}

void
st_send_reply(struct ln_store *st, struct ln_reply *r)
{
    ln_mailbox_post_sure(st->ports[r->origin.shard].mailbox, &r->msg);
}

void
st_fail_req(struct ln_store *st, struct ln_req *req, enum ln_err err)
{
    struct ln_reply *r = ln_reply_create(&req->cmd, err);
    r->retry_ms = err == LN_EREADONLY || err == LN_EAGAIN ? 1000 : 0;
    st_send_reply(st, r);
    ln_req_destroy(&req);
}

/* ── parts of logs ── */

/* Ids in a JSON fragment outside of strings, from `key` on. */
static void
names_in(struct st_names *n, struct ln_store *st, struct ln_str text, const char *key)
{
    const char *p = text.n ? memmem(text.p, text.n, key, strlen(key)) : NULL;
    const char *end = text.p + text.n;
    bool in_string = false;
    if (!p) {
        return;
    }
    for (p += strlen(key); p < end && (in_string || *p != ']'); p++) {
        if (*p == '\\') {
            p++;
        } else if (*p == '"') {
            in_string = !in_string;
        } else if (!in_string && *p >= '0' && *p <= '9') {
            ln_user_id id = 0;
            while (p < end && *p >= '0' && *p <= '9') {
                id = id * 10 + (ln_user_id)(*p++ - '0');
            }
            p--;
            st_names_add(n, st, id);
        }
    }
}

static void
names_of_reactions(struct st_names *n, struct ln_store *st, struct ln_str text)
{
    while (text.n) {
        const char *open = memchr(text.p, '[', text.n);
        if (!open) {
            return;
        }
        struct ln_str list = {open, text.n - (size_t)(open - text.p)};
        const char *close = memchr(list.p, ']', list.n);
        if (!close) {
            return;
        }
        names_in(n, st, (struct ln_str){list.p, (size_t)(close - list.p)}, "[");
        text.n -= (size_t)(close - text.p);
        text.p = close;
    }
}

void
st_names_of_entry(struct st_names *n, struct ln_store *st, const struct ln_entry *e)
{
    st_names_add(n, st, e->from);
    names_in(n, st, e->args, "\"mentions\":[");
    names_in(n, st, e->args, "\"users\":[");
    if (e->kind == LN_KIND_ROLE) {
        names_in(n, st, e->args, "\"user\":");
    }
    names_of_reactions(n, st, e->reactions);
}

static void
put_rows(struct ln_store *st, struct ln_buf *b, const struct st_read *r, bool items,
         struct st_names *names)
{
    const char *comma = "";
    for (uint32_t k = 0; k < r->part_count; k++) {
        for (uint32_t i = 0; i < r->parts[k].row_count; i++) {
            const struct ln_entry *e = r->parts[k].rows[i];
            ln_buf_adds(b, comma);
            if (items) {
                ln_entry_item_json(b, e);
            } else {
                ln_entry_event_json(b, e, false);
            }
            st_names_of_entry(names, st, e);
            comma = ",";
        }
    }
}

void
st_answer_read(struct ln_store *st, struct st_read *r)
{
    struct ln_cmd *cmd = &r->req->cmd;
    struct ln_reply *reply = ln_reply_create(cmd, r->err ? LN_EUNKNOWN : LN_OK);
    if (r->err) {
        reply->err = LN_EREADONLY; /* a read that failed has changed nothing */
        reply->retry_ms = 1000;
    } else if (cmd->op == LN_OP_HELLO) {
        st_hello_finish(st, r, reply);
    } else {
        struct st_names names;
        bool pins = cmd->op == LN_OP_PINS, items = pins || cmd->op == LN_OP_HISTORY;
        const struct st_part none = {0}, *first = r->part_count ? r->parts : &none;
        st_names_init(&names);
        ln_buf_adds(&reply->json, items ? "\"items\":[" : "\"events\":[");
        put_rows(st, &reply->json, r, items, &names);
        ln_buf_addf(&reply->json, "],\"head\":%u,\"more\":%s,", first->last,
                    (pins ? r->more : first->more) ? "true" : "false");
        if (r->part_count > 1 && !pins) {
            ln_buf_addf(&reply->json, "\"more_after\":%s,", r->parts[1].more ? "true" : "false");
        }
        st_names_json(&reply->json, &names, false);
    }
    st_send_reply(st, reply);
    st_read_destroy(&r);
}

/* Sends a read on: to a reader where a part lies on disk, else straight to its answer. */
static void
finish_read(struct ln_store *st, struct st_read *r)
{
    bool disk = false;
    for (uint32_t i = 0; i < r->part_count; i++) {
        disk = disk || st_part_needs_disk(&r->parts[i]);
    }
    if (!disk) {
        for (uint32_t i = 0; i < r->part_count; i++) {
            st_part_merge(&r->parts[i], NULL, 0);
        }
        st_answer_read(st, r);
    } else if (st_reader_post(st, r)) {
        struct ln_req *req = r->req;
        r->req = NULL;
        st_read_destroy(&r);
        st_fail_req(st, req, LN_EAGAIN);
    }
}

/* Back from a reader: may the caller still read this? */
void
st_read_done(struct ln_store *st, struct st_read *r)
{
    struct ln_cmd *cmd = &r->req->cmd;
    struct st_chat *c;
    struct st_member *m;
    struct st_who who;
    st->reads_out--;
    /* a directory that could not be loaded knows nobody: that is no answer about who asks */
    enum ln_err err = st->is_blind ? LN_EREADONLY : st_who(st, cmd, &who);
    if (!err && cmd->op == LN_OP_HELLO) {
        err = who.user->rights_turn > r->turn ? LN_EAGAIN : LN_OK;
    } else if (!err) {
        err = st_allow_chat(st, cmd, &who, (struct ln_acl_query){0}, &c, &m);
        if (!err && m && r->part_count && r->parts[0].first < m->visible_from) {
            err = LN_EFORBIDDEN; /* left and came back in between */
        }
    }
    if (err) {
        struct ln_req *req = r->req;
        r->req = NULL;
        st_read_destroy(&r);
        st_fail_req(st, req, err);
        return;
    }
    st_answer_read(st, r);
}

/* When the event was; 0 where it cannot be read. */
static ln_ts
ts_of(struct ln_store *st, const struct st_chat *c, ln_seq seq)
{
    const struct ln_entry *e = st_tail_find(c, seq);
    ln_ts ts = e ? e->ts : 0;
    sqlite3_stmt *s = e ? NULL : st_query(&st->db, SQL_HISTORY_TS, "i", ln_row_id(c->id, seq));
    if (s && st_step(&st->db, s)) {
        ts = sqlite3_column_int64(s, 0);
        sqlite3_reset(s);
    }
    return ts;
}

/* The first event of that time or later, by bisection, for times never fall within a chat; one past
 * the head where there is none. */
static ln_seq
seq_at(struct ln_store *st, const struct st_chat *c, ln_ts ts)
{
    ln_seq low = 1, high = c->head + 1;
    while (low < high) {
        ln_seq mid = low + (high - low) / 2;
        if (ts_of(st, c, mid) < ts) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Each pinned message is a part of its own: they lie anywhere. */
static enum ln_err
answer_pins(struct ln_store *st, struct ln_req *req, struct st_who *who)
{
    const struct ln_args *a = &req->cmd.args;
    ln_seq wanted[PAGE_MAX];
    struct st_chat *c;
    struct st_member *m;
    uint32_t n = 0, limit = !a->limit ? PAGE_DEFAULT : a->limit > PAGE_MAX ? PAGE_MAX : a->limit;
    bool more = false;
    enum ln_err err = st_allow_chat(st, &req->cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    for (uint32_t i = c->pin_count; i > 0 && !more; i--) {
        ln_seq seq = c->pins[i - 1];
        if ((LN_HAS(a, before) && seq >= a->before) || (m && seq < m->visible_from)) {
            continue;
        }
        more = n == limit;
        if (!more) {
            wanted[n++] = seq;
        }
    }
    struct st_read *r = st_read_create(req, n);
    r->more = more;
    for (uint32_t i = 0; i < n; i++) {
        st_part_init(&r->parts[i], c, ST_READ_AFTER, m ? m->visible_from : 1, wanted[i] - 1, 1);
    }
    finish_read(st, r);
    return LN_OK;
}

static enum ln_err
answer_events(struct ln_store *st, struct ln_req *req, struct st_who *who)
{
    const struct ln_args *a = &req->cmd.args;
    struct st_chat *c;
    struct st_member *m;
    enum ln_err err = st_allow_chat(st, &req->cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    uint32_t limit = !a->limit ? PAGE_DEFAULT : a->limit > PAGE_MAX ? PAGE_MAX : a->limit;
    ln_seq first = m ? m->visible_from : 1;
    ln_seq middle = LN_HAS(a, around) ? a->around : LN_HAS(a, at) ? seq_at(st, c, (ln_ts)a->at) : 0;
    bool around = req->cmd.op == LN_OP_HISTORY && middle;
    struct st_read *r = st_read_create(req, around ? 2 : 1);
    if (req->cmd.op == LN_OP_EVENTS) {
        st_part_init(&r->parts[0], c, ST_READ_EVENTS, first, a->after, limit);
    } else if (around) {
        st_part_init(&r->parts[0], c, ST_READ_BEFORE, first, middle, limit / 2);
        st_part_init(&r->parts[1], c, ST_READ_AFTER, first, middle - 1, limit - limit / 2);
        r->parts[0].bytes = r->parts[1].bytes = LN_PAGE_BYTES / 2;
    } else if (LN_HAS(a, after)) {
        st_part_init(&r->parts[0], c, ST_READ_AFTER, first, a->after, limit);
    } else {
        ln_seq before = LN_HAS(a, before) ? a->before : UINT32_MAX;
        st_part_init(&r->parts[0], c, ST_READ_BEFORE, first, before, limit);
    }
    finish_read(st, r);
    return LN_OK;
}

/* ── lists ── */
typedef enum ln_err answer_fn(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                              struct ln_reply *r);

static enum ln_err
answer_receipts(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                struct ln_reply *r)
{
    struct st_chat *c;
    struct st_member *me;
    uint32_t delivered = 0, read = 0;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &me);
    if (err) {
        return err;
    }
    bool shown = !who->user || who->user->receipts;
    struct ln_buf who_read;
    ln_buf_init(&who_read, 65536);
    for (uint32_t i = 0; shown && i < c->member_count; i++) {
        const struct st_member *m = c->members[i];
        if (m->user == who->user || !m->user->receipts) {
            continue;
        }
        delivered += m->delivered >= cmd->args.seq;
        read += m->read >= cmd->args.seq;
        if (c->member_count <= 50) {
            ln_buf_addf(&who_read, "%s\"%u\":{\"delivered\":%u,\"read\":%u}", who_read.n ? "," : "",
                        m->user->id, m->delivered, m->read);
        }
    }
    ln_buf_addf(&r->json, "\"delivered\":%u,\"read\":%u,\"marks\":{", delivered, read);
    ln_buf_add(&r->json, who_read.p, who_read.n);
    ln_buf_addc(&r->json, '}');
    ln_buf_deinit(&who_read);
    return LN_OK;
}

static enum ln_err
answer_chat_list(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                 struct ln_reply *r)
{
    uint32_t limit = cmd->args.limit ? cmd->args.limit : 100, n = 0;
    struct st_names names;
    bool open = cmd->args.open && who->role >= LN_ROLE_MEMBER;
    bool all = who->is_operator && !who->user;
    bool more = false;
    st_names_init(&names);
    ln_buf_adds(&r->json, "\"chats\":[");
    for (ln_chat_id id = cmd->args.after + 1; id <= st->dir.last_chat; id++) {
        struct st_chat *c = st_chat_find(st, id);
        struct st_member *m = c && who->user ? st_member_find(c, who->user->id) : NULL;
        bool joinable = c && open && !m && c->kind == LN_CHAT_CHANNEL && !c->archived;
        if (!c || !(all || joinable || (m && !cmd->args.open))) {
            continue;
        }
        if (n == limit) {
            more = true;
            break;
        }
        ln_buf_adds(&r->json, n++ ? "," : "");
        st_chat_json(&r->json, c, m);
        for (uint32_t i = 0; c->kind == LN_CHAT_DIRECT && i < c->member_count; i++) {
            st_names_add(&names, st, c->members[i]->user->id);
        }
    }
    ln_buf_addf(&r->json, "],\"more\":%s,", more ? "true" : "false");
    st_names_json(&r->json, &names, false);
    return LN_OK;
}

static enum ln_err
answer_chat_members(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                    struct ln_reply *r)
{
    struct st_chat *c;
    struct st_member *me;
    struct st_names names;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &me);
    uint32_t limit = cmd->args.limit ? cmd->args.limit : 200, n = 0;
    bool more = false;
    if (err) {
        return err;
    }
    st_names_init(&names);
    ln_buf_adds(&r->json, "\"members\":[");
    for (uint32_t i = 0; i < c->member_count; i++) {
        const struct st_member *m = c->members[i];
        bool marks = c->member_count <= 50 &&
                     (m == me || (m->user->receipts && who->user && who->user->receipts));
        if (m->user->id <= cmd->args.after) {
            continue;
        }
        if (n == limit) {
            more = true;
            break;
        }
        ln_buf_addf(&r->json, "%s{\"user\":%u,\"role\":\"%s\"", n++ ? "," : "", m->user->id,
                    ln_chat_role_name(m->role));
        if (marks) {
            ln_buf_addf(&r->json, ",\"delivered\":%u,\"read\":%u", m->delivered, m->read);
        }
        ln_buf_addc(&r->json, '}');
        st_names_add(&names, st, m->user->id);
    }
    ln_buf_addf(&r->json, "],\"more\":%s,", more ? "true" : "false");
    st_names_json(&r->json, &names, false);
    return LN_OK;
}

/* Guests and bots see only those they share a chat with. */
static bool
may_see(const struct st_who *who, const struct st_user *u)
{
    return who->role >= LN_ROLE_MEMBER || (who->user && st_share_chat(who->user, u));
}

static enum ln_err
answer_user_get(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                struct ln_reply *r)
{
    struct st_names names;
    st_names_init(&names);
    for (uint32_t i = 0; i < cmd->args.users.n; i++) {
        struct st_user *u = st_user_find(st, cmd->args.users.ids[i]);
        if (u && may_see(who, u)) {
            st_names_add(&names, st, u->id);
        }
    }
    st_names_json(&r->json, &names, who->role >= LN_ROLE_ADMIN);
    return LN_OK;
}

static enum ln_err
answer_user_list(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                 struct ln_reply *r)
{
    uint32_t limit = cmd->args.limit ? cmd->args.limit : 200, n = 0;
    bool is_admin = who->role >= LN_ROLE_ADMIN, more = false;
    ln_buf_adds(&r->json, "\"users\":{");
    for (ln_user_id id = cmd->args.after + 1; id <= st->dir.last_user; id++) {
        struct st_user *u = st_user_find(st, id);
        if (!u || (u->disabled && !is_admin)) {
            continue;
        }
        if (n == limit) {
            more = true;
            break;
        }
        ln_buf_addf(&r->json, "%s\"%u\":", n++ ? "," : "", id);
        st_user_json(&r->json, u, is_admin);
    }
    ln_buf_addf(&r->json, "},\"more\":%s", more ? "true" : "false");
    return LN_OK;
}

static enum ln_err
answer_device_list(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                   struct ln_reply *r)
{
    struct st_user *u = cmd->args.user ? st_user_find(st, cmd->args.user) : who->user;
    struct st_device *d;
    const char *comma = "";
    enum ln_err err = st_allow_user(cmd, who, u, 0);
    if (err || !u) {
        return err ? err : LN_ENOTFOUND;
    }
    ln_buf_adds(&r->json, "\"devices\":[");
    LIST_FOREACH(d, &u->devices, link)
    {
        ln_buf_addf(&r->json, "%s{\"id\":%u,\"name\":", comma, d->id);
        ln_buf_add_json(&r->json, ln_str(d->name));
        ln_buf_addf(&r->json, ",\"created\":%lld,\"seen\":%lld,\"current\":%s}",
                    (long long)d->created, (long long)d->seen, d == who->device ? "true" : "false");
        comma = ",";
    }
    ln_buf_addc(&r->json, ']');
    return LN_OK;
}

static enum ln_err
answer_invite_list(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who,
                   struct ln_reply *r)
{
    const char *comma = "";
    enum ln_err err = st_allow_user(cmd, who, NULL, 0);
    if (err) {
        return err;
    }
    ln_buf_adds(&r->json, "\"invites\":[");
    sqlite3_stmt *s = st_query(&st->db, SQL_INVITE_LIST, "");
    while (st_step(&st->db, s)) {
        struct ln_str chats = st_col(s, 6);
        ln_buf_addf(&r->json, "%s{\"id\":%lld,\"role\":\"%s\",\"uses\":%lld,\"used\":%lld,", comma,
                    (long long)sqlite3_column_int64(s, 0),
                    ln_role_name((unsigned)sqlite3_column_int64(s, 1)),
                    (long long)sqlite3_column_int64(s, 2), (long long)sqlite3_column_int64(s, 3));
        ln_buf_addf(&r->json, "\"expires\":%lld,\"by\":%lld,\"chats\":%.*s}",
                    (long long)sqlite3_column_int64(s, 4), (long long)sqlite3_column_int64(s, 5),
                    (int)chats.n, chats.p);
        comma = ",";
    }
    ln_buf_addc(&r->json, ']');
    return LN_OK;
}

static enum ln_err
answer_status(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who, struct ln_reply *r)
{
    struct stat sb = {0};
    enum ln_err err = st_allow_user(cmd, who, NULL, 0);
    if (err) {
        return err;
    }
    stat(st->db.path, &sb);
    ln_buf_addf(&r->json, "\"version\":\"%s\",\"uptime_ms\":%llu,\"schema\":%u,\"shards\":%u,",
                LN_VERSION, (unsigned long long)(ln_mono_ms() - st->started_ms), st->schema,
                st->shards);
    ln_buf_addf(&r->json, "\"users\":%zu,\"chats\":%zu,\"events\":%llu,", st->dir.users.count,
                st->dir.chats.count, (unsigned long long)st->last);
    ln_buf_addf(&r->json, "\"connections\":%lld,\"sessions\":%lld,\"tail_rows\":%u,",
                (long long)ln_metric_get(LN_M_CONNECTIONS), (long long)ln_metric_get(LN_M_SESSIONS),
                st->tail.rows);
    ln_buf_addf(&r->json, "\"db_bytes\":%lld,\"wal_bytes\":%zu,\"needs_setup\":%s,\"writable\":%s",
                (long long)sb.st_size, st_wal_bytes(st), st->dir.owner ? "false" : "true",
                st->is_down ? "false" : "true");
    return LN_OK;
}

/* Presence is shown to those who share a chat, the number online to its members. */
static enum ln_err
answer_watch(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who, struct ln_reply *r)
{
    if (!who->user) {
        return LN_EBADMSG;
    }
    if (LN_HAS(&cmd->args, chat)) {
        struct st_chat *c;
        struct st_member *me;
        enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &me);
        if (err) {
            return err;
        }
        r->watch_chat = cmd->args.chat;
    }
    r->watch = ln_alloc((cmd->args.users.n + 1u) * sizeof *r->watch);
    const char *comma = "";
    ln_buf_adds(&r->json, "\"last_seen\":{");
    for (uint32_t i = 0; i < cmd->args.users.n; i++) {
        struct st_user *u = st_user_find(st, cmd->args.users.ids[i]);
        if (u && st_share_chat(who->user, u)) {
            r->watch[r->watch_count++] = u->id;
            if (u->last_seen && u->seen && who->user->seen) {
                ln_buf_addf(&r->json, "%s\"%u\":%lld", comma, u->id, (long long)u->last_seen);
                comma = ",";
            }
        }
    }
    ln_buf_addc(&r->json, '}');
    return LN_OK;
}

static enum ln_err
answer_about(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who, struct ln_reply *r)
{
    (void)cmd;
    (void)who;
    st_about(st, &r->json);
    return LN_OK;
}

static answer_fn *const answers[LN_OP_COUNT] = {
    [LN_OP_ABOUT] = answer_about,
    [LN_OP_WATCH] = answer_watch,
    [LN_OP_RECEIPTS] = answer_receipts,
    [LN_OP_CHAT_LIST] = answer_chat_list,
    [LN_OP_CHAT_MEMBERS] = answer_chat_members,
    [LN_OP_USER_GET] = answer_user_get,
    [LN_OP_USER_LIST] = answer_user_list,
    [LN_OP_DEVICE_LIST] = answer_device_list,
    [LN_OP_INVITE_LIST] = answer_invite_list,
    [LN_OP_STATUS] = answer_status,
};

void
st_answer(struct ln_store *st, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    struct st_who who;
    if (cmd->stage == LN_STAGE_LOOKUP) {
        if (ln_op_table[cmd->op].where == LN_AT_FILE) {
            st_file_lookup(st, req);
        } else {
            st_lookup(st, req);
        }
        return;
    }
    if (cmd->op == LN_OP_HELLO) {
        st_hello(st, req);
        return;
    }
    enum ln_err err = st_who(st, cmd, &who);
    if (!err) {
        struct ln_acl_query q = {
            .op = cmd->op, .is_operator = who.is_operator, .role = who.role, .is_own = true};
        err = ln_acl_check(&q);
    }
    bool pages = cmd->op == LN_OP_HISTORY || cmd->op == LN_OP_EVENTS || cmd->op == LN_OP_PINS;
    if (!err && pages) {
        err = cmd->op == LN_OP_PINS ? answer_pins(st, req, &who) : answer_events(st, req, &who);
        if (!err) {
            return; /* the read took req */
        }
    }
    struct ln_reply *r = ln_reply_create(cmd, err);
    if (!err) {
        r->err = answers[cmd->op](st, cmd, &who, r);
        if (r->json.overflow) {
            r->err = LN_ETOOLARGE;
        }
    }
    if (r->err) {
        ln_buf_clear(&r->json);
    }
    st_send_reply(st, r);
    ln_req_destroy(&req);
}
