/* SPDX-License-Identifier: MIT
 * disk.c - comes between a server and its data directory (LD_PRELOAD): records what is written and
 * synced, makes calls fail, and ends the process at one of them.
 *
 * A preloaded library and not a VFS of SQLite's: so the shipped binary itself is tested, what the
 * server does beside SQLite (copies, renames, folders) is seen too, and what leaves by its sockets
 * can be put into the same order, which is the question: was it said before it was synced?
 *
 * DISK_DIR=path       the directory that counts, and all below it; -shm files do not (they are
 * rebuilt) DISK_JOURNAL=path   gets a record (struct record, then n bytes) for each change, in
 * order. A write stands there once it is done, a sync once it has returned, bytes to a client no
 *                     later than they leave.
 * DISK_FAIL=RULE,…    CALL:N=ERRNO (the Nth), CALL:N+=ERRNO (from then on), CALL%P=ERRNO (P in 100,
 *                     by SEED). CALL: read write sync truncate any; ERRNO: EIO ENOSPC. Half of a
 *                     write that fails is written.
 * DISK_KILL=N         SIGKILL at the Nth change, half of it done if it is a write.
 * DISK_FILE=path      DISK_FAIL and DISK_KILL count only while this file is there
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 20000
#define RULES 8
#define SECTOR 512

/* test/fault/lib/journal.mjs reads them */
enum {
    REC_OPEN = 1,
    REC_CREATE,
    REC_WRITE,
    REC_TRUNCATE,
    REC_SYNC,
    REC_UNLINK,
    REC_RENAME,
    REC_OUT
};
struct record {
    uint32_t type;
    uint32_t n;   /* bytes that follow: data, a path, or (rename) two paths with a NUL between */
    uint64_t ino; /* of the file; OUT: the connection's number */
    uint64_t at;  /* offset, or length */
};

enum call { CALL_READ, CALL_WRITE, CALL_SYNC, CALL_TRUNCATE, CALL_ANY, CALL_COUNT };
struct rule {
    enum call call;
    long left, percent;
    bool is_open_end;
    int error;
};

