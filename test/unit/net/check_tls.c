/* SPDX-License-Identifier: MIT
 * check_tls.c - TLS 1.2 and 1.3 with OpenSSL as the client: echo, blocked output, moving, reload,
 * and the limit of handshakes. Certificates are made by the openssl command in a folder of the
 * test.
 */
#include "linnet/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "linnet/base/clock.h"
#include "linnet/net/listener.h"

#include "net_rig.h"

static char dir[64];
static char cert[80];
static char key[80];
static struct ln_tls *tls;
static struct rig rig;
static char why[300];

static int closed;
static enum ln_err closed_why;
static size_t received;
static int paused_by_handler;
static int silent;

static size_t
on_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    received += n;
    if (paused_by_handler) {
        ln_conn_pause(c);
        return 0;
    }
    if (!silent)
        ln_conn_send_copy(c, p, n);
    return n;
}

static void
on_closed(struct ln_conn *c, enum ln_err err)
{
    (void)c;
    closed++;
    closed_why = err;
}

static const struct ln_conn_ops ops = {on_data, NULL, on_closed};

static void
make_cert(const char *name)
{
    char cmd[500];
    snprintf(cmd, sizeof(cmd),
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
             "-subj /CN=%s -keyout %s -out %s 2>/dev/null",
             name, key, cert);
    ck_assert_int_eq(system(cmd), 0);
}

static void
set_up(void)
{
    snprintf(dir, sizeof(dir), "/tmp/check_tls.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
    snprintf(key, sizeof(key), "%s/key.pem", dir);
    make_cert("first");
    rig_init(&rig, NULL, NULL);
    tls = ln_tls_create(cert, key, why, sizeof(why));
    ck_assert_msg(tls != NULL, "%s", why);
    closed = paused_by_handler = silent = 0;
    received = 0;
}

static void
tear_down(void)
{
    rig_deinit(&rig);
    ln_tls_destroy(&tls);
    ck_assert_ptr_null(tls);
    unlink(cert);
    unlink(key);
    rmdir(dir);
    ln_clock_real();
}

/* ── a client ── */

struct client {
    int fd;
    int far; /* the server's end, until it is adopted */
    SSL *ssl;
    struct ln_conn *conn;
};

static SSL_CTX *
client_ctx(int version)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    return ctx;
}

static void
prepare(struct client *cl, int version)
{
    int fd[2];
    SSL_CTX *ctx = client_ctx(version);
    tcp_pair(fd);
    cl->far = fd[0];
    cl->fd = fd[1];
    evutil_make_socket_nonblocking(cl->fd);
    cl->ssl = SSL_new(ctx);
    SSL_CTX_free(ctx);
    SSL_set_fd(cl->ssl, cl->fd);
    SSL_set_connect_state(cl->ssl);
}

static void
dial(struct client *cl, int version)
{
    prepare(cl, version);
    cl->conn = ln_conn_adopt(rig.net, cl->far, tls, &ops, NULL);
}

static int
shake(struct client *cl)
{
    int r = 0;
    for (int i = 0; i < 20 && r != 1; i++) {
        ERR_clear_error();
        r = SSL_do_handshake(cl->ssl);
        rig_turn(&rig);
    }
    return r;
}

static void
hang_up(struct client *cl)
{
    SSL_free(cl->ssl);
    close(cl->fd);
}

/* Reads until n bytes came, each looked at in its place. One assertion for all: check writes a
 * line to a file for each, which took minutes here. */
static void
expect_pattern(struct client *cl, struct rig *r, size_t n)
{
    static uint8_t buf[16384];
    size_t at = 0, wrong = 0;
    for (int i = 0; i < 100000 && at < n; i++) {
        ERR_clear_error();
        int got = SSL_read(cl->ssl, buf, sizeof(buf));
        for (int k = 0; k < got; k++, at++)
            wrong += buf[k] != (uint8_t)(at * 31 + at / 256);
        if (got <= 0)
            rig_turn(r);
    }
    ck_assert_uint_eq(at, n);
    ck_assert_uint_eq(wrong, 0);
}

static void
send_pattern(struct ln_conn *c, size_t from, size_t n)
{
    static uint8_t buf[100000];
    for (size_t i = 0; i < n; i++)
        buf[i] = (uint8_t)((from + i) * 31 + (from + i) / 256);
    ln_conn_send_copy(c, buf, n);
}

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

