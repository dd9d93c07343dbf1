/* SPDX-License-Identifier: MIT
 * check_reactions.c - reactions as text: put in, taken out, full; and against a plain table under
 * random changes (SEED=… repeats).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "linnet/base/hash.h"
#include "linnet/base/mem.h"
#include "linnet/model/entry.h"

/* clang-format off */
static const struct row {
    const char *before, *emoji;
    ln_user_id user;
    bool on;
    const char *after; /* NULL: nothing changes */
} rows[] = {
    {"", "👍", 5, true, "{\"👍\":[5]}"},
    {"", "👍", 5, false, NULL},
    {"{\"👍\":[5]}", "👍", 5, true, NULL},
    {"{\"👍\":[5]}", "👍", 5, false, ""},
    {"{\"👍\":[5]}", "👍", 6, false, NULL},
    {"{\"👍\":[5]}", "👍", 6, true, "{\"👍\":[5,6]}"},
    {"{\"👍\":[5]}", "👍", 4, true, "{\"👍\":[4,5]}"},
    {"{\"👍\":[4,6]}", "👍", 5, true, "{\"👍\":[4,5,6]}"},
    {"{\"👍\":[4,5,6]}", "👍", 4, false, "{\"👍\":[5,6]}"},
    {"{\"👍\":[4,5,6]}", "👍", 5, false, "{\"👍\":[4,6]}"},
    {"{\"👍\":[4,5,6]}", "👍", 6, false, "{\"👍\":[4,5]}"},
    {"{\"👍\":[5]}", "🎉", 5, true, "{\"👍\":[5],\"🎉\":[5]}"},
    {"{\"👍\":[5]}", "🎉", 5, false, NULL},
    {"{\"👍\":[5],\"🎉\":[5]}", "👍", 5, false, "{\"🎉\":[5]}"},
    {"{\"👍\":[5],\"🎉\":[5]}", "🎉", 5, false, "{\"👍\":[5]}"},
    {"{\"a\":[1],\"b\":[1],\"c\":[1]}", "b", 1, false, "{\"a\":[1],\"c\":[1]}"},
    {"{\"a\":[1],\"b\":[1],\"c\":[1]}", "b", 2, true, "{\"a\":[1],\"b\":[1,2],\"c\":[1]}"},
    {"{\"a\":[1]}", "aa", 1, true, "{\"a\":[1],\"aa\":[1]}"},
    {"{\"aa\":[1]}", "a", 1, true, "{\"aa\":[1],\"a\":[1]}"},
    /* keys that need escapes, brackets and braces in them */
    {"", "\"", 1, true, "{\"\\\"\":[1]}"},
    {"{\"\\\"\":[1]}", "\"", 2, true, "{\"\\\"\":[1,2]}"},
    {"{\"\\\\\":[1]}", "\\", 1, false, ""},
    {"{\"\\\\\":[1],\"]\":[2],\"}\":[3]}", "}", 4, true, "{\"\\\\\":[1],\"]\":[2],\"}\":[3,4]}"},
    {"{\"]\":[2],\"}\":[3]}", "]", 2, false, "{\"}\":[3]}"},
    {"{\"x\":[2147483646]}", "x", 2147483647, true, "{\"x\":[2147483646,2147483647]}"},
    {"{\"x\":[2]}", "x", 21, true, "{\"x\":[2,21]}"},
    {"{\"x\":[21]}", "x", 2, true, "{\"x\":[2,21]}"},
    {"{\"x\":[21]}", "x", 2, false, NULL},
};
/* clang-format on */

START_TEST(changes_by_table)
{
    struct ln_buf out;
    bool full;
    ln_buf_init(&out, 4096);
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct ln_str before = r->before[0] ? ln_str(r->before) : (struct ln_str){NULL, 0};
        ln_buf_clear(&out);
        bool changed = ln_reactions_change(before, ln_str(r->emoji), r->user, r->on, &out, &full);
        ck_assert_msg(changed == (r->after != NULL), "row %zu", i);
        ck_assert(!full);
        ck_assert_str_eq(ln_buf_cstr(&out), r->after ? r->after : "");
    }
    ln_buf_deinit(&out);
}
END_TEST

static void
fill(struct ln_buf *text, unsigned kinds)
{
    ln_buf_clear(text);
    for (unsigned i = 0; i < kinds; i++)
        ln_buf_addf(text, "%s\"e%u\":[1]", i ? "," : "{", i);
    ln_buf_addc(text, '}');
}

