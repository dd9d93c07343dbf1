/* SPDX-License-Identifier: MIT
 * ws.c - a stream of frames into messages (RFC 6455 sections 5 to 7).
 *
 * Every header is read here first: it tells the frame's size, and what no later byte can mend
 * (reserved bits, a missing mask, a size over the limit) is refused before wslay sees it, so that
 * no peer makes wslay allocate what it merely announces. Two ways lead on:
 *   fast   a whole, unfragmented text frame in the buffer: unmasked, checked, delivered from here;
 *   wslay  all else, byte by byte up to the frame's end: reassembly, UTF-8 across fragments (it
 *          fails at the first bad byte), pongs, the closing handshake.
 * A header that is not all there is left to the connection, which gives it again with what follows.
 */
#include "linnet/ws/ws.h"

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "linnet/base/utf8.h"

#include "ws_priv.h"

const struct ln_ws_limits ln_ws_default_limits = {
    .message_bytes = 65536,
    .fragments = 256,
    .pings_per_s = 20,
    .binary = false,
};

/* What a frame's header says. */
struct header {
    uint64_t payload;
    uint8_t size; /* of the header itself: 2 to 14 */
    uint8_t opcode;
    bool fin;
};

static uint32_t
now_s(void)
{
    return (uint32_t)(ln_mono_ms() / 1000);
}

/* ── closing ── */

static void
close_with(struct ln_conn *c, int code, enum ln_err why, const char *reason)
{
    struct ln_ws *ws = ln_ws_of(c);
    uint8_t body[LN_WS_CONTROL_MAX];
    size_t n = strlen(reason);
    if (ws->flags & LN_WSF_ENDED)
        return;
    if (n > sizeof(body) - 2)
        n = sizeof(body) - 2;
    while (n && !ln_utf8_is_valid(reason, n)) /* not in the middle of a character */
        n--;
    body[0] = (uint8_t)((unsigned)code >> 8);
    body[1] = (uint8_t)code;
    for (size_t i = 0; i < n; i++)
        body[2 + i] = (uint8_t)reason[i];
    ws->flags |= LN_WSF_ENDED;
    ln_conn_send(c, ln_ws_frame(WSLAY_CONNECTION_CLOSE, body, n + 2));
    ln_conn_finish(c, why);
}

void
ln_ws_close(struct ln_conn *c, enum ln_err why, const char *reason)
{
    close_with(c, ln_err_close(why), why, reason ? reason : "");
}

/* wslay has sent a close frame: in answer to the peer's, or because of its fault. */
static void
end_after_wslay(struct ln_conn *c, int code)
{
    struct ln_ws *ws = ln_ws_of(c);
    enum ln_err why = LN_ECLOSED;
    if (!wslay_event_get_close_sent(ws->slot->ctx)) {
        close_with(c, code, LN_EIO, "");
        return;
    }
    if (!wslay_event_get_close_received(ws->slot->ctx)) {
        why = code == WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA ? LN_EUTF8
              : code == WSLAY_CODE_MESSAGE_TOO_BIG          ? LN_ETOOLARGE
                                                            : LN_EPROTO;
    }
    ws->flags |= LN_WSF_ENDED;
    ln_conn_finish(c, why);
}

/* ── headers ── */

/* Bytes of the header that p begins, as far as p[1] tells. */
static uint8_t
header_size(const uint8_t *p)
{
    uint8_t len = p[1] & 0x7f;
    return (uint8_t)(2 + (len == 126 ? 2 : len == 127 ? 8 : 0) + ((p[1] & 0x80) ? 4 : 0));
}

/* p holds header_size(p) bytes. NULL, or what is wrong with it by itself. */
static const char *
read_header(const uint8_t *p, struct header *h)
{
    uint8_t len = p[1] & 0x7f;
    size_t extra = len == 126 ? 2 : len == 127 ? 8 : 0;
    h->size = header_size(p);
    h->opcode = p[0] & 0x0f;
    h->fin = p[0] & 0x80;
    h->payload = extra ? 0 : len;
    for (size_t i = 0; i < extra; i++)
        h->payload = h->payload << 8 | p[2 + i];
    if (p[0] & 0x70)
        return "a reserved bit is set";
    if (!(p[1] & 0x80))
        return "a frame is not masked";
    if ((len == 126 && h->payload < 126) || (len == 127 && h->payload < 65536) ||
        h->payload > INT64_MAX)
        return "a length is not in its shortest form";
    if (h->opcode > WSLAY_PONG || (h->opcode > WSLAY_BINARY_FRAME && h->opcode < 8))
        return "an opcode is unknown";
    if (wslay_is_ctrl_frame(h->opcode) && (!h->fin || h->payload > LN_WS_CONTROL_MAX))
        return "a control frame is too long or fragmented";
    if (h->opcode == WSLAY_CONNECTION_CLOSE && h->payload == 1)
        return "a close code has two bytes"; /* wslay takes it for none */
    return NULL;
}

