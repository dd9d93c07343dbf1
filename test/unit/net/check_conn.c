/* SPDX-License-Identifier: MIT
 * check_conn.c - connections on real sockets: input kept back, output queued, closing, moving.
 */
#include "linnet/net/conn.h"

#include "linnet/base/clock.h"

#include "net_rig.h"

/* A handler that notes what it sees and does what it is told. */
struct seen {
    uint8_t *got;
    size_t n;
    size_t use_max; /* bytes it takes a call */
    size_t largest; /* call */
    int calls;
    int drained;
    int closed;
    enum ln_err why;
    enum { NOTHING, CLOSE, FINISH, PAUSE, SWAP } then;
};

static size_t on_data(struct ln_conn *c, const uint8_t *p, size_t n);
static void
on_drained(struct ln_conn *c)
{
    ((struct seen *)c->user)->drained++;
}

static void
on_closed(struct ln_conn *c, enum ln_err why)
{
    struct seen *s = c->user;
    s->closed++;
    s->why = why;
}

static size_t
on_swapped_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    struct seen *s = c->user;
    (void)p;
    s->calls += 100;
    return n;
}

static const struct ln_conn_ops ops = {on_data, on_drained, on_closed};
static const struct ln_conn_ops swapped_ops = {on_swapped_data, NULL, on_closed};

static size_t
on_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    struct seen *s = c->user;
    size_t use = n < s->use_max ? n : s->use_max;
    s->calls++;
    if (n > s->largest)
        s->largest = n;
    s->got = ln_realloc(s->got, s->n + use);
    memcpy(s->got + s->n, p, use);
    s->n += use;
    if (s->then == CLOSE)
        ln_conn_close(c, LN_EPROTO);
    else if (s->then == FINISH)
        ln_conn_finish(c, LN_ERATE);
    else if (s->then == PAUSE)
        ln_conn_pause(c);
    else if (s->then == SWAP)
        c->ops = &swapped_ops;
    return use;
}

static struct rig rig;
static struct seen seen;
static int peer;
static struct ln_conn *conn;

static void
set_up(void)
{
    rig_init(&rig, NULL, NULL);
    seen = (struct seen){.use_max = SIZE_MAX};
    conn = rig_pair(&rig, &ops, &seen, &peer);
}

static void
tear_down(void)
{
    rig_deinit(&rig);
    close(peer);
    free(seen.got);
    ln_clock_real();
}

START_TEST(input_comes_as_it_was_sent)
{
    puts_to(peer, "hello");
    rig_turn(&rig);
    ck_assert_uint_eq(seen.n, 5);
    ck_assert_mem_eq(seen.got, "hello", 5);
    ck_assert_int_eq(seen.calls, 1);
    ck_assert_uint_eq(conn->peer_uid, getuid());
    ck_assert_uint_eq(ln_net_count(rig.net), 1);
}
END_TEST

START_TEST(unused_bytes_come_again_before_newer_ones)
{
    seen.use_max = 0;
    puts_to(peer, "abc");
    rig_turn(&rig);
    ck_assert_uint_eq(conn->kept_n, 3);
    puts_to(peer, "def");
    rig_turn(&rig);
    ck_assert_uint_eq(seen.largest, 6);
    seen.use_max = SIZE_MAX;
    rig_turn(&rig);
    ck_assert_uint_eq(seen.n, 0);
    ln_conn_kick(conn);
    rig_turn(&rig);
    ck_assert_uint_eq(seen.n, 6);
    ck_assert_mem_eq(seen.got, "abcdef", 6);
    ck_assert_ptr_null(conn->kept);
}
END_TEST

START_TEST(a_handler_may_take_some_at_a_time)
{
    seen.use_max = 2;
    puts_to(peer, "abcde");
    rig_turn(&rig);
    ck_assert_uint_eq(seen.n, 5);
    ck_assert_int_eq(seen.calls, 3);
}
END_TEST

