/* SPDX-License-Identifier: MIT
 * check_ws.c - WebSocket streams on a socket: the upgrade, limits, stopping and moving, lent
 * contexts. RFC 6455 frame by frame is test/wire/rfc6455.py's.
 */
#include "linnet/ws/ws.h"

#include <stdlib.h>

#include "linnet/base/clock.h"

#include "../../../src/ws/ws_priv.h"
#include "../net/net_rig.h"

#define UPGRADE "GET /ws HTTP/1.1\r\nHost: x\r\n"
#define USUAL "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

static struct rig rig;
static int peer;
static struct ln_conn *conn;
static struct ln_ws ws;
static char out[1 << 17];
static struct ln_http_head head;

static struct {
    int messages;
    char last[70000];
    size_t last_n;
    bool last_is_text;
    int closed;
    enum ln_err why;
    int drained;
    enum { GO, STOP, CLOSE } then;
} seen;

static enum ln_ws_go
on_message(struct ln_conn *c, struct ln_str msg, bool is_text)
{
    ck_assert_ptr_eq(ln_ws_of(c), &ws);
    seen.messages++;
    seen.last_n = msg.n;
    seen.last_is_text = is_text;
    memcpy(seen.last, msg.p, msg.n);
    seen.last[msg.n] = '\0';
    if (seen.then == CLOSE)
        ln_ws_close(c, LN_EAUTH, "go away");
    return seen.then == STOP ? LN_WS_STOP : LN_WS_GO;
}

static void
on_closed(struct ln_conn *c, enum ln_err why)
{
    ck_assert_ptr_null(ln_ws_of(c)->slot);
    seen.closed++;
    seen.why = why;
}

static void
on_drained(struct ln_conn *c)
{
    (void)c;
    seen.drained++;
}

static const struct ln_ws_ops ops = {&ln_ws_default_limits, on_message, on_closed, on_drained};

static void
start(const struct ln_ws_ops *ops_to_use)
{
    static const char text[] = UPGRADE USUAL KEY "\r\n";
    conn = rig_pair(&rig, NULL, NULL, &peer);
    ck_assert_int_gt(ln_http_parse(text, sizeof(text) - 1, &head), 0);
    ln_ws_start(conn, &ws, &head, "linnet.v1", ops_to_use);
    rig_turn(&rig);
    take(peer, out, sizeof(out));
    seen.drained = 0;
}

static void
set_up(void)
{
    memset(&seen, 0, sizeof(seen));
    ln_clock_fake(1000000, 0);
    rig_init(&rig, NULL, NULL);
    start(&ops);
}

static void
tear_down(void)
{
    ln_ws_pool_destroy(ln_net_ws_pool(rig.net));
    rig_deinit(&rig);
    ck_assert_int_eq(seen.closed, 1);
    close(peer);
    ln_clock_real();
}

/* A masked frame at to; returns its size. */
static size_t
frame(uint8_t *to, unsigned first, const void *p, size_t n)
{
    size_t at = 2;
    to[0] = (uint8_t)first;
    to[1] = (uint8_t)(0x80 | (n < 126 ? n : n < 65536 ? 126 : 127));
    for (int shift = n < 126 ? -8 : n < 65536 ? 8 : 56; shift >= 0; shift -= 8)
        to[at++] = (uint8_t)((uint64_t)n >> shift);
    memcpy(to + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < n; i++)
        to[at + i] = (uint8_t)(((const uint8_t *)p)[i] ^ mask[i & 3]);
    return at + n;
}

static void
send_frame(unsigned first, const void *p, size_t n)
{
    static uint8_t buf[200000];
    put(peer, buf, frame(buf, first, p, n));
    rig_turns(&rig, 3);
}

/* The close frame that came, after skip bytes of others. */
static void
expect_close(int code, const char *reason)
{
    ssize_t n = take(peer, out, sizeof(out));
    size_t len = strlen(reason);
    ck_assert_int_eq(n, (ssize_t)(4 + len));
    ck_assert_uint_eq((uint8_t)out[0], 0x88);
    ck_assert_uint_eq((uint8_t)out[1], 2 + len);
    ck_assert_int_eq((uint8_t)out[2] << 8 | (uint8_t)out[3], code);
    ck_assert_mem_eq(out + 4, reason, len);
    ck_assert_int_eq(take(peer, out, sizeof(out)), 0);
    shutdown(peer, SHUT_WR);
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.closed, 1);
}

/* ── upgrade ── */