/* One more control frame: false, and closing, where there were too many in this second. */
static bool
count_control(struct ln_conn *c, struct ln_ws *ws)
{
    uint32_t now = now_s();
    if (ws->pings_s != now) {
        ws->pings_s = now;
        ws->pings = 0;
    }
    if (ws->pings < UINT8_MAX)
        ws->pings++;
    if (ws->pings <= ws->ops->limits->pings_per_s)
        return true;
    close_with(c, WSLAY_CODE_POLICY_VIOLATION, LN_ERATE, "too many pings");
    return false;
}

/* Does a data frame fit into the stream and its limits? False: closing. */
static bool
accept_data(struct ln_conn *c, struct ln_ws *ws, const struct header *h)
{
    bool open = ws->flags & LN_WSF_OPEN;
    LN_ASSERT(!open || ws->slot);
    uint64_t before = open ? ws->slot->msg_bytes : 0;
    size_t max = ws->ops->limits->message_bytes;
    if (open != (h->opcode == WSLAY_CONTINUATION_FRAME)) {
        ln_ws_close(c, LN_EPROTO,
                    open ? "a message is not finished" : "there is nothing to continue");
        return false;
    }
    if (h->opcode == WSLAY_BINARY_FRAME && !ws->ops->limits->binary) {
        close_with(c, WSLAY_CODE_UNSUPPORTED_DATA, LN_EPROTO, "text messages only");
        return false;
    }
    if (h->payload > max || before > max - h->payload) {
        ln_ws_close(c, LN_ETOOLARGE, "the message is too long");
        return false;
    }
    if (open && ws->slot->fragments >= ws->ops->limits->fragments) {
        ln_ws_close(c, LN_ETOOLARGE, "the message has too many fragments");
        return false;
    }
    return true;
}

/* ── the way through wslay ── */

static void
deliver(struct ln_conn *c, struct ln_str msg, bool is_text)
{
    struct ln_ws *ws = ln_ws_of(c);
    if (ln_conn_is_closing(c) || ws->ops->on_message(c, msg, is_text) != LN_WS_STOP)
        return;
    ws->flags |= LN_WSF_STOPPED;
    ln_conn_pause(c);
}

void
ln_ws_on_wslay_message(struct ln_conn *c, struct ln_str msg, bool is_text)
{
    deliver(c, msg, is_text);
}

/* A frame has ended: at rest, the context goes back. */
static void
end_frame(struct ln_conn *c, struct ln_ws *ws)
{
    if (ws->flags & LN_WSF_OPEN)
        return;
    ws->partial_since_s = 0;
    if (!(ws->flags & LN_WSF_ENDED))
        ln_ws_slot_put(c, true);
}

static void
feed(struct ln_conn *c, struct ln_ws *ws, const uint8_t *p, size_t n)
{
    int code = ln_ws_slot_feed(c, p, n, ws->flags & LN_WSF_PING);
    if (code)
        end_after_wslay(c, code);
}

static void
set_flag(struct ln_ws *ws, unsigned flag, bool on)
{
    ws->flags = (uint8_t)(on ? ws->flags | flag : ws->flags & ~flag);
}

/* A frame that wslay is to take begins at p with a whole header. */
static void
begin_frame(struct ln_conn *c, struct ln_ws *ws, const uint8_t *p)
{
    struct header h;
    const char *wrong = read_header(p, &h);
    if (wrong) {
        ln_ws_close(c, LN_EPROTO, wrong);
        return;
    }
    bool is_control = wslay_is_ctrl_frame(h.opcode);
    if (is_control ? !count_control(c, ws) : !accept_data(c, ws, &h))
        return;
    if (!ws->slot && ln_ws_slot_get(c) != LN_OK) {
        ln_ws_close(c, LN_EAGAIN, "too many partial messages");
        return;
    }
    LN_ASSERT(ws->slot);
    if (!is_control) {
        ws->slot->msg_bytes += h.payload;
        ws->slot->fragments++;
        set_flag(ws, LN_WSF_OPEN, !h.fin);
    }
    set_flag(ws, LN_WSF_PING, h.opcode == WSLAY_PING);
    ws->slot->frame_left = h.payload;
    feed(c, ws, p, h.size);
    if (h.payload == 0)
        end_frame(c, ws);
}

/* How many bytes of p it took: a whole header or none. Of a control frame all of it must be there,
 * at most 131 bytes: wslay takes the first two bytes of every piece of a close frame for its code,
 * so that a reason in several pieces would not be checked as the UTF-8 it is. */
