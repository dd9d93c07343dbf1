/* SPDX-License-Identifier: MIT
 * ws_priv.h - what the files of ws/ share.
 *
 * ws.c frames and messages of a stream     slot.c  wslay contexts, their pool
 * handshake.c  the upgrade                 encode.c  what we send
 */
#ifndef LINNET_WS_WS_PRIV_H
#define LINNET_WS_WS_PRIV_H

#include <wslay/wslay.h>

#include "linnet/ws/ws.h"

#define LN_WS_SLOTS_MAX 4096  /* contexts lent at once by a shard; more = close 4013 */
#define LN_WS_SPARES_MAX 64   /* contexts kept for the next borrower */
#define LN_WS_PONG_OUT 65536  /* unsent bytes above which a ping gets no pong */
#define LN_WS_PARTIAL_S 15    /* a stream must come to rest again within so many seconds */
#define LN_WS_CONTROL_MAX 125 /* payload of a control frame, RFC 6455 section 5.5 */

enum ln_ws_flag {
    LN_WSF_OPEN = 1 << 0,    /* inside a fragmented message */
    LN_WSF_STOPPED = 1 << 1, /* on_message said LN_WS_STOP */
    LN_WSF_ENDED = 1 << 2,   /* a close was sent: nothing more is read */
    LN_WSF_PING = 1 << 3,    /* the present frame is one */
};

/* A wslay context and what its callbacks need. */
struct ln_ws_slot {
    struct ln_ws_slot *next; /* among the spare ones */
    wslay_event_context_ptr ctx;
    struct ln_conn *conn; /* the present borrower */
    const uint8_t *in;    /* bytes for the recv callback */
    size_t in_n;
    uint64_t frame_left; /* bytes of the present frame not yet given to wslay */
    uint64_t msg_bytes;  /* of the open message, by the headers */
    uint32_t fragments;  /* of it */
    uint16_t out_n;
    uint8_t out[300]; /* control frames that wslay wants to send: one pong or close */
};

struct ln_ws_pool {
    struct ln_ws_slot *spare;
    unsigned spare_n;
    unsigned lent;
    uint8_t *scratch; /* LN_NET_READ_BYTES: one unmasked message */
};

/* ── slot.c ── */
struct ln_ws_pool *ln_ws_pool_of(struct ln_conn *c);
/* Gives c's stream a context; LN_EAGAIN where too many are lent. */
LN_MUST_CHECK enum ln_err ln_ws_slot_get(struct ln_conn *c);
void ln_ws_slot_put(struct ln_conn *c, bool reusable); /* fine without one */
/* Feeds bytes of the present frame, then sends what wslay answers (is_ping: unless too much waits).
 * The close code that was sent, or 0. */
int ln_ws_slot_feed(struct ln_conn *c, const uint8_t *p, size_t n, bool is_ping);

/* ── encode.c ── */
struct ln_frame *ln_ws_frame(unsigned opcode, const void *p, size_t n);

/* ── ws.c ── */
extern const struct ln_conn_ops ln_ws_conn_ops;
void ln_ws_on_wslay_message(struct ln_conn *c, struct ln_str msg, bool is_text);

#endif
