/* SPDX-License-Identifier: MIT
 * check_hash.c - the mixer is a bijection in practice, the byte hash spreads, the jump hash is
 * even, moves little, and never changes (homes of users would).
 */
#include "linnet/base/hash.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "linnet/base/mem.h"

START_TEST(mix_flips_about_half_of_the_bits)
{
    unsigned flips = 0;
    for (unsigned i = 0; i < 1000; i++) {
        for (unsigned bit = 0; bit < 64; bit++)
            flips += (unsigned)__builtin_popcountll(ln_hash_mix(i) ^
                                                    ln_hash_mix(i ^ (uint64_t)1 << bit));
    }
    double average = flips / 64000.0;
    ck_assert(average > 31.0 && average < 33.0);
    ck_assert_uint_eq(ln_hash_mix(0), 0);
}
END_TEST

START_TEST(bytes_hash_by_content_and_length)
{
    char a[64];
    char b[64];
    memset(a, 'x', sizeof a);
    memset(b, 'x', sizeof b);
    for (size_t n = 0; n <= sizeof a; n++)
        ck_assert_uint_eq(ln_hash_bytes(a, n), ln_hash_bytes(b, n));
    for (size_t n = 1; n <= sizeof a; n++) {
        ck_assert_uint_ne(ln_hash_bytes(a, n), ln_hash_bytes(a, n - 1));
        b[n - 1] = 'y';
        ck_assert_uint_ne(ln_hash_bytes(a, n), ln_hash_bytes(b, n));
        b[n - 1] = 'x';
    }
    char zeros[17] = {0};
    for (size_t n = 1; n <= 17; n++) /* a padded tail is not the shorter string */
        ck_assert_uint_ne(ln_hash_bytes(zeros, n), ln_hash_bytes(zeros, n - 1));
}
END_TEST

START_TEST(bytes_hash_ignores_alignment)
{
    char a[80];
    for (size_t shift = 0; shift < 16; shift++) {
        memcpy(a + shift, "the quick brown fox jumps over the lazy dog", 43);
        ck_assert_uint_eq(ln_hash_bytes(a + shift, 43),
                          ln_hash_bytes("the quick brown fox jumps over the lazy dog", 43));
    }
}
END_TEST

START_TEST(jump_is_in_range_and_even)
{
    enum { BUCKETS = 7, USERS = 70000 };
    unsigned counts[BUCKETS] = {0};
    for (uint64_t user = 1; user <= USERS; user++) {
        ck_assert_uint_eq(ln_jump_hash(user, 1), 0);
        uint32_t b = ln_jump_hash(user, BUCKETS);
        ck_assert_uint_lt(b, BUCKETS);
        counts[b]++;
    }
    for (unsigned b = 0; b < BUCKETS; b++)
        ck_assert(counts[b] > 9500 && counts[b] < 10500);
}
END_TEST

/* One more bucket: keys stay or move to the new bucket, and about 1 in n+1 moves. */
START_TEST(jump_moves_only_to_the_new_bucket)
{
    unsigned moved = 0;
    for (uint64_t key = 1; key <= 30000; key++) {
        uint32_t before = ln_jump_hash(key, 5);
        uint32_t after = ln_jump_hash(key, 6);
        ck_assert(after == before || after == 5);
        moved += after != before;
    }
    ck_assert(moved > 4500 && moved < 5500);
}
END_TEST

/* Values of the published algorithm, computed once apart from this code. */
START_TEST(jump_never_changes)
{
    static const struct {
        uint64_t key;
        uint32_t buckets;
        uint32_t home;
    } rows[] = {
        {0u, 2, 0},
        {0u, 8, 0},
        {0u, 1000, 0},
        {1u, 2, 0},
        {1u, 8, 6},
        {1u, 1000, 549},
        {2u, 2, 0},
        {2u, 8, 6},
        {2u, 1000, 338},
        {5u, 2, 1},
        {5u, 8, 4},
        {5u, 1000, 231},
        {256u, 2, 1},
        {256u, 8, 3},
        {256u, 1000, 520},
        {3735928559u, 2, 1},
        {3735928559u, 8, 5},
        {3735928559u, 1000, 285},
        {9223372036854788153u, 2, 0},
        {9223372036854788153u, 8, 5},
        {9223372036854788153u, 1000, 987},
        {18446744073709551615u, 2, 1},
        {18446744073709551615u, 8, 7},
        {18446744073709551615u, 1000, 313},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        ck_assert_uint_eq(ln_jump_hash(rows[i].key, rows[i].buckets), rows[i].home);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hash");
    TCase *tc = tcase_create("hash");
    tcase_add_test(tc, mix_flips_about_half_of_the_bits);
    tcase_add_test(tc, bytes_hash_by_content_and_length);
    tcase_add_test(tc, bytes_hash_ignores_alignment);
    tcase_add_test(tc, jump_is_in_range_and_even);
    tcase_add_test(tc, jump_moves_only_to_the_new_bucket);
    tcase_add_test(tc, jump_never_changes);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
