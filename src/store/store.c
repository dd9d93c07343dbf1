/* SPDX-License-Identifier: MIT
 * store.c - the store's thread, and the order of its turn.
 *
 * A turn takes what waits, runs the writes in one transaction, commits, and only then lets anybody
 * see it. publish() holds that order. After a failed statement or commit nothing of the batch was
 * seen by anyone; the answers say so, the database is closed, reopened and checkpointed, the
 * directory is loaded anew, and every session is told to resync, for the rows may be there after
 * all.
 */
#include "linnet/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/hex.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/rt/metrics.h"
#include "store_priv.h"

#define RETRY_MS 1000

/* ── requests ── */
struct ln_req *
ln_req_create(void)
{
    struct ln_req *r = ln_zalloc(sizeof *r);
    r->msg.type = ST_MSG_REQ;
    ln_arena_init(&r->cmd.arena, 512);
    return r;
}

void
ln_req_destroy(struct ln_req **r)
{
    if (*r) {
        ln_arena_deinit(&(*r)->cmd.arena);
        free(*r);
        *r = NULL;
    }
}

enum ln_err
ln_store_post(struct ln_store *st, struct ln_req *req)
{
    if (atomic_load_explicit(&st->stopping, memory_order_relaxed)) {
        return LN_ESHUTDOWN;
    }
    req->msg.type = ST_MSG_REQ;
    return ln_mailbox_post(&st->mailbox, &req->msg);
}

bool
ln_store_is_writable(const struct ln_store *st)
{
    return !atomic_load_explicit(&st->shown_down, memory_order_relaxed);
}

void
ln_store_marks_post(struct ln_store *st, struct ln_marks *m)
{
    m->msg.type = ST_MSG_MARKS;
    ln_mailbox_post_sure(&st->mailbox, &m->msg);
}

static void
free_marks(struct ln_marks *m)
{
    free(m->marks);
    free(m->seen);
    free(m);
}

/* ── trouble ── */
static void
post(struct ln_store *st, struct ln_batch *b) /* takes b */
{
    if (b->count == 0) {
        ln_batch_unref(b);
        return;
    }
    if (st->shards > 1) {
        ln_batch_ref_n(b, st->shards - 1);
    }
    for (unsigned i = 0; i < st->shards; i++) {
        struct ln_batch_msg *m = ln_alloc(sizeof *m);
        m->msg.type = LN_MSG_BATCH;
        m->batch = b;
        /* pairs with the shard's subtraction after it applied the batch; only a sum, no order */
        atomic_fetch_add_explicit(&st->ports[i].unapplied, b->bytes, memory_order_relaxed);
        ln_mailbox_post_sure(st->ports[i].mailbox, &m->msg);
    }
}

static void
post_batch(struct ln_store *st)
{
    struct ln_batch *b = st->batch;
    st->batch = ln_batch_create();
    post(st, b);
}

/* Of the present batch only the answers leave, and none of them says "done". */
static void
disown_batch(struct ln_store *st, enum ln_err err)
{
    struct ln_batch *b = st->batch;
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        struct ln_record *r = &b->records[i];
        ln_entry_unref(r->entry);
        r->entry = NULL;
        if (r->type == LN_REC_ACK) {
            r->err = (int16_t)(r->err ? r->err : err);
            r->json.n = 0;
            b->records[n++] = *r;
        }
    }
    b->count = n;
}

/* Opens the database anew and loads all of it. LN_OK where it can be written again. */
static enum ln_err
reopen(struct ln_store *st)
{
    char why[256], path[sizeof st->db.path];
    int in_log = 0, done = 0;
    snprintf(path, sizeof path, "%s", st->db.path);
    atomic_store(&st->gate, true); /* readers stay out until the WAL is whole again */
    while (atomic_load(&st->inside)) {
        nanosleep(&(struct timespec){0, 200000}, NULL);
    }
    st_fold_abort(st);
    st_db_close(&st->db);
    st_dir_deinit(st);
    st_dir_init(st);
    st->is_blind = true;
    st_fault("recover");
    enum ln_err err = st_fault("open") ? LN_EIO : st_db_open(&st->db, path, why, sizeof why);
    if (!err) {
        int rc =
            sqlite3_wal_checkpoint_v2(st->db.h, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &done);
        bool checkpointed = rc == SQLITE_OK && !st_fault("checkpoint");
        err = st_dir_load(st);
        st_fault("load");
        st->is_blind = err != LN_OK;
        if (!err && checkpointed) {
            st_begin(&st->db);
            st_meta_set_int(&st->db, "probe", (int64_t)ln_wall_ms());
            err = st_commit(&st->db);
        } else {
            err = LN_EIO;
        }
    }
    st->db.failed = false; /* is_down says it from here on */
    atomic_store(&st->gate, false);
    return err;
}

