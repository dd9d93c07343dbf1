/* SPDX-License-Identifier: MIT
 * hex.c - bytes as text and back.
 *
 * Decoding accepts exactly one spelling of each value: the right length and no stray low bits, so
 * that a token cannot be written in two ways.
 */
#include "linnet/base/hex.h"

static const char b64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
ln_hex(char *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
    *out = '\0';
}

size_t
ln_b64url(char *out, const uint8_t *p, size_t n)
{
    char *at = out;
    uint32_t bits = 0; /* not yet written, the newest lowest */
    unsigned have = 0; /* how many */
    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | p[i];
        for (have += 8; have >= 6; have -= 6)
            *at++ = b64_digits[bits >> (have - 6) & 63];
    }
    if (have > 0)
        *at++ = b64_digits[bits << (6 - have) & 63];
    *at = '\0';
    return (size_t)(at - out);
}

static int
b64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
ln_b64url_decode(uint8_t *out, size_t out_n, const char *p, size_t n)
{
    if (n > SIZE_MAX / 3 || n % 4 == 1 || n * 3 / 4 != out_n)
        return false;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < n; i++) {
        int v = b64_value(p[i]);
        if (v < 0)
            return false;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            *out++ = (uint8_t)(bits >> have);
        }
    }
    return (bits & ((1u << have) - 1)) == 0;
}
