/* SPDX-License-Identifier: MIT
 * hex.h - base64url (RFC 4648 section 5, no padding) and hex.
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_HEX_H
#define LINNET_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void ln_hex(char *out, const uint8_t *p, size_t n); /* 2n characters and a NUL */
size_t ln_b64url(char *out, const uint8_t *p,
                 size_t n); /* (4n+2)/3 characters and a NUL; returns the count */
bool ln_b64url_decode(uint8_t *out, size_t out_n, const char *p,
                      size_t n); /* exactly out_n bytes */

#endif
