/* SPDX-License-Identifier: MIT
 * tail.c - the events that are in the log and not yet in history, by chat and seq, and by cid.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/assert.h"
#include "linnet/base/clock.h"
#include "linnet/base/hash.h"
#include "linnet/base/mem.h"
#include "store_priv.h"

static uint64_t
cid_key(ln_user_id sender, struct ln_str cid)
{
    return ln_hash_bytes(cid.p, cid.n) ^ ln_hash_mix(sender);
}

void
st_tail_add(struct ln_store *st, struct st_chat *c, struct ln_entry *e)
{
    LN_ASSERT(e->seq == c->head + 1);
    if (c->tail_count == c->tail_cap) {
        c->tail_cap = c->tail_cap ? c->tail_cap * 2 : 4;
        c->tail = ln_grow(c->tail, c->tail_cap, sizeof *c->tail);
    }
    if (c->tail_count == 0) {
        c->tail_first = e->seq;
    }
    c->tail[c->tail_count++] = e;
    c->head = e->seq;
    c->msg_no = e->msg_no;
    c->last_ts = e->ts;
    c->dirty = true;
    if (e->cid.n) {
        ln_map_put(&st->tail.cids, cid_key(e->from, e->cid), e);
    }
    if (st->tail.rows++ == 0) {
        st->tail.oldest_ms = ln_mono_ms();
    }
    st->tail.bytes += ln_entry_bytes(e);
}

struct ln_entry *
st_tail_find(const struct st_chat *c, ln_seq seq)
{
    if (c->tail_count == 0 || seq < c->tail_first || seq - c->tail_first >= c->tail_count) {
        return NULL;
    }
    return c->tail[seq - c->tail_first];
}

void
st_tail_replace(struct ln_store *st, struct st_chat *c, struct ln_entry *e)
{
    struct ln_entry **at = &c->tail[e->seq - c->tail_first];
    st->tail.bytes += ln_entry_bytes(e) - ln_entry_bytes(*at);
    if (e->cid.n && st_tail_by_cid(st, e->from, e->cid) == *at) {
        ln_map_put(&st->tail.cids, cid_key(e->from, e->cid), e);
    }
    ln_entry_unref(*at);
    *at = e;
}

struct ln_entry *
st_tail_by_cid(struct ln_store *st, ln_user_id sender, struct ln_str cid)
{
    struct ln_entry *e = ln_map_get(&st->tail.cids, cid_key(sender, cid));
    return e && e->from == sender && ln_str_eq(e->cid, cid) ? e : NULL;
}

void
st_tail_drop(struct ln_store *st, struct st_chat *c, ln_commit_no upto)
{
    uint32_t n = 0;
    while (n < c->tail_count && c->tail[n]->commit_no <= upto) {
        struct ln_entry *e = c->tail[n++];
        if (e->cid.n && st_tail_by_cid(st, e->from, e->cid) == e) {
            ln_map_del(&st->tail.cids, cid_key(e->from, e->cid));
        }
        st->tail.bytes -= ln_entry_bytes(e);
        st->tail.rows--;
        ln_entry_unref(e);
    }
    c->tail_count -= n;
    c->tail_first += n;
    memmove(c->tail, c->tail + n, c->tail_count * sizeof *c->tail);
    if (c->tail_count == 0) {
        free(c->tail);
        c->tail = NULL;
        c->tail_cap = 0;
    }
}
