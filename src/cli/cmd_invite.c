/* SPDX-License-Identifier: MIT
 * cmd_invite.c - linnet invite: links by which people make their own account.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/id.h"
#include "linnet/cli/cli.h"
#include "linnet/cli/value.h"

/* --chat values to ids. False after the error was printed. */
static bool
add_chats(struct ln_cli *cli, json_t *args)
{
    json_t *chats = json_array();
    const char *v;

    for (size_t i = 0; (v = ln_flag_each(&cli->parsed, "chat", &i)) != NULL;) {
        uint32_t id = ln_cli_chat(cli, v);

        if (!id) {
            json_decref(chats);
            return false;
        }
        (void)json_array_append_new(chats, json_integer(id));
    }
    if (json_array_size(chats) > 0) {
        (void)json_object_set(args, "chats", chats);
    }
    json_decref(chats);
    return true;
}

/* LN_EXIT_OK, or the code of the error that was printed. */
static int
add_limits(struct ln_cli *cli, json_t *args)
{
    const char *ttl = ln_flag_value(&cli->parsed, "ttl");
    const char *uses = ln_flag_value(&cli->parsed, "uses");
    int64_t v;

    if (ttl) {
        if (ln_value_ms(ln_str(ttl), &v) != LN_OK) {
            return ln_cli_usage(cli, "--ttl: \"%s\" is not a duration, such as 24h or 7d", ttl);
        }
        (void)json_object_set_new(args, "ttl_ms", json_integer(v));
    }
    if (uses) {
        if (ln_value_int(ln_str(uses), &v) != LN_OK || v < 1) {
            return ln_cli_usage(cli, "--uses: \"%s\" is not a number of people", uses);
        }
        (void)json_object_set_new(args, "uses", json_integer(v));
    }
    return LN_EXIT_OK;
}

static int
print_invite(struct ln_cli *cli, json_t *answer)
{
    json_t *invite = json_object_get(answer, "invite");
    const char *path = json_string_value(json_object_get(answer, "path"));
    char *link = ln_cli_link(cli, path ? path : "", 0);
    char when[32];

    if (cli->json) {
        (void)ln_cli_print(json_pack("{sO,ss}", "invite", invite, "invite_link", link));
    } else {
        ln_value_print_time(json_integer_value(json_object_get(invite, "expires")), when,
                            sizeof(when));
        printf("%s\n", link);
        ln_cli_note(cli, "Invitation %lld, until %s.",
                    (long long)json_integer_value(json_object_get(invite, "id")), when);
    }
    free(link);
    json_decref(answer);
    return LN_EXIT_OK;
}

int
ln_cmd_invite_create(struct ln_cli *cli)
{
    json_t *args = json_pack("{ss*}", "role", ln_flag_value(&cli->parsed, "role"));
    json_t *answer;
    int code = add_limits(cli, args);

    if (code != LN_EXIT_OK || !add_chats(cli, args)) {
        json_decref(args);
        return code != LN_EXIT_OK ? code : cli->exit_code;
    }
    answer = ln_cli_call(cli, "invite.create", args);
    return answer ? print_invite(cli, answer) : cli->exit_code;
}

int
ln_cmd_invite_list(struct ln_cli *cli)
{
    json_t *answer = ln_cli_call(cli, "invite.list", json_object());
    json_t *invite;
    size_t i;

    if (!answer) {
        return cli->exit_code;
    }
    if (cli->json) {
        return ln_cli_print(answer);
    }
    json_array_foreach(json_object_get(answer, "invites"), i, invite)
    {
        const char *role = json_string_value(json_object_get(invite, "role"));
        char when[32];

        ln_value_print_time(json_integer_value(json_object_get(invite, "expires")), when,
                            sizeof(when));
        printf("%-7lld %-7s used %lld of %lld, until %s\n",
               (long long)json_integer_value(json_object_get(invite, "id")), role ? role : "",
               (long long)json_integer_value(json_object_get(invite, "used")),
               (long long)json_integer_value(json_object_get(invite, "uses")), when);
    }
    json_decref(answer);
    return LN_EXIT_OK;
}

int
ln_cmd_invite_revoke(struct ln_cli *cli)
{
    const char *text = cli->parsed.args[0];
    unsigned long long id;
    json_t *answer;

    if (!ln_str_u64(ln_str(text), LN_ID_MAX, &id) || id == 0) {
        return ln_cli_usage(cli, "\"%s\" is not the id of an invitation", text);
    }
    answer = ln_cli_call(cli, "invite.revoke", json_pack("{sI}", "invite", (json_int_t)id));
    if (!answer) {
        return cli->exit_code;
    }
    if (cli->json) {
        return ln_cli_print(answer);
    }
    ln_cli_note(cli, "invitation %llu is revoked", id);
    json_decref(answer);
    return LN_EXIT_OK;
}
