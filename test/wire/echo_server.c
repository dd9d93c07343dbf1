/* SPDX-License-Identifier: MIT
 * echo_server.c - the production connection code with an echo behind it, for RFC 6455 tests.
 *
 * Usage: echo_server PORT   (0 = any; prints "port N" and serves 127.0.0.1 until killed)
 * GET /echo upgrades; any other request is answered with its own body. Limits are lifted to 16 MiB
 * and 65,536 fragments, binary messages are allowed, control frames are not counted.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"
#include "linnet/net/listener.h"
#include "linnet/rt/loop.h"
#include "linnet/ws/ws.h"

static const struct ln_ws_limits limits = {
    .message_bytes = 16u << 20,
    .fragments = 65536,
    .pings_per_s = 255,
    .binary = true,
};

static enum ln_ws_go
on_message(struct ln_conn *c, struct ln_str msg, bool is_text)
{
    struct ln_frame *f = ln_ws_text(msg.p, msg.n);
    if (!is_text)
        f->bytes[0] = 0x82; /* nobody else holds it yet */
    ln_conn_send(c, f);
    return LN_WS_GO;
}

static void
on_ws_closed(struct ln_conn *c, enum ln_err why)
{
    (void)why;
    free(ln_ws_of(c));
}

static const struct ln_ws_ops ws_ops = {
    .limits = &limits, .on_message = on_message, .on_closed = on_ws_closed};

static void
on_request(struct ln_conn *c, const struct ln_http_head *head, struct ln_str body)
{
    int status;
    const char *why;
    if (!ln_str_eq(head->path, LN_STR("/echo"))) {
        ln_http_reply(c, 200, "application/octet-stream", LN_STR(""), body);
    } else if (ln_ws_check(head, NULL, &status, &why) != LN_OK) {
        ln_http_reply(c, status, "text/plain", LN_STR("Sec-WebSocket-Version: 13\r\n"),
                      ln_str(why));
    } else {
        struct ln_ws *ws = ln_alloc(sizeof(*ws));
        ln_ws_start(c, ws, head, NULL, &ws_ops);
    }
}

static const struct ln_http_ops http_ops = {.on_request = on_request};

static void
on_accept(void *ctx, struct ln_conn *c, void *listener_user)
{
    (void)ctx;
    (void)listener_user;
    ln_http_start(c, &http_ops, NULL);
}

static void
on_turn(void *ctx)
{
    ln_net_flush(*(struct ln_net **)ctx);
}

static void
on_msg(void *ctx, struct ln_msg *msg)
{
    (void)ctx;
    (void)msg; /* nobody posts */
}

int
main(int argc, char **argv)
{
    static const struct ln_net_ops net_ops = {.on_accept = on_accept};
    static const struct ln_loop_ops loop_ops = {.on_msg = on_msg, .on_turn = on_turn};
    char text[64];
    char why[256];
    struct ln_addr addr;
    struct ln_net *net;
    signal(SIGPIPE, SIG_IGN);
    snprintf(text, sizeof(text), "127.0.0.1:%s", argc > 1 ? argv[1] : "0");
    if (ln_addr_parse(text, &addr) != LN_OK)
        ln_die(2, "usage: echo_server PORT");
    struct ln_listener *l = ln_listener_open(&addr, 0, why, sizeof(why));
    if (!l)
        ln_die(1, "%s", why);
    struct ln_loop *loop = ln_loop_create(16, &loop_ops, &net);
    net = ln_net_create(ln_loop_base(loop), &net_ops, NULL);
    ln_listener_start(l, net, NULL, NULL);
    printf("port %u\n", ln_listener_port(l));
    fflush(stdout);
    ln_loop_run(loop);
    return 0;
}
