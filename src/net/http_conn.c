/* SPDX-License-Identifier: MIT
 * http_conn.c - a server's side of HTTP/1.1 on a connection: one request at a time.
 *
 * States: HEAD (idle, or a head has begun) -> BODY (its body is being collected) -> REPLY (the
 * handler has it; reading is paused where the answer did not come at once) -> HEAD again.
 * Bytes of a head stay with the connection until it is whole, so an idle client costs struct
 * ln_http only; a body that did not come with its head is collected in a struct request.
 * Replies that a peer does not read stop further requests at OUT_MAX bytes, so that pipelining
 * small requests for large replies buys nothing.
 */
#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "linnet/net/conn.h"
#include "linnet/net/http.h"
#include "linnet/rt/metrics.h"

#include "http_priv.h"
#include "net_priv.h"

#define OUT_MAX 65536 /* unsent reply bytes above which no further request is taken */
#define DRAIN_S 60    /* seconds in which some of a reply must leave */
#define REPLY_HEAD_MAX 65536

enum http_state { HTTP_HEAD, HTTP_BODY, HTTP_REPLY };

struct request {
    struct ln_http_head head;
    char *raw; /* the head's bytes, to which head points */
    struct ln_buf body;
    struct ln_chunked chunked;
    struct ln_net *net;
    size_t counted; /* of body, in net->bodies */
};

struct ln_http {
    const struct ln_http_ops *ops;
    void *user;
    struct request *req; /* while a body is being collected */
    uint32_t since_s;    /* when the state began, or the last progress */
    uint32_t seen;       /* bytes of an incomplete head already looked at */
    uint32_t parse_at;   /* parse again when so many bytes are there, for early refusal */
    uint32_t out_bytes;  /* waiting at the last tick */
    uint8_t state;       /* enum http_state */
    bool keep_alive;     /* of the request being answered */
    bool is_head;        /* its method is HEAD */
    bool is_old;         /* it speaks HTTP/1.0 */
    bool first;          /* no request has been answered yet */
    bool paused;         /* we paused the connection */
    bool streams;        /* BODY: it goes to on_body; REPLY: it comes in pieces */
    bool wants_go;       /* BODY: the peer waits for 100 */
    uint64_t left;       /* of that body or reply */
};

static size_t on_http_data(struct ln_conn *c, const uint8_t *p, size_t n);
static void on_http_drained(struct ln_conn *c);
static void on_http_closed(struct ln_conn *c, enum ln_err why);

static const struct ln_conn_ops http_ops = {
    .on_data = on_http_data,
    .on_drained = on_http_drained,
    .on_closed = on_http_closed,
};

static uint32_t
now_s(void)
{
    return (uint32_t)(ln_mono_ms() / 1000);
}

static void
set_state(struct ln_http *h, enum http_state state)
{
    LN_ASSERT(state == HTTP_HEAD ? h->state != HTTP_HEAD : h->state < state);
    h->state = (uint8_t)state;
    h->since_s = now_s();
    h->seen = 0;
    h->parse_at = 0;
}

static void
free_request(struct ln_http *h)
{
    if (!h->req)
        return;
    h->req->net->bodies -= h->req->counted;
    free(h->req->raw);
    ln_buf_deinit(&h->req->body);
    free(h->req);
    h->req = NULL;
}

static void
free_http(struct ln_http *h)
{
    free_request(h);
    free(h);
}

void
ln_http_start(struct ln_conn *c, const struct ln_http_ops *ops, void *http_user)
{
    struct ln_http *h = ln_zalloc(sizeof(*h));
    h->ops = ops;
    h->user = http_user;
    h->since_s = now_s();
    h->first = true;
    c->ops = &http_ops;
    c->user = h;
}

bool
ln_http_is(const struct ln_conn *c)
{
    return c->ops == &http_ops;
}

void *
ln_http_user(struct ln_conn *c)
{
    LN_ASSERT(ln_http_is(c));
    return ((struct ln_http *)c->user)->user;
}

