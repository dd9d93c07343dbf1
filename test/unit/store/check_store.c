/* SPDX-License-Identifier: MIT
 * check_store.c - the store's promises, one by one, on a real directory.
 */
#include <sqlite3.h>
#include <sys/stat.h>

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

#define SEND(user, chat, cid, text)                                                                \
    R, user, LN_OP_SEND, "\"chat\":%u,\"cid\":\"%s\",\"body\":{\"text\":\"%s\"}", chat, cid, text

static json_int_t
send_text(ln_user_id user, ln_chat_id chat, const char *cid, const char *text)
{
    return num(rig_ok(SEND(user, chat, cid, text)), "seq");
}

/* hello's object of a chat, or NULL. */
static json_t *
chat_of(const json_t *hello, ln_chat_id chat)
{
    size_t i;
    json_t *c;
    json_array_foreach(json_object_get(hello, "chats"), i, c)
    {
        if (num(c, "id") == chat) {
            return c;
        }
    }
    return NULL;
}

static json_t *
hello_chat(ln_user_id user, ln_chat_id chat)
{
    return chat_of(rig_ok(R, user, LN_OP_HELLO, "%s", ""), chat);
}

/* ── send ── */
START_TEST(a_cid_is_sent_once)
{
    ln_chat_id a = rig_group(R, 3, "all"), b = rig_group(R, 2, "all");
    json_t *first = rig_ok(SEND(1, a, "c1", "hi"));
    for (int round = 0; round < 3; round++) {
        json_t *again = rig_ok(SEND(1, a, "c1", "hi"));
        ck_assert_int_eq(num(again, "seq"), num(first, "seq"));
        ck_assert_int_eq(num(again, "ts"), num(first, "ts"));
        ck_assert(json_is_true(json_object_get(again, "dup")));
        ck_assert_int_eq(rig_ask(SEND(1, a, "c1", "other"))->err, LN_ECIDREUSE);
        ck_assert_int_eq(rig_ask(SEND(1, b, "c1", "hi"))->err, LN_ECIDREUSE);
        if (round == 0) {
            json_int_t seq = send_text(2, a, "c1", "hi"); /* another's cid is another */
            ck_assert_int_eq(seq, num(first, "seq") + 1);
            rig_fold(R, 1, b);
        } else {
            ck_assert(json_is_true(json_object_get(rig_ok(SEND(2, a, "c1", "hi")), "dup")));
            rig_reopen(R);
        }
    }
    /* also as a tombstone */
    rig_ok(R, 1, LN_OP_DELETE, "\"chat\":%u,\"target\":%lld", a, num(first, "seq"));
    ck_assert(json_is_true(json_object_get(rig_ok(SEND(1, a, "c1", "hi")), "dup")));
    ck_assert_int_eq(rig_ask(SEND(1, a, "c1", "other"))->err, LN_ECIDREUSE);
}
END_TEST

/* Only a cid above all that its sender ever used is known to be new without a look. */
START_TEST(cids_need_not_rise)
{
    static const char *const cids[] = {"m", "z", "a", "zz", "mm", "0", "~"};
    ln_chat_id a = rig_group(R, 3, "all"), other = rig_group(R, 3, "all");
    json_int_t seqs[LN_COUNT(cids)];
    for (size_t i = 0; i < LN_COUNT(cids); i++) {
        seqs[i] = send_text(2, a, cids[i], "x");
        if (i == 2) { /* known before the fold puts more of them there, and after */
            rig_fold(R, 1, other);
        }
    }
    rig_ok(R, 2, LN_OP_CHAT_CREATE, "\"kind\":\"group\",\"title\":\"t\",\"cid\":\"~~\"");
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < LN_COUNT(cids); i++) {
            json_t *again = rig_ok(SEND(2, a, cids[i], "x"));
            ck_assert_int_eq(num(again, "seq"), seqs[i]);
            ck_assert(json_is_true(json_object_get(again, "dup")));
        }
        ck_assert_int_eq(rig_ask(SEND(2, a, "~~", "x"))->err, LN_ECIDREUSE);
        rig_fold(R, 1, other);
        if (round == 0) {
            rig_reopen(R);
        }
    }
}
END_TEST

