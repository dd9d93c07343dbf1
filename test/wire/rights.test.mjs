// SPDX-License-Identifier: MIT
// rights.test.mjs - who may do what: every operation × every kind of caller × own, other's, deleted
// and guessed objects, through both doors, and again after a restart.
//
// TABLE has a row for each case; its columns are COLUMNS. An operation of include/linnet/model/op.h
// without a row fails. What is allowed is played in a chat of its own, so that no cell helps another;
// what is refused changes nothing, and shares one a caller.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cid, Client } from './lib/client.mjs';
import { Server } from './lib/server.mjs';

const PASSWORD = 'three or four words';
const GUESSED = 1999999999;
const CODES = { y: 'ok', f: 'forbidden', a: 'unauthorized', b: 'bad_request', c: 'conflict', u: 'unknown_op' };

// Who asks. The first four have no sign-in that counts; `invited` holds an invite link and nothing
// else. The chat's people stand in it as they are called; admin and boss (the server's owner) are
// not in it. `former` was a member and was removed.
const OUT = ['anonymous', 'expired', 'revoked', 'disabled'];
const COLUMNS = ['guest', 'stranger', 'former', 'readonly', 'member', 'moderator', 'owner', 'bot', 'admin', 'boss'];

// op, what about it, arguments from the scene, cells by COLUMNS. x: what OUT get (a where not given).
// 'only' names the doors: h(ttp), w(s).
//                                                              guest
//                                                              |stranger
//                                                              ||former
//                                                              |||readonly
//                                                              ||||member
//                                                              |||||moderator
//                                                              ||||||owner
//                                                              |||||||bot
//                                                              ||||||||admin
//                                                              |||||||||boss
const TABLE = [
  ['send', 'own chat', (s) => ({ chat: s.chat, cid: cid(), body: { text: 'x' } }), 'ffffyyyyff'],
  ['send', 'guessed chat', () => ({ chat: GUESSED, cid: cid(), body: { text: 'x' } }), 'ffffffffff'],
  ['send', 'archived chat', (s) => ({ chat: s.archived, cid: cid(), body: { text: 'x' } }), 'ffffffffff'],
  ['edit', 'own message', (s) => ({ chat: s.chat, target: s.mine, body: { text: 'y' } }), 'ffffyyyyff'],
  ['edit', 'other’s message', (s) => ({ chat: s.chat, target: s.others, body: { text: 'y' } }), 'ffffffffff'],
  ['edit', 'deleted message', (s) => ({ chat: s.chat, target: s.gone, body: { text: 'y' } }), 'ffffffffff'],
  ['edit', 'guessed message', (s) => ({ chat: s.chat, target: 4000000, body: { text: 'y' } }), 'ffffffffff'],
  ['edit', 'a message of another chat', (s) => ({ chat: s.archived, target: s.mine, body: { text: 'y' } }), 'ffffffffff'],
  ['delete', 'own message', (s) => ({ chat: s.chat, target: s.mine }), 'ffffyyyyff'],
  ['delete', 'other’s message', (s) => ({ chat: s.chat, target: s.others }), 'fffffyyfff'],
  ['delete', 'deleted message', (s) => ({ chat: s.chat, target: s.gone }), 'ffffffffff'],
  ['delete', 'guessed message', (s) => ({ chat: s.chat, target: 4000000 }), 'ffffffffff'],
  ['react', 'other’s message', (s) => ({ chat: s.chat, target: s.others, emoji: '👍', on: true }), 'ffffyyyyff'],
  ['react', 'deleted message', (s) => ({ chat: s.chat, target: s.gone, emoji: '👍', on: true }), 'ffffffffff'],
  ['pin', 'other’s message', (s) => ({ chat: s.chat, target: s.others, on: true }), 'fffffyyfff'],
  ['pin', 'guessed message', (s) => ({ chat: s.chat, target: 4000000, on: true }), 'ffffffffff'],
  ['mark', 'own chat', (s) => ({ chat: s.chat, read: 1 }), 'fffyyyyyff'],
  ['mark', 'guessed chat', () => ({ chat: GUESSED, read: 1 }), 'ffffffffff'],
  ['unread', 'own chat', (s) => ({ chat: s.chat, from: 1 }), 'fffyyyyyff'],
  ['receipts', 'own chat', (s) => ({ chat: s.chat, seq: 1 }), 'fffyyyyyff'],
  ['history', 'own chat', (s) => ({ chat: s.chat }), 'fffyyyyyff'],
  ['history', 'archived chat', (s) => ({ chat: s.archived }), 'fffyyyyyff'],
  ['history', 'guessed chat', () => ({ chat: GUESSED }), 'ffffffffff'],
  ['pins', 'own chat', (s) => ({ chat: s.chat }), 'fffyyyyyff'],
  ['pins', 'guessed chat', () => ({ chat: GUESSED }), 'ffffffffff'],
  ['events', 'own chat', (s) => ({ chat: s.chat, after: 0 }), 'fffyyyyyff'],
  ['events', 'guessed chat', () => ({ chat: GUESSED, after: 0 }), 'ffffffffff'],
  ['file.begin', 'an upload', () => ({ name: 'x', size: 1 }), 'yyyyyyyyyy'],
  ['file.state', 'guessed file', () => ({ file: 'f'.repeat(32) }), 'ffffffffff'],
  ['file.commit', 'guessed file', () => ({ file: 'f'.repeat(32) }), 'ffffffffff'],
  ['file.drop', 'guessed file', () => ({ file: 'f'.repeat(32) }), 'ffffffffff'],
  ['file.get', 'guessed file', () => ({ file: 'f'.repeat(32) }), 'ffffffffff'],
  ['chat.create', 'a group', () => ({ kind: 'group', title: 'g', cid: cid(), members: [] }), 'fyyyyyyyyy'],
  ['chat.update', 'own chat', (s) => ({ chat: s.chat, title: 'new' }), 'fffffyyfff'],
  ['chat.update', 'archived chat', (s) => ({ chat: s.archived, archived: false }), 'fffffyyfff'],
  ['chat.update', 'guessed chat', () => ({ chat: GUESSED, title: 'new' }), 'ffffffffff'],
  ['chat.join', 'a group', (s) => ({ chat: s.chat }), 'ffffffffff'],
  ['chat.join', 'a channel', (s) => ({ chat: s.channel }), 'fyyyyyyfyy'],
  ['chat.join', 'guessed chat', () => ({ chat: GUESSED }), 'ffffffffff'],
  ['chat.leave', 'own chat', (s) => ({ chat: s.chat }), 'fffyyyyyff'],
  ['chat.add', 'own chat', (s) => ({ chat: s.chat, users: [who.stranger.id] }), 'ffffyyyyff'],
  ['chat.add', 'oneself', (s, me) => ({ chat: s.chat, users: [me.id] }), 'ffffyyyyff'],
  ['chat.remove', 'who is lower', (s) => ({ chat: s.chat, users: [who.readonly.id] }), 'fffffyyfff'],
  ['chat.remove', 'the owner', (s) => ({ chat: s.chat, users: [who.owner.id] }), 'ffffffyfff'],
  ['chat.role', 'to moderator', (s) => ({ chat: s.chat, user: who.readonly.id, role: 'moderator' }), 'fffffyyfff'],
  ['chat.role', 'to owner', (s) => ({ chat: s.chat, user: who.readonly.id, role: 'owner' }), 'ffffffyfff'],
  ['chat.notify', 'own chat', (s) => ({ chat: s.chat, muted: true }), 'fffyyyyyff'],
  ['chat.list', 'own', () => ({}), 'yyyyyyyyyy'],
  ['chat.members', 'own chat', (s) => ({ chat: s.chat }), 'fffyyyyyff'],
  ['chat.members', 'guessed chat', () => ({ chat: GUESSED }), 'ffffffffff'],
  ['user.get', 'anyone', () => ({ users: [who.stranger.id] }), 'yyyyyyyyyy'],
  ['user.list', 'all', () => ({}), 'fyyyyyyfyy'],
  ['user.create', 'a member', () => ({ name: fresh() }), 'ffffffffyy'],
  ['user.create', 'an admin', () => ({ name: fresh(), role: 'admin' }), 'fffffffffy'],
  ['user.import', 'one', () => ({ accounts: [{ name: fresh() }] }), 'ffffffffff'],
  ['user.update', 'oneself', () => ({ receipts: true }), 'yyyyyyyyyy'],
  ['user.update', 'another', () => ({ user: who.victim.id, display: 'V' }), 'ffffffffyy'],
  ['user.update', 'one’s own role', (s, me) => ({ user: me.id, role: 'admin' }), 'ffffffffff'],
  ['user.update', 'the server’s owner', () => ({ user: who.boss.id, disabled: true }), 'fffffffffb'],
  ['user.update', 'guessed', () => ({ user: GUESSED, display: 'V' }), 'ffffffffff'],
  ['user.password', 'another’s', () => ({ user: who.victim.id, password: PASSWORD }), 'ffffffffyy'],
  ['user.password', 'one’s own without the old one', () => ({ password: PASSWORD }), 'aaaaaaaaaa'],
  ['user.link', 'oneself', () => ({}), 'yyyyyyyyyy'],
  ['user.link', 'another', () => ({ user: who.victim.id }), 'ffffffffyy'],
  ['device.list', 'own', () => ({}), 'yyyyyyyyyy'],
  ['device.list', 'another’s', () => ({ user: who.victim.id }), 'ffffffffyy'],
  ['device.revoke', 'guessed', () => ({ device_no: GUESSED }), 'ffffffffff'],
  ['device.revoke', 'another’s', () => ({ device_no: victimDevice }), 'ffffffffff'],
  ['invite.create', 'for members', () => ({}), 'ffffffffyy'],
  ['invite.create', 'for admins', () => ({ role: 'admin' }), 'fffffffffy'],
  ['invite.list', 'all', () => ({}), 'ffffffffyy'],
  ['invite.revoke', 'guessed', () => ({ invite: GUESSED }), 'ffffffffff'],
  ['setup.link', 'any', () => ({}), 'ffffffffff'],
  ['status', 'any', () => ({}), 'ffffffffyy'],
  ['server.update', 'its name', () => ({ server: 'Theirs' }), 'ffffffffyy'],
  ['about', 'the server', () => ({}), 'yyyyyyyyyy', { x: 'y' }],
  ['secret.peek', 'no such secret', () => ({ secret: 'x' }), 'ffffffffff', { x: 'f' }],
  ['login', 'wrong password', () => ({ name: 'boss', password: 'not the password' }), 'aaaaaaaaaa'],
  ['setup.accept', 'no such secret', () => ({ secret: 'x', name: fresh(), password: PASSWORD }), 'ffffffffff', { x: 'f' }],
  ['invite.accept', 'no such secret', () => ({ secret: 'x', name: fresh(), password: PASSWORD }), 'ffffffffff', { x: 'f' }],
  ['link.accept', 'no such secret', () => ({ secret: 'x' }), 'ffffffffff', { x: 'f' }],
  ['typing', 'own chat', (s) => ({ chat: s.chat }), 'ffffyyyyff', { only: 'w' }],
  ['typing', 'guessed chat', () => ({ chat: GUESSED }), 'ffffffffff', { only: 'w' }],
  ['watch', 'own chat', (s) => ({ users: [], chat: s.chat }), 'fffyyyyyff', { only: 'w' }],
  ['watch', 'guessed chat', () => ({ users: [], chat: GUESSED }), 'ffffffffff', { only: 'w' }],
  ['active', 'own window', () => ({ on: true }), 'yyyyyyyyyy', { only: 'w' }],
  ['hello', 'by HTTP', () => ({}), 'uuuuuuuuuu', { only: 'h', x: 'u' }],
  ['ping', 'by HTTP', () => ({}), 'uuuuuuuuuu', { only: 'h', x: 'u' }],
  ['logout', 'own', () => ({}), 'yyyyyyyyyy', { spends: true }],
];