START_TEST(kept_bytes_are_bounded_and_reading_stops)
{
    static uint8_t big[1 << 20];
    size_t sent = 0;
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (uint8_t)(i * 7 + i / 251);
    seen.use_max = 0;
    for (int i = 0; i < 50; i++) {
        ssize_t n = send(peer, big + sent, sizeof(big) - sent, MSG_DONTWAIT);
        if (n > 0)
            sent += (size_t)n;
        rig_turn(&rig);
    }
    ck_assert_uint_eq(conn->kept_n, LN_NET_READ_BYTES);
    ck_assert_uint_lt(sent, sizeof(big));
    int calls = seen.calls;
    rig_turns(&rig, 5);
    ck_assert_int_eq(seen.calls, calls);
    seen.use_max = SIZE_MAX;
    ln_conn_kick(conn);
    while (sent < sizeof(big)) {
        ssize_t n = send(peer, big + sent, sizeof(big) - sent, MSG_DONTWAIT);
        if (n > 0)
            sent += (size_t)n;
        rig_turn(&rig);
    }
    rig_turns(&rig, 20);
    ck_assert_uint_eq(seen.n, sizeof(big));
    ck_assert_mem_eq(seen.got, big, sizeof(big));
    ck_assert_uint_le(seen.largest, LN_NET_READ_BYTES);
}
END_TEST

START_TEST(a_new_handler_gets_the_rest)
{
    seen.use_max = 2;
    seen.then = SWAP;
    puts_to(peer, "abcde");
    rig_turn(&rig);
    ck_assert_uint_eq(seen.n, 2);
    ck_assert_int_eq(seen.calls, 101);
}
END_TEST

START_TEST(a_paused_connection_is_not_read)
{
    seen.use_max = 1;
    seen.then = PAUSE;
    puts_to(peer, "abc");
    rig_turn(&rig);
    ck_assert_uint_eq(seen.n, 1);
    puts_to(peer, "def");
    rig_turns(&rig, 3);
    ln_conn_kick(conn);
    rig_turns(&rig, 3);
    ck_assert_int_eq(seen.calls, 1);
    seen.then = NOTHING;
    ln_conn_resume(conn);
    rig_turns(&rig, 2);
    ck_assert_mem_eq(seen.got, "abcdef", 6);
}
END_TEST

START_TEST(frames_leave_in_order_and_are_released)
{
    char buf[2000];
    struct ln_frame *f = ln_frame_copy("<shared>", 8);
    for (int i = 0; i < 100; i++) {
        char text[16];
        ln_conn_send(conn, ln_frame_ref(f));
        ln_conn_send_copy(conn, text, (size_t)snprintf(text, sizeof(text), "%d", i));
    }
    ck_assert_uint_eq(atomic_load(&f->refs), 101);
    ck_assert_uint_eq(conn->out_bytes, 100 * 8 + 190);
    ck_assert_int_eq(take(peer, buf, sizeof(buf)), -1);
    rig_turn(&rig);
    ck_assert_int_eq(take(peer, buf, sizeof(buf)), 990);
    char want[2000];
    size_t n = 0;
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(want + n, sizeof(want) - n, "<shared>%d", i);
    ck_assert_str_eq(buf, want);
    ck_assert_uint_eq(atomic_load(&f->refs), 1);
    ck_assert_uint_eq(conn->out_bytes, 0);
    ck_assert_ptr_null(conn->out);
    ck_assert_int_eq(seen.drained, 1);
    ln_frame_unref(f);
}
END_TEST

START_TEST(an_empty_frame_is_nothing)
{
    ln_conn_send_copy(conn, "", 0);
    ck_assert_ptr_null(conn->out);
    rig_turn(&rig);
    ck_assert_int_eq(seen.closed, 0);
}
END_TEST

/* Frames of 1000 equal letters, so that a torn one shows. */
static void
send_letters(char from, int count)
{
    char text[1000];
    for (int i = 0; i < count; i++) {
        memset(text, from + i % 26, sizeof(text));
        ln_conn_send_copy(conn, text, sizeof(text));
    }
}

