/* SPDX-License-Identifier: MIT
 * online.c - how many of a chat are online, for the sessions that have it on screen (people.c keeps
 * which): asks all shards, answers theirs.
 */
#include <stdlib.h>

#include "linnet/base/mem.h"
#include "shard_priv.h"

static void
post_note(struct ln_shard *sh, unsigned to, struct sh_note note)
{
    struct sh_note *n = ln_alloc(sizeof *n);
    *n = note;
    n->shard = sh->index;
    sh_post(sh->srv, to, &n->msg);
}

static void
ask_all(struct ln_shard *sh, ln_chat_id chat, bool on)
{
    for (unsigned i = 0; i < sh->srv->shard_count; i++) {
        if (i == sh->index) {
            ln_online_ask(&sh->online, chat, i, on);
        } else {
            post_note(sh, i, (struct sh_note){.msg.type = SH_MSG_COUNT, .chat = chat, .on = on});
        }
    }
}

void
sh_online_watch(struct sh_session *s, ln_chat_id chat)
{
    if (ln_online_watch(&s->sh->online, chat, s)) {
        ask_all(s->sh, chat, true);
    }
}

void
sh_online_unwatch(struct sh_session *s, ln_chat_id chat)
{
    if (ln_online_unwatch(&s->sh->online, chat, s)) {
        ask_all(s->sh, chat, false);
    }
}

void
sh_online_note(struct ln_shard *sh, const struct sh_note *n)
{
    if (n->msg.type == SH_MSG_COUNT) {
        ln_online_ask(&sh->online, n->chat, n->shard, n->on);
    } else {
        ln_online_told(&sh->online, n->chat, n->shard, n->count);
    }
}

/* ── the tick ── */
static uint32_t
count_here(void *ctx, ln_chat_id chat)
{
    const struct ln_rchat *c = ln_roster_chat(&((struct ln_shard *)ctx)->roster, chat);
    return c ? c->count : 0;
}

static void
tell_shards(void *ctx, ln_chat_id chat, uint32_t count, uint64_t shards)
{
    struct ln_shard *sh = ctx;
    for (unsigned i = 0; i < sh->srv->shard_count; i++) {
        if (!(shards >> i & 1)) {
            continue;
        }
        if (i == sh->index) {
            ln_online_told(&sh->online, chat, i, count);
        } else {
            post_note(sh, i,
                      (struct sh_note){.msg.type = SH_MSG_ONLINE, .chat = chat, .count = count});
        }
    }
}

static void
show(void *ctx, ln_chat_id chat, uint32_t count, void *session)
{
    struct ln_shard *sh = ctx;
    ln_buf_clear(&sh->text);
    ln_buf_addf(&sh->text, "{\"ev\":\"online\",\"chat\":%u,\"count\":%u}", chat, count);
    sh_send_text(session, &sh->text, true);
}

void
sh_online_tick(struct ln_shard *sh, uint64_t now_ms)
{
    ln_online_count(&sh->online, now_ms, count_here, tell_shards, sh);
    ln_online_flush(&sh->online, now_ms, SH_FANOUT, show, sh);
}
