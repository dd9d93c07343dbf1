/* SPDX-License-Identifier: MIT
 * log.h - logfmt on stderr, one line an event: ts=… level=… thread=… mod=… event=… k=v.
 *
 * Thread:  any; a line is one write(2).
 * Never pass a message body, token, password, push endpoint or file name.
 */
#ifndef LINNET_BASE_LOG_H
#define LINNET_BASE_LOG_H

#include "linnet/base/err.h"

enum ln_level { LN_ERROR, LN_WARN, LN_INFO, LN_DEBUG, LN_TRACE };

void ln_log_level(enum ln_level max);     /* default LN_INFO */
int ln_log_level_parse(const char *name); /* -1 where unknown */
void ln_log_thread(const char *name);     /* this thread's name in its lines; kept by pointer */

/* fmt gives the pairs, for example "chat=%u err=%s"; may be NULL. Control characters are escaped.
 */
void ln_log(enum ln_level level, const char *mod, const char *event, const char *fmt, ...)
    LN_PRINTF(4, 5);

#endif
