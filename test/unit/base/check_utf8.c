/* SPDX-License-Identifier: MIT
 * check_utf8.c - every code point, every two-byte start, and the known bad sequences.
 */
#include "linnet/base/utf8.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "linnet/base/mem.h"

/* Encodes by the formula of RFC 3629 section 3, without its exceptions. */
static size_t
encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

START_TEST(every_code_point)
{
    for (uint32_t c = 0; c < 0x1fffff; c++) {
        char text[4];
        size_t n = encode(text, c);
        bool good = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (ln_utf8_is_valid(text, n) != good)
            ck_abort_msg("U+%04X: wrong verdict", (unsigned)c);
        if (n > 1 && ln_utf8_is_valid(text, n - 1))
            ck_abort_msg("U+%04X: cut short, yet valid", (unsigned)c);
    }
}
END_TEST

START_TEST(known_bad_sequences)
{
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc3(",
        "\xe2\x28\xa1",
        "\xe2\x82(",
        "\xf0\x28\x8c\xbc",
        "\xf0\x90\x28\xbc",
        "\xf0\x90\x8c(",
    };
    char text[64];
    for (size_t i = 0; i < LN_COUNT(bad); i++) {
        size_t n = strlen(bad[i]);
        ck_assert_msg(!ln_utf8_is_valid(bad[i], n), "row %zu", i);
        /* At every place of a longer text, so that the eight-byte steps meet it everywhere. */
        for (size_t at = 0; at < 20; at++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, bad[i], n);
            ck_assert(!ln_utf8_is_valid(text, sizeof text));
        }
    }
}
END_TEST

START_TEST(good_text_at_every_place)
{
    char text[64];
    for (size_t at = 0; at < 60; at++) {
        memset(text, 'a', sizeof text);
        memcpy(text + at, "\xf0\x9f\x91\x8d", 4);
        ck_assert(ln_utf8_is_valid(text, sizeof text));
    }
    ck_assert(ln_utf8_is_valid("", 0));
    ck_assert(ln_utf8_is_valid(NULL, 0));
    ck_assert(ln_utf8_is_valid("a\0b", 3));
}
END_TEST

START_TEST(controls)
{
    for (uint32_t c = 0; c < 0x300; c++) {
        char text[8] = "ab";
        size_t n = 2 + encode(text + 2, c);
        text[n++] = 'z';
        bool is_control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
        ck_assert_int_eq(ln_utf8_has_control(text, n), is_control);
    }
    ck_assert(!ln_utf8_has_control("", 0));
    ck_assert(!ln_utf8_has_control("\xc3\x80\xe2\x82\x85", 5)); /* 80 and 85 as tails */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tc = tcase_create("utf8");
    tcase_add_test(tc, every_code_point);
    tcase_add_test(tc, known_bad_sequences);
    tcase_add_test(tc, good_text_at_every_place);
    tcase_add_test(tc, controls);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
