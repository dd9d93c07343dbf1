/* SPDX-License-Identifier: MIT
 * page.c - the web client, built into the binary, under a strict content policy.
 *
 * The build gives each text its .gz beside it; a browser that accepts gzip gets that. Names that
 * carry their hash may be kept for ever; index.html and sw.js are asked for anew each time, and
 * answered 304 where they are the same. Every place inside the client is index.html.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/embed.h"
#include "linnet/base/hex.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define ETAG_CHARS 18
#define HASH_CHARS 8 /* of a file's hash at least, before its ending */

/* Trusted Types: only the policy that names the service worker. */
static const char policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types linnet\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=()\r\n"
    "Vary: Accept-Encoding\r\n";

static const char *const scenes[] = {"/", "/setup", "/join", "/link", "/settings"};

static char (*etags)[ETAG_CHARS + 2];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
make_etags(void)
{
    etags = ln_zalloc((ln_embed_page_count + 1) * sizeof *etags);
    for (size_t i = 0; i < ln_embed_page_count; i++) {
        uint8_t digest[LN_DIGEST_BYTES];
        char hex[17];
        ln_sha256(digest, ln_embed_page[i].data, ln_embed_page[i].n);
        ln_hex(hex, digest, 8);
        snprintf(etags[i], sizeof etags[i], "\"%s\"", hex);
    }
}

static const char *
type_of(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < LN_COUNT(types); i++) {
        if (strcmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

/* "app-1f3c0a99.js": the build put the hash of its content into the name. */
static bool
is_hashed(const char *name)
{
    const char *dash = strrchr(name, '-'), *dot = strrchr(name, '.');
    return dash && dot && dot > dash + HASH_CHARS;
}

static int
find_name(struct ln_str name)
{
    size_t low = 0, high = ln_embed_page_count;
    while (low < high) { /* sorted bytewise */
        size_t mid = (low + high) / 2;
        struct ln_str there = ln_str(ln_embed_page[mid].name);
        size_t n = there.n < name.n ? there.n : name.n;
        int order = memcmp(there.p, name.p, n);
        order = order ? order : (there.n > name.n) - (there.n < name.n);
        if (order == 0) {
            return (int)mid;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return -1;
}

/* "/c/12", "/c/12/846": a chat, a message. */
static bool
is_scene(struct ln_str path)
{
    for (size_t i = 0; i < LN_COUNT(scenes); i++) {
        if (ln_str_eq(path, ln_str(scenes[i]))) {
            return true;
        }
    }
    if (path.n < 4 || path.n > 32 || memcmp(path.p, "/c/", 3) != 0) {
        return false;
    }
    for (size_t i = 3; i < path.n; i++) {
        if (path.p[i] != '/' && (path.p[i] < '0' || path.p[i] > '9')) {
            return false;
        }
    }
    return true;
}

static int
find_file(struct ln_str path)
{
    return is_scene(path) ? find_name(LN_STR("index.html"))
                          : find_name((struct ln_str){path.p + 1, path.n - 1});
}

/* The gzipped twin of file i where there is one and the browser takes it, else i. */
static int
choose_coding(const struct ln_http_head *head, int i)
{
    char twin[128];
    if (!ln_http_has_token(head, "accept-encoding", "gzip") ||
        snprintf(twin, sizeof twin, "%s.gz", ln_embed_page[i].name) >= (int)sizeof twin) {
        return i;
    }
    int found = find_name(ln_str(twin));
    return found < 0 ? i : found;
}

bool
sh_page(struct ln_conn *c, const struct ln_http_head *head)
{
    struct sh_session *s = ln_http_user(c);
    struct ln_buf headers;
    bool reads = ln_str_eq(head->method, LN_STR("GET")) || ln_str_eq(head->method, LN_STR("HEAD"));
    int named = reads ? find_file(head->path) : -1;
    if (named < 0) {
        return false;
    }
    pthread_once(&once, make_etags);
    int i = choose_coding(head, named);
    const struct ln_embed *file = &ln_embed_page[i];
    const char *name = ln_embed_page[named].name;
    const struct ln_str *have = ln_http_find(head, "if-none-match");
    ln_buf_init(&headers, 4096);
    ln_buf_adds(&headers, policy);
    ln_buf_addf(&headers, "ETag: %s\r\n", etags[i]);
    ln_buf_adds(&headers, i != named ? "Content-Encoding: gzip\r\n" : "");
    ln_buf_adds(&headers, is_hashed(name) ? "Cache-Control: public, max-age=31536000, immutable\r\n"
                                          : "Cache-Control: no-cache\r\n");
    if (ln_conn_is_tls(s->conn)) {
        ln_buf_adds(&headers, "Strict-Transport-Security: max-age=31536000\r\n");
    }
    bool same = have && ln_str_eq(*have, ln_str(etags[i]));
    ln_http_reply(c, same ? 304 : 200, type_of(name), ln_buf_str(&headers),
                  same ? (struct ln_str){NULL, 0}
                       : (struct ln_str){(const char *)file->data, file->n});
    ln_buf_deinit(&headers);
    return true;
}
