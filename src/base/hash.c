/* SPDX-License-Identifier: MIT
 * hash.c - an integer mixer, a seeded hash of bytes, jump consistent hash.
 *
 * ln_hash_bytes() folds 128-bit products of the input and two secrets drawn at start, so that a
 * peer who chooses names cannot choose collisions. Its values differ from run to run: never store
 * one. ln_hash_mix() and ln_jump_hash() are fixed.
 */
#include "linnet/base/hash.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "linnet/base/assert.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t secrets[2];
static pthread_once_t secrets_once = PTHREAD_ONCE_INIT;

static void
draw_secrets(void)
{
    ssize_t n;
    do {
        n = getrandom(secrets, sizeof secrets, 0);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof secrets)
        ln_die(1, "no random numbers: %s", strerror(errno));
    secrets[0] |= 1; /* odd, so that a factor is never 0 by itself */
    secrets[1] |= 1;
}

/* A bijection: each step (multiply by an odd number, xor with an own shift) can be undone. The
 * constants are David Stafford's "Mix13". */
uint64_t
ln_hash_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t
fold_product(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
ln_hash_bytes(const void *p, size_t n)
{
    pthread_once(&secrets_once, draw_secrets);
    const unsigned char *at = p;
    uint64_t h = secrets[0] ^ (uint64_t)n;
    uint64_t word;
    for (; n >= sizeof word; n -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        h = fold_product(h ^ word, secrets[1]) + secrets[0];
    }
    if (n > 0) {
        word = 0;
        memcpy(&word, at, n);
        h = fold_product(h ^ word, secrets[1]) + secrets[0];
    }
    return ln_hash_mix(h);
}

/* The published algorithm: bucket b is left for the next j with probability (b+1)/j, drawn from a
 * linear congruential sequence that starts at key. */
uint32_t
ln_jump_hash(uint64_t key, uint32_t buckets)
{
    LN_ASSERT(buckets >= 1);
    uint64_t b = 0;
    uint64_t j = 0;
    while (j < buckets) {
        b = j;
        key = key * 2862933555777941757u + 1;
        j = (uint64_t)((double)(b + 1) * (2147483648.0 / (double)((key >> 33) + 1)));
    }
    return (uint32_t)b;
}
