/* SPDX-License-Identifier: MIT
 * check_config.c - the layers of the settings, the file's syntax, what is refused and how it is
 * said.
 *
 * Every test runs in its own process (check forks), so the environment may be changed freely. Run
 * from the top of the source tree: one test compares conf/linnet.conf.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linnet/base/mem.h"
#include "linnet/cli/config.h"

static char file_path[64];
static struct ln_config *cfg;

static void
write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

/* Without a file path of ours /etc/linnet/linnet.conf would count, so there is always one. */
static void
load_with(const char *text, struct ln_config_flags flags)
{
    write_text(file_path, text);
    flags.config = file_path;
    ln_config_destroy(&cfg);
    cfg = ln_config_load(&flags);
}

static void
load(const char *text)
{
    load_with(text, (struct ln_config_flags){0});
}

/* The only problem is "<file>" followed by rest. */
static void
expect_problem(const char *rest)
{
    char want[512];

    snprintf(want, sizeof(want), "%s%s\n", file_path, rest);
    ck_assert_str_eq(ln_buf_cstr(&cfg->problems), want);
    ck_assert_uint_eq(cfg->problem_count, 1);
}

static void
expect_good(void)
{
    ck_assert_str_eq(ln_buf_cstr(&cfg->problems), "");
    ck_assert_uint_eq(cfg->problem_count, 0);
}

