/* SPDX-License-Identifier: MIT
 * metrics.c - an array of atomic numbers, one cache line each; a histogram is a row of them.
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

struct histogram_info {
    const char *name;
    const char *help;
};

/* The buckets are not cumulative here; the text adds them up. One thread observes each. */
struct histogram {
    alignas(64) _Atomic uint64_t buckets[LN_HISTOGRAM_BUCKETS];
    _Atomic uint64_t sum_us;
};

static struct histogram histograms[LN_H_COUNT];
static const uint32_t bounds[] = LN_HISTOGRAM_BOUNDS_US;
_Static_assert(sizeof bounds / sizeof bounds[0] == LN_HISTOGRAM_BUCKETS - 1, "one bucket more");

static const struct histogram_info histogram_infos[LN_H_COUNT] = {
#define HISTOGRAM_INFO(id, name, help) [LN_H_##id] = {name, help},
    LN_HISTOGRAMS(HISTOGRAM_INFO)
#undef HISTOGRAM_INFO
};

void
ln_metric_observe_us(enum ln_histogram h, uint64_t us)
{
    unsigned i = 0;
    LN_ASSERT((unsigned)h < LN_H_COUNT);
    while (i < LN_HISTOGRAM_BUCKETS - 1 && us > bounds[i]) {
        i++;
    }
    atomic_fetch_add_explicit(&histograms[h].buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histograms[h].sum_us, us, memory_order_relaxed);
}

uint64_t
ln_histogram_within(enum ln_histogram h, uint64_t bound_us)
{
    uint64_t n = 0;
    LN_ASSERT((unsigned)h < LN_H_COUNT);
    for (unsigned i = 0; i < LN_HISTOGRAM_BUCKETS; i++) {
        if (i == LN_HISTOGRAM_BUCKETS - 1 ? bound_us == UINT64_MAX : bounds[i] <= bound_us) {
            n += atomic_load_explicit(&histograms[h].buckets[i], memory_order_relaxed);
        }
    }
    return n;
}

uint64_t
ln_histogram_count(enum ln_histogram h)
{
    return ln_histogram_within(h, UINT64_MAX);
}

static void
histogram_text(struct ln_buf *out, enum ln_histogram h)
{
    const struct histogram_info *info = &histogram_infos[h];
    uint64_t sum_us = atomic_load_explicit(&histograms[h].sum_us, memory_order_relaxed), n = 0;
    ln_buf_addf(out, "# HELP %s %s\n# TYPE %s histogram\n", info->name, info->help, info->name);
    for (unsigned i = 0; i < LN_HISTOGRAM_BUCKETS; i++) {
        n += atomic_load_explicit(&histograms[h].buckets[i], memory_order_relaxed);
        if (i < LN_HISTOGRAM_BUCKETS - 1) {
            ln_buf_addf(out, "%s_bucket{le=\"%g\"} %llu\n", info->name, bounds[i] / 1e6,
                        (unsigned long long)n);
        }
    }
    ln_buf_addf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %llu.%06llu\n%s_count %llu\n", info->name,
                (unsigned long long)n, info->name, (unsigned long long)sum_us / 1000000,
                (unsigned long long)sum_us % 1000000, info->name, (unsigned long long)n);
}

void
ln_metrics_text(struct ln_buf *out)
{
    for (unsigned h = 0; h < LN_H_COUNT; h++) {
        histogram_text(out, (enum ln_histogram)h);
    }
    for (unsigned m = 0; m < LN_M_COUNT; m++) {
        ln_buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s ", infos[m].name, infos[m].help,
                    infos[m].name, infos[m].type, infos[m].name);
        ln_buf_addi(out, ln_metric_get((enum ln_metric)m));
        ln_buf_addc(out, '\n');
    }
}
