/* SPDX-License-Identifier: MIT
 * store_priv.h - the store's own structures.
 *
 * Thread:  the store's, but where a field says otherwise.
 */
#ifndef LINNET_STORE_PRIV_H
#define LINNET_STORE_PRIV_H

#include <sqlite3.h>
#include <sys/queue.h>

#include "linnet/base/map.h"
#include "linnet/model/acl.h"
#include "linnet/model/entry.h"
#include "linnet/model/kind.h"
#include "linnet/rt/secret.h"
#include "linnet/rt/thread.h"
#include "linnet/store/store.h"

/* ── the directory: all but message text, in memory ── */
struct st_member {
    struct st_user *user;
    struct st_chat *chat;
    uint8_t role;  /* enum ln_chat_role */
    uint8_t level; /* enum ln_notify */
    bool muted;
    bool pinned;       /* on top of the member's own list */
    bool dirty;        /* own-read mark is ahead of its row: written at the end of a fold */
    ln_ts muted_until; /* 0 = until unmuted */
    ln_seq delivered;
    ln_seq read;
    uint32_t read_msg; /* msg_no at read */
    ln_seq alerted;
    ln_seq visible_from; /* first seq this member may read */
    ln_seq unread_from;  /* 0 = none */
    uint32_t mention_count;
    ln_seq *mentions; /* seqs above read, rising */
};

struct st_device {
    struct st_user *user;
    struct st_device *hash_next; /* same first 8 bytes of digest: never seen, but allowed */
    LIST_ENTRY(st_device) link;  /* the user's devices */
    ln_device_id id;
    char *name;
    uint8_t digest[LN_DIGEST_BYTES];
    ln_ts created;
    ln_ts seen; /* written at most once an hour */
};

struct st_user {
    ln_user_id id;
    uint8_t role; /* enum ln_role */
    bool disabled;
    bool receipts;
    bool seen;     /* last_seen is shown */
    uint8_t color; /* 0 … 11; LN_COLOR_BY_ID */
    bool is_seen_dirty;
    char *name;
    char *display;
    char *password; /* stored hash, or NULL */
    char *cid_top;  /* the greatest of its cids in the table; NULL: not looked up yet */
    ln_ts created;
    ln_ts last_seen;
    uint64_t rights_turn; /* the turn in which memberships or standing last changed */
    uint32_t member_count;
    struct st_member **members; /* rising by chat id */
    LIST_HEAD(st_devices, st_device) devices;
};

struct st_chat {
    ln_chat_id id;
    uint8_t kind; /* enum ln_chat_kind */
    uint8_t history;
    uint8_t post; /* enum ln_post */
    bool archived;
    bool dirty; /* head is ahead of its row */
    char *title;
    char *topic;
    ln_seq head;
    uint32_t msg_no;
    ln_ts last_ts;
    ln_ts created;
    uint32_t member_count;
    struct st_member **members; /* rising by user id */
    ln_seq tail_first;          /* seq of tail[0] */
    uint32_t tail_count;
    uint32_t tail_cap;
    struct ln_entry **tail; /* seqs tail_first … head, not yet folded */
    uint32_t here_count;
    ln_seq *heres; /* seqs of @here messages, rising; the last LN_HERES_MAX */
    uint32_t pin_count;
    ln_seq *pins; /* seqs of pinned messages, rising; LN_PINS_MAX at most */
};
#define LN_COLOR_BY_ID 12
#define LN_HERES_MAX 1000
#define LN_MENTIONS_MAX 1000 /* unread mentions remembered a member and chat */

struct st_dir {
    struct ln_map users; /* id → st_user */
    struct ln_map
        names; /* hash of name → st_user (compared; names with one hash chain by probing) */
    struct ln_map chats;   /* id → st_chat */
    struct ln_map pairs;   /* direct: lower << 32 | higher → st_chat */
    struct ln_map tokens;  /* first 8 bytes of a digest → st_device */
    struct ln_map devices; /* id → st_device */
    ln_user_id last_user;
    ln_chat_id last_chat;
    ln_device_id last_device;
    ln_user_id owner; /* 0 = none yet: needs set-up */
};

struct st_tail {
    struct ln_map cids; /* hash of (sender, cid) → entry (borrowed from its chat's tail) */
    uint32_t rows;
    size_t bytes;
    uint64_t oldest_ms; /* when the tail last was empty */
};

