/* SPDX-License-Identifier: MIT
 * check_roster.c - who is here, in which chats: by hand, and against a plain table under random
 * comings and goings (SEED=… repeats).
 */
#include "linnet/chat/roster.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "linnet/base/hash.h"
#include "linnet/model/kind.h"

static struct ln_roster r;

static void
setup(void)
{
    ln_roster_init(&r);
}

static void
teardown(void)
{
    ln_roster_deinit(&r);
}

START_TEST(a_user_is_here_from_first_to_last_session)
{
    ck_assert_ptr_null(ln_roster_user(&r, 5));
    struct ln_ruser *u = ln_roster_enter(&r, 5);
    ck_assert_uint_eq(u->id, 5);
    ck_assert(u->receipts);
    ck_assert_uint_eq(u->sessions, 1);
    ck_assert_ptr_eq(ln_roster_enter(&r, 5), u);
    ck_assert_uint_eq(u->sessions, 2);
    ln_roster_leave(&r, u);
    ck_assert_ptr_eq(ln_roster_user(&r, 5), u);
    ln_roster_leave(&r, u);
    ck_assert_ptr_null(ln_roster_user(&r, 5));
}
END_TEST

START_TEST(a_chat_is_here_while_somebody_in_it_is)
{
    struct ln_ruser *a = ln_roster_enter(&r, 1), *b = ln_roster_enter(&r, 2);
    ln_roster_place(&r, a, 12, LN_CHAT_GROUP, LN_CROLE_OWNER, 840);
    ln_roster_place(&r, b, 12, LN_CHAT_GROUP, LN_CROLE_MEMBER, 841);
    struct ln_rchat *c = ln_roster_chat(&r, 12);
    ck_assert_uint_eq(c->kind, LN_CHAT_GROUP);
    ck_assert_uint_eq(c->count, 2);
    ck_assert(!c->archived);
    ck_assert_uint_eq(ln_roster_find(a, 12)->role, LN_CROLE_OWNER);
    ck_assert_uint_eq(ln_roster_find(a, 12)->head, 840);
    ck_assert_ptr_eq(ln_roster_find(b, 12)->chat, c);
    ck_assert_ptr_null(ln_roster_find(b, 11));
    ck_assert_ptr_null(ln_roster_find(b, 13));
    ln_roster_place(&r, b, 12, LN_CHAT_GROUP, LN_CROLE_MODERATOR, 900);
    ck_assert_uint_eq(c->count, 2);
    ck_assert_uint_eq(ln_roster_find(b, 12)->role, LN_CROLE_MODERATOR);
    ck_assert_uint_eq(ln_roster_find(b, 12)->head, 841); /* a role brings no new description */
    ln_roster_place(&r, a, 12, LN_CHAT_GROUP, LN_CROLE_NONE, 0);
    ck_assert_ptr_null(ln_roster_find(a, 12));
    ck_assert_uint_eq(c->count, 1);
    ck_assert_ptr_eq(c->users[0], b);
    ln_roster_place(&r, a, 12, LN_CHAT_GROUP, LN_CROLE_NONE, 0); /* out is out */
    ln_roster_place(&r, a, 99, LN_CHAT_GROUP, LN_CROLE_NONE, 0); /* never was in */
    ck_assert_ptr_null(ln_roster_chat(&r, 99));
    ln_roster_leave(&r, b); /* with places: the chat goes too */
    ck_assert_ptr_null(ln_roster_chat(&r, 12));
    ln_roster_leave(&r, a);
}
END_TEST

START_TEST(users_of_a_chat_rise_and_after_finds_the_next)
{
    static const ln_user_id ids[] = {50, 10, 40, 20, 30, 2147483647, 1};
    static const ln_user_id sorted[] = {1, 10, 20, 30, 40, 50, 2147483647};
    for (size_t i = 0; i < 7; i++)
        ln_roster_place(&r, ln_roster_enter(&r, ids[i]), 3, LN_CHAT_CHANNEL, LN_CROLE_MEMBER, 0);
    const struct ln_rchat *c = ln_roster_chat(&r, 3);
    for (uint32_t i = 0; i < 7; i++) {
        ck_assert_uint_eq(c->users[i]->id, sorted[i]);
        ck_assert_uint_eq(ln_roster_after(c, sorted[i]), i + 1);
        ck_assert_uint_eq(ln_roster_after(c, sorted[i] - 1), i);
    }
    ck_assert_uint_eq(ln_roster_after(c, 0), 0);
    ck_assert_uint_eq(ln_roster_after(c, UINT32_MAX), 7);
}
END_TEST

