/* SPDX-License-Identifier: MIT
 * check_protocol.c - src/api/protocol.md against the code: its tables are what the tables of the
 * code say, and its examples are frames that the decoder takes.
 *
 * A table stands between `<!-- table:NAME -->` and `<!-- end -->`. With LINNET_WRITE_DOCS=1 (make
 * docs) the tables are rewritten first. Runs from the top of the tree, as make does.
 */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/api/decode.h"
#include "linnet/base/buf.h"
#include "linnet/base/err.h"
#include "linnet/base/mem.h"
#include "linnet/base/options.h"
#include "linnet/chat/receipt.h"
#include "linnet/chat/typing.h"
#include "linnet/chat/watch.h"
#include "linnet/model/args.h"
#include "linnet/model/entry.h"
#include "linnet/model/kind.h"
#include "linnet/model/op.h"
#include "linnet/net/http.h"
#include "linnet/store/store.h"
#include "linnet/ws/ws.h"

#define DOC "src/api/protocol.md"
#define DOC_MAX (1u << 20)
#define OPEN "<!-- table:%s -->\n"
#define CLOSE "<!-- end -->"

/* ── the tables ── */
static void
put_fields(struct ln_buf *b, const char *fields)
{
    if (!*fields)
        ln_buf_adds(b, "–");
    for (const char *p = fields; *p;) {
        size_t n = strcspn(p, " ");
        bool must = p[n - 1] == '!';
        ln_buf_addf(b, "%s`%.*s%s`", p == fields ? "" : " ", (int)(n - must), p, must ? "" : "?");
        p += n + (p[n] == ' ');
    }
}

static void
put_ops(struct ln_buf *b)
{
    static const char *const where[] = {"shard (WebSocket only)", "read", "write", "account",
                                        "file"};
    static const char *const who[] = {"anyone", "signed in", "person", "admin", "operator"};
    ln_buf_adds(b, "| operation | who | done by | cost | fields (`?` = optional) | answer |\n");
    ln_buf_adds(b, "|---|---|---|---|---|---|\n");
    for (int op = 0; op < LN_OP_COUNT; op++) {
        const struct ln_op_row *r = &ln_op_table[op];
        ln_buf_addf(b, "| `%s` | %s | %s | %u | ", r->name, who[r->who],
                    op == LN_OP_WATCH ? "read (WebSocket only)" : where[r->where], r->cost);
        put_fields(b, r->fields);
        ln_buf_addf(b, " | %s |\n", r->answer);
    }
}

#define RANGE_U32 "whole number"
#define RANGE_U64 "whole number"
#define RANGE_BOOL "true or false"
#define RANGE_STR "string, bytes"
#define RANGE_TXT "string, bytes; tab and newline allowed"
#define RANGE_IDS "list of ids, entries"
#define RANGE_RAW "object, bytes of compact JSON"

