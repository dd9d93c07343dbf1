/* SPDX-License-Identifier: MIT
 * reader.c - threads with read-only handles that fetch what the tail does not hold.
 *
 * A read is a few bounded pages in one short transaction; statements are reset at once, so the
 * checkpoint never waits long. The gate: while the writer restarts the WAL no new read begins.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "linnet/base/assert.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "store_priv.h"

enum { Q_RISING, Q_RISING_ITEMS, Q_FALLING_ITEMS, Q_COUNT };

#define ITEMS "(kind=1 OR kind>=6)"
#ifndef SQL_ENTRY_COLS
#define SQL_ENTRY_COLS                                                                             \
    "id,commit_no,ts,sender,kind,flags,msg_no,thread,target,edited_ts,cid,body,args,now,reactions"
#endif

static const char *const queries[Q_COUNT] = {
    [Q_RISING] =
        "SELECT " SQL_ENTRY_COLS " FROM history WHERE id>=?1 AND id<=?2 ORDER BY id LIMIT ?3",
    [Q_RISING_ITEMS] = "SELECT " SQL_ENTRY_COLS " FROM history WHERE id>=?1 AND id<=?2 AND " ITEMS
                       " ORDER BY id LIMIT ?3",
    [Q_FALLING_ITEMS] = "SELECT " SQL_ENTRY_COLS " FROM history WHERE id>=?1 AND id<=?2 AND " ITEMS
                        " ORDER BY id DESC LIMIT ?3",
};

enum { READER_MSG_READ = 1, READER_MSG_STOP };

struct st_reader {
    struct ln_thread thread;
    struct ln_mailbox mailbox;
    struct ln_store *st;
    sqlite3 *h;
    sqlite3_stmt *stmt[Q_COUNT];
    struct ln_msg stop;
};

static enum ln_err
open_handle(struct st_reader *rd)
{
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(rd->st->db.path, &rd->h, flags, NULL) != SQLITE_OK) {
        return LN_EIO;
    }
    sqlite3_db_config(rd->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_exec(rd->h, "PRAGMA query_only=1; PRAGMA mmap_size=0; PRAGMA cache_size=-4096;", NULL,
                 NULL, NULL);
    for (int i = 0; i < Q_COUNT; i++) {
        if (sqlite3_prepare_v3(rd->h, queries[i], -1, SQLITE_PREPARE_PERSISTENT, &rd->stmt[i],
                               NULL) != SQLITE_OK) {
            return LN_EIO;
        }
    }
    return LN_OK;
}

static void
close_handle(struct st_reader *rd)
{
    for (int i = 0; i < Q_COUNT; i++) {
        sqlite3_finalize(rd->stmt[i]);
        rd->stmt[i] = NULL;
    }
    sqlite3_close(rd->h);
    rd->h = NULL;
}

/* Fetches up to limit+1 rows of a part, rising; fewer where they are large. */
static enum ln_err
read_part(struct st_reader *rd, struct st_part *p)
{
    bool falls = p->mode == ST_READ_BEFORE;
    ln_seq low = p->first, high = p->disk_last;
    size_t bytes = 0;
    uint32_t want = p->limit + 1 - (falls ? p->slice_count : 0), n = 0;
    struct ln_entry **rows = ln_alloc((p->limit + 1u) * sizeof *rows);
    sqlite3_stmt *s = rd->stmt[falls                       ? Q_FALLING_ITEMS
                               : p->mode == ST_READ_EVENTS ? Q_RISING
                                                           : Q_RISING_ITEMS];
    if (!falls && p->pivot + 1 > low) {
        low = p->pivot + 1;
    }
    if (falls && p->pivot - 1 < high) {
        high = p->pivot - 1;
    }
    sqlite3_bind_int64(s, 1, ln_row_id(p->chat, low));
    sqlite3_bind_int64(s, 2, ln_row_id(p->chat, high));
    sqlite3_bind_int64(s, 3, want);
    while (n < want && !p->is_cut && sqlite3_step(s) == SQLITE_ROW) {
        rows[n] = st_entry_of_row(s);
        bytes += ln_entry_bytes(rows[n++]);
        p->is_cut = bytes > p->bytes;
    }
    int rc = sqlite3_reset(s); /* tells of a failed step too */
    for (uint32_t i = 0; falls && i < n / 2; i++) {
        struct ln_entry *e = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = e;
    }
    st_part_merge(p, rows, n);
    free(rows);
    return rc == SQLITE_OK ? LN_OK : LN_EIO;
}

