/* SPDX-License-Identifier: MIT
 * files.c - the thread ln-files and what it does to the disk.
 */
#include "linnet/files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "linnet/base/hex.h"
#include "linnet/base/mem.h"
#include "linnet/rt/thread.h"

#define SEGMENTS_MAX 1000 /* of a JPEG before its picture; what is beyond is not looked at */

struct ln_files {
    struct ln_thread thread;
    struct ln_mailbox mailbox;
    atomic_bool stopping;
    struct ln_msg stop;
    uint64_t reserve;
    int dir; /* DATA/files */
    uint8_t piece[LN_FILE_PIECE];
};

static enum ln_err
of_errno(void)
{
    return errno == ENOSPC || errno == EDQUOT ? LN_EDISKFULL : LN_EIO;
}

static void
part_path(char out[64], const char *id)
{
    snprintf(out, 64, "part/%s", id);
}

static void
hash_path(char out[80], const char *hash)
{
    snprintf(out, 80, "%.2s/%s", hash, hash + 2);
}

static bool
has_room(const struct ln_files *fs, uint64_t n)
{
    struct statvfs s;
    return fstatvfs(fs->dir, &s) == 0 && (uint64_t)s.f_bavail * s.f_frsize >= fs->reserve + n;
}

static enum ln_err
read_all(int fd, uint8_t *p, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t r = pread(fd, p + done, n - done, (off_t)(at + done));
        if (r <= 0 && !(r < 0 && errno == EINTR)) {
            return LN_EIO;
        }
        done += r > 0 ? (size_t)r : 0;
    }
    return LN_OK;
}

static enum ln_err
write_all(int fd, const uint8_t *p, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t r = pwrite(fd, p + done, n - done, (off_t)(at + done));
        if (r < 0 && errno != EINTR) {
            return of_errno();
        }
        done += r > 0 ? (size_t)r : 0;
    }
    return LN_OK;
}

/* ── pieces ── */
/* What came before an error stays: the length tells it. */
static void
do_write(struct ln_files *fs, struct ln_file_job *j)
{
    char path[64];
    struct stat s = {0};
    part_path(path, j->id);
    int fd = openat(fs->dir, path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fstat(fd, &s)) {
        j->err = of_errno();
    } else if ((uint64_t)s.st_size != j->offset) {
        j->err = LN_ECONFLICT;
    } else if (j->offset + j->n > j->size) {
        j->err = LN_ETOOLARGE;
    } else if (!has_room(fs, j->n)) {
        j->err = LN_EDISKFULL;
    } else {
        j->err = write_all(fd, j->data, j->n, j->offset);
    }
    j->offset = fd >= 0 && fstat(fd, &s) == 0 ? (uint64_t)s.st_size : 0;
    if (fd >= 0) {
        close(fd);
    }
}

static void
do_length(struct ln_files *fs, struct ln_file_job *j)
{
    char path[64];
    struct stat s;
    part_path(path, j->id);
    j->offset = fstatat(fs->dir, path, &s, AT_SYMLINK_NOFOLLOW) == 0 ? (uint64_t)s.st_size : 0;
}

static void
do_read(struct ln_files *fs, struct ln_file_job *j)
{
    char path[80];
    hash_path(path, j->hash);
    int fd = openat(fs->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        j->err = LN_EIO;
        return;
    }
    j->data = ln_alloc(j->n + 1u);
    j->err = read_all(fd, j->data, j->n, j->offset);
    close(fd);
}

/* ── the end of an upload ── */
/* Walks the segments of a JPEG up to its picture and cleans each APP1 in place. Doing it twice,
 * after a crash, does no harm. */
static enum ln_err
clean_jpeg(struct ln_files *fs, int fd, uint64_t size)
{
    uint8_t head[4];
    uint64_t at = 2;
    for (int i = 0; i < SEGMENTS_MAX && at + 4 <= size; i++) {
        if (read_all(fd, head, 4, at)) {
            return LN_EIO;
        }
        size_t n = (size_t)head[2] << 8 | head[3];
        if (head[0] != 0xff || head[1] == 0xda || head[1] == 0xd9 || n < 2) {
            return LN_OK;
        }
        n = n - 2 <= size - at - 4 ? n - 2 : (size_t)(size - at - 4);
        if (head[1] == 0xe1) {
            enum ln_err err = read_all(fd, fs->piece, n, at + 4);
            if (!err && ln_jpeg_clean(fs->piece, n)) {
                err = write_all(fd, fs->piece, n, at + 4);
            }
            if (err) {
                return err;
            }
        }
        at += 4 + n;
    }
    return LN_OK;
}

static enum ln_err
hash_file(struct ln_files *fs, int fd, uint64_t size, char out[LN_FILE_HASH_CHARS + 1])
{
    uint8_t digest[32];
    unsigned n = sizeof digest;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum ln_err err = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ? LN_OK : LN_EIO;
    for (uint64_t at = 0; at < size && !err;) {
        size_t k = size - at < sizeof fs->piece ? (size_t)(size - at) : sizeof fs->piece;
        err = read_all(fd, fs->piece, k, at);
        if (!err && !EVP_DigestUpdate(ctx, fs->piece, k)) {
            err = LN_EIO;
        }
        at += k;
    }
    if (!err && !EVP_DigestFinal_ex(ctx, digest, &n)) {
        err = LN_EIO;
    }
    EVP_MD_CTX_free(ctx);
    if (!err) {
        ln_hex(out, digest, sizeof digest);
    }
    return err;
}

