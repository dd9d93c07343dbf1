/* SPDX-License-Identifier: MIT
 * fuzz_http.c - the head parser and the chunk decoder: whatever comes, and however it is cut.
 *
 * A head that is complete in n bytes is not complete in fewer, and says the same in n bytes as in
 * more. A chunked body decodes to the same bytes and the same end, fed whole or in two pieces.
 */
#include "fuzz.h"
#include "linnet/net/http.h"

#include "../../src/net/http_priv.h"

#define BODY_MAX 4096

static struct ln_http_head head;
static struct ln_http_head again;

static void
check_head(const char *p, size_t n)
{
    int used = ln_http_parse(p, n, &head);
    FUZZ_CHECK(used <= (int)n && (used > 0 || used == 0 || (used <= -400 && used >= -599)));
    if (used > 0) {
        FUZZ_CHECK(ln_http_parse(p, (size_t)used, &again) == used);
        FUZZ_CHECK(ln_http_parse(p, (size_t)used - 1, &again) == 0);
        FUZZ_CHECK(head.path.n > 0 && head.path.p[0] == '/');
        FUZZ_CHECK(head.header_count <= LN_HTTP_HEADERS_MAX);
        FUZZ_CHECK(!head.chunked || (!head.has_length && head.minor == 1));
        FUZZ_CHECK(head.minor == 0 || ln_http_find(&head, "host"));
        ln_http_cookie(&head, "linnet");
        ln_http_has_token(&head, "connection", "upgrade");
        for (size_t i = 0; i < head.header_count; i++) {
            FUZZ_CHECK(!memchr(head.headers[i].value.p, '\n', head.headers[i].value.n));
            FUZZ_CHECK(!memchr(head.headers[i].value.p, '\r', head.headers[i].value.n));
        }
    } else if (used == 0) {
        FUZZ_CHECK(n < LN_HTTP_HEAD_MAX);
    }
}

static void
check_chunks(const char *p, size_t n, size_t cut)
{
    struct ln_chunked whole = {0}, pieces = {0};
    struct ln_buf a, b;
    ln_buf_init(&a, BODY_MAX);
    ln_buf_init(&b, BODY_MAX);
    long used = ln_chunked_feed(&whole, p, n, &a);
    long first = ln_chunked_feed(&pieces, p, cut, &b), rest = 0;
    if (first == (long)cut && pieces.state != LN_CHUNK_DONE) {
        rest = ln_chunked_feed(&pieces, p + cut, n - cut, &b);
    }
    if (used >= 0) {
        FUZZ_CHECK(first >= 0 && rest >= 0 && first + rest == used);
        FUZZ_CHECK(whole.state == pieces.state);
        FUZZ_CHECK(a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0));
        FUZZ_CHECK(used == (long)n || whole.state == LN_CHUNK_DONE);
    } else {
        FUZZ_CHECK(first == used || rest == used);
    }
    ln_buf_deinit(&a);
    ln_buf_deinit(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    uint8_t choice = fuzz_byte(&in);
    if (choice & 1) {
        check_chunks((const char *)in.p, in.n, in.n ? (choice >> 1) % (in.n + 1) : 0);
    } else {
        check_head((const char *)in.p, in.n);
    }
    return 0;
}
