/* SPDX-License-Identifier: MIT
 * command.c - parses a command line against the table.
 *
 * Words and flags may stand in any order; "--" ends the flags, "-" is a word. The first word, or
 * the first two where they name a command, are the command. A flag that is not global can be
 * understood only once the command is known, so it has to follow it.
 */
#include "linnet/cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/cli/value.h"

struct line {
    struct ln_parsed *out;
    char **argv;
    int argc;
    int at;
    char *why;
    size_t why_n;
};

const struct ln_command *
ln_command_find(const char *name)
{
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        if (strcmp(ln_commands[i].name, name) == 0) {
            return &ln_commands[i];
        }
    }
    return NULL;
}

bool
ln_command_in_group(const struct ln_command *cmd, const char *group)
{
    size_t n = strlen(group);

    return strncmp(cmd->name, group, n) == 0 && (cmd->name[n] == ' ' || cmd->name[n] == '\0');
}

/* What the user may have meant by word, below group (NULL = the first word). */
static const char *
suggest_command(const char *group, const char *word)
{
    const char *best = NULL;
    unsigned best_distance = 3;

    for (size_t i = 0; !group && ln_groups[i].name; i++) {
        unsigned d = ln_word_distance(ln_groups[i].name, word);

        if (d < best_distance) {
            best_distance = d;
            best = ln_groups[i].name;
        }
    }
    for (size_t i = 0; group && i < LN_CMD_COUNT; i++) {
        if (ln_command_in_group(&ln_commands[i], group)) {
            const char *second = ln_commands[i].name + strlen(group) + 1;
            unsigned d = ln_word_distance(second, word);

            if (d < best_distance) {
                best_distance = d;
                best = second;
            }
        }
    }
    return best;
}

static enum ln_err
refuse_word(struct line *l, const char *word)
{
    const char *group = l->out->group;
    const char *near = suggest_command(group, word);

    snprintf(l->why, l->why_n, "unknown command \"%s%s%s\"%s%s%s", group ? group : "",
             group ? " " : "", word, near ? ", did you mean \"" : "", near ? near : "",
             near ? "\"?" : "");
    return LN_EBADMSG;
}

static enum ln_err
take_verb(struct line *l, const char *word)
{
    char name[64];

    if (l->out->group) {
        snprintf(name, sizeof(name), "%s %s", l->out->group, word);
        l->out->command = ln_command_find(name);
        if (!l->out->command) {
            return refuse_word(l, word);
        }
        l->out->group = NULL;
        return LN_OK;
    }
    l->out->command = ln_command_find(word);
    for (size_t i = 0; !l->out->command && ln_groups[i].name; i++) {
        if (ln_groups[i].summary && strcmp(ln_groups[i].name, word) == 0) {
            l->out->group = ln_groups[i].name;
            return LN_OK;
        }
    }
    return l->out->command ? LN_OK : refuse_word(l, word);
}

static enum ln_err
take_word(struct line *l, const char *word)
{
    if (!l->out->command) {
        return take_verb(l, word);
    }
    l->out->args[l->out->arg_count++] = word;
    return LN_OK;
}

static const struct ln_flag *
find_flag(const struct line *l, const char *name, size_t n, char letter)
{
    const struct ln_flag *tables[2] = {l->out->command ? l->out->command->flags : NULL,
                                       ln_global_flags};

    for (size_t t = 0; t < 2; t++) {
        for (const struct ln_flag *f = tables[t]; f && f->name; f++) {
            if (name ? strlen(f->name) == n && memcmp(f->name, name, n) == 0
                     : f->letter == letter) {
                return f;
            }
        }
    }
    return NULL;
}

static enum ln_err
give(struct line *l, const struct ln_flag *flag, const char *value)
{
    if (flag->arg && !value) {
        if (l->at + 1 >= l->argc) {
            snprintf(l->why, l->why_n, "--%s needs %s", flag->name, flag->arg);
            return LN_EBADMSG;
        }
        value = l->argv[++l->at];
    }
    if (!flag->repeatable && flag->arg && ln_has_flag(l->out, flag->name)) {
        snprintf(l->why, l->why_n, "--%s is given twice", flag->name);
        return LN_EBADMSG;
    }
    l->out->given[l->out->given_count++] = (struct ln_given){flag, value};
    return LN_OK;
}

