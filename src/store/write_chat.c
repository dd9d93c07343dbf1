/* SPDX-License-Identifier: MIT
 * write_chat.c - chats and who is in them. Every change is an event of the chat's log, but for the
 * two members of a direct chat, who are there from the start and stay.
 */
#include <string.h>

#include "linnet/base/clock.h"
#include "store_priv.h"

#define MEMBERS_MAX 20000 /* of one chat */
#define ARGS_BYTES 65536

static void
write_chat(struct ln_store *st, const struct st_chat *c)
{
    st_touch(st);
    st_run(&st->db, SQL_CHAT_UPDATE, "ittiii", (int64_t)c->id, ln_str(c->title), ln_str(c->topic),
           (int64_t)c->archived, (int64_t)c->history, (int64_t)c->post);
}

/* A member who has read everything there is, and (by the chat's rule) sees it or not. The founder's
 * own coming is hidden from nobody: those named at the creation came with it. */
static struct st_member *
enter(struct st_chat *c, struct st_user *u, unsigned role)
{
    struct st_member *m = st_member_add(c, u);
    m->role = (uint8_t)role;
    m->delivered = m->read = m->alerted = c->head;
    m->read_msg = c->msg_no;
    m->visible_from = c->history == LN_HISTORY_SINCE_JOIN && c->head > 1 ? c->head + 1 : 1;
    return m;
}

static struct ln_entry *
append_users(struct ln_store *st, struct st_chat *c, unsigned kind, struct st_user *const *users,
             size_t n, ln_user_id by)
{
    struct ln_buf text;
    struct ln_entry e = {.kind = (uint8_t)kind, .from = by};
    ln_buf_init(&text, ARGS_BYTES);
    for (size_t i = 0; i < n; i++) {
        ln_buf_addf(&text, "%s%u", i ? "," : ",\"users\":[", users[i]->id);
    }
    ln_buf_addc(&text, ']');
    e.args = ln_buf_str(&text);
    struct ln_entry *entry = st_append(st, c, &e);
    ln_buf_deinit(&text);
    return entry;
}

void
st_join(struct ln_store *st, struct st_chat *c, struct st_user *const *users, size_t n,
        unsigned role, ln_user_id by)
{
    for (size_t i = 0; i < n; i++) {
        enter(c, users[i], role);
    }
    append_users(st, c, LN_KIND_JOIN, users, n, by);
    for (size_t i = 0; i < n;
         i++) { /* after the event: their first sight of the chat includes it */
        struct st_member *m = st_member_find(c, users[i]->id);
        m->read = m->delivered = c->head;
        st_write_member(st, m);
        st_put_member_record(st, c, m, m->user->id);
    }
}

/* ids to users who exist, may be in chats and are not in c yet; LN_ENOTFOUND where one may not. */
static enum ln_err
resolve_users(struct ln_store *st, const struct st_chat *c, struct ln_ids ids,
              struct st_user **users, size_t *n)
{
    *n = 0;
    for (uint32_t i = 0; i < ids.n; i++) {
        struct st_user *u = st_user_find(st, ids.ids[i]);
        if (!u || u->disabled) {
            return LN_ENOTFOUND;
        }
        if (!c || !st_member_find(c, u->id)) {
            users[(*n)++] = u;
        }
    }
    return LN_OK;
}

static void
put_chat_answer(struct ln_buf *json, const struct st_chat *c)
{
    ln_buf_addf(json, "\"chat\":%u", c->id);
}

static struct st_chat *
insert_chat(struct ln_store *st, unsigned kind, const struct ln_args *args, uint64_t pair)
{
    struct st_chat *c = st_chat_add(st, st->dir.last_chat + 1, kind);
    st_set_text(&c->title, args->title);
    st_set_text(&c->topic, args->topic);
    c->created = c->last_ts = ln_wall_ms();
    if (LN_HAS(args, history)) {
        c->history = (uint8_t)ln_history_of(args->history);
    }
    st_touch(st);
    sqlite3_stmt *s = st_query(&st->db, SQL_CHAT_INSERT, "iitti", (int64_t)c->id, (int64_t)kind,
                               args->title, args->topic, (int64_t)c->history);
    if (s) {
        if (pair) {
            sqlite3_bind_int64(s, 6, (int64_t)pair);
        } else {
            sqlite3_bind_null(s, 6);
        }
        sqlite3_bind_int64(s, 7, c->created);
        st_step(&st->db, s);
    }
    return c;
}

