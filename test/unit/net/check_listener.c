/* SPDX-License-Identifier: MIT
 * check_listener.c - addresses, TCP and Unix listeners, sharing and replacing.
 */
#include "linnet/net/listener.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "linnet/base/str.h"

#include "net_rig.h"

static const struct {
    const char *text;
    bool good;
    bool tls;
    bool is_unix;
    const char *host;
    unsigned port;
} addrs[] = {
    {"127.0.0.1:8080", true, false, false, "127.0.0.1", 8080},
    {"0.0.0.0:0", true, false, false, "0.0.0.0", 0},
    {"[::1]:443", true, false, false, "::1", 443},
    {"tls:[::]:65535", true, true, false, "::", 65535},
    {"localhost:80", true, false, false, "localhost", 80},
    {"unix:/run/x.sock", true, false, true, "/run/x.sock", 0},
    {"tls:unix:a", true, true, true, "a", 0},
    {"", false, false, false, NULL, 0},
    {"tls:", false, false, false, NULL, 0},
    {"unix:", false, false, false, NULL, 0},
    {"8080", false, false, false, NULL, 0},
    {":8080", false, false, false, NULL, 0},
    {"host:", false, false, false, NULL, 0},
    {"host:65536", false, false, false, NULL, 0},
    {"host:-1", false, false, false, NULL, 0},
    {"host:8o", false, false, false, NULL, 0},
    {"::1:80", false, false, false, NULL, 0},
    {"[::1:80", false, false, false, NULL, 0},
    {"[]:80", false, false, false, NULL, 0},
    {"::1]:80", false, false, false, NULL, 0},
    {"unix:/"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aa"
     "aaaaaaaaaaaa",
     false, false, false, NULL, 0},
};

START_TEST(addresses)
{
    struct ln_addr a;
    char text[300];
    enum ln_err err = ln_addr_parse(addrs[_i].text, &a);
    ck_assert_int_eq(err, addrs[_i].good ? LN_OK : LN_EBADMSG);
    if (err != LN_OK)
        return;
    ck_assert_int_eq(a.tls, addrs[_i].tls);
    ck_assert_int_eq(a.is_unix, addrs[_i].is_unix);
    ck_assert_str_eq(a.host, addrs[_i].host);
    ck_assert_uint_eq(a.port, addrs[_i].port);
    ln_addr_print(&a, text, sizeof(text));
    ck_assert_str_eq(text, addrs[_i].text);
}
END_TEST

static int accepted;
static int closed;
static uint32_t peer_uid;
static uint8_t peer_addr[16];

static size_t
on_data(struct ln_conn *c, const uint8_t *p, size_t n)
{
    ln_conn_send_copy(c, p, n);
    return n;
}

static void
on_closed(struct ln_conn *c, enum ln_err why)
{
    (void)c;
    (void)why;
    closed++;
}

static const struct ln_conn_ops conn_ops = {on_data, NULL, on_closed};

static void
on_accept(void *ctx, struct ln_conn *c, void *user)
{
    ck_assert_str_eq(ctx, "ctx");
    accepted++;
    peer_uid = c->peer_uid;
    memcpy(peer_addr, c->peer, 16);
    if (user)
        c->ops = user;
}

static const struct ln_net_ops net_ops = {on_accept};
static struct rig rig;

static void
set_up(void)
{
    accepted = closed = 0;
    rig_init(&rig, &net_ops, (void *)(uintptr_t) "ctx");
}

static void
tear_down(void)
{
    rig_deinit(&rig);
}

static struct ln_listener *
open_at(const char *text)
{
    struct ln_addr a;
    char why[300] = "";
    ck_assert_int_eq(ln_addr_parse(text, &a), LN_OK);
    struct ln_listener *l = ln_listener_open(&a, 0600, why, sizeof(why));
    ck_assert_int_eq(l == NULL, why[0] != '\0');
    return l;
}

