/* SPDX-License-Identifier: MIT
 * loop.c - turns of a libevent base.
 *
 * A turn is one pass of event_base_loop(), then messages, then on_turn. Messages are handled after
 * the events, not in the eventfd's callback: so they have one place in the turn, and one limit.
 *
 * The doorbell is level-triggered and its callback only reads it. Messages beyond the limit stay in
 * the mailbox without a bell; the loop looks there itself before it sleeps.
 *
 * Slow turns: libevent 2.1 does not tell when epoll_wait() returned. In a turn that could not sleep
 * the events' part is measured by the wall clock; in one that could, by the thread's processor
 * time, which does not run in sleep (nor where a callback blocks in the kernel: the one thing
 * missed). Messages and on_turn are always measured by the wall clock.
 */
#include "linnet/rt/loop.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/mem.h"

#define SLOW_TURN_US 5000

struct ln_loop {
    struct event_base *base;
    struct event *bell; /* the mailbox's eventfd */
    struct event *tick; /* NULL where there is none */
    struct ln_mailbox mailbox;
    struct ln_loop_ops ops;
    void *ctx;
    uint64_t slow_turns;
    bool is_stopping;
    bool is_again; /* the next turn must not sleep */
};

static void
on_bell(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct ln_loop *loop = arg;
    ln_mailbox_silence(&loop->mailbox); /* must come before the turn's ln_mailbox_next() */
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct ln_loop *loop = arg;
    loop->ops.on_tick(loop->ctx);
}

static struct event_base *
create_base(void)
{
    struct event_config *config = event_config_new();
    if (!config)
        ln_die(1, "libevent: no memory for an event loop");
    /* One thread uses the base, so libevent need not lock it. */
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    if (!base)
        ln_die(1, "libevent: cannot create an event loop");
    return base;
}

static void
add_events(struct ln_loop *loop)
{
    loop->bell = event_new(loop->base, loop->mailbox.fd, EV_READ | EV_PERSIST, on_bell, loop);
    if (!loop->bell || event_add(loop->bell, NULL) != 0)
        ln_die(1, "libevent: cannot watch the mailbox");
    if (loop->ops.tick_ms == 0)
        return;
    LN_ASSERT(loop->ops.on_tick != NULL);
    struct timeval every = {
        .tv_sec = (time_t)(loop->ops.tick_ms / 1000),
        .tv_usec = (suseconds_t)(loop->ops.tick_ms % 1000) * 1000,
    };
    loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
    if (!loop->tick || event_add(loop->tick, &every) != 0)
        ln_die(1, "libevent: cannot set a timer");
}

struct ln_loop *
ln_loop_create(size_t mailbox_limit, const struct ln_loop_ops *ops, void *ctx)
{
    struct ln_loop *loop = ln_zalloc(sizeof *loop);
    loop->ops = *ops;
    loop->ctx = ctx;
    ln_mailbox_init(&loop->mailbox, mailbox_limit);
    loop->base = create_base();
    add_events(loop);
    return loop;
}

void
ln_loop_destroy(struct ln_loop **loop)
{
    struct ln_loop *l = *loop;
    *loop = NULL;
    if (!l)
        return;
    if (l->tick)
        event_free(l->tick);
    event_free(l->bell);
    event_base_free(l->base);
    ln_mailbox_deinit(&l->mailbox);
    free(l);
}

static uint64_t
read_cpu_us(void)
{
    struct timespec ts;
    LN_ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == 0);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Ready events; returns the microseconds they took (see the top of this file). */
static uint64_t
run_events(struct ln_loop *loop)
{
    bool may_sleep = !loop->is_again && !ln_mailbox_is_pending(&loop->mailbox);
    loop->is_again = false; /* from here on it speaks of the turn after this one */
    uint64_t start = may_sleep ? read_cpu_us() : ln_mono_us();
    int rc = event_base_loop(loop->base, may_sleep ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK);
    LN_ASSERT(rc == 0);
    return (may_sleep ? read_cpu_us() : ln_mono_us()) - start;
}

static void
run_messages(struct ln_loop *loop)
{
    for (int i = 0; i < LN_LOOP_MSGS; i++) {
        struct ln_msg *msg = ln_mailbox_next(&loop->mailbox);
        if (!msg)
            return;
        loop->ops.on_msg(loop->ctx, msg);
    }
}

static void
run_turn(struct ln_loop *loop)
{
    uint64_t busy_us = run_events(loop);
    uint64_t start_us = ln_mono_us();
    run_messages(loop);
    if (loop->ops.on_turn)
        loop->ops.on_turn(loop->ctx);
    busy_us += ln_mono_us() - start_us;
    if (busy_us > SLOW_TURN_US)
        loop->slow_turns++;
}

void
ln_loop_run(struct ln_loop *loop)
{
    while (!loop->is_stopping)
        run_turn(loop);
    loop->is_stopping = false;
}

void
ln_loop_stop(struct ln_loop *loop)
{
    loop->is_stopping = true;
}

void
ln_loop_again(struct ln_loop *loop)
{
    loop->is_again = true;
}

struct event_base *
ln_loop_base(struct ln_loop *loop)
{
    return loop->base;
}

struct ln_mailbox *
ln_loop_mailbox(struct ln_loop *loop)
{
    return &loop->mailbox;
}

uint64_t
ln_loop_slow_turns(const struct ln_loop *loop)
{
    return loop->slow_turns;
}
