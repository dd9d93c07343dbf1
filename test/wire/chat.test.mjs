// SPDX-License-Identifier: MIT
// chat.test.mjs - the protocol as people use it: sending, order, rights, marks, history, resume.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cid, Client, direct, eventsOf, group } from './lib/client.mjs';
import { Server, until } from './lib/server.mjs';

let server, who;
const here = [];
const join = async (name, resume) => {
  const c = await Client.join(server, who[name], resume);
  here.push(c);
  return c;
};

before(async () => {
  server = await Server.start({ env: { LINNET_LIMITS_SENDS_PER_10S: '100000', LINNET_PRESENCE_GRACE: '1s' } });
  who = await server.people('ana', 'bea', 'cyn', 'dan', 'eva');
});
after(async () => {
  for (const c of here) c.close();
  await server.done();
});

test('hello says who and how', async () => {
  const ana = await join('ana');
  assert.equal(ana.hello.self.id, who.ana.id);
  assert.equal(ana.hello.self.name, 'ana');
  assert.match(ana.hello.epoch, /./);
  assert.equal(ana.hello.heartbeat_s, 10);
  assert.equal(ana.hello.ttl_s, 30);
  assert.ok(Array.isArray(ana.hello.chats));
  assert.equal(ana.hello.more, false);
});

test('hello with a wrong token is unauthorized, and nothing goes before hello', async () => {
  const c = await new Client(server).connect();
  assert.equal(await c.refused('history', { chat: 1 }), 'unauthorized');
  c.close();
  const d = await new Client(server).connect();
  assert.equal(await d.refused('hello', { token: 'ln_nonsense' }), 'unauthorized');
  d.close();
});

test('send: ack, then echo, and the event for the other', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await direct(ana, bea);
  const key = cid();
  const ack = await ana.ok('send', { chat, cid: key, body: { text: 'hej' } });
  assert.ok(ack.seq >= 1 && ack.ts > 1.6e12);
  const echo = await ana.event(chat, 'message', (e) => e.seq === ack.seq);
  assert.ok(ana.frames.indexOf(echo) > ana.frames.findIndex((f) => f.seq === ack.seq && f.re), 'the ack precedes the echo');
  const got = await bea.event(chat, 'message', (e) => e.seq === ack.seq);
  assert.deepEqual([got.from, got.body, got.cid, got.ts], [ana.id, { text: 'hej' }, key, ack.ts]);
});

test('many in flight keep their order, and seq is dense', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await group(ana, [bea], 'order');
  const acks = await Promise.all(Array.from({ length: 100 }, (_, i) => ana.send(chat, `n${i}`)));
  const seqs = acks.map((a) => a.seq);
  assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i));
  await bea.event(chat, 'message', (e) => e.seq === seqs.at(-1));
  const texts = bea.frames.filter((f) => f.ev === 'event' && f.chat === chat && f.kind === 'message').map((f) => f.body.text);
  assert.deepEqual(texts, Array.from({ length: 100 }, (_, i) => `n${i}`));
});

test('a repeated cid answers the first ack, another body is cid_reuse', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await direct(ana, bea);
  const m = { chat, cid: cid(), body: { text: 'once' } };
  const first = await ana.ok('send', m);
  const again = await ana.ok('send', m);
  assert.deepEqual([again.seq, again.ts, again.dup], [first.seq, first.ts, true]);
  assert.equal(await ana.refused('send', { ...m, body: { text: 'twice' } }), 'cid_reuse');
  const all = await eventsOf(ana, chat);
  assert.equal(all.filter((e) => e.cid === m.cid).length, 1);
  const both = await Promise.all([1, 2].map(() => ana.ok('send', { chat, cid: 'same-moment', body: { text: 'x' } })));
  assert.equal(both[0].seq, both[1].seq, 'two in one batch are one');
});

test('a direct chat is one, from either side', async () => {
  const ana = await join('ana'), cyn = await join('cyn');
  const chat = await direct(ana, cyn);
  assert.equal(await direct(cyn, ana), chat);
  assert.equal(await direct(ana, cyn), chat);
  const told = await cyn.see((f) => f.ev === 'chat' && f.chat.id === chat, 'the chat is told');
  assert.equal(told.chat.kind, 'direct');
  assert.equal(told.chat.peer, ana.id);
});

