/* SPDX-License-Identifier: MIT
 * fuzz_http_conn.c - a stream of requests through net/http_conn.c on a socket pair: pipelined,
 * chunked, cut anywhere, some answered at once and some a turn later.
 *
 * The same stream is fed twice, whole and in pieces: the requests handed over, the bytes answered
 * must be the same. (But for 100 Continue, which depends on what has come already; and a head that
 * never became whole may have been refused or not: heads that trickle in are looked at only now
 * and then.) Every request is answered once; at most one refusal follows, and it is the last
 * answer.
 */
#include "fuzz_net.h"
#include "linnet/net/http.h"

#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

/* What a run showed. */
struct shown {
    struct ln_buf requests; /* each on a line, its body after it */
    struct ln_buf answers;
    int handed_over, closed;
};

static struct shown *shown;
static struct ln_conn *waits; /* its request is answered a turn later */

static void
answer(struct ln_conn *c)
{
    ln_http_reply(c, 200, "text/plain", LN_STR("X-Is: an answer\r\n"), LN_STR("ok\n"));
}

static void
on_request(struct ln_conn *c, const struct ln_http_head *head, struct ln_str body)
{
    struct ln_buf *b = &shown->requests;
    FUZZ_CHECK(!waits && body.n <= LN_HTTP_BODY_MAX);
    FUZZ_CHECK(head->chunked || body.n == head->length);
    shown->handed_over++;
    ln_buf_add(b, head->method.p, head->method.n);
    ln_buf_addc(b, ' ');
    ln_buf_add(b, head->path.p, head->path.n);
    ln_buf_addf(b, "?%.*s %zu headers %d\n", (int)head->query.n, head->query.n ? head->query.p : "",
                head->header_count, head->keep_alive);
    ln_buf_add(b, body.p, body.n);
    if (head->query.n) {
        waits = c;
    } else {
        answer(c);
    }
}

static void
on_closed(struct ln_conn *c, void *user, enum ln_err why)
{
    (void)user;
    (void)why;
    waits = waits == c ? NULL : waits;
    shown->closed++;
}

static const struct ln_http_ops ops = {.on_request = on_request, .on_closed = on_closed};

static void
turn(int peer)
{
    fuzz_turn(peer, &shown->answers);
    if (waits) {
        struct ln_conn *c = waits;
        waits = NULL;
        answer(c);
        fuzz_turn(peer, &shown->answers);
    }
}

static size_t
count(const struct ln_buf *b, const char *what)
{
    size_t n = 0, len = strlen(what);
    for (size_t at = 0; at + len <= b->n; at++) {
        n += memcmp(b->p + at, what, len) == 0;
    }
    return n;
}

static void
drop_continues(struct ln_buf *b)
{
    char *p;
    while (b->n && (p = memmem(b->p, b->n, CONTINUE, sizeof CONTINUE - 1))) {
        size_t at = (size_t)(p - b->p), rest = b->n - at - (sizeof CONTINUE - 1);
        memmove(p, p + sizeof CONTINUE - 1, rest);
        b->n = at + rest;
    }
}

static void
run(struct shown *out, struct ln_str stream, size_t step)
{
    int peer;
    shown = out;
    memset(out, 0, sizeof *out);
    ln_buf_init(&out->requests, FUZZ_SHOWN_MAX);
    ln_buf_init(&out->answers, FUZZ_SHOWN_MAX);
    ln_http_start(fuzz_pair(&peer), &ops, NULL);
    turn(peer);
    for (size_t at = 0; at < stream.n && !out->closed; at += step) {
        size_t n = stream.n - at < step ? stream.n - at : step;
        if (send(peer, stream.p + at, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            break;
        }
        turn(peer);
    }
    int before; /* until a turn brings nothing more */
    do {
        before = out->handed_over;
        turn(peer);
    } while (out->handed_over > before);
    shutdown(peer, SHUT_WR);
    for (int i = 0; i < 8 && !out->closed; i++) {
        turn(peer);
    }
    close(peer);
    FUZZ_CHECK(out->closed == 1 && ln_net_count(fuzz_net) == 0);
    drop_continues(&out->answers);
    size_t good = count(&out->answers, "HTTP/1.1 200 OK\r\n"),
           all = count(&out->answers, "HTTP/1.1 ");
    FUZZ_CHECK(good == (size_t)out->handed_over);
    FUZZ_CHECK(all == good || all == good + 1);
}

/* The answers, but for a refusal at the end. */
static void
check_same_answers(const struct ln_buf *a, const struct ln_buf *b)
{
    const struct ln_buf *more = a->n > b->n ? a : b;
    size_t n = a->n < b->n ? a->n : b->n;
    FUZZ_CHECK(n == 0 || memcmp(a->p, b->p, n) == 0);
    FUZZ_CHECK(more->n == n || more->p[n + 9] == '4' || more->p[n + 9] == '5');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    struct shown whole, pieces;
    if (!fuzz_net) {
        fuzz_net_setup();
    }
    size_t step = 1 + fuzz_byte(&in);
    struct ln_str stream = {(const char *)in.p, in.n};
    run(&whole, stream, in.n ? in.n : 1);
    run(&pieces, stream, step);
    FUZZ_CHECK(fuzz_same(&whole.requests, &pieces.requests));
    check_same_answers(&whole.answers, &pieces.answers);
    ln_buf_deinit(&whole.requests);
    ln_buf_deinit(&whole.answers);
    ln_buf_deinit(&pieces.requests);
    ln_buf_deinit(&pieces.answers);
    return 0;
}