START_TEST(echo_with_each_version)
{
    struct client cl;
    char buf[100];
    dial(&cl, versions[_i]);
    ck_assert_int_eq(shake(&cl), 1);
    ck_assert_int_eq(SSL_version(cl.ssl), versions[_i]);
    ck_assert(ln_conn_is_tls(cl.conn));
    ck_assert_int_eq(SSL_write(cl.ssl, "hello", 5), 5);
    rig_turns(&rig, 3);
    ck_assert_int_eq(SSL_read(cl.ssl, buf, sizeof(buf)), 5);
    ck_assert_mem_eq(buf, "hello", 5);
    SSL_shutdown(cl.ssl);
    rig_turns(&rig, 3);
    ck_assert_int_eq(closed, 1);
    ck_assert_int_eq(closed_why, LN_ECLOSED);
    hang_up(&cl);
}
END_TEST

START_TEST(old_versions_are_refused)
{
    struct client cl;
    dial(&cl, TLS1_1_VERSION);
    SSL_set_security_level(cl.ssl, 0);
    ck_assert_int_ne(shake(&cl), 1);
    rig_turns(&rig, 3);
    ck_assert_int_eq(closed, 1);
    hang_up(&cl);
}
END_TEST

START_TEST(plain_text_on_a_tls_port)
{
    struct client cl;
    dial(&cl, TLS1_3_VERSION);
    puts_to(cl.fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    rig_turns(&rig, 3);
    ck_assert_int_eq(closed, 1);
    ck_assert_uint_eq(received, 0);
    hang_up(&cl);
}
END_TEST

START_TEST(small_frames_share_records_and_large_ones_arrive_whole)
{
    struct client cl;
    static const size_t sizes[] = {1, 10, 16383, 16384, 16385, 3, 60000, 100, 100000, 1};
    size_t total = 0;
    dial(&cl, versions[_i]);
    ck_assert_int_eq(shake(&cl), 1);
    for (int round = 0; round < 30; round++) {
        for (size_t i = 0; i < LN_COUNT(sizes); i++) {
            send_pattern(cl.conn, total, sizes[i]);
            total += sizes[i];
        }
        rig_turn(&rig); /* blocks soon: SSL_write must be repeated */
    }
    ck_assert_uint_gt(cl.conn->out_bytes, 0);
    expect_pattern(&cl, &rig, total);
    ck_assert_uint_eq(cl.conn->out_bytes, 0);
    hang_up(&cl);
}
END_TEST

START_TEST(a_dropped_queue_leaves_the_stream_whole)
{
    struct client cl;
    static uint8_t buf[1 << 16];
    size_t letters = 0, wrong = 0;
    bool end = false;
    dial(&cl, versions[_i]);
    ck_assert_int_eq(shake(&cl), 1);
    char frame[1000];
    for (int i = 0; i < 9000; i++) {
        memset(frame, 'a' + i % 26, sizeof(frame));
        ln_conn_send_copy(cl.conn, frame, sizeof(frame));
    }
    rig_turn(&rig);
    size_t before = cl.conn->out_bytes;
    ck_assert_uint_gt(before, 20000);
    ln_conn_drop_queue(cl.conn);
    ck_assert_uint_gt(cl.conn->out_bytes, 0);
    ck_assert_uint_lt(cl.conn->out_bytes, 20000);
    ln_conn_send_copy(cl.conn, "!", 1);
    for (int i = 0; i < 100000 && !end; i++) {
        ERR_clear_error();
        int got = SSL_read(cl.ssl, buf, sizeof(buf));
        for (int k = 0; k < got; k++) {
            end = buf[k] == '!';
            if (!end) {
                wrong += buf[k] != 'a' + letters / 1000 % 26;
                letters++;
            }
        }
        if (got <= 0)
            rig_turn(&rig);
    }
    ck_assert(end);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(letters % 1000, 0);
    hang_up(&cl);
}
END_TEST

START_TEST(moving_with_blocked_output)
{
    struct client cl;
    struct rig other;
    size_t total = 0;
    rig_init(&other, NULL, NULL);
    dial(&cl, versions[_i]);
    ck_assert_int_eq(shake(&cl), 1);
    for (int i = 0; i < 100; i++, total += 70000)
        send_pattern(cl.conn, total, 70000);
    rig_turn(&rig);
    ck_assert_uint_gt(cl.conn->out_bytes, 0);
    ln_conn_detach(cl.conn);
    silent = 1;
    ck_assert_int_eq(SSL_write(cl.ssl, "hello", 5), 5); /* read by the new owner */
    ln_conn_attach(cl.conn, other.net);
    expect_pattern(&cl, &other, total);
    rig_turns(&other, 3);
    ck_assert_uint_eq(received, 5);
    rig_deinit(&other);
    hang_up(&cl);
}
END_TEST

/* SSL may hold the rest of a record while epoll sees an empty socket. */
START_TEST(bytes_inside_ssl_are_not_forgotten)
{
    struct client cl;
    static uint8_t big[60000];
    dial(&cl, versions[_i]);
    ck_assert_int_eq(shake(&cl), 1);
    paused_by_handler = 1;
    ck_assert_int_eq(SSL_write(cl.ssl, big, 16000), 16000);
    ck_assert_int_eq(SSL_write(cl.ssl, big, 16000), 16000);
    ck_assert_int_eq(SSL_write(cl.ssl, big, 16000), 16000);
    rig_turns(&rig, 3);
    size_t first = received;
    ck_assert_uint_gt(first, 0);
    ck_assert_uint_lt(first, 48000);
    paused_by_handler = 0;
    received = 0;
    ln_conn_resume(cl.conn);
    rig_turns(&rig, 5);
    ck_assert_uint_eq(received, 48000); /* what was kept came again */
    hang_up(&cl);
}
END_TEST

START_TEST(finishing_says_goodbye)
{
    struct client cl;
    char buf[10];
    dial(&cl, versions[_i]);
    ck_assert_int_eq(shake(&cl), 1);
    ln_conn_send_copy(cl.conn, "bye", 3);
    ln_conn_finish(cl.conn, LN_ERATE);
    rig_turns(&rig, 2);
    ck_assert_int_eq(SSL_read(cl.ssl, buf, sizeof(buf)), 3);
    ck_assert_int_eq(SSL_read(cl.ssl, buf, sizeof(buf)), 0);
    ck_assert_int_eq(SSL_get_error(cl.ssl, 0), SSL_ERROR_ZERO_RETURN);
    hang_up(&cl);
    rig_turns(&rig, 3);
    ck_assert_int_eq(closed, 1);
    ck_assert_int_eq(closed_why, LN_ERATE);
}
END_TEST

static void
expect_name(const char *name)
{
    struct client cl;
    char cn[64] = "";
    dial(&cl, TLS1_3_VERSION);
    ck_assert_int_eq(shake(&cl), 1);
    X509 *peer = SSL_get1_peer_certificate(cl.ssl);
    ck_assert_ptr_nonnull(peer);
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, cn, sizeof(cn));
    X509_free(peer);
    ck_assert_str_eq(cn, name);
    hang_up(&cl);
    rig_turns(&rig, 3);
}