START_TEST(no_more_than_the_maximum_of_kinds)
{
    struct ln_buf text, out;
    bool full;
    ln_buf_init(&text, 8192);
    ln_buf_init(&out, 8192);
    fill(&text, LN_REACTIONS_MAX - 1);
    ck_assert(ln_reactions_change(ln_buf_str(&text), LN_STR("new"), 2, true, &out, &full));
    ck_assert(!full);
    fill(&text, LN_REACTIONS_MAX);
    ln_buf_clear(&out);
    ck_assert(!ln_reactions_change(ln_buf_str(&text), LN_STR("new"), 2, true, &out, &full));
    ck_assert(full);
    ck_assert_uint_eq(out.n, 0);
    /* one that is there already takes more people, and lets them go */
    ck_assert(ln_reactions_change(ln_buf_str(&text), LN_STR("e3"), 2, true, &out, &full));
    ck_assert(!full);
    ln_buf_clear(&out);
    ck_assert(ln_reactions_change(ln_buf_str(&text), LN_STR("e3"), 1, false, &out, &full));
    ck_assert(!ln_reactions_change(ln_buf_str(&text), LN_STR("new"), 2, false, &out, &full));
    ck_assert(!full);
    ln_buf_deinit(&text);
    ln_buf_deinit(&out);
}
END_TEST

START_TEST(text_that_would_not_fit_is_full)
{
    struct ln_buf out;
    bool full;
    ln_buf_init(&out, 12);
    ck_assert(!ln_reactions_change(LN_STR("{\"x\":[2000]}"), LN_STR("x"), 1, true, &out, &full));
    ck_assert(full);
    ck_assert_uint_eq(out.n, 0);
    ln_buf_deinit(&out);
}
END_TEST

static uint64_t
read_seed(void)
{
    const char *text = getenv("SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

#define KINDS 6
#define PEOPLE 12

static const char *const emoji[KINDS] = {"👍", "\"", "\\", "]", "a,b", "}"};

/* The text as the table says, with its kinds in the order in which they came. */
static void
print_model(struct ln_buf *b, bool (*on)[PEOPLE], const int *order, int n)
{
    ln_buf_clear(b);
    for (int i = 0; i < n; i++) {
        const char *comma = "";
        ln_buf_adds(b, i ? "," : "{");
        ln_buf_add_json(b, ln_str(emoji[order[i]]));
        ln_buf_adds(b, ":[");
        for (unsigned u = 0; u < PEOPLE; u++) {
            if (on[order[i]][u]) {
                ln_buf_addf(b, "%s%u", comma, u * 7 + 1);
                comma = ",";
            }
        }
        ln_buf_addc(b, ']');
    }
    ln_buf_adds(b, n ? "}" : "");
}

START_TEST(random_changes_match_a_table)
{
    uint64_t state = read_seed();
    bool on[KINDS][PEOPLE] = {{false}};
    int order[KINDS], n = 0;
    struct ln_buf text, out, expected;
    ln_buf_init(&text, 8192);
    ln_buf_init(&out, 8192);
    ln_buf_init(&expected, 8192);
    for (int step = 0; step < 20000; step++) {
        state = ln_hash_mix(state + 0x9e3779b97f4a7c15u);
        int k = (int)(state >> 8) % KINDS;
        k = k < 0 ? -k : k;
        unsigned u = (unsigned)(state >> 40) % PEOPLE;
        bool want = (state >> 60) % 16 < (unsigned)(step % 2000 < 1000 ? 10 : 4), full;
        int at = 0, people = 0;
        bool expect = on[k][u] != want;
        ln_buf_clear(&out);
        ck_assert_int_eq(
            ln_reactions_change(ln_buf_str(&text), ln_str(emoji[k]), u * 7 + 1, want, &out, &full),
            expect);
        if (!expect)
            continue;
        on[k][u] = want;
        while (at < n && order[at] != k)
            at++;
        for (unsigned i = 0; i < PEOPLE; i++)
            people += on[k][i];
        if (at == n)
            order[n++] = k;
        else if (people == 0)
            memmove(&order[at], &order[at + 1], (size_t)(--n - at) * sizeof order[0]);
        print_model(&expected, on, order, n);
        ck_assert_str_eq(ln_buf_cstr(&out), ln_buf_cstr(&expected));
        ln_buf_clear(&text);
        ln_buf_add(&text, out.p, out.n);
    }
    ln_buf_deinit(&text);
    ln_buf_deinit(&out);
    ln_buf_deinit(&expected);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reactions");
    TCase *tc = tcase_create("reactions");
    tcase_add_test(tc, changes_by_table);
    tcase_add_test(tc, no_more_than_the_maximum_of_kinds);
    tcase_add_test(tc, text_that_would_not_fit_is_full);
    tcase_add_test(tc, random_changes_match_a_table);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
