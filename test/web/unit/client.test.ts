// SPDX-License-Identifier: MIT
// client.test.ts - one connection against a socket of paper: hello, answers, heartbeat, back-off,
// resync, bye, the end of a sign-in; and frames recorded from the real server (frames.json) replayed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Client, type Frame, type Socket } from '../../../src/web/lib/net/client.js';
import { memoryDb } from '../../../src/web/lib/keep/db.js';
import { createSession } from '../../../src/web/lib/session.js';
import type { Connection, Hello } from '../../../src/web/lib/types.js';

class Paper implements Socket {
  static all: Paper[] = [];
  readyState = 0;
  sent: { op: string; id: number; [more: string]: unknown }[] = [];
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  constructor() {
    Paper.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close(code = 1000) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  open() {
    this.readyState = 1;
    this.onopen?.(undefined as never);
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  /** Answers the newest request of that name. */
  answer(op: string, more: object) {
    this.says({ re: this.sent.filter((f) => f.op === op).at(-1)!.id, ...more });
  }
}

const HELLO = { epoch: 'e', self: { id: 5, name: 'ana' }, heartbeat_s: 10, ttl_s: 30, chats: [], more: false, users: {} };
const turn = (ms = 0) => new Promise((done) => setTimeout(done, ms));

function begin() {
  Paper.all = [];
  const states: Connection[] = [];
  const frames: Frame[] = [];
  const hellos: Hello[] = [];
  const client = new Client({
    url: 'ws://x/ws', socket: () => new Paper(), resume: () => ({ epoch: 'e', cursors: { 1: 7 } }), random: () => 0,
    onHello: (h) => hellos.push(h), onFrame: (f) => frames.push(f), onState: (c) => states.push(c),
  });
  client.start();
  return { client, states, frames, hellos, ws: () => Paper.all.at(-1)! };
}

async function up(hello: object = HELLO) {
  const w = begin();
  w.ws().open();
  w.ws().answer('hello', hello);
  await turn();
  assert.equal(w.client.up, true);
  return w;
}

test('hello carries the cursors; requests wait for it, answers find theirs', async () => {
  const { client, ws, states, frames } = begin();
  await assert.rejects(client.request('react'), { code: 'offline' });
  ws().open();
  assert.deepEqual(ws().sent[0], { op: 'hello', id: 1, epoch: 'e', cursors: { 1: 7 } });
  ws().answer('hello', HELLO);
  await turn();
  const a = client.request('a'), b = client.request('b');
  ws().answer('b', { n: 2 });
  ws().answer('a', { error: { code: 'forbidden', message: 'no' } });
  assert.deepEqual(await b, { re: ws().sent.find((f) => f.op === 'b')!.id, n: 2 });
  await assert.rejects(a, { code: 'forbidden', transient: false });
  ws().says({ re: 999 });
  ws().says({ re: null, error: { code: 'forbidden' } });
  ws().says({ ev: 'typing', chat: 1, users: [6] });
  assert.equal(frames.length, 1);
  assert.deepEqual(states.map((s) => s.state), ['connecting', 'up']);
  client.stop();
});

test('a lost line ends every request as offline and comes back by itself, later each time', async () => {
  const { client, ws, states } = await up();
  const lost = client.request('a');
  ws().close(1006);
  await assert.rejects(lost, { code: 'offline', transient: true });
  const waits = () => states.filter((s) => s.state === 'waiting').map((s) => s.retryAt! - Date.now());
  assert.ok(waits()[0]! > 200 && waits()[0]! <= 250, String(waits()));
  assert.ok(states.at(-1)!.downSince! > 0);
  client.hurry();
  ws().close(1006);
  assert.ok(waits()[1]! > 400 && waits()[1]! <= 500, String(waits()));
  assert.equal(Paper.all.length, 2);
  client.stop();
});

test('resync: answers are unknown, hello is said on the same socket', async () => {
  const { client, ws, hellos } = await up();
  const asked = client.request('a');
  ws().says({ ev: 'resync' });
  await assert.rejects(asked, { code: 'unknown', transient: true });
  assert.equal(client.up, false);
  assert.equal(ws().sent.filter((f) => f.op === 'hello').length, 2);
  ws().says({ ev: 'resync' }); // and once more before it was answered
  ws().answer('hello', HELLO);
  await turn();
  assert.equal(client.up, true);
  assert.equal(hellos.length, 2);
  assert.equal(Paper.all.length, 1);
  client.stop();
});

test('bye says how long to stay away', async () => {
  const { client, ws, states } = await up();
  ws().says({ ev: 'bye', reason: 'shutdown', retry_ms: 5000 });
  ws().close(1001);
  const wait = states.at(-1)!.retryAt! - Date.now();
  assert.ok(wait > 5000 && wait < 5400, String(wait));
  client.stop();
});

test('a frame each heartbeat; silence beyond ttl is a lost line', async () => {
  const { client, ws, states } = await up({ ...HELLO, heartbeat_s: 0.02, ttl_s: 0.1 });
  const first = ws();
  await turn(60);
  assert.ok(first.sent.some((f) => f.op === 'ping'));
  for (let n = 0; n < 100 && states.at(-1)!.state === 'up'; n++) await turn(20);
  assert.equal(states.at(-1)!.state, 'waiting');
  assert.equal(first.readyState, 3);
  client.stop();
});

test('a sign-in that has ended stops all trying', async () => {
  const never = begin();
  never.ws().open();
  never.ws().answer('hello', { error: { code: 'unauthorized' } });
  await turn();
  assert.deepEqual(never.states.at(-1), { state: 'signed_out', reason: 'none' });
  const ended = await up();
  ended.ws().close(4001);
  assert.deepEqual(ended.states.at(-1), { state: 'signed_out', reason: 'revoked' });
  await turn(600);
  assert.equal(Paper.all.length, 1);
});

test('a busy hello waits as long as the server says', async () => {
  const { client, ws, states } = begin();
  ws().open();
  ws().answer('hello', { error: { code: 'busy', retry_ms: 700 } });
  await turn();
  const wait = states.at(-1)!.retryAt! - Date.now();
  assert.ok(wait > 700 && wait <= 960, String(wait));
  client.stop();
});

/* ---- recorded frames: what the real server said to one person (record-frames.mjs) ---- */

test('recorded frames give the state that the server described', async (t) => {
  const { hello, frames, end } = JSON.parse(readFileSync(join(process.env.FRAMES ?? 'unit', 'frames.json'), 'utf8')) as
    { hello: Hello; frames: Frame[]; end: { chats: { id: number; head: number; unread: number; mentions: number; members: number; title?: string }[] } };
  Paper.all = [];
  const session = createSession({ origin: 'http://x', db: memoryDb(), socket: () => new Paper() });
  t.after(() => session.stop());
  await session.start();
  const ws = Paper.all[0]!;
  ws.open();
  ws.answer('hello', hello);
  await turn(20);
  assert.equal(session.phase.value, 'ready');
  for (const f of frames) ws.says(f);
  for (const c of end.chats) {
    const { id, head, unread, mentions, members, title } = session.chat(c.id)!.meta.value;
    assert.deepEqual({ id, head, unread, mentions, members, title }, { id: c.id, head: c.head, unread: c.unread, mentions: c.mentions, members: c.members, title: c.title });
  }
  assert.equal(session.order.value.length, end.chats.length);
});