static void
pause_reading(struct ln_conn *c, struct ln_http *h)
{
    if (h->paused)
        return;
    h->paused = true;
    ln_conn_pause(c);
}

static void
resume_reading(struct ln_conn *c, struct ln_http *h)
{
    if (!h->paused)
        return;
    h->paused = false;
    ln_conn_resume(c);
}

/* ── replies ── */

/* clang-format off */
#define REASONS(X) \
    X(100, "Continue") X(101, "Switching Protocols") X(200, "OK") X(201, "Created") \
    X(202, "Accepted") X(204, "No Content") X(206, "Partial Content") \
    X(301, "Moved Permanently") X(302, "Found") X(303, "See Other") X(304, "Not Modified") \
    X(307, "Temporary Redirect") X(308, "Permanent Redirect") X(400, "Bad Request") \
    X(401, "Unauthorized") X(403, "Forbidden") X(404, "Not Found") \
    X(405, "Method Not Allowed") X(406, "Not Acceptable") X(408, "Request Timeout") \
    X(409, "Conflict") X(410, "Gone") X(411, "Length Required") X(412, "Precondition Failed") \
    X(413, "Content Too Large") X(414, "URI Too Long") X(415, "Unsupported Media Type") \
    X(416, "Range Not Satisfiable") X(417, "Expectation Failed") \
    X(421, "Misdirected Request") X(422, "Unprocessable Content") X(426, "Upgrade Required") \
    X(429, "Too Many Requests") X(431, "Request Header Fields Too Large") \
    X(499, "Client Closed Request") X(500, "Internal Server Error") X(501, "Not Implemented") \
    X(503, "Service Unavailable") X(507, "Insufficient Storage") X(505, "HTTP Version Not Supported")
/* clang-format on */

const char *
ln_http_reason(int status)
{
#define REASON(code, text)                                                                         \
    if (status == (code))                                                                          \
        return text;
    REASONS(REASON)
#undef REASON
    return "Unknown";
}

static bool
has_line(struct ln_str headers, struct ln_str name)
{
    for (size_t i = 0; i + name.n < headers.n;) {
        if (ln_str_ieq((struct ln_str){headers.p + i, name.n}, name) &&
            headers.p[i + name.n] == ':')
            return true;
        const char *end = memchr(headers.p + i, '\n', headers.n - i);
        if (!end)
            return false;
        i = (size_t)(end - headers.p) + 1;
    }
    return false;
}

static bool
has_no_body(int status)
{
    return status < 200 || status == 204 || status == 304;
}

static void
add_reply_head(struct ln_buf *b, const struct ln_http *h, int status, const char *content_type,
               struct ln_str headers, uint64_t body_n)
{
    ln_buf_addf(b, "HTTP/1.1 %d %s\r\n", status, ln_http_reason(status));
    if (!has_no_body(status))
        ln_buf_addf(b, "Content-Length: %llu\r\n", (unsigned long long)body_n);
    if (content_type)
        ln_buf_addf(b, "Content-Type: %s\r\n", content_type);
    if (!has_line(headers, LN_STR("Cache-Control")))
        ln_buf_adds(b, "Cache-Control: no-store\r\n");
    ln_buf_adds(b, "X-Content-Type-Options: nosniff\r\n");
    if (!has_line(headers, LN_STR("Referrer-Policy")))
        ln_buf_adds(b, "Referrer-Policy: no-referrer\r\n");
    if (!h->keep_alive)
        ln_buf_adds(b, "Connection: close\r\n");
    else if (h->is_old)
        ln_buf_adds(b, "Connection: keep-alive\r\n");
    ln_buf_add(b, headers.p, headers.n);
    ln_buf_adds(b, "\r\n");
}

