/* SPDX-License-Identifier: MIT
 * check_entry.c - one event's JSON, raw and as an item; copies, counts, batches.
 */
#include "linnet/model/entry.h"

#include <check.h>

#include "linnet/base/mem.h"
#include "linnet/model/kind.h"
#include "linnet/model/record.h"

#define S(text)                                                                                    \
    {                                                                                              \
        "" text, sizeof(text) - 1                                                                  \
    }

/* clang-format off */
static const struct row {
    const struct ln_entry *e;
    const char *event, *live, *item; /* live NULL: as event with ev and chat; item NULL: not asked */
} rows[] = {
    {&(const struct ln_entry){.kind = LN_KIND_MESSAGE, .chat = 12, .seq = 846, .from = 5, .ts = 1732480000123,
      .cid = S("c1"), .body = S("{\"text\":\"hi\"}")},
     "{\"seq\":846,\"ts\":1732480000123,\"from\":5,\"kind\":\"message\",\"cid\":\"c1\",\"body\":{\"text\":\"hi\"}}",
     "{\"ev\":\"event\",\"chat\":12,\"seq\":846,\"ts\":1732480000123,\"from\":5,\"kind\":\"message\",\"cid\":\"c1\",\"body\":{\"text\":\"hi\"}}",
     "{\"seq\":846,\"ts\":1732480000123,\"from\":5,\"kind\":\"message\",\"cid\":\"c1\",\"body\":{\"text\":\"hi\"}}"},
    {&(const struct ln_entry){.kind = LN_KIND_MESSAGE, .chat = 1, .seq = 1, .from = 1, .ts = 1, .cid = S("a\"b\\"),
      .body = S("{\"text\":\"x\"}"), .args = S(",\"reply\":3,\"mentions\":[6,7],\"here\":true")},
     "{\"seq\":1,\"ts\":1,\"from\":1,\"kind\":\"message\",\"cid\":\"a\\\"b\\\\\",\"body\":{\"text\":\"x\"},\"reply\":3,\"mentions\":[6,7],\"here\":true}",
     NULL,
     "{\"seq\":1,\"ts\":1,\"from\":1,\"kind\":\"message\",\"cid\":\"a\\\"b\\\\\",\"body\":{\"text\":\"x\"},\"reply\":3,\"mentions\":[6,7],\"here\":true}"},
    /* edited, pinned, with reactions: the event stays as it was sent, the item is as it stands */
    {&(const struct ln_entry){.kind = LN_KIND_MESSAGE, .chat = 1, .seq = 2, .from = 1, .ts = 5, .cid = S("c"),
      .body = S("{\"text\":\"old\"}"), .now = S("{\"text\":\"new\"}"), .edited_ts = 9, .pinned = true,
      .reactions = S("{\"+1\":[6]}")},
     "{\"seq\":2,\"ts\":5,\"from\":1,\"kind\":\"message\",\"cid\":\"c\",\"body\":{\"text\":\"old\"}}",
     NULL,
     "{\"seq\":2,\"ts\":5,\"from\":1,\"kind\":\"message\",\"cid\":\"c\",\"body\":{\"text\":\"new\"},\"edited_ts\":9,\"pinned\":true,\"reactions\":{\"+1\":[6]}}"},
    {&(const struct ln_entry){.kind = LN_KIND_MESSAGE, .chat = 1, .seq = 3, .from = 1, .ts = 5, .cid = S("c"), .deleted = true},
     "{\"seq\":3,\"ts\":5,\"from\":1,\"kind\":\"message\",\"cid\":\"c\",\"body\":null}",
     NULL,
     "{\"seq\":3,\"ts\":5,\"from\":1,\"kind\":\"message\",\"cid\":\"c\",\"body\":null,\"deleted\":true}"},
    {&(const struct ln_entry){.kind = LN_KIND_EDIT, .chat = 1, .seq = 4, .from = 1, .ts = 6, .target = 2,
      .body = S("{\"text\":\"new\"}"), .args = S(",\"target\":2")},
     "{\"seq\":4,\"ts\":6,\"from\":1,\"kind\":\"edit\",\"body\":{\"text\":\"new\"},\"target\":2}", NULL, NULL},
    {&(const struct ln_entry){.kind = LN_KIND_EDIT, .chat = 1, .seq = 4, .from = 1, .ts = 6, .target = 2, .args = S(",\"target\":2")},
     "{\"seq\":4,\"ts\":6,\"from\":1,\"kind\":\"edit\",\"body\":null,\"target\":2}", NULL, NULL},
    {&(const struct ln_entry){.kind = LN_KIND_DELETE, .chat = 1, .seq = 5, .from = 2, .ts = 6, .args = S(",\"target\":2")},
     "{\"seq\":5,\"ts\":6,\"from\":2,\"kind\":\"delete\",\"target\":2}", NULL, NULL},
    {&(const struct ln_entry){.kind = LN_KIND_REACT, .chat = 1, .seq = 6, .from = 2, .ts = 6, .args = S(",\"target\":2,\"emoji\":\"+1\",\"on\":true")},
     "{\"seq\":6,\"ts\":6,\"from\":2,\"kind\":\"react\",\"target\":2,\"emoji\":\"+1\",\"on\":true}",
     "{\"ev\":\"event\",\"chat\":1,\"seq\":6,\"ts\":6,\"from\":2,\"kind\":\"react\",\"target\":2,\"emoji\":\"+1\",\"on\":true}", NULL},
    {&(const struct ln_entry){.kind = LN_KIND_PIN, .chat = 1, .seq = 7, .from = 2, .ts = 6, .args = S(",\"target\":2,\"on\":false")},
     "{\"seq\":7,\"ts\":6,\"from\":2,\"kind\":\"pin\",\"target\":2,\"on\":false}", NULL, NULL},
    {&(const struct ln_entry){.kind = LN_KIND_JOIN, .chat = 1, .seq = 8, .from = 2, .ts = 6, .args = S(",\"users\":[3,4]")},
     "{\"seq\":8,\"ts\":6,\"from\":2,\"kind\":\"join\",\"users\":[3,4]}", NULL,
     "{\"seq\":8,\"ts\":6,\"from\":2,\"kind\":\"join\",\"users\":[3,4]}"},
    {&(const struct ln_entry){.kind = LN_KIND_TITLE, .chat = 0x7fffffff, .seq = UINT32_MAX, .from = 0, .ts = INT64_MAX, .args = S(",\"title\":\"T\"")},
     "{\"seq\":4294967295,\"ts\":9223372036854775807,\"from\":0,\"kind\":\"title\",\"title\":\"T\"}",
     "{\"ev\":\"event\",\"chat\":2147483647,\"seq\":4294967295,\"ts\":9223372036854775807,\"from\":0,\"kind\":\"title\",\"title\":\"T\"}",
     "{\"seq\":4294967295,\"ts\":9223372036854775807,\"from\":0,\"kind\":\"title\",\"title\":\"T\"}"},
};
/* clang-format on */

