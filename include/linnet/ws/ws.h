/* SPDX-License-Identifier: MIT
 * ws.h - WebSocket (RFC 6455) on a connection, with wslay contexts borrowed from the shard's pool.
 *
 * Thread:  the connection's shard.
 * A context costs 8.8 KB, so a stream holds one only while it is not at rest: a frame partly read,
 * a fragmented message open, or a close seen. Input is given to wslay frame by frame (the header
 * is scanned first for the frame's size and its limit), so wslay never holds bytes past a frame's
 * end and a stream can stop, and move to another thread, after any message.
 * Output never goes through wslay: text frames are encoded once (ln_ws_text) and queued on the
 * connection; pongs and close frames likewise.
 */
#ifndef LINNET_WS_WS_H
#define LINNET_WS_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"
#include "linnet/base/str.h"
#include "linnet/net/conn.h"
#include "linnet/net/frame.h"
#include "linnet/net/http.h"

struct ln_ws_limits {
    uint32_t message_bytes; /* a message, all fragments; more = close 1009 */
    unsigned fragments;     /* of one message; more = close 1009 */
    unsigned pings_per_s; /* received control frames a second; more = close 1008; ≥ 255: no limit */
    bool binary;          /* binary messages are allowed; else close 1003 */
};
/* 65,536 B, 256 fragments, 20 control frames a second, text only */
extern const struct ln_ws_limits ln_ws_default_limits;

struct ln_ws;

enum ln_ws_go {
    LN_WS_GO,   /* go on with the next frame */
    LN_WS_STOP, /* read no more until ln_ws_go(): bytes stay with the connection, which may move */
};

struct ln_ws_ops {
    const struct ln_ws_limits *limits;
    /* A whole text (or, with binary allowed, binary) message, UTF-8 checked; borrowed. */
    enum ln_ws_go (*on_message)(struct ln_conn *c, struct ln_str msg, bool is_text);
    /* The connection ends; last call; ws is freed after it. */
    void (*on_closed)(struct ln_conn *c, enum ln_err why);
    void (*on_drained)(struct ln_conn *c); /* may be NULL */
};

/* A stream's memory, 32 B; embedded in a session. An incomplete header stays with the connection.
 */
struct ln_ws {
    const struct ln_ws_ops *ops;
    struct ln_ws_slot *slot;  /* borrowed context, or NULL: no message under way */
    uint32_t partial_since_s; /* when the stream left rest, for the partial-frame deadline; 0: at
                                 rest */
    uint32_t pings_s;
    uint8_t pings; /* in the present second */
    uint8_t flags;
};

/* Checks an upgrade request (RFC 6455 section 4.2.1) without Origin, which is the caller's.
 * LN_OK; else status (400, 405, 426) and a sentence. subprotocol: required one, or NULL. */
LN_MUST_CHECK enum ln_err ln_ws_check(const struct ln_http_head *h, const char *subprotocol,
                                      int *status, const char **why);
/* Answers 101 on c and makes it a WebSocket; inside on_request only. ws is the caller's memory,
 * alive until on_closed returns. Sets c->ops, c->user = ws. */
void ln_ws_start(struct ln_conn *c, struct ln_ws *ws, const struct ln_http_head *h,
                 const char *subprotocol, const struct ln_ws_ops *ops);

static inline struct ln_ws *
ln_ws_of(const struct ln_conn *c)
{
    return c->user;
}

void ln_ws_go(struct ln_conn *c); /* after LN_WS_STOP: goes on with kept bytes */
/* Sends a close frame with code and reason (≤ 123 bytes), then finishes the connection. */
void ln_ws_close(struct ln_conn *c, enum ln_err why, const char *reason);
/* Once a second: closes a stream whose frame stays partial for more than 15 s. */
void ln_ws_tick(struct ln_conn *c, uint64_t now_ms);
bool ln_ws_is_at_rest(const struct ln_ws *ws);

/* One encoded text frame, unmasked, FIN (RFC 6455 section 5.2); one reference. */
struct ln_frame *ln_ws_text(const void *p, size_t n);
void ln_ws_pool_destroy(struct ln_ws_pool **pool); /* NULL is fine */

#endif
