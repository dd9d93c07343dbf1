// SPDX-License-Identifier: MIT
// profile.test.mjs - the server's name, what a stranger may know, pins, mutes with an end, who may
// post, colours, times that are not shown; each after a restart too.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cid, Client, direct, group } from './lib/client.mjs';
import { Server } from './lib/server.mjs';

const PASSWORD = 'three or four words';
const secretOf = (path) => path.split('#')[1];
let server, owner, people;

before(async () => {
  server = await Server.start({ env: { LINNET_LIMITS_LOGINS_PER_5M: '100', LINNET_LIMITS_SENDS_PER_10S: '100000', LINNET_SERVER_HELP: 'Ask Mina.' } });
});
after(() => server.done());

test('before set-up: about says so, and the link can be looked at', async () => {
  assert.deepEqual((await server.post('about')).body, { server: 'linnet', version: (await server.admin('status')).body.version, setup: true, help: 'Ask Mina.' });
  const secret = secretOf((await server.admin('setup.link')).body.path);
  const seen = (await server.post('secret.peek', { secret })).body;
  assert.deepEqual([seen.what, seen.state], ['setup', 'open']);
  const made = await server.post('setup.accept', { secret, name: 'mina', display: 'Mina', password: PASSWORD, server: 'Saltmarsh Press', channel: 'Print room' });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  owner = made.body;
  const { chats } = (await server.post('chat.list', {}, owner)).body;
  assert.deepEqual([chats[0].id, chats[0].title], [made.body.chat, 'Print room']);
  assert.deepEqual((await server.post('about')).body.server, 'Saltmarsh Press');
  assert.equal((await server.post('secret.peek', { secret })).status, 403, 'a spent link looks like none');
  people = await server.people('ana', 'bea', 'cyn');
});

test('what stands behind an invite and a sign-in link, and who made it; never a chat', async () => {
  const { path } = (await server.post('invite.create', { uses: 1 }, owner)).body;
  const secret = secretOf(path);
  const open = (await server.post('secret.peek', { secret })).body;
  assert.deepEqual([open.what, open.state, open.server, open.by.display, open.chats], ['invite', 'open', 'Saltmarsh Press', 'Mina', undefined]);
  const joined = await server.post('invite.accept', { secret, name: 'dan', password: PASSWORD });
  assert.equal(joined.body.chat, owner.chat);
  assert.equal((await server.post('secret.peek', { secret })).body.state, 'used');
  const link = (await server.post('user.link', {}, owner)).body.path;
  const behind = (await server.post('secret.peek', { secret: secretOf(link) })).body;
  assert.deepEqual([behind.what, behind.state, behind.user.name], ['link', 'open', 'mina']);
  assert.equal((await server.post('secret.peek', { secret: 'nothing' })).status, 403);
});

test('looking at links is counted as trying to sign in', async () => {
  const small = await Server.start({ env: { LINNET_LIMITS_LOGINS_PER_5M: '1' } });
  const codes = [];
  for (let i = 0; i < 11; i++) codes.push((await small.post('secret.peek', { secret: `guess${i}` })).status);
  assert.deepEqual(codes, [...Array(10).fill(403), 429]);
  await small.done();
});

test('the server’s name: told to all, kept', async () => {
  const ana = await Client.join(server, people.ana);
  assert.equal(ana.hello.server, 'Saltmarsh Press');
  assert.equal((await server.post('server.update', { server: 'Reed & Sons' }, owner)).status, 200);
  assert.equal((await ana.see((f) => f.ev === 'server')).server, 'Reed & Sons');
  assert.equal((await server.post('server.update', { server: 'x'.repeat(65) }, owner)).status, 413);
  assert.equal((await server.post('server.update', { server: 'x'.repeat(64) }, owner)).status, 200);
  ana.close();
});

test('pins: latest first, pages, gone with their message, a hundred at most', async () => {
  const ana = await Client.join(server, people.ana), bea = await Client.join(server, people.bea);
  const chat = await direct(ana, bea);
  const seqs = [];
  for (let i = 0; i < 101; i++) seqs.push((await ana.send(chat, `m${i}`)).seq);
  for (const target of seqs.slice(0, 100)) await ana.ok('pin', { chat, target, on: true });
  assert.equal(await ana.refused('pin', { chat, target: seqs[100], on: true }), 'too_large');
  let page = await bea.ok('pins', { chat, limit: 3 });
  assert.deepEqual(page.items.map((i) => i.seq), [seqs[99], seqs[98], seqs[97]]);
  assert.deepEqual([page.more, page.items[0].pinned, page.users[ana.id].name], [true, true, 'ana']);
  page = await bea.ok('pins', { chat, before: seqs[2], limit: 50 });
  assert.deepEqual([page.items.map((i) => i.seq), page.more], [[seqs[1], seqs[0]], false]);
  await ana.ok('delete', { chat, target: seqs[99] });
  await ana.ok('pin', { chat, target: seqs[98], on: false });
  await ana.ok('pin', { chat, target: seqs[100], on: true });
  await server.kill();
  await server.start();
  const again = await Client.join(server, people.bea);
  assert.deepEqual((await again.ok('pins', { chat, limit: 2 })).items.map((i) => i.seq), [seqs[100], seqs[97]]);
  const none = await group(again, []);
  assert.deepEqual((await again.ok('pins', { chat: none })).items, []);
  again.close();
});

