/* SPDX-License-Identifier: MIT
 * secret.c - see secret.h. Parameters of a stored hash are read from it, so they may be raised
 * later.
 */
#include "linnet/rt/secret.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>

#include "linnet/base/assert.h"
#include "linnet/base/hex.h"

#define SCRYPT_LOG_N 16
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SALT_BYTES 16
#define KEY_BYTES 32
#define SALT_CHARS 22
#define KEY_CHARS 43

void
ln_random(void *p, size_t n)
{
    if (RAND_bytes(p, (int)n) != 1) {
        ln_die(1, "the system has no random numbers to give");
    }
}

/* Fetched once: EVP_sha256() looks the provider's up again, under a lock, at each digest. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void
fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    LN_ASSERT(sha256);
}

void
ln_sha256(uint8_t out[LN_DIGEST_BYTES], const void *p, size_t n)
{
    unsigned len = 0;
    LN_ASSERT(pthread_once(&sha256_once, fetch_sha256) == 0);
    LN_ASSERT(EVP_Digest(p, n, out, &len, sha256, NULL) == 1 && len == LN_DIGEST_BYTES);
}

void
ln_secret_new(char text[LN_SECRET_CHARS + 1], uint8_t digest[LN_DIGEST_BYTES])
{
    uint8_t bytes[32];
    ln_random(bytes, sizeof bytes);
    ln_b64url(text, bytes, sizeof bytes);
    ln_sha256(digest, text, LN_SECRET_CHARS);
    OPENSSL_cleanse(bytes, sizeof bytes);
}

enum ln_err
ln_secret_digest(struct ln_str text, uint8_t digest[LN_DIGEST_BYTES])
{
    uint8_t bytes[32];
    if (text.n != LN_SECRET_CHARS || !ln_b64url_decode(bytes, sizeof bytes, text.p, text.n)) {
        return LN_EAUTH;
    }
    ln_sha256(digest, text.p, text.n);
    return LN_OK;
}

void
ln_token_print(char out[LN_TOKEN_MAX + 1], ln_user_id user, const char *secret)
{
    snprintf(out, LN_TOKEN_MAX + 1, "%u.%s", user, secret);
}

enum ln_err
ln_token_parse(struct ln_str token, ln_user_id *user, uint8_t digest[LN_DIGEST_BYTES])
{
    unsigned long long id;
    const char *dot = token.n ? memchr(token.p, '.', token.n) : NULL;
    if (!dot) {
        return LN_EAUTH;
    }
    struct ln_str number = {token.p, (size_t)(dot - token.p)};
    if (!ln_str_u64(number, LN_ID_MAX, &id) || id == 0) {
        return LN_EAUTH;
    }
    *user = (ln_user_id)id;
    return ln_secret_digest((struct ln_str){dot + 1, token.n - number.n - 1}, digest);
}

static enum ln_err
derive(struct ln_str password, const uint8_t *salt, unsigned log_n, unsigned r, unsigned p,
       uint8_t key[KEY_BYTES])
{
    uint64_t n64 = 1ull << log_n, max = 256ull << 20;
    uint32_t r32 = r, p32 = p;
    enum ln_err err = LN_EIO;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    char *pw = (char *)(uintptr_t)password.p; /* OSSL_PARAM is not const-correct */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, pw, password.n),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, SALT_BYTES),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n64),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r32),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p32),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &max),
        OSSL_PARAM_construct_end(),
    };
    if (ctx && EVP_KDF_derive(ctx, key, KEY_BYTES, params) == 1) {
        err = LN_OK;
    }
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return err;
}

enum ln_err
ln_password_hash(struct ln_str password, char out[LN_PW_HASH_MAX])
{
    uint8_t salt[SALT_BYTES], key[KEY_BYTES];
    char salt_text[SALT_CHARS + 1], key_text[KEY_CHARS + 1];
    ln_random(salt, sizeof salt);
    enum ln_err err = derive(password, salt, SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P, key);
    if (err) {
        return err;
    }
    ln_b64url(salt_text, salt, sizeof salt);
    ln_b64url(key_text, key, sizeof key);
    snprintf(out, LN_PW_HASH_MAX, "scrypt$%d$%d$%d$%s$%s", SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P,
             salt_text, key_text);
    OPENSSL_cleanse(key, sizeof key);
    return LN_OK;
}

bool
ln_password_matches(struct ln_str password, struct ln_str stored)
{
    unsigned log_n = SCRYPT_LOG_N, r = SCRYPT_R, p = SCRYPT_P;
    char text[LN_PW_HASH_MAX] = "", salt_text[SALT_CHARS + 1] = "", key_text[KEY_CHARS + 1] = "";
    uint8_t salt[SALT_BYTES] = {0}, want[KEY_BYTES] = {0}, key[KEY_BYTES];
    if (stored.n < sizeof text) {
        snprintf(text, sizeof text, "%.*s", (int)stored.n, stored.n ? stored.p : "");
    }
    bool known =
        sscanf(text, "scrypt$%2u$%2u$%2u$%22[^$]$%43s", &log_n, &r, &p, salt_text, key_text) == 5 &&
        ln_b64url_decode(salt, sizeof salt, salt_text, strlen(salt_text)) &&
        ln_b64url_decode(want, sizeof want, key_text, strlen(key_text));
    /* an unknown user costs the same as a wrong password */
    if (derive(password, salt, known ? log_n : SCRYPT_LOG_N, known ? r : SCRYPT_R,
               known ? p : SCRYPT_P, key)) {
        return false;
    }
    bool same = CRYPTO_memcmp(key, want, sizeof key) == 0;
    OPENSSL_cleanse(key, sizeof key);
    return known && same;
}
