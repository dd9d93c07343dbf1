/* SPDX-License-Identifier: MIT
 * clock.c - the system's clocks, or the ones a test has set.
 */
#include "linnet/base/clock.h"

#include <stdbool.h>
#include <time.h>

#include "linnet/base/assert.h"

/* Plain variables: only single-threaded tests write them, and in the server nobody does. */
static bool is_fake;
static uint64_t fake_mono_ms;
static ln_ts fake_wall_ms;

static uint64_t
read_us(clockid_t clock)
{
    struct timespec ts;
    LN_ASSERT(clock_gettime(clock, &ts) == 0);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t
ln_mono_us(void)
{
    return is_fake ? fake_mono_ms * 1000 : read_us(CLOCK_MONOTONIC);
}

uint64_t
ln_mono_ms(void)
{
    return ln_mono_us() / 1000;
}

ln_ts
ln_wall_ms(void)
{
    return is_fake ? fake_wall_ms : (ln_ts)(read_us(CLOCK_REALTIME) / 1000);
}

void
ln_clock_fake(uint64_t mono_ms, ln_ts wall_ms)
{
    is_fake = true;
    fake_mono_ms = mono_ms;
    fake_wall_ms = wall_ms;
}

void
ln_clock_real(void)
{
    is_fake = false;
}
