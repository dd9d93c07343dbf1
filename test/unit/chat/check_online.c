/* SPDX-License-Identifier: MIT
 * check_online.c - counting for the shards that ask, adding up for those who watch.
 */
#include "linnet/chat/online.h"

#include <check.h>

#define GRACE_MS 5000

static struct ln_online o;
static int s1, s2; /* two sessions */
static uint32_t members_here;
static struct told {
    unsigned times;
    ln_chat_id chat;
    uint32_t n;
    uint64_t shards;
    void *session;
} told, shown;

static uint32_t
count_here(void *ctx, ln_chat_id chat)
{
    ck_assert_ptr_eq(ctx, &o);
    ck_assert_uint_eq(chat, 12);
    return members_here;
}

static void
on_tell(void *ctx, ln_chat_id chat, uint32_t n, uint64_t shards)
{
    ck_assert_ptr_eq(ctx, &o);
    told = (struct told){told.times + 1, chat, n, shards, NULL};
}

static void
on_show(void *ctx, ln_chat_id chat, uint32_t n, void *session)
{
    ck_assert_ptr_eq(ctx, &o);
    shown = (struct told){shown.times + 1, chat, n, 0, session};
}

static unsigned
count_at(uint64_t now_ms)
{
    told.times = 0;
    ln_online_count(&o, now_ms, count_here, on_tell, &o);
    return told.times;
}

static unsigned
flush_at(uint64_t now_ms, uint32_t budget)
{
    shown.times = 0;
    ln_online_flush(&o, now_ms, budget, on_show, &o);
    return shown.times;
}

static void
setup(void)
{
    ln_online_init(&o, 3, GRACE_MS);
    members_here = 0;
}

static void
teardown(void)
{
    ln_online_deinit(&o);
}

START_TEST(only_who_asks_is_told)
{
    ck_assert_uint_eq(count_at(0), 0);
    ln_online_ask(&o, 12, 1, true);
    ck_assert_uint_eq(count_at(0), 1); /* zero is an answer too */
    ck_assert_uint_eq(told.n, 0);
    ck_assert_uint_eq(told.shards, 1u << 1);
    ck_assert_uint_eq(count_at(1), 0);
    members_here = 7;
    ln_online_ask(&o, 12, 2, true);
    ck_assert_uint_eq(count_at(2), 1); /* a rise goes to all */
    ck_assert_uint_eq(told.n, 7);
    ck_assert_uint_eq(told.shards, 1u << 1 | 1u << 2);
    ln_online_ask(&o, 12, 0, true);
    ck_assert_uint_eq(count_at(3), 1); /* the same number only to the newcomer */
    ck_assert_uint_eq(told.shards, 1u << 0);
    ln_online_ask(&o, 12, 1, false);
    members_here = 8;
    ck_assert_uint_eq(count_at(4), 1);
    ck_assert_uint_eq(told.shards, 1u << 0 | 1u << 2);
    ln_online_ask(&o, 12, 0, false);
    ln_online_ask(&o, 12, 2, false);
    ln_online_ask(&o, 12, 2, false); /* asked for nothing any more */
    members_here = 9;
    ck_assert_uint_eq(count_at(5), 0);
}
END_TEST

START_TEST(a_fall_waits_for_the_grace_period)
{
    members_here = 10;
    ln_online_ask(&o, 12, 1, true);
    ck_assert_uint_eq(count_at(0), 1);
    members_here = 9;
    ck_assert_uint_eq(count_at(100), 0);
    ck_assert_uint_eq(count_at(100 + GRACE_MS - 1), 0);
    ck_assert_uint_eq(count_at(100 + GRACE_MS), 1);
    ck_assert_uint_eq(told.n, 9);
    members_here = 8; /* a reconnect: gone and here again */
    ck_assert_uint_eq(count_at(6000), 0);
    members_here = 9;
    ck_assert_uint_eq(count_at(6100), 0);
    members_here = 8; /* so the time counts anew */
    ck_assert_uint_eq(count_at(6200), 0);
    ck_assert_uint_eq(count_at(6000 + GRACE_MS), 0);
    ck_assert_uint_eq(count_at(6200 + GRACE_MS), 1);
    ck_assert_uint_eq(told.n, 8);
}
END_TEST

