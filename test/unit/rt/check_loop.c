/* SPDX-License-Identifier: MIT
 * check_loop.c - turns, messages a turn, tick, again, slow turns. Every wait ends by an event.
 */
#include "linnet/rt/loop.h"

#include <check.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"

struct probe {
    struct ln_loop *loop;
    uint32_t messages;
    uint32_t in_turn;     /* messages since the last on_turn */
    uint32_t most_a_turn; /* the most seen in one turn */
    uint32_t turns;
    uint32_t ticks;
    uint32_t stop_at_turn; /* 0 = never */
    uint32_t stop_at_msg;
    uint32_t stop_at_tick;
    uint32_t again_until; /* asks for another turn up to this one */
    uint32_t burn_us;     /* busy time a message */
    uint32_t events;
    bool is_ordered;
};

static void
burn(uint32_t us)
{
    uint64_t end_us = ln_mono_us() + us;
    while (ln_mono_us() < end_us)
        continue;
}

static void
on_msg(void *ctx, struct ln_msg *msg)
{
    struct probe *p = ctx;
    p->is_ordered = p->is_ordered && msg->type == p->messages;
    p->messages++;
    p->in_turn++;
    if (p->burn_us > 0)
        burn(p->burn_us);
    if (p->messages == p->stop_at_msg)
        ln_loop_stop(p->loop);
}

static void
on_turn(void *ctx)
{
    struct probe *p = ctx;
    p->turns++;
    if (p->in_turn > p->most_a_turn)
        p->most_a_turn = p->in_turn;
    p->in_turn = 0;
    if (p->turns < p->again_until)
        ln_loop_again(p->loop);
    if (p->turns == p->stop_at_turn)
        ln_loop_stop(p->loop);
}

static void
on_tick(void *ctx)
{
    struct probe *p = ctx;
    if (++p->ticks == p->stop_at_tick)
        ln_loop_stop(p->loop);
}

static void
create_probe(struct probe *p, uint32_t tick_ms)
{
    *p = (struct probe){.is_ordered = true};
    p->loop = ln_loop_create(100000, &(struct ln_loop_ops){on_msg, on_turn, on_tick, tick_ms}, p);
    ck_assert_ptr_nonnull(ln_loop_base(p->loop));
}

static struct ln_msg *
post_many(struct probe *p, uint32_t count)
{
    struct ln_msg *msgs = ln_zalloc(count * sizeof *msgs);
    for (uint32_t i = 0; i < count; i++) {
        msgs[i].type = i;
        ck_assert_int_eq(ln_mailbox_post(ln_loop_mailbox(p->loop), &msgs[i]), LN_OK);
    }
    return msgs;
}

START_TEST(messages_are_bounded_a_turn_and_none_waits_for_a_ring)
{
    struct probe p;
    create_probe(&p, 0); /* no tick: a lost message would hang here */
    struct ln_msg *msgs = post_many(&p, 3 * LN_LOOP_MSGS + 5);
    p.stop_at_msg = 3 * LN_LOOP_MSGS + 5;
    ln_loop_run(p.loop);
    ck_assert_uint_eq(p.messages, 3 * LN_LOOP_MSGS + 5);
    ck_assert_uint_eq(p.most_a_turn, LN_LOOP_MSGS);
    ck_assert_uint_eq(p.turns, 4); /* the stop ends the loop after its turn */
    ck_assert(p.is_ordered);
    free(msgs);
    ln_loop_destroy(&p.loop);
    ck_assert_ptr_null(p.loop);
    ln_loop_destroy(&p.loop);
}
END_TEST

static void *
post_from_thread(void *arg)
{
    return post_many(arg, 500);
}

START_TEST(a_sleeping_loop_is_woken)
{
    struct probe p;
    create_probe(&p, 0);
    p.stop_at_msg = 500;
    pthread_t poster;
    ck_assert_int_eq(pthread_create(&poster, NULL, post_from_thread, &p), 0);
    ln_loop_run(p.loop);
    void *msgs;
    pthread_join(poster, &msgs);
    ck_assert_uint_eq(p.messages, 500);
    ck_assert(p.is_ordered);
    free(msgs);
    ln_loop_destroy(&p.loop);
}
END_TEST

