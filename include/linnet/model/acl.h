/* SPDX-License-Identifier: MIT
 * acl.h - who may do what: one pure function in front of every path.
 *
 * Thread:  any. Called in the writer's transaction and before each read; on the shard for what ends
 *          there (typing, marks without an answer).
 */
#ifndef LINNET_MODEL_ACL_H
#define LINNET_MODEL_ACL_H

#include <stdbool.h>

#include "linnet/base/err.h"
#include "linnet/model/kind.h"
#include "linnet/model/op.h"

struct ln_acl_query {
    enum ln_op op;
    bool is_operator;   /* the admin socket */
    unsigned role;      /* enum ln_role of the caller; 0 = nobody signed in */
    unsigned chat_kind; /* enum ln_chat_kind; 0 = the operation is about no chat */
    unsigned chat_role; /* the caller's enum ln_chat_role; 0 = not a member */
    bool chat_archived;
    bool chat_moderated; /* only moderators send and edit */
    bool is_own;         /* target is the caller's own message / user is the caller */
    unsigned other_role; /* enum ln_chat_role (chat.role, chat.remove) or enum ln_role (user.update)
                            of the one it is done to; 0 = none */
    unsigned new_role;   /* role to be given, same scale; 0 = none */
};

/* LN_OK, LN_EAUTH (nobody is signed in), LN_EFORBIDDEN. */
LN_MUST_CHECK enum ln_err ln_acl_check(const struct ln_acl_query *q);

#endif
