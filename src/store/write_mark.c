/* SPDX-License-Identifier: MIT
 * write_mark.c - delivered and read marks: monotonic, merged by the shards, written with the
 * commit.
 */
#include <string.h>

#include "store_priv.h"

void
st_write_member(struct ln_store *st, const struct st_member *m)
{
    st_touch(st);
    st_run(&st->db, SQL_MEMBER_PUT, "iiiiiiiiiiiii", (int64_t)m->user->id, (int64_t)m->chat->id,
           (int64_t)m->role, (int64_t)m->level, (int64_t)m->muted, (int64_t)m->delivered,
           (int64_t)m->read, (int64_t)m->read_msg, (int64_t)m->alerted, (int64_t)m->visible_from,
           (int64_t)m->unread_from, (int64_t)m->muted_until, (int64_t)m->pinned);
}

/* How many countable messages there are up to seq. */
static uint32_t
msg_no_at(struct ln_store *st, const struct st_chat *c, ln_seq seq)
{
    const struct ln_entry *e = st_tail_find(c, seq);
    uint32_t no = 0;
    if (seq >= c->head) {
        return c->msg_no;
    }
    if (e) {
        return e->msg_no;
    }
    sqlite3_stmt *s =
        st_query(&st->db, SQL_HISTORY_MSGNO, "ii", ln_row_id(c->id, seq), ln_row_id(c->id, 0));
    if (st_step(&st->db, s)) {
        no = (uint32_t)sqlite3_column_int64(s, 0);
        sqlite3_reset(s);
    }
    return no;
}

static void
forget_mentions(struct ln_store *st, struct st_member *m)
{
    uint32_t n = 0;
    while (n < m->mention_count && m->mentions[n] <= m->read) {
        n++;
    }
    if (n) {
        m->mention_count -= n;
        memmove(m->mentions, m->mentions + n, m->mention_count * sizeof *m->mentions);
        st_run(&st->db, SQL_MENTION_READ, "iii", (int64_t)m->user->id, (int64_t)m->chat->id,
               (int64_t)m->read);
    }
}

bool
st_mark_raise(struct ln_store *st, struct st_member *m, ln_seq delivered, ln_seq read)
{
    delivered = delivered < read ? read : delivered; /* what is read has arrived */
    if (delivered <= m->delivered && read <= m->read) {
        return false;
    }
    if (delivered > m->delivered) {
        m->delivered = delivered;
    }
    if (read > m->read) {
        m->read = read;
        m->read_msg = msg_no_at(st, m->chat, read);
        if (m->unread_from && read >= m->unread_from) {
            m->unread_from = 0;
        }
        forget_mentions(st, m);
    }
    st_write_member(st, m);
    struct ln_record *r = ln_batch_add(st->batch, LN_REC_MARK);
    r->chat = m->chat->id;
    r->user = m->user->id;
    r->delivered = m->delivered;
    r->read = m->read;
    r->to_all = m->user->receipts && m->chat->member_count <= 50;
    return true;
}

enum ln_err
st_write_mark(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct st_member *m;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    if (!m || cmd->args.delivered > c->head || cmd->args.read > c->head) {
        return LN_EBADMSG;
    }
    st_mark_raise(st, m, cmd->args.delivered, cmd->args.read);
    return LN_OK;
}

enum ln_err
st_write_unread(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who, struct ln_buf *json)
{
    struct st_chat *c;
    struct st_member *m;
    (void)json;
    enum ln_err err = st_allow_chat(st, cmd, who, (struct ln_acl_query){0}, &c, &m);
    if (err) {
        return err;
    }
    if (!m || cmd->args.from > c->head) {
        return LN_EBADMSG;
    }
    if (m->unread_from != cmd->args.from) {
        m->unread_from = cmd->args.from;
        st_write_member(st, m);
        st_put_member_record(st, c, m, m->user->id);
    }
    return LN_OK;
}

/* What a shard merged. Marks of those who left meanwhile, or beyond the head, are nobody's. */
void
st_marks(struct ln_store *st, const struct ln_marks *in)
{
    for (uint32_t i = 0; i < in->mark_count; i++) {
        const struct ln_mark *mark = &in->marks[i];
        struct st_chat *c = st_chat_find(st, mark->chat);
        struct st_member *m = c ? st_member_find(c, mark->user) : NULL;
        if (m && mark->delivered <= c->head && mark->read <= c->head) {
            st_mark_raise(st, m, mark->delivered, mark->read);
        }
    }
    for (uint32_t i = 0; i < in->seen_count; i++) {
        struct st_user *u = st_user_find(st, in->seen[i].user);
        if (u && in->seen[i].ts > u->last_seen) {
            u->last_seen = in->seen[i].ts;
            st_touch(st);
            st_run(&st->db, SQL_USER_SEEN, "ii", (int64_t)u->id, (int64_t)u->last_seen);
        }
    }
}