/* The reply has been handed over whole. */
static void
end_reply(struct ln_conn *c, struct ln_http *h)
{
    h->first = false;
    h->streams = false;
    if (!h->keep_alive) {
        ln_conn_finish(c, LN_OK);
        return;
    }
    set_state(h, HTTP_HEAD);
    h->out_bytes = c->out_bytes;
    if (c->out_bytes <= OUT_MAX)
        resume_reading(c, h); /* else on_drained */
}

/* An answer before the end of a streamed body ends the connection. */
static void
end_body(struct ln_http *h)
{
    if (h->state != HTTP_BODY || !h->streams)
        return;
    if (h->left)
        h->keep_alive = false;
    h->streams = false;
    set_state(h, HTTP_REPLY);
}

void
ln_http_reply_begin(struct ln_conn *c, int status, const char *content_type, struct ln_str headers,
                    uint64_t length)
{
    struct ln_http *h = c->user;
    struct ln_buf b;
    LN_ASSERT(ln_http_is(c));
    if (ln_conn_is_closing(c))
        return;
    LN_ASSERT(h->state == HTTP_REPLY);
    ln_buf_init(&b, REPLY_HEAD_MAX);
    add_reply_head(&b, h, status, content_type, headers, length);
    LN_ASSERT(!b.overflow);
    ln_conn_send_copy(c, b.p, b.n);
    ln_buf_deinit(&b);
    h->left = h->is_head ? 0 : length;
    h->streams = true;
    h->out_bytes = c->out_bytes;
    if (!h->left)
        end_reply(c, h);
}

void
ln_http_reply_piece(struct ln_conn *c, struct ln_frame *f, size_t n)
{
    struct ln_http *h = c->user;
    LN_ASSERT(ln_http_is(c));
    if (ln_conn_is_closing(c)) {
        ln_frame_unref(f);
        return;
    }
    LN_ASSERT(h->state == HTTP_REPLY && h->streams && n <= h->left);
    h->left -= n;
    h->since_s = now_s();
    ln_conn_send(c, f);
    h->out_bytes = c->out_bytes;
    if (!h->left)
        end_reply(c, h);
}

