/* SPDX-License-Identifier: MIT
 * receipt.c - see receipt.h.
 */
#include "linnet/chat/receipt.h"

#include <stdlib.h>

#include "linnet/base/mem.h"

void
ln_receipts_init(struct ln_receipts *r)
{
    *r = (struct ln_receipts){0};
    ln_map_init(&r->index);
}

void
ln_receipts_deinit(struct ln_receipts *r)
{
    ln_map_deinit(&r->index);
    free(r->list);
}

void
ln_receipts_merge(struct ln_receipts *r, ln_chat_id chat, ln_user_id user, ln_seq delivered,
                  ln_seq read)
{
    uint64_t key = (uint64_t)chat << 32 | user;
    uintptr_t at = (uintptr_t)ln_map_get(&r->index, key);
    if (!at) {
        if (r->count == r->cap) {
            r->cap = r->cap ? r->cap * 2 : 64;
            r->list = ln_grow(r->list, r->cap, sizeof *r->list);
        }
        r->list[r->count] = (struct ln_receipt){chat, user, 0, 0};
        at = ++r->count;
        ln_map_put(&r->index, key, (void *)at);
    }
    struct ln_receipt *m = &r->list[at - 1];
    m->delivered = delivered > m->delivered ? delivered : m->delivered;
    m->read = read > m->read ? read : m->read;
}

struct ln_receipt *
ln_receipts_take(struct ln_receipts *r, uint32_t *count)
{
    struct ln_receipt *list = r->list;
    *count = r->count;
    ln_map_deinit(&r->index);
    ln_receipts_init(r);
    return list;
}
