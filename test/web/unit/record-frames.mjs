// SPDX-License-Identifier: MIT
// record-frames.mjs - writes frames.json anew: what the real server says to one person while others
// talk to her, and how it describes her chats in the end. node test/web/unit/record-frames.mjs

import { writeFileSync } from 'node:fs';
import { Client, cid } from '../../wire/lib/client.mjs';
import { Server, sleep } from '../../wire/lib/server.mjs';

const server = await Server.start();
const { ana, bea, cyn } = await server.people('ana', 'bea', 'cyn');
const b = await Client.join(server, bea);
const c = await Client.join(server, cyn);
const { chat: direct } = await b.ok('chat.create', { kind: 'direct', members: [ana.id] });
await b.ok('send', { chat: direct, cid: cid(), body: { text: 'before' } });
const a = await Client.join(server, ana);
const from = a.frames.length;

const one = (await b.ok('send', { chat: direct, cid: cid(), body: { text: 'hi' } })).seq;
await a.ok('send', { chat: direct, cid: cid(), body: { text: 'hello' } });
await b.ok('edit', { chat: direct, target: one, body: { text: 'hi there' } });
await b.ok('react', { chat: direct, target: one, emoji: '👍', on: true });
const { chat: group } = await b.ok('chat.create', { kind: 'group', title: 'Crew', cid: cid(), members: [ana.id] });
await b.ok('chat.add', { chat: group, users: [cyn.id] });
const two = (await c.ok('send', { chat: group, cid: cid(), body: { text: '@ana and all' }, mentions: [ana.id], here: true })).seq;
await b.ok('send', { chat: group, cid: cid(), body: { text: 'more' } });
await c.ok('delete', { chat: group, target: two });
await b.ok('chat.update', { chat: group, title: 'Crew 2' });
const { chat: gone } = await b.ok('chat.create', { kind: 'group', title: 'Short', cid: cid(), members: [ana.id] });
await b.ok('chat.remove', { chat: gone, users: [ana.id] });
b.say('typing', { chat: direct });
await a.ok('mark', { chat: direct, read: one });
await c.ok('chat.leave', { chat: group });
await sleep(1500); // whatever is merged and told later belongs to it

const frames = a.frames.slice(from).filter((f) => f.ev);
const end = await a.ok('chat.list');
const { re: _re, ...hello } = a.hello;
const lines = frames.map((f) => `  ${JSON.stringify(f)}`).join(',\n');
writeFileSync(new URL('frames.json', import.meta.url), `{"hello":${JSON.stringify(hello)},\n"frames":[\n${lines}\n],\n"end":{"chats":${JSON.stringify(end.chats)}}}\n`);
await server.done();
process.exit(0);
