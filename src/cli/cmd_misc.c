/* SPDX-License-Identifier: MIT
 * cmd_misc.c - what linnet tells about itself: version, help, completion, man pages.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <event2/event.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <wslay/wslay.h>

#include "linnet/cli/cli.h"

#define TEXT_MAX ((size_t)1024 * 1024)
#define SQLITE_WAL_RESET_FIXED 3051003 /* 3.51.3 */

static const char wal_reset_note[] = "SQLite before 3.51.3 has the WAL-reset bug: two connections "
                                     "that write or checkpoint at the same "
                                     "moment can lose a commit. linnet is not exposed to it, "
                                     "because one connection in one process writes.";

static int
print_version_json(bool old_sqlite)
{
    json_t *doc = json_pack(
        "{ss,s{ss,ss,ss,ss,ss}}", "linnet", LN_VERSION, "libraries", "sqlite", sqlite3_libversion(),
        "openssl", OpenSSL_version(OPENSSL_VERSION_STRING), "libevent", event_get_version(),
        "wslay", WSLAY_VERSION, "jansson", jansson_version_str());

    if (old_sqlite) {
        (void)json_object_set_new(doc, "notes", json_pack("[s]", wal_reset_note));
    }
    return ln_cli_print(doc);
}

int
ln_cmd_version(struct ln_cli *cli)
{
    bool old_sqlite = sqlite3_libversion_number() < SQLITE_WAL_RESET_FIXED;

    if (cli->json) {
        return print_version_json(old_sqlite);
    }
    printf("linnet %s\n", LN_VERSION);
    printf("SQLite %s, OpenSSL %s, libevent %s, wslay %s, jansson %s\n", sqlite3_libversion(),
           OpenSSL_version(OPENSSL_VERSION_STRING), event_get_version(), WSLAY_VERSION,
           jansson_version_str());
    if (old_sqlite) {
        printf("%s\n", wal_reset_note);
    }
    return LN_EXIT_OK;
}

int
ln_cmd_help(struct ln_cli *cli)
{
    const struct ln_parsed *p = &cli->parsed;
    const struct ln_command *c;
    struct ln_buf text;
    char name[128] = "";
    bool is_group = false;

    if (p->arg_count > 0) {
        snprintf(name, sizeof(name), "%s%s%s", p->args[0], p->arg_count > 1 ? " " : "",
                 p->arg_count > 1 ? p->args[1] : "");
    }
    c = ln_command_find(name);
    for (size_t i = 0; ln_groups[i].name; i++) {
        is_group = is_group || strcmp(ln_groups[i].name, name) == 0;
    }
    if (name[0] && !c && !is_group) {
        return ln_cli_fail(cli, LN_EXIT_ABSENT, "not_found", "'linnet help' shows all commands",
                           "there is no command \"%s\"", name);
    }
    ln_buf_init(&text, TEXT_MAX);
    if (c) {
        ln_help_command(c, &text);
    } else if (is_group) {
        ln_help_group(name, &text);
    } else {
        ln_help_overview(&text);
    }
    fputs(ln_buf_cstr(&text), stdout);
    ln_buf_deinit(&text);
    return LN_EXIT_OK;
}

int
ln_cmd_completion(struct ln_cli *cli)
{
    struct ln_buf text;
    enum ln_err err;

    ln_buf_init(&text, TEXT_MAX);
    err = ln_completion(cli->parsed.args[0], &text);
    if (err == LN_OK) {
        fputs(ln_buf_cstr(&text), stdout);
    }
    ln_buf_deinit(&text);
    return err == LN_OK ? LN_EXIT_OK
                        : ln_cli_usage(cli, "completion is there for bash, zsh and fish");
}

static int
write_page(const struct ln_cli *cli, const char *dir, const char *group)
{
    char path[4096];
    struct ln_buf text;
    FILE *f;
    bool good;

    snprintf(path, sizeof(path), "%s/linnet%s%s.1", dir, group ? "-" : "", group ? group : "");
    f = fopen(path, "we");
    if (!f) {
        return ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL, "%s: %s", path, strerror(errno));
    }
    ln_buf_init(&text, TEXT_MAX);
    ln_man_page(group, &text);
    good = fwrite(text.p, 1, text.n, f) == text.n;
    good = fclose(f) == 0 && good;
    ln_buf_deinit(&text);
    return good ? LN_EXIT_OK
                : ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL, "%s: %s", path, strerror(errno));
}

int
ln_cmd_man(struct ln_cli *cli)
{
    const char *dir = ln_flag_value(&cli->parsed, "output");
    struct ln_buf text;
    int code;

    if (dir) {
        if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
            return ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL, "%s: %s", dir, strerror(errno));
        }
        code = write_page(cli, dir, NULL);
        for (size_t i = 0; code == LN_EXIT_OK && ln_groups[i].name; i++) {
            code = write_page(cli, dir, ln_groups[i].name);
        }
        return code;
    }
    ln_buf_init(&text, TEXT_MAX);
    ln_man_page(NULL, &text);
    fputs(ln_buf_cstr(&text), stdout);
    ln_buf_deinit(&text);
    return LN_EXIT_OK;
}
