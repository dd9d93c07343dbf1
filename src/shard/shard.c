/* SPDX-License-Identifier: MIT
 * shard.c - the thread: its mail, its tick, the end of its turn.
 */
#include <stdlib.h>
#include <unistd.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/hash.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define TEXT_BYTES (16u << 20) /* the largest answer that is encoded */

unsigned
sh_home_index(const struct ln_server *srv, ln_user_id user)
{
    return ln_jump_hash(ln_hash_mix(user), srv->shard_count);
}

/* Messages between shards complete what a client began, so they are never refused. */
void
sh_post(struct ln_server *srv, unsigned shard, struct ln_msg *msg)
{
    ln_mailbox_post_sure(ln_loop_mailbox(srv->shards[shard].loop), msg);
}

/* ── accepting ── */
static void
on_accept(void *ctx, struct ln_conn *c, void *listener_user)
{
    struct ln_shard *sh = ctx;
    bool is_operator = listener_user != NULL;
    int64_t open = ln_metric_get(LN_M_CONNECTIONS); /* this one included */
    struct sh_session *s = sh_session_create(sh, c, is_operator);
    ln_http_start(c, &sh_http_ops, s);
    if (!is_operator && open > sh->srv->opts->max_connections) {
        ln_conn_close(c, LN_EAGAIN);
    }
    if (is_operator && c->peer_uid != 0 && c->peer_uid != geteuid()) {
        ln_conn_close(c, LN_EFORBIDDEN);
    }
}

static const struct ln_net_ops net_ops = {on_accept};

static void
adopt_admin(struct ln_shard *sh, struct sh_fd *m)
{
    struct ln_conn *c = ln_conn_adopt(sh->net, m->fd, NULL, NULL, NULL);
    struct sh_session *s = sh_session_create(sh, c, true);
    ln_http_start(c, &sh_http_ops, s);
    free(m);
}

/* ── leaving ── */
static void
quiesce(struct ln_shard *sh)
{
    sh->quiet = true;
    for (unsigned i = 0; i < sh->listener_count; i++) {
        ln_listener_pause(sh->listeners[i]);
    }
}

void
sh_say_bye(struct ln_conn *c, void *arg)
{
    struct ln_shard *sh = arg;
    if (ln_conn_is_closing(c)) {
        return;
    }
    if (ln_http_is(c)) {
        ln_conn_finish(c, LN_ESHUTDOWN);
        return;
    }
    uint32_t spread;
    ln_random(&spread, sizeof spread);
    ln_buf_clear(&sh->text);
    ln_encode_bye(&sh->text, "shutdown", SH_BYE_RETRY_MS + spread % SH_BYE_RETRY_MS);
    ln_conn_send(c, ln_ws_text(sh->text.p, sh->text.n));
    ln_ws_close(c, LN_ESHUTDOWN, "the server is shutting down");
}

static void
bye(struct ln_shard *sh)
{
    sh->leaving = true;
    sh->leave_by_ms = ln_mono_ms() + (uint64_t)sh->srv->opts->shutdown_grace_ms / 2;
    ln_net_each(sh->net, sh_say_bye, sh);
}

/* ── mail ── */
static void
on_msg(void *ctx, struct ln_msg *msg)
{
    struct ln_shard *sh = ctx;
    switch (msg->type) {
    case LN_MSG_BATCH:
        sh_deliver(sh, ((struct ln_batch_msg *)msg)->batch);
        free(msg);
        break;
    case LN_MSG_REPLY:
        sh_deliver_reply(sh, (struct ln_reply *)msg);
        break;
    case SH_MSG_MOVE:
        sh_session_moved(sh, (struct sh_move *)msg);
        break;
    case SH_MSG_CALL:
        sh_call(sh, (struct ln_req *)msg);
        break;
    case SH_MSG_ACCOUNT:
        sh_account(sh, (struct sh_account_call *)msg);
        break;
    case SH_MSG_HASHED:
        sh_account_hashed(sh, msg);
        break;
    case SH_MSG_FILE:
        sh_file_done(sh, (struct ln_file_job *)msg);
        break;
    case SH_MSG_ADMIN:
        adopt_admin(sh, (struct sh_fd *)msg);
        break;
    case SH_MSG_QUIESCE:
        quiesce(sh);
        free(msg);
        break;
    case SH_MSG_BYE:
        bye(sh);
        free(msg);
        break;
    default:
        sh_people_note(sh, (struct sh_note *)msg);
        break;
    }
}

/* ── time ── */

