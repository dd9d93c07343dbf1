/* SPDX-License-Identifier: MIT
 * files.h - the bytes of uploads and downloads: one thread that alone touches their disk.
 *
 * Thread:  ln_files_start/stop on main; ln_files_post anywhere; jobs are done in the order of their
 *          posting, so that two who write one upload meet one after the other.
 *
 * Below the data directory: files/part/ID grows by pieces, and its length is the upload's offset,
 * whatever happened; files/ab/cdef… are whole, named by the SHA-256 of what they hold, and never
 * change. A job is posted, carried out, and posted back to the mailbox it names.
 */
#ifndef LINNET_FILES_FILES_H
#define LINNET_FILES_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/err.h"
#include "linnet/rt/mailbox.h"

#define LN_FILE_ID_CHARS 32   /* hexadecimal */
#define LN_FILE_HASH_CHARS 64 /* hexadecimal */
#define LN_FILE_PIECE 65536   /* bytes of one read or write, about */
#define LN_FILE_JOBS 4096     /* jobs waiting; more are answered "busy" */
#define LN_FILE_TYPE_MAX 32

struct ln_files; /* opaque: src/files/files.c */

enum ln_file_do { LN_FILE_WRITE, LN_FILE_LENGTH, LN_FILE_SEAL, LN_FILE_READ, LN_FILE_DROP };

/* One job. Zeroed and filled by who posts it; freed by ln_file_job_destroy. */
struct ln_file_job {
    struct ln_msg msg; /* type: what the receiver of the answer calls it */
    struct ln_mailbox *back;
    enum ln_file_do what;
    void *ctx;                         /* the poster's */
    char id[LN_FILE_ID_CHARS + 1];     /* all but READ */
    char hash[LN_FILE_HASH_CHARS + 1]; /* READ: of which; SEAL: answer */
    char type[LN_FILE_TYPE_MAX];       /* SEAL: answer */
    uint64_t offset;                   /* WRITE, READ: where; WRITE, LENGTH: answer: the length */
    uint64_t size;   /* WRITE, SEAL: of the whole upload, which is never exceeded */
    uint32_t n;      /* bytes of data; READ: how many are asked for, answer: how many came */
    uint8_t *data;   /* malloc'd, owned */
    enum ln_err err; /* answer: LN_ECONFLICT wrong offset or not whole, LN_EDISKFULL, LN_EIO */
};

/* NULL and a sentence in why where the directory cannot be made. reserve: bytes of free space that
 * uploads leave alone. */
struct ln_files *ln_files_start(const char *data_dir, uint64_t reserve, char *why, size_t why_n);
void ln_files_stop(struct ln_files *fs);      /* does what was posted, ends the thread */
void ln_files_destroy(struct ln_files **fsp); /* after stop */
/* Takes job on LN_OK; LN_EAGAIN where too many wait. */
LN_MUST_CHECK enum ln_err ln_files_post(struct ln_files *fs, struct ln_file_job *job);
void ln_file_job_destroy(struct ln_file_job *job);

/* ── pure ── */
/* The type by the first bytes of a file (64 suffice); "application/octet-stream" where unknown. */
const char *ln_file_type(const uint8_t *p, size_t n);
/* May a browser show it in the page's origin? Pictures, sound and moving pictures only. */
bool ln_file_is_inline(const char *type);
/* A JPEG APP1 segment's payload: what tells place, time and camera is overwritten with zeros, in
 * place; the orientation stays. True where something was changed. */
bool ln_jpeg_clean(uint8_t *payload, size_t n);
/* "bytes=0-99", "bytes=5-", "bytes=-5" of a file of size bytes. 1: *from…*to (inclusive); 0: to be
 * ignored; -1: outside the file. */
int ln_range_parse(const char *p, size_t n, uint64_t size, uint64_t *from, uint64_t *to);

#endif
