/* SPDX-License-Identifier: MIT
 * check_store_model.c - random talk in the real store against a model that fits on a page.
 *
 * The model holds each chat's events and, by seq, the present state of its items. All commands come
 * from one thread, so their order, and with it each answer, is known beforehand. Reads are compared
 * when nothing is on its way, but a fold may be: rows then lie in the log, in history, or in both.
 */
#include "linnet/model/kind.h"
#include "store_rig.h"

#define CHATS 4 /* two before the chat of the ballast, two behind it: a fold goes by chat */
#define EVENTS_MAX 6000
#define EMOJI 3
#define USERS 3

struct mev {
    enum ln_kind kind;
    ln_user_id from;
    ln_seq target;
    char cid[20];
    char text[24]; /* as sent; "" = none, or blanked */
    /* item */
    char now[24];
    bool edited, deleted, pinned;
    bool react[EMOJI][USERS + 1];
};

struct mchat {
    ln_chat_id id;
    ln_seq head;
    struct mev ev[EVENTS_MAX]; /* by seq */
};

static struct rig rig, *const R = &rig;
static struct mchat *chats;
static unsigned texts;
static const char *const emoji[EMOJI] = {"+1", "\xe2\x9d\xa4", "ok"};

static struct mev *
push(struct mchat *c, enum ln_kind kind, ln_user_id from, ln_seq target)
{
    ck_assert_int_lt((int)c->head, EVENTS_MAX - 1);
    struct mev *e = &c->ev[++c->head];
    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->from = from;
    e->target = target;
    return e;
}

static bool
is_item(const struct mev *e)
{
    return e->kind == LN_KIND_MESSAGE || e->kind == LN_KIND_JOIN;
}

/* ── writes: what the model expects is checked when the answer is here ── */
struct expected {
    uint32_t slot;
    enum ln_err err;
    ln_seq seq; /* 0 = nothing changed */
};
static struct expected expected[EVENTS_MAX * 2];
static unsigned expected_count;

static void
expect(uint32_t slot, enum ln_err err, ln_seq seq)
{
    expected[expected_count++] = (struct expected){slot, err, seq};
}

static void
settle(void)
{
    for (unsigned i = 0; i < expected_count; i++) {
        const struct expected *x = &expected[i];
        const struct answer *a = rig_wait(R, x->slot);
        ck_assert_msg(ln_err_http(a->err) == ln_err_http(x->err), "request %u: %s, not %s", x->slot,
                      ln_err_wire(a->err), ln_err_wire(x->err));
        const json_t *seq = json_object_get(a->json, "seq");
        ck_assert_int_eq(a->err || !seq ? 0 : json_integer_value(seq), x->seq);
    }
    expected_count = 0;
}

static void
do_send(struct mchat *c, ln_user_id user)
{
    struct mev *e = push(c, LN_KIND_MESSAGE, user, 0);
    snprintf(e->text, sizeof e->text, "t%u", texts++);
    snprintf(e->cid, sizeof e->cid, "c%08u", texts);
    snprintf(e->now, sizeof e->now, "%s", e->text);
    expect(rig_post(R, user, LN_OP_SEND, "\"chat\":%u,\"cid\":\"%s\",\"body\":{\"text\":\"%s\"}",
                    c->id, e->cid, e->text),
           LN_OK, c->head);
}

static void
do_repeat(struct mchat *c, ln_seq seq)
{
    const struct mev *e = &c->ev[seq];
    if (e->kind == LN_KIND_MESSAGE && !e->deleted) { /* of a deleted one the model lost the text */
        expect(rig_post(R, e->from, LN_OP_SEND,
                        "\"chat\":%u,\"cid\":\"%s\",\"body\":{\"text\":\"%s\"}", c->id, e->cid,
                        e->text),
               LN_OK, seq);
    }
}

