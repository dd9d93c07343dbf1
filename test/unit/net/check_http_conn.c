/* SPDX-License-Identifier: MIT
 * check_http_conn.c - requests and replies on a real socket: bodies, keep-alive, limits, deadlines.
 */
#include "linnet/net/http.h"

#include "linnet/base/clock.h"

#include "net_rig.h"

static struct rig rig;
static int peer;
static struct ln_conn *conn;
static char out[1 << 20];

static struct {
    int requests;
    int closed;
    enum ln_err why;
    char last[400]; /* METHOD path body */
    size_t body_n;
    enum { REPLY, LATER, TAKE_OVER, LARGE } then;
    char taken[100];
} seen;

static size_t
on_taken_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    (void)c;
    snprintf(seen.taken, sizeof(seen.taken), "%.*s", (int)n, (const char *)p);
    return n;
}

static void
on_taken_closed(struct ln_conn *c, enum ln_err why)
{
    (void)c;
    (void)why;
    seen.closed++;
}

static const struct ln_conn_ops taken_ops = {on_taken_data, NULL, on_taken_closed};

static void
on_request(struct ln_conn *c, const struct ln_http_head *head, struct ln_str body)
{
    static char large[100000];
    ck_assert_str_eq(ln_http_user(c), "user");
    seen.requests++;
    seen.body_n = body.n;
    snprintf(seen.last, sizeof(seen.last), "%.*s %.*s %.*s", (int)head->method.n, head->method.p,
             (int)head->path.n, head->path.p, body.n > 100 ? 100 : (int)body.n, body.p);
    if (seen.then == REPLY)
        ln_http_reply(c, 200, "text/plain", LN_STR("X-Extra: 1\r\n"), LN_STR("hello"));
    else if (seen.then == LARGE)
        ln_http_reply(c, 200, "text/plain", LN_STR("Cache-Control: max-age=1\r\n"),
                      (struct ln_str){large, sizeof(large)});
    else if (seen.then == TAKE_OVER)
        c->ops = &taken_ops;
}

static void
on_closed(struct ln_conn *c, void *user, enum ln_err why)
{
    (void)c;
    ck_assert_str_eq(user, "user");
    seen.closed++;
    seen.why = why;
}

static const struct ln_http_ops ops = {.on_request = on_request, .on_closed = on_closed};

static void
set_up(void)
{
    rig_init(&rig, NULL, NULL);
    memset(&seen, 0, sizeof(seen));
    ln_clock_fake(1000000, 0);
    conn = rig_pair(&rig, NULL, NULL, &peer);
    ln_http_start(conn, &ops, (void *)(uintptr_t) "user");
}

static void
tear_down(void)
{
    rig_deinit(&rig);
    ck_assert_int_eq(seen.closed, 1);
    close(peer);
    ln_clock_real();
}

/* Sends, runs two turns, and returns what came. */
static const char *
ask(const char *text)
{
    puts_to(peer, text);
    rig_turns(&rig, 3);
    take(peer, out, sizeof(out));
    return out;
}

static bool
is_ended(void)
{
    char c;
    rig_turns(&rig, 3);
    return recv(peer, &c, 1, MSG_DONTWAIT) == 0;
}

static int
count(const char *text, const char *what)
{
    int n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

#define GET "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

START_TEST(a_reply_word_for_word)
{
    ck_assert_str_eq(ask(GET),
                     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n"
                     "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                     "Referrer-Policy: no-referrer\r\nX-Extra: 1\r\n\r\nhello");
    ck_assert_str_eq(seen.last, "GET /a ");
    ck_assert(!is_ended());
    ck_assert(ln_http_is(conn));
}
END_TEST

START_TEST(head_has_no_body)
{
    ask("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(out, "Content-Length: 5\r\n"));
    ck_assert_str_eq(out + strlen(out) - 4, "\r\n\r\n");
}
END_TEST

START_TEST(close_and_keep_alive)
{
    ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(out, "Connection: keep-alive\r\n"));
    ck_assert(!is_ended());
    ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" GET);
    ck_assert_ptr_nonnull(strstr(out, "Connection: close\r\n"));
    ck_assert(is_ended());
    ck_assert_int_eq(seen.requests, 2);
}
END_TEST

START_TEST(http_1_0_closes)
{
    ask("GET / HTTP/1.0\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(out, "Connection: close\r\n"));
    ck_assert(is_ended());
}
END_TEST

START_TEST(byte_by_byte)
{
    static const char text[] = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        ck_assert_int_eq(seen.requests, 0);
        put(peer, text + i, 1);
        rig_turn(&rig);
    }
    ck_assert_str_eq(seen.last, "POST /p abc");
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    ask(GET "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nxy" GET);
    ck_assert_int_eq(seen.requests, 3);
    ck_assert_int_eq(count(out, "HTTP/1.1 200 OK"), 3);
}
END_TEST

START_TEST(one_outstanding_request)
{
    seen.then = LATER;
    ask(GET GET);
    puts_to(peer, GET);
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.requests, 1);
    ln_http_reply(conn, 204, NULL, LN_STR(""), LN_STR(""));
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.requests, 2);
    ck_assert_int_gt(take(peer, out, sizeof(out)), 0);
    ck_assert_ptr_null(strstr(out, "Content-Length"));
    seen.then = REPLY;
    ln_http_reply(conn, 200, NULL, LN_STR(""), LN_STR("x"));
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.requests, 3);
}
END_TEST

