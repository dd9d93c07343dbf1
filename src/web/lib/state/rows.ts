// SPDX-License-Identifier: MIT
// rows.ts - the items of a view as rows to draw: days, divider, groups, folded runs.
//
// A message joins the one before when it is of the same author, at most 5 minutes later, on the same
// day, and nothing stands between. Tombstones fold from three on. System events alike fold when they
// come within 10 minutes. A row's key stays when a pending message becomes an item.

import type { Item, LogView, Ms, Pending, Row, UserId } from '../types.js';

const GROUP_MS: Ms = 5 * 60_000;
const FOLD_MS: Ms = 10 * 60_000;
const FOLD_FROM = 3;

type MessageRow = Extract<Row, { type: 'message' | 'pending' }>;

/** The calendar day here and now, as a key. */
export function dayOf(ts: Ms): string {
  const d = new Date(ts);
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`;
}

export const keyOf = (from: UserId, cid: string | undefined, seq: number | undefined): string =>
  cid ? `m${from}.${cid}` : `s${seq}`;

class Rows {
  readonly out: Row[] = [];
  private day = '';
  private prev: { row: MessageRow; from: UserId; ts: Ms } | null = null;

  constructor(private readonly self: UserId) {}

  /** Anything but a message ends a group. */
  put(row: Row): void {
    this.prev = null;
    this.out.push(row);
  }

  startDay(ts: Ms): void {
    const day = dayOf(ts);
    if (day === this.day) return;
    this.day = day;
    this.put({ type: 'day', key: `d${day}`, ts });
  }

  private speak(row: MessageRow, from: UserId, ts: Ms): void {
    const prev = this.prev;
    if (prev && prev.from === from && ts - prev.ts <= GROUP_MS) {
      row.first = false;
      prev.row.last = false;
    }
    this.prev = { row, from, ts };
    this.out.push(row);
  }

  message(item: Item): void {
    const own = item.from === this.self;
    this.speak({ type: 'message', key: keyOf(item.from, item.cid, item.seq), item, own, first: true, last: true }, item.from, item.ts);
  }

  pending(p: Pending): void {
    this.startDay(p.ts);
    this.speak({ type: 'pending', key: keyOf(this.self, p.cid, p.seq), pending: p, first: true, last: true }, this.self, p.ts);
  }

  deleted(item: Item): void {
    const last = this.out.at(-1);
    if (last?.type === 'deleted') this.out[this.out.length - 1] = { ...last, items: [...last.items, item] };
    else this.put({ type: 'deleted', key: keyOf(item.from, item.cid, item.seq), items: [item] });
  }

  system(item: Item): void {
    const last = this.out.at(-1);
    if (last?.type === 'system' && alike(last.items[0]!, item)) {
      this.out[this.out.length - 1] = { ...last, items: [...last.items, item] };
    } else this.put({ type: 'system', key: `s${item.seq}`, items: [item] });
  }
}

const ofThemselves = (i: Item): boolean => i.users?.length === 1 && i.users[0] === i.from;

function alike(a: Item, b: Item): boolean {
  if (a.kind !== b.kind || b.ts - a.ts > FOLD_MS || !(a.kind === 'join' || a.kind === 'leave')) return false;
  return ofThemselves(a) ? ofThemselves(b) : a.from === b.from && !ofThemselves(b);
}

/** A run too short to fold stands as one row each. */
function unfolded(rows: Row[]): Row[] {
  return rows.flatMap((r): Row[] =>
    r.type === 'deleted' && r.items.length < FOLD_FROM
      ? r.items.map((i) => ({ type: 'deleted', key: keyOf(i.from, i.cid, i.seq), items: [i] }))
      : [r],
  );
}

export function rowsOf(view: LogView, pending: readonly Pending[], self: UserId): Row[] {
  const rows = new Rows(self);
  const seen = new Set<string>();
  let divider = view.divider;
  if (view.atStart && view.status === 'ready') rows.put({ type: 'start', key: 'start' });
  for (const item of view.items) {
    rows.startDay(item.ts);
    if (divider && item.seq > divider.after) {
      rows.put({ type: 'unread', key: 'unread', count: divider.count });
      divider = null;
    }
    if (item.cid && item.from === self) seen.add(item.cid);
    if (item.kind !== 'message') rows.system(item);
    else if (item.deleted) rows.deleted(item);
    else rows.message(item);
  }
  if (view.atEnd) for (const p of pending) if (!seen.has(p.cid)) rows.pending(p);
  return unfolded(rows.out);
}
