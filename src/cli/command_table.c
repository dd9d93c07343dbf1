/* SPDX-License-Identifier: MIT
 * command_table.c - every command with its arguments, flags and help. Nothing else knows them.
 */
#include "linnet/cli/command.h"

/* clang-format off */
const struct ln_flag ln_global_flags[] = {
    {'c', "config",   "FILE", "configuration file (default: /etc/linnet/linnet.conf where it exists)", false},
    {'d', "data-dir", "DIR",  "where everything is kept", false},
    {'j', "json",     NULL,   "print one JSON document; errors as JSON on standard error", false},
    {'q', "quiet",    NULL,   "print results and errors only", false},
    {'v', "verbose",  NULL,   "log more", false},
    {'y', "yes",      NULL,   "do not ask", false},
    {'h', "help",     NULL,   "show help", false},
    {'V', "version",  NULL,   "show versions", false},
    {0, NULL, NULL, NULL, false},
};

const struct ln_group ln_groups[] = {
    {"serve",       "Run",    NULL},
    {"setup",       "Run",    NULL},
    {"status",      "Run",    NULL},
    {"config",      "Run",    "check and show the settings"},
    {"healthcheck", "Run",    NULL},
    {"user",        "People", "the people and bots who can sign in"},
    {"invite",      "People", "links by which people join"},
    {"chat",        "Chats",  "groups, channels and who is in them"},
    {"say",         "Chats",  NULL},
    {"version",     "Other",  NULL},
    {"help",        "Other",  NULL},
    {"completion",  "Other",  NULL},
    {"man",         "Other",  NULL},
    {NULL, NULL, NULL},
};

#define END {0, NULL, NULL, NULL, false}

static const struct ln_flag no_flags[] = {END};
static const struct ln_flag serve_flags[] = {
    {0, "listen",   "ADDR", "HOST:PORT, unix:PATH or tls:HOST:PORT; repeatable", true},
    {0, "base-url", "URL",  "what people type to reach the server", false},
    END};
static const struct ln_flag setup_flags[] = {
    {0, "link",           NULL,   "print a new set-up link (the default)", false},
    {0, "admin",          "NAME", "create the first administrator without a browser", false},
    {0, "password-stdin", NULL,   "read the administrator's password from standard input", false},
    END};
static const struct ln_flag show_flags[] = {
    {0, "sources", NULL, "say where each value comes from", false},
    END};
static const struct ln_flag create_flags[] = {
    {0, "display",        "TEXT", "the name others see", false},
    {0, "admin",          NULL,   "may administrate the server", false},
    {0, "guest",          NULL,   "sees only the chats it is added to", false},
    {0, "bot",            NULL,   "a program, not a person", false},
    {0, "password-stdin", NULL,   "read the password from standard input instead of printing a link", false},
    {0, "if-missing",     NULL,   "succeed where NAME exists already", false},
    END};
static const struct ln_flag import_flags[] = {
    {0, "tokens", NULL, "sign every account in and print {\"id\",\"name\",\"token\"}, one a line", false},
    END};
static const struct ln_flag passwd_flags[] = {
    {0, "password-stdin", NULL, "read the password from standard input", false},
    END};
static const struct ln_flag sessions_flags[] = {
    {0, "revoke", NULL, "end all of them", false},
    END};
static const struct ln_flag invite_flags[] = {
    {0, "ttl",  "TIME", "how long the link stands, such as 24h or 7d", false},
    {0, "uses", "N",    "how many people may use it", false},
    {0, "role", "ROLE", "member, guest or admin", false},
    {0, "chat", "CHAT", "a chat the newcomer is put into; repeatable", true},
    END};
static const struct ln_flag chat_flags[] = {
    {0, "kind",   "KIND", "group (by invitation; the default) or channel (open to all)", false},
    {0, "topic",  "TEXT", "what it is about", false},
    {0, "member", "NAME", "somebody to put into it; repeatable", true},
    {0, "as",     "NAME", "the person who creates and owns it", false},
    END};
static const struct ln_flag say_flags[] = {
    {0, "as", "NAME", "the person or bot who says it; must be in the chat", false},
    END};
static const struct ln_flag man_flags[] = {
    {'o', "output", "DIR", "write all pages into DIR", false},
    END};

#define MANY LN_ARGS_UNLIMITED

