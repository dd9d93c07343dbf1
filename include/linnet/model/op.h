/* SPDX-License-Identifier: MIT
 * op.h - THE table of operations. WebSocket frames, POST /api/v1/OP and the admin socket all serve
 * it.
 *
 * Each row: id, wire name, where it is carried out, who may call it, its cost against the rate
 * limit, its fields ('!' = required), and what it does with the shape of its answer. The argument
 * checks of api/decode and the protocol reference (src/api/protocol.md) come from this table and
 * from LN_FIELDS.
 *
 * Where:   SHARD  on the caller's home shard, WebSocket only;  READ, WRITE  in the store's order;
 *          ACCOUNT  asks the store, hashes on the pool, asks the store again (src/shard/account.c);
 *          FILE  asks the store, then the disk (src/shard/file.c).
 * Who:     ANYONE; USER signed in; PERSON signed in and not a bot or guest; ADMIN; OPERATOR = the
 *          admin socket. The operator may call all, and acts as a person with "as".
 */
#ifndef LINNET_MODEL_OP_H
#define LINNET_MODEL_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/str.h"

enum ln_op_where { LN_AT_SHARD, LN_AT_READ, LN_AT_WRITE, LN_AT_ACCOUNT, LN_AT_FILE };
enum ln_op_who { LN_WHO_ANYONE, LN_WHO_USER, LN_WHO_PERSON, LN_WHO_ADMIN, LN_WHO_OPERATOR };

