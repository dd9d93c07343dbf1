/* SPDX-License-Identifier: MIT
 * fuzz_http_twin.c - our HTTP against another parser (Debian's libhttp-parser).
 *
 * Two programs that read one request differently are how requests are smuggled past a proxy. So
 * what we take, the other must take too, as the same request: method, target, version, headers,
 * body, and where it ends. We may refuse more; and it knows fewer methods.
 */
#include <http_parser.h>

#include "fuzz.h"
#include "linnet/net/http.h"

#include "../../src/net/http_priv.h"

#define BODY_MAX 65536

/* What the other parser read, in the input's own bytes. */
struct twin {
    struct ln_str target;
    struct ln_http_header headers[LN_HTTP_HEADERS_MAX + 1];
    size_t count;
    struct ln_buf body;
    bool has_head, chunked, is_whole;
};

static struct ln_http_head head;
static struct twin twin;

static int
on_url(http_parser *p, const char *at, size_t n)
{
    (void)p;
    twin.target = (struct ln_str){at, n};
    return 0;
}

static int
on_name(http_parser *p, const char *at, size_t n)
{
    (void)p;
    if (!twin.has_head && twin.count <= LN_HTTP_HEADERS_MAX) { /* else it is a trailer */
        twin.headers[twin.count++] = (struct ln_http_header){{at, n}, {NULL, 0}};
    }
    return 0;
}

static int
on_value(http_parser *p, const char *at, size_t n)
{
    (void)p;
    if (!twin.has_head) {
        twin.headers[twin.count - 1].value = ln_str_trim((struct ln_str){at, n});
    }
    return 0;
}

static int
on_head(http_parser *p)
{
    twin.has_head = true;
    twin.chunked = p->flags & F_CHUNKED;
    return 0;
}

static int
on_body(http_parser *p, const char *at, size_t n)
{
    (void)p;
    ln_buf_add(&twin.body, at, n);
    return 0;
}

static int
on_whole(http_parser *p)
{
    twin.is_whole = true;
    http_parser_pause(p, 1);
    return 0;
}

static const http_parser_settings settings = {
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_whole,
};

static bool
ends_with(struct ln_str s, struct ln_str end)
{
    return s.n >= end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

static void
check_head(const http_parser *p)
{
    struct ln_str target = {head.path.p, head.path.n + (head.query.p ? 1 + head.query.n : 0)};
    bool is_host_alone = twin.target.p[0] != '/' && ln_str_eq(head.path, LN_STR("/"));
    FUZZ_CHECK(twin.has_head);
    FUZZ_CHECK(ln_str_eq(head.method, ln_str(http_method_str((enum http_method)p->method))));
    FUZZ_CHECK(p->http_major == 1 && p->http_minor == head.minor);
    FUZZ_CHECK(is_host_alone || ends_with(twin.target, target));
    FUZZ_CHECK(twin.count == head.header_count);
    for (size_t i = 0; i < head.header_count; i++) {
        FUZZ_CHECK(ln_str_eq(twin.headers[i].name, head.headers[i].name));
        FUZZ_CHECK(ln_str_eq(twin.headers[i].value, head.headers[i].value));
    }
    FUZZ_CHECK(twin.chunked == head.chunked);
}

/* rest: what follows the head; used: what the other has taken of it. */
static void
check_body(struct ln_str rest, size_t used)
{
    struct ln_chunked ch = {0};
    struct ln_buf body;
    ln_buf_init(&body, BODY_MAX);
    if (head.chunked) {
        long r = ln_chunked_feed(&ch, rest.p, rest.n, &body);
        if (r >= 0) {
            FUZZ_CHECK(twin.is_whole == (ch.state == LN_CHUNK_DONE));
            FUZZ_CHECK(used == (size_t)r);
            FUZZ_CHECK(ln_str_eq(ln_buf_str(&twin.body), ln_buf_str(&body)));
        }
    } else {
        size_t n = head.length < rest.n ? (size_t)head.length : rest.n;
        FUZZ_CHECK(twin.is_whole == (head.length <= rest.n));
        FUZZ_CHECK(used == n && ln_str_eq(ln_buf_str(&twin.body), (struct ln_str){rest.p, n}));
    }
    ln_buf_deinit(&body);
}

/* The other takes "Transfer-Encodings" for a sign that the body is coded. */
static bool
confuses_twin(void)
{
    static const struct ln_str name = {"Transfer-Encoding", 17};
    for (size_t i = 0; i < head.header_count; i++) {
        struct ln_str h = head.headers[i].name;
        if (h.n > name.n && ln_str_ieq((struct ln_str){h.p, name.n}, name)) {
            return true;
        }
    }
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *p = (const char *)data;
    http_parser parser;
    int head_n = ln_http_parse(p, n, &head);
    if (head_n <= 0 || confuses_twin() || ln_str_eq(head.method, LN_STR("CONNECT"))) {
        return 0;
    }
    memset(&twin, 0, sizeof twin);
    ln_buf_init(&twin.body, BODY_MAX);
    http_parser_init(&parser, HTTP_REQUEST);
    size_t used = http_parser_execute(&parser, &settings, p, n);
    enum http_errno err = HTTP_PARSER_ERRNO(&parser);
    bool trailers = parser.flags & F_TRAILING && !twin.is_whole; /* which we do not read */
    if (err != HPE_INVALID_METHOD && !trailers) {
        check_head(&parser);
        if (!parser.upgrade) { /* else the other thinks the rest is another protocol's */
            check_body((struct ln_str){p + head_n, n - (size_t)head_n}, used - (size_t)head_n);
        }
    }
    ln_buf_deinit(&twin.body);
    return 0;
}