let server, who, victimDevice, inviteSecret;
let names = 0;
const fresh = () => `new${process.pid}-${names++}`;
const say = async (token, op, args) => {
  const r = await server.post(op, args, { token });
  assert.equal(r.status, 200, `${op}: ${JSON.stringify(r.body)}`);
  return r.body;
};
/** Another sign-in of the same person. */
async function signIn(name) {
  const { body } = await server.admin('user.link', { user: who[name].id });
  return (await server.post('link.accept', { secret: body.path.split('#')[1] })).body.token;
}

/** A chat in which everybody stands as they are called, each with a message of their own. */
async function scene(name) {
  const inside = ['readonly', 'member', 'moderator', 'bot', 'former'];
  const owner = who.owner.token;
  const people = inside.map((n) => who[n].id);
  const { chat } = await say(owner, 'chat.create', { kind: 'group', title: 'scene', cid: cid(), members: people });
  const { chat: archived } = await say(owner, 'chat.create', { kind: 'group', title: 'old', cid: cid(), members: people });
  const { chat: channel } = await say(owner, 'chat.create', { kind: 'channel', title: 'open', cid: cid() });
  const speak = async (n) => (await say(who[n].token, 'send', { chat, cid: cid(), body: { text: `by ${n}` } })).seq;
  const s = { chat, archived, channel, others: await speak('owner'), mine: 1 };
  s.gone = await speak('owner');
  await say(owner, 'delete', { chat, target: s.gone });
  if (name === 'owner') {
    s.mine = s.others;
    s.others = await speak('member');
  } else if (inside.includes(name)) s.mine = await speak(name);
  for (const c of [chat, archived]) {
    await say(owner, 'chat.role', { chat: c, user: who.readonly.id, role: 'readonly' });
    await say(owner, 'chat.role', { chat: c, user: who.moderator.id, role: 'moderator' });
    await say(owner, 'chat.remove', { chat: c, users: [who.former.id] });
  }
  await say(owner, 'chat.update', { chat: archived, archived: true });
  return s;
}