static enum ln_err
create_direct(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    const struct ln_args *args = &cmd->args;
    if (!who->user || args->members.n != 1 || args->members.ids[0] == who->user->id) {
        return LN_EBADMSG;
    }
    struct st_user *peer = st_user_find(st, args->members.ids[0]);
    if (!peer || peer->disabled) {
        return LN_ENOTFOUND;
    }
    struct st_chat *c = st_pair_find(st, who->user->id, peer->id);
    if (!c) {
        uint64_t pair = st_pair_key(who->user->id, peer->id);
        c = insert_chat(st, LN_CHAT_DIRECT, args, pair);
        st_pair_add(st, c, who->user->id, peer->id);
        enter(c, who->user, LN_CROLE_MEMBER);
        enter(c, peer, LN_CROLE_MEMBER);
        for (uint32_t i = 0; i < c->member_count; i++) {
            st_write_member(st, c->members[i]);
            st_put_member_record(st, c, c->members[i], c->members[i]->user->id);
        }
    }
    put_chat_answer(json, c);
    return LN_OK;
}

/* A repeat of a create answers the first. LN_ECONFLICT: answered. */
static enum ln_err
check_create_cid(struct ln_store *st, struct ln_cmd *cmd, const struct st_who *who,
                 uint8_t sent[16], struct ln_buf *json)
{
    uint8_t digest[LN_DIGEST_BYTES];
    struct ln_buf text;
    ln_buf_init(&text, 4096);
    ln_buf_addf(&text, "create %.*s %.*s", (int)cmd->args.kind.n, cmd->args.kind.p,
                (int)cmd->args.title.n, cmd->args.title.n ? cmd->args.title.p : "");
    for (uint32_t i = 0; i < cmd->args.members.n; i++) {
        ln_buf_addf(&text, " %u", cmd->args.members.ids[i]);
    }
    ln_sha256(digest, text.p, text.n);
    ln_buf_deinit(&text);
    memcpy(sent, digest, 16);
    if (!who->user || !cmd->args.cid.n) {
        return LN_OK;
    }
    if (st_tail_by_cid(st, who->user->id, cmd->args.cid)) {
        return LN_ECIDREUSE;
    }
    int64_t id;
    enum ln_err err = st_cid_find(st, who->user, cmd->args.cid, sent, &id);
    bool same = err == LN_ECONFLICT && (id & 0xffffffff) == 0;
    if (err == LN_OK) {
        return LN_OK;
    }
    if (same) {
        ln_buf_addf(json, "\"chat\":%u,\"dup\":true", (ln_chat_id)(id >> 32));
    }
    return same ? LN_ECONFLICT : LN_ECIDREUSE;
}

static enum ln_err
create_group(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, unsigned kind,
             struct ln_buf *json)
{
    struct st_user *users[201];
    uint8_t sent[16];
    size_t n;
    if (!cmd->args.title.n || (LN_HAS(&cmd->args, history) && !ln_history_of(cmd->args.history))) {
        return LN_EBADMSG;
    }
    enum ln_err err = check_create_cid(st, cmd, who, sent, json);
    if (err) {
        return err == LN_ECONFLICT ? LN_OK : err;
    }
    err = resolve_users(st, NULL, cmd->args.members, users + 1, &n);
    if (err) {
        return err;
    }
    struct st_user *creator = who->user ? who->user : n ? users[1] : NULL;
    struct st_chat *c = insert_chat(st, kind, &cmd->args, 0);
    size_t count = 0;
    users[0] = NULL;
    for (size_t i = 1; i <= n; i++) { /* the creator comes first, and once */
        if (users[i] != creator) {
            users[++count] = users[i];
        }
    }
    if (creator) {
        st_join(st, c, &creator, 1, LN_CROLE_OWNER, creator->id);
    }
    if (count) {
        st_join(st, c, users + 1, count, LN_CROLE_MEMBER, creator ? creator->id : 0);
    }
    if (who->user && cmd->args.cid.n) {
        st_cid_put(st, who->user->id, cmd->args.cid, ln_row_id(c->id, 0), sent);
    }
    put_chat_answer(json, c);
    return LN_OK;
}