/* Each tick looks at a quarter of the sessions, so each is seen once a second. */
static void
tick_sessions(struct ln_shard *sh, uint64_t now_ms)
{
    uint32_t quarter = sh->tick % 4;
    uint32_t from = (uint32_t)((uint64_t)sh->slots.cap * quarter / 4);
    uint32_t to = (uint32_t)((uint64_t)sh->slots.cap * (quarter + 1) / 4);
    for (uint32_t i = from; i < to; i++) {
        struct sh_session *s = sh->slots.list[i].session;
        if (s && !ln_conn_is_closing(s->conn)) {
            sh_session_tick(s, now_ms);
        }
    }
}

static void
on_tick(void *ctx)
{
    struct ln_shard *sh = ctx;
    uint64_t now_ms = ln_mono_ms();
    uint64_t slow = ln_loop_slow_turns(sh->loop);
    ln_metric_add(LN_M_SLOW_TURNS, (int64_t)(slow - sh->slow_turns));
    sh->slow_turns = slow;
    sh->tick++;
    tick_sessions(sh, now_ms);
    sh_people_tick(sh, now_ms);
}

static void
on_turn(void *ctx)
{
    struct ln_shard *sh = ctx;
    if (sh_fanout_turn(sh)) {
        ln_loop_again(sh->loop);
    }
    /* moves before the flush: a connection that leaves takes its output along */
    sh_moves_go(sh);
    ln_net_flush(sh->net);
    if (sh->leaving && (ln_net_count(sh->net) == 0 || ln_mono_ms() >= sh->leave_by_ms)) {
        ln_loop_stop(sh->loop);
    }
}

static const struct ln_loop_ops loop_ops = {on_msg, on_turn, on_tick, SH_TICK_MS};

void
sh_init(struct ln_shard *sh, struct ln_server *srv, unsigned index)
{
    sh->srv = srv;
    sh->index = index;
    sh->slots.free = UINT32_MAX;
    sh->loop = ln_loop_create(SH_MAILBOX, &loop_ops, sh);
    sh->net = ln_net_create(ln_loop_base(sh->loop), &net_ops, sh);
    ln_roster_init(&sh->roster);
    ln_map_init(&sh->account_limits);
    ln_buf_init(&sh->text, TEXT_BYTES);
    STAILQ_INIT(&sh->fanout);
    sh_people_init(sh);
}

void
sh_run(void *arg)
{
    struct ln_shard *sh = arg;
    ln_loop_run(sh->loop);
    /* what is left is cut; still on this thread, to which the connections belong */
    for (unsigned i = 0; i < sh->listener_count; i++) {
        ln_listener_destroy(&sh->listeners[i]);
    }
    struct ln_ws_pool *contexts = *ln_net_ws_pool(sh->net);
    ln_net_destroy(&sh->net); /* its connections give their contexts back */
    ln_ws_pool_destroy(&contexts);
}

/* After all threads have ended: mail that nobody will read any more. */
static void
drop_mail(struct ln_shard *sh)
{
    struct ln_mailbox *mb = ln_loop_mailbox(sh->loop);
    struct ln_msg *msg;
    while ((msg = ln_mailbox_next(mb))) {
        if (msg->type == LN_MSG_BATCH) {
            ln_batch_unref(((struct ln_batch_msg *)msg)->batch);
            free(msg);
        } else if (msg->type == LN_MSG_REPLY) {
            struct ln_reply *r = (struct ln_reply *)msg;
            ln_reply_destroy(&r);
        } else if (msg->type == SH_MSG_CALL) {
            struct ln_req *req = (struct ln_req *)msg;
            ln_req_destroy(&req);
        } else if (msg->type == SH_MSG_ACCOUNT) {
            ln_req_destroy(&((struct sh_account_call *)msg)->req);
            free(msg);
        } else if (msg->type == SH_MSG_FILE) {
            sh_file_drop((struct ln_file_job *)msg);
        } else if (msg->type == SH_MSG_MOVE) {
            sh_move_drop((struct sh_move *)msg);
        } else if (msg->type != SH_MSG_HASHED) { /* the pool has ended before the shards did */
            free(msg);
        }
    }
}

void
sh_deinit(struct ln_shard *sh)
{
    drop_mail(sh);
    ln_loop_destroy(&sh->loop);
    sh_fanout_free(sh);
    ln_roster_deinit(&sh->roster);
    ln_presence_deinit(&sh->presence);
    ln_watch_deinit(&sh->watch);
    ln_online_deinit(&sh->online);
    ln_receipts_deinit(&sh->receipts);
    ln_typing_deinit(&sh->typing);
    sh_account_limits_free(sh);
    ln_buf_deinit(&sh->text);
    free(sh->seen);
    free(sh->moves);
    free(sh->slots.list);
}
