/* SPDX-License-Identifier: MIT
 * check_str.c - comparing, trimming, reading numbers.
 */
#include "linnet/base/str.h"

#include <check.h>
#include <limits.h>

#include "linnet/base/mem.h"

START_TEST(make_and_compare)
{
    ck_assert_uint_eq(ln_str(NULL).n, 0);
    ck_assert_uint_eq(ln_str("abc").n, 3);
    ck_assert_uint_eq(LN_STR("a\0c").n, 3);
    ck_assert(ln_str_eq(ln_str("abc"), LN_STR("abc")));
    ck_assert(!ln_str_eq(ln_str("abc"), ln_str("abd")));
    ck_assert(!ln_str_eq(ln_str("abc"), ln_str("ab")));
    ck_assert(ln_str_eq(ln_str(NULL), ln_str("")));
}
END_TEST

START_TEST(case_is_ignored_in_ascii_only)
{
    ck_assert(ln_str_ieq(ln_str("Upgrade-Z"), ln_str("uPGRADE-z")));
    ck_assert(!ln_str_ieq(ln_str("@"), ln_str("`"))); /* neighbours of the letters */
    ck_assert(!ln_str_ieq(ln_str("["), ln_str("{")));
    ck_assert(!ln_str_ieq(ln_str("\xc3\x84"), ln_str("\xc3\xa4")));
    ck_assert(!ln_str_ieq(ln_str("a"), ln_str("ab")));
    ck_assert(ln_str_ieq(ln_str(NULL), ln_str("")));
}
END_TEST

START_TEST(trim_takes_blanks_only)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        {" \t a b \t", "a b"}, {"a", "a"},         {"", ""},
        {" \t ", ""},          {"\na\r", "\na\r"}, {"\xc2\xa0", "\xc2\xa0"},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        ck_assert(ln_str_eq(ln_str_trim(ln_str(rows[i].in)), ln_str(rows[i].out)));
}
END_TEST

START_TEST(numbers_are_read_strictly)
{
    static const struct {
        const char *in;
        unsigned long long max;
        bool good;
        unsigned long long value;
    } rows[] = {
        {"0", 0, true, 0},
        {"7", 7, true, 7},
        {"8", 7, false, 0},
        {"18446744073709551615", ULLONG_MAX, true, ULLONG_MAX},
        {"18446744073709551616", ULLONG_MAX, false, 0},
        {"99999999999999999999", ULLONG_MAX, false, 0},
        {"", 9, false, 0},
        {"00", 9, false, 0},
        {"01", 9, false, 0},
        {"+1", 9, false, 0},
        {"-1", 9, false, 0},
        {" 1", 9, false, 0},
        {"1 ", 9, false, 0},
        {"0x1", 9, false, 0},
        {"1e1", 99, false, 0},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        unsigned long long v = 77;
        ck_assert_int_eq(ln_str_u64(ln_str(rows[i].in), rows[i].max, &v), rows[i].good);
        ck_assert_uint_eq(v, rows[i].good ? rows[i].value : 77);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("str");
    TCase *tc = tcase_create("str");
    tcase_add_test(tc, make_and_compare);
    tcase_add_test(tc, case_is_ignored_in_ascii_only);
    tcase_add_test(tc, trim_takes_blanks_only);
    tcase_add_test(tc, numbers_are_read_strictly);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
