/* SPDX-License-Identifier: MIT
 * route_http.c - HTTP requests: pages, health, POST /api/v1/OP, and the upgrade to WebSocket.
 *
 * A connection stays where it was accepted; the command goes to the user's home shard and the
 * answer comes back by the origin. A cookie counts only beside an Origin that is ours, so no
 * foreign page can use it; a request with a foreign Origin is refused altogether.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define COOKIE "linnet"
#define HOST_COOKIE "__Host-linnet"

static const char json_type[] = "application/json";

static void
reply_text(struct ln_conn *c, int status, const char *type, struct ln_str body)
{
    ln_http_reply(c, status, type, (struct ln_str){NULL, 0}, body);
}

static void
reply_error(struct ln_conn *c, enum ln_err err, const char *message)
{
    struct sh_session *s = ln_http_user(c);
    struct ln_buf *b = &s->sh->text;
    ln_buf_clear(b);
    ln_encode_http_error(b, err, message, 0);
    reply_text(c, ln_err_http(err), json_type, ln_buf_str(b));
}

/* ── who asks ── */
static struct ln_str
host_of(struct ln_str origin)
{
    const char *sep = origin.n ? memmem(origin.p, origin.n, "://", 3) : NULL;
    if (!sep) {
        return (struct ln_str){NULL, 0};
    }
    struct ln_str host = {sep + 3, origin.n - (size_t)(sep + 3 - origin.p)};
    const char *slash = host.n ? memchr(host.p, '/', host.n) : NULL;
    host.n = slash ? (size_t)(slash - host.p) : host.n;
    return host;
}

/* "https://chat.example.org" without a path; compares scheme, host and port. */
static bool
is_origin(struct ln_str origin, const char *url)
{
    struct ln_str u = ln_str(url);
    struct ln_str host = host_of(u);
    u.n = host.p ? (size_t)(host.p + host.n - u.p) : 0;
    return u.n && ln_str_ieq(u, origin);
}

static bool
is_our_origin(const struct ln_server *srv, const struct ln_http_head *head, struct ln_str origin)
{
    const struct ln_str *host = ln_http_find(head, "host");
    const struct ln_list_opt *more = &srv->opts->origins;
    if (host && host->n && ln_str_ieq(host_of(origin), *host)) {
        return true;
    }
    for (size_t i = 0; i < more->count; i++) {
        if (is_origin(origin, more->items[i])) {
            return true;
        }
    }
    return is_origin(origin, srv->opts->base_url);
}

/* Authorization: Bearer (RFC 6750), or the cookie. */
enum ln_err
sh_find_ticket(struct sh_session *s, const struct ln_http_head *head, bool is_get,
               struct sh_ticket *t, bool *found)
{
    const struct ln_str *auth = ln_http_find(head, "authorization");
    const struct ln_str *origin = ln_http_find(head, "origin");
    struct ln_str token = {NULL, 0};
    *found = false;
    if (origin && !is_our_origin(s->sh->srv, head, *origin)) {
        return LN_EFORBIDDEN;
    }
    if (auth && auth->n > 7 && ln_str_ieq((struct ln_str){auth->p, 7}, LN_STR("Bearer "))) {
        token = ln_str_trim((struct ln_str){auth->p + 7, auth->n - 7});
    } else if (origin || is_get) {
        token = ln_http_cookie(head, HOST_COOKIE);
        token = token.n ? token : ln_http_cookie(head, COOKIE);
    }
    if (!token.n) {
        return LN_OK;
    }
    enum ln_err err = ln_token_parse(token, &t->user, t->digest);
    *found = !err;
    /* a stale cookie is as good as none: the page then shows the sign-in */
    return err && auth ? err : LN_OK;
}

/* ── the API ── */
void
sh_send_on(struct sh_session *s, struct ln_req *req)
{
    struct ln_server *srv = s->sh->srv;
    if (ln_op_table[req->cmd.op].where == LN_AT_ACCOUNT) {
        sh_account_send(s, req);
        return;
    }
    if (ln_op_table[req->cmd.op].where == LN_AT_FILE) {
        req->cmd.stage = LN_STAGE_LOOKUP;
    }
    unsigned home = req->cmd.caller.user ? sh_home_index(srv, req->cmd.caller.user) : s->sh->index;
    if (home == s->sh->index) {
        sh_call(s->sh, req);
    } else {
        req->msg.type = SH_MSG_CALL;
        sh_post(srv, home, &req->msg);
    }
}

