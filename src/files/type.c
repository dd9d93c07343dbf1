/* SPDX-License-Identifier: MIT
 * type.c - what a file is, by its content; what a picture tells about its maker; ranges.
 */
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/files/files.h"

#define OCTETS "application/octet-stream"

struct magic {
    uint8_t at;
    uint8_t n;
    const char *bytes;
    const char *type;
};

static const struct magic table[] = {
    {0, 8, "\x89PNG\r\n\x1a\n", "image/png"},
    {0, 3, "\xff\xd8\xff", "image/jpeg"},
    {0, 6, "GIF87a", "image/gif"},
    {0, 6, "GIF89a", "image/gif"},
    {8, 4, "WEBP", "image/webp"}, /* beside RIFF, see below */
    {8, 4, "WAVE", "audio/wav"},
    {4, 8, "ftypavif", "image/avif"},
    {4, 8, "ftypavis", "image/avif"},
    {4, 8, "ftypM4A ", "audio/mp4"},
    {4, 8, "ftypM4B ", "audio/mp4"},
    {4, 8, "ftypqt  ", "video/quicktime"},
    {4, 8, "ftypisom", "video/mp4"},
    {4, 8, "ftypiso2", "video/mp4"},
    {4, 8, "ftypiso4", "video/mp4"},
    {4, 8, "ftypiso5", "video/mp4"},
    {4, 8, "ftypiso6", "video/mp4"},
    {4, 8, "ftypmp41", "video/mp4"},
    {4, 8, "ftypmp42", "video/mp4"},
    {4, 8, "ftypavc1", "video/mp4"},
    {4, 8, "ftypM4V ", "video/mp4"},
    {0, 4, "OggS", "audio/ogg"},
    {0, 4, "fLaC", "audio/flac"},
    {0, 3, "ID3", "audio/mpeg"},
    {0, 4, "%PDF", "application/pdf"},
    {0, 4, "PK\x03\x04", "application/zip"},
};

static bool
has(const uint8_t *p, size_t n, size_t at, const char *bytes, size_t k)
{
    return n >= at + k && memcmp(p + at, bytes, k) == 0;
}

/* A frame's head without ID3: sync, then layer III (MP3) or layer 0 (AAC in ADTS). */
static const char *
sound_frame(const uint8_t *p, size_t n)
{
    if (n < 4 || p[0] != 0xff || (p[1] & 0xe0) != 0xe0) {
        return OCTETS;
    }
    if ((p[1] & 0xf6) == 0xf0) {
        return "audio/aac";
    }
    bool is_mp3 = (p[1] & 0x06) == 0x02 && (p[1] & 0x18) != 0x08;
    bool rates = (p[2] & 0xf0) != 0xf0 && (p[2] & 0x0c) != 0x0c;
    return is_mp3 && rates ? "audio/mpeg" : OCTETS;
}

const char *
ln_file_type(const uint8_t *p, size_t n)
{
    if (has(p, n, 0, "\x1a\x45\xdf\xa3", 4)) { /* EBML: its DocType stands near the start */
        return n && memmem(p, n < 64 ? n : 64, "webm", 4) ? "video/webm" : OCTETS;
    }
    for (size_t i = 0; i < LN_COUNT(table); i++) {
        const struct magic *m = &table[i];
        bool fits = has(p, n, m->at, m->bytes, m->n);
        if (fits && m->n == 4 && m->at == 8) {
            fits = has(p, n, 0, "RIFF", 4);
        }
        if (fits) {
            return m->type;
        }
    }
    return sound_frame(p, n);
}

bool
ln_file_is_inline(const char *type)
{
    static const char *const shown[] = {
        "image/png",  "image/jpeg", "image/gif",  "image/webp",      "image/avif",
        "audio/mpeg", "audio/ogg",  "audio/wav",  "audio/flac",      "audio/mp4",
        "audio/aac",  "video/mp4",  "video/webm", "video/quicktime",
    };
    for (size_t i = 0; i < LN_COUNT(shown); i++) {
        if (strcmp(type, shown[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* ── EXIF ── */
static unsigned
u16(const uint8_t *p, bool little)
{
    return little ? p[0] | (unsigned)p[1] << 8 : (unsigned)p[0] << 8 | p[1];
}

static size_t
u32(const uint8_t *p, bool little)
{
    return little ? u16(p, true) | (size_t)u16(p + 2, true) << 16
                  : (size_t)u16(p, false) << 16 | u16(p + 2, false);
}

/* Tag 0x0112 of the first directory, or 1 (upright). */
static unsigned
orientation(const uint8_t *tiff, size_t n)
{
    if (n < 8 || (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0)) {
        return 1;
    }
    bool little = tiff[0] == 'I';
    size_t at = u32(tiff + 4, little);
    if (at > n || n - at < 2) {
        return 1;
    }
    unsigned count = u16(tiff + at, little);
    at += 2;
    for (unsigned i = 0; i < count && n - at >= 12; i++, at += 12) {
        if (u16(tiff + at, little) == 0x0112) {
            unsigned v = u16(tiff + at + 8, little);
            return v >= 1 && v <= 8 ? v : 1;
        }
    }
    return 1;
}

bool
ln_jpeg_clean(uint8_t *payload, size_t n)
{
    static const char exif[] = "Exif\0", xmp[] = "http://ns.adobe.com/x";
    uint8_t tiff[26] = {'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1};
    bool is_exif = has(payload, n, 0, exif, 6);
    if (!is_exif && !has(payload, n, 0, xmp, sizeof xmp - 1)) {
        return false;
    }
    size_t keep = is_exif ? 6 : 0;
    unsigned turn = orientation(payload + keep, n - keep);
    memset(payload + keep, 0, n - keep);
    if (is_exif && n - keep >= sizeof tiff) {
        tiff[18] = (uint8_t)turn;
        memcpy(payload + keep, tiff, sizeof tiff);
    }
    return true;
}

/* ── ranges ── */
static bool
number(const char **p, const char *end, uint64_t *out)
{
    const char *from = *p;
    *out = 0;
    for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
        if (*p - from >= 18) {
            return false;
        }
        *out = *out * 10 + (uint64_t)(**p - '0');
    }
    return *p > from;
}

int
ln_range_parse(const char *p, size_t n, uint64_t size, uint64_t *from, uint64_t *to)
{
    const char *end = p + n;
    if (n < 8 || memcmp(p, "bytes=", 6) != 0) {
        return 0;
    }
    p += 6;
    bool has_from = number(&p, end, from);
    if (p == end || *p++ != '-') {
        return 0;
    }
    bool has_to = number(&p, end, to);
    if (p != end || (!has_from && !has_to) || (has_from && has_to && *to < *from)) {
        return 0;
    }
    if (!has_from) {
        if (*to == 0 || size == 0) {
            return -1;
        }
        *from = *to < size ? size - *to : 0;
        *to = size - 1;
        return 1;
    }
    if (*from >= size) {
        return -1;
    }
    *to = has_to && *to < size ? *to : size - 1;
    return 1;
}
