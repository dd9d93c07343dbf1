/* SPDX-License-Identifier: MIT
 * check_limit.c - the bucket gives its burst at once and then its rate, and says when to come back.
 */
#include "linnet/chat/limit.h"

#include <check.h>
#include <stddef.h>

#include "linnet/base/mem.h"

/* How many of a cost go through at one moment. */
static unsigned
drain(struct ln_limit *l, uint32_t cost, uint32_t burst, uint32_t period_ms, uint64_t now_ms)
{
    uint32_t retry_ms = 0;
    unsigned n = 0;
    while (n < 100000 && ln_limit_take(l, cost, burst, period_ms, now_ms, &retry_ms))
        n++;
    ck_assert_uint_gt(retry_ms, 0);
    return n;
}

START_TEST(the_burst_at_once_then_the_rate)
{
    static const struct {
        uint32_t cost, burst, period_ms;
        unsigned at_once, after_tenth; /* a tenth of the period later */
    } rows[] = {
        {1, 200, 10000, 200, 20},       {5, 200, 10000, 40, 4}, {10, 200, 10000, 20, 2},
        {1, 20, 300000, 20, 2},         {1, 1, 10000, 1, 0},    {3, 10, 10000, 3, 0},
        {1, 50000, 10000, 50000, 5000},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct ln_limit l = {0};
        uint64_t now = 123456789;
        ck_assert_uint_eq(drain(&l, rows[i].cost, rows[i].burst, rows[i].period_ms, now),
                          rows[i].at_once);
        now += rows[i].period_ms / 10;
        unsigned more = drain(&l, rows[i].cost, rows[i].burst, rows[i].period_ms, now);
        ck_assert_msg(more == rows[i].after_tenth || (rows[i].cost == 3 && more <= 1),
                      "row %zu: %u", i, more);
        now += rows[i].period_ms; /* full again, and no fuller than full */
        ck_assert_uint_eq(drain(&l, rows[i].cost, rows[i].burst, rows[i].period_ms, now),
                          rows[i].at_once);
        now += (uint64_t)rows[i].period_ms * 1000;
        ck_assert_uint_eq(drain(&l, rows[i].cost, rows[i].burst, rows[i].period_ms, now),
                          rows[i].at_once);
    }
}
END_TEST

START_TEST(retry_is_when_it_will_do)
{
    for (uint32_t cost = 1; cost <= 10; cost++) {
        struct ln_limit l = {0};
        uint64_t now = 5000;
        uint32_t retry_ms = 0, again = 0;
        while (ln_limit_take(&l, cost, 40, 10000, now, &retry_ms))
            continue;
        ck_assert_uint_ge(retry_ms, 1);
        ck_assert_uint_le(retry_ms, cost * 250 + 1);
        if (retry_ms > 2)
            ck_assert(!ln_limit_take(&l, cost, 40, 10000, now + retry_ms - 2, &again));
        ck_assert(ln_limit_take(&l, cost, 40, 10000, now + retry_ms, &again));
    }
}
END_TEST

START_TEST(a_refusal_costs_nothing)
{
    struct ln_limit l = {0};
    uint32_t first, later;
    drain(&l, 1, 10, 10000, 0);
    ck_assert(!ln_limit_take(&l, 1, 10, 10000, 0, &first));
    for (int i = 0; i < 1000; i++)
        ck_assert(!ln_limit_take(&l, 1, 10, 10000, 0, &later));
    ck_assert_uint_eq(first, later);
}
END_TEST

/* user.password costs 10: with a smaller bucket it takes all of it, but it can be done. */
START_TEST(more_than_the_bucket_holds_waits_for_a_full_one)
{
    struct ln_limit l = {0};
    uint32_t retry_ms = 0;
    ck_assert(ln_limit_take(&l, 10, 4, 10000, 0, &retry_ms));
    ck_assert(!ln_limit_take(&l, 1, 4, 10000, 0, &retry_ms));
    ck_assert(!ln_limit_take(&l, 10, 4, 10000, 5000, &retry_ms));
    ck_assert_uint_ge(retry_ms, 5000);
    ck_assert_uint_le(retry_ms, 5001);
    ck_assert(ln_limit_take(&l, 10, 4, 10000, 10000, &retry_ms));
}
END_TEST

START_TEST(nothing_costs_nothing)
{
    struct ln_limit l = {0};
    uint32_t retry_ms;
    drain(&l, 1, 1, 10000, 0);
    for (int i = 0; i < 100; i++)
        ck_assert(ln_limit_take(&l, 0, 1, 10000, 0, &retry_ms));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("limit");
    TCase *tc = tcase_create("limit");
    tcase_add_test(tc, the_burst_at_once_then_the_rate);
    tcase_add_test(tc, retry_is_when_it_will_do);
    tcase_add_test(tc, a_refusal_costs_nothing);
    tcase_add_test(tc, more_than_the_bucket_holds_waits_for_a_full_one);
    tcase_add_test(tc, nothing_costs_nothing);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
