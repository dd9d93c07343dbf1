/* SPDX-License-Identifier: MIT
 * check_pool.c - jobs run once each, the queue is bounded, the end runs what is queued.
 */
#include "linnet/rt/pool.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>

#define JOBS 1000

static atomic_int runs[JOBS];
static struct ln_job jobs[JOBS];

static void
count_run(struct ln_job *job)
{
    atomic_fetch_add(&runs[job - jobs], 1);
}

START_TEST(every_job_runs_once)
{
    struct ln_pool *pool = ln_pool_create("ln-pool", 4, JOBS);
    for (int i = 0; i < JOBS; i++) {
        jobs[i].run = count_run;
        ck_assert_int_eq(ln_pool_post(pool, &jobs[i]), LN_OK);
    }
    ln_pool_destroy(&pool); /* runs what is queued, then joins */
    ck_assert_ptr_null(pool);
    for (int i = 0; i < JOBS; i++)
        ck_assert_int_eq(atomic_load(&runs[i]), 1);
    ln_pool_destroy(&pool);
}
END_TEST

/* A job that says it runs, then waits to be let go. */
static pthread_barrier_t has_begun;
static pthread_barrier_t may_end;

static void
block(struct ln_job *job)
{
    (void)job;
    pthread_barrier_wait(&has_begun);
    pthread_barrier_wait(&may_end);
}

START_TEST(a_full_queue_refuses)
{
    pthread_barrier_init(&has_begun, NULL, 2);
    pthread_barrier_init(&may_end, NULL, 2);
    struct ln_pool *pool = ln_pool_create("ln-pool", 1, 2);
    struct ln_job blocker = {.run = block};
    ck_assert_int_eq(ln_pool_post(pool, &blocker), LN_OK);
    pthread_barrier_wait(&has_begun); /* it runs, so the queue is empty */
    for (int i = 0; i < 3; i++)
        jobs[i].run = count_run;
    ck_assert_int_eq(ln_pool_post(pool, &jobs[0]), LN_OK);
    ck_assert_int_eq(ln_pool_post(pool, &jobs[1]), LN_OK);
    ck_assert_int_eq(ln_pool_post(pool, &jobs[2]), LN_EAGAIN);
    pthread_barrier_wait(&may_end);
    ln_pool_destroy(&pool);
    ck_assert_int_eq(atomic_load(&runs[0]), 1);
    ck_assert_int_eq(atomic_load(&runs[1]), 1);
    ck_assert_int_eq(atomic_load(&runs[2]), 0);
    pthread_barrier_destroy(&has_begun);
    pthread_barrier_destroy(&may_end);
}
END_TEST

/* One thread runs jobs in the order they were posted. */
static int order[16];
static int done;

static void
note_order(struct ln_job *job)
{
    order[done++] = (int)(job - jobs);
}

START_TEST(one_thread_keeps_the_order)
{
    struct ln_pool *pool = ln_pool_create("ln-pool", 1, 16);
    for (int i = 0; i < 16; i++) {
        jobs[i].run = note_order;
        ck_assert_int_eq(ln_pool_post(pool, &jobs[i]), LN_OK);
    }
    ln_pool_destroy(&pool);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(order[i], i);
}
END_TEST

START_TEST(a_finished_pool_refuses)
{
    struct ln_pool *pool = ln_pool_create("ln-pool", 2, 16);
    jobs[0].run = note_order;
    ck_assert_int_eq(ln_pool_post(pool, &jobs[0]), LN_OK);
    ln_pool_finish(pool);
    ck_assert_int_eq(ln_pool_post(pool, &jobs[1]), LN_EAGAIN);
    ln_pool_destroy(&pool);
    ck_assert_ptr_null(pool);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pool");
    TCase *tc = tcase_create("pool");
    tcase_add_test(tc, every_job_runs_once);
    tcase_add_test(tc, a_full_queue_refuses);
    tcase_add_test(tc, one_thread_keeps_the_order);
    tcase_add_test(tc, a_finished_pool_refuses);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