START_TEST(a_reload_is_for_new_connections)
{
    struct client old;
    char buf[10];
    dial(&old, TLS1_3_VERSION);
    ck_assert_int_eq(shake(&old), 1);
    make_cert("second");
    expect_name("first");
    ck_assert_int_eq(ln_tls_reload(tls, why, sizeof(why)), LN_OK);
    expect_name("second");
    ck_assert_int_eq(SSL_write(old.ssl, "old", 3), 3);
    rig_turns(&rig, 3);
    ck_assert_int_eq(SSL_read(old.ssl, buf, sizeof(buf)), 3);
    hang_up(&old);
}
END_TEST

START_TEST(a_bad_reload_changes_nothing)
{
    FILE *f = fopen(cert, "w");
    fputs("no certificate\n", f);
    fclose(f);
    ck_assert_int_ne(ln_tls_reload(tls, why, sizeof(why)), LN_OK);
    ck_assert_ptr_nonnull(strstr(why, cert));
    expect_name("first");
    ck_assert_ptr_null(ln_tls_create(cert, key, why, sizeof(why)));
}
END_TEST

START_TEST(a_key_that_does_not_fit)
{
    char other[100];
    char cmd[300];
    snprintf(other, sizeof(other), "%s/other.pem", dir);
    snprintf(cmd, sizeof(cmd), "openssl ecparam -genkey -name prime256v1 -noout -out %s", other);
    ck_assert_int_eq(system(cmd), 0);
    ck_assert_ptr_null(ln_tls_create(cert, other, why, sizeof(why)));
    ck_assert_ptr_nonnull(strstr(why, other));
    unlink(other);
    ck_assert_ptr_null(ln_tls_create(cert, other, why, sizeof(why)));
}
END_TEST

