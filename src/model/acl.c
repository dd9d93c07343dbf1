/* SPDX-License-Identifier: MIT
 * acl.c - rights as one decision, in this order: the operator; the caller's standing on the server;
 * the chat. A caller who is no member of a chat gets the same answer as for a chat that is not
 * there.
 */
#include "linnet/model/acl.h"

static enum ln_err
check_standing(const struct ln_acl_query *q)
{
    switch (ln_op_table[q->op].who) {
    case LN_WHO_ANYONE:
        return LN_OK;
    case LN_WHO_USER:
        return q->role ? LN_OK : LN_EAUTH;
    case LN_WHO_PERSON:
        if (!q->role) {
            return LN_EAUTH;
        }
        return q->role >= LN_ROLE_MEMBER ? LN_OK : LN_EFORBIDDEN;
    case LN_WHO_ADMIN:
        if (!q->role) {
            return LN_EAUTH;
        }
        return q->role >= LN_ROLE_ADMIN ? LN_OK : LN_EFORBIDDEN;
    default:
        return q->role ? LN_EFORBIDDEN : LN_EAUTH;
    }
}

static bool
may_speak(const struct ln_acl_query *q)
{
    return q->chat_role >= LN_CROLE_MEMBER && !q->chat_archived;
}

static bool
may_write(const struct ln_acl_query *q)
{
    return may_speak(q) && (!q->chat_moderated || q->chat_role >= LN_CROLE_MODERATOR);
}

/* A moderator's right over one who stands lower; an owner's over all. */
static bool
may_govern(const struct ln_acl_query *q)
{
    if (q->chat_kind == LN_CHAT_DIRECT) {
        return false;
    }
    return q->chat_role == LN_CROLE_OWNER ||
           (q->chat_role == LN_CROLE_MODERATOR && q->other_role < LN_CROLE_MODERATOR &&
            q->new_role <= LN_CROLE_MODERATOR);
}

static bool
may_in_chat(const struct ln_acl_query *q)
{
    switch (q->op) {
    case LN_OP_CHAT_JOIN:
        return q->chat_kind == LN_CHAT_CHANNEL && !q->chat_archived;
    case LN_OP_SEND:
        return may_write(q);
    case LN_OP_REACT:
    case LN_OP_TYPING:
        return may_speak(q);
    case LN_OP_PIN:
        return may_speak(q) &&
               (q->chat_kind == LN_CHAT_DIRECT || q->chat_role >= LN_CROLE_MODERATOR);
    case LN_OP_EDIT:
        return may_write(q) && q->is_own;
    case LN_OP_DELETE:
        return may_speak(q) && (q->is_own || (q->chat_kind != LN_CHAT_DIRECT &&
                                              q->chat_role >= LN_CROLE_MODERATOR));
    case LN_OP_CHAT_UPDATE:
        return q->chat_kind != LN_CHAT_DIRECT && q->chat_role >= LN_CROLE_MODERATOR;
    case LN_OP_CHAT_ADD:
        return may_speak(q) && q->chat_kind != LN_CHAT_DIRECT && q->role != LN_ROLE_GUEST;
    case LN_OP_CHAT_REMOVE:
    case LN_OP_CHAT_ROLE:
        return may_govern(q);
    case LN_OP_CHAT_LEAVE:
        return q->chat_kind != LN_CHAT_DIRECT && q->chat_role != LN_CROLE_NONE;
    default: /* reading, marking, one's own settings */
        return q->chat_role != LN_CROLE_NONE;
    }
}

/* Operations on a user: oneself, or as an admin anyone who stands lower. */
static bool
may_on_user(const struct ln_acl_query *q)
{
    if (q->new_role) {
        return q->role >= LN_ROLE_ADMIN && !q->is_own && q->other_role < q->role &&
               q->new_role < q->role;
    }
    return q->is_own || (q->role >= LN_ROLE_ADMIN && q->other_role < q->role);
}

enum ln_err
ln_acl_check(const struct ln_acl_query *q)
{
    if (q->is_operator) {
        return LN_OK;
    }
    enum ln_err err = check_standing(q);
    if (err) {
        return err;
    }
    switch (q->op) {
    case LN_OP_USER_CREATE:
    case LN_OP_INVITE_CREATE:
        return q->new_role < q->role ? LN_OK : LN_EFORBIDDEN;
    case LN_OP_USER_UPDATE:
    case LN_OP_USER_PASSWORD:
    case LN_OP_USER_LINK:
    case LN_OP_DEVICE_LIST:
    case LN_OP_DEVICE_REVOKE:
        return may_on_user(q) ? LN_OK : LN_EFORBIDDEN;
    case LN_OP_CHAT_CREATE:
        return q->role != LN_ROLE_GUEST ? LN_OK : LN_EFORBIDDEN;
    default:
        break;
    }
    if (q->chat_kind) {
        return may_in_chat(q) ? LN_OK : LN_EFORBIDDEN;
    }
    return LN_OK;
}