static void
do_edit(struct mchat *c, ln_user_id user, ln_seq seq, bool same)
{
    struct mev *e = &c->ev[seq];
    char text[24];
    snprintf(text, sizeof text, "t%u", texts++);
    if (same && e->now[0]) {
        snprintf(text, sizeof text, "%s", e->now);
    }
    uint32_t slot =
        rig_post(R, user, LN_OP_EDIT, "\"chat\":%u,\"target\":%u,\"body\":{\"text\":\"%s\"}", c->id,
                 seq, text);
    if (e->kind != LN_KIND_MESSAGE || e->deleted || e->from != user) {
        expect(slot, LN_EFORBIDDEN, 0);
    } else if (strcmp(text, e->now) == 0) {
        expect(slot, LN_OK, 0);
    } else {
        struct mev *edit = push(c, LN_KIND_EDIT, user, seq);
        snprintf(edit->text, sizeof edit->text, "%s", text);
        snprintf(e->now, sizeof e->now, "%s", text);
        e->edited = true;
        expect(slot, LN_OK, c->head);
    }
}

static void
do_delete(struct mchat *c, ln_user_id user, ln_seq seq)
{
    struct mev *e = &c->ev[seq];
    uint32_t slot = rig_post(R, user, LN_OP_DELETE, "\"chat\":%u,\"target\":%u", c->id, seq);
    if (e->kind != LN_KIND_MESSAGE || e->deleted || (e->from != user && user != 1)) {
        expect(slot, LN_EFORBIDDEN, 0);
        return;
    }
    e->deleted = true;
    e->pinned = false;
    e->text[0] = e->now[0] = '\0';
    memset(e->react, 0, sizeof e->react);
    for (ln_seq i = 1; i <= c->head; i++) {
        if (c->ev[i].kind == LN_KIND_EDIT && c->ev[i].target == seq) {
            c->ev[i].text[0] = '\0';
        }
    }
    push(c, LN_KIND_DELETE, user, seq);
    expect(slot, LN_OK, c->head);
}

static void
do_react(struct mchat *c, ln_user_id user, ln_seq seq, int which, bool on)
{
    struct mev *e = &c->ev[seq];
    uint32_t slot =
        rig_post(R, user, LN_OP_REACT, "\"chat\":%u,\"target\":%u,\"emoji\":\"%s\",\"on\":%s",
                 c->id, seq, emoji[which], on ? "true" : "false");
    if (e->kind != LN_KIND_MESSAGE || e->deleted) {
        expect(slot, LN_EFORBIDDEN, 0);
    } else if (e->react[which][user] == on) {
        expect(slot, LN_OK, 0);
    } else {
        e->react[which][user] = on;
        push(c, LN_KIND_REACT, user, seq);
        expect(slot, LN_OK, c->head);
    }
}

static void
do_pin(struct mchat *c, ln_user_id user, ln_seq seq, bool on)
{
    struct mev *e = &c->ev[seq];
    uint32_t slot = rig_post(R, user, LN_OP_PIN, "\"chat\":%u,\"target\":%u,\"on\":%s", c->id, seq,
                             on ? "true" : "false");
    if (user != 1 || e->kind != LN_KIND_MESSAGE || e->deleted) {
        expect(slot, LN_EFORBIDDEN, 0);
    } else if (e->pinned == on) {
        expect(slot, LN_OK, 0);
    } else {
        e->pinned = on;
        push(c, LN_KIND_PIN, user, seq);
        expect(slot, LN_OK, c->head);
    }
}

static void
write_one(void)
{
    struct mchat *c = &chats[rand() % CHATS];
    ln_user_id user = 1 + (ln_user_id)rand() % USERS;
    /* half of the targets are new, half old */
    ln_seq back = (ln_seq)rand() % (rand() % 2 ? c->head : c->head < 20 ? c->head : 20);
    ln_seq seq = c->head - back;
    ln_user_id from = c->ev[seq].from;
    switch (rand() % 12) {
    case 0:
    case 1:
        do_edit(c, rand() % 4 ? from : user, seq, rand() % 4 == 0);
        break;
    case 2:
        do_delete(c, rand() % 4 ? from : user, seq);
        break;
    case 3:
    case 4:
        do_react(c, user, seq, rand() % EMOJI, rand() % 3 != 0);
        break;
    case 5:
        do_pin(c, rand() % 4 ? 1 : user, seq, rand() % 3 != 0);
        break;
    case 6:
        do_repeat(c, seq);
        break;
    default:
        do_send(c, user);
        break;
    }
}

/* ── reads ── */
static void
check_text(const json_t *got, const char *text, ln_seq seq)
{
    const json_t *body = json_object_get(got, "body");
    if (!text[0]) {
        ck_assert_msg(json_is_null(body), "seq %u has a body", seq);
        return;
    }
    const char *have = json_string_value(json_object_get(body, "text"));
    ck_assert_msg(have && strcmp(have, text) == 0, "seq %u: %s, not %s", seq, have, text);
}

