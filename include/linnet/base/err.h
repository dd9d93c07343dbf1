/* SPDX-License-Identifier: MIT
 * err.h - the one table of errors: what a function returns, what a peer reads, how a socket closes.
 *
 * Thread:  any.
 * LN_OK is 0, every failure is negative. Wire codes are the public contract (design: section 3);
 * several internal codes share one wire code so that "absent" and "forbidden" look alike.
 */
#ifndef LINNET_BASE_ERR_H
#define LINNET_BASE_ERR_H

#define LN_MUST_CHECK __attribute__((warn_unused_result))
#define LN_PRINTF(a, b) __attribute__((format(printf, a, b)))
#define LN_NORETURN __attribute__((noreturn))

/* clang-format off */
/*  name             value wire code        ws close  http  text */
#define LN_ERRORS(X) \
    X(LN_OK,            0, "ok",              1000,   200, "ok") \
    X(LN_EBADMSG,      -1, "bad_request",     4000,   400, "the request is malformed") \
    X(LN_ETOOLARGE,    -2, "too_large",       1009,   413, "a limit is exceeded") \
    X(LN_EAUTH,        -3, "unauthorized",    4001,   401, "not signed in, or the sign-in has ended") \
    X(LN_EFORBIDDEN,   -4, "forbidden",       4003,   403, "not allowed, or there is no such thing") \
    X(LN_EUNKNOWNOP,   -5, "unknown_op",      4000,   404, "no such operation") \
    X(LN_ERATE,        -6, "rate_limited",    4029,   429, "too many requests") \
    X(LN_EAGAIN,       -7, "busy",            4013,   503, "the server is busy, try again") \
    X(LN_ECONFLICT,    -8, "conflict",        4009,   409, "it exists already, or has changed meanwhile") \
    X(LN_ECIDREUSE,    -9, "cid_reuse",       4009,   409, "this cid was used for another message") \
    X(LN_EREADONLY,   -10, "read_only",       4013,   503, "the server cannot write at the moment") \
    X(LN_EUNKNOWN,    -11, "unknown",         4011,   500, "it may or may not have been done; send it again with the same cid") \
    X(LN_ESHUTDOWN,   -12, "shutting_down",   1001,   503, "the server is shutting down") \
    X(LN_ENOTFOUND,   -13, "forbidden",       4003,   403, "not allowed, or there is no such thing") \
    X(LN_ETIMEOUT,    -14, "timeout",         4008,   408, "nothing was heard for too long") \
    X(LN_ESLOW,       -15, "too_slow",        4010,   408, "the connection did not drain") \
    X(LN_EPROTO,      -16, "protocol_error",  1002,   400, "the WebSocket stream is malformed") \
    X(LN_EUTF8,       -17, "invalid_utf8",    1007,   400, "the text is not UTF-8") \
    X(LN_EIO,         -18, "unknown",         4011,   500, "an input or output error") \
    X(LN_ECLOSED,     -19, "closed",          1000,   499, "the peer has gone") \
    X(LN_EDISKFULL,   -40, "disk_full",       4013,   507, "the server has no room left for files") \
    X(LN_EQUOTA,      -41, "quota",           4009,   413, "there is no room left for so much; delete files first")
/* clang-format on */

enum ln_err {
#define LN_ERR_ENUM(name, value, wire, close, http, text) name = (value),
    LN_ERRORS(LN_ERR_ENUM)
#undef LN_ERR_ENUM
};

const char *ln_err_wire(enum ln_err err); /* "bad_request" …; never NULL */
const char *ln_err_text(enum ln_err err); /* one English sentence without a full stop */
int ln_err_close(enum ln_err err);        /* WebSocket close code, RFC 6455 section 7.4 */
int ln_err_http(enum ln_err err);         /* HTTP status, RFC 9110 section 15 */

#endif
