/* SPDX-License-Identifier: MIT
 * check_decode.c - frames good and bad, with the error and the sentence each one gets; then every
 * field of the table at its limits, one below and one above.
 */
#include "linnet/api/decode.h"

#include <check.h>
#include <stddef.h>
#include <stdio.h>

#include "linnet/base/buf.h"
#include "linnet/base/mem.h"
#include "linnet/model/kind.h"

static void
cmd_init(struct ln_cmd *cmd)
{
    memset(cmd, 0, sizeof *cmd);
    ln_arena_init(&cmd->arena, 4096);
}

/* ── frames one by one ── */
#define NOT_JSON "the message is not valid JSON"
#define NOT_OBJECT "the message must be a JSON object"
#define TOO_DEEP "the JSON is nested too deeply"
#define BAD_ID "\"id\" must be a whole number from 0 to 2^53-1"
#define NO_OP "\"op\" is missing"
#define SEND "{\"op\":\"send\",\"id\":7,\"chat\":12,\"cid\":\"c\",\"body\":{\"text\":\"hi\"}"
#define NEVER -2 /* no id is known */

/* clang-format off */
static const struct row {
    struct ln_str text;
    enum ln_err err;
    const char *why; /* NULL: none */
    int64_t id;      /* NEVER, or what the reply carries */
} rows[] = {
    /* good */
    {LN_STR("{\"op\":\"ping\"}"), LN_OK, NULL, NEVER},
    {LN_STR(" { \"op\" : \"ping\" } \n"), LN_OK, NULL, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":0}"), LN_OK, NULL, 0},
    {LN_STR("{\"id\":1,\"op\":\"ping\"}"), LN_OK, NULL, 1},
    {LN_STR("{\"op\":\"ping\",\"id\":9007199254740991}"), LN_OK, NULL, 9007199254740991},
    {LN_STR("{\"op\":\"ping\",\"id\":null}"), LN_OK, NULL, NEVER},
    {LN_STR("{\"op\":\"p\\u0069ng\"}"), LN_OK, NULL, NEVER},
    {LN_STR("{\"op\":\"ping\",\"chat\":\"unread\",\"whatever\":[1,{\"a\":2}]}"), LN_OK, NULL, NEVER},
    {LN_STR("{\"op\":\"hello\"}"), LN_OK, NULL, NEVER},
    {LN_STR(SEND "}"), LN_OK, NULL, 7},
    {LN_STR(SEND ",\"reply\":null,\"mentions\":null}"), LN_OK, NULL, 7},
    {LN_STR(SEND ",\"as\":\"ana\",\"user\":\"x\"}"), LN_OK, NULL, 7},
    {LN_STR(SEND ",\"x\":\"\\ud83d\\ude00\"}"), LN_OK, NULL, 7},
    {LN_STR(SEND ",\"x\":\"[[[[[[[[[[[[[[[[[[[[[[\\\"[\"}"), LN_OK, NULL, 7},
    {LN_STR(SEND ",\"x\":1e308}"), LN_OK, NULL, 7},
    {LN_STR("{\"op\":\"active\",\"on\":false}"), LN_OK, NULL, NEVER},
    /* not JSON, or not an object */
    {LN_STR(""), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR(" "), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{}}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\"}{\"op\":\"ping\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\"} x"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{'op':'ping'}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{op:\"ping\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\"/*c*/}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"pi\nng\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("\xef\xbb\xbf{\"op\":\"ping\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("ping"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("\"ping\""), LN_EBADMSG, NOT_OBJECT, NEVER},
    {LN_STR("17"), LN_EBADMSG, NOT_OBJECT, NEVER},
    {LN_STR("null"), LN_EBADMSG, NOT_OBJECT, NEVER},
    {LN_STR("[]"), LN_EBADMSG, NOT_OBJECT, NEVER},
    {LN_STR("[{\"op\":\"ping\"}]"), LN_EBADMSG, NOT_OBJECT, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":NaN}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":1e999}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":-1e999}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":01}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":+1}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":0x10}"), LN_EBADMSG, NOT_JSON, NEVER},
    /* NUL, surrogates, bytes that are no UTF-8 */
    {LN_STR("{\"op\":\"ping\"}\0"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"pi\0ng\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\\u0000\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"a\\u0000b\":1}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\ud83d\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\ude00\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\ude00\\ud83d\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\ud83dx\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\ud83d\\ud83d\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\xed\xa0\xbd\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\xff\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\xc0\xaf\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\xe2\x82\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\x41\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    /* keys twice, at any depth, however they are written */
    {LN_STR("{\"op\":\"ping\",\"op\":\"ping\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":1,\"id\":2}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"\\u006fp\":\"send\"}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":{\"a\":1,\"a\":1}}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"send\",\"id\":7,\"chat\":12,\"cid\":\"c\",\"body\":{\"text\":\"a\",\"text\":\"b\"}}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"hello\",\"cursors\":{\"1\":1,\"\\u0031\":2}}"), LN_EBADMSG, NOT_JSON, NEVER},
    /* depth: 16 pass, 17 do not */
    {LN_STR("{\"op\":\"ping\",\"x\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}"), LN_OK, NULL, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"), LN_EBADMSG, TOO_DEEP, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}}"), LN_EBADMSG, TOO_DEEP, NEVER},
    {LN_STR("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), LN_EBADMSG, TOO_DEEP, NEVER},
    {LN_STR("]]]]]]]]]]]]]]]]]]]]]]]]"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"x\":\"\\\\\",\"y\":[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]}"), LN_EBADMSG, TOO_DEEP, NEVER},
    /* ids */
    {LN_STR("{\"op\":\"ping\",\"id\":-1}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":9007199254740992}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":9223372036854775807}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":9223372036854775808}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":1.0}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":1e3}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":\"1\"}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":true}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":[1]}"), LN_EBADMSG, BAD_ID, NEVER},
    {LN_STR("{\"op\":\"ping\",\"id\":{}}"), LN_EBADMSG, BAD_ID, NEVER},
    /* operations; the id is known all the same */
    {LN_STR("{}"), LN_EBADMSG, NO_OP, NEVER},
    {LN_STR("{\"id\":5}"), LN_EBADMSG, NO_OP, 5},
    {LN_STR("{\"id\":5,\"op\":null}"), LN_EBADMSG, NO_OP, 5},
    {LN_STR("{\"id\":5,\"op\":7}"), LN_EBADMSG, NO_OP, 5},
    {LN_STR("{\"id\":5,\"op\":[\"ping\"]}"), LN_EBADMSG, NO_OP, 5},
    {LN_STR("{\"id\":5,\"OP\":\"ping\"}"), LN_EBADMSG, NO_OP, 5},
    {LN_STR("{\"id\":5,\"op\":\"\"}"), LN_EUNKNOWNOP, NULL, 5},
    {LN_STR("{\"id\":5,\"op\":\"Ping\"}"), LN_EUNKNOWNOP, NULL, 5},
    {LN_STR("{\"id\":5,\"op\":\"search\"}"), LN_EUNKNOWNOP, NULL, 5},
    {LN_STR("{\"id\":5,\"op\":\"chat.delete\",\"chat\":1}"), LN_EUNKNOWNOP, NULL, 5},
    /* fields that are missing or of another type */
    {LN_STR("{\"op\":\"send\",\"id\":7}"), LN_EBADMSG, "\"chat\" is missing", 7},
    {LN_STR("{\"op\":\"send\",\"id\":7,\"chat\":null,\"cid\":\"c\",\"body\":{\"text\":\"a\"}}"), LN_EBADMSG, "\"chat\" is missing", 7},
    {LN_STR("{\"op\":\"send\",\"id\":7,\"chat\":1,\"body\":{\"text\":\"a\"}}"), LN_EBADMSG, "\"cid\" is missing", 7},
    {LN_STR("{\"op\":\"send\",\"id\":7,\"chat\":1,\"cid\":\"c\"}"), LN_EBADMSG, "\"body\" is missing", 7},
    {LN_STR("{\"op\":\"edit\",\"id\":7,\"chat\":1,\"body\":{\"text\":\"a\"}}"), LN_EBADMSG, "\"target\" is missing", 7},
    {LN_STR("{\"op\":\"react\",\"id\":7,\"chat\":1,\"target\":1,\"emoji\":\"x\"}"), LN_EBADMSG, "\"on\" is missing", 7},
    {LN_STR("{\"op\":\"typing\"}"), LN_EBADMSG, "\"chat\" is missing", NEVER},
    {LN_STR("{\"op\":\"user.import\",\"id\":7}"), LN_EBADMSG, "\"accounts\" is missing", 7},
    {LN_STR("{\"op\":\"typing\",\"chat\":\"12\"}"), LN_EBADMSG, "\"chat\" must be a whole number within its range", NEVER},
    {LN_STR("{\"op\":\"typing\",\"chat\":12.0}"), LN_EBADMSG, "\"chat\" must be a whole number within its range", NEVER},
    {LN_STR("{\"op\":\"active\",\"on\":1}"), LN_EBADMSG, "\"on\" must be true or false", NEVER},
    {LN_STR("{\"op\":\"watch\",\"users\":7}"), LN_EBADMSG, "\"users\" must be a list of ids", NEVER},
    {LN_STR("{\"op\":\"watch\",\"users\":{\"6\":1}}"), LN_EBADMSG, "\"users\" must be a list of ids", NEVER},
    {LN_STR("{\"op\":\"hello\",\"token\":17}"), LN_EBADMSG, "\"token\" must be a string", NEVER},
    {LN_STR("{\"op\":\"react\",\"chat\":1,\"target\":1,\"on\":true,\"emoji\":\"a\\tb\"}"), LN_EBADMSG, "\"emoji\" must not contain control characters", NEVER},
    {LN_STR("{\"op\":\"react\",\"chat\":1,\"target\":1,\"on\":true,\"emoji\":\"a\\u0085\"}"), LN_EBADMSG, "\"emoji\" must not contain control characters", NEVER},
    /* bodies */
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":\"hi\"}"), LN_EBADMSG, "\"body\" must be an object", NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":[]}"), LN_EBADMSG, "\"body\" must be an object", NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{}}"), LN_EBADMSG, "\"body\" must be an object with a non-empty \"text\"", NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":\"\"}}"), LN_EBADMSG, "\"body\" must be an object with a non-empty \"text\"", NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":5}}"), LN_EBADMSG, "\"body\" must be an object with a non-empty \"text\"", NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":null}}"), LN_EBADMSG, "\"body\" must be an object with a non-empty \"text\"", NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":\"a\\u0000\"}}"), LN_EBADMSG, NOT_JSON, NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":\"a\",\"more\":[1,2]}}"), LN_OK, NULL, NEVER},
    {LN_STR("{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":\"a\\nb\\u0007\"}}"), LN_OK, NULL, NEVER},
};
/* clang-format on */

