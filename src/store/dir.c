/* SPDX-License-Identifier: MIT
 * dir.c - users, devices, chats and members in memory: the index of the database's small tables.
 *
 * Changed by the commands of the present batch before their commit; nothing reads it in between,
 * and a failed commit throws it away and loads it anew (load.c).
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/hash.h"
#include "linnet/base/mem.h"
#include "store_priv.h"

static uint64_t
digest_key(const uint8_t digest[LN_DIGEST_BYTES])
{
    uint64_t key;
    memcpy(&key, digest, sizeof key);
    return key;
}

void
st_set_text(char **field, struct ln_str text)
{
    free(*field);
    *field = ln_strndup(text.n ? text.p : "", text.n);
}

/* ── users ── */
struct st_user *
st_user_find(struct ln_store *st, ln_user_id id)
{
    return ln_map_get(&st->dir.users, id);
}

struct st_user *
st_user_by_name(struct ln_store *st, struct ln_str name)
{
    struct st_user *u;
    for (uint64_t key = ln_hash_bytes(name.p, name.n); (u = ln_map_get(&st->dir.names, key));
         key++) {
        if (ln_str_eq(ln_str(u->name), name)) {
            return u;
        }
    }
    return NULL;
}

struct st_user *
st_user_add(struct ln_store *st, ln_user_id id, struct ln_str name)
{
    struct st_user *u = ln_zalloc(sizeof *u);
    uint64_t key = ln_hash_bytes(name.p, name.n);
    u->id = id;
    u->name = ln_strndup(name.p, name.n);
    u->display = ln_strdup("");
    u->receipts = u->seen = true;
    u->color = LN_COLOR_BY_ID;
    LIST_INIT(&u->devices);
    ln_map_put(&st->dir.users, id, u);
    while (ln_map_get(&st->dir.names, key)) {
        key++;
    }
    ln_map_put(&st->dir.names, key, u);
    if (id > st->dir.last_user) {
        st->dir.last_user = id;
    }
    return u;
}

/* ── devices ── */
struct st_device *
st_device_find(struct ln_store *st, ln_device_id id)
{
    return ln_map_get(&st->dir.devices, id);
}

struct st_device *
st_device_by_digest(struct ln_store *st, const uint8_t digest[LN_DIGEST_BYTES])
{
    struct st_device *d = ln_map_get(&st->dir.tokens, digest_key(digest));
    while (d && memcmp(d->digest, digest, LN_DIGEST_BYTES) != 0) {
        d = d->hash_next;
    }
    return d;
}

struct st_device *
st_device_add(struct ln_store *st, struct st_user *u, ln_device_id id, struct ln_str name,
              const uint8_t digest[LN_DIGEST_BYTES])
{
    struct st_device *d = ln_zalloc(sizeof *d);
    d->id = id;
    d->user = u;
    d->name = ln_strndup(name.p, name.n);
    memcpy(d->digest, digest, LN_DIGEST_BYTES);
    LIST_INSERT_HEAD(&u->devices, d, link);
    d->hash_next = ln_map_put(&st->dir.tokens, digest_key(digest), d);
    ln_map_put(&st->dir.devices, id, d);
    if (id > st->dir.last_device) {
        st->dir.last_device = id;
    }
    return d;
}

void
st_device_remove(struct ln_store *st, struct st_device *d)
{
    uint64_t key = digest_key(d->digest);
    struct st_device *head = ln_map_del(&st->dir.tokens, key), **at = &head;
    while (*at != d) {
        at = &(*at)->hash_next;
    }
    *at = d->hash_next;
    if (head) {
        ln_map_put(&st->dir.tokens, key, head);
    }
    ln_map_del(&st->dir.devices, d->id);
    LIST_REMOVE(d, link);
    free(d->name);
    free(d);
}

/* ── chats and members ── */
struct st_chat *
st_chat_find(struct ln_store *st, ln_chat_id id)
{
    return ln_map_get(&st->dir.chats, id);
}

struct st_chat *
st_chat_add(struct ln_store *st, ln_chat_id id, unsigned kind)
{
    struct st_chat *c = ln_zalloc(sizeof *c);
    c->id = id;
    c->kind = (uint8_t)kind;
    c->history = LN_HISTORY_ALL;
    c->post = LN_POST_ALL;
    c->title = ln_strdup("");
    c->topic = ln_strdup("");
    c->tail_first = 1;
    ln_map_put(&st->dir.chats, id, c);
    if (id > st->dir.last_chat) {
        st->dir.last_chat = id;
    }
    return c;
}

