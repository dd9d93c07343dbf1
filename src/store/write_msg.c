/* SPDX-License-Identifier: MIT
 * write_msg.c - send, edit, delete, react, pin: an event each, and the change of the item it is
 * about.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"
#include "store_priv.h"

#define ARGS_BYTES 8192

static void
put_done(struct ln_buf *json, ln_seq seq, ln_ts ts)
{
    ln_buf_adds(json, "\"seq\":");
    ln_buf_addu(json, seq);
    ln_buf_adds(json, ",\"ts\":");
    ln_buf_addi(json, ts);
}

/* Was this cid used before? LN_OK: no. LN_ECONFLICT: by the same message, json tells the first
 * acknowledgement. LN_ECIDREUSE: by another. */
static enum ln_err
check_cid(struct ln_store *st, struct st_user *sender, struct ln_str cid, const uint8_t sent[16],
          struct ln_buf *json)
{
    int64_t id;
    struct ln_entry *e = st_tail_by_cid(st, sender->id, cid);
    if (st_mutant("dedupe_off")) {
        return LN_OK;
    }
    if (e) {
        if (memcmp(e->sent, sent, 16) != 0) {
            return LN_ECIDREUSE;
        }
        put_done(json, e->seq, e->ts);
        ln_buf_adds(json, ",\"dup\":true");
        return LN_ECONFLICT;
    }
    enum ln_err err = st_cid_find(st, sender, cid, sent, &id);
    if (err != LN_ECONFLICT) {
        return err;
    }
    sqlite3_stmt *s = st_query(&st->db, SQL_HISTORY_GET, "i", id);
    if (st_step(&st->db, s)) {
        put_done(json, (ln_seq)id, sqlite3_column_int64(s, 2));
        ln_buf_adds(json, ",\"dup\":true");
        sqlite3_reset(s);
    }
    return LN_ECONFLICT;
}

/* Remembers the mention of those who are members, and counts the message as read by its sender. */
static void
note_mentions(struct ln_store *st, struct st_chat *c, const struct ln_entry *e,
              const struct ln_args *args)
{
    for (uint32_t i = 0; i < args->mentions.n; i++) {
        struct st_member *m = st_member_find(c, args->mentions.ids[i]);
        if (!m || m->user->id == e->from || m->mention_count >= LN_MENTIONS_MAX) {
            continue;
        }
        m->mentions = ln_grow(m->mentions, m->mention_count + 1u, sizeof *m->mentions);
        m->mentions[m->mention_count++] = e->seq;
        st_run(&st->db, SQL_MENTION_PUT, "iii", (int64_t)m->user->id, (int64_t)c->id,
               (int64_t)e->seq);
    }
    if (!args->here) {
        return;
    }
    st_here_add(c, e->seq);
    st_run(&st->db, SQL_HERE_PUT, "ii", (int64_t)c->id, (int64_t)e->seq);
}

/* The sender has read what was before. No row is written: the log tells it again at a start, and
 * the fold writes it before the log forgets. */
static void
raise_own_marks(struct ln_store *st, struct st_member *m, const struct ln_entry *e)
{
    if (m->mention_count) {
        st_run(&st->db, SQL_MENTION_READ, "iii", (int64_t)m->user->id, (int64_t)m->chat->id,
               (int64_t)e->seq);
        m->mention_count = 0;
    }
    m->read = e->seq;
    m->read_msg = e->msg_no;
    m->delivered = e->seq;
    m->dirty = true;
}

static void
put_send_args(struct ln_buf *b, const struct ln_args *args)
{
    if (args->reply) {
        ln_buf_addf(b, ",\"reply\":%u", args->reply);
    }
    if (args->thread) {
        ln_buf_addf(b, ",\"thread\":%u", args->thread);
    }
    for (uint32_t i = 0; i < args->mentions.n; i++) {
        ln_buf_addf(b, "%s%u", i ? "," : ",\"mentions\":[", args->mentions.ids[i]);
    }
    ln_buf_adds(b, args->mentions.n ? "]" : "");
    ln_buf_adds(b, args->here ? ",\"here\":true" : "");
}

enum ln_err
st_write_send(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    const struct ln_args *args = &cmd->args;
    struct st_chat *c;
    struct st_member *m;
    struct ln_entry e = {.kind = LN_KIND_MESSAGE, .cid = args->cid, .body = args->body};
    if (!who->user) {
        return LN_EBADMSG; /* the operator speaks as somebody */
    }
    st_cid_digest(e.sent, args->chat, e.kind, args->body);
    enum ln_err err = check_cid(st, who->user, args->cid, e.sent, json);
    if (err) {
        return err == LN_ECONFLICT ? LN_OK : err;
    }
    err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    if (args->reply > c->head || args->thread > c->head) {
        return LN_EBADMSG;
    }
    err = st_files_allowed(st, cmd, who);
    if (err) {
        return err;
    }
    struct ln_buf text;
    ln_buf_init(&text, ARGS_BYTES);
    put_send_args(&text, args);
    e.from = who->user->id;
    e.thread = args->thread;
    e.args = ln_buf_str(&text);
    struct ln_entry *entry = st_append(st, c, &e);
    ln_buf_deinit(&text);
    raise_own_marks(st, m, entry);
    if (cmd->file_count) {
        st_files_refer(st, c->id, entry->seq, cmd);
    }
    if (args->mentions.n || args->here) {
        note_mentions(st, c, entry, args);
    }
    put_done(json, entry->seq, entry->ts);
    return LN_OK;
}

