/* SPDX-License-Identifier: MIT
 * check_store_page.c - pages of large rows end by their size, and still miss nothing, whether the
 * rows lie in history, in the log, or in both.
 */
#include "store_rig.h"

#define FOLDED 40 /* large rows in history, and then */
#define RECENT 20 /* in the log */
#define TEXT_BYTES 16000
#define MOST (LN_PAGE_BYTES + TEXT_BYTES + 4096) /* one row may pass the mark; names, numbers */

static struct rig rig, *const R = &rig;
static ln_chat_id chat;
static ln_seq head;

static void
send_large(unsigned from, unsigned to)
{
    char text[TEXT_BYTES + 1];
    memset(text, 'x', TEXT_BYTES);
    text[TEXT_BYTES] = 0;
    for (unsigned i = from; i < to; i++) {
        head = (ln_seq)num(rig_ok(R, 1, LN_OP_SEND,
                                  "\"chat\":%u,\"cid\":\"c%u\",\"body\":{\"text\":\"%s\"}", chat, i,
                                  text),
                           "seq");
    }
}

static void
open_rig(void)
{
    rig_open(R);
    rig_people(R, 2);
    ln_chat_id ballast = rig_group(R, 1, "all");
    chat = rig_group(R, 2, "all");
    send_large(0, FOLDED);
    rig_fold(R, 1, ballast);
    send_large(FOLDED, FOLDED + RECENT);
}

static void
close_rig(void)
{
    rig_close(R);
}

/* The rows of one answer; their count in *n. Its size is looked at. */
static json_t *
page(enum ln_op op, const char *where, json_int_t seq, unsigned limit, size_t *n)
{
    json_t *answer = rig_ok(R, 2, op, "\"chat\":%u,\"%s\":%lld,\"limit\":%u", chat, where,
                            (long long)seq, limit);
    char *text = json_dumps(answer, JSON_COMPACT);
    ck_assert_uint_le(strlen(text), MOST);
    free(text);
    *n = json_array_size(json_object_get(answer, op == LN_OP_HISTORY ? "items" : "events"));
    ck_assert_uint_ge(*n, 1);
    return answer;
}

static json_int_t
seq_at(const json_t *answer, enum ln_op op, size_t i)
{
    return num(json_array_get(json_object_get(answer, op == LN_OP_HISTORY ? "items" : "events"), i),
               "seq");
}

static void
walk_forward(enum ln_op op)
{
    json_int_t at = 0;
    unsigned pages = 0;
    bool more = true;
    for (; more; pages++) {
        size_t n;
        json_t *answer = page(op, "after", at, 200, &n);
        for (size_t i = 0; i < n; i++) {
            ck_assert_int_eq(seq_at(answer, op, i), ++at);
        }
        more = json_is_true(json_object_get(answer, "more"));
    }
    ck_assert_int_eq(at, head);
    ck_assert_uint_ge(pages, (FOLDED + RECENT) * TEXT_BYTES / MOST);
}

START_TEST(events_miss_nothing)
{
    walk_forward(LN_OP_EVENTS);
    walk_forward(LN_OP_HISTORY);
}
END_TEST

START_TEST(history_backwards_misses_nothing)
{
    json_int_t before = head + 1;
    bool more = true;
    while (more) {
        size_t n;
        json_t *answer = page(LN_OP_HISTORY, "before", before, 200, &n);
        ck_assert_int_eq(seq_at(answer, LN_OP_HISTORY, n - 1), before - 1);
        before = seq_at(answer, LN_OP_HISTORY, 0);
        ck_assert_int_eq(seq_at(answer, LN_OP_HISTORY, n - 1) - before, (json_int_t)n - 1);
        more = json_is_true(json_object_get(answer, "more"));
    }
    ck_assert_int_eq(before, 1);
}
END_TEST

START_TEST(history_around_is_one_piece)
{
    for (json_int_t seq = FOLDED - 5; seq < FOLDED + 10; seq++) {
        size_t n;
        json_t *answer = page(LN_OP_HISTORY, "around", seq, 200, &n);
        json_int_t first = seq_at(answer, LN_OP_HISTORY, 0);
        ck_assert_int_le(first, seq);
        ck_assert_int_ge(first + (json_int_t)n - 1, seq);
        for (size_t i = 0; i < n; i++) {
            ck_assert_int_eq(seq_at(answer, LN_OP_HISTORY, i), first + (json_int_t)i);
        }
        ck_assert(json_is_true(json_object_get(answer, "more")));
        ck_assert(json_is_true(json_object_get(answer, "more_after")));
    }
}
END_TEST

/* The events that hello gives from this cursor on; -1: a gap. */
static int
hello_events(json_int_t cursor)
{
    json_t *answer =
               rig_ok(R, 2, LN_OP_HELLO, "\"cursors\":{\"%u\":%lld}", chat, (long long)cursor),
           *c = json_array_get(json_object_get(answer, "chats"), 0);
    ck_assert_int_eq(num(c, "id"), chat);
    int n = (int)json_array_size(json_object_get(c, "events"));
    if (json_is_true(json_object_get(c, "gap"))) {
        ck_assert_int_eq(n, 0);
        return -1;
    }
    return n;
}

START_TEST(hello_tells_of_a_gap_where_events_are_large)
{
    ck_assert_int_eq(hello_events(head - 3), 3);
    ck_assert_int_eq(hello_events(head - 7), 7);
    ck_assert_int_eq(hello_events(head - 9), -1);          /* from the log */
    ck_assert_int_eq(hello_events(head - RECENT - 5), -1); /* from both */
    send_large(1000, 1001);
    rig_fold(R, 1, 1);
    ck_assert_int_eq(hello_events(head - 7), 7); /* from history */
    ck_assert_int_eq(hello_events(head - 9), -1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store_page");
    TCase *tc = tcase_create("page");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, open_rig, close_rig);
    tcase_add_test(tc, events_miss_nothing);
    tcase_add_test(tc, history_backwards_misses_nothing);
    tcase_add_test(tc, history_around_is_one_piece);
    tcase_add_test(tc, hello_tells_of_a_gap_where_events_are_large);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
