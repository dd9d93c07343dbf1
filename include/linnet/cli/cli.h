/* SPDX-License-Identifier: MIT
 * cli.h - what a command works with: the parsed line, the settings, the way to the server.
 *
 * A command is `int ln_cmd_x(struct ln_cli *)` and returns an exit code. Its result goes to stdout;
 * everything else to stderr. With --json the result is one document.
 *
 * Thread:  main's.
 */
#ifndef LINNET_CLI_CLI_H
#define LINNET_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "linnet/base/err.h"
#include "linnet/cli/command.h"
#include "linnet/cli/config.h"

struct ln_client; /* opaque: src/cli/client.c */

struct ln_cli {
    struct ln_parsed parsed;
    struct ln_config *cfg;
    struct ln_client *client; /* opened by the first ln_cli_call() */
    const char *hint;         /* shown with the error of the next call that fails; or NULL */
    bool json;
    bool quiet;
    bool verbose;
    int exit_code; /* of the call that failed */
};

int ln_cli_main(int argc, char **argv);
struct ln_config *ln_cli_load_config(const struct ln_cli *cli); /* with the flags of the line */

/* Prints the error as the user asked for it (text, or {"error":…}) and returns exit_code. */
int ln_cli_fail(const struct ln_cli *cli, int exit_code, const char *code, const char *hint,
                const char *fmt, ...) LN_PRINTF(5, 6);
/* Prints short usage as well; returns LN_EXIT_USAGE. */
int ln_cli_usage(const struct ln_cli *cli, const char *fmt, ...) LN_PRINTF(2, 3);
void ln_cli_note(const struct ln_cli *cli, const char *fmt, ...)
    LN_PRINTF(2, 3);           /* stderr; not with -q */
int ln_cli_print(json_t *doc); /* one document on stdout; takes doc; returns LN_EXIT_OK */
/* True where the user agrees, said --yes, or cannot be asked: for what can be undone. */
bool ln_cli_confirm(const struct ln_cli *cli, const char *question);

/* One operation as the operator. Takes args; NULL is what jansson answers for text that is not
 * UTF-8, and fails so. A new reference, or NULL after the error was printed; cli->exit_code is then
 * set. "busy" is tried again for a while, and so is "unknown" where args have a cid. */
json_t *ln_cli_call(struct ln_cli *cli, const char *op, json_t *args);
void
ln_cli_hang_up(struct ln_cli *cli); /* stops what the first call started; NULL client is fine */
bool ln_cli_server_runs(const struct ln_cli *cli); /* after a call: another process is the server */

/* Names to ids, by listing; 0 after the error was printed. A chat is its id or its exact title. */
uint32_t ln_cli_user(struct ln_cli *cli, const char *name,
                     json_t **object /* new reference; or NULL */);
uint32_t ln_cli_chat(struct ln_cli *cli, const char *chat);
/* Appends to ids; false after the error was printed. */
bool ln_cli_users(struct ln_cli *cli, const char *const *names, size_t count, json_t *ids);
/* One object of the chats as the operator sees them: new reference, or NULL after the error. */
json_t *ln_cli_chat_object(struct ln_cli *cli, uint32_t id);

/* Whole link from the path of an answer: base_url in front. The caller frees. port as in
 * ln_config_url(). */
char *ln_cli_link(const struct ln_cli *cli, const char *path, uint16_t port);
/* First line of standard input without its end, echo off on a terminal; NULL after the error. The
 * caller frees. */
char *ln_cli_read_password(const struct ln_cli *cli);

#define X(id, handler) int ln_cmd_##handler(struct ln_cli *cli);
LN_COMMANDS(X)
#undef X

#endif
