/* SPDX-License-Identifier: MIT
 * db.c - the writer's database handle: statements prepared once, run by a bind format; errors
 * sticky.
 *
 * A failed statement marks the handle `failed`; what follows in the turn does nothing, and the
 * turn's end sees one failure. So the code that changes things reads straight on.
 */
#include <stdarg.h>
#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/log.h"
#include "store_priv.h"

static const char *const sql_text[SQL_COUNT] = {
#define X(id, text) [SQL_##id] = text,
#include "store_sql.h"
#undef X
};

/* What every writable handle must be: see the store's rules on durability and checkpoints. */
static const char setup_sql[] = "PRAGMA journal_mode=WAL;"
                                "PRAGMA synchronous=FULL;"
                                "PRAGMA wal_autocheckpoint=0;"
                                "PRAGMA secure_delete=ON;"
                                "PRAGMA trusted_schema=OFF;"
                                "PRAGMA mmap_size=0;"
                                "PRAGMA cache_size=-65536;"
                                "PRAGMA temp_store=MEMORY;"
                                "PRAGMA journal_size_limit=67108864;";

static int
on_wal(void *arg, sqlite3 *h, const char *name, int pages)
{
    struct st_db *db = arg;
    (void)h;
    (void)name;
    db->wal_pages = (uint32_t)pages;
    return SQLITE_OK;
}

void
st_db_fail(struct st_db *db, const char *where)
{
    if (!db->failed) {
        db->failed = true;
        db->error = db->h ? sqlite3_extended_errcode(db->h) : SQLITE_NOMEM;
        ln_log(LN_ERROR, "store", "sql_failed", "at=%s code=%d errno=%d", where, db->error,
               db->h ? sqlite3_system_errno(db->h) : 0);
    }
}

/* Before SQLite is first used: one connection a thread, and no accounting under a lock. */
void
st_db_setup(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum ln_err
st_db_open(struct st_db *db, const char *path, char *why, size_t why_n)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    snprintf(db->path, sizeof db->path, "%s", path);
    db->failed = false;
    db->is_open_tx = false;
    if (sqlite3_open_v2(path, &db->h, flags, NULL) != SQLITE_OK) {
        snprintf(why, why_n, "cannot open the database: %s", sqlite3_errmsg(db->h));
        st_db_close(db);
        return LN_EIO;
    }
    sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_extended_result_codes(db->h, 1);
    if (sqlite3_exec(db->h, setup_sql, NULL, NULL, NULL) != SQLITE_OK) {
        snprintf(why, why_n, "cannot set the database up: %s", sqlite3_errmsg(db->h));
        st_db_close(db);
        return LN_EIO;
    }
    if (st_mutant("sync_off") || st_mutant("sync_normal")) {
        sqlite3_exec(db->h,
                     st_mutant("sync_off") ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=NORMAL",
                     NULL, NULL, NULL);
    }
    sqlite3_wal_hook(db->h, on_wal, db);
    return LN_OK;
}

void
st_db_close(struct st_db *db)
{
    for (int i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(db->stmt[i]);
        db->stmt[i] = NULL;
    }
    sqlite3_close(db->h);
    db->h = NULL;
    db->is_open_tx = false;
    db->wal_pages = 0;
}

static bool
bind_one(sqlite3_stmt *s, int i, char type, va_list *ap)
{
    struct ln_str str;
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(s, i, va_arg(*ap, int64_t)) == SQLITE_OK;
    case 's':
        str = va_arg(*ap, struct ln_str);
        if (str.n == 0) {
            return sqlite3_bind_null(s, i) == SQLITE_OK;
        }
        return sqlite3_bind_text(s, i, str.p, (int)str.n, SQLITE_STATIC) == SQLITE_OK;
    case 't':
        str = va_arg(*ap, struct ln_str);
        return sqlite3_bind_text(s, i, str.n ? str.p : "", (int)str.n, SQLITE_STATIC) == SQLITE_OK;
    case 'b':
        return sqlite3_bind_blob(s, i, va_arg(*ap, const uint8_t *), 16, SQLITE_STATIC) ==
               SQLITE_OK;
    case 'B':
        return sqlite3_bind_blob(s, i, va_arg(*ap, const uint8_t *), LN_DIGEST_BYTES,
                                 SQLITE_STATIC) == SQLITE_OK;
    default:
        LN_WRONG("unknown bind type");
    }
}

