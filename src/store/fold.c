/* SPDX-License-Identifier: MIT
 * fold.c - moves rows from the log into history behind the commits, in short slices between them.
 *
 * ROWS copies the rows with commit_no <= upto, sorted by chat and seq, from the tail (which has
 * their items as they stand now). CIDS writes their dedupe keys, sorted. FINISH, one transaction:
 * heads and own-read marks as of upto, and the mark `folded`; then the tail lets go of the rows.
 * TRIM deletes them from the log. A crash in between loses nothing: copies are idempotent, and rows
 * leave the log only after `folded` is committed.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "linnet/rt/metrics.h"
#include "store_priv.h"

#define SLICE_US 4000
#define CHECK_EVERY 64 /* rows between looks at the clock */
#define TRIM_ROWS 2000
#define HOLD_MS 10000 /* a fold that keeps failing must not keep everybody resyncing */

static int
compare_ids(const void *a, const void *b)
{
    ln_chat_id x = *(const ln_chat_id *)a, y = *(const ln_chat_id *)b;
    return x < y ? -1 : x > y;
}

static int
compare_cids(const void *a, const void *b)
{
    const struct st_fold_cid *x = a, *y = b;
    if (x->sender != y->sender) {
        return x->sender < y->sender ? -1 : 1;
    }
    if (x->prefix != y->prefix) {
        return x->prefix < y->prefix ? -1 : 1;
    }
    size_t n = x->entry->cid.n < y->entry->cid.n ? x->entry->cid.n : y->entry->cid.n;
    return memcmp(x->entry->cid.p, y->entry->cid.p, n);
}

static uint64_t
cid_prefix(struct ln_str cid)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) {
        prefix = prefix << 8 | (i < cid.n ? (uint8_t)cid.p[i] : 0);
    }
    return prefix;
}

static void
free_lists(struct st_fold *f)
{
    for (uint32_t i = 0; i < f->cid_count; i++) {
        ln_entry_unref(f->cids[i].entry);
    }
    free(f->cids);
    free(f->ids);
    f->cids = NULL;
    f->ids = NULL;
    f->count = f->pos = f->cid_count = f->cid_pos = 0;
    f->active = false;
}

void
st_fold_abort(struct ln_store *st)
{
    if (st->fold.stage != ST_FOLD_IDLE) {
        st->fold.hold_ms = ln_mono_ms() + HOLD_MS;
    }
    free_lists(&st->fold);
    st->fold.stage = ST_FOLD_IDLE;
}

void
st_fold_resume(struct ln_store *st)
{
    if (st->folded && ln_mono_ms() >= st->fold.hold_ms) {
        st->fold.stage = ST_FOLD_TRIM;
    }
}

bool
st_fold_is_busy(const struct ln_store *st)
{
    return st->fold.stage != ST_FOLD_IDLE;
}

bool
st_fold_is_due(const struct ln_store *st, bool idle)
{
    if (st->fold.stage != ST_FOLD_IDLE || st->is_down || st->tail.rows == 0 ||
        (st->fold.hold_ms && ln_mono_ms() < st->fold.hold_ms)) {
        return false;
    }
    return st->tail.rows >= st_tuned("FOLD_ROWS", LN_STORE_FOLD_ROWS) ||
           st->tail.bytes >= LN_STORE_FOLD_BYTES ||
           (idle && ln_mono_ms() - st->tail.oldest_ms >= LN_STORE_FOLD_AGE_MS);
}

static void
add_chat_rows(struct st_fold *f, const struct st_chat *c)
{
    for (uint32_t i = 0; i < c->tail_count; i++) {
        struct ln_entry *e = c->tail[i];
        f->ids[f->count++] = ln_row_id(e->chat, e->seq);
        if (e->cid.n) {
            f->cids[f->cid_count++] =
                (struct st_fold_cid){e->from, cid_prefix(e->cid), ln_entry_ref(e)};
        }
    }
}

static void
start(struct ln_store *st)
{
    struct st_fold *f = &st->fold;
    struct st_chat *c;
    size_t n = 0;
    ln_chat_id *chats = ln_alloc((st->dir.chats.count + 1) * sizeof *chats);
    for (size_t i = 0; (c = ln_map_each(&st->dir.chats, &i, NULL));) {
        if (c->tail_count) {
            chats[n++] = c->id;
        }
    }
    qsort(chats, n, sizeof *chats, compare_ids);
    f->ids = ln_alloc(st->tail.rows * sizeof *f->ids);
    f->cids = ln_alloc(st->tail.rows * sizeof *f->cids);
    for (size_t i = 0; i < n; i++) {
        add_chat_rows(f, st_chat_find(st, chats[i]));
    }
    free(chats);
    qsort(f->cids, f->cid_count, sizeof *f->cids, compare_cids);
    f->upto = st->last;
    f->active = true;
    f->stage = ST_FOLD_ROWS;
}

