/* SPDX-License-Identifier: MIT
 * check_http_parse.c - heads good and bad, and every prefix of the good ones; chunked bodies.
 */
#include <check.h>
#include <stdlib.h>

#include "linnet/base/mem.h"
#include "linnet/net/http.h"

#include "../../../src/net/http_priv.h"
#include "net_rig.h"

#define H "Host: x\r\n"
#define G "GET / HTTP/1.1\r\n"

/* want: 0 = good and whole, else the status. path and what: only of the good ones. */
static const struct row {
    const char *head;
    int want;
    const char *path;
    const char *what; /* k keep-alive, c chunked, e expect, l length, one letter each */
} rows[] = {
    {G H "\r\n", 0, "/", "k"},
    {"GET /ws?a=b&c HTTP/1.1\r\n" H "\r\n", 0, "/ws", "k"},
    {"GET /? HTTP/1.1\r\n" H "\r\n", 0, "/", "k"},
    {"GET /%2e%00|^{} HTTP/1.1\r\n" H "\r\n", 0, "/%2e%00|^{}", "k"},
    {"\r\n" G H "\r\n", 0, "/", "k"},
    {"GET http://h.example/p?q HTTP/1.1\r\n" H "\r\n", 0, "/p", "k"},
    {"GET HTTPS://h HTTP/1.1\r\n" H "\r\n", 0, "/", "k"},
    {"GET http://h?q HTTP/1.1\r\n" H "\r\n", 0, "/", "k"},
    {"GET / HTTP/1.0\r\n\r\n", 0, "/", ""},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0, "/", "k"},
    {"GET / HTTP/1.0\r\nConnection: Keep-Alive, close\r\n\r\n", 0, "/", ""},
    {G H "Connection: close\r\n\r\n", 0, "/", ""},
    {G H "Connection: upgrade, CLOSE\r\n\r\n", 0, "/", ""},
    {G H "Connection: upgrade\r\nConnection: close\r\n\r\n", 0, "/", ""},
    {G H "Connection: closed\r\n\r\n", 0, "/", "k"},
    {G "host:x\r\n\r\n", 0, "/", "k"},
    {G "Host:\r\n\r\n", 0, "/", "k"},
    {G "HOST:  \t x:80 \t \r\n\r\n", 0, "/", "k"},
    {G "Host: [::1]:8080\r\n\r\n", 0, "/", "k"},
    {G "Host: a-b_c.%41~!$&'()*+;=:1\r\n\r\n", 0, "/", "k"},
    {G H "X-Text: caf\xc3\xa9 \x80\r\n\r\n", 0, "/", "k"},
    {G H "X-Empty:\r\n\r\n", 0, "/", "k"},
    {G H "X-Tab: a\tb\r\n\r\n", 0, "/", "k"},
    {G H "!#$%&'*+-.^_`|~09: x\r\n\r\n", 0, "/", "k"},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\n", 0, "/", "kl"},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 0, "/", "kl"},
    {"POST / HTTP/1.1\r\n" H "content-length:9223372036854775807\r\n\r\n", 0, "/", "kl"},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 0, "/", "kc"},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding:  chunked \r\n\r\n", 0, "/", "kc"},
    {"POST / HTTP/1.1\r\n" H "Content-Length:  5  \r\n\r\n", 0, "/", "kl"},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: CHUNKED\r\n\r\n", 0, "/", "kc"},
    {"PUT / HTTP/1.1\r\n" H "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n", 0, "/", "kle"},
    {"PUT / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", 0, "/", "l"},
    {"M-SEARCH / HTTP/1.1\r\n" H "\r\n", 0, "/", "k"},
    {"GET //a//b HTTP/1.1\r\n" H "\r\n", 0, "//a//b", "k"},

    /* lines */
    {"GET / HTTP/1.1\n" H "\r\n", 400, NULL, NULL},
    {G "Host: x\n\r\n", 400, NULL, NULL},
    {G H "\n", 400, NULL, NULL},
    {"GET / HTTP/1.1\r" H "\r\n", 400, NULL, NULL},
    {G H "X: a\rb\r\n\r\n", 400, NULL, NULL},
    {G H "X: a\x01"
         "b\r\n\r\n",
     400, NULL, NULL},
    {G H "X: a\x7f\r\n\r\n", 400, NULL, NULL},
    {"\r\n\r\n" G H "\r\n", 400, NULL, NULL},
    {"\n" G H "\r\n", 400, NULL, NULL},
    /* request line */
    {" GET / HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET  / HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET /  HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET / HTTP/1.1 \r\n" H "\r\n", 400, NULL, NULL},
    {"GET\t/ HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET /\tHTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET /\r\n" H "\r\n", 400, NULL, NULL},
    {"GET\r\n\r\n", 400, NULL, NULL},
    {"G@T / HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET: / HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET x HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET * HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET http:// HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET http:///x HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET http://u@h/x HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET http://h`h/x HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET ftp://h/x HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"CONNECT h:443 HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET /a#b HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GETGETGETGETGETGETGETGETGETGETGETGET / HTTP/1.1\r\n" H "\r\n", 501, NULL, NULL},
    {"GET / HTTP/1.2\r\n" H "\r\n", 505, NULL, NULL},
    {"GET / HTTP/2.0\r\n" H "\r\n", 505, NULL, NULL},
    {"GET / HTTP/0.9\r\n" H "\r\n", 505, NULL, NULL},
    {"GET / HTTP/11\r\n" H "\r\n", 400, NULL, NULL},
    {"GET / HTTP/1.10\r\n" H "\r\n", 400, NULL, NULL},
    {"GET / http/1.1\r\n" H "\r\n", 400, NULL, NULL},
    {"GET / HTTP/x.y\r\n" H "\r\n", 400, NULL, NULL},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, NULL, NULL},
    /* header lines */
    {G "Host : x\r\n\r\n", 400, NULL, NULL},
    {G H "X: a\r\n b\r\n\r\n", 400, NULL, NULL},
    {G H "X: a\r\n\tb\r\n\r\n", 400, NULL, NULL},
    {G " " H "\r\n", 400, NULL, NULL},
    {G H ": x\r\n\r\n", 400, NULL, NULL},
    {G H "X\r\n\r\n", 400, NULL, NULL},
    {G H "X\xc3\xa9: a\r\n\r\n", 400, NULL, NULL},
    {G H "X Y: a\r\n\r\n", 400, NULL, NULL},
    /* Host */
    {G "\r\n", 400, NULL, NULL},
    {G H H "\r\n", 400, NULL, NULL},
    {G "Host: x\r\nhost: y\r\n\r\n", 400, NULL, NULL},
    {G "Host: x y\r\n\r\n", 400, NULL, NULL},
    {G "Host: x/y\r\n\r\n", 400, NULL, NULL},
    {G "Host: u@x\r\n\r\n", 400, NULL, NULL},
    {G "Host: x`y\r\n\r\n", 400, NULL, NULL},
    {G "Host: x\xc3\xbc\r\n\r\n", 400, NULL, NULL},
    {G "Host: x, y\r\n\r\n", 400, NULL, NULL},
    /* bodies: what smuggling lives on */
    {"POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: -5\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 0x5\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 05\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 5 5\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n", 413, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, NULL,
     NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400, NULL,
     NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, identity\r\n\r\n", 501, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n", 501, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
     "chunked\r\n\r\n",
     400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\t\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: \t chunked \r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked \t \r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 5\t\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n", 400, NULL, NULL},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, NULL, NULL},
    {"PUT / HTTP/1.1\r\n" H "Expect: 200-ok\r\n\r\n", 417, NULL, NULL},
    {"PUT / HTTP/1.1\r\n" H "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 417, NULL,
     NULL},
};

