/* SPDX-License-Identifier: MIT
 * limit.h - a token bucket: `burst` at once, refilled evenly over `period_ms`.
 *
 * Thread:  its owner's.
 */
#ifndef LINNET_CHAT_LIMIT_H
#define LINNET_CHAT_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct ln_limit {
    uint64_t full_us; /* when the bucket will be full again; past = it is */
};

/* Takes cost (at most burst); false, and *retry_ms (at least 1), where there is not enough. */
bool ln_limit_take(struct ln_limit *l, uint32_t cost, uint32_t burst, uint32_t period_ms,
                   uint64_t now_ms, uint32_t *retry_ms);

#endif
