/* SPDX-License-Identifier: MIT
 * config.h - the settings of this process: built-in < file < environment < flags.
 *
 * Every setting of LN_OPTIONS is `key = value` under `[section]` in the file, LINNET_SECTION_KEY in
 * the environment, or read from the file that LINNET_SECTION_KEY_FILE names.
 *
 * Thread:  main's.
 * Owns:    everything inside struct ln_config.
 * Fails:   what is wrong is collected in `problems`, one line each, so that all can be shown at
 * once.
 */
#ifndef LINNET_CLI_CONFIG_H
#define LINNET_CLI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linnet/base/buf.h"
#include "linnet/base/options.h"

#define LN_CONFIG_PATH "/etc/linnet/linnet.conf" /* read where it exists and no other is named */

enum ln_setting_id {
#define X(section, key, field, type, def, min, max, reload, help) LN_SET_##field,
    LN_OPTIONS(X)
#undef X
        LN_SET_COUNT
};

struct ln_setting {
    const char *section;
    const char *key;
    enum ln_opt_type type;
    size_t offset; /* of its field in struct ln_options */
    const char *def;
    int64_t min;
    int64_t max;
    bool reloadable;
    const char *help;
};

extern const struct ln_setting ln_settings[LN_SET_COUNT];

/* Which layer a value is from; higher wins. COMPUTED: no layer gave one, see finish in config.c. */
enum ln_layer { LN_LAYER_DEFAULT, LN_LAYER_COMPUTED, LN_LAYER_FILE, LN_LAYER_ENV, LN_LAYER_FLAG };

/* All may be NULL or 0; borrowed for the call. */
struct ln_config_flags {
    const char *config;
    const char *data_dir;
    const char *base_url;
    const char *const *listen;
    size_t listen_count;
};

struct ln_config {
    struct ln_options opts;
    enum ln_layer layer[LN_SET_COUNT];
    char
        *origin[LN_SET_COUNT]; /* "default", "/etc/linnet/linnet.conf:12", "LINNET_…", "--listen" */
    char *file;                /* the file read, or NULL */
    struct ln_buf problems;    /* lines; the configuration is unusable unless empty */
    struct ln_buf warnings;    /* lines; usable all the same */
    unsigned problem_count;
};

struct ln_config *ln_config_load(const struct ln_config_flags *flags); /* never NULL */
void ln_config_destroy(struct ln_config **c);

/* "section.key", or "key" where only one section has it; -1 where unknown. */
int ln_setting_find(const char *name);
/* The near-by name to suggest, or NULL. section NULL: answers a section's name for key. */
const char *ln_setting_suggest(const char *section, const char *key);

/* Appends the value as the file would hold it; the items of a list separated by sep. */
void ln_config_value(const struct ln_config *c, int setting, const char *sep, struct ln_buf *out);
/* Appends the text of conf/linnet.conf. */
void ln_config_default_text(struct ln_buf *out);

/* The URL of the first listen address as a person on this machine reaches it; port: in the place of
 * a port 0, or 0. An empty string where the port is not known. */
void ln_config_url(const struct ln_options *opts, uint16_t port, char *out, size_t n);

#endif
