/* SPDX-License-Identifier: MIT
 * slot.c - wslay contexts, lent to the streams that are not at rest.
 *
 * user_data of a context cannot change, so it is the slot, which knows the present connection. A
 * context that saw an error or a close is freed; the others go back as they are, for at rest they
 * hold nothing. wslay's own output (pongs, the closing handshake) is collected in the slot: wslay
 * sends a frame in pieces, and the connection's queue takes whole ones.
 */
#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

#include "ws_priv.h"

static ssize_t
on_recv(wslay_event_context_ptr ctx, uint8_t *buf, size_t n, int flags, void *user)
{
    struct ln_ws_slot *slot = user;
    (void)flags;
    if (slot->in_n == 0) {
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (n > slot->in_n)
        n = slot->in_n;
    memcpy(buf, slot->in, n);
    slot->in += n;
    slot->in_n -= n;
    return (ssize_t)n;
}

static ssize_t
on_send(wslay_event_context_ptr ctx, const uint8_t *p, size_t n, int flags, void *user)
{
    struct ln_ws_slot *slot = user;
    (void)flags;
    if (n > sizeof(slot->out) - slot->out_n) { /* cannot be: one control frame a feed */
        wslay_event_set_error(ctx, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    memcpy(slot->out + slot->out_n, p, n);
    slot->out_n = (uint16_t)(slot->out_n + n);
    return (ssize_t)n;
}

static void
on_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *arg, void *user)
{
    struct ln_ws_slot *slot = user;
    (void)ctx;
    if (wslay_is_ctrl_frame(arg->opcode))
        return;
    /* An empty message has no memory of its own. */
    struct ln_str msg = {arg->msg_length ? (const char *)arg->msg : "", arg->msg_length};
    ln_ws_on_wslay_message(slot->conn, msg, arg->opcode == WSLAY_TEXT_FRAME);
}

static const struct wslay_event_callbacks callbacks = {
    .recv_callback = on_recv,
    .send_callback = on_send,
    .on_msg_recv_callback = on_message,
};

static struct ln_ws_slot *
make_slot(void)
{
    struct ln_ws_slot *slot = ln_zalloc(sizeof(*slot));
    if (wslay_event_context_server_init(&slot->ctx, &callbacks, slot) != 0)
        ln_die(1, "out of memory (a WebSocket context)");
    return slot;
}

static void
free_slot(struct ln_ws_slot *slot)
{
    wslay_event_context_free(slot->ctx);
    free(slot);
}

struct ln_ws_pool *
ln_ws_pool_of(struct ln_conn *c)
{
    struct ln_ws_pool **pool = ln_net_ws_pool(c->net);
    if (!*pool)
        *pool = ln_zalloc(sizeof(**pool));
    return *pool;
}

enum ln_err
ln_ws_slot_get(struct ln_conn *c)
{
    struct ln_ws *ws = ln_ws_of(c);
    struct ln_ws_pool *pool = ln_ws_pool_of(c);
    struct ln_ws_slot *slot = pool->spare;
    LN_ASSERT(!ws->slot);
    if (pool->lent >= LN_WS_SLOTS_MAX)
        return LN_EAGAIN;
    if (slot) {
        pool->spare = slot->next;
        pool->spare_n--;
    } else {
        slot = make_slot();
    }
    pool->lent++;
    slot->next = NULL;
    slot->conn = c;
    slot->frame_left = slot->msg_bytes = 0;
    slot->fragments = 0;
    size_t max = ws->ops->limits->message_bytes;
    /* It holds for control frames as well. */
    wslay_event_config_set_max_recv_msg_length(slot->ctx,
                                               max > LN_WS_CONTROL_MAX ? max : LN_WS_CONTROL_MAX);
    ws->slot = slot;
    return LN_OK;
}

void
ln_ws_slot_put(struct ln_conn *c, bool reusable)
{
    struct ln_ws *ws = ln_ws_of(c);
    struct ln_ws_slot *slot = ws->slot;
    struct ln_ws_pool *pool = *ln_net_ws_pool(c->net); /* NULL once destroyed */
    if (!slot)
        return;
    ws->slot = NULL;
    slot->conn = NULL;
    if (pool)
        pool->lent--;
    if (!pool || !reusable || pool->spare_n >= LN_WS_SPARES_MAX) {
        free_slot(slot);
        return;
    }
    slot->next = pool->spare;
    pool->spare = slot;
    pool->spare_n++;
}

void
ln_ws_pool_destroy(struct ln_ws_pool **ppool)
{
    struct ln_ws_pool *pool = *ppool;
    *ppool = NULL;
    if (!pool)
        return;
    while (pool->spare) {
        struct ln_ws_slot *slot = pool->spare;
        pool->spare = slot->next;
        free_slot(slot);
    }
    free(pool->scratch);
    free(pool);
}

int
ln_ws_slot_feed(struct ln_conn *c, const uint8_t *p, size_t n, bool is_ping)
{
    struct ln_ws_slot *slot = ln_ws_of(c)->slot;
    slot->in = p;
    slot->in_n = n;
    slot->out_n = 0;
    int bad = wslay_event_recv(slot->ctx);
    slot->in = NULL;
    slot->in_n = 0;
    if (wslay_event_want_write(slot->ctx) && wslay_event_send(slot->ctx) != 0)
        bad = WSLAY_ERR_CALLBACK_FAILURE;
    bool closed = wslay_event_get_close_sent(slot->ctx);
    if (slot->out_n && (closed || !is_ping || c->out_bytes < LN_WS_PONG_OUT))
        ln_conn_send_copy(c, slot->out, slot->out_n);
    if (closed)
        return wslay_event_get_status_code_sent(slot->ctx);
    /* It failed before it could say so: our own close is due. */
    return bad ? WSLAY_CODE_INTERNAL_SERVER_ERROR : 0;
}
