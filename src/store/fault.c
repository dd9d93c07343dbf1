/* SPDX-License-Identifier: MIT
 * fault.c - the fault switch, for tests: LINNET_FAULT="step:N" fails the Nth pass of a step (and
 * "step:N+" every one from then on). Steps: statement, commit, checkpoint, fold, open.
 *
 * Only a binary built with FAULTS=1 (the Makefile then defines LN_FAULTS) looks at the variable.
 */
#include <stdlib.h>
#include <string.h>

#include "store_priv.h"

#ifdef LN_FAULTS
bool
st_fault(const char *step)
{
    static long left = -1;
    static bool is_open_end;
    static char name[16];
    if (left < 0) {
        const char *spec = getenv("LINNET_FAULT");
        left = 0;
        if (spec && sscanf(spec, "%15[a-z]:%ld", name, &left) == 2) {
            is_open_end = spec[strlen(spec) - 1] == '+';
        }
    }
    if (left == 0 || strcmp(step, name) != 0) {
        return false;
    }
    if (left > 1) {
        left--;
        return false;
    }
    left = is_open_end ? 1 : 0;
    return true;
}
#else
bool
st_fault(const char *step)
{
    (void)step;
    return false;
}
#endif
