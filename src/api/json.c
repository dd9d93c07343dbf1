/* SPDX-License-Identifier: MIT
 * json.c - recursive descent over the text, at most LN_JSON_DEPTH deep.
 */
#include "json_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/api/decode.h"
#include "linnet/base/hash.h"
#include "linnet/base/utf8.h"

#define ARENA_BYTES 4096
#define FEW 8 /* names are compared pair by pair up to here, hashed above */

static struct ln_json *read_value(struct ln_json_doc *d);

static struct ln_json *
make_value(struct ln_json_doc *d, enum ln_json_type type)
{
    struct ln_json *v =
        d->used < LN_JSON_NEAR ? &d->near[d->used++] : ln_arena_alloc(&d->arena, sizeof *v);
    *v = (struct ln_json){.type = type};
    return v;
}

/* The byte at the place, 0 at the end (a NUL in the text is no token either). */
static char
peek(const struct ln_json_doc *d)
{
    return d->at < d->text.n ? d->text.p[d->at] : '\0';
}

static char
peek_token(struct ln_json_doc *d)
{
    char c = peek(d);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        d->at++;
        c = peek(d);
    }
    return c;
}

static bool
take(struct ln_json_doc *d, char c)
{
    bool is = peek_token(d) == c;
    d->at += is;
    return is;
}

/* ── strings ── */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The four digits after \u at p, of which end - p bytes are there; -1 where they are not. */
static int
hex4(const char *p, const char *end)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        int digit = p + i < end ? hex_digit(p[i]) : -1;
        if (digit < 0) {
            return -1;
        }
        v = v << 4 | digit;
    }
    return v;
}

static size_t
put_utf8(char *out, unsigned c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (char)((0xf00u >> n & 0xff) | c);
    return n;
}

/* \uXXXX, or two for a character past U+FFFF; *p is behind the u. 0 where it is not allowed. */
static unsigned
take_code_point(const char **p, const char *end)
{
    int high = hex4(*p, end);
    if (high <= 0 || (high >= 0xdc00 && high <= 0xdfff)) {
        return 0;
    }
    *p += 4;
    if (high < 0xd800 || high > 0xdbff) {
        return (unsigned)high;
    }
    int low = end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' ? hex4(*p + 2, end) : -1;
    if (low < 0xdc00 || low > 0xdfff) {
        return 0;
    }
    *p += 6;
    return 0x10000u + ((unsigned)(high - 0xd800) << 10) + (unsigned)(low - 0xdc00);
}

/* What stands between the quotes, which has escapes. */
static bool
unescape(struct ln_json_doc *d, struct ln_str raw, struct ln_str *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char *to = ln_arena_alloc(&d->arena, raw.n);
    size_t n = 0;
    for (const char *p = raw.p, *end = raw.p + raw.n; p < end;) {
        const char *name;
        if (*p != '\\') {
            to[n++] = *p++;
            continue;
        }
        p++; /* one more is there: the quote behind raw is not escaped */
        if (*p == 'u') {
            p++;
            unsigned c = take_code_point(&p, end);
            if (c == 0) {
                return false;
            }
            n += put_utf8(to + n, c);
        } else if ((name = memchr(names, *p, sizeof names - 1))) {
            to[n++] = values[name - names];
            p++;
        } else {
            return false;
        }
    }
    *out = (struct ln_str){to, n};
    return true;
}

static bool
read_string(struct ln_json_doc *d, struct ln_str *out)
{
    if (!take(d, '"')) {
        return false;
    }
    const char *from = d->text.p + d->at;
    bool has_escapes = false;
    for (; d->at < d->text.n; d->at++) {
        unsigned char c = (unsigned char)d->text.p[d->at];
        if (c == '"') {
            *out = (struct ln_str){from, (size_t)(d->text.p + d->at - from)};
            d->at++;
            return !has_escapes || unescape(d, *out, out);
        }
        if (c < 0x20) {
            return false;
        }
        if (c == '\\') {
            has_escapes = true;
            d->at++; /* what it escapes is no end */
            if ((unsigned char)peek(d) < 0x20) {
                return false;
            }
        }
    }
    return false;
}

/* ── numbers, RFC 8259 section 6 ── */

static bool
take_digits(struct ln_json_doc *d)
{
    size_t from = d->at;
    while (peek(d) >= '0' && peek(d) <= '9') {
        d->at++;
    }
    return d->at > from;
}

static bool
take_number(struct ln_json_doc *d, bool *is_whole)
{
    *is_whole = true;
    d->at += peek(d) == '-';
    bool is_zero = peek(d) == '0';
    if (is_zero) {
        d->at++;
    } else if (!take_digits(d)) {
        return false;
    }
    if (peek(d) == '.') {
        *is_whole = false;
        d->at++;
        if (!take_digits(d)) {
            return false;
        }
    }
    if (peek(d) == 'e' || peek(d) == 'E') {
        *is_whole = false;
        d->at++;
        d->at += peek(d) == '+' || peek(d) == '-';
        return take_digits(d);
    }
    return true;
}

static bool
whole_of(struct ln_str s, int64_t *out)
{
    bool is_negative = s.p[0] == '-';
    int64_t v = 0;
    for (size_t i = is_negative; i < s.n; i++) {
        int64_t digit = s.p[i] - '0';
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, is_negative ? -digit : digit, &v)) {
            return false;
        }
    }
    *out = v;
    return true;
}

