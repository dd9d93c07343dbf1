/* SPDX-License-Identifier: MIT
 * check_arena.c - alignment, chunks, what a reset keeps. Memory errors are the sanitizers' to see.
 */
#include "linnet/base/arena.h"

#include <check.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

START_TEST(nothing_is_allocated_before_use)
{
    struct ln_arena a;
    ln_arena_init(&a, 1024);
    ck_assert_ptr_null(a.head);
    ln_arena_reset(&a);
    ck_assert_ptr_null(a.head);
    ln_arena_deinit(&a);
}
END_TEST

START_TEST(blocks_are_aligned_and_apart)
{
    struct ln_arena a;
    ln_arena_init(&a, 256);
    unsigned char *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = ln_arena_alloc(&a, i);
        ck_assert_uint_eq((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        memset(blocks[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < i; k++)
            ck_assert_uint_eq(blocks[i][k], i);
    }
    ln_arena_deinit(&a);
}
END_TEST

START_TEST(a_large_block_leaves_the_chunk_in_use)
{
    struct ln_arena a;
    ln_arena_init(&a, 1024);
    char *before = ln_arena_alloc(&a, 16);
    ck_assert_ptr_nonnull(ln_arena_alloc(&a, 100000));
    char *after = ln_arena_alloc(&a, 16);
    ck_assert_ptr_eq(after, before + 16);
    ln_arena_deinit(&a);
}
END_TEST

START_TEST(a_reset_keeps_one_ordinary_chunk)
{
    struct ln_arena a;
    ln_arena_init(&a, 1024);
    for (int i = 0; i < 100; i++)
        ln_arena_alloc(&a, 100);
    ln_arena_alloc(&a, 5000);
    ln_arena_reset(&a);
    ck_assert_ptr_nonnull(a.head);
    struct ln_arena_chunk *kept = a.head;
    ln_arena_alloc(&a, 1000);
    ck_assert_ptr_eq(a.head, kept);
    ln_arena_deinit(&a);
    ck_assert_ptr_null(a.head);

    ln_arena_alloc(&a, 5000); /* a large one alone is not kept */
    ln_arena_reset(&a);
    ck_assert_ptr_null(a.head);
    ln_arena_deinit(&a);
}
END_TEST

START_TEST(copies_and_zeroes)
{
    struct ln_arena a;
    ln_arena_init(&a, 128);
    memset(ln_arena_alloc(&a, 64), 0xff, 64);
    ln_arena_reset(&a);
    unsigned char *zero = ln_arena_zalloc(&a, 64);
    for (size_t i = 0; i < 64; i++)
        ck_assert_uint_eq(zero[i], 0);
    char text[] = "lin\0net";
    struct ln_str copy = ln_arena_str(&a, (struct ln_str){text, 7});
    char *cstr = ln_arena_strdup(&a, ln_str(text));
    text[0] = 'X';
    ck_assert(ln_str_eq(copy, LN_STR("lin\0net")));
    ck_assert_str_eq(cstr, "lin");
    ck_assert_str_eq(ln_arena_strdup(&a, ln_str(NULL)), "");
    ln_arena_deinit(&a);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("arena");
    TCase *tc = tcase_create("arena");
    tcase_add_test(tc, nothing_is_allocated_before_use);
    tcase_add_test(tc, blocks_are_aligned_and_apart);
    tcase_add_test(tc, a_large_block_leaves_the_chunk_in_use);
    tcase_add_test(tc, a_reset_keeps_one_ordinary_chunk);
    tcase_add_test(tc, copies_and_zeroes);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
