/* SPDX-License-Identifier: MIT
 * presence.h - online, away, offline: the state of a shard's own users, and which shards want to
 * know.
 *
 * Thread:  the owning shard's. Time comes as an argument.
 * online: a session is active; away: sessions, none active; offline: none, for longer than the
 * grace period, so that a reconnect makes no noise.
 */
#ifndef LINNET_CHAT_PRESENCE_H
#define LINNET_CHAT_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/id.h"
#include "linnet/base/map.h"

enum ln_presence_state { LN_OFFLINE, LN_AWAY, LN_ONLINE };

/* A user's state changed, for the shards in the mask. last_seen: with LN_OFFLINE. */
typedef void ln_presence_fn(void *ctx, ln_user_id user, enum ln_presence_state state,
                            ln_ts last_seen, uint64_t shards);

struct ln_presence {
    struct ln_map users; /* id → entry */
    struct ln_map dying; /* id → a user with no session, waiting for the end of the grace */
    uint64_t grace_ms;
    ln_presence_fn *tell;
    void *ctx;
};

void ln_presence_init(struct ln_presence *p, uint64_t grace_ms, ln_presence_fn *tell, void *ctx);
void ln_presence_deinit(struct ln_presence *p);
/* The user now has so many sessions, and so many of them active. */
void ln_presence_set(struct ln_presence *p, ln_user_id user, int sessions_delta, int active_delta,
                     uint64_t now_ms, ln_ts now);
/* A shard begins or ends to watch user; the state as it is. */
enum ln_presence_state ln_presence_watch(struct ln_presence *p, ln_user_id user, unsigned shard,
                                         bool on);
/* Ends grace periods. gone() is told of each user who went offline, for the record of last_seen. */
void ln_presence_tick(struct ln_presence *p, uint64_t now_ms,
                      void (*gone)(void *ctx, ln_user_id user, ln_ts last_seen));
enum ln_presence_state ln_presence_get(const struct ln_presence *p, ln_user_id user);

#endif