START_TEST(closed_while_a_reply_is_outstanding)
{
    seen.then = LATER;
    ask(GET);
    ln_conn_close(conn, LN_ECLOSED);
    ln_http_reply(conn, 200, NULL, LN_STR(""), LN_STR("x")); /* too late: nothing */
    rig_turn(&rig);
    ck_assert_int_eq(seen.closed, 1);
}
END_TEST

START_TEST(a_half_closed_client_gets_its_reply)
{
    seen.then = LATER;
    ask(GET);
    shutdown(peer, SHUT_WR);
    rig_turns(&rig, 3);
    ln_http_reply(conn, 200, NULL, LN_STR(""), LN_STR("late"));
    rig_turns(&rig, 3);
    take(peer, out, sizeof(out));
    ck_assert_ptr_nonnull(strstr(out, "\r\n\r\nlate"));
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ECLOSED);
}
END_TEST

START_TEST(a_chunked_body)
{
    static const char text[] = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n" GET;
    ask(text);
    ck_assert_int_eq(seen.requests, 2);
    for (size_t i = 0; i < sizeof(text) - 1 - strlen(GET); i++) {
        put(peer, text + i, 1);
        rig_turn(&rig);
    }
    ck_assert_str_eq(seen.last, "POST /c abcde");
}
END_TEST

START_TEST(expect_continue)
{
    ask("PUT /e HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    ck_assert_str_eq(out, "HTTP/1.1 100 Continue\r\n\r\n");
    ask("abc");
    ck_assert_str_eq(seen.last, "PUT /e abc");
    ask("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc");
    ck_assert_ptr_null(strstr(out, "100 Continue"));
}
END_TEST

START_TEST(a_large_body_is_refused_before_100_continue)
{
    ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 262145\r\nExpect: 100-continue\r\n\r\n");
    ck_assert_ptr_eq(strstr(out, "HTTP/1.1 413 Content Too Large"), out);
    ck_assert_ptr_nonnull(strstr(out, "Connection: close"));
    ck_assert_int_eq(seen.requests, 0);
    ck_assert(is_ended());
}
END_TEST

START_TEST(the_largest_body)
{
    static char body[LN_HTTP_BODY_MAX];
    puts_to(peer, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 262144\r\n\r\n");
    for (size_t at = 0; at < sizeof(body);) {
        ssize_t n = send(peer, body + at, sizeof(body) - at, MSG_DONTWAIT);
        at += n > 0 ? (size_t)n : 0;
        rig_turn(&rig);
    }
    rig_turns(&rig, 3);
    ck_assert_uint_eq(seen.body_n, LN_HTTP_BODY_MAX);
}
END_TEST

START_TEST(a_large_chunked_body_is_refused)
{
    ask("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n40001\r\nabc");
    ck_assert_ptr_eq(strstr(out, "HTTP/1.1 413"), out);
    ck_assert(is_ended());
}
END_TEST

START_TEST(a_bad_chunk_is_refused)
{
    ask("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    ck_assert_ptr_eq(strstr(out, "HTTP/1.1 400"), out);
    ck_assert(is_ended());
}
END_TEST

START_TEST(bad_heads_are_refused)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"GET / HTTP/1.1\n", "HTTP/1.1 400 Bad Request"},
        {"\x16\x03\x01\x02", "HTTP/1.1 400 Bad Request"},
        {"GET / HTTP/3.0\r\n", "HTTP/1.1 505 HTTP Version Not Supported"},
        {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        int fd;
        struct ln_conn *c = rig_pair(&rig, NULL, NULL, &fd);
        ln_http_start(c, &ops, (void *)(uintptr_t) "user");
        puts_to(fd, rows[i].text);
        rig_turns(&rig, 3);
        take(fd, out, sizeof(out));
        ck_assert_ptr_eq(strstr(out, rows[i].want), out);
        close(fd);
        rig_turns(&rig, 3);
        ck_assert_int_eq(seen.closed, (int)i + 1);
    }
    ck_assert_int_eq(seen.requests, 0);
    seen.closed = 0;
}
END_TEST

START_TEST(a_large_head_is_refused)
{
    char line[1000];
    memset(line, 'a', sizeof(line));
    memcpy(line, "X: ", 3);
    memcpy(line + sizeof(line) - 2, "\r\n", 2);
    puts_to(peer, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 33; i++) {
        put(peer, line, sizeof(line));
        rig_turn(&rig);
    }
    take(peer, out, sizeof(out));
    ck_assert_ptr_eq(strstr(out, "HTTP/1.1 431"), out);
}
END_TEST

START_TEST(the_handler_may_take_the_connection_over)
{
    seen.then = TAKE_OVER;
    ask(GET "bytes behind");
    ck_assert_str_eq(seen.taken, "bytes behind");
    ck_assert(!ln_http_is(conn));
    ask("more");
    ck_assert_str_eq(seen.taken, "more");
}
END_TEST

START_TEST(unread_replies_stop_further_requests)
{
    char requests[sizeof(GET) * 100];
    size_t n = 0;
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(requests + n, sizeof(requests) - n, "%s", GET);
    seen.then = LARGE;
    puts_to(peer, requests);
    rig_turns(&rig, 10);
    ck_assert_int_lt(seen.requests, 20);
    for (int i = 0; i < 1000 && seen.requests < 100; i++) {
        take(peer, out, sizeof(out));
        rig_turn(&rig);
    }
    ck_assert_int_eq(seen.requests, 100);
    ck_assert_ptr_null(strstr(out, "no-store"));
}
END_TEST

static void
tick_at(uint64_t ms)
{
    ln_clock_fake(ms, 0);
    ln_http_tick(conn, ms);
    rig_turns(&rig, 3);
}

START_TEST(a_client_that_says_nothing)
{
    tick_at(1000000 + LN_HTTP_HEAD_S * 1000 - 1000);
    ck_assert(!is_ended());
    tick_at(1000000 + LN_HTTP_HEAD_S * 1000);
    ck_assert(is_ended());
}
END_TEST

START_TEST(a_slow_head)
{
    ask("GET / HT");
    ln_clock_fake(1005000, 0);
    ask("TP/1.1\r\n");
    tick_at(1009000);
    ck_assert(!is_ended());
    tick_at(1010000);
    take(peer, out, sizeof(out));
    ck_assert_ptr_eq(strstr(out, "HTTP/1.1 408"), out);
    ck_assert(is_ended());
}
END_TEST

START_TEST(a_slow_body)
{
    ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
    tick_at(1000000 + LN_HTTP_BODY_S * 1000);
    take(peer, out, sizeof(out));
    ck_assert_ptr_eq(strstr(out, "HTTP/1.1 408"), out);
}
END_TEST

START_TEST(an_idle_connection_may_stay_longer)
{
    ask(GET);
    tick_at(1000000 + LN_HTTP_IDLE_S * 1000 - 1000);
    ck_assert(!is_ended());
    tick_at(1000000 + LN_HTTP_IDLE_S * 1000);
    ck_assert(is_ended());
}
END_TEST

START_TEST(the_handler_may_take_its_time)
{
    seen.then = LATER;
    ask(GET);
    tick_at(9000000);
    ck_assert(!ln_conn_is_closing(conn));
}
END_TEST

START_TEST(a_reply_that_nobody_reads)
{
    char requests[sizeof(GET) * 20];
    size_t n = 0;
    for (int i = 0; i < 20; i++)
        n += (size_t)snprintf(requests + n, sizeof(requests) - n, "%s", GET);
    seen.then = LARGE;
    ask(requests);
    take(peer, out, 1000);
    rig_turns(&rig, 3);
    tick_at(1001000);
    tick_at(1060000);
    ck_assert_int_eq(seen.closed, 0);
    tick_at(1061000);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ESLOW);
}
END_TEST

