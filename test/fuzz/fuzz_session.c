/* SPDX-License-Identifier: MIT
 * fuzz_session.c - JSON commands to a whole server in this process, in each state of a session:
 * before hello, signed in, and as the operator. All threads run; the data is in memory (/dev/shm).
 *
 * The first byte chooses the caller; the rest is lines. Of a WebSocket each line is a frame, of the
 * operator a line is "OPERATION JSON".
 * Whatever comes: every frame with a good id is answered once (or the connection ends); everything
 * sent to a client is JSON; who has not said hello gets nothing but errors; no commit ever fails.
 *
 * What a run does stays in the database, so that later runs meet it. A failure may therefore need
 * the inputs before it: they are in FOLDER/inputs (each as its length in 4 bytes, then its bytes)
 * with the data; FOLDER is printed at the start and stays after a failure.
 */
#include <dirent.h>
#include <jansson.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz.h"
#include "linnet/api/decode.h"
#include "linnet/base/log.h"
#include "linnet/base/utf8.h"
#include "linnet/cli/config.h"
#include "linnet/cli/http_client.h"
#include "linnet/rt/metrics.h"
#include "linnet/shard/server.h"

#define RUNS 5000 /* with one server, before it starts again with nothing */
#define LINES 12  /* a run */
#define TEXT_MAX 512
#define ANSWER_MS 15000
#define FRAME_MAX 65535

enum who { GREETED, MEMBER, OTHER, OPERATOR, WHO_COUNT };

static char folder[64], data_dir[96], socket_path[96], inputs_path[96];
static struct ln_config *cfg;
static struct ln_server *server;
static unsigned runs;
static int admin = -1, ws[OPERATOR] = {-1, -1, -1};
static char tokens[OPERATOR][128];
static FILE *inputs;

/* ── the server ── */

static void
empty_folder(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char name[512];
    while (d && (e = readdir(d))) {
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.' && unlink(name) != 0) {
            empty_folder(name);
            rmdir(name);
        }
    }
    if (d) {
        closedir(d);
    }
}

/* An operation of the operator that must succeed; the answer. */
static json_t *
must(const char *op, const char *args)
{
    struct ln_http_answer a;
    char path[64];
    const struct ln_http_request req = {
        .method = "POST", .path = path, .host = "localhost", .body = ln_str(args)};
    snprintf(path, sizeof path, "/api/v1/%s", op);
    ln_http_answer_init(&a);
    FUZZ_CHECK(ln_http_call(admin, &req, &a) == LN_OK && a.status == 200);
    json_t *doc = json_loadb(a.body.p, a.body.n, 0, NULL);
    FUZZ_CHECK(doc);
    ln_http_answer_deinit(&a);
    return doc;
}

static void
people(void)
{
    json_t *doc =
        must("user.import", "{\"tokens\":true,\"accounts\":[{\"name\":\"ana\"},"
                            "{\"name\":\"ben\",\"role\":\"admin\"},{\"name\":\"cleo\"}]}");
    const json_t *users = json_object_get(doc, "users");
    for (size_t i = MEMBER; i < OPERATOR; i++) {
        const json_t *user = json_array_get(users, i - MEMBER);
        const char *token = json_string_value(json_object_get(user, "token"));
        FUZZ_CHECK(token);
        snprintf(tokens[i], sizeof tokens[i], "%s", token);
    }
    json_decref(doc);
    json_decref(must("chat.create", "{\"as\":\"ana\",\"kind\":\"group\",\"title\":\"g\","
                                    "\"members\":[2,3]}"));
    json_decref(must("chat.create", "{\"as\":\"ana\",\"kind\":\"channel\",\"title\":\"c\"}"));
    json_decref(must("chat.create", "{\"as\":\"ana\",\"kind\":\"direct\",\"members\":[2]}"));
    json_decref(
        must("send", "{\"as\":\"ana\",\"chat\":1,\"cid\":\"1\",\"body\":{\"text\":\"a\"}}"));
}

static void
start(void)
{
    char why[512];
    int code;
    server = ln_server_start(&cfg->opts, true, why, sizeof why, &code);
    if (!server) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    admin = ln_server_admin_fd(server);
    inputs = fopen(inputs_path, "we");
    FUZZ_CHECK(admin >= 0 && inputs);
    runs = 0;
    people();
}

static void
stop(void)
{
    for (size_t i = 0; i < OPERATOR; i++) {
        if (ws[i] >= 0) {
            close(ws[i]);
            ws[i] = -1;
        }
    }
    close(admin);
    fclose(inputs);
    ln_server_stop(&server);
    empty_folder(folder);
}

static void
at_end(void)
{
    stop();
    rmdir(folder);
    ln_config_destroy(&cfg);
}

