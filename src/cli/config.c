/* SPDX-License-Identifier: MIT
 * config.c - settings in layers, each value remembered with where it came from.
 *
 * The layers are applied from the lowest to the highest; a list given in a layer replaces the list
 * of the layer below, and within a layer it grows. Values that no layer gave (the data directory,
 * the base URL) are computed last, because they depend on the others.
 */
#include "linnet/cli/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_priv.h"
#include "linnet/base/log.h"
#include "linnet/base/mem.h"
#include "linnet/base/utf8.h"
#include "linnet/cli/value.h"
#include "linnet/net/listener.h"

#define TEXT_MAX ((size_t)1024 * 1024)

extern char **environ;

const struct ln_setting ln_settings[LN_SET_COUNT] = {
#define X(section, key, field, type, def, min, max, reload, help)                                  \
    {#section, #key,   LN_OPT_##type, offsetof(struct ln_options, field), def, min,                \
     max,      reload, help},
    LN_OPTIONS(X)
#undef X
};

static void add_line(struct ln_buf *b, const char *fmt, va_list ap) LN_PRINTF(2, 0);

static void
add_line(struct ln_buf *b, const char *fmt, va_list ap)
{
    char text[1024];

    vsnprintf(text, sizeof(text), fmt, ap);
    ln_buf_adds(b, text);
    ln_buf_addc(b, '\n');
}

void
ln_config_problem(struct ln_config *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_line(&c->problems, fmt, ap);
    va_end(ap);
    c->problem_count++;
}

static void add_warning(struct ln_config *c, const char *fmt, ...) LN_PRINTF(2, 3);

static void
add_warning(struct ln_config *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_line(&c->warnings, fmt, ap);
    va_end(ap);
}

/* ── names ── */

int
ln_setting_find(const char *name)
{
    const char *dot = strchr(name, '.');
    const char *key = dot ? dot + 1 : name;
    int found = -1;

    for (int i = 0; i < LN_SET_COUNT; i++) {
        size_t n = strlen(ln_settings[i].section);

        if (strcmp(ln_settings[i].key, key) != 0) {
            continue;
        }
        if (dot && n == (size_t)(dot - name) && memcmp(ln_settings[i].section, name, n) == 0) {
            return i;
        }
        if (!dot) {
            if (found >= 0) {
                return -1;
            }
            found = i;
        }
    }
    return found;
}

const char *
ln_setting_suggest(const char *section, const char *key)
{
    const char *best = NULL;
    unsigned best_distance = 4; /* farther words are no likely slip */

    for (size_t i = 0; i < LN_SET_COUNT; i++) {
        unsigned d = ln_word_distance(ln_settings[i].key, key);

        if (section && strcmp(section, ln_settings[i].section) != 0) {
            continue;
        }
        if (d < best_distance && d < strlen(key)) {
            best_distance = d;
            best = ln_settings[i].key;
        }
    }
    return best;
}

/* ── values ── */

static void *
field_of(struct ln_config *c, int setting)
{
    return (char *)&c->opts + ln_settings[setting].offset;
}

static void
clear_list(struct ln_list_opt *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    list->count = 0;
}

static void
set_origin(struct ln_config *c, int setting, enum ln_layer layer, const char *where)
{
    free(c->origin[setting]);
    c->origin[setting] = ln_strdup(where);
    c->layer[setting] = layer;
}

static bool
is_separator(char ch)
{
    return ch == ',' || ch == ' ' || ch == '\t' || ch == '\n';
}

static bool
append_items(struct ln_list_opt *list, size_t max, struct ln_str text)
{
    size_t i = 0;

    while (i < text.n) {
        size_t start = i;

        while (i < text.n && !is_separator(text.p[i])) {
            i++;
        }
        if (i > start) {
            if (list->count >= max || list->count >= LN_LIST_MAX) {
                return false;
            }
            list->items[list->count++] = ln_strndup(text.p + start, i - start);
        }
        while (i < text.n && is_separator(text.p[i])) {
            i++;
        }
    }
    return true;
}

static void
set_list(struct ln_config *c, int setting, enum ln_layer layer, const char *where,
         struct ln_str text)
{
    const struct ln_setting *s = &ln_settings[setting];
    struct ln_list_opt *list = field_of(c, setting);

    if (c->layer[setting] != layer) {
        clear_list(list);
    }
    if (!append_items(list, (size_t)s->max, text)) {
        ln_config_problem(c, "%s: %s.%s takes at most %lld items", where, s->section, s->key,
                          (long long)s->max);
    }
    set_origin(c, setting, layer, where);
}

