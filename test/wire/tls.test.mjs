// SPDX-License-Identifier: MIT
// tls.test.mjs - the tls: and unix: listeners, several at once: TLS 1.2 and 1.3, connections that
// move home under TLS, and a certificate that changes while people talk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { cid, Client, group } from './lib/client.mjs';
import { Server, sleep, until, within } from './lib/server.mjs';

const PEOPLE = 24, SHARDS = 4;
let server, who, dir, port, cert, key, socket, ca;

/** A port that is free now. */
function freePort() {
  return new Promise((done) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = s.address();
      s.close(() => done(free));
    });
  });
}

/** A new self-signed certificate in the place of the old one; its PEM. */
async function makeCertificate(name) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', key,
    '-out', cert, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'pipe' });
  return readFile(cert, 'utf8');
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'linnet-tls-'));
  [cert, key, socket] = ['cert.pem', 'key.pem', 'web.sock'].map((f) => join(dir, f));
  ca = await makeCertificate('first');
  port = await freePort();
  server = await Server.start({ listen: [`tls:127.0.0.1:${port}`, `unix:${socket}`], env: {
    LINNET_TLS_CERT: cert, LINNET_TLS_KEY: key, LINNET_SERVER_SHARDS: String(SHARDS), LINNET_LIMITS_SENDS_PER_10S: '100000' } });
  who = Object.values(await server.people(...Array.from({ length: PEOPLE }, (_, i) => `p${i}`)));
});
after(async () => {
  await server?.done();
  await rm(dir, { recursive: true, force: true });
});

async function open(options = {}, url = `wss://localhost:${port}/ws`) {
  const c = new Client({ ws: url });
  return c.connect({ ca, ...options, lookup: (host, o, done) => (o.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) });
}
async function enter(person, options, url) {
  const c = await open(options, url);
  c.hello = await c.ok('hello', { token: person.token });
  c.id = c.hello.self.id;
  return c;
}
const printOf = (c) => c.socket._socket.getPeerCertificate().fingerprint256;

