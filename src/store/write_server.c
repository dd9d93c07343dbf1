/* SPDX-License-Identifier: MIT
 * write_server.c - the server's own name, and what a stranger may know: that, and what stands
 * behind a link they hold.
 */
#include "linnet/base/clock.h"
#include "store_priv.h"

enum ln_err
st_write_server_update(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                       struct ln_buf *json)
{
    struct ln_buf text;
    enum ln_err err = st_allow_user(cmd, who, NULL, 0);
    (void)json;
    if (err) {
        return err;
    }
    snprintf(st->name, sizeof st->name, "%.*s", (int)cmd->args.server.n, cmd->args.server.p);
    st_touch(st);
    st_run(&st->db, SQL_META_SET, "st", LN_STR("server_name"), cmd->args.server);
    ln_buf_init(&text, 1024);
    ln_buf_adds(&text, "\"server\":");
    ln_buf_add_json(&text, ln_str(st->name));
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_SERVER);
    r->json = ln_arena_str(&st->batch->arena, ln_buf_str(&text));
    ln_buf_deinit(&text);
    return LN_OK;
}

void
st_about(struct ln_store *st, struct ln_buf *b)
{
    ln_buf_adds(b, "\"server\":");
    ln_buf_add_json(b, ln_str(st->name));
    ln_buf_addf(b, ",\"version\":\"%s\",\"setup\":%s", LN_VERSION,
                st->dir.owner ? "false" : "true");
    if (st->opts->help[0]) {
        ln_buf_adds(b, ",\"help\":");
        ln_buf_add_json(b, ln_str(st->opts->help));
    }
}

static void
put_person(struct ln_buf *b, struct ln_store *st, const char *key, ln_user_id id)
{
    const struct st_user *u = st_user_find(st, id);
    if (!u) {
        return;
    }
    ln_buf_addf(b, ",\"%s\":{\"id\":%u,\"name\":", key, id);
    ln_buf_add_json(b, ln_str(u->name));
    if (u->display[0]) {
        ln_buf_adds(b, ",\"display\":");
        ln_buf_add_json(b, ln_str(u->display));
    }
    if (u->color != LN_COLOR_BY_ID) {
        ln_buf_addf(b, ",\"color\":%u", u->color);
    }
    ln_buf_addc(b, '}');
}

static void
put_secret(struct ln_buf *b, struct ln_store *st, const char *what, const char *state,
           ln_ts expires)
{
    ln_buf_addf(b, "\"what\":\"%s\",\"state\":\"%s\",\"expires\":%lld,\"server\":", what, state,
                (long long)expires);
    ln_buf_add_json(b, ln_str(st->name));
}

/* Who holds the secret may know what it is for, and of an invite who made it; never a chat's name.
 * A link that was used or withdrawn is gone, and looks like one that never was. */
enum ln_err
st_write_secret_peek(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    uint8_t digest[LN_DIGEST_BYTES];
    (void)who;
    if (ln_secret_digest(cmd->args.secret, digest)) {
        return LN_ENOTFOUND;
    }
    ln_ts now = ln_wall_ms();
    sqlite3_stmt *s = st_query(&st->db, SQL_LINK_GET, "B", digest);
    if (st_step(&st->db, s)) {
        ln_user_id user = (ln_user_id)sqlite3_column_int64(s, 0);
        ln_ts expires = sqlite3_column_int64(s, 1);
        sqlite3_reset(s);
        bool open = expires > now && (user || !st->dir.owner);
        put_secret(json, st, user ? "link" : "setup", open ? "open" : "expired", expires);
        put_person(json, st, "user", user);
        return LN_OK;
    }
    s = st_query(&st->db, SQL_INVITE_GET, "B", digest);
    if (!st_step(&st->db, s)) {
        return LN_ENOTFOUND;
    }
    bool used = sqlite3_column_int64(s, 3) >= sqlite3_column_int64(s, 2);
    ln_ts expires = sqlite3_column_int64(s, 4);
    ln_user_id by = (ln_user_id)sqlite3_column_int64(s, 5);
    sqlite3_reset(s);
    put_secret(json, st, "invite", used ? "used" : expires > now ? "open" : "expired", expires);
    put_person(json, st, "by", by);
    return LN_OK;
}