static void
set_string(struct ln_config *c, int setting, enum ln_layer layer, const char *where,
           struct ln_str text)
{
    const struct ln_setting *s = &ln_settings[setting];
    char **field = field_of(c, setting);

    if (text.n < (size_t)s->min || text.n > (size_t)s->max) {
        ln_config_problem(c, "%s: %s.%s must be %lld to %lld bytes long, not %zu", where,
                          s->section, s->key, (long long)s->min, (long long)s->max, text.n);
        return;
    }
    if (text.n > 0 && (!ln_utf8_is_valid(text.p, text.n) || ln_utf8_has_control(text.p, text.n))) {
        ln_config_problem(c, "%s: %s.%s must be UTF-8 without control characters", where,
                          s->section, s->key);
        return;
    }
    free(*field);
    *field = ln_strndup(text.n ? text.p : "", text.n);
    set_origin(c, setting, layer, where);
}

static void
print_number(enum ln_opt_type type, int64_t v, char *out, size_t n)
{
    switch (type) {
    case LN_OPT_BYTES:
        ln_value_print_bytes(v, out, n);
        break;
    case LN_OPT_MS:
        ln_value_print_ms(v, out, n);
        break;
    default:
        snprintf(out, n, "%lld", (long long)v);
        break;
    }
}

static enum ln_err
parse_number(enum ln_opt_type type, struct ln_str text, int64_t *v)
{
    switch (type) {
    case LN_OPT_BYTES:
        return ln_value_bytes(text, v);
    case LN_OPT_MS:
        return ln_value_ms(text, v);
    default:
        return ln_value_int(text, v);
    }
}

static const char *
describe_type(enum ln_opt_type type)
{
    switch (type) {
    case LN_OPT_BYTES:
        return "a size, such as 16K or 50M";
    case LN_OPT_MS:
        return "a duration, such as 500ms, 30s, 5m or 7d";
    case LN_OPT_BOOL:
        return "on or off";
    default:
        return "a whole number";
    }
}

static void
set_number(struct ln_config *c, int setting, enum ln_layer layer, const char *where,
           struct ln_str text)
{
    const struct ln_setting *s = &ln_settings[setting];
    char low[32];
    char high[32];
    int64_t v;

    if (parse_number(s->type, text, &v) != LN_OK) {
        ln_config_problem(c, "%s: %s.%s: \"%.*s\" is not %s", where, s->section, s->key,
                          (int)text.n, text.n ? text.p : "", describe_type(s->type));
        return;
    }
    if (v < s->min || v > s->max) {
        print_number(s->type, s->min, low, sizeof(low));
        print_number(s->type, s->max, high, sizeof(high));
        ln_config_problem(c, "%s: %s.%s: %.*s is %s; allowed are %s to %s", where, s->section,
                          s->key, (int)text.n, text.p, v < s->min ? "too little" : "too much", low,
                          high);
        return;
    }
    *(int64_t *)field_of(c, setting) = v;
    set_origin(c, setting, layer, where);
}

static void
set_bool(struct ln_config *c, int setting, enum ln_layer layer, const char *where,
         struct ln_str text)
{
    const struct ln_setting *s = &ln_settings[setting];

    if (ln_value_bool(text, field_of(c, setting)) != LN_OK) {
        ln_config_problem(c, "%s: %s.%s: \"%.*s\" is not on or off", where, s->section, s->key,
                          (int)text.n, text.n ? text.p : "");
        return;
    }
    set_origin(c, setting, layer, where);
}

void
ln_config_set(struct ln_config *c, int setting, enum ln_layer layer, const char *where,
              struct ln_str text)
{
    switch (ln_settings[setting].type) {
    case LN_OPT_STR:
        set_string(c, setting, layer, where, text);
        break;
    case LN_OPT_LIST:
        set_list(c, setting, layer, where, text);
        break;
    case LN_OPT_BOOL:
        set_bool(c, setting, layer, where, text);
        break;
    case LN_OPT_INT:
    case LN_OPT_BYTES:
    case LN_OPT_MS:
        set_number(c, setting, layer, where, text);
        break;
    }
}

static bool
needs_quotes(struct ln_str v)
{
    return v.n > 0 &&
           (v.p[0] == ' ' || v.p[0] == '"' || v.p[v.n - 1] == ' ' || memchr(v.p, '#', v.n));
}

