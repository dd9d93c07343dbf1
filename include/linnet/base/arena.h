/* SPDX-License-Identifier: MIT
 * arena.h - allocations that die together: one turn's, or one reply's.
 *
 * Thread:  its owner's; may be handed to another thread whole.
 */
#ifndef LINNET_BASE_ARENA_H
#define LINNET_BASE_ARENA_H

#include <stddef.h>

#include "linnet/base/str.h"

struct ln_arena_chunk;

struct ln_arena {
    struct ln_arena_chunk *head; /* newest chunk first */
    size_t chunk_bytes;          /* size of an ordinary chunk; larger requests get their own */
};

void ln_arena_init(struct ln_arena *a, size_t chunk_bytes); /* allocates nothing yet */
void ln_arena_deinit(struct ln_arena *a);
void ln_arena_reset(struct ln_arena *a);            /* keeps at most one ordinary chunk */
void *ln_arena_alloc(struct ln_arena *a, size_t n); /* aligned for any type; never NULL */
void *ln_arena_zalloc(struct ln_arena *a, size_t n);
char *ln_arena_strdup(struct ln_arena *a, struct ln_str s);      /* NUL-terminated copy */
struct ln_str ln_arena_str(struct ln_arena *a, struct ln_str s); /* copy */

#endif
