/* SPDX-License-Identifier: MIT
 * load.c - a load generator: many WebSocket clients of linnet in one thread on epoll.
 *
 *   load PORT TOKENS idle N               signs N in, says "ready", waits for a line on stdin
 *   load PORT TOKENS storm N CHATS MISSED N connect, upgrade and say hello with cursors in CHATS
 *                                         groups of 50, MISSED events behind: how many a second
 *   load PORT TOKENS pairs P W SECONDS    P pairs, W messages in flight each: acked, delivered /s
 *   load PORT TOKENS rate P R SECONDS     R messages a second over P pairs: latency of delivery
 *   load PORT TOKENS group G W SECONDS    one chat of G, W in flight: deliveries a second
 *   load PORT TOKENS fill P N             N messages over P pairs, as fast as it goes
 *
 * TOKENS: the output of `linnet user import --tokens`. Each result is one JSON line on stdout.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 20000
#define BUF_BYTES 16384
#define LATENCIES_MAX 4000000
#define STORM_OPEN 512 /* connections being set up at once */
#define CELL 50        /* people of a storm who share their chats */

struct client {
    int fd;
    unsigned id; /* user */
    unsigned chat;
    bool upgraded;
    bool live; /* hello answered */
    unsigned inflight;
    unsigned head; /* highest seq seen */
    unsigned marked;
    uint64_t cid;
    size_t n; /* bytes in buf */
    char *buf;
    size_t out_n;
    char out[2048];
    char token[80];
    char cursors[512]; /* members of hello, each preceded by a comma; empty = none */
    unsigned told;     /* events that the answer to hello brought */
};

static struct client *clients;
static unsigned client_count;
static int ep;
static uint16_t port;
static uint64_t acked, delivered, errors, live_count;
static uint32_t *latencies; /* microseconds */
static size_t latency_count;
static bool counting;
static char epoch[64];

static uint64_t
now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void
fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ── a client's output: small, so a full socket is an error of the load itself ── */
static void
flush_out(struct client *c)
{
    while (c->out_n) {
        ssize_t n = send(c->fd, c->out, c->out_n, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n < 0) {
            fail("send");
        }
        memmove(c->out, c->out + n, c->out_n - (size_t)n);
        c->out_n -= (size_t)n;
    }
}

static void
send_text(struct client *c, const char *text, size_t n)
{
    uint8_t head[14];
    size_t h = 2;
    head[0] = 0x81;
    if (n < 126) {
        head[1] = (uint8_t)(0x80 | n);
    } else {
        head[1] = 0x80 | 126;
        head[2] = (uint8_t)(n >> 8);
        head[3] = (uint8_t)n;
        h = 4;
    }
    memset(head + h, 0, 4); /* a mask of zeros is a mask */
    h += 4;
    if (c->out_n + h + n > sizeof c->out) {
        flush_out(c);
    }
    if (c->out_n + h + n > sizeof c->out) {
        fail("output full");
    }
    memcpy(c->out + c->out_n, head, h);
    memcpy(c->out + c->out_n + h, text, n);
    c->out_n += h + n;
}

static void
send_message(struct client *c)
{
    char text[512];
    uint64_t t = now_ns();
    /* a time-ordered cid, as the client makes them */
    int n = snprintf(text, sizeof text,
                     "{\"op\":\"send\",\"id\":1,\"chat\":%u,\"cid\":\"%012" PRIx64
                     "-%08x-%08" PRIx64 "\",\"body\":{\"text\":\"%020" PRIu64
                     " lorem ipsum dolor sit amet, consectetur adipiscing elit\"}}",
                     c->chat, t / 1000000, c->id, c->cid++ & 0xffffffff, t);
    send_text(c, text, (size_t)n);
    c->inflight++;
}

/* ── input ── */
static unsigned
number_after(const char *p, size_t n, const char *key)
{
    const char *at = memmem(p, n, key, strlen(key));
    return at ? (unsigned)strtoul(at + strlen(key), NULL, 10) : 0;
}

