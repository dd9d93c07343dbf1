/* SPDX-License-Identifier: MIT
 * value.h - how settings and results are written for people: sizes, durations, times, near words.
 *
 * Thread:  any.
 * Fails:   LN_EBADMSG where the text is not such a value; *out is then untouched.
 */
#ifndef LINNET_CLI_VALUE_H
#define LINNET_CLI_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"
#include "linnet/base/str.h"

LN_MUST_CHECK enum ln_err ln_value_int(struct ln_str s, int64_t *out); /* "42" */
LN_MUST_CHECK enum ln_err ln_value_bytes(struct ln_str s,
                                         int64_t *out); /* "512", "16K", "50M", "2G" */
LN_MUST_CHECK enum ln_err ln_value_ms(struct ln_str s,
                                      int64_t *out); /* "500ms", "30s", "5m", "24h", "7d"; "0" */
LN_MUST_CHECK enum ln_err ln_value_bool(struct ln_str s,
                                        bool *out); /* on off yes no true false 1 0 */

/* The shortest exact form, which the functions above read back. */
void ln_value_print_bytes(int64_t bytes, char *out, size_t n);
void ln_value_print_ms(int64_t ms, char *out, size_t n);
/* "84.2 MB", for reading only. */
void ln_value_print_size(int64_t bytes, char *out, size_t n);
/* "3d 4h", for reading only: the two largest units. */
void ln_value_print_span(int64_t ms, char *out, size_t n);
/* "2026-07-01T12:00:00Z"; "-" where ts_ms is 0 or less. */
void ln_value_print_time(int64_t ts_ms, char *out, size_t n);

/* Number of single-character edits (insert, delete, replace, swap neighbours) between two words. */
unsigned ln_word_distance(const char *a, const char *b);

#endif