static void
recover(struct ln_store *st)
{
    if (reopen(st)) {
        st->retry_ms = ln_mono_ms() + RETRY_MS;
        return;
    }
    ln_log(LN_INFO, "store", "recovered", NULL);
    st_fold_resume(st);
    st->is_down = false;
    atomic_store_explicit(&st->shown_down, false, memory_order_relaxed);
    ln_batch_add(st->batch, LN_REC_RESYNC);
    post_batch(st);
}

static void
go_down(struct ln_store *st, enum ln_err err)
{
    ln_log(LN_ERROR, "store", "commit_failed", "answer=%s code=%d", ln_err_wire(err), st->db.error);
    ln_metric_add(LN_M_COMMIT_FAILURES, 1);
    st_rollback(&st->db);
    disown_batch(st, err);
    post_batch(st);
    st->is_down = true;
    atomic_store_explicit(&st->shown_down, true, memory_order_relaxed);
    recover(st);
}

/* ── a turn ── */
static void
answer_deferred(struct ln_store *st)
{
    struct ln_req *req = st->deferred;
    st->deferred = NULL;
    st->deferred_end = &st->deferred;
    while (req) {
        struct ln_req *next = (struct ln_req *)req->msg.next;
        if (st->is_blind) {
            st_fail_req(st, req, LN_EREADONLY);
        } else {
            st_answer(st, req);
        }
        req = next;
    }
    if (st->db.failed) { /* a read of the writer's own handle */
        go_down(st, LN_EREADONLY);
    } else if (st->db.is_open_tx && st_commit(&st->db)) { /* a device's last use, now and then */
        go_down(st, LN_EREADONLY);
    }
}

static void
count_events(const struct ln_batch *b)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        n += b->records[i].type == LN_REC_EVENT;
    }
    ln_metric_add(LN_M_EVENTS, n);
}

/* The order that makes acknowledged mean durable, and durable mean in order. */
static void
publish(struct ln_store *st)
{
    uint64_t start = ln_mono_us();
    bool wrote = st->db.is_open_tx;
    struct ln_batch *early = st_mutant_early(st->batch);
    if (early) {
        post(st, early);
    }
    /* 1. The commit must come before anything is said, because it is the fsync. */
    enum ln_err err = st_commit(&st->db);
    if (wrote && !err) {
        ln_metric_observe_us(LN_H_COMMIT, ln_mono_us() - start);
    }
    if (err) {
        go_down(st, err);
    } else {
        /* 2. One batch to every shard must come before the answers to reads, because those include
         *    what the batch tells. */
        count_events(st->batch);
        post_batch(st);
        if (wrote) {
            st_fault("published");
        }
    }
    /* 3. Reads see whole commits only. */
    answer_deferred(st);
}

static void
defer(struct ln_store *st, struct ln_req *req)
{
    req->msg.next = NULL;
    *st->deferred_end = req;
    st->deferred_end = (struct ln_req **)&req->msg.next;
}

static bool
is_read(const struct ln_cmd *cmd)
{
    return cmd->stage == LN_STAGE_LOOKUP || cmd->op == LN_OP_HELLO ||
           ln_op_table[cmd->op].where == LN_AT_READ;
}

static void
take(struct ln_store *st, struct ln_msg *msg)
{
    if (msg->type == ST_MSG_MARKS) {
        if (!st->is_down) {
            st_marks(st, (struct ln_marks *)msg);
        }
        free_marks((struct ln_marks *)msg);
        return;
    }
    if (msg->type == ST_MSG_READ) {
        st_read_done(st, (struct st_read *)msg);
        return;
    }
    struct ln_req *req = (struct ln_req *)msg;
    if (is_read(&req->cmd)) {
        defer(st, req);
        return;
    }
    if (st->is_down) {
        st_ack(st, &req->cmd, LN_EREADONLY, NULL);
    } else {
        st_write(st, req);
    }
    ln_req_destroy(&req);
}

