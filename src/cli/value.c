/* SPDX-License-Identifier: MIT
 * value.c - sizes, durations and times as people write them.
 *
 * A number is decimal digits; a unit follows without a space. Units are tables, so that reading and
 * printing cannot disagree.
 */
#include "linnet/cli/value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "linnet/base/mem.h"

struct unit {
    const char *name;
    int64_t factor;
};

/* clang-format off */
static const struct unit byte_units[] = {
    {"G", 1024 * 1024 * 1024}, {"M", 1024 * 1024}, {"K", 1024}, {"", 1},
};
static const struct unit ms_units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};
/* clang-format on */

static size_t
count_digits(struct ln_str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9') {
        n++;
    }
    return n;
}

static enum ln_err
parse_units(struct ln_str s, const struct unit *units, size_t count, int64_t *out)
{
    size_t digits = count_digits(s);
    struct ln_str rest = {s.p + digits, s.n - digits};
    unsigned long long number;
    int64_t v;

    if (!ln_str_u64((struct ln_str){s.p, digits}, INT64_MAX, &number)) {
        return LN_EBADMSG;
    }
    for (size_t i = 0; i < count; i++) {
        if (ln_str_ieq(rest, ln_str(units[i].name))) {
            if (__builtin_mul_overflow((int64_t)number, units[i].factor, &v)) {
                return LN_EBADMSG;
            }
            *out = v;
            return LN_OK;
        }
    }
    return LN_EBADMSG;
}

enum ln_err
ln_value_int(struct ln_str s, int64_t *out)
{
    unsigned long long v;

    if (!ln_str_u64(s, INT64_MAX, &v)) {
        return LN_EBADMSG;
    }
    *out = (int64_t)v;
    return LN_OK;
}

enum ln_err
ln_value_bytes(struct ln_str s, int64_t *out)
{
    return parse_units(s, byte_units, LN_COUNT(byte_units), out);
}

enum ln_err
ln_value_ms(struct ln_str s, int64_t *out)
{
    if (ln_str_eq(s, LN_STR("0"))) {
        *out = 0;
        return LN_OK;
    }
    return parse_units(s, ms_units, LN_COUNT(ms_units), out);
}

enum ln_err
ln_value_bool(struct ln_str s, bool *out)
{
    static const char *const yes[] = {"on", "yes", "true", "1"};
    static const char *const no[] = {"off", "no", "false", "0"};

    for (size_t i = 0; i < LN_COUNT(yes); i++) {
        if (ln_str_ieq(s, ln_str(yes[i]))) {
            *out = true;
            return LN_OK;
        }
        if (ln_str_ieq(s, ln_str(no[i]))) {
            *out = false;
            return LN_OK;
        }
    }
    return LN_EBADMSG;
}

static void
print_units(int64_t v, const struct unit *units, size_t count, char *out, size_t n)
{
    for (size_t i = 0; i < count; i++) {
        if (v != 0 && v % units[i].factor == 0) {
            snprintf(out, n, "%lld%s", (long long)(v / units[i].factor), units[i].name);
            return;
        }
    }
    snprintf(out, n, "0");
}

void
ln_value_print_bytes(int64_t bytes, char *out, size_t n)
{
    print_units(bytes, byte_units, LN_COUNT(byte_units), out, n);
}

void
ln_value_print_ms(int64_t ms, char *out, size_t n)
{
    print_units(ms, ms_units, LN_COUNT(ms_units), out, n);
}

void
ln_value_print_size(int64_t bytes, char *out, size_t n)
{
    static const char *const names[] = {"B", "KB", "MB", "GB", "TB"};
    double v = (double)bytes;
    size_t i = 0;

    while (v >= 1024 && i + 1 < LN_COUNT(names)) {
        v /= 1024;
        i++;
    }
    snprintf(out, n, i == 0 ? "%.0f %s" : "%.1f %s", v, names[i]);
}

void
ln_value_print_span(int64_t ms, char *out, size_t n)
{
    const size_t count = LN_COUNT(ms_units);

    for (size_t i = 0; i + 1 < count; i++) {
        int64_t whole = ms / ms_units[i].factor;
        int64_t rest = ms % ms_units[i].factor / ms_units[i + 1].factor;

        if (whole == 0) {
            continue;
        }
        if (rest == 0 || i + 2 == count) {
            snprintf(out, n, "%lld%s", (long long)whole, ms_units[i].name);
        } else {
            snprintf(out, n, "%lld%s %lld%s", (long long)whole, ms_units[i].name, (long long)rest,
                     ms_units[i + 1].name);
        }
        return;
    }
    snprintf(out, n, "%lldms", (long long)ms);
}

void
ln_value_print_time(int64_t ts_ms, char *out, size_t n)
{
    time_t t = (time_t)(ts_ms / 1000);
    struct tm tm;

    if (ts_ms <= 0 || !gmtime_r(&t, &tm) || strftime(out, n, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        snprintf(out, n, "-");
    }
}

#define WORD_MAX 48

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

/* Optimal string alignment, three rows of the matrix at a time. Words longer than WORD_MAX are
 * never near anything. */
unsigned
ln_word_distance(const char *a, const char *b)
{
    unsigned rows[3][WORD_MAX + 1];
    size_t na = strlen(a);
    size_t nb = strlen(b);

    if (na > WORD_MAX || nb > WORD_MAX) {
        return WORD_MAX;
    }
    for (size_t j = 0; j <= nb; j++) {
        rows[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= na; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *prev = rows[(i + 2) % 3];
        const unsigned *before = rows[(i + 1) % 3];

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned replace = prev[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);

            now[j] = min3(prev[j] + 1, now[j - 1] + 1, replace);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < now[j]) {
                now[j] = before[j - 2] + 1;
            }
        }
    }
    return rows[na % 3][nb];
}
