/* SPDX-License-Identifier: MIT
 * config_priv.h - between config.c (layers, values) and config_file.c (the file's syntax).
 */
#ifndef LINNET_SRC_CLI_CONFIG_PRIV_H
#define LINNET_SRC_CLI_CONFIG_PRIV_H

#include "linnet/base/str.h"
#include "linnet/cli/config.h"

void ln_config_problem(struct ln_config *c, const char *fmt, ...) LN_PRINTF(2, 3);
/* text is checked and taken over, or becomes a problem that begins with where. */
void ln_config_set(struct ln_config *c, int setting, enum ln_layer layer, const char *where,
                   struct ln_str text);
/* The whole file, or a problem. out is initialised here. False where it could not be read. */
bool ln_config_slurp(const char *path, struct ln_buf *out, int *err);
void ln_config_read_file(struct ln_config *c, const char *path);

#endif
