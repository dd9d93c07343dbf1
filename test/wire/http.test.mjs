// SPDX-License-Identifier: MIT
// http.test.mjs - the HTTP door: sign-in, Bearer and cookie, errors, the upgrade's checks, the page.

import assert from 'node:assert/strict';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { cid, Client, direct } from './lib/client.mjs';
import { Server } from './lib/server.mjs';

let server, who;
const PASSWORD = 'correct horse battery';

before(async () => {
  server = await Server.start();
  who = await server.people({ name: 'ana', password: PASSWORD }, 'bea');
});
after(() => server.done());

/** A raw upgrade request: {status, headers}. Undefined headers are left out. */
function upgrade(headers) {
  const all = {
    Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol': 'linnet.v1', ...headers,
  };
  for (const k of Object.keys(all)) if (all[k] === undefined) delete all[k];
  return new Promise((done, fail) => {
    const req = http.get({ host: '127.0.0.1', port: server.port, path: '/ws', headers: all, agent: false });
    req.on('upgrade', (res, socket) => { socket.destroy(); done({ status: res.statusCode, headers: res.headers }); });
    req.on('response', (res) => { res.resume(); done({ status: res.statusCode, headers: res.headers }); });
    req.on('error', fail);
  });
}

test('login gives a token and a cookie, and both work', async () => {
  const { status, headers, body } = await server.post('login', { name: 'ana', password: PASSWORD, device: 'test' });
  assert.equal(status, 200);
  assert.equal(body.user.name, 'ana');
  const set = headers.get('set-cookie');
  assert.match(set, /HttpOnly/i);
  assert.match(set, /SameSite=(Strict|Lax)/i);
  assert.match(set, /Path=\//i);
  const cookie = set.split(';')[0];
  for (const how of [{ token: body.token }, { cookie, headers: { Origin: server.url } }]) {
    const answer = await server.post('user.get', { users: [who.ana.id] }, how);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.users[who.ana.id].name, 'ana');
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
  }
  const c = new Client(server);
  await c.connect({ headers: { Cookie: cookie, Origin: server.url } });
  assert.equal((await c.ok('hello')).self.name, 'ana', 'the cookie signs a WebSocket in');
  c.close();
});

test('a wrong password, an unknown name and no sign-in are 401', async () => {
  const wrong = await server.post('login', { name: 'ana', password: 'not the password', device: 'x' });
  const nobody = await server.post('login', { name: 'nobody', password: 'not the password', device: 'x' });
  assert.equal(wrong.status, 401);
  assert.deepEqual([nobody.status, nobody.body], [wrong.status, wrong.body], 'names cannot be probed');
  assert.equal((await server.post('chat.list')).status, 401);
  assert.equal((await server.post('chat.list', {}, { token: 'ln_wrong' })).body.error.code, 'unauthorized');
});

test('a message by HTTP is a message', async () => {
  const bea = await Client.join(server, who.bea);
  const { body: { chat } } = await server.post('chat.create', { kind: 'direct', members: [bea.id], cid: cid() }, who.ana);
  const { status, body } = await server.post('send', { chat, cid: cid(), body: { text: 'by curl' } }, who.ana);
  assert.equal(status, 200);
  const e = await bea.event(chat, 'message', (m) => m.seq === body.seq);
  assert.deepEqual([e.body.text, e.from], ['by curl', who.ana.id]);
  const page = await server.post('history', { chat, limit: 1 }, who.ana);
  assert.equal(page.body.items[0].seq, body.seq);
  bea.close();
});

test('errors have their status and a body', async () => {
  const cases = [
    ['no.such', {}, 404, 'unknown_op'], ['history', {}, 400, 'bad_request'], ['history', { chat: 99999 }, 403, 'forbidden'],
    ['user.import', { accounts: [{ name: 'x' }] }, 403, 'forbidden'],
  ];
  for (const [op, args, status, code] of cases) {
    const r = await server.post(op, args, who.ana);
    assert.deepEqual([r.status, r.body.error.code], [status, code], op);
  }
  assert.ok((await server.post('hello', {}, who.ana)).status >= 400, 'hello is for WebSockets');
  const bad = await server.post('history', null, { token: who.ana.token, raw: '{"chat":' });
  assert.deepEqual([bad.status, bad.body.error.code], [400, 'bad_request']);
  const get = await fetch(`${server.url}/api/v1/history`);
  assert.ok([404, 405].includes(get.status));
  const huge = await server.post('send', { chat: 1, cid: 'x', body: { text: 'a'.repeat(300000) } }, who.ana).catch((e) => e);
  assert.ok(huge instanceof Error || huge.status === 413);
});

