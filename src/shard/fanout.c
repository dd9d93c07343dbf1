/* SPDX-License-Identifier: MIT
 * fanout.c - one frame to all of a chat's members here, at most SH_FANOUT of them a turn.
 *
 * A small chat is served at once. A large one gets a job; a chat's jobs are done in their order,
 * the chats with jobs take turns. A job remembers the user it has come to, not a place in the list,
 * so it survives joins, leaves and closes; who came later than the event has it already
 * (place.head).
 */
#include <stdlib.h>

#include "linnet/base/mem.h"
#include "shard_priv.h"

struct sh_job {
    TAILQ_ENTRY(sh_job) link;
    struct ln_frame *frame; /* one reference */
    ln_seq seq;
    ln_user_id after; /* served up to this user */
};

struct sh_job_chat {
    TAILQ_ENTRY(sh_job_chat) link;
    ln_chat_id chat;
    TAILQ_HEAD(, sh_job) jobs;
};

/* Serves up to budget recipients from after on; true where the end was reached. */
static bool
serve(struct ln_rchat *c, struct ln_frame *f, ln_seq seq, ln_user_id *after, uint32_t *budget)
{
    uint32_t i = ln_roster_after(c, *after), sent = 0;
    for (; i < c->count; i++) {
        struct ln_ruser *u = c->users[i];
        struct sh_session *s;
        if (*budget == 0) {
            break;
        }
        *after = u->id;
        (*budget)--;
        const struct ln_rplace *p = ln_roster_find(u, c->id);
        if (seq <= p->head) {
            continue;
        }
        LIST_FOREACH(s, &u->list, of_user)
        {
            sh_send(s, f, false);
            sent++;
        }
    }
    ln_metric_add(LN_M_DELIVERIES, sent);
    return i == c->count;
}

void
sh_fanout(struct ln_shard *sh, ln_chat_id chat, ln_seq seq, struct ln_frame *f)
{
    struct ln_rchat *c = ln_roster_chat(&sh->roster, chat);
    uint32_t budget = SH_FANOUT;
    ln_user_id after = 0;
    if (!c || (!c->jobs && serve(c, f, seq, &after, &budget))) {
        ln_frame_unref(f);
        return;
    }
    struct sh_job_chat *jc = c->jobs;
    if (!jc) {
        jc = ln_zalloc(sizeof *jc);
        jc->chat = chat;
        TAILQ_INIT(&jc->jobs);
        TAILQ_INSERT_TAIL(&sh->fanout, jc, link);
        c->jobs = jc;
    }
    struct sh_job *job = ln_zalloc(sizeof *job);
    job->frame = f;
    job->seq = seq;
    job->after = after;
    TAILQ_INSERT_TAIL(&jc->jobs, job, link);
    ln_loop_again(sh->loop);
}

static void
free_job(struct sh_job_chat *jc, struct sh_job *job)
{
    TAILQ_REMOVE(&jc->jobs, job, link);
    ln_frame_unref(job->frame);
    free(job);
}

/* One chat's turn: its jobs in order, within one budget. */
static void
chat_turn(struct ln_shard *sh, struct sh_job_chat *jc)
{
    struct ln_rchat *c = ln_roster_chat(&sh->roster, jc->chat);
    uint32_t budget = SH_FANOUT;
    struct sh_job *job;
    while ((job = TAILQ_FIRST(&jc->jobs))) {
        if (c && !serve(c, job->frame, job->seq, &job->after, &budget)) {
            break;
        }
        free_job(jc, job);
    }
    TAILQ_REMOVE(&sh->fanout, jc, link);
    if (job) {
        TAILQ_INSERT_TAIL(&sh->fanout, jc, link);
        return;
    }
    if (c) {
        c->jobs = NULL;
        ln_roster_forget(&sh->roster, c);
    }
    free(jc);
}

bool
sh_fanout_turn(struct ln_shard *sh)
{
    struct sh_job_chat *last = TAILQ_LAST(&sh->fanout, sh_job_chats), *jc;
    while ((jc = TAILQ_FIRST(&sh->fanout))) {
        bool end = jc == last;
        chat_turn(sh, jc);
        if (end) {
            break;
        }
    }
    return !TAILQ_EMPTY(&sh->fanout);
}

void
sh_fanout_free(struct ln_shard *sh)
{
    struct sh_job_chat *jc;
    struct sh_job *job;
    while ((jc = TAILQ_FIRST(&sh->fanout))) {
        while ((job = TAILQ_FIRST(&jc->jobs))) {
            free_job(jc, job);
        }
        TAILQ_REMOVE(&sh->fanout, jc, link);
        free(jc);
    }
}
