/* SPDX-License-Identifier: MIT
 * check_http_client.c - one request and its answer over a socket pair, whole, in pieces and broken.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "linnet/base/mem.h"
#include "linnet/cli/http_client.h"

struct peer {
    int fd;
    const char *answer;
    size_t piece; /* bytes a write */
    bool stay;    /* keep the connection afterwards */
    char request[4096];
};

static void *
be_server(void *arg)
{
    struct peer *p = arg;
    size_t got = 0;
    size_t at = 0;

    /* every request of these tests ends with "{}" or with the empty line */
    while (got < 4 ||
           (memcmp(p->request + got - 2, "{}", 2) != 0 &&
            memcmp(p->request + got - 4, "\r\n\r\n", 4) != 0) ||
           (strncmp(p->request, "POST", 4) == 0 && memcmp(p->request + got - 2, "{}", 2) != 0)) {
        ssize_t n = read(p->fd, p->request + got, sizeof(p->request) - 1 - got);

        if (n <= 0) {
            break;
        }
        got += (size_t)n;
    }
    while (at < strlen(p->answer)) {
        size_t n = strlen(p->answer) - at < p->piece ? strlen(p->answer) - at : p->piece;

        if (send(p->fd, p->answer + at, n, MSG_NOSIGNAL) < 0) {
            break;
        }
        at += n;
    }
    if (!p->stay) {
        close(p->fd);
    }
    return NULL;
}

static enum ln_err
call(struct peer *p, const struct ln_http_request *req, struct ln_http_answer *out)
{
    const struct timeval limit = {.tv_usec = 200000};
    pthread_t thread;
    int fds[2];
    enum ln_err err;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ck_assert_int_eq(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
    p->fd = fds[1];
    ck_assert_int_eq(pthread_create(&thread, NULL, be_server, p), 0);
    err = ln_http_call(fds[0], req, out);
    pthread_join(thread, NULL);
    close(fds[0]);
    if (p->stay) {
        close(fds[1]);
    }
    return err;
}

static const struct ln_http_request post = {
    .method = "POST", .path = "/api/v1/status", .host = "localhost", .body = {"{}", 2}};

static const struct {
    const char *answer;
    size_t piece;
    bool stay;
    enum ln_err err;
    int status;
    const char *body;
} answers[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 4096, true, LN_OK, 200, "{}"},
    {"HTTP/1.1 200 OK\r\ncontent-length:2 \r\n\r\n{}", 1, true, LN_OK, 200, "{}"},
    {"HTTP/1.1 409 Conflict\r\nX-Content-Length: 9\r\nContent-Length: 3\r\n\r\nabc", 7, true, LN_OK,
     409, "abc"},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 5, true, LN_OK, 204, ""},
    {"HTTP/1.0 200 OK\r\n\r\nuntil the end", 4, false, LN_OK, 200, "until the end"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", 9, false, LN_ECLOSED, 200, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Le", 9, false, LN_EPROTO, 0, NULL},
    {"", 9, false, LN_ECLOSED, 0, NULL},
    {"SSH-2.0-OpenSSH_9.2\r\n\r\n", 9, true, LN_EPROTO, 0, NULL},
    {"HTTP/1.1 2xx OK\r\n\r\n", 9, true, LN_EPROTO, 0, NULL},
    {"HTTP/1.1 200 OK\r\n", 99, true, LN_ETIMEOUT, 0, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", 99, true, LN_ETIMEOUT, 200, NULL},
};

START_TEST(answers_are_read)
{
    struct peer p = {
        .answer = answers[_i].answer, .piece = answers[_i].piece, .stay = answers[_i].stay};
    struct ln_http_answer out;

    ln_http_answer_init(&out);
    ck_assert_int_eq(call(&p, &post, &out), answers[_i].err);
    if (answers[_i].body) {
        ck_assert_int_eq(out.status, answers[_i].status);
        ck_assert_str_eq(ln_buf_cstr(&out.body), answers[_i].body);
    }
    ln_http_answer_deinit(&out);
}
END_TEST

START_TEST(requests_are_http)
{
    struct peer p = {.answer = answers[0].answer, .piece = 4096, .stay = true};
    struct ln_http_request get = {.method = "GET", .path = "/readyz", .host = "h:1", .close = true};
    struct ln_http_answer out;

    ln_http_answer_init(&out);
    ck_assert_int_eq(call(&p, &post, &out), LN_OK);
    ck_assert_str_eq(p.request, "POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\n"
                                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    memset(p.request, 0, sizeof(p.request));
    ck_assert_int_eq(call(&p, &get, &out), LN_OK);
    ck_assert_str_eq(p.request, "GET /readyz HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n");
    ln_http_answer_deinit(&out);
}
END_TEST

START_TEST(a_peer_that_is_gone_is_no_signal)
{
    struct ln_http_answer out;
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    close(fds[1]);
    ln_http_answer_init(&out);
    ck_assert_int_eq(ln_http_call(fds[0], &post, &out), LN_ECLOSED);
    ln_http_answer_deinit(&out);
    close(fds[0]);
}
END_TEST

int
main(void)
{
    Suite *s = suite_create("http_client");
    TCase *tc = tcase_create("http_client");
    SRunner *r;
    int failed;

    tcase_add_loop_test(tc, answers_are_read, 0, (int)LN_COUNT(answers));
    tcase_add_test(tc, requests_are_http);
    tcase_add_test(tc, a_peer_that_is_gone_is_no_signal);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
