// SPDX-License-Identifier: MIT
// typing.ts - who is writing in a chat. A list replaces the one before and runs out by itself.

import type { Ms, UserId } from '../types.js';

export const TYPING_MS = 7000; // the server ends it 6 s after the last word; this is for a lost line
export const TYPING_EVERY_MS = 3000; // our own is told no more often

export interface Typing {
  readonly users: readonly UserId[];
  readonly until: Ms;
}

export const NOBODY: Typing = { users: [], until: 0 };

/** Keeps the order in which they began. */
export function typingOf(old: Typing, users: readonly UserId[], self: UserId, now: Ms): Typing {
  const named = users.filter((id) => id !== self);
  if (!named.length) return NOBODY;
  const stay = old.users.filter((id) => named.includes(id));
  return { users: [...stay, ...named.filter((id) => !stay.includes(id))], until: now + TYPING_MS };
}

export const typingWithout = (t: Typing, user: UserId): Typing =>
  t.users.includes(user) ? { ...t, users: t.users.filter((id) => id !== user) } : t;

export const typingAt = (t: Typing, now: Ms): Typing => (t.users.length && t.until <= now ? NOBODY : t);