static void
setup(void)
{
    char listen[128];
    const char *listens[] = {listen};
    signal(SIGPIPE, SIG_IGN);
    snprintf(folder, sizeof folder, "/dev/shm/linnet-fuzz-XXXXXX");
    FUZZ_CHECK(mkdtemp(folder));
    fprintf(stderr, "fuzz_session: data and inputs in %s\n", folder);
    snprintf(data_dir, sizeof data_dir, "%s/data", folder);
    snprintf(socket_path, sizeof socket_path, "%s/socket", folder);
    snprintf(inputs_path, sizeof inputs_path, "%s/inputs", folder);
    snprintf(listen, sizeof listen, "unix:%s", socket_path);
    cfg = ln_config_load(&(struct ln_config_flags){
        .config = "/dev/null", .data_dir = data_dir, .listen = listens, .listen_count = 1});
    FUZZ_CHECK(cfg->problem_count == 0);
    cfg->opts.shards = 2;
    cfg->opts.sends_per_10s = cfg->opts.logins_per_5m = 1000000000;
    cfg->opts.message_bytes = TEXT_MAX;
    cfg->opts.grace_ms = 0;
    cfg->opts.ttl_ms = 900000;
    cfg->opts.out_soft_bytes = cfg->opts.out_hard_bytes = 64 << 20; /* nothing is dropped */
    ln_log_level(LN_ERROR);
    start();
    atexit(at_end);
}

/* ── a WebSocket client ── */

static bool
read_all(int fd, void *p, size_t n)
{
    for (size_t have = 0; have < n;) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        FUZZ_CHECK(poll(&one, 1, ANSWER_MS) == 1);
        ssize_t r = recv(fd, (char *)p + have, n - have, 0);
        if (r <= 0) {
            return false;
        }
        have += (size_t)r;
    }
    return true;
}

/* A masked frame (with the mask 0); false where the peer has gone. */
static bool
send_frame(int fd, struct ln_str text)
{
    struct ln_buf b;
    ln_buf_init(&b, FRAME_MAX + 8);
    if (text.n < 126) {
        ln_buf_add(&b, (uint8_t[]){0x81, (uint8_t)(0x80 | text.n), 0, 0, 0, 0}, 6);
    } else {
        ln_buf_add(&b, (uint8_t[]){0x81, 0xfe, (uint8_t)(text.n >> 8), (uint8_t)text.n, 0, 0, 0, 0},
                   8);
    }
    ln_buf_add(&b, text.p, text.n);
    bool good = send(fd, b.p, b.n, MSG_NOSIGNAL) == (ssize_t)b.n;
    ln_buf_deinit(&b);
    return good;
}

/* The next message, or NULL where the connection has ended. */
static json_t *
read_message(int fd)
{
    uint8_t h[10];
    if (!read_all(fd, h, 2)) {
        return NULL;
    }
    FUZZ_CHECK((h[0] == 0x81 || h[0] == 0x88) && !(h[1] & 0x80));
    size_t n = h[1];
    if (n >= 126) {
        size_t more = n == 126 ? 2 : 8;
        if (!read_all(fd, h + 2, more)) {
            return NULL;
        }
        n = 0;
        for (size_t i = 0; i < more; i++) {
            n = n << 8 | h[2 + i];
        }
    }
    char *text = malloc(n + 1);
    json_t *doc = NULL;
    if (text && read_all(fd, text, n) && h[0] == 0x81) {
        doc = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
        FUZZ_CHECK(json_is_object(doc));
    }
    free(text);
    return doc;
}

