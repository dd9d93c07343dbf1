/* SPDX-License-Identifier: MIT
 * check_store_account.c - links that let people in, and those who are put out.
 */
#include "store_rig.h"

static struct rig rig, *const R = &rig;

static void
open_rig(void)
{
    rig_open(R);
    rig_people(R, 5);
}

static void
close_rig(void)
{
    rig_close(R);
}

static const char *
secret_of(const json_t *j)
{
    const char *path = json_string_value(json_object_get(j, "path"));
    ck_assert_ptr_nonnull(path);
    return strchr(path, '#') + 1;
}

static uint32_t
post_accept(enum ln_op op, const char *secret, const char *name)
{
    if (op == LN_OP_LINK_ACCEPT) {
        return rig_post(R, 0, op, "\"secret\":\"%s\"", secret);
    }
    return rig_post(R, 0, op, "\"secret\":\"%s\",\"name\":\"%s\",\"password\":\"three words here\"",
                    secret, name);
}

START_TEST(links_are_spent_once)
{
    static const struct {
        enum ln_op make, accept;
        const char *args;
    } rows[] = {
        {LN_OP_SETUP_LINK, LN_OP_SETUP_ACCEPT, ""},
        {LN_OP_USER_LINK, LN_OP_LINK_ACCEPT, "\"user\":2"},
        {LN_OP_INVITE_CREATE, LN_OP_INVITE_ACCEPT, "\"uses\":1"},
    };
    ck_assert(ln_store_needs_setup(R->st));
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        char name[3][16], secret[64];
        for (int k = 0; k < 3; k++) {
            snprintf(name[k], sizeof name[k], "new%zu%d", i, k);
        }
        snprintf(secret, sizeof secret, "%s",
                 secret_of(rig_ok(R, 0, rows[i].make, "%s", rows[i].args)));
        rig_reopen(R);
        uint32_t a = post_accept(rows[i].accept, secret, name[0]);
        uint32_t b = post_accept(rows[i].accept, secret, name[1]);
        rig_wait(R, b);
        ck_assert_int_eq(R->answers[a].err, LN_OK);
        ck_assert_ptr_nonnull(json_object_get(R->answers[a].json, "token"));
        ck_assert_int_eq(R->answers[b].err, LN_ENOTFOUND);
        rig_reopen(R);
        b = post_accept(rows[i].accept, secret, name[2]);
        ck_assert_int_eq(rig_wait(R, b)->err, LN_ENOTFOUND);
    }
    ck_assert(!ln_store_needs_setup(R->st));
    ck_assert_int_eq(rig_ask(R, 0, LN_OP_SETUP_LINK, "%s", "")->err, LN_ECONFLICT);
}
END_TEST

START_TEST(a_new_link_ends_the_old_one)
{
    char old[64];
    snprintf(old, sizeof old, "%s", secret_of(rig_ok(R, 0, LN_OP_USER_LINK, "\"user\":2")));
    rig_ok(R, 0, LN_OP_USER_LINK, "\"user\":2");
    ck_assert_int_eq(rig_wait(R, post_accept(LN_OP_LINK_ACCEPT, old, NULL))->err, LN_ENOTFOUND);
}
END_TEST

START_TEST(who_is_disabled_is_out)
{
    ln_chat_id a = rig_group(R, 3, "all");
    rig_ok(R, 0, LN_OP_USER_UPDATE, "\"user\":2,\"disabled\":true");
    bool cut = false;
    for (uint32_t i = 0; i < R->told; i++) {
        cut = cut || (R->trace[i].type == LN_REC_CUT && R->trace[i].user == 2);
    }
    ck_assert(cut);
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(rig_ask(R, 2, LN_OP_HELLO, "%s", "")->err, LN_EAUTH);
        uint32_t sent =
            rig_post(R, 2, LN_OP_SEND, "\"chat\":%u,\"cid\":\"c\",\"body\":{\"text\":\"x\"}", a);
        ck_assert_int_eq(rig_wait(R, sent)->err, LN_EAUTH);
        rig_reopen(R);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store_account");
    TCase *tc = tcase_create("account");
    tcase_add_checked_fixture(tc, open_rig, close_rig);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, links_are_spent_once);
    tcase_add_test(tc, a_new_link_ends_the_old_one);
    tcase_add_test(tc, who_is_disabled_is_out);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
