/* SPDX-License-Identifier: MIT
 * buf.h - bytes that grow up to a maximum.
 *
 * Thread:  its owner's.
 * Fails:   an append past max appends nothing, sets `overflow` and all later appends do nothing:
 *          check once at the end.
 */
#ifndef LINNET_BASE_BUF_H
#define LINNET_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"
#include "linnet/base/str.h"

struct ln_buf {
    char *p;
    size_t n;
    size_t cap;
    size_t max;
    bool overflow;
};

void ln_buf_init(struct ln_buf *b, size_t max_bytes); /* allocates nothing yet */
void ln_buf_deinit(struct ln_buf *b);                 /* frees; b is empty and usable again */
void ln_buf_clear(struct ln_buf *b);                  /* keeps the memory, clears overflow */

void ln_buf_add(struct ln_buf *b, const void *p, size_t n);
void ln_buf_adds(struct ln_buf *b, const char *s);
void ln_buf_addc(struct ln_buf *b, char c);
void ln_buf_addu(struct ln_buf *b, uint64_t v); /* decimal */
void ln_buf_addi(struct ln_buf *b, int64_t v);
void ln_buf_addf(struct ln_buf *b, const char *fmt, ...) LN_PRINTF(2, 3);
void ln_buf_add_json(struct ln_buf *b,
                     struct ln_str s);              /* a JSON string with its quotes; s is UTF-8 */
void ln_buf_drop_front(struct ln_buf *b, size_t n); /* removes the first n bytes */
char *ln_buf_reserve(struct ln_buf *b, size_t n);   /* room for n more bytes, or NULL: overflow */
const char *ln_buf_cstr(struct ln_buf *b); /* NUL-terminated view; the NUL is not counted */

static inline struct ln_str
ln_buf_str(const struct ln_buf *b)
{
    return (struct ln_str){b->p, b->n};
}

#endif
