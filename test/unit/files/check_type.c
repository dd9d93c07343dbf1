/* SPDX-License-Identifier: MIT
 * check_type.c - types by content, ranges, and what is left of EXIF.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "linnet/base/mem.h"
#include "linnet/files/files.h"

START_TEST(types_come_from_the_content)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *type;
    } rows[] = {
        {"\x89PNG\r\n\x1a\n", 8, "image/png"},
        {"\x89PNG\r\n\x1a", 7, "application/octet-stream"},
        {"\xff\xd8\xff\xe0", 4, "image/jpeg"},
        {"GIF89a", 6, "image/gif"},
        {"RIFF....WEBP", 12, "image/webp"},
        {"RIFX....WEBP", 12, "application/octet-stream"},
        {"RIFF....WAVE", 12, "audio/wav"},
        {"\0\0\0\x1c"
         "ftypavif",
         12, "image/avif"},
        {"\0\0\0\x1c"
         "ftypM4A ",
         12, "audio/mp4"},
        {"\0\0\0\x1c"
         "ftypisom",
         12, "video/mp4"},
        {"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", 12, "video/webm"},
        {"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", 16, "application/octet-stream"},
        {"OggS", 4, "audio/ogg"},
        {"fLaC", 4, "audio/flac"},
        {"ID3\x04", 4, "audio/mpeg"},
        {"\xff\xfb\x90\x64", 4, "audio/mpeg"},
        {"\xff\xf1\x50\x80", 4, "audio/aac"},
        {"\xff\xff\xff\xff", 4, "application/octet-stream"},
        {"%PDF-1.7", 8, "application/pdf"},
        {"PK\x03\x04", 4, "application/zip"},
        {"<svg>", 5, "application/octet-stream"},
        {"", 0, "application/octet-stream"},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        ck_assert_str_eq(ln_file_type((const uint8_t *)rows[i].bytes, rows[i].n), rows[i].type);
    ck_assert(ln_file_is_inline("image/png") && !ln_file_is_inline("application/pdf"));
    ck_assert(!ln_file_is_inline("image/svg+xml") && !ln_file_is_inline("text/html"));
}
END_TEST

static int
range(const char *text, uint64_t size, uint64_t *from, uint64_t *to)
{
    return ln_range_parse(text, strlen(text), size, from, to);
}

START_TEST(ranges)
{
    uint64_t from, to;
    ck_assert_int_eq(range("bytes=0-9", 100, &from, &to), 1);
    ck_assert(from == 0 && to == 9);
    ck_assert_int_eq(range("bytes=99-200", 100, &from, &to), 1);
    ck_assert(from == 99 && to == 99);
    ck_assert_int_eq(range("bytes=-200", 100, &from, &to), 1);
    ck_assert(from == 0 && to == 99);
    ck_assert_int_eq(range("bytes=100-", 100, &from, &to), -1);
    ck_assert_int_eq(range("bytes=-0", 100, &from, &to), -1);
    ck_assert_int_eq(range("bytes=0-", 0, &from, &to), -1);
    static const char *const ignored[] = {"bytes=-",
                                          "bytes=9-1",
                                          "bytes=1-2,4-5",
                                          "bytes= 1-2",
                                          "items=1-2",
                                          "bytes=1",
                                          "bytes=99999999999999999999-"};
    for (size_t i = 0; i < LN_COUNT(ignored); i++)
        ck_assert_int_eq(range(ignored[i], 100, &from, &to), 0);
}
END_TEST

START_TEST(exif_of_any_length_is_blanked)
{
    static const uint8_t whole[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
                                   "\0\0\0\0GPS-SECRET";
    for (size_t n = 0; n < sizeof whole; n++) {
        uint8_t *p = malloc(n + !n); /* exactly so long: a byte too far is seen by ASan */
        memcpy(p, whole, n);
        ck_assert_int_eq(ln_jpeg_clean(p, n), n >= 6);
        ck_assert(!n || !memmem(p, n, "GPS", 3));
        if (n == sizeof whole - 1)
            ck_assert_int_eq(p[6 + 18], 6);
        free(p);
    }
    uint8_t xmp[] = "http://ns.adobe.com/xap/1.0/\0<GPS/>", other[] = "ICC_PROFILE";
    ck_assert(ln_jpeg_clean(xmp, sizeof xmp) && !memmem(xmp, sizeof xmp, "GPS", 3));
    ck_assert(!ln_jpeg_clean(other, sizeof other));
}
END_TEST

int
main(void)
{
    Suite *s = suite_create("type");
    TCase *t = tcase_create("type");
    tcase_add_test(t, types_come_from_the_content);
    tcase_add_test(t, ranges);
    tcase_add_test(t, exif_of_any_length_is_blanked);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
