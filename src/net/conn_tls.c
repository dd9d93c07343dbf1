/* SPDX-License-Identifier: MIT
 * conn_tls.c - TLS of a connection, driven directly on its descriptor: no BIO pair, no bufferevent.
 *
 * A handshake costs memory only for its time, but many at once leave the heap in pieces: a place is
 * taken with the first bytes of the peer, and beyond LN_NET_HANDSHAKES the rest wait unread.
 * Output: queued frames are put together to records of up to 16 KiB. Where SSL_write must wait it
 * has sealed a record of those very bytes: `committed` says how many, and they stay in the queue.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/uio.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

#include "net_priv.h"

#define IOV_GATHER 64

/* ── handshakes ── */

static bool
take_place(struct ln_conn *c)
{
    struct ln_net *net = c->net;
    if (c->flags & LN_CF_SHAKING)
        return true;
    if (net->handshakes >= LN_NET_HANDSHAKES || !TAILQ_EMPTY(&net->waiting)) {
        LN_ASSERT(!(c->flags & LN_CF_WAITING));
        ln_conn_unlist(c); /* the same link */
        c->flags |= LN_CF_WAITING;
        TAILQ_INSERT_TAIL(&net->waiting, c, flush_link);
        return false;
    }
    c->flags |= LN_CF_SHAKING;
    net->handshakes++;
    return true;
}

void
ln_tls_admit(struct ln_net *net, unsigned more)
{
    while (!TAILQ_EMPTY(&net->waiting) && (net->handshakes < LN_NET_HANDSHAKES || more)) {
        struct ln_conn *c = TAILQ_FIRST(&net->waiting);
        if (net->handshakes >= LN_NET_HANDSHAKES)
            more--;
        TAILQ_REMOVE(&net->waiting, c, flush_link);
        c->flags &= (uint16_t)~LN_CF_WAITING;
        c->flags |= LN_CF_SHAKING;
        net->handshakes++;
        ln_conn_set_events(c);
    }
}

void
ln_tls_leave(struct ln_conn *c)
{
    struct ln_net *net = c->net;
    if (c->flags & LN_CF_WAITING) {
        TAILQ_REMOVE(&net->waiting, c, flush_link);
        c->flags &= (uint16_t)~LN_CF_WAITING;
    }
    if (c->flags & LN_CF_SHAKING) {
        c->flags &= (uint16_t)~LN_CF_SHAKING;
        net->handshakes--;
        ln_tls_admit(net, 0);
    }
}

bool
ln_tls_handshake(struct ln_conn *c)
{
    if (!take_place(c))
        return false;
    ERR_clear_error();
    int r = SSL_do_handshake(c->ssl);
    if (r == 1) {
        c->flags &= (uint16_t) ~(LN_CF_HANDSHAKE | LN_CF_BLOCKED);
        ln_tls_leave(c);
        ln_net_set_deadline(c, 0);
        ln_conn_list(c); /* output may wait */
        return true;
    }
    int err = SSL_get_error(c->ssl, r);
    c->flags &= (uint16_t)~LN_CF_BLOCKED;
    if (err == SSL_ERROR_WANT_WRITE) {
        c->flags |= LN_CF_BLOCKED;
    } else if (err != SSL_ERROR_WANT_READ) {
        c->flags |= LN_CF_TLS_DEAD;
        ln_conn_close(c, LN_ECLOSED);
    }
    ERR_clear_error();
    return false;
}

/* ── bytes ── */

ssize_t
ln_tls_read(struct ln_conn *c, void *p, size_t n)
{
    ERR_clear_error();
    int r = SSL_read(c->ssl, p, (int)n);
    if (r > 0)
        return r;
    int err = SSL_get_error(c->ssl, r);
    ERR_clear_error();
    if (err == SSL_ERROR_ZERO_RETURN)
        return 0;
    if (err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE) {
        if (err == SSL_ERROR_WANT_WRITE)
            c->flags |= LN_CF_TLS_RW;
        errno = EAGAIN;
        return -1;
    }
    c->flags |= LN_CF_TLS_DEAD;
    errno = EIO;
    return -1;
}

/* The bytes to write next: those of one long frame where they lie, else a record put together from
 * several. The same queue gives the same bytes, as a repeated SSL_write needs. */
static const uint8_t *
gather(struct ln_conn *c, size_t *n)
{
    struct iovec iov[IOV_GATHER];
    unsigned count = ln_outq_iov(c->out, iov, IOV_GATHER);
    if (count == 1 || iov[0].iov_len >= LN_NET_SCRATCH_BYTES) {
        *n = iov[0].iov_len < LN_NET_SCRATCH_BYTES ? iov[0].iov_len : LN_NET_SCRATCH_BYTES;
        return iov[0].iov_base;
    }
    if (!c->net->scratch)
        c->net->scratch = ln_alloc(LN_NET_SCRATCH_BYTES);
    *n = 0;
    for (unsigned i = 0; i < count && *n < LN_NET_SCRATCH_BYTES; i++) {
        size_t part = LN_NET_SCRATCH_BYTES - *n;
        if (part > iov[i].iov_len)
            part = iov[i].iov_len;
        memcpy(c->net->scratch + *n, iov[i].iov_base, part);
        *n += part;
    }
    return c->net->scratch;
}

ssize_t
ln_tls_write(struct ln_conn *c)
{
    size_t n;
    const uint8_t *p = gather(c, &n);
    LN_ASSERT(n >= c->out->committed);
    ERR_clear_error();
    int r = SSL_write(c->ssl, p, (int)n);
    if (r > 0)
        return r;
    int err = SSL_get_error(c->ssl, r);
    ERR_clear_error();
    if (err == SSL_ERROR_WANT_WRITE || err == SSL_ERROR_WANT_READ) {
        /* WANT_READ cannot last: renegotiation is off. Waiting to write tries again. */
        if (!c->out->committed)
            c->out->committed = (uint32_t)n;
        errno = EAGAIN;
        return -1;
    }
    c->flags |= LN_CF_TLS_DEAD;
    errno = EIO;
    return -1;
}

void
ln_tls_goodbye(struct ln_conn *c)
{
    if (c->flags & LN_CF_TLS_DEAD)
        return;
    ERR_clear_error();
    SSL_shutdown(c->ssl);
    ERR_clear_error();
}
