/* SPDX-License-Identifier: MIT
 * kind.h - the small vocabularies: kinds of events and chats, roles, notification levels.
 *
 * Thread:  any. The numbers are stored in the database: never renumber, only append.
 */
#ifndef LINNET_MODEL_KIND_H
#define LINNET_MODEL_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/str.h"

/* clang-format off */
/*  name        no  wire        item: shown by `history` (the others change an item) */
#define LN_KINDS(X) \
    X(MESSAGE,  1, "message",  true) \
    X(EDIT,     2, "edit",     false) \
    X(DELETE,   3, "delete",   false) \
    X(REACT,    4, "react",    false) \
    X(PIN,      5, "pin",      false) \
    X(JOIN,     6, "join",     true) \
    X(LEAVE,    7, "leave",    true) \
    X(ROLE,     8, "role",     true) \
    X(TITLE,    9, "title",    true) \
    X(TOPIC,   10, "topic",    true) \
    X(ARCHIVE, 11, "archive",  true)

#define LN_CHAT_KINDS(X) \
    X(DIRECT,  1, "direct") \
    X(GROUP,   2, "group") \
    X(CHANNEL, 3, "channel")

#define LN_CHAT_ROLES(X) /* higher may more; 0 = not a member */ \
    X(READONLY,  1, "readonly") \
    X(MEMBER,    2, "member") \
    X(MODERATOR, 3, "moderator") \
    X(OWNER,     4, "owner")

#define LN_ROLES(X) /* on the server; higher may more, but a bot only what it is in */ \
    X(GUEST,  1, "guest") \
    X(BOT,    2, "bot") \
    X(MEMBER, 3, "member") \
    X(ADMIN,  4, "admin") \
    X(OWNER,  5, "owner")

#define LN_LEVELS(X) \
    X(ALL,      1, "all") \
    X(MENTIONS, 2, "mentions") \
    X(NONE,     3, "none")

#define LN_POSTS(X) /* who may send in a chat */ \
    X(ALL,        1, "all") \
    X(MODERATORS, 2, "moderators")

#define LN_HISTORIES(X) \
    X(ALL,        1, "all") \
    X(SINCE_JOIN, 2, "since_join")
/* clang-format on */

#define LN_WORD_ENUM(prefix, name, no) prefix##name = (no),
enum ln_kind {
#define X(name, no, wire, item) LN_WORD_ENUM(LN_KIND_, name, no)
    LN_KINDS(X)
#undef X
};
enum ln_chat_kind {
#define X(name, no, wire) LN_WORD_ENUM(LN_CHAT_, name, no)
    LN_CHAT_KINDS(X)
#undef X
};
enum ln_chat_role {
    LN_CROLE_NONE = 0,
#define X(name, no, wire) LN_WORD_ENUM(LN_CROLE_, name, no)
    LN_CHAT_ROLES(X)
#undef X
};
enum ln_role {
    LN_ROLE_NONE = 0,
#define X(name, no, wire) LN_WORD_ENUM(LN_ROLE_, name, no)
    LN_ROLES(X)
#undef X
};
enum ln_notify {
#define X(name, no, wire) LN_WORD_ENUM(LN_NOTIFY_, name, no)
    LN_LEVELS(X)
#undef X
};
enum ln_post {
#define X(name, no, wire) LN_WORD_ENUM(LN_POST_, name, no)
    LN_POSTS(X)
#undef X
};
enum ln_history_mode {
#define X(name, no, wire) LN_WORD_ENUM(LN_HISTORY_, name, no)
    LN_HISTORIES(X)
#undef X
};

/* The wire word of a number ("?" where unknown), and the number of a word (0 where unknown). */
const char *ln_kind_name(unsigned kind);
bool ln_kind_is_item(unsigned kind);
const char *ln_chat_kind_name(unsigned kind);
const char *ln_chat_role_name(unsigned role);
const char *ln_role_name(unsigned role);
const char *ln_notify_name(unsigned level);
const char *ln_history_name(unsigned mode);
const char *ln_post_name(unsigned post);
unsigned ln_chat_kind_of(struct ln_str word);
unsigned ln_chat_role_of(struct ln_str word);
unsigned ln_role_of(struct ln_str word);
unsigned ln_notify_of(struct ln_str word);
unsigned ln_history_of(struct ln_str word);
unsigned ln_post_of(struct ln_str word);

#endif
