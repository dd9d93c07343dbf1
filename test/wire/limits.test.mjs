// SPDX-License-Identifier: MIT
// limits.test.mjs - limits that a setting names, on both sides of each.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { cid, Client, group } from './lib/client.mjs';
import { Server, sleep, within } from './lib/server.mjs';

const PASSWORD = 'correct horse battery';
let server, people;

before(async () => {
  server = await Server.start({ env: {
    LINNET_LIMITS_SENDS_PER_10S: '12',
    LINNET_LIMITS_LOGINS_PER_5M: '3',
  } });
  people = await server.people({ name: 'ana', password: PASSWORD }, { name: 'bea', password: PASSWORD }, 'tomas');
});
after(() => server.done());

const login = (name, password) => server.post('login', { name, password, device: 'test' });

test('password attempts: so many an account, then 429 with a time, for the right password too', async () => {
  for (let i = 0; i < 3; i++) assert.equal((await login('ana', 'not the password')).status, 401);
  const late = await login('ana', PASSWORD);
  assert.equal(late.status, 429);
  assert.equal(late.body.error.code, 'rate_limited');
  assert.ok(late.body.error.retry_ms > 1000 && late.body.error.retry_ms <= 100000, `${late.body.error.retry_ms}`);
  assert.equal((await login('bea', PASSWORD)).status, 200, 'another account is not held up');
  assert.equal((await login('nobody', PASSWORD)).status, 401, 'and a name nobody has is refused as any');
});

test('changes: so many in 10 s, then rate_limited with a time after which it works', async () => {
  const c = await Client.join(server, people.tomas);
  const chat = await group(c, []); // costs 5
  const send = (text) => c.ask('send', { chat, cid: cid(), body: { text } });
  for (let i = 0; i < 7; i++) assert.equal((await send(`${i}`)).error, undefined);
  const { error } = await send('one too many');
  assert.equal(error.code, 'rate_limited');
  assert.ok(error.retry_ms >= 1 && error.retry_ms <= 10000);
  await sleep(error.retry_ms + 20);
  assert.equal((await send('in time')).error, undefined);
  await c.settle(); // what costs nothing is not limited
  c.close();
  await c.closed;
});

test('connections: so many are served, the next one is closed, and a place is free again after a close', async () => {
  const small = await Server.start({ env: { LINNET_SERVER_MAX_CONNECTIONS: '8' } });
  const { ana } = await small.people('ana');
  const open = () => new Promise((done, fail) => {
    const s = net.connect(small.port, '127.0.0.1', () => done(s));
    s.once('error', fail);
    s.resume();
    s.ended = new Promise((end) => s.once('close', end));
  });
  const held = [];
  let refused = 0;
  for (let i = 0; i < 14; i++) {
    const s = await open();
    s.on('error', () => {});
    held.push(s);
    const gone = await Promise.race([s.ended.then(() => true), sleep(60).then(() => false)]);
    refused += gone;
  }
  assert.equal(refused, 6, 'of 14, with 8 allowed');
  for (const s of held) s.destroy();
  await sleep(200);
  const c = await within(3000, Client.join(small, ana), 'a place is free');
  c.close();
  await small.done();
});