static void
add_string(struct ln_str v, struct ln_buf *out)
{
    if (!needs_quotes(v)) {
        ln_buf_add(out, v.p, v.n);
        return;
    }
    ln_buf_addc(out, '"');
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '"' || v.p[i] == '\\') {
            ln_buf_addc(out, '\\');
        }
        ln_buf_addc(out, v.p[i]);
    }
    ln_buf_addc(out, '"');
}

void
ln_config_value(const struct ln_config *c, int setting, const char *sep, struct ln_buf *out)
{
    const struct ln_setting *s = &ln_settings[setting];
    const void *field = (const char *)&c->opts + s->offset;
    const struct ln_list_opt *list = field;
    char number[32];

    switch (s->type) {
    case LN_OPT_STR:
        add_string(ln_str(*(char *const *)field), out);
        break;
    case LN_OPT_LIST:
        for (size_t i = 0; i < list->count; i++) {
            ln_buf_adds(out, i ? sep : "");
            ln_buf_adds(out, list->items[i]);
        }
        break;
    case LN_OPT_BOOL:
        ln_buf_adds(out, *(const bool *)field ? "on" : "off");
        break;
    case LN_OPT_INT:
    case LN_OPT_BYTES:
    case LN_OPT_MS:
        print_number(s->type, *(const int64_t *)field, number, sizeof(number));
        ln_buf_adds(out, number);
        break;
    }
}

/* ── layers ── */

static void
apply_defaults(struct ln_config *c)
{
    for (int i = 0; i < LN_SET_COUNT; i++) {
        if (ln_settings[i].type == LN_OPT_STR) {
            *(char **)field_of(c, i) = ln_strdup("");
        }
        set_origin(c, i, LN_LAYER_DEFAULT, "default");
        ln_config_set(c, i, LN_LAYER_DEFAULT, "default", ln_str(ln_settings[i].def));
    }
}

static void
apply_file(struct ln_config *c, const struct ln_config_flags *flags)
{
    const char *path = flags->config;

    if (!path) {
        path = getenv("LINNET_CONFIG");
    }
    if (path && *path) {
        ln_config_read_file(c, path);
    } else if (access(LN_CONFIG_PATH, F_OK) == 0) {
        ln_config_read_file(c, LN_CONFIG_PATH);
    }
}

static void
upper_name(const struct ln_setting *s, char *out, size_t n)
{
    snprintf(out, n, "LINNET_%s_%s", s->section, s->key);
    for (char *p = out; *p; p++) {
        if (*p >= 'a' && *p <= 'z') {
            *p = (char)(*p - 'a' + 'A');
        }
    }
}

static void
apply_value_file(struct ln_config *c, int setting, const char *var, const char *path)
{
    struct ln_buf text;
    struct ln_str v;
    int err = 0;

    if (!ln_config_slurp(path, &text, &err)) {
        ln_config_problem(c, "%s: %s: %s", var, path, strerror(err));
    } else {
        v = ln_buf_str(&text);
        while (v.n > 0 && (v.p[v.n - 1] == '\n' || v.p[v.n - 1] == '\r')) {
            v.n--;
        }
        ln_config_set(c, setting, LN_LAYER_ENV, var, v);
    }
    ln_buf_deinit(&text);
}

static void
apply_environment(struct ln_config *c)
{
    const char *short_dir = getenv("LINNET_DATA_DIR");
    char var[96];
    char file_var[104];

    if (short_dir && *short_dir) {
        ln_config_set(c, LN_SET_data_dir, LN_LAYER_ENV, "LINNET_DATA_DIR", ln_str(short_dir));
    }
    for (int i = 0; i < LN_SET_COUNT; i++) {
        const char *value;
        const char *path;

        upper_name(&ln_settings[i], var, sizeof(var));
        snprintf(file_var, sizeof(file_var), "%s_FILE", var);
        value = getenv(var);
        path = getenv(file_var);
        if (value && path) {
            ln_config_problem(c, "%s and %s are both set: keep one", var, file_var);
        } else if (value) {
            ln_config_set(c, i, LN_LAYER_ENV, var, ln_str(value));
        } else if (path) {
            apply_value_file(c, i, file_var, path);
        }
    }
}

/* Only a warning: whoever runs linnet in a cluster finds variables like LINNET_SERVER_PORT that
 * nobody meant as a setting. */