test('group: create, add, remove, leave; a removed one gets nothing more', async () => {
  const ana = await join('ana'), bea = await join('bea'), dan = await join('dan');
  const chat = await group(ana, [bea], 'Crew');
  await bea.see((f) => f.ev === 'chat' && f.chat.id === chat && f.chat.title === 'Crew');
  await ana.ok('chat.add', { chat, users: [dan.id] });
  await dan.see((f) => f.ev === 'chat' && f.chat.id === chat);
  await bea.event(chat, 'join', (e) => e.users.includes(dan.id));
  await ana.send(chat, 'dan is here');
  await dan.event(chat, 'message', (e) => e.body.text === 'dan is here');
  const { members } = await ana.ok('chat.members', { chat });
  assert.deepEqual(members.map((m) => m.user).sort((a, b) => a - b), [ana.id, bea.id, dan.id].sort((a, b) => a - b));
  assert.equal(members.find((m) => m.user === ana.id).role, 'owner');
  await ana.ok('chat.remove', { chat, users: [dan.id] });
  await dan.see((f) => f.ev === 'chat_gone' && f.chat === chat);
  const { seq } = await ana.send(chat, 'without dan');
  await bea.event(chat, 'message', (e) => e.seq === seq);
  await dan.settle();
  assert.ok(!dan.frames.some((f) => f.ev === 'event' && f.chat === chat && f.seq >= seq));
  assert.equal(await dan.refused('send', { chat, cid: cid(), body: { text: 'let me in' } }), 'forbidden');
  await bea.ok('chat.leave', { chat });
  await bea.see((f) => f.ev === 'chat_gone' && f.chat === chat);
  await ana.event(chat, 'leave', (e) => e.users.includes(bea.id));
});

test('edit, react, pin and delete change the item and append events', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await group(ana, [bea], 'items');
  const { seq } = await ana.send(chat, 'frist');
  await ana.ok('edit', { chat, target: seq, body: { text: 'first' } });
  await bea.ok('react', { chat, target: seq, emoji: '👍', on: true });
  await bea.ok('react', { chat, target: seq, emoji: '👍', on: true });
  await ana.ok('pin', { chat, target: seq, on: true });
  const find = async () => (await bea.ok('history', { chat, limit: 50 })).items.find((i) => i.seq === seq);
  let item = await find();
  assert.deepEqual([item.body, item.reactions, item.pinned], [{ text: 'first' }, { '👍': [bea.id] }, true]);
  assert.ok(item.edited_ts >= item.ts);
  await bea.ok('react', { chat, target: seq, emoji: '👍', on: false });
  item = await find();
  assert.ok(!item.reactions || !item.reactions['👍']?.length);
  assert.equal(await bea.refused('edit', { chat, target: seq, body: { text: 'hers' } }), 'forbidden');
  assert.equal(await bea.refused('delete', { chat, target: seq }), 'forbidden');
  await ana.ok('delete', { chat, target: seq });
  await bea.event(chat, 'delete', (e) => e.target === seq);
  item = await find();
  assert.equal(item.deleted, true);
  assert.ok(item.body == null, 'the text is gone');
  const raw = await eventsOf(bea, chat);
  assert.equal(raw.find((e) => e.seq === seq).body, null);
  assert.equal(raw.find((e) => e.kind === 'edit' && e.target === seq).body, null);
  assert.equal(raw.filter((e) => e.kind === 'react' && e.on).length, 1, 'what changes nothing makes no event');
  assert.deepEqual(raw.map((e) => e.seq), raw.map((_, i) => i + 1));
  assert.equal(await ana.refused('edit', { chat, target: seq, body: { text: 'back' } }).then((c) => ['forbidden', 'conflict', 'bad_request'].includes(c)), true);
});

test('history pages before, after and around', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await group(ana, [bea], 'pages');
  const seqs = [];
  for (let i = 0; i < 60; i++) seqs.push((await ana.send(chat, `p${i}`)).seq);
  const newest = await bea.ok('history', { chat, limit: 20 });
  assert.deepEqual(newest.items.map((i) => i.seq), seqs.slice(-20));
  assert.equal(newest.more, true);
  assert.equal(newest.head, seqs.at(-1));
  assert.ok(newest.users[ana.id]);
  const older = await bea.ok('history', { chat, before: newest.items[0].seq, limit: 20 });
  assert.deepEqual(older.items.map((i) => i.seq), seqs.slice(20, 40));
  const next = await bea.ok('history', { chat, after: seqs[9], limit: 5 });
  assert.deepEqual(next.items.map((i) => i.seq), seqs.slice(10, 15));
  const around = await bea.ok('history', { chat, around: seqs[30], limit: 11 });
  assert.ok(around.items.some((i) => i.seq === seqs[30]) && around.items.length <= 12);
  const all = await bea.ok('history', { chat, before: seqs[0], limit: 50 });
  assert.equal(all.more, false);
  const raw = await bea.ok('events', { chat, after: seqs[54], limit: 3 });
  assert.deepEqual(raw.events.map((e) => e.seq), seqs.slice(55, 58));
  assert.equal(raw.more, true);
});

