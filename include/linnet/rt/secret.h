/* SPDX-License-Identifier: MIT
 * secret.h - random secrets, their digests, and password hashes, all by OpenSSL's libcrypto.
 *
 * Thread:  any; ln_password_* burn 64 MiB and about 0.2 s, so they run on the pool only.
 * A secret is 256 random bits, written as 43 base64url characters; only its SHA-256 is kept. A
 * token is the user's number, a dot and a secret: the number says which shard is home, the rest is
 * proof.
 */
#ifndef LINNET_RT_SECRET_H
#define LINNET_RT_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"
#include "linnet/base/id.h"
#include "linnet/base/str.h"

#define LN_SECRET_CHARS 43
#define LN_DIGEST_BYTES 32
#define LN_TOKEN_MAX (10 + 1 + LN_SECRET_CHARS)

void ln_random(void *p, size_t n); /* dies where the system has no randomness */
void ln_sha256(uint8_t out[LN_DIGEST_BYTES], const void *p, size_t n);
void ln_secret_new(char text[LN_SECRET_CHARS + 1], uint8_t digest[LN_DIGEST_BYTES]);
/* LN_EAUTH where text has not the form of a secret. */
LN_MUST_CHECK enum ln_err ln_secret_digest(struct ln_str text, uint8_t digest[LN_DIGEST_BYTES]);
void ln_token_print(char out[LN_TOKEN_MAX + 1], ln_user_id user, const char *secret);
LN_MUST_CHECK enum ln_err ln_token_parse(struct ln_str token, ln_user_id *user,
                                         uint8_t digest[LN_DIGEST_BYTES]);

#define LN_PW_HASH_MAX 160
/* scrypt, N=2^16 r=8 p=1: "scrypt$16$8$1$salt$key". */
LN_MUST_CHECK enum ln_err ln_password_hash(struct ln_str password, char out[LN_PW_HASH_MAX]);
/* stored empty: compares with nothing in the same time and answers false. */
bool ln_password_matches(struct ln_str password, struct ln_str stored);

#endif