static void
check_reactions(const json_t *got, const struct mev *e)
{
    const json_t *all = json_object_get(got, "reactions");
    size_t kinds = 0;
    for (int k = 0; k < EMOJI; k++) {
        const json_t *users = json_object_get(all, emoji[k]);
        size_t n = 0;
        for (unsigned u = 1; u <= USERS; u++) {
            bool found = false;
            for (size_t i = 0; i < json_array_size(users); i++) {
                found = found || json_integer_value(json_array_get(users, i)) == u;
            }
            ck_assert(found == e->react[k][u]);
            n += found;
        }
        ck_assert_uint_eq(json_array_size(users), n);
        kinds += n > 0;
    }
    ck_assert_uint_eq(json_object_size(all), kinds);
}

static void
check_one(const json_t *got, const struct mchat *c, ln_seq seq, bool item)
{
    const struct mev *e = &c->ev[seq];
    ck_assert_int_eq(num(got, "seq"), seq);
    ck_assert_int_eq(num(got, "from"), e->from);
    ck_assert_str_eq(json_string_value(json_object_get(got, "kind")), ln_kind_name(e->kind));
    if (e->target) {
        ck_assert_int_eq(num(got, "target"), e->target);
    }
    if (e->kind == LN_KIND_MESSAGE) {
        ck_assert_str_eq(json_string_value(json_object_get(got, "cid")), e->cid);
    }
    if (e->kind == LN_KIND_MESSAGE || e->kind == LN_KIND_EDIT) {
        check_text(got, item ? e->now : e->text, seq);
    }
    if (item && e->kind == LN_KIND_MESSAGE) {
        ck_assert(json_is_true(json_object_get(got, "deleted")) == e->deleted);
        ck_assert(json_is_true(json_object_get(got, "pinned")) == e->pinned);
        ck_assert((json_object_get(got, "edited_ts") != NULL) == e->edited);
        check_reactions(got, e);
    }
}

/* The page must be these seqs, rising, and say rightly whether there is more. */
static void
check_page(const json_t *j, const struct mchat *c, const ln_seq *want, unsigned n, bool more,
           bool items)
{
    const json_t *list = json_object_get(j, items ? "items" : "events");
    ck_assert_int_eq(num(j, "head"), c->head);
    ck_assert_uint_eq(json_array_size(list), n);
    ck_assert(json_is_true(json_object_get(j, "more")) == more);
    for (unsigned i = 0; i < n; i++) {
        check_one(json_array_get(list, i), c, want[i], items);
    }
}

/* Up to limit seqs that one may want above pivot; the number, and whether there is more. */
static unsigned
rising(const struct mchat *c, ln_seq pivot, unsigned limit, bool items, ln_seq *want, bool *more)
{
    unsigned n = 0;
    *more = false;
    for (ln_seq s = pivot + 1; s <= c->head && !*more; s++) {
        if (!items || is_item(&c->ev[s])) {
            *more = n == limit;
            if (!*more) {
                want[n++] = s;
            }
        }
    }
    return n;
}

static unsigned
falling(const struct mchat *c, ln_seq pivot, unsigned limit, ln_seq *want, bool *more)
{
    ln_seq newest[200];
    unsigned n = 0;
    *more = false;
    for (ln_seq s = pivot > c->head ? c->head : pivot - 1; s >= 1 && !*more; s--) {
        if (is_item(&c->ev[s])) {
            *more = n == limit;
            if (!*more) {
                newest[n++] = s;
            }
        }
    }
    for (unsigned i = 0; i < n; i++) {
        want[i] = newest[n - 1 - i];
    }
    return n;
}