function get(options) {
  return new Promise((done, fail) => {
    const req = (options.socketPath ? http : https).request({ agent: false, ...options }, (res) => {
      let text = '';
      res.on('data', (d) => (text += d));
      res.on('end', () => done({ status: res.statusCode, text }));
    });
    req.on('error', fail);
    req.end(options.body);
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`wss by ${version}, large frames both ways`, async () => {
    const options = { minVersion: version, maxVersion: version };
    const a = await enter(who[0], options), b = await enter(who[1], options);
    assert.equal(a.socket._socket.getProtocol(), version);
    const chat = await group(a, [b]);
    const text = 'large '.repeat(2700);
    for (let i = 0; i < 20; i++) await a.send(chat, `${i} ${text}`);
    await b.event(chat, 'message', (e) => e.body.text.startsWith('19 '));
    let items = [];
    for (let more = true, before; more;) { // a page ends at about 128 KiB
      const page = await b.ok('history', { chat, limit: 50, before });
      items = [...page.items, ...items];
      ({ more } = page);
      before = items[0].seq;
    }
    assert.equal(items.filter((e) => e.body?.text.endsWith(text)).length, 20);
    a.close();
    b.close();
  });
}

test('TLS before 1.2 is refused, and so is plain HTTP', async () => {
  await assert.rejects(open({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  const s = net.connect(port, '127.0.0.1');
  const closed = new Promise((done) => s.once('close', done));
  s.on('error', () => {});
  s.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  s.resume();
  await within(5000, closed, 'plain HTTP is closed');
});

test('HTTPS serves the page and the API', async () => {
  const at = { host: 'localhost', port, ca, family: 4 };
  assert.equal((await get({ ...at, path: '/' })).status, 200);
  const body = JSON.stringify({ users: [who[1].id] });
  const res = await get({ ...at, path: '/api/v1/user.get', method: 'POST', body,
    headers: { Authorization: `Bearer ${who[0].token}`, 'Content-Type': 'application/json', 'Content-Length': body.length } });
  assert.equal(res.status, 200, res.text);
  assert.equal(JSON.parse(res.text).users[who[1].id].name, 'p1');
});

test(`${PEOPLE} people on ${SHARDS} shards move home under TLS, with what they said on the way`, async () => {
  const first = await enter(who[0]);
  const chat = await group(first, who.slice(1));
  const clients = await Promise.all(who.map(async (p) => {
    const c = await open();
    // three frames in one breath: two of them arrive before the connection has moved
    const [hello, sent, pinged] = [c.ok('hello', { token: p.token }), c.send(chat, `from ${p.name}`), c.settle()];
    c.hello = await hello;
    assert.ok((await sent).seq);
    await pinged;
    return c;
  }));
  const late = await enter(who[5]);
  await Promise.all(clients.map((c) => c.send(chat, 'again')));
  for (const c of [...clients, first]) {
    await until(() => c.frames.filter((f) => f.ev === 'event' && f.chat === chat && f.body?.text === 'again').length === PEOPLE, 'all is heard');
    const seqs = c.frames.filter((f) => f.ev === 'event' && f.chat === chat).map((f) => f.seq);
    assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i), 'in order, without holes');
  }
  for (const c of [...clients, first, late]) c.close();
});

test('a half-done handshake holds nobody up', async () => {
  const idle = Array.from({ length: 8 }, () => net.connect(port, '127.0.0.1'));
  idle.forEach((s) => s.on('error', () => {}));
  idle.slice(4).forEach((s) => s.write(Buffer.from([22, 3, 1, 0, 200, 1, 0])));
  const c = await enter(who[2]);
  await c.settle();
  c.close();
  idle.forEach((s) => s.destroy());
});

test('SIGHUP: new connections get the new certificate, old ones live on', async () => {
  const old = await enter(who[0]), first_ = printOf(old);
  const chat = await group(old, [{ id: who[1].id }]);
  ca = [ca, await makeCertificate('second')].flat();
  const still = await open();
  assert.equal(printOf(still), first_, 'not before it is told');
  still.close();
  server.child.kill('SIGHUP');
  const fresh = await until(async () => {
    const c = await enter(who[1]);
    if (printOf(c) !== first_) return c;
    c.close();
  }, 'the new certificate');
  await old.send(chat, 'on the old one');
  await fresh.event(chat, 'message', (e) => e.body.text === 'on the old one');
  await fresh.send(chat, 'on the new one');
  await old.event(chat, 'message', (e) => e.body.text === 'on the new one');

  // what cannot be used changes nothing
  const second = printOf(fresh);
  await writeFile(cert, 'no certificate\n');
  server.child.kill('SIGHUP');
  await until(() => /event=certificate_not_reloaded/.test(server.out), 'it says so');
  await sleep(100);
  const later = await enter(who[2]);
  assert.equal(printOf(later), second);
  await old.settle();
  for (const c of [old, fresh, later]) c.close();
});

test('a session resumed with a ticket is a session', async () => {
  const take = (session) => new Promise((done, fail) => {
    let ticket;
    const s = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false, session }, () => {
      s.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    });
    let text = '';
    s.on('session', (t) => (ticket = t));
    s.on('data', (d) => (text += d));
    s.on('end', () => done({ ticket, text, reused: s.isSessionReused() }));
    s.on('error', fail);
  });
  const one = await take();
  assert.match(one.text, /^HTTP\/1.1 200/);
  const two = await take(one.ticket);
  assert.match(two.text, /^HTTP\/1.1 200/);
});

test('unix: the API and WebSocket over a Unix socket, beside the others', async () => {
  assert.ok((await stat(socket)).isSocket());
  const body = JSON.stringify({ users: [who[1].id] });
  const res = await get({ socketPath: socket, path: '/api/v1/user.get', method: 'POST', body,
    headers: { Host: 'x', Authorization: `Bearer ${who[0].token}`, 'Content-Type': 'application/json', 'Content-Length': body.length } });
  assert.equal(res.status, 200, res.text);
  const forbidden = await get({ socketPath: socket, path: '/api/v1/setup.link', method: 'POST', body: '{}',
    headers: { Host: 'x', 'Content-Type': 'application/json', 'Content-Length': 2 } });
  assert.ok([401, 403].includes(forbidden.status), 'it is not the admin socket');
  const people = await Promise.all(who.slice(0, 8).map((p) => {
    const c = new Client({ ws: `ws+unix://${socket}:/ws` });
    return c.connect().then(async () => {
      c.hello = await c.ok('hello', { token: p.token });
      c.id = c.hello.self.id;
      return c;
    });
  }));
  const overTls = await enter(who[9]), plain = await Client.join(server, who[10]);
  const chat = await group(people[0], [...people.slice(1), overTls, plain]);
  await plain.send(chat, cid());
  for (const c of [...people, overTls]) await c.event(chat, 'message');
  for (const c of [...people, overTls, plain]) c.close();
});

test('the server stops with TLS connections open: bye, and 1001', async () => {
  const c = await enter(who[0]);
  const { code } = await server.stop();
  assert.equal(code, 0);
  assert.equal((await within(2000, c.closed, 'close')).code, 1001);
  assert.ok(c.frames.some((f) => f.ev === 'bye'));
  await assert.rejects(stat(socket), 'the Unix socket is gone');
});
