/* SPDX-License-Identifier: MIT
 * mem.h - small allocations that die when memory is out. What a peer can grow is an ln_buf instead.
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_MEM_H
#define LINNET_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

void *ln_alloc(size_t n);  /* uninitialised */
void *ln_zalloc(size_t n); /* zeroed */
void *ln_realloc(void *p, size_t n);
void *ln_grow(void *p, size_t count, size_t size); /* realloc to count × size, overflow-checked */
char *ln_strdup(const char *s);
char *ln_strndup(const char *s, size_t n); /* copies exactly n bytes and a NUL */

#define LN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
