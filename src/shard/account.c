/* SPDX-License-Identifier: MIT
 * account.c - operations that hash passwords: limits, the store's look-up, the pool, the store
 * again.
 *
 * Attempts are counted on shard 0 for all shards, per account and per address. An unknown name
 * costs the same time as a wrong password and gets the same answer.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/clock.h"
#include "linnet/base/hash.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define PERIOD_MS 300000
#define ADDRESS_TIMES 10  /* an address may try so many times what an account may */
#define LIMITS_KEPT 65536 /* buckets remembered before the full ones are dropped */

struct hash_job {
    struct ln_job job;
    struct ln_msg msg;
    struct ln_server *srv;
    struct ln_req *req;
    ln_user_id user; /* whose stored hash this is; 0 = nobody's */
    char stored[LN_PW_HASH_MAX];
    enum ln_err err;
};

/* ── limits ── */
static void
drop_full(struct ln_shard *sh)
{
    struct ln_limit *l;
    uint64_t key, now_us = ln_mono_ms() * 1000;
    struct ln_map kept;
    ln_map_init(&kept);
    for (size_t i = 0; (l = ln_map_each(&sh->account_limits, &i, &key));) {
        if (l->full_us <= now_us) {
            free(l);
        } else {
            ln_map_put(&kept, key, l);
        }
    }
    ln_map_deinit(&sh->account_limits);
    sh->account_limits = kept;
}

static struct ln_limit *
bucket(struct ln_shard *sh, uint64_t key)
{
    struct ln_limit *l = ln_map_get(&sh->account_limits, key);
    if (!l) {
        if (sh->account_limits.count >= LIMITS_KEPT) {
            drop_full(sh);
        }
        l = ln_zalloc(sizeof *l);
        ln_map_put(&sh->account_limits, key, l);
    }
    return l;
}

/* The bucket of a person who has no session here. */
struct ln_limit *
sh_caller_limit(struct ln_shard *sh, ln_user_id user)
{
    return bucket(sh, ln_hash_mix(user));
}

void
sh_account_limits_free(struct ln_shard *sh)
{
    struct ln_limit *l;
    for (size_t i = 0; (l = ln_map_each(&sh->account_limits, &i, NULL));) {
        free(l);
    }
    ln_map_deinit(&sh->account_limits);
}

static enum ln_err
check_limits(struct ln_shard *sh, const struct sh_account_call *call, uint32_t *retry_ms)
{
    const struct ln_cmd *cmd = &call->req->cmd;
    uint32_t burst = (uint32_t)sh->srv->opts->logins_per_5m;
    uint64_t now = ln_mono_ms();
    if (cmd->caller.is_operator) {
        return LN_OK;
    }
    if (!ln_limit_take(bucket(sh, call->address), 1, burst * ADDRESS_TIMES, PERIOD_MS, now,
                       retry_ms)) {
        return LN_ERATE;
    }
    uint64_t account = cmd->op == LN_OP_LOGIN ? ln_hash_bytes(cmd->args.name.p, cmd->args.name.n)
                                              : ln_hash_mix(~(uint64_t)cmd->caller.user);
    if ((cmd->op == LN_OP_LOGIN || cmd->op == LN_OP_USER_PASSWORD) &&
        !ln_limit_take(bucket(sh, account), 1, burst, PERIOD_MS, now, retry_ms)) {
        return LN_ERATE;
    }
    return LN_OK;
}

/* ── the four steps ── */
static uint64_t
address_hash(const struct ln_conn *c)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_v4 = memcmp(c->peer, mapped, sizeof mapped) == 0;
    return ln_hash_bytes(c->peer, is_v4 ? 16 : 8); /* IPv6: the /64 */
}

void
sh_account_send(struct sh_session *s, struct ln_req *req)
{
    struct sh_account_call *call = ln_zalloc(sizeof *call);
    call->msg.type = SH_MSG_ACCOUNT;
    call->req = req;
    call->address = address_hash(s->conn);
    sh_post(s->sh->srv, 0, &call->msg);
}

