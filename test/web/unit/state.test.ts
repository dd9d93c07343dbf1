// SPDX-License-Identifier: MIT
// state.test.ts - counts, ticks, rows, order, badge, notices, typing; the outbox and the tabs.

import assert from 'node:assert/strict';
import test from 'node:test';
import { OpError } from '../../../src/web/lib/errors.js';
import { memoryDb, type Db } from '../../../src/web/lib/keep/db.js';
import { Outbox } from '../../../src/web/lib/keep/outbox.js';
import { leases, type Tabs, type Told } from '../../../src/web/lib/keep/tabs.js';
import { backoff, uuid7 } from '../../../src/web/lib/net/ids.js';
import { itemOf } from '../../../src/web/lib/state/item.js';
import { fresh, take } from '../../../src/web/lib/state/log.js';
import { ofMembers, raised, readers, tickLine, tickOf } from '../../../src/web/lib/state/marks.js';
import { canPost, counted, isMuted, metaOf, read, readUpTo } from '../../../src/web/lib/state/meta.js';
import { badgeOf, isQuiet, noticeOf, orderOf } from '../../../src/web/lib/state/order.js';
import { rowsOf } from '../../../src/web/lib/state/rows.js';
import { NOBODY, typingAt, typingOf } from '../../../src/web/lib/state/typing.js';
import type { ChatMeta, Item, LogEvent, LogView, Pending } from '../../../src/web/lib/types.js';

const ME = 5;
const msg = (seq: number, from: number, more: Partial<LogEvent> = {}): LogEvent => ({ seq, ts: seq * 1000, from, kind: 'message', cid: `c${seq}`, body: { text: `t${seq}` }, ...more });
const chat = (more: Partial<ChatMeta> = {}): ChatMeta => metaOf({ id: 1, kind: 'group', members: 3, ...more });

test('counts follow the server: others count, here and mention both count, own words read all', () => {
  let m = chat();
  m = counted(m, msg(1, 6), ME);
  m = counted(m, msg(2, 6, { mentions: [ME], here: true }), ME);
  m = counted(m, msg(2, 6, { mentions: [ME], here: true }), ME); // a repeat
  assert.deepEqual([m.unread, m.mentions, m.head, m.last?.seq], [2, 2, 2, 2]);
  m = counted(m, { seq: 3, ts: 3, from: 6, kind: 'delete', target: 2 }, ME);
  assert.deepEqual([m.unread, m.last?.deleted], [2, true], 'deleted later still counts');
  m = counted(m, { seq: 4, ts: 4, from: 6, kind: 'join', users: [9] }, ME);
  assert.deepEqual([m.unread, m.members], [2, 4]);
  m = counted(m, msg(5, ME), ME);
  assert.deepEqual([m.unread, m.mentions, m.read_seq], [0, 0, 5]);
  m = counted(m, { seq: 6, ts: 6, from: 6, kind: 'leave', users: [6, 9] }, ME);
  m = counted(m, { seq: 4, ts: 4, from: 6, kind: 'join', users: [9] }, ME); // a repeat
  assert.equal(m.members, 2);
});

test('a part read is counted from what is held, or asked for', () => {
  let log = fresh(0);
  let m = chat();
  for (let i = 1; i <= 4; i++) {
    const e = msg(i, 6, i === 4 ? { here: true } : {});
    log = take(log, e);
    m = counted(m, e, ME);
  }
  assert.deepEqual(read(m, log, 3, 3, ME).meta.unread, 1);
  assert.deepEqual(read(m, log, 3, 3, ME).meta.mentions, 1);
  assert.equal(read(m, log, 4, 4, ME).meta.unread, 0);
  assert.equal(read(m, fresh(4), 2, 2, ME).sure, false);
  assert.equal(read(m, fresh(4), 4, 4, ME).sure, true);
  assert.equal(read({ ...m, read_seq: 4 }, log, 2, 2, ME).meta.read_seq, 4, 'never falls');
  assert.equal(read({ ...m, unread_from: 2 }, log, 2, 2, ME).meta.unread_from, 0);
  assert.deepEqual([readUpTo(m), readUpTo({ ...m, unread: 0 }), readUpTo({ ...m, unread_from: 3 })], [0, null, 2]);
});

