/* SPDX-License-Identifier: MIT
 * embed.h - files that are built into the binary; the build writes the tables (src/base/embed.sh).
 *
 * Thread:  any; read-only.
 * Tables are sorted by name. Behind each file's n bytes stands a NUL, behind each table an empty
 * entry; neither is counted.
 */
#ifndef LINNET_BASE_EMBED_H
#define LINNET_BASE_EMBED_H

#include <stddef.h>

struct ln_embed {
    const char *name; /* path below its folder: "0001-start.sql", "index.html", "lib/conn.js" */
    const unsigned char *data;
    size_t n;
};

extern const struct ln_embed ln_embed_migrations[]; /* migrations/ */
extern const size_t ln_embed_migrations_count;
extern const struct ln_embed ln_embed_page[]; /* what src/web/build.mjs made */
extern const size_t ln_embed_page_count;

#endif
