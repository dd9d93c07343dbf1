/* SPDX-License-Identifier: MIT
 * assert.c - the two ways the process ends itself.
 *
 * Neither goes through ln_log(): the last words must come out whatever the log level is.
 */
#include "linnet/base/assert.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
ln_assert_failed(const char *cond, const char *file, int line, const char *func)
{
    char text[512];
    int n = snprintf(text, sizeof text, "linnet: bug: %s:%d: %s: %s does not hold\n", file, line,
                     func, cond);
    if (n > 0) {
        size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
        /* One write(2) without stdio, whose lock the failing thread may hold. The process ends
         * next, so there is nothing to do where it fails. */
        ssize_t ignored = write(STDERR_FILENO, text, len);
        (void)ignored;
    }
    abort();
}

void
ln_die(int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("linnet: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(code);
}
