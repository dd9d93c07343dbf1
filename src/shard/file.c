/* SPDX-License-Identifier: MIT
 * file.c - uploads and downloads over HTTP, and the operations that need the disk.
 *
 * Each asks the store first (who, what, may they), then ln-files. A connection has one piece of
 * LN_FILE_PIECE bytes under way: the next one is read from the peer when the last is written, or
 * from the disk when the last has left. So a transfer costs the same whatever its length, and a
 * peer that stops costs no more.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define TRANSFERS_MAX 256 /* of one shard at once */
#define HEADER_MAX 96     /* of Range, If-Range and If-None-Match; longer ones are ignored */

struct sh_xfer {
    bool is_up;
    bool is_head;
    bool attach;  /* ?dl=1 */
    bool is_busy; /* down: a piece is being read */
    bool ends;    /* up: no more is to come after the piece under way */
    uint64_t offset;
    uint64_t left; /* down */
    struct ln_file_info info;
    char range[HEADER_MAX], if_range[HEADER_MAX], none_match[HEADER_MAX];
};

/* What a job is for: a request of its own, or the transfer of a session. */
struct sh_file_call {
    struct ln_origin origin;
    struct ln_req *req;
};

static const char json_type[] = "application/json";

/* ── jobs ── */
static struct ln_file_job *
new_job(struct ln_shard *sh, enum ln_file_do what, const struct ln_file_info *f,
        const struct ln_origin *origin, struct ln_req *req)
{
    struct ln_file_job *j = ln_zalloc(sizeof *j);
    struct sh_file_call *call = ln_zalloc(sizeof *call);
    call->origin = *origin;
    call->req = req;
    j->msg.type = SH_MSG_FILE;
    j->back = sh->srv->ports[sh->index].mailbox;
    j->what = what;
    j->ctx = call;
    j->size = f->size;
    memcpy(j->id, f->id, sizeof j->id);
    memcpy(j->hash, f->hash, sizeof j->hash);
    return j;
}

void
sh_file_drop(struct ln_file_job *j)
{
    struct sh_file_call *call = j->ctx;
    ln_req_destroy(&call->req);
    free(call);
    ln_file_job_destroy(j);
}

static void
end_xfer(struct sh_session *s)
{
    if (s->xfer) {
        s->sh->transfers--;
        free(s->xfer);
        s->xfer = NULL;
    }
}

void
sh_file_leave(struct sh_session *s)
{
    end_xfer(s);
}

static void
fail(struct sh_session *s, enum ln_err err, const char *more)
{
    struct ln_buf b;
    int status = err == LN_ENOTFOUND || err == LN_EFORBIDDEN ? 404 : ln_err_http(err);
    end_xfer(s);
    ln_buf_init(&b, 4096);
    if (more) {
        ln_buf_adds(&b, more);
    } else {
        ln_encode_http_error(&b, err, NULL, 0);
    }
    ln_http_reply(s->conn, status, json_type, (struct ln_str){NULL, 0}, ln_buf_str(&b));
    ln_buf_deinit(&b);
}

static void
fail_at(struct sh_session *s, enum ln_err err, uint64_t offset)
{
    char text[200];
    snprintf(text, sizeof text,
             "{\"offset\":%llu,\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n",
             (unsigned long long)offset, ln_err_wire(err), ln_err_text(err));
    fail(s, err, text);
}

/* ── who and what ── */
static void
copy_header(char out[HEADER_MAX], const struct ln_http_head *head, const char *name)
{
    const struct ln_str *v = ln_http_find(head, name);
    if (v && v->n && v->n < HEADER_MAX) {
        memcpy(out, v->p, v->n);
    }
}

static bool
is_id(struct ln_str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return id.n == LN_FILE_ID_CHARS;
}

/* Asks the store, at the home shard of who asks. */
static void
ask(struct sh_session *s, const struct ln_http_head *head, enum ln_op op, struct ln_str id)
{
    struct sh_ticket ticket;
    bool found = false;
    enum ln_err err = s->sh->quiet ? LN_ESHUTDOWN
                                   : sh_find_ticket(s, head, op == LN_OP_FILE_GET, &ticket, &found);
    if (!err && !found) {
        err = LN_EAUTH;
    }
    if (!err && s->sh->transfers > TRANSFERS_MAX) {
        err = LN_EAGAIN;
    }
    if (!err && !is_id(id)) {
        err = LN_ENOTFOUND;
    }
    if (err) {
        fail(s, err, NULL);
        return;
    }
    struct ln_req *req = ln_req_create();
    req->cmd.op = op;
    req->cmd.args.file = ln_arena_str(&req->cmd.arena, id);
    sh_session_origin(s, &req->cmd.origin);
    req->cmd.by_token = true;
    req->cmd.caller.user = ticket.user;
    memcpy(req->cmd.token_hash, ticket.digest, LN_DIGEST_BYTES);
    s->http_op = (uint8_t)op;
    sh_send_on(s, req);
}

