// SPDX-License-Identifier: MIT
// item.ts - one message and the changes to it.
//
// Holds when: an item's `v` is the seq which its state includes. A change is applied if and only if
// its seq is above `v`; so pages and events may come in any order, and a repeat changes nothing.

import type { Item, LogEvent, Seq } from '../types.js';

const CHANGES = new Set(['edit', 'delete', 'react', 'pin']);

export const isChange = (e: LogEvent): boolean => CHANGES.has(e.kind);

/** An item as a page brings it, or an event that is one. `head`: the seq that its state includes. */
export function itemOf(e: Omit<Item, 'v'> | LogEvent, head: Seq): Item {
  const item = { ...e, v: head } as Item;
  if (e.kind === 'message' && e.body === null) item.deleted = true;
  return item;
}

function react(old: Item['reactions'], emoji: string, user: number, on: boolean): Item['reactions'] {
  const who = (old?.[emoji] ?? []).filter((id) => id !== user);
  const all = { ...old };
  if (on) who.push(user);
  if (who.length) all[emoji] = who;
  else delete all[emoji];
  return all;
}

/** The item after a change to it; the same object where the change is in it already. */
export function changed(item: Item, e: LogEvent): Item {
  if (e.seq <= item.v) return item;
  const next: Item = { ...item, v: e.seq };
  if (item.deleted) return next;
  if (e.kind === 'delete') return { ...next, body: null, deleted: true, reactions: {}, pinned: false };
  if (e.kind === 'edit' && e.body) Object.assign(next, { body: e.body, edited_ts: e.ts });
  if (e.kind === 'pin') next.pinned = e.on === true;
  if (e.kind === 'react' && e.emoji) next.reactions = react(item.reactions, e.emoji, e.from, e.on === true);
  return next;
}

/** Whether a message is for this person in particular, and how often the server counts it. */
export function mentionsOf(e: LogEvent, self: number): number {
  if (e.kind !== 'message' || e.from === self) return 0;
  return (e.here ? 1 : 0) + (e.mentions?.includes(self) ? 1 : 0);
}