static enum ln_err
sync_dir(struct ln_files *fs, const char *path)
{
    int fd = openat(fs->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum ln_err err = fd < 0 || fsync(fd) ? of_errno() : LN_OK;
    if (fd >= 0) {
        close(fd);
    }
    return err;
}

/* Whole and on disk under its own name, before anybody hears of it. */
static enum ln_err
put_in_place(struct ln_files *fs, int fd, const char *part, const char *hash)
{
    char path[80], dir[3] = {hash[0], hash[1], '\0'};
    hash_path(path, hash);
    if (fdatasync(fd)) {
        return of_errno();
    }
    if (mkdirat(fs->dir, dir, 0700)) {
        if (errno != EEXIST) {
            return of_errno();
        }
    } else if (sync_dir(fs, ".")) {
        return LN_EIO;
    }
    if (renameat(fs->dir, part, fs->dir, path)) {
        return of_errno();
    }
    return sync_dir(fs, dir);
}

static enum ln_err
seal(struct ln_files *fs, struct ln_file_job *j, int fd, const char *part)
{
    uint8_t head[64] = {0};
    struct stat s;
    if (fd < 0 || fstat(fd, &s)) {
        return of_errno();
    }
    if ((uint64_t)s.st_size != j->size) {
        j->offset = (uint64_t)s.st_size;
        return LN_ECONFLICT;
    }
    size_t n = j->size < sizeof head ? (size_t)j->size : sizeof head;
    enum ln_err err = read_all(fd, head, n, 0);
    if (err) {
        return err;
    }
    snprintf(j->type, sizeof j->type, "%s", ln_file_type(head, n));
    err = strcmp(j->type, "image/jpeg") == 0 ? clean_jpeg(fs, fd, j->size) : LN_OK;
    err = err ? err : hash_file(fs, fd, j->size, j->hash);
    return err ? err : put_in_place(fs, fd, part, j->hash);
}

static void
do_seal(struct ln_files *fs, struct ln_file_job *j)
{
    char part[64];
    part_path(part, j->id);
    /* a file of no bytes had no piece that would have made it */
    int fd = openat(fs->dir, part, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (j->size ? 0 : O_CREAT), 0600);
    if (fd < 0 && errno == ENOENT) {
        j->err = LN_ECONFLICT;
        j->offset = 0;
        return;
    }
    j->err = seal(fs, j, fd, part);
    if (fd >= 0) {
        close(fd);
    }
}

static void
do_drop(struct ln_files *fs, struct ln_file_job *j)
{
    char path[64];
    part_path(path, j->id);
    unlinkat(fs->dir, path, 0);
}

/* ── the thread ── */
static void
run_files(void *arg)
{
    static void (*const doers[])(struct ln_files *, struct ln_file_job *) = {
        [LN_FILE_WRITE] = do_write, [LN_FILE_LENGTH] = do_length, [LN_FILE_SEAL] = do_seal,
        [LN_FILE_READ] = do_read,   [LN_FILE_DROP] = do_drop,
    };
    struct ln_files *fs = arg;
    for (;;) {
        struct ln_msg *msg = ln_mailbox_next(&fs->mailbox);
        if (!msg) {
            ln_mailbox_wait(&fs->mailbox, -1);
            ln_mailbox_silence(&fs->mailbox);
            continue;
        }
        if (msg == &fs->stop) {
            return;
        }
        struct ln_file_job *j = (struct ln_file_job *)msg;
        doers[j->what](fs, j);
        if (j->back) {
            ln_mailbox_post_sure(j->back, &j->msg);
        } else {
            ln_file_job_destroy(j);
        }
    }
}

void
ln_file_job_destroy(struct ln_file_job *job)
{
    free(job->data);
    free(job);
}

enum ln_err
ln_files_post(struct ln_files *fs, struct ln_file_job *job)
{
    if (atomic_load_explicit(&fs->stopping, memory_order_relaxed)) {
        return LN_ESHUTDOWN;
    }
    return ln_mailbox_post(&fs->mailbox, &job->msg);
}

struct ln_files *
ln_files_start(const char *data_dir, uint64_t reserve, char *why, size_t why_n)
{
    struct ln_files *fs = ln_zalloc(sizeof *fs);
    char path[4200];
    fs->reserve = reserve;
    snprintf(path, sizeof path, "%s/files", data_dir);
    bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
    fs->dir = made ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fs->dir < 0 || (mkdirat(fs->dir, "part", 0700) && errno != EEXIST)) {
        snprintf(why, why_n, "cannot write in %s: %s", path, strerror(errno));
        if (fs->dir >= 0) {
            close(fs->dir);
        }
        free(fs);
        return NULL;
    }
    ln_mailbox_init(&fs->mailbox, LN_FILE_JOBS);
    ln_thread_start(&fs->thread, "ln-files", run_files, fs);
    return fs;
}

void
ln_files_stop(struct ln_files *fs)
{
    if (!atomic_exchange(&fs->stopping, true)) {
        ln_mailbox_post_sure(&fs->mailbox, &fs->stop);
        ln_thread_join(&fs->thread);
    }
}

void
ln_files_destroy(struct ln_files **fsp)
{
    struct ln_files *fs = *fsp;
    struct ln_msg *msg;
    if (!fs) {
        return;
    }
    while ((msg = ln_mailbox_next(&fs->mailbox))) { /* posted while it was stopping */
        ln_file_job_destroy((struct ln_file_job *)msg);
    }
    ln_mailbox_deinit(&fs->mailbox);
    close(fs->dir);
    free(fs);
    *fsp = NULL;
}