START_TEST(two_of_one_cid_in_one_batch_are_one)
{
    ln_chat_id a = rig_group(R, 2, "all");
    uint32_t first = rig_post(SEND(1, a, "twice", "x")),
             second = rig_post(SEND(1, a, "twice", "x"));
    uint32_t third = rig_post(SEND(1, a, "twice", "y"));
    rig_wait(R, third);
    ck_assert_int_eq(R->answers[first].err, LN_OK);
    ck_assert_int_eq(num(R->answers[first].json, "seq"), num(R->answers[second].json, "seq"));
    ck_assert_int_eq(R->answers[third].err, LN_ECIDREUSE);
}
END_TEST

START_TEST(a_chat_is_created_once)
{
    for (int round = 0; round < 2; round++) {
        json_t *j = rig_ok(R, 1, LN_OP_CHAT_CREATE,
                           "\"kind\":\"group\",\"title\":\"T\",\"cid\":\"create\"");
        ck_assert_int_eq(num(j, "chat"), 1);
        j = rig_ok(R, 1 + (ln_user_id)round, LN_OP_CHAT_CREATE,
                   "\"kind\":\"direct\",\"members\":[%d]", 2 - round);
        ck_assert_int_eq(num(j, "chat"), 2);
        ck_assert_int_eq(rig_ask(SEND(1, 1, "create", "x"))->err, LN_ECIDREUSE);
        rig_reopen(R);
    }
}
END_TEST

START_TEST(order_of_a_batch)
{
    ln_chat_id chats[3] = {rig_group(R, 3, "all"), rig_group(R, 3, "all"), rig_group(R, 3, "all")};
    uint32_t from = R->told, first = R->posted, last = 0;
    ln_seq head[4] = {0};
    ln_commit_no commit_no = 0;
    for (int i = 0; i < 3000; i++) {
        char cid[16];
        snprintf(cid, sizeof cid, "o%d", i);
        last = rig_post(SEND(1 + (ln_user_id)i % 3, chats[(i * 7) % 3], cid, "x"));
    }
    rig_wait(R, last);
    uint32_t slot = first;
    for (uint32_t i = from; i < R->told; i++) { /* each ack, in order, and then its event */
        const struct told *t = &R->trace[i];
        if (t->type == LN_REC_ACK) {
            ck_assert_int_eq(t->slot, slot++);
            ck_assert_int_eq(t->err, LN_OK);
            const struct told *event = &R->trace[i + 1];
            ck_assert_int_eq(event->type, LN_REC_EVENT);
            ck_assert_int_eq(event->seq, num(R->answers[t->slot].json, "seq"));
        } else if (t->type == LN_REC_EVENT) {
            ck_assert(t->chat <= 3 && t->chat >= 1);
            ck_assert(!head[t->chat] || t->seq == head[t->chat] + 1);
            ck_assert(!commit_no || t->commit_no == commit_no + 1);
            head[t->chat] = t->seq;
            commit_no = t->commit_no;
        }
    }
    ck_assert_int_eq(slot, last + 1);
}
END_TEST

START_TEST(who_may_not_leaves_no_trace)
{
    ln_chat_id a = rig_group(R, 3, "all");
    json_int_t seq = send_text(1, a, "one", "x");
    ck_assert_int_eq(rig_ask(SEND(4, a, "c", "x"))->err, LN_EFORBIDDEN);
    ck_assert_int_eq(rig_ask(SEND(4, 77, "c", "x"))->err, LN_EFORBIDDEN);
    ck_assert_int_eq(rig_ask(R, 4, LN_OP_HISTORY, "\"chat\":%u", a)->err, LN_EFORBIDDEN);
    ck_assert_int_eq(rig_ask(R, 4, LN_OP_EVENTS, "\"chat\":%u,\"after\":0", a)->err, LN_EFORBIDDEN);
    ck_assert_int_eq(
        rig_ask(R, 2, LN_OP_EDIT, "\"chat\":%u,\"target\":%lld,\"body\":{\"text\":\"y\"}", a, seq)
            ->err,
        LN_EFORBIDDEN);
    ck_assert_int_eq(rig_ask(R, 2, LN_OP_DELETE, "\"chat\":%u,\"target\":%lld", a, seq)->err,
                     LN_EFORBIDDEN);
    ck_assert_int_eq(
        rig_ask(R, 2, LN_OP_PIN, "\"chat\":%u,\"target\":%lld,\"on\":true", a, seq)->err,
        LN_EFORBIDDEN);
    struct answer *beyond =
        rig_ask(R, 1, LN_OP_SEND,
                "\"chat\":%u,\"cid\":\"r\",\"body\":{\"text\":\"x\"},\"reply\":%lld", a, seq + 1);
    ck_assert_int_eq(beyond->err, LN_EBADMSG);
    rig_ok(R, 0, LN_OP_USER_UPDATE, "\"user\":3,\"disabled\":true");
    ck_assert_int_eq(rig_ask(SEND(3, a, "c", "x"))->err, LN_EAUTH);
    ck_assert_int_eq(send_text(1, a, "two", "x"), seq + 1);
}
END_TEST

