/* SPDX-License-Identifier: MIT
 * check_receipt.c - marks merge to the highest; what is taken is gone; random merges against a
 * plain table (SEED=… repeats).
 */
#include "linnet/chat/receipt.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "linnet/base/hash.h"

START_TEST(the_highest_of_each_counts)
{
    struct ln_receipts r;
    uint32_t count;
    ln_receipts_init(&r);
    ln_receipts_merge(&r, 12, 6, 10, 5);
    ln_receipts_merge(&r, 12, 6, 8, 7); /* one rises, the other does not fall */
    ln_receipts_merge(&r, 12, 6, 0, 0);
    ln_receipts_merge(&r, 12, 7, 3, 3);
    ln_receipts_merge(&r, 13, 6, UINT32_MAX, 1);
    ck_assert_uint_eq(r.count, 3);
    struct ln_receipt *list = ln_receipts_take(&r, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(list[0].chat, 12);
    ck_assert_uint_eq(list[0].user, 6);
    ck_assert_uint_eq(list[0].delivered, 10);
    ck_assert_uint_eq(list[0].read, 7);
    ck_assert_uint_eq(list[1].user, 7);
    ck_assert_uint_eq(list[2].chat, 13);
    ck_assert_uint_eq(list[2].delivered, UINT32_MAX);
    free(list);
    ck_assert_uint_eq(r.count, 0);
    free(ln_receipts_take(&r, &count));
    ck_assert_uint_eq(count, 0);
    ln_receipts_merge(&r, 12, 6, 1, 1); /* nothing of before is left */
    list = ln_receipts_take(&r, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(list[0].delivered, 1);
    free(list);
    ln_receipts_deinit(&r);
}
END_TEST

/* The key is chat and user: neither may run into the other. */
START_TEST(large_numbers_do_not_meet)
{
    struct ln_receipts r;
    ln_receipts_init(&r);
    ln_receipts_merge(&r, 1, 2147483647, 1, 1);
    ln_receipts_merge(&r, 2147483647, 1, 1, 1);
    ln_receipts_merge(&r, 2147483647, 2147483647, 1, 1);
    ln_receipts_merge(&r, 1, 1, 1, 1);
    ck_assert_uint_eq(r.count, 4);
    ln_receipts_deinit(&r);
}
END_TEST

static uint64_t
read_seed(void)
{
    const char *text = getenv("SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

#define CHATS 20
#define USERS 20

START_TEST(random_merges_match_a_table)
{
    uint64_t state = read_seed();
    struct ln_receipts r;
    ln_receipts_init(&r);
    for (int round = 0; round < 20; round++) {
        static ln_seq best[CHATS][USERS][2];
        bool seen[CHATS][USERS] = {{false}};
        uint32_t expected = 0, count;
        memset(best, 0, sizeof best);
        for (int i = 0; i < 1000; i++) {
            state = ln_hash_mix(state + 0x9e3779b97f4a7c15u);
            size_t c = (state >> 8) % CHATS, u = (state >> 16) % USERS;
            ln_seq d = (ln_seq)(state >> 24) % 1000, read = (ln_seq)(state >> 44) % 1000;
            ln_receipts_merge(&r, (ln_chat_id)c + 1, (ln_user_id)u + 1, d, read);
            expected += !seen[c][u];
            seen[c][u] = true;
            best[c][u][0] = d > best[c][u][0] ? d : best[c][u][0];
            best[c][u][1] = read > best[c][u][1] ? read : best[c][u][1];
        }
        struct ln_receipt *list = ln_receipts_take(&r, &count);
        ck_assert_uint_eq(count, expected);
        for (uint32_t i = 0; i < count; i++) {
            ck_assert_uint_eq(list[i].delivered, best[list[i].chat - 1][list[i].user - 1][0]);
            ck_assert_uint_eq(list[i].read, best[list[i].chat - 1][list[i].user - 1][1]);
        }
        free(list);
    }
    ln_receipts_deinit(&r);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("receipt");
    TCase *tc = tcase_create("receipt");
    tcase_add_test(tc, the_highest_of_each_counts);
    tcase_add_test(tc, large_numbers_do_not_meet);
    tcase_add_test(tc, random_merges_match_a_table);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