static sqlite3_stmt *
bind_all(struct st_db *db, enum st_sql id, const char *fmt, va_list *ap)
{
    sqlite3_stmt *s = db->stmt[id];
    if (db->failed) {
        return NULL;
    }
    if (!s && sqlite3_prepare_v3(db->h, sql_text[id], -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) !=
                  SQLITE_OK) {
        st_db_fail(db, sql_text[id]);
        return NULL;
    }
    db->stmt[id] = s;
    for (int i = 0; fmt[i]; i++) {
        if (!bind_one(s, i + 1, fmt[i], ap)) {
            st_db_fail(db, "bind");
            return NULL;
        }
    }
    return s;
}

bool
st_step(struct st_db *db, sqlite3_stmt *s)
{
    if (!s) {
        return false;
    }
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        return true;
    }
    if (rc != SQLITE_DONE) {
        st_db_fail(db, sqlite3_sql(s));
    }
    sqlite3_reset(s);
    return false;
}

bool
st_run(struct st_db *db, enum st_sql id, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    sqlite3_stmt *s = bind_all(db, id, fmt, &ap);
    va_end(ap);
    if (s && st_fault("statement")) {
        st_db_fail(db, "fault");
        return false;
    }
    while (st_step(db, s)) {
    }
    return !db->failed;
}

sqlite3_stmt *
st_query(struct st_db *db, enum st_sql id, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    sqlite3_stmt *s = bind_all(db, id, fmt, &ap);
    va_end(ap);
    return s;
}

struct ln_str
st_col(sqlite3_stmt *s, int i)
{
    const unsigned char *text = sqlite3_column_text(s, i);
    return (struct ln_str){(const char *)text, text ? (size_t)sqlite3_column_bytes(s, i) : 0};
}

void
st_begin(struct st_db *db)
{
    if (db->is_open_tx || db->failed) {
        return;
    }
    if (sqlite3_exec(db->h, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
        st_db_fail(db, "begin");
        return;
    }
    db->is_open_tx = true;
}

/* LN_EREADONLY: certainly not committed. LN_EUNKNOWN: the commit itself failed, perhaps at its
 * fsync. */
enum ln_err
st_commit(struct st_db *db)
{
    if (db->failed) {
        st_rollback(db);
        return LN_EREADONLY;
    }
    if (!db->is_open_tx) {
        return LN_OK;
    }
    if (st_fault("commit")) {
        st_db_fail(db, "fault");
        st_rollback(db);
        return LN_EUNKNOWN;
    }
    if (sqlite3_exec(db->h, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        st_db_fail(db, "commit");
        st_rollback(db);
        return LN_EUNKNOWN;
    }
    db->is_open_tx = false;
    st_fault("committed");
    return LN_OK;
}

void
st_rollback(struct st_db *db)
{
    if (db->is_open_tx) {
        sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
        db->is_open_tx = false;
    }
}

int64_t
st_meta_int(struct st_db *db, const char *key, int64_t fallback)
{
    sqlite3_stmt *s = st_query(db, SQL_META_GET, "s", ln_str(key));
    if (st_step(db, s)) {
        fallback = sqlite3_column_int64(s, 0);
        sqlite3_reset(s);
    }
    return fallback;
}

void
st_meta_set_int(struct st_db *db, const char *key, int64_t value)
{
    st_run(db, SQL_META_SET, "si", ln_str(key), value);
}