/* ── marks ── */
static void
check_counts(ln_user_id user, ln_chat_id chat, int unread, int mentions)
{
    json_t *c = hello_chat(user, chat);
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(num(c, "unread"), unread);
    ck_assert_int_eq(num(c, "mentions"), mentions);
}

static void
post_marks(ln_user_id user, ln_chat_id chat, json_int_t delivered, json_int_t read)
{
    struct ln_marks *m = ln_zalloc(sizeof *m);
    m->marks = ln_zalloc(sizeof *m->marks);
    m->mark_count = 1;
    m->marks[0] = (struct ln_mark){chat, user, (ln_seq)delivered, (ln_seq)read};
    m->seen = ln_zalloc(sizeof *m->seen);
    m->seen_count = 1;
    m->seen[0] = (struct ln_seen){user, 1234};
    ln_store_marks_post(R->st, m);
}

START_TEST(marks_and_counts)
{
    ln_chat_id a = rig_group(R, 3, "all"), other = rig_group(R, 2, "all");
    json_int_t s1 = send_text(1, a, "m1", "one");
    json_int_t s2 = num(rig_ok(R, 1, LN_OP_SEND,
                               "\"chat\":%u,\"cid\":\"m2\",\"body\":{\"text\":\"x\"},"
                               "\"mentions\":[2,5]",
                               a),
                        "seq");
    json_int_t s3 =
        num(rig_ok(R, 3, LN_OP_SEND,
                   "\"chat\":%u,\"cid\":\"m3\",\"body\":{\"text\":\"x\"},\"here\":true", a),
            "seq");
    for (int round = 0; round < 3; round++) {
        check_counts(1, a, 1, 1);
        check_counts(2, a, 3, 2);
        check_counts(3, a, 0, 0); /* has read what stood before its own words */
        if (round == 0) {
            rig_reopen(R);
        } else if (round == 1) {
            rig_fold(R, 1, other);
            rig_reopen(R);
        }
    }
    ck_assert_int_eq(rig_ask(R, 2, LN_OP_MARK, "\"chat\":%u,\"read\":%lld", a, s3 + 1)->err,
                     LN_EBADMSG);
    post_marks(2, a, s3 + 1, s3 + 1); /* beyond the head: nobody's */
    rig_ok(R, 2, LN_OP_MARK, "\"chat\":%u,\"delivered\":%lld,\"read\":%lld", a, s2, s1);
    check_counts(2, a, 2, 2);
    post_marks(2, a, s3, s2);
    check_counts(2, a, 1, 1);
    rig_ok(R, 2, LN_OP_MARK, "\"chat\":%u,\"read\":%lld", a, s1); /* never falls */
    rig_reopen(R);
    check_counts(2, a, 1, 1);
    json_t *c = hello_chat(2, a);
    ck_assert_int_eq(num(c, "read_seq"), s2);
    ck_assert_int_eq(num(c, "delivered_seq"), s3);
    rig_ok(R, 2, LN_OP_UNREAD, "\"chat\":%u,\"from\":%lld", a, s3);
    rig_reopen(R);
    ck_assert_int_eq(num(hello_chat(2, a), "unread_from"), s3);
    rig_ok(R, 2, LN_OP_MARK, "\"chat\":%u,\"read\":%lld", a, s3);
    check_counts(2, a, 0, 0);
    ck_assert_ptr_null(json_object_get(hello_chat(2, a), "unread_from"));
    json_t *seen = json_object_get(
        json_object_get(rig_ok(R, 1, LN_OP_USER_GET, "\"users\":[2]"), "users"), "2");
    ck_assert_int_eq(num(seen, "last_seen"), 1234);
}
END_TEST

