/* SPDX-License-Identifier: MIT
 * loop.h - one thread's event loop: libevent base (no locks), mailbox, tick, end of turn.
 *
 * Thread:  the owner's, but for ln_loop_mailbox() posts.
 * A turn: ready events and at most LN_LOOP_MSGS messages, then on_turn. While messages are left the
 * loop does not sleep.
 */
#ifndef LINNET_RT_LOOP_H
#define LINNET_RT_LOOP_H

#include <stdint.h>

#include "linnet/rt/mailbox.h"

#define LN_LOOP_MSGS 1024 /* messages a turn */

struct event_base;
struct ln_loop; /* opaque: src/rt/loop.c */

struct ln_loop_ops {
    void (*on_msg)(void *ctx, struct ln_msg *msg); /* takes msg */
    void (*on_turn)(void *ctx);                    /* after each turn; before the loop sleeps */
    void (*on_tick)(void *ctx);                    /* every tick_ms */
    uint32_t tick_ms;                              /* 0 = no tick */
};

struct ln_loop *ln_loop_create(size_t mailbox_limit, const struct ln_loop_ops *ops, void *ctx);
void ln_loop_destroy(struct ln_loop **loop);
void ln_loop_run(struct ln_loop *loop);  /* returns after ln_loop_stop */
void ln_loop_stop(struct ln_loop *loop); /* owner thread; ends after this turn */
/* The next turn does not sleep: work was left over on purpose (a resumable job). */
void ln_loop_again(struct ln_loop *loop);
struct event_base *ln_loop_base(struct ln_loop *loop);
struct ln_mailbox *ln_loop_mailbox(struct ln_loop *loop);
uint64_t ln_loop_slow_turns(const struct ln_loop *loop); /* turns over 5 ms, sleeping not counted */

#endif