/* Waits while the gate is closed. Order: say "inside", then look at the gate; the writer closes the
 * gate, then looks who is inside. Both sequentially consistent, so one of them sees the other. */
static void
enter_gate(struct ln_store *st)
{
    struct timespec nap = {0, 200000};
    for (;;) {
        atomic_fetch_add(&st->inside, 1);
        if (!atomic_load(&st->gate)) {
            return;
        }
        atomic_fetch_sub(&st->inside, 1);
        nanosleep(&nap, NULL);
    }
}

static void
serve(struct st_reader *rd, struct st_read *r)
{
    enter_gate(rd->st);
    r->err = rd->h || open_handle(rd) == LN_OK ? LN_OK : LN_EIO;
    if (!r->err && sqlite3_exec(rd->h, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        r->err = LN_EIO;
    }
    size_t left = r->chats ? LN_HELLO_BYTES : SIZE_MAX; /* of hello, shared by its chats */
    for (uint32_t i = 0; i < r->part_count; i++) {
        struct st_part *p = &r->parts[i];
        p->bytes = p->bytes < left ? p->bytes : left;
        if (r->err || !st_part_needs_disk(p)) {
            st_part_merge(p, NULL, 0);
        } else {
            r->err = read_part(rd, p);
        }
        for (uint32_t k = 0; r->chats && k < p->row_count; k++) {
            size_t n = ln_entry_bytes(p->rows[k]);
            left -= n < left ? n : left;
        }
    }
    if (rd->h) {
        sqlite3_exec(rd->h, "COMMIT", NULL, NULL, NULL);
    }
    if (r->err) { /* a fresh handle next time: the file may have been reopened underneath */
        ln_log(LN_WARN, "store", "read_failed", NULL);
        close_handle(rd);
    }
    atomic_fetch_sub(&rd->st->inside, 1);
    ln_mailbox_post_sure(&rd->st->mailbox, &r->msg);
}

static void
run_reader(void *arg)
{
    struct st_reader *rd = arg;
    struct ln_msg *msg;
    for (;;) {
        ln_mailbox_wait(&rd->mailbox, -1);
        ln_mailbox_silence(&rd->mailbox);
        while ((msg = ln_mailbox_next(&rd->mailbox))) {
            if (msg == &rd->stop) {
                close_handle(rd);
                return;
            }
            serve(rd, (struct st_read *)msg);
        }
    }
}

void
st_readers_start(struct ln_store *st)
{
    for (int i = 0; i < LN_READERS; i++) {
        struct st_reader *rd = ln_zalloc(sizeof *rd);
        char name[16];
        rd->st = st;
        ln_mailbox_init(&rd->mailbox, 4096);
        snprintf(name, sizeof name, "ln-read-%u", (unsigned)i % LN_READERS);
        st->readers[i] = rd;
        ln_thread_start(&rd->thread, name, run_reader, rd);
    }
}

void
st_readers_stop(struct ln_store *st)
{
    for (int i = 0; i < LN_READERS; i++) {
        struct st_reader *rd = st->readers[i];
        if (rd) {
            ln_mailbox_post_sure(&rd->mailbox, &rd->stop);
            ln_thread_join(&rd->thread);
            ln_mailbox_deinit(&rd->mailbox);
            free(rd);
            st->readers[i] = NULL;
        }
    }
}

enum ln_err
st_reader_post(struct ln_store *st, struct st_read *r)
{
    struct st_reader *rd = st->readers[st->next_reader++ % LN_READERS];
    r->turn = st->turn;
    r->msg.type = ST_MSG_READ;
    enum ln_err err = ln_mailbox_post(&rd->mailbox, &r->msg);
    if (!err) {
        st->reads_out++;
    }
    return err;
}
