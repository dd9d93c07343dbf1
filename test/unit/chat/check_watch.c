/* SPDX-License-Identifier: MIT
 * check_watch.c - first and last watcher, and changes collected into one telling.
 */
#include "linnet/chat/watch.h"

#include <check.h>

static struct ln_watch w;
static int s1, s2; /* two sessions */
static unsigned count;
static struct ln_watch_user last;

static void
setup(void)
{
    ln_watch_init(&w);
    count = 0;
}

static void
teardown(void)
{
    ln_watch_deinit(&w);
}

static void
on_tell(void *ctx, const struct ln_watch_user *u)
{
    ck_assert_ptr_eq(ctx, &w);
    last = *u;
    count++;
}

static unsigned
flush(void)
{
    count = 0;
    ln_watch_flush(&w, on_tell, &w);
    return count;
}

START_TEST(home_is_asked_once)
{
    ck_assert(ln_watch_add(&w, 6, &s1));
    ck_assert(!ln_watch_add(&w, 6, &s2));
    ck_assert(ln_watch_add(&w, 7, &s1));
    ck_assert_uint_eq(ln_watch_find(&w, 6)->count, 2);
    ck_assert(!ln_watch_find(&w, 6)->known);
    ck_assert(!ln_watch_remove(&w, 6, &s1));
    ck_assert(!ln_watch_remove(&w, 6, &s1)); /* is none any more */
    ck_assert_ptr_eq(ln_watch_find(&w, 6)->watchers[0], &s2);
    ck_assert(ln_watch_remove(&w, 6, &s2));
    ck_assert_ptr_null(ln_watch_find(&w, 6));
    ck_assert(!ln_watch_remove(&w, 6, &s2));
    ck_assert(!ln_watch_remove(&w, 99, &s2));
    ck_assert(ln_watch_add(&w, 6, &s2)); /* asked anew */
}
END_TEST

START_TEST(changes_are_told_together)
{
    ln_watch_add(&w, 6, &s1);
    ck_assert_uint_eq(flush(), 0);
    ln_watch_told(&w, 6, LN_OFFLINE, 0); /* the first word counts, whatever it is */
    ck_assert(ln_watch_find(&w, 6)->known);
    ck_assert_uint_eq(flush(), 1);
    ck_assert_int_eq(last.state, LN_OFFLINE);
    ck_assert_uint_eq(flush(), 0);
    ln_watch_told(&w, 6, LN_OFFLINE, 0); /* nothing new */
    ck_assert_uint_eq(flush(), 0);
    ln_watch_told(&w, 6, LN_ONLINE, 0);
    ln_watch_told(&w, 6, LN_AWAY, 0);
    ln_watch_told(&w, 6, LN_OFFLINE, 1234);
    ck_assert_uint_eq(flush(), 1); /* a storm is one telling, of how it ended */
    ck_assert_int_eq(last.state, LN_OFFLINE);
    ck_assert_int_eq(last.last_seen, 1234);
    ln_watch_told(&w, 6, LN_ONLINE, 0);
    ck_assert_uint_eq(flush(), 1);
    ck_assert_int_eq(last.last_seen, 1234); /* kept while it is not said anew */
}
END_TEST

START_TEST(nobody_is_told_of_those_nobody_watches)
{
    ln_watch_told(&w, 6, LN_ONLINE, 0);
    ck_assert_uint_eq(flush(), 0);
    ln_watch_add(&w, 6, &s1);
    ln_watch_told(&w, 6, LN_ONLINE, 0);
    ln_watch_remove(&w, 6, &s1);
    ck_assert_uint_eq(flush(), 0);
    ln_watch_add(&w, 6, &s1);
    ln_watch_told(&w, 6, LN_ONLINE, 0);
    ln_watch_remove(&w, 6, &s1);
    ln_watch_add(&w, 6, &s2); /* gone and back before the flush: once, not twice */
    ln_watch_told(&w, 6, LN_AWAY, 0);
    ck_assert_uint_eq(flush(), 1);
    ck_assert_int_eq(last.state, LN_AWAY);
}
END_TEST

START_TEST(many)
{
    for (ln_user_id u = 1; u <= 1000; u++) {
        ck_assert(ln_watch_add(&w, u, &s1));
        ln_watch_told(&w, u, LN_ONLINE, 0);
    }
    ck_assert_uint_eq(flush(), 1000);
    ck_assert_uint_eq(flush(), 0);
    for (ln_user_id u = 1; u <= 1000; u++)
        ck_assert(ln_watch_remove(&w, u, &s1));
    ck_assert_uint_eq(w.users.count, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("watch");
    TCase *tc = tcase_create("watch");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, home_is_asked_once);
    tcase_add_test(tc, changes_are_told_together);
    tcase_add_test(tc, nobody_is_told_of_those_nobody_watches);
    tcase_add_test(tc, many);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
