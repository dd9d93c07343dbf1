/* SPDX-License-Identifier: MIT
 * store.h - the one writer of the database, with everything but the text of messages in memory.
 *
 * Thread:  ln_store_open/start/stop on main; *_post anywhere; the rest is the store's own.
 *
 * Commands enter through one mailbox. What waits there when the store looks becomes one transaction
 * (at most LN_STORE_ROWS rows or LN_STORE_BATCH_US), is fsynced, and only then told to the shards:
 * one batch, in commit order, to every shard (LN_MSG_BATCH). Reads have their place in the same
 * order and see whole commits only; what memory does not hold is fetched by a reader thread and
 * passes the store once more, so that it is authorised in the order of commits too. Answers come as
 * LN_MSG_REPLY.
 */
#ifndef LINNET_STORE_STORE_H
#define LINNET_STORE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/buf.h"
#include "linnet/base/err.h"
#include "linnet/base/options.h"
#include "linnet/model/cmd.h"
#include "linnet/model/record.h"
#include "linnet/rt/mailbox.h"

#define LN_STORE_ROWS 1000                  /* rows in one commit, about */
#define LN_STORE_BATCH_US 5000              /* time to fill one commit */
#define LN_STORE_MAILBOX 65536              /* requests waiting; more are answered "busy" */
#define LN_STORE_UNAPPLIED_BYTES (8u << 20) /* batches a shard has not applied: sends wait */
#define LN_STORE_FOLD_ROWS 32768
#define LN_STORE_FOLD_BYTES (16u << 20)
#define LN_STORE_FOLD_AGE_MS 600000
#define LN_STORE_WAL_SOFT_BYTES (4u << 20)
#define LN_STORE_WAL_HARD_BYTES (32u << 20)
#define LN_STORE_SCRUB_MS 2000      /* deleted text leaves the WAL so long after its delete */
#define LN_PINS_MAX 100             /* pinned messages of a chat */
#define LN_SERVER_NAME_BYTES 64     /* of the server's name */
#define LN_HELLO_GAP 50             /* missed events that hello itself carries, a chat */
#define LN_HELLO_BYTES (128u << 10) /* of one hello answer, about */
#define LN_PAGE_BYTES (128u << 10)  /* of one page of events or history, about; one row at least */

struct ln_req;
struct ln_store; /* opaque: src/store/store_priv.h */

/* ── what shards receive ── */
enum ln_shard_msg {
    LN_MSG_BATCH = 1,
    LN_MSG_REPLY,
    LN_MSG_SHARD /* first of shard/'s own types */
};

struct ln_batch_msg {
    struct ln_msg msg;
    struct ln_batch *batch; /* one reference */
};

struct ln_welcome_chat {
    ln_chat_id chat;
    ln_seq head;  /* events up to it are in the answer: not sent again */
    uint8_t role; /* enum ln_chat_role */
    uint8_t kind; /* enum ln_chat_kind */
    bool archived;
};

/* Where a hello stands in the commit order, and whose it is. */
struct ln_welcome {
    ln_user_id user;
    ln_device_id device;
    uint8_t role;  /* enum ln_role */
    bool receipts; /* shows marks and sees them */
    bool pending;  /* the answer itself follows: hold live events until then */
    uint32_t count;
    struct ln_welcome_chat chats[];
};

/* What a person may know of a file. */
struct ln_file_info {
    uint64_t size;
    bool done; /* committed */
    char id[33];
    char hash[65]; /* done: SHA-256 of the content */
    char type[32];
    char name[256];
};

struct ln_reply {
    struct ln_msg msg;
    struct ln_req *req; /* LOOKUP: the request comes back, owned; else NULL */
    struct ln_origin origin;
    enum ln_op op;
    enum ln_err err;
    uint32_t retry_ms;          /* with err: 0 = not said */
    ln_user_id user;            /* LOOKUP: whose hash; sign-ins: who; 0 = nobody */
    struct ln_file_info *file;  /* LOOKUP of file operations */
    struct ln_buf json;         /* members of the answer, without braces; LOOKUP: the stored hash */
    struct ln_welcome *welcome; /* hello only */
    uint32_t *watch;            /* watch: the people allowed, the first count of */
    uint32_t watch_count;
    ln_chat_id watch_chat; /* watch: whose online count to show, or 0 */
};
struct ln_reply *ln_reply_create(const struct ln_cmd *cmd, enum ln_err err);
void ln_reply_destroy(struct ln_reply **r);

struct ln_store_port {
    struct ln_mailbox *mailbox;
    atomic_uint unapplied; /* bytes of batches posted and not applied; the shard subtracts */
};

/* ── main ── */
/* Opens, migrates and loads opts->data_dir. NULL, a sentence in why, and *exit_code (1, 3, 78). */
struct ln_store *ln_store_open(const struct ln_options *opts, char *why, size_t why_n,
                               int *exit_code);
unsigned ln_store_schema(const struct ln_store *st);
bool ln_store_needs_setup(struct ln_store *st); /* before start */
void ln_store_start(struct ln_store *st, struct ln_store_port *ports, unsigned shards);
/* Commits and answers what was posted, folds nothing more, checkpoints, closes. Shards must still
 * take their mail. */
void ln_store_stop(struct ln_store *st); /* joins the threads */
void ln_store_destroy(struct ln_store **st);

/* ── any thread ── */
/* A command; takes it on LN_OK. LN_EAGAIN where too many wait, LN_ESHUTDOWN after stop. */
struct ln_req {
    struct ln_msg msg;
    struct ln_cmd cmd;
};
struct ln_req *ln_req_create(void);
void ln_req_destroy(struct ln_req **r);
bool ln_store_is_writable(const struct ln_store *st);
LN_MUST_CHECK enum ln_err ln_store_post(struct ln_store *st, struct ln_req *req);

/* Marks that a shard merged; and when users were last seen. Takes m; never refused (one a shard and
 * 250 ms). */
struct ln_mark {
    ln_chat_id chat;
    ln_user_id user;
    ln_seq delivered;
    ln_seq read;
};
struct ln_seen {
    ln_user_id user;
    ln_ts ts;
};
struct ln_marks {
    struct ln_msg msg;
    uint32_t mark_count;
    uint32_t seen_count;
    struct ln_mark *marks; /* malloc'd, owned */
    struct ln_seen *seen;
};
void ln_store_marks_post(struct ln_store *st, struct ln_marks *m);

#endif
