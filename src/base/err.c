/* SPDX-License-Identifier: MIT
 * err.c - look-ups in the table of errors.
 *
 * A code that is not in the table is a bug elsewhere, but the peer must still read something true:
 * it is told "unknown", which promises nothing.
 */
#include "linnet/base/err.h"

const char *
ln_err_wire(enum ln_err err)
{
    switch (err) {
#define WIRE_CASE(name, value, wire, close, http, text)                                            \
    case name:                                                                                     \
        return wire;
        LN_ERRORS(WIRE_CASE)
#undef WIRE_CASE
    }
    return "unknown";
}

const char *
ln_err_text(enum ln_err err)
{
    switch (err) {
#define TEXT_CASE(name, value, wire, close, http, text)                                            \
    case name:                                                                                     \
        return text;
        LN_ERRORS(TEXT_CASE)
#undef TEXT_CASE
    }
    return "an unknown error";
}

int
ln_err_close(enum ln_err err)
{
    switch (err) {
#define CLOSE_CASE(name, value, wire, close, http, text)                                           \
    case name:                                                                                     \
        return close;
        LN_ERRORS(CLOSE_CASE)
#undef CLOSE_CASE
    }
    return 4011;
}

int
ln_err_http(enum ln_err err)
{
    switch (err) {
#define HTTP_CASE(name, value, wire, close, http, text)                                            \
    case name:                                                                                     \
        return http;
        LN_ERRORS(HTTP_CASE)
#undef HTTP_CASE
    }
    return 500;
}
