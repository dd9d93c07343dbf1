/* SPDX-License-Identifier: MIT
 * cmd_import.c - linnet user import: many accounts from JSON lines, in pieces, never all in memory.
 *
 * A piece is at most 500 accounts and well below the server's limit of bytes for one request. The
 * first line that cannot be used ends the import; what was sent before it stays, and since accounts
 * that exist are left alone the corrected file can be given again as a whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/cli/cli.h"

#define PIECE_ACCOUNTS 500
#define PIECE_BYTES (128u * 1024)

struct import {
    struct ln_cli *cli;
    const char *name; /* of the file, for messages */
    FILE *in;
    unsigned line;
    json_t *piece; /* accounts not yet sent */
    size_t piece_bytes;
    bool tokens;
    unsigned long created;
    unsigned long existing;
};

static void
print_token(const json_t *user)
{
    json_t *out = json_pack("{sO,sO,sO}", "id", json_object_get(user, "id"), "name",
                            json_object_get(user, "name"), "token", json_object_get(user, "token"));

    if (out) { /* an account without a token has no line */
        json_dumpf(out, stdout, JSON_COMPACT);
        fputc('\n', stdout);
    }
    json_decref(out);
}

static int
send_piece(struct import *im)
{
    json_t *answer;
    json_t *user;
    size_t i;

    if (json_array_size(im->piece) == 0) {
        return LN_EXIT_OK;
    }
    answer = ln_cli_call(im->cli, "user.import",
                         json_pack("{so,sb}", "accounts", im->piece, "tokens", im->tokens));
    im->piece = json_array();
    im->piece_bytes = 0;
    if (!answer) {
        return im->cli->exit_code;
    }
    json_array_foreach(json_object_get(answer, "users"), i, user)
    {
        if (json_is_true(json_object_get(user, "created"))) {
            im->created++;
        } else {
            im->existing++;
        }
        if (im->tokens) {
            print_token(user);
        }
    }
    json_decref(answer);
    return LN_EXIT_OK;
}

/* The account of one line with only the fields that the operation knows; NULL after the error. */
static json_t *
parse_account(struct import *im, const char *text, size_t n)
{
    static const char *const fields[] = {"name", "display", "role", "password"};
    json_error_t error;
    json_t *line = json_loadb(text, n, 0, &error);
    json_t *account = json_object();

    if (!json_is_object(line)) {
        (void)ln_cli_fail(im->cli, LN_EXIT_FAILED, "bad_request", NULL,
                          "%s:%u: not a JSON object%s%s", im->name, im->line, line ? "" : ": ",
                          line ? "" : error.text);
    } else if (!json_is_string(json_object_get(line, "name"))) {
        (void)ln_cli_fail(im->cli, LN_EXIT_FAILED, "bad_request", NULL,
                          "%s:%u: \"name\" is missing", im->name, im->line);
    } else {
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
            json_t *v = json_object_get(line, fields[i]);

            if (v && !json_is_null(v)) {
                (void)json_object_set(account, fields[i], v);
            }
        }
        json_decref(line);
        return account;
    }
    json_decref(line);
    json_decref(account);
    return NULL;
}

static int
add_line(struct import *im, const char *text, size_t n)
{
    json_t *account;

    im->line++;
    if (strspn(text, " \t\r\n") >= n) {
        return LN_EXIT_OK;
    }
    if (json_array_size(im->piece) >= PIECE_ACCOUNTS || im->piece_bytes + n > PIECE_BYTES) {
        int code = send_piece(im);

        if (code != LN_EXIT_OK) {
            return code;
        }
    }
    account = parse_account(im, text, n);
    if (!account) {
        return LN_EXIT_FAILED;
    }
    (void)json_array_append_new(im->piece, account);
    im->piece_bytes += n;
    return LN_EXIT_OK;
}

static int
import_all(struct import *im)
{
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    int code = LN_EXIT_OK;

    while (code == LN_EXIT_OK && (n = getline(&text, &cap, im->in)) >= 0) {
        code = add_line(im, text, (size_t)n);
    }
    free(text);
    if (code == LN_EXIT_OK && ferror(im->in)) {
        code = ln_cli_fail(im->cli, LN_EXIT_FAILED, "failed", NULL, "%s: %s", im->name,
                           strerror(errno));
    }
    return code == LN_EXIT_OK ? send_piece(im) : code;
}

static void
print_summary(const struct import *im)
{
    if (!im->tokens && im->cli->json) {
        (void)ln_cli_print(json_pack("{sI,sI}", "created", (json_int_t)im->created, "existing",
                                     (json_int_t)im->existing));
        return;
    }
    ln_cli_note(im->cli, "%lu created, %lu there already", im->created, im->existing);
}

int
ln_cmd_user_import(struct ln_cli *cli)
{
    const char *path = cli->parsed.args[0];
    bool from_stdin = strcmp(path, "-") == 0;
    struct import im = {.cli = cli,
                        .name = from_stdin ? "standard input" : path,
                        .tokens = ln_has_flag(&cli->parsed, "tokens")};
    int code;

    im.in = from_stdin ? stdin : fopen(path, "re");
    if (!im.in) {
        return ln_cli_fail(cli, errno == ENOENT ? LN_EXIT_ABSENT : LN_EXIT_FAILED,
                           errno == ENOENT ? "not_found" : "failed", NULL, "%s: %s", path,
                           strerror(errno));
    }
    im.piece = json_array();
    code = import_all(&im);
    if (code == LN_EXIT_OK) {
        print_summary(&im);
    } else if (im.created + im.existing > 0) {
        ln_cli_note(cli, "before that: %lu created, %lu there already", im.created, im.existing);
    }
    json_decref(im.piece);
    if (!from_stdin) {
        fclose(im.in);
    }
    return code;
}