START_TEST(many_heres_count_the_same_after_reopen)
{
    ln_chat_id a = rig_group(R, 2, "all");
    uint32_t last = 0;
    for (int i = 0; i < 1100; i++) {
        last =
            rig_post(R, 1, LN_OP_SEND,
                     "\"chat\":%u,\"cid\":\"h%d\",\"body\":{\"text\":\"x\"},\"here\":true", a, i);
    }
    rig_wait(R, last);
    check_counts(2, a, 1100, 1000);
    rig_reopen(R);
    check_counts(2, a, 1100, 1000);
    ck_assert_int_eq(rig_ask(R, 1, LN_OP_SEND,
                             "\"chat\":%u,\"cid\":\"h\",\"body\":{\"text\":\"x\"},\"here\":true", a)
                         ->err,
                     LN_OK);
    check_counts(2, a, 1101, 1000);
}
END_TEST

/* ── who sees what ── */
static json_int_t
first_seq(ln_user_id user, enum ln_op op, ln_chat_id chat)
{
    json_t *j = op == LN_OP_HISTORY ? rig_ok(R, user, op, "\"chat\":%u,\"after\":0", chat)
                                    : rig_ok(R, user, op, "\"chat\":%u,\"after\":0", chat);
    json_t *list = json_object_get(j, op == LN_OP_HISTORY ? "items" : "events");
    ck_assert_int_gt((int)json_array_size(list), 0);
    return num(json_array_get(list, 0), "seq");
}

START_TEST(who_joins_later_sees_from_there)
{
    ln_chat_id since = rig_group(R, 2, "since_join"), all = rig_group(R, 2, "all");
    send_text(1, since, "s1", "before");
    json_int_t before = send_text(1, since, "s2", "before");
    rig_ok(R, 1, LN_OP_CHAT_ADD, "\"chat\":%u,\"users\":[3]", since);
    rig_ok(R, 1, LN_OP_CHAT_ADD, "\"chat\":%u,\"users\":[3]", all);
    for (int round = 0; round < 3; round++) {
        ck_assert_int_eq(first_seq(3, LN_OP_HISTORY, since), before + 1);
        ck_assert_int_eq(first_seq(3, LN_OP_EVENTS, since), before + 1);
        ck_assert_int_eq(first_seq(1, LN_OP_EVENTS, since), 1);
        ck_assert_int_eq(first_seq(2, LN_OP_EVENTS, since), 1); /* came with the creation */
        ck_assert_int_eq(first_seq(3, LN_OP_EVENTS, all), 1);
        json_t *j = rig_ok(R, 3, LN_OP_HISTORY, "\"chat\":%u,\"before\":%lld", since, before + 1);
        ck_assert_int_eq((int)json_array_size(json_object_get(j, "items")), 0);
        j = rig_ok(R, 3, LN_OP_HISTORY, "\"chat\":%u,\"around\":%lld", since, before);
        json_t *first = json_array_get(json_object_get(j, "items"), 0);
        ck_assert(!first || num(first, "seq") > before);
        ck_assert_int_eq(rig_ask(R, 3, LN_OP_REACT,
                                 "\"chat\":%u,\"target\":%lld,\"emoji\":\"+\",\"on\":true", since,
                                 before)
                             ->err,
                         LN_ENOTFOUND);
        j = chat_of(rig_ok(R, 3, LN_OP_HELLO, "\"cursors\":{\"%u\":0}", since), since);
        json_t *missed = json_array_get(json_object_get(j, "events"), 0);
        ck_assert_int_eq(num(missed, "seq"), before + 1);
        if (round == 0) {
            rig_fold(R, 1, all);
        } else {
            rig_reopen(R);
        }
    }
    rig_ok(R, 1, LN_OP_CHAT_REMOVE, "\"chat\":%u,\"users\":[3]", since);
    ck_assert_int_eq(rig_ask(R, 3, LN_OP_HISTORY, "\"chat\":%u", since)->err, LN_EFORBIDDEN);
    json_int_t gone = send_text(1, since, "s3", "unseen");
    rig_ok(R, 1, LN_OP_CHAT_ADD, "\"chat\":%u,\"users\":[3]", since);
    ck_assert_int_eq(first_seq(3, LN_OP_EVENTS, since), gone + 1);
}
END_TEST