static void
read_one(void)
{
    const struct mchat *c = &chats[rand() % CHATS];
    ln_user_id user = 1 + (ln_user_id)rand() % USERS;
    ln_seq want[400], pivot = 1 + (ln_seq)rand() % (c->head + 2);
    unsigned limit = 1 + (unsigned)rand() % (rand() % 4 ? 20 : 200), n, k;
    bool more, more_after;
    json_t *j;
    switch (rand() % 5) {
    case 0:
        n = rising(c, pivot, limit, false, want, &more);
        j = rig_ok(R, user, LN_OP_EVENTS, "\"chat\":%u,\"after\":%u,\"limit\":%u", c->id, pivot,
                   limit);
        check_page(j, c, want, n, more, false);
        return;
    case 1:
        n = rising(c, pivot, limit, true, want, &more);
        j = rig_ok(R, user, LN_OP_HISTORY, "\"chat\":%u,\"after\":%u,\"limit\":%u", c->id, pivot,
                   limit);
        break;
    case 2:
        n = falling(c, pivot, limit, want, &more);
        j = rig_ok(R, user, LN_OP_HISTORY, "\"chat\":%u,\"before\":%u,\"limit\":%u", c->id, pivot,
                   limit);
        break;
    case 3:
        n = falling(c, UINT32_MAX, limit, want, &more);
        j = rig_ok(R, user, LN_OP_HISTORY, "\"chat\":%u,\"limit\":%u", c->id, limit);
        break;
    default:
        n = falling(c, pivot, limit / 2, want, &more);
        k = rising(c, pivot - 1, limit - limit / 2, true, want + n, &more_after);
        j = rig_ok(R, user, LN_OP_HISTORY, "\"chat\":%u,\"around\":%u,\"limit\":%u", c->id, pivot,
                   limit);
        ck_assert(json_is_true(json_object_get(j, "more_after")) == more_after);
        n += k;
        break;
    }
    check_page(j, c, want, n, more, true);
}

static void
compare_all(void)
{
    settle();
    for (int i = 0; i < CHATS; i++) {
        const struct mchat *c = &chats[i];
        for (ln_seq after = 0; after < c->head;) {
            ln_seq want[400];
            bool more;
            unsigned n = rising(c, after, 200, false, want, &more);
            json_t *j =
                rig_ok(R, 2, LN_OP_EVENTS, "\"chat\":%u,\"after\":%u,\"limit\":200", c->id, after);
            check_page(j, c, want, n, more, false);
            n = rising(c, after, 200, true, want, &more);
            j = rig_ok(R, 3, LN_OP_HISTORY, "\"chat\":%u,\"after\":%u,\"limit\":200", c->id, after);
            check_page(j, c, want, n, more, true);
            after += 200;
        }
    }
}

static void
talk(int rounds)
{
    while (rounds--) {
        for (int n = rand() % 12; n >= 0; n--) {
            write_one();
        }
        if (rand() % 2) {
            settle();
            read_one();
        }
    }
    settle();
}

static void
fold_under_talk(ln_chat_id ballast)
{
    rig_wait(R, rig_ballast(R, 1, ballast, LN_STORE_FOLD_ROWS));
    unsigned during = 0;
    while (rig_tail_rows(R) >= LN_STORE_FOLD_ROWS) {
        talk(1);
        during++;
    }
    printf("%u rounds of talk during a fold\n", during);
    talk(20); /* rows are leaving the log */
}

START_TEST(random_talk)
{
    unsigned seed = rig_seed();
    srand(seed);
    rig_open(R);
    rig_people(R, USERS);
    chats = ln_zalloc(CHATS * sizeof *chats);
    ln_chat_id ballast = 0;
    for (int i = 0; i < CHATS; i++) {
        if (i == CHATS / 2) {
            ballast = rig_group(R, 1, "all");
        }
        chats[i].id = rig_group(R, USERS, "all");
        push(&chats[i], LN_KIND_JOIN, 1, 0);
        push(&chats[i], LN_KIND_JOIN, 1, 0);
    }
    talk(150);
    compare_all();
    rig_reopen(R);
    compare_all();
    fold_under_talk(ballast);
    compare_all();
    rig_reopen(R);
    talk(50);
    compare_all();
    /* ends in the midst of a fold, at some moment of it */
    rig_wait(R, rig_ballast(R, 1, ballast, LN_STORE_FOLD_ROWS));
    for (int n = rand() % 40; n > 0; n--) {
        write_one();
        settle();
    }
    rig_reopen(R);
    compare_all();
    fold_under_talk(ballast);
    compare_all();
    rig_reopen(R);
    talk(50);
    compare_all();
    free(chats);
    rig_close(R);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store_model");
    TCase *tc = tcase_create("model");
    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, random_talk);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
