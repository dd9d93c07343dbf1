/* SPDX-License-Identifier: MIT
 * check_err.c - every row of the table is reachable and keeps the rules of the protocol.
 */
#include "linnet/base/err.h"

#include <check.h>
#include <string.h>

static const struct row {
    enum ln_err err;
    int value;
    const char *wire;
    int close;
    int http;
} rows[] = {
#define ROW(name, value, wire, close, http, text) {name, value, wire, close, http},
    LN_ERRORS(ROW)
#undef ROW
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

START_TEST(lookups_agree_with_the_table)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        ck_assert_int_eq((int)rows[i].err, rows[i].value);
        ck_assert_str_eq(ln_err_wire(rows[i].err), rows[i].wire);
        ck_assert_int_eq(ln_err_close(rows[i].err), rows[i].close);
        ck_assert_int_eq(ln_err_http(rows[i].err), rows[i].http);
        ck_assert_uint_gt(strlen(ln_err_text(rows[i].err)), 1);
    }
}
END_TEST

START_TEST(zero_is_good_and_values_are_unique)
{
    ck_assert_int_eq(LN_OK, 0);
    for (size_t i = 1; i < ROW_COUNT; i++) {
        ck_assert_int_lt(rows[i].value, 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_int_ne(rows[i].value, rows[j].value);
    }
}
END_TEST

/* wslay refuses received codes 1012 to 2999, so we send none; texts are sentences without a stop.
 */
START_TEST(codes_are_ones_we_may_send)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        int close = rows[i].close;
        ck_assert((close >= 1000 && close <= 1011) || (close >= 4000 && close <= 4999));
        ck_assert(rows[i].http >= 200 && rows[i].http <= 599);
        const char *text = ln_err_text(rows[i].err);
        ck_assert_int_ne(text[strlen(text) - 1], '.');
    }
}
END_TEST

START_TEST(absent_and_forbidden_look_alike)
{
    ck_assert_str_eq(ln_err_wire(LN_ENOTFOUND), ln_err_wire(LN_EFORBIDDEN));
    ck_assert_str_eq(ln_err_text(LN_ENOTFOUND), ln_err_text(LN_EFORBIDDEN));
    ck_assert_int_eq(ln_err_http(LN_ENOTFOUND), ln_err_http(LN_EFORBIDDEN));
    ck_assert_int_eq(ln_err_close(LN_ENOTFOUND), ln_err_close(LN_EFORBIDDEN));
}
END_TEST

START_TEST(a_foreign_value_promises_nothing)
{
    ck_assert_str_eq(ln_err_wire((enum ln_err) - 999), "unknown");
    ck_assert_ptr_nonnull(ln_err_text((enum ln_err) - 999));
    ck_assert_int_eq(ln_err_http((enum ln_err) - 999), 500);
    ck_assert_int_eq(ln_err_close((enum ln_err) - 999), 4011);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("err");
    TCase *tc = tcase_create("err");
    tcase_add_test(tc, lookups_agree_with_the_table);
    tcase_add_test(tc, zero_is_good_and_values_are_unique);
    tcase_add_test(tc, codes_are_ones_we_may_send);
    tcase_add_test(tc, absent_and_forbidden_look_alike);
    tcase_add_test(tc, a_foreign_value_promises_nothing);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