START_TEST(frames_by_table)
{
    ck_assert_uint_ge(LN_COUNT(rows), 80);
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct ln_cmd cmd;
        const char *why = "untouched";
        cmd_init(&cmd);
        enum ln_err err = ln_decode_frame(r->text, LN_TEXT_MAX, &cmd, &why);
        ck_assert_msg(err == r->err, "%s: %s", r->text.p, ln_err_wire(err));
        if (r->why)
            ck_assert_msg(why && strcmp(why, r->why) == 0, "%s: %s", r->text.p, why);
        else
            ck_assert_ptr_null(why);
        ck_assert_msg(cmd.origin.has_id == (r->id != NEVER), "%s", r->text.p);
        ck_assert_int_eq(cmd.origin.wants_reply, cmd.origin.has_id);
        ck_assert_int_eq(cmd.origin.id, r->id == NEVER ? 0 : r->id);
        ln_arena_deinit(&cmd.arena);
    }
}
END_TEST

START_TEST(what_is_in_a_send)
{
    struct ln_cmd cmd;
    const char *why;
    struct ln_str text =
        LN_STR("{ \"op\":\"send\", \"id\":2, \"chat\":12, \"cid\":\"c-1\", \"body\": {\"text\" : "
               "\"h\\u00e9\" , \"z\":1, \"a\":[ ] }, \"reply\":840, \"mentions\":[7,6,7], "
               "\"here\":true, \"user\":5 }");
    cmd_init(&cmd);
    ck_assert_int_eq(ln_decode_frame(text, LN_TEXT_MAX, &cmd, &why), LN_OK);
    ck_assert_int_eq(cmd.op, LN_OP_SEND);
    ck_assert_uint_eq(cmd.args.chat, 12);
    ck_assert_uint_eq(cmd.args.reply, 840);
    ck_assert(ln_str_eq(cmd.args.cid, LN_STR("c-1")));
    /* compact, in the order it was sent, escapes resolved: what a repeat is compared by */
    ck_assert(ln_str_eq(cmd.args.body, LN_STR("{\"text\":\"h\xc3\xa9\",\"z\":1,\"a\":[]}")));
    ck_assert_uint_eq(cmd.args.mentions.n, 2);
    ck_assert_uint_eq(cmd.args.mentions.ids[0], 7);
    ck_assert_uint_eq(cmd.args.mentions.ids[1], 6);
    ck_assert(cmd.args.here);
    ck_assert(LN_HAS(&cmd.args, reply) && LN_HAS(&cmd.args, here) && LN_HAS(&cmd.args, body));
    ck_assert(!LN_HAS(&cmd.args, thread));
    ck_assert(!LN_HAS(&cmd.args, user)); /* not a field of send, so not read */
    ck_assert_uint_eq(cmd.args.user, 0);
    ln_arena_deinit(&cmd.arena);
}
END_TEST