static void
on_event(struct client *c, const char *p, size_t n)
{
    unsigned seq = number_after(p, n, "\"seq\":");
    const char *at = memmem(p, n, "\"text\":\"", 8);
    c->head = seq > c->head ? seq : c->head;
    if (!counting) {
        return;
    }
    unsigned from = number_after(p, n, "\"from\":");
    if (from == c->id || !at) {
        return;
    }
    delivered++;
    if (latency_count < LATENCIES_MAX) {
        uint64_t sent = strtoull(at + 8, NULL, 10);
        latencies[latency_count++] = (uint32_t)((now_ns() - sent) / 1000);
    }
}

/* The epoch, for later; and how many events came with the answer. */
static void
on_hello(struct client *c, const char *p, size_t n)
{
    const char *at = memmem(p, n, "\"epoch\":\"", 9);
    if (at && !epoch[0]) {
        sscanf(at + 9, "%63[^\"]", epoch);
    }
    for (at = p; (at = memmem(at, n - (size_t)(at - p), "\"kind\":\"message\"", 16)); at++) {
        c->told++;
    }
}

static void
on_frame(struct client *c, const char *p, size_t n)
{
    if (n > 12 && memcmp(p, "{\"ev\":\"event\"", 13) == 0) {
        on_event(c, p, n);
    } else if (n > 6 && memcmp(p, "{\"re\":", 6) == 0) {
        if (!c->live) {
            c->live = true;
            live_count++;
            c->id = number_after(p, n, "\"self\":{\"id\":");
            on_hello(c, p, n);
        } else if (memmem(p, n, "\"error\"", 7)) {
            errors++;
            c->inflight -= c->inflight > 0;
            fprintf(stderr, "load: %.*s\n", (int)n, p);
        } else if (number_after(p, n, "\"chat\":")) {
            c->chat = number_after(p, n, "\"chat\":");
        } else {
            acked += counting;
            c->inflight -= c->inflight > 0;
        }
    }
}

static void
parse_frames(struct client *c)
{
    size_t at = 0;
    while (c->n - at >= 2) {
        const uint8_t *b = (const uint8_t *)c->buf + at;
        size_t len = b[1] & 0x7f, h = 2;
        if (len == 126) {
            h = 4;
            len = c->n - at >= 4 ? (size_t)b[2] << 8 | b[3] : SIZE_MAX / 2;
        } else if (len == 127) {
            h = 10;
            len = c->n - at >= 10 ? (size_t)b[7] << 16 | (size_t)b[8] << 8 | b[9] : SIZE_MAX / 2;
        }
        if (c->n - at < h + len) {
            break;
        }
        if ((b[0] & 0xf) == 1) {
            on_frame(c, c->buf + at + h, len);
        }
        at += h + len;
    }
    memmove(c->buf, c->buf + at, c->n - at);
    c->n -= at;
}

static void
say_hello(struct client *c)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "{\"op\":\"hello\",\"id\":1,\"token\":\"%s\"%s}", c->token,
                     c->cursors);
    send_text(c, text, (size_t)n);
}

static void
on_input(struct client *c)
{
    static char shared[CLIENTS_MAX > 0 ? 262144 : 1];
    for (;;) {
        ssize_t n = recv(c->fd, shared, sizeof shared - 1, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINPROGRESS)) {
            return;
        }
        if (n <= 0) {
            errors++;
            fprintf(stderr, "load: client %u: the server closed\n", c->id);
            epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
            return;
        }
        c->buf = realloc(c->buf, c->n + (size_t)n + 1);
        memcpy(c->buf + c->n, shared, (size_t)n);
        c->n += (size_t)n;
        if (!c->upgraded) {
            char *end = memmem(c->buf, c->n, "\r\n\r\n", 4);
            if (!end) {
                continue;
            }
            if (memcmp(c->buf, "HTTP/1.1 101", 12) != 0) {
                fail("upgrade");
            }
            c->upgraded = true;
            c->n -= (size_t)(end + 4 - c->buf);
            memmove(c->buf, end + 4, c->n);
            say_hello(c);
        }
        parse_frames(c);
        if (c->n == 0) {
            free(c->buf);
            c->buf = NULL;
        }
        if (n < (ssize_t)sizeof shared - 1) {
            return;
        }
    }
}

