/* SPDX-License-Identifier: MIT
 * echo.c - a bare epoll echo, the least a message can cost here: no protocol, no storage.
 *
 *   echo CONNECTIONS WINDOW SECONDS    messages of 160 bytes, WINDOW in flight on each connection;
 *                                      the server on core 0, the client on core 1. One JSON line.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_BYTES 160
#define BATCH 64

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
pin(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)core, &set);
    sched_setaffinity(0, sizeof set, &set); /* one core only: then both share it */
}

static double
now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
watch(int ep, int fd)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
    int one = 1;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev)) {
        fail("epoll_ctl");
    }
}

/* Sends back what comes, on both sides; counts bytes. */
static uint64_t
turn(int ep)
{
    static char buf[65536];
    struct epoll_event evs[BATCH];
    uint64_t bytes = 0;
    int n = epoll_wait(ep, evs, BATCH, 100);
    for (int i = 0; i < n; i++) {
        ssize_t got = recv(evs[i].data.fd, buf, sizeof buf, 0);
        if (got <= 0) {
            epoll_ctl(ep, EPOLL_CTL_DEL, evs[i].data.fd, NULL);
            close(evs[i].data.fd);
            continue;
        }
        bytes += (uint64_t)got;
        if (send(evs[i].data.fd, buf, (size_t)got, MSG_NOSIGNAL) < 0 && errno != EPIPE &&
            errno != ECONNRESET) {
            fail("send");
        }
    }
    return bytes;
}

int
main(int argc, char **argv)
{
    int connections = argc > 3 ? atoi(argv[1]) : 0, window = argc > 3 ? atoi(argv[2]) : 0;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    static char message[MESSAGE_BYTES];
    if (connections < 1 || window < 1) {
        fprintf(stderr, "usage: echo CONNECTIONS WINDOW SECONDS\n");
        return 2;
    }
    int l = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(l, (struct sockaddr *)&at, size) || listen(l, 1024) ||
        getsockname(l, (struct sockaddr *)&at, &size)) {
        fail("listen");
    }
    pid_t child = fork();
    int ep = epoll_create1(0); /* each its own */
    if (child == 0) {
        pin(0);
        for (int i = 0; i < connections; i++) {
            watch(ep, accept(l, NULL, NULL));
        }
        for (;;) {
            turn(ep);
        }
    }
    pin(1);
    for (int i = 0; i < connections; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&at, sizeof at)) {
            fail("connect");
        }
        watch(ep, fd);
        for (int k = 0; k < window; k++) {
            if (send(fd, message, sizeof message, 0) != sizeof message) {
                fail("send");
            }
        }
    }
    double start = now(), seconds = atof(argv[3]);
    uint64_t bytes = 0;
    while (now() - start < seconds) {
        bytes += turn(ep);
    }
    printf("{\"messages_per_s\":%.0f}\n", (double)bytes / MESSAGE_BYTES / (now() - start));
    kill(child, SIGKILL);
    return 0;
}
