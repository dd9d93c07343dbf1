/* SPDX-License-Identifier: MIT
 * listener.c - see listener.h.
 *
 * The accept loop takes a bounded number a turn; the level-triggered event brings the rest. Where
 * descriptors run out it would spin, so it sleeps a second.
 */
#include "linnet/net/listener.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "linnet/base/assert.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/base/str.h"
#include "linnet/rt/metrics.h"

#include "net_priv.h"

#define BACKLOG 4096
#define ACCEPTS_A_TURN 64

struct ln_listener {
    int fd;
    struct ln_addr addr;
    dev_t dev; /* of the Unix path that we made */
    ino_t ino;
    struct ln_net *net; /* NULL until started */
    struct ln_tls *tls;
    void *user;
    struct event ev;
    struct event again; /* after EMFILE */
};

/* ── addresses ── */

static enum ln_err
parse_host_port(const char *text, struct ln_addr *out)
{
    const char *host = text;
    const char *colon = strrchr(text, ':');
    unsigned long long port;
    if (!colon || !ln_str_u64(ln_str(colon + 1), 65535, &port))
        return LN_EBADMSG;
    size_t n = (size_t)(colon - text);
    if (text[0] == '[') {
        if (n < 3 || text[n - 1] != ']')
            return LN_EBADMSG;
        host++;
        n -= 2;
    } else if (memchr(text, ':', n)) {
        return LN_EBADMSG; /* IPv6 without brackets */
    }
    if (n == 0 || n >= sizeof(out->host) || memchr(host, '[', n) || memchr(host, ']', n))
        return LN_EBADMSG;
    memcpy(out->host, host, n);
    out->host[n] = '\0';
    out->port = (uint16_t)port;
    return LN_OK;
}

enum ln_err
ln_addr_parse(const char *text, struct ln_addr *out)
{
    memset(out, 0, sizeof(*out));
    if (strncmp(text, "tls:", 4) == 0) {
        out->tls = true;
        text += 4;
    }
    if (strncmp(text, "unix:", 5) != 0)
        return parse_host_port(text, out);
    text += 5;
    size_t n = strlen(text);
    if (n == 0 || n >= sizeof(((struct sockaddr_un *)0)->sun_path))
        return LN_EBADMSG;
    out->is_unix = true;
    memcpy(out->host, text, n + 1);
    return LN_OK;
}

void
ln_addr_print(const struct ln_addr *addr, char *out, size_t n)
{
    const char *tls = addr->tls ? "tls:" : "";
    if (addr->is_unix)
        snprintf(out, n, "%sunix:%s", tls, addr->host);
    else if (strchr(addr->host, ':'))
        snprintf(out, n, "%s[%s]:%u", tls, addr->host, addr->port);
    else
        snprintf(out, n, "%s%s:%u", tls, addr->host, addr->port);
}

/* ── opening ── */

static int
explain(char *why, size_t why_n, const struct ln_addr *addr, const char *what)
{
    char text[300];
    ln_addr_print(addr, text, sizeof(text));
    snprintf(why, why_n, "cannot listen on %s: %s", text, what);
    return -1;
}

