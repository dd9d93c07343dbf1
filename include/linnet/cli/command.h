/* SPDX-License-Identifier: MIT
 * command.h - the one table of commands: parsing, help, man pages and completions come from it.
 *
 * Thread:  main's; the table is constant.
 * Owns:    struct ln_parsed borrows argv.
 */
#ifndef LINNET_CLI_COMMAND_H
#define LINNET_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "linnet/base/buf.h"
#include "linnet/base/err.h"

/* clang-format off */
/*  id               handler: int ln_cmd_<handler>(struct ln_cli *) in src/cli/cmd_*.c */
#define LN_COMMANDS(X) \
    X(SERVE,          serve) \
    X(SETUP,          setup) \
    X(STATUS,         status) \
    X(CONFIG_CHECK,   config_check) \
    X(CONFIG_SHOW,    config_show) \
    X(CONFIG_DEFAULT, config_default) \
    X(CONFIG_GET,     config_get) \
    X(HEALTHCHECK,    healthcheck) \
    X(USER_CREATE,    user_create) \
    X(USER_LIST,      user_list) \
    X(USER_SHOW,      user_show) \
    X(USER_IMPORT,    user_import) \
    X(USER_LINK,      user_link) \
    X(USER_PASSWD,    user_passwd) \
    X(USER_DISABLE,   user_disable) \
    X(USER_ENABLE,    user_enable) \
    X(USER_SESSIONS,  user_sessions) \
    X(INVITE_CREATE,  invite_create) \
    X(INVITE_LIST,    invite_list) \
    X(INVITE_REVOKE,  invite_revoke) \
    X(CHAT_CREATE,    chat_create) \
    X(CHAT_LIST,      chat_list) \
    X(CHAT_SHOW,      chat_show) \
    X(CHAT_MEMBERS,   chat_members) \
    X(CHAT_ADD,       chat_add) \
    X(CHAT_REMOVE,    chat_remove) \
    X(SAY,            say) \
    X(VERSION,        version) \
    X(HELP,           help) \
    X(COMPLETION,     completion) \
    X(MAN,            man)
/* clang-format on */

enum ln_command_id {
#define X(id, handler) LN_CMD_##id,
    LN_COMMANDS(X)
#undef X
        LN_CMD_COUNT
};

enum ln_exit {
    LN_EXIT_OK = 0,
    LN_EXIT_FAILED = 1,
    LN_EXIT_USAGE = 2,
    LN_EXIT_SERVER = 3,   /* not reachable, or must not be running */
    LN_EXIT_ABSENT = 4,   /* no such user, chat, file */
    LN_EXIT_CONFLICT = 5, /* exists already */
    LN_EXIT_PROBLEMS = 6, /* a check found problems */
    LN_EXIT_CONFIG = 78   /* configuration or schema unusable */
};

struct ln_flag {
    char letter;      /* 0 = only the long form */
    const char *name; /* without "--"; NULL ends an array */
    const char *arg;  /* its argument's name; NULL = it takes none */
    const char *help;
    bool repeatable;
};

struct ln_command {
    const char *name; /* "user create" */
    const char *args; /* "NAME" as the usage line shows it */
    unsigned min_args;
    unsigned max_args;
    const char *summary;         /* one line, without a full stop */
    const char *details;         /* sentences, or NULL */
    const struct ln_flag *flags; /* never NULL */
    const char *example;         /* whole command lines, one a line */
};

/* A first word with commands below it, and where it stands in the overview. */
struct ln_group {
    const char *name;
    const char *section; /* "Run", "People" … */
    const char *summary; /* of the group; NULL where the name is itself a command */
};

#define LN_ARGS_UNLIMITED 10000

extern const struct ln_command ln_commands[LN_CMD_COUNT];
extern const struct ln_group ln_groups[]; /* ends with name NULL */
extern const struct ln_flag ln_global_flags[];

struct ln_given {
    const struct ln_flag *flag;
    const char *value; /* NULL where the flag takes none */
};

struct ln_parsed {
    const struct ln_command *command; /* NULL: none was named */
    const char *group;                /* the group where only that was named, else NULL */
    struct ln_given *given;           /* owned; in order */
    size_t given_count;
    const char **args; /* owned array */
    size_t arg_count;
};

/* LN_EBADMSG and a sentence in why where the line cannot be understood; out is valid in any case
 * and names the command as far as it was understood. */
LN_MUST_CHECK enum ln_err ln_parse(int argc, char **argv, struct ln_parsed *out, char *why,
                                   size_t why_n);
void ln_parsed_deinit(struct ln_parsed *p);

bool ln_has_flag(const struct ln_parsed *p, const char *name);
const char *ln_flag_value(const struct ln_parsed *p,
                          const char *name); /* the last; NULL = not given */
/* for (size_t i = 0; (v = ln_flag_each(p, "member", &i));) */
const char *ln_flag_each(const struct ln_parsed *p, const char *name, size_t *pos);

const struct ln_command *ln_command_find(const char *name); /* NULL = none */
bool ln_command_in_group(const struct ln_command *cmd,
                         const char *group); /* "user" has "user list" */

void ln_help_overview(struct ln_buf *out);
void ln_help_group(const char *group, struct ln_buf *out);
void ln_help_command(const struct ln_command *cmd, struct ln_buf *out);
void ln_help_usage(const struct ln_command *cmd, struct ln_buf *out); /* "Usage: …" one line */

/* Man pages in roff: NULL = linnet(1), else linnet-GROUP(1). */
void ln_man_page(const char *group, struct ln_buf *out);

/* shell: bash, zsh or fish; LN_ENOTFOUND else. */
LN_MUST_CHECK enum ln_err ln_completion(const char *shell, struct ln_buf *out);

#endif
