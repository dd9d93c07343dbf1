/* SPDX-License-Identifier: MIT
 * map.h - a hash map from a 64-bit key to a pointer: open addressing, linear probing, 16 B a slot.
 *
 * Thread:  its owner's.
 * Owns:    its table, never what the pointers point to. Key 0 is allowed, a NULL value is not.
 */
#ifndef LINNET_BASE_MAP_H
#define LINNET_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct ln_map_slot {
    uint64_t key;
    void *value; /* NULL = free */
};

struct ln_map {
    struct ln_map_slot *slots;
    size_t count;
    size_t cap; /* 0 or a power of two */
};

void ln_map_init(struct ln_map *m); /* allocates nothing yet */
void ln_map_deinit(struct ln_map *m);
void *ln_map_get(const struct ln_map *m, uint64_t key);        /* NULL = absent */
void *ln_map_put(struct ln_map *m, uint64_t key, void *value); /* the value it replaces, or NULL */
void *ln_map_del(struct ln_map *m, uint64_t key);              /* the value removed, or NULL */

/* Walks all entries: for (size_t i = 0; (v = ln_map_each(&m, &i, &key));). key may be NULL.
 * The map may not change during a walk. */
void *ln_map_each(const struct ln_map *m, size_t *pos, uint64_t *key);

#endif
