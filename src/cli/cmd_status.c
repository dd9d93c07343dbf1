/* SPDX-License-Identifier: MIT
 * cmd_status.c - linnet status: what the server says about itself, as lines or as it came.
 */
#include <stdio.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"
#include "linnet/cli/value.h"

enum shape { TEXT, COUNT, SPAN, SIZE, YES_NO };

static const struct {
    const char *key;
    const char *label;
    enum shape shape;
} rows[] = {
    {"version", "version", TEXT},
    {"uptime_ms", "uptime", SPAN},
    {"schema", "schema", COUNT},
    {"shards", "shards", COUNT},
    {"users", "accounts", COUNT},
    {"sessions", "sign-ins", COUNT},
    {"chats", "chats", COUNT},
    {"events", "events", COUNT},
    {"connections", "connections", COUNT},
    {"db_bytes", "database", SIZE},
    {"wal_bytes", "log (WAL)", SIZE},
    {"writable", "writable", YES_NO},
};

static void
print_row(const char *label, enum shape shape, const json_t *v)
{
    char text[64];

    switch (shape) {
    case TEXT:
        snprintf(text, sizeof(text), "%s", json_is_string(v) ? json_string_value(v) : "-");
        break;
    case SPAN:
        ln_value_print_span(json_integer_value(v), text, sizeof(text));
        break;
    case SIZE:
        ln_value_print_size(json_integer_value(v), text, sizeof(text));
        break;
    case YES_NO:
        snprintf(text, sizeof(text), "%s", json_is_true(v) ? "yes" : "no");
        break;
    case COUNT:
        snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
        break;
    }
    printf("%-12s %s\n", label, text);
}

int
ln_cmd_status(struct ln_cli *cli)
{
    json_t *answer = ln_cli_call(cli, "status", json_object());
    bool running = ln_cli_server_runs(cli);

    if (!answer) {
        return cli->exit_code;
    }
    if (cli->json) {
        (void)json_object_set_new(answer, "running", json_boolean(running));
        (void)json_object_set_new(answer, "data_dir", json_string(cli->cfg->opts.data_dir));
        return ln_cli_print(answer);
    }
    printf("%-12s %s\n%-12s %s\n", "server", running ? "running" : "not running", "data",
           cli->cfg->opts.data_dir);
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const json_t *v = json_object_get(answer, rows[i].key);

        if (v && (running || rows[i].shape != SPAN)) {
            print_row(rows[i].label, rows[i].shape, v);
        }
    }
    if (json_is_true(json_object_get(answer, "needs_setup"))) {
        printf("%-12s none yet: linnet setup --link\n", "owner");
    }
    json_decref(answer);
    return LN_EXIT_OK;
}