static void
setup(void)
{
    int fd;

    clearenv();
    setenv("HOME", "/home/ana", 1);
    snprintf(file_path, sizeof(file_path), "/tmp/linnet-check-XXXXXX");
    fd = mkstemp(file_path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void
teardown(void)
{
    ln_config_destroy(&cfg);
    unlink(file_path);
}

START_TEST(defaults_are_good)
{
    load("");
    expect_good();
    ck_assert_uint_eq(cfg->opts.listen.count, 1);
    ck_assert_str_eq(cfg->opts.listen.items[0], "127.0.0.1:8080");
    ck_assert_str_eq(cfg->opts.base_url, "http://localhost:8080");
    ck_assert_int_eq(cfg->opts.session_ttl_ms, 30LL * 86400 * 1000);
    ck_assert_int_eq(cfg->opts.message_bytes, 16384);
    ck_assert_str_eq(cfg->origin[LN_SET_shards], "default");
}
END_TEST

START_TEST(layers_override_in_order)
{
    const char *listen[] = {"127.0.0.1:1", "127.0.0.1:2"};

    load("[server]\nlisten = 127.0.0.1:9000, [::1]:9001\nlisten = unix:/run/l.sock\nname = file\n"
         "shards = 2\n");
    expect_good();
    ck_assert_uint_eq(cfg->opts.listen.count, 3);
    ck_assert_str_eq(cfg->opts.listen.items[2], "unix:/run/l.sock");
    ck_assert_str_eq(cfg->opts.base_url, "http://localhost:9000");

    setenv("LINNET_SERVER_LISTEN", "127.0.0.1:7000", 1);
    setenv("LINNET_SERVER_NAME", "environment", 1);
    load_with("[server]\nlisten = 127.0.0.1:9000\nname = file\nshards = 2\n",
              (struct ln_config_flags){0});
    expect_good();
    ck_assert_uint_eq(cfg->opts.listen.count, 1);
    ck_assert_str_eq(cfg->opts.listen.items[0], "127.0.0.1:7000");
    ck_assert_str_eq(cfg->opts.name, "environment");
    ck_assert_str_eq(cfg->origin[LN_SET_name], "LINNET_SERVER_NAME");
    ck_assert_int_eq(cfg->opts.shards, 2);

    load_with("", (struct ln_config_flags){.listen = listen, .listen_count = 2});
    expect_good();
    ck_assert_uint_eq(cfg->opts.listen.count, 2);
    ck_assert_str_eq(cfg->opts.listen.items[1], "127.0.0.1:2");
    ck_assert_str_eq(cfg->origin[LN_SET_listen], "--listen");
}
END_TEST

START_TEST(a_value_may_come_from_a_file)
{
    char value_path[80];

    snprintf(value_path, sizeof(value_path), "%s.value", file_path);
    write_text(value_path, "from a file\n");
    setenv("LINNET_SERVER_NAME_FILE", value_path, 1);
    load("");
    expect_good();
    ck_assert_str_eq(cfg->opts.name, "from a file");
    ck_assert_str_eq(cfg->origin[LN_SET_name], "LINNET_SERVER_NAME_FILE");

    setenv("LINNET_SERVER_NAME", "x", 1);
    load("");
    ck_assert_str_eq(ln_buf_cstr(&cfg->problems),
                     "LINNET_SERVER_NAME and LINNET_SERVER_NAME_FILE are both set: keep one\n");
    unsetenv("LINNET_SERVER_NAME");
    unlink(value_path);
    load("");
    ck_assert_uint_eq(cfg->problem_count, 1);
}
END_TEST

START_TEST(syntax_is_understood)
{
    load(
        "# comment\r\n; another\r\n\r\n [server] # here too\r\n"
        "  name = \"a # \\\"b\\\" \\\\\"   # comment\r\nshards=3 # three\n\tmax_connections\t=\t7");
    expect_good();
    ck_assert_str_eq(cfg->opts.name, "a # \"b\" \\");
    ck_assert_int_eq(cfg->opts.shards, 3);
    ck_assert_int_eq(cfg->opts.max_connections, 7);
    load("[server]\nname = a#b\n");
    expect_good();
    ck_assert_str_eq(cfg->opts.name, "a#b");
}
END_TEST

static const struct {
    const char *text;
    const char *problem;
} refusals[] = {
    {"[server]\nbase_urll = x\n", ":2: unknown key \"base_urll\", did you mean \"base_url\"?"},
    {"[server]\nzzzzzzzz = x\n", ":2: unknown key \"zzzzzzzz\""},
    {"[sever]\nname = x\n", ":1: unknown section \"sever\", did you mean \"server\"?"},
    {"[nothing]\n", ":1: unknown section \"nothing\""},
    {"[server\n", ":1: a section header needs ']' at its end"},
    {"[log] level = info\n", ":1: nothing may follow a section header"},
    {"name = x\n", ":1: \"name\" stands before the first [section]"},
    {"[server]\n\nname\n", ":3: expected \"key = value\" or \"[section]\""},
    {"[server]\nname = a\nname = b\n", ":3: name is set already on line 2"},
    {"[server]\nname = \"a\n", ":2: a quoted value ends with '\"'; inside, write \\\" and \\\\"},
    {"[server]\nname = \"a\" b\n",
     ":2: a quoted value ends with '\"'; inside, write \\\" and \\\\"},
    {"[server]\nname =\n", ":2: server.name must be 1 to 64 bytes long, not 0"},
    {"[server]\nshards = x\n", ":2: server.shards: \"x\" is not a whole number"},
    {"[server]\nshards = 65\n", ":2: server.shards: 65 is too much; allowed are 0 to 64"},
    {"[limits]\nmessage_bytes = 1K2\n",
     ":2: limits.message_bytes: \"1K2\" is not a size, such as 16K or 50M"},
    {"[limits]\nmessage_bytes = 100\n",
     ":2: limits.message_bytes: 100 is too little; allowed are 256 to 64K"},
    {"[auth]\nlink_ttl = 24\n",
     ":2: auth.link_ttl: \"24\" is not a duration, such as 500ms, 30s, 5m or 7d"},
    {"[auth]\nlink_ttl = 1s\n", ":2: auth.link_ttl: 1s is too little; allowed are 1m to 365d"},
    {"[log]\nlevel = loud\n",
     ":2: log.level: \"loud\" is not one of error, warn, info, debug, trace"},
    {"[presence]\nttl = 10s\n", ":2: presence.ttl must be longer than presence.heartbeat"},
    {"[limits]\nout_hard = 32K\n", ":2: limits.out_hard must not be below limits.out_soft"},
    {"[tls]\ncert = /c.pem\n", ":2: tls.cert and tls.key are set together or not at all"},
    {"[server]\nbase_url = chat.example.org\n",
     ":2: server.base_url: \"chat.example.org\" must look like https://chat.example.org"},
    {"[server]\nbase_url = https://a.example/chat\n",
     ":2: server.base_url: \"https://a.example/chat\" must look like https://chat.example.org"},
    {"[server]\norigins = https://a.example, nonsense\n",
     ":2: server.origins: \"nonsense\" must look like https://chat.example.org"},
    {"[server]\nlisten = tls:127.0.0.1:8443\n",
     ":2: server.listen: \"tls:127.0.0.1:8443\" needs tls.cert and tls.key"},
    {"[server]\norigins = http://a,http://b,http://c,http://d,http://e,http://f,http://g,http://h,"
     "http://i,http://j,http://k,http://l,http://m,http://n,http://o,http://p,http://q\n",
     ":2: server.origins takes at most 16 items"},
    {"\xff\n", ": this is not UTF-8 text"},
};

START_TEST(mistakes_are_named)
{
    load(refusals[_i].text);
    expect_problem(refusals[_i].problem);
}
END_TEST

START_TEST(all_mistakes_are_named_at_once)
{
    load("[server]\nshards = x\nmax_connections = 0\nfoo = 1\n");
    ck_assert_uint_eq(cfg->problem_count, 3);
    ck_assert_int_eq(cfg->opts.max_connections, 10000); /* a refused value changes nothing */
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    unlink(file_path);
    cfg = ln_config_load(&(struct ln_config_flags){.config = file_path});
    expect_problem(": No such file or directory");
}
END_TEST

START_TEST(an_unknown_variable_is_a_warning)
{
    setenv("LINNET_SERVER_LISTN", "x", 1);
    setenv("LINNET_PORT_8080_TCP", "tcp://10.0.0.1:8080",
           1); /* a cluster's, about a service "linnet" */
    load("");
    expect_good();
    ck_assert_str_eq(ln_buf_cstr(&cfg->warnings),
                     "the environment variable LINNET_SERVER_LISTN is no setting and is ignored\n");
}
END_TEST

START_TEST(data_dir_has_its_precedence)
{
    const char *config = "[storage]\ndata_dir = /from/config\n";

    load("");
    ck_assert_str_eq(cfg->opts.data_dir,
                     geteuid() == 0 ? "/var/lib/linnet" : "/home/ana/.local/share/linnet");
    setenv("XDG_DATA_HOME", "/xdg", 1);
    load("");
    ck_assert_str_eq(cfg->opts.data_dir, geteuid() == 0 ? "/var/lib/linnet" : "/xdg/linnet");
    setenv("STATE_DIRECTORY", "/var/lib/state:/var/lib/other", 1);
    load("");
    ck_assert_str_eq(cfg->opts.data_dir, "/var/lib/state");
    load(config);
    ck_assert_str_eq(cfg->opts.data_dir, "/from/config");
    setenv("LINNET_DATA_DIR", "/from/short", 1);
    load(config);
    ck_assert_str_eq(cfg->opts.data_dir, "/from/short");
    setenv("LINNET_STORAGE_DATA_DIR", "/from/long", 1);
    load(config);
    ck_assert_str_eq(cfg->opts.data_dir, "/from/long");
    load_with(config, (struct ln_config_flags){.data_dir = "/from/flag"});
    ck_assert_str_eq(cfg->opts.data_dir, "/from/flag");
    ck_assert_str_eq(cfg->origin[LN_SET_data_dir], "--data-dir");
}
END_TEST

static const struct {
    const char *listen;
    const char *url;
} urls[] = {
    {"0.0.0.0:80", "http://localhost"},
    {"127.0.0.1:8081", "http://localhost:8081"},
    {"[::1]:8081", "http://localhost:8081"},
    {"tls:0.0.0.0:443", "https://localhost"},
    {"tls:0.0.0.0:8443", "https://localhost:8443"},
    {"unix:/run/linnet/http.sock", "http://localhost"},
    {"127.0.0.1:0", ""}, /* not known before the kernel has chosen */
};

START_TEST(base_url_follows_the_first_address)
{
    const char *listen[] = {urls[_i].listen, "127.0.0.1:1"};
    char url[64];

    load_with("[tls]\ncert = /c.pem\nkey = /k.pem\n",
              (struct ln_config_flags){.listen = listen, .listen_count = 2});
    expect_good();
    ck_assert_str_eq(cfg->opts.base_url, urls[_i].url);
    ln_config_url(&cfg->opts, 41234, url, sizeof(url));
    ck_assert_str_eq(url, urls[_i].url[0] ? urls[_i].url : "http://localhost:41234");
}
END_TEST

START_TEST(base_url_loses_its_slash)
{
    load("[server]\nbase_url = https://chat.example.org/\n");
    expect_good();
    ck_assert_str_eq(cfg->opts.base_url, "https://chat.example.org");
}
END_TEST

/* Every value printed and read again is the same value. */
START_TEST(values_survive_the_file)
{
    struct ln_buf text;
    struct ln_config *first;

    load("[server]\nname = \" a # \\\"b\\\"\"\nlisten = 127.0.0.1:1, 127.0.0.1:2\n"
         "[limits]\nmessage_bytes = 1025\n[auth]\nlink_ttl = 90m\n");
    expect_good();
    ln_buf_init(&text, 1 << 20);
    for (int i = 0; i < LN_SET_COUNT; i++) {
        ln_buf_addf(&text, "[%s]\n%s = ", ln_settings[i].section, ln_settings[i].key);
        ln_config_value(cfg, i, ", ", &text);
        ln_buf_addc(&text, '\n');
    }
    first = cfg;
    cfg = NULL;
    load(ln_buf_cstr(&text));
    expect_good();
    for (int i = 0; i < LN_SET_COUNT; i++) {
        struct ln_buf a;
        struct ln_buf b;

        ln_buf_init(&a, 4096);
        ln_buf_init(&b, 4096);
        ln_config_value(first, i, ",", &a);
        ln_config_value(cfg, i, ",", &b);
        ck_assert_str_eq(ln_buf_cstr(&a), ln_buf_cstr(&b));
        ln_buf_deinit(&a);
        ln_buf_deinit(&b);
    }
    ln_config_destroy(&first);
    ln_buf_deinit(&text);
}
END_TEST

/* The example with every setting switched on says nothing but the defaults. */
START_TEST(the_default_text_is_the_defaults)
{
    struct ln_buf text;

    ln_buf_init(&text, 1 << 20);
    ln_config_default_text(&text);
    for (size_t i = 1; i < text.n; i++) {
        if (text.p[i - 1] == '\n' && text.p[i] == '#' && text.p[i + 1] != ' ') {
            text.p[i] = ' ';
        }
    }
    load(ln_buf_cstr(&text));
    expect_good();
    ck_assert_int_eq(cfg->layer[LN_SET_shards], LN_LAYER_FILE);
    ck_assert_int_eq(cfg->opts.out_hard_bytes, 256 * 1024);
    ck_assert_str_eq(cfg->opts.base_url, "http://localhost:8080");
    ln_buf_deinit(&text);
}
END_TEST

START_TEST(the_shipped_file_is_the_default_text)
{
    struct ln_buf text;
    FILE *f = fopen("conf/linnet.conf", "re");
    char *shipped = ln_zalloc(1 << 16);

    ln_buf_init(&text, 1 << 20);
    ln_config_default_text(&text);
    ck_assert_msg(f != NULL, "run from the top of the source tree");
    ck_assert_uint_gt(fread(shipped, 1, (1 << 16) - 1, f), 0);
    fclose(f);
    ck_assert_msg(strcmp(shipped, ln_buf_cstr(&text)) == 0,
                  "make it again: linnet config default >conf/linnet.conf");
    free(shipped);
    ln_buf_deinit(&text);
}
END_TEST

START_TEST(settings_are_found_by_name)
{
    ck_assert_int_eq(ln_setting_find("server.listen"), LN_SET_listen);
    ck_assert_int_eq(ln_setting_find("listen"), LN_SET_listen);
    ck_assert_int_eq(ln_setting_find("tls.listen"), -1);
    ck_assert_int_eq(ln_setting_find("serve.listen"), -1);
    ck_assert_int_eq(ln_setting_find(""), -1);
    ck_assert_str_eq(ln_setting_suggest("server", "listne"), "listen");
    ck_assert_ptr_null(ln_setting_suggest("tls", "listne"));
}
END_TEST

int
main(void)
{
    Suite *s = suite_create("config");
    TCase *tc = tcase_create("config");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, defaults_are_good);
    tcase_add_test(tc, layers_override_in_order);
    tcase_add_test(tc, a_value_may_come_from_a_file);
    tcase_add_test(tc, syntax_is_understood);
    tcase_add_loop_test(tc, mistakes_are_named, 0, (int)LN_COUNT(refusals));
    tcase_add_test(tc, all_mistakes_are_named_at_once);
    tcase_add_test(tc, a_missing_file_is_named);
    tcase_add_test(tc, an_unknown_variable_is_a_warning);
    tcase_add_test(tc, data_dir_has_its_precedence);
    tcase_add_loop_test(tc, base_url_follows_the_first_address, 0, (int)LN_COUNT(urls));
    tcase_add_test(tc, base_url_loses_its_slash);
    tcase_add_test(tc, values_survive_the_file);
    tcase_add_test(tc, the_default_text_is_the_defaults);
    tcase_add_test(tc, the_shipped_file_is_the_default_text);
    tcase_add_test(tc, settings_are_found_by_name);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
