/* SPDX-License-Identifier: MIT
 * entry.c - an entry is one allocation: the struct, then the bytes of its strings.
 */
#include "linnet/model/entry.h"

#include "linnet/base/assert.h"
#include "linnet/base/mem.h"
#include "linnet/model/kind.h"

static size_t
strings_bytes(const struct ln_entry *e)
{
    return e->cid.n + e->body.n + e->args.n + e->now.n + e->reactions.n;
}

static struct ln_str
put_string(char **at, struct ln_str s)
{
    struct ln_str copy = {*at, s.n};
    if (s.n) {
        memcpy(*at, s.p, s.n);
        *at += s.n;
    }
    return copy;
}

struct ln_entry *
ln_entry_create(const struct ln_entry *from)
{
    struct ln_entry *e = ln_alloc(sizeof *e + strings_bytes(from));
    char *at = e->data;
    memcpy(e, from, sizeof *e);
    atomic_init(&e->refs, 1);
    e->cid = put_string(&at, from->cid);
    e->body = put_string(&at, from->body);
    e->args = put_string(&at, from->args);
    e->now = put_string(&at, from->now);
    e->reactions = put_string(&at, from->reactions);
    return e;
}

struct ln_entry *
ln_entry_ref(struct ln_entry *e)
{
    atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
    return e;
}

void
ln_entry_unref(struct ln_entry *e)
{
    /* acq_rel: the one that frees sees what all others did before they let go */
    if (e && atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) == 1) {
        free(e);
    }
}

size_t
ln_entry_bytes(const struct ln_entry *e)
{
    return sizeof *e + strings_bytes(e);
}

static void
put_common(struct ln_buf *b, const struct ln_entry *e)
{
    ln_buf_adds(b, "\"seq\":");
    ln_buf_addu(b, e->seq);
    ln_buf_adds(b, ",\"ts\":");
    ln_buf_addi(b, e->ts);
    ln_buf_adds(b, ",\"from\":");
    ln_buf_addu(b, e->from);
    ln_buf_adds(b, ",\"kind\":\"");
    ln_buf_adds(b, ln_kind_name(e->kind));
    ln_buf_addc(b, '"');
    if (e->cid.n) {
        ln_buf_adds(b, ",\"cid\":");
        ln_buf_add_json(b, e->cid);
    }
}

static void
put_body(struct ln_buf *b, struct ln_str body)
{
    ln_buf_adds(b, ",\"body\":");
    if (body.n) {
        ln_buf_add(b, body.p, body.n);
    } else {
        ln_buf_adds(b, "null");
    }
}

void
ln_entry_event_json(struct ln_buf *b, const struct ln_entry *e, bool live)
{
    ln_buf_addc(b, '{');
    if (live) {
        ln_buf_adds(b, "\"ev\":\"event\",\"chat\":");
        ln_buf_addu(b, e->chat);
        ln_buf_addc(b, ',');
    }
    put_common(b, e);
    if (e->kind == LN_KIND_MESSAGE || e->kind == LN_KIND_EDIT) {
        put_body(b, e->body);
    }
    ln_buf_add(b, e->args.p, e->args.n);
    ln_buf_addc(b, '}');
}

void
ln_entry_item_json(struct ln_buf *b, const struct ln_entry *e)
{
    ln_buf_addc(b, '{');
    put_common(b, e);
    if (e->kind == LN_KIND_MESSAGE) {
        put_body(b, e->now.n ? e->now : e->body);
    }
    ln_buf_add(b, e->args.p, e->args.n);
    if (e->edited_ts) {
        ln_buf_adds(b, ",\"edited_ts\":");
        ln_buf_addi(b, e->edited_ts);
    }
    if (e->deleted) {
        ln_buf_adds(b, ",\"deleted\":true");
    }
    if (e->pinned) {
        ln_buf_adds(b, ",\"pinned\":true");
    }
    if (e->reactions.n) {
        ln_buf_adds(b, ",\"reactions\":");
        ln_buf_add(b, e->reactions.p, e->reactions.n);
    }
    ln_buf_addc(b, '}');
}
