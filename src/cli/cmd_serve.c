/* SPDX-License-Identifier: MIT
 * cmd_serve.c - linnet serve: the server's main thread.
 *
 * Signals are blocked before any thread exists, so that all threads inherit the mask and only the
 * sigwait below receives them. Everything else happens on the server's own threads.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"
#include "linnet/cli/http_client.h"
#include "linnet/cli/value.h"
#include "linnet/net/listener.h"
#include "linnet/shard/server.h"

static void
block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

static void
raise_file_limit(const struct ln_options *opts)
{
    struct rlimit rl;

    if (getrlimit(RLIMIT_NOFILE, &rl) != 0) {
        return;
    }
    rl.rlim_cur = rl.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &rl);
    if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < (rlim_t)opts->max_connections + 64) {
        ln_log(LN_WARN, "cli", "few_files", "limit=%llu max_connections=%lld",
               (unsigned long long)rl.rlim_cur, (long long)opts->max_connections);
    }
}

/* The path of a new set-up link, or NULL: somebody else was quicker, or the server cannot say. The
 * caller frees. */
static char *
ask_setup_path(struct ln_server *srv)
{
    const struct ln_http_request req = {.method = "POST",
                                        .path = "/api/v1/setup.link",
                                        .host = "localhost",
                                        .body = LN_STR("{}"),
                                        .close = true};
    const struct timeval limit = {.tv_sec = 10};
    struct ln_http_answer answer;
    char *path = NULL;
    int fd = ln_server_admin_fd(srv);

    if (fd < 0) {
        return NULL;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ln_http_answer_init(&answer);
    if (ln_http_call(fd, &req, &answer) == LN_OK && answer.status == 200) {
        json_t *doc = json_loadb(answer.body.p, answer.body.n, 0, NULL);
        const char *text = json_string_value(json_object_get(doc, "path"));

        path = text ? ln_strdup(text) : NULL;
        json_decref(doc);
    }
    ln_http_answer_deinit(&answer);
    close(fd);
    return path;
}

static void
print_addresses(const struct ln_options *opts, uint16_t port)
{
    struct ln_addr addr;
    char text[320];

    for (size_t i = 0; i < opts->listen.count; i++) {
        if (ln_addr_parse(opts->listen.items[i], &addr) != LN_OK) {
            continue;
        }
        if (addr.is_unix) {
            printf("listening on %s\n", opts->listen.items[i]);
            continue;
        }
        if (addr.port == 0 &&
            port != 0) { /* the port that the kernel chose for the first address */
            addr.port = port;
            port = 0;
        }
        printf("listening on %s://", addr.tls ? "https" : "http");
        addr.tls = false;
        ln_addr_print(&addr, text, sizeof(text));
        printf("%s\n", text);
    }
}

static void
print_setup(const struct ln_cli *cli, struct ln_server *srv, uint16_t port)
{
    int64_t ttl_ms = cli->cfg->opts.link_ttl_ms;
    char *path = ask_setup_path(srv);
    char ttl[32];
    char *link;

    if (!path) {
        return;
    }
    link = ln_cli_link(cli, path, port);
    if (ttl_ms % 3600000 == 0) {
        snprintf(ttl, sizeof(ttl), "%lld h", (long long)(ttl_ms / 3600000));
    } else {
        ln_value_print_span(ttl_ms, ttl, sizeof(ttl));
    }
    printf("\n(!) No administrator yet. Open this link within %s:\n    %s\n"
           "    (again: linnet setup --link)\n",
           ttl, link);
    free(link);
    free(path);
}

static void
print_start(const struct ln_cli *cli, struct ln_server *srv)
{
    struct ln_server_info info;

    ln_server_info(srv, &info);
    if (!cli->quiet) {
        printf("linnet %s  data %s  schema %u\n", LN_VERSION, cli->cfg->opts.data_dir, info.schema);
        print_addresses(&cli->cfg->opts, info.port);
    }
    if (info.needs_setup) {
        print_setup(cli, srv, info.port);
    }
    fflush(stdout);
}

static void
reload(struct ln_cli *cli, struct ln_server *srv)
{
    struct ln_config *fresh = ln_cli_load_config(cli);

    if (fresh->problem_count > 0) {
        /* The lines name files and keys, which the log must not hold: they go beside it. */
        ln_log(LN_ERROR, "cli", "reload_refused", "problems=%u", fresh->problem_count);
        fputs(ln_buf_cstr(&fresh->problems), stderr);
    } else {
        if (cli->verbose) {
            ln_log_level(LN_DEBUG);
        } else {
            ln_log_level((enum ln_level)ln_log_level_parse(fresh->opts.log_level));
        }
        ln_server_reload(srv, &fresh->opts);
    }
    ln_config_destroy(&fresh);
}

int
ln_cmd_serve(struct ln_cli *cli)
{
    const struct ln_options *opts = &cli->cfg->opts;
    struct ln_server *srv;
    char why[512] = "";
    int code = LN_EXIT_FAILED;
    int sig = 0;
    sigset_t set;

    block_signals(&set);
    raise_file_limit(opts);
    srv = ln_server_start(opts, true, why, sizeof(why), &code);
    if (!srv) {
        return ln_cli_fail(cli, code, code == LN_EXIT_CONFIG ? "unusable" : "failed", NULL, "%s",
                           why);
    }
    print_start(cli, srv);
    while (sigwait(&set, &sig) == 0 && sig == SIGHUP) {
        reload(cli, srv);
    }
    ln_server_stop(&srv);
    return LN_EXIT_OK;
}