START_TEST(pages_at_the_edges)
{
    ln_chat_id a = rig_group(R, 2, "all"), other = rig_group(R, 2, "all");
    static const struct {
        const char *args;
        int n;
    } rows[] = {
        {"\"after\":4294967295", 0},  {"\"before\":1", 0},
        {"\"before\":4294967295", 3}, {"\"around\":1", 3},
        {"\"around\":4294967295", 3}, {"\"after\":0", 3},
        {"\"limit\":1", 1},           {"\"around\":2,\"limit\":1", 1},
    };
    send_text(1, a, "e", "x");
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < LN_COUNT(rows); i++) {
            json_t *j = rig_ok(R, 1, LN_OP_HISTORY, "\"chat\":%u,%s", a, rows[i].args);
            ck_assert_msg((int)json_array_size(json_object_get(j, "items")) == rows[i].n, "%s",
                          rows[i].args);
        }
        json_t *j = rig_ok(R, 1, LN_OP_EVENTS, "\"chat\":%u,\"after\":4294967295", a);
        ck_assert_int_eq((int)json_array_size(json_object_get(j, "events")), 0);
        if (round == 0) {
            rig_fold(R, 1, other);
        }
    }
}
END_TEST

/* Words of another chat, so that the store commits while reads are out. */
static void
chatter(ln_chat_id chat, int n)
{
    static unsigned count;
    while (n--) {
        char cid[16];
        snprintf(cid, sizeof cid, "w%u", count++);
        rig_post(SEND(1, chat, cid, "x"));
    }
}

/* An answer that shows the chat must stand before the removal, or not be given. */
START_TEST(removal_during_a_read)
{
    ln_chat_id a = rig_group(R, 3, "all"), b = rig_group(R, 3, "all"),
               other = rig_group(R, 2, "all");
    unsigned overtaken = 0;
    srand(rig_seed());
    chatter(a, 30);
    chatter(b, 30);
    rig_fold(R, 1, other);
    for (int round = 0; round < 300; round++) {
        uint32_t slots[9];
        unsigned n = 0, early = 6;
        while (n < LN_COUNT(slots)) {
            static const char *const pages[] = {"\"before\":30", "\"after\":2", "\"around\":20"};
            if (n == early) {
                rig_post(R, 1, LN_OP_CHAT_REMOVE, "\"chat\":%u,\"users\":[3]", b);
                if (round % 5 == 4) { /* and is back before the answer */
                    rig_post(R, 1, LN_OP_CHAT_ADD, "\"chat\":%u,\"users\":[3]", b);
                    early = 100;
                }
            }
            slots[n] = n % 3 ? rig_post(R, 3, LN_OP_HISTORY, "\"chat\":%u,%s", b, pages[rand() % 3])
                             : rig_post(R, 3, LN_OP_HELLO, "\"cursors\":{\"%u\":20}", a);
            n++;
            chatter(other, rand() % 4);
            if (rand() % 4 == 0) {
                usleep((unsigned)rand() % 300);
            }
        }
        bool gone = false;
        for (unsigned i = 0; i < n; i++) {
            rig_wait(R, slots[i]);
        }
        for (uint32_t i = R->answers[slots[0]].at; i < R->told; i++) {
            const struct told *t = &R->trace[i];
            if (t->type == LN_REC_MEMBER && t->user == 3 && t->chat == b) {
                gone = t->role == 0;
            }
            bool ours = t->type == TOLD_REPLY && t->slot >= slots[0] && t->slot <= slots[n - 1];
            const struct answer *ans = ours ? &R->answers[t->slot] : NULL;
            if (!ours || ans->at != i) {
                continue;
            }
            overtaken += ans->err && t->slot < slots[6];
            ck_assert_msg(!gone || ans->err || (ans->last && !chat_of(ans->json, b)),
                          "round %d: request %u (%u of the round) was answered after the removal",
                          round, t->slot, t->slot - slots[0]);
        }
        rig_ok(R, 1, LN_OP_CHAT_ADD, "\"chat\":%u,\"users\":[3]", b);
    }
    printf("%u reads were overtaken by a removal\n", overtaken);
}
END_TEST

