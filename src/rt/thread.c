/* SPDX-License-Identifier: MIT
 * thread.c - threads that know who they are.
 *
 * Each started thread keeps a thread-local pointer to its struct; "is it me" compares that pointer
 * and reads nothing another thread writes. Signals are for main alone: they are blocked around
 * pthread_create(), so that the new thread inherits a full mask from its first instruction on.
 */
#include "linnet/rt/thread.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "linnet/base/log.h"

static _Thread_local const struct ln_thread *self;

static void *
enter_thread(void *arg)
{
    struct ln_thread *t = arg;
    self = t;
    pthread_setname_np(pthread_self(), t->name); /* cosmetic: a failure changes nothing */
    ln_log_thread(t->name);
    t->run(t->arg);
    return NULL;
}

void
ln_thread_start(struct ln_thread *t, const char *name, void (*run)(void *), void *arg)
{
    snprintf(t->name, sizeof t->name, "%.15s", name);
    t->run = run;
    t->arg = arg;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&t->id, NULL, enter_thread, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0)
        ln_die(1, "cannot start thread %s: %s", t->name, strerror(rc));
    t->started = true; /* read by the starter only, in ln_thread_join() */
}

void
ln_thread_join(struct ln_thread *t)
{
    if (!t->started)
        return;
    LN_ASSERT(!ln_thread_is_self(t));
    LN_ASSERT(pthread_join(t->id, NULL) == 0);
    t->started = false;
}

bool
ln_thread_is_self(const struct ln_thread *t)
{
    return self == t;
}
