/* SPDX-License-Identifier: MIT
 * http_chunk.c - see http_priv.h. One state a position in the grammar; a byte moves it.
 */
#include "http_priv.h"

static int
hex_value(char ch)
{
    if (ch >= '0' && ch <= '9')
        return ch - '0';
    if (ch >= 'a' && ch <= 'f')
        return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F')
        return ch - 'A' + 10;
    return -1;
}

static bool
is_text(char ch)
{
    return ch == '\t' || ((unsigned char)ch >= 0x20 && ch != 0x7f);
}

static int
on_size_byte(struct ln_chunked *ch, char b)
{
    int v = hex_value(b);
    if (v >= 0) {
        if (++ch->digits > 15)
            return -400;
        ch->left = ch->left * 16 + (unsigned)v;
        return 0;
    }
    if (ch->digits == 0)
        return -400;
    if (b == '\r')
        ch->state = LN_CHUNK_SIZE_LF;
    else if (b == ';')
        ch->state = LN_CHUNK_EXT;
    else
        return -400;
    return 0;
}

static int
expect(struct ln_chunked *ch, char got, char want, enum ln_chunk_state next)
{
    if (got != want)
        return -400;
    ch->state = next;
    return 0;
}

/* Bytes of a line whose content does not matter, up to its CR. */
static int
skip_line(struct ln_chunked *ch, char b, enum ln_chunk_state after)
{
    if (b == '\r')
        ch->state = after;
    else if (!is_text(b))
        return -400;
    return 0;
}

static int
on_byte(struct ln_chunked *ch, char b)
{
    uint32_t max = ch->state < LN_CHUNK_DATA ? LN_CHUNK_LINE_MAX : LN_CHUNK_TRAILERS_MAX;
    if (++ch->line > max)
        return -400;
    switch (ch->state) {
    case LN_CHUNK_SIZE:
        return on_size_byte(ch, b);
    case LN_CHUNK_EXT:
        return skip_line(ch, b, LN_CHUNK_SIZE_LF);
    case LN_CHUNK_SIZE_LF:
        ch->line = 0;
        return expect(ch, b, '\n', ch->left ? LN_CHUNK_DATA : LN_CHUNK_TRAILER);
    case LN_CHUNK_DATA_CR:
        return expect(ch, b, '\r', LN_CHUNK_DATA_LF);
    case LN_CHUNK_DATA_LF:
        ch->line = 0;
        ch->digits = 0;
        return expect(ch, b, '\n', LN_CHUNK_SIZE);
    case LN_CHUNK_TRAILER:
        if (b == '\r')
            return expect(ch, b, '\r', LN_CHUNK_LAST_LF);
        ch->state = LN_CHUNK_TRAILER_NAME;
        return ln_http_is_tchar(b) ? 0 : -400;
    case LN_CHUNK_TRAILER_NAME:
        if (b == ':')
            ch->state = LN_CHUNK_TRAILER_LINE;
        else if (!ln_http_is_tchar(b))
            return -400;
        return 0;
    case LN_CHUNK_TRAILER_LINE:
        return skip_line(ch, b, LN_CHUNK_TRAILER_LF);
    case LN_CHUNK_TRAILER_LF:
        return expect(ch, b, '\n', LN_CHUNK_TRAILER);
    case LN_CHUNK_LAST_LF:
        return expect(ch, b, '\n', LN_CHUNK_DONE);
    case LN_CHUNK_DATA:
    case LN_CHUNK_DONE:
        break;
    }
    return -400;
}

long
ln_chunked_feed(struct ln_chunked *ch, const char *p, size_t n, struct ln_buf *body)
{
    size_t i = 0;
    while (i < n && ch->state != LN_CHUNK_DONE) {
        if (ch->state == LN_CHUNK_DATA) {
            size_t part = n - i < ch->left ? n - i : (size_t)ch->left;
            if (ch->left > body->max - body->n)
                return -413;
            ln_buf_add(body, p + i, part);
            i += part;
            ch->left -= part;
            if (ch->left == 0)
                ch->state = LN_CHUNK_DATA_CR;
            continue;
        }
        int r = on_byte(ch, p[i++]);
        if (r < 0)
            return r;
    }
    return (long)i;
}
