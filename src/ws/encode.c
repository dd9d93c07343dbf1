/* SPDX-License-Identifier: MIT
 * encode.c - a server's frames, encoded once for all who receive them (RFC 6455 section 5.2).
 */
#include "linnet/base/assert.h"

#include "ws_priv.h"

struct ln_frame *
ln_ws_text(const void *p, size_t n)
{
    return ln_ws_frame(WSLAY_TEXT_FRAME, p, n);
}

struct ln_frame *
ln_ws_frame(unsigned opcode, const void *p, size_t n)
{
    size_t head = n < 126 ? 2 : n < 65536 ? 4 : 10;
    struct ln_frame *f = ln_frame_alloc(head + n);
    f->bytes[0] = (uint8_t)(0x80 | opcode);
    f->bytes[1] = (uint8_t)(n < 126 ? n : n < 65536 ? 126 : 127);
    for (size_t i = head; i > 2; i--) /* big-endian, from its end */
        f->bytes[i - 1] = (uint8_t)((uint64_t)n >> (8 * (head - i)));
    if (n)
        memcpy(f->bytes + head, p, n);
    return f;
}
