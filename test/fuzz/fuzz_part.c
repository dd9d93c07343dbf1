/* SPDX-License-Identifier: MIT
 * fuzz_part.c - a page of a chat's log, joined from the tail in memory and the rows on disk,
 * against the plain definition: the rows asked for, none missing, none twice, in order, and `more`
 * exactly where there are more.
 *
 * The disk here is an array that answers the reader's two queries. As in life it may hold more than
 * it did when the read was asked: rows that a fold moved there meanwhile.
 */
#include "fuzz.h"
#include "linnet/base/mem.h"

#include "../../src/store/store_priv.h"

#define CHAT_MAX 64

static struct ln_entry *rows[CHAT_MAX + 1]; /* by seq */
static ln_seq head;

static void
make_chat(struct st_chat *c, struct fuzz_bytes *in)
{
    memset(c, 0, sizeof *c);
    head = fuzz_byte(in) % (CHAT_MAX + 1);
    c->id = 7;
    c->head = head;
    c->tail_count = head ? fuzz_byte(in) % (head + 1) : 0;
    c->tail_first = head - c->tail_count + 1;
    c->tail = ln_alloc((c->tail_count + 1u) * sizeof *c->tail);
    for (ln_seq seq = 1; seq <= head; seq++) {
        uint8_t kind = 1 + fuzz_byte(in) % 11;
        struct ln_entry e = {.kind = kind, .chat = 7, .seq = seq, .commit_no = seq};
        rows[seq] = ln_entry_create(&e);
        if (seq >= c->tail_first) {
            c->tail[seq - c->tail_first] = rows[seq];
        }
    }
}

/* The reader's queries (src/store/reader.c, read_part) on the array. */
static void
read_disk(struct st_part *p)
{
    struct ln_entry *found[CHAT_MAX + 1];
    bool falls = p->mode == ST_READ_BEFORE, items = p->mode != ST_READ_EVENTS;
    ln_seq low = p->first, high = p->disk_last;
    uint32_t want = p->limit + 1 - (falls ? p->slice_count : 0), n = 0;
    if (!falls && p->pivot + 1 > low) {
        low = p->pivot + 1;
    }
    if (falls && p->pivot - 1 < high) {
        high = p->pivot - 1;
    }
    for (ln_seq i = low; i <= high && i <= head && n < want; i++) {
        ln_seq seq = falls ? high - (i - low) : i;
        if (seq >= low && seq >= 1 && (!items || ln_kind_is_item(rows[seq]->kind))) {
            found[n++] = ln_entry_ref(rows[seq]);
        }
    }
    for (uint32_t i = 0; falls && i < n / 2; i++) {
        struct ln_entry *e = found[i];
        found[i] = found[n - 1 - i];
        found[n - 1 - i] = e;
    }
    st_part_merge(p, found, n);
}

/* The rows that should come, by the definition. */
static uint32_t
expect(enum st_read_mode mode, ln_seq first, ln_seq pivot, uint32_t limit, ln_seq *out, bool *more)
{
    uint32_t n = 0;
    *more = false;
    for (ln_seq i = 1; i <= head; i++) {
        ln_seq seq = mode == ST_READ_BEFORE ? head + 1 - i : i;
        bool in = mode == ST_READ_BEFORE ? seq < pivot : seq > pivot;
        if (!in || seq < first || (mode != ST_READ_EVENTS && !ln_kind_is_item(rows[seq]->kind))) {
            continue;
        }
        if (n == limit) {
            *more = true;
            break;
        }
        out[n++] = seq;
    }
    for (uint32_t i = 0; mode == ST_READ_BEFORE && i < n / 2; i++) {
        ln_seq seq = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = seq;
    }
    return n;
}

static void
check_page(const struct st_chat *c, struct fuzz_bytes *in)
{
    enum st_read_mode mode = (enum st_read_mode)(fuzz_byte(in) % 3);
    ln_seq first = fuzz_byte(in) % (CHAT_MAX + 2), want[CHAT_MAX + 1];
    ln_seq pivot = fuzz_byte(in) % (CHAT_MAX + 8);
    uint32_t limit = 1 + fuzz_byte(in) % 40;
    bool more;
    if (mode == ST_READ_BEFORE && pivot == 0) {
        pivot = UINT32_MAX; /* as where no `before` was given */
    }
    struct ln_req *req = ln_req_create();
    struct st_read *r = st_read_create(req, 1);
    struct st_part *p = &r->parts[0];
    st_part_init(p, c, mode, first, pivot, limit);
    if (st_part_needs_disk(p)) {
        read_disk(p);
    } else {
        st_part_merge(p, NULL, 0);
    }
    uint32_t n = expect(mode, first, pivot, limit, want, &more);
    FUZZ_CHECK(p->row_count == n && p->more == more && p->last == head);
    for (uint32_t i = 0; i < n; i++) {
        FUZZ_CHECK(p->rows[i]->seq == want[i]);
    }
    st_read_destroy(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    struct st_chat c;
    make_chat(&c, &in);
    do {
        check_page(&c, &in);
    } while (in.n);
    for (ln_seq seq = 1; seq <= head; seq++) {
        FUZZ_CHECK(rows[seq]->refs == 1);
        ln_entry_unref(rows[seq]);
    }
    free(c.tail);
    return 0;
}
