// SPDX-License-Identifier: MIT
// slow.test.mjs - peers that do not read, do not finish, or do not make sense: memory stays bounded, the
// others are served, and who comes back catches up from the log.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, cid, eventsOf, group } from './lib/client.mjs';
import { Server, until, within } from './lib/server.mjs';

let server, people;
before(async () => {
  server = await Server.start({ env: { LINNET_LIMITS_SENDS_PER_10S: '1000000' } });
  people = await server.people('ana', 'bea', 'tomas');
});
after(() => server.done());

const rssBytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) * 1024;

test('a client that never reads is told to resync, and the others go on', async () => {
  const ana = await Client.join(server, people.ana);
  const bea = await Client.join(server, people.bea);
  const tomas = await Client.join(server, people.tomas);
  const chat = await group(ana, [bea, tomas]);
  await bea.see((f) => f.ev === 'chat' && f.chat.id === chat);
  const before = rssBytes();
  bea.socket._socket.pause();
  const text = 'x'.repeat(16000);
  const count = 2000; // 32 MB: more than the kernel's buffers take
  for (let i = 0; i < count; i += 8) {
    await Promise.all(Array.from({ length: 8 }, () => ana.send(chat, text)));
  }
  await until(() => tomas.frames.filter((f) => f.ev === 'event' && f.kind === 'message').length === count, 'all reach Tomás', 20000);
  const grown = rssBytes() - before;
  // the recent log and SQLite's cache, not 32 MB a reader; a sanitizer's red zones and shadow come on top
  assert.ok(grown < (process.env.ASAN_OPTIONS ? 480e6 : 160e6), `memory grew by ${grown} bytes`);
  bea.socket._socket.resume();
  await bea.see((f) => f.ev === 'resync', 'resync', 10000);
  const got = bea.frames.filter((f) => f.ev === 'event' && f.chat === chat);
  const last = got.at(-1).seq;
  assert.deepEqual(got.map((f) => f.seq), Array.from({ length: got.length }, (_, i) => got[0].seq + i), 'no hole before resync');
  assert.equal(await bea.refused('chat.list'), 'unauthorized', 'nothing but hello is answered');
  const again = await bea.ok('hello', { cursors: { [chat]: last } });
  assert.equal(again.chats[0].gap, true);
  const rest = await eventsOf(bea, chat, last);
  assert.equal(rest.at(-1).seq, again.chats[0].head);
  assert.equal(got.filter((f) => f.kind === 'message').length + rest.filter((e) => e.kind === 'message').length, count);
  await ana.send(chat, 'and live again');
  await bea.event(chat, 'message', (f) => f.body.text === 'and live again');
  for (const c of [ana, bea, tomas]) c.close();
});

test('garbage on every port closes that connection and nothing else', async () => {
  const ana = await Client.join(server, people.ana);
  const targets = [{ port: server.port, host: '127.0.0.1' }, { path: join(server.dir, 'admin.sock') }];
  for (const target of targets) {
    for (let i = 0; i < 40; i++) {
      const socket = net.connect(target);
      socket.on('error', () => {});
      const ended = new Promise((done) => socket.once('close', done));
      socket.resume();
      socket.write(randomBytes(1 + i * 37));
      socket.end('\r\n\r\n');
      await within(5000, ended, 'the server closes');
    }
  }
  await ana.settle();
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  ana.close();
});

test('malformed frames get their close code', async () => {
  const table = [
    ['a reserved bit', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['no mask', Buffer.from([0x81, 0x01, 0x41]), 1002],
    ['not UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]), 1007],
    ['larger than a message may be', Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]), 1009],
  ];
  for (const [what, bytes, code] of table) {
    const c = new Client(server);
    await c.connect();
    c.socket._socket.write(bytes);
    assert.equal((await within(5000, c.closed, what)).code, code, what);
  }
});

test('a WebSocket without hello is closed after its time, pings or not', { timeout: 30000 }, async () => {
  const c = new Client(server);
  await c.connect();
  const ticker = setInterval(() => c.say('ping'), 1000);
  const { code } = await within(20000, c.closed, 'closed');
  clearInterval(ticker);
  assert.equal(code, 4008);
});

test('half-open requests are closed after their time, and a healthy client is served meanwhile', { timeout: 40000 }, async () => {
  const ana = await Client.join(server, people.ana);
  const sockets = Array.from({ length: 200 }, () => {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.ended = new Promise((done) => socket.once('close', done));
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-');
    return socket;
  });
  const dripper = setInterval(() => sockets.forEach((s) => s.writable && s.write('a')), 500);
  const began = performance.now();
  await ana.ok('chat.list');
  assert.ok(performance.now() - began < 1000);
  await within(20000, Promise.all(sockets.map((s) => s.ended)), 'all closed');
  clearInterval(dripper);
  await ana.ok('chat.list');
  ana.close();
});

test('in flight without limit: all are answered, in order', async () => {
  const ana = await Client.join(server, people.ana);
  const bea = await Client.join(server, people.bea);
  const chat = await group(ana, [bea], 'Many');
  const acks = await Promise.all(Array.from({ length: 3000 }, (_, i) => ana.ok('send', { chat, cid: cid(), body: { text: `${i}` } })));
  assert.deepEqual(acks.map((a) => a.seq), Array.from({ length: 3000 }, (_, i) => acks[0].seq + i));
  ana.close();
  bea.close();
});
