/* SPDX-License-Identifier: MIT
 * hash.h - hashes for tables and for the home of a user. None of them is cryptographic.
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_HASH_H
#define LINNET_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t ln_hash_mix(uint64_t x); /* a bijection with avalanche */
uint64_t ln_hash_bytes(const void *p,
                       size_t n); /* seeded once per process against collisions by choice */

/* Jump consistent hash (Lamping and Veach 2014): 0 … buckets-1; buckets >= 1. */
uint32_t ln_jump_hash(uint64_t key, uint32_t buckets);

#endif
