/* SPDX-License-Identifier: MIT
 * check_mem.c - allocation helpers: never NULL, overflow-checked.
 */
#include "linnet/base/mem.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(zero_bytes_are_a_pointer)
{
    void *a = ln_alloc(0);
    void *z = ln_zalloc(0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(z);
    a = ln_realloc(a, 0);
    ck_assert_ptr_nonnull(a);
    free(a);
    free(z);
}
END_TEST

START_TEST(zalloc_is_zeroed)
{
    unsigned char *p = ln_zalloc(1000);
    for (size_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(p[i], 0);
    free(p);
}
END_TEST

START_TEST(grow_keeps_the_content)
{
    uint64_t *p = ln_grow(NULL, 4, sizeof *p);
    for (uint64_t i = 0; i < 4; i++)
        p[i] = i;
    p = ln_grow(p, 4096, sizeof *p);
    for (uint64_t i = 0; i < 4; i++)
        ck_assert_uint_eq(p[i], i);
    free(p);
}
END_TEST

START_TEST(strings_are_copied_exactly)
{
    char *all = ln_strdup("linnet");
    char *part = ln_strndup("linnet", 3);
    char *binary = ln_strndup("a\0b", 3);
    char *empty = ln_strndup(NULL, 0);
    ck_assert_str_eq(all, "linnet");
    ck_assert_str_eq(part, "lin");
    ck_assert_mem_eq(binary, "a\0b", 4);
    ck_assert_str_eq(empty, "");
    free(all);
    free(part);
    free(binary);
    free(empty);
}
END_TEST

START_TEST(count_counts)
{
    int numbers[7];
    ck_assert_uint_eq(LN_COUNT(numbers), 7);
}
END_TEST

/* Exits with 1 (see main) instead of wrapping round. */
START_TEST(grow_refuses_to_wrap)
{
    void *p = ln_grow(NULL, SIZE_MAX / 2, 3);
    free(p);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mem");
    TCase *tc = tcase_create("mem");
    tcase_add_test(tc, zero_bytes_are_a_pointer);
    tcase_add_test(tc, zalloc_is_zeroed);
    tcase_add_test(tc, grow_keeps_the_content);
    tcase_add_test(tc, strings_are_copied_exactly);
    tcase_add_test(tc, count_counts);
    tcase_add_exit_test(tc, grow_refuses_to_wrap, 1);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
