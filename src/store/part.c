/* SPDX-License-Identifier: MIT
 * part.c - one chat's share of a read: which rows the tail gives, which the disk must, how they
 * join.
 *
 * Rows up to disk_last were folded before the read was asked, so a snapshot opened later holds
 * them; the slice holds what lies above. A hole cannot arise between the two. One row more than the
 * limit is looked for, which tells whether there is more. A page ends before its limit where its
 * rows are large.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "store_priv.h"

static ln_seq
lowest_wanted(const struct st_part *p)
{
    return p->mode != ST_READ_BEFORE && p->pivot + 1 > p->first ? p->pivot + 1 : p->first;
}

static void
slice_add(struct st_part *p, struct ln_entry *e)
{
    p->slice[p->slice_count++] = ln_entry_ref(e);
}

static bool
is_wanted(const struct st_part *p, const struct ln_entry *e)
{
    return p->mode == ST_READ_EVENTS || ln_kind_is_item(e->kind);
}

static void
slice_reverse(struct st_part *p)
{
    for (uint32_t i = 0, j = p->slice_count; i + 1 < j--; i++) {
        struct ln_entry *e = p->slice[i];
        p->slice[i] = p->slice[j];
        p->slice[j] = e;
    }
}

void
st_part_init(struct st_part *p, const struct st_chat *c, enum st_read_mode mode, ln_seq first,
             ln_seq pivot, uint32_t limit)
{
    memset(p, 0, sizeof *p);
    p->chat = c->id;
    p->mode = mode;
    p->first = first ? first : 1;
    p->last = c->head;
    p->pivot = mode != ST_READ_BEFORE && pivot > c->head ? c->head : pivot; /* + 1 is a seq */
    p->limit = limit;
    p->bytes = LN_PAGE_BYTES;
    p->disk_last = c->tail_count ? c->tail_first - 1 : c->head;
    p->slice = ln_alloc((limit + 1u) * sizeof *p->slice);
    if (mode == ST_READ_BEFORE) {
        uint32_t i = c->tail_count && pivot > c->tail_first ? pivot - c->tail_first : 0;
        i = i < c->tail_count ? i : c->tail_count;
        for (; i > 0 && p->slice_count <= limit && c->tail[i - 1]->seq >= p->first; i--) {
            if (is_wanted(p, c->tail[i - 1])) {
                slice_add(p, c->tail[i - 1]);
            }
        }
        slice_reverse(p);
        return;
    }
    ln_seq from = lowest_wanted(p);
    uint32_t i = c->tail_count && from > c->tail_first ? from - c->tail_first : 0;
    for (; i < c->tail_count && p->slice_count <= limit; i++) {
        if (is_wanted(p, c->tail[i])) {
            slice_add(p, c->tail[i]);
        }
    }
}

bool
st_part_needs_disk(const struct st_part *p)
{
    if (p->mode == ST_READ_BEFORE) {
        ln_seq top = p->pivot - 1 < p->disk_last ? p->pivot - 1 : p->disk_last;
        return p->slice_count <= p->limit && p->first <= top;
    }
    return lowest_wanted(p) <= p->disk_last;
}

/* How many of these rows one answer takes: counted from the end that is asked for. */
static uint32_t
rows_that_fit(const struct st_part *p, struct ln_entry *const *rows, uint32_t total)
{
    uint32_t n = 0, most = total < p->limit ? total : p->limit;
    size_t bytes = 0;
    for (; n < most; n++) {
        bytes += ln_entry_bytes(rows[p->mode == ST_READ_BEFORE ? total - 1 - n : n]);
        if (n && bytes > p->bytes) {
            break;
        }
    }
    return n;
}

void
st_part_merge(struct st_part *p, struct ln_entry **disk, uint32_t count)
{
    uint32_t total = count + p->slice_count;
    struct ln_entry **rows = ln_alloc((total + 1u) * sizeof *rows);
    if (count) {
        memcpy(rows, disk, count * sizeof *rows);
    }
    if (p->slice_count) {
        memcpy(rows + count, p->slice, p->slice_count * sizeof *rows);
    }
    p->slice_count = 0;
    uint32_t keep = rows_that_fit(p, rows, total);
    uint32_t skip = p->mode == ST_READ_BEFORE ? total - keep : 0; /* the newest ones stay */
    /* the rows of a cut pass the mark by themselves: none from above them is kept */
    p->more = p->is_cut || keep < total;
    for (uint32_t i = 0; i < total; i++) {
        if (i < skip || i >= skip + keep) {
            ln_entry_unref(rows[i]);
        }
    }
    memmove(rows, rows + skip, keep * sizeof *rows);
    p->rows = rows;
    p->row_count = keep;
}

struct st_read *
st_read_create(struct ln_req *req, uint32_t parts)
{
    struct st_read *r = ln_zalloc(sizeof *r);
    r->msg.type = ST_MSG_READ;
    r->req = req;
    r->part_count = parts;
    r->parts = ln_zalloc((parts + 1u) * sizeof *r->parts);
    return r;
}

void
st_read_destroy(struct st_read **rp)
{
    struct st_read *r = *rp;
    for (uint32_t i = 0; i < r->part_count; i++) {
        struct st_part *p = &r->parts[i];
        for (uint32_t k = 0; k < p->slice_count; k++) {
            ln_entry_unref(p->slice[k]);
        }
        for (uint32_t k = 0; k < p->row_count; k++) {
            ln_entry_unref(p->rows[k]);
        }
        free(p->slice);
        free(p->rows);
    }
    free(r->parts);
    ln_req_destroy(&r->req);
    free(r);
    *rp = NULL;
}
