/* SPDX-License-Identifier: MIT
 * net_rig.h - a net with its event base and a peer at the other end of a socket, for unit tests.
 */
#ifndef TEST_NET_RIG_H
#define TEST_NET_RIG_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linnet/base/mem.h"
#include "linnet/net/conn.h"

struct rig {
    struct event_base *base;
    struct ln_net *net;
};

static inline void
rig_init(struct rig *r, const struct ln_net_ops *ops, void *ctx)
{
    struct event_config *cfg = event_config_new();
    signal(SIGPIPE, SIG_IGN);
    event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK);
    r->base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    r->net = ln_net_create(r->base, ops, ctx);
}

static inline void
rig_deinit(struct rig *r)
{
    ln_net_destroy(&r->net);
    event_base_free(r->base);
}

/* One turn without sleeping. */
static inline void
rig_turn(struct rig *r)
{
    event_base_loop(r->base, EVLOOP_NONBLOCK);
    ln_net_flush(r->net);
}

static inline void
rig_turns(struct rig *r, int n)
{
    while (n--)
        rig_turn(r);
}

/* Turns that sleep until something happens, until *flag. */
static inline void
rig_until(struct rig *r, const int *flag, int want)
{
    for (int i = 0; *flag < want && i < 10000; i++) {
        event_base_loop(r->base, EVLOOP_ONCE);
        ln_net_flush(r->net);
    }
    ck_assert_int_ge(*flag, want);
}

/* A Unix pair: one end adopted, the other returned. */
static inline struct ln_conn *
rig_pair(struct rig *r, const struct ln_conn_ops *ops, void *user, int *peer)
{
    int fd[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    *peer = fd[1];
    return ln_conn_adopt(r->net, fd[0], NULL, ops, user);
}

/* Two connected TCP sockets. */
static inline void
tcp_pair(int fd[2])
{
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(sin);
    int l = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(l, (struct sockaddr *)&sin, n), 0);
    ck_assert_int_eq(listen(l, 1), 0);
    ck_assert_int_eq(getsockname(l, (struct sockaddr *)&sin, &n), 0);
    fd[1] = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd[1], (struct sockaddr *)&sin, n), 0);
    fd[0] = accept(l, NULL, NULL);
    ck_assert_int_ge(fd[0], 0);
    close(l);
}

static inline void
put(int fd, const void *p, size_t n)
{
    ck_assert_int_eq(send(fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

static inline void
puts_to(int fd, const char *s)
{
    put(fd, s, strlen(s));
}

/* What has come so far, NUL-terminated; returns the count, 0 at EOF, -1 where nothing waits. */
static inline ssize_t
take(int fd, void *buf, size_t cap)
{
    char *p = buf;
    size_t n = 0;
    ssize_t r = -1;
    while (n < cap - 1 && (r = recv(fd, p + n, cap - 1 - n, MSG_DONTWAIT)) > 0)
        n += (size_t)r;
    p[n] = '\0';
    if (n)
        return (ssize_t)n;
    return r < 0 && errno == ECONNRESET ? -2 : r;
}

#define RUN_SUITE(name, add)                                                                       \
    int main(void)                                                                                 \
    {                                                                                              \
        Suite *s = suite_create(name);                                                             \
        TCase *t = tcase_create(name);                                                             \
        tcase_set_timeout(t, 60);                                                                  \
        add(t);                                                                                    \
        suite_add_tcase(s, t);                                                                     \
        SRunner *sr = srunner_create(s);                                                           \
        srunner_run_all(sr, CK_NORMAL);                                                            \
        int failed = srunner_ntests_failed(sr);                                                    \
        srunner_free(sr);                                                                          \
        return failed != 0;                                                                        \
    }

#endif