static struct sh_xfer *
new_xfer(struct sh_session *s)
{
    LN_ASSERT(!s->xfer);
    s->xfer = ln_zalloc(sizeof *s->xfer);
    s->sh->transfers++;
    return s->xfer;
}

/* ── up ── */
static const struct ln_str put_path = {"/api/v1/file/", 13};

bool
sh_file_put(struct sh_session *s, const struct ln_http_head *head)
{
    const struct ln_str *at = ln_http_find(head, "upload-offset");
    if (!ln_str_eq(head->method, LN_STR("PUT")) || head->path.n <= put_path.n ||
        memcmp(head->path.p, put_path.p, put_path.n) != 0) {
        return false;
    }
    struct sh_xfer *x = new_xfer(s);
    x->is_up = true;
    bool good = at && at->n && at->n <= 18;
    for (size_t i = 0; good && i < at->n; i++) {
        good = at->p[i] >= '0' && at->p[i] <= '9';
        x->offset = x->offset * 10 + (uint64_t)(at->p[i] - '0');
    }
    if (!good) {
        fail(s, LN_EBADMSG, NULL);
        return true;
    }
    ask(s, head, LN_OP_FILE_STATE,
        (struct ln_str){head->path.p + put_path.n, head->path.n - put_path.n});
    return true;
}

void
sh_file_body(struct sh_session *s, const char *p, size_t n, uint64_t left)
{
    struct sh_xfer *x = s->xfer;
    struct ln_origin origin;
    sh_session_origin(s, &origin);
    struct ln_file_job *j = new_job(s->sh, LN_FILE_WRITE, &x->info, &origin, NULL);
    x->ends = left == 0;
    j->offset = x->offset;
    j->n = (uint32_t)n;
    j->data = ln_alloc(n);
    memcpy(j->data, p, n);
    enum ln_err err = ln_files_post(s->sh->srv->files, j);
    if (err) {
        sh_file_drop(j);
        fail(s, err, NULL);
    }
}

static void
written(struct sh_session *s, const struct ln_file_job *j)
{
    char text[64];
    if (j->err) {
        fail_at(s, j->err, j->offset);
        return;
    }
    s->xfer->offset = j->offset;
    if (!s->xfer->ends) {
        ln_http_body_go(s->conn);
        return;
    }
    end_xfer(s);
    int n = snprintf(text, sizeof text, "{\"offset\":%llu}\n", (unsigned long long)j->offset);
    ln_http_reply(s->conn, 200, json_type, (struct ln_str){NULL, 0},
                  (struct ln_str){text, (size_t)n});
}

/* ── down ── */
bool
sh_file_get(struct sh_session *s, const struct ln_http_head *head)
{
    static const struct ln_str path = {"/files/", 7};
    bool is_head = ln_str_eq(head->method, LN_STR("HEAD"));
    if ((!is_head && !ln_str_eq(head->method, LN_STR("GET"))) || head->path.n <= path.n ||
        memcmp(head->path.p, path.p, path.n) != 0) {
        return false;
    }
    struct sh_xfer *x = new_xfer(s);
    x->is_head = is_head;
    x->attach = head->query.n >= 4 && memmem(head->query.p, head->query.n, "dl=1", 4);
    copy_header(x->range, head, "range");
    copy_header(x->if_range, head, "if-range");
    copy_header(x->none_match, head, "if-none-match");
    ask(s, head, LN_OP_FILE_GET, (struct ln_str){head->path.p + path.n, head->path.n - path.n});
    return true;
}

