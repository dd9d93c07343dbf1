/* SPDX-License-Identifier: MIT
 * help.c - what `linnet help` prints, from the table of commands.
 */
#include "linnet/cli/command.h"

#include <stdio.h>
#include <string.h>

static void
add_names(const char *section, struct ln_buf *out)
{
    for (size_t i = 0; ln_groups[i].name; i++) {
        if (strcmp(ln_groups[i].section, section) == 0) {
            ln_buf_addf(out, " %s", ln_groups[i].name);
        }
    }
}

void
ln_help_overview(struct ln_buf *out)
{
    const char *section = "";
    char title[32];

    ln_buf_adds(out, "linnet - group chat in one file\nUsage: linnet COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; ln_groups[i].name; i++) {
        if (strcmp(section, ln_groups[i].section) == 0) {
            continue;
        }
        section = ln_groups[i].section;
        snprintf(title, sizeof(title), "%s:", section);
        ln_buf_addf(out, "%-8s", title);
        add_names(section, out);
        ln_buf_addc(out, '\n');
    }
    ln_buf_adds(out, "\nStart here:  linnet serve\n'linnet help COMMAND' shows options.\n");
}

void
ln_help_group(const char *group, struct ln_buf *out)
{
    ln_buf_addf(out, "Usage: linnet %s COMMAND [OPTIONS]\n\n", group);
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        const struct ln_command *c = &ln_commands[i];
        char left[64];

        if (ln_command_in_group(c, group)) {
            snprintf(left, sizeof(left), "%s%s%s", c->name + strlen(group) + 1, *c->args ? " " : "",
                     c->args);
            ln_buf_addf(out, "  %-22s %s\n", left, c->summary);
        }
    }
    ln_buf_addf(out, "\n'linnet help %s COMMAND' shows options.\n", group);
}

void
ln_help_usage(const struct ln_command *cmd, struct ln_buf *out)
{
    ln_buf_addf(out, "Usage: linnet %s%s%s%s\n", cmd->name, *cmd->args ? " " : "", cmd->args,
                cmd->flags->name ? " [OPTIONS]" : "");
}

static void
add_flags(const struct ln_flag *flags, struct ln_buf *out)
{
    for (const struct ln_flag *f = flags; f->name; f++) {
        char left[64];

        if (f->letter) {
            snprintf(left, sizeof(left), "-%c, --%s%s%s", f->letter, f->name, f->arg ? " " : "",
                     f->arg ? f->arg : "");
        } else {
            snprintf(left, sizeof(left), "--%s%s%s", f->name, f->arg ? " " : "",
                     f->arg ? f->arg : "");
        }
        ln_buf_addf(out, "  %-22s %s\n", left, f->help);
    }
}

/* Breaks text between words so that lines stay within 78 columns. */
static void
add_wrapped(const char *text, struct ln_buf *out)
{
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " ");

        if (column > 0 && column + 1 + n > 78) {
            ln_buf_addc(out, '\n');
            column = 0;
        }
        if (column > 0) {
            ln_buf_addc(out, ' ');
            column++;
        }
        ln_buf_add(out, text, n);
        column += n;
        text += n;
        text += strspn(text, " ");
    }
    ln_buf_addc(out, '\n');
}

static void
add_examples(const char *example, struct ln_buf *out)
{
    ln_buf_adds(out, strchr(example, '\n') ? "Examples:\n" : "Example:\n");
    while (*example) {
        size_t n = strcspn(example, "\n");

        ln_buf_addf(out, "  %.*s\n", (int)n, example);
        example += n + (example[n] ? 1 : 0);
    }
}

void
ln_help_command(const struct ln_command *cmd, struct ln_buf *out)
{
    ln_help_usage(cmd, out);
    ln_buf_addc(out, '\n');
    ln_buf_addf(out, "%c%s.\n",
                cmd->summary[0] >= 'a' ? cmd->summary[0] - 'a' + 'A' : cmd->summary[0],
                cmd->summary + 1);
    if (cmd->details) {
        add_wrapped(cmd->details, out);
    }
    if (cmd->flags->name) {
        ln_buf_adds(out, "\nOptions:\n");
        add_flags(cmd->flags, out);
    }
    ln_buf_adds(out, "\nGlobal options:\n");
    add_flags(ln_global_flags, out);
    ln_buf_addc(out, '\n');
    add_examples(cmd->example, out);
}