static void
put_history(struct ln_store *st, const struct ln_entry *e)
{
    int64_t flags = (e->deleted ? 1 : 0) | (e->pinned ? 2 : 0);
    st_run(&st->db, SQL_HISTORY_PUT, "iiiiiiiiiisssss", ln_row_id(e->chat, e->seq),
           (int64_t)e->commit_no, (int64_t)e->ts, (int64_t)e->from, (int64_t)e->kind, flags,
           (int64_t)e->msg_no, (int64_t)e->thread, (int64_t)e->target, (int64_t)e->edited_ts,
           e->cid, e->body, e->args, e->now, e->reactions);
}

/* Is this slice done? rows have been moved since start_us. */
static bool
slice_is_over(uint32_t rows, uint32_t at_least, uint64_t start_us)
{
    return rows >= at_least && rows % CHECK_EVERY == 0 && ln_mono_us() - start_us > SLICE_US;
}

static void
fold_rows(struct ln_store *st, uint32_t at_least, uint64_t start_us)
{
    struct st_fold *f = &st->fold;
    uint32_t rows = 0;
    while (f->pos < f->count && !st->db.failed) {
        int64_t id = f->ids[f->pos++];
        struct st_chat *c = st_chat_find(st, (ln_chat_id)(id >> 32));
        put_history(st, st_tail_find(c, (ln_seq)id));
        if (slice_is_over(++rows, at_least, start_us)) {
            break;
        }
    }
    ln_metric_add(LN_M_FOLDED, rows);
    if (f->pos == f->count) {
        f->stage = ST_FOLD_CIDS;
    }
}

static void
fold_cids(struct ln_store *st, uint32_t at_least, uint64_t start_us)
{
    struct st_fold *f = &st->fold;
    uint32_t rows = 0;
    while (f->cid_pos < f->cid_count && !st->db.failed) {
        const struct ln_entry *e = f->cids[f->cid_pos++].entry;
        st_cid_put(st, e->from, e->cid, ln_row_id(e->chat, e->seq), e->sent);
        if (slice_is_over(++rows, at_least, start_us)) {
            break;
        }
    }
    if (f->cid_pos == f->cid_count) {
        f->stage = ST_FOLD_FINISH;
    }
}

/* A chat's row as of upto: what came later is still in the log and will be counted from there. */
static void
put_head(struct ln_store *st, struct st_chat *c)
{
    const struct ln_entry *last = NULL;
    for (uint32_t i = 0; i < c->tail_count && c->tail[i]->commit_no <= st->fold.upto; i++) {
        last = c->tail[i];
    }
    if (last) {
        st_run(&st->db, SQL_CHAT_HEAD, "iiii", (int64_t)c->id, (int64_t)last->seq,
               (int64_t)last->msg_no, (int64_t)last->ts);
    }
    for (uint32_t i = 0; i < c->member_count; i++) {
        if (c->members[i]->dirty) {
            c->members[i]->dirty = false;
            st_write_member(st, c->members[i]);
        }
    }
}

static void
finish(struct ln_store *st)
{
    struct st_chat *c;
    for (size_t i = 0; (c = ln_map_each(&st->dir.chats, &i, NULL));) {
        if (c->dirty) {
            put_head(st, c);
        }
    }
    st_meta_set_int(&st->db, "folded", (int64_t)st->fold.upto);
    st_meta_set_int(&st->db, "last", (int64_t)st->fold.upto);
}

static void
after_finish(struct ln_store *st)
{
    struct st_chat *c;
    st->folded = st->fold.upto;
    for (size_t i = 0; (c = ln_map_each(&st->dir.chats, &i, NULL));) {
        if (c->dirty) {
            st_tail_drop(st, c, st->folded);
            c->dirty = c->tail_count > 0;
        }
    }
    st->tail.oldest_ms = ln_mono_ms();
    free_lists(&st->fold);
    st->fold.stage = ST_FOLD_TRIM;
}