static void
put_field_table(struct ln_buf *b)
{
    ln_buf_adds(b, "| field | type | from | to |\n|---|---|---|---|\n");
#define X(field, type, min, max)                                                                   \
    if (LN_F_##field == LN_F_accounts)                                                             \
        ln_buf_adds(b, "| `" #field "` | list of ≤ 500 objects, bytes of compact JSON");           \
    else                                                                                           \
        ln_buf_adds(b, "| `" #field "` | " RANGE_##type);                                          \
    if (strcmp(#type, "BOOL") == 0)                                                                \
        ln_buf_adds(b, " | | |\n");                                                                \
    else                                                                                           \
        ln_buf_addf(b, " | %llu | %llu |\n", (unsigned long long)(min), (unsigned long long)(max));
    LN_FIELDS(X)
#undef X
}

static void
put_errors(struct ln_buf *b)
{
    static const struct {
        enum ln_err err;
        const char *wire, *text;
    } rows[] = {
#define X(name, value, wire, close, http, text) {name, wire, text},
        LN_ERRORS(X)
#undef X
    };
    ln_buf_adds(b, "| code | HTTP | close code | meaning |\n|---|---|---|---|\n");
    for (size_t i = 1; i < LN_COUNT(rows); i++) {
        bool again = false; /* two of the code's errors that look alike are one here */
        for (size_t k = 1; k < i; k++)
            again = again || (strcmp(rows[k].wire, rows[i].wire) == 0 &&
                              strcmp(rows[k].text, rows[i].text) == 0);
        if (!again)
            ln_buf_addf(b, "| `%s` | %d | %d | %s |\n", rows[i].wire, ln_err_http(rows[i].err),
                        ln_err_close(rows[i].err), rows[i].text);
    }
}

static void
put_kinds(struct ln_buf *b)
{
    ln_buf_adds(b, "| kind | is an item of `history` |\n|---|---|\n");
#define X(name, no, wire, item) ln_buf_adds(b, "| `" wire "` | " #item " |\n");
    LN_KINDS(X)
#undef X
}

#define PUT_WORD(name, no, wire) ln_buf_adds(b, (no) > 1 ? " · `" wire "`" : "`" wire "`");

static void
put_roles(struct ln_buf *b)
{
    ln_buf_adds(b, "| vocabulary | words, the lowest first |\n|---|---|\n| role on the server | ");
    LN_ROLES(PUT_WORD)
    ln_buf_adds(b, " |\n| role in a chat | ");
    LN_CHAT_ROLES(PUT_WORD)
    ln_buf_adds(b, " |\n| kind of a chat | ");
    LN_CHAT_KINDS(PUT_WORD)
    ln_buf_adds(b, " |\n| notification level | ");
    LN_LEVELS(PUT_WORD)
    ln_buf_adds(b, " |\n| history newcomers see | ");
    LN_HISTORIES(PUT_WORD)
    ln_buf_adds(b, " |\n");
}

static void
put_limits(struct ln_buf *b)
{
    const struct {
        const char *what;
        unsigned long long value;
    } rows[] = {
        {"bytes of a WebSocket message", ln_ws_default_limits.message_bytes},
        {"fragments of a WebSocket message", ln_ws_default_limits.fragments},
        {"control frames a second", ln_ws_default_limits.pings_per_s},
        {"bytes of an HTTP head", LN_HTTP_HEAD_MAX},
        {"bytes of a line of it", LN_HTTP_LINE_MAX},
        {"header lines of an HTTP request", LN_HTTP_HEADERS_MAX},
        {"bytes of an HTTP body", LN_HTTP_BODY_MAX},
        {"bytes of an unfinished HTTP body that anybody may have", LN_HTTP_BODY_FREE},
        {"what is above it shares, a thread; else 503", LN_HTTP_BODIES_MAX},
        {"bytes of a page of events or history, about", LN_PAGE_BYTES},
        {"seconds for an HTTP head", LN_HTTP_HEAD_S},
        {"seconds for an HTTP body", LN_HTTP_BODY_S},
        {"nesting of JSON", LN_JSON_DEPTH},
        {"largest `id`", LN_JSON_ID_MAX},
        {"largest id of a user or chat", LN_ID_MAX},
        {"different emoji on one message", LN_REACTIONS_MAX},
        {"people watched", LN_WATCH_MAX},
        {"names shown as typing in one chat", LN_TYPING_SHOWN},
        {"ms between two `typing` of one person that are told", LN_TYPING_EVERY_MS},
        {"ms until typing is over", LN_TYPING_TTL_MS},
    };
    ln_buf_adds(b, "| limit | value |\n|---|---|\n");
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        ln_buf_addf(b, "| %s | %llu |\n", rows[i].what, rows[i].value);
}

static void
put_options(struct ln_buf *b)
{
    ln_buf_adds(b, "| option | default | what |\n|---|---|---|\n");
#define X(section, key, field, type, def, min, max, reload, help)                                  \
    if (strcmp(#section, "limits") == 0 || strcmp(#section, "presence") == 0 ||                    \
        strcmp(#section, "auth") == 0)                                                             \
        ln_buf_adds(b, "| `[" #section "] " #key "` | " def " | " help " |\n");
    LN_OPTIONS(X)
#undef X
}

static const struct table {
    const char *name;
    void (*put)(struct ln_buf *b);
} tables[] = {
    {"ops", put_ops},         {"fields", put_field_table}, {"errors", put_errors},
    {"kinds", put_kinds},     {"roles", put_roles},        {"limits", put_limits},
    {"options", put_options},
};

/* ── the file ── */
static struct ln_buf doc;

static void
read_doc(void)
{
    char chunk[4096];
    size_t n;
    FILE *f = fopen(DOC, "rb");
    if (!f)
        ck_abort_msg("%s cannot be read; run this from the top of the tree", DOC);
    ln_buf_init(&doc, DOC_MAX);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ln_buf_add(&doc, chunk, n);
    fclose(f);
    ck_assert(!doc.overflow);
}

static void
free_doc(void)
{
    ln_buf_deinit(&doc);
}

/* What stands between the marks of a table. */
static struct ln_str
find_table(const char *name)
{
    char mark[64];
    snprintf(mark, sizeof mark, OPEN, name);
    const char *text = ln_buf_cstr(&doc), *start = strstr(text, mark);
    if (!start)
        ck_abort_msg("%s: there is no <!-- table:%s -->", DOC, name);
    start += strlen(mark);
    const char *end = strstr(start, CLOSE);
    if (!end)
        ck_abort_msg("%s: table %s has no %s", DOC, name, CLOSE);
    return (struct ln_str){start, (size_t)(end - start)};
}

static void
rewrite_table(const struct table *t)
{
    struct ln_buf text;
    struct ln_str old = find_table(t->name);
    ln_buf_init(&text, DOC_MAX);
    ln_buf_add(&text, doc.p, (size_t)(old.p - doc.p));
    t->put(&text);
    ln_buf_add(&text, old.p + old.n, (size_t)(doc.p + doc.n - old.p) - old.n);
    ln_buf_deinit(&doc);
    doc = text;
}

/* By a new file in the old one's place: a failure leaves the old one. */
START_TEST(tables_are_written)
{
    for (size_t i = 0; i < LN_COUNT(tables); i++)
        rewrite_table(&tables[i]);
    FILE *f = fopen(DOC ".new", "wb");
    bool good = f && fwrite(doc.p, 1, doc.n, f) == doc.n;
    good = f && fclose(f) == 0 && good && rename(DOC ".new", DOC) == 0;
    if (!good)
        ck_abort_msg("%s cannot be written", DOC);
}
END_TEST

START_TEST(tables_are_what_the_code_says)
{
    const struct table *t = &tables[_i];
    struct ln_str there = find_table(t->name);
    struct ln_buf b;
    ln_buf_init(&b, DOC_MAX);
    t->put(&b);
    if (!ln_str_eq(there, ln_buf_str(&b)))
        ck_abort_msg("%s: the table \"%s\" is not what the code says; run `make docs`", DOC,
                     t->name);
    ln_buf_deinit(&b);
}
END_TEST

/* ── the examples ── */
static void
check_frame(struct ln_str frame)
{
    struct ln_cmd cmd = {.op = LN_OP_PING};
    const char *why = NULL;
    ln_arena_init(&cmd.arena, 4096);
    enum ln_err err = ln_decode_frame(frame, LN_TEXT_MAX, &cmd, &why);
    ck_assert_msg(!err, "%.*s: %s", (int)frame.n, frame.p, why ? why : ln_err_text(err));
    ln_arena_deinit(&cmd.arena);
}

static void
check_call(struct ln_str line)
{
    struct ln_cmd cmd = {.op = LN_OP_PING};
    const char *why = NULL;
    size_t n = strcspn(line.p, " ");
    int op = ln_op_find((struct ln_str){line.p, n});
    ck_assert_msg(op >= 0, "%.*s", (int)n, line.p);
    ln_arena_init(&cmd.arena, 4096);
    enum ln_err err = ln_decode_call((enum ln_op)op, (struct ln_str){line.p + n, line.n - n},
                                     LN_TEXT_MAX, &cmd, &why);
    ck_assert_msg(!err, "%.*s: %s", (int)line.n, line.p, why ? why : ln_err_text(err));
    ln_arena_deinit(&cmd.arena);
}

static void
check_answer(struct ln_str frame)
{
    json_error_t error;
    json_t *json = json_loadb(frame.p, frame.n, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json_is_object(json), "%.*s: %s", (int)frame.n, frame.p, error.text);
    json_decref(json);
}

/* A line "→ {…}" is a frame a client sends, "← {…}" one the server sends, "POST /api/v1/OP {…}" a
 * call. */
START_TEST(examples_are_frames)
{
    static const struct {
        const char *mark;
        void (*check)(struct ln_str rest);
        unsigned least;
    } marks[] = {
        {"→ ", check_frame, 20}, {"← ", check_answer, 20}, {"POST /api/v1/", check_call, 5}};
    unsigned seen[LN_COUNT(marks)] = {0};
    const char *line = ln_buf_cstr(&doc);
    while (*line) {
        size_t n = strcspn(line, "\n");
        for (size_t i = 0; i < LN_COUNT(marks); i++) {
            size_t m = strlen(marks[i].mark);
            if (n > m && memcmp(line, marks[i].mark, m) == 0) {
                marks[i].check((struct ln_str){line + m, n - m});
                seen[i]++;
            }
        }
        line += n + (line[n] == '\n');
    }
    for (size_t i = 0; i < LN_COUNT(marks); i++)
        ck_assert_uint_ge(seen[i], marks[i].least);
}
END_TEST

int
main(void)
{
    const char *write = getenv("LINNET_WRITE_DOCS");
    Suite *suite = suite_create("protocol");
    TCase *tc = tcase_create("protocol");
    tcase_add_checked_fixture(tc, read_doc, free_doc);
    if (write && strcmp(write, "1") == 0)
        tcase_add_test(tc, tables_are_written); /* first: the others read what it wrote */
    tcase_add_loop_test(tc, tables_are_what_the_code_says, 0, LN_COUNT(tables));
    tcase_add_test(tc, examples_are_frames);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
