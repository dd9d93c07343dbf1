/* SPDX-License-Identifier: MIT
 * op.c - the table of operations as data, and the look-up by name.
 */
#include "linnet/model/op.h"

#include "linnet/model/args.h"

const struct ln_op_row ln_op_table[LN_OP_COUNT] = {
#define X(id, name, where, who, cost, fields, answer)                                              \
    [LN_OP_##id] = {name, LN_AT_##where, LN_WHO_##who, cost, fields, answer},
    LN_OPS(X)
#undef X
};

int
ln_op_find(struct ln_str name)
{
    for (int op = 0; op < LN_OP_COUNT; op++) {
        if (ln_str_eq(ln_str(ln_op_table[op].name), name)) {
            return op;
        }
    }
    return -1;
}

bool
ln_name_is_valid(struct ln_str name)
{
    if (name.n == 0 || name.n > LN_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!alnum && (i == 0 || (c != '.' && c != '_' && c != '-'))) {
            return false;
        }
    }
    return true;
}