START_TEST(each_row)
{
    const struct row *row = &rows[_i];
    static struct ln_http_head h;
    size_t n = strlen(row->head);
    int r = ln_http_parse(row->head, n, &h);
    if (row->want) {
        ck_assert_msg(r == -row->want, "row %d answered %d: %s", _i, r, row->head);
        return;
    }
    ck_assert_msg(r == (int)n, "row %d answered %d: %s", _i, r, row->head);
    ck_assert(ln_str_eq(h.path, ln_str(row->path)));
    ck_assert_int_eq(h.keep_alive, strchr(row->what, 'k') != NULL);
    ck_assert_int_eq(h.chunked, strchr(row->what, 'c') != NULL);
    ck_assert_int_eq(h.expect_continue, strchr(row->what, 'e') != NULL);
    ck_assert_int_eq(h.has_length, strchr(row->what, 'l') != NULL);
    /* What follows is not its business; what is missing makes it wait. */
    char *more = ln_alloc(n + 5);
    memcpy(more, row->head, n);
    memcpy(more + n, "\x00 \r\n", 5);
    ck_assert_int_eq(ln_http_parse(more, n + 5, &h), (int)n);
    free(more);
    for (size_t i = 0; i < n; i++) {
        char *part = ln_alloc(i);
        memcpy(part, row->head, i);
        ck_assert_msg(ln_http_parse(part, i, &h) == 0, "row %d, first %zu bytes", _i, i);
        free(part);
    }
}
END_TEST

