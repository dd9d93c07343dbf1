/* SPDX-License-Identifier: MIT
 * write_user.c - accounts, sign-ins, links and invites.
 *
 * Only digests of secrets are stored. A link or invite is spent in the same transaction that makes
 * what it is for.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/clock.h"
#include "store_priv.h"

#define DEVICES_MAX 50 /* sign-ins of one person; the one unused for longest gives way */

static struct st_user *
insert_user(struct ln_store *st, struct ln_str name, struct ln_str display, unsigned role,
            struct ln_str pw_hash)
{
    struct st_user *u = st_user_add(st, st->dir.last_user + 1, name);
    st_set_text(&u->display, display);
    u->role = (uint8_t)role;
    u->created = ln_wall_ms();
    u->rights_turn = st->turn;
    if (pw_hash.n) {
        st_set_text(&u->password, pw_hash);
    }
    st_touch(st);
    st_run(&st->db, SQL_USER_INSERT, "ittisi", (int64_t)u->id, ln_str(u->name), ln_str(u->display),
           (int64_t)role, pw_hash, (int64_t)u->created);
    st_put_user_record(st, u);
    return u;
}

static void
drop_device(struct ln_store *st, struct st_device *d)
{
    st_touch(st);
    st_run(&st->db, SQL_DEVICE_DELETE, "i", (int64_t)d->id);
    st_put_cut_record(st, d->user->id, d->id, 0);
    d->user->rights_turn = st->turn;
    st_device_remove(st, d);
}

static void
drop_devices(struct ln_store *st, struct st_user *u, const struct st_device *keep)
{
    struct st_device *d = LIST_FIRST(&u->devices);
    while (d) {
        struct st_device *next = LIST_NEXT(d, link);
        if (d != keep) {
            drop_device(st, d);
        }
        d = next;
    }
}

static void
make_room(struct ln_store *st, struct st_user *u)
{
    struct st_device *d, *oldest = NULL;
    unsigned n = 0;
    LIST_FOREACH(d, &u->devices, link)
    {
        n++;
        if (!oldest || d->seen < oldest->seen) {
            oldest = d;
        }
    }
    if (n >= DEVICES_MAX) {
        drop_device(st, oldest);
    }
}

/* A new sign-in; secret gets its 43 characters. */
static struct st_device *
insert_device(struct ln_store *st, struct st_user *u, struct ln_str name,
              char secret[LN_SECRET_CHARS + 1])
{
    uint8_t digest[LN_DIGEST_BYTES];
    ln_secret_new(secret, digest);
    make_room(st, u);
    struct st_device *d = st_device_add(st, u, st->dir.last_device + 1,
                                        name.n ? name : LN_STR("unnamed device"), digest);
    d->created = d->seen = ln_wall_ms();
    st_touch(st);
    st_run(&st->db, SQL_DEVICE_INSERT, "iitBi", (int64_t)d->id, (int64_t)u->id, ln_str(d->name),
           d->digest, (int64_t)d->created);
    return d;
}

static void
put_user(struct ln_buf *json, const struct st_user *u)
{
    ln_buf_addf(json, "\"user\":{\"id\":%u,", u->id);
    size_t at = json->n;
    st_user_json(json, u, false);
    json->p[at] = ' ';
}

static enum ln_err
sign_in(struct ln_store *st, struct ln_cmd *cmd, struct st_user *u, struct ln_buf *json)
{
    char secret[LN_SECRET_CHARS + 1], token[LN_TOKEN_MAX + 1];
    insert_device(st, u, cmd->args.device, secret);
    ln_token_print(token, u->id, secret);
    ln_buf_addf(json, "\"token\":\"%s\",", token);
    put_user(json, u);
    cmd->verified = u->id;
    return LN_OK;
}

/* ── links ── */
static void
insert_link(struct ln_store *st, ln_user_id user, const char *page, struct ln_buf *json)
{
    char secret[LN_SECRET_CHARS + 1];
    uint8_t digest[LN_DIGEST_BYTES];
    ln_ts expires = ln_wall_ms() + st->opts->link_ttl_ms;
    ln_secret_new(secret, digest);
    st_touch(st);
    st_run(&st->db, SQL_LINK_DELETE_USER, "i", (int64_t)user); /* the last one counts */
    st_run(&st->db, SQL_LINK_PUT, "Bii", digest, (int64_t)user, (int64_t)expires);
    ln_buf_addf(json, "\"path\":\"/%s#%s\",\"expires\":%lld", page, secret, (long long)expires);
}

