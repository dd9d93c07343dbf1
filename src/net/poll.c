/* SPDX-License-Identifier: MIT
 * poll.c - which connections can be read or written: an epoll of the net's own, seen by the loop as
 * one event.
 *
 * A struct event and libevent's entry for its descriptor cost 170 bytes a connection, more than all
 * else of it; here the kernel keeps the pointer. Level-triggered: what a turn leaves unread comes
 * again. A turn takes at most LN_NET_POLL_EVENTS, the kernel goes round among those that are ready.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

#include "net_priv.h"

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct epoll_event events[LN_NET_POLL_EVENTS];
    (void)what;
    (void)arg;
    int n = epoll_wait(fd, events, LN_NET_POLL_EVENTS, 0);
    LN_ASSERT(n >= 0 || errno == EINTR);
    for (int i = 0; i < n; i++) {
        /* The pointer is good: a connection is freed at the end of a turn, never in it. */
        struct ln_conn *c = events[i].data.ptr;
        bool broken = events[i].events & (EPOLLERR | EPOLLHUP); /* then a read or write will tell */
        bool read = (events[i].events & EPOLLIN) || (broken && (c->flags & LN_CF_POLL_IN));
        bool write = (events[i].events & EPOLLOUT) || (broken && (c->flags & LN_CF_POLL_OUT));
        ln_conn_on_ready(c, read, write);
    }
}

void
ln_poll_init(struct ln_net *net)
{
    net->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (net->epoll_fd < 0) {
        ln_die(1, "cannot create an epoll");
    }
    LN_ASSERT(event_assign(&net->ready, net->base, net->epoll_fd, EV_READ | EV_PERSIST, on_ready,
                           net) == 0);
    LN_ASSERT(event_add(&net->ready, NULL) == 0);
}

void
ln_poll_deinit(struct ln_net *net)
{
    event_del(&net->ready);
    close(net->epoll_fd);
}

/* The only writer of the two flags. Without interest c is not in the epoll at all, or a hang-up
 * would be told again and again. */
bool
ln_poll_set(struct ln_conn *c, bool in, bool out)
{
    uint16_t have = c->flags & (LN_CF_POLL_IN | LN_CF_POLL_OUT);
    uint16_t want = (uint16_t)((in ? LN_CF_POLL_IN : 0) | (out ? LN_CF_POLL_OUT : 0));
    struct epoll_event e = {.events = (in ? EPOLLIN : 0) | (out ? EPOLLOUT : 0), .data.ptr = c};
    if (want == have) {
        return true;
    }
    c->flags = (uint16_t)((c->flags & ~(LN_CF_POLL_IN | LN_CF_POLL_OUT)) | want);
    int op = !want ? EPOLL_CTL_DEL : have ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    return epoll_ctl(c->net->epoll_fd, op, c->fd, &e) == 0;
}
