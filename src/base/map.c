/* SPDX-License-Identifier: MIT
 * map.c - open addressing, linear probing, deletion by shifting back.
 *
 * There are no tombstones: a deletion moves the followers of its run up, so that a look-up may
 * always stop at the first free slot and a table never decays. At most 3 of 4 slots are full.
 */
#include "linnet/base/map.h"

#include <stdlib.h>

#include "linnet/base/assert.h"
#include "linnet/base/hash.h"
#include "linnet/base/mem.h"

#define MAP_FIRST_SLOTS 16

/* Where key is, or the free slot where it belongs. cap must not be 0. */
static size_t
find_slot(const struct ln_map *m, uint64_t key)
{
    size_t mask = m->cap - 1;
    size_t i = (size_t)ln_hash_mix(key) & mask;
    while (m->slots[i].value && m->slots[i].key != key)
        i = (i + 1) & mask;
    return i;
}

static void
grow_table(struct ln_map *m)
{
    struct ln_map old = *m;
    m->cap = old.cap ? old.cap * 2 : MAP_FIRST_SLOTS;
    size_t bytes;
    LN_ASSERT(!__builtin_mul_overflow(m->cap, sizeof *m->slots, &bytes));
    m->slots = ln_zalloc(bytes);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slots[i].value)
            m->slots[find_slot(m, old.slots[i].key)] = old.slots[i];
    }
    free(old.slots);
}

void
ln_map_init(struct ln_map *m)
{
    *m = (struct ln_map){0};
}

void
ln_map_deinit(struct ln_map *m)
{
    free(m->slots);
    ln_map_init(m);
}

void *
ln_map_get(const struct ln_map *m, uint64_t key)
{
    return m->cap ? m->slots[find_slot(m, key)].value : NULL;
}

void *
ln_map_put(struct ln_map *m, uint64_t key, void *value)
{
    LN_ASSERT(value != NULL);
    if (m->count >= m->cap / 4 * 3)
        grow_table(m);
    struct ln_map_slot *slot = &m->slots[find_slot(m, key)];
    void *old = slot->value;
    if (!old)
        m->count++;
    *slot = (struct ln_map_slot){key, value};
    return old;
}

/* Closes the hole at i: each follower of the run moves up unless its own place lies behind i. */
static void
close_hole(struct ln_map *m, size_t hole)
{
    size_t mask = m->cap - 1;
    for (size_t i = (hole + 1) & mask; m->slots[i].value; i = (i + 1) & mask) {
        size_t home = (size_t)ln_hash_mix(m->slots[i].key) & mask;
        size_t from_home = (i - home) & mask; /* how far it was pushed from where it belongs */
        size_t from_hole = (i - hole) & mask;
        if (from_home >= from_hole) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct ln_map_slot){0};
}

void *
ln_map_del(struct ln_map *m, uint64_t key)
{
    if (!m->cap)
        return NULL;
    size_t i = find_slot(m, key);
    void *old = m->slots[i].value;
    if (old) {
        m->count--;
        close_hole(m, i);
    }
    return old;
}

void *
ln_map_each(const struct ln_map *m, size_t *pos, uint64_t *key)
{
    while (*pos < m->cap) {
        const struct ln_map_slot *slot = &m->slots[(*pos)++];
        if (slot->value) {
            if (key)
                *key = slot->key;
            return slot->value;
        }
    }
    return NULL;
}