before(async () => {
  server = await Server.start({ env: {
    LINNET_LIMITS_SENDS_PER_10S: '1000000', LINNET_LIMITS_LOGINS_PER_5M: '1000000', LINNET_SERVER_SHARDS: '3',
  } });
  const link = (await server.admin('setup.link')).body.path;
  const boss = await server.post('setup.accept', { secret: link.split('#')[1], name: 'boss', password: PASSWORD });
  const roles = { guest: 'guest', bot: 'bot', admin: 'admin' };
  who = await server.people([...COLUMNS.slice(0, -1), 'victim', 'expired', 'revoked', 'disabled'].map((name) =>
    ({ name, role: roles[name] ?? 'member', password: PASSWORD })));
  who.boss = { id: boss.body.user.id, token: boss.body.token };
  victimDevice = (await say(who.victim.token, 'device.list')).devices[0].id;
  await say(who.revoked.token, 'device.revoke', { device_no: (await say(who.revoked.token, 'device.list')).devices[0].id });
  await say(who.boss.token, 'user.update', { user: who.disabled.id, disabled: true });
  inviteSecret = (await say(who.boss.token, 'invite.create')).path.split('#')[1];
  await server.stop(); // a sign-in unused for longer than session_ttl has ended
  execFileSync('python3', ['-c', `import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE devices SET seen=1000 WHERE user=?", (int(sys.argv[2]),))
db.commit()`, join(server.dir, 'linnet.db'), String(who.expired.id)]);
  await server.start();
});
after(() => server.done());

