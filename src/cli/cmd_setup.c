/* SPDX-License-Identifier: MIT
 * cmd_setup.c - linnet setup: the first administrator.
 *
 * Without a browser the command is its own visitor: it takes a link and accepts it at once. The
 * sign-in that comes with that is ended again, for nobody will ever use its token.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/cli/cli.h"
#include "linnet/cli/value.h"

static json_t *
take_link(struct ln_cli *cli)
{
    cli->hint = "there is an administrator already; 'linnet user link NAME' prints a sign-in link";
    return ln_cli_call(cli, "setup.link", json_object());
}

static int
print_link(struct ln_cli *cli)
{
    json_t *answer = take_link(cli);
    const char *path = json_string_value(json_object_get(answer, "path"));
    char when[32];
    char *link;

    if (!answer) {
        return cli->exit_code;
    }
    link = ln_cli_link(cli, path ? path : "", 0);
    if (cli->json) {
        ln_value_print_time(json_integer_value(json_object_get(answer, "expires")), when,
                            sizeof(when));
        (void)ln_cli_print(json_pack("{ss,ss}", "setup_link", link, "expires", when));
    } else {
        printf("%s\n", link);
    }
    free(link);
    json_decref(answer);
    return LN_EXIT_OK;
}

/* What is left undone here is one unused sign-in, so failures are not the command's. */
static void
end_sign_ins(struct ln_cli *cli, json_int_t user)
{
    json_t *list = ln_cli_call(cli, "device.list", json_pack("{sI}", "user", user));
    json_t *device;
    size_t i;

    json_array_foreach(json_object_get(list, "devices"), i, device)
    {
        json_t *id = json_object_get(device, "id");

        json_decref(
            ln_cli_call(cli, "device.revoke", json_pack("{sO,sI}", "device_no", id, "user", user)));
    }
    json_decref(list);
}

static int
accept_link(struct ln_cli *cli, const char *name, const char *secret, const char *password)
{
    json_t *answer = ln_cli_call(cli, "setup.accept",
                                 json_pack("{ss,ss,ss,ss}", "secret", secret, "name", name,
                                           "password", password, "device", "linnet setup"));
    json_t *user = json_object_get(answer, "user");

    if (!answer) {
        return cli->exit_code;
    }
    end_sign_ins(cli, json_integer_value(json_object_get(user, "id")));
    if (cli->json) {
        (void)ln_cli_print(json_pack("{sO}", "user", user));
    } else {
        printf("created %s, the owner of this server\n", name);
    }
    json_decref(answer);
    return LN_EXIT_OK;
}

static int
create_admin(struct ln_cli *cli, const char *name)
{
    char *password = ln_cli_read_password(cli);
    json_t *link = password ? take_link(cli) : NULL;
    const char *path = json_string_value(json_object_get(link, "path"));
    const char *secret = path ? strchr(path, '#') : NULL;
    int code = password ? cli->exit_code : LN_EXIT_FAILED;

    if (link && !secret) {
        code = ln_cli_fail(cli, LN_EXIT_FAILED, "failed", NULL, "the server gave no set-up link");
    } else if (link) {
        code = accept_link(cli, name, secret + 1, password);
    }
    if (password) {
        explicit_bzero(password, strlen(password));
    }
    free(password);
    json_decref(link);
    return code;
}

int
ln_cmd_setup(struct ln_cli *cli)
{
    const char *admin = ln_flag_value(&cli->parsed, "admin");
    bool has_password = ln_has_flag(&cli->parsed, "password-stdin");

    if (admin && ln_has_flag(&cli->parsed, "link")) {
        return ln_cli_usage(cli, "--link and --admin exclude each other");
    }
    if ((admin != NULL) != has_password) {
        return ln_cli_usage(cli, "--admin and --password-stdin belong together");
    }
    return admin ? create_admin(cli, admin) : print_link(cli);
}
