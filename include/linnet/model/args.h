/* SPDX-License-Identifier: MIT
 * args.h - the checked arguments of one operation, and the table of all fields with their limits.
 *
 * Thread:  a value; strings are borrowed from the command's arena.
 */
#ifndef LINNET_MODEL_ARGS_H
#define LINNET_MODEL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/id.h"
#include "linnet/base/str.h"

/* Types: U32, U64 whole numbers min…max; BOOL; STR a string of min…max bytes without control
 * characters (TXT: tab and newline allowed); IDS an array of min…max distinct ids;
 * RAW an object, kept as compact JSON text of at most max bytes; WORD a string checked by its
 * operation. */
/* clang-format off */
/*  field       type  min  max */
#define LN_CID_MAX 36 /* bytes */

#define LN_FIELDS(X) \
    X(chat,       U32,  1,   0x7fffffff) \
    X(target,     U32,  1,   0xffffffff) \
    X(seq,        U32,  1,   0xffffffff) \
    X(before,     U32,  1,   0xffffffff) \
    X(after,      U32,  0,   0xffffffff) \
    X(around,     U32,  1,   0xffffffff) \
    X(from,       U32,  0,   0xffffffff) \
    X(reply,      U32,  1,   0xffffffff) \
    X(thread,     U32,  1,   0xffffffff) \
    X(delivered,  U32,  0,   0xffffffff) \
    X(read,       U32,  0,   0xffffffff) \
    X(limit,      U32,  1,   500) \
    X(user,       U32,  1,   0x7fffffff) \
    X(device_no,  U32,  1,   0x7fffffff) \
    X(invite,     U32,  1,   0x7fffffff) \
    X(uses,       U32,  1,   100000) \
    X(ttl_ms,     U64,  60000, 31536000000) \
    X(until,      U64,  0,   253402300799000) \
    X(at,         U64,  1,   253402300799000) \
    X(color,      U32,  0,   12) \
    X(size,       U64,  0,   1099511627776) \
    X(on,         BOOL, 0,   1) \
    X(here,       BOOL, 0,   1) \
    X(muted,      BOOL, 0,   1) \
    X(pinned,     BOOL, 0,   1) \
    X(seen,       BOOL, 0,   1) \
    X(open,       BOOL, 0,   1) \
    X(archived,   BOOL, 0,   1) \
    X(disabled,   BOOL, 0,   1) \
    X(receipts,   BOOL, 0,   1) \
    X(tokens,     BOOL, 0,   1) \
    X(if_missing, BOOL, 0,   1) \
    X(users,      IDS,  0,   200) \
    X(members,    IDS,  0,   200) \
    X(mentions,   IDS,  0,   50) \
    X(chats,      IDS,  0,   50) \
    X(cid,        STR,  1,   LN_CID_MAX) \
    X(emoji,      STR,  1,   32) \
    X(title,      STR,  1,   100) \
    X(topic,      STR,  0,   250) \
    X(name,       STR,  1,   255) \
    X(display,    STR,  0,   64) \
    X(device,     STR,  1,   64) \
    X(server,     STR,  1,   64) \
    X(channel,    STR,  1,   100) \
    X(password,   TXT,  8,   1024) \
    X(old,        TXT,  1,   1024) \
    X(token,      STR,  1,   128) \
    X(secret,     STR,  1,   128) \
    X(file,       STR,  1,   32) \
    X(epoch,      STR,  1,   64) \
    X(kind,       STR,  1,   16) \
    X(role,       STR,  1,   16) \
    X(level,      STR,  1,   16) \
    X(history,    STR,  1,   16) \
    X(post,       STR,  1,   16) \
    X(body,       RAW,  2,   65536) \
    X(cursors,    RAW,  2,   131072) \
    X(accounts,   RAW,  2,   262144)
/* clang-format on */

enum ln_field {
#define X(field, type, min, max) LN_F_##field,
    LN_FIELDS(X)
#undef X
        LN_F_COUNT
};
_Static_assert(LN_F_COUNT <= 64, "the presence mask has 64 bits");

struct ln_ids {
    const uint32_t *ids;
    uint32_t n;
};

struct ln_args {
    uint64_t has; /* bit LN_F_x: the field was given */
#define LN_ARG_U32 uint32_t
#define LN_ARG_U64 uint64_t
#define LN_ARG_BOOL bool
#define LN_ARG_STR struct ln_str
#define LN_ARG_TXT struct ln_str
#define LN_ARG_RAW struct ln_str
#define LN_ARG_IDS struct ln_ids
#define X(field, type, min, max) LN_ARG_##type field;
    LN_FIELDS(X)
#undef X
};

#define LN_HAS(args, field) (((args)->has >> LN_F_##field & 1u) != 0)

#define LN_TEXT_MAX 16384 /* bytes of body.text, the default of [limits] message_bytes */
#define LN_NAME_MAX 32

/* [a-z0-9][a-z0-9._-]{0,31} */
bool ln_name_is_valid(struct ln_str name);

#endif
