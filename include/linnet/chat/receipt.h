/* SPDX-License-Identifier: MIT
 * receipt.h - delivered and read marks on their way to the store: the highest of each, merged.
 *
 * Thread:  the owning shard's.
 */
#ifndef LINNET_CHAT_RECEIPT_H
#define LINNET_CHAT_RECEIPT_H

#include <stdint.h>

#include "linnet/base/id.h"
#include "linnet/base/map.h"

#define LN_RECEIPT_MERGE_MS 250

struct ln_receipt {
    ln_chat_id chat;
    ln_user_id user;
    ln_seq delivered;
    ln_seq read;
};

struct ln_receipts {
    struct ln_map index; /* chat << 32 | user → place in list, plus 1 */
    uint32_t count;
    uint32_t cap;
    struct ln_receipt *list;
};

void ln_receipts_init(struct ln_receipts *r);
void ln_receipts_deinit(struct ln_receipts *r);
void ln_receipts_merge(struct ln_receipts *r, ln_chat_id chat, ln_user_id user, ln_seq delivered,
                       ln_seq read);
/* What was merged; the caller owns the list (free). Empty afterwards. */
struct ln_receipt *ln_receipts_take(struct ln_receipts *r, uint32_t *count);

#endif
