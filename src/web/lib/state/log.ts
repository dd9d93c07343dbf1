// SPDX-License-Identifier: MIT
// log.ts - a chat's log as far as it is held: events in their order, pages in any order.
//
// Holds when: every event up to `cursor` was applied to everything held, or is in it already. Events
// beyond a hole wait in `ahead`. Only events move the cursor, never an answer. Every change with
// recentAfter < seq ≤ cursor is in `recent`, for pages that were read before it and arrive after it.

import type { HistoryPage, Item, LogEvent, Seq } from '../types.js';
import { isChange, itemOf } from './item.js';
import { changeIn, insert, itemAt, segmentOf, trim, type PageAsk, type Segment } from './segments.js';

export interface Log {
  readonly cursor: Seq;
  readonly segs: readonly Segment[];
  readonly ahead: readonly LogEvent[];
  readonly recent: readonly LogEvent[];
  readonly recentAfter: Seq;
}

const RECENT_MAX = 500;
export const AHEAD_MAX = 2000; // more behind a hole than this: begin anew

/** Nothing is held; events after `cursor` follow. */
export const fresh = (cursor: Seq): Log => ({ cursor, segs: [], ahead: [], recent: [], recentAfter: cursor });

function apply(log: Log, e: LogEvent): Log {
  let { recent, recentAfter } = log;
  let segs = log.segs;
  if (isChange(e)) {
    segs = changeIn(segs, e);
    recent = [...recent, e];
    if (recent.length > RECENT_MAX) {
      recentAfter = recent[0]!.seq;
      recent = recent.slice(1);
    }
  }
  const held = itemAt(segs, e.seq);
  const items: Item[] = isChange(e) || held ? [] : [itemOf(e, e.seq)];
  segs = extend(segs, e.seq, items);
  return { ...log, cursor: e.seq, segs, recent, recentAfter };
}

/** The common case of insert(): one more seq at the very end. */
function extend(segs: readonly Segment[], seq: Seq, items: Item[]): readonly Segment[] {
  const last = segs.at(-1);
  if (last && last.hi >= seq) return segs;
  if (!last || last.hi !== seq - 1) return insert(segs, { lo: seq, hi: seq, items });
  const longer = { lo: last.lo, hi: seq, items: items.length ? [...last.items, ...items] : last.items };
  return [...segs.slice(0, -1), longer];
}

/** A live event, or one of a resume: applied when its turn is, kept until then. */
export function take(log: Log, e: LogEvent): Log {
  if (e.seq <= log.cursor) return log;
  if (e.seq > log.cursor + 1) return { ...log, ahead: ahead(log.ahead, e) };
  let next = apply(log, e);
  while (next.ahead.length && next.ahead[0]!.seq <= next.cursor + 1) {
    const [first, ...rest] = next.ahead;
    next = { ...next, ahead: rest };
    if (first!.seq === next.cursor + 1) next = apply(next, first!);
  }
  return next;
}

function ahead(list: readonly LogEvent[], e: LogEvent): readonly LogEvent[] {
  let at = list.length;
  while (at > 0 && list[at - 1]!.seq >= e.seq) at--;
  if (list[at]?.seq === e.seq) return list;
  return [...list.slice(0, at), e, ...list.slice(at)];
}

/** What is missing before the events that wait; null where none wait. */
export function hole(log: Log): { after: Seq; before: Seq } | null {
  return log.ahead.length ? { after: log.cursor, before: log.ahead[0]!.seq } : null;
}

/** A page of history. null: it is older than the changes remembered, ask again. */
export function takePage(log: Log, ask: PageAsk, page: HistoryPage): Log | null {
  if (page.head < log.recentAfter) return null;
  const filled = segmentOf(ask, page);
  if (!filled) return log;
  let one: readonly Segment[] = [filled];
  for (const e of log.recent) if (e.seq > page.head) one = changeIn(one, e);
  return { ...log, segs: insert(log.segs, one[0]!) };
}

export const trimmed = (log: Log, lo: Seq, hi: Seq, max: number): Log => {
  const segs = trim(log.segs, lo, hi, max);
  return segs === log.segs ? log : { ...log, segs };
};

/** The stretch that reaches to the newest event; undefined where that is not held. */
export function tail(log: Log): Segment | undefined {
  const last = log.segs.at(-1);
  return last && last.hi >= log.cursor ? last : undefined;
}

/** The newest message, where the log's end is held and has one. */
export const lastMessage = (log: Log): Item | undefined => tail(log)?.items.filter((i) => i.kind === 'message').at(-1);
