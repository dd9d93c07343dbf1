/* SPDX-License-Identifier: MIT
 * run.c - from argv to an exit code: parse, settings, the command, and how its outcome is printed.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"

static int (*const handlers[LN_CMD_COUNT])(struct ln_cli *cli) = {
#define X(id, handler) [LN_CMD_##id] = ln_cmd_##handler,
    LN_COMMANDS(X)
#undef X
};

/* ── outcome ── */

static void print_error(const struct ln_cli *cli, const char *code, const char *hint,
                        const char *fmt, va_list ap) LN_PRINTF(4, 0);

static void
print_error(const struct ln_cli *cli, const char *code, const char *hint, const char *fmt,
            va_list ap)
{
    char message[1024];
    json_t *doc;

    vsnprintf(message, sizeof(message), fmt, ap);
    if (!cli->json) {
        fprintf(stderr, "linnet: %s\n", message);
        if (hint) {
            fprintf(stderr, "        %s\n", hint);
        }
        return;
    }
    doc = json_pack("{s{ss,ss,ss*}}", "error", "code", code, "message", message, "hint", hint);
    if (!doc) { /* words of the command line that are not UTF-8 */
        doc = json_pack("{s{ss,ss}}", "error", "code", code, "message",
                        "bad text in the command line");
    }
    json_dumpf(doc, stderr, JSON_COMPACT);
    fputc('\n', stderr);
    json_decref(doc);
}

int
ln_cli_fail(const struct ln_cli *cli, int exit_code, const char *code, const char *hint,
            const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    print_error(cli, code, hint, fmt, ap);
    va_end(ap);
    return exit_code;
}

static void
print_short_usage(const struct ln_cli *cli)
{
    struct ln_buf text;

    ln_buf_init(&text, 65536);
    if (cli->parsed.command) {
        ln_help_usage(cli->parsed.command, &text);
        ln_buf_addf(&text, "'linnet help %s' shows more.\n", cli->parsed.command->name);
    } else if (cli->parsed.group) {
        ln_help_group(cli->parsed.group, &text);
    } else {
        ln_help_overview(&text);
    }
    fputs(ln_buf_cstr(&text), stderr);
    ln_buf_deinit(&text);
}

int
ln_cli_usage(const struct ln_cli *cli, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    print_error(cli, "usage", NULL, fmt, ap);
    va_end(ap);
    if (!cli->json) {
        print_short_usage(cli);
    }
    return LN_EXIT_USAGE;
}

