/* SPDX-License-Identifier: MIT
 * banned.h - calls whose safe use cannot be seen at the call. Included by the build, in every .c.
 */
#ifndef LINNET_BASE_BANNED_H
#define LINNET_BASE_BANNED_H

#include <stdio.h>
#include <string.h>

/* With _FORTIFY_SOURCE some of them are macros, which clang does not let us poison. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef gets
#undef strtok
#undef strncpy
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok strncpy

#endif
