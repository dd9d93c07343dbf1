/* SPDX-License-Identifier: MIT
 * check_op.c - the table of operations is whole, its fields exist, the names of the contract stand.
 */
#include "linnet/model/op.h"

#include <check.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/base/str.h"
#include "linnet/model/args.h"

static const char *const fields[] = {
#define X(field, type, min, max) #field,
    LN_FIELDS(X)
#undef X
};

static bool
is_field(struct ln_str word)
{
    for (size_t i = 0; i < LN_COUNT(fields); i++) {
        if (ln_str_eq(ln_str(fields[i]), word))
            return true;
    }
    return false;
}

/* Clients are written against these: none may go. */
static const char *const contract[] = {
    "hello",         "ping",         "active",        "typing",        "watch",
    "send",          "edit",         "delete",        "react",         "pin",
    "mark",          "unread",       "receipts",      "history",       "events",
    "chat.create",   "chat.update",  "chat.join",     "chat.leave",    "chat.add",
    "chat.remove",   "chat.role",    "chat.notify",   "chat.list",     "chat.members",
    "user.get",      "user.list",    "user.create",   "user.import",   "user.update",
    "user.password", "user.link",    "device.list",   "device.revoke", "logout",
    "invite.create", "invite.list",  "invite.revoke", "setup.link",    "status",
    "login",         "setup.accept", "invite.accept", "link.accept",   "pins",
    "about",         "secret.peek",  "server.update", "file.begin",    "file.state",
    "file.commit",   "file.drop",    "file.get",
};

START_TEST(every_name_of_the_contract_is_there)
{
    ck_assert_int_eq(LN_OP_COUNT, LN_COUNT(contract));
    for (size_t i = 0; i < LN_COUNT(contract); i++) {
        int op = ln_op_find(ln_str(contract[i]));
        ck_assert_msg(op >= 0, "%s", contract[i]);
        ck_assert_str_eq(ln_op_table[op].name, contract[i]);
    }
}
END_TEST

START_TEST(other_names_are_not)
{
    static const char *const names[] = {"",      "Send", "send ", " send", "sen",      "sends",
                                        "chat.", "chat", "../ws", "send/", "chat_add", "ping\n"};
    for (size_t i = 0; i < LN_COUNT(names); i++)
        ck_assert_int_eq(ln_op_find(ln_str(names[i])), -1);
    ck_assert_int_eq(ln_op_find((struct ln_str){"send\0", 5}), -1);
    ck_assert_int_eq(ln_op_find((struct ln_str){NULL, 0}), -1);
}
END_TEST

START_TEST(rows_are_whole)
{
    for (int op = 0; op < LN_OP_COUNT; op++) {
        const struct ln_op_row *r = &ln_op_table[op];
        ck_assert_int_eq(ln_op_find(ln_str(r->name)), op);
        ck_assert(r->where <= LN_AT_FILE && r->who <= LN_WHO_OPERATOR);
        ck_assert_int_le(r->cost, 10);
        ck_assert_uint_gt(strlen(r->answer), 0);
        for (const char *p = r->fields; *p;) {
            size_t n = strcspn(p, " ");
            struct ln_str word = {p, n - (p[n - 1] == '!')};
            ck_assert_msg(is_field(word), "%s: %.*s", r->name, (int)n, p);
            const char *again = strstr(p + n, " "); /* one space, and none at the end */
            ck_assert(!again || (again == p + n && again[1] && again[1] != ' '));
            p += n + (p[n] == ' ');
        }
    }
}
END_TEST

/* What nobody need be signed in for is a short list, and only what hashes may be unpriced. */
START_TEST(the_open_doors_are_these)
{
    static const enum ln_op open[] = {LN_OP_HELLO,         LN_OP_PING,       LN_OP_ABOUT,
                                      LN_OP_SECRET_PEEK,   LN_OP_LOGIN,      LN_OP_SETUP_ACCEPT,
                                      LN_OP_INVITE_ACCEPT, LN_OP_LINK_ACCEPT};
    size_t n = 0;
    for (int op = 0; op < LN_OP_COUNT; op++) {
        if (ln_op_table[op].who != LN_WHO_ANYONE)
            continue;
        ck_assert_uint_lt(n, LN_COUNT(open));
        ck_assert_int_eq(op, (int)open[n++]);
    }
    ck_assert_uint_eq(n, LN_COUNT(open));
    ck_assert_int_eq(ln_op_table[LN_OP_USER_IMPORT].who, LN_WHO_OPERATOR);
    ck_assert_int_eq(ln_op_table[LN_OP_SETUP_LINK].who, LN_WHO_OPERATOR);
}
END_TEST

START_TEST(names_of_people)
{
    static const struct {
        const char *name;
        bool good;
    } names[] = {
        {"a", true},
        {"0", true},
        {"ana", true},
        {"a.b_c-d", true},
        {"a..", true},
        {"z9-", true},
        {"", false},
        {".a", false},
        {"-a", false},
        {"_a", false},
        {"Ana", false},
        {"an a", false},
        {"a@b", false},
        {"\xc3\xa4", false},
        {"a/", false},
        {"a\n", false},
        {"a`", false},
        {"a{", false},
        {"12345678901234567890123456789012", true},
        {"123456789012345678901234567890123", false},
    };
    for (size_t i = 0; i < LN_COUNT(names); i++)
        ck_assert_msg(ln_name_is_valid(ln_str(names[i].name)) == names[i].good, "%s",
                      names[i].name);
    ck_assert(!ln_name_is_valid((struct ln_str){"a\0b", 3}));
    ck_assert(!ln_name_is_valid((struct ln_str){NULL, 0}));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("op");
    TCase *tc = tcase_create("op");
    tcase_add_test(tc, every_name_of_the_contract_is_there);
    tcase_add_test(tc, other_names_are_not);
    tcase_add_test(tc, rows_are_whole);
    tcase_add_test(tc, the_open_doors_are_these);
    tcase_add_test(tc, names_of_people);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
