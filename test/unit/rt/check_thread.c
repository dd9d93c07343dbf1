/* SPDX-License-Identifier: MIT
 * check_thread.c - name, signal mask, and who is who.
 */
#include "linnet/rt/thread.h"

#include <check.h>
#include <signal.h>
#include <string.h>

struct owner {
    struct ln_thread thread;
    char name[16];
    bool is_self;
    bool is_other;
    bool has_signals_blocked;
};

static struct owner a;
static struct owner b;

static void
look_around(void *arg)
{
    struct owner *me = arg;
    LN_ASSERT_ON(me);
    pthread_getname_np(pthread_self(), me->name, sizeof me->name);
    me->is_self = ln_thread_is_self(&me->thread);
    me->is_other = ln_thread_is_self(me == &a ? &b.thread : &a.thread);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    me->has_signals_blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGHUP) == 1;
}

START_TEST(a_thread_knows_itself)
{
    ck_assert(!ln_thread_is_self(&a.thread));
    ln_thread_start(&a.thread, "ln-shard-0", look_around, &a);
    ln_thread_start(&b.thread, "a-name-that-is-too-long", look_around, &b);
    ck_assert(!ln_thread_is_self(&a.thread));
    ln_thread_join(&a.thread);
    ln_thread_join(&b.thread);
    ck_assert_str_eq(a.name, "ln-shard-0");
    ck_assert_str_eq(b.name, "a-name-that-is-");
    ck_assert(a.is_self && b.is_self);
    ck_assert(!a.is_other && !b.is_other);
    ck_assert(a.has_signals_blocked && b.has_signals_blocked);
}
END_TEST

START_TEST(the_starters_signal_mask_is_kept)
{
    sigset_t before;
    sigset_t after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    ln_thread_start(&a.thread, "x", look_around, &a);
    ln_thread_join(&a.thread);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    ck_assert_int_eq(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}
END_TEST

START_TEST(joining_what_never_started_is_fine)
{
    struct ln_thread t = {0};
    ln_thread_join(&t);
    ln_thread_start(&a.thread, "x", look_around, &a);
    ln_thread_join(&a.thread);
    ln_thread_join(&a.thread);
}
END_TEST

static void
do_nothing(void *arg)
{
    (void)arg;
}

/* Aborts (see main): the caller is not the thread it claims to be. */
START_TEST(the_wrong_thread_aborts)
{
    static struct owner other;
    ln_thread_start(&other.thread, "other", do_nothing, NULL);
    LN_ASSERT_ON(&other);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("thread");
    TCase *tc = tcase_create("thread");
    tcase_add_test(tc, a_thread_knows_itself);
    tcase_add_test(tc, the_starters_signal_mask_is_kept);
    tcase_add_test(tc, joining_what_never_started_is_fine);
    tcase_add_test_raise_signal(tc, the_wrong_thread_aborts, SIGABRT);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
