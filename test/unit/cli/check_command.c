/* SPDX-License-Identifier: MIT
 * check_command.c - the table of commands is sound, lines are parsed, texts are made from it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/cli/command.h"

#define ARGS_MAX 12

static struct ln_parsed parsed;
static char why[256];

/* What parsed borrows; freed with it. */
static char *line[ARGS_MAX];
static int line_count;

static void
teardown(void)
{
    ln_parsed_deinit(&parsed);
    while (line_count > 0) {
        free(line[--line_count]);
    }
}

static enum ln_err
parse(const char *const *words)
{
    teardown();
    why[0] = '\0';
    line[line_count++] = ln_strdup("linnet");
    for (size_t i = 0; words[i]; i++) {
        ck_assert_int_lt(line_count, ARGS_MAX);
        line[line_count++] = ln_strdup(words[i]);
    }
    return ln_parse(line_count, line, &parsed, why, sizeof(why));
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

START_TEST(the_table_is_sound)
{
    const struct ln_command *c = &ln_commands[_i];
    bool in_overview = false;

    ck_assert_ptr_nonnull(c->name);
    ck_assert_ptr_eq(ln_command_find(c->name), c);
    ck_assert_uint_le(c->min_args, c->max_args);
    ck_assert(c->summary[strlen(c->summary) - 1] != '.');
    ck_assert_ptr_nonnull(strstr(c->example, "linnet"));
    for (size_t i = 0; ln_groups[i].name; i++) {
        if (ln_command_in_group(c, ln_groups[i].name)) {
            in_overview = true;
            ck_assert(strchr(c->name, ' ') ? ln_groups[i].summary != NULL
                                           : ln_groups[i].summary == NULL);
        }
    }
    ck_assert(in_overview);
    for (const struct ln_flag *f = c->flags; f->name; f++) {
        for (const struct ln_flag *g = ln_global_flags; g->name; g++) {
            ck_assert_str_ne(f->name, g->name);
            ck_assert(f->letter == 0 || f->letter != g->letter);
        }
    }
}
END_TEST

START_TEST(globals_stand_anywhere)
{
    ck_assert_int_eq(
        PARSE("-jd", "/x", "user", "--quiet", "create", "-v", "ana", "--display=Ana L"), LN_OK);
    ck_assert_ptr_eq(parsed.command, &ln_commands[LN_CMD_USER_CREATE]);
    ck_assert_str_eq(ln_flag_value(&parsed, "data-dir"), "/x");
    ck_assert(ln_has_flag(&parsed, "json"));
    ck_assert(ln_has_flag(&parsed, "quiet"));
    ck_assert(ln_has_flag(&parsed, "verbose"));
    ck_assert(!ln_has_flag(&parsed, "yes"));
    ck_assert_str_eq(ln_flag_value(&parsed, "display"), "Ana L");
    ck_assert_uint_eq(parsed.arg_count, 1);
    ck_assert_str_eq(parsed.args[0], "ana");
}
END_TEST

START_TEST(values_take_all_forms)
{
    ck_assert_int_eq(PARSE("-c/etc/x", "man", "-o", "dir"), LN_OK);
    ck_assert_str_eq(ln_flag_value(&parsed, "config"), "/etc/x");
    ck_assert_str_eq(ln_flag_value(&parsed, "output"), "dir");
    ck_assert_int_eq(PARSE("say", "--as=bot", "12", "--", "--text"), LN_OK);
    ck_assert_str_eq(parsed.args[1], "--text");
    ck_assert_int_eq(PARSE("say", "12", "-", "--as", "bot"), LN_OK);
    ck_assert_str_eq(parsed.args[1], "-");
    ck_assert_int_eq(PARSE("user", "create", "ana", "--display="), LN_OK);
    ck_assert_str_eq(ln_flag_value(&parsed, "display"), "");
}
END_TEST

START_TEST(repeatable_flags_keep_their_order)
{
    size_t pos = 0;

    ck_assert_int_eq(PARSE("serve", "--listen", "a", "--base-url", "u", "--listen", "b"), LN_OK);
    ck_assert_str_eq(ln_flag_each(&parsed, "listen", &pos), "a");
    ck_assert_str_eq(ln_flag_each(&parsed, "listen", &pos), "b");
    ck_assert_ptr_null(ln_flag_each(&parsed, "listen", &pos));
}
END_TEST

START_TEST(a_group_alone_is_remembered)
{
    ck_assert_int_eq(PARSE("user"), LN_OK);
    ck_assert_ptr_null(parsed.command);
    ck_assert_str_eq(parsed.group, "user");
    ck_assert_int_eq(PARSE("--json"), LN_OK);
    ck_assert_ptr_null(parsed.command);
    ck_assert_ptr_null(parsed.group);
    ck_assert_int_eq(PARSE("user", "show", "--help"), LN_OK); /* help needs no NAME */
    ck_assert_ptr_eq(parsed.command, &ln_commands[LN_CMD_USER_SHOW]);
}
END_TEST

static const struct {
    const char *words[6];
    const char *why;
} refusals[] = {
    {{"usr"}, "unknown command \"usr\", did you mean \"user\"?"},
    {{"xyzzy"}, "unknown command \"xyzzy\""},
    {{"user", "lst"}, "unknown command \"user lst\", did you mean \"list\"?"},
    {{"status", "--jsn"}, "unknown option \"--jsn\", did you mean \"--json\"?"},
    {{"--listen", "x", "serve"}, "unknown option \"--listen\""}, /* before its command */
    {{"status", "-x"}, "unknown option \"-x\""},
    {{"status", "-c"}, "--config needs FILE"},
    {{"status", "--json=1"}, "--json takes no value"},
    {{"status", "-d", "a", "-d", "b"}, "--data-dir is given twice"},
    {{"user", "show"}, "user show needs NAME"},
    {{"user", "show", "a", "b"}, "user show: unexpected argument \"b\""},
    {{"chat", "add", "1"}, "chat add needs CHAT NAME..."},
};

START_TEST(mistakes_are_named)
{
    ck_assert_int_eq(parse(refusals[_i].words), LN_EBADMSG);
    ck_assert_str_eq(why, refusals[_i].why);
}
END_TEST

START_TEST(help_names_what_there_is)
{
    struct ln_buf text;

    ln_buf_init(&text, 1 << 20);
    ln_help_command(&ln_commands[_i], &text);
    ck_assert(!text.overflow);
    ck_assert_ptr_nonnull(strstr(ln_buf_cstr(&text), ln_commands[_i].name));
    for (const struct ln_flag *f = ln_commands[_i].flags; f->name; f++) {
        ck_assert_ptr_nonnull(strstr(ln_buf_cstr(&text), f->help));
    }
    ln_buf_deinit(&text);
}
END_TEST

START_TEST(man_pages_have_their_parts)
{
    static const char *const parts[] = {".TH ", ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION"};
    struct ln_buf text;

    for (size_t i = 0; i == 0 || ln_groups[i - 1].name; i++) {
        ln_buf_init(&text, 1 << 20);
        ln_man_page(i == 0 ? NULL : ln_groups[i - 1].name, &text);
        for (size_t k = 0; k < LN_COUNT(parts); k++) {
            ck_assert_ptr_nonnull(strstr(ln_buf_cstr(&text), parts[k]));
        }
        ck_assert(i > 0 || strstr(ln_buf_cstr(&text), "[server] listen"));
        ck_assert(!text.overflow);
        ln_buf_deinit(&text);
    }
}
END_TEST

START_TEST(completions_name_every_flag)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    const char *shell = shells[_i];
    struct ln_buf text;

    ln_buf_init(&text, 1 << 20);
    ck_assert_int_eq(ln_completion(shell, &text), LN_OK);
    for (size_t i = 0; i < LN_CMD_COUNT; i++) {
        const char *space = strchr(ln_commands[i].name, ' ');

        ck_assert_ptr_nonnull(strstr(ln_buf_cstr(&text), space ? space + 1 : ln_commands[i].name));
        for (const struct ln_flag *f = ln_commands[i].flags; f->name; f++) {
            ck_assert_ptr_nonnull(strstr(ln_buf_cstr(&text), f->name));
        }
    }
    ck_assert_int_eq(ln_completion("tcsh", &text), LN_ENOTFOUND);
    ln_buf_deinit(&text);
}
END_TEST

int
main(void)
{
    Suite *s = suite_create("command");
    TCase *tc = tcase_create("command");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_loop_test(tc, the_table_is_sound, 0, LN_CMD_COUNT);
    tcase_add_test(tc, globals_stand_anywhere);
    tcase_add_test(tc, values_take_all_forms);
    tcase_add_test(tc, repeatable_flags_keep_their_order);
    tcase_add_test(tc, a_group_alone_is_remembered);
    tcase_add_loop_test(tc, mistakes_are_named, 0, (int)LN_COUNT(refusals));
    tcase_add_loop_test(tc, help_names_what_there_is, 0, LN_CMD_COUNT);
    tcase_add_test(tc, man_pages_have_their_parts);
    tcase_add_loop_test(tc, completions_name_every_flag, 0, 3);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
