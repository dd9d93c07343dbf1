/* SPDX-License-Identifier: MIT
 * stress_mailbox.c - four producers against one owner, meant to run under ThreadSanitizer.
 *
 * Each producer posts a numbered sequence, mixing requests (which may be refused, and are then
 * dropped and counted) with completions. The owner takes random numbers of messages, looks and
 * sleeps as a loop does, and checks that each producer's numbers only rise, that each message's
 * content is what was posted, and that in the end posted + refused = all.
 * Three rounds: a small limit (refusals), an ordinary one, and one that is never reached (long
 * lists).
 *
 * SEED=… repeats a run (as far as the scheduler allows); MESSAGES=… a producer.
 */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "linnet/base/hash.h"
#include "linnet/base/mem.h"
#include "linnet/rt/mailbox.h"
#include "linnet/rt/thread.h"

enum { PRODUCERS = 4, MSG_NUMBER = 1, MSG_END = 2 };

struct numbered {
    struct ln_msg msg; /* first, so that the pointers are the same */
    uint32_t producer;
    uint64_t number;
    uint64_t check; /* of the two above */
};

struct producer {
    struct ln_thread thread;
    struct ln_mailbox *mailbox;
    uint32_t index;
    uint64_t count;
    uint64_t random;
    uint64_t refused; /* the producer's until it is joined */
};

struct tally {
    uint64_t last[PRODUCERS]; /* the highest number seen, 0 = none */
    uint64_t received[PRODUCERS];
    unsigned ended;
};

static uint64_t
next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    return ln_hash_mix(*state);
}

static uint64_t
read_env(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static struct numbered *
make_message(const struct producer *p, uint32_t type, uint64_t number)
{
    struct numbered *m = ln_alloc(sizeof *m);
    m->msg = (struct ln_msg){.type = type};
    m->producer = p->index;
    m->number = number;
    m->check = ln_hash_mix(number << 8 | p->index);
    return m;
}

static void
produce(void *arg)
{
    struct producer *p = arg;
    for (uint64_t number = 1; number <= p->count; number++) {
        struct numbered *m = make_message(p, MSG_NUMBER, number);
        uint64_t r = next_random(&p->random);
        if (r % 4 == 0) {
            ln_mailbox_post_sure(p->mailbox, &m->msg);
        } else if (ln_mailbox_post(p->mailbox, &m->msg) != LN_OK) {
            p->refused++;
            free(m); /* refused, so still ours */
        }
        if (r % 64 == 1)
            sched_yield();
    }
    ln_mailbox_post_sure(p->mailbox, &make_message(p, MSG_END, p->count + 1)->msg);
}

static void
receive(struct tally *t, struct ln_msg *msg)
{
    struct numbered *m = (struct numbered *)msg;
    LN_ASSERT(m->producer < PRODUCERS);
    LN_ASSERT(m->check == ln_hash_mix(m->number << 8 | m->producer));
    LN_ASSERT(m->number > t->last[m->producer]); /* FIFO per producer */
    t->last[m->producer] = m->number;
    if (msg->type == MSG_END)
        t->ended++;
    else
        t->received[m->producer]++;
    free(m);
}

static void
consume(struct ln_mailbox *mb, struct tally *t, uint64_t random)
{
    while (t->ended < PRODUCERS) {
        /* A lost wake-up would sleep for ever: the end message would never be seen. */
        if (!ln_mailbox_is_pending(mb))
            LN_ASSERT(ln_mailbox_wait(mb, 60000));
        struct ln_msg *msg;
        for (uint64_t left = next_random(&random) % 100 + 1; left > 0; left--) {
            if (!(msg = ln_mailbox_next(mb)))
                break;
            receive(t, msg);
        }
        if (next_random(&random) % 16 == 0)
            ln_mailbox_silence(mb);
    }
    LN_ASSERT(!ln_mailbox_next(mb));
    LN_ASSERT(ln_mailbox_depth(mb) == 0);
}

static void
run_round(size_t limit, uint64_t count, uint64_t seed)
{
    static struct producer producers[PRODUCERS];
    struct ln_mailbox mb;
    struct tally t = {.ended = 0};
    ln_mailbox_init(&mb, limit);
    for (uint32_t i = 0; i < PRODUCERS; i++) {
        struct producer *p = &producers[i];
        *p = (struct producer){.mailbox = &mb, .index = i, .count = count};
        p->random = ln_hash_mix(seed + i + 1);
        ln_thread_start(&p->thread, "producer", produce, p);
    }
    consume(&mb, &t, seed);
    uint64_t received = 0;
    uint64_t refused = 0;
    for (uint32_t i = 0; i < PRODUCERS; i++) {
        ln_thread_join(&producers[i].thread);
        LN_ASSERT(t.received[i] + producers[i].refused == count);
        received += t.received[i];
        refused += producers[i].refused;
    }
    ln_mailbox_deinit(&mb);
    printf("limit %zu: %" PRIu64 " received in order, %" PRIu64 " refused\n", limit, received,
           refused);
}

int
main(void)
{
    uint64_t seed = read_env("SEED", (uint64_t)time(NULL));
    uint64_t count = read_env("MESSAGES", 100000);
    printf("SEED=%" PRIu64 "\n", seed);
    fflush(stdout);
    run_round(8, count, seed);
    run_round(4096, count, seed + 1);
    run_round((size_t)PRODUCERS * count + 1, count, seed + 2); /* so large that none is refused */
    puts("3 passed, 0 failed");
    return 0;
}