static bool
is_congested(const struct ln_store *st)
{
    for (unsigned i = 0; i < st->shards; i++) {
        if (atomic_load_explicit(&st->ports[i].unapplied, memory_order_relaxed) >
            LN_STORE_UNAPPLIED_BYTES) {
            return true;
        }
    }
    return false;
}

/* Takes what waits, within the limits of one commit; true where a stop was among it. */
static bool
fill_batch(struct ln_store *st)
{
    uint64_t until = ln_mono_us() + LN_STORE_BATCH_US;
    struct ln_msg *msg;
    bool stop = false;
    st->rows = 0;
    st->turn++;
    while (st->rows < LN_STORE_ROWS && !st->db.failed && (msg = ln_mailbox_next(&st->mailbox))) {
        if (msg->type == ST_MSG_STOP) {
            stop = true;
            break;
        }
        if (msg->type == ST_MSG_READ && st->db.is_open_tx) {
            /* an answer may show only what is committed: commit first, then this. A new turn, for
             * reads asked in that commit must see that later writes came after them. */
            publish(st);
            st->turn++;
        }
        take(st, msg);
        if ((st->rows & 31) == 31 && ln_mono_us() > until) {
            break;
        }
    }
    return stop;
}

static int
sleep_ms(const struct ln_store *st)
{
    if (ln_mailbox_is_pending(&st->mailbox) || (st_fold_is_busy(st) && !st->is_down) ||
        st_fold_is_due(st, true)) {
        return 0;
    }
    return st->is_down || st->tail.rows || st->scrub_ms ? RETRY_MS : -1;
}

static void
run_store(void *arg)
{
    struct ln_store *st = arg;
    bool stop = false;
    while (!stop || st->reads_out) {
        ln_mailbox_wait(&st->mailbox, sleep_ms(st));
        ln_mailbox_silence(&st->mailbox);
        if (is_congested(st)) { /* a shard is behind: what waits here goes on waiting */
            nanosleep(&(struct timespec){0, 1000000}, NULL);
            continue;
        }
        stop = fill_batch(st) || stop;
        publish(st);
        uint32_t rows = st->rows;
        bool idle = !ln_mailbox_is_pending(&st->mailbox);
        if (!st->is_down && (st_fold_is_busy(st) || st_fold_is_due(st, idle))) {
            st_fold_step(st, rows + rows / 2);
        }
        if (!st->db.failed) {
            st_checkpoint(st, idle);
        }
        if (st->db.failed && !st->is_down) {
            go_down(st, LN_EREADONLY);
        }
        if (st->is_down && ln_mono_ms() >= st->retry_ms) {
            recover(st);
        }
    }
}

/* ── main ── */
static enum ln_err
take_lock(struct ln_store *st, const char *dir, char *why, size_t why_n, int *exit_code)
{
    char path[4200];
    if (mkdir(dir, 0700) && errno != EEXIST) {
        snprintf(why, why_n, "cannot make the data directory %s: %s", dir, strerror(errno));
        *exit_code = 1;
        return LN_EIO;
    }
    snprintf(path, sizeof path, "%s/linnet.lock", dir);
    st->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (st->lock_fd < 0) {
        snprintf(why, why_n, "cannot write in the data directory %s: %s", dir, strerror(errno));
        *exit_code = 1;
        return LN_EIO;
    }
    if (flock(st->lock_fd, LOCK_EX | LOCK_NB)) {
        snprintf(why, why_n, "another linnet process uses the data directory %s", dir);
        *exit_code = 3;
        return LN_EAGAIN;
    }
    return LN_OK;
}