static int
bind_tcp(const struct ln_addr *addr, bool reuseport, char *why, size_t why_n)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list;
    char port[8];
    int on = 1;
    int off = 0;
    snprintf(port, sizeof(port), "%u", addr->port);
    int r = getaddrinfo(addr->host, port, &hints, &list);
    if (r != 0)
        return explain(why, why_n, addr, gai_strerror(r));
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (reuseport)
            setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
        if (list->ai_family == AF_INET6)
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    }
    if (fd < 0 || bind(fd, list->ai_addr, list->ai_addrlen) != 0) {
        explain(why, why_n, addr, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

static void
fill_unix(struct sockaddr_un *sun, const char *path)
{
    *sun = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(sun->sun_path, path, strlen(path) + 1); /* ln_addr_parse measured it */
}

/* Does someone answer at the path? A dead server's path answers ECONNREFUSED. */
static bool
is_unix_alive(const char *path)
{
    struct sockaddr_un sun;
    fill_unix(&sun, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return true; /* cannot tell: leave the path alone */
    bool alive = connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ||
                 (errno != ECONNREFUSED && errno != ENOENT);
    close(fd);
    return alive;
}

static int
bind_unix(const struct ln_addr *addr, unsigned mode, char *why, size_t why_n)
{
    struct sockaddr_un sun;
    struct stat st;
    if (lstat(addr->host, &st) == 0) {
        if (!S_ISSOCK(st.st_mode))
            return explain(why, why_n, addr, "the path exists and is no socket");
        if (is_unix_alive(addr->host))
            return explain(why, why_n, addr, "another process listens there");
        unlink(addr->host);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return explain(why, why_n, addr, strerror(errno));
    fill_unix(&sun, addr->host);
    /* On Linux the path inherits the mode of the socket, so that it is never wider than mode. */
    if (fchmod(fd, mode) != 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0 ||
        chmod(addr->host, mode) != 0) {
        explain(why, why_n, addr, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

enum ln_err
ln_listener_probe(const struct ln_addr *addr, char *why, size_t why_n)
{
    if (addr->is_unix) {
        struct stat st;
        if (lstat(addr->host, &st) != 0 || !S_ISSOCK(st.st_mode) || !is_unix_alive(addr->host))
            return LN_OK;
        explain(why, why_n, addr, "another process listens there");
        return LN_ECONFLICT;
    }
    int fd = bind_tcp(addr, false, why, why_n);
    if (fd < 0)
        return LN_ECONFLICT;
    close(fd);
    return LN_OK;
}

static void
note_port(struct ln_listener *l)
{
    struct sockaddr_storage ss = {0};
    socklen_t n = sizeof(ss);
    if (getsockname(l->fd, (struct sockaddr *)&ss, &n) != 0)
        return;
    if (ss.ss_family == AF_INET)
        l->addr.port = ntohs(((struct sockaddr_in *)&ss)->sin_port);
    else if (ss.ss_family == AF_INET6)
        l->addr.port = ntohs(((struct sockaddr_in6 *)&ss)->sin6_port);
}

struct ln_listener *
ln_listener_open(const struct ln_addr *addr, unsigned unix_mode, char *why, size_t why_n)
{
    struct stat st;
    int fd =
        addr->is_unix ? bind_unix(addr, unix_mode, why, why_n) : bind_tcp(addr, true, why, why_n);
    if (fd < 0)
        return NULL;
    if (listen(fd, BACKLOG) != 0) {
        explain(why, why_n, addr, strerror(errno));
        close(fd);
        return NULL;
    }
    struct ln_listener *l = ln_zalloc(sizeof(*l));
    l->fd = fd;
    l->addr = *addr;
    note_port(l);
    if (addr->is_unix && lstat(addr->host, &st) == 0) {
        l->dev = st.st_dev;
        l->ino = st.st_ino;
    }
    return l;
}

uint16_t
ln_listener_port(const struct ln_listener *l)
{
    return l->addr.port;
}

/* ── accepting ── */

static void
adopt(struct ln_listener *l, int fd)
{
    struct ln_net *net = l->net;
    ln_metric_add(LN_M_ACCEPTED, 1);
    struct ln_conn *c = ln_conn_adopt(net, fd, l->tls, NULL, NULL);
    net->ops->on_accept(net->ctx, c, l->user);
    if (!c->ops)
        ln_conn_close(c, LN_EFORBIDDEN);
}

static void
sleep_a_second(struct ln_listener *l)
{
    struct timeval second = {1, 0};
    event_del(&l->ev);
    evtimer_add(&l->again, &second);
    ln_log(LN_WARN, "net", "accept_paused", "error=\"%s\"", strerror(errno));
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    struct ln_listener *l = arg;
    (void)what;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer >= 0) {
            adopt(l, peer);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            sleep_a_second(l);
            return;
        } else if (errno == EAGAIN) {
            return;
        } /* else: that one connection failed before we came to it */
    }
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
    struct ln_listener *l = arg;
    (void)fd;
    (void)what;
    event_add(&l->ev, NULL);
}

void
ln_listener_start(struct ln_listener *l, struct ln_net *net, struct ln_tls *tls, void *user)
{
    LN_ASSERT(!l->net && (!l->addr.tls || tls));
    l->net = net;
    l->tls = l->addr.tls ? tls : NULL;
    l->user = user;
    LN_ASSERT(event_assign(&l->ev, net->base, l->fd, EV_READ | EV_PERSIST, on_acceptable, l) == 0);
    LN_ASSERT(evtimer_assign(&l->again, net->base, on_again, l) == 0);
    LN_ASSERT(event_add(&l->ev, NULL) == 0);
}

void
ln_listener_pause(struct ln_listener *l)
{
    if (!l->net)
        return;
    event_del(&l->ev);
    event_del(&l->again);
}

void
ln_listener_destroy(struct ln_listener **pl)
{
    struct ln_listener *l = *pl;
    struct stat st;
    *pl = NULL;
    if (!l)
        return;
    ln_listener_pause(l);
    close(l->fd);
    if (l->addr.is_unix && lstat(l->addr.host, &st) == 0 && st.st_dev == l->dev &&
        st.st_ino == l->ino)
        unlink(l->addr.host);
    free(l);
}
