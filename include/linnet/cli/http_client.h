/* SPDX-License-Identifier: MIT
 * http_client.h - one HTTP/1.1 request over an open socket, and its answer. Blocking.
 *
 * Thread:  its owner's.
 * Fails:   LN_ETIMEOUT after the socket's own SO_RCVTIMEO or SO_SNDTIMEO; LN_ECLOSED where the peer
 * is gone; LN_EPROTO where the answer is not HTTP; LN_ETOOLARGE over LN_HTTP_ANSWER_MAX.
 */
#ifndef LINNET_CLI_HTTP_CLIENT_H
#define LINNET_CLI_HTTP_CLIENT_H

#include "linnet/base/buf.h"
#include "linnet/base/err.h"
#include "linnet/base/str.h"

#define LN_HTTP_ANSWER_MAX (64u * 1024 * 1024) /* bytes, head included */

struct ln_http_request {
    const char *method;
    const char *path;
    const char *host;
    struct ln_str body; /* JSON, or empty */
    bool close;         /* the last one on this connection */
};

struct ln_http_answer {
    int status;
    struct ln_buf body;
};

void ln_http_answer_init(struct ln_http_answer *a);
void ln_http_answer_deinit(struct ln_http_answer *a);
LN_MUST_CHECK enum ln_err ln_http_call(int fd, const struct ln_http_request *req,
                                       struct ln_http_answer *out);

#endif
