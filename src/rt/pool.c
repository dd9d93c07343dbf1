/* SPDX-License-Identifier: MIT
 * pool.c - a bounded queue in front of a few threads.
 *
 * Several takers share one queue, which a mailbox (one owner) cannot serve; so here is a mutex,
 * held only for a few pointer moves and never while a job runs.
 */
#include "linnet/rt/pool.h"

#include <stdio.h>
#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"
#include "linnet/rt/thread.h"

struct ln_pool {
    pthread_mutex_t lock; /* guards what follows, but for threads */
    pthread_cond_t work;  /* a job waits, or the end has come */
    struct ln_job *first;
    struct ln_job **last; /* where the next job's pointer goes */
    size_t waiting;
    size_t limit;
    bool is_ending;
    unsigned thread_count;
    struct ln_thread threads[];
};

/* The oldest job; waits for one. NULL: the queue is empty and the pool ends. */
static struct ln_job *
take_job(struct ln_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->is_ending)
        pthread_cond_wait(&pool->work, &pool->lock);
    struct ln_job *job = pool->first;
    if (job) {
        pool->first = job->next;
        if (!pool->first)
            pool->last = &pool->first;
        pool->waiting--;
        job->next = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    return job;
}

static void
run_jobs(void *arg)
{
    struct ln_job *job;
    while ((job = take_job(arg)))
        job->run(job);
}

struct ln_pool *
ln_pool_create(const char *name, unsigned threads, size_t queue_limit)
{
    LN_ASSERT(threads > 0 && queue_limit > 0);
    struct ln_pool *pool = ln_zalloc(sizeof *pool + threads * sizeof pool->threads[0]);
    LN_ASSERT(pthread_mutex_init(&pool->lock, NULL) == 0);
    LN_ASSERT(pthread_cond_init(&pool->work, NULL) == 0);
    pool->last = &pool->first;
    pool->limit = queue_limit;
    pool->thread_count = threads;
    for (unsigned i = 0; i < threads; i++) {
        char thread_name[32];
        snprintf(thread_name, sizeof thread_name, "%.12s-%u", name, i);
        ln_thread_start(&pool->threads[i], thread_name, run_jobs, pool);
    }
    return pool;
}

void
ln_pool_finish(struct ln_pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->is_ending = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->thread_count; i++)
        ln_thread_join(&p->threads[i]);
    LN_ASSERT(!p->first);
}

void
ln_pool_destroy(struct ln_pool **pool)
{
    struct ln_pool *p = *pool;
    *pool = NULL;
    if (!p)
        return;
    ln_pool_finish(p);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

enum ln_err
ln_pool_post(struct ln_pool *pool, struct ln_job *job)
{
    pthread_mutex_lock(&pool->lock);
    bool is_full = pool->waiting >= pool->limit || pool->is_ending;
    if (!is_full) {
        job->next = NULL;
        *pool->last = job;
        pool->last = &job->next;
        pool->waiting++;
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
    return is_full ? LN_EAGAIN : LN_OK;
}
