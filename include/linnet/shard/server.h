/* SPDX-License-Identifier: MIT
 * server.h - the whole server as one object: store, readers, pool, shards, listeners.
 *
 * Thread:  main's.
 */
#ifndef LINNET_SHARD_SERVER_H
#define LINNET_SHARD_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"
#include "linnet/base/options.h"

struct ln_server; /* opaque: src/shard/server.c */

struct ln_server_info {
    uint16_t port; /* of the first TCP listener, 0 where none */
    unsigned shards;
    unsigned schema;
    bool needs_setup; /* no owner yet */
};

/* Takes the lock on opts->data_dir (made where missing, mode 0700), opens the store, starts all
 * threads. listen false: no listeners at all, for a command without a running server.
 * NULL and a sentence in why on failure; *exit_code is then 1, 3 (another process has the lock)
 * or 78 (schema newer, data unusable). opts is borrowed for the server's life. */
struct ln_server *ln_server_start(const struct ln_options *opts, bool listen, char *why,
                                  size_t why_n, int *exit_code);
void ln_server_info(struct ln_server *srv, struct ln_server_info *out);
/* One end of a socket pair whose other end is served as the admin socket: HTTP/1.1, POST
 * /api/v1/OP, caller = the operator. The caller closes it. */
int ln_server_admin_fd(struct ln_server *srv);
/* SIGHUP: certificates, log level. Logs what failed. */
void ln_server_reload(struct ln_server *srv, const struct ln_options *fresh);
/* SIGTERM: no new work, commit and answer what was taken, `bye`, close 1001, join all threads,
 * within opts->shutdown_grace_ms. Frees srv. */
void ln_server_stop(struct ln_server **srv);

#endif
