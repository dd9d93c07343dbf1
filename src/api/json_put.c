/* SPDX-License-Identifier: MIT
 * json_put.c - a value that was read, written again: no space, no escape that need not be.
 */
#include <string.h>

#include "json_priv.h"
#include "linnet/base/assert.h"

static size_t
put(char *out, struct ln_str s)
{
    if (s.n) {
        memcpy(out, s.p, s.n);
    }
    return s.n;
}

static size_t
put_string(char *out, struct ln_str s)
{
    static const char hex[] = "0123456789abcdef", values[] = "\"\\\b\f\n\r\t",
                      names[] = "\"\\bfnrt";
    size_t n = 0;
    out[n++] = '"';
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            out[n++] = (char)c;
            continue;
        }
        const char *value = memchr(values, c, sizeof values - 1);
        out[n++] = '\\';
        if (value) {
            out[n++] = names[value - values];
        } else {
            n += put(out + n, LN_STR("u00"));
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        }
    }
    out[n++] = '"';
    return n;
}

static size_t
put_value(char *out, const struct ln_json *v)
{
    static const char opens[] = "[{", closes[] = "]}";
    size_t n = 0;
    switch (v->type) {
    case LN_JSON_NULL:
        return put(out, LN_STR("null"));
    case LN_JSON_FALSE:
        return put(out, LN_STR("false"));
    case LN_JSON_TRUE:
        return put(out, LN_STR("true"));
    case LN_JSON_STRING:
        return put_string(out, v->str);
    case LN_JSON_WHOLE:
    case LN_JSON_REAL:
        return put(out, v->str);
    default:
        break;
    }
    out[n++] = opens[v->type == LN_JSON_OBJECT];
    for (const struct ln_json *in = v->first; in; in = in->next) {
        if (in != v->first) {
            out[n++] = ',';
        }
        if (v->type == LN_JSON_OBJECT) {
            n += put_string(out + n, in->key);
            out[n++] = ':';
        }
        n += put_value(out + n, in);
    }
    out[n++] = closes[v->type == LN_JSON_OBJECT];
    return n;
}

static size_t
string_bytes(struct ln_str s)
{
    size_t n = s.n + 2;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        n += c == '"' || c == '\\' ? 1 : c < 0x20 ? 5 : 0;
    }
    return n;
}

/* At least what put_value writes. */
static size_t
value_bytes(const struct ln_json *v)
{
    size_t n = v->type == LN_JSON_STRING ? string_bytes(v->str) : v->str.n + sizeof "false";
    for (const struct ln_json *in = v->first; in; in = in->next) {
        n += value_bytes(in) + string_bytes(in->key) + 2;
    }
    return n;
}

struct ln_str
ln_json_compact(const struct ln_json *v, struct ln_arena *a)
{
    size_t room = value_bytes(v);
    char *out = ln_arena_alloc(a, room);
    size_t n = put_value(out, v);
    LN_ASSERT(n <= room);
    return (struct ln_str){out, n};
}
