/* SPDX-License-Identifier: MIT
 * intact.c - is this database whole, and does it agree with itself? usage: intact DATA_DIR
 *
 * No server may be running on it. Prints what is wrong, one line each; exit code 1 then.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define EVENTS "(SELECT id,sender,cid FROM history UNION SELECT id,sender,cid FROM log)"
#define SEQ "(id & 4294967295)"
#define FOLDED "coalesce((SELECT value FROM meta WHERE key='folded'),0)"

/* Each finds what may not be. */
static const struct {
    const char *what;
    const char *sql;
} checks[] = {
    {"corrupt", "SELECT * FROM pragma_integrity_check WHERE integrity_check<>'ok'"},
    {"a hole in chat",
     "SELECT id>>32 FROM " EVENTS " GROUP BY 1 HAVING count(*)<>max" SEQ " OR min" SEQ "<>1"},
    {"one cid twice",
     "SELECT cid FROM " EVENTS " WHERE cid IS NOT NULL GROUP BY sender,cid HAVING count(*)>1"},
    {"folded and not in history",
     "SELECT id FROM log WHERE commit_no<=" FOLDED " AND id NOT IN (SELECT id FROM history)"},
    {"a cid of no event", "SELECT cid FROM cids WHERE " SEQ "<>0 AND id NOT IN (SELECT id "
                          "FROM history UNION SELECT id FROM log)"},
    {"a head that is not its chat's",
     "SELECT c.id FROM chats c WHERE c.head<>coalesce((SELECT max" SEQ
     " FROM history h WHERE h.id>c.id<<32 AND h.id<(c.id+1)<<32 AND commit_no<=" FOLDED "),0)"},
    {"a member of no chat", "SELECT chat FROM members WHERE chat NOT IN (SELECT id FROM chats)"},
    {"a mark beyond the head",
     "SELECT m.chat FROM members m WHERE m.read>(SELECT max" SEQ " FROM " EVENTS
     " WHERE id>>32=m.chat) OR m.delivered>(SELECT max" SEQ " FROM " EVENTS
     " WHERE id>>32=m.chat)"},
};

int
main(int argc, char **argv)
{
    char path[4200];
    sqlite3 *h = NULL;
    int wrong = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: intact DATA_DIR\n");
        return 64;
    }
    snprintf(path, sizeof path, "%s/linnet.db", argv[1]);
    if (sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        printf("cannot open %s: %s\n", path, sqlite3_errmsg(h));
        return 1;
    }
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(h, checks[i].sql, -1, &s, NULL);
        for (int rows = 0; rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW && rows < 5;
             rows++) {
            printf("%s: %s\n", checks[i].what, (const char *)sqlite3_column_text(s, 0));
            wrong = 1;
            rc = SQLITE_OK;
        }
        if (rc != SQLITE_DONE && rc != SQLITE_OK) {
            printf("%s: %s\n", checks[i].what, sqlite3_errmsg(h));
            wrong = 1;
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(h);
    return wrong;
}