/* RFC 6266 and 8187: a plain name for the old, the whole one in UTF-8. */
static void
put_name(struct ln_buf *b, const char *name)
{
    ln_buf_adds(b, "; filename=\"");
    for (const char *p = name; *p; p++) {
        bool plain = *p >= ' ' && *p <= '~' && !strchr("\"\\/%", *p);
        ln_buf_addc(b, plain ? *p : '_');
    }
    ln_buf_adds(b, "\"; filename*=UTF-8''");
    for (const char *p = name; *p; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= 'a' && *p <= 'z') || strchr("-._~", *p);
        ln_buf_addf(b, plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
    ln_buf_adds(b, "\r\n");
}

static void
put_headers(struct ln_buf *b, const struct sh_xfer *x, bool is_inline)
{
    ln_buf_addf(b,
                "ETag: \"%.32s\"\r\nCache-Control: private, max-age=0, must-revalidate\r\n"
                "Accept-Ranges: bytes\r\nVary: Cookie, Authorization\r\n"
                "Content-Security-Policy: sandbox; default-src 'none'\r\n"
                "Cross-Origin-Resource-Policy: same-origin\r\n"
                "Content-Disposition: %s",
                x->info.hash, is_inline ? "inline" : "attachment");
    put_name(b, x->info.name);
}

/* 200, 206 or 416, and what part it is. */
static int
choose_range(struct sh_xfer *x, const char *etag, uint64_t *from, uint64_t *to)
{
    *from = 0;
    *to = x->info.size - 1;
    if (!x->range[0] || (x->if_range[0] && strcmp(x->if_range, etag) != 0)) {
        return 200;
    }
    int r = ln_range_parse(x->range, strlen(x->range), x->info.size, from, to);
    if (r == 0) {
        *from = 0;
        *to = x->info.size - 1;
    }
    return r > 0 ? 206 : r < 0 ? 416 : 200;
}

static void
next_piece(struct sh_session *s)
{
    struct sh_xfer *x = s->xfer;
    struct ln_origin origin;
    sh_session_origin(s, &origin);
    struct ln_file_job *j = new_job(s->sh, LN_FILE_READ, &x->info, &origin, NULL);
    x->is_busy = true;
    j->offset = x->offset;
    j->n = x->left < LN_FILE_PIECE ? (uint32_t)x->left : LN_FILE_PIECE;
    enum ln_err err = ln_files_post(s->sh->srv->files, j);
    if (err) {
        sh_file_drop(j);
        end_xfer(s);
        ln_conn_close(s->conn, err); /* the head has been sent: only an early end tells */
    }
}

static void
start_download(struct sh_session *s)
{
    struct sh_xfer *x = s->xfer;
    struct ln_buf b;
    char etag[40];
    uint64_t from, to;
    bool is_inline = ln_file_is_inline(x->info.type) && !x->attach;
    snprintf(etag, sizeof etag, "\"%.32s\"", x->info.hash);
    ln_buf_init(&b, 8192);
    put_headers(&b, x, is_inline);
    int status = choose_range(x, etag, &from, &to);
    if (strstr(x->none_match, etag) || strcmp(x->none_match, "*") == 0) {
        status = 304;
    } else if (status == 416) {
        ln_buf_addf(&b, "Content-Range: bytes */%llu\r\n", (unsigned long long)x->info.size);
    } else if (status == 206) {
        ln_buf_addf(&b, "Content-Range: bytes %llu-%llu/%llu\r\n", (unsigned long long)from,
                    (unsigned long long)to, (unsigned long long)x->info.size);
    }
    uint64_t length = status < 300 ? to - from + 1 : 0;
    char type[LN_FILE_TYPE_MAX + 8];
    snprintf(type, sizeof type, "%s", is_inline ? x->info.type : "application/octet-stream");
    x->offset = from;
    x->left = length;
    bool has_body = length > 0 && !x->is_head;
    if (!has_body) {
        end_xfer(s);
    }
    ln_http_reply_begin(s->conn, status, type, ln_buf_str(&b), length);
    ln_buf_deinit(&b);
    if (has_body) {
        next_piece(s);
    }
}

static void
piece_read(struct sh_session *s, const struct ln_file_job *j)
{
    struct sh_xfer *x = s->xfer;
    if (j->err) {
        end_xfer(s);
        ln_conn_close(s->conn, j->err);
        return;
    }
    struct ln_frame *f = ln_frame_copy(j->data, j->n);
    x->is_busy = false;
    x->offset += j->n;
    x->left -= j->n;
    if (!x->left) {
        end_xfer(s);
    }
    ln_http_reply_piece(s->conn, f, j->n);
}

void
sh_file_sent(struct sh_session *s)
{
    if (s->xfer && s->xfer->left && !s->xfer->is_up && !s->xfer->is_busy) {
        next_piece(s);
    }
}

/* ── answers ── */
static void
tell(struct ln_shard *sh, struct ln_req *req, const char *json)
{
    struct ln_reply *r = ln_reply_create(&req->cmd, LN_OK);
    ln_buf_adds(&r->json, json);
    ln_req_destroy(&req);
    sh_post(sh->srv, r->origin.shard, &r->msg);
}

static void
refuse(struct ln_shard *sh, struct ln_req *req, enum ln_err err)
{
    sh_answer(sh->srv, &req->cmd, err, err == LN_EAGAIN ? 1000 : 0);
    ln_req_destroy(&req);
}

static void
to_store(struct ln_shard *sh, struct ln_req *req)
{
    req->cmd.stage = LN_STAGE_DO;
    enum ln_err err = ln_store_post(sh->srv->store, req);
    if (err) {
        refuse(sh, req, err);
    }
}

static void
tell_info(struct ln_shard *sh, struct ln_req *req, const struct ln_file_info *f)
{
    struct ln_buf b;
    ln_buf_init(&b, 4096);
    ln_buf_addf(&b, "\"file\":\"%s\",\"name\":", f->id);
    ln_buf_add_json(&b, ln_str(f->name));
    ln_buf_addf(&b, ",\"type\":\"%s\",\"size\":%llu", f->type, (unsigned long long)f->size);
    ln_buf_addc(&b, '\0');
    tell(sh, req, b.p);
    ln_buf_deinit(&b);
}

static void
to_disk(struct ln_shard *sh, struct ln_req *req, const struct ln_file_info *f)
{
    enum ln_file_do what = req->cmd.op == LN_OP_FILE_COMMIT ? LN_FILE_SEAL : LN_FILE_LENGTH;
    struct ln_file_job *j = new_job(sh, what, f, &req->cmd.origin, req);
    enum ln_err err = ln_files_post(sh->srv->files, j);
    if (err) {
        ((struct sh_file_call *)j->ctx)->req = NULL;
        sh_file_drop(j);
        refuse(sh, req, err);
    }
}

static void
drop_upload(struct ln_shard *sh, struct ln_req *req, const struct ln_file_info *f)
{
    struct ln_file_job *j = ln_zalloc(sizeof *j); /* answered to nobody */
    j->what = LN_FILE_DROP;
    memcpy(j->id, f->id, sizeof j->id);
    if (ln_files_post(sh->srv->files, j)) {
        ln_file_job_destroy(j);
    }
    to_store(sh, req);
}

static void
answer_call(struct ln_shard *sh, struct ln_req *req, const struct ln_file_info *f)
{
    char text[120];
    if (req->cmd.op == LN_OP_FILE_GET) {
        tell_info(sh, req, f);
    } else if (req->cmd.op == LN_OP_FILE_DROP) {
        drop_upload(sh, req, f);
    } else if (!f->done) {
        to_disk(sh, req, f);
    } else if (req->cmd.op == LN_OP_FILE_COMMIT) {
        to_store(sh, req); /* once more: the first answer again */
    } else {
        snprintf(text, sizeof text, "\"offset\":%llu,\"size\":%llu,\"done\":true",
                 (unsigned long long)f->size, (unsigned long long)f->size);
        tell(sh, req, text);
    }
}

void
sh_file_looked_up(struct ln_shard *sh, struct ln_reply *r)
{
    struct sh_session *s = sh_session_at(sh, &r->origin);
    struct ln_req *req = r->req;
    r->req = NULL;
    if (s && s->state == SH_HTTP && s->xfer) {
        s->xfer->info = *r->file;
        ln_req_destroy(&req);
        if (r->err) {
            fail(s, r->err, NULL);
        } else if (!s->xfer->is_up) {
            start_download(s);
        } else if (r->file->done) {
            fail_at(s, LN_ECONFLICT, r->file->size);
        } else {
            ln_http_body_go(s->conn);
        }
    } else if (r->err) {
        refuse(sh, req, r->err);
    } else {
        answer_call(sh, req, r->file);
    }
    ln_reply_destroy(&r);
}

static void
call_done(struct ln_shard *sh, struct ln_req *req, const struct ln_file_job *j)
{
    char text[120];
    if (j->err) {
        refuse(sh, req, j->err);
    } else if (j->what == LN_FILE_LENGTH) {
        snprintf(text, sizeof text, "\"offset\":%llu,\"size\":%llu,\"done\":false",
                 (unsigned long long)j->offset, (unsigned long long)j->size);
        tell(sh, req, text);
    } else {
        req->cmd.blob = ln_arena_str(&req->cmd.arena, ln_str(j->hash));
        req->cmd.blob_type = ln_arena_str(&req->cmd.arena, ln_str(j->type));
        to_store(sh, req);
    }
}

void
sh_file_done(struct ln_shard *sh, struct ln_file_job *j)
{
    struct sh_file_call *call = j->ctx;
    struct sh_session *s = sh_session_at(sh, &call->origin);
    if (call->req) {
        struct ln_req *req = call->req;
        call->req = NULL;
        call_done(sh, req, j);
    } else if (s && s->state == SH_HTTP && s->xfer && !ln_conn_is_closing(s->conn)) {
        if (j->what == LN_FILE_WRITE) {
            written(s, j);
        } else {
            piece_read(s, j);
        }
    }
    sh_file_drop(j);
}
