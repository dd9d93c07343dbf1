/* SPDX-License-Identifier: MIT
 * http_parse.c - the head of an HTTP/1.1 request (RFC 9112 sections 2, 3, 5), strict and pure.
 *
 * Line by line: a line is what stands before the first CR, which LF must follow. Everything that
 * two parsers might read differently is refused: that is what request smuggling lives on.
 */
#include <stdint.h>

#include "linnet/base/mem.h"
#include "linnet/net/http.h"

#include "http_priv.h"

#define METHOD_MAX 32

struct cursor {
    const char *p;
    size_t n; /* bytes there are */
    size_t i; /* bytes read */
};

bool
ln_http_is_tchar(char ch)
{
    if ((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z'))
        return true;
    return ch != '\0' && strchr("!#$%&'*+-.^_`|~", ch) != NULL;
}

static bool
is_control(char ch)
{
    return (unsigned char)ch < 0x20 || ch == 0x7f;
}

/* The next line without its CRLF. 1: there it is; 0: not complete; <0: minus a status. too_long:
 * the status for a line over LN_HTTP_LINE_MAX. */
static int
next_line(struct cursor *cur, int too_long, struct ln_str *line)
{
    const char *start = cur->p + cur->i;
    size_t left = cur->n - cur->i;
    size_t i = 0;
    while (i < left && (!is_control(start[i]) || start[i] == '\t')) {
        if (++i > LN_HTTP_LINE_MAX)
            return -too_long;
    }
    if (i == left)
        return 0;
    if (start[i] != '\r')
        return -400;
    if (i + 1 == left)
        return 0;
    if (start[i + 1] != '\n')
        return -400;
    *line = (struct ln_str){start, i};
    cur->i += i + 2;
    return 1;
}

/* ── request line ── */

static int
parse_version(struct ln_str v, struct ln_http_head *out)
{
    if (v.n != 8 || memcmp(v.p, "HTTP/", 5) != 0 || v.p[6] != '.')
        return -400;
    if (v.p[5] < '0' || v.p[5] > '9' || v.p[7] < '0' || v.p[7] > '9')
        return -400;
    if (v.p[5] != '1' || v.p[7] > '1')
        return -505;
    out->minor = v.p[7] - '0';
    return 0;
}

/* A host and perhaps a port, by their characters (RFC 3986 section 3.2, without a user's name). */
static bool
is_host(struct ln_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool alnum =
            (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
        if (!alnum && (ch == '\0' || !strchr("-._~:[]%!$&'()*+;=", ch)))
            return false;
    }
    return true;
}

/* "http://host" of the absolute form (RFC 9112 section 3.2.2) is cut off: one server, one host. */
static struct ln_str
cut_authority(struct ln_str t)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < LN_COUNT(schemes); i++) {
        struct ln_str s = ln_str(schemes[i]);
        if (t.n <= s.n || !ln_str_ieq((struct ln_str){t.p, s.n}, s))
            continue;
        const char *rest = t.p + s.n;
        size_t n = t.n - s.n;
        size_t host = 0;
        while (host < n && rest[host] != '/' && rest[host] != '?')
            host++;
        if (host == 0 || !is_host((struct ln_str){rest, host}))
            return t;
        return (struct ln_str){rest + host, n - host};
    }
    return t;
}

static int
parse_target(struct ln_str t, struct ln_http_head *out)
{
    if (t.n == 0)
        return -400;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] <= ' ' || t.p[i] > '~' || t.p[i] == '#')
            return -400;
    }
    bool absolute = t.p[0] != '/';
    if (absolute) {
        struct ln_str rest = cut_authority(t);
        if (rest.p == t.p)
            return -400;
        t = rest;
    }
    const char *q = t.n ? memchr(t.p, '?', t.n) : NULL;
    out->path = (struct ln_str){t.p, q ? (size_t)(q - t.p) : t.n};
    out->query = q ? (struct ln_str){q + 1, t.n - out->path.n - 1} : (struct ln_str){NULL, 0};
    if (absolute && out->path.n == 0)
        out->path = LN_STR("/");
    return 0;
}

