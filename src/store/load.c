/* SPDX-License-Identifier: MIT
 * load.c - fills the directory and the tail from the database: at start, and after a failed commit.
 *
 * Heads and own-read marks in their rows are as of the last fold; the log's rows bring them up to
 * date.
 */
#include <string.h>

#include "linnet/base/clock.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "store_priv.h"

#define I64(s, i) sqlite3_column_int64(s, i)
#define U32(s, i) ((uint32_t)sqlite3_column_int64(s, i))
#define FLAG(s, i) (sqlite3_column_int64(s, i) != 0)

static void
load_users(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_USER_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_user *u = st_user_add(st, U32(s, 0), st_col(s, 1));
        st_set_text(&u->display, st_col(s, 2));
        u->rights_turn = st->turn; /* reads that were asked before the load must be asked again */
        u->role = (uint8_t)U32(s, 3);
        u->disabled = FLAG(s, 4);
        u->receipts = FLAG(s, 5);
        if (sqlite3_column_type(s, 6) != SQLITE_NULL) {
            st_set_text(&u->password, st_col(s, 6));
        }
        u->created = I64(s, 7);
        u->last_seen = I64(s, 8);
        u->color = (uint8_t)U32(s, 9);
        u->seen = FLAG(s, 10);
        if (u->role == LN_ROLE_OWNER) {
            st->dir.owner = u->id;
        }
    }
}

static void
load_devices(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_DEVICE_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_user *u = st_user_find(st, U32(s, 1));
        const void *digest = sqlite3_column_blob(s, 3);
        if (u && digest && sqlite3_column_bytes(s, 3) == LN_DIGEST_BYTES) {
            struct st_device *d = st_device_add(st, u, U32(s, 0), st_col(s, 2), digest);
            d->created = I64(s, 4);
            d->seen = I64(s, 5);
        }
    }
}

static void
load_chats(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_CHAT_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_chat *c = st_chat_add(st, U32(s, 0), U32(s, 1));
        uint64_t pair = (uint64_t)I64(s, 6);
        st_set_text(&c->title, st_col(s, 2));
        st_set_text(&c->topic, st_col(s, 3));
        c->archived = FLAG(s, 4);
        c->history = (uint8_t)U32(s, 5);
        if (pair) {
            st_pair_add(st, c, (ln_user_id)(pair >> 32), (ln_user_id)pair);
        }
        c->created = I64(s, 7);
        c->head = U32(s, 8);
        c->msg_no = U32(s, 9);
        c->last_ts = I64(s, 10);
        c->post = (uint8_t)U32(s, 11);
        c->tail_first = c->head + 1;
    }
}

static void
load_members(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_MEMBER_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_user *u = st_user_find(st, U32(s, 0));
        struct st_chat *c = st_chat_find(st, U32(s, 1));
        if (!u || !c) {
            continue;
        }
        struct st_member *m = st_member_add(c, u);
        m->role = (uint8_t)U32(s, 2);
        m->level = (uint8_t)U32(s, 3);
        m->muted = FLAG(s, 4);
        m->delivered = U32(s, 5);
        m->read = U32(s, 6);
        m->read_msg = U32(s, 7);
        m->alerted = U32(s, 8);
        m->visible_from = U32(s, 9);
        m->unread_from = U32(s, 10);
        m->muted_until = I64(s, 11);
        m->pinned = FLAG(s, 12);
    }
}

static void
load_mentions(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_MENTION_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_chat *c = st_chat_find(st, U32(s, 1));
        struct st_member *m = c ? st_member_find(c, U32(s, 0)) : NULL;
        if (m && U32(s, 2) > m->read && m->mention_count < LN_MENTIONS_MAX) {
            m->mentions = ln_grow(m->mentions, m->mention_count + 1u, sizeof *m->mentions);
            m->mentions[m->mention_count++] = U32(s, 2);
        }
    }
    s = st_query(&st->db, SQL_HERE_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_chat *c = st_chat_find(st, U32(s, 0));
        if (c) {
            st_here_add(c, U32(s, 1));
        }
    }
}