START_TEST(reasons)
{
    ck_assert_str_eq(ln_http_reason(404), "Not Found");
    ck_assert_str_eq(ln_http_reason(299), "Unknown");
}
END_TEST

static void
add_tests(TCase *t)
{
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_reply_word_for_word);
    tcase_add_test(t, head_has_no_body);
    tcase_add_test(t, close_and_keep_alive);
    tcase_add_test(t, http_1_0_closes);
    tcase_add_test(t, byte_by_byte);
    tcase_add_test(t, pipelined_requests_are_answered_in_order);
    tcase_add_test(t, one_outstanding_request);
    tcase_add_test(t, closed_while_a_reply_is_outstanding);
    tcase_add_test(t, a_half_closed_client_gets_its_reply);
    tcase_add_test(t, a_chunked_body);
    tcase_add_test(t, expect_continue);
    tcase_add_test(t, a_large_body_is_refused_before_100_continue);
    tcase_add_test(t, the_largest_body);
    tcase_add_test(t, a_large_chunked_body_is_refused);
    tcase_add_test(t, a_bad_chunk_is_refused);
    tcase_add_test(t, bad_heads_are_refused);
    tcase_add_test(t, a_large_head_is_refused);
    tcase_add_test(t, the_handler_may_take_the_connection_over);
    tcase_add_test(t, unread_replies_stop_further_requests);
    tcase_add_test(t, a_client_that_says_nothing);
    tcase_add_test(t, a_slow_head);
    tcase_add_test(t, a_slow_body);
    tcase_add_test(t, an_idle_connection_may_stay_longer);
    tcase_add_test(t, the_handler_may_take_its_time);
    tcase_add_test(t, a_reply_that_nobody_reads);
    tcase_add_test(t, reasons);
}

RUN_SUITE("http_conn", add_tests)