static const struct {
    const char *head;
    int want; /* status, 0 = good */
} upgrades[] = {
    {UPGRADE USUAL KEY "Sec-WebSocket-Protocol: a, linnet.v1\r\n\r\n", 0},
    {UPGRADE
     "upgrade: WebSocket\r\nConnection: keep-alive, UPGRADE\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Protocol: linnet.v1\r\n" KEY "\r\n",
     0},
    {UPGRADE USUAL KEY "\r\n", 400},
    {UPGRADE USUAL KEY "Sec-WebSocket-Protocol: linnet.v2\r\n\r\n", 400},
    {"POST /ws HTTP/1.1\r\nHost: x\r\n" USUAL KEY "\r\n", 405},
    {"GET /ws HTTP/1.0\r\nHost: x\r\n" USUAL KEY "\r\n", 400},
    {UPGRADE "\r\n", 426},
    {UPGRADE "Upgrade: h2c\r\nConnection: upgrade\r\n\r\n", 426},
    {UPGRADE "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n", 400},
    {UPGRADE "Upgrade: websocket\r\nConnection: upgrade\r\n" KEY "\r\n", 426},
    {UPGRADE "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 8\r\n" KEY "\r\n",
     426},
    {UPGRADE USUAL "Sec-WebSocket-Version: 13\r\n" KEY "\r\n", 400},
    {UPGRADE USUAL "\r\n", 400},
    {UPGRADE USUAL KEY KEY "\r\n", 400},
    {UPGRADE USUAL "Sec-WebSocket-Key: short==\r\n\r\n", 400},
    {UPGRADE USUAL "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ!=\r\n\r\n", 400},
    {UPGRADE USUAL "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25*ZQ==\r\n\r\n", 400},
    {UPGRADE USUAL KEY "Content-Length: 1\r\n\r\n", 400},
    {UPGRADE USUAL KEY "Transfer-Encoding: chunked\r\n\r\n", 400},
};

START_TEST(upgrade_requests)
{
    int status = 0;
    const char *why = "";
    ck_assert_int_gt(ln_http_parse(upgrades[_i].head, strlen(upgrades[_i].head), &head), 0);
    enum ln_err err = ln_ws_check(&head, "linnet.v1", &status, &why);
    ck_assert_int_eq(err == LN_OK, upgrades[_i].want == 0);
    ck_assert_msg(status == upgrades[_i].want, "row %d: %d %s", _i, status, why);
}
END_TEST

/* RFC 6455 section 1.3 */
START_TEST(the_answer_to_the_sample_nonce)
{
    int fd;
    struct ln_ws other;
    struct ln_conn *c = rig_pair(&rig, NULL, NULL, &fd);
    ln_ws_start(c, &other, &head, NULL, &ops);
    rig_turn(&rig);
    take(fd, out, sizeof(out));
    ck_assert_str_eq(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    close(fd);
    rig_turns(&rig, 3);
    seen.closed = 0;
}
END_TEST

/* ── messages ── */

START_TEST(texts_of_many_sizes)
{
    static char text[LN_NET_READ_BYTES + 1];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 23);
    static const size_t sizes[] = {0,   1,   2,   3,    7,     8,     9,     15,    16,   124,
                                   125, 126, 127, 1000, 65521, 65522, 65523, 65535, 65536};
    for (size_t i = 0; i < LN_COUNT(sizes); i++) {
        send_frame(0x81, text, sizes[i]);
        ck_assert_int_eq(seen.messages, (int)i + 1);
        ck_assert(seen.last_is_text);
        ck_assert_uint_eq(seen.last_n, sizes[i]);
        ck_assert_mem_eq(seen.last, text, sizes[i]);
        ck_assert(ln_ws_is_at_rest(&ws));
    }
}
END_TEST

START_TEST(a_stream_borrows_only_while_it_is_not_at_rest)
{
    uint8_t buf[100];
    struct ln_ws_pool **pool = ln_net_ws_pool(rig.net);
    send_frame(0x81, "whole", 5);
    ck_assert(!*pool || (*pool)->lent == 0);
    size_t n = frame(buf, 0x81, "parts", 5);
    for (size_t i = 0; i < n; i++) {
        put(peer, buf + i, 1);
        rig_turn(&rig);
        ck_assert_int_eq(ln_ws_is_at_rest(&ws), i == n - 1);
        ck_assert_int_eq(ws.slot != NULL, i >= 5 && i < n - 1);
    }
    ck_assert_str_eq(seen.last, "parts");
    ck_assert_uint_eq((*pool)->lent, 0);
    ck_assert_uint_eq((*pool)->spare_n, 1);
    send_frame(0x01, "open ", 5);
    ck_assert_ptr_nonnull(ws.slot);
    ck_assert_uint_eq((*pool)->spare_n, 0);
    send_frame(0x89, "ping", 4);
    ck_assert_ptr_nonnull(ws.slot);
    send_frame(0x80, "end", 3);
    ck_assert_str_eq(seen.last, "open end");
    ck_assert_ptr_null(ws.slot);
    ck_assert_uint_eq((*pool)->spare_n, 1);
    send_frame(0x89, "ping", 4);
    ck_assert_ptr_null(ws.slot);
    ck_assert_int_eq(take(peer, out, sizeof(out)), 12);
    ck_assert_mem_eq(out, "\x8a\x04ping\x8a\x04ping", 12);
}
END_TEST

