/* SPDX-License-Identifier: MIT
 * completion.c - completion scripts for bash, zsh and fish from the table of commands.
 *
 * All three walk the words before the cursor, skip flags and their values, and keep the command
 * they have seen; then they offer the words and flags that fit there.
 */
#include "linnet/cli/command.h"

#include <string.h>

#include "linnet/base/mem.h"

/* text inside single quotes of a shell. fish alone treats a backslash as special there. */
static void
add_quoted(const char *text, bool fish, struct ln_buf *out)
{
    ln_buf_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'') {
            ln_buf_adds(out, fish ? "\\'" : "'\\''");
        } else if (*text == '\\' && fish) {
            ln_buf_adds(out, "\\\\");
        } else {
            ln_buf_addc(out, *text);
        }
    }
    ln_buf_addc(out, '\'');
}

static const char *
second_word(const struct ln_command *c)
{
    const char *space = strchr(c->name, ' ');

    return space ? space + 1 : NULL;
}

/* "serve|setup|…": what names a group of commands. */
static void
add_group_pattern(struct ln_buf *out)
{
    bool first = true;

    for (size_t i = 0; ln_groups[i].name; i++) {
        if (ln_groups[i].summary) {
            ln_buf_addf(out, "%s%s", first ? "" : "|", ln_groups[i].name);
            first = false;
        }
    }
}

