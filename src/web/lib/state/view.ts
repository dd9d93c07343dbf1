// SPDX-License-Identifier: MIT
// view.ts - the window on a chat's log: which of the items held are shown.
//
// Holds when: a window lies within one segment. hi = Infinity means that it follows the end, so that
// new messages show; else what comes after hi is not shown even where it is held. Moving a window
// says what must be fetched first, where the segment ends before the log does.

import type { Item, Seq } from '../types.js';
import { indexOf, segmentAt, type PageAsk, type Segment } from './segments.js';
import { tail, type Log } from './log.js';

export const PAGE = 50;
export const VIEW_MAX = 300;

export interface Window {
  readonly lo: Seq;
  readonly hi: Seq;
}

/** Moved, or what to ask for before it can be, or neither: there is nothing further that way. */
export type Move = { window: Window } | { ask: PageAsk } | null;

const segmentFor = (log: Log, w: Window): Segment | undefined =>
  w.hi === Infinity ? tail(log) : segmentAt(log.segs, w.lo);

/** Items of a window, and whether it touches the ends of the log. undefined: it is not held. */
export function shown(log: Log, w: Window): { items: readonly Item[]; atStart: boolean; atEnd: boolean } | undefined {
  const s = segmentFor(log, w);
  if (!s || (w.lo < s.lo && s.lo > 1)) return undefined;
  const from = indexOf(s.items, w.lo);
  const to = w.hi === Infinity ? s.items.length : indexOf(s.items, w.hi + 1);
  return {
    items: s.items.slice(from, to),
    atStart: s.lo === 1 && from === 0,
    atEnd: w.hi === Infinity,
  };
}

/** A window at the end of the log. */
export function atEnd(log: Log, count = PAGE): Move {
  const s = tail(log);
  if (!s || (s.items.length < Math.min(count, 20) && s.lo > 1)) return { ask: {} };
  return { window: { lo: s.items.length > count ? s.items.at(-count)!.seq : s.lo, hi: Infinity } };
}

/** A window around a seq, with something on both sides of it. */
export function around(log: Log, seq: Seq): Move {
  const s = segmentAt(log.segs, seq);
  if (!s) return { ask: { around: seq } };
  const at = indexOf(s.items, seq);
  const end = tail(log) === s;
  if ((at < 10 && s.lo > 1) || (s.items.length - at < 10 && !end)) return { ask: { around: seq } };
  return { window: windowOf(s, at - PAGE, at + PAGE, end) };
}

function windowOf(s: Segment, from: number, to: number, end: boolean): Window {
  const lo = from <= 0 ? s.lo : s.items[from]!.seq;
  if (to >= s.items.length) return { lo, hi: end ? Infinity : s.hi };
  return { lo, hi: s.items[to - 1]!.seq };
}

/** A page more at the top; what is then too much is let go at the bottom. */
export function olderThan(log: Log, w: Window): Move {
  const s = segmentFor(log, w);
  if (!s) return null;
  const from = indexOf(s.items, w.lo);
  if (from === 0) return s.lo === 1 ? null : { ask: { before: s.lo } };
  const first = Math.max(0, from - PAGE);
  const lo = first === 0 ? s.lo : s.items[first]!.seq;
  const last = s.items[first + VIEW_MAX - 1];
  return { window: { lo, hi: last && last.seq < w.hi && last !== s.items.at(-1) ? last.seq : w.hi } };
}

/** A page more at the bottom; what is then too much is let go at the top. */
export function newerThan(log: Log, w: Window): Move {
  const s = segmentFor(log, w);
  if (!s || w.hi === Infinity) return null;
  const end = tail(log) === s;
  const to = indexOf(s.items, w.hi + 1);
  if (to >= s.items.length && !end) return { ask: { after: s.hi } };
  const last = Math.min(s.items.length, to + PAGE);
  const first = Math.max(indexOf(s.items, w.lo), last - VIEW_MAX);
  const lo = first === indexOf(s.items, w.lo) ? w.lo : s.items[first]!.seq;
  return { window: { lo, hi: last === s.items.length ? (end ? Infinity : s.hi) : s.items[last - 1]!.seq } };
}

/** A window that follows the end must not grow for ever. The reader at the end loses what is above;
 * the reader further up loses what came below (and is told by atEnd = false). */
export function bounded(log: Log, w: Window, readerAtEnd: boolean): Window {
  const s = segmentFor(log, w);
  if (!s || w.hi !== Infinity) return w;
  const from = indexOf(s.items, w.lo);
  if (readerAtEnd) {
    const spare = s.items.length - from - VIEW_MAX;
    return spare > PAGE ? { lo: s.items[from + spare]!.seq, hi: Infinity } : w;
  }
  return s.items.length - from > 2 * VIEW_MAX ? { lo: w.lo, hi: s.items.at(-1)!.seq } : w;
}
