/* SPDX-License-Identifier: MIT
 * cid.c - the ids that senders give, and what was sent under them, once the log has let go of it.
 *
 * Each sender's greatest cid in the table is kept in memory. What comes above it cannot be there:
 * a sender whose cids sort by time (UUIDv7) costs no look-up.
 */
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "store_priv.h"

void
st_cid_digest(uint8_t out[16], ln_chat_id chat, unsigned kind, struct ln_str body)
{
    uint8_t digest[LN_DIGEST_BYTES];
    struct ln_buf b;
    ln_buf_init(&b, body.n + 64);
    ln_buf_addu(&b, chat);
    ln_buf_addc(&b, ' ');
    ln_buf_addu(&b, kind);
    ln_buf_addc(&b, ' ');
    ln_buf_add(&b, body.p, body.n);
    ln_sha256(digest, b.p, b.n);
    memcpy(out, digest, 16);
    ln_buf_deinit(&b);
}

/* As SQLite's BINARY orders them. */
static bool
is_above(struct ln_str cid, const char *top)
{
    size_t n = strlen(top);
    int order = memcmp(cid.p, top, cid.n < n ? cid.n : n);
    return order ? order > 0 : cid.n > n;
}

static void
load_top(struct ln_store *st, struct st_user *u)
{
    sqlite3_stmt *s = st_query(&st->db, SQL_CID_TOP, "i", (int64_t)u->id);
    u->cid_top = ln_alloc(LN_CID_MAX + 1);
    u->cid_top[0] = '\0'; /* below all: a cid is never empty */
    if (st_step(&st->db, s)) {
        const unsigned char *top = sqlite3_column_text(s, 0);
        snprintf(u->cid_top, LN_CID_MAX + 1, "%s", top ? (const char *)top : "");
        sqlite3_reset(s);
    }
}

enum ln_err
st_cid_find(struct ln_store *st, struct st_user *sender, struct ln_str cid, const uint8_t sent[16],
            int64_t *id)
{
    if (!sender->cid_top) {
        load_top(st, sender);
    }
    if (is_above(cid, sender->cid_top)) {
        return LN_OK;
    }
    sqlite3_stmt *s = st_query(&st->db, SQL_CID_GET, "is", (int64_t)sender->id, cid);
    if (!st_step(&st->db, s)) {
        return LN_OK;
    }
    *id = sqlite3_column_int64(s, 0);
    const void *was = sqlite3_column_blob(s, 1);
    bool same = was && sqlite3_column_bytes(s, 1) == 16 && memcmp(was, sent, 16) == 0;
    sqlite3_reset(s);
    return same ? LN_ECONFLICT : LN_ECIDREUSE;
}

void
st_cid_put(struct ln_store *st, ln_user_id sender, struct ln_str cid, int64_t id,
           const uint8_t sent[16])
{
    struct st_user *u = st_user_find(st, sender);
    st_run(&st->db, SQL_CID_PUT, "isib", (int64_t)sender, cid, id, sent);
    if (u && u->cid_top && is_above(cid, u->cid_top)) {
        memcpy(u->cid_top, cid.p, cid.n);
        u->cid_top[cid.n] = '\0';
    }
}
