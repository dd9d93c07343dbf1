/* SPDX-License-Identifier: MIT
 * options.h - the one table of settings: the config file, LINNET_* variables, flags, help, man page
 *             and conf/linnet.conf all come from it.
 *
 * Thread:  filled on main before any thread starts; read-only afterwards, but for what SIGHUP may
 *          change (reloadable), which main hands round by message.
 */
#ifndef LINNET_BASE_OPTIONS_H
#define LINNET_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types: STR one string; LIST strings, repeatable; INT a whole number; BYTES a size ("50M");
 * MS a duration ("30s", "5m", "7d") kept in milliseconds; BOOL on/off; ENUM one of min…max words.
 */
enum ln_opt_type { LN_OPT_STR, LN_OPT_LIST, LN_OPT_INT, LN_OPT_BYTES, LN_OPT_MS, LN_OPT_BOOL };

/* clang-format off */
/*  section   key                field               type  default             min     max            reload help */
#define LN_OPTIONS(X) \
    X(server,  listen,           listen,             LIST, "127.0.0.1:8080",    0,      16,            false, "address to serve; repeatable: HOST:PORT, unix:PATH, tls:HOST:PORT") \
    X(server,  base_url,         base_url,           STR,  "",                  0,      512,           false, "what people type to reach the server; used in links and for the Origin check") \
    X(server,  origins,          origins,            LIST, "",                  0,      16,            false, "further origins whose pages may connect") \
    X(server,  name,             name,               STR,  "linnet",            1,      64,            false, "name shown to people") \
    X(server,  help,             help,               STR,  "",                  0,      500,           false, "what people who forgot their password are told to do") \
    X(server,  shards,           shards,             INT,  "0",                 0,      64,            false, "threads that hold connections; 0 = one a core") \
    X(server,  max_connections,  max_connections,    INT,  "10000",             1,      1000000,       false, "open client connections, in all") \
    X(server,  shutdown_grace,   shutdown_grace_ms,  MS,   "5s",                100,    60000,         false, "time to finish after SIGTERM") \
    X(tls,     cert,             tls_cert,           STR,  "",                  0,      4096,          false, "certificate chain, PEM; read again on SIGHUP") \
    X(tls,     key,              tls_key,            STR,  "",                  0,      4096,          false, "private key, PEM; read again on SIGHUP") \
    X(storage, data_dir,         data_dir,           STR,  "",                  0,      4096,          false, "where everything is kept") \
    X(auth,    session_ttl,      session_ttl_ms,     MS,   "30d",               60000,  31536000000,   false, "a sign-in unused for so long ends") \
    X(auth,    link_ttl,         link_ttl_ms,        MS,   "24h",               60000,  31536000000,   false, "how long set-up and sign-in links stand") \
    X(presence,heartbeat,        heartbeat_ms,       MS,   "10s",               1000,   300000,        false, "how often clients are asked to be heard") \
    X(presence,ttl,              ttl_ms,             MS,   "30s",               2000,   900000,        false, "silence after which a connection is closed") \
    X(presence,grace,            grace_ms,           MS,   "10s",               0,      300000,        false, "how long after the last connection a person is shown offline") \
    X(limits,  message_bytes,    message_bytes,      BYTES,"16K",               256,    65536,         false, "text of one message") \
    X(limits,  sends_per_10s,    sends_per_10s,      INT,  "200",               1,      1000000000,    false, "changes one person may make in 10 seconds") \
    X(limits,  logins_per_5m,    logins_per_5m,      INT,  "20",                1,      1000000000,    false, "password attempts per account, and ten times that per address, in 5 minutes") \
    X(limits,  out_soft,         out_soft_bytes,     BYTES,"64K",               4096,   16777216,      false, "queued to one connection: above it typing and presence are dropped") \
    X(limits,  out_hard,         out_hard_bytes,     BYTES,"256K",              16384,  67108864,      false, "queued to one connection: above it the queue gives way to resync") \
    X(files,   max_bytes,        file_bytes,         BYTES,"100M",              0,      1099511627776, false, "one uploaded file; 0 = no uploads") \
    X(files,   user_bytes,       file_user_bytes,    BYTES,"5G",                0,      1099511627776, false, "all files of one person") \
    X(files,   reserve,          file_reserve,       BYTES,"256M",              0,      1099511627776, false, "free space on the disk that uploads leave alone") \
    X(log,     level,            log_level,          STR,  "info",              1,      16,            true,  "error, warn, info, debug or trace")
/* clang-format on */

#define LN_LIST_MAX 16

struct ln_list_opt {
    size_t count;
    char *items[LN_LIST_MAX]; /* owned */
};

struct ln_options {
#define LN_OPT_FIELD_STR(field) char *field;
#define LN_OPT_FIELD_LIST(field) struct ln_list_opt field;
#define LN_OPT_FIELD_INT(field) int64_t field;
#define LN_OPT_FIELD_BYTES(field) int64_t field;
#define LN_OPT_FIELD_MS(field) int64_t field;
#define LN_OPT_FIELD_BOOL(field) bool field;
#define LN_OPT_FIELD(section, key, field, type, def, min, max, reload, help)                       \
    LN_OPT_FIELD_##type(field)
    LN_OPTIONS(LN_OPT_FIELD)
#undef LN_OPT_FIELD
};

#endif