/* ── hello ── */
START_TEST(hello_from_tail)
{
    ln_chat_id a = rig_group(R, 2, "all");
    json_int_t seq = 0;
    for (int i = 0; i < 60; i++) {
        char cid[16];
        snprintf(cid, sizeof cid, "t%d", i);
        seq = send_text(1, a, cid, "x");
    }
    struct answer *ans =
        rig_ask(R, 2, LN_OP_HELLO, "\"cursors\":{\"%u\":%lld}", a, seq - LN_HELLO_GAP);
    ck_assert_ptr_null(ans->ahead);
    ck_assert_int_eq(ans->last->user, 2);
    ck_assert_int_eq(ans->last->chats[0].head, seq);
    json_t *c = chat_of(ans->json, a), *events = json_object_get(c, "events");
    ck_assert_int_eq((int)json_array_size(events), LN_HELLO_GAP);
    for (size_t i = 0; i < LN_HELLO_GAP; i++) {
        ck_assert_int_eq(num(json_array_get(events, i), "seq"), seq - LN_HELLO_GAP + 1 + (int)i);
    }
    ck_assert(json_is_false(json_object_get(c, "gap")));
    const char *epoch = json_string_value(json_object_get(ans->json, "epoch"));
    const struct {
        const char *epoch;
        json_int_t cursor;
    } gaps[] = {{epoch, seq - LN_HELLO_GAP - 1}, {"foreign", seq - 1}, {epoch, seq + 1}};
    for (size_t i = 0; i < LN_COUNT(gaps); i++) {
        c = chat_of(rig_ok(R, 2, LN_OP_HELLO, "\"epoch\":\"%s\",\"cursors\":{\"%u\":%lld}",
                           gaps[i].epoch, a, gaps[i].cursor),
                    a);
        ck_assert(json_is_true(json_object_get(c, "gap")));
        ck_assert_int_eq((int)json_array_size(json_object_get(c, "events")), 0);
    }
    c = chat_of(
        rig_ok(R, 2, LN_OP_HELLO, "\"epoch\":\"%s\",\"cursors\":{\"%u\":%lld}", epoch, a, seq), a);
    ck_assert(json_is_false(json_object_get(c, "gap")));
}
END_TEST

START_TEST(hello_from_disk)
{
    ln_chat_id a = rig_group(R, 2, "all"), other = rig_group(R, 2, "all");
    json_int_t seq = 0;
    for (int i = 0; i < 20; i++) {
        char cid[16];
        snprintf(cid, sizeof cid, "d%d", i);
        seq = send_text(1, a, cid, "x");
    }
    rig_fold(R, 1, other);
    for (int i = 0; i < 10; i++) { /* the answer spans disk and tail, and goes on while one talks */
        char cid[2][16];
        snprintf(cid[0], 16, "e%d", i);
        snprintf(cid[1], 16, "f%d", i);
        rig_post(SEND(1, a, cid[0], "x"));
        uint32_t slot = rig_post(R, 2, LN_OP_HELLO, "\"cursors\":{\"%u\":5}", a);
        seq = send_text(1, a, cid[1], "x");
        struct answer *ans = rig_wait(R, slot);
        ck_assert_int_eq(ans->err, LN_OK);
        ck_assert_ptr_nonnull(ans->ahead);
        char key[16];
        snprintf(key, sizeof key, "%u", a);
        json_int_t head = num(ans->ahead, key), want = 6;
        json_t *c = chat_of(ans->json, a), *e;
        ck_assert_int_eq(num(c, "head"), head);
        size_t k;
        json_array_foreach(json_object_get(c, "events"), k, e)
        {
            ck_assert_int_eq(num(e, "seq"), want++);
        }
        ck_assert_int_eq(want, head + 1);
        for (uint32_t t = 0; t < ans->ahead_at; t++) { /* what the shard knew: all of the answer */
            ck_assert(R->trace[t].type != LN_REC_EVENT || R->trace[t].chat != a ||
                      R->trace[t].seq <= head);
        }
        json_int_t live = head;
        for (uint32_t t = ans->ahead_at; t < R->told; t++) { /* and all that follows */
            if (R->trace[t].type == LN_REC_EVENT && R->trace[t].chat == a) {
                ck_assert_int_eq(R->trace[t].seq, ++live);
            }
        }
        ck_assert_int_eq(live, seq);
    }
}
END_TEST

/* ── text that must go ── */
static bool
file_holds(const char *dir, const char *word)
{
    static const char *const names[] = {"linnet.db", "linnet.db-wal"};
    bool found = false;
    for (size_t i = 0; i < LN_COUNT(names); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        FILE *f = fopen(path, "r");
        struct stat sb;
        if (!f) {
            continue;
        }
        ck_assert_int_eq(fstat(fileno(f), &sb), 0);
        char *bytes = ln_alloc((size_t)sb.st_size + 1);
        ck_assert_uint_eq(fread(bytes, 1, (size_t)sb.st_size, f), (size_t)sb.st_size);
        found = found || memmem(bytes, (size_t)sb.st_size, word, strlen(word)) != NULL;
        free(bytes);
        fclose(f);
    }
    return found;
}

