/* SPDX-License-Identifier: MIT
 * decode.c - one generic decoder: an operation names its fields, a field its type and range.
 */
#include "linnet/api/decode.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "json_priv.h"
#include "linnet/base/assert.h"
#include "linnet/base/buf.h"
#include "linnet/base/utf8.h"
#include "linnet/model/kind.h"

#define ACCOUNTS_MAX 500

enum type { T_U32, T_U64, T_BOOL, T_STR, T_TXT, T_RAW, T_IDS };

struct field {
    const char *name;
    enum type type;
    unsigned long long min, max;
    size_t offset;
};

static const struct field fields[LN_F_COUNT] = {
#define X(field, type, min, max)                                                                   \
    [LN_F_##field] = {#field, T_##type, min, max, offsetof(struct ln_args, field)},
    LN_FIELDS(X)
#undef X
};

/* Each operation's fields as masks, worked out once from their text in the table. */
static uint64_t allowed[LN_OP_COUNT], required[LN_OP_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
note_field(int op, struct ln_str word)
{
    bool must = word.n && word.p[word.n - 1] == '!';
    word.n -= must;
    for (int f = 0; f < LN_F_COUNT; f++) {
        if (ln_str_eq(ln_str(fields[f].name), word)) {
            allowed[op] |= 1ull << f;
            required[op] |= must ? 1ull << f : 0;
            return;
        }
    }
    LN_WRONG("an operation names a field that is not in LN_FIELDS");
}

static void
read_tables(void)
{
    for (int op = 0; op < LN_OP_COUNT; op++) {
        const char *p = ln_op_table[op].fields;
        while (*p) {
            const char *end = strchrnul(p, ' ');
            note_field(op, (struct ln_str){p, (size_t)(end - p)});
            p = end + (*end == ' ');
        }
    }
}

static const char *
explain(struct ln_cmd *cmd, const char *field, const char *what)
{
    struct ln_buf b;
    ln_buf_init(&b, 256);
    ln_buf_addf(&b, "\"%s\" %s", field, what);
    const char *text = ln_arena_strdup(&cmd->arena, ln_buf_str(&b));
    ln_buf_deinit(&b);
    return text;
}

/* T_STR: no control character at all. T_TXT: tab and newline may be there. */
static bool
is_printable(enum type type, struct ln_str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n && type == T_TXT; i++) {
        if (s.p[i] == '\t' || s.p[i] == '\n') {
            if (ln_utf8_has_control(s.p + from, i - from)) {
                return false;
            }
            from = i + 1;
        }
    }
    return s.n == from || !ln_utf8_has_control(s.p + from, s.n - from);
}

static enum ln_err
take_string(struct ln_cmd *cmd, const struct field *f, const struct ln_json *value, void *at,
            const char **why)
{
    size_t n = value->str.n;
    if (value->type != LN_JSON_STRING) {
        *why = explain(cmd, f->name, "must be a string");
        return LN_EBADMSG;
    }
    if (n < f->min || n > f->max) {
        *why = explain(cmd, f->name, n < f->min ? "is too short" : "is too long");
        return n > f->max ? LN_ETOOLARGE : LN_EBADMSG;
    }
    if (!is_printable(f->type, value->str)) {
        *why = explain(cmd, f->name, "must not contain control characters");
        return LN_EBADMSG;
    }
    *(struct ln_str *)at = ln_arena_str(&cmd->arena, value->str);
    return LN_OK;
}

static enum ln_err
take_number(struct ln_cmd *cmd, const struct field *f, const struct ln_json *value, void *at,
            const char **why)
{
    int64_t v = value->whole;
    if (value->type != LN_JSON_WHOLE || v < 0 || (unsigned long long)v < f->min ||
        (unsigned long long)v > f->max) {
        *why = explain(cmd, f->name, "must be a whole number within its range");
        return LN_EBADMSG;
    }
    if (f->type == T_U32) {
        *(uint32_t *)at = (uint32_t)v;
    } else {
        *(uint64_t *)at = (uint64_t)v;
    }
    return LN_OK;
}

static enum ln_err
take_ids(struct ln_cmd *cmd, const struct field *f, const struct ln_json *value, void *at,
         const char **why)
{
    size_t n = value->count, kept = 0;
    if (value->type != LN_JSON_LIST || n < f->min) {
        *why = explain(cmd, f->name, "must be a list of ids");
        return LN_EBADMSG;
    }
    if (n > f->max) {
        *why = explain(cmd, f->name, "has too many entries");
        return LN_ETOOLARGE;
    }
    uint32_t *ids = ln_arena_alloc(&cmd->arena, (n + 1) * sizeof *ids);
    for (const struct ln_json *entry = value->first; entry; entry = entry->next) {
        int64_t v = entry->whole;
        size_t k = 0;
        if (entry->type != LN_JSON_WHOLE || v < 1 || v > LN_ID_MAX) {
            *why = explain(cmd, f->name, "must be a list of ids");
            return LN_EBADMSG;
        }
        while (k < kept && ids[k] != (uint32_t)v) {
            k++;
        }
        if (k == kept) { /* the same person twice is once */
            ids[kept++] = (uint32_t)v;
        }
    }
    *(struct ln_ids *)at = (struct ln_ids){ids, (uint32_t)kept};
    return LN_OK;
}

static int
by_chat(const void *a, const void *b)
{
    const struct ln_cursor *x = a, *y = b;
    return x->chat < y->chat ? -1 : x->chat > y->chat;
}

static enum ln_err
take_cursors(struct ln_cmd *cmd, const struct ln_json *value, const char **why)
{
    struct ln_cursor *list = ln_arena_alloc(&cmd->arena, (value->count + 1) * sizeof *list);
    for (const struct ln_json *entry = value->first; entry; entry = entry->next) {
        unsigned long long chat;
        int64_t seq = entry->whole;
        if (!ln_str_u64(entry->key, LN_ID_MAX, &chat) || chat == 0 ||
            entry->type != LN_JSON_WHOLE || seq < 0 || seq > UINT32_MAX) {
            *why = "\"cursors\" must map chat ids to seqs";
            return LN_EBADMSG;
        }
        list[cmd->cursor_count++] = (struct ln_cursor){(ln_chat_id)chat, (ln_seq)seq};
    }
    qsort(list, cmd->cursor_count, sizeof *list, by_chat);
    cmd->cursors = list;
    return LN_OK;
}

/* An account's member, empty where absent; false where it is not a string or not allowed. */
static bool
take_member(struct ln_cmd *cmd, const struct ln_json *object, enum ln_field id, struct ln_str *out)
{
    const struct field *f = &fields[id];
    const struct ln_json *value = ln_json_get(object, ln_str(f->name));
    *out = (struct ln_str){NULL, 0};
    if (!value || value->type == LN_JSON_NULL) {
        return true;
    }
    if (value->type != LN_JSON_STRING) {
        return false;
    }
    *out = ln_arena_str(&cmd->arena, value->str);
    return out->n == 0 || (out->n >= f->min && out->n <= f->max && is_printable(f->type, *out));
}

static enum ln_err
take_accounts(struct ln_cmd *cmd, const struct ln_json *value, const char **why)
{
    size_t n = value->count;
    if (value->type != LN_JSON_LIST || n > ACCOUNTS_MAX) {
        *why = "\"accounts\" must be a list of at most 500 accounts";
        return LN_EBADMSG;
    }
    cmd->accounts = ln_arena_zalloc(&cmd->arena, (n + 1) * sizeof *cmd->accounts);
    struct ln_account *a = cmd->accounts;
    for (const struct ln_json *entry = value->first; entry; entry = entry->next, a++) {
        struct ln_str role;
        bool good = take_member(cmd, entry, LN_F_role, &role) &&
                    take_member(cmd, entry, LN_F_name, &a->name) &&
                    take_member(cmd, entry, LN_F_display, &a->display) &&
                    take_member(cmd, entry, LN_F_password, &a->password);
        a->role = (uint8_t)(good && role.n ? ln_role_of(role) : LN_ROLE_MEMBER);
        if (!good || !ln_name_is_valid(a->name) || a->role == 0 || a->role == LN_ROLE_OWNER) {
            *why = explain(cmd, "accounts",
                           "has an entry whose name, role, display or password is "
                           "not allowed");
            return LN_EBADMSG;
        }
    }
    cmd->account_count = (uint32_t)n;
    return LN_OK;
}

static bool
take_file_id(struct ln_cmd *cmd, const struct ln_json *id, struct ln_str *out)
{
    if (!id || id->type != LN_JSON_STRING || id->str.n != 32) {
        return false;
    }
    *out = ln_arena_str(&cmd->arena, id->str);
    return true;
}

/* The ids in body.files: each entry's "id", and its "thumb" where there is one. */
static enum ln_err
take_files(struct ln_cmd *cmd, const struct ln_json *list, const char **why)
{
    if (!list || (list->type == LN_JSON_LIST && list->count == 0)) {
        return LN_OK;
    }
    if (list->type != LN_JSON_LIST || list->count > LN_FILES_MAX) {
        *why = "\"body.files\" must be a list of at most 10 files";
        return list->type == LN_JSON_LIST ? LN_ETOOLARGE : LN_EBADMSG;
    }
    struct ln_str *ids = ln_arena_alloc(&cmd->arena, 2u * list->count * sizeof *ids);
    uint32_t n = 0;
    for (const struct ln_json *f = list->first; f; f = f->next) {
        const struct ln_json *thumb = ln_json_get(f, LN_STR("thumb"));
        bool good = take_file_id(cmd, ln_json_get(f, LN_STR("id")), &ids[n++]);
        if (good && thumb && thumb->type != LN_JSON_NULL) {
            good = take_file_id(cmd, thumb, &ids[n++]);
        }
        if (!good) {
            *why = "each of \"body.files\" must have an \"id\", and a \"thumb\" that is one";
            return LN_EBADMSG;
        }
    }
    cmd->files = ids;
    cmd->file_count = n;
    return LN_OK;
}

/* A message says something: {"text":…} of 1 … text_max bytes, or fewer beside files. Other members
 * pass unread. */
static enum ln_err
check_body(struct ln_cmd *cmd, const struct ln_json *body, size_t text_max, const char **why)
{
    const struct ln_json *text = ln_json_get(body, LN_STR("text"));
    enum ln_err err = take_files(cmd, ln_json_get(body, LN_STR("files")), why);
    if (err) {
        return err;
    }
    if (!text || text->type != LN_JSON_STRING || (text->str.n == 0 && !cmd->file_count)) {
        *why = "\"body\" must be an object with a non-empty \"text\"";
        return LN_EBADMSG;
    }
    if (text->str.n > text_max) {
        *why = "\"body.text\" is too long";
        return LN_ETOOLARGE;
    }
    return LN_OK;
}

static enum ln_err
take_field(struct ln_cmd *cmd, enum ln_field id, const struct ln_json *value, size_t text_max,
           const char **why)
{
    const struct field *f = &fields[id];
    void *at = (char *)&cmd->args + f->offset;
    switch (f->type) {
    case T_U32:
    case T_U64:
        return take_number(cmd, f, value, at, why);
    case T_BOOL:
        if (value->type != LN_JSON_TRUE && value->type != LN_JSON_FALSE) {
            *why = explain(cmd, f->name, "must be true or false");
            return LN_EBADMSG;
        }
        *(bool *)at = value->type == LN_JSON_TRUE;
        return LN_OK;
    case T_STR:
    case T_TXT:
        return take_string(cmd, f, value, at, why);
    case T_IDS:
        return take_ids(cmd, f, value, at, why);
    default:
        break;
    }
    struct ln_str compact = ln_json_compact(value, &cmd->arena);
    if (compact.n > f->max) {
        *why = explain(cmd, f->name, "is too long");
        return LN_ETOOLARGE;
    }
    if (id == LN_F_accounts) {
        return take_accounts(cmd, value, why);
    }
    if (value->type != LN_JSON_OBJECT) {
        *why = explain(cmd, f->name, "must be an object");
        return LN_EBADMSG;
    }
    if (id == LN_F_cursors) {
        return take_cursors(cmd, value, why);
    }
    *(struct ln_str *)at = compact;
    return check_body(cmd, value, text_max, why);
}

static enum ln_err
take_fields(struct ln_cmd *cmd, const struct ln_json *object, size_t text_max, const char **why)
{
    pthread_once(&once, read_tables);
    for (const struct ln_json *value = object->first; value; value = value->next) {
        for (int f = 0; f < LN_F_COUNT; f++) {
            if (!(allowed[cmd->op] >> f & 1) || !ln_str_eq(ln_str(fields[f].name), value->key) ||
                value->type == LN_JSON_NULL) {
                continue;
            }
            enum ln_err err = take_field(cmd, (enum ln_field)f, value, text_max, why);
            if (err) {
                return err;
            }
            cmd->args.has |= 1ull << f;
            break;
        }
    }
    uint64_t missing = required[cmd->op] & ~cmd->args.has;
    if (missing) {
        *why = explain(cmd, fields[__builtin_ctzll(missing)].name, "is missing");
        return LN_EBADMSG;
    }
    return LN_OK;
}

/* The text as an object; NULL where it is none. */
static const struct ln_json *
parse(struct ln_json_doc *doc, struct ln_str text, const char **why)
{
    const struct ln_json *object = ln_json_read(doc, text);
    if (object && object->type == LN_JSON_OBJECT) {
        return object;
    }
    *why = object         ? "the message must be a JSON object"
           : doc->is_deep ? "the JSON is nested too deeply"
                          : "the message is not valid JSON";
    return NULL;
}

static enum ln_err
take_id(struct ln_cmd *cmd, const struct ln_json *id, const char **why)
{
    if (!id || id->type == LN_JSON_NULL) {
        return LN_OK;
    }
    if (id->type != LN_JSON_WHOLE || id->whole < 0 || id->whole > LN_JSON_ID_MAX) {
        *why = "\"id\" must be a whole number from 0 to 2^53-1";
        return LN_EBADMSG;
    }
    cmd->origin.has_id = cmd->origin.wants_reply = true;
    cmd->origin.id = id->whole;
    return LN_OK;
}

static enum ln_err
take_op(struct ln_cmd *cmd, const struct ln_json *name, const char **why)
{
    if (!name || name->type != LN_JSON_STRING) {
        *why = "\"op\" is missing";
        return LN_EBADMSG;
    }
    int op = ln_op_find(name->str);
    cmd->op = op < 0 ? LN_OP_PING : (enum ln_op)op;
    return op < 0 ? LN_EUNKNOWNOP : LN_OK;
}

enum ln_err
ln_decode_frame(struct ln_str text, size_t text_max, struct ln_cmd *cmd, const char **why)
{
    struct ln_json_doc doc;
    *why = NULL;
    const struct ln_json *object = parse(&doc, text, why);
    enum ln_err err = LN_EBADMSG;
    if (object) {
        err = take_id(cmd, ln_json_get(object, LN_STR("id")), why);
        err = err ? err : take_op(cmd, ln_json_get(object, LN_STR("op")), why);
        err = err ? err : take_fields(cmd, object, text_max, why);
    }
    ln_json_deinit(&doc);
    return err;
}

enum ln_err
ln_decode_call(enum ln_op op, struct ln_str text, size_t text_max, struct ln_cmd *cmd,
               const char **why)
{
    struct ln_json_doc doc;
    *why = NULL;
    cmd->op = op;
    cmd->origin.has_id = cmd->origin.wants_reply = true;
    const struct ln_json *object = parse(&doc, text.n ? text : LN_STR("{}"), why);
    enum ln_err err = LN_EBADMSG;
    if (object) {
        const struct ln_json *as = ln_json_get(object, LN_STR("as"));
        if (as && as->type == LN_JSON_STRING) { /* honoured for the operator only */
            cmd->as = ln_arena_str(&cmd->arena, as->str);
        }
        err = take_fields(cmd, object, text_max, why);
    }
    ln_json_deinit(&doc);
    return err;
}
