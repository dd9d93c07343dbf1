/* SPDX-License-Identifier: MIT
 * conn.c - a connection's life: adopted, read, written, finished or closed, moved.
 *
 * Events only note and read; writing, the handler's kicks and freeing wait for the end of the turn
 * (net.c), where the flush list is walked. So a handler may close any connection anywhere and every
 * pointer stays good until the turn ends, and a turn's frames leave with one system call.
 * Finishing: drain, shut our side, discard what still comes until the peer closes. Closing at once
 * with unread input would make the kernel send a reset, which can overtake our last words.
 */
#include "linnet/net/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"
#include "linnet/net/tls.h"
#include "linnet/rt/metrics.h"

#include "net_priv.h"

#define IOV_MAX_HERE 64

/* ── events ── */

static bool
wants_read(const struct ln_conn *c)
{
    if (c->flags & (LN_CF_LINGER | LN_CF_HANDSHAKE))
        return !(c->flags & LN_CF_WAITING);
    return !(c->flags & (LN_CF_FINISHING | LN_CF_PAUSED)) && c->kept_n < LN_NET_READ_BYTES;
}

void
ln_conn_set_events(struct ln_conn *c)
{
    if (c->flags & LN_CF_CLOSING)
        return; /* it has none any more */
    bool read = wants_read(c);
    if (!ln_poll_set(c, read, c->flags & (LN_CF_BLOCKED | LN_CF_TLS_RW))) {
        ln_conn_close(c, LN_EIO);
        return;
    }
    /* epoll does not know of the rest of a record that SSL has opened already. */
    if (read && c->ssl && SSL_pending(c->ssl) > 0 && !(c->flags & LN_CF_LINGER)) {
        c->flags |= LN_CF_KICK | LN_CF_READ_SOON;
        ln_conn_list(c);
    }
}

void
ln_conn_list(struct ln_conn *c)
{
    if (c->flags & (LN_CF_LISTED | LN_CF_WAITING))
        return;
    c->flags |= LN_CF_LISTED;
    TAILQ_INSERT_TAIL(&c->net->flush, c, flush_link);
    c->net->flush_n++;
}

void
ln_conn_unlist(struct ln_conn *c)
{
    if (!(c->flags & LN_CF_LISTED))
        return;
    TAILQ_REMOVE(&c->net->flush, c, flush_link);
    c->net->flush_n--;
    c->flags &= (uint16_t)~LN_CF_LISTED;
}

void
ln_conn_on_ready(struct ln_conn *c, bool read, bool write)
{
    if (c->flags & LN_CF_CLOSING)
        return;
    if ((c->flags & LN_CF_HANDSHAKE) && !ln_tls_handshake(c)) {
        ln_conn_set_events(c);
        return;
    }
    read |= (c->flags & LN_CF_TLS_RW) != 0;
    if (write) {
        c->flags &= (uint16_t) ~(LN_CF_BLOCKED | LN_CF_TLS_RW);
        ln_conn_list(c);
    }
    if (read)
        ln_conn_read(c);
    ln_conn_set_events(c);
}

/* ── input ── */

static void
keep(struct ln_conn *c, const uint8_t *p, size_t n)
{
    LN_ASSERT(!c->kept && n <= LN_NET_READ_BYTES);
    if (n == 0)
        return;
    c->kept = ln_alloc(n);
    memcpy(c->kept, p, n);
    c->kept_n = (uint32_t)n;
}

/* Gives p[0…n) to the handler, as long as it takes something; keeps the rest. The handler may
 * change: an upgrade leaves its bytes to the next. */
static void
deliver(struct ln_conn *c, const uint8_t *p, size_t n)
{
    const uint16_t stop = LN_CF_CLOSING | LN_CF_FINISHING | LN_CF_PAUSED;
    const struct ln_conn *outer = c->net->inside;
    c->net->inside = c;
    while (n && !(c->flags & stop)) {
        const struct ln_conn_ops *ops = c->ops;
        size_t used = ops->on_data(c, p, n);
        LN_ASSERT(used <= n);
        p += used;
        n -= used;
        if (used == 0 && c->ops == ops)
            break;
    }
    c->net->inside = outer;
    if (!(c->flags & (LN_CF_CLOSING | LN_CF_FINISHING)))
        keep(c, p, n);
}

void
ln_conn_deliver_kept(struct ln_conn *c)
{
    uint8_t *p = c->kept;
    size_t n = c->kept_n;
    if (!p)
        return;
    c->kept = NULL;
    c->kept_n = 0;
    deliver(c, p, n);
    free(p);
}

/* Bytes after the kept ones, which come to stand before them; as recv() answers. */
static ssize_t
read_behind_kept(struct ln_conn *c, size_t *asked)
{
    uint8_t *buf = c->net->buf;
    *asked = LN_NET_READ_BYTES - c->kept_n;
    ssize_t n = c->ssl ? ln_tls_read(c, buf + c->kept_n, *asked)
                       : recv(c->fd, buf + c->kept_n, *asked, MSG_DONTWAIT);
    if (n > 0 && c->kept) {
        memcpy(buf, c->kept, c->kept_n);
        free(c->kept);
        c->kept = NULL;
    }
    return n;
}