START_TEST(json_of_events_and_items)
{
    struct ln_buf b;
    ln_buf_init(&b, 4096);
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct ln_entry *e = ln_entry_create(rows[i].e);
        ln_buf_clear(&b);
        ln_entry_event_json(&b, e, false);
        ck_assert_str_eq(ln_buf_cstr(&b), rows[i].event);
        ln_buf_clear(&b);
        ln_entry_event_json(&b, e, true);
        if (rows[i].live)
            ck_assert_str_eq(ln_buf_cstr(&b), rows[i].live);
        ln_buf_clear(&b);
        ln_entry_item_json(&b, e);
        if (rows[i].item)
            ck_assert_str_eq(ln_buf_cstr(&b), rows[i].item);
        ln_entry_unref(e);
    }
    ln_buf_deinit(&b);
}
END_TEST

START_TEST(a_copy_owns_its_strings)
{
    char cid[] = "cid", body[] = "{\"text\":\"hi\"}", args[] = ",\"x\":1", now[] = "{}",
         reactions[] = "{\"a\":[1]}";
    struct ln_entry from = {
        .kind = LN_KIND_MESSAGE,
        .chat = 3,
        .seq = 9,
        .msg_no = 4,
        .commit_no = 77,
        .sent = {1, 2, 3},
        .cid = ln_str(cid),
        .body = ln_str(body),
        .args = ln_str(args),
        .now = ln_str(now),
        .reactions = ln_str(reactions),
    };
    struct ln_entry *e = ln_entry_create(&from);
    memset(cid, 'x', 3);
    memset(body, 'x', sizeof body - 1);
    memset(args, 'x', sizeof args - 1);
    memset(now, 'x', 2);
    memset(reactions, 'x', sizeof reactions - 1);
    ck_assert(ln_str_eq(e->cid, LN_STR("cid")));
    ck_assert(ln_str_eq(e->body, LN_STR("{\"text\":\"hi\"}")));
    ck_assert(ln_str_eq(e->args, LN_STR(",\"x\":1")));
    ck_assert(ln_str_eq(e->now, LN_STR("{}")));
    ck_assert(ln_str_eq(e->reactions, LN_STR("{\"a\":[1]}")));
    ck_assert_uint_eq(e->commit_no, 77);
    ck_assert_uint_eq(e->msg_no, 4);
    ck_assert_mem_eq(e->sent, from.sent, sizeof from.sent);
    ck_assert_uint_eq(ln_entry_bytes(e), sizeof *e + 3 + 13 + 6 + 2 + 9);
    ck_assert_ptr_eq(ln_entry_ref(e), e);
    ln_entry_unref(e);
    struct ln_entry *second = ln_entry_create(e); /* a copy of a copy has its own count */
    ln_entry_unref(e);
    ck_assert(ln_str_eq(second->body, LN_STR("{\"text\":\"hi\"}")));
    ln_entry_unref(second);
    ln_entry_unref(NULL);
}
END_TEST

START_TEST(a_batch_holds_what_is_put_in)
{
    struct ln_batch *b = ln_batch_create();
    struct ln_entry from = {.kind = LN_KIND_JOIN, .seq = 1};
    struct ln_entry *e = ln_entry_create(&from);
    for (unsigned i = 0; i < 100; i++) {
        struct ln_record *r = ln_batch_add(b, i % 2 ? LN_REC_EVENT : LN_REC_MARK);
        ck_assert_uint_eq(r->chat, 0);
        ck_assert_ptr_null(r->entry);
        r->chat = i;
        r->entry = i % 2 ? ln_entry_ref(e) : NULL;
    }
    ck_assert_uint_eq(b->count, 100);
    for (unsigned i = 0; i < 100; i++) {
        ck_assert_uint_eq(b->records[i].chat, i);
        ck_assert_int_eq(b->records[i].type, i % 2 ? LN_REC_EVENT : LN_REC_MARK);
    }
    ln_batch_ref_n(b, 2);
    ln_batch_unref(b);
    ln_batch_unref(b);
    ck_assert_uint_eq(atomic_load(&e->refs), 51);
    ln_batch_unref(b);
    ck_assert_uint_eq(atomic_load(&e->refs), 1); /* the batch let go of each */
    ln_entry_unref(e);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("entry");
    TCase *tc = tcase_create("entry");
    tcase_add_test(tc, json_of_events_and_items);
    tcase_add_test(tc, a_copy_owns_its_strings);
    tcase_add_test(tc, a_batch_holds_what_is_put_in);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