test('what a chat leaves out is plain again', () => {
  const old = { ...chat({ title: 'a', topic: 'b', muted: true, level: 'none', pinned: true }), last: itemOf(msg(1, 6), 1) };
  const m = metaOf({ id: 1, kind: 'group', members: 3, title: 'c' }, old);
  assert.deepEqual([m.title, m.topic, m.muted, m.level, m.pinned, m.last?.seq], ['c', undefined, false, undefined, false, 1]);
  assert.equal(isMuted({ muted: true, muted_until: 50 }, 49), true);
  assert.equal(isMuted({ muted: true, muted_until: 50 }, 50), false);
  assert.equal(isMuted({ muted: true, muted_until: 0 }, 50), true);
  assert.deepEqual([canPost(chat({ role: 'member' })), canPost(chat({ role: 'readonly' })), canPost(chat({ role: 'member', post: 'moderators' })), canPost(chat({ role: 'owner', post: 'moderators' })), canPost(chat({ archived: true }))], [true, false, false, true, false]);
});

test('ticks wait for all who tell; nobody known is only sent', () => {
  let marks = raised(new Map(), 6, 5, 3);
  marks = raised(marks, 7, 4, 0);
  marks = raised(marks, 6, 1, 1);
  const line = tickLine(marks, ME, 'group', 3, true);
  assert.deepEqual(line, { delivered: 4, read: 0 });
  assert.deepEqual([tickOf(line, 4), tickOf(line, 5), tickOf({ delivered: 5, read: 5 }, 5)], ['delivered', 'sent', 'read']);
  assert.deepEqual(tickLine(marks, ME, 'group', 3, false), { delivered: 0, read: 0 }, 'members not known');
  assert.deepEqual(tickLine(marks, ME, 'group', 51, true), { delivered: 0, read: 0 });
  assert.deepEqual(readers(marks, [5, 6, 7, 8], ME, ME, 3), { read: [6], delivered: [7], not: [], silent: [8] });
  assert.deepEqual([...ofMembers(marks, [{ user: 6, role: 'member' }, { user: 7, role: 'member', read: 9 }]).entries()], [[7, { read: 9, delivered: 9 }]]);
});

const view = (items: Item[], more: Partial<LogView> = {}): LogView => ({ status: 'ready', items, atStart: false, atEnd: true, busy: '', failed: '', stale: false, place: null, divider: null, ...more });
const T = new Date(2026, 10, 24, 12, 0).getTime();
const at = (seq: number, from: number, min: number, more: Partial<Item> = {}): Item => ({ ...itemOf(msg(seq, from), seq), ts: T + min * 60_000, ...more });
const short = (items: Item[], more: Partial<LogView> = {}, pending: Pending[] = []) =>
  rowsOf(view(items, more), pending, ME).map((r) => (r.type === 'message' ? `${r.first ? '[' : ''}${r.item.seq}${r.last ? ']' : ''}` : r.type === 'pending' ? `${r.first ? '[' : ''}p${r.last ? ']' : ''}` : 'items' in r ? `${r.type}${r.items.length}` : r.type));

