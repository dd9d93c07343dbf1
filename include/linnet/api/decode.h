/* SPDX-License-Identifier: MIT
 * decode.h - JSON to a checked command, by the tables of operations and fields. Pure; fuzzed.
 *
 * Limits: nesting LN_JSON_DEPTH, no duplicate keys, no NUL, whole numbers within their field's
 * range. Unknown fields are ignored.
 */
#ifndef LINNET_API_DECODE_H
#define LINNET_API_DECODE_H

#include <stddef.h>

#include "linnet/base/err.h"
#include "linnet/base/str.h"
#include "linnet/model/cmd.h"

#define LN_JSON_DEPTH 16
#define LN_JSON_ID_MAX ((1ll << 53) - 1)

/* A WebSocket frame {"op":…,"id":…,…}. Fills op, args and origin.has_id, id, wants_reply; id as
 * soon as it is known, also where the rest is wrong. Strings go to cmd->arena. why: a sentence for
 * the peer on failure, or NULL where the code says it all. text_max: bytes of body.text. */
LN_MUST_CHECK enum ln_err ln_decode_frame(struct ln_str text, size_t text_max, struct ln_cmd *cmd,
                                          const char **why);
/* The arguments of a known operation (HTTP); an empty text is an empty object. */
LN_MUST_CHECK enum ln_err ln_decode_call(enum ln_op op, struct ln_str text, size_t text_max,
                                         struct ln_cmd *cmd, const char **why);

#endif
