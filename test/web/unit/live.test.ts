// SPDX-License-Identifier: MIT
// live.test.ts - sessions of the client's core against the real server, without a browser.

import assert from 'node:assert/strict';
import test from 'node:test';
import WebSocket from 'ws';
import { Server, until } from '../../wire/lib/server.mjs';
import { memoryDb, type Db } from '../../../src/web/lib/keep/db.js';
import type { Socket } from '../../../src/web/lib/net/client.js';
import { createSession, type Session } from '../../../src/web/lib/session.js';
import { tickOf } from '../../../src/web/lib/state/marks.js';

interface Person {
  id: number;
  token: string;
}

const open: Session[] = [];

async function sign(server: Server, who: Person, db: Db = memoryDb()): Promise<Session & { sockets: WebSocket[] }> {
  const sockets: WebSocket[] = [];
  const session = createSession({
    origin: server.url,
    db,
    socket: (url, protocol) => {
      const ws = new WebSocket(url.replace(/:\d+\//, `:${server.port}/`), protocol, { headers: { Authorization: `Bearer ${who.token}` } });
      sockets.push(ws);
      return ws as unknown as Socket;
    },
  });
  open.push(session);
  await session.start();
  await until(() => session.connection.value.state === 'up', 'up');
  return Object.assign(session, { sockets });
}

const texts = (s: Session, chat: number) =>
  s.chat(chat)!.rows.value.flatMap((r) => (r.type === 'message' ? [r.item.body!.text] : r.type === 'pending' ? [`(${r.pending.body.text})`] : []));

test('two people: send, ticks, typing, edits, unread, a restart', { timeout: 60_000 }, async (t) => {
  const server = await Server.start();
  t.after(() => server.done());
  t.after(() => open.splice(0).forEach((s) => s.stop()));
  const { ana, bea } = await server.people('ana', 'bea');
  const a = await sign(server, ana);
  const b = await sign(server, bea);
  const chat = await a.createChat({ kind: 'direct', members: [bea.id] });
  await until(() => a.chat(chat) && b.chat(chat), 'the chat');
  await a.open(chat);
  assert.equal(a.chat(chat)!.view.value.status, 'ready');
  assert.equal(a.chat(chat)!.view.value.atStart, true);

  for (let i = 0; i < 5; i++) await a.send(chat, { body: { text: `m${i}` } });
  await until(() => texts(a, chat).join() === 'm0,m1,m2,m3,m4', 'in order, once');
  await until(() => b.chat(chat)!.meta.value.unread === 5, 'unread 5');
  assert.equal(b.badge.value.count, 5);
  assert.equal(a.chat(chat)!.outbox.value.length, 0);
  const last = () => a.chat(chat)!.meta.value.head;
  await until(() => tickOf(a.chat(chat)!.ticks.value, last()) === 'delivered', 'delivered');

  await b.open(chat);
  const v = b.chat(chat)!.view.value;
  assert.deepEqual([v.divider?.count, v.place?.align], [5, 'unread']);
  b.mark(chat, last());
  assert.equal(b.chat(chat)!.meta.value.unread, 0);
  await until(() => tickOf(a.chat(chat)!.ticks.value, last()) === 'read', 'read');

  b.typing(chat);
  await until(() => a.chat(chat)!.typing.value.includes(bea.id), 'typing');
  await until(() => a.presence(bea.id) === 'on', 'presence');

  const seq = last();
  await a.edit(chat, seq, { text: 'm4 edited' });
  await b.react(chat, seq, '👍', true);
  await until(() => b.held(chat, seq)?.body?.text === 'm4 edited', 'edited');
  await until(() => a.held(chat, seq)?.reactions?.['👍']?.length === 1, 'reaction');
  await a.del(chat, seq - 1);
  await until(() => b.held(chat, seq - 1)?.deleted, 'deleted');

  await server.kill();
  await until(() => a.connection.value.state !== 'up', 'down');
  const p = await a.send(chat, { body: { text: 'while down' } });
  assert.equal(p.state, 'queued');
  assert.deepEqual(texts(a, chat).at(-1), '(while down)');
  await assert.rejects(a.react(chat, seq, '👍', true), { code: 'offline' });
  await server.start();
  a.retryNow();
  b.retryNow();
  await until(() => texts(a, chat).at(-1) === 'while down' && texts(b, chat).at(-1) === 'while down', 'sent after the restart', 30_000);
  assert.equal(texts(b, chat).filter((x) => x === 'while down').length, 1);
});

test('a long log: pages in both directions, a jump, a gap while away', { timeout: 60_000 }, async (t) => {
  const server = await Server.start();
  t.after(() => server.done());
  t.after(() => open.splice(0).forEach((s) => s.stop()));
  const { ana, bea } = await server.people('ana', 'bea');
  const { chat } = (await server.post('chat.create', { kind: 'direct', members: [bea.id] }, { token: ana.token })).body;
  const say = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const r = await server.post('send', { chat, cid: `c${i}`, body: { text: `t${i}` } }, { token: ana.token });
      if (r.status === 429) i -= await new Promise((done) => setTimeout(done, r.body.error.retry_ms, 1));
    }
  };
  await say(0, 180);
  const db = memoryDb();
  const b = await sign(server, bea, db);
  await b.open(chat, 'end');
  assert.equal(texts(b, chat).at(-1), 't179');
  while (!b.chat(chat)!.view.value.atStart) await b.older(chat);
  assert.equal(texts(b, chat).length, 180);
  assert.equal(texts(b, chat)[0], 't0');

  await b.open(chat, { seq: 40 });
  const v = b.chat(chat)!.view.value;
  assert.equal(v.place?.seq, 40);
  assert.ok(v.items.some((i) => i.seq === 40));
  while (!b.chat(chat)!.view.value.atEnd) await b.newer(chat);
  assert.equal(texts(b, chat).at(-1), 't179');

  b.sockets.at(-1)!.terminate();
  await until(() => b.connection.value.state !== 'up', 'down');
  await server.post('edit', { chat, target: b.chat(chat)!.meta.value.head, body: { text: 't179 edited' } }, { token: ana.token });
  await say(180, 250);
  b.retryNow();
  await until(() => texts(b, chat).at(-1) === 't249', 'the gap is filled', 20_000);
  assert.equal(new Set(texts(b, chat)).size, texts(b, chat).length);
  assert.ok(texts(b, chat).includes('t179 edited'));

  await b.flush();
  b.stop();
  const offline = createSession({ origin: 'http://127.0.0.1:1', db, socket: () => ({ readyState: 0, send() {}, close() {}, onopen: null, onmessage: null, onclose: null }) });
  open.push(offline);
  await offline.start();
  assert.equal(offline.phase.value, 'ready');
  await offline.open(chat);
  assert.equal(offline.chat(chat)!.view.value.stale, true);
  assert.equal(texts(offline, chat).at(-1), 't249');
});

