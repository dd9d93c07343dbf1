/* SPDX-License-Identifier: MIT
 * handshake.c - the upgrade from HTTP (RFC 6455 section 4.2).
 */
#include <openssl/evp.h>

#include "linnet/base/assert.h"

#include "ws_priv.h"

#define KEY_CHARS 24 /* base64 of 16 bytes */

static bool
is_base64(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
           ch == '+' || ch == '/';
}

static bool
is_key(const struct ln_str *key)
{
    if (!key || key->n != KEY_CHARS || memcmp(key->p + 22, "==", 2) != 0)
        return false;
    for (size_t i = 0; i < 22; i++) {
        if (!is_base64(key->p[i]))
            return false;
    }
    return true;
}

static size_t
count_headers(const struct ln_http_head *h, struct ln_str name)
{
    size_t n = 0;
    for (size_t i = 0; i < h->header_count; i++)
        n += ln_str_ieq(h->headers[i].name, name);
    return n;
}

static enum ln_err
refuse(int status, const char *text, int *out_status, const char **why)
{
    *out_status = status;
    *why = text;
    return LN_EBADMSG;
}

enum ln_err
ln_ws_check(const struct ln_http_head *h, const char *subprotocol, int *status, const char **why)
{
    const struct ln_str *version = ln_http_find(h, "Sec-WebSocket-Version");
    if (!ln_str_eq(h->method, LN_STR("GET")))
        return refuse(405, "a WebSocket begins with GET", status, why);
    if (h->minor != 1)
        return refuse(400, "a WebSocket needs HTTP/1.1", status, why);
    if (!ln_http_has_token(h, "Upgrade", "websocket"))
        return refuse(426, "this is a WebSocket endpoint", status, why);
    if (!ln_http_has_token(h, "Connection", "upgrade"))
        return refuse(400, "the Connection header does not say upgrade", status, why);
    if (!version || !ln_str_eq(*version, LN_STR("13")))
        return refuse(426, "WebSocket version 13 is spoken here", status, why);
    if (count_headers(h, LN_STR("Sec-WebSocket-Version")) != 1 ||
        count_headers(h, LN_STR("Sec-WebSocket-Key")) != 1 ||
        !is_key(ln_http_find(h, "Sec-WebSocket-Key")))
        return refuse(400, "Sec-WebSocket-Key is missing or malformed", status, why);
    if (h->chunked || h->length)
        return refuse(400, "an upgrade request has no body", status, why);
    if (subprotocol && !ln_http_has_token(h, "Sec-WebSocket-Protocol", subprotocol))
        return refuse(400, "the WebSocket subprotocol is missing", status, why);
    return LN_OK;
}

static void
accept_key(struct ln_str key, unsigned char out[32])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[KEY_CHARS + sizeof(guid) - 1];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n;
    LN_ASSERT(key.n == KEY_CHARS);
    memcpy(text, key.p, KEY_CHARS);
    memcpy(text + KEY_CHARS, guid, sizeof(guid) - 1);
    LN_ASSERT(EVP_Digest(text, sizeof(text), digest, &n, EVP_sha1(), NULL) == 1 && n == 20);
    EVP_EncodeBlock(out, digest, 20); /* 28 characters and a NUL */
}

void
ln_ws_start(struct ln_conn *c, struct ln_ws *ws, const struct ln_http_head *h,
            const char *subprotocol, const struct ln_ws_ops *ops)
{
    const struct ln_str *key = ln_http_find(h, "Sec-WebSocket-Key");
    unsigned char accepted[32];
    struct ln_buf b;
    LN_ASSERT(key);
    accept_key(*key, accepted);
    ln_buf_init(&b, 1024);
    ln_buf_addf(&b,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
                (const char *)accepted);
    if (subprotocol)
        ln_buf_addf(&b, "Sec-WebSocket-Protocol: %s\r\n", subprotocol);
    ln_buf_adds(&b, "\r\n");
    LN_ASSERT(!b.overflow);
    *ws = (struct ln_ws){.ops = ops};
    c->ops = &ln_ws_conn_ops;
    c->user = ws;
    ln_conn_send_copy(c, b.p, b.n);
    ln_buf_deinit(&b);
}
