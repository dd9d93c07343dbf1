/* SPDX-License-Identifier: MIT
 * encode.h - answers and live events as JSON text. Pure.
 */
#ifndef LINNET_API_ENCODE_H
#define LINNET_API_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/buf.h"
#include "linnet/base/err.h"
#include "linnet/base/str.h"
#include "linnet/model/cmd.h"
#include "linnet/model/record.h"

/* {"re":id,members}; members may be empty; id -1: null, the answer to a hello without id. */
void ln_encode_reply(struct ln_buf *b, int64_t id, struct ln_str members);
/* {"re":id or null,"error":{…}}; message NULL: the error's own text; retry_ms 0: not said. */
void ln_encode_error(struct ln_buf *b, const struct ln_origin *origin, enum ln_err err,
                     const char *message, uint32_t retry_ms);
/* {"error":{…}} for HTTP. */
void ln_encode_http_error(struct ln_buf *b, enum ln_err err, const char *message,
                          uint32_t retry_ms);
void ln_encode_mark(struct ln_buf *b, const struct ln_record *r);
void ln_encode_member(struct ln_buf *b,
                      const struct ln_record *r); /* {"ev":"chat"} or "chat_gone" */
void ln_encode_typing(struct ln_buf *b, ln_chat_id chat, const ln_user_id *users, size_t n);
void ln_encode_bye(struct ln_buf *b, const char *reason, uint32_t retry_ms);

#endif