void
sh_account(struct ln_shard *sh, struct sh_account_call *call)
{
    struct ln_req *req = call->req;
    uint32_t retry_ms = 0;
    enum ln_err err = check_limits(sh, call, &retry_ms);
    free(call);
    if (!err) {
        req->cmd.stage = LN_STAGE_LOOKUP;
        err = ln_store_post(sh->srv->store, req);
    }
    if (err) {
        sh_answer(sh->srv, &req->cmd, err, retry_ms);
        ln_req_destroy(&req);
    }
}

static struct ln_str
hashed(struct hash_job *j, struct ln_str password)
{
    char text[LN_PW_HASH_MAX];
    if (ln_password_hash(password, text)) {
        j->err = LN_EAGAIN; /* no memory for it now */
        return (struct ln_str){NULL, 0};
    }
    return ln_arena_str(&j->req->cmd.arena, ln_str(text));
}

static void
run_job(struct ln_job *job)
{
    struct hash_job *j = (struct hash_job *)job;
    struct ln_cmd *cmd = &j->req->cmd;
    if (cmd->op == LN_OP_LOGIN) {
        bool ok = ln_password_matches(cmd->args.password, ln_str(j->stored));
        cmd->verified = ok ? j->user : 0;
        cmd->pw_hash = ln_arena_str(&cmd->arena, ln_str(j->stored));
    } else if (cmd->op == LN_OP_USER_IMPORT) {
        for (uint32_t i = 0; i < cmd->account_count; i++) {
            struct ln_account *a = &cmd->accounts[i];
            a->pw_hash = a->password.n ? hashed(j, a->password) : a->pw_hash;
        }
    } else {
        if (cmd->op == LN_OP_USER_PASSWORD && cmd->args.old.n &&
            ln_password_matches(cmd->args.old, ln_str(j->stored))) {
            cmd->verified = j->user;
        }
        cmd->pw_hash = hashed(j, cmd->args.password);
    }
    sh_post(j->srv, cmd->origin.shard, &j->msg);
}

static bool
needs_pool(const struct ln_cmd *cmd)
{
    for (uint32_t i = 0; i < cmd->account_count; i++) {
        if (cmd->accounts[i].password.n) {
            return true;
        }
    }
    return cmd->args.password.n > 0;
}

void
sh_account_looked_up(struct ln_shard *sh, struct ln_reply *r)
{
    struct ln_req *req = r->req;
    enum ln_err err = r->err;
    uint32_t retry_ms = 0;
    r->req = NULL;
    req->cmd.stage = LN_STAGE_DO;
    if (!err && needs_pool(&req->cmd)) {
        struct hash_job *j = ln_zalloc(sizeof *j);
        j->job.run = run_job;
        j->msg.type = SH_MSG_HASHED;
        j->srv = sh->srv;
        j->req = req;
        j->user = r->user;
        snprintf(j->stored, sizeof j->stored, "%.*s", (int)r->json.n, r->json.n ? r->json.p : "");
        err = ln_pool_post(sh->srv->pool, &j->job);
        if (err) {
            free(j);
            retry_ms = 1000;
        }
    } else if (!err) {
        err = ln_store_post(sh->srv->store, req);
    }
    if (err) {
        sh_answer(sh->srv, &req->cmd, err, retry_ms);
        ln_req_destroy(&req);
    }
    ln_reply_destroy(&r);
}

void
sh_account_hashed(struct ln_shard *sh, struct ln_msg *msg)
{
    struct hash_job *j = (struct hash_job *)((char *)msg - offsetof(struct hash_job, msg));
    struct ln_req *req = j->req;
    enum ln_err err = j->err;
    if (req->cmd.op == LN_OP_LOGIN && !req->cmd.verified) {
        ln_metric_add(LN_M_LOGIN_FAILURES, 1);
    }
    free(j);
    if (!err) {
        err = ln_store_post(sh->srv->store, req);
    }
    if (err) {
        sh_answer(sh->srv, &req->cmd, err, err == LN_EAGAIN ? 1000 : 0);
        ln_req_destroy(&req);
    }
}
