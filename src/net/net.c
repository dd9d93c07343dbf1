/* SPDX-License-Identifier: MIT
 * net.c - a shard's connections together: their lists, their deadlines, the end of a turn.
 */
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/mem.h"

#include "net_priv.h"

/* Handlers may list connections again while the list is walked; beyond this, the next turn. */
#define PASSES_MAX 8

static uint32_t
now_s(void)
{
    return (uint32_t)(ln_mono_ms() / 1000);
}

/* ── deadlines ── */

static void
arm_tick(struct ln_net *net)
{
    struct timeval second = {1, 0};
    if (!evtimer_pending(&net->tick, NULL))
        evtimer_add(&net->tick, &second);
}

void
ln_net_set_deadline(struct ln_conn *c, unsigned seconds)
{
    LIST_REMOVE(c, all_link);
    if (seconds == 0) {
        c->deadline_s = 0;
        LIST_INSERT_HEAD(&c->net->all, c, all_link);
        return;
    }
    c->deadline_s = now_s() + seconds;
    LIST_INSERT_HEAD(&c->net->timed, c, all_link);
    arm_tick(c->net);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct ln_net *net = arg;
    uint32_t now = now_s();
    struct ln_conn *c;
    (void)fd;
    (void)what;
    LIST_FOREACH(c, &net->timed, all_link)
    {
        if (now >= c->deadline_s)
            ln_conn_close(c, LN_ETIMEOUT);
    }
    /* Peers that stall in their handshake hold the others back for a second at most. */
    ln_tls_admit(net, LN_NET_HANDSHAKES);
    if (!LIST_EMPTY(&net->timed))
        arm_tick(net);
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg; /* the end of this turn is all that was wanted */
}

/* ── end of the turn ── */

static void
reap(struct ln_conn *c)
{
    struct ln_net *net = c->net;
    const struct ln_conn *outer = net->inside;
    LIST_REMOVE(c, all_link);
    net->count--;
    net->inside = c;
    if (c->ops)
        c->ops->on_closed(c, (enum ln_err)c->why);
    net->inside = outer;
    LN_ASSERT(!(c->flags & LN_CF_LISTED));
    ln_outq_free(c);
    ln_conn_free(c);
}

static void
begin_linger(struct ln_conn *c)
{
    c->flags |= LN_CF_LINGER;
    c->flags &= (uint16_t) ~(LN_CF_BLOCKED | LN_CF_TLS_RW);
    if (c->ssl)
        ln_tls_goodbye(c);
    shutdown(c->fd, SHUT_WR);
}

static void
do_kick(struct ln_conn *c)
{
    bool read = c->flags & LN_CF_READ_SOON;
    if (c->flags & LN_CF_PAUSED)
        return; /* resume kicks again */
    c->flags &= (uint16_t) ~(LN_CF_KICK | LN_CF_READ_SOON);
    ln_conn_deliver_kept(c);
    if (read)
        ln_conn_read(c);
}

static void
flush_one(struct ln_conn *c)
{
    if (c->flags & LN_CF_CLOSING) {
        reap(c);
        return;
    }
    if (c->flags & LN_CF_HANDSHAKE)
        return; /* its end lists c again */
    if (c->flags & LN_CF_KICK)
        do_kick(c);
    if (c->out && !(c->flags & (LN_CF_BLOCKED | LN_CF_CLOSING)))
        ln_conn_write(c);
    if (c->flags & LN_CF_CLOSING)
        return; /* it is listed again */
    if (c->flags & LN_CF_FINISHING) {
        if (!c->deadline_s)
            ln_net_set_deadline(c, LN_NET_FINISH_S);
        if (!c->out && !(c->flags & LN_CF_LINGER))
            begin_linger(c);
    }
    ln_conn_set_events(c);
}

/* One connection leaves the list at a time and at most as many as stood there when the pass began,
 * so that what is listed meanwhile waits for the next. */
static void
flush_pass(struct ln_net *net)
{
    for (size_t n = net->flush_n; n && net->flush_n; n--) {
        struct ln_conn *c = TAILQ_FIRST(&net->flush);
        ln_conn_unlist(c);
        flush_one(c);
    }
}

void
ln_net_flush(struct ln_net *net)
{
    LN_ASSERT(!net->flushing && !net->inside);
    net->flushing = true;
    for (int i = 0; i < PASSES_MAX && net->flush_n; i++)
        flush_pass(net);
    net->flushing = false;
    if (net->flush_n)
        event_active(&net->wake, EV_TIMEOUT, 0);
}

/* ── life ── */

struct ln_net *
ln_net_create(struct event_base *base, const struct ln_net_ops *ops, void *ctx)
{
    struct ln_net *net = ln_zalloc(sizeof(*net));
    net->base = base;
    net->ops = ops;
    net->ctx = ctx;
    TAILQ_INIT(&net->flush);
    TAILQ_INIT(&net->waiting);
    LIST_INIT(&net->all);
    LIST_INIT(&net->timed);
    net->buf = ln_alloc(LN_NET_READ_BYTES);
    ln_poll_init(net);
    LN_ASSERT(evtimer_assign(&net->tick, base, on_tick, net) == 0);
    LN_ASSERT(evtimer_assign(&net->wake, base, on_wake, net) == 0);
    return net;
}

static void
close_one(struct ln_conn *c, void *arg)
{
    (void)arg;
    ln_conn_close(c, LN_ESHUTDOWN);
}

void
ln_net_destroy(struct ln_net **pnet)
{
    struct ln_net *net = *pnet;
    *pnet = NULL;
    if (!net)
        return;
    ln_net_each(net, close_one, NULL);
    while (net->flush_n)
        flush_pass(net);
    LN_ASSERT(net->count == 0);
    ln_poll_deinit(net);
    event_del(&net->tick);
    event_del(&net->wake);
    ln_outq_free_spares(net);
    free(net->scratch);
    free(net->buf);
    free(net);
}

void *
ln_net_ctx(struct ln_net *net)
{
    return net->ctx;
}

struct ln_ws_pool **
ln_net_ws_pool(struct ln_net *net)
{
    return &net->ws_pool;
}

size_t
ln_net_count(const struct ln_net *net)
{
    return net->count;
}

void
ln_net_each(struct ln_net *net, void (*fn)(struct ln_conn *c, void *arg), void *arg)
{
    /* Closing and finishing leave the lists alone until the end of the turn; fn may detach c. */
    struct ln_conn_list *lists[] = {&net->all, &net->timed};
    for (size_t i = 0; i < LN_COUNT(lists); i++) {
        struct ln_conn *next;
        for (struct ln_conn *c = LIST_FIRST(lists[i]); c; c = next) {
            next = LIST_NEXT(c, all_link);
            fn(c, arg);
        }
    }
}
