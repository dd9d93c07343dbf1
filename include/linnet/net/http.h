/* SPDX-License-Identifier: MIT
 * http.h - HTTP/1.1 requests, strictly by RFC 9112: a pure head parser, and a server connection.
 *
 * Refused: bare LF, obs-fold, control characters, space before ':', duplicate Host, Content-Length
 * or Transfer-Encoding, Content-Length beside Transfer-Encoding, a coding other than exactly
 * "chunked", HTTP/1.0 with a coding, HTTP/1.1 without Host. Trailers are discarded.
 */
#ifndef LINNET_NET_HTTP_H
#define LINNET_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/buf.h"
#include "linnet/base/err.h"
#include "linnet/base/str.h"

#define LN_HTTP_LINE_MAX 8192         /* request line, bytes */
#define LN_HTTP_HEAD_MAX 32768        /* whole head, bytes */
#define LN_HTTP_HEADERS_MAX 100       /* header lines */
#define LN_HTTP_BODY_MAX 262144       /* body of an API request, bytes */
#define LN_HTTP_BODY_FREE 16384       /* so much of a body under way anybody may have */
#define LN_HTTP_BODIES_MAX (8u << 20) /* what is above shares so much a shard; more = 503 */
#define LN_HTTP_HEAD_S                                                                             \
    10                    /* seconds for the head of a request, from its first byte or the accept  \
                           */
#define LN_HTTP_BODY_S 60 /* seconds for the body of a request */
#define LN_HTTP_IDLE_S 60 /* seconds a kept-alive connection may stay idle */

struct ln_http_header {
    struct ln_str name;  /* as sent; compare with ln_str_ieq */
    struct ln_str value; /* trimmed */
};

struct ln_http_head {
    struct ln_str method;
    struct ln_str path;  /* up to '?'; begins with '/'; not decoded */
    struct ln_str query; /* after '?', or empty */
    int minor;           /* 0 or 1 */
    struct ln_http_header headers[LN_HTTP_HEADERS_MAX];
    size_t header_count;
    bool keep_alive;
    bool chunked;
    bool expect_continue;
    bool has_length;
    uint64_t length;
};

/* Parses one head at p. >0: its bytes; 0: not complete yet (and within limits); <0: minus the HTTP
 * status to answer before closing (400, 413, 414, 417, 431, 501, 505). Pure. */
int ln_http_parse(const char *p, size_t n, struct ln_http_head *out);
/* The first header of that name, or NULL. */
const struct ln_str *ln_http_find(const struct ln_http_head *h, const char *name);
/* Is token in the comma-separated list of every header of that name (case-insensitive)? */
bool ln_http_has_token(const struct ln_http_head *h, const char *name, const char *token);
/* The value of a cookie, or an empty string. */
struct ln_str ln_http_cookie(const struct ln_http_head *h, const char *name);

/* ── server connection ── */
struct ln_conn;
struct ln_frame;
struct ln_http; /* opaque: src/net/http_conn.c; exists only while a request needs it */

struct ln_http_ops {
    /* One whole request; borrowed until return. The handler answers with ln_http_reply() now or
     * later (reading stops meanwhile), or takes the connection over by setting c->ops and c->user
     * inside the call (then bytes after the head go to the new ops, and ln_http is gone). */
    void (*on_request)(struct ln_conn *c, const struct ln_http_head *head, struct ln_str body);
    void (*on_closed)(struct ln_conn *c, void *http_user, enum ln_err why);
    /* A head with a Content-Length: true takes the body as it comes, of any length. Reading stops
     * until ln_http_body_go(). May be NULL, as the next two. */
    bool (*on_head)(struct ln_conn *c, const struct ln_http_head *head);
    /* The next n > 0 bytes of such a body, borrowed, the last ones where left is 0. Reading stops
     * until ln_http_body_go(), or the reply. */
    void (*on_body)(struct ln_conn *c, const char *p, size_t n, uint64_t left);
    void (*on_sent)(struct ln_conn *c); /* a reply in pieces: all of it so far has left */
};
void ln_http_body_go(struct ln_conn *c);
/* A reply in pieces: its head, with the length of all; then pieces until they make that. */
void ln_http_reply_begin(struct ln_conn *c, int status, const char *content_type,
                         struct ln_str headers, uint64_t length);
void ln_http_reply_piece(struct ln_conn *c, struct ln_frame *f, size_t n); /* takes f */

/* Makes c an HTTP server connection. http_user is the handler's, read with ln_http_user(). */
void ln_http_start(struct ln_conn *c, const struct ln_http_ops *ops, void *http_user);
void *ln_http_user(struct ln_conn *c);
/* headers: extra lines, each ending in CRLF, may be empty. Content-Length, Date-free, and
 * "Cache-Control: no-store" unless headers has a Cache-Control. HEAD sends no body. */
void ln_http_reply(struct ln_conn *c, int status, const char *content_type, struct ln_str headers,
                   struct ln_str body);
const char *ln_http_reason(int status);
/* Call once a second: closes connections whose head or idle time ran out. */
void ln_http_tick(struct ln_conn *c, uint64_t now_ms);
bool ln_http_is(const struct ln_conn *c); /* still an HTTP connection? */

#endif
