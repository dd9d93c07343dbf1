/* SPDX-License-Identifier: MIT
 * outq.c - the ring of frames that wait to be written on one connection.
 *
 * It exists only while something waits, so an idle connection pays a pointer. Rings of the first
 * size go round in a short list of the net's, because most live for one turn.
 */
#include <sys/uio.h>

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"

#include "net_priv.h"

#define FIRST_CAP 8u
#define SPARES_MAX 256u

static struct ln_outq *
make_ring(uint32_t cap)
{
    struct ln_outq *q = ln_alloc(sizeof(*q) + cap * sizeof(q->ring[0]));
    *q = (struct ln_outq){.cap = cap};
    return q;
}

static struct ln_outq *
get_ring(struct ln_net *net)
{
    if (!net || !net->spare)
        return make_ring(FIRST_CAP);
    struct ln_outq *q = net->spare;
    net->spare = q->next;
    net->spare_n--;
    *q = (struct ln_outq){.cap = FIRST_CAP};
    return q;
}

static void
put_ring(struct ln_conn *c)
{
    struct ln_outq *q = c->out;
    struct ln_net *net = c->net;
    c->out = NULL;
    if (!net || q->cap != FIRST_CAP || net->spare_n == SPARES_MAX) {
        free(q);
        return;
    }
    q->next = net->spare;
    net->spare = q;
    net->spare_n++;
}

static struct ln_frame *
frame_at(const struct ln_outq *q, uint32_t i)
{
    return q->ring[(q->head + i) & (q->cap - 1)];
}

static struct ln_outq *
grow_ring(struct ln_outq *old)
{
    struct ln_outq *q = make_ring(old->cap * 2);
    for (uint32_t i = 0; i < old->n; i++)
        q->ring[i] = frame_at(old, i);
    q->n = old->n;
    q->off = old->off;
    q->committed = old->committed;
    free(old);
    return q;
}

void
ln_outq_push(struct ln_conn *c, struct ln_frame *f)
{
    if (!c->out)
        c->out = get_ring(c->net);
    else if (c->out->n == c->out->cap)
        c->out = grow_ring(c->out);
    struct ln_outq *q = c->out;
    q->ring[(q->head + q->n) & (q->cap - 1)] = f;
    q->n++;
    LN_ASSERT(!__builtin_add_overflow(c->out_bytes, f->n, &c->out_bytes));
}

void
ln_outq_advance(struct ln_conn *c, size_t n)
{
    struct ln_outq *q = c->out;
    LN_ASSERT(n <= c->out_bytes);
    c->out_bytes -= (uint32_t)n;
    n += q->off;
    while (q->n && n >= frame_at(q, 0)->n) {
        n -= frame_at(q, 0)->n;
        ln_frame_unref(frame_at(q, 0));
        q->head = (q->head + 1) & (q->cap - 1);
        q->n--;
    }
    q->off = (uint32_t)n;
    q->committed = 0;
    if (!q->n)
        put_ring(c);
}

void
ln_outq_drop(struct ln_conn *c)
{
    struct ln_outq *q = c->out;
    if (!q)
        return;
    uint32_t keep = q->off ? 1 : 0; /* frames */
    size_t bytes = keep ? frame_at(q, 0)->n - q->off : 0;
    while (bytes < q->committed) { /* never more than what waits */
        bytes += frame_at(q, keep)->n;
        keep++;
    }
    while (q->n > keep) {
        q->n--;
        ln_frame_unref(frame_at(q, q->n));
    }
    c->out_bytes = (uint32_t)bytes;
    if (!q->n)
        put_ring(c);
}

void
ln_outq_free(struct ln_conn *c)
{
    struct ln_outq *q = c->out;
    if (!q)
        return;
    for (uint32_t i = 0; i < q->n; i++)
        ln_frame_unref(frame_at(q, i));
    c->out_bytes = 0;
    put_ring(c);
}

unsigned
ln_outq_iov(const struct ln_outq *q, struct iovec *iov, unsigned max)
{
    unsigned n = 0;
    for (; n < max && n < q->n; n++) {
        struct ln_frame *f = frame_at(q, n);
        uint32_t off = n == 0 ? q->off : 0;
        iov[n] = (struct iovec){f->bytes + off, f->n - off};
    }
    return n;
}

void
ln_outq_free_spares(struct ln_net *net)
{
    while (net->spare) {
        struct ln_outq *q = net->spare;
        net->spare = q->next;
        free(q);
    }
    net->spare_n = 0;
}