/* ── changes of an item ── */

/* The item at seq with one reference, from the tail or from history; NULL where there is none. */
static struct ln_entry *
item_get(struct ln_store *st, struct st_chat *c, ln_seq seq)
{
    struct ln_entry *e = st_tail_find(c, seq);
    if (e) {
        ln_entry_ref(e);
    } else if (seq <= c->head) {
        sqlite3_stmt *s = st_query(&st->db, SQL_HISTORY_GET, "i", ln_row_id(c->id, seq));
        if (st_step(&st->db, s)) {
            e = st_entry_of_row(s);
            sqlite3_reset(s);
        }
    }
    if (e && e->kind != LN_KIND_MESSAGE) {
        ln_entry_unref(e);
        e = NULL;
    }
    return e;
}

/* Its fields to be changed; but not the count, which others change meanwhile. */
static struct ln_entry
fields_of(const struct ln_entry *e)
{
    const size_t from = offsetof(struct ln_entry, kind);
    struct ln_entry copy;
    memset(&copy, 0, sizeof copy);
    memcpy((char *)&copy + from, (const char *)e + from, sizeof copy - from);
    return copy;
}

/* Puts changed in the place of the entry of its seq: in tail and log, in history, or (while a fold
 * is under way) in both. */
static void
item_put(struct ln_store *st, struct st_chat *c, const struct ln_entry *changed)
{
    int64_t flags = (changed->deleted ? 1 : 0) | (changed->pinned ? 2 : 0);
    struct ln_entry *in_tail = st_tail_find(c, changed->seq);
    st_touch(st);
    if (in_tail) {
        st_run(&st->db, SQL_LOG_STATE, "iiisss", (int64_t)changed->commit_no, flags,
               (int64_t)changed->edited_ts, changed->body, changed->now, changed->reactions);
    }
    if (!in_tail || st->fold.active) {
        st_run(&st->db, SQL_HISTORY_STATE, "iiisss", ln_row_id(c->id, changed->seq), flags,
               (int64_t)changed->edited_ts, changed->body, changed->now, changed->reactions);
    }
    if (in_tail) {
        struct ln_entry *copy = ln_entry_create(changed);
        memcpy(copy->sent, in_tail->sent, sizeof copy->sent);
        st_tail_replace(st, c, copy);
    }
}

/* The common beginning: the chat, the right, the item. *item has one reference on LN_OK. */
static enum ln_err
item_begin(struct ln_store *st, const struct ln_cmd *cmd, const struct st_who *who,
           struct st_chat **c, struct ln_entry **item)
{
    struct st_member *m;
    struct ln_acl_query q = {.is_own = true};
    *item = NULL;
    if (!who->user) {
        return LN_EBADMSG;
    }
    enum ln_err err = st_allow_chat(st, cmd, who, q, c, &m);
    if (err) {
        return err;
    }
    struct ln_entry *e =
        cmd->args.target >= m->visible_from ? item_get(st, *c, cmd->args.target) : NULL;
    if (!e || e->deleted) {
        ln_entry_unref(e);
        return LN_ENOTFOUND;
    }
    q.is_own = e->from == who->user->id;
    err = st_allow_chat(st, cmd, who, q, c, &m);
    if (err) {
        ln_entry_unref(e);
        return err;
    }
    *item = e;
    return LN_OK;
}

static void
append_change(struct ln_store *st, const struct ln_cmd *cmd, const struct st_who *who,
              struct st_chat *c, unsigned kind, const struct ln_buf *more, struct ln_buf *json)
{
    struct ln_buf text;
    struct ln_entry e = {.kind = (uint8_t)kind, .from = who->user->id, .target = cmd->args.target};
    ln_buf_init(&text, ARGS_BYTES);
    ln_buf_addf(&text, ",\"target\":%u", cmd->args.target);
    if (more) {
        ln_buf_add(&text, more->p, more->n);
    }
    e.args = ln_buf_str(&text);
    if (kind == LN_KIND_EDIT) {
        e.body = cmd->args.body;
    }
    struct ln_entry *entry = st_append(st, c, &e);
    ln_buf_deinit(&text);
    put_done(json, entry->seq, entry->ts);
}

