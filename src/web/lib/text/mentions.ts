// SPDX-License-Identifier: MIT
// mentions.ts - @names in a text.

import type { User, UserId } from '../types.js';

const NAME = /(^|[^\p{L}\p{N}@._-])@([a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)/giu;
const MENTIONS_MAX = 50; // the server takes no more

export interface Found {
  start: number; // of the @
  end: number;
  name: string; // in lower case
}

export function findMentions(text: string): Found[] {
  const out: Found[] = [];
  for (const m of text.matchAll(NAME)) {
    const start = m.index + m[1]!.length;
    out.push({ start, end: start + 1 + m[2]!.length, name: m[2]!.toLowerCase() });
  }
  return out;
}

export const isHere = (name: string): boolean => name === 'here' || name === 'all' || name === 'everyone';

/** Who is mentioned, and whether everybody is: for `send`. Names nobody has are plain text. */
export function mentionsIn(text: string, byName: (name: string) => User | undefined): { mentions: UserId[]; here: boolean } {
  const ids = new Set<UserId>();
  let here = false;
  for (const { name } of findMentions(text)) {
    const user = byName(name);
    if (user) ids.add(user.id);
    else if (isHere(name)) here = true;
  }
  return { mentions: [...ids].slice(0, MENTIONS_MAX), here };
}