static void
on_api(struct sh_session *s, const struct ln_http_head *head, struct ln_str name,
       struct ln_str body)
{
    struct ln_conn *c = s->conn;
    struct sh_ticket ticket;
    bool found;
    const char *why = NULL;
    int op = ln_op_find(name);
    if (!ln_str_eq(head->method, LN_STR("POST"))) {
        ln_http_reply(c, 405, json_type, LN_STR("Allow: POST\r\n"),
                      LN_STR("{\"error\":{\"code\":\"bad_request\",\"message\":\"use POST\"}}\n"));
        return;
    }
    if (op < 0 || ln_op_table[op].where == LN_AT_SHARD || op == LN_OP_WATCH) {
        reply_error(c, LN_EUNKNOWNOP, op < 0 ? NULL : "this operation is for WebSocket");
        return;
    }
    enum ln_err err = s->sh->quiet ? LN_ESHUTDOWN : sh_find_ticket(s, head, false, &ticket, &found);
    if (!err && !found && !s->is_operator && ln_op_table[op].who != LN_WHO_ANYONE) {
        err = LN_EAUTH;
    }
    if (err) {
        reply_error(c, err, NULL);
        return;
    }
    struct ln_req *req = ln_req_create();
    struct ln_cmd *cmd = &req->cmd;
    size_t text_max = (size_t)s->sh->srv->opts->message_bytes;
    err = ln_decode_call((enum ln_op)op, body, text_max, cmd, &why);
    if (err) {
        reply_error(c, err, why);
        ln_req_destroy(&req);
        return;
    }
    sh_session_origin(s, &cmd->origin);
    cmd->caller.is_operator = s->is_operator;
    /* who signs in is nobody yet, whatever an old cookie says */
    if (found && !s->is_operator && ln_op_table[op].who != LN_WHO_ANYONE) {
        cmd->by_token = true;
        cmd->caller.user = ticket.user;
        memcpy(cmd->token_hash, ticket.digest, LN_DIGEST_BYTES);
    }
    s->http_op = (uint8_t)op;
    s->secure = ln_conn_is_tls(c) || strncmp(s->sh->srv->opts->base_url, "https://", 8) == 0;
    sh_send_on(s, req);
}

void
sh_call(struct ln_shard *sh, struct ln_req *req)
{
    uint32_t cost = ln_op_table[req->cmd.op].cost, retry_ms = 0;
    uint32_t burst = (uint32_t)sh->srv->opts->sends_per_10s;
    struct ln_ruser *u = ln_roster_user(&sh->roster, req->cmd.caller.user);
    enum ln_err err = LN_OK;
    if (cost && req->cmd.caller.user) {
        struct ln_limit *l = u ? &u->limit : sh_caller_limit(sh, req->cmd.caller.user);
        err = ln_limit_take(l, cost, burst, 10000, ln_mono_ms(), &retry_ms) ? LN_OK : LN_ERATE;
    }
    if (!err) {
        err = ln_store_post(sh->srv->store, req);
        retry_ms = err == LN_EAGAIN ? 1000 : 0;
    }
    if (err) {
        sh_answer(sh->srv, &req->cmd, err, retry_ms);
        ln_req_destroy(&req);
    }
}

void
sh_answer(struct ln_server *srv, const struct ln_cmd *cmd, enum ln_err err, uint32_t retry_ms)
{
    struct ln_reply *r = ln_reply_create(cmd, err);
    r->retry_ms = retry_ms;
    sh_post(srv, cmd->origin.shard, &r->msg);
}

/* A sign-in's cookie, or at sign-out its end. */
static void
put_cookie(const struct sh_session *s, struct ln_str json, struct ln_buf *headers)
{
    static const char key[] = "\"token\":\"";
    const char *name = s->secure ? HOST_COOKIE : COOKIE;
    const char *rest = s->secure ? "; Path=/; HttpOnly; SameSite=Strict; Secure\r\n"
                                 : "; Path=/; HttpOnly; SameSite=Strict\r\n";
    const char *at = json.n ? memmem(json.p, json.n, key, sizeof key - 1) : NULL;
    if (s->http_op == LN_OP_LOGOUT) {
        ln_buf_addf(headers, "Set-Cookie: %s=; Max-Age=0%s", name, rest);
    } else if (at && !s->is_operator && ln_op_table[s->http_op].where == LN_AT_ACCOUNT) {
        at += sizeof key - 1;
        const char *end = memchr(at, '"', json.n - (size_t)(at - json.p));
        ln_buf_addf(headers, "Set-Cookie: %s=%.*s; Max-Age=%lld%s", name, (int)(end - at), at,
                    (long long)(s->sh->srv->opts->session_ttl_ms / 1000), rest);
    }
}

