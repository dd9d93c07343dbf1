/* SPDX-License-Identifier: MIT
 * str.c - comparing, trimming and reading numbers from borrowed bytes, without any locale.
 */
#include "linnet/base/str.h"

static char
lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool
ln_str_ieq(struct ln_str a, struct ln_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower_ascii(a.p[i]) != lower_ascii(b.p[i]))
            return false;
    }
    return true;
}

struct ln_str
ln_str_trim(struct ln_str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool
ln_str_u64(struct ln_str s, unsigned long long max, unsigned long long *out)
{
    if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
        return false;
    unsigned long long v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        unsigned digit = (unsigned)(s.p[i] - '0');
        if (__builtin_mul_overflow(v, 10ULL, &v) || __builtin_add_overflow(v, digit, &v))
            return false;
    }
    if (v > max)
        return false;
    *out = v;
    return true;
}