static json_int_t
send_edited(ln_chat_id chat, const char *name)
{
    char cid[40], text[3][64];
    snprintf(cid, sizeof cid, "cid-%s", name);
    for (int i = 0; i < 3; i++) {
        snprintf(text[i], sizeof text[i], "secret-%s-%d", name, i);
    }
    json_int_t seq = send_text(1, chat, cid, text[0]);
    for (int i = 1; i < 3; i++) {
        rig_ok(R, 1, LN_OP_EDIT, "\"chat\":%u,\"target\":%lld,\"body\":{\"text\":\"%s\"}", chat,
               seq, text[i]);
    }
    return seq;
}

static void
delete_one(ln_chat_id chat, json_int_t seq)
{
    rig_ok(R, 1, LN_OP_DELETE, "\"chat\":%u,\"target\":%lld", chat, seq);
}

START_TEST(a_deleted_text_is_nowhere)
{
    static const char *const names[] = {"tail", "during", "trim", "after", "reopened", "kept"};
    ln_chat_id a = rig_group(R, 2, "all"), other = rig_group(R, 2, "all");
    json_int_t seq[LN_COUNT(names)];
    for (size_t i = 0; i < LN_COUNT(names); i++) {
        seq[i] = send_edited(a, names[i]);
    }
    delete_one(a, seq[0]);
    uint32_t last = rig_ballast(R, 1, other, LN_STORE_FOLD_ROWS);
    rig_wait(R, last);
    delete_one(a, seq[1]); /* a fold is under way */
    rig_fold_end(R);
    delete_one(a, seq[2]); /* rows are leaving the log */
    rig_ok(R, 0, LN_OP_STATUS, "%s", "");
    usleep(200000);
    delete_one(a, seq[3]);
    rig_reopen(R);
    delete_one(a, seq[4]);
    rig_stop(R); /* checkpoints */
    for (size_t i = 0; i < LN_COUNT(names); i++) {
        char word[64];
        snprintf(word, sizeof word, "secret-%s-", names[i]);
        ck_assert_msg(file_holds(R->dir, word) == (i == LN_COUNT(names) - 1), "%s", word);
    }
    rig_start(R);
}
END_TEST

/* A crash between the fold and the trim leaves rows in the log that history has too. */
START_TEST(the_log_is_trimmed_after_a_crash)
{
    ln_chat_id a = rig_group(R, 2, "all");
    rig_ballast(R, 1, a, LN_STORE_FOLD_ROWS - 2000);
    json_int_t seq = send_edited(a, "trimmed"); /* near the end, where the trim comes last */
    rig_wait(R, rig_ballast(R, 1, a, 2000));
    rig_fold_end(R);
    rig_stop(R); /* the trim is not done */
    rig_start(R);
    delete_one(a, seq);
    usleep(300000);
    for (int i = 0; i < 50; i++) { /* it takes its slices between these */
        rig_tail_rows(R);
        usleep(10000);
    }
    rig_stop(R);
    ck_assert(!file_holds(R->dir, "secret-trimmed-"));
    rig_start(R);
}
END_TEST