/* Whose link this is; LN_ENOTFOUND where there is none, or its time has passed. */
static enum ln_err
find_link(struct ln_store *st, struct ln_str secret, uint8_t digest[LN_DIGEST_BYTES],
          ln_user_id *user)
{
    enum ln_err err = ln_secret_digest(secret, digest);
    if (err) {
        return LN_ENOTFOUND;
    }
    sqlite3_stmt *s = st_query(&st->db, SQL_LINK_GET, "B", digest);
    if (!st_step(&st->db, s)) {
        return LN_ENOTFOUND;
    }
    *user = (ln_user_id)sqlite3_column_int64(s, 0);
    bool valid = sqlite3_column_int64(s, 1) > ln_wall_ms();
    sqlite3_reset(s);
    return valid ? LN_OK : LN_ENOTFOUND;
}

enum ln_err
st_write_setup_link(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                    struct ln_buf *json)
{
    enum ln_err err = st_allow_user(cmd, who, NULL, 0);
    if (err) {
        return err;
    }
    if (st->dir.owner) {
        return LN_ECONFLICT;
    }
    insert_link(st, 0, "setup", json);
    return LN_OK;
}

enum ln_err
st_write_user_link(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_user *u = cmd->args.user ? st_user_find(st, cmd->args.user) : who->user;
    enum ln_err err = st_allow_user(cmd, who, u, 0);
    if (err) {
        return err;
    }
    if (!u || u->disabled) {
        return LN_ENOTFOUND;
    }
    insert_link(st, u->id, "link", json);
    return LN_OK;
}

/* The first owner, and a channel everybody meets in. */
enum ln_err
st_write_setup_accept(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                      struct ln_buf *json)
{
    uint8_t digest[LN_DIGEST_BYTES];
    ln_user_id user = 1;
    (void)who;
    enum ln_err err = find_link(st, cmd->args.secret, digest, &user);
    if (err || user != 0) {
        return LN_ENOTFOUND;
    }
    if (st->dir.owner || st_user_by_name(st, cmd->args.name)) {
        return LN_ECONFLICT;
    }
    if (!ln_name_is_valid(cmd->args.name)) {
        return LN_EBADMSG;
    }
    struct st_user *u =
        insert_user(st, cmd->args.name, cmd->args.display, LN_ROLE_OWNER, cmd->pw_hash);
    st->dir.owner = u->id;
    st_run(&st->db, SQL_LINK_DELETE, "B", digest);
    struct st_who self = {.user = u, .role = u->role};
    struct ln_cmd create = {.op = LN_OP_CHAT_CREATE};
    create.args.kind = LN_STR("channel");
    create.args.title = cmd->args.channel.n ? cmd->args.channel : LN_STR("Everyone");
    err = st_write_chat_create(st, &create, &self, json); /* "chat": where one begins */
    if (!err && cmd->args.server.n) {
        struct ln_cmd rename = {.op = LN_OP_SERVER_UPDATE, .args.server = cmd->args.server};
        err = st_write_server_update(st, &rename, &self, json);
    }
    ln_buf_addc(json, ',');
    return err ? err : sign_in(st, cmd, u, json);
}

enum ln_err
st_write_link_accept(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    uint8_t digest[LN_DIGEST_BYTES];
    ln_user_id user = 0;
    (void)who;
    enum ln_err err = find_link(st, cmd->args.secret, digest, &user);
    struct st_user *u = err ? NULL : st_user_find(st, user);
    if (!u || u->disabled) {
        return LN_ENOTFOUND;
    }
    st_touch(st);
    st_run(&st->db, SQL_LINK_DELETE, "B", digest);
    if (cmd->pw_hash.n) { /* a forgotten password: whoever knew the old one is out */
        st_set_text(&u->password, cmd->pw_hash);
        st_run(&st->db, SQL_USER_PASSWORD, "is", (int64_t)u->id, cmd->pw_hash);
        drop_devices(st, u, NULL);
    }
    return sign_in(st, cmd, u, json);
}

