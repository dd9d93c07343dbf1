/* SPDX-License-Identifier: MIT
 * utf8.h - well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past U+10FFFF.
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_UTF8_H
#define LINNET_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool ln_utf8_is_valid(const char *p, size_t n);
bool ln_utf8_has_control(const char *p, size_t n); /* U+0000…001F, 007F…009F anywhere */

#endif
