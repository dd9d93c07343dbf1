/* SPDX-License-Identifier: MIT
 * record.c - a batch: a growing array of records and the arena their strings lie in.
 */
#include "linnet/model/record.h"

#include "linnet/base/mem.h"

struct ln_batch *
ln_batch_create(void)
{
    struct ln_batch *b = ln_zalloc(sizeof *b);
    atomic_init(&b->refs, 1);
    ln_arena_init(&b->arena, 4096);
    return b;
}

struct ln_record *
ln_batch_add(struct ln_batch *b, enum ln_record_type type)
{
    if (b->count == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 16;
        b->records = ln_grow(b->records, b->cap, sizeof *b->records);
    }
    struct ln_record *r = &b->records[b->count++];
    memset(r, 0, sizeof *r);
    r->type = (uint8_t)type;
    return r;
}

void
ln_batch_ref_n(struct ln_batch *b, unsigned n)
{
    atomic_fetch_add_explicit(&b->refs, n, memory_order_relaxed);
}

void
ln_batch_unref(struct ln_batch *b)
{
    /* acq_rel: the one that frees sees what all others did before they let go */
    if (atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (uint32_t i = 0; i < b->count; i++) {
        ln_entry_unref(b->records[i].entry);
    }
    free(b->records);
    ln_arena_deinit(&b->arena);
    free(b);
}
