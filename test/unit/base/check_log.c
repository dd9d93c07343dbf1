/* SPDX-License-Identifier: MIT
 * check_log.c - what lands on stderr: one line an event, escaped, bounded.
 */
#include "linnet/base/log.h"

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"

static int saved_stderr;
static int pipe_fds[2];
static char text[3 * PIPE_BUF];

static void
begin_capture(void)
{
    ln_clock_fake(0, 1732480000123);
    ck_assert_int_eq(pipe(pipe_fds), 0);
    saved_stderr = dup(STDERR_FILENO);
    dup2(pipe_fds[1], STDERR_FILENO);
    close(pipe_fds[1]);
}

/* What was logged since begin_capture(). */
static const char *
end_capture(void)
{
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    size_t have = 0;
    ssize_t got;
    while ((got = read(pipe_fds[0], text + have, sizeof text - 1 - have)) > 0)
        have += (size_t)got;
    text[have] = '\0';
    close(pipe_fds[0]);
    ln_clock_real();
    return text;
}

START_TEST(a_line_has_its_pairs_in_order)
{
    begin_capture();
    ln_log(LN_WARN, "store", "commit_slow", "ms=%d rows=%u", 12, 5u);
    ln_log_thread("ln-shard-1");
    ln_log(LN_INFO, "shard", "started", NULL);
    ck_assert_str_eq(
        end_capture(),
        "ts=2024-11-24T20:26:40.123Z level=warn thread=main mod=store event=commit_slow ms=12 "
        "rows=5\n"
        "ts=2024-11-24T20:26:40.123Z level=info thread=ln-shard-1 mod=shard event=started\n");
}
END_TEST

START_TEST(levels_filter)
{
    begin_capture();
    ln_log(LN_DEBUG, "m", "hidden", NULL);
    ln_log_level(LN_ERROR);
    ln_log(LN_WARN, "m", "hidden", NULL);
    ln_log(LN_ERROR, "m", "shown1", NULL);
    ln_log_level(LN_TRACE);
    ln_log(LN_TRACE, "m", "shown2", NULL);
    const char *out = end_capture();
    ck_assert_ptr_null(strstr(out, "hidden"));
    ck_assert_ptr_nonnull(strstr(out, "level=error thread=main mod=m event=shown1"));
    ck_assert_ptr_nonnull(strstr(out, "level=trace thread=main mod=m event=shown2"));
}
END_TEST

START_TEST(levels_have_names)
{
    ck_assert_int_eq(ln_log_level_parse("error"), LN_ERROR);
    ck_assert_int_eq(ln_log_level_parse("trace"), LN_TRACE);
    ck_assert_int_eq(ln_log_level_parse("Trace"), -1);
    ck_assert_int_eq(ln_log_level_parse(""), -1);
}
END_TEST

START_TEST(nobody_forges_a_line)
{
    begin_capture();
    ln_log(LN_INFO, "http", "bad", "path=%s", "/\r\nts=1 level=error\x1b[2J\x7f");
    const char *out = end_capture();
    ck_assert_ptr_eq(strchr(out, '\n'), out + strlen(out) - 1);
    ck_assert_ptr_nonnull(strstr(out, "path=/\\x0d\\x0ats=1 level=error\\x1b[2J\\x7f\n"));
}
END_TEST

START_TEST(a_long_line_is_cut_and_says_so)
{
    char *many = ln_alloc(3 * PIPE_BUF);
    static const char fill[] = {'x', '\n'}; /* plain and escaped: both limits */
    for (size_t i = 0; i < sizeof fill; i++) {
        memset(many, fill[i], 3 * PIPE_BUF - 1);
        many[3 * PIPE_BUF - 1] = '\0';
        begin_capture();
        ln_log(LN_INFO, "m", "long", "k=%s", many);
        const char *out = end_capture();
        size_t n = strlen(out);
        ck_assert_uint_le(n, PIPE_BUF);
        ck_assert_uint_gt(n, PIPE_BUF - 16);
        ck_assert_str_eq(out + n - 7, " cut=1\n");
        ck_assert_ptr_eq(strchr(out, '\n'), out + n - 1);
    }
    free(many);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log");
    TCase *tc = tcase_create("log");
    tcase_add_test(tc, a_line_has_its_pairs_in_order);
    tcase_add_test(tc, levels_filter);
    tcase_add_test(tc, levels_have_names);
    tcase_add_test(tc, nobody_forges_a_line);
    tcase_add_test(tc, a_long_line_is_cut_and_says_so);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