/* Is there a flag of that name before flag number upto of command number at? */
static bool
was_named(const char *name, size_t at, const struct ln_flag *upto)
{
    for (size_t i = 0; i <= at; i++) {
        for (const struct ln_flag *f = ln_commands[i].flags; f->name && f != upto; f++) {
            if (f->arg && strcmp(f->name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* "-c|--config|…": the flags that take a value, each once. */
static void
add_value_pattern(struct ln_buf *out)
{
    const char *sep = "";

    for (const struct ln_flag *f = ln_global_flags; f->name; f++) {
        if (f->arg) {
            ln_buf_addf(out, "%s-%c|--%s", sep, f->letter, f->name);
            sep = "|";
        }
    }
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        for (const struct ln_flag *f = ln_commands[i].flags; f->name; f++) {
            if (f->arg && !was_named(f->name, i, f)) {
                ln_buf_addf(out, "|--%s", f->name);
                if (f->letter) {
                    ln_buf_addf(out, "|-%c", f->letter);
                }
            }
        }
    }
}

static void
add_bash_words(const struct ln_command *c, struct ln_buf *out)
{
    if (c == &ln_commands[LN_CMD_COMPLETION]) {
        ln_buf_adds(out, "bash zsh fish ");
    }
    for (const struct ln_flag *f = c->flags; f->name; f++) {
        ln_buf_addf(out, "--%s ", f->name);
    }
}

static void
add_bash_groups(struct ln_buf *out)
{
    ln_buf_adds(out, "    '') words='");
    for (size_t i = 0; ln_groups[i].name; i++) {
        ln_buf_addf(out, "%s ", ln_groups[i].name);
    }
    ln_buf_adds(out, "' ;;\n");
    for (size_t g = 0; ln_groups[g].name; g++) {
        if (!ln_groups[g].summary) {
            continue;
        }
        ln_buf_addf(out, "    %s) words='", ln_groups[g].name);
        for (size_t i = 0; i < LN_CMD_COUNT; i++) {
            if (ln_command_in_group(&ln_commands[i], ln_groups[g].name)) {
                ln_buf_addf(out, "%s ", second_word(&ln_commands[i]));
            }
        }
        ln_buf_adds(out, "' ;;\n");
    }
}

/* The loop that finds the command: the same text serves bash and zsh. */
static void
add_walk(struct ln_buf *out)
{
    ln_buf_adds(out, "        if [[ -n $skip ]]; then skip=''; continue; fi\n"
                     "        case \"$w\" in\n        ");
    add_value_pattern(out);
    ln_buf_adds(out, ") skip=1 ;;\n        -*) ;;\n        *) case \"$cmd\" in\n"
                     "            '') cmd=$w ;;\n            ");
    add_group_pattern(out);
    ln_buf_adds(out, ") cmd=\"$cmd $w\" ;;\n            esac ;;\n        esac\n");
}

static void
add_bash(struct ln_buf *out)
{
    ln_buf_adds(out, "# bash completion for linnet\n_linnet() {\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    local cmd='' skip='' words='' w\n"
                     "    for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n");
    add_walk(out);
    ln_buf_adds(out,
                "    done\n    case \"$prev\" in\n"
                "    -c|--config) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
                "    -d|--data-dir|-o|--output) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); "
                "return ;;\n    esac\n    [[ -n $skip ]] && return\n    case \"$cmd\" in\n");
    add_bash_groups(out);
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        ln_buf_addf(out, "    '%s') words='", ln_commands[i].name);
        add_bash_words(&ln_commands[i], out);
        ln_buf_adds(out, "' ;;\n");
    }
    ln_buf_adds(out, "    esac\n    words=\"$words");
    for (const struct ln_flag *f = ln_global_flags; f->name; f++) {
        ln_buf_addf(out, " --%s", f->name);
    }
    ln_buf_adds(out, "\"\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
                     "complete -o default -F _linnet linnet\n");
}

/* _describe wants "word:what it is"; a colon in the word would be escaped, but there is none. */
static void
add_zsh_item(const char *dashes, const char *word, const char *what, struct ln_buf *out)
{
    struct ln_buf item;

    ln_buf_init(&item, 4096);
    ln_buf_addf(&item, "%s%s:%s", dashes, word, what);
    ln_buf_addc(out, ' ');
    add_quoted(ln_buf_cstr(&item), false, out);
    ln_buf_deinit(&item);
}

static void
add_zsh_groups(struct ln_buf *out)
{
    ln_buf_adds(out, "    '') items=(");
    for (size_t i = 0; ln_groups[i].name; i++) {
        const struct ln_command *c = ln_command_find(ln_groups[i].name);

        add_zsh_item("", ln_groups[i].name, c ? c->summary : ln_groups[i].summary, out);
    }
    ln_buf_adds(out, ") ;;\n");
    for (size_t g = 0; ln_groups[g].name; g++) {
        if (!ln_groups[g].summary) {
            continue;
        }
        ln_buf_addf(out, "    %s) items=(", ln_groups[g].name);
        for (size_t i = 0; i < LN_CMD_COUNT; i++) {
            if (ln_command_in_group(&ln_commands[i], ln_groups[g].name)) {
                add_zsh_item("", second_word(&ln_commands[i]), ln_commands[i].summary, out);
            }
        }
        ln_buf_adds(out, ") ;;\n");
    }
}

static void
add_zsh(struct ln_buf *out)
{
    ln_buf_adds(
        out,
        "#compdef linnet\n_linnet() {\n    local cmd='' skip='' w\n    local -a items globals\n"
        "    for w in \"${(@)words[2,CURRENT-1]}\"; do\n");
    add_walk(out);
    ln_buf_adds(out,
                "    done\n    if [[ -n $skip ]]; then _files; return; fi\n    case \"$cmd\" in\n");
    add_zsh_groups(out);
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        ln_buf_addf(out, "    '%s') items=(", ln_commands[i].name);
        if (i == LN_CMD_COMPLETION) {
            ln_buf_adds(out, " bash zsh fish");
        }
        for (const struct ln_flag *f = ln_commands[i].flags; f->name; f++) {
            add_zsh_item("--", f->name, f->help, out);
        }
        ln_buf_adds(out, ") ;;\n");
    }
    ln_buf_adds(out, "    esac\n    globals=(");
    for (const struct ln_flag *f = ln_global_flags; f->name; f++) {
        add_zsh_item("--", f->name, f->help, out);
    }
    ln_buf_adds(out, ")\n    _describe 'linnet' items -- globals\n    _files\n}\n"
                     "if [[ $funcstack[1] = _linnet ]]; then\n    _linnet \"$@\"\nelse\n"
                     "    compdef _linnet linnet\nfi\n");
}

static void
add_fish_flag(const struct ln_flag *f, const char *condition, struct ln_buf *out)
{
    ln_buf_adds(out, "complete -c linnet");
    if (*condition) {
        ln_buf_addf(out, " -n '%s'", condition);
    }
    if (f->letter) {
        ln_buf_addf(out, " -s %c", f->letter);
    }
    ln_buf_addf(out, " -l %s%s -d ", f->name, f->arg ? " -r" : "");
    add_quoted(f->help, true, out);
    ln_buf_addc(out, '\n');
}

static void
add_fish_command(const struct ln_command *c, struct ln_buf *out)
{
    const char *second = second_word(c);
    int n = (int)(second ? second - c->name - 1 : (long)strlen(c->name));
    struct ln_buf text;

    ln_buf_init(&text, 256);
    ln_buf_addf(&text, "__fish_seen_subcommand_from %.*s", n, c->name);
    if (second) {
        ln_buf_addf(
            out,
            "complete -c linnet -f -n '%s; and test (count (commandline -opc)) -eq 2' -a %s -d ",
            ln_buf_cstr(&text), second);
        add_quoted(c->summary, true, out);
        ln_buf_addf(&text, "; and __fish_seen_subcommand_from %s", second);
        ln_buf_addc(out, '\n');
    }
    if (c == &ln_commands[LN_CMD_COMPLETION]) {
        ln_buf_addf(out, "complete -c linnet -f -n '%s' -a 'bash zsh fish'\n", ln_buf_cstr(&text));
    }
    for (const struct ln_flag *f = c->flags; f->name; f++) {
        add_fish_flag(f, ln_buf_cstr(&text), out);
    }
    ln_buf_deinit(&text);
}

static void
add_fish(struct ln_buf *out)
{
    ln_buf_adds(out, "# fish completion for linnet\n");
    for (size_t i = 0; ln_groups[i].name; i++) {
        const struct ln_command *c = ln_command_find(ln_groups[i].name);

        ln_buf_addf(out, "complete -c linnet -f -n __fish_use_subcommand -a %s -d ",
                    ln_groups[i].name);
        add_quoted(c ? c->summary : ln_groups[i].summary, true, out);
        ln_buf_addc(out, '\n');
    }
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        add_fish_command(&ln_commands[i], out);
    }
    for (const struct ln_flag *f = ln_global_flags; f->name; f++) {
        add_fish_flag(f, "", out);
    }
}

enum ln_err
ln_completion(const char *shell, struct ln_buf *out)
{
    static const struct {
        const char *name;
        void (*add)(struct ln_buf *out);
    } shells[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", add_fish}};

    for (size_t i = 0; i < LN_COUNT(shells); i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].add(out);
            return LN_OK;
        }
    }
    return LN_ENOTFOUND;
}
