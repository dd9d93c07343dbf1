/* SPDX-License-Identifier: MIT
 * entry.h - one committed event of a chat's log, with the present state of the item it may be.
 *
 * Thread:  immutable once committed, counted atomically, shared by store, readers and shards. What
 *          changes an item makes a new entry in the old one's place.
 */
#ifndef LINNET_MODEL_ENTRY_H
#define LINNET_MODEL_ENTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "linnet/base/buf.h"
#include "linnet/base/id.h"
#include "linnet/base/str.h"

struct ln_entry {
    atomic_uint refs;
    uint8_t kind; /* enum ln_kind */
    bool deleted; /* item: a tombstone */
    bool pinned;  /* item */
    ln_chat_id chat;
    ln_seq seq;
    ln_user_id from;
    uint32_t msg_no; /* countable messages of the chat up to and with this event */
    ln_seq thread;   /* root's seq, or 0 */
    ln_seq target;   /* what an edit, delete, react or pin is about, or 0 */
    ln_commit_no commit_no;
    ln_ts ts;
    ln_ts edited_ts;  /* item: 0 = never */
    uint8_t sent[16]; /* digest of (chat, kind, body as first sent), for repeats of a cid */
    struct ln_str cid;
    struct ln_str body; /* JSON object as sent, empty = none or blanked */
    struct ln_str args; /* further members of the event's JSON object, each preceded by a comma */
    struct ln_str now;  /* item: body after edits; empty = body holds */
    struct ln_str reactions; /* item: JSON object emoji → [user…], empty = none */
    char data[];             /* what the strings point into */
};

/* Copies all, strings included; one reference. */
struct ln_entry *ln_entry_create(const struct ln_entry *from);
struct ln_entry *ln_entry_ref(struct ln_entry *e);
void ln_entry_unref(struct ln_entry *e); /* NULL is fine */
size_t ln_entry_bytes(const struct ln_entry *e);

/* {"seq":…,"ts":…,"from":…,"kind":…,…}; live adds "ev" and "chat". */
void ln_entry_event_json(struct ln_buf *b, const struct ln_entry *e, bool live);
void ln_entry_item_json(struct ln_buf *b, const struct ln_entry *e);

/* reactions with user's emoji added or removed; false, and out untouched, where nothing changes.
 * At most LN_REACTIONS_MAX different emoji an item: LN_ETOOLARGE by *full. */
#define LN_REACTIONS_MAX 50
bool ln_reactions_change(struct ln_str reactions, struct ln_str emoji, ln_user_id user, bool on,
                         struct ln_buf *out, bool *full);

#endif
