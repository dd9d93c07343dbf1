/* SPDX-License-Identifier: MIT
 * client.c - how a command reaches the operations.
 *
 * A running server is reached by <data dir>/admin.sock. Where none answers there, the command is
 * the server for its own life: the same store and dispatcher, no listeners, one shard; the lock on
 * the data directory keeps two of them apart. So a command works the same either way.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "linnet/base/clock.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"
#include "linnet/cli/http_client.h"
#include "linnet/shard/server.h"

#define CALL_TIMEOUT_S 60
#define IDLE_MAX_MS                                                                                \
    30000 /* the server drops idle connections after 60 s: dial again before that                  \
           */
#define BUSY_TRIES 100

struct ln_client {
    int fd;
    uint64_t used_ms;
    struct ln_server *server; /* NULL: it is another process */
    struct ln_options opts;   /* shallow copy with one shard, for server */
};

static void
set_timeout(int fd)
{
    const struct timeval tv = {.tv_sec = CALL_TIMEOUT_S};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

/* The admin socket of a running server, or -1 with errno. */
static int
dial(const char *data_dir)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int n = snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/admin.sock", data_dir);
    int fd;

    if (n < 0 || (size_t)n >= sizeof(sa.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) != 0) {
        int err = errno;

        close(fd);
        errno = err;
        return -1;
    }
    return fd;
}

/* Root gives its rights up for those of the data's owner, or the server could not open afterwards
 * what this command has made. */
static bool
become_owner(const char *data_dir)
{
    struct stat st;
    const struct passwd *pw;

    if (geteuid() != 0 || stat(data_dir, &st) != 0 || st.st_uid == 0) {
        return true;
    }
    pw = getpwuid(st.st_uid);
    if ((pw ? initgroups(pw->pw_name, st.st_gid) : setgroups(0, NULL)) != 0) {
        return false;
    }
    return setresgid(st.st_gid, st.st_gid, st.st_gid) == 0 &&
           setresuid(st.st_uid, st.st_uid, st.st_uid) == 0;
}

static bool
may_create_data(const struct ln_cli *cli)
{
    const struct ln_command *c = cli->parsed.command;

    return c == &ln_commands[LN_CMD_SETUP] || c == &ln_commands[LN_CMD_USER_CREATE] ||
           c == &ln_commands[LN_CMD_USER_IMPORT];
}

static int
start_inside(struct ln_cli *cli, struct ln_client *c)
{
    const char *dir = cli->cfg->opts.data_dir;
    char why[512] = "";
    int code = LN_EXIT_FAILED;

    if (access(dir, F_OK) != 0 && !may_create_data(cli)) {
        return ln_cli_fail(cli, LN_EXIT_ABSENT, "not_found", "begin with: linnet serve",
                           "there is no data in %s: %s", dir, strerror(errno));
    }
    if (!become_owner(dir)) {
        return ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL,
                           "cannot take over the rights of the owner of %s: %s", dir,
                           strerror(errno));
    }
    c->opts = cli->cfg->opts;
    c->opts.shards = 1;
    c->server = ln_server_start(&c->opts, false, why, sizeof(why), &code);
    if (!c->server) {
        return ln_cli_fail(cli, code, code == LN_EXIT_CONFIG ? "unusable" : "unreachable", NULL,
                           "%s", why);
    }
    c->fd = ln_server_admin_fd(c->server);
    if (c->fd < 0) {
        return ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL, "no admin connection: %s",
                           strerror(errno));
    }
    return LN_EXIT_OK;
}

static int
hang_on(struct ln_cli *cli, struct ln_client *c)
{
    const char *dir = cli->cfg->opts.data_dir;

    c->fd = dial(dir);
    if (c->fd < 0 && errno != ENOENT && errno != ECONNREFUSED && errno != ENOTDIR) {
        return ln_cli_fail(cli, LN_EXIT_SERVER, "unreachable",
                           errno == EACCES ? "run the command as the server's user, or as root"
                                           : NULL,
                           "%s/admin.sock: %s", dir, strerror(errno));
    }
    if (c->fd < 0) {
        return start_inside(cli, c);
    }
    return LN_EXIT_OK;
}

static int
open_client(struct ln_cli *cli)
{
    struct ln_client *c = cli->client;
    int code = LN_EXIT_OK;

    if (!c) {
        c = ln_zalloc(sizeof(*c));
        c->fd = -1;
        cli->client = c;
        code = hang_on(cli, c);
    } else if (c->fd >= 0 && ln_mono_ms() - c->used_ms > IDLE_MAX_MS) {
        close(c->fd);
        c->fd = c->server ? ln_server_admin_fd(c->server) : dial(cli->cfg->opts.data_dir);
    }
    if (code == LN_EXIT_OK && c->fd < 0) {
        code = ln_cli_fail(cli, LN_EXIT_SERVER, "unreachable", NULL, "the server has gone");
    }
    if (code == LN_EXIT_OK) {
        set_timeout(c->fd);
    }
    return code;
}