test('marks are told to members and never fall; receipts answer', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await direct(ana, bea);
  const { seq } = await ana.send(chat, 'read me');
  await bea.ok('mark', { chat, delivered: seq });
  await ana.see((f) => f.ev === 'mark' && f.chat === chat && f.user === bea.id && f.delivered >= seq);
  await bea.ok('mark', { chat, read: seq });
  await ana.see((f) => f.ev === 'mark' && f.chat === chat && f.user === bea.id && f.read >= seq);
  await bea.ok('mark', { chat, delivered: seq - 1, read: seq - 1 });
  const mark = async () => (await ana.ok('chat.members', { chat })).members.find((m) => m.user === bea.id);
  assert.deepEqual([(await mark()).delivered, (await mark()).read], [seq, seq]);
  const r = await ana.ok('receipts', { chat, seq });
  assert.ok(r.read >= 1 && r.delivered >= 1);
  assert.equal(await bea.refused('mark', { chat, read: seq + 1000 }), 'bad_request');
});

test('unread and mentions are counted, and reading clears them', async () => {
  const ana = await join('ana'), eva = await join('eva');
  const chat = await group(ana, [eva], 'counts');
  await eva.see((f) => f.ev === 'chat' && f.chat.id === chat);
  eva.close();
  await ana.send(chat, 'one');
  await ana.send(chat, '@eva two', { mentions: [eva.id] });
  const { seq } = await ana.send(chat, '@here three', { here: true });
  const of = (c) => c.hello.chats.find((x) => x.id === chat);
  let back = await join('eva');
  assert.deepEqual([of(back).unread, of(back).mentions, of(back).head], [3, 2, seq]);
  await back.ok('mark', { chat, delivered: seq, read: seq });
  await until(async () => (await join('eva').then((c) => { back = c; return of(c); })).unread === 0, 'unread is 0');
  assert.deepEqual([of(back).mentions, of(back).read_seq], [0, seq]);
  assert.equal((await join('ana').then((c) => c.hello.chats.find((x) => x.id === chat))).unread, 0, 'one’s own never count');
});

test('marked unread at once after a mark without an answer: it stays unread', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await group(ana, [bea], 'back to unread');
  const { seq } = await ana.send(chat, 'read, then not');
  await bea.see((f) => f.ev === 'event' && f.chat === chat && f.seq === seq);
  bea.say('mark', { chat, delivered: seq, read: seq });
  await bea.ok('unread', { chat, from: seq });
  await new Promise((done) => setTimeout(done, 600)); // longer than marks are merged for: nothing may come after
  const again = (await join('bea')).hello.chats.find((c) => c.id === chat);
  assert.deepEqual([again.unread_from, again.read_seq], [seq, seq]);
});

test('typing reaches the others, not oneself', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await direct(ana, bea);
  ana.say('typing', { chat });
  const t = await bea.see((f) => f.ev === 'typing' && f.chat === chat);
  assert.deepEqual(t.users, [ana.id]);
  await ana.settle();
  assert.ok(!ana.frames.some((f) => f.ev === 'typing' && f.users.includes(ana.id)));
});

test('presence of those watched: on, away, off', async () => {
  const ana = await join('ana'), cyn = await join('cyn');
  await direct(ana, cyn);
  await ana.ok('watch', { users: [cyn.id] });
  const says = (list) => (f) => f.ev === 'presence' && f[list]?.includes(cyn.id);
  await ana.see(says('on'));
  for (const c of here.filter((x) => x !== cyn && x.id === who.cyn.id)) c.close();
  cyn.say('active', { on: false });
  await ana.see(says('away'));
  cyn.close();
  await ana.see(says('off'));
});

test('resume by cursors brings exactly what was missed', async () => {
  const ana = await join('ana'), dan = await join('dan');
  const chat = await group(ana, [dan], 'resume');
  const { seq } = await ana.send(chat, 'seen');
  await dan.event(chat, 'message', (e) => e.seq === seq);
  dan.close();
  const missed = [];
  for (let i = 0; i < 20; i++) missed.push((await ana.send(chat, `missed ${i}`)).seq);
  const back = await join('dan', { epoch: dan.hello.epoch, cursors: { [chat]: seq } });
  const told = back.hello.chats.find((c) => c.id === chat);
  assert.deepEqual([told.gap, told.events.map((e) => e.seq)], [false, missed]);
  assert.equal(told.events[0].body.text, 'missed 0');
  const { seq: live } = await ana.send(chat, 'live');
  await back.event(chat, 'message', (e) => e.seq === live);
  back.close();
  for (let i = 0; i < 60; i++) await ana.send(chat, `far ${i}`);
  const far = await join('dan', { epoch: dan.hello.epoch, cursors: { [chat]: live } });
  assert.equal(far.hello.chats.find((c) => c.id === chat).gap, true);
  const rest = await eventsOf(far, chat, live);
  assert.deepEqual(rest.map((e) => e.body.text), Array.from({ length: 60 }, (_, i) => `far ${i}`));
});

