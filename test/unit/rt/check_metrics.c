/* SPDX-License-Identifier: MIT
 * check_metrics.c - counting, also from several threads, and the text format.
 */
#include "linnet/rt/metrics.h"

#include <check.h>
#include <pthread.h>
#include <string.h>

START_TEST(add_and_get)
{
    ln_metric_add(LN_M_CONNECTIONS, 3);
    ln_metric_add(LN_M_CONNECTIONS, -1);
    ck_assert_int_eq(ln_metric_get(LN_M_CONNECTIONS), 2);
    ck_assert_int_eq(ln_metric_get(LN_M_SESSIONS), 0);
}
END_TEST

static void *
add_many(void *arg)
{
    for (int i = 0; i < 10000; i++)
        ln_metric_add(LN_M_EVENTS, 1);
    return arg;
}

START_TEST(threads_lose_nothing)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(ln_metric_get(LN_M_EVENTS), 40000);
}
END_TEST

START_TEST(text_has_help_type_and_value_of_each)
{
    struct ln_buf b;
    ln_buf_init(&b, 65536);
    ln_metric_add(LN_M_SESSIONS, 7);
    ln_metrics_text(&b);
    const char *text = ln_buf_cstr(&b);
    ck_assert(!b.overflow);
    ck_assert_ptr_nonnull(strstr(text, "# HELP linnet_sessions signed-in WebSocket sessions\n"
                                       "# TYPE linnet_sessions gauge\n"
                                       "linnet_sessions 7\n"));
#define HAS_NAME(id, name, type, help) ck_assert_ptr_nonnull(strstr(text, "\n" name " "));
    LN_METRICS(HAS_NAME)
#undef HAS_NAME
    ck_assert_int_eq(text[b.n - 1], '\n');
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(a_bound_is_in_its_bucket)
{
    static const uint32_t bounds[] = LN_HISTOGRAM_BOUNDS_US;
    for (unsigned i = 0; i < LN_HISTOGRAM_BUCKETS - 1; i++) { /* both sides of each */
        uint64_t before = ln_histogram_within(LN_H_FOLD, bounds[i]);
        ln_metric_observe_us(LN_H_FOLD, bounds[i]);
        ck_assert_uint_eq(ln_histogram_within(LN_H_FOLD, bounds[i]), before + 1);
        ln_metric_observe_us(LN_H_FOLD, bounds[i] + 1u);
        ck_assert_uint_eq(ln_histogram_within(LN_H_FOLD, bounds[i]), before + 1);
    }
    ck_assert_uint_eq(ln_histogram_count(LN_H_FOLD), 2 * (LN_HISTOGRAM_BUCKETS - 1));
    ck_assert_uint_eq(ln_histogram_count(LN_H_COMMIT), 0);
}
END_TEST

START_TEST(histogram_text_adds_up)
{
    struct ln_buf b;
    ln_buf_init(&b, 65536);
    ln_metric_observe_us(LN_H_CHECKPOINT, 0);
    ln_metric_observe_us(LN_H_CHECKPOINT, 1500);
    ln_metric_observe_us(LN_H_CHECKPOINT, 7000000);
    ln_metrics_text(&b);
    const char *text = ln_buf_cstr(&b);
    ck_assert_ptr_nonnull(strstr(text, "# TYPE linnet_checkpoint_seconds histogram\n"
                                       "linnet_checkpoint_seconds_bucket{le=\"0.0002\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(text, "linnet_checkpoint_seconds_bucket{le=\"0.001\"} 1\n"
                                       "linnet_checkpoint_seconds_bucket{le=\"0.002\"} 2\n"));
    ck_assert_ptr_nonnull(strstr(text, "linnet_checkpoint_seconds_bucket{le=\"5\"} 2\n"
                                       "linnet_checkpoint_seconds_bucket{le=\"+Inf\"} 3\n"
                                       "linnet_checkpoint_seconds_sum 7.001500\n"
                                       "linnet_checkpoint_seconds_count 3\n"));
    ln_buf_deinit(&b);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("metrics");
    tcase_add_test(tc, add_and_get);
    tcase_add_test(tc, threads_lose_nothing);
    tcase_add_test(tc, text_has_help_type_and_value_of_each);
    tcase_add_test(tc, a_bound_is_in_its_bucket);
    tcase_add_test(tc, histogram_text_adds_up);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
