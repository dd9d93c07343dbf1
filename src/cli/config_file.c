/* SPDX-License-Identifier: MIT
 * config_file.c - the syntax of linnet.conf.
 *
 *   [section]
 *   key = value      # a comment begins with '#' at the line's start or after a blank
 *   key = "value"    with \" and \\ inside, for values that hold '#' or blanks at an end
 *
 * A list may be repeated or hold several items divided by commas. Any other key stands once.
 */
#include "linnet/cli/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config_priv.h"
#include "linnet/base/mem.h"
#include "linnet/base/utf8.h"
#include "linnet/cli/value.h"

#define FILE_MAX_BYTES ((size_t)1024 * 1024)

struct parser {
    struct ln_config *cfg;
    const char *path;
    unsigned line;
    char section[32]; /* empty before the first header, or after an unknown one */
    bool in_unknown;  /* the section is unknown: its keys were complained about with it */
    unsigned seen[LN_SET_COUNT]; /* line of the first mention, 0 = none */
};

bool
ln_config_slurp(const char *path, struct ln_buf *out, int *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *room;
    ssize_t got = -1;

    ln_buf_init(out, FILE_MAX_BYTES);
    while (fd >= 0 && (room = ln_buf_reserve(out, 4096)) != NULL) {
        got = read(fd, room, 4096);
        if (got > 0) {
            out->n += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            break;
        }
    }
    *err = out->overflow ? EFBIG : errno;
    if (fd >= 0) {
        close(fd);
    }
    return got == 0;
}

static void
complain(struct parser *p, const char *what, struct ln_str word, const char *near)
{
    if (near) {
        ln_config_problem(p->cfg, "%s:%u: unknown %s \"%.*s\", did you mean \"%s\"?", p->path,
                          p->line, what, (int)word.n, word.p, near);
    } else {
        ln_config_problem(p->cfg, "%s:%u: unknown %s \"%.*s\"", p->path, p->line, what, (int)word.n,
                          word.p);
    }
}