test('rows: groups of five minutes, days, divider, folded runs', () => {
  assert.deepEqual(short([at(1, 6, 0), at(2, 6, 5), at(3, 6, 10.1), at(4, 7, 10.2)]), ['day', '[1', '2]', '[3]', '[4]']);
  assert.deepEqual(short([at(1, 6, 0), at(2, 6, 1)], { divider: { after: 1, count: 1 }, atStart: true }), ['start', 'day', '[1]', 'unread', '[2]']);
  assert.deepEqual(short([at(1, 6, 0), at(2, 6, 13 * 60)]), ['day', '[1]', 'day', '[2]']);
  const gone = (seq: number) => at(seq, 6, 1, { deleted: true, body: null });
  assert.deepEqual(short([gone(1), gone(2), at(3, 6, 1), gone(4), gone(5), gone(6)]), ['day', 'deleted1', 'deleted1', '[3]', 'deleted3']);
  const join = (seq: number, from: number, users: number[], min = 1) => at(seq, from, min, { kind: 'join', users, cid: undefined });
  assert.deepEqual(short([join(1, 6, [8]), join(2, 6, [9]), join(3, 7, [10]), join(4, 11, [11]), join(5, 12, [12]), join(6, 12, [12], 12)]), ['day', 'system2', 'system1', 'system2', 'system1']);
  const p: Pending = { cid: 'cx', chat: 1, ts: T + 60_000, body: { text: 'x' }, state: 'queued', kept: true };
  assert.deepEqual(short([at(1, ME, 0)], {}, [p]), ['day', '[1', 'p]']);
  assert.deepEqual(short([at(1, ME, 0, { cid: 'cx' })], {}, [p]), ['day', '[1]'], 'its event has come');
  assert.deepEqual(short([at(1, ME, 0)], { atEnd: false }, [p]), ['day', '[1]']);
  const key = (rows: ReturnType<typeof rowsOf>) => rows.at(-1)!.key;
  assert.equal(key(rowsOf(view([]), [p], ME)), key(rowsOf(view([at(9, ME, 1, { cid: 'cx' })]), [], ME)), 'the row stays');
});

test('order, badge, quiet hours, notices', () => {
  const list = [chat({ id: 1, last_ts: 5 }), chat({ id: 2, last_ts: 9 }), chat({ id: 3, last_ts: 1, pinned: true })];
  assert.deepEqual(orderOf(list), [3, 2, 1]);
  const direct = { kind: 'direct' as const, unread: 2, mentions: 1 };
  assert.equal(badgeOf([chat({ unread: 7, mentions: 1 }), chat(direct), chat({ ...direct, muted: true })], 0).count, 1 + 2 + 1);
  const night = { from: 22 * 60, to: 8 * 60 };
  assert.deepEqual([new Date(2026, 1, 1, 23).getTime(), new Date(2026, 1, 1, 7, 59).getTime(), new Date(2026, 1, 1, 8).getTime()].map((t) => isQuiet(night, t)), [true, true, false]);
  const say = (m: Partial<ChatMeta>, e: Partial<LogEvent> = {}, watched = false) => noticeOf(chat(m), msg(9, 6, e), ME, watched, null, 0) !== null;
  assert.deepEqual([say({}), say({}, {}, true), say({}, { from: ME }), say({ level: 'none' }, { mentions: [ME] }), say({ level: 'mentions' }), say({ level: 'mentions' }, { mentions: [ME] }), say({ muted: true })], [true, false, false, false, false, true, false]);
  assert.deepEqual(typingOf(typingOf(NOBODY, [6], ME, 0), [7, 5, 6], ME, 1).users, [6, 7]);
  assert.deepEqual(typingAt(typingOf(NOBODY, [6], ME, 0), 7000), NOBODY);
});

