/* SPDX-License-Identifier: MIT
 * arena.c - a list of chunks, carved from the front.
 *
 * Ordinary requests come out of the newest chunk. A request that would waste most of a chunk gets
 * one of its own, put behind the newest, so that the room left in that one is not lost.
 */
#include "linnet/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

struct ln_arena_chunk {
    struct ln_arena_chunk *next;
    size_t cap;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

static size_t
round_up(size_t n)
{
    size_t align = alignof(max_align_t);
    LN_ASSERT(n <= SIZE_MAX - align);
    return (n + align - 1) & ~(align - 1);
}

static struct ln_arena_chunk *
make_chunk(size_t cap)
{
    size_t size;
    LN_ASSERT(!__builtin_add_overflow(sizeof(struct ln_arena_chunk), cap, &size));
    struct ln_arena_chunk *c = ln_alloc(size);
    c->next = NULL;
    c->cap = cap;
    c->used = 0;
    return c;
}

void
ln_arena_init(struct ln_arena *a, size_t chunk_bytes)
{
    LN_ASSERT(chunk_bytes > 0);
    *a = (struct ln_arena){.head = NULL, .chunk_bytes = round_up(chunk_bytes)};
}

void
ln_arena_deinit(struct ln_arena *a)
{
    struct ln_arena_chunk *c = a->head;
    while (c) {
        struct ln_arena_chunk *next = c->next;
        free(c);
        c = next;
    }
    a->head = NULL;
}

void
ln_arena_reset(struct ln_arena *a)
{
    struct ln_arena_chunk *kept = NULL;
    struct ln_arena_chunk *c = a->head;
    while (c) {
        struct ln_arena_chunk *next = c->next;
        if (!kept && c->cap == a->chunk_bytes) {
            kept = c;
            kept->used = 0;
        } else {
            free(c);
        }
        c = next;
    }
    if (kept)
        kept->next = NULL;
    a->head = kept;
}

/* A chunk of its own, behind the newest where there is one. */
static void *
alloc_alone(struct ln_arena *a, size_t n)
{
    struct ln_arena_chunk *c = make_chunk(n);
    c->used = n;
    if (a->head) {
        c->next = a->head->next;
        a->head->next = c;
    } else {
        a->head = c;
    }
    return c->data;
}

void *
ln_arena_alloc(struct ln_arena *a, size_t n)
{
    n = round_up(n ? n : 1);
    struct ln_arena_chunk *c = a->head;
    if (!c || n > c->cap - c->used) {
        if (n > a->chunk_bytes / 2)
            return alloc_alone(a, n);
        c = make_chunk(a->chunk_bytes);
        c->next = a->head;
        a->head = c;
    }
    void *p = c->data + c->used;
    c->used += n;
    return p;
}

void *
ln_arena_zalloc(struct ln_arena *a, size_t n)
{
    void *p = ln_arena_alloc(a, n);
    memset(p, 0, n);
    return p;
}

char *
ln_arena_strdup(struct ln_arena *a, struct ln_str s)
{
    LN_ASSERT(s.n < SIZE_MAX);
    char *copy = ln_arena_alloc(a, s.n + 1);
    if (s.n > 0)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return copy;
}

struct ln_str
ln_arena_str(struct ln_arena *a, struct ln_str s)
{
    return (struct ln_str){ln_arena_strdup(a, s), s.n};
}