const byHttp = (token) => async (op, args) => {
  const r = await server.post(op, args, { token });
  return { code: r.body?.error?.code ?? 'ok', status: r.status, error: r.body?.error };
};
const byWs = (client) => async (op, args) => {
  const r = await client.ask(op, args);
  return { code: r.error?.code ?? 'ok', error: r.error };
};

const inChat = /chat|message|group|channel|lower|oneself|moderator|to owner|the owner/;

/** All cells of the columns, whose scenes are made before `between` happens. */
async function play(columns, rows, between, doorOf) {
  const cells = [], shared = {};
  for (const [op, about, args, codes, more = {}] of rows) {
    for (const name of columns) {
      const want = OUT.includes(name) ? more.x ?? 'a' : codes[COLUMNS.indexOf(name)];
      const s = want === 'y' && inChat.test(about) ? await scene(name) : (shared[name] ??= await scene(name));
      cells.push({ op, about, args, name, want: CODES[want], s, spends: more.spends });
    }
  }
  await between();
  const wrong = [];
  for (const c of cells) {
    const call = await doorOf(c.name, c.spends);
    const got = await call(c.op, c.args(c.s, who[c.name] ?? { id: 1 }));
    if (got.code !== c.want) wrong.push(`${c.op} (${c.about}) by ${c.name}: ${got.code}, not ${c.want}`);
  }
  assert.deepEqual(wrong, [], `${wrong.length} of ${cells.length} cells`);
  return cells.length;
}

