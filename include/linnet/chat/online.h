/* SPDX-License-Identifier: MIT
 * online.h - how many of a chat's members are here: a number for chats too large to watch each
 * person.
 *
 * Thread:  the owning shard's. Time comes as an argument.
 * Two sides. The asked one counts its own members of a chat for the shards that ask; a fall is told
 * only after the grace period, so that a reconnect makes no noise. The asking one adds up what all
 * shards say and tells each watcher the sum, at most once in LN_ONLINE_EVERY_MS.
 */
#ifndef LINNET_CHAT_ONLINE_H
#define LINNET_CHAT_ONLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/id.h"
#include "linnet/base/map.h"

#define LN_ONLINE_EVERY_MS 1000

/* This shard has n members of chat here, for the shards in the mask. */
typedef void ln_online_count_fn(void *ctx, ln_chat_id chat, uint32_t n, uint64_t shards);
/* A watcher is to be told that n are online in chat. */
typedef void ln_online_show_fn(void *ctx, ln_chat_id chat, uint32_t n, void *session);

struct ln_online {
    struct ln_map asked;   /* chat → what was told to whom */
    struct ln_map watched; /* chat → who watches here, what each shard says */
    unsigned shard_count;  /* 1 … 64 */
    uint64_t grace_ms;
};

void ln_online_init(struct ln_online *o, unsigned shard_count, uint64_t grace_ms);
void ln_online_deinit(struct ln_online *o);

/* ── the asked side ── */
/* A shard begins or ends to ask for chat. */
void ln_online_ask(struct ln_online *o, ln_chat_id chat, unsigned shard, bool on);
/* here(ctx, chat) counts the members here; tell() is called where the number is new to a shard. */
void ln_online_count(struct ln_online *o, uint64_t now_ms,
                     uint32_t (*here)(void *ctx, ln_chat_id chat), ln_online_count_fn *tell,
                     void *ctx);

/* ── the asking side ── */
/* True where this is the first watcher here: all shards must be asked. */
bool ln_online_watch(struct ln_online *o, ln_chat_id chat, void *session);
/* True where nobody here watches any more: all shards must be told. */
bool ln_online_unwatch(struct ln_online *o, ln_chat_id chat, void *session);
/* What a shard says. */
void ln_online_told(struct ln_online *o, ln_chat_id chat, unsigned shard, uint32_t n);
/* Shows the sums to at most budget watchers who do not have them yet; the others' turn comes with
 * the next call. A sum is shown once every shard has said its part. */
void ln_online_flush(struct ln_online *o, uint64_t now_ms, uint32_t budget, ln_online_show_fn *show,
                     void *ctx);

#endif