#define MANY 150

START_TEST(many_handshakes_wait_for_their_turn)
{
    static struct client cls[MANY];
    for (int i = 0; i < MANY; i++) {
        prepare(&cls[i], TLS1_3_VERSION);
        SSL_do_handshake(cls[i].ssl); /* its first flight */
    }
    /* Only now, for from the first one on more are let in every second. */
    for (int i = 0; i < MANY; i++)
        cls[i].conn = ln_conn_adopt(rig.net, cls[i].far, tls, &ops, NULL);
    rig_turn(&rig);
    int done = 0;
    for (int i = 0; i < MANY; i++) {
        ERR_clear_error();
        SSL_do_handshake(cls[i].ssl);
        done += SSL_is_init_finished(cls[i].ssl);
    }
    ck_assert_int_eq(done, 64); /* the others are unread yet */
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(shake(&cls[i]), 1);
    for (int i = 0; i < MANY; i++)
        hang_up(&cls[i]);
    for (int i = 0; i < 10; i++)
        rig_turn(&rig);
    ck_assert_int_eq(closed, MANY);
}
END_TEST

START_TEST(a_handshake_has_ten_seconds)
{
    struct client cl;
    ln_clock_fake(1000000, 0);
    dial(&cl, TLS1_3_VERSION);
    rig_turn(&rig);
    ln_clock_fake(1010000, 0);
    rig_until(&rig, &closed, 1); /* at the net's tick of a second */
    ck_assert_int_eq(closed_why, LN_ETIMEOUT);
    hang_up(&cl);
}
END_TEST

START_TEST(peers_that_stall_do_not_hold_the_others)
{
    static struct client cls[70];
    for (int i = 0; i < 70; i++) {
        dial(&cls[i], TLS1_3_VERSION);
        if (i < 69)
            puts_to(cls[i].fd, "\x16"); /* the first byte of a handshake, and no more */
    }
    rig_turns(&rig, 2);
    struct client *last = &cls[69];
    int r = SSL_do_handshake(last->ssl);
    for (int i = 0; i < 100 && r != 1; i++) {
        event_base_loop(rig.base, EVLOOP_ONCE); /* the tick */
        ln_net_flush(rig.net);
        ERR_clear_error();
        r = SSL_do_handshake(last->ssl);
    }
    ck_assert_int_eq(r, 1);
    for (int i = 0; i < 70; i++)
        hang_up(&cls[i]);
}
END_TEST

static void
add_tests(TCase *t)
{
    int n = (int)LN_COUNT(versions);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, echo_with_each_version, 0, n);
    tcase_add_test(t, old_versions_are_refused);
    tcase_add_test(t, plain_text_on_a_tls_port);
    tcase_add_loop_test(t, small_frames_share_records_and_large_ones_arrive_whole, 0, n);
    tcase_add_loop_test(t, a_dropped_queue_leaves_the_stream_whole, 0, n);
    tcase_add_loop_test(t, moving_with_blocked_output, 0, n);
    tcase_add_loop_test(t, bytes_inside_ssl_are_not_forgotten, 0, n);
    tcase_add_loop_test(t, finishing_says_goodbye, 0, n);
    tcase_add_test(t, a_reload_is_for_new_connections);
    tcase_add_test(t, a_bad_reload_changes_nothing);
    tcase_add_test(t, a_key_that_does_not_fit);
    tcase_add_test(t, many_handshakes_wait_for_their_turn);
    tcase_add_test(t, a_handshake_has_ten_seconds);
    tcase_add_test(t, peers_that_stall_do_not_hold_the_others);
}

RUN_SUITE("tls", add_tests)