/* Rows leave the log when history has them; later also min'd with the followers' cursors. */
static void
trim(struct ln_store *st)
{
    struct st_fold *f = &st->fold;
    if (!f->trimmed) {
        sqlite3_stmt *s = st_query(&st->db, SQL_LOG_FIRST, "");
        if (st_step(&st->db, s)) {
            int64_t first = sqlite3_column_int64(s, 0);
            f->trimmed = first ? (ln_commit_no)first - 1 : st->folded;
            sqlite3_reset(s);
        }
    }
    f->trimmed = f->trimmed + TRIM_ROWS < st->folded ? f->trimmed + TRIM_ROWS : st->folded;
    st_run(&st->db, SQL_LOG_TRIM, "i", (int64_t)f->trimmed);
    if (f->trimmed >= st->folded) {
        f->stage = ST_FOLD_IDLE;
    }
}

/* A slice may be made to fail as such, or by its stage. */
static void
pass_fold(struct ln_store *st, enum st_fold_stage stage)
{
    static const char *const names[] = {"", "fold_rows", "fold_cids", "fold_finish", "fold_trim"};
    bool any = st_fault("fold"), this_one = st_fault(names[stage]); /* each counts its own */
    if (any || this_one) {
        st_db_fail(&st->db, "fault");
    }
}

/* One slice in a transaction of its own. */
static void
fold_slice(struct ln_store *st, uint32_t rows, uint64_t start_us)
{
    enum st_fold_stage stage = st->fold.stage;
    st_begin(&st->db);
    pass_fold(st, stage);
    switch (st->fold.stage) {
    case ST_FOLD_ROWS:
        fold_rows(st, rows, start_us);
        break;
    case ST_FOLD_CIDS:
        fold_cids(st, rows, start_us);
        break;
    case ST_FOLD_FINISH:
        finish(st);
        break;
    default:
        trim(st);
        break;
    }
    pass_fold(st, stage);
    if (st_commit(&st->db) == LN_OK && stage == ST_FOLD_FINISH) {
        after_finish(st);
    }
}

void
st_fold_step(struct ln_store *st, uint32_t rows)
{
    uint64_t start_us = ln_mono_us();
    if (st->fold.stage == ST_FOLD_IDLE) {
        start(st);
    } else {
        fold_slice(st, rows, start_us);
    }
    ln_metric_observe_us(LN_H_FOLD, ln_mono_us() - start_us);
}

/* ── checkpoints: between batches, by this connection only ── */
size_t
st_wal_bytes(const struct ln_store *st)
{
    return (size_t)st->db.wal_pages * 4096;
}

static void
close_gate(struct ln_store *st)
{
    uint64_t until = ln_mono_ms() + 20;
    struct timespec nap = {0, 200000};
    atomic_store(&st->gate, true);
    while (atomic_load(&st->inside) && ln_mono_ms() < until) {
        nanosleep(&nap, NULL);
    }
}

void
st_checkpoint(struct ln_store *st, bool idle)
{
    int in_log = 0, done = 0, mode = SQLITE_CHECKPOINT_PASSIVE;
    size_t bytes = st_wal_bytes(st);
    bool scrub = st->scrub_ms && ln_mono_ms() >= st->scrub_ms;
    bool full = bytes >= st_tuned("WAL_HARD", LN_STORE_WAL_HARD_BYTES);
    bool soft = bytes >= st_tuned("WAL_SOFT", LN_STORE_WAL_SOFT_BYTES);
    if (st->is_down || !(scrub || full || (idle && soft))) {
        return;
    }
    uint64_t start_us = ln_mono_us();
    if (scrub || full) {
        close_gate(st);
        mode = atomic_load(&st->inside) ? SQLITE_CHECKPOINT_PASSIVE
               : scrub                  ? SQLITE_CHECKPOINT_TRUNCATE
                                        : SQLITE_CHECKPOINT_RESTART;
    }
    int rc = st_fault("checkpoint")
                 ? SQLITE_IOERR
                 : sqlite3_wal_checkpoint_v2(st->db.h, NULL, mode, &in_log, &done);
    st_fault("checkpointed");
    atomic_store(&st->gate, false);
    ln_metric_observe_us(LN_H_CHECKPOINT, ln_mono_us() - start_us);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
        st_db_fail(&st->db, "checkpoint");
    } else if (in_log == done) {
        st->db.wal_pages = 0; /* the next commit begins the file anew */
    }
    if (scrub) { /* a reader in the way: again in a moment */
        bool gone = rc == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE;
        st->scrub_ms = gone ? 0 : ln_mono_ms() + LN_STORE_SCRUB_MS;
    }
}
