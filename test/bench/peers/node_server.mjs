// SPDX-License-Identifier: MIT
// node_server.mjs - what one would write by hand with npm's ws and better-sqlite3, to compare with.
//
// usage: node node_server.mjs DIR      prints "port N"; TOKENS are 1.x, 2.x … for users 1, 2 …
// It speaks the part of linnet.v1 that the load generator uses, keeps every message in SQLite
// (WAL, synchronous=FULL) with a dense seq per chat and a unique (sender, cid), and commits in
// groups: what came in during one turn of the loop is one transaction, acknowledged after it.

import Database from 'better-sqlite3';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

const db = new Database(join(process.argv[2], 'chat.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`CREATE TABLE IF NOT EXISTS messages (chat INTEGER, seq INTEGER, ts INTEGER, sender INTEGER, cid TEXT, body TEXT,
    PRIMARY KEY (chat, seq)) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS by_cid ON messages (sender, cid);`);
const insert = db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)');
const begin = db.prepare('BEGIN IMMEDIATE'), commit = db.prepare('COMMIT');

const chats = new Map(); // id → {head, members}
const online = new Map(); // user → socket
let waiting = [];

function flush() {
  const batch = waiting, out = [];
  waiting = [];
  begin.run();
  for (const { socket, m } of batch) {
    const chat = chats.get(m.chat), ts = Date.now(), seq = ++chat.head;
    insert.run(m.chat, seq, ts, socket.user, m.cid, JSON.stringify(m.body));
    out.push([socket, JSON.stringify({ re: m.id, seq, ts }), chat, JSON.stringify({
      ev: 'event', chat: m.chat, seq, ts, from: socket.user, kind: 'message', cid: m.cid, body: m.body })]);
  }
  commit.run();
  for (const [socket, ack, chat, event] of out) {
    socket.send(ack);
    for (const user of chat.members) online.get(user)?.send(event);
  }
}

const ops = {
  hello(socket, m) {
    socket.user = parseInt(m.token, 10);
    online.set(socket.user, socket);
    socket.send(JSON.stringify({ re: m.id, epoch: 'x', self: { id: socket.user, name: `u${socket.user}` }, chats: [], more: false, users: {} }));
  },
  'chat.create'(socket, m) {
    const id = chats.size + 1;
    chats.set(id, { head: 0, members: new Set([socket.user, ...(m.members ?? [])]) });
    socket.send(JSON.stringify({ re: m.id, chat: id }));
  },
  'chat.add'(socket, m) {
    for (const user of m.users) chats.get(m.chat).members.add(user);
    socket.send(JSON.stringify({ re: m.id }));
  },
  send(socket, m) {
    if (waiting.push({ socket, m }) === 1) setImmediate(flush);
  },
  mark() {}, // nothing is kept of marks here: in its favour
};

const http = createServer();
new WebSocketServer({ server: http, path: '/ws', perMessageDeflate: false, handleProtocols: () => 'linnet.v1' })
  .on('connection', (socket) => {
    socket.on('message', (data) => {
      const m = JSON.parse(data);
      ops[m.op]?.(socket, m);
    });
    socket.on('close', () => online.delete(socket.user));
    socket.on('error', () => {});
  });
http.listen(0, '127.0.0.1', () => console.log(`port ${http.address().port}`));
