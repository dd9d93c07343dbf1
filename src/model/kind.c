/* SPDX-License-Identifier: MIT
 * kind.c - words to numbers and back, from the tables in kind.h.
 */
#include "linnet/model/kind.h"

#include <stddef.h>

struct word {
    unsigned no;
    const char *wire;
};

#define X(name, no, wire, item) {no, wire},
static const struct word kinds[] = {LN_KINDS(X){0, NULL}};
#undef X
#define X(name, no, wire) {no, wire},
static const struct word chat_kinds[] = {LN_CHAT_KINDS(X){0, NULL}};
static const struct word chat_roles[] = {LN_CHAT_ROLES(X){0, NULL}};
static const struct word roles[] = {LN_ROLES(X){0, NULL}};
static const struct word levels[] = {LN_LEVELS(X){0, NULL}};
static const struct word posts[] = {LN_POSTS(X){0, NULL}};
static const struct word histories[] = {LN_HISTORIES(X){0, NULL}};
#undef X

static const char *
name_of(const struct word *words, unsigned no)
{
    for (; words->wire; words++) {
        if (words->no == no) {
            return words->wire;
        }
    }
    return "?";
}

static unsigned
number_of(const struct word *words, struct ln_str word)
{
    for (; words->wire; words++) {
        if (ln_str_eq(ln_str(words->wire), word)) {
            return words->no;
        }
    }
    return 0;
}

const char *
ln_kind_name(unsigned kind)
{
    return name_of(kinds, kind);
}

bool
ln_kind_is_item(unsigned kind)
{
    switch (kind) {
#define X(name, no, wire, item)                                                                    \
    case no:                                                                                       \
        return item;
        LN_KINDS(X)
#undef X
    default:
        return false;
    }
}

const char *
ln_chat_kind_name(unsigned kind)
{
    return name_of(chat_kinds, kind);
}

const char *
ln_chat_role_name(unsigned role)
{
    return name_of(chat_roles, role);
}

const char *
ln_role_name(unsigned role)
{
    return name_of(roles, role);
}

const char *
ln_notify_name(unsigned level)
{
    return name_of(levels, level);
}

const char *
ln_history_name(unsigned mode)
{
    return name_of(histories, mode);
}

const char *
ln_post_name(unsigned post)
{
    return name_of(posts, post);
}

unsigned
ln_chat_kind_of(struct ln_str word)
{
    return number_of(chat_kinds, word);
}

unsigned
ln_chat_role_of(struct ln_str word)
{
    return number_of(chat_roles, word);
}

unsigned
ln_role_of(struct ln_str word)
{
    return number_of(roles, word);
}

unsigned
ln_notify_of(struct ln_str word)
{
    return number_of(levels, word);
}

unsigned
ln_history_of(struct ln_str word)
{
    return number_of(histories, word);
}

unsigned
ln_post_of(struct ln_str word)
{
    return number_of(posts, word);
}
