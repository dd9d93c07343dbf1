/* SPDX-License-Identifier: MIT
 * check_value.c - sizes, durations, times and near words.
 */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "linnet/base/mem.h"
#include "linnet/cli/value.h"

static const struct {
    const char *text;
    int64_t value; /* -1 = refused */
    const char *printed;
} sizes[] = {
    {"0", 0, "0"},
    {"512", 512, "512"},
    {"16K", 16384, "16K"},
    {"16k", 16384, "16K"},
    {"50M", 52428800, "50M"},
    {"2048M", 2147483648, "2G"},
    {"1025", 1025, "1025"},
    {"", -1, NULL},
    {"K", -1, NULL},
    {"16 K", -1, NULL},
    {"16KB", -1, NULL},
    {"-1", -1, NULL},
    {"1.5M", -1, NULL},
    {"9223372036854775807", INT64_MAX, "9223372036854775807"},
    {"9223372036854775808", -1, NULL},
    {"9007199254740992G", -1, NULL},
};

static const struct {
    const char *text;
    int64_t value;
    const char *printed;
} durations[] = {
    {"0", 0, "0"},
    {"500ms", 500, "500ms"},
    {"30s", 30000, "30s"},
    {"5m", 300000, "5m"},
    {"60m", 3600000, "1h"},
    {"24h", 86400000, "1d"},
    {"7d", 604800000, "7d"},
    {"1500ms", 1500, "1500ms"},
    {"30", -1, NULL},
    {"s", -1, NULL},
    {"5 m", -1, NULL},
    {"1w", -1, NULL},
    {"106751991168d", -1, NULL},
};

START_TEST(sizes_are_read_and_printed)
{
    char text[32];
    int64_t v = -1;
    enum ln_err err = ln_value_bytes(ln_str(sizes[_i].text), &v);

    ck_assert_int_eq(err, sizes[_i].value < 0 ? LN_EBADMSG : LN_OK);
    ck_assert_int_eq(v, sizes[_i].value);
    if (err == LN_OK) {
        ln_value_print_bytes(v, text, sizeof(text));
        ck_assert_str_eq(text, sizes[_i].printed);
    }
}
END_TEST

START_TEST(durations_are_read_and_printed)
{
    char text[32];
    int64_t v = -1;
    enum ln_err err = ln_value_ms(ln_str(durations[_i].text), &v);

    ck_assert_int_eq(err, durations[_i].value < 0 ? LN_EBADMSG : LN_OK);
    ck_assert_int_eq(v, durations[_i].value);
    if (err == LN_OK) {
        ln_value_print_ms(v, text, sizeof(text));
        ck_assert_str_eq(text, durations[_i].printed);
    }
}
END_TEST

START_TEST(booleans_are_words)
{
    static const char *const yes[] = {"on", "ON", "yes", "true", "1"};
    static const char *const no[] = {"off", "no", "False", "0"};
    bool v;

    for (size_t i = 0; i < LN_COUNT(yes); i++) {
        v = false;
        ck_assert_int_eq(ln_value_bool(ln_str(yes[i]), &v), LN_OK);
        ck_assert(v);
    }
    for (size_t i = 0; i < LN_COUNT(no); i++) {
        v = true;
        ck_assert_int_eq(ln_value_bool(ln_str(no[i]), &v), LN_OK);
        ck_assert(!v);
    }
    ck_assert_int_eq(ln_value_bool(ln_str(""), &v), LN_EBADMSG);
    ck_assert_int_eq(ln_value_bool(ln_str("2"), &v), LN_EBADMSG);
}
END_TEST

START_TEST(results_read_well)
{
    char text[32];

    ln_value_print_size(1023, text, sizeof(text));
    ck_assert_str_eq(text, "1023 B");
    ln_value_print_size(88288000, text, sizeof(text));
    ck_assert_str_eq(text, "84.2 MB");
    ln_value_print_span(93784000, text, sizeof(text));
    ck_assert_str_eq(text, "1d 2h");
    ln_value_print_span(3600000, text, sizeof(text));
    ck_assert_str_eq(text, "1h");
    ln_value_print_span(61500, text, sizeof(text));
    ck_assert_str_eq(text, "1m 1s");
    ln_value_print_span(1500, text, sizeof(text));
    ck_assert_str_eq(text, "1s");
    ln_value_print_span(7, text, sizeof(text));
    ck_assert_str_eq(text, "7ms");
    ln_value_print_time(1732480000123, text, sizeof(text));
    ck_assert_str_eq(text, "2024-11-24T20:26:40Z");
    ln_value_print_time(0, text, sizeof(text));
    ck_assert_str_eq(text, "-");
}
END_TEST

START_TEST(words_have_a_distance)
{
    ck_assert_uint_eq(ln_word_distance("listen", "listen"), 0);
    ck_assert_uint_eq(ln_word_distance("", "abc"), 3);
    ck_assert_uint_eq(ln_word_distance("listen", "listne"), 1); /* neighbours swapped */
    ck_assert_uint_eq(ln_word_distance("proxy", "proxies"), 3);
    ck_assert_uint_eq(ln_word_distance("kitten", "sitting"), 3);
    ck_assert_uint_ge(
        ln_word_distance("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 40);
}
END_TEST

int
main(void)
{
    Suite *s = suite_create("value");
    TCase *tc = tcase_create("value");
    SRunner *r;
    int failed;

    tcase_add_loop_test(tc, sizes_are_read_and_printed, 0, (int)LN_COUNT(sizes));
    tcase_add_loop_test(tc, durations_are_read_and_printed, 0, (int)LN_COUNT(durations));
    tcase_add_test(tc, booleans_are_words);
    tcase_add_test(tc, results_read_well);
    tcase_add_test(tc, words_have_a_distance);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
