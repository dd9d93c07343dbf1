/* SPDX-License-Identifier: MIT
 * roster.c - two sorted lists a membership: the user's chats and the chat's users.
 */
#include "linnet/chat/roster.h"

#include <stdlib.h>
#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

void
ln_roster_init(struct ln_roster *r)
{
    ln_map_init(&r->users);
    ln_map_init(&r->chats);
}

static void
free_chat(struct ln_rchat *c)
{
    if (c->users != c->few) {
        free(c->users);
    }
    free(c);
}

void
ln_roster_deinit(struct ln_roster *r)
{
    struct ln_ruser *u;
    struct ln_rchat *c;
    for (size_t i = 0; (u = ln_map_each(&r->users, &i, NULL));) {
        free(u->places);
        free(u);
    }
    for (size_t i = 0; (c = ln_map_each(&r->chats, &i, NULL));) {
        free_chat(c);
    }
    ln_map_deinit(&r->users);
    ln_map_deinit(&r->chats);
}

struct ln_ruser *
ln_roster_user(const struct ln_roster *r, ln_user_id id)
{
    return ln_map_get(&r->users, id);
}

struct ln_rchat *
ln_roster_chat(const struct ln_roster *r, ln_chat_id id)
{
    return ln_map_get(&r->chats, id);
}

enum ln_presence_state
ln_roster_state(const struct ln_ruser *u)
{
    return !u || !u->sessions ? LN_OFFLINE : u->active ? LN_ONLINE : LN_AWAY;
}

struct ln_ruser *
ln_roster_enter(struct ln_roster *r, ln_user_id id)
{
    struct ln_ruser *u = ln_map_get(&r->users, id);
    if (!u) {
        u = ln_zalloc(sizeof *u);
        u->id = id;
        u->receipts = true;
        LIST_INIT(&u->list);
        ln_map_put(&r->users, id, u);
    }
    u->sessions++;
    return u;
}

uint32_t
ln_roster_after(const struct ln_rchat *c, ln_user_id after)
{
    uint32_t low = 0, high = c->count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (c->users[mid]->id <= after) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static uint32_t
place_slot(const struct ln_ruser *u, ln_chat_id chat)
{
    uint32_t low = 0, high = u->place_count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (u->places[mid].chat->id < chat) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

struct ln_rplace *
ln_roster_find(const struct ln_ruser *u, ln_chat_id chat)
{
    uint32_t i = place_slot(u, chat);
    return i < u->place_count && u->places[i].chat->id == chat ? &u->places[i] : NULL;
}

void
ln_roster_forget(struct ln_roster *r, struct ln_rchat *c)
{
    if (c->count == 0 && !c->jobs) {
        ln_map_del(&r->chats, c->id);
        free_chat(c);
    }
}

static void
chat_remove_user(struct ln_roster *r, struct ln_rchat *c, const struct ln_ruser *u)
{
    uint32_t i = ln_roster_after(c, u->id - 1);
    LN_ASSERT(i < c->count && c->users[i] == u);
    memmove(&c->users[i], &c->users[i + 1], (c->count - i - 1) * sizeof(struct ln_ruser *));
    c->count--;
    ln_roster_forget(r, c);
}

/* Room for one more. On the heap the capacity is the next power of two above the count. */
static void
chat_make_room(struct ln_rchat *c)
{
    if (c->users == c->few) {
        if (c->count == LN_ROSTER_FEW) {
            c->users = ln_grow(NULL, 2u * LN_ROSTER_FEW, sizeof(struct ln_ruser *));
            memcpy(c->users, c->few, sizeof c->few);
        }
    } else if ((c->count & (c->count - 1u)) == 0) {
        c->users = ln_grow(c->users, c->count ? c->count * 2u : 1u, sizeof(struct ln_ruser *));
    }
}

static void
chat_add_user(struct ln_rchat *c, struct ln_ruser *u)
{
    uint32_t i = ln_roster_after(c, u->id);
    chat_make_room(c);
    memmove(&c->users[i + 1], &c->users[i], (c->count - i) * sizeof(struct ln_ruser *));
    c->users[i] = u;
    c->count++;
}

void
ln_roster_leave(struct ln_roster *r, struct ln_ruser *u)
{
    LN_ASSERT(u->sessions > 0);
    if (--u->sessions) {
        return;
    }
    for (uint32_t i = 0; i < u->place_count; i++) {
        chat_remove_user(r, u->places[i].chat, u);
    }
    ln_map_del(&r->users, u->id);
    free(u->places);
    free(u);
}

void
ln_roster_place(struct ln_roster *r, struct ln_ruser *u, ln_chat_id chat, unsigned kind,
                unsigned role, ln_seq head)
{
    struct ln_rplace *p = ln_roster_find(u, chat);
    uint32_t i = place_slot(u, chat);
    if (p && role) {
        p->role = (uint8_t)role;
        return;
    }
    if (p) {
        struct ln_rchat *c = p->chat;
        memmove(p, p + 1, (u->place_count - i - 1) * sizeof *p);
        u->place_count--;
        chat_remove_user(r, c, u);
        return;
    }
    if (!role) {
        return;
    }
    struct ln_rchat *c = ln_map_get(&r->chats, chat);
    if (!c) {
        c = ln_zalloc(sizeof *c);
        c->id = chat;
        c->kind = kind & 0x7fu;
        c->users = c->few;
        ln_map_put(&r->chats, chat, c);
    }
    chat_add_user(c, u);
    if (u->place_count == 0 ||
        (u->place_count > 1 && (u->place_count & (u->place_count - 1u)) == 0)) {
        /* the capacity is the next power of two, and 2 at least: one chat is rare */
        u->places =
            ln_grow(u->places, u->place_count ? u->place_count * 2u : 2u, sizeof *u->places);
    }
    memmove(&u->places[i + 1], &u->places[i], (u->place_count - i) * sizeof *u->places);
    u->places[i] = (struct ln_rplace){c, head, (uint8_t)role};
    u->place_count++;
}