START_TEST(text_of_a_message_up_to_its_limit)
{
    for (size_t n = LN_TEXT_MAX - 1; n <= LN_TEXT_MAX + 1; n++) {
        struct ln_buf b;
        struct ln_cmd cmd;
        const char *why;
        ln_buf_init(&b, 65536);
        ln_buf_adds(&b, "{\"op\":\"send\",\"chat\":1,\"cid\":\"c\",\"body\":{\"text\":\"");
        for (size_t i = 0; i + 2 < n; i++)
            ln_buf_addc(&b, 'a');
        ln_buf_adds(&b, "\xc3\xa9\"}}"); /* bytes count, not characters */
        cmd_init(&cmd);
        enum ln_err err = ln_decode_frame(ln_buf_str(&b), LN_TEXT_MAX, &cmd, &why);
        ck_assert_int_eq(err, n <= LN_TEXT_MAX ? LN_OK : LN_ETOOLARGE);
        if (err)
            ck_assert_str_eq(why, "\"body.text\" is too long");
        ln_arena_deinit(&cmd.arena);
        cmd_init(&cmd); /* and by the limit one is given */
        err = ln_decode_frame(ln_buf_str(&b), n, &cmd, &why);
        ck_assert_int_eq(err, LN_OK);
        ln_arena_deinit(&cmd.arena);
        ln_buf_deinit(&b);
    }
}
END_TEST