static int
parse_request_line(struct ln_str line, struct ln_http_head *out)
{
    const char *sp = line.n ? memchr(line.p, ' ', line.n) : NULL;
    if (!sp || sp == line.p)
        return -400;
    out->method = (struct ln_str){line.p, (size_t)(sp - line.p)};
    for (size_t i = 0; i < out->method.n; i++) {
        if (!ln_http_is_tchar(out->method.p[i]))
            return -400;
    }
    if (out->method.n > METHOD_MAX)
        return -501;
    struct ln_str rest = {sp + 1, line.n - out->method.n - 1};
    const char *sp2 = rest.n ? memchr(rest.p, ' ', rest.n) : NULL;
    if (!sp2)
        return -400;
    struct ln_str target = {rest.p, (size_t)(sp2 - rest.p)};
    int r = parse_version((struct ln_str){sp2 + 1, rest.n - target.n - 1}, out);
    return r < 0 ? r : parse_target(target, out);
}

/* ── header lines ── */

static int
parse_header(struct ln_str line, struct ln_http_head *out)
{
    size_t i = 0;
    while (i < line.n && ln_http_is_tchar(line.p[i]))
        i++;
    if (i == 0 || i == line.n || line.p[i] != ':')
        return -400; /* obs-fold, a space before ':', an empty name, no ':' */
    if (out->header_count == LN_HTTP_HEADERS_MAX)
        return -431;
    out->headers[out->header_count++] = (struct ln_http_header){
        .name = {line.p, i},
        .value = ln_str_trim((struct ln_str){line.p + i + 1, line.n - i - 1}),
    };
    return 0;
}

static size_t
count_headers(const struct ln_http_head *h, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < h->header_count; i++)
        n += ln_str_ieq(h->headers[i].name, ln_str(name));
    return n;
}

static int
check_host(const struct ln_http_head *h)
{
    const struct ln_str *host = ln_http_find(h, "Host");
    bool good = host ? is_host(*host) : h->minor == 0;
    return good ? 0 : -400;
}

/* A tab beside a value is legal, but some parsers take it for a part of the value: not where that
 * decides how long the body is. Around a value stand its ':' and its CR. */
static bool
has_tab_beside(const struct ln_str *v)
{
    const char *before = v->p - 1;
    const char *after = v->p + v->n;
    while (*before == ' ')
        before--;
    while (*after == ' ')
        after++;
    return *before == '\t' || *after == '\t';
}

static int
check_length(struct ln_http_head *h)
{
    const struct ln_str *v = ln_http_find(h, "Content-Length");
    unsigned long long length;
    if (!v)
        return 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->p[i] < '0' || v->p[i] > '9')
            return -400;
    }
    if (v->n == 0 || (v->n > 1 && v->p[0] == '0') || has_tab_beside(v))
        return -400;
    if (!ln_str_u64(*v, INT64_MAX, &length))
        return -413;
    h->has_length = true;
    h->length = length;
    return 0;
}

static int
check_coding(struct ln_http_head *h)
{
    const struct ln_str *v = ln_http_find(h, "Transfer-Encoding");
    if (!v)
        return 0;
    if (h->minor == 0 || h->has_length || has_tab_beside(v))
        return -400;
    if (!ln_str_ieq(*v, LN_STR("chunked")))
        return -501;
    h->chunked = true;
    return 0;
}

static int
check_expect(struct ln_http_head *h)
{
    const struct ln_str *v = ln_http_find(h, "Expect");
    if (!v || h->minor == 0)
        return 0; /* RFC 9110 section 10.1.1: ignored in 1.0 */
    if (!ln_str_ieq(*v, LN_STR("100-continue")) || count_headers(h, "Expect") > 1)
        return -417;
    h->expect_continue = true;
    return 0;
}