/* ── connecting ── */
static void
open_client(struct client *c)
{
    static const char upgrade[] =
        "GET /ws HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: linnet.v1\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to)) {
        fail("connect");
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
    memcpy(c->out, upgrade, sizeof upgrade - 1);
    c->out_n = sizeof upgrade - 1;
    flush_out(c);
}

static void
turn(int timeout_ms)
{
    static struct epoll_event evs[1024];
    int n = epoll_wait(ep, evs, 1024, timeout_ms);
    for (int i = 0; i < n; i++) {
        on_input(evs[i].data.ptr);
        flush_out(evs[i].data.ptr);
    }
}

static void
open_all(unsigned n)
{
    for (unsigned opened = 0; live_count < n;) {
        while (opened < n && opened - live_count < STORM_OPEN) {
            open_client(&clients[opened++]);
        }
        turn(100);
    }
}

static void
read_tokens(const char *path, unsigned n)
{
    char line[512];
    FILE *f = fopen(path, "r");
    if (!f) {
        fail(path);
    }
    clients = calloc(n, sizeof *clients);
    while (client_count < n && fgets(line, sizeof line, f)) {
        const char *at = strstr(line, "\"token\":\"");
        if (at && sscanf(at + 9, "%79[^\"]", clients[client_count].token) == 1) {
            clients[client_count].id = number_after(line, strlen(line), "\"id\":");
            client_count++;
        }
    }
    fclose(f);
    if (client_count < n) {
        fprintf(stderr, "load: %s has only %u tokens\n", path, client_count);
        exit(1);
    }
}

/* ── chats ── */
static void
wait_chat(struct client *c)
{
    while (!c->chat) {
        turn(100);
    }
}

static void
make_pairs(unsigned pairs)
{
    for (unsigned i = 0; i < pairs; i++) {
        struct client *a = &clients[2 * i], *b = &clients[2 * i + 1];
        char text[256];
        int n = snprintf(text, sizeof text,
                         "{\"op\":\"chat.create\",\"id\":2,\"kind\":\"direct\",\"members\":[%u]}",
                         b->id);
        send_text(a, text, (size_t)n);
        flush_out(a);
    }
    for (unsigned i = 0; i < pairs; i++) {
        wait_chat(&clients[2 * i]);
        clients[2 * i + 1].chat = clients[2 * i].chat;
    }
}

static void
make_group(unsigned size)
{
    struct client *a = &clients[0];
    char text[2000];
    int n = snprintf(text, sizeof text,
                     "{\"op\":\"chat.create\",\"id\":2,\"kind\":\"group\",\"title\":\"bench\"}");
    send_text(a, text, (size_t)n);
    flush_out(a);
    wait_chat(a);
    for (unsigned i = 1; i < size;) {
        n = snprintf(text, sizeof text, "{\"op\":\"chat.add\",\"id\":3,\"chat\":%u,\"users\":[",
                     a->chat);
        for (unsigned k = 0; k < 100 && i < size; k++, i++) {
            n += snprintf(text + n, sizeof text - (size_t)n, "%s%u", k ? "," : "", clients[i].id);
        }
        n += snprintf(text + n, sizeof text - (size_t)n, "]}");
        a->inflight = 1;
        send_text(a, text, (size_t)n);
        flush_out(a);
        while (a->inflight) {
            turn(100);
        }
    }
    for (unsigned i = 0; i < size; i++) {
        clients[i].chat = a->chat;
    }
}

/* ── a storm: everybody comes back at once, some events behind ── */

