/* SPDX-License-Identifier: MIT
 * dir_json.c - users and chats as the protocol shows them.
 */
#include "linnet/base/clock.h"
#include "store_priv.h"

void
st_user_json(struct ln_buf *b, const struct st_user *u, bool is_admin)
{
    ln_buf_adds(b, "{\"name\":");
    ln_buf_add_json(b, ln_str(u->name));
    if (u->display[0]) {
        ln_buf_adds(b, ",\"display\":");
        ln_buf_add_json(b, ln_str(u->display));
    }
    ln_buf_addf(b, ",\"role\":\"%s\"", ln_role_name(u->role));
    if (u->color != LN_COLOR_BY_ID) {
        ln_buf_addf(b, ",\"color\":%u", u->color);
    }
    if (u->last_seen && u->seen) {
        ln_buf_addf(b, ",\"last_seen\":%lld", (long long)u->last_seen);
    }
    if (u->disabled) {
        ln_buf_adds(b, ",\"disabled\":true");
    }
    if (is_admin) {
        ln_buf_addf(b, ",\"created\":%lld", (long long)u->created);
    }
    ln_buf_addc(b, '}');
}

/* A mute that has run out is none. */
bool
st_is_muted(const struct st_member *m)
{
    return m->muted && (!m->muted_until || m->muted_until > ln_wall_ms());
}

uint32_t
st_unread_count(const struct st_member *m)
{
    return m->chat->msg_no - m->read_msg;
}

uint32_t
st_mention_count(const struct st_member *m)
{
    uint32_t n = m->mention_count;
    for (uint32_t i = m->chat->here_count; i > 0; i--) {
        ln_seq seq = m->chat->heres[i - 1];
        if (seq <= m->read || seq < m->visible_from) {
            break;
        }
        n++;
    }
    return n;
}

static void
put_chat(struct ln_buf *b, const struct st_chat *c, const struct st_member *m)
{
    ln_buf_addf(b, "{\"id\":%u,\"kind\":\"%s\"", c->id, ln_chat_kind_name(c->kind));
    if (c->kind != LN_CHAT_DIRECT) {
        ln_buf_adds(b, ",\"title\":");
        ln_buf_add_json(b, ln_str(c->title));
        if (c->topic[0]) {
            ln_buf_adds(b, ",\"topic\":");
            ln_buf_add_json(b, ln_str(c->topic));
        }
    }
    ln_buf_addf(b, ",\"members\":%u", c->member_count);
    if (c->archived) {
        ln_buf_adds(b, ",\"archived\":true");
    }
    if (c->history != LN_HISTORY_ALL) {
        ln_buf_addf(b, ",\"history\":\"%s\"", ln_history_name(c->history));
    }
    if (c->post != LN_POST_ALL) {
        ln_buf_addf(b, ",\"post\":\"%s\"", ln_post_name(c->post));
    }
    if (!m) {
        return;
    }
    if (c->kind == LN_CHAT_DIRECT) {
        const struct st_member *other =
            c->members[0] == m ? c->members[c->member_count - 1] : c->members[0];
        ln_buf_addf(b, ",\"peer\":%u,\"peer_delivered\":%u,\"peer_read\":%u", other->user->id,
                    other->user->receipts && m->user->receipts ? other->delivered : 0,
                    other->user->receipts && m->user->receipts ? other->read : 0);
    }
    ln_buf_addf(b, ",\"head\":%u,\"last_ts\":%lld,\"unread\":%u,\"mentions\":%u", c->head,
                (long long)c->last_ts, st_unread_count(m), st_mention_count(m));
    ln_buf_addf(b, ",\"read_seq\":%u,\"delivered_seq\":%u,\"role\":\"%s\"", m->read, m->delivered,
                ln_chat_role_name(m->role));
    if (m->unread_from) {
        ln_buf_addf(b, ",\"unread_from\":%u", m->unread_from);
    }
    if (m->pinned) {
        ln_buf_adds(b, ",\"pinned\":true");
    }
    if (st_is_muted(m)) {
        ln_buf_adds(b, ",\"muted\":true");
        if (m->muted_until) {
            ln_buf_addf(b, ",\"muted_until\":%lld", (long long)m->muted_until);
        }
    }
    if (m->level != LN_NOTIFY_ALL) {
        ln_buf_addf(b, ",\"level\":\"%s\"", ln_notify_name(m->level));
    }
}

void
st_chat_open_json(struct ln_buf *b, const struct st_chat *c, const struct st_member *m)
{
    put_chat(b, c, m);
}

void
st_chat_json(struct ln_buf *b, const struct st_chat *c, const struct st_member *m)
{
    put_chat(b, c, m);
    ln_buf_addc(b, '}');
}

void
st_names_init(struct st_names *n)
{
    ln_map_init(&n->seen);
}

void
st_names_add(struct st_names *n, struct ln_store *st, ln_user_id id)
{
    struct st_user *u = st_user_find(st, id);
    if (u) {
        ln_map_put(&n->seen, id, u);
    }
}

void
st_names_json(struct ln_buf *b, struct st_names *n, bool is_admin)
{
    uint64_t id;
    struct st_user *u;
    const char *comma = "";
    ln_buf_adds(b, "\"users\":{");
    for (size_t i = 0; (u = ln_map_each(&n->seen, &i, &id));) {
        ln_buf_addf(b, "%s\"%llu\":", comma, (unsigned long long)id);
        st_user_json(b, u, is_admin);
        comma = ",";
    }
    ln_buf_addc(b, '}');
    ln_map_deinit(&n->seen);
}
