// SPDX-License-Identifier: MIT
// log.test.ts - the log against a simple model: random events, pages read at one moment and arriving
// at another, holes, windows. SEED=n repeats a run.

import assert from 'node:assert/strict';
import test from 'node:test';
import type { HistoryPage, Item, LogEvent } from '../../../src/web/lib/types.js';
import { changed, isChange, itemOf } from '../../../src/web/lib/state/item.js';
import { fresh, hole, tail, take, takePage, trimmed, type Log } from '../../../src/web/lib/state/log.js';
import { itemAt, type PageAsk } from '../../../src/web/lib/state/segments.js';
import * as view from '../../../src/web/lib/state/view.js';

const SEED = Number(process.env.SEED ?? Date.now() % 1e6);

function random(seed: number): (n: number) => number {
  let s = seed;
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor((s / 2 ** 32) * n);
  };
}

/** The server: events, and the items as they stand. */
class Model {
  events: LogEvent[] = [];
  constructor(private readonly rnd: (n: number) => number) {}

  add(): LogEvent {
    const seq = this.events.length + 1;
    const messages = this.events.filter((e) => e.kind === 'message');
    const target = messages.length ? messages[this.rnd(messages.length)]!.seq : 0;
    const kinds = ['message', 'message', 'message', 'join', 'edit', 'delete', 'react', 'pin'] as const;
    let kind = kinds[this.rnd(kinds.length)]!;
    if (!target && isChange({ kind } as LogEvent)) kind = 'message';
    const base = { seq, ts: seq * 1000, from: 1 + this.rnd(3), kind };
    const e: LogEvent =
      kind === 'message' ? { ...base, cid: `c${seq}`, body: { text: `t${seq}` } }
      : kind === 'join' ? { ...base, users: [9] }
      : kind === 'edit' ? { ...base, target, body: { text: `e${seq}` } }
      : kind === 'react' ? { ...base, target, emoji: '👍', on: this.rnd(2) === 0 }
      : kind === 'pin' ? { ...base, target, on: this.rnd(2) === 0 }
      : { ...base, target };
    this.events.push(e);
    return e;
  }

  items(): Item[] {
    const out = new Map<number, Item>();
    for (const e of this.events) {
      if (isChange(e)) out.set(e.target!, changed(out.get(e.target!)!, e));
      else out.set(e.seq, itemOf(e, e.seq));
    }
    return [...out.values()];
  }

  history(ask: PageAsk, limit: number): HistoryPage {
    const all = this.items().map(({ v: _v, ...i }) => i);
    const page = { head: this.events.length, users: {} };
    const before = (pivot: number, n: number) => all.filter((i) => i.seq < pivot).slice(n ? -n : all.length);
    const after = (pivot: number, n: number) => all.filter((i) => i.seq > pivot).slice(0, n);
    if (ask.after !== undefined) {
      const items = after(ask.after, limit);
      return { ...page, items, more: all.some((i) => i.seq > (items.at(-1)?.seq ?? page.head)) };
    }
    if (ask.around !== undefined) {
      const items = [...before(ask.around, limit >> 1), ...after(ask.around - 1, limit - (limit >> 1))];
      const last = items.at(-1)?.seq ?? 0;
      return { ...page, items, more: all.some((i) => i.seq < (items[0]?.seq ?? ask.around!)), more_after: all.some((i) => i.seq > last) };
    }
    const items = before(ask.before ?? page.head + 1, limit);
    return { ...page, items, more: all.some((i) => i.seq < (items[0]?.seq ?? 0)) };
  }
}

const plain = ({ v: _v, ...i }: Item) => ({ ...i, reactions: i.reactions && Object.keys(i.reactions).length ? i.reactions : undefined, pinned: i.pinned || undefined });

function checkHeld(log: Log, model: Model, settled: boolean): void {
  const all = model.items();
  for (let k = 1; k < log.segs.length; k++) assert.ok(log.segs[k - 1]!.hi + 1 < log.segs[k]!.lo, 'stretches are apart');
  for (const s of log.segs) {
    const should = all.filter((i) => s.lo <= i.seq && i.seq <= s.hi).map((i) => i.seq);
    assert.deepEqual(s.items.map((i) => i.seq), should, 'a stretch holds all its items');
    if (!settled) continue;
    for (const i of s.items) assert.deepEqual(plain(i), plain(all.find((x) => x.seq === i.seq)!), `item ${i.seq}`);
  }
}

