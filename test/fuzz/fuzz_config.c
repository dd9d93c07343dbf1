/* SPDX-License-Identifier: MIT
 * fuzz_config.c - the configuration file: usable, or a sentence about each thing that is wrong.
 *
 * What was read, written out again as the file would hold it, reads as the same.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "linnet/cli/config.h"

/* The settings of a file with these bytes. */
static struct ln_config *
load(const void *p, size_t n)
{
    char path[64];
    int fd = memfd_create("linnet.conf", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, p, n) == (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct ln_config *c = ln_config_load(&(struct ln_config_flags){.config = path});
    close(fd);
    return c;
}

static void
write_back(struct ln_buf *out, const struct ln_config *c)
{
    for (int i = 0; i < LN_SET_COUNT; i++) {
        if (c->layer[i] != LN_LAYER_FILE) {
            continue;
        }
        ln_buf_addf(out, "[%s]\n", ln_settings[i].section);
        if (ln_settings[i].type == LN_OPT_LIST) {
            const struct ln_list_opt *l =
                (const void *)((const char *)&c->opts + ln_settings[i].offset);
            if (l->count == 0) {
                ln_buf_addf(out, "%s =\n", ln_settings[i].key);
            }
            for (size_t k = 0; k < l->count; k++) {
                ln_buf_addf(out, "%s = %s\n", ln_settings[i].key, l->items[k]);
            }
            continue;
        }
        ln_buf_addf(out, "%s = ", ln_settings[i].key);
        ln_config_value(c, i, ",", out);
        ln_buf_addc(out, '\n');
    }
}

static void
check_same(const struct ln_config *a, const struct ln_config *b)
{
    struct ln_buf x, y;
    FUZZ_CHECK(b->problem_count == 0);
    ln_buf_init(&x, 1u << 20);
    ln_buf_init(&y, 1u << 20);
    for (int i = 0; i < LN_SET_COUNT; i++) {
        ln_config_value(a, i, "\n", &x);
        ln_config_value(b, i, "\n", &y);
    }
    FUZZ_CHECK(ln_str_eq(ln_buf_str(&x), ln_buf_str(&y)));
    ln_buf_deinit(&x);
    ln_buf_deinit(&y);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct ln_config *c = load(data, n);
    struct ln_buf text;
    FUZZ_CHECK((c->problem_count == 0) == (c->problems.n == 0));
    ln_buf_init(&text, 1u << 20);
    if (c->problem_count == 0) {
        write_back(&text, c);
        struct ln_config *again = load(text.p ? text.p : "", text.n);
        check_same(c, again);
        ln_config_destroy(&again);
    }
    ln_buf_deinit(&text);
    ln_config_destroy(&c);
    return 0;
}
