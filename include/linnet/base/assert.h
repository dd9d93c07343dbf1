/* SPDX-License-Identifier: MIT
 * assert.h - our own bugs end the process, in every build; a bad environment ends the start.
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_ASSERT_H
#define LINNET_BASE_ASSERT_H

#include "linnet/base/err.h"

#define LN_ASSERT(cond) ((cond) ? (void)0 : ln_assert_failed(#cond, __FILE__, __LINE__, __func__))

/* The branch that cannot be. */
#define LN_WRONG(why) ln_assert_failed(why, __FILE__, __LINE__, __func__)

LN_NORETURN void ln_assert_failed(const char *cond, const char *file, int line, const char *func);

/* For cli/ and setup only: prints "linnet: …" on stderr and exits with code. */
LN_NORETURN void ln_die(int code, const char *fmt, ...) LN_PRINTF(2, 3);

#endif
