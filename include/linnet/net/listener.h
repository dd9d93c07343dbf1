/* SPDX-License-Identifier: MIT
 * listener.h - sockets that accept: TCP by SO_REUSEPORT (one a shard) and Unix, plain or TLS.
 *
 * Addresses: "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:443", "unix:/run/linnet/http.sock", any of
 * them with "tls:" in front. Port 0 = the kernel chooses (read it back).
 * On EMFILE or ENFILE accepting pauses for 1 s. A Unix path that a dead server left is replaced.
 */
#ifndef LINNET_NET_LISTENER_H
#define LINNET_NET_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"

struct ln_listener; /* opaque: src/net/listener.c */
struct ln_net;
struct ln_tls;

struct ln_addr {
    bool tls;
    bool is_unix;
    char host[256]; /* or the Unix path */
    uint16_t port;
};

LN_MUST_CHECK enum ln_err ln_addr_parse(const char *text, struct ln_addr *out);
void ln_addr_print(const struct ln_addr *addr, char *out, size_t n);

/* Does another process listen there? SO_REUSEPORT would share the port with it in silence, so ask
 * before the first open. LN_ECONFLICT, and a sentence in why, where so. */
LN_MUST_CHECK enum ln_err ln_listener_probe(const struct ln_addr *addr, char *why, size_t why_n);
/* Binds and listens; any thread at setup. NULL, and a sentence in why, where the system refuses.
 * mode: of a Unix path. */
struct ln_listener *ln_listener_open(const struct ln_addr *addr, unsigned unix_mode, char *why,
                                     size_t why_n);
uint16_t ln_listener_port(const struct ln_listener *l); /* after port 0 */
/* On net's thread: accepted connections go to net's on_accept with user. tls as the address says.
 */
void ln_listener_start(struct ln_listener *l, struct ln_net *net, struct ln_tls *tls, void *user);
void ln_listener_pause(struct ln_listener *l);    /* stops accepting (shutdown) */
void ln_listener_destroy(struct ln_listener **l); /* removes a Unix path it made */

#endif
