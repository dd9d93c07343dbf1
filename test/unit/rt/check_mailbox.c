/* SPDX-License-Identifier: MIT
 * check_mailbox.c - order, limit, bell, waiting. The races are stress_mailbox's.
 */
#include "linnet/rt/mailbox.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>

#include "linnet/base/clock.h"

static bool
is_ringing(const struct ln_mailbox *mb)
{
    struct pollfd bell = {.fd = mb->fd, .events = POLLIN};
    return poll(&bell, 1, 0) == 1;
}

START_TEST(messages_come_oldest_first)
{
    struct ln_mailbox mb;
    struct ln_msg msgs[5] = {{NULL, 0}, {NULL, 1}, {NULL, 2}, {NULL, 3}, {NULL, 4}};
    ln_mailbox_init(&mb, 10);
    ck_assert_ptr_null(ln_mailbox_next(&mb));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[i]), LN_OK);
    ck_assert_uint_eq(ln_mailbox_next(&mb)->type, 0);
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[3]), LN_OK); /* two still in the local list */
    ln_mailbox_post_sure(&mb, &msgs[4]);
    for (uint32_t i = 1; i < 5; i++) {
        ck_assert_uint_eq(ln_mailbox_depth(&mb), 5 - i);
        struct ln_msg *msg = ln_mailbox_next(&mb);
        ck_assert_uint_eq(msg->type, i);
        ck_assert_ptr_null(msg->next);
    }
    ck_assert_ptr_null(ln_mailbox_next(&mb));
    ck_assert(!ln_mailbox_is_pending(&mb));
    ln_mailbox_deinit(&mb);
}
END_TEST

START_TEST(requests_are_refused_at_the_limit_and_completions_never)
{
    struct ln_mailbox mb;
    struct ln_msg msgs[6] = {{NULL, 0}};
    ln_mailbox_init(&mb, 2);
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[0]), LN_OK);
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[1]), LN_OK);
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[2]), LN_EAGAIN);
    ck_assert_uint_eq(ln_mailbox_depth(&mb), 2);
    ln_mailbox_post_sure(&mb, &msgs[3]);
    ck_assert_uint_eq(ln_mailbox_depth(&mb), 3);
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[4]), LN_EAGAIN);
    ln_mailbox_next(&mb);
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[4]), LN_EAGAIN);
    ln_mailbox_next(&mb); /* a message in the local list counts until it is handed out */
    ck_assert_int_eq(ln_mailbox_post(&mb, &msgs[4]), LN_OK);
    ck_assert_ptr_eq(ln_mailbox_next(&mb), &msgs[3]);
    ck_assert_ptr_eq(ln_mailbox_next(&mb), &msgs[4]);
    ck_assert_uint_eq(ln_mailbox_depth(&mb), 0);
    ln_mailbox_deinit(&mb);
}
END_TEST

START_TEST(the_bell_rings_for_the_first_only)
{
    struct ln_mailbox mb;
    struct ln_msg msgs[3] = {{NULL, 0}};
    ln_mailbox_init(&mb, 10);
    ck_assert(!is_ringing(&mb));
    ln_mailbox_post_sure(&mb, &msgs[0]);
    ck_assert(is_ringing(&mb));
    ln_mailbox_silence(&mb);
    ck_assert(!is_ringing(&mb));
    ck_assert(ln_mailbox_is_pending(&mb));
    ln_mailbox_post_sure(&mb, &msgs[1]); /* not empty: no ring */
    ck_assert(!is_ringing(&mb));
    ck_assert_ptr_eq(ln_mailbox_next(&mb), &msgs[0]);
    ck_assert(ln_mailbox_is_pending(&mb)); /* the owner must look: nobody rings for this one */
    ck_assert(!is_ringing(&mb));
    ln_mailbox_post_sure(&mb, &msgs[2]); /* the shared stack was empty: a ring */
    ck_assert(is_ringing(&mb));
    ln_mailbox_silence(&mb);
    ln_mailbox_silence(&mb); /* silence is harmless */
    ck_assert_ptr_eq(ln_mailbox_next(&mb), &msgs[1]);
    ck_assert_ptr_eq(ln_mailbox_next(&mb), &msgs[2]);
    ln_mailbox_deinit(&mb);
}
END_TEST

START_TEST(wait_returns_at_once_or_at_its_time)
{
    struct ln_mailbox mb;
    struct ln_msg msg = {NULL, 0};
    ln_mailbox_init(&mb, 10);
    ck_assert(!ln_mailbox_wait(&mb, 0));
    uint64_t start_ms = ln_mono_ms();
    ck_assert(!ln_mailbox_wait(&mb, 30));
    ck_assert_uint_ge(ln_mono_ms() - start_ms, 29);
    ln_mailbox_post_sure(&mb, &msg);
    ck_assert(ln_mailbox_wait(&mb, -1));
    ck_assert(ln_mailbox_wait(&mb, 0));
    ck_assert_ptr_eq(ln_mailbox_next(&mb), &msg);
    ck_assert(!ln_mailbox_wait(&mb, 0));
    ln_mailbox_deinit(&mb);
}
END_TEST

static void *
post_one(void *arg)
{
    static struct ln_msg msg = {NULL, 9};
    ln_mailbox_post_sure(arg, &msg);
    return NULL;
}

START_TEST(wait_is_woken_by_another_thread)
{
    struct ln_mailbox mb;
    ln_mailbox_init(&mb, 10);
    pthread_t poster;
    ck_assert_int_eq(pthread_create(&poster, NULL, post_one, &mb), 0);
    ck_assert(ln_mailbox_wait(&mb, -1));
    ck_assert_uint_eq(ln_mailbox_next(&mb)->type, 9);
    pthread_join(poster, NULL);
    ln_mailbox_deinit(&mb);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mailbox");
    TCase *tc = tcase_create("mailbox");
    tcase_add_test(tc, messages_come_oldest_first);
    tcase_add_test(tc, requests_are_refused_at_the_limit_and_completions_never);
    tcase_add_test(tc, the_bell_rings_for_the_first_only);
    tcase_add_test(tc, wait_returns_at_once_or_at_its_time);
    tcase_add_test(tc, wait_is_woken_by_another_thread);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
