/* SPDX-License-Identifier: MIT
 * check_hex.c - the vectors of RFC 4648 section 10, round trips, and one spelling a value.
 */
#include "linnet/base/hex.h"

#include <check.h>
#include <string.h>

#include "linnet/base/mem.h"

START_TEST(hex_is_lower_case)
{
    char out[9];
    ln_hex(out, (const uint8_t[]){0x00, 0x9a, 0xff, 0x0f}, 4);
    ck_assert_str_eq(out, "009aff0f");
    ln_hex(out, NULL, 0);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(rfc_4648_vectors)
{
    static const struct {
        const char *plain;
        const char *text;
    } rows[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        uint8_t bytes[8];
        char text[16];
        size_t n = strlen(rows[i].plain);
        memcpy(bytes, rows[i].plain, n);
        ck_assert_uint_eq(ln_b64url(text, bytes, n), strlen(rows[i].text));
        ck_assert_str_eq(text, rows[i].text);
        uint8_t back[8];
        ck_assert(ln_b64url_decode(back, n, text, strlen(text)));
        ck_assert_mem_eq(back, bytes, n);
    }
}
END_TEST

START_TEST(every_length_round_trips)
{
    uint8_t bytes[100];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        char text[140];
        size_t len = ln_b64url(text, bytes, n);
        ck_assert_uint_eq(len, (4 * n + 2) / 3);
        uint8_t back[100];
        ck_assert(ln_b64url_decode(back, n, text, len));
        ck_assert(memcmp(back, bytes, n) == 0);
        ck_assert(!ln_b64url_decode(back, n + 1, text, len));
        if (n > 0)
            ck_assert(!ln_b64url_decode(back, n - 1, text, len));
    }
}
END_TEST

START_TEST(other_spellings_are_refused)
{
    static const char *const bad[] = {
        "Zg==", "Zh", "Zm9=", "Zm9", "Z", "Zg\n", " Zg", "Zm+v", "Zm/v", "Zm9v\xc3",
    };
    for (size_t i = 0; i < LN_COUNT(bad); i++) {
        uint8_t out[8];
        for (size_t out_n = 0; out_n <= 4; out_n++)
            ck_assert_msg(!ln_b64url_decode(out, out_n, bad[i], strlen(bad[i])), "row %zu", i);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hex");
    TCase *tc = tcase_create("hex");
    tcase_add_test(tc, hex_is_lower_case);
    tcase_add_test(tc, rfc_4648_vectors);
    tcase_add_test(tc, every_length_round_trips);
    tcase_add_test(tc, other_spellings_are_refused);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
