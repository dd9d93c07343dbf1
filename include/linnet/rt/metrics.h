/* SPDX-License-Identifier: MIT
 * metrics.h - counters and gauges, relaxed atomics; count per batch, not per message, on hot paths.
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
    X(COMMITS,         "linnet_commits_total",                     "counter", "group commits") \
    X(COMMIT_US,       "linnet_commit_microseconds_total",         "counter", "time spent in commits, fsync included") \
    X(COMMIT_FAILURES, "linnet_commit_failures_total",             "counter", "commits that failed") \
    X(CHECKPOINTS,     "linnet_checkpoints_total",                 "counter", "WAL checkpoints") \
    X(FOLDED,          "linnet_folded_rows_total",                 "counter", "rows folded from the log into history") \
    X(DELIVERIES,      "linnet_deliveries_total",                  "counter", "event frames queued to sessions") \
    X(RESYNCS,         "linnet_resyncs_total",                     "counter", "slow sessions told to resync") \
    X(REFUSED,         "linnet_refused_total",                     "counter", "requests answered with an error") \
    X(PROTOCOL_ERRORS, "linnet_protocol_errors_total",             "counter", "connections closed for a malformed stream") \
    X(SLOW_TURNS,      "linnet_slow_turns_total",                  "counter", "shard turns longer than 5 ms") \
    X(LOGIN_FAILURES,  "linnet_login_failures_total",              "counter", "failed sign-ins")
/* clang-format on */

enum ln_metric {
#define LN_METRIC_ENUM(id, name, type, help) LN_M_##id,
    LN_METRICS(LN_METRIC_ENUM)
#undef LN_METRIC_ENUM
        LN_M_COUNT
};

void ln_metric_add(enum ln_metric m, int64_t delta);
int64_t ln_metric_get(enum ln_metric m);
void ln_metrics_text(struct ln_buf *out); /* Prometheus text format 0.0.4 */

#endif
