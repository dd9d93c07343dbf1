/* SPDX-License-Identifier: MIT
 * http_priv.h - the decoder of chunked bodies (RFC 9112 section 7.1), shared with its tests.
 *
 * Thread:  any; pure but for the buffer.
 * Extensions and trailers are read past and forgotten; each has its limit, and a trailer is a
 * header.
 */
#ifndef LINNET_NET_HTTP_PRIV_H
#define LINNET_NET_HTTP_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/buf.h"

bool ln_http_is_tchar(char ch); /* may stand in a name of a header (RFC 9110 section 5.6.2) */

#define LN_CHUNK_LINE_MAX 256      /* a size line with its extensions, bytes */
#define LN_CHUNK_TRAILERS_MAX 8192 /* all trailers, bytes */

enum ln_chunk_state {
    LN_CHUNK_SIZE, /* hexadecimal digits */
    LN_CHUNK_EXT,  /* up to the CR of the size line */
    LN_CHUNK_SIZE_LF,
    LN_CHUNK_DATA,
    LN_CHUNK_DATA_CR,
    LN_CHUNK_DATA_LF,
    LN_CHUNK_TRAILER, /* start of a trailer line, or the last CR */
    LN_CHUNK_TRAILER_NAME,
    LN_CHUNK_TRAILER_LINE,
    LN_CHUNK_TRAILER_LF,
    LN_CHUNK_LAST_LF,
    LN_CHUNK_DONE,
};

struct ln_chunked {
    enum ln_chunk_state state;
    uint64_t left; /* of the present chunk; while its size is read: the size so far */
    uint32_t line; /* bytes of the present size line, or of all trailers */
    uint32_t digits;
};

/* Zeroed memory is the start. Adds data to body; returns how many bytes were used (all of them,
 * unless state becomes DONE), or minus an HTTP status (400; 413 where body is full). */
long ln_chunked_feed(struct ln_chunked *ch, const char *p, size_t n, struct ln_buf *body);

#endif