static size_t
take_header(struct ln_conn *c, struct ln_ws *ws, const uint8_t *p, size_t n)
{
    struct header h;
    if (!ws->partial_since_s)
        ws->partial_since_s = now_s();
    if (n < 2 || n < header_size(p))
        return 0;
    if (!read_header(p, &h) && wslay_is_ctrl_frame(h.opcode) && n - h.size < h.payload)
        return 0;
    begin_frame(c, ws, p);
    return header_size(p);
}

static size_t
take_payload(struct ln_conn *c, struct ln_ws *ws, const uint8_t *p, size_t n)
{
    if (n > ws->slot->frame_left)
        n = (size_t)ws->slot->frame_left;
    ws->slot->frame_left -= n;
    bool ends = ws->slot->frame_left == 0;
    feed(c, ws, p, n);
    if (ends)
        end_frame(c, ws);
    return n;
}

/* ── the fast way ── */

/* Eight bytes at a time: the mask repeats every four. */
static void
unmask(uint8_t *out, const uint8_t *p, size_t n, const uint8_t mask[4])
{
    uint64_t m;
    memcpy(&m, mask, 4);
    memcpy((uint8_t *)&m + 4, mask, 4);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t v;
        memcpy(&v, p + i, 8);
        v ^= m;
        memcpy(out + i, &v, 8);
    }
    for (; i < n; i++)
        out[i] = p[i] ^ mask[i & 3];
}

/* Takes a whole text frame at p, if that is what stands there; else 0. */
static size_t
take_text(struct ln_conn *c, struct ln_ws *ws, const uint8_t *p, size_t n)
{
    struct header h;
    if (n < 6 || p[0] != (0x80 | WSLAY_TEXT_FRAME) || (ws->flags & LN_WSF_OPEN))
        return 0;
    if (n < header_size(p) || read_header(p, &h) != NULL)
        return 0; /* begin_frame says what is wrong */
    if (h.payload > n - h.size || h.payload > ws->ops->limits->message_bytes)
        return 0;
    struct ln_ws_pool *pool = ln_ws_pool_of(c);
    if (!pool->scratch)
        pool->scratch = ln_alloc(LN_NET_READ_BYTES);
    size_t len = (size_t)h.payload;
    ws->partial_since_s = 0;
    unmask(pool->scratch, p + h.size, len, p + h.size - 4);
    struct ln_str msg = {(const char *)pool->scratch, len};
    if (!ln_utf8_is_valid(msg.p, msg.n))
        ln_ws_close(c, LN_EUTF8, "");
    else
        deliver(c, msg, true);
    return h.size + len;
}

/* ── the connection's callbacks ── */

static size_t
on_ws_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    struct ln_ws *ws = ln_ws_of(c);
    size_t used = 0;
    while (used < n && !ln_conn_is_closing(c) && !(ws->flags & LN_WSF_STOPPED)) {
        size_t step = ws->slot && ws->slot->frame_left ? take_payload(c, ws, p + used, n - used)
                                                       : take_text(c, ws, p + used, n - used);
        if (step == 0)
            step = take_header(c, ws, p + used, n - used);
        if (step == 0)
            break;
        used += step;
    }
    return used;
}

static void
on_ws_drained(struct ln_conn *c)
{
    struct ln_ws *ws = ln_ws_of(c);
    if (ws->ops->on_drained)
        ws->ops->on_drained(c);
}

static void
on_ws_closed(struct ln_conn *c, enum ln_err why)
{
    struct ln_ws *ws = ln_ws_of(c);
    ln_ws_slot_put(c, false);
    ws->ops->on_closed(c, why); /* ws may be gone now */
}

const struct ln_conn_ops ln_ws_conn_ops = {
    .on_data = on_ws_data,
    .on_drained = on_ws_drained,
    .on_closed = on_ws_closed,
};

void
ln_ws_go(struct ln_conn *c)
{
    struct ln_ws *ws = ln_ws_of(c);
    if (!(ws->flags & LN_WSF_STOPPED))
        return;
    ws->flags &= (uint8_t)~LN_WSF_STOPPED;
    ln_conn_resume(c);
}

bool
ln_ws_is_at_rest(const struct ln_ws *ws)
{
    return !ws->slot && ws->partial_since_s == 0;
}

void
ln_ws_tick(struct ln_conn *c, uint64_t now_ms)
{
    struct ln_ws *ws = ln_ws_of(c);
    uint32_t now = (uint32_t)(now_ms / 1000);
    if (ws->partial_since_s && now > ws->partial_since_s + LN_WS_PARTIAL_S)
        ln_ws_close(c, LN_ETIMEOUT, "a message was not completed");
}
