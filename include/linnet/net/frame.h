/* SPDX-License-Identifier: MIT
 * frame.h - immutable bytes on their way to peers, counted, shared by all who send them.
 *
 * Thread:  ref and unref anywhere (atomic); the bytes are never changed after creation.
 */
#ifndef LINNET_NET_FRAME_H
#define LINNET_NET_FRAME_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct ln_frame {
    atomic_uint refs;
    uint32_t n;
    uint8_t bytes[]; /* exactly as on the wire (before TLS) */
};

struct ln_frame *ln_frame_alloc(size_t n);               /* one reference; the caller fills bytes */
struct ln_frame *ln_frame_copy(const void *p, size_t n); /* raw bytes */
struct ln_frame *ln_frame_ref(struct ln_frame *f);
void ln_frame_ref_n(struct ln_frame *f, unsigned n); /* n references at once */
void ln_frame_unref(struct ln_frame *f);             /* NULL is fine */

#endif