START_TEST(a_chat_with_jobs_waits_for_their_end)
{
    int jobs;
    struct ln_ruser *u = ln_roster_enter(&r, 1);
    ln_roster_place(&r, u, 12, LN_CHAT_GROUP, LN_CROLE_MEMBER, 0);
    struct ln_rchat *c = ln_roster_chat(&r, 12);
    c->jobs = &jobs;
    ln_roster_place(&r, u, 12, LN_CHAT_GROUP, LN_CROLE_NONE, 0);
    ck_assert_ptr_eq(ln_roster_chat(&r, 12), c);
    ck_assert_uint_eq(c->count, 0);
    ln_roster_place(&r, u, 12, LN_CHAT_GROUP, LN_CROLE_MEMBER, 0); /* back before the end */
    ck_assert_uint_eq(c->count, 1);
    ln_roster_leave(&r, u);
    ln_roster_forget(&r, c);
    ck_assert_ptr_eq(ln_roster_chat(&r, 12), c);
    c->jobs = NULL;
    ln_roster_forget(&r, c);
    ck_assert_ptr_null(ln_roster_chat(&r, 12));
}
END_TEST

/* ── random ── */
#define USERS 24
#define CHATS 16

static uint64_t
read_seed(void)
{
    const char *text = getenv("SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

static struct model {
    unsigned sessions[USERS];
    unsigned role[USERS][CHATS]; /* 0: not in, or not here */
} model;

static ln_user_id
user_id(unsigned u)
{
    return u * 37 % 101 + 1; /* not in the order of the table */
}

static ln_chat_id
chat_id(unsigned c)
{
    return c * 29 % 53 + 1;
}

static void
compare_user(unsigned u)
{
    const struct ln_ruser *user = ln_roster_user(&r, user_id(u));
    uint32_t places = 0;
    if (!model.sessions[u]) {
        ck_assert_ptr_null(user);
        return;
    }
    ck_assert_ptr_nonnull(user);
    ck_assert_uint_eq(user->sessions, model.sessions[u]);
    for (unsigned c = 0; c < CHATS; c++) {
        const struct ln_rplace *p = ln_roster_find(user, chat_id(c));
        ck_assert_uint_eq(p ? p->role : 0u, model.role[u][c]);
        ck_assert(!p || p->chat == ln_roster_chat(&r, chat_id(c)));
        places += p != NULL;
    }
    ck_assert_uint_eq(user->place_count, places);
    for (uint32_t i = 1; i < user->place_count; i++)
        ck_assert_uint_lt(user->places[i - 1].chat->id, user->places[i].chat->id);
}

static void
compare_chat(unsigned c)
{
    const struct ln_rchat *chat = ln_roster_chat(&r, chat_id(c));
    uint32_t count = 0;
    for (unsigned u = 0; u < USERS; u++)
        count += model.role[u][c] != 0;
    ck_assert_uint_eq(chat ? chat->count : 0, count);
    ck_assert(!chat || count);
    for (uint32_t i = 1; i < count; i++)
        ck_assert_uint_lt(chat->users[i - 1]->id, chat->users[i]->id);
}

static void
step(uint64_t random)
{
    unsigned u = (unsigned)(random >> 8) % USERS, c = (unsigned)(random >> 24) % CHATS;
    unsigned role = (unsigned)(random >> 40) % 6; /* out twice as often as any role */
    struct ln_ruser *user = ln_roster_user(&r, user_id(u));
    role = role > LN_CROLE_OWNER ? 0 : role;
    switch (random % 8) {
    case 0:
        ck_assert_ptr_nonnull(ln_roster_enter(&r, user_id(u)));
        model.sessions[u]++;
        return;
    case 1:
        if (!user)
            return;
        ln_roster_leave(&r, user);
        if (--model.sessions[u] == 0)
            memset(model.role[u], 0, sizeof model.role[u]);
        return;
    default:
        if (!user)
            return;
        ln_roster_place(&r, user, chat_id(c), LN_CHAT_GROUP, role, 0);
        model.role[u][c] = role;
        return;
    }
}

START_TEST(random_changes_match_a_table)
{
    uint64_t state = read_seed();
    for (int i = 0; i < 20000; i++) {
        state = ln_hash_mix(state + 0x9e3779b97f4a7c15u);
        step(state);
        if (i % 64)
            continue;
        for (unsigned u = 0; u < USERS; u++)
            compare_user(u);
        for (unsigned c = 0; c < CHATS; c++)
            compare_chat(c);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("roster");
    TCase *tc = tcase_create("roster");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_user_is_here_from_first_to_last_session);
    tcase_add_test(tc, a_chat_is_here_while_somebody_in_it_is);
    tcase_add_test(tc, users_of_a_chat_rise_and_after_finds_the_next);
    tcase_add_test(tc, a_chat_with_jobs_waits_for_their_end);
    tcase_add_test(tc, random_changes_match_a_table);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