static struct ln_json *
read_number(struct ln_json_doc *d)
{
    size_t from = d->at;
    bool is_whole;
    if (!take_number(d, &is_whole)) {
        return NULL;
    }
    struct ln_json *v = make_value(d, is_whole ? LN_JSON_WHOLE : LN_JSON_REAL);
    v->str = (struct ln_str){d->text.p + from, d->at - from};
    bool fits = is_whole ? whole_of(v->str, &v->whole)
                         : isfinite(strtod(ln_arena_strdup(&d->arena, v->str), NULL));
    return fits ? v : NULL;
}

/* ── lists and objects ── */

static bool
enter(struct ln_json_doc *d)
{
    d->is_deep |= d->depth == LN_JSON_DEPTH;
    d->at++;
    return d->depth++ < LN_JSON_DEPTH;
}

static void
append(struct ln_json *parent, struct ln_json **last, struct ln_json *v)
{
    *(*last ? &(*last)->next : &parent->first) = v;
    *last = v;
    parent->count++;
}

static struct ln_json *
read_list(struct ln_json_doc *d)
{
    struct ln_json *list = make_value(d, LN_JSON_LIST), *last = NULL;
    if (!enter(d)) {
        return NULL;
    }
    if (!take(d, ']')) {
        do {
            struct ln_json *v = read_value(d);
            if (!v) {
                return NULL;
            }
            append(list, &last, v);
        } while (take(d, ','));
        if (!take(d, ']')) {
            return NULL;
        }
    }
    d->depth--;
    return list;
}

/* Many names: each into a table of at least twice their number. */
static bool
has_twin_hashed(struct ln_json_doc *d, const struct ln_json *object)
{
    size_t cap = FEW;
    while (cap < (size_t)object->count * 2) {
        cap *= 2;
    }
    const struct ln_json **table = ln_arena_zalloc(&d->arena, cap * sizeof(struct ln_json *));
    for (const struct ln_json *v = object->first; v; v = v->next) {
        size_t i = ln_hash_bytes(v->key.p, v->key.n) & (cap - 1);
        for (; table[i]; i = (i + 1) & (cap - 1)) {
            if (ln_str_eq(table[i]->key, v->key)) {
                return true;
            }
        }
        table[i] = v;
    }
    return false;
}

static bool
has_twin(struct ln_json_doc *d, const struct ln_json *object)
{
    if (object->count > FEW) {
        return has_twin_hashed(d, object);
    }
    for (const struct ln_json *v = object->first; v; v = v->next) {
        for (const struct ln_json *other = v->next; other; other = other->next) {
            if (ln_str_eq(v->key, other->key)) {
                return true;
            }
        }
    }
    return false;
}

static struct ln_json *
read_object(struct ln_json_doc *d)
{
    struct ln_json *object = make_value(d, LN_JSON_OBJECT), *last = NULL;
    if (!enter(d)) {
        return NULL;
    }
    if (!take(d, '}')) {
        do {
            struct ln_str key;
            struct ln_json *v = read_string(d, &key) && take(d, ':') ? read_value(d) : NULL;
            if (!v) {
                return NULL;
            }
            v->key = key;
            append(object, &last, v);
        } while (take(d, ','));
        if (!take(d, '}') || has_twin(d, object)) {
            return NULL;
        }
    }
    d->depth--;
    return object;
}

static struct ln_json *
read_word(struct ln_json_doc *d, struct ln_str word, enum ln_json_type type)
{
    if (d->text.n - d->at < word.n || memcmp(d->text.p + d->at, word.p, word.n) != 0) {
        return NULL;
    }
    d->at += word.n;
    return make_value(d, type);
}

static struct ln_json *
read_value(struct ln_json_doc *d)
{
    struct ln_str s;
    struct ln_json *v;
    switch (peek_token(d)) {
    case '{':
        return read_object(d);
    case '[':
        return read_list(d);
    case '"':
        if (!read_string(d, &s)) {
            return NULL;
        }
        v = make_value(d, LN_JSON_STRING);
        v->str = s;
        return v;
    case 't':
        return read_word(d, LN_STR("true"), LN_JSON_TRUE);
    case 'f':
        return read_word(d, LN_STR("false"), LN_JSON_FALSE);
    case 'n':
        return read_word(d, LN_STR("null"), LN_JSON_NULL);
    default:
        return read_number(d);
    }
}

const struct ln_json *
ln_json_read(struct ln_json_doc *d, struct ln_str text)
{
    d->text = text;
    d->at = d->used = d->depth = 0;
    d->is_deep = false;
    ln_arena_init(&d->arena, ARENA_BYTES);
    if (!ln_utf8_is_valid(text.p, text.n)) {
        return NULL;
    }
    const struct ln_json *v = read_value(d);
    return v && peek_token(d) == '\0' && d->at == text.n ? v : NULL;
}

void
ln_json_deinit(struct ln_json_doc *d)
{
    ln_arena_deinit(&d->arena);
}

const struct ln_json *
ln_json_get(const struct ln_json *v, struct ln_str name)
{
    const struct ln_json *at = v && v->type == LN_JSON_OBJECT ? v->first : NULL;
    while (at && !ln_str_eq(at->key, name)) {
        at = at->next;
    }
    return at;
}
