/* SPDX-License-Identifier: MIT
 * metrics.c - an array of atomic numbers, one cache line each.
 *
 * Relaxed throughout: a metric orders nothing, and readers may see one a moment before another.
 */
#include "linnet/rt/metrics.h"

#include <stdalign.h>
#include <stdatomic.h>

#include "linnet/base/assert.h"

/* A line each, so that two threads that count different things do not slow each other. */
struct cell {
    alignas(64) _Atomic int64_t value;
};

struct metric_info {
    const char *name;
    const char *type;
    const char *help;
};

static struct cell cells[LN_M_COUNT];

static const struct metric_info infos[LN_M_COUNT] = {
#define METRIC_INFO(id, name, type, help) [LN_M_##id] = {name, type, help},
    LN_METRICS(METRIC_INFO)
#undef METRIC_INFO
};

void
ln_metric_add(enum ln_metric m, int64_t delta)
{
    LN_ASSERT((unsigned)m < LN_M_COUNT);
    atomic_fetch_add_explicit(&cells[m].value, delta, memory_order_relaxed);
}

int64_t
ln_metric_get(enum ln_metric m)
{
    LN_ASSERT((unsigned)m < LN_M_COUNT);
    return atomic_load_explicit(&cells[m].value, memory_order_relaxed);
}

void
ln_metrics_text(struct ln_buf *out)
{
    for (unsigned m = 0; m < LN_M_COUNT; m++) {
        ln_buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s ", infos[m].name, infos[m].help,
                    infos[m].name, infos[m].type, infos[m].name);
        ln_buf_addi(out, ln_metric_get((enum ln_metric)m));
        ln_buf_addc(out, '\n');
    }
}