START_TEST(blocked_output_waits_and_goes_on)
{
    static char buf[1 << 16];
    size_t total = 0;
    send_letters('a', 3000);
    rig_turn(&rig);
    ck_assert_uint_gt(conn->out_bytes, 0);
    ck_assert_int_eq(seen.drained, 0);
    for (int i = 0; i < 1000 && total < 3000000; i++) {
        ssize_t n = take(peer, buf, sizeof(buf));
        for (ssize_t k = 0; k < n; k++, total++)
            ck_assert_int_eq(buf[k], 'a' + (int)(total / 1000 % 26));
        rig_turn(&rig);
    }
    ck_assert_uint_eq(total, 3000000);
    ck_assert_uint_eq(conn->out_bytes, 0);
    ck_assert_int_eq(seen.drained, 1);
}
END_TEST

START_TEST(a_dropped_queue_keeps_the_frame_begun)
{
    static char buf[4 << 20];
    size_t total = 0;
    send_letters('a', 3000);
    rig_turn(&rig);
    size_t waiting = conn->out_bytes;
    ln_conn_drop_queue(conn);
    ck_assert_uint_lt(conn->out_bytes, 1000);
    ck_assert_uint_gt(waiting, conn->out_bytes);
    ln_conn_send_copy(conn, "END", 3);
    for (int i = 0; i < 100; i++) {
        ssize_t n = take(peer, buf + total, sizeof(buf) - total);
        total += n > 0 ? (size_t)n : 0;
        rig_turn(&rig);
    }
    ck_assert_uint_eq(total % 1000, 3);
    for (size_t i = 0; i < total - 3; i++)
        ck_assert_int_eq(buf[i], buf[i - i % 1000]);
    ck_assert_mem_eq(buf + total - 3, "END", 3);
}
END_TEST

START_TEST(a_queue_not_begun_is_dropped_whole)
{
    send_letters('a', 3);
    ln_conn_drop_queue(conn);
    ck_assert_uint_eq(conn->out_bytes, 0);
    ck_assert_ptr_null(conn->out);
    ln_conn_drop_queue(conn);
}
END_TEST

START_TEST(closing_calls_back_once_at_the_end_of_the_turn)
{
    ln_conn_close(conn, LN_EAUTH);
    ln_conn_close(conn, LN_EIO);
    ln_conn_finish(conn, LN_EIO);
    ln_conn_send_copy(conn, "late", 4);
    ck_assert(ln_conn_is_closing(conn));
    ck_assert_int_eq(seen.closed, 0);
    puts_to(peer, "late");
    rig_turns(&rig, 2);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_EAUTH);
    ck_assert_int_eq(seen.calls, 0);
    ck_assert_uint_eq(ln_net_count(rig.net), 0);
}
END_TEST

START_TEST(closing_inside_on_data)
{
    seen.then = CLOSE;
    seen.use_max = 1;
    puts_to(peer, "abc");
    rig_turns(&rig, 2);
    ck_assert_int_eq(seen.calls, 1);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_EPROTO);
}
END_TEST

START_TEST(the_peer_closes)
{
    char c;
    shutdown(peer, SHUT_WR);
    rig_turns(&rig, 2);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ECLOSED);
    ck_assert_int_eq(read(peer, &c, 1), 0);
}
END_TEST

START_TEST(a_half_closed_peer_still_gets_what_waits)
{
    static char buf[1 << 16];
    size_t total = 0;
    ssize_t n = 1;
    send_letters('a', 1000);
    rig_turn(&rig);
    shutdown(peer, SHUT_WR);
    for (int i = 0; i < 1000 && n != 0; i++) {
        rig_turn(&rig);
        n = take(peer, buf, sizeof(buf));
        total += n > 0 ? (size_t)n : 0;
    }
    rig_turns(&rig, 2);
    ck_assert_uint_eq(total, 1000000);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ECLOSED);
}
END_TEST