START_TEST(again_makes_turns_without_any_event)
{
    struct probe p;
    create_probe(&p, 0);
    ln_loop_again(p.loop);
    p.again_until = 10;
    p.stop_at_turn = 10;
    ln_loop_run(p.loop);
    ck_assert_uint_eq(p.turns, 10);
    ln_loop_destroy(&p.loop);
}
END_TEST

START_TEST(ticks_come_and_sleep_is_not_slow)
{
    struct probe p;
    create_probe(&p, 20);
    p.stop_at_tick = 4;
    uint64_t start_ms = ln_mono_ms();
    ln_loop_run(p.loop);
    ck_assert_uint_eq(p.ticks, 4);
    ck_assert_uint_ge(ln_mono_ms() - start_ms, 70);
    ck_assert_uint_le(ln_loop_slow_turns(p.loop), 1); /* a busy machine may preempt us once */
    ln_loop_destroy(&p.loop);
}
END_TEST

START_TEST(slow_messages_are_counted)
{
    struct probe p;
    create_probe(&p, 0);
    p.burn_us = 6000;
    p.stop_at_msg = 1;
    struct ln_msg *msgs = post_many(&p, 1);
    ln_loop_run(p.loop);
    ck_assert_uint_eq(ln_loop_slow_turns(p.loop), 1);
    free(msgs);
    ln_loop_destroy(&p.loop);
}
END_TEST

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct probe *p = arg;
    char byte;
    ck_assert_int_eq(what, EV_READ);
    ck_assert_int_eq(read(fd, &byte, 1), 1);
    p->events++;
    burn(p->burn_us);
    ln_loop_stop(p->loop);
}

/* The loop is asleep when the event comes (the tick writes the byte), so this is processor time. */
static int tick_pipe[2];

static void
write_byte(void *ctx)
{
    struct probe *p = ctx;
    if (p->ticks++ == 0)
        ck_assert_int_eq(write(tick_pipe[1], "x", 1), 1);
}

START_TEST(slow_events_are_counted)
{
    struct probe p = {0};
    ck_assert_int_eq(pipe(tick_pipe), 0);
    p.loop = ln_loop_create(10, &(struct ln_loop_ops){on_msg, on_turn, write_byte, 5}, &p);
    p.burn_us = 20000; /* far above the limit: other processes may take part of it */
    struct event *ev =
        event_new(ln_loop_base(p.loop), tick_pipe[0], EV_READ | EV_PERSIST, on_readable, &p);
    event_add(ev, NULL);
    ln_loop_run(p.loop);
    ck_assert_uint_eq(p.events, 1);
    ck_assert_uint_ge(ln_loop_slow_turns(p.loop), 1);
    event_free(ev);
    close(tick_pipe[0]);
    close(tick_pipe[1]);
    ln_loop_destroy(&p.loop);
}
END_TEST

START_TEST(a_stopped_loop_runs_again)
{
    struct probe p;
    create_probe(&p, 1);
    p.stop_at_tick = 1;
    ln_loop_run(p.loop);
    p.stop_at_tick = 2;
    ln_loop_run(p.loop);
    ck_assert_uint_ge(p.ticks, 2);
    ln_loop_destroy(&p.loop);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("loop");
    TCase *tc = tcase_create("loop");
    tcase_add_test(tc, messages_are_bounded_a_turn_and_none_waits_for_a_ring);
    tcase_add_test(tc, a_sleeping_loop_is_woken);
    tcase_add_test(tc, again_makes_turns_without_any_event);
    tcase_add_test(tc, ticks_come_and_sleep_is_not_slow);
    tcase_add_test(tc, slow_messages_are_counted);
    tcase_add_test(tc, slow_events_are_counted);
    tcase_add_test(tc, a_stopped_loop_runs_again);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
