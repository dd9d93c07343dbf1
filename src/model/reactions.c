/* SPDX-License-Identifier: MIT
 * reactions.c - an item's reactions as compact JSON, {"👍":[6,7],"🎉":[5]}, changed as text.
 *
 * Only this file writes that text, so it may rely on its exact shape: no spaces, keys as
 * ln_buf_add_json writes them, every list of users rising and not empty.
 */
#include "linnet/base/mem.h"
#include "linnet/model/entry.h"

struct cursor {
    const char *p;
};

/* Reads one key with its quotes; the cursor stands behind the colon afterwards. */
static struct ln_str
read_key(struct cursor *c)
{
    const char *start = c->p++;
    while (*c->p != '"') {
        c->p += *c->p == '\\' ? 2 : 1;
    }
    struct ln_str key = {start, (size_t)(++c->p - start)};
    c->p++;
    return key;
}

/* Copies the list at the cursor with user put in or left out; counts what it holds afterwards.
 * *changed tells whether that differs from before. */
static size_t
edit_list(struct cursor *c, struct ln_buf *out, ln_user_id user, bool on, bool *changed)
{
    size_t count = 0;
    bool placed = !on;
    const char *comma = "";
    c->p++; /* [ */
    ln_buf_addc(out, '[');
    *changed = on;
    while (*c->p != ']') {
        ln_user_id id = 0;
        while (*c->p >= '0' && *c->p <= '9') {
            id = id * 10 + (ln_user_id)(*c->p++ - '0');
        }
        c->p += *c->p == ',';
        if (id == user) {
            *changed = !on;
            if (!on) {
                continue;
            }
            placed = true;
        } else if (!placed && id > user) {
            ln_buf_addf(out, "%s%u", comma, user);
            comma = ",";
            count++;
            placed = true;
        }
        ln_buf_addf(out, "%s%u", comma, id);
        comma = ",";
        count++;
    }
    c->p++; /* ] */
    if (!placed) {
        ln_buf_addf(out, "%s%u", comma, user);
        count++;
    }
    ln_buf_addc(out, ']');
    return count;
}

static void
copy_list(struct cursor *c, struct ln_buf *out)
{
    const char *start = c->p;
    while (*c->p++ != ']') {
    }
    ln_buf_add(out, start, (size_t)(c->p - start));
}

bool
ln_reactions_change(struct ln_str reactions, struct ln_str emoji, ln_user_id user, bool on,
                    struct ln_buf *out, bool *full)
{
    struct ln_buf key, text;
    bool changed = false, found = false;
    size_t kinds = 0;
    struct cursor c = {reactions.p};
    *full = false;
    ln_buf_init(&key, 1024);
    ln_buf_init(&text, out->max);
    ln_buf_add_json(&key, emoji);
    ln_buf_addc(&text, '{');
    if (reactions.n) {
        c.p++; /* its own brace */
    }
    while (reactions.n && *c.p != '}') {
        struct ln_str k = read_key(&c);
        size_t before = text.n;
        if (kinds) {
            ln_buf_addc(&text, ',');
        }
        ln_buf_add(&text, k.p, k.n);
        ln_buf_addc(&text, ':');
        if (ln_str_eq(k, ln_buf_str(&key))) {
            found = true;
            if (edit_list(&c, &text, user, on, &changed) == 0) {
                text.n = before; /* nobody is left: the emoji goes */
                kinds--;
            }
        } else {
            copy_list(&c, &text);
        }
        kinds++;
        c.p += *c.p == ',';
    }
    if (!found && on) {
        *full = kinds >= LN_REACTIONS_MAX;
        changed = !*full;
        ln_buf_addf(&text, "%s%.*s:[%u]", kinds ? "," : "", (int)key.n, key.p, user);
        kinds++;
    }
    ln_buf_addc(&text, '}');
    if (text.overflow) {
        *full = true;
        changed = false;
    }
    if (changed && kinds) {
        ln_buf_add(out, text.p, text.n);
    }
    ln_buf_deinit(&key);
    ln_buf_deinit(&text);
    return changed;
}