START_TEST(a_nul_is_refused)
{
    static struct ln_http_head h;
    static const char in_name[] = G H "X\0: a\r\n\r\n";
    static const char in_value[] = G H "X: a\0b\r\n\r\n";
    static const char in_method[] = "G\0T / HTTP/1.1\r\n" H "\r\n";
    ck_assert_int_eq(ln_http_parse(in_name, sizeof(in_name) - 1, &h), -400);
    ck_assert_int_eq(ln_http_parse(in_value, sizeof(in_value) - 1, &h), -400);
    ck_assert_int_eq(ln_http_parse(in_method, sizeof(in_method) - 1, &h), -400);
}
END_TEST

START_TEST(the_limits)
{
    static struct ln_http_head h;
    struct ln_buf b;
    ln_buf_init(&b, 1 << 20);
    /* target: the line of LN_HTTP_LINE_MAX bytes is the longest */
    for (int over = 0; over < 2; over++) {
        ln_buf_clear(&b);
        ln_buf_adds(&b, "GET /");
        while (b.n < (size_t)(LN_HTTP_LINE_MAX - 9 + over))
            ln_buf_addc(&b, 'a');
        ln_buf_adds(&b, " HTTP/1.1\r\n" H "\r\n");
        ck_assert_int_eq(ln_http_parse(b.p, b.n, &h), over ? -414 : (int)b.n);
    }
    ln_buf_clear(&b);
    ln_buf_adds(&b, G H "X: ");
    for (int i = 0; i < LN_HTTP_LINE_MAX; i++)
        ln_buf_addc(&b, 'a');
    ck_assert_int_eq(ln_http_parse(b.p, b.n, &h), -431);
    for (int over = 0; over < 2; over++) {
        ln_buf_clear(&b);
        ln_buf_adds(&b, G H);
        for (int i = 1; i < LN_HTTP_HEADERS_MAX + over; i++)
            ln_buf_addf(&b, "X-%d: %d\r\n", i, i);
        ln_buf_adds(&b, "\r\n");
        ck_assert_int_eq(ln_http_parse(b.p, b.n, &h), over ? -431 : (int)b.n);
    }
    ln_buf_clear(&b);
    ln_buf_adds(&b, G H);
    while (b.n < LN_HTTP_HEAD_MAX) {
        ck_assert_int_eq(ln_http_parse(b.p, b.n, &h), 0);
        ln_buf_adds(&b, "X: ");
        for (int i = 0; i < 1000; i++)
            ln_buf_addc(&b, 'a');
        ln_buf_adds(&b, "\r\n");
    }
    ck_assert_int_eq(ln_http_parse(b.p, b.n, &h), -431);
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(looking_into_a_head)
{
    static struct ln_http_head h;
    static const char text[] = G H "A: 1\r\na: 2\r\nUpgrade: x, WebSocket ,y\r\n"
                                   "Cookie: b=2; a=1; =x; c\r\nCookie: token=abc=; e=\r\n\r\n";
    ck_assert_int_gt(ln_http_parse(text, sizeof(text) - 1, &h), 0);
    ck_assert(ln_str_eq(*ln_http_find(&h, "A"), LN_STR("1")));
    ck_assert_ptr_null(ln_http_find(&h, "B"));
    ck_assert(ln_http_has_token(&h, "upgrade", "websocket"));
    ck_assert(ln_http_has_token(&h, "upgrade", "y"));
    ck_assert(ln_http_has_token(&h, "A", "2"));
    ck_assert(!ln_http_has_token(&h, "upgrade", "web"));
    ck_assert(ln_str_eq(ln_http_cookie(&h, "a"), LN_STR("1")));
    ck_assert(ln_str_eq(ln_http_cookie(&h, "b"), LN_STR("2")));
    ck_assert(ln_str_eq(ln_http_cookie(&h, "token"), LN_STR("abc=")));
    ck_assert_uint_eq(ln_http_cookie(&h, "c").n, 0);
    ck_assert_uint_eq(ln_http_cookie(&h, "e").n, 0);
    ck_assert_uint_eq(ln_http_cookie(&h, "tok").n, 0);
}
END_TEST

/* want: the body, or NULL: 400. rest: bytes behind the end. */
static const struct {
    const char *wire;
    const char *want;
    size_t rest;
} chunked[] = {
    {"0\r\n\r\n", "", 0},
    {"5\r\nhello\r\n0\r\n\r\n", "hello", 0},
    {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET /", "hello world", 5},
    {"A\r\n0123456789\r\n000\r\n\r\n", "0123456789", 0},
    {"a;name=value;x=\"y\"\r\n0123456789\r\n0;last\r\n\r\n", "0123456789", 0},
    {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n", 0},
    {"1\r\na\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\nz", "a", 1},
    {"\r\n", NULL, 0},
    {"g\r\n", NULL, 0},
    {"-1\r\n", NULL, 0},
    {"0x1\r\na\r\n", NULL, 0},
    {" 1\r\na\r\n", NULL, 0},
    {"1 \r\na\r\n", NULL, 0},
    {"1\na\r\n", NULL, 0},
    {"1\r\nab\r\n", NULL, 0},
    {"1\r\na\n0\r\n\r\n", NULL, 0},
    {"1\r\na0\r\n\r\n", NULL, 0},
    {"1;a\nb\r\na\r\n", NULL, 0},
    {";x\r\n", NULL, 0},
    {"1000000000000000\r\n", NULL, 0},
    {"0\r\n folded\r\n\r\n", NULL, 0},
    {"0\r\n: x\r\n\r\n", NULL, 0},
    {"0\r\nX: a\n\r\n", NULL, 0},
    {"0\r\nno colon\r\n\r\n", NULL, 0},
    {"0\r\nX : a\r\n\r\n", NULL, 0},
    {"0\r\nX\x9b: a\r\n\r\n", NULL, 0},
    {"0\r\nX: \x01\r\n\r\n", NULL, 0},
};

START_TEST(chunked_bodies)
{
    const char *wire = chunked[_i].wire;
    size_t n = strlen(wire);
    for (size_t step = 1; step <= n; step++) {
        struct ln_chunked ch = {0};
        struct ln_buf body;
        long r = 0;
        size_t at = 0;
        ln_buf_init(&body, 100);
        while (at < n && r >= 0 && ch.state != LN_CHUNK_DONE) {
            size_t part = n - at < step ? n - at : step;
            r = ln_chunked_feed(&ch, wire + at, part, &body);
            at += r > 0 ? (size_t)r : 0;
        }
        if (chunked[_i].want) {
            ck_assert_msg(ch.state == LN_CHUNK_DONE, "row %d in steps of %zu", _i, step);
            ck_assert_uint_eq(n - at, chunked[_i].rest);
            ck_assert(ln_str_eq(ln_buf_str(&body), ln_str(chunked[_i].want)));
        } else {
            ck_assert_msg(r == -400, "row %d in steps of %zu answered %ld", _i, step, r);
        }
        ln_buf_deinit(&body);
    }
}
END_TEST

START_TEST(chunked_limits)
{
    struct ln_chunked ch = {0};
    struct ln_buf body;
    struct ln_buf wire;
    ln_buf_init(&body, 4);
    ln_buf_init(&wire, 1 << 16);
    ck_assert_int_eq(ln_chunked_feed(&ch, "3\r\nabc\r\n", 8, &body), 8);
    ck_assert_int_eq(ln_chunked_feed(&ch, "2\r\na", 4, &body), -413);
    ch = (struct ln_chunked){0};
    ck_assert_int_eq(ln_chunked_feed(&ch, "fffffffffffffff\r\na", 18, &body), -413);
    ch = (struct ln_chunked){0};
    ln_buf_adds(&wire, "1;");
    for (int i = 0; i < LN_CHUNK_LINE_MAX; i++)
        ln_buf_addc(&wire, 'x');
    ck_assert_int_eq(ln_chunked_feed(&ch, wire.p, wire.n, &body), -400);
    ch = (struct ln_chunked){0};
    ln_buf_clear(&wire);
    ln_buf_adds(&wire, "0\r\n");
    while (wire.n < LN_CHUNK_TRAILERS_MAX + 100)
        ln_buf_adds(&wire, "X: y\r\n");
    ck_assert_int_eq(ln_chunked_feed(&ch, wire.p, wire.n, &body), -400);
    ln_buf_deinit(&body);
    ln_buf_deinit(&wire);
}
END_TEST

static void
add_tests(TCase *t)
{
    tcase_add_loop_test(t, each_row, 0, (int)LN_COUNT(rows));
    tcase_add_test(t, a_nul_is_refused);
    tcase_add_test(t, the_limits);
    tcase_add_test(t, looking_into_a_head);
    tcase_add_loop_test(t, chunked_bodies, 0, (int)LN_COUNT(chunked));
    tcase_add_test(t, chunked_limits);
}

RUN_SUITE("http_parse", add_tests)