static void
warn_about_variable(struct ln_config *c, const char *entry)
{
    const char *eq = strchr(entry, '=');
    struct ln_str name = {entry, eq ? (size_t)(eq - entry) : strlen(entry)};
    char var[96];
    char file_var[104];
    bool in_section = false;

    for (size_t i = 0; i < LN_SET_COUNT; i++) {
        size_t prefix = strlen("LINNET_") + strlen(ln_settings[i].section) + 1;

        upper_name(&ln_settings[i], var, sizeof(var));
        snprintf(file_var, sizeof(file_var), "%s_FILE", var);
        if (ln_str_eq(name, ln_str(var)) || ln_str_eq(name, ln_str(file_var))) {
            return;
        }
        in_section = in_section || (name.n > prefix && memcmp(name.p, var, prefix) == 0);
    }
    if (in_section) {
        add_warning(c, "the environment variable %.*s is no setting and is ignored", (int)name.n,
                    name.p);
    }
}

static void
apply_flags(struct ln_config *c, const struct ln_config_flags *flags)
{
    if (flags->data_dir) {
        ln_config_set(c, LN_SET_data_dir, LN_LAYER_FLAG, "--data-dir", ln_str(flags->data_dir));
    }
    if (flags->base_url) {
        ln_config_set(c, LN_SET_base_url, LN_LAYER_FLAG, "--base-url", ln_str(flags->base_url));
    }
    for (size_t i = 0; i < flags->listen_count; i++) {
        ln_config_set(c, LN_SET_listen, LN_LAYER_FLAG, "--listen", ln_str(flags->listen[i]));
    }
}

/* ── computed values ── */

static void
compute_data_dir(struct ln_config *c)
{
    const char *state = getenv("STATE_DIRECTORY"); /* set by systemd; several are divided by ':' */
    const char *xdg = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    char path[4096];
    const char *where = "built in, for root";

    if (c->opts.data_dir[0] != '\0') {
        return;
    }
    if (state && *state) {
        snprintf(path, sizeof(path), "%.*s", (int)strcspn(state, ":"), state);
        where = "STATE_DIRECTORY";
    } else if (geteuid() == 0) {
        snprintf(path, sizeof(path), "/var/lib/linnet");
    } else if (xdg && xdg[0] == '/') {
        snprintf(path, sizeof(path), "%s/linnet", xdg);
        where = "XDG_DATA_HOME";
    } else if (home && *home) {
        snprintf(path, sizeof(path), "%s/.local/share/linnet", home);
        where = "HOME";
    } else {
        ln_config_problem(c, "storage.data_dir: no HOME to keep data in; give --data-dir");
        return;
    }
    ln_config_set(c, LN_SET_data_dir, LN_LAYER_COMPUTED, where, ln_str(path));
}

void
ln_config_url(const struct ln_options *opts, uint16_t port, char *out, size_t n)
{
    struct ln_addr addr;
    const char *scheme;

    snprintf(out, n, "%s", "");
    if (opts->listen.count == 0 || ln_addr_parse(opts->listen.items[0], &addr) != LN_OK) {
        return;
    }
    scheme = addr.tls ? "https" : "http";
    port = addr.port ? addr.port : port;
    if (addr.is_unix) {
        snprintf(out, n, "%s://localhost", scheme);
    } else if (port == (addr.tls ? 443 : 80)) {
        snprintf(out, n, "%s://localhost", scheme);
    } else if (port != 0) {
        snprintf(out, n, "%s://localhost:%u", scheme, (unsigned)port);
    }
}

static void
compute_base_url(struct ln_config *c)
{
    char url[512];
    size_t n = strlen(c->opts.base_url);

    if (n == 0) {
        ln_config_url(&c->opts, 0, url, sizeof(url));
        if (url[0]) {
            ln_config_set(c, LN_SET_base_url, LN_LAYER_COMPUTED, "server.listen", ln_str(url));
        }
        return;
    }
    while (n > 0 && c->opts.base_url[n - 1] == '/') {
        c->opts.base_url[--n] = '\0';
    }
}

/* ── checks across values ── */

static bool
is_origin(const char *url)
{
    const char *host = NULL;

    if (strncmp(url, "http://", 7) == 0) {
        host = url + 7;
    } else if (strncmp(url, "https://", 8) == 0) {
        host = url + 8;
    }
    return host && *host && strpbrk(host, "/?#@ ") == NULL;
}

static void
check_urls(struct ln_config *c)
{
    const struct ln_options *o = &c->opts;

    if (o->base_url[0] && !is_origin(o->base_url)) {
        ln_config_problem(c, "%s: server.base_url: \"%s\" must look like https://chat.example.org",
                          c->origin[LN_SET_base_url], o->base_url);
    }
    for (size_t i = 0; i < o->origins.count; i++) {
        if (!is_origin(o->origins.items[i])) {
            ln_config_problem(c,
                              "%s: server.origins: \"%s\" must look like https://chat.example.org",
                              c->origin[LN_SET_origins], o->origins.items[i]);
        }
    }
}

