/* SPDX-License-Identifier: MIT
 * json_priv.h - reads a JSON text (RFC 8259) of a peer into a tree, where it stands.
 *
 * The decoder's own, because it is a third of a message's cost with a library that allocates each
 * value: here a message of ordinary size takes no allocation, and a string without escapes is a
 * slice of the text. Strict beyond the grammar: nesting LN_JSON_DEPTH, no name twice in an object,
 * no NUL, well-formed UTF-8, no lone surrogate, whole numbers within int64, others finite.
 *
 * Thread:  any. Pure.
 * Owns:    the tree, until ln_json_deinit. Borrows the text as long.
 */
#ifndef LINNET_API_JSON_PRIV_H
#define LINNET_API_JSON_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/arena.h"
#include "linnet/base/err.h"
#include "linnet/base/str.h"

#define LN_JSON_NEAR 32 /* values held without an allocation */

enum ln_json_type {
    LN_JSON_NULL,
    LN_JSON_FALSE,
    LN_JSON_TRUE,
    LN_JSON_WHOLE, /* without fraction and exponent */
    LN_JSON_REAL,
    LN_JSON_STRING,
    LN_JSON_LIST,
    LN_JSON_OBJECT
};

struct ln_json {
    enum ln_json_type type;
    uint32_t count;        /* of the values inside */
    struct ln_str key;     /* its name, where it stands in an object */
    struct ln_str str;     /* STRING: decoded; number: as written */
    int64_t whole;         /* WHOLE: its value */
    struct ln_json *first; /* of the values inside, in their order */
    struct ln_json *next;
};

struct ln_json_doc {
    struct ln_str text;
    size_t at;
    unsigned depth;
    uint32_t used; /* of near */
    bool is_deep;  /* the reason was the nesting */
    struct ln_arena arena;
    struct ln_json near[LN_JSON_NEAR];
};

/* The whole text is one value; NULL where it is not JSON as above. Either way deinit follows. */
const struct ln_json *ln_json_read(struct ln_json_doc *d, struct ln_str text);
void ln_json_deinit(struct ln_json_doc *d);

/* The member of that name; NULL where there is none or v is no object (v may be NULL). */
const struct ln_json *ln_json_get(const struct ln_json *v, struct ln_str name);

/* v without spaces and without escapes that need not be, into a: never longer than it came. */
struct ln_str ln_json_compact(const struct ln_json *v, struct ln_arena *a);

#endif
