/* SPDX-License-Identifier: MIT
 * server.c - starts the parts in the order of their dependence and stops them in reverse.
 *
 * Stopping: (1) no new connections or requests; (2) the pool finishes its hashes; (3) the store
 * commits and answers all it has taken, and ends; (4) the shards, which have the answers in their
 * mail before it, say bye, drain and end.
 */
#include "linnet/shard/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define HASHERS 2     /* passwords hashed at once: 64 MiB each */
#define HASH_QUEUE 64 /* and waiting; more are answered "busy" */
#define SHARDS_MAX 64 /* a presence mask has so many bits */

static unsigned
count_shards(const struct ln_options *opts)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = opts->shards ? (unsigned)opts->shards : cores > 0 ? (unsigned)cores : 1;
    return n > SHARDS_MAX ? SHARDS_MAX : n;
}

/* ── listeners ── */
static enum ln_err
open_one(struct ln_server *srv, const struct ln_addr *addr, unsigned shard, unsigned mode,
         void *user, char *why, size_t why_n)
{
    struct ln_shard *sh = &srv->shards[shard];
    struct ln_listener *l = ln_listener_open(addr, mode, why, why_n);
    if (!l) {
        return LN_EIO;
    }
    sh->listeners[sh->listener_count++] = l;
    ln_listener_start(l, sh->net, addr->tls ? srv->tls : NULL, user);
    if (!srv->port && !addr->is_unix) {
        srv->port = ln_listener_port(l);
    }
    return LN_OK;
}

/* One listener a shard for TCP; a Unix socket has one, on the first shard. */
static enum ln_err
open_address(struct ln_server *srv, const char *text, char *why, size_t why_n)
{
    struct ln_addr addr;
    if (ln_addr_parse(text, &addr)) {
        snprintf(why, why_n, "%s is not an address to listen on", text);
        return LN_EBADMSG;
    }
    if (addr.tls && !srv->tls) {
        snprintf(why, why_n, "%s needs [tls] cert and key", text);
        return LN_EBADMSG;
    }
    enum ln_err taken = addr.port || addr.is_unix ? ln_listener_probe(&addr, why, why_n) : LN_OK;
    if (taken) {
        return taken;
    }
    for (unsigned i = 0; i < (addr.is_unix ? 1 : srv->shard_count); i++) {
        enum ln_err err = open_one(srv, &addr, i, 0666, NULL, why, why_n);
        if (err) {
            return err;
        }
        if (!addr.is_unix && addr.port == 0) { /* the others share the port the kernel chose */
            addr.port =
                ln_listener_port(srv->shards[0].listeners[srv->shards[0].listener_count - 1]);
        }
    }
    return LN_OK;
}

static enum ln_err
open_listeners(struct ln_server *srv, char *why, size_t why_n)
{
    const struct ln_list_opt *list = &srv->opts->listen;
    struct ln_addr admin = {.is_unix = true};
    for (size_t i = 0; i < list->count; i++) {
        enum ln_err err = open_address(srv, list->items[i], why, why_n);
        if (err) {
            return err;
        }
    }
    if (snprintf(admin.host, sizeof admin.host, "%s/admin.sock", srv->opts->data_dir) >= 108) {
        snprintf(why, why_n, "the data directory's path is too long for the admin socket");
        return LN_EBADMSG;
    }
    return open_one(srv, &admin, 0, 0600, srv, why, why_n);
}

/* ── start ── */
static void
free_server(struct ln_server *srv)
{
    for (unsigned i = 0; i < srv->shard_count; i++) {
        sh_deinit(&srv->shards[i]);
    }
    ln_pool_destroy(&srv->pool);
    ln_files_destroy(&srv->files);
    if (srv->store) {
        ln_store_destroy(&srv->store);
    }
    if (srv->tls) {
        ln_tls_destroy(&srv->tls);
    }
    free(srv->shards);
    free(srv->ports);
    free(srv);
}

static void
make_shards(struct ln_server *srv, unsigned n)
{
    srv->shards = ln_zalloc(n * sizeof *srv->shards);
    srv->ports = ln_zalloc(n * sizeof *srv->ports);
    srv->shard_count = n; /* what a shard holds one of for each shard is made from it */
    for (unsigned i = 0; i < n; i++) {
        sh_init(&srv->shards[i], srv, i);
        srv->ports[i].mailbox = ln_loop_mailbox(srv->shards[i].loop);
    }
}