test('ids sort by time; waits double up to 30 s', () => {
  const ids = Array.from({ length: 500 }, () => uuid7());
  assert.deepEqual([...ids].sort(), ids);
  assert.match(ids[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([backoff(0, 0), backoff(0, 1), backoff(3, 1), backoff(99, 1), backoff(99, 0)], [250, 500, 4000, 30_000, 15_000]);
});

/* ---- outbox ---- */

function world(db: Db) {
  const ears: ((m: Told) => void)[] = [];
  const lock = leases(db, () => new Promise((done) => setTimeout(done, 5)));
  return (): Tabs => {
    let mine: (m: Told) => void = () => {};
    return {
      tell: (m) => ears.filter((e) => e !== mine).forEach((e) => setTimeout(e, 0, structuredClone(m))),
      hear: (f) => (ears.push((mine = f)), () => {}),
      alone: (n, fn) => lock.request(n, fn),
      close() {},
    };
  };
}

const entry = (cid: string, c = 1) => ({ cid, chat: c, ts: 1, body: { text: cid } });
const settle = () => new Promise((done) => setTimeout(done, 60));

test('the outbox keeps the order, retries what may pass, keeps what is refused, sends for one scope only', async () => {
  const db = { ...memoryDb(), durable: true };
  const sent: string[] = [];
  let up = false;
  const refuse: Record<string, { code: string; retry_ms?: number }[]> = { b: [{ code: 'busy' }, { code: 'unknown' }], c: [{ code: 'forbidden' }] };
  const send = async (p: Pending) => {
    const no = refuse[p.cid]?.shift();
    if (no) throw new OpError(no);
    sent.push(p.cid);
    return { seq: sent.length };
  };
  const box = new Outbox({ db, tabs: world(db)(), send, up: () => up, changed() {}, pause: async () => {} });
  await box.open('e.5');
  for (const cid of ['a', 'b', 'c', 'd']) assert.equal((await box.add(entry(cid))).state, 'queued');
  assert.equal(box.waiting, 4);
  assert.equal((await db.all('outbox', 'e.5/')).length, 4, 'kept before anything is sent');
  const other = new Outbox({ db, tabs: world(db)(), send, up: () => true, changed() {} });
  await other.open('e.6');
  assert.deepEqual(sent, [], 'another person sends nothing of it');
  up = true;
  await box.pump();
  assert.deepEqual(sent, ['a', 'b', 'd']);
  assert.deepEqual(box.of(1).map((p) => `${p.cid}:${p.state}:${p.reason ?? ''}`), ['a:sent:', 'b:sent:', 'c:failed:forbidden', 'd:sent:']);
  box.seen('a');
  assert.equal(box.of(1).length, 3);
  box.retry('c');
  await settle();
  assert.deepEqual(sent, ['a', 'b', 'd', 'c']);
  assert.equal((await db.all('outbox', 'e.5/')).length, 0);
});

test('a line that breaks leaves the message queued; the next start sends it', async () => {
  const db = { ...memoryDb(), durable: true };
  let up = true;
  const box = new Outbox({ db, tabs: world(db)(), up: () => up, changed() {}, send: async () => {
    up = false;
    throw new OpError({ code: 'offline' });
  } });
  await box.open('e.5');
  await box.add(entry('a'));
  await settle();
  assert.equal(box.of(1)[0]!.state, 'queued');
  await box.discard('zz');
  const sent: string[] = [];
  const next = new Outbox({ db, tabs: world(db)(), up: () => true, changed() {}, send: async (p) => (sent.push(p.cid), { seq: 1 }) });
  await next.open('e.5');
  await settle();
  assert.deepEqual(sent, ['a']);
});

test('of many tabs one sends at a time, and nothing twice', async () => {
  const db = { ...memoryDb(), durable: true };
  const tabs = world(db);
  const sent: string[] = [];
  let busy = 0;
  const send = async (p: Pending) => {
    assert.equal(++busy, 1, 'one at a time');
    await new Promise((done) => setTimeout(done, 1));
    busy--;
    sent.push(p.cid);
    return { seq: sent.length };
  };
  const boxes = [0, 1, 2].map(() => new Outbox({ db, tabs: tabs(), up: () => true, changed() {}, send }));
  await Promise.all(boxes.map((b) => b.open('e.5')));
  await Promise.all(Array.from({ length: 15 }, (_, i) => boxes[i % 3]!.add(entry(`c${String(i).padStart(2, '0')}`))));
  for (let n = 0; n < 40 && sent.length < 15; n++) await settle();
  await settle();
  assert.deepEqual([...new Set(sent)].length, 15);
  assert.equal(sent.length, 15);
  await boxes[0]!.discard('c99');
});

test('storage that refuses: the message is still sent, and is not called kept', async () => {
  const db: Db = { ...memoryDb(), durable: true, put: () => Promise.reject(new Error('full')) };
  const sent: string[] = [];
  let up = false;
  const box = new Outbox({ db, tabs: world(memoryDb())(), up: () => up, changed() {}, send: async (p) => (sent.push(p.cid), { seq: 1 }) });
  await box.open('e.5');
  assert.equal((await box.add(entry('a'))).kept, false);
  up = true;
  await box.pump();
  assert.deepEqual(sent, ['a']);
});
