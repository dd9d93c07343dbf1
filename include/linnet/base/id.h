/* SPDX-License-Identifier: MIT
 * id.h - the numbers of users, chats, events. None is ever reused; 0 is "none".
 *
 * Thread:  any.
 */
#ifndef LINNET_BASE_ID_H
#define LINNET_BASE_ID_H

#include <stdint.h>

typedef uint32_t ln_user_id;   /* 1 … 2^31-1 */
typedef uint32_t ln_chat_id;   /* 1 … 2^31-1 */
typedef uint32_t ln_device_id; /* 1 … 2^31-1 */
typedef uint32_t ln_seq;       /* 1 … 2^32-1, dense per chat */
typedef uint64_t ln_commit_no; /* 1 …, one for each event of the server, in commit order */
typedef int64_t ln_ts;         /* milliseconds since 1970-01-01 UTC */

#define LN_ID_MAX 0x7fffffffu

/* The key that clusters a chat's rows: chat << 32 | seq. Fits a signed 64-bit rowid. */
static inline int64_t
ln_row_id(ln_chat_id chat, ln_seq seq)
{
    return (int64_t)(((uint64_t)chat << 32) | seq);
}

#endif