test('the upgrade is checked', async () => {
  assert.equal((await upgrade({})).status, 101);
  assert.equal((await upgrade({})).headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  assert.equal((await upgrade({ Origin: server.url })).status, 101);
  assert.equal((await upgrade({ Origin: 'https://evil.example' })).status, 403);
  assert.equal((await upgrade({ Origin: `http://127.0.0.1:${server.port + 1}` })).status, 403);
  assert.equal((await upgrade({ Origin: 'null' })).status, 403);
  const old = await upgrade({ 'Sec-WebSocket-Version': '12' });
  assert.deepEqual([old.status, old.headers['sec-websocket-version']], [426, '13']);
  assert.equal((await upgrade({ 'Sec-WebSocket-Protocol': undefined })).status, 400);
  assert.equal((await upgrade({ 'Sec-WebSocket-Protocol': 'other.v1' })).status, 400);
  assert.equal((await upgrade({ 'Sec-WebSocket-Key': 'short' })).status, 400);
  assert.equal((await upgrade({ 'Sec-WebSocket-Key': undefined })).status, 400);
});

test('health', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const res = await fetch(server.url + path);
    assert.equal(res.status, 200, path);
    assert.match((await res.json()).status, /^(pass|warn)$/);
  }
  assert.notEqual((await fetch(`${server.url}/metrics`)).status, 200, 'metrics are the operator’s');
});

test('the page and all it names are served under a strict policy', async () => {
  const csp = (res) => res.headers.get('content-security-policy') ?? '';
  for (const path of ['/', '/setup', '/join', '/link']) {
    const res = await fetch(server.url + path);
    assert.equal(res.status, 200, path);
    assert.match(res.headers.get('content-type'), /^text\/html/);
    assert.match(csp(res), /default-src 'none'/);
    assert.match(csp(res), /script-src 'self'(;|$)/);
    assert.match(csp(res), /frame-ancestors 'none'/);
    assert.doesNotMatch(csp(res), /unsafe|\*/);
    assert.equal(res.headers.get('x-content-type-options'), 'nosniff');
  }
  for (const path of ['/c/12', '/c/12/846', '/settings']) assert.equal((await fetch(server.url + path)).status, 200, path);
  for (const path of ['/c/', '/c/x', '/c/12/x/y', '/setup/']) assert.equal((await fetch(server.url + path)).status, 404, path);
  const html = await (await fetch(`${server.url}/`)).text();
  const types = { css: /^text\/css/, js: /^text\/javascript/, svg: /^image\/svg/, png: /^image\/png/, webmanifest: /manifest/ };
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((m) => m[1]);
  assert.ok(named.length >= 5, `${named}`);
  for (const path of named) {
    const res = await fetch(server.url + path);
    assert.equal(res.status, 200, path);
    assert.match(res.headers.get('content-type'), types[path.split('.').pop()], path);
    assert.match(res.headers.get('cache-control'), /immutable/, `${path} carries its hash`);
  }
  assert.equal((await fetch(`${server.url}/`)).headers.get('cache-control'), 'no-cache');
  assert.equal((await fetch(`${server.url}/sw.js`)).headers.get('cache-control'), 'no-cache');
  assert.equal((await fetch(`${server.url}/no-such-file.js`)).status, 404);
  assert.equal((await fetch(`${server.url}/../../etc/passwd`)).status, 404);
});

/** As it comes: fetch would unpack it. */
const plain = (path, headers) => new Promise((done, fail) => {
  http.get({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, (res) => {
    const parts = [];
    res.on('data', (d) => parts.push(d)).on('end', () => done({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) }));
  }).on('error', fail);
});

test('texts come gzipped to those who take it, and not again while they are the same', async () => {
  const packed = await plain('/', { 'Accept-Encoding': 'br, gzip' }), whole = await plain('/', {});
  assert.deepEqual([packed.headers['content-encoding'], whole.headers['content-encoding']], ['gzip', undefined]);
  assert.equal(gunzipSync(packed.body).toString(), whole.body.toString());
  assert.notEqual(packed.headers.etag, whole.headers.etag);
  assert.match(packed.headers.vary, /Accept-Encoding/);
  const again = await plain('/', { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.etag });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
});

test('a cookie alone from a foreign page does nothing', async () => {
  const { headers } = await server.post('login', { name: 'ana', password: PASSWORD, device: 'test' });
  const cookie = headers.get('set-cookie').split(';')[0];
  const res = await server.post('logout', {}, { cookie, headers: { Origin: 'https://evil.example' } });
  assert.ok(res.status === 403 || res.status === 401, String(res.status));
  assert.equal((await server.post('chat.list', {}, { cookie, headers: { Origin: server.url } })).status, 200);
});

test('logout ends the token', async () => {
  const { body: { token } } = await server.post('login', { name: 'ana', password: PASSWORD, device: 'test' });
  const out = await server.post('logout', {}, { token });
  assert.equal(out.status, 200);
  assert.equal((await server.post('chat.list', {}, { token })).status, 401);
  const ana = await Client.join(server, who.ana), bea = await Client.join(server, who.bea);
  assert.ok(await direct(ana, bea), 'other sign-ins stand');
  ana.close();
  bea.close();
});
