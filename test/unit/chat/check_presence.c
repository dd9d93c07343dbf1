/* SPDX-License-Identifier: MIT
 * check_presence.c - online, away, offline after a grace; who is told, and what.
 */
#include "linnet/chat/presence.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define GRACE_MS 10000

static struct ln_presence p;
static char told[512]; /* what tell and gone said, one word after the other */

static void
say(const char *text)
{
    size_t n = strlen(told);
    ck_assert_uint_lt(n + strlen(text), sizeof told);
    memcpy(told + n, text, strlen(text) + 1);
}

static void
on_tell(void *ctx, ln_user_id user, enum ln_presence_state state, ln_ts last_seen, uint64_t shards)
{
    static const char *const names[] = {"off", "away", "on"};
    char text[64];
    ck_assert_ptr_eq(ctx, told);
    snprintf(text, sizeof text, "%u=%s@%lld>%llx ", user, names[state], (long long)last_seen,
             (unsigned long long)shards);
    say(text);
}

/* What the roster would know. */
static struct {
    int sessions, active;
} users[5001];

static enum ln_presence_state
state_now(void *ctx, ln_user_id user)
{
    ck_assert_ptr_eq(ctx, told);
    return !users[user].sessions ? LN_OFFLINE : users[user].active ? LN_ONLINE : LN_AWAY;
}

static void
change(ln_user_id user, int sessions, int active, uint64_t now_ms, ln_ts now)
{
    enum ln_presence_state was = state_now(told, user);
    users[user].sessions += sessions;
    users[user].active += active;
    ln_presence_changed(&p, user, was, now_ms, now);
}

static void
on_gone(void *ctx, ln_user_id user, ln_ts last_seen)
{
    char text[64];
    ck_assert_ptr_eq(ctx, told);
    snprintf(text, sizeof text, "gone %u@%lld ", user, (long long)last_seen);
    say(text);
}

/* Since the last time. */
static void
expect(const char *text)
{
    ck_assert_str_eq(told, text);
    told[0] = '\0';
}

static void
setup(void)
{
    told[0] = '\0';
    memset(users, 0, sizeof users);
    ln_presence_init(&p, GRACE_MS, on_tell, state_now, told);
}

static void
teardown(void)
{
    ln_presence_deinit(&p);
}

START_TEST(states_follow_sessions)
{
    ck_assert_int_eq(ln_presence_get(&p, 5), LN_OFFLINE);
    ck_assert_int_eq(ln_presence_watch(&p, 5, 0, true), LN_OFFLINE);
    change(5, 1, 1, 0, 100);
    expect("5=on@0>1 ");
    change(5, 1, 1, 0, 100); /* a second device changes nothing */
    change(5, 0, -1, 0, 100);
    expect("");
    change(5, 0, -1, 0, 100); /* neither is in front now */
    expect("5=away@0>1 ");
    ck_assert_int_eq(ln_presence_get(&p, 5), LN_AWAY);
    change(5, 0, 1, 0, 100);
    expect("5=on@0>1 ");
    change(5, -1, -1, 0, 100); /* the one in front ends, the other stays */
    expect("5=away@0>1 ");
    change(5, -1, 0, 0, 100);
    expect(""); /* grace */
}
END_TEST

START_TEST(offline_only_after_the_grace)
{
    ln_presence_watch(&p, 5, 3, true);
    change(5, 1, 1, 1000, 100);
    expect("5=on@0>8 ");
    change(5, -1, -1, 2000, 777);
    ln_presence_tick(&p, 2000 + GRACE_MS - 1, on_gone);
    expect("");
    ck_assert_int_eq(ln_presence_get(&p, 5), LN_ONLINE);
    ln_presence_tick(&p, 2000 + GRACE_MS, on_gone);
    expect("gone 5@777 5=off@777>8 ");
    ck_assert_int_eq(ln_presence_get(&p, 5), LN_OFFLINE);
    ln_presence_tick(&p, 1000000, on_gone); /* once */
    expect("");
}
END_TEST

