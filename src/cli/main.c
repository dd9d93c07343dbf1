/* SPDX-License-Identifier: MIT
 * main.c - nothing but main(), so that tests can link all the rest.
 */
#include "linnet/cli/cli.h"

int
main(int argc, char **argv)
{
    return ln_cli_main(argc, argv);
}