static bool
has_section(const char *name)
{
    for (size_t i = 0; i < LN_SET_COUNT; i++) {
        if (strcmp(ln_settings[i].section, name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *
suggest_section(const char *name)
{
    for (size_t i = 0; i < LN_SET_COUNT; i++) {
        if (ln_word_distance(ln_settings[i].section, name) <= 2) {
            return ln_settings[i].section;
        }
    }
    return NULL;
}

static void
read_header(struct parser *p, struct ln_str line)
{
    const char *end = memchr(line.p, ']', line.n);
    struct ln_str name;
    struct ln_str rest;

    p->section[0] = '\0';
    p->in_unknown = true;
    if (!end) {
        ln_config_problem(p->cfg, "%s:%u: a section header needs ']' at its end", p->path, p->line);
        return;
    }
    name = ln_str_trim((struct ln_str){line.p + 1, (size_t)(end - line.p) - 1});
    rest = ln_str_trim((struct ln_str){end + 1, (size_t)(line.p + line.n - (end + 1))});
    if (rest.n > 0 && rest.p[0] != '#') {
        ln_config_problem(p->cfg, "%s:%u: nothing may follow a section header", p->path, p->line);
    }
    snprintf(p->section, sizeof(p->section), "%.*s", (int)name.n, name.p);
    p->in_unknown = !has_section(p->section);
    if (p->in_unknown) {
        complain(p, "section", name, suggest_section(p->section));
    }
}

/* Cuts a trailing comment: '#' at the start or after a blank. */
static struct ln_str
without_comment(struct ln_str v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '#' && (i == 0 || v.p[i - 1] == ' ' || v.p[i - 1] == '\t')) {
            v.n = i; /* ends the loop */
        }
    }
    return ln_str_trim(v);
}

/* A quoted value; v begins with the quote. Appends what it means to out. False where malformed. */
static bool
read_quoted(struct ln_str v, struct ln_buf *out)
{
    size_t i = 1;

    while (i < v.n && v.p[i] != '"') {
        if (v.p[i] == '\\') {
            i++;
            if (i >= v.n || (v.p[i] != '"' && v.p[i] != '\\')) {
                return false;
            }
        }
        ln_buf_addc(out, v.p[i]);
        i++;
    }
    if (i >= v.n) {
        return false;
    }
    return without_comment((struct ln_str){v.p + i + 1, v.n - i - 1}).n == 0;
}

static void
set_from_line(struct parser *p, int setting, struct ln_str value)
{
    struct ln_buf text;
    char where[512];

    if (p->seen[setting] && ln_settings[setting].type != LN_OPT_LIST) {
        ln_config_problem(p->cfg, "%s:%u: %s is set already on line %u", p->path, p->line,
                          ln_settings[setting].key, p->seen[setting]);
        return;
    }
    p->seen[setting] = p->line;
    snprintf(where, sizeof(where), "%s:%u", p->path, p->line);
    ln_buf_init(&text, FILE_MAX_BYTES);
    if (value.n > 0 && value.p[0] == '"') {
        if (!read_quoted(value, &text)) {
            ln_config_problem(
                p->cfg, "%s: a quoted value ends with '\"'; inside, write \\\" and \\\\", where);
            ln_buf_deinit(&text);
            return;
        }
        value = ln_buf_str(&text);
    } else {
        value = without_comment(value);
    }
    ln_config_set(p->cfg, setting, LN_LAYER_FILE, where, value);
    ln_buf_deinit(&text);
}

static void
read_pair(struct parser *p, struct ln_str line)
{
    const char *eq = memchr(line.p, '=', line.n);
    struct ln_str key;
    char name[80];
    int setting;

    if (!eq) {
        ln_config_problem(p->cfg, "%s:%u: expected \"key = value\" or \"[section]\"", p->path,
                          p->line);
        return;
    }
    if (p->in_unknown) {
        return;
    }
    key = ln_str_trim((struct ln_str){line.p, (size_t)(eq - line.p)});
    if (p->section[0] == '\0') {
        ln_config_problem(p->cfg, "%s:%u: \"%.*s\" stands before the first [section]", p->path,
                          p->line, (int)key.n, key.p);
        return;
    }
    snprintf(name, sizeof(name), "%s.%.*s", p->section, (int)key.n, key.p);
    setting = ln_setting_find(name);
    if (setting < 0) {
        complain(p, "key", key, ln_setting_suggest(p->section, name + strlen(p->section) + 1));
        return;
    }
    set_from_line(p, setting,
                  ln_str_trim((struct ln_str){eq + 1, (size_t)(line.p + line.n - (eq + 1))}));
}

static void
read_line(struct parser *p, struct ln_str line)
{
    if (line.n > 0 && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    line = ln_str_trim(line);
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';') {
        return;
    }
    if (line.p[0] == '[') {
        read_header(p, line);
    } else {
        read_pair(p, line);
    }
}

void
ln_config_read_file(struct ln_config *c, const char *path)
{
    struct parser p = {.cfg = c, .path = path};
    struct ln_buf text;
    int err = 0;
    size_t at = 0;

    if (!ln_config_slurp(path, &text, &err)) {
        ln_config_problem(c, "%s: %s", path, strerror(err));
    } else if (!ln_utf8_is_valid(text.n ? text.p : "", text.n) ||
               (text.n > 0 && memchr(text.p, '\0', text.n))) {
        ln_config_problem(c, "%s: this is not UTF-8 text", path);
    } else {
        c->file = ln_strdup(path);
        while (at < text.n) {
            const char *end = memchr(text.p + at, '\n', text.n - at);
            size_t n = end ? (size_t)(end - (text.p + at)) : text.n - at;

            p.line++;
            read_line(&p, (struct ln_str){text.p + at, n});
            at += n + 1;
        }
    }
    ln_buf_deinit(&text);
}