static void
start_threads(struct ln_server *srv)
{
    srv->pool = ln_pool_create("ln-pool", HASHERS, HASH_QUEUE);
    ln_store_start(srv->store, srv->ports, srv->shard_count);
    for (unsigned i = 0; i < srv->shard_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "ln-shard-%u", i % SHARDS_MAX);
        ln_thread_start(&srv->shards[i].thread, name, sh_run, &srv->shards[i]);
    }
}

/* Listeners and nets of shards whose thread never ran. */
static void
undo_listeners(struct ln_server *srv)
{
    for (unsigned i = 0; i < srv->shard_count; i++) {
        struct ln_shard *sh = &srv->shards[i];
        for (unsigned k = 0; k < sh->listener_count; k++) {
            ln_listener_destroy(&sh->listeners[k]);
        }
        ln_net_destroy(&sh->net);
    }
}

struct ln_server *
ln_server_start(const struct ln_options *opts, bool listen, char *why, size_t why_n, int *exit_code)
{
    struct ln_server *srv = ln_zalloc(sizeof *srv);
    srv->opts = opts;
    *exit_code = 1;
    if (listen && opts->tls_cert[0]) {
        srv->tls = ln_tls_create(opts->tls_cert, opts->tls_key, why, why_n);
        if (!srv->tls) {
            *exit_code = 78;
            free_server(srv);
            return NULL;
        }
    }
    srv->store = ln_store_open(opts, why, why_n, exit_code);
    if (!srv->store) {
        free_server(srv);
        return NULL;
    }
    srv->files = ln_files_start(opts->data_dir, (uint64_t)opts->file_reserve, why, why_n);
    if (!srv->files) {
        free_server(srv);
        *exit_code = 1;
        return NULL;
    }
    make_shards(srv, listen ? count_shards(opts) : 1);
    if (listen && open_listeners(srv, why, why_n)) {
        *exit_code = 1;
        undo_listeners(srv);
        ln_files_stop(srv->files);
        free_server(srv);
        return NULL;
    }
    srv->info = (struct ln_server_info){srv->port, srv->shard_count, ln_store_schema(srv->store),
                                        ln_store_needs_setup(srv->store)};
    start_threads(srv);
    ln_log(LN_INFO, "server", "started", "shards=%u port=%u schema=%u", srv->shard_count, srv->port,
           srv->info.schema);
    return srv;
}

void
ln_server_info(struct ln_server *srv, struct ln_server_info *out)
{
    *out = srv->info;
}

int
ln_server_admin_fd(struct ln_server *srv)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        return -1;
    }
    struct sh_fd *m = ln_zalloc(sizeof *m);
    m->msg.type = SH_MSG_ADMIN;
    m->fd = ends[1];
    sh_post(srv, 0, &m->msg);
    return ends[0];
}

void
ln_server_reload(struct ln_server *srv, const struct ln_options *fresh)
{
    char why[256];
    int level = ln_log_level_parse(fresh->log_level);
    if (level >= 0) {
        ln_log_level((enum ln_level)level);
    }
    if (srv->tls && ln_tls_reload(srv->tls, why, sizeof why)) {
        ln_log(LN_WARN, "server", "certificate_not_reloaded", "why=\"%s\"", why);
        return;
    }
    ln_log(LN_INFO, "server", "reloaded", NULL);
}

static void
tell_all(struct ln_server *srv, enum sh_msg type)
{
    for (unsigned i = 0; i < srv->shard_count; i++) {
        struct ln_msg *m = ln_zalloc(sizeof *m);
        m->type = type;
        sh_post(srv, i, m);
    }
}

void
ln_server_stop(struct ln_server **srvp)
{
    struct ln_server *srv = *srvp;
    ln_log(LN_INFO, "server", "stopping", NULL);
    tell_all(srv, SH_MSG_QUIESCE);
    ln_pool_finish(srv->pool); /* stays, and refuses: shards may still post to it */
    ln_files_stop(srv->files); /* its last commits go to the store before that ends */
    ln_store_stop(srv->store);
    tell_all(srv, SH_MSG_BYE);
    for (unsigned i = 0; i < srv->shard_count; i++) {
        ln_thread_join(&srv->shards[i].thread);
    }
    free_server(srv);
    *srvp = NULL;
    ln_log(LN_INFO, "server", "stopped", NULL);
}
