/* SPDX-License-Identifier: MIT
 * page.c - the files of the web client, built into the binary, under a strict content policy.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/embed.h"
#include "linnet/base/hex.h"
#include "linnet/base/mem.h"
#include "shard_priv.h"

#define ETAG_CHARS 18

static const char policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=()\r\n"
    "Cache-Control: no-cache\r\n";

static const char *const scenes[] = {"/", "/setup", "/join", "/link"};

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

static int
find_file(struct ln_str path)
{
    struct ln_str name = {path.p + 1, path.n - 1};
    for (size_t i = 0; i < LN_COUNT(scenes); i++) {
        if (ln_str_eq(path, ln_str(scenes[i]))) {
            name = LN_STR("index.html");
        }
    }
    for (size_t i = 0; i < ln_embed_page_count; i++) {
        if (ln_str_eq(ln_str(ln_embed_page[i].name), name)) {
            return (int)i;
        }
    }
    return -1;
}

bool
sh_page(struct ln_conn *c, const struct ln_http_head *head)
{
    struct sh_session *s = ln_http_user(c);
    struct ln_buf headers;
    int i = find_file(head->path);
    if (i < 0 ||
        (!ln_str_eq(head->method, LN_STR("GET")) && !ln_str_eq(head->method, LN_STR("HEAD")))) {
        return false;
    }
    pthread_once(&once, make_etags);
    const struct ln_embed *file = &ln_embed_page[i];
    const struct ln_str *have = ln_http_find(head, "if-none-match");
    ln_buf_init(&headers, 4096);
    ln_buf_adds(&headers, policy);
    ln_buf_addf(&headers, "ETag: %s\r\n", etags[i]);
    if (ln_conn_is_tls(s->conn)) {
        ln_buf_adds(&headers, "Strict-Transport-Security: max-age=31536000\r\n");
    }
    bool same = have && ln_str_eq(*have, ln_str(etags[i]));
    ln_http_reply(c, same ? 304 : 200, type_of(file->name), ln_buf_str(&headers),
                  same ? (struct ln_str){NULL, 0}
                       : (struct ln_str){(const char *)file->data, file->n});
    ln_buf_deinit(&headers);
    return true;
}
