/* SPDX-License-Identifier: MIT
 * cmd_config.c - linnet config: the settings, and what is wrong with them.
 */
#include <stdio.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"

static json_t *
lines_to_json(const struct ln_buf *b)
{
    json_t *list = json_array();
    size_t at = 0;

    while (at < b->n) {
        const char *end = memchr(b->p + at, '\n', b->n - at);
        size_t n = (end ? (size_t)(end - b->p) : b->n) - at;

        (void)json_array_append_new(list, json_stringn(b->p + at, n));
        at += n + 1;
    }
    return list;
}

int
ln_cmd_config_check(struct ln_cli *cli)
{
    struct ln_config *c = cli->cfg;
    int code = c->problem_count > 0 ? LN_EXIT_PROBLEMS : LN_EXIT_OK;

    if (cli->json) {
        (void)ln_cli_print(json_pack("{ss?,so,so}", "file", c->file, "problems",
                                     lines_to_json(&c->problems), "warnings",
                                     lines_to_json(&c->warnings)));
        return code;
    }
    fputs(ln_buf_cstr(&c->problems), stdout);
    fputs(ln_buf_cstr(&c->warnings), stderr);
    if (code == LN_EXIT_OK && !cli->quiet) {
        printf("ok: %s\n", c->file ? c->file : "no configuration file, built-in defaults");
    }
    return code;
}

static json_t *
value_to_json(const struct ln_config *c, int i)
{
    const void *field = (const char *)&c->opts + ln_settings[i].offset;
    const struct ln_list_opt *list = field;
    json_t *v;

    switch (ln_settings[i].type) {
    case LN_OPT_STR:
        return json_string(*(char *const *)field);
    case LN_OPT_BOOL:
        return json_boolean(*(const bool *)field);
    case LN_OPT_LIST:
        v = json_array();
        for (size_t k = 0; k < list->count; k++) {
            (void)json_array_append_new(v, json_string(list->items[k]));
        }
        return v;
    case LN_OPT_INT:
    case LN_OPT_BYTES:
    case LN_OPT_MS:
        break;
    }
    return json_integer(*(const int64_t *)field);
}

static int
show_json(const struct ln_config *c, bool sources)
{
    json_t *doc = json_object();

    for (int i = 0; i < LN_SET_COUNT; i++) {
        const struct ln_setting *s = &ln_settings[i];
        json_t *section = json_object_get(doc, s->section);
        json_t *v = value_to_json(c, i);

        if (!section) {
            section = json_object();
            (void)json_object_set_new(doc, s->section, section);
        }
        if (sources) {
            v = json_pack("{so,ss}", "value", v, "source", c->origin[i]);
        }
        (void)json_object_set_new(section, s->key, v);
    }
    return ln_cli_print(doc);
}

int
ln_cmd_config_show(struct ln_cli *cli)
{
    bool sources = ln_has_flag(&cli->parsed, "sources");
    const char *section = "";
    struct ln_buf text;

    if (cli->json) {
        return show_json(cli->cfg, sources);
    }
    ln_buf_init(&text, (size_t)1024 * 1024);
    for (int i = 0; i < LN_SET_COUNT; i++) {
        const struct ln_setting *s = &ln_settings[i];

        if (strcmp(section, s->section) != 0) {
            ln_buf_addf(&text, "%s[%s]\n", *section ? "\n" : "", s->section);
            section = s->section;
        }
        ln_buf_addf(&text, "%s = ", s->key);
        ln_config_value(cli->cfg, i, ", ", &text);
        if (sources) {
            ln_buf_addf(&text, "  # %s", cli->cfg->origin[i]);
        }
        ln_buf_addc(&text, '\n');
    }
    fputs(ln_buf_cstr(&text), stdout);
    ln_buf_deinit(&text);
    return LN_EXIT_OK;
}

int
ln_cmd_config_default(struct ln_cli *cli)
{
    struct ln_buf text;

    ln_buf_init(&text, (size_t)1024 * 1024);
    ln_config_default_text(&text);
    if (cli->json) {
        (void)ln_cli_print(json_pack("{ss}", "text", ln_buf_cstr(&text)));
    } else {
        fputs(ln_buf_cstr(&text), stdout);
    }
    ln_buf_deinit(&text);
    return LN_EXIT_OK;
}

int
ln_cmd_config_get(struct ln_cli *cli)
{
    const char *name = cli->parsed.args[0];
    const char *dot = strchr(name, '.');
    int i = ln_setting_find(name);
    const char *near;
    struct ln_buf text;

    if (i < 0) {
        near = ln_setting_suggest(NULL, dot ? dot + 1 : name);
        return ln_cli_fail(cli, LN_EXIT_ABSENT, "not_found",
                           "'linnet config show' lists all settings",
                           "unknown setting \"%s\"%s%s%s", name, near ? ", did you mean \"" : "",
                           near ? near : "", near ? "\"?" : "");
    }
    if (cli->json) {
        return ln_cli_print(json_pack("{ss,ss,so,ss}", "section", ln_settings[i].section, "key",
                                      ln_settings[i].key, "value", value_to_json(cli->cfg, i),
                                      "source", cli->cfg->origin[i]));
    }
    if (ln_settings[i].type == LN_OPT_STR) { /* as it is: the file's quotes would be in the way */
        puts(*(char *const *)((const char *)&cli->cfg->opts + ln_settings[i].offset));
        return LN_EXIT_OK;
    }
    ln_buf_init(&text, 65536);
    ln_config_value(cli->cfg, i, "\n", &text);
    puts(ln_buf_cstr(&text));
    ln_buf_deinit(&text);
    return LN_EXIT_OK;
}