struct place {
    uint64_t ino; /* 0: not ours */
    uint64_t connection;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct place places[FDS];
static struct rule rules[RULES];
static unsigned rule_count;
static const char *dir, *moment;
static size_t dir_n;
static int journal = -1;
static long kill_at;
static uint64_t connections;
static uint32_t random_state;

static void
read_rules(const char *spec)
{
    static const char *const names[] = {"read", "write", "sync", "truncate", "any"};
    while (spec && *spec && rule_count < RULES) {
        struct rule *r = &rules[rule_count];
        char name[16], how, plus[2] = "", error[16];
        long value;
        if (sscanf(spec, "%15[a-z]%c%ld%1[+]=%15[A-Z]", name, &how, &value, plus, error) != 5 &&
            sscanf(spec, "%15[a-z]%c%ld=%15[A-Z]", name, &how, &value, error) != 4) {
            fprintf(stderr, "disk.so: bad rule %s\n", spec);
            _exit(99);
        }
        for (r->call = 0; r->call < CALL_COUNT && strcmp(names[r->call], name) != 0; r->call++) {
        }
        *(how == '%' ? &r->percent : &r->left) = value;
        r->is_open_end = plus[0] == '+';
        r->error = strcmp(error, "ENOSPC") == 0 ? ENOSPC : EIO;
        rule_count++;
        spec = strchr(spec, ',');
        spec = spec ? spec + 1 : NULL;
    }
}

__attribute__((constructor)) static void
set_up(void)
{
    const char *seed = getenv("SEED"), *path = getenv("DISK_JOURNAL"), *at = getenv("DISK_KILL");
    dir = getenv("DISK_DIR");
    dir_n = dir ? strlen(dir) : 0;
    moment = getenv("DISK_FILE");
    kill_at = at ? atol(at) : 0;
    random_state = seed ? (uint32_t)strtoul(seed, NULL, 10) * 2654435761u + 1u : 1u;
    read_rules(getenv("DISK_FAIL"));
    if (path) {
        journal = (int)syscall(SYS_openat, AT_FDCWD, path,
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

static bool
is_ours(const char *path)
{
    size_t n = strlen(path);
    return dir && strncmp(path, dir, dir_n) == 0 && (path[dir_n] == '/' || path[dir_n] == 0) &&
           !(n > 4 && strcmp(path + n - 4, "-shm") == 0);
}

static struct place *
place_of(int fd)
{
    static _Thread_local struct place nowhere;
    return fd >= 0 && fd < FDS ? &places[fd] : &nowhere;
}

static void
put(uint32_t type, uint64_t ino, uint64_t at, const void *data, size_t n)
{
    struct record r = {type, (uint32_t)n, ino, at};
    struct iovec v[2] = {{&r, sizeof r}, {(void *)(uintptr_t)data, n}};
    if (journal >= 0 && syscall(SYS_writev, journal, v, 2) != (long)(sizeof r + n)) {
        _exit(98);
    }
}

static bool
is_moment(void)
{
    return !moment || syscall(SYS_faccessat, AT_FDCWD, moment, F_OK) == 0;
}

/* The error with which this call fails, or 0. Called with the lock held. */
static int
fails(enum call call)
{
    int error = 0;
    if (rule_count == 0 || !is_moment()) {
        return 0;
    }
    for (unsigned i = 0; i < rule_count; i++) {
        struct rule *r = &rules[i];
        if (r->call != call && !(r->call == CALL_ANY && call != CALL_READ)) {
            continue;
        }
        if (r->percent) {
            random_state = random_state * 1664525u + 1013904223u;
            error = (long)((random_state >> 8) % 100) < r->percent ? r->error : error;
        } else if (r->left == 1 || (r->left > 1 && --r->left == 0)) {
            r->left = r->is_open_end ? 1 : 0;
            error = r->error;
        }
    }
    return error;
}

/* Is this change the one at which the process ends? Called with the lock held. */
static bool
is_end(void)
{
    return kill_at && is_moment() && --kill_at == 0;
}

static void
end(void)
{
    kill(getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

/* ── files ── */
static int
note_open(int fd, const char *path, bool is_new)
{
    struct stat s;
    if (fd < 0 || fd >= FDS) {
        return fd;
    }
    pthread_mutex_lock(&lock);
    places[fd] = (struct place){0};
    if (is_ours(path) && fstat(fd, &s) == 0) {
        places[fd].ino = s.st_ino;
        put(is_new ? REC_CREATE : REC_OPEN, s.st_ino, (uint64_t)s.st_size, path, strlen(path));
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list ap;                                                                                \
        va_start(ap, flags);                                                                       \
        mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;                                    \
        va_end(ap);                                                                                \
        bool is_new = flags & O_CREAT && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;        \
        return note_open((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path, is_new);     \
    }
OPEN(open)
OPEN(open64)

int
close(int fd)
{
    *place_of(fd) = (struct place){0};
    return (int)syscall(SYS_close, fd);
}

static ssize_t
do_write(int fd, const void *p, size_t n, off_t at)
{
    ssize_t done = 0;
    pthread_mutex_lock(&lock);
    bool ends = is_end();
    int error = fails(CALL_WRITE);
    size_t want = ends || error ? n / 2 / SECTOR * SECTOR : n;
    done = want ? syscall(SYS_pwrite64, fd, p, want, at) : 0;
    if (done > 0) {
        put(REC_WRITE, place_of(fd)->ino, (uint64_t)at, p, (size_t)done);
    }
    if (ends) {
        end();
    }
    if (error) {
        errno = error;
        done = -1;
    }
    pthread_mutex_unlock(&lock);
    return done;
}

#define PWRITE(name)                                                                               \
    ssize_t name(int fd, const void *p, size_t n, off_t at)                                        \
    {                                                                                              \
        if (place_of(fd)->ino) {                                                                   \
            return do_write(fd, p, n, at);                                                         \
        }                                                                                          \
        return syscall(SYS_pwrite64, fd, p, n, at);                                                \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PREAD(name)                                                                                \
    ssize_t name(int fd, void *p, size_t n, off_t at)                                              \
    {                                                                                              \
        if (place_of(fd)->ino && rule_count) {                                                     \
            pthread_mutex_lock(&lock);                                                             \
            int error = fails(CALL_READ);                                                          \
            pthread_mutex_unlock(&lock);                                                           \
            if (error) {                                                                           \
                errno = error;                                                                     \
                return -1;                                                                         \
            }                                                                                      \
        }                                                                                          \
        return syscall(SYS_pread64, fd, p, n, at);                                                 \
    }
PREAD(pread)
PREAD(pread64)

#define TRUNCATE(name)                                                                             \
    int name(int fd, off_t n)                                                                      \
    {                                                                                              \
        uint64_t ino = place_of(fd)->ino;                                                          \
        if (!ino) {                                                                                \
            return (int)syscall(SYS_ftruncate, fd, n);                                             \
        }                                                                                          \
        pthread_mutex_lock(&lock);                                                                 \
        if (is_end()) {                                                                            \
            end();                                                                                 \
        }                                                                                          \
        int error = fails(CALL_TRUNCATE), rc = error ? -1 : (int)syscall(SYS_ftruncate, fd, n);    \
        if (rc == 0) {                                                                             \
            put(REC_TRUNCATE, ino, (uint64_t)n, NULL, 0);                                          \
        }                                                                                          \
        errno = error ? error : errno;                                                             \
        pthread_mutex_unlock(&lock);                                                               \
        return rc;                                                                                 \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static int
do_sync(int fd, long call)
{
    uint64_t ino = place_of(fd)->ino;
    if (!ino) {
        return (int)syscall(call, fd);
    }
    pthread_mutex_lock(&lock);
    if (is_end()) {
        end();
    }
    int error = fails(CALL_SYNC);
    pthread_mutex_unlock(&lock);
    int rc = error ? -1 : (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    if (rc == 0) {
        put(REC_SYNC, ino, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    errno = error ? error : errno;
    return rc;
}

int
fsync(int fd)
{
    return do_sync(fd, SYS_fsync);
}

int
fdatasync(int fd)
{
    return do_sync(fd, SYS_fdatasync);
}

int
unlink(const char *path)
{
    struct stat s;
    if (!is_ours(path) || stat(path, &s)) {
        return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    }
    pthread_mutex_lock(&lock);
    if (is_end()) {
        end();
    }
    int rc = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (rc == 0) {
        put(REC_UNLINK, s.st_ino, 0, path, strlen(path));
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

int
rename(const char *from, const char *to)
{
    char both[8400];
    int n = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
    if (!is_ours(from) || n >= (int)sizeof both) {
        return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    }
    pthread_mutex_lock(&lock);
    if (is_end()) {
        end();
    }
    int rc = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (rc == 0) {
        put(REC_RENAME, 0, 0, both, (size_t)n);
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

/* ── connections ── */
int
accept4(int fd, struct sockaddr *addr, socklen_t *n, int flags)
{
    int peer = (int)syscall(SYS_accept4, fd, addr, n, flags);
    if (peer >= 0 && peer < FDS) {
        pthread_mutex_lock(&lock);
        uint64_t process = (uint64_t)getpid() << 32; /* one journal may hold several, one by one */
        places[peer] = (struct place){.connection = process | ++connections};
        pthread_mutex_unlock(&lock);
    }
    return peer;
}

/* With the lock held over both, no sync can come between the bytes and their record. */
ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
    uint64_t connection = place_of(fd)->connection;
    if (!connection || journal < 0) {
        return syscall(SYS_sendmsg, fd, msg, flags);
    }
    pthread_mutex_lock(&lock);
    ssize_t n = syscall(SYS_sendmsg, fd, msg, flags), left = n;
    for (size_t i = 0; left > 0 && i < msg->msg_iovlen; i++) {
        size_t part =
            msg->msg_iov[i].iov_len < (size_t)left ? msg->msg_iov[i].iov_len : (size_t)left;
        put(REC_OUT, connection, 0, msg->msg_iov[i].iov_base, part);
        left -= (ssize_t)part;
    }
    pthread_mutex_unlock(&lock);
    return n;
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
    struct iovec v = {(void *)(uintptr_t)p, n};
    return sendmsg(fd, &(struct msghdr){.msg_iov = &v, .msg_iovlen = 1}, flags);
}
