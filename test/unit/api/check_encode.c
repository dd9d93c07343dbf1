/* SPDX-License-Identifier: MIT
 * check_encode.c - answers, errors and live events, character by character.
 */
#include "linnet/api/encode.h"

#include <check.h>
#include <jansson.h>

#include "linnet/base/mem.h"
#include "linnet/model/kind.h"

static struct ln_buf b;

static void
setup(void)
{
    ln_buf_init(&b, 65536);
}

static void
teardown(void)
{
    ln_buf_deinit(&b);
}

/* The text so far; it is JSON. */
static const char *
text(void)
{
    json_t *json = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    ck_assert(json_is_object(json));
    json_decref(json);
    return ln_buf_cstr(&b);
}

START_TEST(replies)
{
    ln_encode_reply(&b, 0, (struct ln_str){NULL, 0});
    ck_assert_str_eq(text(), "{\"re\":0}");
    ln_buf_clear(&b);
    ln_encode_reply(&b, (1ll << 53) - 1, LN_STR("\"seq\":846,\"ts\":1732480000123"));
    ck_assert_str_eq(text(), "{\"re\":9007199254740991,\"seq\":846,\"ts\":1732480000123}");
}
END_TEST

START_TEST(errors)
{
    struct ln_origin origin = {.has_id = true, .id = 7};
    ln_encode_error(&b, &origin, LN_EFORBIDDEN, NULL, 0);
    ck_assert_str_eq(text(), "{\"re\":7,\"error\":{\"code\":\"forbidden\",\"message\":\"not "
                             "allowed, or there is no such thing\"}}");
    ln_buf_clear(&b);
    origin.has_id = false;
    ln_encode_error(&b, &origin, LN_ERATE, NULL, 1500);
    ck_assert_str_eq(text(), "{\"re\":null,\"error\":{\"code\":\"rate_limited\",\"message\":\"too "
                             "many requests\",\"retry_ms\":1500}}");
    ln_buf_clear(&b);
    ln_encode_error(&b, &origin, LN_EBADMSG, "\"chat\" is missing", 0);
    ck_assert_str_eq(text(), "{\"re\":null,\"error\":{\"code\":\"bad_request\",\"message\":"
                             "\"\\\"chat\\\" is missing\"}}");
    ln_buf_clear(&b);
    ln_encode_http_error(&b, LN_EAGAIN, NULL, UINT32_MAX);
    ck_assert_str_eq(text(), "{\"error\":{\"code\":\"busy\",\"message\":\"the server is busy, try "
                             "again\",\"retry_ms\":4294967295}}\n");
}
END_TEST

START_TEST(every_error_is_json)
{
    static const enum ln_err all[] = {
#define X(name, value, wire, close, http, text) name,
        LN_ERRORS(X)
#undef X
    };
    struct ln_origin origin = {.has_id = true, .id = 1};
    for (size_t i = 0; i < LN_COUNT(all); i++) {
        ln_buf_clear(&b);
        ln_encode_error(&b, &origin, all[i], NULL, 0);
        text();
        ln_buf_clear(&b);
        ln_encode_http_error(&b, all[i], NULL, 1);
        text();
    }
}
END_TEST

START_TEST(marks)
{
    struct ln_record r = {.chat = 12, .user = 6, .delivered = 846, .read = UINT32_MAX};
    ln_encode_mark(&b, &r);
    ck_assert_str_eq(
        text(), "{\"ev\":\"mark\",\"chat\":12,\"user\":6,\"delivered\":846,\"read\":4294967295}");
}
END_TEST

START_TEST(members)
{
    struct ln_record r = {.chat = 12, .user = 6};
    ln_encode_member(&b, &r);
    ck_assert_str_eq(text(), "{\"ev\":\"chat_gone\",\"chat\":12}");
    ln_buf_clear(&b);
    r.role = LN_CROLE_MEMBER;
    r.json = LN_STR("\"chat\":{\"id\":12},\"users\":{}");
    ln_encode_member(&b, &r);
    ck_assert_str_eq(text(), "{\"ev\":\"chat\",\"chat\":{\"id\":12},\"users\":{}}");
}
END_TEST

START_TEST(typing)
{
    static const ln_user_id users[] = {6, 7, 2147483647};
    ln_encode_typing(&b, 12, users, 0);
    ck_assert_str_eq(text(), "{\"ev\":\"typing\",\"chat\":12,\"users\":[]}");
    ln_buf_clear(&b);
    ln_encode_typing(&b, 12, users, 1);
    ck_assert_str_eq(text(), "{\"ev\":\"typing\",\"chat\":12,\"users\":[6]}");
    ln_buf_clear(&b);
    ln_encode_typing(&b, 2147483647, users, 3);
    ck_assert_str_eq(text(), "{\"ev\":\"typing\",\"chat\":2147483647,\"users\":[6,7,2147483647]}");
}
END_TEST

START_TEST(bye)
{
    ln_encode_bye(&b, "shutdown", 1742);
    ck_assert_str_eq(text(), "{\"ev\":\"bye\",\"reason\":\"shutdown\",\"retry_ms\":1742}");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("encode");
    TCase *tc = tcase_create("encode");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, replies);
    tcase_add_test(tc, errors);
    tcase_add_test(tc, every_error_is_json);
    tcase_add_test(tc, marks);
    tcase_add_test(tc, members);
    tcase_add_test(tc, typing);
    tcase_add_test(tc, bye);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