/* ── SQL: see db.c ── */
enum st_sql {
#define X(id, text) SQL_##id,
#include "store_sql.h"
#undef X
    SQL_COUNT
};

struct st_db {
    sqlite3 *h;
    sqlite3_stmt *stmt[SQL_COUNT];
    bool is_open_tx;
    bool failed;        /* a statement failed: sticky until the turn ends */
    int error;          /* SQLite's extended code of that */
    uint32_t wal_pages; /* after the last commit */
    char path[4096];
};

enum st_fold_stage { ST_FOLD_IDLE, ST_FOLD_ROWS, ST_FOLD_CIDS, ST_FOLD_FINISH, ST_FOLD_TRIM };

struct st_fold_cid {
    uint64_t sender;
    uint64_t prefix; /* first 8 bytes of the cid, big-endian: sorts as the text does */
    struct ln_entry *entry;
};

struct st_fold {
    enum st_fold_stage stage;
    bool active;       /* ROWS … FINISH: an item's change goes to log and history */
    ln_commit_no upto; /* rows with commit_no <= upto are being folded */
    uint32_t count;
    uint32_t pos;
    int64_t *ids; /* rows to fold, sorted */
    uint32_t cid_count;
    uint32_t cid_pos;
    struct st_fold_cid *cids; /* sorted; each entry one reference */
    uint64_t hold_ms;         /* after a failure: no new fold before */
    ln_commit_no trimmed;     /* log rows <= trimmed are deleted, as far as this process knows */
};

struct st_reader; /* reader.c */
#define LN_READERS 2

struct ln_store {
    struct ln_thread thread;
    struct ln_mailbox mailbox;
    atomic_bool stopping;
    const struct ln_options *opts;
    struct ln_store_port *ports;
    unsigned shards;
    unsigned schema;
    int lock_fd;
    char epoch[24];
    char name[LN_SERVER_NAME_BYTES + 1]; /* shown to people: set here, or the configured one */
    uint64_t started_ms;

    struct st_db db;
    struct st_dir dir;
    struct st_tail tail;
    struct st_fold fold;
    ln_commit_no last;   /* last commit number given */
    ln_commit_no folded; /* rows <= folded are in history */
    uint64_t scrub_ms;   /* when deleted text must leave the WAL; 0 = none waits there */

    /* a turn */
    uint64_t turn; /* counts them */
    struct ln_batch *batch;
    uint32_t rows;                           /* changed in the present transaction */
    struct ln_req *deferred, **deferred_end; /* reads, answered after the commit */

    /* trouble */
    atomic_bool shown_down; /* is_down, for other threads */
    bool is_down;           /* a commit failed: writes are refused until recovery */
    bool is_blind;          /* and the directory could not be loaded: reads are refused too */
    uint64_t retry_ms;      /* when recovery is tried again */
    struct ln_msg stop;

    /* readers; gate and inside are shared with them */
    struct st_reader *readers[LN_READERS];
    unsigned next_reader;
    atomic_bool gate;   /* closed: no new read may begin (RESTART checkpoint) */
    atomic_uint inside; /* readers inside a transaction */
    unsigned reads_out; /* requests with readers, not yet back */
};

/* messages in the store's mailbox */
enum st_msg { ST_MSG_REQ = 1, ST_MSG_MARKS, ST_MSG_READ, ST_MSG_STOP };

/* ── db.c, migrate.c ── */
void st_db_setup(void); /* does nothing where SQLite is in use already */
LN_MUST_CHECK enum ln_err st_db_open(struct st_db *db, const char *path, char *why, size_t why_n);
void st_db_close(struct st_db *db);
void st_db_fail(struct st_db *db, const char *where);
/* Binds by fmt: i int64, s struct ln_str (empty = NULL), t struct ln_str (never NULL), b 16-byte
 * blob, B 32-byte blob. Steps to the end, resets. False, and sticky, on failure. */
bool st_run(struct st_db *db, enum st_sql id, const char *fmt, ...);
/* The same, but gives the bound statement to be stepped by the caller, who resets it. */
sqlite3_stmt *st_query(struct st_db *db, enum st_sql id, const char *fmt, ...);
bool st_step(struct st_db *db, sqlite3_stmt *s); /* true: a row; false: end or failure, reset */
void st_begin(struct st_db *db);
LN_MUST_CHECK enum ln_err st_commit(struct st_db *db);
void st_rollback(struct st_db *db);
int64_t st_meta_int(struct st_db *db, const char *key, int64_t fallback);
void st_meta_set_int(struct st_db *db, const char *key, int64_t value);
struct ln_str st_col(sqlite3_stmt *s, int i); /* text, borrowed until the next step */
LN_MUST_CHECK enum ln_err st_migrate(struct st_db *db, const char *dir, unsigned *schema, char *why,
                                     size_t why_n, int *exit_code);
