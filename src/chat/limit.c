/* SPDX-License-Identifier: MIT
 * limit.c - the bucket as one number: the moment at which it will be full again.
 */
#include "linnet/chat/limit.h"

bool
ln_limit_take(struct ln_limit *l, uint32_t cost, uint32_t burst, uint32_t period_ms,
              uint64_t now_ms, uint32_t *retry_ms)
{
    /* in microseconds, so that a large burst still costs something a piece */
    uint64_t now = now_ms * 1000, period = (uint64_t)period_ms * 1000;
    if (cost > burst) {
        cost = burst; /* more than the bucket holds: all of it, for else it could never be done */
    }
    uint64_t full = l->full_us > now ? l->full_us : now;
    uint64_t after = full + period * cost / burst;
    if (after > now + period) {
        *retry_ms = (uint32_t)((after - now - period) / 1000 + 1);
        return false;
    }
    l->full_us = after;
    return true;
}
