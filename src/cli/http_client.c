/* SPDX-License-Identifier: MIT
 * http_client.c - sends one request, reads one answer; what the admin socket and a health check
 * need.
 *
 * The answer's end is its Content-Length, or the end of the connection. A chunked body is not
 * decoded: linnet sends none, and a health check through a proxy needs the status alone.
 */
#include "linnet/cli/http_client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HEAD_MAX 32768u

void
ln_http_answer_init(struct ln_http_answer *a)
{
    a->status = 0;
    ln_buf_init(&a->body, LN_HTTP_ANSWER_MAX);
}

void
ln_http_answer_deinit(struct ln_http_answer *a)
{
    ln_buf_deinit(&a->body);
}

static enum ln_err
err_of_errno(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? LN_ETIMEOUT : LN_ECLOSED;
}

static enum ln_err
send_all(int fd, struct ln_str s)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_of_errno();
        }
        s.p += n;
        s.n -= (size_t)n;
    }
    return LN_OK;
}

static enum ln_err
send_request(int fd, const struct ln_http_request *req)
{
    struct ln_buf head;
    enum ln_err err;

    ln_buf_init(&head, HEAD_MAX);
    ln_buf_addf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", req->method, req->path, req->host);
    if (req->body.n > 0) {
        ln_buf_addf(&head, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                    req->body.n);
    }
    ln_buf_adds(&head, req->close ? "Connection: close\r\n\r\n" : "\r\n");
    err = head.overflow ? LN_ETOOLARGE : send_all(fd, ln_buf_str(&head));
    ln_buf_deinit(&head);
    return err == LN_OK ? send_all(fd, req->body) : err;
}

/* More bytes into b. *ended: the peer has closed. */
static enum ln_err
read_some(int fd, struct ln_buf *b, bool *ended)
{
    char *room = ln_buf_reserve(b, 16384);
    ssize_t n;

    if (!room) {
        return LN_ETOOLARGE;
    }
    do {
        n = recv(fd, room, 16384, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return err_of_errno();
    }
    b->n += (size_t)n;
    *ended = n == 0;
    return LN_OK;
}

/* Bytes of the head with its empty line, or 0 where that has not come yet. */
static size_t
head_length(const struct ln_buf *b)
{
    const char *end = b->n ? memmem(b->p, b->n, "\r\n\r\n", 4) : NULL;

    return end ? (size_t)(end - b->p) + 4 : 0;
}

static enum ln_err
parse_status(struct ln_str head, int *status)
{
    unsigned long long v;

    if (head.n < 12 || memcmp(head.p, "HTTP/1.", 7) != 0 || head.p[8] != ' ' ||
        !ln_str_u64((struct ln_str){head.p + 9, 3}, 599, &v) || v < 100) {
        return LN_EPROTO;
    }
    *status = (int)v;
    return LN_OK;
}

static bool
find_length(struct ln_str head, size_t *length)
{
    const char *at = head.p;
    const char *end = head.p + head.n;
    const struct ln_str name = LN_STR("Content-Length:");
    unsigned long long v;

    while (at < end) {
        const char *eol = memmem(at, (size_t)(end - at), "\r\n", 2);
        size_t n = (size_t)((eol ? eol : end) - at);

        if (n > name.n && ln_str_ieq((struct ln_str){at, name.n}, name) &&
            ln_str_u64(ln_str_trim((struct ln_str){at + name.n, n - name.n}), LN_HTTP_ANSWER_MAX,
                       &v)) {
            *length = (size_t)v;
            return true;
        }
        at += n + 2;
    }
    return false;
}

static enum ln_err
read_head(int fd, struct ln_http_answer *out, size_t *head_n)
{
    bool ended = false;
    enum ln_err err;

    while ((*head_n = head_length(&out->body)) == 0) {
        if (out->body.n > HEAD_MAX) {
            return LN_EPROTO;
        }
        err = read_some(fd, &out->body, &ended);
        if (err != LN_OK) {
            return err;
        }
        if (ended) {
            return out->body.n ? LN_EPROTO : LN_ECLOSED;
        }
    }
    return parse_status((struct ln_str){out->body.p, *head_n}, &out->status);
}

enum ln_err
ln_http_call(int fd, const struct ln_http_request *req, struct ln_http_answer *out)
{
    size_t head_n;
    size_t length = 0;
    bool ended = false;
    bool has_length;
    enum ln_err err = send_request(fd, req);

    ln_buf_clear(&out->body);
    err = err == LN_OK ? read_head(fd, out, &head_n) : err;
    if (err != LN_OK) {
        return err;
    }
    has_length = find_length((struct ln_str){out->body.p, head_n}, &length);
    ln_buf_drop_front(&out->body, head_n);
    while (!ended && (!has_length || out->body.n < length)) {
        err = read_some(fd, &out->body, &ended);
        if (err != LN_OK) {
            return err;
        }
    }
    return has_length && out->body.n < length ? LN_ECLOSED : LN_OK;
}