/* The peer has shut its side: what waits for it still goes out. */
static void
on_eof(struct ln_conn *c)
{
    if (c->out)
        ln_conn_finish(c, LN_ECLOSED);
    else
        ln_conn_close(c, LN_ECLOSED);
}

static void
discard_input(struct ln_conn *c)
{
    for (size_t total = 0; total < LN_NET_TURN_BYTES;) {
        ssize_t n = recv(c->fd, c->net->buf, LN_NET_READ_BYTES, MSG_DONTWAIT);
        if (n > 0) {
            total += (size_t)n;
            continue;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            ln_conn_close(c, LN_OK); /* finish() set the reason */
        return;
    }
}

void
ln_conn_read(struct ln_conn *c)
{
    const uint16_t stop =
        LN_CF_CLOSING | LN_CF_FINISHING | LN_CF_PAUSED | LN_CF_HANDSHAKE | LN_CF_TLS_RW;
    if (c->flags & LN_CF_LINGER) {
        discard_input(c);
        return;
    }
    size_t total = 0;
    while (!(c->flags & stop) && c->kept_n < LN_NET_READ_BYTES && total < LN_NET_TURN_BYTES) {
        size_t asked;
        ssize_t n = read_behind_kept(c, &asked);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN)
                ln_conn_close(c, LN_ECLOSED);
            return;
        }
        if (n == 0) {
            on_eof(c);
            return;
        }
        total += (size_t)n;
        size_t all = c->kept_n + (size_t)n;
        c->kept_n = 0;
        deliver(c, c->net->buf, all);
        if (!c->ssl && (size_t)n < asked)
            return; /* the kernel has no more */
    }
    if (c->ssl && total >= LN_NET_TURN_BYTES && !(c->flags & stop)) {
        c->flags |= LN_CF_KICK | LN_CF_READ_SOON; /* SSL may hold bytes that epoll cannot see */
        ln_conn_list(c);
    }
}

/* ── output ── */

static void
tell_drained(struct ln_conn *c)
{
    const struct ln_conn *outer = c->net->inside;
    if (!c->ops || !c->ops->on_drained || (c->flags & LN_CF_FINISHING))
        return;
    c->net->inside = c;
    c->ops->on_drained(c);
    c->net->inside = outer;
}

void
ln_conn_write(struct ln_conn *c)
{
    while (c->out) {
        struct iovec iov[IOV_MAX_HERE];
        ssize_t n;
        if (c->ssl) {
            n = ln_tls_write(c);
        } else {
            struct msghdr msg = {.msg_iov = iov};
            msg.msg_iovlen = ln_outq_iov(c->out, iov, IOV_MAX_HERE);
            n = sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        if (n > 0) {
            ln_outq_advance(c, (size_t)n);
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && errno == EAGAIN) {
            c->flags |= LN_CF_BLOCKED;
            return;
        } else {
            ln_conn_close(c, LN_ECLOSED);
            return;
        }
    }
    tell_drained(c);
}

void
ln_conn_send(struct ln_conn *c, struct ln_frame *f)
{
    if ((c->flags & (LN_CF_CLOSING | LN_CF_FINISHING)) || f->n == 0) {
        ln_frame_unref(f);
        return;
    }
    ln_outq_push(c, f);
    if (c->net)
        ln_conn_list(c);
}

void
ln_conn_flush(struct ln_conn *c)
{
    if (c->net && c->out && !(c->flags & (LN_CF_BLOCKED | LN_CF_CLOSING | LN_CF_HANDSHAKE)))
        ln_conn_write(c); /* it stays listed, so the turn's end sees to its events */
}

void
ln_conn_send_copy(struct ln_conn *c, const void *p, size_t n)
{
    ln_conn_send(c, ln_frame_copy(p, n));
}

void
ln_conn_drop_queue(struct ln_conn *c)
{
    ln_outq_drop(c);
}

/* ── life ── */

static void
read_peer(struct ln_conn *c)
{
    struct sockaddr_storage ss = {0};
    socklen_t n = sizeof(ss);
    c->peer_uid = UINT32_MAX;
    if (getpeername(c->fd, (struct sockaddr *)&ss, &n) != 0)
        return;
    if (ss.ss_family == AF_INET6) {
        memcpy(c->peer, &((struct sockaddr_in6 *)&ss)->sin6_addr, 16);
    } else if (ss.ss_family == AF_INET) {
        c->peer[10] = c->peer[11] = 0xff;
        memcpy(c->peer + 12, &((struct sockaddr_in *)&ss)->sin_addr, 4);
    } else if (ss.ss_family == AF_UNIX) {
        struct ucred cred;
        n = sizeof(cred);
        if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == 0)
            c->peer_uid = cred.uid;
    }
}