test('a mute ends by itself; a chat on top stays there; both are one’s own, and kept', async () => {
  let ana = await Client.join(server, people.ana);
  const bea = await Client.join(server, people.bea);
  const chat = await group(ana, [bea]);
  const until = Date.now() + 400;
  await ana.ok('chat.notify', { chat, muted: true, until, pinned: true });
  const told = (await ana.see((f) => f.ev === 'chat' && f.chat.id === chat && f.chat.muted)).chat;
  assert.deepEqual([told.muted_until, told.pinned], [until, true]);
  await new Promise((done) => setTimeout(done, until - Date.now() + 50));
  await server.kill();
  await server.start();
  ana = await Client.join(server, people.ana);
  const mine = ana.hello.chats.find((c) => c.id === chat);
  assert.deepEqual([mine.muted, mine.muted_until, mine.pinned], [undefined, undefined, true]);
  const hers = (await Client.join(server, people.bea)).hello.chats.find((c) => c.id === chat);
  assert.deepEqual([hers.muted, hers.pinned], [undefined, undefined]);
  ana.close();
});

test('who may post: moderators only, in the order of commits, and back', async () => {
  const ana = await Client.join(server, people.ana), bea = await Client.join(server, people.bea);
  const chat = await group(ana, [bea]);
  const { seq } = await bea.send(chat, 'mine');
  assert.equal(await ana.refused('chat.update', { chat, post: 'nobody' }), 'bad_request');
  await ana.ok('chat.update', { chat, post: 'moderators' });
  assert.equal((await bea.see((f) => f.ev === 'chat' && f.chat.id === chat && f.chat.post)).chat.post, 'moderators');
  assert.equal(await bea.refused('send', { chat, cid: cid(), body: { text: 'no' } }), 'forbidden');
  assert.equal(await bea.refused('edit', { chat, target: seq, body: { text: 'no' } }), 'forbidden');
  await bea.ok('react', { chat, target: seq, emoji: '👍', on: true });
  await ana.send(chat, 'yes');
  await ana.ok('chat.update', { chat, post: 'all' });
  await bea.send(chat, 'again');
  ana.close();
  bea.close();
});

test('history at a time: the first of that time or later, with what is around it', async () => {
  const ana = await Client.join(server, people.ana);
  const chat = await group(ana, []);
  const acks = [];
  for (let i = 0; i < 30; i++) acks.push(await ana.send(chat, `m${i}`));
  const { ts, seq } = acks[15];
  const first = acks.find((a) => a.ts === ts).seq;
  const page = await ana.ok('history', { chat, at: ts, limit: 4 });
  assert.deepEqual(page.items.map((i) => i.seq), [first - 2, first - 1, first, first + 1], `seq ${seq}`);
  assert.deepEqual([page.more, page.more_after], [true, true]);
  assert.equal((await ana.ok('history', { chat, at: 1, limit: 2 })).items.at(-1).seq, 1);
  assert.equal((await ana.ok('history', { chat, at: Date.now() + 1e9, limit: 2 })).items.at(-1).seq, acks[29].seq);
  ana.close();
});

test('a colour of one’s own; a time that is not shown', async () => {
  const ana = await Client.join(server, people.ana), bea = await Client.join(server, people.bea);
  await direct(ana, bea);
  await bea.ok('user.update', { color: 7, seen: false });
  assert.equal((await ana.see((f) => f.ev === 'user' && f.user.id === bea.id && f.user.color === 7)).user.color, 7);
  assert.equal(await bea.refused('user.update', { color: 13 }), 'bad_request');
  bea.close();
  await bea.closed;
  assert.equal((await ana.ok('user.get', { users: [bea.id] })).users[bea.id].last_seen, undefined);
  const again = await Client.join(server, people.bea);
  assert.deepEqual([again.hello.self.color, again.hello.self.seen], [7, false]);
  assert.deepEqual((await again.ok('watch', { users: [ana.id] })).last_seen, {});
  await again.ok('user.update', { color: 12, seen: true });
  assert.equal((await again.see((f) => f.ev === 'user' && f.user.id === again.id && f.user.color === undefined)).user.name, 'bea');
  ana.close();
  again.close();
});