test('every operation there is has a row', () => {
  const header = readFileSync(new URL('../../include/linnet/model/op.h', import.meta.url), 'utf8');
  const there = [...header.matchAll(/^ {4}X\(\w+, *"([a-z._]+)"/gm)].map((m) => m[1]);
  assert.ok(there.length > 40, `${there.length} operations read`);
  const rows = new Set(TABLE.map((r) => r[0]));
  assert.deepEqual(there.filter((op) => !rows.has(op)), [], 'operations without a row');
  assert.deepEqual([...rows].filter((op) => !there.includes(op)), [], 'rows without an operation');
  for (const [op, about, , codes] of TABLE) assert.equal(codes.length, COLUMNS.length, `${op} (${about})`);
});

const rowsFor = (door) => TABLE.filter((r) => (r[4]?.only ?? 'hw').includes(door));

test('by HTTP', async (t) => {
  const n = await play([...OUT, ...COLUMNS], rowsFor('h'), () => {}, async (name, spends) =>
    byHttp(spends && COLUMNS.includes(name) ? await signIn(name) : who[name]?.token));
  t.diagnostic(`${n} cells`);
});

test('by HTTP, after a restart', async (t) => {
  const n = await play([...OUT, ...COLUMNS], rowsFor('h'), async () => {
    await server.kill();
    await server.start();
  }, async (name, spends) => byHttp(spends && COLUMNS.includes(name) ? await signIn(name) : who[name]?.token));
  t.diagnostic(`${n} cells`);
});

test('by WebSocket', async (t) => {
  const live = {};
  const rows = rowsFor('w').filter((r) => !r[4]?.spends);
  const n = await play(COLUMNS, rows, async () => {
    for (const name of COLUMNS) live[name] = await Client.join(server, who[name]);
  }, async (name) => byWs(live[name]));
  t.diagnostic(`${n} cells`);
  for (const c of Object.values(live)) c.close();
});

test('by WebSocket, those without a sign-in: nothing but hello and ping is served', async () => {
  for (const name of OUT) {
    const c = new Client(server);
    await c.connect();
    if (who[name]) assert.equal(await c.refused('hello', { token: who[name].token }), 'unauthorized', name);
    for (const [op, about, args, , more] of rowsFor('w')) {
      if (more?.x === 'y' || more?.x === 'f') continue; // for anyone, by HTTP
      const code = await c.refused(op, args({ chat: 1, archived: 1, channel: 1, mine: 1, others: 1, gone: 1 }, { id: 1 }));
      assert.equal(code, 'unauthorized', `${op} (${about}) by ${name}`);
    }
    c.close();
  }
});

test('who holds nothing but an invite link sees nothing but the way in', async () => {
  for (const how of [{ token: inviteSecret }, { cookie: `linnet=${inviteSecret}`, headers: { Origin: server.url } }]) {
    assert.equal((await server.post('chat.list', {}, how)).status, 401);
  }
  assert.equal((await server.post('link.accept', { secret: inviteSecret })).status, 403, 'no sign-in link');
  assert.equal((await server.post('setup.accept', { secret: inviteSecret, name: fresh(), password: PASSWORD })).status, 403);
  const made = await server.post('invite.accept', { secret: inviteSecret, name: fresh(), password: PASSWORD });
  assert.deepEqual([made.status, made.body.user.role], [200, 'member']);
});

test('what is forbidden and what is not there look alike, to the letter', async () => {
  const s = await scene('member');
  const outside = ['guest', 'stranger', 'former', 'admin', 'boss'];
  for (const [op, about, args] of rowsFor('h')) {
    const real = args(s, who.stranger);
    if (real.chat !== s.chat) continue;
    for (const name of outside) {
      const call = byHttp(who[name].token);
      const forbidden = await call(op, real), absent = await call(op, { ...real, chat: GUESSED });
      assert.deepEqual(forbidden, absent, `${op} (${about}) by ${name}`);
    }
  }
  for (const name of ['readonly', 'member']) {
    const call = byHttp(who[name].token);
    for (const op of ['edit', 'delete']) {
      const more = op === 'edit' ? { body: { text: 'y' } } : {};
      assert.deepEqual(await call(op, { chat: s.chat, target: s.gone, ...more }),
        await call(op, { chat: s.chat, target: 4000000, ...more }), `${op} by ${name}`);
    }
  }
});
