/* SPDX-License-Identifier: MIT
 * fault.c - what a binary built with FAULTS=1 (the Makefile then defines LN_FAULTS) can be told to
 * do wrong, for tests. Elsewhere all of it answers "no".
 *
 * LINNET_FAULT="RULE,…": a RULE is STEP:N (the Nth pass of that step fails), STEP:N+ (every one
 * from then on), STEP%P (P in 100 passes, by SEED); with "!" behind it the process is killed there
 * instead. LINNET_FAULT_FILE names a file: passes are counted, and fail, only while it is there, so
 * that a test chooses the moment.
 *
 * Steps that fail, or kill:
 * - statement; commit: before it; open: of a recovery; checkpoint
 * - fold, and by stage fold_rows, fold_cids, fold_finish, fold_trim: a slice's begin, and its
 *   work's end before the commit
 *
 * Steps that only kill:
 * - committed; published: the batch is with the shards; checkpointed
 * - recover, load: before and after, at a start or a recovery
 * - copy: before a migration's copy, after it, after its sync; migrate: before and after
 *
 * LINNET_MUTANT=NAME is a server with that mistake in it, which the tests must find.
 * LINNET_TUNE_NAME=N is another value of a threshold, so that little work makes folds.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linnet/base/mem.h"
#include "store_priv.h"

#ifdef LN_FAULTS
#define FAULTS_MAX 8

struct fault {
    char step[16];
    long left; /* passes until it fails; 0 = never again */
    long percent;
    bool is_open_end;
    bool kills;
};

static struct fault faults[FAULTS_MAX];
static unsigned count;
static uint32_t random_state;

static void
read_faults(const char *spec)
{
    const char *seed = getenv("SEED");
    random_state = seed ? (uint32_t)strtoul(seed, NULL, 10) * 2654435761u + 1u : 1u;
    while (spec && *spec && count < FAULTS_MAX) {
        struct fault *f = &faults[count];
        char how = 0;
        long value = 0;
        int n = 0;
        if (sscanf(spec, "%15[a-z_]%c%ld%n", f->step, &how, &value, &n) != 3) {
            return;
        }
        *(how == '%' ? &f->percent : &f->left) = value;
        f->is_open_end = spec[n] == '+';
        f->kills = spec[n + f->is_open_end] == '!';
        count++;
        spec = strchr(spec, ',');
        spec = spec ? spec + 1 : NULL;
    }
}

static bool
is_hit(struct fault *f)
{
    if (f->percent) {
        random_state = random_state * 1664525u + 1013904223u;
        return (long)((random_state >> 8) % 100) < f->percent;
    }
    if (f->left == 0) {
        return false;
    }
    if (f->left > 1) {
        f->left--;
        return false;
    }
    f->left = f->is_open_end ? 1 : 0;
    return true;
}

bool
st_fault(const char *step)
{
    static bool is_read;
    const char *file = getenv("LINNET_FAULT_FILE");
    bool fails = false;
    if (!is_read) {
        is_read = true;
        read_faults(getenv("LINNET_FAULT"));
    }
    if (count == 0 || (file && access(file, F_OK) != 0)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        struct fault *f = &faults[i];
        if (strcmp(step, f->step) == 0 && is_hit(f)) {
            if (f->kills) {
                kill(getpid(), SIGKILL);
            }
            fails = true;
        }
    }
    return fails;
}

bool
st_mutant(const char *name)
{
    const char *chosen = getenv("LINNET_MUTANT");
    return chosen && strcmp(chosen, name) == 0;
}

/* The batch's acknowledgements, or what is not, in a batch of their own; they leave b. */
static struct ln_batch *
split_batch(struct ln_batch *b, bool acks)
{
    struct ln_batch *part = ln_batch_create();
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        struct ln_record *r = &b->records[i];
        if ((r->type == LN_REC_ACK) != acks) {
            b->records[n++] = *r;
            continue;
        }
        struct ln_record *copy = ln_batch_add(part, (enum ln_record_type)r->type);
        *copy = *r;
        copy->json = ln_arena_str(&part->arena, r->json);
    }
    b->count = n;
    return part;
}

struct ln_batch *
st_mutant_early(struct ln_batch *b)
{
    if (st_mutant("ack_early") || st_mutant("publish_early")) {
        return split_batch(b, st_mutant("ack_early"));
    }
    return NULL;
}

uint32_t
st_tuned(const char *name, uint32_t normal)
{
    char variable[64];
    snprintf(variable, sizeof variable, "LINNET_TUNE_%s", name);
    const char *text = getenv(variable);
    return text ? (uint32_t)strtoul(text, NULL, 10) : normal;
}
#else
bool
st_fault(const char *step)
{
    (void)step;
    return false;
}

bool
st_mutant(const char *name)
{
    (void)name;
    return false;
}

struct ln_batch *
st_mutant_early(struct ln_batch *b)
{
    (void)b;
    return NULL;
}

uint32_t
st_tuned(const char *name, uint32_t normal)
{
    (void)name;
    return normal;
}
#endif