/* One cell's chats, made and talked in by its first; what each of the cell will say with hello. */
static void
make_cell(struct client *cell, unsigned size, unsigned chats, unsigned missed)
{
    struct client *a = &cell[0];
    char text[2000], cursors[512] = "";
    size_t k = (size_t)snprintf(cursors, sizeof cursors, ",\"epoch\":\"%s\",\"cursors\":{", epoch);
    for (unsigned i = 0; i < chats; i++) {
        int n = snprintf(text, sizeof text,
                         "{\"op\":\"chat.create\",\"id\":2,\"kind\":\"group\",\"title\":\"storm\","
                         "\"members\":[");
        for (unsigned m = 1; m < size; m++) {
            n += snprintf(text + n, sizeof text - (size_t)n, "%s%u", m > 1 ? "," : "", cell[m].id);
        }
        n += snprintf(text + n, sizeof text - (size_t)n, "]}");
        a->chat = a->head = 0;
        send_text(a, text, (size_t)n);
        flush_out(a);
        wait_chat(a);
        while (!a->head) { /* the join: cursors begin behind it */
            turn(100);
        }
        k += (size_t)snprintf(cursors + k, sizeof cursors - k, "%s\"%u\":%u", i ? "," : "", a->chat,
                              a->head);
        for (unsigned m = 0; m < missed / chats; m++) {
            send_message(a);
            flush_out(a);
        }
        while (a->inflight) {
            turn(100);
        }
    }
    snprintf(cursors + k, sizeof cursors - k, "}");
    for (unsigned m = 0; m < size; m++) {
        memcpy(cell[m].cursors, cursors, sizeof cursors);
    }
}

static void
hang_up(struct client *c)
{
    struct linger now = {1, 0}; /* no TIME_WAIT of ours */
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(c->fd);
    free(c->buf);
    c->buf = NULL;
    c->n = c->out_n = 0;
    c->live = c->upgraded = false;
    c->told = 0;
}

static void
run_storm(unsigned n, unsigned chats, unsigned missed)
{
    unsigned lost = 0;
    for (unsigned i = 0; i < n; i += CELL) {
        open_client(&clients[i]);
        while (!clients[i].live) {
            turn(100);
        }
        make_cell(&clients[i], n - i < CELL ? n - i : CELL, chats, missed);
        hang_up(&clients[i]);
    }
    live_count = errors = 0;
    uint64_t start = now_ns();
    open_all(n);
    double seconds = (double)(now_ns() - start) / 1e9;
    for (unsigned i = 0; i < n; i++) {
        lost += clients[i].told != missed / chats * chats;
    }
    printf(
        "{\"mode\":\"storm\",\"clients\":%u,\"hello_per_s\":%.0f,\"short\":%u,\"errors\":%" PRIu64
        "}\n",
        n, n / seconds, lost, errors);
    errors += lost;
}

/* Each who received something new says so, as a client does once a second. */
static void
mark_all(void)
{
    for (unsigned i = 0; i < client_count; i++) {
        struct client *c = &clients[i];
        char text[128];
        if (!c->live || c->head == c->marked || !c->chat) {
            continue;
        }
        int n = snprintf(text, sizeof text, "{\"op\":\"mark\",\"chat\":%u,\"delivered\":%u}",
                         c->chat, c->head);
        c->marked = c->head;
        send_text(c, text, (size_t)n);
        flush_out(c);
    }
}

/* ── results ── */
static int
by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void
report(const char *mode, double seconds)
{
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    double p50 = latency_count ? latencies[latency_count / 2] / 1000.0 : 0;
    double p99 = latency_count ? latencies[latency_count * 99 / 100] / 1000.0 : 0;
    printf("{\"mode\":\"%s\",\"seconds\":%.2f,\"acked_per_s\":%.0f,\"delivered_per_s\":%.0f,"
           "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"errors\":%" PRIu64 "}\n",
           mode, seconds, (double)acked / seconds, (double)delivered / seconds, p50, p99, errors);
}

static void
start_counting(void)
{
    acked = delivered = errors = 0;
    latency_count = 0;
    counting = true;
}

