/* SPDX-License-Identifier: MIT
 * append.c - what the disk gives at best: rows of a message's size appended to one SQLite table,
 * synchronous=FULL, a commit for every so many rows. No index, no dedupe, no history.
 *
 *   append DIR ROWS_A_COMMIT SECONDS      one JSON line on stdout
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
now_s(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
must(sqlite3 *h, int rc)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE) {
        fprintf(stderr, "append: %s\n", sqlite3_errmsg(h));
        exit(1);
    }
}

static void
insert(sqlite3 *h, sqlite3_stmt *s, int64_t no)
{
    static const char body[] = "{\"text\":\"00000000000000000000 lorem ipsum dolor sit amet, "
                               "consectetur adipiscing elit\"}";
    sqlite3_bind_int64(s, 1, (no % 200) << 32 | no);
    sqlite3_bind_int64(s, 2, no);
    sqlite3_bind_text(s, 3, body, sizeof body - 1, SQLITE_STATIC);
    must(h, sqlite3_step(s));
    sqlite3_reset(s);
}

int
main(int argc, char **argv)
{
    char path[4096];
    sqlite3 *h;
    sqlite3_stmt *s;
    if (argc != 4) {
        fprintf(stderr, "usage: append DIR ROWS_A_COMMIT SECONDS\n");
        return 2;
    }
    int rows = atoi(argv[2]), in_log, done;
    double seconds = atof(argv[3]);
    snprintf(path, sizeof path, "%s/append.db", argv[1]);
    must(NULL, sqlite3_open(path, &h));
    must(h,
         sqlite3_exec(h,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                      "PRAGMA wal_autocheckpoint=0;"
                      "CREATE TABLE t(no INTEGER PRIMARY KEY, id INTEGER, ts INTEGER, body TEXT)",
                      NULL, NULL, NULL));
    must(h, sqlite3_prepare_v2(h, "INSERT INTO t(id,ts,body) VALUES(?1,?2,?3)", -1, &s, NULL));
    int64_t no = 0;
    double start = now_s(), end = start + seconds;
    while (now_s() < end) {
        must(h, sqlite3_exec(h, "BEGIN", NULL, NULL, NULL));
        for (int i = 0; i < rows; i++) {
            insert(h, s, ++no);
        }
        must(h, sqlite3_exec(h, "COMMIT", NULL, NULL, NULL));
        if (no % (32 * rows) == 0) {
            sqlite3_wal_checkpoint_v2(h, NULL, SQLITE_CHECKPOINT_RESTART, &in_log, &done);
        }
    }
    printf("{\"mode\":\"append\",\"rows_a_commit\":%d,\"rows_per_s\":%.0f}\n", rows,
           (double)no / (now_s() - start));
    sqlite3_finalize(s);
    sqlite3_close(h);
    return 0;
}
