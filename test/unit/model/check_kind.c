/* SPDX-License-Identifier: MIT
 * check_kind.c - words to numbers and back; the numbers are in databases, so they are written down
 * here a second time.
 */
#include "linnet/model/kind.h"

#include <check.h>

#include "linnet/base/mem.h"

typedef const char *name_fn(unsigned no);
typedef unsigned number_fn(struct ln_str word);

/* clang-format off */
static const struct row {
    const char *what;
    name_fn *name;
    number_fn *number; /* NULL: nobody sends this word */
    unsigned no;
    const char *wire;
} rows[] = {
    {"kind", ln_kind_name, NULL, LN_KIND_MESSAGE, "message"},
    {"kind", ln_kind_name, NULL, 1, "message"},
    {"kind", ln_kind_name, NULL, 2, "edit"},
    {"kind", ln_kind_name, NULL, 3, "delete"},
    {"kind", ln_kind_name, NULL, 4, "react"},
    {"kind", ln_kind_name, NULL, 5, "pin"},
    {"kind", ln_kind_name, NULL, 6, "join"},
    {"kind", ln_kind_name, NULL, 7, "leave"},
    {"kind", ln_kind_name, NULL, 8, "role"},
    {"kind", ln_kind_name, NULL, 9, "title"},
    {"kind", ln_kind_name, NULL, 10, "topic"},
    {"kind", ln_kind_name, NULL, 11, "archive"},
    {"chat kind", ln_chat_kind_name, ln_chat_kind_of, 1, "direct"},
    {"chat kind", ln_chat_kind_name, ln_chat_kind_of, 2, "group"},
    {"chat kind", ln_chat_kind_name, ln_chat_kind_of, 3, "channel"},
    {"chat role", ln_chat_role_name, ln_chat_role_of, 1, "readonly"},
    {"chat role", ln_chat_role_name, ln_chat_role_of, 2, "member"},
    {"chat role", ln_chat_role_name, ln_chat_role_of, 3, "moderator"},
    {"chat role", ln_chat_role_name, ln_chat_role_of, 4, "owner"},
    {"role", ln_role_name, ln_role_of, 1, "guest"},
    {"role", ln_role_name, ln_role_of, 2, "bot"},
    {"role", ln_role_name, ln_role_of, 3, "member"},
    {"role", ln_role_name, ln_role_of, 4, "admin"},
    {"role", ln_role_name, ln_role_of, 5, "owner"},
    {"level", ln_notify_name, ln_notify_of, 1, "all"},
    {"level", ln_notify_name, ln_notify_of, 2, "mentions"},
    {"level", ln_notify_name, ln_notify_of, 3, "none"},
    {"history", ln_history_name, ln_history_of, 1, "all"},
    {"history", ln_history_name, ln_history_of, 2, "since_join"},
};
/* clang-format on */

START_TEST(words_and_numbers_agree)
{
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        ck_assert_str_eq(r->name(r->no), r->wire);
        if (r->number)
            ck_assert_msg(r->number(ln_str(r->wire)) == r->no, "%s %s", r->what, r->wire);
    }
}
END_TEST

START_TEST(numbers_have_not_moved)
{
    ck_assert_int_eq(LN_KIND_MESSAGE, 1);
    ck_assert_int_eq(LN_KIND_ARCHIVE, 11);
    ck_assert_int_eq(LN_CHAT_DIRECT, 1);
    ck_assert_int_eq(LN_CHAT_CHANNEL, 3);
    ck_assert_int_eq(LN_CROLE_READONLY, 1);
    ck_assert_int_eq(LN_CROLE_OWNER, 4);
    ck_assert_int_eq(LN_ROLE_GUEST, 1);
    ck_assert_int_eq(LN_ROLE_OWNER, 5);
    ck_assert_int_eq(LN_NOTIFY_NONE, 3);
    ck_assert_int_eq(LN_HISTORY_SINCE_JOIN, 2);
}
END_TEST

START_TEST(what_is_unknown_is_zero_or_a_question_mark)
{
    static const struct ln_str words[] = {
        {NULL, 0}, {"", 0},     {"owne", 4},   {"owner ", 6}, {" owner", 6}, {"Owner", 5},
        {"?", 1},  {"grou", 4}, {"groups", 6}, {"al", 2},     {"all\0", 4},  {"0", 1},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        ck_assert_str_eq(r->name(0), "?");
        ck_assert_str_eq(r->name(200), "?");
        for (size_t k = 0; r->number && k < LN_COUNT(words); k++)
            ck_assert_msg(r->number(words[k]) == 0, "%s: word %zu", r->what, k);
    }
}
END_TEST

START_TEST(items_are_what_history_shows)
{
    static const bool item[] = {
        [LN_KIND_MESSAGE] = true, [LN_KIND_EDIT] = false,   [LN_KIND_DELETE] = false,
        [LN_KIND_REACT] = false,  [LN_KIND_PIN] = false,    [LN_KIND_JOIN] = true,
        [LN_KIND_LEAVE] = true,   [LN_KIND_ROLE] = true,    [LN_KIND_TITLE] = true,
        [LN_KIND_TOPIC] = true,   [LN_KIND_ARCHIVE] = true,
    };
    for (unsigned k = 0; k < LN_COUNT(item); k++)
        ck_assert_msg(ln_kind_is_item(k) == item[k], "%s", ln_kind_name(k));
    ck_assert(!ln_kind_is_item(12));
    ck_assert(!ln_kind_is_item(255));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind");
    TCase *tc = tcase_create("kind");
    tcase_add_test(tc, words_and_numbers_agree);
    tcase_add_test(tc, numbers_have_not_moved);
    tcase_add_test(tc, what_is_unknown_is_zero_or_a_question_mark);
    tcase_add_test(tc, items_are_what_history_shows);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
