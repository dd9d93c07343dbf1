/* SPDX-License-Identifier: MIT
 * man.c - man pages (roff, man(7) macros) from the tables of commands and settings.
 */
#include "linnet/cli/command.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/cli/config.h"

/* Text as roff shall print it: a hyphen that may be typed, no accidental request at a line's start.
 */
static void
add_text(const char *text, struct ln_buf *out)
{
    for (bool at_start = true; *text; text++) {
        if (at_start && (*text == '.' || *text == '\'')) {
            ln_buf_adds(out, "\\&");
        }
        at_start = *text == '\n';
        if (*text == '\\') {
            ln_buf_adds(out, "\\e");
        } else if (*text == '-') {
            ln_buf_adds(out, "\\-");
        } else {
            ln_buf_addc(out, *text);
        }
    }
}

static void
add_title(const char *group, const char *summary, struct ln_buf *out)
{
    char name[64];

    snprintf(name, sizeof(name), "linnet%s%s", group ? "-" : "", group ? group : "");
    ln_buf_adds(out, ".\\\" Made by `linnet man`.\n.TH ");
    for (const char *p = name; *p; p++) {
        ln_buf_addc(out, (char)toupper((unsigned char)*p));
    }
    ln_buf_addf(out, " 1 \"\" \"linnet %s\" \"linnet\"\n.SH NAME\n", LN_VERSION);
    add_text(name, out);
    ln_buf_adds(out, " \\- ");
    add_text(summary, out);
    ln_buf_addc(out, '\n');
}

static void
add_flags(const struct ln_flag *flags, struct ln_buf *out)
{
    for (const struct ln_flag *f = flags; f->name; f++) {
        ln_buf_adds(out, ".TP\n");
        if (f->letter) {
            ln_buf_addf(out, "\\fB\\-%c\\fR, ", f->letter);
        }
        ln_buf_adds(out, "\\fB\\-\\-");
        add_text(f->name, out);
        ln_buf_adds(out, "\\fR");
        if (f->arg) {
            ln_buf_addf(out, " \\fI%s\\fR", f->arg);
        }
        ln_buf_addc(out, '\n');
        add_text(f->help, out);
        ln_buf_addc(out, '\n');
    }
}

static void
add_synopsis(const struct ln_command *c, struct ln_buf *out)
{
    ln_buf_addf(out, "\\fBlinnet %s\\fR", c->name);
    if (*c->args) {
        ln_buf_adds(out, " \\fI");
        add_text(c->args, out);
        ln_buf_adds(out, "\\fR");
    }
    ln_buf_adds(out, c->flags->name ? " [\\fIOPTIONS\\fR]\n" : "\n");
}

static void
add_command(const struct ln_command *c, struct ln_buf *out)
{
    ln_buf_adds(out, ".SS ");
    add_synopsis(c, out);
    ln_buf_addc(out, (char)toupper((unsigned char)c->summary[0]));
    add_text(c->summary + 1, out);
    ln_buf_adds(out, ".\n");
    if (c->details) {
        add_text(c->details, out);
        ln_buf_addc(out, '\n');
    }
    add_flags(c->flags, out);
    ln_buf_adds(out, ".PP\n.nf\n");
    add_text(c->example, out);
    ln_buf_adds(out, "\n.fi\n");
}

static void
add_exit_status(struct ln_buf *out)
{
    static const char *const rows[][2] = {
        {"0", "Done."},
        {"1", "The operation failed; the message says what to do."},
        {"2", "The command line was not understood."},
        {"3", "The server is not reachable, or must not be running."},
        {"4", "No such user, chat or file."},
        {"5", "It exists already, or has changed meanwhile."},
        {"6", "A check found problems."},
        {"78", "The configuration or the database's schema is unusable."},
    };

    ln_buf_adds(out, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        ln_buf_addf(out, ".TP\n.B %s\n%s\n", rows[i][0], rows[i][1]);
    }
}

static void
add_settings(struct ln_buf *out)
{
    ln_buf_adds(
        out, ".SH CONFIGURATION\n"
             "Built-in values give way to the file, the file to the environment, the environment "
             "to options.\nA setting \\fIkey\\fR of \\fB[section]\\fR is "
             "\\fBLINNET_SECTION_KEY\\fR in the environment; \\fBLINNET_SECTION_KEY_FILE\\fR "
             "names a file that holds its value.\n");
    for (size_t i = 0; i < LN_SET_COUNT; i++) {
        const struct ln_setting *s = &ln_settings[i];

        ln_buf_addf(out, ".TP\n\\fB[%s] %s\\fR", s->section, s->key);
        if (*s->def) {
            ln_buf_adds(out, " = ");
            add_text(s->def, out);
        }
        ln_buf_addc(out, '\n');
        add_text(s->help, out);
        ln_buf_addc(out, '\n');
    }
}

static void
add_overview(struct ln_buf *out)
{
    add_title(NULL, "group chat in one file", out);
    ln_buf_adds(
        out, ".SH SYNOPSIS\n\\fBlinnet\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
             ".SH DESCRIPTION\nA chat server with its web client and its administration in one "
             "program. Commands reach the running server by the socket \\fIadmin.sock\\fR in its "
             "data directory; where no server runs, they open the data themselves.\n"
             ".SH COMMANDS\n");
    for (size_t i = 0; ln_groups[i].name; i++) {
        const struct ln_command *c = ln_command_find(ln_groups[i].name);

        ln_buf_addf(out, ".TP\n\\fBlinnet\\-%s\\fR(1)\n", ln_groups[i].name);
        add_text(c ? c->summary : ln_groups[i].summary, out);
        ln_buf_addc(out, '\n');
    }
    ln_buf_adds(out, ".SH OPTIONS\nThese may stand before or after the command.\n");
    add_flags(ln_global_flags, out);
    add_settings(out);
    add_exit_status(out);
    ln_buf_adds(out,
                ".SH FILES\n.TP\n.I " LN_CONFIG_PATH "\nThe configuration, where it exists.\n"
                ".TP\n.I /var/lib/linnet\nThe data of a server run by root or by systemd; else "
                "\\fI~/.local/share/linnet\\fR.\n");
}

void
ln_man_page(const char *group, struct ln_buf *out)
{
    const struct ln_command *single = group ? ln_command_find(group) : NULL;
    const char *summary = single ? single->summary : "";

    if (!group) {
        add_overview(out);
        return;
    }
    for (size_t i = 0; !single && ln_groups[i].name; i++) {
        if (strcmp(ln_groups[i].name, group) == 0) {
            summary = ln_groups[i].summary;
        }
    }
    add_title(group, summary, out);
    ln_buf_adds(out, ".SH SYNOPSIS\n");
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        if (ln_command_in_group(&ln_commands[i], group)) {
            add_synopsis(&ln_commands[i], out);
            ln_buf_adds(out, ".br\n");
        }
    }
    ln_buf_adds(out, ".SH DESCRIPTION\n");
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        if (ln_command_in_group(&ln_commands[i], group)) {
            add_command(&ln_commands[i], out);
        }
    }
    ln_buf_adds(out,
                ".SH SEE ALSO\n\\fBlinnet\\fR(1) for global options, settings and exit status.\n");
}
