/* SPDX-License-Identifier: MIT
 * cmd.h - one operation on its way: who asks, where the answer goes, the arguments.
 */
#ifndef LINNET_MODEL_CMD_H
#define LINNET_MODEL_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/arena.h"
#include "linnet/model/args.h"
#include "linnet/model/op.h"

/* Where an answer goes: a slot of a shard's table with its generation, never a pointer. */
struct ln_origin {
    uint16_t shard;
    bool wants_reply; /* a frame without "id" gets no reply to a success */
    bool has_id;
    uint32_t slot;
    uint32_t gen;
    int64_t id; /* "id" of the frame, 0 … 2^53-1 */
};

struct ln_caller {
    ln_user_id user;     /* 0 = nobody (or the operator as such) */
    ln_device_id device; /* 0 = none */
    bool is_operator;
};

/* One chat's cursor of a hello: the last event the client holds. */
struct ln_cursor {
    ln_chat_id chat;
    ln_seq seq;
};

/* One account of user.import. */
struct ln_account {
    struct ln_str name;
    struct ln_str display;
    struct ln_str password; /* empty = none */
    struct ln_str pw_hash;  /* filled by the pool */
    uint8_t role;           /* enum ln_role */
};

#define LN_FILES_MAX 10 /* of one message; each may name a thumbnail besides */

/* Account and file operations ask the store twice: first what is needed to hash or compare, then to
 * do it.
 */
enum ln_stage { LN_STAGE_DO, LN_STAGE_LOOKUP };

struct ln_cmd {
    struct ln_arena arena; /* owns all strings of args */
    enum ln_op op;
    struct ln_origin origin;
    struct ln_caller caller;
    struct ln_str as; /* operator: act as this name */
    struct ln_args args;
    const struct ln_cursor *cursors; /* hello, sorted by chat */
    uint32_t cursor_count;
    struct ln_account *accounts; /* user.import */
    uint32_t account_count;
    uint32_t file_count;
    const struct ln_str *files; /* send, edit: ids in body.files, each 32 hexadecimal digits */
    struct ln_str blob;         /* file.commit: the hash of what was uploaded */
    struct ln_str blob_type;
    enum ln_stage stage;
    ln_user_id verified;    /* login, user.password: the user whose password was right */
    struct ln_str pw_hash;  /* the new password, hashed; empty = none */
    uint8_t token_hash[32]; /* hello and HTTP calls: SHA-256 of the token; valid where by_token */
    bool by_token;          /* the caller is whoever the token belongs to */
};

#endif