test(`events and pages in any order give what the server has (SEED=${SEED})`, () => {
  for (let run = 0; run < 50; run++) {
    const rnd = random(SEED * 1000 + run);
    const model = new Model(rnd);
    for (let n = rnd(60); n > 0; n--) model.add();
    let log = fresh(model.events.length);
    let live: LogEvent[] = []; // on their way
    const pages: { ask: PageAsk; page: HistoryPage }[] = [];
    for (let step = 0; step < 120; step++) {
      const what = rnd(10);
      if (what < 4) live.push(model.add());
      else if (what < 7 && live.length) {
        const at = rnd(8) === 0 ? rnd(live.length) : 0; // mostly in order
        log = take(log, live.splice(at, 1)[0]!);
      } else if (what < 9) {
        const pivot = 1 + rnd(model.events.length + 1);
        const ask = [{}, { before: pivot }, { after: pivot - 1 }, { around: pivot }][rnd(4)]!;
        pages.push({ ask, page: model.history(ask, 1 + rnd(12)) });
      } else if (pages.length) {
        const { ask, page } = pages.splice(rnd(pages.length), 1)[0]!;
        log = takePage(log, ask, page) ?? log;
      }
      checkHeld(log, model, false);
    }
    for (const e of live) log = take(log, e);
    for (let h = hole(log); h; h = hole(log)) for (const e of model.events.slice(h.after)) log = take(log, e);
    for (const { ask, page } of pages) log = takePage(log, ask, page) ?? log;
    assert.equal(log.cursor, model.events.length);
    checkHeld(log, model, true);
    const cut = trimmed(log, 5, 20, 10);
    checkHeld(cut, model, true);
  }
});

test('a window walks over the whole log, both ways, without a hole or a repeat', () => {
  for (let run = 0; run < 20; run++) {
    const rnd = random(SEED * 77 + run);
    const model = new Model(rnd);
    for (let n = 200 + rnd(900); n > 0; n--) model.add();
    const seqs = model.items().map((i) => i.seq);
    let log = fresh(model.events.length);
    const ask = (a: PageAsk) => (log = takePage(log, a, model.history(a, 100))!);
    const settle = (move: () => view.Move): view.Window | null => {
      for (let m = move(); m; m = move()) {
        if ('window' in m) return m.window;
        ask(m.ask);
      }
      return null;
    };
    let w = settle(() => (run % 2 ? view.around(log, seqs[rnd(seqs.length)]!) : view.atEnd(log)))!;
    const check = () => {
      const { items } = view.shown(log, w)!;
      const from = seqs.indexOf(items[0]!.seq);
      assert.deepEqual(items.map((i) => i.seq), seqs.slice(from, from + items.length));
      assert.ok(items.length <= view.VIEW_MAX, `${items.length} shown`);
    };
    for (let next = settle(() => view.newerThan(log, w)); next; next = settle(() => view.newerThan(log, w))) {
      w = next;
      check();
    }
    assert.ok(view.shown(log, w)!.atEnd);
    for (let next = settle(() => view.olderThan(log, w)); next; next = settle(() => view.olderThan(log, w))) {
      const first = view.shown(log, w)!.items[0]!.seq;
      w = next;
      check();
      assert.ok(view.shown(log, w)!.items[0]!.seq < first, 'it moves');
    }
    assert.ok(view.shown(log, w)!.atStart);
    assert.equal(view.shown(log, w)!.items[0]!.seq, seqs[0]);
  }
});

test('a window at the end does not grow for ever, and lets go at the end away from the reader', () => {
  const model = new Model(random(1));
  let log = takePage(fresh(0), {}, model.history({}, 50))!;
  let w: view.Window = { lo: 1, hi: Infinity };
  for (let i = 0; i < 2000; i++) {
    log = take(log, { seq: i + 1, ts: i, from: 1, kind: 'message', cid: `c${i}`, body: { text: 'x' } });
    w = view.bounded(log, w, true);
    assert.ok(view.shown(log, w)!.items.length <= view.VIEW_MAX + view.PAGE);
  }
  assert.equal(view.shown(log, w)!.items.at(-1)!.seq, 2000);
  const lo = view.shown(log, w)!.items[0]!.seq;
  for (let i = 2000; i < 3000; i++) {
    log = take(log, { seq: i + 1, ts: i, from: 1, kind: 'message', cid: `c${i}`, body: { text: 'x' } });
    w = view.bounded(log, w, false);
  }
  assert.equal(view.shown(log, w)!.items[0]!.seq, lo, 'what is being read stays');
  assert.equal(view.shown(log, w)!.atEnd, false);
});

test('a page older than the changes remembered is refused', () => {
  let log = fresh(0);
  log = take(log, { seq: 1, ts: 1, from: 1, kind: 'message', cid: 'a', body: { text: 'x' } });
  const page: HistoryPage = { items: [], head: 0, more: false, users: {} };
  for (let i = 2; i < 700; i++) log = take(log, { seq: i, ts: i, from: 1, kind: 'react', target: 1, emoji: '👍', on: i % 2 === 0 });
  assert.equal(takePage(log, {}, page), null);
  assert.equal(itemAt(log.segs, 1)?.reactions?.['👍'], undefined);
  assert.ok(tail(log));
});

test('a page that is ahead of the events never falls back while they come', () => {
  const item = { seq: 1, ts: 1, from: 1, kind: 'message' as const, cid: 'a', body: { text: 'third' }, edited_ts: 3 };
  let log = takePage(fresh(0), {}, { items: [item], head: 3, more: false, users: {} })!;
  const texts = [1, 2, 3, 4].map((seq) => {
    const e: LogEvent = seq === 1 ? { ...item, body: { text: 'first' } } : { seq, ts: seq, from: 1, kind: 'edit', target: 1, body: { text: ['', '', 'second', 'third', 'fourth'][seq]! } };
    log = take(log, e);
    return itemAt(log.segs, 1)!.body!.text;
  });
  assert.deepEqual(texts, ['third', 'third', 'third', 'fourth']);
});
