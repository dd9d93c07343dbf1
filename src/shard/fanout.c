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
    STAILQ_ENTRY(sh_job) link;
    struct ln_frame *frame; /* one reference */
    ln_seq seq;
    ln_user_id after; /* served up to this user */
};

struct sh_job_chat {
    STAILQ_ENTRY(sh_job_chat) link;
    ln_chat_id chat;
    STAILQ_HEAD(sh_job_list, sh_job) jobs;
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
        STAILQ_INIT(&jc->jobs);
        STAILQ_INSERT_TAIL(&sh->fanout, jc, link);
        c->jobs = jc;
        sh->fanout_chats++;
    }
    struct sh_job *job = ln_zalloc(sizeof *job);
    job->frame = f;
    job->seq = seq;
    job->after = after;
    STAILQ_INSERT_TAIL(&jc->jobs, job, link);
    ln_loop_again(sh->loop);
}

/* The oldest job goes. */
static void
drop_job(struct sh_job_chat *jc)
{
    struct sh_job *job = STAILQ_FIRST(&jc->jobs);
    STAILQ_REMOVE_HEAD(&jc->jobs, link);
    ln_frame_unref(job->frame);
    free(job);
}

/* The first chat's turn: its jobs in order, within one budget; then it goes to the end, or away. */
static void
chat_turn(struct ln_shard *sh)
{
    struct sh_job_chat *jc = STAILQ_FIRST(&sh->fanout);
    struct ln_rchat *c = ln_roster_chat(&sh->roster, jc->chat);
    uint32_t budget = SH_FANOUT;
    STAILQ_REMOVE_HEAD(&sh->fanout, link);
    while (!STAILQ_EMPTY(&jc->jobs)) {
        struct sh_job *job = STAILQ_FIRST(&jc->jobs);
        if (c && !serve(c, job->frame, job->seq, &job->after, &budget)) {
            STAILQ_INSERT_TAIL(&sh->fanout, jc, link);
            return;
        }
        drop_job(jc);
    }
    if (c) {
        c->jobs = NULL;
        ln_roster_forget(&sh->roster, c);
    }
    sh->fanout_chats--;
    free(jc);
}

bool
sh_fanout_turn(struct ln_shard *sh)
{
    for (uint32_t n = sh->fanout_chats; n > 0; n--) {
        chat_turn(sh);
    }
    return sh->fanout_chats > 0;
}

void
sh_fanout_free(struct ln_shard *sh)
{
    while (!STAILQ_EMPTY(&sh->fanout)) {
        struct sh_job_chat *jc = STAILQ_FIRST(&sh->fanout);
        STAILQ_REMOVE_HEAD(&sh->fanout, link);
        while (!STAILQ_EMPTY(&jc->jobs)) {
            drop_job(jc);
        }
        free(jc);
    }
}