enum ln_err
st_write_chat_create(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    unsigned kind = ln_chat_kind_of(cmd->args.kind);
    enum ln_err err = ln_acl_check(
        &(struct ln_acl_query){.op = cmd->op, .is_operator = who->is_operator, .role = who->role});
    if (err) {
        return err;
    }
    if (!kind) {
        return LN_EBADMSG;
    }
    return kind == LN_CHAT_DIRECT ? create_direct(st, cmd, who, json)
                                  : create_group(st, cmd, who, kind, json);
}

static void
append_text(struct ln_store *st, struct st_chat *c, unsigned kind, ln_user_id by, const char *key,
            const char *value)
{
    struct ln_buf text;
    struct ln_entry e = {.kind = (uint8_t)kind, .from = by};
    ln_buf_init(&text, 4096);
    ln_buf_addf(&text, ",\"%s\":", key);
    if (value) {
        ln_buf_add_json(&text, ln_str(value));
    } else {
        ln_buf_adds(&text, c->archived ? "true" : "false");
    }
    e.args = ln_buf_str(&text);
    st_append(st, c, &e);
    ln_buf_deinit(&text);
}

static ln_user_id
who_id(const struct st_who *who)
{
    return who->user ? who->user->id : 0;
}

enum ln_err
st_write_chat_update(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    const struct ln_args *a = &cmd->args;
    struct st_chat *c;
    struct st_member *m;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    if (c->kind == LN_CHAT_DIRECT || (LN_HAS(a, history) && !ln_history_of(a->history)) ||
        (LN_HAS(a, post) && !ln_post_of(a->post))) {
        return LN_EBADMSG;
    }
    bool title = LN_HAS(a, title) && !ln_str_eq(a->title, ln_str(c->title));
    bool topic = LN_HAS(a, topic) && !ln_str_eq(a->topic, ln_str(c->topic));
    bool archive = LN_HAS(a, archived) && a->archived != c->archived;
    bool history = LN_HAS(a, history) && ln_history_of(a->history) != c->history;
    bool post = LN_HAS(a, post) && ln_post_of(a->post) != c->post;
    if (title) {
        st_set_text(&c->title, a->title);
        append_text(st, c, LN_KIND_TITLE, who_id(who), "title", c->title);
    }
    if (topic) {
        st_set_text(&c->topic, a->topic);
        append_text(st, c, LN_KIND_TOPIC, who_id(who), "topic", c->topic);
    }
    if (archive) {
        c->archived = a->archived;
        append_text(st, c, LN_KIND_ARCHIVE, who_id(who), "on", NULL);
    }
    if (history) {
        c->history = (uint8_t)ln_history_of(a->history);
    }
    if (post) {
        c->post = (uint8_t)ln_post_of(a->post);
    }
    if (title || topic || archive || history || post) {
        write_chat(st, c);
    }
    if (archive || history || post) { /* for what the shards judge themselves */
        for (uint32_t i = 0; i < c->member_count; i++) {
            st_put_member_record(st, c, c->members[i], c->members[i]->user->id);
        }
    }
    return LN_OK;
}

enum ln_err
st_write_chat_join(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct st_member *m;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    if (!who->user) {
        return LN_EBADMSG;
    }
    if (!m && c->member_count >= MEMBERS_MAX) {
        return LN_ETOOLARGE;
    }
    if (!m) {
        st_join(st, c, &who->user, 1, LN_CROLE_MEMBER, who->user->id);
    }
    return LN_OK;
}

enum ln_err
st_write_chat_add(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_user *users[200];
    struct st_chat *c;
    struct st_member *m;
    size_t n = 0;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (!err && c->kind == LN_CHAT_DIRECT) {
        err = LN_EBADMSG;
    }
    if (!err) {
        err = resolve_users(st, c, cmd->args.users, users, &n);
    }
    if (!err && c->member_count + n > MEMBERS_MAX) {
        err = LN_ETOOLARGE;
    }
    if (!err && n) {
        st_join(st, c, users, n, LN_CROLE_MEMBER, who_id(who));
    }
    return err;
}

/* Out of the list first, then the event: who left does not hear it. */
static void
remove_member(struct ln_store *st, struct st_chat *c, struct st_member *m, ln_user_id by)
{
    struct st_user *u = m->user;
    st_touch(st);
    st_run(&st->db, SQL_MEMBER_DELETE, "ii", (int64_t)u->id, (int64_t)c->id);
    st_run(&st->db, SQL_MENTION_READ, "iii", (int64_t)u->id, (int64_t)c->id, (int64_t)UINT32_MAX);
    st_member_remove(m);
    st_put_member_record(st, c, NULL, u->id);
    append_users(st, c, LN_KIND_LEAVE, &u, 1, by);
}