static const char *
suggest_flag(const struct line *l, const char *name, size_t n)
{
    const struct ln_flag *tables[2] = {l->out->command ? l->out->command->flags : NULL,
                                       ln_global_flags};
    const char *best = NULL;
    unsigned best_distance = 3;
    char word[64];

    snprintf(word, sizeof(word), "%.*s", (int)(n < 60 ? n : 60), name);
    for (size_t t = 0; t < 2; t++) {
        for (const struct ln_flag *f = tables[t]; f && f->name; f++) {
            unsigned d = ln_word_distance(f->name, word);

            if (d < best_distance) {
                best_distance = d;
                best = f->name;
            }
        }
    }
    return best;
}

static enum ln_err
take_long(struct line *l, const char *text)
{
    const char *eq = strchr(text, '=');
    size_t n = eq ? (size_t)(eq - text) : strlen(text);
    const struct ln_flag *flag = find_flag(l, text, n, 0);
    const char *near;

    if (!flag) {
        near = suggest_flag(l, text, n);
        snprintf(l->why, l->why_n, "unknown option \"--%.*s\"%s%s%s", (int)n, text,
                 near ? ", did you mean \"--" : "", near ? near : "", near ? "\"?" : "");
        return LN_EBADMSG;
    }
    if (eq && !flag->arg) {
        snprintf(l->why, l->why_n, "--%s takes no value", flag->name);
        return LN_EBADMSG;
    }
    return give(l, flag, eq ? eq + 1 : NULL);
}

static enum ln_err
take_letters(struct line *l, const char *text)
{
    enum ln_err err = LN_OK;

    for (; *text && err == LN_OK; text++) {
        const struct ln_flag *flag = find_flag(l, NULL, 0, *text);

        if (!flag) {
            snprintf(l->why, l->why_n, "unknown option \"-%c\"", *text);
            return LN_EBADMSG;
        }
        if (flag->arg && text[1]) {
            return give(l, flag, text + 1);
        }
        err = give(l, flag, NULL);
    }
    return err;
}

static enum ln_err
check_args(struct line *l)
{
    const struct ln_parsed *p = l->out;

    if (!p->command || ln_has_flag(p, "help")) {
        return LN_OK;
    }
    if (p->arg_count < p->command->min_args) {
        snprintf(l->why, l->why_n, "%s needs %s", p->command->name, p->command->args);
        return LN_EBADMSG;
    }
    if (p->arg_count > p->command->max_args) {
        snprintf(l->why, l->why_n, "%s: unexpected argument \"%s\"", p->command->name,
                 p->args[p->command->max_args]);
        return LN_EBADMSG;
    }
    return LN_OK;
}

enum ln_err
ln_parse(int argc, char **argv, struct ln_parsed *out, char *why, size_t why_n)
{
    struct line l = {.out = out, .argv = argv, .argc = argc, .at = 1, .why = why, .why_n = why_n};
    enum ln_err err = LN_OK;
    bool flags_ended = false;
    size_t letters = 1;

    for (int i = 1; i < argc; i++) {
        letters += strlen(argv[i]); /* "-jqv" gives several */
    }
    *out = (struct ln_parsed){.given = ln_alloc(letters * sizeof(*out->given)),
                              .args = ln_alloc(((size_t)argc + 1) * sizeof(*out->args))};
    for (; l.at < argc && err == LN_OK; l.at++) {
        const char *word = argv[l.at];

        if (flags_ended || word[0] != '-' || word[1] == '\0') {
            err = take_word(&l, word);
        } else if (strcmp(word, "--") == 0) {
            flags_ended = true;
        } else if (word[1] == '-') {
            err = take_long(&l, word + 2);
        } else {
            err = take_letters(&l, word + 1);
        }
    }
    return err == LN_OK ? check_args(&l) : err;
}

void
ln_parsed_deinit(struct ln_parsed *p)
{
    free(p->given);
    free(p->args);
    *p = (struct ln_parsed){0};
}

const char *
ln_flag_each(const struct ln_parsed *p, const char *name, size_t *pos)
{
    while (*pos < p->given_count) {
        const struct ln_given *g = &p->given[(*pos)++];

        if (strcmp(g->flag->name, name) == 0) {
            return g->value;
        }
    }
    return NULL;
}

bool
ln_has_flag(const struct ln_parsed *p, const char *name)
{
    for (size_t i = 0; i < p->given_count; i++) {
        if (strcmp(p->given[i].flag->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *
ln_flag_value(const struct ln_parsed *p, const char *name)
{
    const char *value = NULL;
    const char *v;

    for (size_t i = 0; (v = ln_flag_each(p, name, &i)) != NULL;) {
        value = v;
    }
    return value;
}