START_TEST(stopping_keeps_the_rest_and_survives_a_move)
{
    struct rig other;
    uint8_t buf[200];
    size_t n = frame(buf, 0x81, "one", 3);
    n += frame(buf + n, 0x01, "two ", 4);
    n += frame(buf + n, 0x80, "three", 5);
    n += frame(buf + n, 0x81, "four", 4) - 2;
    rig_init(&other, NULL, NULL);
    seen.then = STOP;
    put(peer, buf, n);
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.messages, 1);
    ck_assert(ln_ws_is_at_rest(&ws));
    ln_conn_detach(conn);
    put(peer, buf + n, 2);
    ln_conn_attach(conn, other.net);
    rig_turns(&other, 3);
    ck_assert_int_eq(seen.messages, 1);
    ln_ws_go(conn);
    rig_turns(&other, 3);
    ck_assert_int_eq(seen.messages, 2); /* it stops after each */
    ck_assert_str_eq(seen.last, "two three");
    seen.then = GO;
    ln_ws_go(conn);
    ln_ws_go(conn);
    rig_turns(&other, 3);
    ck_assert_int_eq(seen.messages, 3);
    ck_assert_str_eq(seen.last, "four");
    ln_ws_pool_destroy(ln_net_ws_pool(other.net));
    rig_deinit(&other);
    ck_assert_int_eq(seen.why, LN_ESHUTDOWN);
}
END_TEST

START_TEST(streams_split_anywhere)
{
    static uint8_t wire[60000];
    const char *env = getenv("SEED");
    unsigned seed =
        env ? (unsigned)strtoul(env, NULL, 10) : (unsigned)ln_mono_us() ^ (unsigned)getpid();
    int want = 0;
    size_t n = 0;
    printf("SEED=%u\n", seed);
    srandom(seed);
    while (n < sizeof(wire) - 2000) {
        char text[600];
        size_t len = (size_t)random() % 300;
        memset(text, 'a' + want % 26, sizeof(text));
        int parts = (int)(random() % 4);
        for (int i = 0; i < parts; i++)
            n += frame(wire + n, i ? 0x00 : 0x01, text, (size_t)random() % 100);
        n += frame(wire + n, parts ? 0x80 : 0x81, text, len);
        want++;
    }
    for (size_t at = 0; at < n;) {
        size_t part = (size_t)random() % 1000 + 1;
        if (part > n - at)
            part = n - at;
        put(peer, wire + at, part);
        rig_turn(&rig);
        at += part;
    }
    ck_assert_int_eq(seen.messages, want);
    ck_assert(ln_ws_is_at_rest(&ws));
}
END_TEST

START_TEST(bytes_in_hand_that_are_not_utf8)
{
    send_frame(0x81, "a\xff", 2);
    expect_close(1007, "");
    ck_assert_int_eq(seen.why, LN_EUTF8);
    ck_assert_int_eq(seen.messages, 0);
}
END_TEST

/* ── limits ── */

START_TEST(a_message_over_the_limit)
{
    static char text[65537];
    send_frame(0x81, text, sizeof(text));
    ck_assert_int_eq(seen.messages, 0);
    expect_close(1009, "the message is too long");
    ck_assert_int_eq(seen.why, LN_ETOOLARGE);
}
END_TEST

START_TEST(fragments_over_the_limit_of_a_message)
{
    static char text[40000];
    send_frame(0x01, text, sizeof(text));
    send_frame(0x80, text, sizeof(text));
    expect_close(1009, "the message is too long");
}
END_TEST

