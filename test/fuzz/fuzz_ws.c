/* SPDX-License-Identifier: MIT
 * fuzz_ws.c - a WebSocket stream through the production code, on a socket pair.
 *
 * The input is either raw bytes or a recipe for frames (masked as a client must), so that the
 * fuzzer gets past the first header. The same stream is fed twice, whole and in pieces: the
 * messages, the bytes answered and the reason of the end must be the same. At rest no context is
 * lent, and after the end none is lost.
 */
#include "fuzz_net.h"
#include "linnet/net/http.h"
#include "linnet/ws/ws.h"

#include "../../src/ws/ws_priv.h"

#define STREAM_MAX 16384
#define UPGRADE                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                 \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* small enough to be reached; no count of control frames, which looks at the clock */
static const struct ln_ws_limits limits = {
    .message_bytes = 1024, .fragments = 8, .pings_per_s = 255, .binary = false};

/* What a run showed. */
struct shown {
    struct ln_buf messages; /* each as its length, a space, its bytes */
    struct ln_buf answers;
    int closed;
    enum ln_err why;
};

static struct ln_http_head head;
static struct shown *shown;

static enum ln_ws_go
on_message(struct ln_conn *c, struct ln_str msg, bool is_text)
{
    (void)c;
    FUZZ_CHECK(is_text && msg.n <= limits.message_bytes);
    ln_buf_addf(&shown->messages, "%zu ", msg.n);
    ln_buf_add(&shown->messages, msg.p, msg.n);
    return LN_WS_GO;
}

static void
on_closed(struct ln_conn *c, enum ln_err why)
{
    (void)c;
    shown->closed++;
    shown->why = why;
}

static const struct ln_ws_ops ops = {&limits, on_message, on_closed, NULL};

static void
run(struct shown *out, struct ln_str stream, size_t step)
{
    struct ln_ws ws;
    int peer;
    shown = out;
    ln_buf_init(&out->messages, FUZZ_SHOWN_MAX);
    ln_buf_init(&out->answers, FUZZ_SHOWN_MAX);
    out->closed = 0;
    struct ln_conn *c = fuzz_pair(&peer);
    ln_ws_start(c, &ws, &head, NULL, &ops);
    fuzz_turn(peer, &out->answers);
    for (size_t at = 0; at < stream.n && !out->closed; at += step) {
        size_t n = stream.n - at < step ? stream.n - at : step;
        if (send(peer, stream.p + at, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            break;
        }
        fuzz_turn(peer, &out->answers);
    }
    for (int i = 0; i < 3 && !out->closed; i++) {
        fuzz_turn(peer, &out->answers);
    }
    if (!out->closed) {
        FUZZ_CHECK(!ln_ws_is_at_rest(&ws) || !ws.slot);
        shutdown(peer, SHUT_RDWR);
    }
    close(peer);
    for (int i = 0; i < 8 && !out->closed; i++) {
        event_base_loop(fuzz_base, EVLOOP_NONBLOCK);
        ln_net_flush(fuzz_net);
    }
    FUZZ_CHECK(out->closed == 1);
    FUZZ_CHECK(ln_net_count(fuzz_net) == 0);
}

/* Frames from a recipe: a byte of flags and opcode, a byte of length, a mask, the payload. */
static void
cook(struct ln_buf *out, struct fuzz_bytes *in)
{
    while (in->n && out->n < STREAM_MAX) {
        uint8_t first = fuzz_byte(in), length = fuzz_byte(in), mask[4];
        size_t n = length < 250 ? length : (size_t)fuzz_byte(in) * 8;
        if (n < 126) {
            ln_buf_add(out, (uint8_t[]){first, (uint8_t)(0x80 | n)}, 2);
        } else {
            ln_buf_add(out, (uint8_t[]){first, 0x80 | 126, (uint8_t)(n >> 8), (uint8_t)n}, 4);
        }
        for (int i = 0; i < 4; i++) {
            mask[i] = fuzz_byte(in);
        }
        ln_buf_add(out, mask, 4);
        for (size_t i = 0; i < n; i++) {
            ln_buf_addc(out, (char)(fuzz_byte(in) ^ mask[i % 4]));
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    struct shown whole, pieces;
    struct ln_buf stream;
    if (!fuzz_net) {
        fuzz_net_setup();
        FUZZ_CHECK(ln_http_parse(UPGRADE, sizeof UPGRADE - 1, &head) > 0);
    }
    uint8_t choice = fuzz_byte(&in);
    ln_buf_init(&stream, 1u << 20);
    if (choice & 1) {
        ln_buf_add(&stream, in.p, in.n);
    } else {
        cook(&stream, &in);
    }
    run(&whole, ln_buf_str(&stream), stream.n ? stream.n : 1);
    run(&pieces, ln_buf_str(&stream), 1 + (choice >> 1) % 64);
    FUZZ_CHECK(fuzz_same(&whole.messages, &pieces.messages));
    FUZZ_CHECK(fuzz_same(&whole.answers, &pieces.answers));
    ln_buf_deinit(&whole.messages);
    ln_buf_deinit(&whole.answers);
    ln_buf_deinit(&pieces.messages);
    ln_buf_deinit(&pieces.answers);
    ln_buf_deinit(&stream);
    return 0;
}
