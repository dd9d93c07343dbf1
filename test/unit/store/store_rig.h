/* SPDX-License-Identifier: MIT
 * store_rig.h - the real store on a directory of its own, with one pretended shard: the test
 * itself.
 *
 * What the store posts is taken by rig_pump. Batches and replies are written into one trace, in the
 * order in which a shard would see them; answers are kept by the number that rig_post gave.
 */
#ifndef TEST_STORE_RIG_H
#define TEST_STORE_RIG_H

#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linnet/api/decode.h"
#include "linnet/base/clock.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/rt/secret.h"
#include "linnet/store/store.h"

#define RIG_PEOPLE 8
#define RIG_WAIT_MS 60000

/* One thing a shard was told. */
struct told {
    uint8_t type; /* enum ln_record_type, or TOLD_REPLY */
    uint8_t role;
    int err;
    uint32_t slot; /* ACK, REPLY */
    ln_user_id user;
    ln_chat_id chat;
    ln_seq seq;
    ln_commit_no commit_no;
};
enum { TOLD_REPLY = 100 };

struct answer {
    bool done;
    enum ln_err err;
    uint32_t at;             /* its place in the trace */
    json_t *json;            /* the answer's members, as an object */
    json_t *ahead;           /* hello: heads by chat of the welcome that went ahead, or NULL */
    uint32_t ahead_at;       /* and its place */
    struct ln_welcome *last; /* hello: the welcome with the answer */
};

struct rig {
    struct ln_options opts;
    char dir[64];
    struct ln_store *st;
    struct ln_mailbox mb;
    struct ln_store_port port;
    struct told *trace;
    uint32_t told;
    struct answer *answers;
    uint32_t posted;
    char token[RIG_PEOPLE + 1][LN_TOKEN_MAX + 1]; /* by user id */
};

static inline void
rig_start(struct rig *r)
{
    char why[512] = "";
    int code = -1;
    r->st = ln_store_open(&r->opts, why, sizeof why, &code);
    ck_assert_msg(r->st != NULL, "open: %s", why);
    ck_assert_int_eq(code, 0);
    r->port = (struct ln_store_port){.mailbox = &r->mb};
    ln_store_start(r->st, &r->port, 1);
}

static inline void
rig_open(struct rig *r)
{
    memset(r, 0, sizeof *r);
    snprintf(r->dir, sizeof r->dir, "%s/linnet-store-XXXXXX",
             getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 40 ? getenv("TMPDIR") : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(r->dir));
    r->opts.data_dir = r->dir;
    r->opts.name = ln_strdup("test");
    r->opts.link_ttl_ms = r->opts.session_ttl_ms = 86400000;
    r->opts.heartbeat_ms = 10000;
    r->opts.ttl_ms = 30000;
    ln_log_level(LN_ERROR);
    ln_mailbox_init(&r->mb, 1u << 20);
    rig_start(r);
}

static inline struct told *
rig_tell(struct rig *r, int type)
{
    if ((r->told & (r->told - 1)) == 0) {
        r->trace = ln_grow(r->trace, r->told ? r->told * 2u : 1u, sizeof *r->trace);
    }
    struct told *t = &r->trace[r->told++];
    memset(t, 0, sizeof *t);
    t->type = (uint8_t)type;
    return t;
}

static inline json_t *
rig_parse(struct ln_str members)
{
    struct ln_buf b;
    json_error_t error;
    ln_buf_init(&b, 16u << 20);
    ln_buf_addc(&b, '{');
    ln_buf_add(&b, members.p, members.n);
    ln_buf_addc(&b, '}');
    json_t *j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(j != NULL, "not JSON (%s): %.300s", error.text, ln_buf_cstr(&b));
    ln_buf_deinit(&b);
    return j;
}

static inline void
rig_take_batch(struct rig *r, struct ln_batch *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const struct ln_record *rec = &b->records[i];
        struct told *t = rig_tell(r, rec->type);
        t->err = rec->err;
        t->user = rec->user;
        t->chat = rec->chat;
        t->role = rec->role;
        if (rec->type == LN_REC_EVENT) {
            t->seq = rec->entry->seq;
            t->commit_no = rec->entry->commit_no;
        } else if (rec->type == LN_REC_MARK) {
            t->seq = rec->read;
        } else if (rec->type == LN_REC_ACK) {
            struct answer *a = &r->answers[rec->origin.slot];
            t->slot = rec->origin.slot;
            ck_assert_msg(!a->done, "one request, two answers");
            a->done = true;
            a->err = (enum ln_err)rec->err;
            a->at = r->told - 1;
            a->json = rig_parse(rec->json);
        }
    }
    atomic_fetch_sub_explicit(&r->port.unapplied, b->bytes, memory_order_relaxed);
    ln_batch_unref(b);
}

