/* SPDX-License-Identifier: MIT
 * check_json.c - how a text is read and written again, seen through the decoder. What is refused
 * stands in check_decode.c.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "linnet/api/decode.h"
#include "linnet/base/buf.h"
#include "linnet/base/mem.h"

static void
cmd_init(struct ln_cmd *cmd)
{
    memset(cmd, 0, sizeof *cmd);
    ln_arena_init(&cmd->arena, 4096);
}

/* A body as it comes and as it is kept: without spaces, and without escapes that need not be. */
static const struct {
    const char *in, *kept;
} bodies[] = {
    {"{ \"text\" :\t\"a b\" ,\n\"n\" : [ 1 , -0 , 2.50e+1 , true , false , null , { } , [ ] ] }",
     "{\"text\":\"a b\",\"n\":[1,-0,2.50e+1,true,false,null,{},[]]}"},
    {"{\"text\":\"\\u00e4\\u20ac\\ud83d\\ude00\\u0041\"}", "{\"text\":\"ä€😀A\"}"},
    {"{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u000a\"}",
     "{\"text\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\n\"}"},
    {"{\"text\":\"\\u0001\\u001F\\u007f\"}", "{\"text\":\"\\u0001\\u001f\x7f\"}"},
    {"{\"te\\u0078t\":\"x\",\"a\\n\\\"\":\"\"}", "{\"text\":\"x\",\"a\\n\\\"\":\"\"}"},
    {"{\"text\":\"\\uFFFF\\uD7FF\\uE000\"}", "{\"text\":\"\xef\xbf\xbf\xed\x9f\xbf\xee\x80\x80\"}"},
};

START_TEST(bodies_are_kept_compact)
{
    for (size_t i = 0; i < LN_COUNT(bodies); i++) {
        char frame[512];
        struct ln_cmd cmd;
        const char *why;
        cmd_init(&cmd);
        snprintf(frame, sizeof frame, "{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":%s}",
                 bodies[i].in);
        ck_assert_int_eq(ln_decode_frame(ln_str(frame), LN_TEXT_MAX, &cmd, &why), LN_OK);
        ck_assert_msg(ln_str_eq(cmd.args.body, ln_str(bodies[i].kept)), "%s gave %.*s",
                      bodies[i].in, (int)cmd.args.body.n, cmd.args.body.p);
        ln_arena_deinit(&cmd.arena);
    }
}
END_TEST

/* Names are told apart in another way where they are many, and values held elsewhere. */
START_TEST(many_names_and_one_of_them_twice)
{
    for (unsigned n = 1; n <= 200; n++) {
        for (unsigned twin = 0; twin <= n; twin += n) {
            struct ln_buf frame;
            struct ln_cmd cmd;
            const char *why;
            cmd_init(&cmd);
            ln_buf_init(&frame, 1 << 16);
            ln_buf_addf(&frame, "{\"op\":\"ping\",\"x\":{");
            for (unsigned i = 0; i < n; i++) {
                ln_buf_addf(&frame, "\"k%u\":[%u],", i, i);
            }
            ln_buf_addf(&frame, "\"%s%u\":1}}", twin ? "k" : "other", twin ? twin - 1 : n);
            ck_assert_int_eq(ln_decode_frame(ln_buf_str(&frame), LN_TEXT_MAX, &cmd, &why),
                             twin ? LN_EBADMSG : LN_OK);
            ln_buf_deinit(&frame);
            ln_arena_deinit(&cmd.arena);
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");
    tcase_add_test(tc, bodies_are_kept_compact);
    tcase_add_test(tc, many_names_and_one_of_them_twice);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