START_TEST(finishing_drains_then_waits_for_the_peer)
{
    char buf[100];
    ln_conn_send_copy(conn, "bye", 3);
    ln_conn_finish(conn, LN_ERATE);
    ln_conn_send_copy(conn, "late", 4);
    puts_to(peer, "ignored");
    rig_turns(&rig, 2);
    ck_assert_int_eq(take(peer, buf, sizeof(buf)), 3);
    ck_assert_str_eq(buf, "bye");
    ck_assert_int_eq(take(peer, buf, sizeof(buf)), 0);
    ck_assert_int_eq(seen.closed, 0);
    shutdown(peer, SHUT_WR);
    rig_turns(&rig, 2);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ERATE);
    ck_assert_int_eq(seen.calls, 0);
}
END_TEST

/* The tick is a real second; what the deadline compares with is not. */
START_TEST(finishing_ends_after_five_seconds)
{
    ln_clock_fake(100000, 0);
    ln_conn_finish(conn, LN_ERATE);
    rig_turns(&rig, 2);
    ln_clock_fake(104000, 0);
    event_base_loop(rig.base, EVLOOP_ONCE);
    ln_net_flush(rig.net);
    ck_assert_int_eq(seen.closed, 0);
    ln_clock_fake(105000, 0);
    rig_until(&rig, &seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ERATE);
}
END_TEST

START_TEST(last_words_are_not_overtaken_by_a_reset)
{
    static char junk[1 << 18];
    char buf[100];
    int fd[2];
    struct seen s = {.use_max = 1, .then = FINISH};
    tcp_pair(fd);
    struct ln_conn *c = ln_conn_adopt(rig.net, fd[0], NULL, &ops, &s);
    static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
    ck_assert_mem_eq(c->peer, mapped, 16);
    ck_assert_uint_eq(c->peer_uid, UINT32_MAX);
    ln_conn_send_copy(c, "last words", 10);
    for (int i = 0; i < 20; i++) {
        send(fd[1], junk, sizeof(junk), MSG_DONTWAIT | MSG_NOSIGNAL);
        rig_turn(&rig);
    }
    ck_assert_int_eq(take(fd[1], buf, sizeof(buf)), 10);
    ck_assert_int_eq(take(fd[1], buf, sizeof(buf)), 0);
    ck_assert_int_eq(s.calls, 1);
    close(fd[1]);
    rig_until(&rig, &s.closed, 1);
    free(s.got);
}
END_TEST

START_TEST(moving_takes_kept_bytes_and_output_along)
{
    struct rig other;
    char buf[100];
    rig_init(&other, NULL, NULL);
    seen.use_max = 0;
    puts_to(peer, "abc");
    rig_turn(&rig);
    ln_conn_send_copy(conn, "out", 3);
    ln_conn_detach(conn);
    ck_assert_uint_eq(ln_net_count(rig.net), 0);
    ck_assert_ptr_null(conn->net);
    rig_turn(&rig);
    puts_to(peer, "def");
    seen.use_max = SIZE_MAX;
    ln_conn_attach(conn, other.net);
    ck_assert_uint_eq(ln_net_count(other.net), 1);
    ln_net_flush(other.net);
    ck_assert_mem_eq(seen.got, "abcdef", 6);
    ck_assert_int_eq(take(peer, buf, sizeof(buf)), 3);
    puts_to(peer, "ghi");
    rig_turn(&other);
    ck_assert_uint_eq(seen.n, 9);
    rig_deinit(&other);
    ck_assert_int_eq(seen.closed, 1);
    ck_assert_int_eq(seen.why, LN_ESHUTDOWN);
}
END_TEST

START_TEST(moving_while_output_is_blocked)
{
    struct rig other;
    static char buf[1 << 16];
    size_t total = 0;
    rig_init(&other, NULL, NULL);
    send_letters('a', 1000);
    rig_turn(&rig);
    ln_conn_detach(conn);
    send_letters('a', 26); /* while on the way */
    ln_conn_attach(conn, other.net);
    for (int i = 0; i < 1000; i++) {
        ssize_t n = take(peer, buf, sizeof(buf));
        total += n > 0 ? (size_t)n : 0;
        rig_turn(&other);
    }
    ck_assert_uint_eq(total, 1026000);
    rig_deinit(&other);
}
END_TEST

