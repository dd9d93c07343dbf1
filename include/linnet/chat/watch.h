/* SPDX-License-Identifier: MIT
 * watch.h - which people a shard's sessions want to see, and what is known of them.
 *
 * Thread:  the owning shard's.
 * Changes are collected and told in one go (ln_watch_flush), so that a storm makes one frame.
 */
#ifndef LINNET_CHAT_WATCH_H
#define LINNET_CHAT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/id.h"
#include "linnet/base/map.h"
#include "linnet/chat/presence.h"

#define LN_WATCH_MAX 200 /* people a session may watch */

struct ln_watch_user {
    ln_user_id id;
    enum ln_presence_state state;
    bool known;   /* the home shard has told the state */
    bool changed; /* since the last flush */
    ln_ts last_seen;
    uint32_t count;
    void **watchers; /* sessions */
};

struct ln_watch {
    struct ln_map users;
    uint32_t changed_count;
    uint32_t changed_cap;
    ln_user_id *changed;
};

void ln_watch_init(struct ln_watch *w);
void ln_watch_deinit(struct ln_watch *w);
/* True where this is the first watcher here: the home shard must be asked. */
bool ln_watch_add(struct ln_watch *w, ln_user_id user, void *session);
/* True where nobody here watches any more: the home shard must be told. */
bool ln_watch_remove(struct ln_watch *w, ln_user_id user, void *session);
struct ln_watch_user *ln_watch_find(const struct ln_watch *w, ln_user_id user);
/* What the home shard says. */
void ln_watch_told(struct ln_watch *w, ln_user_id user, enum ln_presence_state state,
                   ln_ts last_seen);
/* tell(ctx, user) for each user changed since the last flush. */
void ln_watch_flush(struct ln_watch *w, void (*tell)(void *ctx, const struct ln_watch_user *user),
                    void *ctx);

#endif
