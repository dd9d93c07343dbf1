/* SPDX-License-Identifier: MIT
 * fuzz_files.c - what a stranger's file and Range header say: never read too far, nothing of EXIF
 * left but the orientation, no range outside of its file.
 */
#include "fuzz.h"
#include "linnet/files/files.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint64_t from, to, size = n ? data[0] : 0;
    const char *type = ln_file_type(data, n);
    FUZZ_CHECK(type[0] && strlen(type) < LN_FILE_TYPE_MAX);
    if (ln_range_parse((const char *)data, n, size, &from, &to) > 0) {
        FUZZ_CHECK(from <= to && to < size);
    }
    uint8_t *copy = malloc(n + !n); /* exactly so long */
    memcpy(copy, data, n);
    if (ln_jpeg_clean(copy, n)) {
        for (size_t i = 6 + 26; i < n; i++) {
            FUZZ_CHECK(copy[i] == 0);
        }
    }
    free(copy);
    return 0;
}
