/* SPDX-License-Identifier: MIT
 * buf.c - a growing run of bytes with a maximum.
 *
 * The allocation is always one byte longer than `cap`, so that a NUL can be set behind a full
 * buffer. A refused realloc counts as overflow, not as the end of the process: a peer may have
 * asked for those bytes, and its request can be refused.
 */
#include "linnet/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/assert.h"

#define BUF_FIRST_BYTES 64 /* smallest allocation */

/* Makes room for n more bytes; false (and overflow set) where max or memory do not allow it. */
static bool
make_room(struct ln_buf *b, size_t n)
{
    if (b->overflow)
        return false;
    if (n <= b->cap - b->n)
        return true;
    if (n > b->max - b->n) {
        b->overflow = true;
        return false;
    }
    size_t need = b->n + n; /* <= max, so it cannot wrap */
    size_t cap = b->cap > b->max / 2 ? b->max : b->cap * 2;
    if (cap < BUF_FIRST_BYTES)
        cap = BUF_FIRST_BYTES < b->max ? BUF_FIRST_BYTES : b->max;
    if (cap < need)
        cap = need;
    char *p = cap < SIZE_MAX ? realloc(b->p, cap + 1) : NULL;
    if (!p) {
        b->overflow = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void
ln_buf_init(struct ln_buf *b, size_t max_bytes)
{
    *b = (struct ln_buf){.max = max_bytes};
}

void
ln_buf_deinit(struct ln_buf *b)
{
    free(b->p);
    ln_buf_init(b, b->max);
}

void
ln_buf_clear(struct ln_buf *b)
{
    b->n = 0;
    b->overflow = false;
}

void
ln_buf_add(struct ln_buf *b, const void *p, size_t n)
{
    if (n == 0 || !make_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void
ln_buf_adds(struct ln_buf *b, const char *s)
{
    ln_buf_add(b, s, strlen(s));
}

void
ln_buf_addc(struct ln_buf *b, char c)
{
    if (!make_room(b, 1))
        return;
    b->p[b->n++] = c;
}

void
ln_buf_addu(struct ln_buf *b, uint64_t v)
{
    char digits[20]; /* 2^64-1 has 20 */
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    ln_buf_add(b, digits + at, sizeof digits - at);
}

void
ln_buf_addi(struct ln_buf *b, int64_t v)
{
    if (v >= 0) {
        ln_buf_addu(b, (uint64_t)v);
        return;
    }
    size_t start = b->n;
    ln_buf_addc(b, '-');
    ln_buf_addu(b, 0 - (uint64_t)v); /* well defined for INT64_MIN too */
    if (b->overflow)
        b->n = start;
}

void
ln_buf_addf(struct ln_buf *b, const char *fmt, ...)
{
    if (b->overflow)
        return;
    /* The byte behind cap is ours for the NUL; a buffer without memory measures only. */
    size_t room = b->p ? b->cap - b->n + 1 : 0;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(b->p ? b->p + b->n : NULL, room, fmt, ap);
    va_end(ap);
    LN_ASSERT(n >= 0);
    if ((size_t)n >= room) {
        if (n == 0 || !make_room(b, (size_t)n))
            return;
        va_start(ap, fmt);
        n = vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
        va_end(ap);
        LN_ASSERT(n >= 0);
    }
    b->n += (size_t)n;
}

/* The letter after the backslash, or 0 where the byte needs the \u00XX form. */
static char
short_escape(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void
add_escape(struct ln_buf *b, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char letter = short_escape(c);
    if (letter)
        ln_buf_add(b, (char[]){'\\', letter}, 2);
    else
        ln_buf_add(b, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
}

void
ln_buf_add_json(struct ln_buf *b, struct ln_str s)
{
    size_t start = b->n;
    size_t run = 0; /* start of the bytes not yet copied */
    ln_buf_addc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        ln_buf_add(b, s.p + run, i - run);
        add_escape(b, c);
        run = i + 1;
    }
    if (s.n > run)
        ln_buf_add(b, s.p + run, s.n - run);
    ln_buf_addc(b, '"');
    if (b->overflow)
        b->n = start; /* never half a string */
}

void
ln_buf_drop_front(struct ln_buf *b, size_t n)
{
    LN_ASSERT(n <= b->n);
    if (n == 0)
        return;
    b->n -= n;
    memmove(b->p, b->p + n, b->n);
}

char *
ln_buf_reserve(struct ln_buf *b, size_t n)
{
    /* At least one byte, so that NULL means overflow alone. */
    if (!make_room(b, n) || (!b->p && !make_room(b, 1)))
        return NULL;
    return b->p + b->n;
}

const char *
ln_buf_cstr(struct ln_buf *b)
{
    if (!b->p)
        return "";
    b->p[b->n] = '\0';
    return b->p;
}
