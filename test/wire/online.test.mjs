// SPDX-License-Identifier: MIT
// online.test.mjs - how many of a large chat are online, over several shards.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cid, Client } from './lib/client.mjs';
import { Server, until } from './lib/server.mjs';

const MEMBERS = 250, HERE = 40;
let server, people, chat, owner;
const names = Array.from({ length: MEMBERS }, (_, i) => `m${i}`);
const here = [];
const counts = (c) => c.frames.filter((f) => f.ev === 'online').map((f) => f.count);
const sees = (c, n) => until(() => counts(c).at(-1) === n, `the count is ${n}, not ${counts(c).at(-1)}`);

before(async () => {
  server = await Server.start({ env: { LINNET_SERVER_SHARDS: '4', LINNET_PRESENCE_GRACE: '1s', LINNET_LIMITS_SENDS_PER_10S: '100000' } });
  people = await server.people(...names, 'stranger');
  owner = await Client.join(server, people.m0);
  ({ chat } = await owner.ok('chat.create', { kind: 'group', title: 'Large', cid: cid(), members: names.slice(1, 200).map((n) => people[n].id) }));
  await owner.ok('chat.add', { chat, users: names.slice(200).map((n) => people[n].id) });
  here.push(owner);
  for (const name of names.slice(1, HERE)) here.push(await Client.join(server, people[name]));
});
after(async () => {
  for (const c of here) c.close();
  await server.done();
});

test('everyone who watches is told the same number, on whatever shard', async () => {
  for (const c of here) await c.ok('watch', { users: [], chat });
  for (const c of here) await sees(c, HERE);
});

test('a second device is not a second member; a newcomer is', async () => {
  const again = await Client.join(server, people.m5), more = await Client.join(server, people[names[HERE]]);
  await sees(owner, HERE + 1);
  again.close();
  more.close();
  await sees(owner, HERE);
});

test('a reconnect within the grace period is not seen', async () => {
  const told = counts(owner).length;
  here[7].close();
  here[7] = await Client.join(server, people.m7);
  await here[7].ok('watch', { users: [], chat });
  await sees(here[7], HERE);
  assert.equal(counts(owner).length, told);
});

test('watching is for members, ends with membership and with another watch', async () => {
  const stranger = await Client.join(server, people.stranger);
  assert.equal(await stranger.refused('watch', { users: [], chat }), 'forbidden');
  assert.equal(await stranger.refused('watch', { users: [], chat: 2147483647 }), 'forbidden');
  assert.deepEqual(counts(stranger), []);
  stranger.close();
  await here[3].ok('watch', { users: [] });
  const toldThree = counts(here[3]).length, four = here[4];
  await owner.ok('chat.remove', { chat, users: [four.id] });
  await sees(owner, HERE - 1);
  await four.settle();
  assert.ok(four.frames.some((f) => f.ev === 'chat_gone' && f.chat === chat));
  const gone = four.frames.findIndex((f) => f.ev === 'chat_gone');
  assert.ok(!four.frames.slice(gone).some((f) => f.ev === 'online'));
  assert.equal(counts(here[3]).length, toldThree);
  assert.equal(await four.refused('watch', { users: [], chat }), 'forbidden');
});

test('numbers come at most once a second', async () => {
  const from = owner.frames.length, begun = Date.now();
  const many = await Promise.all(names.slice(100, 160).map((n) => Client.join(server, people[n])));
  await sees(owner, HERE - 1 + many.length);
  const frames = owner.frames.slice(from).filter((f) => f.ev === 'online').length;
  assert.ok(frames <= Math.ceil((Date.now() - begun) / 1000) + 1, `${frames} frames`);
  for (const c of many) c.close();
});
