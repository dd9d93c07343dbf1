/* SPDX-License-Identifier: MIT
 * cmd_user.c - linnet user: accounts and their sign-ins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/cli/cli.h"
#include "linnet/cli/value.h"

static const char *
text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

/* Password text must not outlive its use in freed memory. */
static void
forget(char *password)
{
    if (password) {
        explicit_bzero(password, strlen(password));
    }
    free(password);
}

/* ── create ── */

static const char *
chosen_role(const struct ln_cli *cli, unsigned *count)
{
    static const char *const roles[] = {"admin", "guest", "bot"};
    const char *role = "member";

    *count = 0;
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (ln_has_flag(&cli->parsed, roles[i])) {
            role = roles[i];
            (*count)++;
        }
    }
    return role;
}

/* {path,expires} of an answer as text, or as the document that --json promises. */
static int
print_link(struct ln_cli *cli, json_t *user, const json_t *link)
{
    const json_t *expires = json_object_get(link, "expires");
    char *url = link ? ln_cli_link(cli, text_of(link, "path"), 0) : NULL;
    char when[32];
    json_t *doc;

    ln_value_print_time(json_integer_value(expires), when, sizeof(when));
    if (cli->json) {
        doc = json_object();
        if (user) {
            (void)json_object_set(doc, "user", user);
        }
        if (url) {
            (void)json_object_set_new(doc, "login_link", json_string(url));
            (void)json_object_set_new(doc, "expires", json_string(when));
        }
        (void)ln_cli_print(doc);
    } else if (url) {
        printf("%s\n", url);
        ln_cli_note(cli, "The link works once, until %s.", when);
    }
    free(url);
    return LN_EXIT_OK;
}

static json_t *
create_args(const struct ln_cli *cli, const char *role, const char *password)
{
    json_t *args =
        json_pack("{ss,ss,ss*,ss*}", "name", cli->parsed.args[0], "role", role, "display",
                  ln_flag_value(&cli->parsed, "display"), "password", password);

    if (ln_has_flag(&cli->parsed, "if-missing")) {
        (void)json_object_set_new(args, "if_missing", json_true());
    }
    return args;
}

int
ln_cmd_user_create(struct ln_cli *cli)
{
    bool from_stdin = ln_has_flag(&cli->parsed, "password-stdin");
    unsigned roles;
    const char *role = chosen_role(cli, &roles);
    char *password = NULL;
    json_t *answer;
    json_t *user;

    if (roles > 1) {
        return ln_cli_usage(cli, "--admin, --guest and --bot exclude each other");
    }
    if (from_stdin && (password = ln_cli_read_password(cli)) == NULL) {
        return LN_EXIT_FAILED;
    }
    cli->hint = "--if-missing accepts an account that exists";
    answer = ln_cli_call(cli, "user.create", create_args(cli, role, password));
    forget(password);
    if (!answer) {
        return cli->exit_code;
    }
    user = json_object_get(answer, "user");
    if (!cli->json) {
        ln_cli_note(cli, "%s has id %lld and is %s.", cli->parsed.args[0],
                    (long long)json_integer_value(json_object_get(user, "id")),
                    text_of(user, "role"));
    }
    (void)print_link(cli, user, json_object_get(answer, "link"));
    json_decref(answer);
    return LN_EXIT_OK;
}

/* ── list, show ── */

static void
print_user(const char *id, const json_t *user)
{
    printf("%-7s %-24s %-7s %s%s\n", id, text_of(user, "name"), text_of(user, "role"),
           text_of(user, "display"),
           json_is_true(json_object_get(user, "disabled")) ? " (disabled)" : "");
}

/* One page: prints it, or moves it into all. *after becomes the last id. */
static void
take_page(const struct ln_cli *cli, json_t *page, json_t *all, json_int_t *after)
{
    const char *key;
    json_t *user;

    json_object_foreach(json_object_get(page, "users"), key, user)
    {
        json_int_t id = strtoll(key, NULL, 10);

        *after = id > *after ? id : *after;
        if (cli->json) {
            (void)json_object_set_new(user, "id", json_integer(id));
            (void)json_array_append(all, user);
        } else {
            print_user(key, user);
        }
    }
}

int
ln_cmd_user_list(struct ln_cli *cli)
{
    json_t *all = json_array();
    json_int_t after = 0;
    bool more = true;

    while (more) {
        json_t *page =
            ln_cli_call(cli, "user.list", json_pack("{sI,si}", "after", after, "limit", 500));
        json_int_t before = after;

        if (!page) {
            json_decref(all);
            return cli->exit_code;
        }
        take_page(cli, page, all, &after);
        more = json_is_true(json_object_get(page, "more")) && after > before;
        json_decref(page);
    }
    if (cli->json) {
        return ln_cli_print(json_pack("{so}", "users", all));
    }
    json_decref(all);
    return LN_EXIT_OK;
}

