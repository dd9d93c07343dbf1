/* SPDX-License-Identifier: MIT
 * utf8.c - the table of well-formed byte sequences of RFC 3629 section 4, as comparisons.
 */
#include "linnet/base/utf8.h"

#include <stdint.h>
#include <string.h>

static bool
is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* The length of the character at p (n >= 1 bytes are there), 0 where it is not well-formed. The
 * second byte alone tells overlong forms (E0, F0), surrogates (ED) and what lies past U+10FFFF. */
static size_t
char_length(const unsigned char *p, size_t n)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4 || n < 2)
        return 0;
    if (c < 0xe0)
        return is_tail(p[1]) ? 2 : 0;
    unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high || n < 3 || !is_tail(p[2]))
        return 0;
    if (c < 0xf0)
        return 3;
    return n >= 4 && is_tail(p[3]) ? 4 : 0;
}

bool
ln_utf8_is_valid(const char *p, size_t n)
{
    const unsigned char *at = (const unsigned char *)p;
    while (n > 0) {
        uint64_t word;
        if (n >= sizeof word) { /* most text is ASCII: eight bytes at a step */
            memcpy(&word, at, sizeof word);
            if ((word & 0x8080808080808080u) == 0) {
                at += sizeof word;
                n -= sizeof word;
                continue;
            }
        }
        size_t len = char_length(at, n);
        if (len == 0)
            return false;
        at += len;
        n -= len;
    }
    return true;
}

bool
ln_utf8_has_control(const char *p, size_t n)
{
    const unsigned char *at = (const unsigned char *)p;
    for (size_t i = 0; i < n; i++) {
        if (at[i] < 0x20 || at[i] == 0x7f)
            return true;
        /* U+0080 … U+009F are C2 80 … C2 9F; C2 is never a second byte. */
        if (at[i] == 0xc2 && i + 1 < n && at[i + 1] >= 0x80 && at[i + 1] <= 0x9f)
            return true;
    }
    return false;
}
