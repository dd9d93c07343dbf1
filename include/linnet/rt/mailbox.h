/* SPDX-License-Identifier: MIT
 * mailbox.h - a lock-free queue from many threads to the one that owns it, with a doorbell.
 *
 * FIFO per producer. Producers push on a stack with a release compare-exchange; the one that found
 * it empty rings the eventfd. The owner first reads the eventfd, then takes the whole stack with an
 * acquire exchange and reverses it. What it does not handle at once stays in an owner-local list:
 * nobody rings for that again, so the owner must look (ln_mailbox_is_pending) before it sleeps.
 */
#ifndef LINNET_RT_MAILBOX_H
#define LINNET_RT_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"

struct ln_msg {
    struct ln_msg *next; /* the mailbox's while posted */
    uint32_t type;       /* the receiver's vocabulary */
};

struct ln_mailbox {
    _Atomic(struct ln_msg *) top; /* producers' stack, newest first */
    atomic_size_t depth;          /* messages posted and not yet handed out */
    size_t limit;                 /* requests are refused at this depth */
    struct ln_msg *local;         /* owner: taken, oldest first */
    int fd;                       /* eventfd, non-blocking */
};

/* ── setup (no other thread yet, or no longer) ── */
void ln_mailbox_init(struct ln_mailbox *mb, size_t limit); /* dies where eventfd fails */
void ln_mailbox_deinit(struct ln_mailbox *mb);             /* must be empty */

/* ── any thread ── */
/* A request: LN_EAGAIN, and msg stays the caller's, where limit messages wait. */
LN_MUST_CHECK enum ln_err ln_mailbox_post(struct ln_mailbox *mb, struct ln_msg *msg);
/* A completion: never refused, for the request it answers reserved its place. */
void ln_mailbox_post_sure(struct ln_mailbox *mb, struct ln_msg *msg);
size_t ln_mailbox_depth(const struct ln_mailbox *mb);

/* ── owner thread ── */
void ln_mailbox_silence(struct ln_mailbox *mb); /* reads the eventfd; before ln_mailbox_next */
struct ln_msg *ln_mailbox_next(struct ln_mailbox *mb); /* oldest message, or NULL: empty */
bool ln_mailbox_is_pending(const struct ln_mailbox *mb);
/* Sleeps until a message waits or timeout_ms passes (-1 = no limit); true where one waits.
 * For owners without an event loop. */
bool ln_mailbox_wait(struct ln_mailbox *mb, int timeout_ms);

#endif