/* A new database gets its random epoch. */
static void
ensure_epoch(struct ln_store *st)
{
    uint8_t bytes[12];
    char text[24];
    sqlite3_stmt *s = st_query(&st->db, SQL_META_GET, "s", LN_STR("epoch"));
    if (st_step(&st->db, s)) {
        sqlite3_reset(s);
        return;
    }
    ln_random(bytes, sizeof bytes);
    ln_b64url(text, bytes, sizeof bytes);
    st_begin(&st->db);
    st_run(&st->db, SQL_META_SET, "ss", LN_STR("epoch"), ln_str(text));
    if (st_commit(&st->db)) {
        st->db.failed = true;
    }
}

static enum ln_err
open_database(struct ln_store *st, const char *dir, char *why, size_t why_n, int *exit_code)
{
    char path[4096];
    int in_log, done;
    *exit_code = 1;
    if (snprintf(path, sizeof path, "%s/linnet.db", dir) >= (int)sizeof path) {
        snprintf(why, why_n, "the data directory's path is too long");
        return LN_EIO;
    }
    umask(0077);
    if (st_db_open(&st->db, path, why, why_n)) {
        *exit_code = 78;
        return LN_EIO;
    }
    if (st_migrate(&st->db, dir, &st->schema, why, why_n, exit_code)) {
        return LN_EIO;
    }
    *exit_code = 1;
    /* before the first write: what an earlier process left in the WAL goes into the file */
    st_fault("recover");
    if (sqlite3_wal_checkpoint_v2(st->db.h, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &done) !=
        SQLITE_OK) {
        snprintf(why, why_n, "cannot write the database: %s", sqlite3_errmsg(st->db.h));
        return LN_EIO;
    }
    st_fault("recover");
    ensure_epoch(st);
    st_fault("load");
    if (st_dir_load(st)) {
        snprintf(why, why_n, "cannot read the database: %s", sqlite3_errmsg(st->db.h));
        *exit_code = 78;
        return LN_EIO;
    }
    st_fold_resume(st);
    st_fault("load");
    *exit_code = 0;
    return LN_OK;
}

struct ln_store *
ln_store_open(const struct ln_options *opts, char *why, size_t why_n, int *exit_code)
{
    struct ln_store *st = ln_zalloc(sizeof *st);
    st->opts = opts;
    st->lock_fd = -1;
    st->started_ms = ln_mono_ms();
    st->deferred_end = &st->deferred;
    st->batch = ln_batch_create();
    ln_mailbox_init(&st->mailbox, LN_STORE_MAILBOX);
    st_dir_init(st);
    st_db_setup();
    if (take_lock(st, opts->data_dir, why, why_n, exit_code) ||
        open_database(st, opts->data_dir, why, why_n, exit_code)) {
        ln_store_destroy(&st);
        return NULL;
    }
    return st;
}

unsigned
ln_store_schema(const struct ln_store *st)
{
    return st->schema;
}

bool
ln_store_needs_setup(struct ln_store *st)
{
    return st->dir.owner == 0;
}

void
ln_store_start(struct ln_store *st, struct ln_store_port *ports, unsigned shards)
{
    st->ports = ports;
    st->shards = shards;
    st_readers_start(st);
    ln_thread_start(&st->thread, "ln-store", run_store, st);
}

void
ln_store_stop(struct ln_store *st)
{
    atomic_store_explicit(&st->stopping, true, memory_order_relaxed);
    st->stop.type = ST_MSG_STOP;
    ln_mailbox_post_sure(&st->mailbox, &st->stop);
    ln_thread_join(&st->thread);
    st_readers_stop(st);
}

void
ln_store_destroy(struct ln_store **stp)
{
    struct ln_store *st = *stp;
    struct ln_msg *msg;
    while ((msg = ln_mailbox_next(&st->mailbox))) { /* posted while the store was stopping */
        if (msg->type == ST_MSG_MARKS) {
            free_marks((struct ln_marks *)msg);
        } else if (msg->type == ST_MSG_REQ) {
            struct ln_req *req = (struct ln_req *)msg;
            ln_req_destroy(&req);
        }
    }
    st_fold_abort(st);
    st_dir_deinit(st);
    if (st->db.h) {
        sqlite3_wal_checkpoint_v2(st->db.h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    st_db_close(&st->db);
    ln_batch_unref(st->batch);
    ln_mailbox_deinit(&st->mailbox);
    if (st->lock_fd >= 0) {
        close(st->lock_fd);
    }
    free(st);
    *stp = NULL;
}
