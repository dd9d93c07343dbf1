/* SPDX-License-Identifier: MIT
 * shard_priv.h - the shard's own structures.
 *
 * Thread:  each struct ln_shard belongs to its thread; ln_server is main's, read-only after start.
 */
#ifndef LINNET_SHARD_PRIV_H
#define LINNET_SHARD_PRIV_H

#include <sys/queue.h>

#include "linnet/api/decode.h"
#include "linnet/api/encode.h"
#include "linnet/chat/limit.h"
#include "linnet/chat/online.h"
#include "linnet/chat/presence.h"
#include "linnet/chat/receipt.h"
#include "linnet/chat/roster.h"
#include "linnet/chat/typing.h"
#include "linnet/chat/watch.h"
#include "linnet/files/files.h"
#include "linnet/net/conn.h"
#include "linnet/net/http.h"
#include "linnet/net/listener.h"
#include "linnet/net/tls.h"
#include "linnet/rt/loop.h"
#include "linnet/rt/metrics.h"
#include "linnet/rt/pool.h"
#include "linnet/rt/secret.h"
#include "linnet/rt/thread.h"
#include "linnet/shard/server.h"
#include "linnet/store/store.h"
#include "linnet/ws/ws.h"

#define SH_TICK_MS 250
#define SH_MAILBOX 65536
#define SH_HELLO_S 10        /* seconds a WebSocket may stay without a good hello */
#define SH_RESYNC_S 30       /* seconds a dropped queue may take to drain */
#define SH_INFLIGHT 256      /* unanswered changes of one session; more are read later */
#define SH_UNKNOWN_OUT 16384 /* unsent answers to one who has not said hello; more = close */
#define SH_FANOUT 512        /* recipients of one fan-out job a turn */
#define SH_BYE_RETRY_MS 1000 /* clients come back after 1 to 2 times this */

/* ── one connection ──
 * state     what holds
 * HTTP      requests come and go; no user
 * GREETED   a WebSocket; nothing but hello (and ping) is answered; closed after SH_HELLO_S
 * HELLO     hello is with the store; no input is read
 * RESUMING  the welcome is here, the answer still with a reader: live frames are held
 * LIVE      signed in
 * STALE     the queue was dropped: only hello is answered, nothing is sent, closed if undrained
 * GONE      being closed
 */
enum sh_state { SH_HTTP, SH_GREETED, SH_HELLO, SH_RESUMING, SH_LIVE, SH_STALE, SH_GONE };

/* Live frames that wait behind the answer to hello. */
struct sh_hold {
    uint32_t count;
    uint32_t bytes;
    bool overflow;
    struct ln_frame **frames;
};

struct sh_session {
    struct ln_conn *conn;
    struct ln_shard *sh;
    struct ln_ruser *user; /* while welcomed */
    LIST_ENTRY(sh_session) of_user;
    struct sh_hold *hold;       /* RESUMING only */
    struct sh_watched *watched; /* or NULL */
    struct sh_xfer *xfer;       /* HTTP: an upload or download under way */
    struct sh_ticket *ticket;   /* who the upgrade request's cookie or bearer says */
    ln_device_id device;
    uint32_t slot;    /* its place among the shard's; the generation stands there */
    uint32_t heard_s; /* last frame, seconds of the monotonic clock */
    uint32_t since_s; /* when state was set */
    uint16_t inflight;
    uint8_t state;   /* enum sh_state */
    uint8_t http_op; /* HTTP: the operation that is being answered */
    /* bits, since there is one of these for each connection */
    bool active : 1;      /* window in front */
    bool is_operator : 1; /* came by the admin socket */
    bool paused : 1;      /* too much in flight, or a page is */
    bool reading : 1;     /* a page has been asked for */
    bool secure : 1;      /* HTTP: the cookie of that answer is for TLS only */
    struct ln_ws ws;
};

/* What a session has on screen. */
struct sh_watched {
    ln_chat_id chat; /* whose online count is shown, or 0 */
    uint32_t count;
    ln_user_id ids[];
};

struct sh_ticket {
    ln_user_id user;
    uint8_t digest[LN_DIGEST_BYTES];
};

/* Sessions by slot: an origin names a slot and its generation. */
struct sh_slots {
    uint32_t cap;
    uint32_t count;
    uint32_t free; /* first free slot, or UINT32_MAX */
    struct sh_slot {
        struct sh_session *session;
        uint32_t gen;
        uint32_t next_free;
    } * list;
};

