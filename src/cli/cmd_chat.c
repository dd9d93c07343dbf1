/* SPDX-License-Identifier: MIT
 * cmd_chat.c - linnet chat: groups, channels and who is in them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/cli/cli.h"

#define IDS_MAX 200 /* people one operation takes */

static const char *
text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

/* ── create ── */

/* --member values to ids. False after the error was printed. */
static bool
add_members(struct ln_cli *cli, json_t *ids)
{
    const char **names = ln_alloc((cli->parsed.given_count + 1) * sizeof(*names));
    size_t count = 0;
    const char *v;
    bool found;

    for (size_t i = 0; (v = ln_flag_each(&cli->parsed, "member", &i)) != NULL;) {
        names[count++] = v;
    }
    found = ln_cli_users(cli, names, count, ids);
    free(names);
    return found;
}

static int
print_created(struct ln_cli *cli, json_t *answer)
{
    const json_t *chat = json_object_get(answer, "chat");

    if (cli->json) {
        return ln_cli_print(answer);
    }
    /* {chat} is the id; an object with it is understood as well */
    printf("%lld\n",
           json_is_object(chat) ? number_of(chat, "id") : (long long)json_integer_value(chat));
    json_decref(answer);
    return LN_EXIT_OK;
}

int
ln_cmd_chat_create(struct ln_cli *cli)
{
    const char *kind = ln_flag_value(&cli->parsed, "kind");
    const char *topic = ln_flag_value(&cli->parsed, "topic");
    const char *as = ln_flag_value(&cli->parsed, "as");
    json_t *members;
    json_t *args;
    json_t *answer;

    if (kind && strcmp(kind, "group") != 0 && strcmp(kind, "channel") != 0) {
        return ln_cli_usage(cli, "--kind is group or channel, not \"%s\"", kind);
    }
    members = json_array();
    if (!add_members(cli, members)) {
        json_decref(members);
        return cli->exit_code;
    }
    args = json_pack("{ss,ss,so,ss*,ss*}", "kind", kind ? kind : "group", "title",
                     cli->parsed.args[0], "members", members, "topic", topic, "as", as);
    answer = ln_cli_call(cli, "chat.create", args);
    return answer ? print_created(cli, answer) : cli->exit_code;
}

/* ── list, show ── */

static void
print_chat(const json_t *chat)
{
    printf("%-7lld %-8s %6lld  %8lld  %s%s\n", number_of(chat, "id"), text_of(chat, "kind"),
           number_of(chat, "members"), number_of(chat, "head"), text_of(chat, "title"),
           json_is_true(json_object_get(chat, "archived")) ? " (archived)" : "");
}

int
ln_cmd_chat_list(struct ln_cli *cli)
{
    json_t *all = json_array();
    json_int_t after = 0;
    bool more = true;

    while (more) {
        json_t *page =
            ln_cli_call(cli, "chat.list", json_pack("{sI,si}", "after", after, "limit", 500));
        json_int_t before = after;
        json_t *chat;
        size_t i;

        if (!page) {
            json_decref(all);
            return cli->exit_code;
        }
        json_array_foreach(json_object_get(page, "chats"), i, chat)
        {
            after = number_of(chat, "id");
            if (cli->json) {
                (void)json_array_append(all, chat);
            } else {
                print_chat(chat);
            }
        }
        more = json_is_true(json_object_get(page, "more")) && after > before;
        json_decref(page);
    }
    if (cli->json) {
        return ln_cli_print(json_pack("{so}", "chats", all));
    }
    json_decref(all);
    return LN_EXIT_OK;
}

int
ln_cmd_chat_show(struct ln_cli *cli)
{
    uint32_t id = ln_cli_chat(cli, cli->parsed.args[0]);
    json_t *chat = id ? ln_cli_chat_object(cli, id) : NULL;

    if (!chat) {
        return cli->exit_code;
    }
    if (cli->json) {
        return ln_cli_print(json_pack("{so}", "chat", chat));
    }
    printf("id       %lld\nkind     %s\ntitle    %s\ntopic    %s\nmembers  %lld\nevents   %lld\n",
           number_of(chat, "id"), text_of(chat, "kind"), text_of(chat, "title"),
           text_of(chat, "topic"), number_of(chat, "members"), number_of(chat, "head"));
    json_decref(chat);
    return LN_EXIT_OK;
}

/* ── members ── */

static void
take_members(const struct ln_cli *cli, const json_t *page, json_t *all, json_int_t *after)
{
    const json_t *users = json_object_get(page, "users");
    json_t *member;
    size_t i;

    json_array_foreach(json_object_get(page, "members"), i, member)
    {
        const json_t *user;
        char key[24];

        *after = (json_int_t)number_of(member, "user");
        snprintf(key, sizeof(key), "%lld", (long long)*after);
        user = json_object_get(users, key);
        if (cli->json) {
            (void)json_object_set_new(member, "name", json_string(text_of(user, "name")));
            (void)json_array_append(all, member);
        } else {
            printf("%-7s %-24s %-9s %s\n", key, text_of(user, "name"), text_of(member, "role"),
                   text_of(user, "display"));
        }
    }
}

int
ln_cmd_chat_members(struct ln_cli *cli)
{
    uint32_t id = ln_cli_chat(cli, cli->parsed.args[0]);
    json_t *all = json_array();
    json_int_t after = 0;
    bool more = id != 0;

    while (more) {
        json_t *page = ln_cli_call(
            cli, "chat.members",
            json_pack("{sI,sI,si}", "chat", (json_int_t)id, "after", after, "limit", 500));
        json_int_t before = after;

        if (!page) {
            break;
        }
        take_members(cli, page, all, &after);
        more = json_is_true(json_object_get(page, "more")) && after > before;
        json_decref(page);
    }
    if (cli->exit_code == LN_EXIT_OK && cli->json) {
        return ln_cli_print(json_pack("{so}", "members", all));
    }
    json_decref(all);
    return cli->exit_code;
}

/* Sends op for all ids, IDS_MAX at a time; takes ids. */
static int
change_members(struct ln_cli *cli, const char *op, uint32_t chat, json_t *ids)
{
    size_t count = json_array_size(ids);

    for (size_t at = 0; at < count && cli->exit_code == LN_EXIT_OK; at += IDS_MAX) {
        json_t *piece = json_array();

        for (size_t i = at; i < count && i < at + IDS_MAX; i++) {
            (void)json_array_append(piece, json_array_get(ids, i));
        }
        json_decref(
            ln_cli_call(cli, op, json_pack("{sI,so}", "chat", (json_int_t)chat, "users", piece)));
    }
    json_decref(ids);
    if (cli->exit_code == LN_EXIT_OK && cli->json) {
        return ln_cli_print(json_object());
    }
    return cli->exit_code;
}

static int
change_by_name(struct ln_cli *cli, const char *op)
{
    uint32_t chat = ln_cli_chat(cli, cli->parsed.args[0]);
    json_t *ids = json_array();

    if (!chat || !ln_cli_users(cli, cli->parsed.args + 1, cli->parsed.arg_count - 1, ids)) {
        json_decref(ids);
        return cli->exit_code;
    }
    return change_members(cli, op, chat, ids);
}

int
ln_cmd_chat_add(struct ln_cli *cli)
{
    return change_by_name(cli, "chat.add");
}

int
ln_cmd_chat_remove(struct ln_cli *cli)
{
    return change_by_name(cli, "chat.remove");
}