int
ln_cmd_user_show(struct ln_cli *cli)
{
    json_t *user = NULL;
    char when[32];

    if (!ln_cli_user(cli, cli->parsed.args[0], &user)) {
        return cli->exit_code;
    }
    if (cli->json) {
        return ln_cli_print(json_pack("{so}", "user", user));
    }
    ln_value_print_time(json_integer_value(json_object_get(user, "last_seen")), when, sizeof(when));
    printf("id        %lld\nname      %s\ndisplay   %s\nrole      %s\ndisabled  %s\nlast seen %s\n",
           (long long)json_integer_value(json_object_get(user, "id")), text_of(user, "name"),
           text_of(user, "display"), text_of(user, "role"),
           json_is_true(json_object_get(user, "disabled")) ? "yes" : "no", when);
    json_decref(user);
    return LN_EXIT_OK;
}

/* ── one change ── */

int
ln_cmd_user_link(struct ln_cli *cli)
{
    uint32_t id = ln_cli_user(cli, cli->parsed.args[0], NULL);
    json_t *answer =
        id ? ln_cli_call(cli, "user.link", json_pack("{sI}", "user", (json_int_t)id)) : NULL;

    if (!answer) {
        return cli->exit_code;
    }
    (void)print_link(cli, NULL, answer);
    json_decref(answer);
    return LN_EXIT_OK;
}

/* The end of a command whose operation answers nothing. */
static int
finish(struct ln_cli *cli, json_t *answer, const char *done)
{
    if (!answer) {
        return cli->exit_code;
    }
    if (cli->json) {
        return ln_cli_print(answer);
    }
    ln_cli_note(cli, "%s: %s", cli->parsed.args[0], done);
    json_decref(answer);
    return LN_EXIT_OK;
}

int
ln_cmd_user_passwd(struct ln_cli *cli)
{
    char *password;
    json_t *args;
    uint32_t id;

    if (!ln_has_flag(&cli->parsed, "password-stdin")) {
        return ln_cli_usage(
            cli, "user passwd needs --password-stdin: a password in the command line can "
                 "be seen by others");
    }
    password = ln_cli_read_password(cli);
    if (!password) {
        return LN_EXIT_FAILED;
    }
    id = ln_cli_user(cli, cli->parsed.args[0], NULL);
    args = id ? json_pack("{sI,ss}", "user", (json_int_t)id, "password", password) : NULL;
    forget(password);
    return finish(cli, id ? ln_cli_call(cli, "user.password", args) : NULL, "the password is set");
}

static int
set_disabled(struct ln_cli *cli, bool disabled)
{
    uint32_t id;

    if (disabled && !ln_cli_confirm(cli, "Sign this account out everywhere and lock it?")) {
        return LN_EXIT_FAILED;
    }
    id = ln_cli_user(cli, cli->parsed.args[0], NULL);
    return finish(
        cli,
        id ? ln_cli_call(cli, "user.update",
                         json_pack("{sI,sb}", "user", (json_int_t)id, "disabled", disabled))
           : NULL,
        disabled ? "disabled" : "enabled");
}

int
ln_cmd_user_disable(struct ln_cli *cli)
{
    return set_disabled(cli, true);
}

int
ln_cmd_user_enable(struct ln_cli *cli)
{
    return set_disabled(cli, false);
}

/* ── sessions ── */

static void
print_device(const json_t *device)
{
    char created[32];
    char seen[32];

    ln_value_print_time(json_integer_value(json_object_get(device, "created")), created,
                        sizeof(created));
    ln_value_print_time(json_integer_value(json_object_get(device, "seen")), seen, sizeof(seen));
    printf("%-7lld %-20s  %-20s  %s\n",
           (long long)json_integer_value(json_object_get(device, "id")), created, seen,
           text_of(device, "name"));
}

static int
revoke_all(struct ln_cli *cli, uint32_t user, json_t *devices)
{
    json_t *device;
    size_t i;

    json_array_foreach(devices, i, device)
    {
        json_t *answer =
            ln_cli_call(cli, "device.revoke",
                        json_pack("{sO,sI}", "device_no", json_object_get(device, "id"), "user",
                                  (json_int_t)user));

        if (!answer) {
            return cli->exit_code;
        }
        json_decref(answer);
    }
    if (cli->json) {
        return ln_cli_print(json_pack("{sI}", "revoked", (json_int_t)json_array_size(devices)));
    }
    ln_cli_note(cli, "%zu sign-ins ended", json_array_size(devices));
    return LN_EXIT_OK;
}

int
ln_cmd_user_sessions(struct ln_cli *cli)
{
    bool revoke = ln_has_flag(&cli->parsed, "revoke");
    uint32_t id;
    json_t *answer;
    json_t *device;
    size_t i;
    int code = LN_EXIT_OK;

    if (revoke && !ln_cli_confirm(cli, "Sign this account out everywhere?")) {
        return LN_EXIT_FAILED;
    }
    id = ln_cli_user(cli, cli->parsed.args[0], NULL);
    answer = id ? ln_cli_call(cli, "device.list", json_pack("{sI}", "user", (json_int_t)id)) : NULL;
    if (!answer) {
        return cli->exit_code;
    }
    if (revoke) {
        code = revoke_all(cli, id, json_object_get(answer, "devices"));
    } else if (cli->json) {
        (void)ln_cli_print(json_incref(answer));
    } else {
        json_array_foreach(json_object_get(answer, "devices"), i, device)
        {
            print_device(device);
        }
    }
    json_decref(answer);
    return code;
}