START_TEST(a_reconnect_makes_no_noise)
{
    ln_presence_watch(&p, 5, 0, true);
    change(5, 1, 1, 0, 0);
    expect("5=on@0>1 ");
    for (uint64_t at = 1000; at < 100000; at += 1000) {
        change(5, -1, -1, at, 0);
        ln_presence_tick(&p, at + 999, on_gone);
        change(5, 1, 1, at + 999, 0);
    }
    ln_presence_tick(&p, 10000000, on_gone);
    expect("");
    change(5, -1, -1, 20000000, 9); /* each grace is counted from its own end */
    ln_presence_tick(&p, 20000000 + GRACE_MS - 1, on_gone);
    expect("");
}
END_TEST

START_TEST(only_those_who_watch_are_told)
{
    change(5, 1, 0, 0, 0);
    expect("");
    ck_assert_int_eq(ln_presence_watch(&p, 5, 0, true), LN_AWAY);
    ck_assert_int_eq(ln_presence_watch(&p, 5, 63, true), LN_AWAY);
    ck_assert_int_eq(ln_presence_watch(&p, 5, 63, true), LN_AWAY); /* twice is once */
    change(5, 0, 1, 0, 0);
    expect("5=on@0>8000000000000001 ");
    ck_assert_int_eq(ln_presence_watch(&p, 5, 63, false), LN_ONLINE);
    change(5, 0, -1, 0, 0);
    expect("5=away@0>1 ");
    ln_presence_watch(&p, 5, 0, false);
    change(5, 0, 1, 0, 0);
    change(6, 1, 1, 0, 0);
    expect("");
    change(6, -1, -1, 0, 44);
    ln_presence_tick(&p, GRACE_MS, on_gone);
    expect("gone 6@44 "); /* for the record, though nobody watched */
}
END_TEST

START_TEST(nothing_is_kept_of_those_who_are_not_here)
{
    ck_assert_int_eq(ln_presence_watch(&p, 5, 1, false), LN_OFFLINE);
    ck_assert_uint_eq(p.watched.count, 0);
    ln_presence_watch(&p, 5, 1, true);
    ck_assert_uint_eq(p.watched.count, 1);
    ln_presence_watch(&p, 5, 1, false);
    ck_assert_uint_eq(p.watched.count, 0);
    change(5, 1, 1, 0, 0);
    change(5, -1, -1, 0, 0);
    ln_presence_watch(&p, 5, 1, true);
    ln_presence_watch(&p, 5, 1, false); /* within the grace: still known */
    ck_assert_int_eq(ln_presence_get(&p, 5), LN_ONLINE);
    ln_presence_tick(&p, GRACE_MS, on_gone);
    ck_assert_uint_eq(p.watched.count, 0);
    ck_assert_uint_eq(p.dying.count, 0);
    change(7, 1, 1, 0, 0);
    ln_presence_watch(&p, 7, 1, true);
    change(7, -1, -1, 0, 0);
    ln_presence_tick(&p, GRACE_MS, on_gone);
    ck_assert_uint_eq(p.watched.count, 1); /* watched */
    ln_presence_watch(&p, 7, 1, false);
    ck_assert_uint_eq(p.watched.count, 0);
}
END_TEST

static unsigned gone_count;

static void
count_gone(void *ctx, ln_user_id user, ln_ts last_seen)
{
    (void)ctx;
    (void)user;
    (void)last_seen;
    gone_count++;
}

START_TEST(a_crowd_goes_in_more_than_one_tick)
{
    for (ln_user_id u = 1; u <= 5000; u++) {
        change(u, 1, 1, 0, 0);
        change(u, -1, -1, 0, 0);
    }
    gone_count = 0;
    for (int ticks = 0; gone_count < 5000; ticks++) {
        ck_assert_int_lt(ticks, 20);
        ln_presence_tick(&p, GRACE_MS, count_gone);
    }
    ck_assert_uint_eq(gone_count, 5000);
    ck_assert_uint_eq(p.watched.count, 0);
    ck_assert_uint_eq(p.dying.count, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("presence");
    TCase *tc = tcase_create("presence");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, states_follow_sessions);
    tcase_add_test(tc, offline_only_after_the_grace);
    tcase_add_test(tc, a_reconnect_makes_no_noise);
    tcase_add_test(tc, only_those_who_watch_are_told);
    tcase_add_test(tc, nothing_is_kept_of_those_who_are_not_here);
    tcase_add_test(tc, a_crowd_goes_in_more_than_one_tick);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
