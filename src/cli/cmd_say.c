/* SPDX-License-Identifier: MIT
 * cmd_say.c - linnet say: one message from a script.
 *
 * The cid is made once: where the server answers "unknown", ln_cli_call() sends the same one again,
 * and the message is there exactly once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "linnet/base/clock.h"
#include "linnet/base/hex.h"
#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"

#define TEXT_MAX ((size_t)64 * 1024) /* above every setting of [limits] message_bytes */

/* Begins with the time, so that dedupe keys of one time lie together (design of the store). */
static bool
make_cid(char out[37])
{
    uint8_t random[10];
    char tail[21];

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return false;
    }
    ln_hex(tail, random, sizeof(random));
    snprintf(out, 37, "%012" PRIx64 "%s", (uint64_t)ln_wall_ms() & 0xffffffffffffu, tail);
    return true;
}

/* The text to send without the line end that a pipe adds; NULL after the error. */
static char *
read_text(struct ln_cli *cli)
{
    char *text;
    size_t n;

    if (cli->parsed.arg_count == 2 && strcmp(cli->parsed.args[1], "-") != 0) {
        return ln_strdup(cli->parsed.args[1]);
    }
    text = ln_alloc(TEXT_MAX + 2);
    n = fread(text, 1, TEXT_MAX + 1, stdin);
    if (n > TEXT_MAX || ferror(stdin) || memchr(text, '\0', n)) {
        free(text);
        cli->exit_code = ln_cli_fail(
            cli, LN_EXIT_FAILED, "too_large", NULL,
            "standard input cannot be read, is not text, or is over %zu bytes", TEXT_MAX);
        return NULL;
    }
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) {
        n--;
    }
    text[n] = '\0';
    return text;
}

static json_t *
send_text(struct ln_cli *cli, uint32_t chat, const char *as, const char *text)
{
    char cid[37];
    json_t *args;

    if (!make_cid(cid)) {
        cli->exit_code = ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL, "no random numbers");
        return NULL;
    }
    args = json_pack("{sI,ss,s{ss},ss}", "chat", (json_int_t)chat, "cid", cid, "body", "text", text,
                     "as", as);
    return ln_cli_call(cli, "send", args);
}

int
ln_cmd_say(struct ln_cli *cli)
{
    const char *as = ln_flag_value(&cli->parsed, "as");
    json_t *answer = NULL;
    uint32_t chat;
    char *text;

    if (!as) {
        return ln_cli_usage(cli, "say needs --as NAME: every message is somebody's");
    }
    text = read_text(cli);
    if (text && !*text) {
        free(text);
        return ln_cli_usage(cli, "there is no text to say");
    }
    chat = text ? ln_cli_chat(cli, cli->parsed.args[0]) : 0;
    if (chat) {
        answer = send_text(cli, chat, as, text);
    }
    free(text);
    if (!answer) {
        return cli->exit_code;
    }
    if (cli->json) {
        return ln_cli_print(answer);
    }
    json_decref(answer);
    return LN_EXIT_OK;
}