void
sh_http_reply(struct sh_session *s, enum ln_err err, const char *message, uint32_t retry_ms,
              struct ln_str json)
{
    struct ln_buf headers, body;
    ln_buf_init(&headers, 1024);
    ln_buf_init(&body, json.n + 4096);
    if (err) {
        ln_metric_add(LN_M_REFUSED, 1);
        ln_encode_http_error(&body, err, message, retry_ms);
        if (retry_ms) {
            ln_buf_addf(&headers, "Retry-After: %u\r\n", (retry_ms + 999) / 1000);
        }
    } else {
        ln_buf_addc(&body, '{');
        ln_buf_add(&body, json.p, json.n);
        ln_buf_adds(&body, "}\n");
        put_cookie(s, json, &headers);
    }
    ln_http_reply(s->conn, ln_err_http(err), json_type, ln_buf_str(&headers), ln_buf_str(&body));
    ln_buf_deinit(&headers);
    ln_buf_deinit(&body);
}

/* ── the rest ── */
static void
on_upgrade(struct sh_session *s, const struct ln_http_head *head)
{
    struct ln_conn *c = s->conn;
    struct sh_ticket ticket;
    const char *why = NULL;
    int status = 400;
    bool found;
    enum ln_err err = ln_ws_check(head, "linnet.v1", &status, &why);
    if (err) {
        struct ln_str headers = status == 426
                                    ? LN_STR("Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n")
                                    : (struct ln_str){NULL, 0};
        ln_http_reply(c, status, "text/plain; charset=utf-8", headers, ln_str(why));
        return;
    }
    err = s->sh->quiet ? LN_ESHUTDOWN : sh_find_ticket(s, head, false, &ticket, &found);
    if (err) {
        reply_error(c, err, err == LN_EFORBIDDEN ? "this origin may not connect" : NULL);
        return;
    }
    if (found) {
        s->ticket = ln_alloc(sizeof *s->ticket);
        *s->ticket = ticket;
    }
    sh_session_start_ws(s, head);
}

static void
on_health(struct sh_session *s, bool ready)
{
    bool pass = !ready || (ln_store_is_writable(s->sh->srv->store) && !s->sh->quiet);
    reply_text(s->conn, pass ? 200 : 503, json_type,
               pass ? LN_STR("{\"status\":\"pass\"}\n") : LN_STR("{\"status\":\"fail\"}\n"));
}

static void
on_metrics(struct sh_session *s)
{
    struct ln_buf b;
    ln_buf_init(&b, 65536);
    ln_metrics_text(&b);
    reply_text(s->conn, 200, "text/plain; version=0.0.4; charset=utf-8", ln_buf_str(&b));
    ln_buf_deinit(&b);
}

static void
on_request(struct ln_conn *c, const struct ln_http_head *head, struct ln_str body)
{
    static const struct ln_str api = {"/api/v1/", 8};
    struct sh_session *s = ln_http_user(c);
    ln_metric_add(LN_M_HTTP_REQUESTS, 1);
    if (head->path.n > api.n && memcmp(head->path.p, api.p, api.n) == 0) {
        on_api(s, head, (struct ln_str){head->path.p + api.n, head->path.n - api.n}, body);
    } else if (ln_str_eq(head->path, LN_STR("/ws")) && !s->is_operator) {
        on_upgrade(s, head);
    } else if (ln_str_eq(head->path, LN_STR("/healthz"))) {
        on_health(s, false);
    } else if (ln_str_eq(head->path, LN_STR("/readyz"))) {
        on_health(s, true);
    } else if (ln_str_eq(head->path, LN_STR("/metrics")) && s->is_operator) {
        on_metrics(s);
    } else if (!sh_file_get(s, head) && !sh_page(c, head)) {
        reply_text(c, 404, "text/plain; charset=utf-8", LN_STR("there is nothing here\n"));
    }
}

static void
on_closed(struct ln_conn *c, void *user, enum ln_err why)
{
    (void)c;
    (void)why;
    sh_session_destroy(user);
}

static bool
on_head(struct ln_conn *c, const struct ln_http_head *head)
{
    return sh_file_put(ln_http_user(c), head);
}

static void
on_body(struct ln_conn *c, const char *p, size_t n, uint64_t left)
{
    sh_file_body(ln_http_user(c), p, n, left);
}

static void
on_sent(struct ln_conn *c)
{
    sh_file_sent(ln_http_user(c));
}

const struct ln_http_ops sh_http_ops = {on_request, on_closed, on_head, on_body, on_sent};