/* ── invites ── */
enum ln_err
st_write_invite_create(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                       struct ln_buf *json)
{
    const struct ln_args *a = &cmd->args;
    unsigned role = a->role.n ? ln_role_of(a->role) : LN_ROLE_MEMBER;
    enum ln_err err = st_allow_user(cmd, who, NULL, role);
    if (err) {
        return err;
    }
    if (role != LN_ROLE_GUEST && role != LN_ROLE_MEMBER && role != LN_ROLE_ADMIN) {
        return LN_EBADMSG;
    }
    for (uint32_t i = 0; i < a->chats.n; i++) {
        struct st_chat *c = st_chat_find(st, a->chats.ids[i]);
        if (!c || c->kind == LN_CHAT_DIRECT ||
            (who->user && c->kind != LN_CHAT_CHANNEL && !st_member_find(c, who->user->id))) {
            return LN_ENOTFOUND;
        }
    }
    char secret[LN_SECRET_CHARS + 1];
    uint8_t digest[LN_DIGEST_BYTES];
    struct ln_buf chats;
    uint32_t uses = LN_HAS(a, uses) ? a->uses : 1;
    ln_ts ttl = LN_HAS(a, ttl_ms) ? (ln_ts)a->ttl_ms : 7 * 86400000ll;
    ln_ts expires = ln_wall_ms() + ttl;
    int64_t id = 1;
    sqlite3_stmt *s = st_query(&st->db, SQL_INVITE_LAST, "");
    if (st_step(&st->db, s)) {
        id = sqlite3_column_int64(s, 0) + 1;
        sqlite3_reset(s);
    }
    ln_secret_new(secret, digest);
    ln_buf_init(&chats, 4096);
    ln_buf_addc(&chats, '[');
    for (uint32_t i = 0; i < a->chats.n; i++) {
        ln_buf_addf(&chats, "%s%u", i ? "," : "", a->chats.ids[i]);
    }
    ln_buf_addc(&chats, ']');
    st_touch(st);
    st_run(&st->db, SQL_INVITE_PUT, "iBiiiit", id, digest, (int64_t)role, (int64_t)uses,
           (int64_t)expires, (int64_t)(who->user ? who->user->id : 0), ln_buf_str(&chats));
    ln_buf_deinit(&chats);
    ln_buf_addf(json, "\"invite\":{\"id\":%lld,\"role\":\"%s\",\"uses\":%u,\"expires\":%lld},",
                (long long)id, ln_role_name(role), uses, (long long)expires);
    ln_buf_addf(json, "\"path\":\"/join#%s\"", secret);
    return LN_OK;
}

enum ln_err
st_write_invite_revoke(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                       struct ln_buf *json)
{
    (void)json;
    enum ln_err err = st_allow_user(cmd, who, NULL, 0);
    if (err) {
        return err;
    }
    st_touch(st);
    st_run(&st->db, SQL_INVITE_DELETE, "i", (int64_t)cmd->args.invite);
    return sqlite3_changes(st->db.h) ? LN_OK : LN_ENOTFOUND;
}

/* Where a newcomer lands: the chats of the invite, or else the oldest channel (not for guests). */
static void
join_first_chats(struct ln_store *st, struct st_user *u, const char *chats, struct ln_buf *json)
{
    bool any = false;
    for (const char *p = chats; *p;) {
        char *end;
        unsigned long id = strtoul(p, &end, 10);
        if (end == p) {
            p++;
            continue;
        }
        p = end;
        struct st_chat *c = st_chat_find(st, (ln_chat_id)id);
        any = true;
        if (c && !c->archived && !st_member_find(c, u->id)) {
            st_join(st, c, &u, 1, LN_CROLE_MEMBER, u->id);
        }
    }
    for (ln_chat_id id = 1; !any && u->role != LN_ROLE_GUEST && id <= st->dir.last_chat; id++) {
        struct st_chat *c = st_chat_find(st, id);
        if (c && c->kind == LN_CHAT_CHANNEL && !c->archived) {
            st_join(st, c, &u, 1, LN_CROLE_MEMBER, u->id);
            any = true;
        }
    }
    if (u->member_count) {
        ln_buf_addf(json, "\"chat\":%u,", u->members[0]->chat->id);
    }
}

/* LN_OK: the invite stands; its id, role and chats (of chats_n bytes). */
static enum ln_err
find_invite(struct ln_store *st, struct ln_str secret, int64_t *id, unsigned *role, char *chats,
            size_t chats_n)
{
    uint8_t digest[LN_DIGEST_BYTES];
    enum ln_err err = ln_secret_digest(secret, digest);
    if (err) {
        return LN_ENOTFOUND;
    }
    sqlite3_stmt *s = st_query(&st->db, SQL_INVITE_GET, "B", digest);
    if (!st_step(&st->db, s)) {
        return LN_ENOTFOUND;
    }
    *id = sqlite3_column_int64(s, 0);
    *role = (unsigned)sqlite3_column_int64(s, 1);
    bool valid = sqlite3_column_int64(s, 3) < sqlite3_column_int64(s, 2) &&
                 sqlite3_column_int64(s, 4) > ln_wall_ms();
    snprintf(chats, chats_n, "%s", (const char *)sqlite3_column_text(s, 6));
    sqlite3_reset(s);
    return valid ? LN_OK : LN_ENOTFOUND;
}