enum ln_err
st_write_edit(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct ln_entry *item;
    enum ln_err err = item_begin(st, cmd, who, &c, &item);
    if (err) {
        return err;
    }
    err = st_files_allowed(st, cmd, who);
    if (err) {
        ln_entry_unref(item);
        return err;
    }
    struct ln_str present = item->now.n ? item->now : item->body;
    if (!ln_str_eq(present, cmd->args.body)) {
        append_change(st, cmd, who, c, LN_KIND_EDIT, NULL, json);
        struct ln_entry changed = fields_of(item);
        changed.now = cmd->args.body;
        st_files_refer(st, c->id, item->seq, cmd);
        changed.edited_ts = c->last_ts;
        item_put(st, c, &changed);
    }
    ln_entry_unref(item);
    return LN_OK;
}

/* The text of earlier edits of seq goes too. */
static void
blank_edits(struct ln_store *st, struct st_chat *c, ln_seq seq)
{
    for (uint32_t i = 0; i < c->tail_count; i++) {
        struct ln_entry *e = c->tail[i];
        if (e->kind == LN_KIND_EDIT && e->target == seq && e->body.n) {
            struct ln_entry changed = fields_of(ln_entry_ref(e));
            changed.body = (struct ln_str){NULL, 0};
            item_put(st, c, &changed);
            ln_entry_unref(e);
        }
    }
    if (c->tail_first > 1) {
        st_run(&st->db, SQL_HISTORY_EDITS, "ii", (int64_t)c->id, (int64_t)seq);
    }
}

/* The list of what is pinned follows its items. */
static void
put_pin(struct ln_store *st, struct st_chat *c, ln_seq seq, bool on)
{
    st_touch(st);
    st_run(&st->db, on ? SQL_PIN_PUT : SQL_PIN_DELETE, "ii", (int64_t)c->id, (int64_t)seq);
    if (on) {
        st_pin_add(c, seq);
    } else {
        st_pin_remove(c, seq);
    }
}

enum ln_err
st_write_delete(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct ln_entry *item;
    enum ln_err err = item_begin(st, cmd, who, &c, &item);
    if (err) {
        return err;
    }
    append_change(st, cmd, who, c, LN_KIND_DELETE, NULL, json);
    st_files_refer(st, c->id, item->seq, NULL);
    if (item->pinned) {
        put_pin(st, c, item->seq, false);
    }
    struct ln_entry changed = fields_of(item);
    changed.deleted = true;
    changed.pinned = false;
    changed.body = changed.now = changed.reactions = (struct ln_str){NULL, 0};
    item_put(st, c, &changed);
    if (!st->scrub_ms) {
        st->scrub_ms = ln_mono_ms() + LN_STORE_SCRUB_MS;
    }
    if (item->edited_ts) {
        blank_edits(st, c, item->seq);
    }
    ln_entry_unref(item);
    return LN_OK;
}

enum ln_err
st_write_react(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct ln_entry *item;
    struct ln_buf reactions, more;
    bool full;
    enum ln_err err = item_begin(st, cmd, who, &c, &item);
    if (err) {
        return err;
    }
    ln_buf_init(&reactions, 65536);
    ln_buf_init(&more, 512);
    if (ln_reactions_change(item->reactions, cmd->args.emoji, who->user->id, cmd->args.on,
                            &reactions, &full)) {
        ln_buf_adds(&more, ",\"emoji\":");
        ln_buf_add_json(&more, cmd->args.emoji);
        ln_buf_adds(&more, cmd->args.on ? ",\"on\":true" : ",\"on\":false");
        append_change(st, cmd, who, c, LN_KIND_REACT, &more, json);
        struct ln_entry changed = fields_of(item);
        changed.reactions = ln_buf_str(&reactions);
        item_put(st, c, &changed);
    }
    ln_buf_deinit(&reactions);
    ln_buf_deinit(&more);
    ln_entry_unref(item);
    return full ? LN_ETOOLARGE : LN_OK;
}

enum ln_err
st_write_pin(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct ln_entry *item;
    struct ln_buf more;
    enum ln_err err = item_begin(st, cmd, who, &c, &item);
    if (err) {
        return err;
    }
    if (item->pinned != cmd->args.on && cmd->args.on && c->pin_count >= LN_PINS_MAX) {
        ln_entry_unref(item);
        return LN_ETOOLARGE;
    }
    if (item->pinned != cmd->args.on) {
        put_pin(st, c, item->seq, cmd->args.on);
        ln_buf_init(&more, 64);
        ln_buf_adds(&more, cmd->args.on ? ",\"on\":true" : ",\"on\":false");
        append_change(st, cmd, who, c, LN_KIND_PIN, &more, json);
        ln_buf_deinit(&more);
        struct ln_entry changed = fields_of(item);
        changed.pinned = cmd->args.on;
        item_put(st, c, &changed);
    }
    ln_entry_unref(item);
    return LN_OK;
}
