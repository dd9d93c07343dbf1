/* SPDX-License-Identifier: MIT
 * hello.c - sign-in and resume in one round trip.
 *
 * The chats are written down as they stand at this place in the commit order; the home shard is
 * told by the welcome, and from there live events wait behind the answer. Where missed events lie
 * on disk the welcome goes ahead (pending) and the answer follows from a reader.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "store_priv.h"

static struct ln_welcome *
make_welcome(const struct st_who *who)
{
    const struct st_user *u = who->user;
    struct ln_welcome *w = ln_zalloc(sizeof *w + u->member_count * sizeof w->chats[0]);
    w->user = u->id;
    w->device = who->device->id;
    w->role = u->role;
    w->receipts = u->receipts;
    w->count = u->member_count;
    for (uint32_t i = 0; i < u->member_count; i++) {
        const struct st_member *m = u->members[i];
        w->chats[i] = (struct ln_welcome_chat){m->chat->id, m->chat->head, m->role, m->chat->kind,
                                               m->chat->archived};
    }
    return w;
}

static bool
find_cursor(const struct ln_cmd *cmd, ln_chat_id chat, ln_seq *seq)
{
    uint32_t low = 0, high = cmd->cursor_count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (cmd->cursors[mid].chat == chat) {
            *seq = cmd->cursors[mid].seq;
            return true;
        }
        if (cmd->cursors[mid].chat < chat) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return false;
}

static int
by_recency(const void *a, const void *b)
{
    const struct st_member *x = *(struct st_member *const *)a;
    const struct st_member *y = *(struct st_member *const *)b;
    return x->chat->last_ts != y->chat->last_ts ? (x->chat->last_ts < y->chat->last_ts ? 1 : -1)
           : x->chat->id < y->chat->id          ? -1
                                                : 1;
}

/* The chat as it stands, and what of its log the client missed. */
static void
add_chat(struct st_read *r, const struct st_member *m, bool same_epoch, size_t *bytes)
{
    struct ln_cmd *cmd = &r->req->cmd;
    const struct st_chat *c = m->chat;
    struct st_hello_chat *h = &r->chats[r->chat_count++];
    struct ln_buf text;
    ln_seq cursor = 0;
    bool known = same_epoch && find_cursor(cmd, c->id, &cursor) && cursor <= c->head;
    h->part = -1;
    h->gap = known ? c->head - cursor > LN_HELLO_GAP : c->head > 0;
    if (known && !h->gap && cursor < c->head) {
        struct st_part *p = &r->parts[r->part_count];
        st_part_init(p, c, ST_READ_EVENTS, m->visible_from, cursor, LN_HELLO_GAP);
        h->part = (int32_t)r->part_count++;
        for (uint32_t i = 0; i < p->slice_count; i++) {
            *bytes += ln_entry_bytes(p->slice[i]);
        }
    }
    ln_buf_init(&text, 8192);
    st_chat_open_json(&text, c, m);
    h->json = ln_arena_str(&cmd->arena, ln_buf_str(&text));
    *bytes += text.n + 32;
    ln_buf_deinit(&text);
}

