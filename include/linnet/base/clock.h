/* SPDX-License-Identifier: MIT
 * clock.h - the two clocks. Tests may stop and set both.
 *
 * Thread:  any; faking is for single-threaded tests.
 */
#ifndef LINNET_BASE_CLOCK_H
#define LINNET_BASE_CLOCK_H

#include <stdint.h>

#include "linnet/base/id.h"

uint64_t ln_mono_us(void); /* CLOCK_MONOTONIC, microseconds */
uint64_t ln_mono_ms(void);
ln_ts ln_wall_ms(void); /* CLOCK_REALTIME, milliseconds */

void ln_clock_fake(uint64_t mono_ms, ln_ts wall_ms); /* from now on the clocks stand there */
void ln_clock_real(void);

#endif
