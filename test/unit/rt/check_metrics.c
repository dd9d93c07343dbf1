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

int
main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("metrics");
    tcase_add_test(tc, add_and_get);
    tcase_add_test(tc, threads_lose_nothing);
    tcase_add_test(tc, text_has_help_type_and_value_of_each);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