/* ── messages between shards, and from pool and main ── */
enum sh_msg {
    SH_MSG_MOVE = LN_MSG_SHARD, /* a connection comes home, with its hello */
    SH_MSG_CALL,     /* an HTTP command for its user's home shard: limits, then the store */
    SH_MSG_ACCOUNT,  /* an account operation for shard 0: limits, then the store */
    SH_MSG_HASHED,   /* from the pool */
    SH_MSG_WATCH,    /* a shard watches or leaves a user of this one */
    SH_MSG_PRESENCE, /* a watched user's state */
    SH_MSG_TYPING,
    SH_MSG_COUNT,   /* a shard wants, or no longer wants, to know how many of a chat are here */
    SH_MSG_ONLINE,  /* how many of a chat are on the shard that says it */
    SH_MSG_FILE,    /* from ln-files: a job is done */
    SH_MSG_ADMIN,   /* main: a descriptor to be served as the admin socket */
    SH_MSG_QUIESCE, /* main: no new work */
    SH_MSG_BYE,     /* main: say bye, close, end */
    SH_MSG_LOG_LEVEL
};

struct sh_move {
    struct ln_msg msg;
    struct sh_session *session;
    struct ln_req *req;
};
struct sh_account_call {
    struct ln_msg msg;
    struct ln_req *req;
    uint64_t address; /* hash of the peer's address, for the limit */
};
struct sh_note { /* WATCH, PRESENCE, TYPING, COUNT, ONLINE */
    struct ln_msg msg;
    ln_user_id user;
    ln_chat_id chat;
    unsigned shard; /* WATCH, COUNT, ONLINE: whose note it is */
    bool on;
    uint32_t count;
    enum ln_presence_state state;
    ln_ts last_seen;
};

struct sh_fd { /* ADMIN */
    struct ln_msg msg;
    int fd;
};

STAILQ_HEAD(sh_job_chats, sh_job_chat); /* fanout.c */

struct ln_shard {
    struct ln_thread thread;
    struct ln_server *srv;
    unsigned index;
    struct ln_loop *loop;
    struct ln_net *net;
    struct sh_slots slots;
    struct ln_roster roster;
    struct ln_presence presence;
    struct ln_watch watch;
    struct ln_online online;
    struct ln_receipts receipts;
    struct ln_typing typing;
    uint32_t seen_count;
    struct ln_seen *seen;         /* last_seen to be written with the next marks */
    struct ln_map account_limits; /* shard 0: hash → sh_attempts */
    struct sh_job_chats fanout;   /* chats with jobs left */
    uint32_t fanout_chats;        /* how many */
    struct ln_buf text;           /* scratch for encoding, one use at a time */
    uint32_t transfers;           /* uploads and downloads under way */
    uint64_t slow_turns;          /* told to the metrics so far */
    uint32_t tick;
    uint32_t moves_n, moves_cap;
    struct sh_move **moves; /* connections that leave at the end of the turn */
    unsigned listener_count;
    struct ln_listener *listeners[LN_LIST_MAX + 1];
    bool quiet;   /* no new work */
    bool leaving; /* bye was said: ends when nothing is open */
    uint64_t leave_by_ms;
};

struct ln_server {
    const struct ln_options *opts;
    struct ln_store *store;
    struct ln_pool *pool;
    struct ln_files *files;
    struct ln_tls *tls;
    unsigned shard_count;
    struct ln_shard *shards;
    struct ln_store_port *ports;
    uint16_t port;
    struct ln_server_info info;
};

/* ── shard.c ── */
void sh_post(struct ln_server *srv, unsigned shard, struct ln_msg *msg);
unsigned sh_home_index(const struct ln_server *srv, ln_user_id user);
struct ln_listener;
void sh_run(void *shard); /* the thread */
void sh_say_bye(struct ln_conn *c, void *shard);
void sh_init(struct ln_shard *sh, struct ln_server *srv, unsigned index);
void sh_deinit(struct ln_shard *sh);

/* ── session.c ── */
struct sh_session *sh_session_create(struct ln_shard *sh, struct ln_conn *c, bool is_operator);
void sh_session_destroy(struct sh_session *s); /* the connection has ended */
struct sh_session *sh_session_at(struct ln_shard *sh, const struct ln_origin *origin); /* or NULL */
void sh_session_origin(const struct sh_session *s, struct ln_origin *origin); /* the reverse */
void sh_slot_take(struct ln_shard *sh, struct sh_session *s);
void sh_slot_give(struct sh_session *s);
void sh_session_set(struct sh_session *s, enum sh_state state);
void sh_session_hello(struct sh_session *s, struct ln_req *req); /* takes req */
void sh_session_moved(struct ln_shard *sh, struct sh_move *m);   /* takes m */
void sh_move_drop(struct sh_move *m);                            /* takes m */
void sh_session_welcome(struct sh_session *s, struct ln_reply *r);
void sh_session_leave_user(struct sh_session *s);
void sh_moves_go(struct ln_shard *sh);
void sh_session_tick(struct sh_session *s, uint64_t now_ms);
/* A frame to a session, by its state; borrowed. ephemeral: dropped first. */
void sh_send(struct sh_session *s, struct ln_frame *f, bool ephemeral);
void sh_send_text(struct sh_session *s, const struct ln_buf *text, bool ephemeral);
void sh_reply_error(struct sh_session *s, const struct ln_origin *origin, enum ln_err err,
                    const char *message, uint32_t retry_ms);