/* clang-format off */
/*  id              name              where    who       cost fields / answer */
#define LN_OPS(X) \
    X(HELLO,        "hello",          SHARD,   ANYONE,    0, "token epoch cursors", \
      "signs the connection in and resumes: {epoch,self,heartbeat_s,ttl_s,users,chats,more}") \
    X(PING,         "ping",           SHARD,   ANYONE,    0, "", "answered by {\"ev\":\"pong\"}") \
    X(ACTIVE,       "active",         SHARD,   USER,      0, "on!", "the window is in front (true) or hidden or idle (false): {}") \
    X(TYPING,       "typing",         SHARD,   USER,      0, "chat!", "shown to the chat's members for 6 s: {}") \
    X(WATCH,        "watch",          READ,    USER,      1, "users! chat", "presence of these ≤ 200 people, and how many are online in one chat, from now on and of no others: {last_seen}, then {\"ev\":\"presence\"} and {\"ev\":\"online\"}") \
    X(SEND,         "send",           WRITE,   USER,      1, "chat! cid! body! reply thread mentions here", "a message: {seq,ts,dup?}") \
    X(EDIT,         "edit",           WRITE,   USER,      1, "chat! target! body!", "new body of an own message: {seq,ts}, or {} where nothing changed") \
    X(DELETE,       "delete",         WRITE,   USER,      1, "chat! target!", "removes the text of an own message, or of any as moderator: {seq,ts}") \
    X(REACT,        "react",          WRITE,   USER,      1, "chat! target! emoji! on!", "{seq,ts}, or {} where nothing changed") \
    X(PIN,          "pin",            WRITE,   USER,      1, "chat! target! on!", "{seq,ts}, or {} where nothing changed") \
    X(MARK,         "mark",           WRITE,   USER,      0, "chat! delivered read", "raises the caller's marks: {}") \
    X(UNREAD,       "unread",         WRITE,   USER,      1, "chat! from!", "marks unread from a seq, 0 = clears that: {}") \
    X(RECEIPTS,     "receipts",       READ,    USER,      1, "chat! seq!", "how many have received and read, and up to 50 people's marks: {delivered,read,marks}") \
    X(HISTORY,      "history",        READ,    USER,      1, "chat! before after around at limit", "items as they stand: {items,head,more,more_after?,users}") \
    X(PINS,         "pins",           READ,    USER,      1, "chat! before limit", "what is pinned, latest first: {items,head,more,users}") \
    X(EVENTS,       "events",         READ,    USER,      1, "chat! after! limit", "the raw stream: {events,head,more,users}") \
    X(CHAT_CREATE,  "chat.create",    WRITE,   USER,      5, "kind! title topic members cid history", "{chat,dup?}") \
    X(CHAT_UPDATE,  "chat.update",    WRITE,   USER,      2, "chat! title topic archived history post", "{}") \
    X(CHAT_JOIN,    "chat.join",      WRITE,   PERSON,    2, "chat!", "enters a channel: {}") \
    X(CHAT_LEAVE,   "chat.leave",     WRITE,   USER,      2, "chat!", "{}") \
    X(CHAT_ADD,     "chat.add",       WRITE,   USER,      2, "chat! users!", "{}") \
    X(CHAT_REMOVE,  "chat.remove",    WRITE,   USER,      2, "chat! users!", "{}") \
    X(CHAT_ROLE,    "chat.role",      WRITE,   USER,      2, "chat! user! role!", "owner, moderator, member or readonly: {}") \
    X(CHAT_NOTIFY,  "chat.notify",    WRITE,   USER,      1, "chat! level muted until pinned", "the caller's own setting: {}") \
    X(CHAT_LIST,    "chat.list",      READ,    USER,      2, "open after limit", "own chats, or channels one may join: {chats,more,users}") \
    X(CHAT_MEMBERS, "chat.members",   READ,    USER,      2, "chat! after limit", "{members,more,users}") \
    X(USER_GET,     "user.get",       READ,    USER,      1, "users!", "{users}") \
    X(USER_LIST,    "user.list",      READ,    PERSON,    2, "after limit", "{users,more}") \
    X(USER_CREATE,  "user.create",    ACCOUNT, ADMIN,     5, "name! display role password if_missing", "{user,link?}") \
    X(USER_IMPORT,  "user.import",    ACCOUNT,  OPERATOR,  0, "accounts! tokens", "≤ 500 accounts: {users}") \
    X(USER_UPDATE,  "user.update",    WRITE,   USER,      2, "user display role disabled receipts color seen", "oneself, or anyone as admin: {}") \
    X(USER_PASSWORD,"user.password",  ACCOUNT, USER,     10, "user old password!", "ends all other sign-ins of that user: {}") \
    X(USER_LINK,    "user.link",      WRITE,   USER,      5, "user", "a one-time sign-in link, one's own or as admin anyone's: {path,expires}") \
    X(FILE_BEGIN,   "file.begin",     WRITE,   USER,      2, "name! size!", "an upload, to be sent by PUT /api/v1/file/ID with Upload-Offset: {file,offset}") \
    X(FILE_STATE,   "file.state",     FILE,    USER,      1, "file!", "how far an own upload is: {offset,size,done}") \
    X(FILE_COMMIT,  "file.commit",    FILE,    USER,      1, "file!", "ends an own upload; its type is what its content says: {file,type,size,sha256}") \
    X(FILE_DROP,    "file.drop",      FILE,    USER,      1, "file!", "gives up an own upload that no message shows: {}") \
    X(FILE_GET,     "file.get",       FILE,    USER,      1, "file!", "what GET /files/ID gives: {file,name,type,size}") \
    X(DEVICE_LIST,  "device.list",    READ,    USER,      1, "user", "{devices}") \
    X(DEVICE_REVOKE,"device.revoke",  WRITE,   USER,      2, "device_no! user", "ends a sign-in: {}") \
    X(LOGOUT,       "logout",         WRITE,   USER,      1, "", "ends this sign-in: {}") \
    X(INVITE_CREATE,"invite.create",  WRITE,   ADMIN,     5, "role uses ttl_ms chats", "{invite,path}") \
    X(INVITE_LIST,  "invite.list",    READ,    ADMIN,     1, "", "{invites}") \
    X(INVITE_REVOKE,"invite.revoke",  WRITE,   ADMIN,     1, "invite!", "{}") \
    X(SETUP_LINK,   "setup.link",     WRITE,   OPERATOR,  0, "", "{path,expires}") \
    X(SERVER_UPDATE,"server.update",  WRITE,   ADMIN,     2, "server!", "the server's name: {}") \
    X(ABOUT,        "about",          READ,    ANYONE,    0, "", "what a stranger may know: {server,version,setup,help?}") \
    X(SECRET_PEEK,  "secret.peek",    ACCOUNT, ANYONE,    0, "secret!", "what stands behind a link, without spending it: {what,state,server,expires?,by?,user?}") \
    X(STATUS,       "status",         READ,    ADMIN,     1, "", "versions, counts, sizes") \
    X(LOGIN,        "login",          ACCOUNT, ANYONE,    0, "name! password! device", "{token,user}") \
    X(SETUP_ACCEPT, "setup.accept",   ACCOUNT, ANYONE,    0, "secret! name! password! display device server channel", "the first owner: {token,user,chat}") \
    X(INVITE_ACCEPT,"invite.accept",  ACCOUNT, ANYONE,    0, "secret! name! password! display device", "{token,user,chat?}") \
    X(LINK_ACCEPT,  "link.accept",    ACCOUNT, ANYONE,    0, "secret! password device", "{token,user}")
/* clang-format on */

enum ln_op {
#define X(id, name, where, who, cost, fields, answer) LN_OP_##id,
    LN_OPS(X)
#undef X
        LN_OP_COUNT
};

struct ln_op_row {
    const char *name;
    uint8_t where;
    uint8_t who;
    uint8_t cost;
    const char *fields;
    const char *answer;
};

extern const struct ln_op_row ln_op_table[LN_OP_COUNT];

int ln_op_find(struct ln_str name); /* an enum ln_op, or -1 */

#endif