static int
check_head(struct ln_http_head *h)
{
    static const char *const once[] = {"Host", "Content-Length", "Transfer-Encoding"};
    static int (*const checks[])(struct ln_http_head *) = {check_length, check_coding,
                                                           check_expect};
    for (size_t i = 0; i < LN_COUNT(once); i++) {
        if (count_headers(h, once[i]) > 1)
            return -400;
    }
    int r = check_host(h);
    for (size_t i = 0; r == 0 && i < LN_COUNT(checks); i++)
        r = checks[i](h);
    h->keep_alive = h->minor == 1 ? !ln_http_has_token(h, "Connection", "close")
                                  : ln_http_has_token(h, "Connection", "keep-alive") &&
                                        !ln_http_has_token(h, "Connection", "close");
    return r;
}

static int
parse_lines(struct cursor *cur, struct ln_http_head *out)
{
    struct ln_str line;
    int r = next_line(cur, 414, &line);
    if (r == 1 && line.n == 0) /* RFC 9112 section 2.2: one empty line before is forgiven */
        r = next_line(cur, 414, &line);
    if (r != 1)
        return r;
    int bad = parse_request_line(line, out);
    while (bad == 0) {
        r = next_line(cur, 431, &line);
        if (r != 1 || line.n == 0)
            return r;
        bad = parse_header(line, out);
    }
    return bad;
}

int
ln_http_parse(const char *p, size_t n, struct ln_http_head *out)
{
    struct cursor cur = {.p = p, .n = n < LN_HTTP_HEAD_MAX ? n : LN_HTTP_HEAD_MAX};
    /* All but the headers, which header_count covers: they are 3 KB. */
    out->method = out->path = out->query = (struct ln_str){NULL, 0};
    out->minor = 0;
    out->header_count = 0;
    out->keep_alive = out->chunked = out->expect_continue = out->has_length = false;
    out->length = 0;
    int r = parse_lines(&cur, out);
    if (r < 0)
        return r;
    if (r == 0)
        return n >= LN_HTTP_HEAD_MAX ? -431 : 0;
    r = check_head(out);
    return r < 0 ? r : (int)cur.i;
}

/* ── looking into a head ── */

const struct ln_str *
ln_http_find(const struct ln_http_head *h, const char *name)
{
    for (size_t i = 0; i < h->header_count; i++) {
        if (ln_str_ieq(h->headers[i].name, ln_str(name)))
            return &h->headers[i].value;
    }
    return NULL;
}

/* Cuts the part before sep off *rest; false at the end. */
static bool
next_part(struct ln_str *rest, char sep, struct ln_str *part)
{
    if (!rest->p)
        return false;
    const char *end = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    *part = ln_str_trim((struct ln_str){rest->p, n});
    *rest = end ? (struct ln_str){end + 1, rest->n - n - 1} : (struct ln_str){NULL, 0};
    return true;
}

bool
ln_http_has_token(const struct ln_http_head *h, const char *name, const char *token)
{
    for (size_t i = 0; i < h->header_count; i++) {
        struct ln_str rest = h->headers[i].value;
        struct ln_str part;
        if (!ln_str_ieq(h->headers[i].name, ln_str(name)))
            continue;
        while (next_part(&rest, ',', &part)) {
            if (ln_str_ieq(part, ln_str(token)))
                return true;
        }
    }
    return false;
}

struct ln_str
ln_http_cookie(const struct ln_http_head *h, const char *name)
{
    size_t name_n = strlen(name);
    for (size_t i = 0; i < h->header_count; i++) {
        struct ln_str rest = h->headers[i].value;
        struct ln_str part;
        if (!ln_str_ieq(h->headers[i].name, LN_STR("Cookie")))
            continue;
        while (next_part(&rest, ';', &part)) {
            if (part.n > name_n && part.p[name_n] == '=' && memcmp(part.p, name, name_n) == 0)
                return (struct ln_str){part.p + name_n + 1, part.n - name_n - 1};
        }
    }
    return (struct ln_str){NULL, 0};
}
