/* SPDX-License-Identifier: MIT
 * tls.h - the server's certificate: TLS 1.2 and 1.3, AEAD suites, SSL_MODE_RELEASE_BUFFERS.
 *
 * Thread:  load and reload on main; use anywhere. A reload swaps the context for new connections.
 */
#ifndef LINNET_NET_TLS_H
#define LINNET_NET_TLS_H

#include <stddef.h>

#include "linnet/base/err.h"

struct ln_tls; /* opaque: src/net/tls.c */
struct ssl_st;

/* NULL, and a sentence in why, where the PEM files cannot be read or do not match. */
struct ln_tls *ln_tls_create(const char *cert_path, const char *key_path, char *why, size_t why_n);
void ln_tls_destroy(struct ln_tls **tls);
/* Reads the files again; the old certificate stays in use where that fails. */
LN_MUST_CHECK enum ln_err ln_tls_reload(struct ln_tls *tls, char *why, size_t why_n);
struct ssl_st *ln_tls_accept(struct ln_tls *tls, int fd); /* for conn.c */

#endif
