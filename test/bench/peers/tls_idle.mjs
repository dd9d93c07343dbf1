// SPDX-License-Identifier: MIT
// tls_idle.mjs - signs N clients in by TLS 1.3, says "ready", holds them until a line comes on stdin.
//
// usage: node tls_idle.mjs PORT TOKENS idle N

import { readFileSync } from 'node:fs';
import WebSocket from 'ws';

const [port, file, , n] = process.argv.slice(2);
const tokens = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line).token);
const open = (token) => new Promise((done, fail) => {
  const ws = new WebSocket(`wss://127.0.0.1:${port}/ws`, 'linnet.v1', { rejectUnauthorized: false, minVersion: 'TLSv1.3' });
  ws.on('open', () => ws.send(JSON.stringify({ op: 'hello', id: 1, token })));
  ws.on('message', () => done(ws));
  ws.on('error', fail);
});
const held = [];
for (let i = 0; i < +n; i += 50) held.push(...await Promise.all(tokens.slice(i, Math.min(i + 50, +n)).map(open)));
console.log('ready');
process.stdin.once('data', () => process.exit(0));
