/* SPDX-License-Identifier: MIT
 * cmd_health.c - linnet healthcheck: GET /readyz over plain HTTP, for containers and monitors.
 *
 * Without a URL it asks the first plain TCP listen address; a server that has none is asked by its
 * admin socket.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"
#include "linnet/cli/http_client.h"
#include "linnet/net/listener.h"

#define TIMEOUT_S 5

struct target {
    char host[256];
    char port[8];
    char path[512];
    char authority[272]; /* for the Host header */
    bool is_admin;       /* host is unused */
};

static void
set_timeout(int fd)
{
    const struct timeval tv = {.tv_sec = TIMEOUT_S};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)); /* bounds connect() too */
}

/* http://HOST[:PORT][/PATH]; false where it is something else. */
static bool
parse_url(const char *url, struct target *t)
{
    const char *rest;
    const char *port;
    size_t n;
    unsigned long long v = 80;

    if (strncmp(url, "http://", 7) != 0) {
        return false;
    }
    url += 7;
    n = strcspn(url, "/?#");
    rest = url + n;
    if (n == 0 || n >= sizeof(t->authority) || strpbrk(url, " \r\n@")) {
        return false;
    }
    snprintf(t->authority, sizeof(t->authority), "%.*s", (int)n, url);
    snprintf(t->path, sizeof(t->path), "%s", *rest == '/' && rest[1] ? rest : "/readyz");
    port = strrchr(t->authority, ':');
    if (port && !strchr(port, ']')) {
        if (!ln_str_u64(ln_str(port + 1), 65535, &v) || v == 0) {
            return false;
        }
        n = (size_t)(port - t->authority);
    }
    snprintf(t->port, sizeof(t->port), "%llu", v);
    if (t->authority[0] == '[' && n > 2 && t->authority[n - 1] == ']') {
        snprintf(t->host, sizeof(t->host), "%.*s", (int)(n - 2), t->authority + 1);
    } else {
        snprintf(t->host, sizeof(t->host), "%.*s", (int)n, t->authority);
    }
    return true;
}

static void
target_of_config(const struct ln_options *o, struct target *t)
{
    struct ln_addr addr;
    const char *host;

    snprintf(t->path, sizeof(t->path), "/readyz");
    snprintf(t->authority, sizeof(t->authority), "localhost");
    t->is_admin = true;
    for (size_t i = 0; i < o->listen.count && t->is_admin; i++) {
        if (ln_addr_parse(o->listen.items[i], &addr) != LN_OK || addr.is_unix || addr.tls ||
            addr.port == 0) {
            continue;
        }
        host = addr.host;
        if (host[0] == '\0' || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "*") == 0) {
            host = "127.0.0.1";
        } else if (strcmp(host, "::") == 0) {
            host = "::1";
        }
        snprintf(t->host, sizeof(t->host), "%s", host);
        snprintf(t->port, sizeof(t->port), "%u", (unsigned)addr.port);
        t->is_admin = false;
    }
}

/* A connected socket, or -1 and a sentence in why. */
static int
connect_tcp(const struct target *t, const char **why)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int rc = getaddrinfo(t->host, t->port, &hints, &list);
    int fd = -1;

    *why = rc != 0 ? gai_strerror(rc) : "no address";
    for (const struct addrinfo *a = rc == 0 ? list : NULL; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0) {
            set_timeout(fd);
        }
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            *why = strerror(errno);
            close(fd);
            fd = -1;
        }
    }
    if (list) {
        freeaddrinfo(list);
    }
    return fd;
}

static int
connect_admin(const char *data_dir, const char **why)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int n = snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/admin.sock", data_dir);
    int fd = -1;

    if (n > 0 && (size_t)n < sizeof(sa.sun_path)) {
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    } else {
        errno = ENAMETOOLONG;
    }
    if (fd >= 0) {
        set_timeout(fd);
        if (connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) != 0) {
            close(fd);
            fd = -1;
        }
    }
    *why = strerror(errno);
    return fd;
}

static int
report(const struct ln_cli *cli, const struct ln_http_answer *answer)
{
    json_t *doc = json_loadb(answer->body.n ? answer->body.p : "", answer->body.n, 0, NULL);
    const char *word = json_string_value(json_object_get(doc, "status"));
    bool good = answer->status >= 200 && answer->status < 300;

    if (cli->json) {
        (void)ln_cli_print(json_pack("{ss,si}", "status",
                                     word   ? word
                                     : good ? "pass"
                                            : "fail",
                                     "http_status", answer->status));
    } else if (!cli->quiet) {
        printf("%s (status %d)\n", word ? word : good ? "pass" : "fail", answer->status);
    }
    json_decref(doc);
    return good ? LN_EXIT_OK : LN_EXIT_PROBLEMS;
}

int
ln_cmd_healthcheck(struct ln_cli *cli)
{
    struct target t = {0};
    const struct ln_http_request req = {
        .method = "GET", .path = t.path, .host = t.authority, .close = true};
    struct ln_http_answer answer;
    const char *why = "";
    enum ln_err err;
    int code;
    int fd;

    if (cli->parsed.arg_count == 0) {
        target_of_config(&cli->cfg->opts, &t);
    } else if (!parse_url(cli->parsed.args[0], &t)) {
        return ln_cli_usage(cli, "URL must look like http://127.0.0.1:8080/readyz");
    }
    fd = t.is_admin ? connect_admin(cli->cfg->opts.data_dir, &why) : connect_tcp(&t, &why);
    if (fd < 0) {
        return ln_cli_fail(cli, LN_EXIT_SERVER, "unreachable", NULL, "%s: %s",
                           t.is_admin ? "admin socket" : t.host, why);
    }
    set_timeout(fd);
    ln_http_answer_init(&answer);
    err = ln_http_call(fd, &req, &answer);
    code = err == LN_OK ? report(cli, &answer)
                        : ln_cli_fail(cli, LN_EXIT_SERVER, "unreachable", NULL, "no answer: %s",
                                      ln_err_text(err));
    ln_http_answer_deinit(&answer);
    close(fd);
    return code;
}