test('two tabs send the same outbox once; a sign-out ends the other', { timeout: 60_000 }, async (t) => {
  const server = await Server.start();
  t.after(() => server.done());
  t.after(() => open.splice(0).forEach((s) => s.stop()));
  const { ana, bea } = await server.people('ana', 'bea');
  const db = { ...memoryDb(), durable: true };
  const a1 = await sign(server, ana, db);
  const a2 = await sign(server, ana, db);
  const chat = await a1.createChat({ kind: 'direct', members: [bea.id] });
  await until(() => a1.chat(chat) && a2.chat(chat), 'the chat');
  await Promise.all([a1.open(chat), a2.open(chat)]);
  for (let i = 0; i < 20; i++) await (i % 2 ? a1 : a2).send(chat, { body: { text: `x${i}` } });
  await until(() => texts(a1, chat).length === 20 && !a1.chat(chat)!.outbox.value.length, 'all sent');
  await until(() => texts(a2, chat).length === 20 && !a2.chat(chat)!.outbox.value.length, 'all seen');
  const page = await server.post('history', { chat, limit: 100 }, { token: bea.token });
  assert.equal(page.body.items.filter((i: { kind: string }) => i.kind === 'message').length, 20);
  a1.setDraft(chat, { text: 'half a th' });
  await until(() => a2.chat(chat)!.draft.value.text === 'half a th', 'the draft');
  await server.post('logout', {}, { token: ana.token });
  await until(() => a2.phase.value === 'signed_out', 'signed out');
  assert.equal(a2.connection.value.reason, 'revoked');
});
