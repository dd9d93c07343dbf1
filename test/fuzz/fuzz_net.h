/* SPDX-License-Identifier: MIT
 * fuzz_net.h - a net without listeners, and one connection of it on a socket pair, driven turn by
 * turn without sleeping.
 */
#ifndef TEST_FUZZ_NET_H
#define TEST_FUZZ_NET_H

#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "linnet/base/buf.h"
#include "linnet/net/conn.h"

#define FUZZ_SHOWN_MAX (1u << 20)

static struct event_base *fuzz_base;
static struct ln_net *fuzz_net;

static inline void
fuzz_net_setup(void)
{
    static const struct ln_net_ops ops;
    struct event_config *cfg = event_config_new();
    signal(SIGPIPE, SIG_IGN);
    event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK);
    fuzz_base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    fuzz_net = ln_net_create(fuzz_base, &ops, NULL);
}

/* A connection; its other end is *peer. */
static inline struct ln_conn *
fuzz_pair(int *peer)
{
    int fd[2];
    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
    *peer = fd[1];
    return ln_conn_adopt(fuzz_net, fd[0], NULL, NULL, NULL);
}

/* One turn; what the peer got is added to answers. */
static inline void
fuzz_turn(int peer, struct ln_buf *answers)
{
    char buf[4096];
    ssize_t n;
    event_base_loop(fuzz_base, EVLOOP_NONBLOCK);
    ln_net_flush(fuzz_net);
    while ((n = recv(peer, buf, sizeof buf, MSG_DONTWAIT)) > 0) {
        ln_buf_add(answers, buf, (size_t)n);
    }
}

static inline bool
fuzz_same(const struct ln_buf *a, const struct ln_buf *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

#endif