/* ── fault.c: test builds only; elsewhere nothing fails and all is as it should be ── */
bool st_fault(const char *step); /* does this pass of step fail? May not return, where it kills */
bool st_mutant(const char *name);
struct ln_batch *st_mutant_early(struct ln_batch *b); /* to be posted before the commit, or NULL */
uint32_t st_tuned(const char *name, uint32_t normal);

/* ── dir.c ── */
bool st_is_muted(const struct st_member *m);
void st_dir_init(struct ln_store *st);
void st_dir_deinit(struct ln_store *st);
LN_MUST_CHECK enum ln_err st_dir_load(struct ln_store *st); /* everything, tail included */
struct st_user *st_user_find(struct ln_store *st, ln_user_id id);
struct st_user *st_user_by_name(struct ln_store *st, struct ln_str name);
struct st_user *st_user_add(struct ln_store *st, ln_user_id id, struct ln_str name);
struct st_device *st_device_find(struct ln_store *st, ln_device_id id);
struct st_device *st_device_by_digest(struct ln_store *st, const uint8_t digest[LN_DIGEST_BYTES]);
struct st_device *st_device_add(struct ln_store *st, struct st_user *u, ln_device_id id,
                                struct ln_str name, const uint8_t digest[LN_DIGEST_BYTES]);
void st_device_remove(struct ln_store *st, struct st_device *d);
struct st_chat *st_chat_find(struct ln_store *st, ln_chat_id id);
struct st_chat *st_chat_add(struct ln_store *st, ln_chat_id id, unsigned kind);
void st_pair_add(struct ln_store *st, struct st_chat *c, ln_user_id a, ln_user_id b);
struct st_chat *st_pair_find(struct ln_store *st, ln_user_id a, ln_user_id b);
uint64_t st_pair_key(ln_user_id a, ln_user_id b);
struct st_member *st_member_find(const struct st_chat *c, ln_user_id user);
struct st_member *st_member_add(struct st_chat *c, struct st_user *u);
void st_member_remove(struct st_member *m);
void st_pin_add(struct st_chat *c, ln_seq seq);
void st_pin_remove(struct st_chat *c, ln_seq seq);
void st_here_add(struct st_chat *c, ln_seq seq); /* the oldest gives way to the newest */
void st_set_text(char **field, struct ln_str text);
bool st_share_chat(const struct st_user *a, const struct st_user *b);

/* ── tail.c ── */
void st_tail_add(struct ln_store *st, struct st_chat *c, struct ln_entry *e); /* takes */
struct ln_entry *st_tail_find(const struct st_chat *c, ln_seq seq);           /* borrowed or NULL */
void st_tail_replace(struct ln_store *st, struct st_chat *c,
                     struct ln_entry *e); /* takes; same seq */
struct ln_entry *st_tail_by_cid(struct ln_store *st, ln_user_id sender, struct ln_str cid);
void st_tail_drop(struct ln_store *st, struct st_chat *c, ln_commit_no upto);

/* ── cid.c ── */
/* What makes two sends of one cid the same: chat, kind and body as first sent. */
void st_cid_digest(uint8_t out[16], ln_chat_id chat, unsigned kind, struct ln_str body);
/* Of what the log no longer holds. LN_OK: never used. LN_ECONFLICT: by the same, *id is its event's
 * (chat << 32 for a chat.create). LN_ECIDREUSE: by another. */
LN_MUST_CHECK enum ln_err st_cid_find(struct ln_store *st, struct st_user *sender,
                                      struct ln_str cid, const uint8_t sent[16], int64_t *id);
void st_cid_put(struct ln_store *st, ln_user_id sender, struct ln_str cid, int64_t id,
                const uint8_t sent[16]);

