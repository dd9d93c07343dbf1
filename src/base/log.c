/* SPDX-License-Identifier: MIT
 * log.c - one formatted line, one write(2).
 *
 * Lines up to PIPE_BUF bytes reach a pipe whole whoever else writes, so a line is never longer:
 * what does not fit is cut, and " cut=1" says so. A failing write is ignored, since there is no
 * other place to tell it.
 */
#include "linnet/base/log.h"

#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "linnet/base/clock.h"
#include "linnet/base/mem.h"

#define LINE_BYTES PIPE_BUF
#define CUT_MARK " cut=1"
#define TEXT_BYTES (LINE_BYTES - sizeof(CUT_MARK "\n"))

static const char *const level_names[] = {"error", "warn", "info", "debug", "trace"};

static atomic_int max_level = LN_INFO; /* relaxed: a level orders nothing */
static _Thread_local const char *thread_name = "main";

void
ln_log_level(enum ln_level max)
{
    atomic_store_explicit(&max_level, (int)max, memory_order_relaxed);
}

int
ln_log_level_parse(const char *name)
{
    for (size_t i = 0; i < LN_COUNT(level_names); i++) {
        if (strcmp(name, level_names[i]) == 0)
            return (int)i;
    }
    return -1;
}

void
ln_log_thread(const char *name)
{
    thread_name = name;
}

static size_t
write_head(char *line, enum ln_level level, const char *mod, const char *event)
{
    ln_ts now = ln_wall_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char when[32];
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    int n = snprintf(line, TEXT_BYTES, "ts=%s.%03dZ level=%s thread=%s mod=%s event=%s", when,
                     (int)(now % 1000), level_names[level], thread_name, mod, event);
    return n < 0 ? 0 : (size_t)n < TEXT_BYTES ? (size_t)n : TEXT_BYTES - 1;
}

/* Appends pairs to line with control characters as \xNN, so that nobody can forge a line.
 * Returns the new length; *cut where not all found room. */
static size_t
add_escaped(char *line, size_t n, const char *pairs, bool *cut)
{
    static const char digits[] = "0123456789abcdef";
    for (; *pairs; pairs++) {
        unsigned char c = (unsigned char)*pairs;
        bool is_control = c < 0x20 || c == 0x7f;
        if (n + (is_control ? 4 : 1) > TEXT_BYTES) {
            *cut = true;
            break;
        }
        if (is_control) {
            memcpy(line + n, (char[]){'\\', 'x', digits[c >> 4], digits[c & 15]}, 4);
            n += 4;
        } else {
            line[n++] = (char)c;
        }
    }
    return n;
}

void
ln_log(enum ln_level level, const char *mod, const char *event, const char *fmt, ...)
{
    if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed))
        return;
    char line[LINE_BYTES];
    size_t n = write_head(line, level, mod, event);
    if (fmt && n + 1 < TEXT_BYTES) {
        char pairs[LINE_BYTES];
        va_list ap;
        va_start(ap, fmt);
        int wanted = vsnprintf(pairs, sizeof pairs, fmt, ap);
        va_end(ap);
        bool cut = wanted >= (int)sizeof pairs;
        line[n++] = ' ';
        n = add_escaped(line, n, pairs, &cut);
        if (cut) {
            memcpy(line + n, CUT_MARK, sizeof CUT_MARK - 1);
            n += sizeof CUT_MARK - 1;
        }
    }
    line[n++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, n);
    (void)ignored;
}