static void
check_listen(struct ln_config *c)
{
    const struct ln_options *o = &c->opts;
    const char *where = c->origin[LN_SET_listen];
    struct ln_addr addr;

    for (size_t i = 0; i < o->listen.count; i++) {
        if (ln_addr_parse(o->listen.items[i], &addr) != LN_OK) {
            ln_config_problem(c,
                              "%s: server.listen: \"%s\" is not an address; write HOST:PORT, "
                              "[::1]:PORT, unix:PATH or tls:HOST:PORT",
                              where, o->listen.items[i]);
        } else if (addr.tls && !o->tls_cert[0]) {
            ln_config_problem(c, "%s: server.listen: \"%s\" needs tls.cert and tls.key", where,
                              o->listen.items[i]);
        }
    }
}

static void
check_together(struct ln_config *c)
{
    const struct ln_options *o = &c->opts;

    if ((o->tls_cert[0] != '\0') != (o->tls_key[0] != '\0')) {
        ln_config_problem(c, "%s: tls.cert and tls.key are set together or not at all",
                          c->origin[o->tls_cert[0] ? LN_SET_tls_cert : LN_SET_tls_key]);
    }
    if (o->ttl_ms <= o->heartbeat_ms) {
        ln_config_problem(c, "%s: presence.ttl must be longer than presence.heartbeat",
                          c->origin[LN_SET_ttl_ms]);
    }
    if (o->out_hard_bytes < o->out_soft_bytes) {
        ln_config_problem(c, "%s: limits.out_hard must not be below limits.out_soft",
                          c->origin[LN_SET_out_hard_bytes]);
    }
    if (ln_log_level_parse(o->log_level) < 0) {
        ln_config_problem(c, "%s: log.level: \"%s\" is not one of error, warn, info, debug, trace",
                          c->origin[LN_SET_log_level], o->log_level);
    }
}

struct ln_config *
ln_config_load(const struct ln_config_flags *flags)
{
    struct ln_config *c = ln_zalloc(sizeof(*c));

    ln_buf_init(&c->problems, TEXT_MAX);
    ln_buf_init(&c->warnings, TEXT_MAX);
    apply_defaults(c);
    apply_file(c, flags);
    apply_environment(c);
    for (char **e = environ; e && *e; e++) {
        if (strncmp(*e, "LINNET_", 7) == 0) {
            warn_about_variable(c, *e);
        }
    }
    apply_flags(c, flags);
    compute_data_dir(c);
    compute_base_url(c);
    check_urls(c);
    check_listen(c);
    check_together(c);
    return c;
}

void
ln_config_destroy(struct ln_config **cp)
{
    struct ln_config *c = *cp;

    if (!c) {
        return;
    }
    for (int i = 0; i < LN_SET_COUNT; i++) {
        if (ln_settings[i].type == LN_OPT_STR) {
            free(*(char **)field_of(c, i));
        } else if (ln_settings[i].type == LN_OPT_LIST) {
            clear_list(field_of(c, i));
        }
        free(c->origin[i]);
    }
    free(c->file);
    ln_buf_deinit(&c->problems);
    ln_buf_deinit(&c->warnings);
    free(c);
    *cp = NULL;
}

/* ── conf/linnet.conf ── */

/* Every line stands as a comment: a setting that nobody touched then follows the built-in default
 * of the next version. */
void
ln_config_default_text(struct ln_buf *out)
{
    const char *section = "";

    ln_buf_adds(
        out, "# linnet.conf - every line is optional; the values shown are the defaults.\n"
             "# [section] key is LINNET_SECTION_KEY in the environment; LINNET_SECTION_KEY_FILE\n"
             "# names a file that holds the value. Sizes: 16K 50M. Durations: 500ms 30s 5m 7d.\n"
             "# Check with: linnet config check\n");
    for (size_t i = 0; i < LN_SET_COUNT; i++) {
        const struct ln_setting *s = &ln_settings[i];

        if (strcmp(section, s->section) != 0) {
            section = s->section;
            ln_buf_addf(out, "\n[%s]\n", section);
        }
        ln_buf_addf(out, "# %s%s\n", s->help, s->reloadable ? " (read again on SIGHUP)" : "");
        ln_buf_addf(out, s->def[0] ? "#%s = %s\n" : "#%s =%s\n", s->key, s->def);
    }
}