struct ln_conn *
ln_conn_adopt(struct ln_net *net, int fd, struct ln_tls *tls, const struct ln_conn_ops *ops,
              void *user)
{
    struct ln_conn *c = ln_zalloc(sizeof(*c));
    int on = 1;
    c->net = net;
    c->ops = ops;
    c->user = user;
    c->fd = fd;
    LN_ASSERT(evutil_make_socket_nonblocking(fd) == 0);
    evutil_make_socket_closeonexec(fd);
    read_peer(c);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* fails on a Unix socket: fine */
    LIST_INSERT_HEAD(&net->all, c, all_link);
    net->count++;
    ln_metric_add(LN_M_CONNECTIONS, 1);
    if (tls) {
        c->ssl = ln_tls_accept(tls, fd);
        c->flags |= LN_CF_HANDSHAKE;
        ln_net_set_deadline(c, LN_NET_HANDSHAKE_S);
        if (!c->ssl)
            ln_conn_close(c, LN_EIO);
    }
    ln_conn_set_events(c);
    return c;
}

void
ln_conn_close(struct ln_conn *c, enum ln_err why)
{
    if (c->flags & LN_CF_CLOSING)
        return;
    LN_ASSERT(c->net);
    if (!(c->flags & LN_CF_FINISHING))
        c->why = (int16_t)why;
    ln_tls_leave(c);
    c->flags |= LN_CF_CLOSING;
    (void)!ln_poll_set(c, false, false); /* taking away needs no room */
    ln_outq_free(c);
    ln_conn_list(c);
}

void
ln_conn_finish(struct ln_conn *c, enum ln_err why)
{
    if (c->flags & (LN_CF_CLOSING | LN_CF_FINISHING))
        return;
    if (c->flags & LN_CF_HANDSHAKE) {
        ln_conn_close(c, why); /* nothing can be said yet */
        return;
    }
    LN_ASSERT(c->net);
    c->why = (int16_t)why;
    c->flags |= LN_CF_FINISHING;
    free(c->kept);
    c->kept = NULL;
    c->kept_n = 0;
    ln_conn_list(c);
}

void
ln_conn_discard(struct ln_conn *c)
{
    LN_ASSERT(!c->net);
    ln_outq_free(c);
    ln_conn_free(c);
}

void
ln_conn_free(struct ln_conn *c)
{
    if (c->ssl) {
        if (!(c->flags & (LN_CF_LINGER | LN_CF_HANDSHAKE)))
            ln_tls_goodbye(c);
        SSL_free(c->ssl);
    }
    free(c->kept);
    close(c->fd);
    free(c);
    ln_metric_add(LN_M_CONNECTIONS, -1);
}

bool
ln_conn_is_closing(const struct ln_conn *c)
{
    return c->flags & (LN_CF_CLOSING | LN_CF_FINISHING);
}

bool
ln_conn_is_tls(const struct ln_conn *c)
{
    return c->ssl != NULL;
}

void
ln_conn_pause(struct ln_conn *c)
{
    if (c->flags & LN_CF_PAUSED)
        return;
    c->flags |= LN_CF_PAUSED;
    if (c->net)
        ln_conn_list(c);
}

void
ln_conn_resume(struct ln_conn *c)
{
    if (!(c->flags & LN_CF_PAUSED))
        return;
    c->flags &= (uint16_t)~LN_CF_PAUSED;
    if (c->ssl)
        c->flags |= LN_CF_READ_SOON; /* SSL may hold what epoll does not know of */
    ln_conn_kick(c);
}

void
ln_conn_kick(struct ln_conn *c)
{
    if (c->flags & (LN_CF_CLOSING | LN_CF_FINISHING))
        return;
    c->flags |= LN_CF_KICK;
    if (c->net)
        ln_conn_list(c);
}

/* ── moving ── */

void
ln_conn_detach(struct ln_conn *c)
{
    struct ln_net *net = c->net;
    LN_ASSERT(net && net->inside != c);
    LN_ASSERT(!(c->flags & (LN_CF_CLOSING | LN_CF_FINISHING | LN_CF_HANDSHAKE)));
    (void)!ln_poll_set(c, false, false);
    ln_conn_unlist(c);
    LIST_REMOVE(c, all_link);
    net->count--;
    c->net = NULL;
}

void
ln_conn_attach(struct ln_conn *c, struct ln_net *net)
{
    LN_ASSERT(!c->net);
    c->net = net;
    LIST_INSERT_HEAD(&net->all, c, all_link);
    net->count++;
    /* The kernel of the new epoll will tell again whether it takes output. */
    c->flags &= (uint16_t)~LN_CF_BLOCKED;
    c->flags |= LN_CF_KICK | LN_CF_READ_SOON;
    ln_conn_list(c);
}