const struct ln_command ln_commands[LN_CMD_COUNT] = {
    [LN_CMD_SERVE] = {"serve", "", 0, 0, "run the server",
        "Runs until SIGTERM or SIGINT. SIGHUP reads certificates and reloadable settings again. "
        "Without an administrator it prints the link where the first one is made.",
        serve_flags,
        "linnet serve\n"
        "linnet serve --listen 0.0.0.0:8080 --base-url https://chat.example.org"},
    [LN_CMD_SETUP] = {"setup", "", 0, 0, "create the first administrator, or print the link for it",
        "The link works once. It fails where there is an owner already.",
        setup_flags,
        "linnet setup --link\n"
        "linnet setup --admin ana --password-stdin <password.txt"},
    [LN_CMD_STATUS] = {"status", "", 0, 0, "version, uptime, counts and sizes", NULL, no_flags,
        "linnet status --json | jq .connections"},
    [LN_CMD_CONFIG_CHECK] = {"config check", "", 0, 0, "check the settings and say what is wrong",
        "Exits with 6 where something is.", no_flags,
        "linnet config check -c /etc/linnet/linnet.conf"},
    [LN_CMD_CONFIG_SHOW] = {"config show", "", 0, 0, "print the settings in force", NULL, show_flags,
        "linnet config show --sources"},
    [LN_CMD_CONFIG_DEFAULT] = {"config default", "", 0, 0, "print a configuration file with every setting",
        NULL, no_flags, "linnet config default >linnet.conf"},
    [LN_CMD_CONFIG_GET] = {"config get", "KEY", 1, 1, "print one setting; items of a list one a line", NULL,
        no_flags, "linnet config get storage.data_dir"},
    [LN_CMD_HEALTHCHECK] = {"healthcheck", "[URL]", 0, 1, "ask a running server whether it is ready",
        "Asks /readyz of the first plain TCP listen address, or URL (http:// only). Exits with 0 where it "
        "is ready, 6 where it is not, 3 where nothing answers.", no_flags,
        "linnet healthcheck http://127.0.0.1:8080/readyz"},
    [LN_CMD_USER_CREATE] = {"user create", "NAME", 1, 1, "create an account and print a one-time sign-in link",
        "NAME is 1 to 32 of a-z 0-9 . _ - and begins with a letter or digit.", create_flags,
        "linnet user create ana --display 'Ana Lima' --json | jq -r .login_link"},
    [LN_CMD_USER_LIST] = {"user list", "", 0, 0, "list all accounts", NULL, no_flags,
        "linnet user list --json | jq -r '.users[].name'"},
    [LN_CMD_USER_SHOW] = {"user show", "NAME", 1, 1, "show one account", NULL, no_flags,
        "linnet user show ana"},
    [LN_CMD_USER_IMPORT] = {"user import", "FILE|-", 1, 1, "create accounts from JSON lines",
        "Each line is {\"name\",\"display\"?,\"role\"?,\"password\"?}. Accounts that exist are left as "
        "they are, so an import can be repeated.", import_flags,
        "linnet user import people.jsonl\n"
        "linnet user import - --tokens <people.jsonl >tokens.jsonl"},
    [LN_CMD_USER_LINK] = {"user link", "NAME", 1, 1, "print a one-time sign-in link",
        "For another device or a forgotten password.", no_flags, "linnet user link ana"},
    [LN_CMD_USER_PASSWD] = {"user passwd", "NAME", 1, 1, "set a password; ends all other sign-ins of that account",
        NULL, passwd_flags, "linnet user passwd ana --password-stdin <password.txt"},
    [LN_CMD_USER_DISABLE] = {"user disable", "NAME", 1, 1, "lock an account out at once; nothing is deleted",
        NULL, no_flags, "linnet user disable ana --yes"},
    [LN_CMD_USER_ENABLE] = {"user enable", "NAME", 1, 1, "let a disabled account in again", NULL, no_flags,
        "linnet user enable ana"},
    [LN_CMD_USER_SESSIONS] = {"user sessions", "NAME", 1, 1, "list the devices an account is signed in on",
        NULL, sessions_flags, "linnet user sessions ana --revoke"},
    [LN_CMD_INVITE_CREATE] = {"invite create", "", 0, 0, "print a link by which people make their account",
        NULL, invite_flags, "linnet invite create --ttl 7d --uses 20 --chat General"},
    [LN_CMD_INVITE_LIST] = {"invite list", "", 0, 0, "list the invitations", NULL, no_flags,
        "linnet invite list"},
    [LN_CMD_INVITE_REVOKE] = {"invite revoke", "ID", 1, 1, "make an invitation useless", NULL, no_flags,
        "linnet invite revoke 3"},
    [LN_CMD_CHAT_CREATE] = {"chat create", "TITLE", 1, 1, "create a group or channel and print its id", NULL,
        chat_flags, "linnet chat create General --kind channel --as ana"},
    [LN_CMD_CHAT_LIST] = {"chat list", "", 0, 0, "list all chats", NULL, no_flags, "linnet chat list"},
    [LN_CMD_CHAT_SHOW] = {"chat show", "CHAT", 1, 1, "show one chat", "CHAT is its id or its exact title.",
        no_flags, "linnet chat show 12"},
    [LN_CMD_CHAT_MEMBERS] = {"chat members", "CHAT", 1, 1, "list who is in a chat",
        "CHAT is its id or its exact title.", no_flags, "linnet chat members General"},
    [LN_CMD_CHAT_ADD] = {"chat add", "CHAT NAME...", 2, MANY, "put people into a chat",
        "CHAT is its id or its exact title.", no_flags, "linnet chat add General ana bea"},
    [LN_CMD_CHAT_REMOVE] = {"chat remove", "CHAT NAME...", 2, MANY, "take people out of a chat",
        "CHAT is its id or its exact title.", no_flags, "linnet chat remove General bea"},
    [LN_CMD_SAY] = {"say", "CHAT [TEXT|-]", 1, 2, "post a message, for cron and scripts",
        "CHAT is its id or its exact title. Without TEXT, or with -, the text is read from standard input.",
        say_flags, "df -h / | linnet say Ops --as robot"},
    [LN_CMD_VERSION] = {"version", "", 0, 0, "print the version of linnet and of its libraries", NULL, no_flags,
        "linnet version"},
    [LN_CMD_HELP] = {"help", "[COMMAND]", 0, 2, "show help", NULL, no_flags, "linnet help user create"},
    [LN_CMD_COMPLETION] = {"completion", "bash|zsh|fish", 1, 1, "print the completion script of a shell", NULL,
        no_flags, "linnet completion bash >/usr/share/bash-completion/completions/linnet"},
    [LN_CMD_MAN] = {"man", "", 0, 0, "print linnet(1) in roff, or write all man pages", NULL, man_flags,
        "linnet man | man -l -\n"
        "linnet man -o /usr/local/share/man/man1"},
};
/* clang-format on */
