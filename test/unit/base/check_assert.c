/* SPDX-License-Identifier: MIT
 * check_assert.c - a broken invariant aborts, a bad environment exits with its code and words.
 */
#include "linnet/base/assert.h"

#include <check.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs f in a child; its stderr goes to text (n bytes, NUL-terminated). Returns the wait status. */
static int
run_child(void (*f)(void), char *text, size_t n)
{
    int pipe_fds[2];
    ck_assert_int_eq(pipe(pipe_fds), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        dup2(pipe_fds[1], STDERR_FILENO);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        f();
        _exit(0);
    }
    close(pipe_fds[1]);
    size_t have = 0;
    ssize_t got;
    while (have < n - 1 && (got = read(pipe_fds[0], text + have, n - 1 - have)) > 0)
        have += (size_t)got;
    text[have] = '\0';
    close(pipe_fds[0]);
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static void
break_invariant(void)
{
    volatile int two = 2;
    LN_ASSERT(two + two == 5);
}

static void
keep_invariant(void)
{
    LN_ASSERT(true);
}

static void
die_in_words(void)
{
    ln_die(3, "cannot open %s", "here");
}

START_TEST(a_false_condition_aborts_and_says_where)
{
    char text[1024];
    int status = run_child(break_invariant, text, sizeof text);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
    ck_assert_ptr_nonnull(strstr(text, "two + two == 5"));
    ck_assert_ptr_nonnull(strstr(text, "check_assert.c"));
    ck_assert_ptr_nonnull(strstr(text, "break_invariant"));
}
END_TEST

START_TEST(a_true_condition_does_nothing)
{
    char text[64];
    ck_assert_int_eq(run_child(keep_invariant, text, sizeof text), 0);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(die_exits_with_code_and_message)
{
    char text[256];
    int status = run_child(die_in_words, text, sizeof text);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 3);
    ck_assert_str_eq(text, "linnet: cannot open here\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("assert");
    TCase *tc = tcase_create("assert");
    tcase_add_test(tc, a_false_condition_aborts_and_says_where);
    tcase_add_test(tc, a_true_condition_does_nothing);
    tcase_add_test(tc, die_exits_with_code_and_message);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