test('a foreign epoch gets the present state, not an error', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await direct(ana, bea);
  await ana.send(chat, 'x');
  const c = await join('ana', { epoch: 'of-another-server', cursors: { [chat]: 999999 } });
  assert.equal(c.hello.epoch, ana.hello.epoch);
  assert.ok(c.hello.chats.some((x) => x.id === chat && x.head >= 1));
});

test('what is malformed is answered', async () => {
  const ana = await join('ana');
  assert.equal(await ana.refused('no.such.op'), 'unknown_op');
  const nulls = () => ana.frames.filter((f) => f.re === null && f.error).length;
  for (const bad of ['{', '[]', '42', '"x"', '{"op":5}', '{}', '{"op":"send"}', '{"op":"ping","op']) {
    const n = nulls();
    ana.raw(bad);
    await ana.see(() => nulls() > n, `an error with re null for ${bad}`);
  }
  assert.equal(ana.frames.findLast((f) => f.re === null).error.code, 'bad_request');
  for (const args of [{}, { chat: 'x' }, { chat: 1.5 }, { chat: -1 }, { chat: 0 }, { chat: 2 ** 40 }]) {
    assert.equal(await ana.refused('history', args), 'bad_request', JSON.stringify(args));
  }
  await ana.ok('watch', { users: [], unheard_of: { a: [1] } });
});

test('limits hold on both sides', async () => {
  const ana = await join('ana'), bea = await join('bea');
  const chat = await direct(ana, bea);
  const send = (args) => ana.ask('send', { chat, cid: cid(), body: { text: 'x' }, ...args });
  assert.ok((await send({ body: { text: 'a'.repeat(16384) } })).seq);
  assert.equal((await send({ body: { text: 'a'.repeat(16385) } })).error.code, 'too_large');
  assert.ok((await send({ body: { text: 'ø'.repeat(8192) } })).seq, 'bytes, not characters');
  assert.equal((await send({ body: { text: `${'ø'.repeat(8192)}a` } })).error.code, 'too_large');
  assert.equal((await send({ body: { text: '' } })).error.code, 'bad_request');
  assert.equal((await send({ body: {} })).error.code, 'bad_request');
  assert.ok((await send({ cid: 'c'.repeat(36) })).seq);
  assert.ok(['bad_request', 'too_large'].includes((await send({ cid: 'c'.repeat(37) })).error.code));
  assert.equal((await send({ cid: undefined })).error.code, 'bad_request');
  const text = 'line one\nline two\t👩‍👩‍👧‍👦 \u2028 "quoted" \\ end';
  const { seq } = await send({ body: { text } });
  assert.equal((await bea.event(chat, 'message', (e) => e.seq === seq)).body.text, text);
});

test('to a stranger a chat looks like one that is not there', async () => {
  const ana = await join('ana'), bea = await join('bea'), eva = await join('eva');
  const chat = await direct(ana, bea);
  const { seq } = await ana.send(chat, 'private');
  const none = 2000000000;
  const asks = [['history', {}], ['events', { after: 0 }], ['receipts', { seq }], ['chat.members', {}],
    ['send', { cid: 'stranger', body: { text: 'x' } }], ['edit', { target: seq, body: { text: 'x' } }],
    ['delete', { target: seq }], ['react', { target: seq, emoji: '👍', on: true }], ['pin', { target: seq, on: true }],
    ['mark', { read: 1 }], ['unread', { from: 1 }], ['chat.add', { users: [eva.id] }], ['chat.remove', { users: [ana.id] }],
    ['chat.update', { title: 'mine' }], ['chat.role', { user: eva.id, role: 'owner' }], ['chat.leave', {}], ['chat.join', {}]];
  for (const [op, args] of asks) {
    const a = await eva.ask(op, { chat, ...args }), b = await eva.ask(op, { chat: none, ...args });
    assert.equal(a.error?.code, 'forbidden', op);
    assert.deepEqual(a.error, b.error, `${op} tells strangers apart`);
  }
  await eva.settle();
  assert.ok(!eva.frames.some((f) => f.ev && f.chat === chat));
});

test('channels are found, joined and read', async () => {
  const ana = await join('ana'), eva = await join('eva');
  const { chat } = await ana.ok('chat.create', { kind: 'channel', title: 'Everyone', topic: 'all of us', cid: cid() });
  const { seq } = await ana.send(chat, 'welcome');
  const { chats } = await eva.ok('chat.list', { open: true });
  assert.equal(chats.find((c) => c.id === chat).title, 'Everyone');
  await eva.ok('chat.join', { chat });
  await eva.see((f) => f.ev === 'chat' && f.chat.id === chat);
  assert.ok((await eva.ok('history', { chat })).items.some((i) => i.seq === seq));
  await ana.ok('chat.update', { chat, title: 'All' });
  assert.equal((await eva.event(chat, 'title')).title, 'All');
});