START_TEST(too_many_fragments)
{
    send_frame(0x01, "a", 1);
    for (int i = 0; i < 254; i++)
        send_frame(0x00, "a", 1);
    send_frame(0x80, "a", 1);
    ck_assert_int_eq(seen.messages, 1);
    ck_assert_uint_eq(seen.last_n, 256);
    send_frame(0x01, "a", 1);
    for (int i = 0; i < 255; i++)
        send_frame(0x00, "a", 1);
    ck_assert_int_eq(seen.closed, 0);
    send_frame(0x00, "a", 1);
    expect_close(1009, "the message has too many fragments");
}
END_TEST

START_TEST(binary_is_not_wanted)
{
    send_frame(0x82, "a", 1);
    expect_close(1003, "text messages only");
}
END_TEST

START_TEST(binary_where_it_is_allowed)
{
    static const struct ln_ws_limits limits = {100, 10, 20, true};
    static const struct ln_ws_ops small = {&limits, on_message, on_closed, on_drained};
    ln_conn_close(conn, LN_OK);
    rig_turn(&rig);
    close(peer);
    seen.closed = 0;
    start(&small);
    send_frame(0x82, "\xff\x00", 2);
    ck_assert_int_eq(seen.messages, 1);
    ck_assert(!seen.last_is_text);
    ck_assert_mem_eq(seen.last, "\xff\x00", 2);
    send_frame(0x89, out, 125); /* a control frame may be longer than the limit */
    ck_assert_int_eq(take(peer, out, sizeof(out)), 127);
}
END_TEST

START_TEST(too_many_pings)
{
    for (int i = 0; i < 20; i++)
        send_frame(0x89, "", 0);
    ck_assert_int_eq(take(peer, out, sizeof(out)), 40);
    ln_clock_fake(1001000, 0); /* another second */
    for (int i = 0; i < 20; i++)
        send_frame(0x8a, "", 0);
    ck_assert_int_eq(seen.closed, 0);
    ck_assert(!ln_conn_is_closing(conn));
    send_frame(0x89, "", 0);
    expect_close(1008, "too many pings");
    ck_assert_int_eq(seen.why, LN_ERATE);
}
END_TEST

START_TEST(no_pongs_to_a_peer_that_does_not_read)
{
    static char big[1 << 20];
    ln_conn_send_copy(conn, big, sizeof(big));
    rig_turn(&rig);
    uint32_t waiting = conn->out_bytes;
    ck_assert_uint_gt(waiting, 65536);
    send_frame(0x89, "x", 1);
    ck_assert_uint_eq(conn->out_bytes, waiting);
    ck_assert_int_eq(seen.closed, 0);
}
END_TEST

START_TEST(a_message_that_is_never_completed)
{
    send_frame(0x01, "a", 1);
    ln_ws_tick(conn, 1015000);
    ck_assert(!ln_conn_is_closing(conn));
    ln_ws_tick(conn, 1016000);
    rig_turn(&rig);
    expect_close(4008, "a message was not completed");
    ck_assert_int_eq(seen.why, LN_ETIMEOUT);
}
END_TEST

START_TEST(a_stream_at_rest_has_no_deadline)
{
    send_frame(0x81, "a", 1);
    ln_ws_tick(conn, 9000000);
    ck_assert(!ln_conn_is_closing(conn));
}
END_TEST

START_TEST(too_many_borrowers)
{
    struct ln_ws_pool **pool = ln_net_ws_pool(rig.net);
    send_frame(0x89, "", 0);
    take(peer, out, sizeof(out));
    (*pool)->lent = LN_WS_SLOTS_MAX;
    send_frame(0x81, "the fast way needs none", 23);
    ck_assert_int_eq(seen.messages, 1);
    send_frame(0x01, "a", 1);
    expect_close(4013, "too many partial messages");
    (*pool)->lent = 0;
}
END_TEST

/* ── closing ── */

START_TEST(closing_with_a_reason)
{
    ln_ws_close(conn, LN_EFORBIDDEN, "no");
    ln_ws_close(conn, LN_EIO, "only the first counts");
    rig_turn(&rig);
    send_frame(0x81, "ignored", 7);
    expect_close(4003, "no");
    ck_assert_int_eq(seen.messages, 0);
    ck_assert_int_eq(seen.why, LN_EFORBIDDEN);
}
END_TEST

START_TEST(a_long_reason_is_cut_between_characters)
{
    char reason[201];
    for (int i = 0; i < 100; i++)
        memcpy(reason + 2 * i, "\xc3\xa9", 3);
    ln_ws_close(conn, LN_OK, reason);
    rig_turn(&rig);
    reason[122] = '\0';
    expect_close(1000, reason);
}
END_TEST

