/* SPDX-License-Identifier: MIT
 * net_priv.h - what the files of net/ share about a connection and its net.
 *
 * conn.c    life cycle, events, delivery of input     outq.c      the ring of waiting frames
 * net.c     lists, deadlines, the end of a turn       conn_tls.c  handshake, SSL_read, SSL_write
 * poll.c    who can be read or written
 */
#ifndef LINNET_NET_NET_PRIV_H
#define LINNET_NET_NET_PRIV_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/types.h>

#include "linnet/net/conn.h"

#define LN_NET_HANDSHAKES 64       /* TLS handshakes at once: more fragment the heap */
#define LN_NET_HANDSHAKE_S 10      /* from the accept to the end of the handshake */
#define LN_NET_FINISH_S 5          /* to drain, and for the peer to close */
#define LN_NET_SCRATCH_BYTES 16384 /* one TLS record */
#define LN_NET_POLL_EVENTS 256     /* ready connections a turn */

/* What c->flags says. CLOSING and FINISHING never go away again. */
enum ln_conn_flag {
    LN_CF_CLOSING = 1 << 0,   /* no more callbacks but on_closed; on the flush list to be reaped */
    LN_CF_FINISHING = 1 << 1, /* drains, then lingers, then closes */
    LN_CF_LINGER = 1 << 2,    /* our side is shut; reads and discards until the peer closes */
    LN_CF_PAUSED = 1 << 3,    /* the handler wants no input */
    LN_CF_LISTED = 1 << 4,    /* on the net's flush list */
    LN_CF_KICK = 1 << 5,      /* give kept bytes to on_data at the end of the turn */
    LN_CF_READ_SOON = 1 << 6, /* with KICK: try one read as well */
    LN_CF_BLOCKED = 1 << 7,   /* the kernel takes no output: waits until it can be written */
    LN_CF_POLL_IN = 1 << 8,   /* in the epoll, to be read */
    LN_CF_HANDSHAKE = 1 << 9, /* TLS: not yet established */
    LN_CF_SHAKING = 1 << 10,  /* …and counted in net->handshakes */
    LN_CF_WAITING = 1 << 11,  /* …and on net->waiting, for its turn */
    LN_CF_TLS_RW = 1 << 12,   /* SSL_read waits until it can be written */
    LN_CF_TLS_DEAD = 1 << 13, /* SSL failed: not even close_notify may follow */
    LN_CF_POLL_OUT = 1 << 14, /* in the epoll, to be written */
};

/* Frames on their way out, oldest at head. Exists only while something waits. */
struct ln_outq {
    struct ln_outq *next; /* in the net's list of spare rings */
    uint32_t head;
    uint32_t n;
    uint32_t cap;       /* a power of two */
    uint32_t off;       /* bytes of the oldest frame already written */
    uint32_t committed; /* TLS: bytes that SSL_write was given and will ask for again */
    struct ln_frame *ring[];
};

TAILQ_HEAD(ln_conn_queue, ln_conn);
LIST_HEAD(ln_conn_list, ln_conn);

struct ln_net {
    struct event_base *base;
    int epoll_fd;
    struct event ready; /* some connection is */
    const struct ln_net_ops *ops;
    void *ctx;
    struct ln_ws_pool *ws_pool;
    struct ln_conn_queue flush; /* something to do at the end of the turn */
    size_t flush_n;
    struct ln_conn_queue waiting; /* for a place among the handshakes */
    unsigned handshakes;
    struct ln_conn_list all;   /* by all_link: connections without a deadline */
    struct ln_conn_list timed; /* by all_link: those with one */
    size_t count;
    struct event tick;            /* 1 s, pending only while it has something to watch */
    struct event wake;            /* keeps the loop from sleeping when a flush left work */
    const struct ln_conn *inside; /* whose callback runs */
    bool flushing;
    size_t bodies; /* bytes of HTTP bodies under way, beyond LN_HTTP_BODY_FREE of each */
    struct ln_outq *spare;
    unsigned spare_n;
    uint8_t *buf;     /* LN_NET_READ_BYTES */
    uint8_t *scratch; /* LN_NET_SCRATCH_BYTES, made for the first TLS output */
};

/* ── conn.c ── */
void ln_conn_list(struct ln_conn *c); /* puts c on the flush list */
void ln_conn_unlist(struct ln_conn *c);
void ln_conn_set_events(struct ln_conn *c); /* waits for what c needs now */
void ln_conn_read(struct ln_conn *c);       /* reads, at most a turn's share */
void ln_conn_deliver_kept(struct ln_conn *c);
void ln_conn_on_ready(struct ln_conn *c, bool read, bool write);
void ln_conn_free(struct ln_conn *c); /* descriptor, SSL, memory; on no list any more */
/* Writes what waits until the kernel refuses; closes on an error. */
void ln_conn_write(struct ln_conn *c);

/* ── poll.c ── */
void ln_poll_init(struct ln_net *net);
void ln_poll_deinit(struct ln_net *net);
/* What c waits for from now on; false where the kernel has no room. */
LN_MUST_CHECK bool ln_poll_set(struct ln_conn *c, bool in, bool out);

/* ── net.c ── */
void ln_net_set_deadline(struct ln_conn *c, unsigned seconds); /* 0 = none */

/* ── conn_tls.c ── */
bool ln_tls_handshake(struct ln_conn *c); /* true once established */
void ln_tls_admit(struct ln_net *net,
                  unsigned more);     /* lets waiting ones begin; more: beyond the limit */
void ln_tls_leave(struct ln_conn *c); /* gives up its place or its waiting */
/* Like recv and send: -1 and errno EAGAIN where it must wait, 0 = the peer closed (read only). */
ssize_t ln_tls_read(struct ln_conn *c, void *p, size_t n);
ssize_t ln_tls_write(struct ln_conn *c); /* some of the queue; advances nothing */
void ln_tls_goodbye(struct ln_conn *c);  /* close_notify, best effort */

/* ── outq.c ── */
void ln_outq_push(struct ln_conn *c, struct ln_frame *f); /* takes one reference */
void ln_outq_advance(struct ln_conn *c, size_t n);        /* n bytes are written */
void ln_outq_drop(struct ln_conn *c);                     /* all that nobody has begun */
void ln_outq_free(struct ln_conn *c);                     /* all */
struct iovec;
unsigned ln_outq_iov(const struct ln_outq *q, struct iovec *iov, unsigned max);
void ln_outq_free_spares(struct ln_net *net);

#endif
