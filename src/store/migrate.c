/* SPDX-License-Identifier: MIT
 * migrate.c - numbered SQL files built into the binary, each one transaction with its user_version.
 *
 * Before the first change of an existing database a copy is made (VACUUM INTO backups/pre-vN.db,
 * then synced: VACUUM INTO does not). A schema newer than this binary is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linnet/base/embed.h"
#include "linnet/base/log.h"
#include "store_priv.h"

#define APPLICATION_ID 0x6c6e6574 /* "lnet" */

static int64_t
pragma_int(struct st_db *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(db->h, sql, -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW) {
        value = sqlite3_column_int64(s, 0);
    }
    sqlite3_finalize(s);
    return value;
}

static enum ln_err
sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return LN_EIO;
    }
    int rc = fsync(fd);
    close(fd);
    return rc ? LN_EIO : LN_OK;
}

/* Into a name of its own first: what is called pre-vN.db is whole, whatever happens. */
static enum ln_err
copy_before(struct st_db *db, const char *dir, unsigned to)
{
    char folder[4096], path[4200], part[4210];
    sqlite3_stmt *s = NULL;
    snprintf(folder, sizeof folder, "%s/backups", dir);
    if (mkdir(folder, 0700) && errno != EEXIST) {
        return LN_EIO;
    }
    snprintf(path, sizeof path, "%s/pre-v%u.db", folder, to);
    snprintf(part, sizeof part, "%s.part", path);
    unlink(part);
    st_fault("copy");
    int rc = sqlite3_prepare_v2(db->h, "VACUUM INTO ?1", -1, &s, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_bind_text(s, 1, part, -1, SQLITE_STATIC);
        rc = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    st_fault("copy");
    if (rc != SQLITE_DONE || sync_path(part) || rename(part, path) || sync_path(folder) ||
        sync_path(dir)) {
        unlink(part); /* perhaps for want of space: leave none of it taken */
        return LN_EIO;
    }
    st_fault("copy");
    return LN_OK;
}

static enum ln_err
apply_one(struct st_db *db, const struct ln_embed *file, unsigned version)
{
    struct ln_buf sql;
    ln_buf_init(&sql, 1 << 20);
    ln_buf_adds(&sql, "BEGIN IMMEDIATE;\n");
    ln_buf_add(&sql, file->data, file->n);
    ln_buf_addf(&sql, "\nPRAGMA application_id=%d; PRAGMA user_version=%u; COMMIT;", APPLICATION_ID,
                version);
    st_fault("migrate");
    int rc = sqlite3_exec(db->h, ln_buf_cstr(&sql), NULL, NULL, NULL);
    ln_buf_deinit(&sql);
    st_fault("migrate");
    if (rc != SQLITE_OK) {
        ln_log(LN_ERROR, "store", "migration_failed", "version=%u error=\"%s\"", version,
               sqlite3_errmsg(db->h));
        sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
        return LN_EIO;
    }
    return LN_OK;
}

enum ln_err
st_migrate(struct st_db *db, const char *dir, unsigned *schema, char *why, size_t why_n,
           int *exit_code)
{
    int64_t version = pragma_int(db, "PRAGMA user_version");
    int64_t app = pragma_int(db, "PRAGMA application_id");
    unsigned newest = (unsigned)ln_embed_migrations_count;
    *exit_code = 78;
    if (version < 0 || (app != 0 && app != APPLICATION_ID) || (app == 0 && version != 0)) {
        snprintf(why, why_n, "%s is not a linnet database", db->path);
        return LN_EIO;
    }
    if (version > newest) {
        snprintf(why, why_n,
                 "%s has schema %lld, this linnet knows schemas up to %u: use a newer linnet",
                 db->path, (long long)version, newest);
        return LN_EIO;
    }
    *exit_code = 1;
    if (version > 0 && version < newest && copy_before(db, dir, newest)) {
        snprintf(why, why_n, "cannot copy the database before changing its schema");
        return LN_EIO;
    }
    for (unsigned v = (unsigned)version + 1; v <= newest; v++) {
        if (apply_one(db, &ln_embed_migrations[v - 1], v)) {
            snprintf(why, why_n, "changing the database to schema %u failed", v);
            return LN_EIO;
        }
        ln_log(LN_INFO, "store", "migrated", "schema=%u", v);
    }
    *schema = newest;
    *exit_code = 0;
    return LN_OK;
}