void sh_send_answer(struct sh_session *s, struct ln_frame *f); /* takes f */
void sh_session_answered(struct sh_session *s, bool page);     /* one fewer in flight */
void sh_session_start_ws(struct sh_session *s, const struct ln_http_head *head);
void sh_session_resync(struct sh_session *s);

/* ── route.c, route_http.c, account.c, page.c ── */
enum ln_ws_go sh_route(struct sh_session *s, struct ln_str text);
extern const struct ln_http_ops sh_http_ops;
void sh_http_reply(struct sh_session *s, enum ln_err err, const char *message, uint32_t retry_ms,
                   struct ln_str json);
void sh_call(struct ln_shard *sh, struct ln_req *req); /* takes; on the user's home shard */
void sh_account_send(struct sh_session *s, struct ln_req *req);     /* takes */
void sh_account(struct ln_shard *sh, struct sh_account_call *call); /* takes; on shard 0 */
void sh_account_looked_up(struct ln_shard *sh, struct ln_reply *r); /* takes */
void sh_account_hashed(struct ln_shard *sh, struct ln_msg *msg);    /* takes */
struct ln_limit *sh_caller_limit(struct ln_shard *sh, ln_user_id user);
void sh_account_limits_free(struct ln_shard *sh);
bool sh_page(struct ln_conn *c, const struct ln_http_head *head); /* false: no such page */
/* The token of a request. A cookie counts beside an Origin that is ours; without one only where
 * is_get: browsers send none with pictures, and SameSite keeps the cookie from foreign pages. */
LN_MUST_CHECK enum ln_err sh_find_ticket(struct sh_session *s, const struct ln_http_head *head,
                                         bool is_get, struct sh_ticket *t, bool *found);
void sh_send_on(struct sh_session *s, struct ln_req *req); /* takes; to where it is done */
/* An answer that did not come by a batch or from the store: by the origin's shard. */
void sh_answer(struct ln_server *srv, const struct ln_cmd *cmd, enum ln_err err, uint32_t retry_ms);

/* ── file.c ── */
bool sh_file_put(struct sh_session *s, const struct ln_http_head *head); /* false: no upload */
void sh_file_body(struct sh_session *s, const char *p, size_t n, uint64_t left);
bool sh_file_get(struct sh_session *s, const struct ln_http_head *head); /* false: no download */
void sh_file_sent(struct sh_session *s);
void sh_file_leave(struct sh_session *s);                        /* the connection has ended */
void sh_file_looked_up(struct ln_shard *sh, struct ln_reply *r); /* takes */
void sh_file_done(struct ln_shard *sh, struct ln_file_job *j);   /* takes */
void sh_file_drop(struct ln_file_job *j);                        /* takes, undone */

/* ── deliver.c, fanout.c, people.c, online.c ── */
void sh_deliver(struct ln_shard *sh, struct ln_batch *b);                             /* takes */
void sh_deliver_reply(struct ln_shard *sh, struct ln_reply *r);                       /* takes */
void sh_fanout(struct ln_shard *sh, ln_chat_id chat, ln_seq seq, struct ln_frame *f); /* takes f */
bool sh_fanout_turn(struct ln_shard *sh); /* true where jobs are left */
void sh_fanout_free(struct ln_shard *sh);
void sh_people_init(struct ln_shard *sh);
/* What was merged, to the store at once: what is posted after it finds it done. */
void sh_people_post_marks(struct ln_shard *sh);
void sh_people_tick(struct ln_shard *sh, uint64_t now_ms);
void sh_people_note(struct ln_shard *sh, struct sh_note *n); /* takes */
void sh_people_typing(struct sh_session *s, ln_chat_id chat, bool on);
void sh_people_watch(struct sh_session *s, ln_chat_id chat, const ln_user_id *ids, uint32_t n);
void sh_people_unwatch(struct sh_session *s);
void sh_people_stopped_typing(struct ln_shard *sh, ln_chat_id chat, ln_user_id user);
void sh_online_watch(struct sh_session *s, ln_chat_id chat);
void sh_online_unwatch(struct sh_session *s, ln_chat_id chat);
void sh_online_note(struct ln_shard *sh, const struct sh_note *n);
void sh_online_tick(struct ln_shard *sh, uint64_t now_ms);

#endif