static void
give_role(struct ln_store *st, struct st_chat *c, struct st_member *m, unsigned role, ln_user_id by)
{
    struct ln_buf text;
    struct ln_entry e = {.kind = LN_KIND_ROLE, .from = by};
    m->role = (uint8_t)role;
    ln_buf_init(&text, 256);
    ln_buf_addf(&text, ",\"user\":%u,\"role\":\"%s\"", m->user->id, ln_chat_role_name(role));
    e.args = ln_buf_str(&text);
    st_append(st, c, &e);
    ln_buf_deinit(&text);
    st_write_member(st, m);
    st_put_member_record(st, c, m, m->user->id);
}

/* A chat that people are in has an owner: the highest of them, and of those the first. */
static void
ensure_owner(struct ln_store *st, struct st_chat *c)
{
    struct st_member *best = NULL;
    for (uint32_t i = 0; i < c->member_count; i++) {
        if (!best || c->members[i]->role > best->role) {
            best = c->members[i];
        }
    }
    if (best && best->role != LN_CROLE_OWNER) {
        give_role(st, c, best, LN_CROLE_OWNER, best->user->id);
    }
}

enum ln_err
st_write_chat_leave(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                    struct ln_buf *json)
{
    struct st_chat *c;
    struct st_member *m;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err || !m) {
        return err ? err : LN_EBADMSG;
    }
    remove_member(st, c, m, m->user->id);
    ensure_owner(st, c);
    return LN_OK;
}

enum ln_err
st_write_chat_remove(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    struct st_chat *c = NULL;
    struct st_member *m;
    (void)json;
    for (uint32_t i = 0; i < cmd->args.users.n; i++) { /* all rights before any change */
        struct st_chat *known = st_chat_find(st, cmd->args.chat);
        struct st_member *other = known ? st_member_find(known, cmd->args.users.ids[i]) : NULL;
        struct ln_acl_query q = {.other_role = other ? other->role : LN_CROLE_NONE};
        enum ln_err err = st_allow_chat(st, cmd, who, q, &c, &m);
        if (err) {
            return err;
        }
    }
    if (!c || c->kind == LN_CHAT_DIRECT) {
        return LN_EBADMSG;
    }
    for (uint32_t i = 0; i < cmd->args.users.n; i++) {
        struct st_member *other = st_member_find(c, cmd->args.users.ids[i]);
        if (other) {
            remove_member(st, c, other, who_id(who));
        }
    }
    ensure_owner(st, c);
    return LN_OK;
}

enum ln_err
st_write_chat_role(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c = st_chat_find(st, cmd->args.chat);
    struct st_member *m, *other = c ? st_member_find(c, cmd->args.user) : NULL;
    unsigned role = ln_chat_role_of(cmd->args.role);
    (void)json;
    struct ln_acl_query q = {.other_role = other ? other->role : LN_CROLE_NONE, .new_role = role};
    enum ln_err err = st_allow_chat(st, cmd, who, q, &c, &m);
    if (err) {
        return err;
    }
    if (!role || c->kind == LN_CHAT_DIRECT) {
        return LN_EBADMSG;
    }
    if (!other) {
        return LN_ENOTFOUND;
    }
    if (other->role != role) {
        give_role(st, c, other, role, who_id(who));
        ensure_owner(st, c);
    }
    return LN_OK;
}

enum ln_err
st_write_chat_notify(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    struct st_chat *c;
    struct st_member *m;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    if (!m || (LN_HAS(&cmd->args, level) && !ln_notify_of(cmd->args.level))) {
        return LN_EBADMSG;
    }
    if (LN_HAS(&cmd->args, level)) {
        m->level = (uint8_t)ln_notify_of(cmd->args.level);
    }
    if (LN_HAS(&cmd->args, muted)) {
        m->muted = cmd->args.muted;
        m->muted_until = cmd->args.muted ? (ln_ts)cmd->args.until : 0;
    }
    if (LN_HAS(&cmd->args, pinned)) {
        m->pinned = cmd->args.pinned;
    }
    st_write_member(st, m);
    st_put_member_record(st, c, m, m->user->id);
    return LN_OK;
}