enum ln_err
st_write_invite_accept(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                       struct ln_buf *json)
{
    char chats[4096];
    int64_t id;
    unsigned role;
    (void)who;
    enum ln_err err = find_invite(st, cmd->args.secret, &id, &role, chats, sizeof chats);
    if (err) {
        return err;
    }
    if (!ln_name_is_valid(cmd->args.name)) {
        return LN_EBADMSG;
    }
    if (st_user_by_name(st, cmd->args.name)) {
        return LN_ECONFLICT;
    }
    struct st_user *u = insert_user(st, cmd->args.name, cmd->args.display, role, cmd->pw_hash);
    st_run(&st->db, SQL_INVITE_USE, "i", id);
    join_first_chats(st, u, chats, json);
    return sign_in(st, cmd, u, json);
}

/* ── users ── */
enum ln_err
st_write_user_create(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    const struct ln_args *a = &cmd->args;
    unsigned role = a->role.n ? ln_role_of(a->role) : LN_ROLE_MEMBER;
    enum ln_err err = st_allow_user(cmd, who, NULL, role);
    if (err) {
        return err;
    }
    if (!role || !ln_name_is_valid(a->name) || (role == LN_ROLE_OWNER && st->dir.owner)) {
        return LN_EBADMSG;
    }
    struct st_user *u = st_user_by_name(st, a->name);
    if (u && !a->if_missing) {
        return LN_ECONFLICT;
    }
    bool is_new = !u;
    if (!u) {
        u = insert_user(st, a->name, a->display, role, cmd->pw_hash);
        st->dir.owner = role == LN_ROLE_OWNER ? u->id : st->dir.owner;
    }
    put_user(json, u);
    ln_buf_adds(json, is_new ? ",\"created\":true" : ",\"created\":false");
    if (is_new && !cmd->pw_hash.n) {
        ln_buf_adds(json, ",\"link\":{");
        insert_link(st, u->id, "link", json);
        ln_buf_addc(json, '}');
    }
    return LN_OK;
}

static void
import_one(struct ln_store *st, const struct ln_account *account, bool tokens, struct ln_buf *json)
{
    struct st_user *u = st_user_by_name(st, account->name);
    bool is_new = !u;
    if (is_new) {
        u = insert_user(st, account->name, account->display, account->role, account->pw_hash);
    }
    ln_buf_addf(json, "{\"id\":%u,\"name\":", u->id);
    ln_buf_add_json(json, ln_str(u->name));
    ln_buf_adds(json, is_new ? ",\"created\":true" : ",\"created\":false");
    if (tokens) {
        char secret[LN_SECRET_CHARS + 1], token[LN_TOKEN_MAX + 1];
        insert_device(st, u, LN_STR("import"), secret);
        ln_token_print(token, u->id, secret);
        ln_buf_addf(json, ",\"token\":\"%s\"", token);
    }
    ln_buf_addc(json, '}');
}

enum ln_err
st_write_user_import(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    enum ln_err err = st_allow_user(cmd, who, NULL, 0);
    if (err) {
        return err;
    }
    for (uint32_t i = 0; i < cmd->account_count; i++) {
        if (!ln_name_is_valid(cmd->accounts[i].name)) {
            return LN_EBADMSG;
        }
    }
    ln_buf_adds(json, "\"users\":[");
    for (uint32_t i = 0; i < cmd->account_count; i++) {
        ln_buf_adds(json, i ? "," : "");
        import_one(st, &cmd->accounts[i], cmd->args.tokens, json);
    }
    ln_buf_addc(json, ']');
    return LN_OK;
}

enum ln_err
st_write_user_update(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    const struct ln_args *a = &cmd->args;
    struct st_user *u = a->user ? st_user_find(st, a->user) : who->user;
    unsigned role = a->role.n ? ln_role_of(a->role) : 0;
    (void)json;
    enum ln_err err = st_allow_user(cmd, who, u, role);
    if (err || !u) {
        return err ? err : LN_ENOTFOUND;
    }
    bool is_self = u == who->user && !who->is_operator;
    if ((LN_HAS(a, role) && !role) || (role == LN_ROLE_OWNER) ||
        (LN_HAS(a, disabled) && (is_self || u->role == LN_ROLE_OWNER))) {
        return LN_EBADMSG;
    }
    if (LN_HAS(a, display)) {
        st_set_text(&u->display, a->display);
    }
    if (role) {
        u->role = (uint8_t)role;
    }
    if (LN_HAS(a, receipts)) {
        u->receipts = a->receipts;
    }
    if (LN_HAS(a, color)) {
        u->color = (uint8_t)a->color;
    }
    if (LN_HAS(a, seen)) {
        u->seen = a->seen;
    }
    if (LN_HAS(a, disabled) && a->disabled != u->disabled) {
        u->disabled = a->disabled;
        if (u->disabled) {
            drop_devices(st, u, NULL);
        }
    }
    u->rights_turn = st->turn;
    st_touch(st);
    st_run(&st->db, SQL_USER_UPDATE, "itiiiii", (int64_t)u->id, ln_str(u->display),
           (int64_t)u->role, (int64_t)u->disabled, (int64_t)u->receipts, (int64_t)u->color,
           (int64_t)u->seen);
    st_put_user_record(st, u);
    return LN_OK;
}