/* ── cursors ── */
/* clang-format off */
static const struct {
    const char *json;
    bool good;
} cursor_rows[] = {
    {"{}", true},
    {"{\"12\":840}", true},
    {"{\"1\":0}", true},
    {"{\"2147483647\":4294967295}", true},
    {"{\"2147483648\":1}", false},
    {"{\"1\":4294967296}", false},
    {"{\"0\":1}", false},
    {"{\"01\":1}", false},
    {"{\"-1\":1}", false},
    {"{\"+1\":1}", false},
    {"{\" 1\":1}", false},
    {"{\"\":1}", false},
    {"{\"a\":1}", false},
    {"{\"1\":-1}", false},
    {"{\"1\":1.5}", false},
    {"{\"1\":\"1\"}", false},
    {"{\"1\":null}", false},
    {"{\"1\":true}", false},
    {"{\"1\":[1]}", false},
};
/* clang-format on */

START_TEST(cursors_are_chats_and_seqs)
{
    for (size_t i = 0; i < LN_COUNT(cursor_rows); i++) {
        char text[128];
        struct ln_cmd cmd;
        const char *why;
        snprintf(text, sizeof text, "{\"op\":\"hello\",\"cursors\":%s}", cursor_rows[i].json);
        cmd_init(&cmd);
        enum ln_err err = ln_decode_frame(ln_str(text), LN_TEXT_MAX, &cmd, &why);
        ck_assert_msg(err == (cursor_rows[i].good ? LN_OK : LN_EBADMSG), "%s", text);
        if (err)
            ck_assert_str_eq(why, "\"cursors\" must map chat ids to seqs");
        ln_arena_deinit(&cmd.arena);
    }
}
END_TEST

START_TEST(cursors_come_sorted)
{
    struct ln_cmd cmd;
    const char *why;
    struct ln_str text = LN_STR("{\"op\":\"hello\",\"cursors\":{\"30\":3,\"4\":4,\"2147483647\":9,"
                                "\"12\":840,\"5\":0}}");
    static const struct ln_cursor expected[] = {{4, 4}, {5, 0}, {12, 840}, {30, 3}, {LN_ID_MAX, 9}};
    cmd_init(&cmd);
    ck_assert_int_eq(ln_decode_frame(text, LN_TEXT_MAX, &cmd, &why), LN_OK);
    ck_assert_uint_eq(cmd.cursor_count, LN_COUNT(expected));
    for (size_t i = 0; i < LN_COUNT(expected); i++) {
        ck_assert_uint_eq(cmd.cursors[i].chat, expected[i].chat);
        ck_assert_uint_eq(cmd.cursors[i].seq, expected[i].seq);
    }
    ln_arena_deinit(&cmd.arena);
}
END_TEST

/* ── accounts ── */
#define BAD_ACCOUNT "\"accounts\" has an entry whose name, role, display or password is not allowed"
#define NO_LIST "\"accounts\" must be a list of at most 500 accounts"

/* clang-format off */
static const struct {
    const char *json, *why; /* why NULL: good */
} account_rows[] = {
    {"[]", NULL},
    {"[{\"name\":\"ana\"}]", NULL},
    {"[{\"name\":\"ana\",\"display\":\"Ana Á\",\"role\":\"guest\",\"password\":\"12345678\",\"more\":1}]", NULL},
    {"[{\"name\":\"ana\",\"display\":\"\",\"password\":\"\"}]", NULL},
    {"[{\"name\":\"ana\",\"display\":null,\"role\":null,\"password\":null}]", NULL},
    {"[{\"name\":\"bot\",\"role\":\"bot\"},{\"name\":\"adm\",\"role\":\"admin\"}]", NULL},
    {"{}", NO_LIST},
    {"\"ana\"", NO_LIST},
    {"7", NO_LIST},
    {"[1]", BAD_ACCOUNT},
    {"[null]", BAD_ACCOUNT},
    {"[[]]", BAD_ACCOUNT},
    {"[{}]", BAD_ACCOUNT},
    {"[{\"name\":7}]", BAD_ACCOUNT},
    {"[{\"name\":\"\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"Ana\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"a b\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\"},{\"name\":\"b/c\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"role\":\"owner\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"role\":\"king\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"role\":4}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"role\":[\"admin\"]}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"display\":7}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"display\":\"a\\nb\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"display\":\"a\\u009fb\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"password\":\"1234567\"}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"password\":12345678}]", BAD_ACCOUNT},
    {"[{\"name\":\"ana\",\"password\":\"12345678\\u0001\"}]", BAD_ACCOUNT},
};
/* clang-format on */

