/* SPDX-License-Identifier: MIT
 * check_buf.c - appends, the maximum, JSON strings.
 */
#include "linnet/base/buf.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "linnet/base/mem.h"

static void
expect(struct ln_buf *b, const char *text)
{
    ck_assert_str_eq(ln_buf_cstr(b), text);
    ck_assert_uint_eq(b->n, strlen(text));
}

START_TEST(an_empty_buffer_has_no_memory)
{
    struct ln_buf b;
    ln_buf_init(&b, 100);
    ck_assert_ptr_null(b.p);
    expect(&b, "");
    ln_buf_add(&b, NULL, 0);
    ln_buf_adds(&b, "");
    ln_buf_addf(&b, "%s", "");
    ck_assert_ptr_null(b.p);
    ck_assert(!b.overflow);
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(appends_of_each_kind)
{
    struct ln_buf b;
    ln_buf_init(&b, 1000);
    ln_buf_add(&b, "ab", 2);
    ln_buf_adds(&b, "cd");
    ln_buf_addc(&b, ' ');
    ln_buf_addu(&b, 0);
    ln_buf_addc(&b, ' ');
    ln_buf_addu(&b, UINT64_MAX);
    ln_buf_addc(&b, ' ');
    ln_buf_addi(&b, INT64_MIN);
    ln_buf_addf(&b, " %s=%d", "x", 7);
    expect(&b, "abcd 0 18446744073709551615 -9223372036854775808 x=7");
    ln_buf_deinit(&b);
    ln_buf_adds(&b, "again"); /* usable after deinit */
    expect(&b, "again");
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(exactly_max_fits_and_one_more_does_not)
{
    for (size_t max = 0; max < 300; max++) {
        struct ln_buf b;
        ln_buf_init(&b, max);
        for (size_t i = 0; i < max; i++)
            ln_buf_addc(&b, 'x');
        ck_assert(!b.overflow);
        ck_assert_uint_eq(b.n, max);
        ck_assert_uint_eq(strlen(ln_buf_cstr(&b)), max);
        ln_buf_addc(&b, 'y');
        ck_assert(b.overflow);
        ck_assert_uint_eq(b.n, max);
        ck_assert_uint_le(b.cap, max);
        ln_buf_deinit(&b);
    }
}
END_TEST

START_TEST(after_an_overflow_nothing_is_appended)
{
    struct ln_buf b;
    ln_buf_init(&b, 8);
    ln_buf_adds(&b, "12345");
    ln_buf_adds(&b, "6789"); /* whole or not at all */
    ck_assert(b.overflow);
    ln_buf_addc(&b, 'x');
    ln_buf_addf(&b, "%d", 1);
    ln_buf_addi(&b, -1);
    ln_buf_add_json(&b, ln_str(""));
    ck_assert_ptr_null(ln_buf_reserve(&b, 1));
    expect(&b, "12345");
    ln_buf_clear(&b);
    ck_assert(!b.overflow);
    ln_buf_adds(&b, "12345678");
    expect(&b, "12345678");
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(huge_lengths_do_not_wrap)
{
    struct ln_buf b;
    ln_buf_init(&b, SIZE_MAX);
    ln_buf_adds(&b, "x");
    ck_assert_ptr_null(ln_buf_reserve(&b, SIZE_MAX - 1));
    ck_assert(b.overflow);
    expect(&b, "x");
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(formats_longer_than_the_room)
{
    struct ln_buf b;
    ln_buf_init(&b, 5000);
    size_t want = 0;
    for (int i = 0; i < 40; i++) {
        ln_buf_addf(&b, "%*d", 100, i);
        want += 100;
        ck_assert_uint_eq(b.n, want);
    }
    ck_assert_int_eq(b.p[b.n - 1], '9');
    ln_buf_addf(&b, "%2000d", 1);
    ck_assert(b.overflow);
    ck_assert_uint_eq(b.n, want);
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(json_strings)
{
    static const struct {
        struct ln_str in;
        const char *out;
    } rows[] = {
        {{NULL, 0}, "\"\""},
        {{"plain", 5}, "\"plain\""},
        {{"\"\\/", 3}, "\"\\\"\\\\/\""},
        {{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\""},
        {{"a\0b\x1f\x7f", 5}, "\"a\\u0000b\\u001f\x7f\""},
        {{"\xc3\xa4\xf0\x9f\x91\x8d", 6}, "\"\xc3\xa4\xf0\x9f\x91\x8d\""},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct ln_buf b;
        ln_buf_init(&b, 100);
        ln_buf_add_json(&b, rows[i].in);
        expect(&b, rows[i].out);
        ln_buf_deinit(&b);
    }
}
END_TEST

START_TEST(json_is_whole_or_absent)
{
    struct ln_str s = LN_STR("a\"b\nc\x01"); /* 15 bytes with quotes and escapes */
    for (size_t max = 0; max < 20; max++) {
        struct ln_buf b;
        ln_buf_init(&b, max);
        ln_buf_add_json(&b, s);
        ck_assert_int_eq(b.overflow, max < 15);
        ck_assert_uint_eq(b.n, max < 15 ? 0 : 15);
        ln_buf_deinit(&b);
    }
}
END_TEST

START_TEST(reserve_and_drop_front)
{
    struct ln_buf b;
    ln_buf_init(&b, 100);
    ck_assert_ptr_nonnull(ln_buf_reserve(&b, 0));
    char *room = ln_buf_reserve(&b, 6);
    memcpy(room, "abcdef", 6);
    b.n += 6;
    ln_buf_drop_front(&b, 2);
    expect(&b, "cdef");
    ln_buf_drop_front(&b, 0);
    ln_buf_drop_front(&b, 4);
    expect(&b, "");
    ck_assert_uint_eq(ln_buf_str(&b).n, 0);
    ln_buf_deinit(&b);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("buf");
    TCase *tc = tcase_create("buf");
    tcase_add_test(tc, an_empty_buffer_has_no_memory);
    tcase_add_test(tc, appends_of_each_kind);
    tcase_add_test(tc, exactly_max_fits_and_one_more_does_not);
    tcase_add_test(tc, after_an_overflow_nothing_is_appended);
    tcase_add_test(tc, huge_lengths_do_not_wrap);
    tcase_add_test(tc, formats_longer_than_the_room);
    tcase_add_test(tc, json_strings);
    tcase_add_test(tc, json_is_whole_or_absent);
    tcase_add_test(tc, reserve_and_drop_front);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