static void
close_and_count(struct ln_conn *c, void *arg)
{
    ++*(int *)arg;
    ln_conn_finish(c, LN_ESHUTDOWN);
}

START_TEST(each_meets_everyone)
{
    int peers[10];
    int count = 0;
    struct seen others[10] = {{0}};
    for (int i = 0; i < 10; i++)
        rig_pair(&rig, &ops, &others[i], &peers[i]);
    ln_net_each(rig.net, close_and_count, &count);
    ck_assert_int_eq(count, 11);
    rig_turn(&rig);
    ln_net_each(rig.net, close_and_count, &count); /* all have a deadline now */
    ck_assert_int_eq(count, 22);
    for (int i = 0; i < 10; i++)
        close(peers[i]);
    rig_turns(&rig, 2);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(others[i].closed, 1);
    ck_assert_uint_eq(ln_net_count(rig.net), 1);
}
END_TEST

/* A handler that answers each drain with more must not hold the turn for ever. */
static void
on_drained_more(struct ln_conn *c)
{
    ((struct seen *)c->user)->drained++;
    ln_conn_send_copy(c, "x", 1);
}

START_TEST(endless_output_leaves_the_turn)
{
    static const struct ln_conn_ops more = {on_data, on_drained_more, on_closed};
    conn->ops = &more;
    ln_conn_send_copy(conn, "x", 1);
    rig_turn(&rig);
    int first = seen.drained;
    ck_assert_int_lt(first, 100);
    event_base_loop(rig.base, EVLOOP_ONCE); /* does not sleep */
    ln_net_flush(rig.net);
    ck_assert_int_gt(seen.drained, first);
}
END_TEST

START_TEST(frames_are_counted)
{
    struct ln_frame *f = ln_frame_alloc(3);
    memcpy(f->bytes, "abc", 3);
    ck_assert_uint_eq(f->n, 3);
    ck_assert_ptr_eq(ln_frame_ref(f), f);
    ln_frame_ref_n(f, 5);
    ck_assert_uint_eq(atomic_load(&f->refs), 7);
    for (int i = 0; i < 7; i++)
        ln_frame_unref(f);
    ln_frame_unref(NULL);
}
END_TEST

static void
add_tests(TCase *t)
{
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, input_comes_as_it_was_sent);
    tcase_add_test(t, unused_bytes_come_again_before_newer_ones);
    tcase_add_test(t, a_handler_may_take_some_at_a_time);
    tcase_add_test(t, kept_bytes_are_bounded_and_reading_stops);
    tcase_add_test(t, a_new_handler_gets_the_rest);
    tcase_add_test(t, a_paused_connection_is_not_read);
    tcase_add_test(t, frames_leave_in_order_and_are_released);
    tcase_add_test(t, an_empty_frame_is_nothing);
    tcase_add_test(t, blocked_output_waits_and_goes_on);
    tcase_add_test(t, a_dropped_queue_keeps_the_frame_begun);
    tcase_add_test(t, a_queue_not_begun_is_dropped_whole);
    tcase_add_test(t, closing_calls_back_once_at_the_end_of_the_turn);
    tcase_add_test(t, closing_inside_on_data);
    tcase_add_test(t, the_peer_closes);
    tcase_add_test(t, a_half_closed_peer_still_gets_what_waits);
    tcase_add_test(t, finishing_drains_then_waits_for_the_peer);
    tcase_add_test(t, finishing_ends_after_five_seconds);
    tcase_add_test(t, last_words_are_not_overtaken_by_a_reset);
    tcase_add_test(t, moving_takes_kept_bytes_and_output_along);
    tcase_add_test(t, moving_while_output_is_blocked);
    tcase_add_test(t, each_meets_everyone);
    tcase_add_test(t, endless_output_leaves_the_turn);
    tcase_add_test(t, frames_are_counted);
}

RUN_SUITE("conn", add_tests)
