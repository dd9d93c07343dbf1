/* SPDX-License-Identifier: MIT
 * check_embed.c - the tables built into the binary: sorted, terminated, equal to the files.
 *
 * The files are found from the working folder; run elsewhere, only the shape is checked.
 */
#include "linnet/base/embed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"

static void
compare_with_file(const char *folder, const struct ln_embed *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, e->name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return;
    unsigned char *content = ln_alloc(e->n + 1);
    ck_assert_uint_eq(fread(content, 1, e->n + 1, f), e->n);
    ck_assert(memcmp(content, e->data, e->n) == 0);
    free(content);
    fclose(f);
}

static void
check_table(const char *folder, const struct ln_embed *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_nonnull(table[i].name);
        ck_assert_uint_eq(table[i].data[table[i].n], 0);
        if (i > 0)
            ck_assert_int_lt(strcmp(table[i - 1].name, table[i].name), 0);
        compare_with_file(folder, &table[i]);
    }
    ck_assert_ptr_null(table[count].name);
}

START_TEST(migrations)
{
    check_table("migrations", ln_embed_migrations, ln_embed_migrations_count);
}
END_TEST

START_TEST(page)
{
    check_table(getenv("WEB") && strcmp(getenv("WEB"), "0") == 0 ? "src/web/without" : "build/web",
                ln_embed_page, ln_embed_page_count);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("embed");
    TCase *tc = tcase_create("embed");
    tcase_add_test(tc, migrations);
    tcase_add_test(tc, page);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