uint64_t
st_pair_key(ln_user_id a, ln_user_id b)
{
    return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

void
st_pair_add(struct ln_store *st, struct st_chat *c, ln_user_id a, ln_user_id b)
{
    ln_map_put(&st->dir.pairs, st_pair_key(a, b), c);
}

struct st_chat *
st_pair_find(struct ln_store *st, ln_user_id a, ln_user_id b)
{
    return ln_map_get(&st->dir.pairs, st_pair_key(a, b));
}

/* The place of the member of user in c's rising list, or where it would stand. */
static uint32_t
chat_slot(const struct st_chat *c, ln_user_id user)
{
    uint32_t low = 0, high = c->member_count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (c->members[mid]->user->id < user) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static uint32_t
user_slot(const struct st_user *u, ln_chat_id chat)
{
    uint32_t low = 0, high = u->member_count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (u->members[mid]->chat->id < chat) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

struct st_member *
st_member_find(const struct st_chat *c, ln_user_id user)
{
    uint32_t i = chat_slot(c, user);
    return i < c->member_count && c->members[i]->user->id == user ? c->members[i] : NULL;
}

/* Room for one more in a list whose capacity is the next power of two of its count. */
static struct st_member **
list_insert(struct st_member **list, uint32_t count, uint32_t at, struct st_member *m)
{
    if ((count & (count - 1)) == 0) {
        list = ln_grow(list, count ? count * 2u : 1u, sizeof *list);
    }
    memmove(&list[at + 1], &list[at], (count - at) * sizeof *list);
    list[at] = m;
    return list;
}

struct st_member *
st_member_add(struct st_chat *c, struct st_user *u)
{
    struct st_member *m = ln_zalloc(sizeof *m);
    m->user = u;
    m->chat = c;
    m->level = LN_NOTIFY_ALL;
    c->members = list_insert(c->members, c->member_count, chat_slot(c, u->id), m);
    c->member_count++;
    u->members = list_insert(u->members, u->member_count, user_slot(u, c->id), m);
    u->member_count++;
    return m;
}

static void
list_remove(struct st_member **list, uint32_t count, uint32_t at)
{
    memmove(&list[at], &list[at + 1], (count - at - 1) * sizeof *list);
}

void
st_member_remove(struct st_member *m)
{
    list_remove(m->chat->members, m->chat->member_count, chat_slot(m->chat, m->user->id));
    m->chat->member_count--;
    list_remove(m->user->members, m->user->member_count, user_slot(m->user, m->chat->id));
    m->user->member_count--;
    free(m->mentions);
    free(m);
}

bool
st_share_chat(const struct st_user *a, const struct st_user *b)
{
    uint32_t i = 0, j = 0;
    while (i < a->member_count && j < b->member_count) {
        ln_chat_id x = a->members[i]->chat->id, y = b->members[j]->chat->id;
        if (x == y) {
            return true;
        }
        if (x < y) {
            i++;
        } else {
            j++;
        }
    }
    return a == b;
}

void
st_here_add(struct st_chat *c, ln_seq seq)
{
    if (c->here_count == LN_HERES_MAX) {
        memmove(c->heres, c->heres + 1, (LN_HERES_MAX - 1) * sizeof *c->heres);
        c->here_count--;
    }
    c->heres = ln_grow(c->heres, c->here_count + 1u, sizeof *c->heres);
    c->heres[c->here_count++] = seq;
}

void
st_pin_add(struct st_chat *c, ln_seq seq)
{
    uint32_t i = c->pin_count;
    c->pins = ln_grow(c->pins, c->pin_count + 1u, sizeof *c->pins);
    for (; i > 0 && c->pins[i - 1] > seq; i--) {
        c->pins[i] = c->pins[i - 1];
    }
    c->pins[i] = seq;
    c->pin_count++;
}

void
st_pin_remove(struct st_chat *c, ln_seq seq)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->pin_count; i++) {
        if (c->pins[i] != seq) {
            c->pins[n++] = c->pins[i];
        }
    }
    c->pin_count = n;
}

/* ── all ── */
void
st_dir_init(struct ln_store *st)
{
    memset(&st->dir, 0, sizeof st->dir);
    ln_map_init(&st->dir.users);
    ln_map_init(&st->dir.names);
    ln_map_init(&st->dir.chats);
    ln_map_init(&st->dir.pairs);
    ln_map_init(&st->dir.tokens);
    ln_map_init(&st->dir.devices);
    memset(&st->tail, 0, sizeof st->tail);
    ln_map_init(&st->tail.cids);
}

static void
free_chat(struct st_chat *c)
{
    for (uint32_t i = 0; i < c->member_count; i++) {
        free(c->members[i]->mentions);
        free(c->members[i]);
    }
    for (uint32_t i = 0; i < c->tail_count; i++) {
        ln_entry_unref(c->tail[i]);
    }
    free(c->members);
    free(c->tail);
    free(c->heres);
    free(c->pins);
    free(c->title);
    free(c->topic);
    free(c);
}

void
st_dir_deinit(struct ln_store *st)
{
    struct st_chat *c;
    struct st_user *u;
    for (size_t i = 0; (c = ln_map_each(&st->dir.chats, &i, NULL));) {
        free_chat(c);
    }
    for (size_t i = 0; (u = ln_map_each(&st->dir.users, &i, NULL));) {
        struct st_device *d = LIST_FIRST(&u->devices);
        while (d) {
            struct st_device *next = LIST_NEXT(d, link);
            free(d->name);
            free(d);
            d = next;
        }
        free(u->members);
        free(u->name);
        free(u->display);
        free(u->password);
        free(u->cid_top);
        free(u);
    }
    ln_map_deinit(&st->dir.users);
    ln_map_deinit(&st->dir.names);
    ln_map_deinit(&st->dir.chats);
    ln_map_deinit(&st->dir.pairs);
    ln_map_deinit(&st->dir.tokens);
    ln_map_deinit(&st->dir.devices);
    ln_map_deinit(&st->tail.cids);
}
