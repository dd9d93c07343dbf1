/* SPDX-License-Identifier: MIT
 * conn.h - one connection: descriptor, TLS, input to a handler, bounded output, the reason it
 * closed.
 *
 * Thread:  a connection belongs to one ln_net (one a shard) and lives on its thread; it may move
 *          once or more by detach and attach.
 * Owns:    descriptor, SSL, queued frames. No struct event and no bufferevent: one epoll a net.
 * Output:  frames queue by reference in a small ring that exists only while something waits;
 *          ln_net_flush() at the end of a turn writes them with one writev (or SSL_write) a
 *          connection. EAGAIN waits until the kernel takes more.
 * Closing: ln_conn_close() at once, or ln_conn_finish() after the output has drained (5 s at most,
 *          then cut). on_closed comes exactly once, from the end of the turn, and the connection is
 *          freed after it returns; no other callback follows ln_conn_close().
 */
#ifndef LINNET_NET_CONN_H
#define LINNET_NET_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "linnet/base/err.h"
#include "linnet/net/frame.h"

struct event_base;
struct ssl_st;
struct ln_net;
struct ln_conn;
struct ln_ws_pool;

#define LN_NET_READ_BYTES 65536 /* the shard's one read buffer */
#define LN_NET_TURN_BYTES 65536 /* read from one connection a turn, at most */

/* What a connection's present protocol does. */
struct ln_conn_ops {
    /* p[0…n) was read (or was kept back by an earlier call). Returns how many bytes were used;
     * the rest is kept and given again before newer bytes, at the latest with the next read or
     * ln_conn_kick(). Closing inside is fine. */
    size_t (*on_data)(struct ln_conn *c, const uint8_t *p, size_t n);
    void (*on_drained)(struct ln_conn *c); /* the output queue became empty; may be NULL */
    void (*on_closed)(struct ln_conn *c, enum ln_err why);
};

struct ln_conn {
    struct ln_net *net; /* NULL while detached */
    const struct ln_conn_ops *ops;
    void *user;          /* the protocol's state */
    struct ssl_st *ssl;  /* NULL = plaintext */
    struct ln_outq *out; /* NULL = nothing waits */
    uint8_t *kept;       /* bytes read and not yet used by on_data, or NULL */
    uint32_t kept_n;
    uint32_t out_bytes; /* queued and not yet written */
    int fd;
    int16_t why;         /* enum ln_err once closing */
    uint16_t flags;      /* net_priv.h's */
    uint8_t peer[16];    /* IPv6 or mapped IPv4 address; all 0 = Unix socket */
    uint32_t peer_uid;   /* Unix socket: the peer's uid (SO_PEERCRED), else UINT32_MAX */
    uint32_t deadline_s; /* of the handshake or of finishing, monotonic; 0 = none */
    TAILQ_ENTRY(ln_conn) flush_link; /* in the net's list of connections to flush or to reap */
    LIST_ENTRY(ln_conn) all_link;
};

/* ── a shard's network ── */
struct ln_net_ops {
    void (*on_accept)(void *ctx, struct ln_conn *c, void *listener_user); /* sets ops and user */
};
struct ln_net *ln_net_create(struct event_base *base, const struct ln_net_ops *ops, void *ctx);
void ln_net_destroy(struct ln_net **net); /* closes what is left: on_closed(LN_ESHUTDOWN) each */
void *ln_net_ctx(struct ln_net *net);
struct ln_ws_pool **ln_net_ws_pool(struct ln_net *net); /* a slot that ws.c fills lazily */
void ln_net_flush(struct ln_net *net); /* end of turn: writes, then reaps what was closed */
size_t ln_net_count(const struct ln_net *net);
void ln_net_each(struct ln_net *net, void (*fn)(struct ln_conn *c, void *arg), void *arg);

/* Takes fd (made non-blocking). tls NULL = plaintext. ops and user as for on_accept. */
struct ln_tls;
struct ln_conn *ln_conn_adopt(struct ln_net *net, int fd, struct ln_tls *tls,
                              const struct ln_conn_ops *ops, void *user);

/* ── one connection ── */
void ln_conn_send(struct ln_conn *c,
                  struct ln_frame *f); /* takes one reference; ignored once closing */
/* Writes what the kernel takes now instead of at the end of the turn; may close the connection. */
void ln_conn_flush(struct ln_conn *c);
void ln_conn_send_copy(struct ln_conn *c, const void *p, size_t n);
/* Drops what is queued, except the frame already begun (or bytes that SSL_write must repeat). */
void ln_conn_drop_queue(struct ln_conn *c);
void ln_conn_close(struct ln_conn *c, enum ln_err why);
void ln_conn_finish(struct ln_conn *c, enum ln_err why); /* stops reading too */
bool ln_conn_is_closing(const struct ln_conn *c);
void ln_conn_pause(struct ln_conn *c); /* no reading until resumed */
void ln_conn_resume(struct ln_conn *c);
void ln_conn_kick(
    struct ln_conn *c); /* gives kept bytes to on_data again, if any, at the end of this turn */
bool ln_conn_is_tls(const struct ln_conn *c);

/* ── moving to another thread ── */
/* Leaves this net: no event, no list. Must not be closing, nor inside one of its own callbacks
 * (what on_data did not use is kept only after it returned): on_turn is a good place. The pointer
 * may now travel in a message. */
void ln_conn_detach(struct ln_conn *c);
/* Ends a detached connection that no net will take; no callback. */
void ln_conn_discard(struct ln_conn *c);
/* Joins net on its thread: at the end of this turn gives kept bytes to on_data, then tries one read
 * (bytes may wait in SSL or in the kernel), then waits for events. */
void ln_conn_attach(struct ln_conn *c, struct ln_net *net);

#endif
