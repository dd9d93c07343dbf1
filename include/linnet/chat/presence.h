/* SPDX-License-Identifier: MIT
 * presence.h - online, away, offline: the state of a shard's own users, and which shards want to
 * know.
 *
 * Whose sessions are here the roster knows; this keeps only who is watched, and who has just gone.
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

/* The state by the sessions that user has now: LN_OFFLINE without any. */
typedef enum ln_presence_state ln_presence_now_fn(void *ctx, ln_user_id user);

struct ln_presence {
    struct ln_map watched; /* id → which shards want to know */
    struct ln_map dying;   /* id → a user with no session, waiting for the end of the grace */
    uint64_t grace_ms;
    ln_presence_fn *tell;
    ln_presence_now_fn *now;
    void *ctx;
};

void ln_presence_init(struct ln_presence *p, uint64_t grace_ms, ln_presence_fn *tell,
                      ln_presence_now_fn *now, void *ctx);
void ln_presence_deinit(struct ln_presence *p);
/* The user's sessions changed, and with them, perhaps, the state: from was to what now() says. */
void ln_presence_changed(struct ln_presence *p, ln_user_id user, enum ln_presence_state was,
                         uint64_t now_ms, ln_ts now);
/* A shard begins or ends to watch user; the state as it is. */
enum ln_presence_state ln_presence_watch(struct ln_presence *p, ln_user_id user, unsigned shard,
                                         bool on);
/* Ends grace periods. gone() is told of each user who went offline, for the record of last_seen. */
void ln_presence_tick(struct ln_presence *p, uint64_t now_ms,
                      void (*gone)(void *ctx, ln_user_id user, ln_ts last_seen));
enum ln_presence_state ln_presence_get(const struct ln_presence *p, ln_user_id user);

#endif