/* ── dir_json.c ── */
void st_user_json(struct ln_buf *b, const struct st_user *u, bool is_admin);
void st_chat_json(struct ln_buf *b, const struct st_chat *c, const struct st_member *m);
void st_chat_open_json(struct ln_buf *b, const struct st_chat *c, const struct st_member *m);
/* A set of users to be named under "users". */
struct st_names {
    struct ln_map seen;
};
void st_names_init(struct st_names *n);
void st_names_add(struct st_names *n, struct ln_store *st, ln_user_id id);
void st_names_json(struct ln_buf *b, struct st_names *n, bool is_admin); /* "users":{…}; frees */
uint32_t st_mention_count(const struct st_member *m);
uint32_t st_unread_count(const struct st_member *m);

/* ── who asks: write.c ── */
struct st_who {
    struct st_user *user;     /* NULL = nobody, or the operator as such */
    struct st_device *device; /* NULL = none */
    bool is_operator;
    unsigned role;
};
/* Finds the caller as of now; LN_EAUTH where token, device or user no longer stand. */
LN_MUST_CHECK enum ln_err st_who(struct ln_store *st, const struct ln_cmd *cmd, struct st_who *who);
/* acl for an operation on a chat; *chat is NULL where the answer is not LN_OK. */
LN_MUST_CHECK enum ln_err st_allow_chat(struct ln_store *st, const struct ln_cmd *cmd,
                                        const struct st_who *who, struct ln_acl_query extra,
                                        struct st_chat **chat, struct st_member **member);
LN_MUST_CHECK enum ln_err st_allow_user(const struct ln_cmd *cmd, const struct st_who *who,
                                        const struct st_user *other, unsigned new_role);
/* Runs one write of the present batch: changes memory and database, appends records. */
void st_write(struct ln_store *st, struct ln_req *req);
/* The acknowledgement of cmd: json is copied into the batch. */
struct ln_record *st_ack(struct ln_store *st, const struct ln_cmd *cmd, enum ln_err err,
                         const struct ln_buf *json);

/* Appends an event to a chat's log: gives seq, ts, commit number; fills e's other fields from
 * `from`; writes the row; adds it to tail and batch. Returns the entry, borrowed. */
struct ln_entry *st_append(struct ln_store *st, struct st_chat *c, const struct ln_entry *from);
void st_put_member_record(struct ln_store *st, const struct st_chat *c, const struct st_member *m,
                          ln_user_id user);
void st_put_user_record(struct ln_store *st, const struct st_user *u);
void st_put_cut_record(struct ln_store *st, ln_user_id user, ln_device_id device,
                       ln_device_id keep);
void st_touch(struct ln_store *st); /* a row is about to change: opens the transaction */

typedef enum ln_err st_write_fn(struct ln_store *st, struct ln_cmd *cmd, struct st_who *who,
                                struct ln_buf *json);
/* ── write_file.c ── */
void st_file_lookup(struct ln_store *st, struct ln_req *req); /* takes req */
/* May this person put all files of cmd into a message? LN_ENOTFOUND where not one of them. */
LN_MUST_CHECK enum ln_err st_files_allowed(struct ln_store *st, const struct ln_cmd *cmd,
                                           const struct st_who *who);
/* The message shows exactly these files from now on (none: NULL). In the present transaction. */
void st_files_refer(struct ln_store *st, ln_chat_id chat, ln_seq seq, const struct ln_cmd *cmd);
st_write_fn st_write_file_begin, st_write_file_commit, st_write_file_drop;
st_write_fn st_write_send, st_write_edit, st_write_delete, st_write_react, st_write_pin;
st_write_fn st_write_mark, st_write_unread;
st_write_fn st_write_chat_create, st_write_chat_update, st_write_chat_join, st_write_chat_leave,
    st_write_chat_add, st_write_chat_remove, st_write_chat_role, st_write_chat_notify;
st_write_fn st_write_user_create, st_write_user_import, st_write_user_update,
    st_write_user_password, st_write_user_link, st_write_device_revoke, st_write_logout,
    st_write_invite_create, st_write_invite_revoke, st_write_setup_link, st_write_login,
    st_write_setup_accept, st_write_invite_accept, st_write_link_accept, st_write_secret_peek,
    st_write_server_update;
void st_about(struct ln_store *st, struct ln_buf *b); /* members of the answer to `about` */
void st_write_member(struct ln_store *st, const struct st_member *m); /* its row */
void st_marks(struct ln_store *st, const struct ln_marks *m);
/* Raises m's marks; true where one rose. Writes the row and the record. */
bool st_mark_raise(struct ln_store *st, struct st_member *m, ln_seq delivered, ln_seq read);
/* A new member with its join event. role: enum ln_chat_role. */
void st_join(struct ln_store *st, struct st_chat *c, struct st_user *const *users, size_t n,
             unsigned role, ln_user_id by);

