/* SPDX-License-Identifier: MIT
 * metrics.h - counters, gauges and histograms of time, relaxed atomics; count per batch, not per
 * message, on hot paths.
 *
 * Thread:  any.
 */
#ifndef LINNET_RT_METRICS_H
#define LINNET_RT_METRICS_H

#include <stdint.h>

#include "linnet/base/buf.h"

/* clang-format off */
/*  id                 name                                        type       help */
#define LN_METRICS(X) \
    X(CONNECTIONS,     "linnet_connections",                       "gauge",   "open client connections") \
    X(SESSIONS,        "linnet_sessions",                          "gauge",   "signed-in WebSocket sessions") \
    X(ACCEPTED,        "linnet_accepted_total",                    "counter", "connections accepted") \
    X(HTTP_REQUESTS,   "linnet_http_requests_total",               "counter", "HTTP requests") \
    X(EVENTS,          "linnet_events_total",                      "counter", "events committed") \
    X(COMMIT_FAILURES, "linnet_commit_failures_total",             "counter", "commits that failed") \
    X(FOLDED,          "linnet_folded_rows_total",                 "counter", "rows folded from the log into history") \
    X(DELIVERIES,      "linnet_deliveries_total",                  "counter", "event frames queued to sessions") \
    X(RESYNCS,         "linnet_resyncs_total",                     "counter", "slow sessions told to resync") \
    X(REFUSED,         "linnet_refused_total",                     "counter", "requests answered with an error") \
    X(PROTOCOL_ERRORS, "linnet_protocol_errors_total",             "counter", "connections closed for a malformed stream") \
    X(SLOW_TURNS,      "linnet_slow_turns_total",                  "counter", "shard turns longer than 5 ms") \
    X(LOGIN_FAILURES,  "linnet_login_failures_total",              "counter", "failed sign-ins")

/* How long the writer was held, each time; while it is, nothing is acknowledged. */
/*  id                 name                                        help */
#define LN_HISTOGRAMS(X) \
    X(COMMIT,          "linnet_commit_seconds",                    "group commits, fsync included") \
    X(FOLD,            "linnet_fold_seconds",                      "slices of folding the log into history, commit included") \
    X(CHECKPOINT,      "linnet_checkpoint_seconds",                "WAL checkpoints, the wait for readers included")
/* clang-format on */

enum ln_metric {
#define LN_METRIC_ENUM(id, name, type, help) LN_M_##id,
    LN_METRICS(LN_METRIC_ENUM)
#undef LN_METRIC_ENUM
        LN_M_COUNT
};

enum ln_histogram {
#define LN_HISTOGRAM_ENUM(id, name, help) LN_H_##id,
    LN_HISTOGRAMS(LN_HISTOGRAM_ENUM)
#undef LN_HISTOGRAM_ENUM
        LN_H_COUNT
};

/* Upper bounds of the buckets in microseconds; one more bucket holds what is longer. */
#define LN_HISTOGRAM_BOUNDS_US                                                                     \
    {                                                                                              \
        200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 5000000  \
    }
#define LN_HISTOGRAM_BUCKETS 14

void ln_metric_add(enum ln_metric m, int64_t delta);
int64_t ln_metric_get(enum ln_metric m);
void ln_metric_observe_us(enum ln_histogram h, uint64_t us);
/* How many were observed; and of them those of at most bound_us, which is one of the bounds. */
uint64_t ln_histogram_count(enum ln_histogram h);
uint64_t ln_histogram_within(enum ln_histogram h, uint64_t bound_us);
void ln_metrics_text(struct ln_buf *out); /* Prometheus text format 0.0.4 */

#endif
