/* SPDX-License-Identifier: MIT
 * fuzz.h - what the fuzz targets share: libFuzzer's entry, an assertion, bytes handed out one by
 * one.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A property that must hold whatever the input. */
#define FUZZ_CHECK(cond)                                                                           \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Decisions taken from the front of the input; 0 when it is used up. */
struct fuzz_bytes {
    const uint8_t *p;
    size_t n;
};

static inline uint8_t
fuzz_byte(struct fuzz_bytes *b)
{
    if (b->n == 0) {
        return 0;
    }
    b->n--;
    return *b->p++;
}

#endif
