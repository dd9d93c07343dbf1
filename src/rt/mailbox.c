/* SPDX-License-Identifier: MIT
 * mailbox.c - a stack that many push on and one takes whole, and an eventfd for a doorbell.
 *
 * Why no wake-up is lost: whoever pushes on an empty stack rings after the push, and the owner
 * reads the eventfd before it takes. A ring that the read consumed was preceded by its push, which
 * the exchange then sees; a ring after the read leaves the descriptor readable. A push on a stack
 * that was not empty needs no ring, since the one below it has rung or is about to.
 */
#include "linnet/rt/mailbox.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"

void
ln_mailbox_init(struct ln_mailbox *mb, size_t limit)
{
    LN_ASSERT(limit > 0);
    atomic_init(&mb->top, NULL);
    atomic_init(&mb->depth, 0);
    mb->limit = limit;
    mb->local = NULL;
    mb->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mb->fd < 0)
        ln_die(1, "eventfd: %s", strerror(errno));
}

void
ln_mailbox_deinit(struct ln_mailbox *mb)
{
    LN_ASSERT(!ln_mailbox_is_pending(mb));
    close(mb->fd);
    mb->fd = -1;
}

static void
ring_bell(struct ln_mailbox *mb)
{
    uint64_t one = 1;
    ssize_t n;
    do {
        n = write(mb->fd, &one, sizeof one);
    } while (n < 0 && errno == EINTR);
    /* EAGAIN: the counter is full, so the bell rings already. */
    LN_ASSERT(n == (ssize_t)sizeof one || errno == EAGAIN);
}

static void
push(struct ln_mailbox *mb, struct ln_msg *msg)
{
    struct ln_msg *below = atomic_load_explicit(&mb->top, memory_order_relaxed);
    do {
        msg->next = below;
        /* Release, partner: the acquire exchange in take_all(). It makes the message's content and
         * `next` visible to the owner. Later pushes are read-modify-writes and so continue this
         * one's release sequence: the owner meets every producer by the newest push alone. On
         * failure nothing is published, and `below` is never dereferenced here: relaxed. */
    } while (!atomic_compare_exchange_weak_explicit(&mb->top, &below, msg, memory_order_release,
                                                    memory_order_relaxed));
    if (!below)
        ring_bell(mb);
}

enum ln_err
ln_mailbox_post(struct ln_mailbox *mb, struct ln_msg *msg)
{
    /* Relaxed: depth publishes nothing, it only counts. Taken before the push, it may for an
     * instant count a request that is refused just now; another may then be refused one place
     * early. */
    if (atomic_fetch_add_explicit(&mb->depth, 1, memory_order_relaxed) >= mb->limit) {
        atomic_fetch_sub_explicit(&mb->depth, 1, memory_order_relaxed);
        return LN_EAGAIN;
    }
    push(mb, msg);
    return LN_OK;
}

void
ln_mailbox_post_sure(struct ln_mailbox *mb, struct ln_msg *msg)
{
    atomic_fetch_add_explicit(&mb->depth, 1, memory_order_relaxed); /* a count only, as above */
    push(mb, msg);
}

size_t
ln_mailbox_depth(const struct ln_mailbox *mb)
{
    return atomic_load_explicit(&mb->depth, memory_order_relaxed); /* a snapshot for limits */
}

void
ln_mailbox_silence(struct ln_mailbox *mb)
{
    uint64_t rings;
    ssize_t n;
    do {
        n = read(mb->fd, &rings, sizeof rings);
    } while (n < 0 && errno == EINTR);
    LN_ASSERT(n == (ssize_t)sizeof rings || errno == EAGAIN); /* EAGAIN: it did not ring */
}

/* The whole stack, turned round: oldest first, so that each producer's messages keep their order.
 */
static struct ln_msg *
take_all(struct ln_mailbox *mb)
{
    /* Acquire, partner: the release compare-exchange in push(). */
    struct ln_msg *newest = atomic_exchange_explicit(&mb->top, NULL, memory_order_acquire);
    struct ln_msg *oldest = NULL;
    while (newest) {
        struct ln_msg *below = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = below;
    }
    return oldest;
}

struct ln_msg *
ln_mailbox_next(struct ln_mailbox *mb)
{
    if (!mb->local)
        mb->local = take_all(mb);
    struct ln_msg *msg = mb->local;
    if (!msg)
        return NULL;
    mb->local = msg->next;
    msg->next = NULL;
    /* Relaxed count. It cannot fall below 0: this message's increment came before its push. */
    atomic_fetch_sub_explicit(&mb->depth, 1, memory_order_relaxed);
    return msg;
}

bool
ln_mailbox_is_pending(const struct ln_mailbox *mb)
{
    /* Relaxed: nothing is read through the pointer, and a push not seen here rings. */
    return mb->local || atomic_load_explicit(&mb->top, memory_order_relaxed);
}

bool
ln_mailbox_wait(struct ln_mailbox *mb, int timeout_ms)
{
    uint64_t end_ms = ln_mono_ms() + (uint64_t)(timeout_ms < 0 ? 0 : timeout_ms);
    for (;;) {
        ln_mailbox_silence(mb);
        if (ln_mailbox_is_pending(mb))
            return true;
        int left_ms = -1;
        if (timeout_ms >= 0) {
            uint64_t now_ms = ln_mono_ms();
            if (now_ms >= end_ms)
                return false;
            left_ms = (int)(end_ms - now_ms);
        }
        struct pollfd bell = {.fd = mb->fd, .events = POLLIN};
        int n = poll(&bell, 1, left_ms);
        LN_ASSERT(n >= 0 || errno == EINTR);
        if (n == 0)
            return ln_mailbox_is_pending(mb);
    }
}
