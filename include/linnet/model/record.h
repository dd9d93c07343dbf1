/* SPDX-License-Identifier: MIT
 * record.h - what one group commit tells the shards: one immutable, counted batch for all of them.
 *
 * Thread:  built on the store's thread; read-only from the moment it is posted.
 * The order of the records is the order of the commit; a shard applies batches strictly in order.
 * Of one command the acknowledgement comes before its events, a join's member record after its
 * event, a removal's member record before its event: so nobody hears what is not theirs.
 */
#ifndef LINNET_MODEL_RECORD_H
#define LINNET_MODEL_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/arena.h"
#include "linnet/base/err.h"
#include "linnet/model/cmd.h"
#include "linnet/model/entry.h"

enum ln_record_type {
    LN_REC_ACK,    /* to one origin: err, or json members of the answer */
    LN_REC_EVENT,  /* to the chat's members */
    LN_REC_MARK,   /* a member's marks rose: to the chat's members, or to that user alone */
    LN_REC_MEMBER, /* user has this role in chat from here on; 0 = no longer a member */
    LN_REC_USER,   /* a user's public facts changed: json */
    LN_REC_SERVER, /* the server has another name: json */
    LN_REC_CUT,    /* end sessions of user: of one device, or of all but one */
    LN_REC_RESYNC, /* the store recovered from a failed commit: every session must say hello again
                    */
};

struct ln_record {
    uint8_t type;
    uint8_t role;      /* MEMBER: enum ln_chat_role; USER: enum ln_role */
    uint8_t chat_kind; /* MEMBER */
    bool to_all;       /* MARK: shown to all members; USER: receipts are on */
    bool archived;     /* MEMBER */
    int16_t err;       /* ACK: enum ln_err; CUT: why */
    ln_chat_id chat;
    ln_user_id user;
    ln_device_id device; /* CUT: that one; 0 = all but `keep` */
    ln_device_id keep;
    ln_seq delivered; /* MARK; MEMBER: the chat's head in json */
    ln_seq read;
    struct ln_origin origin; /* ACK */
    struct ln_entry *entry;  /* EVENT; the batch holds one reference */
    struct ln_str json; /* ACK, MEMBER (the chat as in hello), USER, SERVER: in the batch's arena */
};

struct ln_batch {
    atomic_uint refs;
    uint32_t count;
    uint32_t cap;
    uint32_t bytes;    /* for backpressure */
    ln_commit_no last; /* highest commit number in it */
    struct ln_arena arena;
    struct ln_record *records;
};

struct ln_batch *ln_batch_create(void);
struct ln_record *ln_batch_add(struct ln_batch *b, enum ln_record_type type); /* zeroed otherwise */
void ln_batch_ref_n(struct ln_batch *b, unsigned n);
void ln_batch_unref(struct ln_batch *b);

#endif
