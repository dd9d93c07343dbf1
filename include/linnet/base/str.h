/* SPDX-License-Identifier: MIT
 * str.h - a borrowed run of bytes: pointer and length, no NUL needed.
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_STR_H
#define LINNET_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct ln_str {
    const char *p; /* may be NULL where n is 0 */
    size_t n;
};

#define LN_STR(literal) ((struct ln_str){"" literal, sizeof(literal) - 1})

static inline struct ln_str
ln_str(const char *s)
{
    return (struct ln_str){s, s ? strlen(s) : 0};
}

static inline bool
ln_str_eq(struct ln_str a, struct ln_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool ln_str_ieq(struct ln_str a, struct ln_str b); /* ASCII case-insensitive */
struct ln_str ln_str_trim(struct ln_str s);        /* without SP and HTAB at both ends */

/* Decimal digits only, no sign, no leading zero but "0" itself; false where not, or above max. */
bool ln_str_u64(struct ln_str s, unsigned long long max, unsigned long long *out);

#endif