void
ln_http_body_go(struct ln_conn *c)
{
    struct ln_http *h = c->user;
    LN_ASSERT(ln_http_is(c));
    if (ln_conn_is_closing(c) || h->state != HTTP_BODY)
        return;
    if (h->wants_go)
        ln_conn_send_copy(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    h->wants_go = false;
    h->since_s = now_s();
    resume_reading(c, h);
}

void
ln_http_reply(struct ln_conn *c, int status, const char *content_type, struct ln_str headers,
              struct ln_str body)
{
    struct ln_http *h = c->user;
    struct ln_buf b;
    LN_ASSERT(ln_http_is(c));
    if (ln_conn_is_closing(c))
        return;
    end_body(h);
    LN_ASSERT(h->state == HTTP_REPLY && !h->streams);
    ln_buf_init(&b, REPLY_HEAD_MAX);
    add_reply_head(&b, h, status, content_type, headers, body.n);
    LN_ASSERT(!b.overflow);
    size_t body_n = h->is_head || has_no_body(status) ? 0 : body.n;
    struct ln_frame *f = ln_frame_alloc(b.n + body_n);
    memcpy(f->bytes, b.p, b.n);
    if (body_n)
        memcpy(f->bytes + b.n, body.p, body_n);
    ln_buf_deinit(&b);
    ln_conn_send(c, f);
    end_reply(c, h);
}

/* A request that will not be carried out: says why and ends the connection. */
static void
refuse(struct ln_conn *c, struct ln_http *h, int status)
{
    char body[64];
    int n = snprintf(body, sizeof(body), "%d %s\n", status, ln_http_reason(status));
    free_request(h);
    h->streams = false;
    if (h->state != HTTP_REPLY)
        set_state(h, HTTP_REPLY);
    h->keep_alive = false;
    h->is_head = false;
    ln_http_reply(c, status, "text/plain; charset=utf-8", LN_STR(""),
                  (struct ln_str){body, (size_t)n});
}

/* ── requests ── */

/* Hands the request over. Afterwards h may be gone. */
static void
dispatch(struct ln_conn *c, struct ln_http *h, const struct ln_http_head *head, struct ln_str body)
{
    set_state(h, HTTP_REPLY);
    h->keep_alive = head->keep_alive;
    h->is_old = head->minor == 0;
    h->is_head = ln_str_eq(head->method, LN_STR("HEAD"));
    ln_metric_add(LN_M_HTTP_REQUESTS, 1);
    h->ops->on_request(c, head, body);
    if (c->ops != &http_ops) {
        free_http(h); /* the handler has taken the connection */
        return;
    }
    free_request(h);
    if (h->state == HTTP_REPLY && !ln_conn_is_closing(c))
        pause_reading(c, h);
}

/* The body is still to come: keeps the head. */
static void
begin_body(struct ln_conn *c, struct ln_http *h, const char *p, size_t head_n, bool got_some)
{
    struct request *req = ln_zalloc(sizeof(*req));
    req->raw = ln_strndup(p, head_n);
    LN_ASSERT(ln_http_parse(req->raw, head_n, &req->head) == (int)head_n);
    ln_buf_init(&req->body, LN_HTTP_BODY_MAX);
    req->net = c->net;
    h->req = req;
    set_state(h, HTTP_BODY);
    if (req->head.expect_continue && !got_some)
        ln_conn_send_copy(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
}

/* Gives the body to the handler as it comes, where it wants that. */
static bool
begin_stream(struct ln_conn *c, struct ln_http *h, const struct ln_http_head *head, bool got_some)
{
    set_state(h, HTTP_BODY);
    h->keep_alive = head->keep_alive;
    h->is_old = head->minor == 0;
    h->is_head = false;
    h->streams = true;
    h->wants_go = head->expect_continue && !got_some;
    h->left = head->length;
    pause_reading(c, h);
    if (h->ops->on_head(c, head)) {
        ln_metric_add(LN_M_HTTP_REQUESTS, 1);
        return true;
    }
    h->streams = false;
    h->state = HTTP_HEAD;
    resume_reading(c, h);
    return false;
}

static size_t
on_stream_data(struct ln_conn *c, struct ln_http *h, const char *p, size_t n)
{
    size_t used = n < h->left ? n : (size_t)h->left;
    if (h->paused)
        return 0;
    h->left -= used;
    h->since_s = now_s();
    pause_reading(c, h);
    h->ops->on_body(c, p, used, h->left);
    return used;
}

/* Is the head whole, or at least long enough for another look? Each byte is searched once. */
static bool
is_worth_parsing(struct ln_http *h, const char *p, size_t n)
{
    size_t from = h->seen > 3 ? h->seen - 3 : 0;
    bool whole = n - from >= 4 && memmem(p + from, n - from, "\r\n\r\n", 4);
    h->seen = (uint32_t)n;
    if (!whole && n < h->parse_at && n < LN_HTTP_HEAD_MAX)
        return false;
    h->parse_at = (uint32_t)n * 2;
    return true;
}

static size_t
on_head_data(struct ln_conn *c, struct ln_http *h, const char *p, size_t n)
{
    struct ln_http_head head;
    if (h->seen == 0)
        h->since_s = now_s();
    if (!is_worth_parsing(h, p, n))
        return 0;
    int r = ln_http_parse(p, n, &head);
    if (r == 0)
        return 0;
    if (r < 0) {
        refuse(c, h, -r);
        return n;
    }
    size_t head_n = (size_t)r;
    size_t rest = n - head_n;
    if (head.has_length && head.length && h->ops->on_head && begin_stream(c, h, &head, rest > 0))
        return head_n;
    if (head.length > LN_HTTP_BODY_MAX) {
        refuse(c, h, 413);
        return n;
    }
    if (head.chunked || head.length > rest) {
        begin_body(c, h, p, head_n, rest > 0);
        return head_n;
    }
    dispatch(c, h, &head, (struct ln_str){p + head_n, (size_t)head.length});
    return head_n + (size_t)head.length;
}

/* Is there room for so much of this body? Large ones share what a shard has for them, since who
 * sends them need not be anybody. */
static bool
has_room(struct request *req)
{
    size_t over = req->body.n > LN_HTTP_BODY_FREE ? req->body.n - LN_HTTP_BODY_FREE : 0;
    req->net->bodies += over - req->counted;
    req->counted = over;
    return over == 0 || req->net->bodies <= LN_HTTP_BODIES_MAX;
}

static size_t
on_body_data(struct ln_conn *c, struct ln_http *h, const char *p, size_t n)
{
    struct request *req = h->req;
    size_t used;
    bool whole;
    if (req->head.chunked) {
        long r = ln_chunked_feed(&req->chunked, p, n, &req->body);
        if (r < 0) {
            refuse(c, h, (int)-r);
            return n;
        }
        used = (size_t)r;
        whole = req->chunked.state == LN_CHUNK_DONE;
    } else {
        size_t left = (size_t)req->head.length - req->body.n;
        used = n < left ? n : left;
        ln_buf_add(&req->body, p, used);
        whole = used == left;
    }
    if (!has_room(req)) {
        refuse(c, h, 503);
        return n;
    }
    if (whole)
        dispatch(c, h, &req->head, ln_buf_str(&req->body));
    return used;
}

static size_t
on_http_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    struct ln_http *h = c->user;
    if (h->state == HTTP_REPLY)
        return 0;
    if (h->state == HTTP_BODY && h->streams)
        return on_stream_data(c, h, (const char *)p, n);
    if (h->state == HTTP_BODY)
        return on_body_data(c, h, (const char *)p, n);
    if (c->out_bytes > OUT_MAX) {
        pause_reading(c, h);
        return 0;
    }
    return on_head_data(c, h, (const char *)p, n);
}

static void
on_http_drained(struct ln_conn *c)
{
    struct ln_http *h = c->user;
    h->out_bytes = 0;
    if (h->state == HTTP_HEAD)
        resume_reading(c, h);
    else if (h->state == HTTP_REPLY && h->streams)
        h->ops->on_sent(c);
}

static void
on_http_closed(struct ln_conn *c, enum ln_err why)
{
    struct ln_http *h = c->user;
    if (h->ops->on_closed)
        h->ops->on_closed(c, h->user, why);
    free_http(h);
}

/* ── deadlines ── */

static bool
is_stuck(struct ln_conn *c, struct ln_http *h, uint32_t now)
{
    if (c->out_bytes == 0)
        return false;
    if (c->out_bytes != h->out_bytes) { /* some left, or some came: progress */
        h->out_bytes = c->out_bytes;
        h->since_s = now;
    }
    return now - h->since_s >= DRAIN_S;
}

void
ln_http_tick(struct ln_conn *c, uint64_t now_ms)
{
    struct ln_http *h = c->user;
    uint32_t now = (uint32_t)(now_ms / 1000);
    if (!ln_http_is(c) || ln_conn_is_closing(c) || now < h->since_s)
        return;
    uint32_t age = now - h->since_s;
    if (h->state == HTTP_BODY && h->streams && h->paused) {
        h->since_s = now; /* it is we who keep the peer waiting */
    } else if (c->out_bytes && (h->state == HTTP_HEAD || h->streams)) {
        if (is_stuck(c, h, now))
            ln_conn_close(c, LN_ESLOW);
    } else if (h->state == HTTP_HEAD && h->seen) {
        if (age >= LN_HTTP_HEAD_S)
            refuse(c, h, 408);
    } else if (h->state == HTTP_HEAD) {
        if (age >= (h->first ? LN_HTTP_HEAD_S : LN_HTTP_IDLE_S))
            ln_conn_finish(c, LN_ETIMEOUT);
    } else if (h->state == HTTP_BODY && age >= LN_HTTP_BODY_S) {
        refuse(c, h, 408);
    }
}