static enum ln_err
decode_accounts(struct ln_cmd *cmd, struct ln_str json, const char **why)
{
    struct ln_buf b;
    ln_buf_init(&b, 1u << 20);
    ln_buf_adds(&b, "{\"accounts\":");
    ln_buf_add(&b, json.p, json.n);
    ln_buf_addc(&b, '}');
    cmd_init(cmd);
    enum ln_err err = ln_decode_call(LN_OP_USER_IMPORT, ln_buf_str(&b), LN_TEXT_MAX, cmd, why);
    ln_buf_deinit(&b);
    return err;
}

START_TEST(accounts_by_table)
{
    for (size_t i = 0; i < LN_COUNT(account_rows); i++) {
        struct ln_cmd cmd;
        const char *why;
        enum ln_err err = decode_accounts(&cmd, ln_str(account_rows[i].json), &why);
        ck_assert_msg(err == (account_rows[i].why ? LN_EBADMSG : LN_OK), "%s",
                      account_rows[i].json);
        if (err)
            ck_assert_str_eq(why, account_rows[i].why);
        ln_arena_deinit(&cmd.arena);
    }
}
END_TEST

START_TEST(what_is_in_an_account)
{
    struct ln_cmd cmd;
    const char *why;
    struct ln_str json = LN_STR("[{\"name\":\"ana\",\"display\":\"Ana\",\"role\":\"guest\","
                                "\"password\":\"12345678\"},{\"name\":\"bea\"}]");
    ck_assert_int_eq(decode_accounts(&cmd, json, &why), LN_OK);
    ck_assert_uint_eq(cmd.account_count, 2);
    ck_assert(ln_str_eq(cmd.accounts[0].name, LN_STR("ana")));
    ck_assert(ln_str_eq(cmd.accounts[0].display, LN_STR("Ana")));
    ck_assert(ln_str_eq(cmd.accounts[0].password, LN_STR("12345678")));
    ck_assert_int_eq(cmd.accounts[0].role, LN_ROLE_GUEST);
    ck_assert_int_eq(cmd.accounts[1].role, LN_ROLE_MEMBER); /* the default */
    ck_assert_uint_eq(cmd.accounts[1].password.n, 0);
    ck_assert_uint_eq(cmd.accounts[1].pw_hash.n, 0);
    ln_arena_deinit(&cmd.arena);
}
END_TEST

static void
put_accounts(struct ln_buf *b, unsigned n)
{
    ln_buf_clear(b);
    for (unsigned i = 0; i < n; i++)
        ln_buf_addf(b, "%s{\"name\":\"u%u\"}", i ? "," : "[", i);
    ln_buf_addc(b, ']');
}

START_TEST(five_hundred_accounts_and_no_more)
{
    struct ln_cmd cmd;
    struct ln_buf b;
    const char *why;
    ln_buf_init(&b, 65536);
    put_accounts(&b, 500);
    ck_assert_int_eq(decode_accounts(&cmd, ln_buf_str(&b), &why), LN_OK);
    ck_assert_uint_eq(cmd.account_count, 500);
    ln_arena_deinit(&cmd.arena);
    put_accounts(&b, 501);
    ck_assert_int_eq(decode_accounts(&cmd, ln_buf_str(&b), &why), LN_EBADMSG);
    ck_assert_str_eq(why, NO_LIST);
    ln_arena_deinit(&cmd.arena);
    ln_buf_deinit(&b);
}
END_TEST

/* ── every field at its limits ── */
enum type { T_U32, T_U64, T_BOOL, T_STR, T_TXT, T_RAW, T_IDS };