static inline void
rig_take_reply(struct rig *r, struct ln_reply *reply)
{
    struct answer *a = &r->answers[reply->origin.slot];
    struct told *t = rig_tell(r, TOLD_REPLY);
    t->slot = reply->origin.slot;
    t->err = reply->err;
    if (reply->welcome && reply->welcome->pending && !reply->err) {
        a->ahead = json_object();
        a->ahead_at = r->told - 1;
        for (uint32_t i = 0; i < reply->welcome->count; i++) {
            char key[16];
            snprintf(key, sizeof key, "%u", reply->welcome->chats[i].chat);
            json_object_set_new(a->ahead, key, json_integer(reply->welcome->chats[i].head));
        }
    } else {
        ck_assert_msg(!a->done, "one request, two answers");
        a->done = true;
        a->err = reply->err;
        a->at = r->told - 1;
        a->json = rig_parse(ln_buf_str(&reply->json));
        a->last = reply->welcome;
        reply->welcome = NULL;
    }
    ln_reply_destroy(&reply);
}

/* Takes what is there. */
static inline void
rig_take(struct rig *r)
{
    struct ln_msg *msg;
    ln_mailbox_silence(&r->mb);
    while ((msg = ln_mailbox_next(&r->mb))) {
        if (msg->type == LN_MSG_BATCH) {
            struct ln_batch_msg *m = (struct ln_batch_msg *)msg;
            rig_take_batch(r, m->batch);
            free(m);
        } else {
            ck_assert_int_eq(msg->type, LN_MSG_REPLY);
            rig_take_reply(r, (struct ln_reply *)msg);
        }
    }
}

static inline struct answer *
rig_wait(struct rig *r, uint32_t slot)
{
    uint64_t until = ln_mono_ms() + RIG_WAIT_MS;
    while (!r->answers[slot].done) {
        ck_assert_msg(ln_mono_ms() < until, "no answer to request %u", slot);
        ln_mailbox_wait(&r->mb, 1000);
        rig_take(r);
    }
    return &r->answers[slot];
}