static int
dial(enum who who)
{
    static const char upgrade[] =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: linnet.v1\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    char head[1024], hello[256];
    size_t n = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(sa.sun_path, sizeof sa.sun_path, "%s", socket_path);
    FUZZ_CHECK(connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0);
    FUZZ_CHECK(send(fd, upgrade, sizeof upgrade - 1, MSG_NOSIGNAL) > 0);
    while (n < 4 || memcmp(head + n - 4, "\r\n\r\n", 4) != 0) {
        FUZZ_CHECK(n < sizeof head && read_all(fd, head + n, 1));
        n++;
    }
    FUZZ_CHECK(memcmp(head, "HTTP/1.1 101", 12) == 0);
    if (who == GREETED) {
        return fd;
    }
    snprintf(hello, sizeof hello, "{\"op\":\"hello\",\"id\":0,\"token\":\"%s\"}", tokens[who]);
    FUZZ_CHECK(send_frame(fd, ln_str(hello)));
    json_t *doc = read_message(fd);
    bool good = doc && json_object_get(doc, "self");
    json_decref(doc);
    if (!good) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ── a run ── */

struct asked {
    int64_t ids[LINES];
    size_t count;
    bool signed_out; /* by a hello that failed, too */
};

/* Does the server owe an answer to this frame? */
static void
note_id(struct asked *a, struct ln_str text)
{
    struct ln_cmd cmd;
    const char *why;
    memset(&cmd, 0, sizeof cmd);
    ln_arena_init(&cmd.arena, 512);
    enum ln_err err = ln_decode_frame(text, TEXT_MAX, &cmd, &why);
    if (cmd.origin.wants_reply && (err || cmd.op != LN_OP_PING)) {
        a->ids[a->count++] = cmd.origin.id;
    }
    ln_arena_deinit(&cmd.arena);
}

static void
note_answer(struct asked *a, const json_t *doc, enum who who)
{
    const json_t *re = json_object_get(doc, "re"), *error = json_object_get(doc, "error");
    const char *code = json_string_value(json_object_get(error, "code"));
    FUZZ_CHECK(!re != !json_object_get(doc, "ev"));
    FUZZ_CHECK(who != GREETED || !re || error);
    a->signed_out = a->signed_out || (code && strcmp(code, "unauthorized") == 0);
    for (size_t i = 0; i < a->count && json_is_integer(re); i++) {
        if (a->ids[i] == json_integer_value(re)) {
            a->ids[i] = a->ids[--a->count];
            return;
        }
    }
    FUZZ_CHECK(!json_is_integer(re)); /* else an answer that nobody waits for */
}

/* Reads until nothing is owed and the last ping is answered; false at the end of the connection. */
static bool
read_answers(int fd, struct asked *a, enum who who, unsigned pings)
{
    while (a->count > 0 || pings > 0) {
        json_t *doc = read_message(fd);
        if (!doc) {
            return false;
        }
        const char *ev = json_string_value(json_object_get(doc, "ev"));
        pings -= ev && strcmp(ev, "pong") == 0 && pings > 0;
        note_answer(a, doc, who);
        json_decref(doc);
    }
    return true;
}

static bool
is_ping(struct ln_str text)
{
    struct ln_cmd cmd;
    const char *why;
    memset(&cmd, 0, sizeof cmd);
    ln_arena_init(&cmd.arena, 512);
    bool ping = ln_decode_frame(text, TEXT_MAX, &cmd, &why) == LN_OK && cmd.op == LN_OP_PING;
    ln_arena_deinit(&cmd.arena);
    return ping;
}

static void
speak(enum who who, struct ln_str *lines, size_t count)
{
    struct asked asked = {.count = 0};
    unsigned pings = 1;
    if (ws[who] < 0) {
        ws[who] = dial(who);
    }
    if (ws[who] < 0) { /* signed out or disabled by an earlier run */
        stop();
        start();
        ws[who] = dial(who);
        FUZZ_CHECK(ws[who] >= 0);
    }
    bool open = true;
    for (size_t i = 0; i < count && open; i++) {
        note_id(&asked, lines[i]);
        pings += is_ping(lines[i]);
        open = send_frame(ws[who], lines[i]);
    }
    open = open && send_frame(ws[who], LN_STR("{\"op\":\"ping\"}"));
    if (!open || !read_answers(ws[who], &asked, who, pings) ||
        (who != GREETED && asked.signed_out)) {
        close(ws[who]);
        ws[who] = -1;
    }
}

static void
operate(struct ln_str line)
{
    struct ln_http_answer a;
    char path[64];
    const char *space = line.n ? memchr(line.p, ' ', line.n) : NULL;
    size_t name_n = space ? (size_t)(space - line.p) : line.n;
    struct ln_str body = {line.p + name_n, line.n - name_n};
    if (ln_op_find((struct ln_str){line.p, name_n}) < 0) {
        return; /* the head of a request has its own targets */
    }
    const struct ln_http_request req = {
        .method = "POST", .path = path, .host = "localhost", .body = body};
    snprintf(path, sizeof path, "/api/v1/%.*s", (int)name_n, line.p);
    ln_http_answer_init(&a);
    FUZZ_CHECK(ln_http_call(admin, &req, &a) == LN_OK);
    json_t *doc = json_loadb(a.body.p, a.body.n, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json_is_object(doc) && (a.status == 200) == !json_object_get(doc, "error"));
    json_decref(doc);
    ln_http_answer_deinit(&a);
}

static size_t
split(struct ln_str text, struct ln_str *lines)
{
    size_t count = 0;
    while (text.n && count < LINES) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end ? (size_t)(end - text.p) : text.n;
        lines[count++] = (struct ln_str){text.p, n < FRAME_MAX ? n : FRAME_MAX};
        n += end ? 1 : 0;
        text = (struct ln_str){text.p + n, text.n - n};
    }
    return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    struct ln_str lines[LINES];
    enum who who = (enum who)(fuzz_byte(&in) % WHO_COUNT);
    struct ln_str text = {(const char *)in.p, in.n};
    if (text.n == 0 || memmem(text.p, text.n, "password", 8) ||
        !ln_utf8_is_valid(text.p, text.n)) { /* hashing is slow; fuzz_ws has the rest */
        return 0;
    }
    if (!server) {
        setup();
    } else if (++runs >= RUNS) {
        stop();
        start();
    }
    uint32_t size = (uint32_t)n;
    fwrite(&size, sizeof size, 1, inputs);
    fwrite(data, 1, n, inputs);
    fflush(inputs);
    size_t count = split(text, lines);
    if (who == OPERATOR) {
        for (size_t i = 0; i < count; i++) {
            operate(lines[i]);
        }
    } else {
        speak(who, lines, count);
    }
    FUZZ_CHECK(ln_metric_get(LN_M_COMMIT_FAILURES) == 0);
    return 0;
}
