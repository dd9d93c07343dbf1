// SPDX-License-Identifier: MIT
// segments.ts - which stretches of a chat's log are held.
//
// Holds when: segments are sorted, and between two of them at least one seq is missing. In a segment
// every item with lo ≤ seq ≤ hi is there. lo = 1 where nothing older may be seen.

import type { HistoryPage, Item, LogEvent, Seq } from '../types.js';
import { changed, itemOf } from './item.js';

export interface Segment {
  readonly lo: Seq;
  readonly hi: Seq;
  readonly items: readonly Item[];
}

export type PageAsk = { before?: Seq; after?: Seq; around?: Seq; at?: number };

/** The place of the first item with a seq of at least `seq`. */
export function indexOf(items: readonly Item[], seq: Seq): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (items[mid]!.seq < seq) low = mid + 1;
    else high = mid;
  }
  return low;
}

export const segmentAt = (segs: readonly Segment[], seq: Seq): Segment | undefined =>
  segs.find((s) => s.lo <= seq && seq <= s.hi);

export function itemAt(segs: readonly Segment[], seq: Seq): Item | undefined {
  const s = segmentAt(segs, seq);
  const item = s?.items[indexOf(s.items, seq)];
  return item?.seq === seq ? item : undefined;
}

/** Two lists in one; where both have a seq, the state that includes more wins. */
function mergeItems(a: readonly Item[], b: readonly Item[]): Item[] {
  const out: Item[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length || k < b.length) {
    const x = a[i];
    const y = b[k];
    if (x && y && x.seq === y.seq) {
      out.push(y.v > x.v ? y : x);
      i++;
      k++;
    } else if (x && (!y || x.seq < y.seq)) {
      out.push(x);
      i++;
    } else {
      out.push(y!);
      k++;
    }
  }
  return out;
}

/** Adds a stretch and joins what it touches. */
export function insert(segs: readonly Segment[], s: Segment): Segment[] {
  const touching = segs.filter((x) => x.hi >= s.lo - 1 && x.lo <= s.hi + 1);
  const joined = touching.reduce(
    (a, x) => ({ lo: Math.min(a.lo, x.lo), hi: Math.max(a.hi, x.hi), items: mergeItems(x.items, a.items) }),
    s,
  );
  const out = segs.filter((x) => !touching.includes(x));
  out.push(joined);
  return out.sort((a, b) => a.lo - b.lo);
}

/** The stretch which an answered page fills; null where it says nothing about any. */
export function segmentOf(ask: PageAsk, page: HistoryPage): Segment | null {
  if (!page.items.length && (page.more || page.more_after)) return null;
  const items = page.items.map((i) => itemOf(i, page.head));
  const first = items[0]?.seq ?? 1;
  const last = items.at(-1)?.seq ?? page.head;
  if (ask.after !== undefined) {
    return { lo: ask.after + 1, hi: page.more ? last : Math.max(page.head, ask.after), items };
  }
  if (ask.before !== undefined) {
    return ask.before > 1 ? { lo: page.more ? first : 1, hi: ask.before - 1, items } : null;
  }
  return { lo: page.more ? first : 1, hi: page.more_after ? last : Math.max(page.head, last), items };
}

/** A change applied to the item it is about, where that is held. */
export function changeIn(segs: readonly Segment[], e: LogEvent): readonly Segment[] {
  const s = segmentAt(segs, e.target ?? 0);
  const at = s ? indexOf(s.items, e.target!) : -1;
  const old = s?.items[at];
  if (!s || old?.seq !== e.target) return segs;
  const now = changed(old!, e);
  if (now === old) return segs;
  const items = s.items.slice();
  items[at] = now;
  return segs.map((x) => (x === s ? { ...s, items } : x));
}

/** At most `max` items, those nearest to the range [lo, hi]. Whole segments outside go first. */
export function trim(segs: readonly Segment[], lo: Seq, hi: Seq, max: number): readonly Segment[] {
  let count = segs.reduce((n, s) => n + s.items.length, 0);
  if (count <= max) return segs;
  const far = (s: Segment) => (s.lo > hi ? s.lo - hi : s.hi < lo ? lo - s.hi : 0);
  const out = segs.slice().sort((a, b) => far(a) - far(b));
  while (out.length > 1 && count > max && far(out.at(-1)!) > 0) count -= out.pop()!.items.length;
  return out.map((s) => cut(s, lo, hi, max)).sort((a, b) => a.lo - b.lo);
}

/** One segment cut to about `max` items: first at its old end, as far as the range allows. */
function cut(s: Segment, lo: Seq, hi: Seq, max: number): Segment {
  let { items } = s;
  let from = s.lo;
  let to = s.hi;
  const spare = items.length - max;
  const above = Math.min(spare, indexOf(items, lo));
  if (above > 0) {
    items = items.slice(above);
    from = items[0]?.seq ?? to;
  }
  const end = Math.max(max, indexOf(items, hi + 1));
  if (items.length > end) {
    items = items.slice(0, end);
    to = items.at(-1)?.seq ?? from;
  }
  return { lo: from, hi: to, items };
}
