/* SPDX-License-Identifier: MIT
 * write_file.c - uploads and who may see them. The bytes are elsewhere (src/files); here stands
 * what they are called, whose they are, and which messages show them.
 *
 * A file may be seen by who uploaded it, and by the members of each chat where a message shows it
 * that they may read. References are made and dropped in the transaction of the message.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/clock.h"
#include "linnet/base/hex.h"
#include "linnet/base/mem.h"
#include "store_priv.h"

static void
copy(char *out, size_t n, struct ln_str s)
{
    size_t k = s.n < n ? s.n : n - 1;
    if (k) {
        memcpy(out, s.p, k);
    }
    out[k] = '\0';
}

static bool
find(struct ln_store *st, struct ln_str id, ln_user_id *owner, struct ln_file_info *f)
{
    memset(f, 0, sizeof *f);
    sqlite3_stmt *s = st_query(&st->db, SQL_FILE_GET, "s", id);
    if (!st_step(&st->db, s)) {
        return false;
    }
    *owner = (ln_user_id)sqlite3_column_int64(s, 0);
    copy(f->id, sizeof f->id, id);
    copy(f->name, sizeof f->name, st_col(s, 1));
    copy(f->hash, sizeof f->hash, st_col(s, 3));
    copy(f->type, sizeof f->type, st_col(s, 4));
    f->done = f->hash[0] != '\0';
    f->size = (uint64_t)sqlite3_column_int64(s, f->done ? 5 : 2);
    sqlite3_reset(s);
    return true;
}

static bool
is_referred(struct ln_store *st, struct ln_str id)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_FILE_REF_GET, "s", id);
    bool yes = st_step(&st->db, s);
    if (yes) {
        sqlite3_reset(s);
    }
    return yes;
}

static bool
is_shown_to(struct ln_store *st, struct ln_str id, const struct st_user *u)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_FILE_REF_GET, "s", id);
    while (st_step(&st->db, s)) {
        struct st_chat *c = st_chat_find(st, (ln_chat_id)sqlite3_column_int64(s, 0));
        struct st_member *m = c ? st_member_find(c, u->id) : NULL;
        if (m && (ln_seq)sqlite3_column_int64(s, 1) >= m->visible_from) {
            sqlite3_reset(s);
            return true;
        }
    }
    return false;
}

static enum ln_err
may_see(struct ln_store *st, struct ln_str id, const struct st_user *u, struct ln_file_info *f)
{
    ln_user_id owner;
    if (!u || !find(st, id, &owner, f) || !f->done) {
        return LN_ENOTFOUND;
    }
    return owner == u->id || is_shown_to(st, id, u) ? LN_OK : LN_ENOTFOUND;
}

static enum ln_err
own(struct ln_store *st, struct ln_str id, const struct st_user *u, struct ln_file_info *f)
{
    ln_user_id owner;
    return u && find(st, id, &owner, f) && owner == u->id ? LN_OK : LN_ENOTFOUND;
}

void
st_file_lookup(struct ln_store *st, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    struct ln_file_info *f = ln_zalloc(sizeof *f);
    struct st_who who;
    enum ln_err err = st_who(st, cmd, &who);
    if (!err && !who.user) {
        err = who.is_operator ? LN_EBADMSG : LN_EAUTH; /* the operator acts as somebody */
    }
    if (!err) {
        err = cmd->op == LN_OP_FILE_GET ? may_see(st, cmd->args.file, who.user, f)
                                        : own(st, cmd->args.file, who.user, f);
    }
    struct ln_reply *r = ln_reply_create(cmd, err);
    r->file = f;
    r->req = req;
    ln_mailbox_post_sure(st->ports[r->origin.shard].mailbox, &r->msg);
}

/* ── uploads ── */
enum ln_err
st_write_file_begin(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                    struct ln_buf *json)
{
    uint8_t random[16];
    char id[33];
    uint64_t used = 0;
    if (!who->user) {
        return LN_EBADMSG;
    }
    if (cmd->args.size > (uint64_t)st->opts->file_bytes || !st->opts->file_bytes) {
        return LN_ETOOLARGE;
    }
    sqlite3_stmt *s = st_query(&st->db, SQL_FILE_BYTES, "i", (int64_t)who->user->id);
    if (st_step(&st->db, s)) {
        used = (uint64_t)sqlite3_column_int64(s, 0);
        sqlite3_reset(s);
    }
    if (used + cmd->args.size > (uint64_t)st->opts->file_user_bytes) {
        return LN_EQUOTA;
    }
    ln_random(random, sizeof random);
    ln_hex(id, random, sizeof random);
    st_touch(st);
    st_run(&st->db, SQL_FILE_PUT, "sisii", ln_str(id), (int64_t)who->user->id, cmd->args.name,
           (int64_t)cmd->args.size, (int64_t)ln_wall_ms());
    ln_buf_addf(json, "\"file\":\"%s\",\"offset\":0", id);
    return LN_OK;
}

enum ln_err
st_write_file_commit(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                     struct ln_buf *json)
{
    struct ln_file_info f;
    enum ln_err err = own(st, cmd->args.file, who->user, &f);
    if (err) {
        return err;
    }
    if (!f.done) {
        if (!cmd->blob.n) {
            return LN_EBADMSG;
        }
        copy(f.hash, sizeof f.hash, cmd->blob);
        copy(f.type, sizeof f.type, cmd->blob_type);
        st_touch(st);
        st_run(&st->db, SQL_BLOB_PUT, "sis", cmd->blob, (int64_t)f.size, cmd->blob_type);
        st_run(&st->db, SQL_FILE_DONE, "ss", cmd->args.file, cmd->blob);
    }
    ln_buf_addf(json, "\"file\":\"%s\",\"type\":\"%s\",\"size\":%llu,\"sha256\":\"%s\"", f.id,
                f.type, (unsigned long long)f.size, f.hash);
    return LN_OK;
}

enum ln_err
st_write_file_drop(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct ln_file_info f;
    (void)json;
    enum ln_err err = own(st, cmd->args.file, who->user, &f);
    if (err) {
        return err;
    }
    if (is_referred(st, cmd->args.file)) {
        return LN_ECONFLICT;
    }
    st_touch(st);
    st_run(&st->db, SQL_FILE_DELETE, "s", cmd->args.file);
    return LN_OK;
}

/* ── messages ── */
enum ln_err
st_files_allowed(struct ln_store *st, const struct ln_cmd *cmd, const struct st_who *who)
{
    struct ln_file_info f;
    for (uint32_t i = 0; i < cmd->file_count; i++) {
        enum ln_err err = may_see(st, cmd->files[i], who->user, &f);
        if (err) {
            return err;
        }
    }
    return LN_OK;
}

void
st_files_refer(struct ln_store *st, ln_chat_id chat, ln_seq seq, const struct ln_cmd *cmd)
{
    st_touch(st);
    st_run(&st->db, SQL_FILE_REF_DROP, "ii", (int64_t)chat, (int64_t)seq);
    for (uint32_t i = 0; cmd && i < cmd->file_count; i++) {
        st_run(&st->db, SQL_FILE_REF_PUT, "sii", cmd->files[i], (int64_t)chat, (int64_t)seq);
    }
}
