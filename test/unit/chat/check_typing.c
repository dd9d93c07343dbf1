/* SPDX-License-Identifier: MIT
 * check_typing.c - told at most once in 3 s, over after 6 s, eight names at most.
 */
#include "linnet/chat/typing.h"

#include <check.h>

static struct ln_typing t;
static unsigned told;
static size_t told_n;
static ln_user_id told_users[LN_TYPING_SHOWN];

static void
setup(void)
{
    ln_typing_init(&t);
}

static void
teardown(void)
{
    ln_typing_deinit(&t);
}

static void
on_tell(void *ctx, ln_chat_id chat, const ln_user_id *users, size_t n)
{
    ck_assert_ptr_eq(ctx, &t);
    ck_assert_uint_gt(chat, 0);
    told++;
    told_n = n;
    for (size_t i = 0; i < n; i++)
        told_users[i] = users[i];
}

static unsigned
tick(uint64_t now_ms)
{
    told = 0;
    ln_typing_tick(&t, now_ms, on_tell, &t);
    return told;
}

static size_t
shown(ln_chat_id chat)
{
    ln_user_id users[LN_TYPING_SHOWN];
    return ln_typing_list(&t, chat, users);
}

START_TEST(at_most_once_in_three_seconds)
{
    ck_assert(ln_typing_set(&t, 12, 6, true, 1000));
    ck_assert(!ln_typing_set(&t, 12, 6, true, 1000));
    ck_assert(!ln_typing_set(&t, 12, 6, true, 1000 + LN_TYPING_EVERY_MS - 1));
    ck_assert(ln_typing_set(&t, 12, 6, true, 1000 + LN_TYPING_EVERY_MS));
    ck_assert(ln_typing_set(&t, 12, 7, true, 1000)); /* each person, each chat */
    ck_assert(ln_typing_set(&t, 13, 6, true, 1000));
    ck_assert_uint_eq(shown(12), 2);
    ck_assert_uint_eq(shown(13), 1);
    ck_assert_uint_eq(shown(14), 0);
}
END_TEST

START_TEST(over_after_six_seconds)
{
    ln_typing_set(&t, 12, 6, true, 1000);
    ln_typing_set(&t, 12, 7, true, 3000);
    ck_assert_uint_eq(tick(1000 + LN_TYPING_TTL_MS - 1), 0);
    ck_assert_uint_eq(tick(1000 + LN_TYPING_TTL_MS), 1);
    ck_assert_uint_eq(told_n, 1);
    ck_assert_uint_eq(told_users[0], 7);
    ck_assert_uint_eq(tick(1000 + LN_TYPING_TTL_MS), 0);
    ck_assert_uint_eq(tick(3000 + LN_TYPING_TTL_MS), 1);
    ck_assert_uint_eq(told_n, 0); /* the list is empty now: receivers clear it */
    ck_assert_uint_eq(t.chats.count, 0);
}
END_TEST

START_TEST(who_goes_on_stays)
{
    for (uint64_t at = 0; at < 60000; at += 1000) {
        ln_typing_set(&t, 12, 6, true, at);
        ck_assert_uint_eq(tick(at), 0);
    }
    ck_assert_uint_eq(tick(57000 + LN_TYPING_TTL_MS - 1), 0);
    ck_assert_uint_eq(tick(57000 + LN_TYPING_TTL_MS), 1);
}
END_TEST

START_TEST(sending_ends_it)
{
    ck_assert(!ln_typing_set(&t, 12, 6, false, 0)); /* was not there */
    ln_typing_set(&t, 12, 6, true, 0);
    ck_assert(!ln_typing_set(&t, 12, 7, false, 0));
    ck_assert(ln_typing_set(&t, 12, 6, false, 1));
    ck_assert_uint_eq(t.chats.count, 0);
    ck_assert(!ln_typing_set(&t, 12, 6, false, 2));
    ck_assert(ln_typing_set(&t, 12, 6, true, 3)); /* the next one is told at once */
    ln_typing_set(&t, 12, 7, true, 3);
    ln_typing_set(&t, 12, 8, true, 3);
    ln_typing_set(&t, 12, 6, false, 4);
    ck_assert_uint_eq(shown(12), 2);
}
END_TEST

START_TEST(eight_names_and_no_more)
{
    for (ln_user_id u = 1; u <= LN_TYPING_SHOWN; u++)
        ck_assert(ln_typing_set(&t, 12, u, true, 0));
    ck_assert(!ln_typing_set(&t, 12, 99, true, 0));
    ck_assert_uint_eq(shown(12), LN_TYPING_SHOWN);
    ck_assert(ln_typing_set(&t, 12, 3, true, LN_TYPING_EVERY_MS)); /* who is in stays in */
    ck_assert(ln_typing_set(&t, 12, 4, false, 0));
    ck_assert(ln_typing_set(&t, 12, 99, true, 0));
}
END_TEST

START_TEST(many_chats_end_in_more_than_one_tick)
{
    for (ln_chat_id c = 1; c <= 1000; c++)
        ln_typing_set(&t, c, 6, true, 0);
    unsigned sum = 0;
    for (int ticks = 0; sum < 1000; ticks++) {
        ck_assert_int_lt(ticks, 20);
        sum += tick(LN_TYPING_TTL_MS);
    }
    ck_assert_uint_eq(sum, 1000);
    ck_assert_uint_eq(t.chats.count, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("typing");
    TCase *tc = tcase_create("typing");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, at_most_once_in_three_seconds);
    tcase_add_test(tc, over_after_six_seconds);
    tcase_add_test(tc, who_goes_on_stays);
    tcase_add_test(tc, sending_ends_it);
    tcase_add_test(tc, eight_names_and_no_more);
    tcase_add_test(tc, many_chats_end_in_more_than_one_tick);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