/* ── opening ── */
static void
exec_on_file(const char *dir, const char *sql)
{
    char path[128];
    sqlite3 *h;
    snprintf(path, sizeof path, "%s/linnet.db", dir);
    ck_assert_int_eq(sqlite3_open(path, &h), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
}

static int
open_code(void)
{
    char why[512] = "";
    int code = -1;
    struct ln_store *st = ln_store_open(&R->opts, why, sizeof why, &code);
    ck_assert(st == NULL || code == 0);
    ck_assert(st != NULL || (code != 0 && why[0]));
    if (st) {
        ln_store_destroy(&st);
    }
    return code;
}

START_TEST(a_foreign_database_is_refused)
{
    char sql[64];
    unsigned schema = ln_store_schema(R->st);
    rig_stop(R);
    exec_on_file(R->dir, "PRAGMA user_version=99");
    ck_assert_int_eq(open_code(), 78);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%u", schema);
    exec_on_file(R->dir, sql);
    ck_assert_int_eq(open_code(), 0);
    exec_on_file(R->dir, "PRAGMA application_id=1");
    ck_assert_int_eq(open_code(), 78);
    exec_on_file(R->dir, "PRAGMA application_id=0x6c6e6574");
    rig_start(R);
}
END_TEST

START_TEST(a_second_store_is_refused)
{
    ck_assert_int_eq(open_code(), 3);
    rig_stop(R);
    ck_assert_int_eq(open_code(), 0);
    rig_start(R);
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
    char path[128], dir[64];
    rig_stop(R);
    snprintf(path, sizeof path, "%s/linnet.db", R->dir);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 1000; i++) {
        fputs("this is no database\n", f);
    }
    fclose(f);
    ck_assert_int_eq(open_code(), 78);
    unlink(path);
    snprintf(dir, sizeof dir, "%s", R->dir);
    R->opts.data_dir = (char[]){"/nowhere/at/all"};
    ck_assert_int_eq(open_code(), 1);
    R->opts.data_dir = R->dir;
    rig_start(R);
    ck_assert_str_eq(dir, R->dir);
}
END_TEST

START_TEST(after_stop_nothing_is_taken)
{
    ln_chat_id a = rig_group(R, 2, "all");
    uint32_t last = 0;
    for (int i = 0; i < 500; i++) {
        char cid[16];
        snprintf(cid, sizeof cid, "z%d", i);
        last = rig_post(SEND(1, a, cid, "x"));
    }
    ln_store_stop(R->st); /* answers all that was taken */
    rig_take(R);
    ck_assert(R->answers[last].done);
    ck_assert_int_eq(R->answers[last].err, LN_OK);
    struct ln_req *req = ln_req_create();
    ck_assert_int_eq(ln_store_post(R->st, req), LN_ESHUTDOWN);
    ln_req_destroy(&req);
    post_marks(2, a, 1, 1); /* never refused, and freed */
    ln_store_destroy(&R->st);
    rig_start(R);
    ck_assert_int_eq(num(hello_chat(1, a), "head"), num(R->answers[last].json, "seq"));
}
END_TEST

START_TEST(ids_and_epoch_stay)
{
    ln_chat_id a = rig_group(R, 2, "all");
    char epoch[64];
    snprintf(epoch, sizeof epoch, "%s",
             json_string_value(json_object_get(rig_ok(R, 1, LN_OP_HELLO, "%s", ""), "epoch")));
    rig_reopen(R);
    ck_assert_str_eq(
        json_string_value(json_object_get(rig_ok(R, 1, LN_OP_HELLO, "%s", ""), "epoch")), epoch);
    ck_assert_int_eq(rig_group(R, 2, "all"), a + 1);
    json_t *j =
        rig_ok(R, 0, LN_OP_USER_CREATE, "\"name\":\"next\",\"password\":\"three words here\"");
    ck_assert_int_eq(num(json_object_get(j, "user"), "id"), 6);
}
END_TEST

int
main(void)
{
    const struct {
        const char *name;
        const TTest *const tests[8];
    } cases[] = {
        {"send",
         {a_cid_is_sent_once, cids_need_not_rise, two_of_one_cid_in_one_batch_are_one,
          a_chat_is_created_once, order_of_a_batch, who_may_not_leaves_no_trace}},
        {"marks", {marks_and_counts, many_heres_count_the_same_after_reopen}},
        {"sight", {who_joins_later_sees_from_there, pages_at_the_edges, removal_during_a_read}},
        {"hello", {hello_from_tail, hello_from_disk}},
        {"delete", {a_deleted_text_is_nowhere, the_log_is_trimmed_after_a_crash}},
        {"open",
         {a_foreign_database_is_refused, a_second_store_is_refused, what_is_no_database_is_refused,
          after_stop_nothing_is_taken, ids_and_epoch_stay}},
    };
    Suite *suite = suite_create("store");
    for (size_t i = 0; i < LN_COUNT(cases); i++) {
        TCase *tc = tcase_create(cases[i].name);
        tcase_add_checked_fixture(tc, open_rig, close_rig);
        tcase_set_timeout(tc, 120);
        for (size_t k = 0; k < LN_COUNT(cases[i].tests) && cases[i].tests[k]; k++) {
            tcase_add_test(tc, cases[i].tests[k]);
        }
        suite_add_tcase(suite, tc);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
