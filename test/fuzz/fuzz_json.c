/* SPDX-License-Identifier: MIT
 * fuzz_json.c - JSON to a command, as a frame (whatever operation it names) or as the body of a
 * call of each operation. What is accepted keeps to the table of fields.
 */
#include "fuzz.h"
#include "linnet/api/decode.h"
#include "linnet/base/utf8.h"

#define TEXT_MAX 512

/* RAW: cursors and accounts are taken apart and kept elsewhere. */
static void
check_str(struct ln_str s, size_t min, size_t max, bool is_text)
{
    FUZZ_CHECK(s.n >= min && s.n <= max);
    FUZZ_CHECK(ln_utf8_is_valid(s.p, s.n) && !memchr(s.n ? s.p : "", '\0', s.n));
    FUZZ_CHECK(is_text || !ln_utf8_has_control(s.p, s.n));
}

static void
check_ids(struct ln_ids l, size_t min, size_t max)
{
    FUZZ_CHECK(l.n >= min && l.n <= max);
    for (uint32_t i = 0; i < l.n; i++) {
        FUZZ_CHECK(l.ids[i] >= 1 && l.ids[i] <= LN_ID_MAX);
    }
}

#define CHECK_U32(v, min, max) FUZZ_CHECK((uint64_t)(v) + 1 > (min) && (v) <= (max))
#define CHECK_U64(v, min, max) FUZZ_CHECK((uint64_t)(v) + 1 > (min) && (v) <= (max))
#define CHECK_BOOL(v, min, max) ((void)(v))
#define CHECK_STR(v, min, max) check_str(v, min, max, false)
#define CHECK_TXT(v, min, max) check_str(v, min, max, true)
#define CHECK_RAW(v, min, max) FUZZ_CHECK((v).n == 0 || ((v).n >= (min) && (v).n <= (max)))
#define CHECK_IDS(v, min, max) check_ids(v, min, max)

static void
check_args(const struct ln_cmd *cmd)
{
    const struct ln_args *a = &cmd->args;
#define X(field, type, min, max)                                                                   \
    if (LN_HAS(a, field)) {                                                                        \
        CHECK_##type(a->field, min, max);                                                          \
    }
    LN_FIELDS(X)
#undef X
    FUZZ_CHECK((unsigned)cmd->op < LN_OP_COUNT);
    for (uint32_t i = 1; i < cmd->cursor_count; i++) {
        FUZZ_CHECK(cmd->cursors[i - 1].chat < cmd->cursors[i].chat);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_bytes in = {data, n};
    struct ln_cmd cmd;
    const char *why = NULL;
    memset(&cmd, 0, sizeof cmd);
    ln_arena_init(&cmd.arena, 512);
    unsigned choice = fuzz_byte(&in);
    struct ln_str text = {(const char *)in.p, in.n};
    enum ln_err err = choice < LN_OP_COUNT
                          ? ln_decode_call((enum ln_op)choice, text, TEXT_MAX, &cmd, &why)
                          : ln_decode_frame(text, TEXT_MAX, &cmd, &why);
    FUZZ_CHECK(err == LN_OK || err == LN_EUNKNOWNOP || why);
    if (!err) {
        check_args(&cmd);
    }
    FUZZ_CHECK(!cmd.origin.has_id || (cmd.origin.id >= 0 && cmd.origin.id <= LN_JSON_ID_MAX));
    ln_arena_deinit(&cmd.arena);
    return 0;
}