static int
call_tcp(unsigned port)
{
    struct sockaddr_in sin = {.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
    return fd;
}

static const void *
echo(void)
{
    return &conn_ops;
}

START_TEST(tcp)
{
    char buf[10];
    struct ln_listener *l = open_at("127.0.0.1:0");
    ck_assert_uint_ne(ln_listener_port(l), 0);
    ln_listener_start(l, rig.net, NULL, (void *)(uintptr_t)echo());
    int fd = call_tcp(ln_listener_port(l));
    rig_until(&rig, &accepted, 1);
    static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
    ck_assert_mem_eq(peer_addr, mapped, 16);
    puts_to(fd, "abc");
    rig_turns(&rig, 3);
    ck_assert_int_eq(take(fd, buf, sizeof(buf)), 3);
    ln_listener_pause(l);
    int late = call_tcp(ln_listener_port(l)); /* the kernel queues it */
    rig_turns(&rig, 3);
    ck_assert_int_eq(accepted, 1);
    close(late);
    ln_listener_destroy(&l);
    ck_assert_ptr_null(l);
    ln_listener_destroy(&l);
    close(fd);
}
END_TEST

START_TEST(who_is_not_wanted_is_closed)
{
    char buf[10];
    struct ln_listener *l = open_at("127.0.0.1:0");
    ln_listener_start(l, rig.net, NULL, NULL);
    int fd = call_tcp(ln_listener_port(l));
    rig_until(&rig, &accepted, 1);
    rig_turn(&rig);
    ck_assert_int_eq(take(fd, buf, sizeof(buf)), 0);
    ck_assert_uint_eq(ln_net_count(rig.net), 0);
    close(fd);
    ln_listener_destroy(&l);
}
END_TEST

START_TEST(shards_share_a_port_and_the_probe_finds_them)
{
    struct ln_addr a;
    char why[300] = "";
    char text[40];
    struct ln_listener *one = open_at("127.0.0.1:0");
    snprintf(text, sizeof(text), "127.0.0.1:%u", ln_listener_port(one));
    struct ln_listener *two = open_at(text);
    ck_assert_ptr_nonnull(two);
    ck_assert_int_eq(ln_addr_parse(text, &a), LN_OK);
    ck_assert_int_eq(ln_listener_probe(&a, why, sizeof(why)), LN_ECONFLICT);
    ck_assert_ptr_nonnull(strstr(why, text));
    ln_listener_destroy(&one);
    ln_listener_destroy(&two);
    ck_assert_int_eq(ln_listener_probe(&a, why, sizeof(why)), LN_OK);
}
END_TEST

START_TEST(an_address_that_is_not_ours)
{
    ck_assert_ptr_null(open_at("127.0.0.1.example.invalid:80"));
    ck_assert_ptr_null(open_at("unix:/no/such/folder/x.sock"));
}
END_TEST

START_TEST(unix_paths)
{
    char dir[] = "/tmp/check_listener.XXXXXX";
    char path[64];
    char text[80];
    char why[300];
    struct ln_addr a;
    struct stat st;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/s", dir);
    snprintf(text, sizeof(text), "unix:%s", path);
    ck_assert_int_eq(ln_addr_parse(text, &a), LN_OK);
    ck_assert_int_eq(ln_listener_probe(&a, why, sizeof(why)), LN_OK);

    /* what a dead server left is replaced */
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(dead, (struct sockaddr *)&sun, sizeof(sun)), 0);
    close(dead);
    ck_assert_int_eq(ln_listener_probe(&a, why, sizeof(why)), LN_OK);
    struct ln_listener *l = open_at(text);
    ck_assert_int_eq(lstat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);

    /* a living one is not */
    ck_assert_int_eq(ln_listener_probe(&a, why, sizeof(why)), LN_ECONFLICT);
    ck_assert_ptr_null(open_at(text));

    ln_listener_start(l, rig.net, NULL, (void *)(uintptr_t)echo());
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
    rig_until(&rig, &accepted, 1);
    ck_assert_uint_eq(peer_uid, getuid());
    static const uint8_t none[16] = {0};
    ck_assert_mem_eq(peer_addr, none, 16);
    close(fd);
    rig_until(&rig, &closed, 1);
    ln_listener_destroy(&l);
    ck_assert_int_ne(lstat(path, &st), 0);

    /* a file is nobody's socket */
    FILE *f = fopen(path, "w");
    fclose(f);
    ck_assert_ptr_null(open_at(text));
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(a_path_that_another_took_is_left_alone)
{
    char dir[] = "/tmp/check_listener.XXXXXX";
    char text[80];
    struct stat st;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(text, sizeof(text), "unix:%s/s", dir);
    struct ln_listener *one = open_at(text);
    unlink(text + 5);
    struct ln_listener *two = open_at(text);
    ln_listener_destroy(&one);
    ck_assert_int_eq(lstat(text + 5, &st), 0);
    ln_listener_destroy(&two);
    ck_assert_int_ne(lstat(text + 5, &st), 0);
    rmdir(dir);
}
END_TEST

START_TEST(without_descriptors_it_rests)
{
    struct rlimit old;
    struct ln_listener *l = open_at("127.0.0.1:0");
    ln_listener_start(l, rig.net, NULL, (void *)(uintptr_t)echo());
    int fd = call_tcp(ln_listener_port(l));
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
    struct rlimit few = {(rlim_t)fd + 1, old.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    rig_turns(&rig, 3);
    ck_assert_int_eq(accepted, 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    rig_turns(&rig, 3);
    ck_assert_int_eq(accepted, 0); /* not before a second has passed */
    rig_until(&rig, &accepted, 1);
    close(fd);
    ln_listener_destroy(&l);
}
END_TEST

static void
add_tests(TCase *t)
{
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, addresses, 0, (int)LN_COUNT(addrs));
    tcase_add_test(t, tcp);
    tcase_add_test(t, who_is_not_wanted_is_closed);
    tcase_add_test(t, shards_share_a_port_and_the_probe_finds_them);
    tcase_add_test(t, an_address_that_is_not_ours);
    tcase_add_test(t, unix_paths);
    tcase_add_test(t, a_path_that_another_took_is_left_alone);
    tcase_add_test(t, without_descriptors_it_rests);
}

RUN_SUITE("listener", add_tests)
