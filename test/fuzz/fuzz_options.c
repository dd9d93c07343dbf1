/* SPDX-License-Identifier: MIT
 * fuzz_options.c - the command line and the environment: understood, or a sentence says why not.
 *
 * Each line is a word of the command line; but one that begins with '=' is a variable: a byte that
 * chooses the setting, then its value.
 */
#include <unistd.h>

#include "fuzz.h"
#include "linnet/cli/command.h"
#include "linnet/cli/config.h"

#define WORDS 32
#define WORD_MAX 1024

static char words[WORDS][WORD_MAX];
static char *argv[WORDS + 1];
static int argc;

/* The variable of a setting, as config.h says. */
static void
variable_name(const struct ln_setting *s, char *out, size_t n)
{
    snprintf(out, n, "LINNET_%s_%s", s->section, s->key);
    for (char *p = out; *p; p++) {
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
    }
}

static void
take_line(const char *line, size_t n)
{
    char name[128];
    if (argc == WORDS) {
        return;
    }
    char *word = words[argc];
    n = n < WORD_MAX ? n : WORD_MAX - 1;
    memcpy(word, line, n);
    word[n] = '\0';
    if (word[0] == '=' && word[1]) {
        variable_name(&ln_settings[(uint8_t)word[1] % LN_SET_COUNT], name, sizeof name);
        setenv(name, word + 2, 1);
    } else {
        argv[argc++] = word;
    }
}

static void
clear_environment(void)
{
    char name[128];
    for (int i = 0; i < LN_SET_COUNT; i++) {
        variable_name(&ln_settings[i], name, sizeof name);
        unsetenv(name);
    }
}

static void
check_parsed(const struct ln_parsed *p, bool good, const char *why)
{
    FUZZ_CHECK(good || why[0]);
    bool asks = ln_has_flag(p, "help") || ln_has_flag(p, "version"); /* then nothing is missing */
    FUZZ_CHECK(!p->command || !good || asks ||
               (p->arg_count >= p->command->min_args && p->arg_count <= p->command->max_args));
    for (size_t i = 0; i < p->given_count && good; i++) {
        FUZZ_CHECK(!p->given[i].value == !p->given[i].flag->arg);
    }
}

static void
check_settings(const struct ln_config *c)
{
    FUZZ_CHECK((c->problem_count == 0) == (c->problems.n == 0));
    for (int i = 0; i < LN_SET_COUNT && c->problem_count == 0; i++) {
        const struct ln_setting *s = &ln_settings[i];
        const void *at = (const char *)&c->opts + s->offset;
        if (s->type == LN_OPT_INT || s->type == LN_OPT_BYTES || s->type == LN_OPT_MS) {
            FUZZ_CHECK(*(const int64_t *)at >= s->min && *(const int64_t *)at <= s->max);
        } else if (s->type == LN_OPT_LIST) {
            FUZZ_CHECK(((const struct ln_list_opt *)at)->count <= LN_LIST_MAX);
        } else if (s->type == LN_OPT_STR) {
            FUZZ_CHECK(strlen(*(char *const *)at) <= (size_t)s->max);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char program[] = "linnet";
    struct ln_parsed p;
    char why[512] = "";
    argc = 0;
    argv[argc++] = program;
    for (size_t at = 0; at < n;) {
        const uint8_t *end = memchr(data + at, '\n', n - at);
        size_t line = end ? (size_t)(end - data) - at : n - at;
        take_line((const char *)data + at, line);
        at += line + 1;
    }
    argv[argc] = NULL;
    bool good = ln_parse(argc, argv, &p, why, sizeof why) == LN_OK;
    check_parsed(&p, good, why);
    const char *listen[WORDS], *v;
    struct ln_config_flags flags = {.config = "/dev/null",
                                    .data_dir = ln_flag_value(&p, "data-dir"),
                                    .base_url = ln_flag_value(&p, "base-url"),
                                    .listen = listen};
    for (size_t i = 0; (v = ln_flag_each(&p, "listen", &i));) {
        listen[flags.listen_count++] = v;
    }
    struct ln_config *c = ln_config_load(&flags);
    check_settings(c);
    ln_config_destroy(&c);
    ln_parsed_deinit(&p);
    clear_environment();
    return 0;
}