enum ln_err
st_write_user_password(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                       struct ln_buf *json)
{
    struct st_user *u = cmd->args.user ? st_user_find(st, cmd->args.user) : who->user;
    (void)json;
    enum ln_err err = st_allow_user(cmd, who, u, 0);
    if (err || !u) {
        return err ? err : LN_ENOTFOUND;
    }
    if (u == who->user && !who->is_operator && u->password && cmd->verified != u->id) {
        return LN_EAUTH; /* the old password was wrong */
    }
    st_set_text(&u->password, cmd->pw_hash);
    st_touch(st);
    st_run(&st->db, SQL_USER_PASSWORD, "is", (int64_t)u->id, cmd->pw_hash);
    drop_devices(st, u, u == who->user ? who->device : NULL);
    return LN_OK;
}

enum ln_err
st_write_login(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_user *u = cmd->verified ? st_user_find(st, cmd->verified) : NULL;
    (void)who;
    if (!u || u->disabled || !u->password || !ln_str_eq(ln_str(u->password), cmd->pw_hash)) {
        return LN_EAUTH; /* also where the password was changed while it was checked */
    }
    return sign_in(st, cmd, u, json);
}

enum ln_err
st_write_device_revoke(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                       struct ln_buf *json)
{
    struct st_user *u = cmd->args.user ? st_user_find(st, cmd->args.user) : who->user;
    struct st_device *d = st_device_find(st, cmd->args.device_no);
    (void)json;
    enum ln_err err = st_allow_user(cmd, who, u, 0);
    if (err) {
        return err;
    }
    if (!d || d->user != u) {
        return LN_ENOTFOUND;
    }
    drop_device(st, d);
    return LN_OK;
}

enum ln_err
st_write_logout(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    (void)cmd;
    (void)json;
    if (!who->device) {
        return LN_EAUTH;
    }
    drop_device(st, who->device);
    return LN_OK;
}

/* The first stage of account operations: what is needed to hash or compare, and whether it is worth
 * the work. The answer's user and json (a stored hash) are for the shard alone. */
void
st_lookup(struct ln_store *st, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    struct st_who who;
    struct st_user *u = NULL;
    uint8_t digest[LN_DIGEST_BYTES];
    char chats[4096];
    int64_t id;
    unsigned role;
    enum ln_err err = st_who(st, cmd, &who);
    if (!err && ln_op_table[cmd->op].who != LN_WHO_ANYONE && !who.is_operator && !who.user) {
        err = LN_EAUTH;
    }
    if (!err) {
        switch (cmd->op) {
        case LN_OP_LOGIN:
            u = st_user_by_name(st, cmd->args.name);
            break;
        case LN_OP_SETUP_ACCEPT:
        case LN_OP_LINK_ACCEPT: {
            ln_user_id user;
            err = find_link(st, cmd->args.secret, digest, &user);
            break;
        }
        case LN_OP_INVITE_ACCEPT:
            err = find_invite(st, cmd->args.secret, &id, &role, chats, sizeof chats);
            break;
        case LN_OP_SECRET_PEEK: /* nothing to hash */
            break;
        case LN_OP_USER_PASSWORD:
            u = cmd->args.user ? st_user_find(st, cmd->args.user) : who.user;
            err = st_allow_user(cmd, &who, u, 0);
            break;
        default:
            role = cmd->args.role.n ? ln_role_of(cmd->args.role) : LN_ROLE_MEMBER;
            err = st_allow_user(cmd, &who, NULL, cmd->op == LN_OP_USER_IMPORT ? 0 : role);
            break;
        }
    }
    struct ln_reply *r = ln_reply_create(cmd, err);
    if (u) {
        r->user = u->id;
        ln_buf_adds(&r->json, u->password && !u->disabled ? u->password : "");
    }
    r->req = req; /* goes back to be hashed */
    st_send_reply(st, r);
}