void
ln_cli_hang_up(struct ln_cli *cli)
{
    struct ln_client *c = cli->client;

    if (!c) {
        return;
    }
    if (c->fd >= 0) {
        close(c->fd);
    }
    if (c->server) {
        ln_server_stop(&c->server);
    }
    free(c);
    cli->client = NULL;
}

bool
ln_cli_server_runs(const struct ln_cli *cli)
{
    return cli->client && !cli->client->server;
}

/* ── one call ── */

static int
exit_of_error(const char *code)
{
    if (strcmp(code, "forbidden") == 0) {
        return LN_EXIT_ABSENT;
    }
    if (strcmp(code, "conflict") == 0 || strcmp(code, "cid_reuse") == 0) {
        return LN_EXIT_CONFLICT;
    }
    return LN_EXIT_FAILED;
}

static json_t *
fail_transport(struct ln_cli *cli, const char *op, enum ln_err err)
{
    /* The stream is no longer at the start of an answer: never use it again. */
    close(cli->client->fd);
    cli->client->fd = -1;
    cli->exit_code =
        ln_cli_fail(cli, err == LN_ETOOLARGE ? LN_EXIT_FAILED : LN_EXIT_SERVER, "unreachable", NULL,
                    "%s: no answer from the server: %s", op, ln_err_text(err));
    return NULL;
}

static json_t *
fail_answer(struct ln_cli *cli, const char *op, int status, const json_t *doc)
{
    const json_t *error = json_object_get(doc, "error");
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));

    if (!code) {
        cli->exit_code = ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL,
                                     "%s: the server answered with status %d", op, status);
        return NULL;
    }
    cli->exit_code =
        ln_cli_fail(cli, exit_of_error(code), code, cli->hint, "%s", message ? message : code);
    return NULL;
}

/* Milliseconds until the request may be sent again; 0: the answer stands. "busy" is certainly not
 * done; "unknown" may be done, so that only a cid makes it safe. */
static unsigned
read_wait(const json_t *doc, bool has_cid)
{
    const json_t *error = json_object_get(doc, "error");
    const char *code = json_string_value(json_object_get(error, "code"));
    json_int_t retry = json_integer_value(json_object_get(error, "retry_ms"));

    if (!code || (strcmp(code, "busy") != 0 && strcmp(code, "rate_limited") != 0 &&
                  !(has_cid && strcmp(code, "unknown") == 0))) {
        return 0;
    }
    return retry > 0 && retry < 2000 ? (unsigned)retry : 100;
}

static void
sleep_ms(unsigned ms)
{
    const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000L};

    nanosleep(&ts, NULL);
}

static enum ln_err
post(struct ln_cli *cli, const char *op, const char *body, int *status, json_t **doc)
{
    struct ln_http_answer answer;
    char path[64];
    const struct ln_http_request req = {
        .method = "POST", .path = path, .host = "localhost", .body = ln_str(body)};
    enum ln_err err;

    snprintf(path, sizeof(path), "/api/v1/%s", op);
    ln_http_answer_init(&answer);
    err = ln_http_call(cli->client->fd, &req, &answer);
    *doc = err == LN_OK ? json_loadb(answer.body.n ? answer.body.p : "", answer.body.n, 0, NULL)
                        : NULL;
    *status = answer.status;
    ln_http_answer_deinit(&answer);
    cli->client->used_ms = ln_mono_ms();
    return err;
}

json_t *
ln_cli_call(struct ln_cli *cli, const char *op, json_t *args)
{
    bool has_cid = json_object_get(args, "cid") != NULL;
    char *body = args ? json_dumps(args, JSON_COMPACT) : NULL;
    json_t *doc = NULL;
    enum ln_err err = LN_OK;
    unsigned wait_ms = 1;
    int status = 0;

    json_decref(args);
    cli->exit_code = open_client(cli);
    if (!body && cli->exit_code == LN_EXIT_OK) {
        cli->exit_code =
            ln_cli_fail(cli, LN_EXIT_FAILED, "bad_request", NULL, "the text is not UTF-8");
    }
    if (cli->exit_code != LN_EXIT_OK) {
        free(body);
        return NULL;
    }
    for (unsigned i = 0; i < BUSY_TRIES && wait_ms > 0 && err == LN_OK; i++) {
        if (i > 0) {
            sleep_ms(wait_ms);
        }
        json_decref(doc);
        err = post(cli, op, body, &status, &doc);
        wait_ms = read_wait(doc, has_cid);
    }
    free(body);
    if (err == LN_OK && status == 200 && json_is_object(doc)) {
        cli->hint = NULL;
        return doc;
    }
    if (err != LN_OK) {
        fail_transport(cli, op, err);
    } else {
        fail_answer(cli, op, status, doc);
    }
    json_decref(doc);
    cli->hint = NULL;
    return NULL;
}
