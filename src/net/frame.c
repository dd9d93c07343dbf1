/* SPDX-License-Identifier: MIT
 * frame.c - see frame.h. One allocation a frame: the count, the size, the bytes.
 */
#include "linnet/net/frame.h"

#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

struct ln_frame *
ln_frame_alloc(size_t n)
{
    LN_ASSERT(n <= UINT32_MAX - sizeof(struct ln_frame));
    struct ln_frame *f = ln_alloc(sizeof(*f) + n);
    atomic_init(&f->refs, 1);
    f->n = (uint32_t)n;
    return f;
}

struct ln_frame *
ln_frame_copy(const void *p, size_t n)
{
    struct ln_frame *f = ln_frame_alloc(n);
    if (n)
        memcpy(f->bytes, p, n);
    return f;
}

struct ln_frame *
ln_frame_ref(struct ln_frame *f)
{
    ln_frame_ref_n(f, 1);
    return f;
}

void
ln_frame_ref_n(struct ln_frame *f, unsigned n)
{
    /* Relaxed: who takes a reference holds one already, so nothing can be freed meanwhile. */
    atomic_fetch_add_explicit(&f->refs, n, memory_order_relaxed);
}

void
ln_frame_unref(struct ln_frame *f)
{
    if (!f)
        return;
    /* Release, paired with the acquire side of the last one's: all reads of the bytes by other
     * threads come before the free. */
    if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1)
        free(f);
}