START_TEST(a_newcomer_hears_what_the_others_were_told)
{
    members_here = 10;
    ln_online_ask(&o, 12, 1, true);
    ck_assert_uint_eq(count_at(0), 1);
    members_here = 4;
    ln_online_ask(&o, 12, 2, true);
    ck_assert_uint_eq(count_at(1), 1);
    ck_assert_uint_eq(told.shards, 1u << 2);
    ck_assert_uint_eq(told.n, 10);
}
END_TEST

START_TEST(a_sum_waits_for_all_parts)
{
    ck_assert(ln_online_watch(&o, 12, &s1));
    ck_assert(!ln_online_watch(&o, 12, &s2));
    ln_online_told(&o, 12, 0, 5);
    ln_online_told(&o, 12, 2, 0);
    ck_assert_uint_eq(flush_at(0, 512), 0);
    ln_online_told(&o, 12, 1, 300);
    ck_assert_uint_eq(flush_at(0, 512), 2);
    ck_assert_uint_eq(shown.chat, 12);
    ck_assert_uint_eq(shown.n, 305);
    ck_assert_uint_eq(flush_at(1, 512), 0);
    ln_online_told(&o, 12, 1, 300); /* nothing new */
    ck_assert_uint_eq(flush_at(LN_ONLINE_EVERY_MS, 512), 0);
}
END_TEST

START_TEST(at_most_one_a_second)
{
    ln_online_watch(&o, 12, &s1);
    for (unsigned i = 0; i < 3; i++) {
        ln_online_told(&o, 12, i, 1);
    }
    ck_assert_uint_eq(flush_at(1000, 512), 1);
    ln_online_told(&o, 12, 0, 2);
    ck_assert_uint_eq(flush_at(1000 + LN_ONLINE_EVERY_MS - 1, 512), 0);
    ln_online_told(&o, 12, 0, 3);
    ck_assert_uint_eq(flush_at(1000 + LN_ONLINE_EVERY_MS, 512), 1);
    ck_assert_uint_eq(shown.n, 5);
    ln_online_watch(&o, 12, &s2); /* who comes later hears it with the next call */
    ck_assert_uint_eq(flush_at(2001, 512), 1);
    ck_assert_ptr_eq(shown.session, &s2);
}
END_TEST

START_TEST(a_budget_leaves_the_others_for_later)
{
    int many[10];
    for (int i = 0; i < 10; i++) {
        ln_online_watch(&o, 12, &many[i]);
    }
    for (unsigned i = 0; i < 3; i++) {
        ln_online_told(&o, 12, i, 1);
    }
    ck_assert_uint_eq(flush_at(0, 4), 4);
    ck_assert_uint_eq(flush_at(1, 4), 4);
    for (int i = 0; i < 5; i++) { /* who leaves upsets nobody's turn */
        ln_online_unwatch(&o, 12, &many[i]);
    }
    unsigned rest = flush_at(2, 4);
    ck_assert_uint_le(rest, 2);
    ck_assert_uint_eq(flush_at(3, 512), 0);
}
END_TEST

START_TEST(the_last_watcher_ends_it)
{
    ln_online_watch(&o, 12, &s1);
    ln_online_watch(&o, 12, &s2);
    ck_assert(!ln_online_unwatch(&o, 12, &s1));
    ck_assert(!ln_online_unwatch(&o, 12, &s1)); /* is none any more */
    ck_assert(ln_online_unwatch(&o, 12, &s2));
    ck_assert(!ln_online_unwatch(&o, 12, &s2));
    ln_online_told(&o, 12, 0, 5); /* said too late: nobody to tell */
    ck_assert_uint_eq(flush_at(0, 512), 0);
    ck_assert(ln_online_watch(&o, 12, &s1)); /* asked anew, from all */
    ln_online_told(&o, 12, 0, 5);
    ck_assert_uint_eq(flush_at(0, 512), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("online");
    TCase *tc = tcase_create("online");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, only_who_asks_is_told);
    tcase_add_test(tc, a_fall_waits_for_the_grace_period);
    tcase_add_test(tc, a_newcomer_hears_what_the_others_were_told);
    tcase_add_test(tc, a_sum_waits_for_all_parts);
    tcase_add_test(tc, at_most_one_a_second);
    tcase_add_test(tc, a_budget_leaves_the_others_for_later);
    tcase_add_test(tc, the_last_watcher_ends_it);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