void
ln_cli_note(const struct ln_cli *cli, const char *fmt, ...)
{
    va_list ap;

    if (cli->quiet) {
        return;
    }
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

int
ln_cli_print(json_t *doc)
{
    json_dumpf(doc, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(doc);
    return LN_EXIT_OK;
}

/* ── asking ── */

bool
ln_cli_confirm(const struct ln_cli *cli, const char *question)
{
    char answer[16];

    if (ln_has_flag(&cli->parsed, "yes") || !isatty(STDIN_FILENO)) {
        return true;
    }
    fprintf(stderr, "%s [y/N] ", question);
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

char *
ln_cli_read_password(const struct ln_cli *cli)
{
    struct termios old;
    struct termios silent;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    if (terminal) {
        silent = old;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        fputs("Password: ", stderr);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    n = getline(&line, &cap, stdin);
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) {
        line[--n] = '\0';
    }
    if (n <= 0 || strlen(line) != (size_t)n) {
        free(line);
        (void)ln_cli_fail(cli, LN_EXIT_FAILED, "bad_request", NULL,
                          "no password on the first line of standard input");
        return NULL;
    }
    return line;
}

char *
ln_cli_link(const struct ln_cli *cli, const char *path, uint16_t port)
{
    const struct ln_options *o = &cli->cfg->opts;
    char url[512];
    char *link;
    size_t n;

    snprintf(url, sizeof(url), "%s", o->base_url);
    if (!url[0]) {
        ln_config_url(o, port, url, sizeof(url));
    }
    n = strlen(url) + strlen(path) + 1;
    link = ln_alloc(n);
    snprintf(link, n, "%s%s", url, path);
    return link;
}

/* ── running ── */

struct ln_config *
ln_cli_load_config(const struct ln_cli *cli)
{
    const struct ln_parsed *p = &cli->parsed;
    bool serve = p->command == &ln_commands[LN_CMD_SERVE];
    const char **listen = ln_alloc((p->given_count + 1) * sizeof(*listen));
    struct ln_config_flags flags = {.config = ln_flag_value(p, "config"),
                                    .data_dir = ln_flag_value(p, "data-dir"),
                                    .base_url = serve ? ln_flag_value(p, "base-url") : NULL,
                                    .listen = listen};
    struct ln_config *cfg;
    const char *v;

    for (size_t i = 0; serve && (v = ln_flag_each(p, "listen", &i)) != NULL;) {
        listen[flags.listen_count++] = v;
    }
    cfg = ln_config_load(&flags);
    free(listen);
    return cfg;
}

/* Commands that say something about the settings themselves, or need none. */
static bool
runs_without_config(const struct ln_command *c)
{
    return c == &ln_commands[LN_CMD_CONFIG_CHECK] || c == &ln_commands[LN_CMD_CONFIG_DEFAULT] ||
           c == &ln_commands[LN_CMD_VERSION] || c == &ln_commands[LN_CMD_HELP] ||
           c == &ln_commands[LN_CMD_COMPLETION] || c == &ln_commands[LN_CMD_MAN];
}

static int
refuse_config(struct ln_cli *cli)
{
    struct ln_str first = ln_buf_str(&cli->cfg->problems);

    if (cli->json) {
        first.n = (size_t)((const char *)memchr(first.p, '\n', first.n) - first.p);
        return ln_cli_fail(cli, LN_EXIT_CONFIG, "config", "linnet config check", "%.*s",
                           (int)first.n, first.p);
    }
    fputs(ln_buf_cstr(&cli->cfg->problems), stderr);
    fputs("linnet: the configuration is unusable\n", stderr);
    return LN_EXIT_CONFIG;
}

/* One command works at warnings: what a server logs on its way up and down is no news then. */
static void
set_log_level(const struct ln_cli *cli)
{
    int level = LN_WARN;

    if (cli->parsed.command == &ln_commands[LN_CMD_SERVE]) {
        level = ln_log_level_parse(cli->cfg->opts.log_level);
    }
    if (cli->verbose) {
        level = LN_DEBUG;
    }
    ln_log_level((enum ln_level)level);
}

static int
run_command(struct ln_cli *cli)
{
    const struct ln_command *c = cli->parsed.command;
    int code;

    cli->cfg = ln_cli_load_config(cli);
    if (!runs_without_config(c)) {
        if (cli->cfg->problem_count > 0) {
            return refuse_config(cli);
        }
        set_log_level(cli);
    }
    code = handlers[c - ln_commands](cli);
    ln_cli_hang_up(cli);
    return code;
}

static int
show_help(const struct ln_cli *cli)
{
    struct ln_buf text;

    ln_buf_init(&text, 65536);
    if (cli->parsed.command) {
        ln_help_command(cli->parsed.command, &text);
    } else if (cli->parsed.group) {
        ln_help_group(cli->parsed.group, &text);
    } else {
        ln_help_overview(&text);
    }
    fputs(ln_buf_cstr(&text), stdout);
    ln_buf_deinit(&text);
    return LN_EXIT_OK;
}

static int
dispatch(struct ln_cli *cli)
{
    if (ln_has_flag(&cli->parsed, "help")) {
        return show_help(cli);
    }
    if (ln_has_flag(&cli->parsed, "version")) {
        return ln_cmd_version(cli);
    }
    if (!cli->parsed.command) {
        print_short_usage(cli);
        return LN_EXIT_USAGE;
    }
    return run_command(cli);
}

int
ln_cli_main(int argc, char **argv)
{
    struct ln_cli cli = {0};
    char why[256];
    enum ln_err err;
    int code;

    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write(2), not our death */
    err = ln_parse(argc, argv, &cli.parsed, why, sizeof(why));
    cli.json = ln_has_flag(&cli.parsed, "json");
    cli.quiet = ln_has_flag(&cli.parsed, "quiet");
    cli.verbose = ln_has_flag(&cli.parsed, "verbose");
    code = err == LN_OK ? dispatch(&cli) : ln_cli_usage(&cli, "%s", why);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "linnet: cannot write the result: %s\n", strerror(errno));
        code = code == LN_EXIT_OK ? LN_EXIT_FAILED : code;
    }
    ln_config_destroy(&cli.cfg);
    ln_parsed_deinit(&cli.parsed);
    return code;
}
