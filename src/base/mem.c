/* SPDX-License-Identifier: MIT
 * mem.c - malloc and friends that end the process where memory is out.
 *
 * A request for 0 bytes returns a pointer that can be freed, so that NULL never means anything.
 */
#include "linnet/base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/assert.h"

static void *
check_alloc(void *p, size_t n)
{
    if (!p)
        ln_die(1, "out of memory (%zu bytes wanted)", n);
    return p;
}

void *
ln_alloc(size_t n)
{
    return check_alloc(malloc(n ? n : 1), n);
}

void *
ln_zalloc(size_t n)
{
    return check_alloc(calloc(1, n ? n : 1), n);
}

void *
ln_realloc(void *p, size_t n)
{
    return check_alloc(realloc(p, n ? n : 1), n);
}

void *
ln_grow(void *p, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        n = SIZE_MAX; /* no allocator grants it: the message below is the right one */
    return ln_realloc(p, n);
}

char *
ln_strdup(const char *s)
{
    return ln_strndup(s, strlen(s));
}

char *
ln_strndup(const char *s, size_t n)
{
    size_t size;
    if (__builtin_add_overflow(n, (size_t)1, &size))
        size = SIZE_MAX;
    char *copy = ln_alloc(size);
    if (n > 0)
        memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}
