/* SPDX-License-Identifier: MIT
 * fault.c - the fault switch, for tests: LINNET_FAULT="step:N" fails the Nth pass of a step, and
 * "step:N+" every one from then on; several are separated by commas. Steps: statement, commit,
 * checkpoint, fold, open (of a recovery). LINNET_FAULT_FILE names a file: passes are counted, and
 * fail, only while it is there, so that a test chooses the moment.
 *
 * Only a binary built with FAULTS=1 (the Makefile then defines LN_FAULTS) looks at the variables.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store_priv.h"

#ifdef LN_FAULTS
#define FAULTS_MAX 8

struct fault {
    char step[16];
    long left; /* passes until it fails; 0 = never again */
    bool is_open_end;
};

static struct fault faults[FAULTS_MAX];
static unsigned count;

static void
read_faults(const char *spec)
{
    while (spec && *spec && count < FAULTS_MAX) {
        struct fault *f = &faults[count];
        int n = 0;
        if (sscanf(spec, "%15[a-z]:%ld%n", f->step, &f->left, &n) != 2) {
            return;
        }
        f->is_open_end = spec[n] == '+';
        count++;
        spec = strchr(spec, ',');
        spec = spec ? spec + 1 : NULL;
    }
}

bool
st_fault(const char *step)
{
    static bool is_read;
    const char *file = getenv("LINNET_FAULT_FILE");
    bool fails = false;
    if (!is_read) {
        is_read = true;
        read_faults(getenv("LINNET_FAULT"));
    }
    if (count == 0 || (file && access(file, F_OK) != 0)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        struct fault *f = &faults[i];
        if (f->left == 0 || strcmp(step, f->step) != 0) {
            continue;
        }
        if (f->left > 1) {
            f->left--;
            continue;
        }
        f->left = f->is_open_end ? 1 : 0;
        fails = true;
    }
    return fails;
}
#else
bool
st_fault(const char *step)
{
    (void)step;
    return false;
}
#endif
