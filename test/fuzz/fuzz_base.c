/* SPDX-License-Identifier: MIT
 * fuzz_base.c - the small things everything stands on, against the plainest way to say the same:
 * UTF-8, numbers, base64url, JSON strings, and a buffer against an array.
 */
#include <jansson.h>

#include "fuzz.h"
#include "linnet/base/buf.h"
#include "linnet/base/hex.h"
#include "linnet/base/utf8.h"

#define MODEL_MAX 512

/* The code point at *p by the table of RFC 3629 section 4, moving *p; -1 where there is none. */
static long
next_point(const uint8_t **p, const uint8_t *end)
{
    static const struct {
        uint8_t lead_min, lead_max, second_min, second_max, more;
    } rows[] = {
        {0x00, 0x7f, 0, 0, 0},       {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2},
        {0xe1, 0xec, 0x80, 0xbf, 2}, {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2},
        {0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
    };
    const uint8_t *s = *p;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (s[0] < rows[i].lead_min || s[0] > rows[i].lead_max) {
            continue;
        }
        long point = rows[i].more == 0 ? s[0] : s[0] & (0x3f >> rows[i].more);
        for (int k = 1; k <= rows[i].more; k++) {
            uint8_t min = k == 1 ? rows[i].second_min : 0x80;
            uint8_t max = k == 1 ? rows[i].second_max : 0xbf;
            if (s + k >= end || s[k] < min || s[k] > max) {
                return -1;
            }
            point = point << 6 | (s[k] & 0x3f);
        }
        *p = s + 1 + rows[i].more;
        return point;
    }
    return -1;
}

static void
check_json(struct ln_str s)
{
    struct ln_buf b;
    ln_buf_init(&b, 1u << 20);
    ln_buf_add_json(&b, s);
    FUZZ_CHECK(!b.overflow);
    json_t *v = json_loadb(b.p, b.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    FUZZ_CHECK(json_is_string(v));
    FUZZ_CHECK(ln_str_eq(s, (struct ln_str){json_string_value(v), json_string_length(v)}));
    json_decref(v);
    ln_buf_deinit(&b);
}

static void
check_utf8(const uint8_t *p, size_t n)
{
    const uint8_t *at = p, *end = p + n;
    long point = 0;
    bool control = false;
    while (at < end && (point = next_point(&at, end)) >= 0) {
        control = control || point < 0x20 || (point >= 0x7f && point <= 0x9f);
    }
    FUZZ_CHECK(ln_utf8_is_valid((const char *)p, n) == (point >= 0));
    if (point >= 0) {
        FUZZ_CHECK(ln_utf8_has_control((const char *)p, n) == control);
        check_json((struct ln_str){(const char *)p, n});
    }
}

static void
check_number(const char *p, size_t n)
{
    unsigned long long v = 0, want = 0;
    bool good = n > 0 && (p[0] != '0' || n == 1);
    for (size_t i = 0; i < n && good; i++) {
        good = p[i] >= '0' && p[i] <= '9' && !__builtin_mul_overflow(want, 10, &want) &&
               !__builtin_add_overflow(want, (unsigned)(p[i] - '0'), &want);
    }
    FUZZ_CHECK(ln_str_u64((struct ln_str){p, n}, UINT64_MAX, &v) == good);
    FUZZ_CHECK(!good || v == want);
    if (good && want > 0) {
        FUZZ_CHECK(ln_str_u64((struct ln_str){p, n}, want, &v));
        FUZZ_CHECK(!ln_str_u64((struct ln_str){p, n}, want - 1, &v));
    }
}

/* Bytes have one spelling, and only it is read back. */
static void
check_base64(const uint8_t *p, size_t n)
{
    char text[4 * MODEL_MAX];
    uint8_t back[MODEL_MAX];
    n = n < MODEL_MAX ? n : MODEL_MAX;
    size_t text_n = ln_b64url(text, p, n);
    FUZZ_CHECK(text_n == (4 * n + 2) / 3 && text[text_n] == '\0');
    FUZZ_CHECK(ln_b64url_decode(back, n, text, text_n) && memcmp(back, p, n) == 0);
    size_t out_n = n * 3 / 4;
    if (ln_b64url_decode(back, out_n, (const char *)p, n)) {
        FUZZ_CHECK(ln_b64url(text, back, out_n) == n && memcmp(text, p, n) == 0);
    }
}

static void
check_buf(struct fuzz_bytes *in)
{
    char model[MODEL_MAX];
    size_t n = 0, max = fuzz_byte(in) * 2u;
    bool overflow = false;
    struct ln_buf b;
    ln_buf_init(&b, max);
    while (in->n) {
        uint8_t what = fuzz_byte(in);
        size_t len = fuzz_byte(in) % 64;
        len = len < in->n ? len : in->n;
        if (what % 8 == 0) {
            ln_buf_clear(&b);
            n = 0;
            overflow = false;
        } else if (what % 8 == 1) {
            size_t cut = len < n ? len : n;
            ln_buf_drop_front(&b, cut);
            memmove(model, model + cut, n - cut);
            n -= cut;
        } else if (what % 8 == 2) {
            bool fits = !overflow && len <= max - n && max > 0;
            FUZZ_CHECK((ln_buf_reserve(&b, len) != NULL) == fits);
            overflow = !fits;
        } else {
            if (what % 8 == 3) {
                ln_buf_addf(&b, "%.*s", (int)strnlen((const char *)in->p, len),
                            (const char *)in->p);
                len = strnlen((const char *)in->p, len);
            } else {
                ln_buf_add(&b, in->p, len);
            }
            overflow = overflow || len > max - n;
            if (!overflow) {
                memcpy(model + n, in->p, len);
                n += len;
            }
            in->p += len;
            in->n -= len;
        }
        FUZZ_CHECK(b.n == n && b.overflow == overflow && (n == 0 || memcmp(b.p, model, n) == 0));
    }
    ln_buf_deinit(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    switch (fuzz_byte(&in) % 4) {
    case 0:
        check_utf8(in.p, in.n);
        break;
    case 1:
        check_number((const char *)in.p, in.n);
        break;
    case 2:
        check_base64(in.p, in.n);
        break;
    default:
        check_buf(&in);
        break;
    }
    return 0;
}