/* senders: every step-th client keeps window messages in flight for so many seconds. */
static void
run_window(const char *mode, unsigned senders, unsigned step, unsigned window, unsigned seconds)
{
    uint64_t start = now_ns(), warm = start + 1000000000u, end = 0, next_mark = start;
    for (;;) {
        uint64_t now = now_ns();
        if (!counting && now >= warm) {
            start_counting();
            start = now;
            end = now + seconds * 1000000000ull;
        }
        if (counting && now >= end) {
            break;
        }
        if (now >= next_mark) {
            mark_all();
            next_mark = now + 1000000000u;
        }
        for (unsigned i = 0; i < senders; i++) {
            struct client *c = &clients[i * step];
            while (c->inflight < window && c->out_n < 1024) {
                send_message(c);
            }
            flush_out(c);
        }
        turn(10);
    }
    counting = false;
    report(mode, (double)(now_ns() - start) / 1e9);
}

static void
run_rate(unsigned pairs, unsigned rate, unsigned seconds)
{
    uint64_t gap = 1000000000ull / rate, start = now_ns() + 500000000u;
    uint64_t next = start, next_mark = start, end = start + seconds * 1000000000ull;
    unsigned i = 0;
    start_counting();
    for (;;) {
        uint64_t now = now_ns();
        if (now >= end) {
            break;
        }
        for (; next <= now; next += gap) {
            struct client *c = &clients[2 * (i++ % pairs)];
            send_message(c);
            flush_out(c);
        }
        if (now >= next_mark) {
            mark_all();
            next_mark = now + 1000000000u;
        }
        turn(next > now + 2000000u ? 1 : 0);
    }
    report("rate", seconds);
}

static void
run_fill(unsigned pairs, unsigned messages)
{
    uint64_t next_mark = 0;
    start_counting();
    while (acked < messages) {
        if (now_ns() >= next_mark) {
            mark_all();
            next_mark = now_ns() + 1000000000u;
        }
        for (unsigned i = 0; i < pairs; i++) {
            while (clients[2 * i].inflight < 8 && clients[2 * i].out_n < 1024) {
                send_message(&clients[2 * i]);
            }
            flush_out(&clients[2 * i]);
        }
        turn(10);
    }
    report("fill", 1);
}

static unsigned
number(char **argv, int argc, int i)
{
    if (i >= argc) {
        fprintf(stderr, "load: too few arguments\n");
        exit(2);
    }
    return (unsigned)strtoul(argv[i], NULL, 10);
}

int
main(int argc, char **argv)
{
    char line[16];
    if (argc < 5) {
        fprintf(stderr, "usage: load PORT TOKENS idle|storm|pairs|rate|group|fill N …\n");
        return 2;
    }
    const char *mode = argv[3];
    unsigned n = number(argv, argc, 4);
    bool in_pairs =
        strcmp(mode, "pairs") == 0 || strcmp(mode, "rate") == 0 || strcmp(mode, "fill") == 0;
    unsigned need = in_pairs ? 2 * n : n;
    port = (uint16_t)number(argv, argc, 1);
    ep = epoll_create1(EPOLL_CLOEXEC);
    latencies = malloc(LATENCIES_MAX * sizeof *latencies);
    if (need > CLIENTS_MAX || ep < 0 || !latencies) {
        fail("start");
    }
    read_tokens(argv[2], need);
    if (strcmp(mode, "storm") == 0) {
        run_storm(n, number(argv, argc, 5), number(argv, argc, 6));
        return errors ? 1 : 0;
    }
    open_all(need);
    if (strcmp(mode, "idle") == 0) {
        printf("ready\n");
        fflush(stdout);
        return fgets(line, sizeof line, stdin) == NULL;
    } else if (strcmp(mode, "pairs") == 0) {
        make_pairs(n);
        run_window("pairs", n, 2, number(argv, argc, 5), number(argv, argc, 6));
    } else if (strcmp(mode, "fill") == 0) {
        make_pairs(n);
        run_fill(n, number(argv, argc, 5));
    } else if (strcmp(mode, "rate") == 0) {
        make_pairs(n);
        run_rate(n, number(argv, argc, 5), number(argv, argc, 6));
    } else {
        make_group(n);
        run_window("group", 1, 1, number(argv, argc, 5), number(argv, argc, 6));
    }
    return errors ? 1 : 0;
}
