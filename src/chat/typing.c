/* SPDX-License-Identifier: MIT
 * typing.c - see typing.h. A list replaces what the receiver knew, so nobody types for ever.
 */
#include "linnet/chat/typing.h"

#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"

struct typist {
    ln_user_id user;
    uint64_t told_ms;
    uint64_t until_ms;
};

struct who {
    ln_chat_id chat;
    uint32_t count;
    struct typist list[LN_TYPING_SHOWN];
};

void
ln_typing_init(struct ln_typing *t)
{
    ln_map_init(&t->chats);
}

void
ln_typing_deinit(struct ln_typing *t)
{
    struct who *w;
    for (size_t i = 0; (w = ln_map_each(&t->chats, &i, NULL));) {
        free(w);
    }
    ln_map_deinit(&t->chats);
}

static void
drop_empty(struct ln_typing *t, struct who *w)
{
    if (w->count == 0) {
        ln_map_del(&t->chats, w->chat);
        free(w);
    }
}

bool
ln_typing_set(struct ln_typing *t, ln_chat_id chat, ln_user_id user, bool on, uint64_t now_ms)
{
    struct who *w = ln_map_get(&t->chats, chat);
    uint32_t i = 0;
    if (!w && !on) {
        return false;
    }
    if (!w) {
        w = ln_zalloc(sizeof *w);
        w->chat = chat;
        ln_map_put(&t->chats, chat, w);
    }
    while (i < w->count && w->list[i].user != user) {
        i++;
    }
    bool known = i < w->count;
    if (!on) {
        if (known) {
            w->list[i] = w->list[--w->count];
        }
        drop_empty(t, w);
        return known;
    }
    if (known && now_ms - w->list[i].told_ms < LN_TYPING_EVERY_MS) {
        return false;
    }
    if (!known && w->count == LN_TYPING_SHOWN) {
        return false;
    }
    w->count += !known;
    w->list[i] = (struct typist){user, now_ms, now_ms + LN_TYPING_TTL_MS};
    return true;
}

size_t
ln_typing_list(const struct ln_typing *t, ln_chat_id chat, ln_user_id users[LN_TYPING_SHOWN])
{
    const struct who *w = ln_map_get(&t->chats, chat);
    for (uint32_t i = 0; w && i < w->count; i++) {
        users[i] = w->list[i].user;
    }
    return w ? w->count : 0;
}

void
ln_typing_tick(struct ln_typing *t, uint64_t now_ms, ln_typing_fn *tell, void *ctx)
{
    struct who *w, *over[256];
    ln_user_id users[LN_TYPING_SHOWN];
    size_t n = 0;
    for (size_t i = 0; n < LN_COUNT(over) && (w = ln_map_each(&t->chats, &i, NULL));) {
        uint32_t kept = 0;
        for (uint32_t k = 0; k < w->count; k++) {
            if (w->list[k].until_ms > now_ms) {
                w->list[kept++] = w->list[k];
            }
        }
        if (kept < w->count) {
            w->count = kept;
            over[n++] = w;
        }
    }
    for (size_t i = 0; i < n; i++) {
        tell(ctx, over[i]->chat, users, ln_typing_list(t, over[i]->chat, users));
        drop_empty(t, over[i]);
    }
}