struct ln_entry *
st_entry_of_row(sqlite3_stmt *s)
{
    struct ln_entry e = {0};
    int64_t id = I64(s, 0);
    e.chat = (ln_chat_id)(id >> 32);
    e.seq = (ln_seq)id;
    e.commit_no = (ln_commit_no)I64(s, 1);
    e.ts = I64(s, 2);
    e.from = U32(s, 3);
    e.kind = (uint8_t)U32(s, 4);
    e.deleted = (U32(s, 5) & 1) != 0;
    e.pinned = (U32(s, 5) & 2) != 0;
    e.msg_no = U32(s, 6);
    e.thread = U32(s, 7);
    e.target = U32(s, 8);
    e.edited_ts = I64(s, 9);
    e.cid = st_col(s, 10);
    e.body = st_col(s, 11);
    e.args = st_col(s, 12);
    e.now = st_col(s, 13);
    e.reactions = st_col(s, 14);
    return ln_entry_create(&e);
}

static void
load_log(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_LOG_LOAD, "i", (int64_t)st->folded);
    while (st_step(&st->db, s)) {
        struct ln_entry *e = st_entry_of_row(s);
        struct st_chat *c = st_chat_find(st, e->chat);
        if (sqlite3_column_bytes(s, 15) == 16) {
            memcpy(e->sent, sqlite3_column_blob(s, 15), 16);
        }
        if (e->commit_no > st->last) {
            st->last = e->commit_no;
        }
        if (!c ||
            e->seq != c->head + 1) { /* cannot be; better a gap in memory than a wrong order */
            ln_log(LN_ERROR, "store", "log_row_ignored", "chat=%u seq=%u", e->chat, e->seq);
            ln_entry_unref(e);
            continue;
        }
        struct st_member *m = st_member_find(c, e->from);
        if (m && e->kind == LN_KIND_MESSAGE && m->read < e->seq) {
            m->read = e->seq;
            m->read_msg = e->msg_no;
            m->delivered = m->delivered < e->seq ? e->seq : m->delivered;
            m->dirty = true;
        }
        st_tail_add(st, c, e);
    }
}

static void
load_pins(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_PIN_LOAD, "");
    while (st_step(&st->db, s)) {
        struct st_chat *c = st_chat_find(st, U32(s, 0));
        if (c) {
            st_pin_add(c, U32(s, 1));
        }
    }
}

/* As it was set here, or else as the configuration has it. */
static void
load_name(struct ln_store *st)
{
    snprintf(st->name, sizeof st->name, "%s", st->opts->name);
    sqlite3_stmt *s = st_query(&st->db, SQL_META_GET, "s", LN_STR("server_name"));
    if (st_step(&st->db, s)) {
        struct ln_str text = st_col(s, 0);
        snprintf(st->name, sizeof st->name, "%.*s", (int)text.n, text.p);
        sqlite3_reset(s);
    }
}

static void
load_epoch(struct ln_store *st)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_META_GET, "s", LN_STR("epoch"));
    if (st_step(&st->db, s)) {
        struct ln_str text = st_col(s, 0);
        snprintf(st->epoch, sizeof st->epoch, "%.*s", (int)text.n, text.p);
        sqlite3_reset(s);
    }
}

enum ln_err
st_dir_load(struct ln_store *st)
{
    uint64_t start = ln_mono_ms();
    st->dir.owner = 0;
    st->folded = (ln_commit_no)st_meta_int(&st->db, "folded", 0);
    st->last = (ln_commit_no)st_meta_int(&st->db, "last", 0);
    load_epoch(st);
    load_name(st);
    load_users(st);
    load_devices(st);
    load_chats(st);
    load_members(st);
    load_mentions(st);
    load_pins(st);
    load_log(st);
    st->fold.trimmed = 0;
    ln_log(LN_INFO, "store", "loaded", "users=%zu chats=%zu tail=%u last=%llu ms=%llu",
           st->dir.users.count, st->dir.chats.count, st->tail.rows, (unsigned long long)st->last,
           (unsigned long long)(ln_mono_ms() - start));
    return st->db.failed ? LN_EIO : LN_OK;
}
