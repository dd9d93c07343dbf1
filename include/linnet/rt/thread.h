/* SPDX-License-Identifier: MIT
 * thread.h - named threads with all signals blocked, and the check that code runs on its own.
 */
#ifndef LINNET_RT_THREAD_H
#define LINNET_RT_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "linnet/base/assert.h"

struct ln_thread {
    pthread_t id;
    bool started;
    char name[16]; /* "ln-shard-0", shown by ps -L and in log lines */
    void (*run)(void *arg);
    void *arg;
};

/* Starts run(arg) on a thread called name; dies where the system refuses. t must outlive it. */
void ln_thread_start(struct ln_thread *t, const char *name, void (*run)(void *), void *arg);
void ln_thread_join(struct ln_thread *t); /* fine where never started */
bool ln_thread_is_self(const struct ln_thread *t);

/* owner has a member `struct ln_thread thread`. */
#define LN_ASSERT_ON(owner) LN_ASSERT(ln_thread_is_self(&(owner)->thread))

#endif