/* Posts op with these JSON arguments; user 0 is the operator. */
static inline uint32_t rig_post(struct rig *r, ln_user_id user, enum ln_op op, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static inline uint32_t
rig_post(struct rig *r, ln_user_id user, enum ln_op op, const char *fmt, ...)
{
    struct ln_req *req = ln_req_create();
    struct ln_buf text;
    const char *why = NULL;
    va_list ap;
    char *args = NULL;
    va_start(ap, fmt);
    ck_assert_int_ge(vasprintf(&args, fmt, ap), 0);
    va_end(ap);
    ln_buf_init(&text, 1u << 20);
    ln_buf_addc(&text, '{');
    ln_buf_adds(&text, args);
    ln_buf_addc(&text, '}');
    enum ln_err err = ln_decode_call(op, ln_buf_str(&text), LN_TEXT_MAX, &req->cmd, &why);
    ck_assert_msg(err == LN_OK, "%s: %s", ln_buf_cstr(&text), why);
    req->cmd.op = op;
    ln_buf_deinit(&text);
    free(args);
    if (user) {
        req->cmd.by_token = true;
        ck_assert_int_eq(
            ln_token_parse(ln_str(r->token[user]), &req->cmd.caller.user, req->cmd.token_hash),
            LN_OK);
    } else {
        req->cmd.caller.is_operator = true;
    }
    if ((r->posted & (r->posted - 1)) == 0) {
        r->answers = ln_grow(r->answers, r->posted ? r->posted * 2u : 1u, sizeof *r->answers);
    }
    memset(&r->answers[r->posted], 0, sizeof *r->answers);
    req->cmd.origin = (struct ln_origin){
        .slot = r->posted, .gen = 1, .id = r->posted, .wants_reply = true, .has_id = true};
    ck_assert_int_eq(ln_store_post(r->st, req), LN_OK);
    return r->posted++;
}

/* rig_post's arguments; waits for the answer. */
#define rig_ask(...) rig_wait(R, rig_post(__VA_ARGS__))

/* The same, which must succeed; its JSON, borrowed. */
#define rig_ok(...) rig_good(rig_ask(__VA_ARGS__))

/* In this header. */
#define rig_good_of(r, ...) rig_good(rig_wait(r, rig_post(r, __VA_ARGS__)))

static inline json_t *
rig_good(const struct answer *a)
{
    ck_assert_int_eq(a->err, LN_OK);
    return a->json;
}

static inline json_int_t
num(const json_t *j, const char *key)
{
    const json_t *v = json_object_get(j, key);
    ck_assert_msg(json_is_integer(v), "no number \"%s\"", key);
    return json_integer_value(v);
}

/* People with ids 1 … n, p1 … pn, all members of the server. */
static inline void
rig_people(struct rig *r, unsigned n)
{
    for (unsigned i = 1; i <= n; i++) {
        json_t *j = rig_good_of(r, 0, LN_OP_USER_IMPORT,
                                "\"accounts\":[{\"name\":\"p%u\"}],\"tokens\":true", i);
        const json_t *u = json_array_get(json_object_get(j, "users"), 0);
        ck_assert_int_eq(num(u, "id"), i);
        snprintf(r->token[i], sizeof r->token[i], "%s",
                 json_string_value(json_object_get(u, "token")));
    }
}

/* A group of user 1 (its owner) and 2 … n. */
static inline ln_chat_id
rig_group(struct rig *r, unsigned n, const char *history)
{
    char members[128] = "";
    for (unsigned i = 2; i <= n; i++) {
        size_t at = strlen(members);
        snprintf(members + at, sizeof members - at, "%s%u", i > 2 ? "," : "", i);
    }
    return (ln_chat_id)num(rig_good_of(r, 1, LN_OP_CHAT_CREATE,
                                       "\"kind\":\"group\",\"title\":\"T\",\"history\":\"%s\","
                                       "\"members\":[%s]",
                                       history, members),
                           "chat");
}

static inline uint32_t
rig_tail_rows(struct rig *r)
{
    return (uint32_t)num(rig_good_of(r, 0, LN_OP_STATUS, "%s", ""), "tail_rows");
}

/* Enough messages that a fold begins: rows of them, not waited for. The last one's number. */
static inline uint32_t
rig_ballast(struct rig *r, ln_user_id user, ln_chat_id chat, unsigned rows)
{
    static unsigned n;
    uint32_t slot = 0;
    for (unsigned i = 0; i < rows; i++) {
        slot = rig_post(r, user, LN_OP_SEND,
                        "\"chat\":%u,\"cid\":\"b%08u\",\"body\":{\"text\":\"ballast\"}", chat, n++);
        if (i % 4096 == 4095) {
            rig_take(r);
        }
    }
    return slot;
}

static inline void
rig_fold_end(struct rig *r)
{
    uint64_t until = ln_mono_ms() + RIG_WAIT_MS;
    while (rig_tail_rows(r) >= LN_STORE_FOLD_ROWS) {
        ck_assert_msg(ln_mono_ms() < until, "the fold does not end");
        usleep(1000);
    }
}

/* Folds all there is, of which chat gets the ballast. */
static inline void
rig_fold(struct rig *r, ln_user_id user, ln_chat_id chat)
{
    rig_wait(r, rig_ballast(r, user, chat, LN_STORE_FOLD_ROWS));
    rig_fold_end(r);
}

static inline void
rig_stop(struct rig *r)
{
    ln_store_stop(r->st);
    rig_take(r);
    ln_store_destroy(&r->st);
}

static inline void
rig_reopen(struct rig *r)
{
    rig_stop(r);
    rig_start(r);
}

static inline void
rig_remove_dir(const char *dir)
{
    char cmd[128];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
    ck_assert_int_eq(system(cmd), 0);
}

static inline void
rig_close(struct rig *r)
{
    rig_stop(r);
    ln_mailbox_deinit(&r->mb);
    for (uint32_t i = 0; i < r->posted; i++) {
        json_decref(r->answers[i].json);
        json_decref(r->answers[i].ahead);
        free(r->answers[i].last);
    }
    free(r->answers);
    free(r->trace);
    free(r->opts.name);
    rig_remove_dir(r->dir);
}

/* The seed of this run: SEED, or the clock; printed. */
static inline unsigned
rig_seed(void)
{
    const char *given = getenv("SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)ln_mono_us();
    printf("SEED=%u\n", seed);
    fflush(stdout);
    return seed;
}

#endif
