/* SPDX-License-Identifier: MIT
 * tls.c - see tls.h.
 *
 * SSL_new() and a reload meet under a mutex: it is taken once an accept, for microseconds, next to
 * a handshake of a millisecond. The old SSL_CTX lives on while connections refer to it.
 */
#include "linnet/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

struct ln_tls {
    pthread_mutex_t lock; /* guards ctx */
    SSL_CTX *ctx;
    char *cert_path;
    char *key_path;
};

/* TLS 1.2: forward secrecy and AEAD only. TLS 1.3 has nothing else. */
#define CIPHERS_12 "ECDHE+AESGCM:ECDHE+CHACHA20"

static void
explain(char *why, size_t why_n, const char *what, const char *path)
{
    unsigned long e = ERR_peek_last_error();
    const char *reason = e ? ERR_reason_error_string(e) : NULL;
    snprintf(why, why_n, "%s %s: %s", what, path, reason ? reason : "cannot be used");
    ERR_clear_error();
}

static int
choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in,
            unsigned in_n, void *arg)
{
    static const unsigned char http11[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&chosen, out_n, http11, sizeof(http11) - 1, in, in_n) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK; /* offered nothing of ours: HTTP/1.1 all the same */
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool
set_up(SSL_CTX *ctx)
{
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets resume without memory */
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ctx, CIPHERS_12) == 1;
}

static SSL_CTX *
load(const char *cert_path, const char *key_path, char *why, size_t why_n)
{
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (!ctx || !set_up(ctx))
        explain(why, why_n, "TLS cannot be set up for", cert_path);
    else if (SSL_CTX_use_certificate_chain_file(ctx, cert_path) != 1)
        explain(why, why_n, "the certificate", cert_path);
    else if (SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1)
        explain(why, why_n, "the private key", key_path);
    else if (SSL_CTX_check_private_key(ctx) != 1)
        explain(why, why_n, "the private key does not fit the certificate", key_path);
    else
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

struct ln_tls *
ln_tls_create(const char *cert_path, const char *key_path, char *why, size_t why_n)
{
    SSL_CTX *ctx = load(cert_path, key_path, why, why_n);
    if (!ctx)
        return NULL;
    struct ln_tls *tls = ln_zalloc(sizeof(*tls));
    LN_ASSERT(pthread_mutex_init(&tls->lock, NULL) == 0);
    tls->ctx = ctx;
    tls->cert_path = ln_strdup(cert_path);
    tls->key_path = ln_strdup(key_path);
    return tls;
}

void
ln_tls_destroy(struct ln_tls **ptls)
{
    struct ln_tls *tls = *ptls;
    *ptls = NULL;
    if (!tls)
        return;
    SSL_CTX_free(tls->ctx);
    pthread_mutex_destroy(&tls->lock);
    free(tls->cert_path);
    free(tls->key_path);
    free(tls);
}

enum ln_err
ln_tls_reload(struct ln_tls *tls, char *why, size_t why_n)
{
    SSL_CTX *fresh = load(tls->cert_path, tls->key_path, why, why_n);
    if (!fresh)
        return LN_EIO;
    pthread_mutex_lock(&tls->lock);
    SSL_CTX *old = tls->ctx;
    tls->ctx = fresh;
    pthread_mutex_unlock(&tls->lock);
    SSL_CTX_free(old);
    return LN_OK;
}

struct ssl_st *
ln_tls_accept(struct ln_tls *tls, int fd)
{
    pthread_mutex_lock(&tls->lock);
    SSL *ssl = SSL_new(tls->ctx);
    pthread_mutex_unlock(&tls->lock);
    if (!ssl)
        return NULL;
    if (SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return ssl;
}
