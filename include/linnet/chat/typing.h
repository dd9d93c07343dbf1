/* SPDX-License-Identifier: MIT
 * typing.h - who types in which chat: never stored, told at most once in 3 s, over after 6 s.
 *
 * Thread:  the owning shard's. Time comes as an argument.
 */
#ifndef LINNET_CHAT_TYPING_H
#define LINNET_CHAT_TYPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/id.h"
#include "linnet/base/map.h"

#define LN_TYPING_EVERY_MS 3000
#define LN_TYPING_TTL_MS 6000
#define LN_TYPING_SHOWN 8 /* names a chat shows at most */

struct ln_typing {
    struct ln_map chats; /* id → who */
};

/* The chat's list is now users[0…n). */
typedef void ln_typing_fn(void *ctx, ln_chat_id chat, const ln_user_id *users, size_t n);

void ln_typing_init(struct ln_typing *t);
void ln_typing_deinit(struct ln_typing *t);
/* user typed, or (on false) sent or left. True where the list is to be told. */
bool ln_typing_set(struct ln_typing *t, ln_chat_id chat, ln_user_id user, bool on, uint64_t now_ms);
size_t ln_typing_list(const struct ln_typing *t, ln_chat_id chat,
                      ln_user_id users[LN_TYPING_SHOWN]);
void ln_typing_tick(struct ln_typing *t, uint64_t now_ms, ln_typing_fn *tell, void *ctx);

#endif
