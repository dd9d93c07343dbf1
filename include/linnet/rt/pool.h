/* SPDX-License-Identifier: MIT
 * pool.h - threads for work that blocks or burns (password hashing). Bounded queue.
 *
 * A job's run() executes on a pool thread and itself posts the completion to whoever asked. */
#ifndef LINNET_RT_POOL_H
#define LINNET_RT_POOL_H

#include <stddef.h>

#include "linnet/base/err.h"

struct ln_pool; /* opaque: src/rt/pool.c */

struct ln_job {
    struct ln_job *next;
    void (*run)(struct ln_job *job); /* takes job */
};

struct ln_pool *ln_pool_create(const char *name, unsigned threads, size_t queue_limit);
/* Runs what is queued, joins the threads; from then on ln_pool_post refuses. */
void ln_pool_finish(struct ln_pool *pool);
void ln_pool_destroy(struct ln_pool **pool); /* finishes, frees: nobody may post any more */
/* any thread; LN_EAGAIN, and job stays the caller's, where queue_limit jobs wait. */
LN_MUST_CHECK enum ln_err ln_pool_post(struct ln_pool *pool, struct ln_job *job);

#endif
