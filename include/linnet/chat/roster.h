/* SPDX-License-Identifier: MIT
 * roster.h - this shard's users who have a session, the chats they are in, with which role.
 *
 * Thread:  the owning shard's.
 * Owns:    its users and chats. A user is here from the first session's welcome to the last one's
 * end; a chat while a user in it is here.
 */
#ifndef LINNET_CHAT_ROSTER_H
#define LINNET_CHAT_ROSTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "linnet/base/id.h"
#include "linnet/base/map.h"
#include "linnet/chat/limit.h"
#include "linnet/chat/presence.h"

struct ln_rchat;
struct sh_session; /* opaque: the shard's */
LIST_HEAD(sh_session_list, sh_session);

/* One user's place in one chat. */
struct ln_rplace {
    struct ln_rchat *chat;
    ln_seq head;  /* events up to it came with the chat's description */
    uint8_t role; /* enum ln_chat_role */
};

struct ln_ruser {
    ln_user_id id;
    uint32_t sessions; /* how many hold this user */
    uint32_t active;   /* of them, those with the window in front; the shard's to count */
    uint32_t place_count : 24;
    uint32_t role : 7; /* enum ln_role */
    uint32_t receipts : 1;
    struct ln_rplace *places;    /* rising by chat id */
    struct sh_session_list list; /* the shard's, kept here */
    struct ln_limit limit;
};

/* Most chats have two people here, or one: they cost no second allocation. */
#define LN_ROSTER_FEW 2

struct ln_rchat {
    ln_chat_id id;
    uint32_t count : 24;
    uint32_t kind : 7; /* enum ln_chat_kind */
    uint32_t archived : 1;
    struct ln_ruser **users; /* rising by id; few, or a heap array once there were more */
    void *jobs;              /* the shard's fan-out jobs; opaque here, NULL = none */
    struct ln_ruser *few[LN_ROSTER_FEW];
};

struct ln_roster {
    struct ln_map users;
    struct ln_map chats;
};

void ln_roster_init(struct ln_roster *r);
void ln_roster_deinit(struct ln_roster *r);
struct ln_ruser *ln_roster_user(const struct ln_roster *r, ln_user_id id); /* or NULL */
struct ln_rchat *ln_roster_chat(const struct ln_roster *r, ln_chat_id id); /* or NULL */
/* By the sessions of a user, who may be NULL. */
enum ln_presence_state ln_roster_state(const struct ln_ruser *u);
/* A session of user begins: finds or makes the user. */
struct ln_ruser *ln_roster_enter(struct ln_roster *r, ln_user_id id);
/* A session ends; the last one takes the user away (u is then gone). */
void ln_roster_leave(struct ln_roster *r, struct ln_ruser *u);
/* Puts u into a chat, or changes the role there; 0 takes u out. */
void ln_roster_place(struct ln_roster *r, struct ln_ruser *u, ln_chat_id chat, unsigned kind,
                     unsigned role, ln_seq head);
struct ln_rplace *ln_roster_find(const struct ln_ruser *u, ln_chat_id chat); /* or NULL */
/* After c->jobs became NULL: lets a chat go in which nobody is left. */
void ln_roster_forget(struct ln_roster *r, struct ln_rchat *c);
/* The place in chat's users of the first id above after. */
uint32_t ln_roster_after(const struct ln_rchat *c, ln_user_id after);

#endif
