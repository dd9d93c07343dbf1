/* SPDX-License-Identifier: MIT
 * check_acl.c - who may do what: the decisions that matter written down one by one, then rules that
 * must hold for every operation × role × chat kind × chat role there is.
 */
#include "linnet/model/acl.h"

#include <check.h>
#include <string.h>

#include "linnet/base/mem.h"

/* ── chats, one by one ──
 * One row: an operation in a chat of a kind, by a server role, and what each standing in the chat
 * may: columns none, readonly, member, moderator, owner; 'y' or '-'. */
/* clang-format off */
static const struct chat_row {
    enum ln_op op;
    unsigned role, kind;
    const char *may;
    bool archived, moderated, not_own;
    unsigned other, new_role;
} chat_rows[] = {
    {.op = LN_OP_SEND, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "--yyy"},
    {.op = LN_OP_SEND, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_SEND, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "--yyy"},
    {.op = LN_OP_SEND, .role = LN_ROLE_GUEST, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_SEND, .role = LN_ROLE_BOT, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_SEND, .role = LN_ROLE_OWNER, .kind = LN_CHAT_GROUP, .may = "--yyy"}, /* the owner of the server reads no foreign chat */
    {.op = LN_OP_SEND, .role = LN_ROLE_ADMIN, .kind = LN_CHAT_DIRECT, .may = "--yyy"},
    {.op = LN_OP_SEND, .role = LN_ROLE_OWNER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_SEND, .role = LN_ROLE_NONE, .kind = LN_CHAT_GROUP, .may = "-----"},
    {.op = LN_OP_SEND, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "---yy", .moderated = true},
    {.op = LN_OP_EDIT, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "---yy", .moderated = true},
    {.op = LN_OP_REACT, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "--yyy", .moderated = true},
    {.op = LN_OP_PINS, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_TYPING, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_TYPING, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_REACT, .role = LN_ROLE_GUEST, .kind = LN_CHAT_CHANNEL, .may = "--yyy", .not_own = true},
    {.op = LN_OP_REACT, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_EDIT, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_EDIT, .role = LN_ROLE_OWNER, .kind = LN_CHAT_GROUP, .may = "-----", .not_own = true},
    {.op = LN_OP_EDIT, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "-----", .not_own = true},
    {.op = LN_OP_EDIT, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_DELETE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_DELETE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy", .not_own = true},
    {.op = LN_OP_DELETE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "---yy", .not_own = true},
    {.op = LN_OP_DELETE, .role = LN_ROLE_OWNER, .kind = LN_CHAT_GROUP, .may = "---yy", .not_own = true},
    {.op = LN_OP_DELETE, .role = LN_ROLE_OWNER, .kind = LN_CHAT_DIRECT, .may = "-----", .not_own = true},
    {.op = LN_OP_DELETE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_PIN, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "--yyy"},
    {.op = LN_OP_PIN, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy"},
    {.op = LN_OP_PIN, .role = LN_ROLE_ADMIN, .kind = LN_CHAT_CHANNEL, .may = "---yy"},
    {.op = LN_OP_PIN, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_MARK, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_MARK, .role = LN_ROLE_GUEST, .kind = LN_CHAT_GROUP, .may = "-yyyy", .archived = true},
    {.op = LN_OP_UNREAD, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "-yyyy"},
    {.op = LN_OP_RECEIPTS, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_WATCH, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_HISTORY, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "-yyyy"},
    {.op = LN_OP_HISTORY, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "-yyyy"}, /* a channel is joined before it is read */
    {.op = LN_OP_HISTORY, .role = LN_ROLE_OWNER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_HISTORY, .role = LN_ROLE_GUEST, .kind = LN_CHAT_GROUP, .may = "-yyyy", .archived = true},
    {.op = LN_OP_EVENTS, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_CHAT_MEMBERS, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "-yyyy"},
    {.op = LN_OP_CHAT_NOTIFY, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "-yyyy"},
    {.op = LN_OP_CHAT_UPDATE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy"},
    {.op = LN_OP_CHAT_UPDATE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy", .archived = true}, /* else it could not come back */
    {.op = LN_OP_CHAT_UPDATE, .role = LN_ROLE_OWNER, .kind = LN_CHAT_DIRECT, .may = "-----"},
    {.op = LN_OP_CHAT_JOIN, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "yyyyy"},
    {.op = LN_OP_CHAT_JOIN, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "-----", .archived = true},
    {.op = LN_OP_CHAT_JOIN, .role = LN_ROLE_OWNER, .kind = LN_CHAT_GROUP, .may = "-----"},
    {.op = LN_OP_CHAT_JOIN, .role = LN_ROLE_OWNER, .kind = LN_CHAT_DIRECT, .may = "-----"},
    {.op = LN_OP_CHAT_JOIN, .role = LN_ROLE_GUEST, .kind = LN_CHAT_CHANNEL, .may = "-----"},
    {.op = LN_OP_CHAT_JOIN, .role = LN_ROLE_BOT, .kind = LN_CHAT_CHANNEL, .may = "-----"},
    {.op = LN_OP_CHAT_LEAVE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-yyyy"},
    {.op = LN_OP_CHAT_LEAVE, .role = LN_ROLE_GUEST, .kind = LN_CHAT_CHANNEL, .may = "-yyyy", .archived = true},
    {.op = LN_OP_CHAT_LEAVE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_DIRECT, .may = "-----"},
    {.op = LN_OP_CHAT_ADD, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "--yyy"},
    {.op = LN_OP_CHAT_ADD, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "--yyy"},
    {.op = LN_OP_CHAT_ADD, .role = LN_ROLE_GUEST, .kind = LN_CHAT_GROUP, .may = "-----"},
    {.op = LN_OP_CHAT_ADD, .role = LN_ROLE_OWNER, .kind = LN_CHAT_DIRECT, .may = "-----"},
    {.op = LN_OP_CHAT_ADD, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "-----", .archived = true},
    {.op = LN_OP_CHAT_REMOVE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy", .other = LN_CROLE_READONLY},
    {.op = LN_OP_CHAT_REMOVE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy", .other = LN_CROLE_MEMBER},
    {.op = LN_OP_CHAT_REMOVE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "----y", .other = LN_CROLE_MODERATOR},
    {.op = LN_OP_CHAT_REMOVE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_CHANNEL, .may = "----y", .other = LN_CROLE_OWNER},
    {.op = LN_OP_CHAT_REMOVE, .role = LN_ROLE_OWNER, .kind = LN_CHAT_DIRECT, .may = "-----", .other = LN_CROLE_MEMBER},
    {.op = LN_OP_CHAT_ROLE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy", .other = LN_CROLE_MEMBER, .new_role = LN_CROLE_READONLY},
    {.op = LN_OP_CHAT_ROLE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "---yy", .other = LN_CROLE_MEMBER, .new_role = LN_CROLE_MODERATOR},
    {.op = LN_OP_CHAT_ROLE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "----y", .other = LN_CROLE_MEMBER, .new_role = LN_CROLE_OWNER},
    {.op = LN_OP_CHAT_ROLE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "----y", .other = LN_CROLE_MODERATOR, .new_role = LN_CROLE_MEMBER},
    {.op = LN_OP_CHAT_ROLE, .role = LN_ROLE_MEMBER, .kind = LN_CHAT_GROUP, .may = "----y", .other = LN_CROLE_OWNER, .new_role = LN_CROLE_MEMBER},
    {.op = LN_OP_CHAT_ROLE, .role = LN_ROLE_OWNER, .kind = LN_CHAT_DIRECT, .may = "-----", .other = LN_CROLE_MEMBER, .new_role = LN_CROLE_OWNER},
};
/* clang-format on */

START_TEST(in_chats)
{
    for (size_t i = 0; i < LN_COUNT(chat_rows); i++) {
        const struct chat_row *r = &chat_rows[i];
        for (unsigned crole = 0; crole <= LN_CROLE_OWNER; crole++) {
            struct ln_acl_query q = {.op = r->op,
                                     .role = r->role,
                                     .chat_kind = r->kind,
                                     .chat_role = crole,
                                     .chat_archived = r->archived,
                                     .chat_moderated = r->moderated,
                                     .is_own = !r->not_own,
                                     .other_role = r->other,
                                     .new_role = r->new_role};
            enum ln_err no = r->role ? LN_EFORBIDDEN : LN_EAUTH;
            ck_assert_msg(ln_acl_check(&q) == (r->may[crole] == 'y' ? LN_OK : no),
                          "row %zu: %s by %s", i, ln_op_table[r->op].name,
                          ln_chat_role_name(crole));
            q.is_operator = true;
            ck_assert_int_eq(ln_acl_check(&q), LN_OK);
        }
    }
}
END_TEST

/* ── the rest, one by one: columns nobody, guest, bot, member, admin, owner ── */
/* clang-format off */
static const struct user_row {
    enum ln_op op;
    const char *may; /* 'y', '-' forbidden, 'u' unauthorized */
    bool own;
    unsigned other, new_role;
} user_rows[] = {
    {.op = LN_OP_HELLO, .may = "yyyyyy"},
    {.op = LN_OP_PING, .may = "yyyyyy"},
    {.op = LN_OP_LOGIN, .may = "yyyyyy"},
    {.op = LN_OP_SETUP_ACCEPT, .may = "yyyyyy"},
    {.op = LN_OP_INVITE_ACCEPT, .may = "yyyyyy"},
    {.op = LN_OP_LINK_ACCEPT, .may = "yyyyyy"},
    {.op = LN_OP_ACTIVE, .may = "uyyyyy"},
    {.op = LN_OP_WATCH, .may = "uyyyyy"},
    {.op = LN_OP_LOGOUT, .may = "uyyyyy"},
    {.op = LN_OP_USER_GET, .may = "uyyyyy"},
    {.op = LN_OP_USER_LIST, .may = "u--yyy"},
    {.op = LN_OP_CHAT_LIST, .may = "uyyyyy"},
    {.op = LN_OP_CHAT_CREATE, .may = "u-yyyy"},
    {.op = LN_OP_STATUS, .may = "u---yy"},
    {.op = LN_OP_INVITE_LIST, .may = "u---yy"},
    {.op = LN_OP_INVITE_REVOKE, .may = "u---yy"},
    {.op = LN_OP_USER_IMPORT, .may = "u-----"},
    {.op = LN_OP_SETUP_LINK, .may = "u-----"},
    {.op = LN_OP_USER_CREATE, .may = "u---yy", .new_role = LN_ROLE_GUEST},
    {.op = LN_OP_USER_CREATE, .may = "u---yy", .new_role = LN_ROLE_MEMBER},
    {.op = LN_OP_USER_CREATE, .may = "u----y", .new_role = LN_ROLE_ADMIN},
    {.op = LN_OP_USER_CREATE, .may = "u-----", .new_role = LN_ROLE_OWNER},
    {.op = LN_OP_INVITE_CREATE, .may = "u---yy", .new_role = LN_ROLE_MEMBER},
    {.op = LN_OP_INVITE_CREATE, .may = "u----y", .new_role = LN_ROLE_ADMIN},
    {.op = LN_OP_INVITE_CREATE, .may = "u-----", .new_role = LN_ROLE_OWNER},
    /* oneself: anything but a role */
    {.op = LN_OP_USER_UPDATE, .may = "uyyyyy", .own = true},
    {.op = LN_OP_USER_UPDATE, .may = "u-----", .own = true, .new_role = LN_ROLE_MEMBER},
    {.op = LN_OP_USER_UPDATE, .may = "u-----", .own = true, .new_role = LN_ROLE_OWNER},
    {.op = LN_OP_USER_PASSWORD, .may = "uyyyyy", .own = true},
    {.op = LN_OP_USER_LINK, .may = "uyyyyy", .own = true},
    {.op = LN_OP_DEVICE_LIST, .may = "uyyyyy", .own = true},
    {.op = LN_OP_DEVICE_REVOKE, .may = "uyyyyy", .own = true},
    /* others: those who stand lower */
    {.op = LN_OP_USER_UPDATE, .may = "u---yy", .other = LN_ROLE_MEMBER},
    {.op = LN_OP_USER_UPDATE, .may = "u----y", .other = LN_ROLE_ADMIN},
    {.op = LN_OP_USER_UPDATE, .may = "u-----", .other = LN_ROLE_OWNER},
    {.op = LN_OP_USER_UPDATE, .may = "u---yy", .other = LN_ROLE_MEMBER, .new_role = LN_ROLE_GUEST},
    {.op = LN_OP_USER_UPDATE, .may = "u----y", .other = LN_ROLE_MEMBER, .new_role = LN_ROLE_ADMIN},
    {.op = LN_OP_USER_UPDATE, .may = "u-----", .other = LN_ROLE_MEMBER, .new_role = LN_ROLE_OWNER},
    {.op = LN_OP_USER_UPDATE, .may = "u----y", .other = LN_ROLE_ADMIN, .new_role = LN_ROLE_GUEST},
    {.op = LN_OP_USER_PASSWORD, .may = "u---yy", .other = LN_ROLE_GUEST},
    {.op = LN_OP_USER_PASSWORD, .may = "u----y", .other = LN_ROLE_ADMIN},
    {.op = LN_OP_USER_PASSWORD, .may = "u-----", .other = LN_ROLE_OWNER},
    {.op = LN_OP_USER_LINK, .may = "u---yy", .other = LN_ROLE_BOT},
    {.op = LN_OP_USER_LINK, .may = "u----y", .other = LN_ROLE_ADMIN},
    {.op = LN_OP_USER_LINK, .may = "u-----", .other = LN_ROLE_OWNER},
    {.op = LN_OP_DEVICE_LIST, .may = "u---yy", .other = LN_ROLE_MEMBER},
    {.op = LN_OP_DEVICE_REVOKE, .may = "u---yy", .other = LN_ROLE_MEMBER},
    {.op = LN_OP_DEVICE_REVOKE, .may = "u-----", .other = LN_ROLE_OWNER},
};
/* clang-format on */

START_TEST(outside_of_chats)
{
    for (size_t i = 0; i < LN_COUNT(user_rows); i++) {
        const struct user_row *r = &user_rows[i];
        for (unsigned role = 0; role <= LN_ROLE_OWNER; role++) {
            struct ln_acl_query q = {.op = r->op,
                                     .role = role,
                                     .is_own = r->own,
                                     .other_role = r->other,
                                     .new_role = r->new_role};
            enum ln_err expected = r->may[role] == 'y'   ? LN_OK
                                   : r->may[role] == 'u' ? LN_EAUTH
                                                         : LN_EFORBIDDEN;
            ck_assert_msg(ln_acl_check(&q) == expected, "row %zu: %s by %s", i,
                          ln_op_table[r->op].name, ln_role_name(role));
            q.is_operator = true;
            ck_assert_int_eq(ln_acl_check(&q), LN_OK);
        }
    }
}
END_TEST

/* ── rules over everything ── */
static const char *
name(const struct ln_acl_query *q)
{
    return ln_op_table[q->op].name;
}

static bool
is_one_of(enum ln_op op, const enum ln_op *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == op)
            return true;
    }
    return false;
}
#define IS_ONE_OF(op, ...)                                                                         \
    is_one_of((op), (const enum ln_op[]){__VA_ARGS__},                                             \
              LN_COUNT(((const enum ln_op[]){__VA_ARGS__})))

static bool
is_about_a_chat(enum ln_op op)
{
    return strstr(ln_op_table[op].fields, "chat!") != NULL;
}

static bool
is_about_a_user(enum ln_op op)
{
    return IS_ONE_OF(op, LN_OP_USER_UPDATE, LN_OP_USER_PASSWORD, LN_OP_USER_LINK, LN_OP_DEVICE_LIST,
                     LN_OP_DEVICE_REVOKE);
}

static bool
is_governing(enum ln_op op)
{
    return IS_ONE_OF(op, LN_OP_CHAT_REMOVE, LN_OP_CHAT_ROLE);
}

/* q was allowed: may it have been? */
static void
check_allowed_in_chat(const struct ln_acl_query *q)
{
    if (q->chat_role == LN_CROLE_NONE)
        ck_assert_msg(q->op == LN_OP_CHAT_JOIN && q->chat_kind == LN_CHAT_CHANNEL &&
                          q->role >= LN_ROLE_MEMBER,
                      "%s by a non-member", name(q));
    if (q->chat_archived)
        ck_assert_msg(!IS_ONE_OF(q->op, LN_OP_SEND, LN_OP_EDIT, LN_OP_DELETE, LN_OP_REACT,
                                 LN_OP_PIN, LN_OP_TYPING, LN_OP_CHAT_ADD, LN_OP_CHAT_JOIN),
                      "%s in an archived chat", name(q));
    if (q->chat_role == LN_CROLE_READONLY)
        ck_assert_msg(IS_ONE_OF(q->op, LN_OP_MARK, LN_OP_UNREAD, LN_OP_RECEIPTS, LN_OP_HISTORY,
                                LN_OP_EVENTS, LN_OP_PINS, LN_OP_CHAT_MEMBERS, LN_OP_CHAT_NOTIFY,
                                LN_OP_CHAT_LEAVE, LN_OP_CHAT_JOIN),
                      "%s by a reader", name(q));
    if (q->chat_kind == LN_CHAT_DIRECT)
        ck_assert_msg(!is_governing(q->op) && !IS_ONE_OF(q->op, LN_OP_CHAT_UPDATE, LN_OP_CHAT_ADD,
                                                         LN_OP_CHAT_LEAVE, LN_OP_CHAT_JOIN),
                      "%s in a direct chat", name(q));
    if (is_governing(q->op)) {
        ck_assert_uint_ge(q->chat_role, LN_CROLE_MODERATOR);
        if (q->chat_role == LN_CROLE_MODERATOR)
            ck_assert_msg(q->other_role < LN_CROLE_MODERATOR && q->new_role < LN_CROLE_OWNER,
                          "%s by a moderator over %u to %u", name(q), q->other_role, q->new_role);
    }
    if (q->op == LN_OP_EDIT)
        ck_assert(q->is_own);
    if (q->op == LN_OP_DELETE && !q->is_own)
        ck_assert(q->chat_kind != LN_CHAT_DIRECT && q->chat_role >= LN_CROLE_MODERATOR);
}

static void
check_allowed(const struct ln_acl_query *q)
{
    if (q->role == LN_ROLE_GUEST)
        ck_assert_msg(!IS_ONE_OF(q->op, LN_OP_CHAT_CREATE, LN_OP_CHAT_ADD, LN_OP_CHAT_JOIN,
                                 LN_OP_USER_CREATE, LN_OP_USER_LIST, LN_OP_INVITE_CREATE),
                      "%s by a guest", name(q));
    if (q->role && q->role < LN_ROLE_ADMIN)
        ck_assert_msg(ln_op_table[q->op].who < LN_WHO_ADMIN, "%s by %s", name(q),
                      ln_role_name(q->role));
    if (IS_ONE_OF(q->op, LN_OP_USER_CREATE, LN_OP_INVITE_CREATE) ||
        (q->op == LN_OP_USER_UPDATE && q->new_role))
        ck_assert_msg(q->new_role < q->role, "%s gives what it has not", name(q));
    if (is_about_a_user(q->op) && !q->is_own)
        ck_assert_msg(q->role >= LN_ROLE_ADMIN && q->other_role < q->role, "%s over %s by %s",
                      name(q), ln_role_name(q->other_role), ln_role_name(q->role));
    if (is_about_a_chat(q->op))
        check_allowed_in_chat(q);
}

static void
check_one(const struct ln_acl_query *q)
{
    enum ln_err err = ln_acl_check(q);
    bool open = ln_op_table[q->op].who == LN_WHO_ANYONE;
    struct ln_acl_query higher = *q;
    if (!q->role && !open) {
        ck_assert_msg(err == LN_EAUTH, "%s by nobody", name(q));
        return;
    }
    ck_assert(err == LN_OK || err == LN_EFORBIDDEN);
    if (err)
        return;
    check_allowed(q);
    /* who stands higher may no less */
    higher.chat_role += q->chat_role < LN_CROLE_OWNER;
    ck_assert_msg(ln_acl_check(&higher) == LN_OK, "%s: %s may not what %s may", name(q),
                  ln_chat_role_name(higher.chat_role), ln_chat_role_name(q->chat_role));
    higher = *q;
    higher.role += q->role < LN_ROLE_OWNER;
    ck_assert_msg(ln_acl_check(&higher) == LN_OK, "%s: %s may not what %s may", name(q),
                  ln_role_name(higher.role), ln_role_name(q->role));
}

START_TEST(rules_hold_everywhere)
{
    enum ln_op op = (enum ln_op)_i;
    for (unsigned role = 0; role <= LN_ROLE_OWNER; role++) {
        for (unsigned chat = 0; chat < 3 * 5 * 4; chat++) {
            for (unsigned pair = 0; pair < 36; pair++) {
                struct ln_acl_query q = {.op = op,
                                         .role = role,
                                         .chat_kind = LN_CHAT_DIRECT + chat % 3,
                                         .chat_role = chat / 3 % 5,
                                         .chat_archived = chat / 15 & 1,
                                         .is_own = chat / 15 >> 1,
                                         .other_role = pair % 6,
                                         .new_role = pair / 6};
                check_one(&q);
                q.is_operator = true;
                ck_assert_int_eq(ln_acl_check(&q), LN_OK);
                q.is_operator = false;
                q.chat_kind = 0; /* about no chat: the standing on the server alone */
                q.chat_role = 0;
                if (!is_about_a_chat(op))
                    check_one(&q);
            }
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("acl");
    TCase *tc = tcase_create("acl");
    tcase_add_test(tc, in_chats);
    tcase_add_test(tc, outside_of_chats);
    tcase_add_loop_test(tc, rules_hold_everywhere, 0, LN_OP_COUNT);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
