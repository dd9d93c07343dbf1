// SPDX-License-Identifier: MIT
// restart.test.mjs - what a stop or a crash leaves: all that was acknowledged, and words on the way.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cid, Client, direct, eventsOf, group } from './lib/client.mjs';
import { Server, sleep, until, within } from './lib/server.mjs';

let server, who;

before(async () => {
  server = await Server.start({ env: { LINNET_LIMITS_SENDS_PER_10S: '1000000' } });
  who = await server.people('ana', 'bea');
});
after(() => server.done());

/** Sends without pause until the connection breaks; answers what was acknowledged, cid → seq. */
async function talk(client, chat) {
  const acked = new Map();
  const speak = async () => {
    while (!client.isClosed) {
      const key = cid();
      const reply = await client.ask('send', { chat, cid: key, body: { text: key } }).catch(() => null);
      if (reply?.seq) acked.set(key, reply.seq);
    }
  };
  await Promise.all(Array.from({ length: 16 }, speak));
  return acked;
}

function checkLog(events, acked) {
  assert.deepEqual(events.map((e) => e.seq), events.map((_, i) => i + 1), 'no holes');
  const messages = events.filter((e) => e.kind === 'message');
  const found = new Map(messages.map((e) => [e.cid, e]));
  assert.equal(found.size, messages.length, 'none twice');
  for (const [key, seq] of acked) assert.equal(found.get(key)?.seq, seq, 'acknowledged and there');
}

test('kill -9 in the middle of a sentence loses nothing acknowledged, and nothing seen', async () => {
  const ana = await Client.join(server, who.ana), bea = await Client.join(server, who.bea);
  const chat = await direct(ana, bea);
  const talking = talk(ana, chat);
  await until(() => bea.frames.filter((f) => f.ev === 'event').length > 200, 'talk is under way', 20000);
  await server.kill();
  const acked = await talking;
  assert.ok(acked.size > 100);
  await server.start();
  const back = await Client.join(server, who.bea, { epoch: bea.hello.epoch, cursors: {} });
  assert.equal(back.hello.epoch, bea.hello.epoch);
  const events = await eventsOf(back, chat);
  checkLog(events, acked);
  for (const f of bea.frames.filter((x) => x.ev === 'event' && x.cid)) {
    assert.equal(events[f.seq - 1]?.cid, f.cid, 'seen and then kept');
  }
  back.close();
});

test('SIGTERM: acked is kept, bye, 1001, out within 5 s', async () => {
  const ana = await Client.join(server, who.ana), bea = await Client.join(server, who.bea);
  const chat = await direct(ana, bea);
  const talking = talk(ana, chat);
  await sleep(200);
  const begun = performance.now();
  const { code, signal } = await server.stop();
  assert.ok(performance.now() - begun <= 5000);
  assert.deepEqual([code, signal], [0, null]);
  const closed = await within(1000, bea.closed, 'close');
  assert.equal(closed.code, 1001);
  assert.ok(bea.frames.some((f) => f.ev === 'bye'), 'bye was said');
  const acked = await talking;
  await server.start();
  const back = await Client.join(server, who.ana);
  checkLog(await eventsOf(back, chat), acked);
  back.close();
});

test('a second process on the same directory is refused, and harms nothing', async () => {
  const second = await server.cli(['serve', '--listen', '127.0.0.1:0']);
  assert.equal(second.code, 3, second.stderr);
  assert.match(second.stderr, /./);
  const ana = await Client.join(server, who.ana), bea = await Client.join(server, who.bea);
  assert.ok((await ana.send(await direct(ana, bea), 'still here')).seq);
  ana.close();
  bea.close();
});

test('tokens, chats, marks and names outlive a restart', async () => {
  const ana = await Client.join(server, who.ana), bea = await Client.join(server, who.bea);
  const chat = await direct(ana, bea);
  const { seq } = await ana.send(chat, 'kept');
  await bea.ok('mark', { chat, delivered: seq, read: seq });
  await ana.see((f) => f.ev === 'mark' && f.chat === chat && f.read === seq);
  await server.stop();
  await server.start();
  const back = await Client.join(server, who.bea);
  const told = back.hello.chats.find((c) => c.id === chat);
  assert.deepEqual([told.head, told.read_seq, told.unread], [seq, seq, 0]);
  assert.equal(back.hello.users[who.ana.id].name, 'ana');
  back.close();
});

test('the text of a deleted message leaves the database and its log within seconds', async () => {
  const server = await Server.start();
  const { ana } = await server.people('ana');
  const c = await Client.join(server, ana);
  const chat = await group(c, []);
  const word = `canary-${Math.random().toString(36).slice(2)}`;
  const { seq } = await c.send(chat, `first ${word}`);
  await c.ok('edit', { chat, target: seq, body: { text: `then ${word}` } });
  const files = () => ['linnet.db', 'linnet.db-wal'].filter((f) => readFileSync(join(server.dir, f)).includes(word));
  const before = await server.metrics();
  assert.deepEqual(files(), ['linnet.db-wal']);
  await c.ok('delete', { chat, target: seq });
  await until(() => files().length === 0, 'the word is nowhere', 8000);
  const now = await server.metrics();
  const rose = (name) => now[name] - before[name];
  assert.equal(rose('linnet_checkpoint_seconds_count'), 1, 'the checkpoint was timed');
  assert.equal(rose('linnet_checkpoint_seconds_bucket{le="+Inf"}'), 1);
  assert.ok(rose('linnet_checkpoint_seconds_sum') > 0);
  assert.ok(rose('linnet_commit_seconds_count') >= 1);
  await server.done();
});
