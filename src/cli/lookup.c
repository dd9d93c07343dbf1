/* SPDX-License-Identifier: MIT
 * lookup.c - from what people type (names, titles) to the ids that operations take.
 *
 * There is no operation for that: the lists are walked page by page, which is what a command on the
 * same machine can afford.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/id.h"
#include "linnet/base/mem.h"
#include "linnet/base/str.h"
#include "linnet/cli/cli.h"

#define PAGE 500

struct walk {
    bool (*visit)(struct walk *w, uint32_t id, json_t *object); /* true = enough */
    const char *const *names;
    size_t count;
    uint32_t *ids;   /* one a name, 0 = not found yet */
    json_t **object; /* of the first name; or NULL */
    size_t left;
};

static bool
match_user(struct walk *w, uint32_t id, json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "name"));

    for (size_t i = 0; name && i < w->count; i++) {
        if (w->ids[i] == 0 && strcmp(w->names[i], name) == 0) {
            w->ids[i] = id;
            w->left--;
            if (i == 0 && w->object) {
                *w->object = json_incref(object);
                (void)json_object_set_new(object, "id", json_integer(id));
            }
        }
    }
    return w->left == 0;
}

/* Visits every user, by id; stops where visit says so. False after the error was printed. */
static bool
walk_users(struct ln_cli *cli, struct walk *w)
{
    json_int_t after = 0;
    bool more = true;

    while (more) {
        json_t *page =
            ln_cli_call(cli, "user.list", json_pack("{sI,si}", "after", after, "limit", PAGE));
        json_int_t last = after;
        const char *key;
        json_t *value;

        if (!page) {
            return false;
        }
        json_object_foreach(json_object_get(page, "users"), key, value)
        {
            uint32_t id = (uint32_t)strtoul(key, NULL, 10);

            last = id > last ? id : last;
            more = more && !w->visit(w, id, value);
        }
        more = more && last > after && json_is_true(json_object_get(page, "more"));
        after = last;
        json_decref(page);
    }
    return true;
}

static bool
find_users(struct ln_cli *cli, struct walk *w)
{
    w->visit = match_user;
    w->left = w->count;
    if (!walk_users(cli, w)) {
        return false;
    }
    for (size_t i = 0; i < w->count; i++) {
        if (w->ids[i] == 0) {
            cli->exit_code = ln_cli_fail(cli, LN_EXIT_ABSENT, "not_found",
                                         "'linnet user list' shows all accounts",
                                         "there is no account named \"%s\"", w->names[i]);
            return false;
        }
    }
    return true;
}

uint32_t
ln_cli_user(struct ln_cli *cli, const char *name, json_t **object)
{
    uint32_t id = 0;
    struct walk w = {.names = &name, .count = 1, .ids = &id, .object = object};

    return find_users(cli, &w) ? id : 0;
}

bool
ln_cli_users(struct ln_cli *cli, const char *const *names, size_t count, json_t *ids)
{
    struct walk w = {.names = names, .count = count};
    bool found;

    if (count == 0) {
        return true;
    }
    w.ids = ln_zalloc(count * sizeof(*w.ids));
    found = find_users(cli, &w);
    for (size_t i = 0; found && i < count; i++) {
        bool repeated = false; /* the same name twice */

        for (size_t j = 0; j < i; j++) {
            repeated = repeated || w.ids[j] == w.ids[i];
        }
        if (!repeated) {
            (void)json_array_append_new(ids, json_integer(w.ids[i]));
        }
    }
    free(w.ids);
    return found;
}

json_t *
ln_cli_chat_object(struct ln_cli *cli, uint32_t id)
{
    json_t *page = ln_cli_call(cli, "chat.list",
                               json_pack("{sI,si}", "after", (json_int_t)id - 1, "limit", 1));
    json_t *chat;

    if (!page) {
        return NULL;
    }
    chat = json_incref(json_array_get(json_object_get(page, "chats"), 0));
    json_decref(page);
    if (json_integer_value(json_object_get(chat, "id")) != (json_int_t)id) {
        json_decref(chat);
        cli->exit_code =
            ln_cli_fail(cli, LN_EXIT_ABSENT, "not_found", "'linnet chat list' shows all",
                        "there is no chat %" PRIu32, id);
        return NULL;
    }
    return chat;
}

/* Counts the chats of that title and keeps the id of the last. False after the error was printed.
 */
static bool
find_title(struct ln_cli *cli, const char *title, uint32_t *id, unsigned *matches)
{
    json_int_t after = 0;
    bool more = true;

    while (more) {
        json_t *page =
            ln_cli_call(cli, "chat.list", json_pack("{sI,si}", "after", after, "limit", PAGE));
        json_int_t last = after;
        json_t *chat;
        size_t i;

        if (!page) {
            return false;
        }
        json_array_foreach(json_object_get(page, "chats"), i, chat)
        {
            const char *t = json_string_value(json_object_get(chat, "title"));

            last = json_integer_value(json_object_get(chat, "id"));
            if (t && strcmp(t, title) == 0) {
                *id = (uint32_t)last;
                (*matches)++;
            }
        }
        more = last > after && json_is_true(json_object_get(page, "more"));
        after = last;
        json_decref(page);
    }
    return true;
}

uint32_t
ln_cli_chat(struct ln_cli *cli, const char *chat)
{
    unsigned long long number;
    unsigned matches = 0;
    uint32_t id = 0;

    if (ln_str_u64(ln_str(chat), LN_ID_MAX, &number) && number > 0) {
        return (uint32_t)number;
    }
    if (!find_title(cli, chat, &id, &matches)) {
        return 0;
    }
    if (matches == 1) {
        return id;
    }
    if (matches == 0) {
        cli->exit_code =
            ln_cli_fail(cli, LN_EXIT_ABSENT, "not_found", "'linnet chat list' shows all",
                        "there is no chat \"%s\"", chat);
    } else {
        cli->exit_code =
            ln_cli_fail(cli, LN_EXIT_CONFLICT, "conflict", "give the chat's id instead",
                        "%u chats are called \"%s\"", matches, chat);
    }
    return 0;
}