/* ── answer.c, hello.c, reader.c ── */
void st_answer(struct ln_store *st, struct ln_req *req);     /* takes */
void st_lookup(struct ln_store *st, struct ln_req *req);     /* takes; ACCOUNT's first stage */
void st_hello(struct ln_store *st, struct ln_req *req);      /* takes */
void st_send_reply(struct ln_store *st, struct ln_reply *r); /* takes */
void st_fail_req(struct ln_store *st, struct ln_req *req, enum ln_err err); /* takes */
/* What a reader is asked: parts of chats' logs, each with the refcounted slice of the tail above.
 */
enum st_read_mode { ST_READ_EVENTS, ST_READ_BEFORE, ST_READ_AFTER };
struct st_part {
    ln_chat_id chat;
    enum st_read_mode mode;
    ln_seq first; /* lowest seq that may be shown */
    ln_seq last;  /* highest seq of the answer */
    ln_seq pivot; /* before: seqs below it; after, events: seqs above it */
    uint32_t limit;
    size_t bytes;            /* as limit, of the rows' size; one row passes in any case */
    bool is_cut;             /* the disk gave fewer rows than it has, because of their size */
    ln_seq disk_last;        /* seqs <= disk_last lie in history */
    struct ln_entry **slice; /* seqs disk_last+1 … last, each one reference */
    uint32_t slice_count;
    /* answer */
    struct ln_entry **rows; /* rising; each one reference */
    uint32_t row_count;
    bool more;
};
struct st_read {
    struct ln_msg msg; /* ST_MSG_READ when it comes back */
    struct ln_req *req;
    ln_user_id user; /* whose rights are checked again when it comes back; 0 = the operator */
    uint64_t turn;   /* of the store when it was asked */
    enum ln_err err;
    uint32_t part_count;
    struct st_part *parts;
    /* hello: what each chat looked like when it was asked; in the request's arena */
    struct st_hello_chat *chats;
    uint32_t chat_count;
    bool more; /* hello: chats left out; pins: older ones */
};
struct st_hello_chat {
    struct ln_str json; /* the chat's object, still open */
    int32_t part;       /* its missed events, or -1 */
    bool gap;
};
struct st_read *st_read_create(struct ln_req *req, uint32_t parts);
void st_read_destroy(struct st_read **r);
/* Fills part's bounds and slice from chat as it stands. */
void st_part_init(struct st_part *p, const struct st_chat *c, enum st_read_mode mode, ln_seq first,
                  ln_seq pivot, uint32_t limit);
bool st_part_needs_disk(const struct st_part *p);
/* Joins what the disk gave (rising; takes the references) with the slice, to at most limit rows. */
void st_part_merge(struct st_part *p, struct ln_entry **disk, uint32_t count);
/* Answers a read whose parts are merged, on the store's thread. Takes it. */
void st_answer_read(struct ln_store *st, struct st_read *r);
void st_hello_finish(struct ln_store *st, struct st_read *r, struct ln_reply *reply);
void st_names_of_entry(struct st_names *n, struct ln_store *st, const struct ln_entry *e);
void st_readers_start(struct ln_store *st);
void st_readers_stop(struct ln_store *st);
LN_MUST_CHECK enum ln_err st_reader_post(struct ln_store *st,
                                         struct st_read *r); /* takes on LN_OK */
void st_read_done(struct ln_store *st, struct st_read *r);   /* takes; back on the store's thread */
struct ln_entry *st_entry_of_row(sqlite3_stmt *s);           /* columns as SQL_ENTRY_COLS */

/* ── fold.c ── */
bool st_fold_is_due(const struct ln_store *st, bool idle);
/* One slice, about 4 ms, in a transaction of its own; at least rows rows where it is rows it moves.
 * Starts a fold where one is due. */
void st_fold_step(struct ln_store *st, uint32_t rows);
void st_fold_resume(struct ln_store *st); /* after a load: rows may have been left to trim */
bool st_fold_is_busy(const struct ln_store *st);
void st_checkpoint(struct ln_store *st, bool idle);
void st_fold_abort(struct ln_store *st);
size_t st_wal_bytes(const struct ln_store *st);

#endif