START_TEST(closing_inside_on_message)
{
    uint8_t buf[100];
    size_t n = frame(buf, 0x01, "a", 1);
    n += frame(buf + n, 0x80, "b", 1);
    n += frame(buf + n, 0x81, "late", 4);
    seen.then = CLOSE;
    put(peer, buf, n);
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.messages, 1);
    expect_close(4001, "go away");
}
END_TEST

START_TEST(the_peer_closes)
{
    send_frame(0x88,
               "\x03\xe9"
               "bye",
               5);
    expect_close(1001, "bye");
    ck_assert_int_eq(seen.why, LN_ECLOSED);
}
END_TEST

/* The reason's bytes in as many reads as there are: still one text, well-formed or not. */
START_TEST(the_peer_closes_in_pieces)
{
    static const char *const reasons[] = {"\x03\xe8tsch\xc3\xbc\xc3\x9f", "\x03\xe8ok \xc3"};
    uint8_t buf[64];
    size_t n = frame(buf, 0x88, reasons[_i], strlen(reasons[_i]));
    for (size_t i = 0; i < n; i++) {
        put(peer, buf + i, 1);
        rig_turns(&rig, 2);
    }
    take(peer, out, sizeof(out));
    ck_assert_uint_eq((uint8_t)out[0], 0x88);
    ck_assert_int_eq((uint8_t)out[2] << 8 | (uint8_t)out[3], _i == 0 ? 1000 : 1007);
    shutdown(peer, SHUT_WR);
    rig_turns(&rig, 3);
}
END_TEST

START_TEST(the_pool_may_go_before_the_streams)
{
    send_frame(0x01, "open", 4);
    ck_assert_ptr_nonnull(ws.slot);
    ln_ws_pool_destroy(ln_net_ws_pool(rig.net));
}
END_TEST

START_TEST(drained_is_passed_on)
{
    ln_conn_send(conn, ln_ws_text("x", 1));
    rig_turn(&rig);
    ck_assert_int_eq(seen.drained, 1);
}
END_TEST

START_TEST(encoded_frames)
{
    static char text[70000];
    static const struct {
        size_t n;
        const char *head;
        size_t head_n;
    } rows[] = {
        {0, "\x81\x00", 2},
        {125, "\x81\x7d", 2},
        {126, "\x81\x7e\x00\x7e", 4},
        {65535, "\x81\x7e\xff\xff", 4},
        {65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10},
        {70000, "\x81\x7f\x00\x00\x00\x00\x00\x01\x11\x70", 10},
    };
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct ln_frame *f = ln_ws_text(text, rows[i].n);
        ck_assert_uint_eq(f->n, rows[i].head_n + rows[i].n);
        ck_assert_mem_eq(f->bytes, rows[i].head, rows[i].head_n);
        ck_assert_mem_eq(f->bytes + rows[i].head_n, text, rows[i].n);
        ln_frame_unref(f);
    }
}
END_TEST

static void
add_tests(TCase *t)
{
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, upgrade_requests, 0, (int)LN_COUNT(upgrades));
    tcase_add_test(t, the_answer_to_the_sample_nonce);
    tcase_add_test(t, texts_of_many_sizes);
    tcase_add_test(t, a_stream_borrows_only_while_it_is_not_at_rest);
    tcase_add_test(t, stopping_keeps_the_rest_and_survives_a_move);
    tcase_add_test(t, streams_split_anywhere);
    tcase_add_test(t, bytes_in_hand_that_are_not_utf8);
    tcase_add_test(t, a_message_over_the_limit);
    tcase_add_test(t, fragments_over_the_limit_of_a_message);
    tcase_add_test(t, too_many_fragments);
    tcase_add_test(t, binary_is_not_wanted);
    tcase_add_test(t, binary_where_it_is_allowed);
    tcase_add_test(t, too_many_pings);
    tcase_add_test(t, no_pongs_to_a_peer_that_does_not_read);
    tcase_add_test(t, a_message_that_is_never_completed);
    tcase_add_test(t, a_stream_at_rest_has_no_deadline);
    tcase_add_test(t, too_many_borrowers);
    tcase_add_test(t, closing_with_a_reason);
    tcase_add_test(t, a_long_reason_is_cut_between_characters);
    tcase_add_test(t, closing_inside_on_message);
    tcase_add_test(t, the_peer_closes);
    tcase_add_loop_test(t, the_peer_closes_in_pieces, 0, 2);
    tcase_add_test(t, the_pool_may_go_before_the_streams);
    tcase_add_test(t, drained_is_passed_on);
    tcase_add_test(t, encoded_frames);
}

RUN_SUITE("ws", add_tests)
