// SPDX-License-Identifier: MIT
// order.ts - the order of the list of chats, the badge, and what is worth a notification.

import type { Badge, ChatId, ChatMeta, Item, LogEvent, Ms, UserId } from '../types.js';
import { itemOf, mentionsOf } from './item.js';
import { isMuted } from './meta.js';

export type Filter = 'all' | 'unread' | 'people' | 'channels';

/** Pinned chats first, then by latest activity; the id decides between equals. */
export function orderOf(metas: Iterable<ChatMeta>): ChatId[] {
  return [...metas]
    .sort((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false) || (b.last_ts ?? 0) - (a.last_ts ?? 0) || b.id - a.id)
    .map((m) => m.id);
}

/** Unread in unmuted direct chats, and mentions everywhere. */
export function badgeOf(metas: Iterable<ChatMeta>, now: Ms): Badge {
  let count = 0;
  for (const m of metas) {
    if (m.kind === 'direct' && !isMuted(m, now)) count += m.unread;
    else count += m.mentions;
  }
  return { count };
}

/** Hours of the day in which nothing makes a sound, in minutes since midnight; may wrap. */
export interface Quiet {
  from: number;
  to: number;
}

export function isQuiet(quiet: Quiet | null, now: Ms): boolean {
  if (!quiet || quiet.from === quiet.to) return false;
  const d = new Date(now);
  const at = d.getHours() * 60 + d.getMinutes();
  return quiet.from < quiet.to ? quiet.from <= at && at < quiet.to : at >= quiet.from || at < quiet.to;
}

/** Whether a live event is to be told. `watched`: it shows in a window in front. */
export function noticeOf(meta: ChatMeta, e: LogEvent, self: UserId, watched: boolean, quiet: Quiet | null, now: Ms):
  | { chat: ChatId; item: Item; mention: boolean; silent: boolean }
  | null {
  if (e.kind !== 'message' || e.from === self || watched || !e.body) return null;
  const mention = mentionsOf(e, self) > 0;
  const level = meta.level ?? 'all';
  if (level === 'none' || isMuted(meta, now) || (level === 'mentions' && !mention)) return null;
  return { chat: meta.id, item: itemOf(e, e.seq), mention, silent: isQuiet(quiet, now) };
}