static const struct field {
    const char *name;
    enum type type;
    unsigned long long min, max;
    size_t offset;
} fields[LN_F_COUNT] = {
#define X(field, type, min, max)                                                                   \
    [LN_F_##field] = {#field, T_##type, min, max, offsetof(struct ln_args, field)},
    LN_FIELDS(X)
#undef X
};

static const struct field *
field_of(const char *word, size_t n)
{
    for (size_t i = 0; i < LN_COUNT(fields); i++) {
        if (strlen(fields[i].name) == n && memcmp(fields[i].name, word, n) == 0)
            return &fields[i];
    }
    ck_abort_msg("no such field");
    return NULL;
}

static void
put_repeated(struct ln_buf *b, char c, unsigned long long n)
{
    while (n--)
        ln_buf_addc(b, c);
}

/* A value that is right for the field. */
static void
put_good(struct ln_buf *b, const struct field *f)
{
    switch (f->type) {
    case T_U32:
    case T_U64:
        ln_buf_addu(b, f->min);
        return;
    case T_BOOL:
        ln_buf_adds(b, "true");
        return;
    case T_STR:
    case T_TXT:
        ln_buf_addc(b, '"');
        put_repeated(b, 'a', f->min ? f->min : 1);
        ln_buf_addc(b, '"');
        return;
    case T_IDS:
        ln_buf_adds(b, "[1]");
        return;
    case T_RAW:
        ln_buf_adds(b, strcmp(f->name, "body") == 0      ? "{\"text\":\"x\"}"
                       : strcmp(f->name, "cursors") == 0 ? "{\"1\":1}"
                                                         : "[{\"name\":\"a\"}]");
        return;
    }
}

/* The first operation that has the field. */
static int
op_with(const struct field *f)
{
    for (int op = 0; op < LN_OP_COUNT; op++) {
        for (const char *p = ln_op_table[op].fields; *p;) {
            size_t n = strcspn(p, " ");
            if (field_of(p, n - (p[n - 1] == '!')) == f)
                return op;
            p += n + (p[n] == ' ');
        }
    }
    ck_abort_msg("%s is a field of nothing", f->name);
    return -1;
}

/* Calls op_with(f) with value in f and what is right in all other required fields. */
static enum ln_err
decode_value(struct ln_cmd *cmd, const struct field *f, struct ln_str value, const char **why)
{
    struct ln_buf b;
    int op = op_with(f);
    ln_buf_init(&b, 1u << 20);
    ln_buf_addf(&b, "{\"op\":\"%s\",\"%s\":", ln_op_table[op].name, f->name);
    ln_buf_add(&b, value.p, value.n);
    for (const char *p = ln_op_table[op].fields; *p;) {
        size_t n = strcspn(p, " ");
        if (p[n - 1] == '!' && field_of(p, n - 1) != f) {
            ln_buf_addf(&b, ",\"%.*s\":", (int)n - 1, p);
            put_good(&b, field_of(p, n - 1));
        }
        p += n + (p[n] == ' ');
    }
    ln_buf_addc(&b, '}');
    cmd_init(cmd);
    enum ln_err err = ln_decode_frame(ln_buf_str(&b), 1u << 20, cmd, why);
    ln_buf_deinit(&b);
    if (!err)
        ck_assert_msg(cmd->args.has >> (f - fields) & 1, "%s is not noted", f->name);
    else
        ck_assert(!(cmd->args.has >> (f - fields) & 1));
    return err;
}

static void
expect(const struct field *f, struct ln_str value, enum ln_err expected, const char *rest)
{
    struct ln_cmd cmd;
    const char *why;
    char text[128];
    enum ln_err err = decode_value(&cmd, f, value, &why);
    ck_assert_msg(err == expected, "%s = %.*s: %s, %s", f->name, value.n < 99 ? (int)value.n : 99,
                  value.p, ln_err_wire(err), why);
    if (err) {
        snprintf(text, sizeof text, "\"%s\" %s", f->name, rest);
        ck_assert_str_eq(why, text);
    }
    ln_arena_deinit(&cmd.arena);
}

#define OUT_OF_RANGE "must be a whole number within its range"

static void
expect_number(const struct field *f, unsigned long long v, bool good)
{
    char text[32];
    struct ln_cmd cmd;
    const char *why;
    snprintf(text, sizeof text, "%llu", v);
    if (!good) {
        expect(f, ln_str(text), LN_EBADMSG, OUT_OF_RANGE);
        return;
    }
    ck_assert_msg(decode_value(&cmd, f, ln_str(text), &why) == LN_OK, "%s = %s", f->name, text);
    const void *at = (const char *)&cmd.args + f->offset;
    ck_assert_uint_eq(f->type == T_U32 ? *(const uint32_t *)at : *(const uint64_t *)at, v);
    ln_arena_deinit(&cmd.arena);
}

static void
check_number(const struct field *f)
{
    static const char *const other[] = {"-1",   "1.0", "1e2", "\"1\"",
                                        "true", "[1]", "{}",  "-9223372036854775808"};
    if (f->min)
        expect_number(f, f->min - 1, false);
    expect_number(f, f->min, true);
    expect_number(f, f->min + 1, true);
    expect_number(f, f->max - 1, true);
    expect_number(f, f->max, true);
    expect_number(f, f->max + 1, false);
    expect_number(f, f->max + (1ull << 32), false); /* not cut to 32 bits */
    for (size_t i = 0; i < LN_COUNT(other); i++)
        expect(f, ln_str(other[i]), LN_EBADMSG, OUT_OF_RANGE);
}

static void
check_bool(const struct field *f)
{
    static const char *const other[] = {"0", "1", "\"true\"", "[true]", "{}"};
    struct ln_cmd cmd;
    const char *why;
    for (int on = 0; on < 2; on++) {
        ck_assert_int_eq(decode_value(&cmd, f, ln_str(on ? "true" : "false"), &why), LN_OK);
        ck_assert_int_eq(*(const bool *)((const char *)&cmd.args + f->offset), on);
        ln_arena_deinit(&cmd.arena);
    }
    for (size_t i = 0; i < LN_COUNT(other); i++)
        expect(f, ln_str(other[i]), LN_EBADMSG, "must be true or false");
}

static void
expect_length(const struct field *f, unsigned long long n, enum ln_err expected)
{
    struct ln_buf b;
    ln_buf_init(&b, 4096);
    ln_buf_addc(&b, '"');
    put_repeated(&b, 'a', n);
    ln_buf_addc(&b, '"');
    expect(f, ln_buf_str(&b), expected, n < f->min ? "is too short" : "is too long");
    ln_buf_deinit(&b);
}

static void
check_string(const struct field *f)
{
    static const char *const other[] = {"0", "12345678", "true", "[\"aaaaaaaa\"]", "{}"};
    static const char *const controls[] = {"\\u0001", "\\u001f", "\\u007f", "\\u0080",
                                           "\\u009f", "\\r",     "\\t",     "\\n"};
    if (f->min)
        expect_length(f, f->min - 1, LN_EBADMSG);
    expect_length(f, f->min, LN_OK);
    expect_length(f, f->max - 1, LN_OK);
    expect_length(f, f->max, LN_OK);
    expect_length(f, f->max + 1, LN_ETOOLARGE);
    for (size_t i = 0; i < LN_COUNT(other); i++)
        expect(f, ln_str(other[i]), LN_EBADMSG, "must be a string");
    for (size_t i = 0; i < LN_COUNT(controls); i++) {
        char text[64];
        bool good = f->type == T_TXT && i >= LN_COUNT(controls) - 2;
        snprintf(text, sizeof text, "\"aa%saaaaaaaa\"", controls[i]);
        expect(f, ln_str(text), good ? LN_OK : LN_EBADMSG, "must not contain control characters");
    }
}

static void
expect_ids(const struct field *f, unsigned long long n, enum ln_err expected)
{
    struct ln_buf b;
    struct ln_cmd cmd;
    const char *why;
    ln_buf_init(&b, 4096);
    for (unsigned long long i = 0; i < n; i++)
        ln_buf_addf(&b, "%s%llu", i ? "," : "[", i + 1);
    ln_buf_adds(&b, n ? "]" : "[]");
    if (expected) {
        expect(f, ln_buf_str(&b), expected, "has too many entries");
    } else {
        ck_assert_int_eq(decode_value(&cmd, f, ln_buf_str(&b), &why), LN_OK);
        const struct ln_ids *ids = (const void *)((const char *)&cmd.args + f->offset);
        ck_assert_uint_eq(ids->n, n);
        for (uint32_t i = 0; i < ids->n; i++)
            ck_assert_uint_eq(ids->ids[i], i + 1);
        ln_arena_deinit(&cmd.arena);
    }
    ln_buf_deinit(&b);
}

static void
check_ids(const struct field *f)
{
    static const char *const other[] = {
        "0",     "\"1\"",   "true",         "{}",       "[0]",   "[-1]",
        "[1.0]", "[\"1\"]", "[2147483648]", "[1,null]", "[[1]]", "[4294967297]"};
    expect_ids(f, f->min, LN_OK);
    expect_ids(f, f->max, LN_OK);
    expect_ids(f, f->max + 1, LN_ETOOLARGE);
    expect(f, LN_STR("[2147483647]"), LN_OK, NULL);
    for (size_t i = 0; i < LN_COUNT(other); i++)
        expect(f, ln_str(other[i]), LN_EBADMSG, "must be a list of ids");
}

/* A value of exactly n bytes. */
static void
put_raw(struct ln_buf *b, const struct field *f, size_t n)
{
    ln_buf_clear(b);
    if (strcmp(f->name, "body") == 0) {
        ln_buf_adds(b, "{\"text\":\"x\",\"more\":\"");
        put_repeated(b, 'a', n - b->n - 2);
        ln_buf_adds(b, "\"}");
    } else if (strcmp(f->name, "cursors") == 0) {
        for (unsigned chat = 1000000000; b->n + 40 < n; chat++)
            ln_buf_addf(b, "%s\"%u\":5", b->n ? "," : "{", chat);
        ln_buf_adds(b, ",\"7\":1");
        for (unsigned seq = 10; b->n + 1 < n; seq++) { /* ,"20":7 and so on: 7 bytes a step */
            size_t left = n - 1 - b->n;
            if (left >= 14 || left == 7)
                ln_buf_addf(b, ",\"%u\":7", seq);
            else /* 8 … 13: the number of digits makes it fit */
                ln_buf_addf(b, ",\"%u\":%.*s", seq, (int)left - 6, "1111111111");
        }
        ln_buf_addc(b, '}');
    } else {
        ln_buf_addc(b, '[');
        for (unsigned i = 0; i < 400; i++) {
            size_t size = i < 399 ? n / 400 : n - b->n - 1;
            size_t start = b->n;
            ln_buf_addf(b, "%s{\"name\":\"u%u\",\"password\":\"", i ? "," : "", i);
            put_repeated(b, 'a', start + size - b->n - 2);
            ln_buf_adds(b, "\"}");
        }
        ln_buf_addc(b, ']');
    }
    ck_assert_uint_eq(b->n, n);
}

static void
check_raw(const struct field *f)
{
    struct ln_buf b;
    ln_buf_init(&b, 1u << 20);
    put_raw(&b, f, f->max - 1);
    expect(f, ln_buf_str(&b), LN_OK, NULL);
    put_raw(&b, f, f->max);
    expect(f, ln_buf_str(&b), LN_OK, NULL);
    put_raw(&b, f, f->max + 1);
    expect(f, ln_buf_str(&b), LN_ETOOLARGE, "is too long");
    ln_buf_deinit(&b);
    if (strcmp(f->name, "accounts") != 0)
        expect(f, LN_STR("[]"), LN_EBADMSG, "must be an object");
}

START_TEST(every_field_at_its_limits)
{
    const struct field *f = &fields[_i];
    switch (f->type) {
    case T_U32:
    case T_U64:
        check_number(f);
        break;
    case T_BOOL:
        check_bool(f);
        break;
    case T_STR:
    case T_TXT:
        check_string(f);
        break;
    case T_IDS:
        check_ids(f);
        break;
    case T_RAW:
        check_raw(f);
        break;
    }
}
END_TEST

/* ── calls: the operation is known beforehand ── */
START_TEST(calls)
{
    struct ln_cmd cmd;
    const char *why;
    cmd_init(&cmd);
    ck_assert_int_eq(
        ln_decode_call(LN_OP_STATUS, (struct ln_str){NULL, 0}, LN_TEXT_MAX, &cmd, &why), LN_OK);
    ck_assert_int_eq(cmd.op, LN_OP_STATUS);
    ck_assert(cmd.origin.has_id && cmd.origin.wants_reply);
    ck_assert_uint_eq(cmd.args.has, 0);
    ln_arena_deinit(&cmd.arena);
    cmd_init(&cmd);
    ck_assert_int_eq(ln_decode_call(LN_OP_CHAT_LEAVE,
                                    LN_STR("{\"chat\":3,\"as\":\"ana\",\"op\":\"send\"}"),
                                    LN_TEXT_MAX, &cmd, &why),
                     LN_OK);
    ck_assert_int_eq(cmd.op, LN_OP_CHAT_LEAVE); /* the path says which, not the text */
    ck_assert(ln_str_eq(cmd.as, LN_STR("ana")));
    ln_arena_deinit(&cmd.arena);
    cmd_init(&cmd);
    ck_assert_int_eq(
        ln_decode_call(LN_OP_CHAT_LEAVE, (struct ln_str){NULL, 0}, LN_TEXT_MAX, &cmd, &why),
        LN_EBADMSG);
    ck_assert_str_eq(why, "\"chat\" is missing");
    ln_arena_deinit(&cmd.arena);
    cmd_init(&cmd);
    ck_assert_int_eq(ln_decode_call(LN_OP_STATUS, LN_STR("[]"), LN_TEXT_MAX, &cmd, &why),
                     LN_EBADMSG);
    ck_assert_str_eq(why, NOT_OBJECT);
    ln_arena_deinit(&cmd.arena);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("decode");
    TCase *tc = tcase_create("decode");
    tcase_add_test(tc, frames_by_table);
    tcase_add_test(tc, what_is_in_a_send);
    tcase_add_test(tc, text_of_a_message_up_to_its_limit);
    tcase_add_test(tc, cursors_are_chats_and_seqs);
    tcase_add_test(tc, cursors_come_sorted);
    tcase_add_test(tc, accounts_by_table);
    tcase_add_test(tc, what_is_in_an_account);
    tcase_add_test(tc, five_hundred_accounts_and_no_more);
    tcase_add_loop_test(tc, every_field_at_its_limits, 0, LN_F_COUNT);
    tcase_add_test(tc, calls);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