void
st_hello(struct ln_store *st, struct ln_req *req)
{
    struct ln_cmd *cmd = &req->cmd;
    struct st_who who;
    enum ln_err err = st_who(st, cmd, &who);
    if (err || !who.user || !who.device) {
        st_fail_req(st, req, err ? err : LN_EAUTH);
        return;
    }
    const struct st_user *u = who.user;
    bool same_epoch = !cmd->args.epoch.n || ln_str_eq(cmd->args.epoch, ln_str(st->epoch));
    struct st_member **order = ln_alloc((u->member_count + 1u) * sizeof(struct st_member *));
    size_t bytes = 1024;
    if (u->member_count) {
        memcpy(order, u->members, u->member_count * sizeof *order);
        qsort(order, u->member_count, sizeof *order, by_recency);
    }
    struct st_read *r = st_read_create(req, u->member_count);
    r->part_count = 0;
    r->chats = ln_arena_alloc(&cmd->arena, (u->member_count + 1u) * sizeof *r->chats);
    for (uint32_t i = 0; i < u->member_count && !r->more; i++) {
        add_chat(r, order[i], same_epoch, &bytes);
        r->more = bytes > LN_HELLO_BYTES && i + 1 < u->member_count;
    }
    free(order);
    bool disk = false;
    for (uint32_t i = 0; i < r->part_count; i++) {
        disk = disk || st_part_needs_disk(&r->parts[i]);
    }
    if (!disk) {
        for (uint32_t i = 0; i < r->part_count; i++) {
            st_part_merge(&r->parts[i], NULL, 0);
        }
        st_answer_read(st, r);
        return;
    }
    struct ln_reply *ahead = ln_reply_create(cmd, LN_OK);
    ahead->welcome = make_welcome(&who);
    ahead->welcome->pending = true;
    st_send_reply(st, ahead);
    if (st_reader_post(st, r)) {
        r->req = NULL;
        st_read_destroy(&r);
        st_fail_req(st, req, LN_EAGAIN);
    }
}

static void
put_events(struct ln_store *st, struct ln_buf *b, const struct st_part *p, struct st_names *names)
{
    for (uint32_t i = 0; p && i < p->row_count; i++) {
        ln_buf_adds(b, i ? "," : "");
        ln_entry_event_json(b, p->rows[i], false);
        st_names_of_entry(names, st, p->rows[i]);
    }
}

void
st_hello_finish(struct ln_store *st, struct st_read *r, struct ln_reply *reply)
{
    struct ln_buf *b = &reply->json;
    struct st_names names;
    struct st_who who;
    if (st_who(st, &r->req->cmd, &who) || !who.user) {
        reply->err = LN_EAUTH;
        return;
    }
    reply->welcome = make_welcome(&who);
    st_names_init(&names);
    st_names_add(&names, st, who.user->id);
    for (uint32_t i = 0; i < who.user->member_count; i++) {
        const struct st_chat *c = who.user->members[i]->chat;
        for (uint32_t k = 0; c->kind == LN_CHAT_DIRECT && k < c->member_count; k++) {
            st_names_add(&names, st, c->members[k]->user->id);
        }
    }
    ln_buf_addf(b, "\"epoch\":\"%s\",\"self\":{\"id\":%u,", st->epoch, who.user->id);
    size_t at = b->n;
    st_user_json(b, who.user, false);
    b->p[at] = ' ';
    if (!who.user->receipts || !who.user->seen) { /* one's own choices, told to nobody else */
        b->n--;
        ln_buf_adds(b, who.user->receipts ? "" : ",\"receipts\":false");
        ln_buf_adds(b, who.user->seen ? "}" : ",\"seen\":false}");
    }
    ln_buf_addf(b, ",\"device\":%u,\"heartbeat_s\":%lld,\"ttl_s\":%lld,\"server\":", who.device->id,
                (long long)(st->opts->heartbeat_ms / 1000), (long long)(st->opts->ttl_ms / 1000));
    ln_buf_add_json(b, ln_str(st->name));
    if (st->opts->file_bytes) {
        ln_buf_addf(b, ",\"files\":{\"max_bytes\":%lld}", (long long)st->opts->file_bytes);
    }
    ln_buf_adds(b, ",\"chats\":[");
    for (uint32_t i = 0; i < r->chat_count; i++) {
        const struct st_hello_chat *h = &r->chats[i];
        const struct st_part *p = h->part < 0 ? NULL : &r->parts[h->part];
        bool large = p && (p->more || b->n > LN_HELLO_BYTES); /* by events then */
        ln_buf_adds(b, i ? "," : "");
        ln_buf_add(b, h->json.p, h->json.n);
        ln_buf_adds(b, ",\"events\":[");
        put_events(st, b, large ? NULL : p, &names);
        ln_buf_adds(b, h->gap || large ? "],\"gap\":true}" : "],\"gap\":false}");
    }
    ln_buf_addf(b, "],\"more\":%s,", r->more ? "true" : "false");
    st_names_json(b, &names, false);
}
