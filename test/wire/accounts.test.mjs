// SPDX-License-Identifier: MIT
// accounts.test.mjs - links, invitations, devices, and that what ends a sign-in ends it within 1 s.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, direct } from './lib/client.mjs';
import { Server, within } from './lib/server.mjs';

let server, owner;
const PASSWORD = 'three or four words';
const secretOf = (path) => path.split('#')[1];
const login = async (name, password = PASSWORD) => (await server.post('login', { name, password, device: `${name}'s test` })).body;

before(async () => {
  server = await Server.start({ env: { LINNET_LIMITS_LOGINS_PER_5M: '10000' } });
});
after(() => server.done());

test('the set-up link makes the first owner, once', async () => {
  assert.equal((await server.admin('status')).body.needs_setup, true);
  const { status, body } = await server.admin('setup.link');
  assert.equal(status, 200);
  assert.match(body.path, /^\/setup#./);
  const args = { secret: secretOf(body.path), name: 'owner', password: PASSWORD, display: 'The Owner', device: 'first' };
  assert.ok([401, 403].includes((await server.post('setup.accept', { ...args, secret: 'wrong' })).status));
  assert.equal((await server.post('setup.accept', { ...args, password: 'short' })).status, 400);
  const made = await server.post('setup.accept', args);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  owner = made.body;
  assert.equal(owner.user.role, 'owner');
  assert.match(made.headers.get('set-cookie'), /HttpOnly/i);
  assert.ok([401, 403, 409].includes((await server.post('setup.accept', { ...args, name: 'second' })).status));
  assert.equal((await server.admin('setup.link')).status, 409);
  assert.equal((await server.admin('status')).body.needs_setup, false);
});

test('an invitation lets in as many as it says', async () => {
  const { body } = await server.post('invite.create', { uses: 2, role: 'member' }, owner);
  assert.match(body.path, /^\/join#./);
  const accept = (name) => server.post('invite.accept', { secret: secretOf(body.path), name, password: PASSWORD, device: 'x' });
  assert.equal((await accept('mina')).status, 200);
  assert.equal((await accept('mina')).status, 409, 'a taken name does not use it up');
  const { body: list } = await server.post('invite.list', {}, owner);
  const told = list.invites.find((i) => i.id === body.invite.id);
  assert.deepEqual([told.uses, told.used], [2, 1]);
  const tomas = await accept('tomas');
  assert.equal(tomas.body.user.role, 'member');
  assert.equal((await accept('yuki')).status, 403);
  assert.equal((await server.post('invite.create', {}, tomas.body)).status, 403, 'only administrators invite');
  const { body: other } = await server.post('invite.create', {}, owner);
  await server.post('invite.revoke', { invite: other.invite.id }, owner);
  const late = await server.post('invite.accept', { secret: secretOf(other.path), name: 'late', password: PASSWORD });
  assert.equal(late.status, 403);
});

test('two who take the last place at one moment: one gets it', async () => {
  const { body } = await server.post('invite.create', { uses: 1 }, owner);
  const both = await Promise.all(['racer1', 'racer2'].map((name) =>
    server.post('invite.accept', { secret: secretOf(body.path), name, password: PASSWORD })));
  assert.deepEqual(both.map((r) => r.status).sort(), [200, 403]);
});

test('a sign-in link works once, and can set a password', async () => {
  const mina = await login('mina');
  const { body } = await server.post('user.link', {}, mina);
  const secret = secretOf(body.path);
  const first = await server.post('link.accept', { secret, device: 'phone' });
  assert.deepEqual([first.status, first.body.user.name], [200, 'mina']);
  assert.ok([401, 403].includes((await server.post('link.accept', { secret, device: 'thief' })).status));
  assert.equal((await server.post('user.link', { user: mina.user.id }, await login('tomas'))).status, 403, 'nobody else’s');
  const forgotten = await server.post('user.link', { user: mina.user.id }, owner);
  await server.post('link.accept', { secret: secretOf(forgotten.body.path), password: 'a wholly new one' });
  assert.ok((await login('mina', 'a wholly new one')).token);
  await server.post('user.password', { old: 'a wholly new one', password: PASSWORD }, await login('mina', 'a wholly new one'));
  assert.ok((await login('mina')).token);
});

test('devices are listed, and a revoked one is off within 1 s', async () => {
  const here = await login('mina'), there = await login('mina');
  const { body } = await server.post('device.list', {}, here);
  const current = body.devices.find((d) => d.current);
  assert.equal(current.name, 'mina\'s test');
  const live = await Client.join(server, there);
  const theirs = (await server.post('device.list', {}, there)).body.devices.find((d) => d.current);
  assert.notEqual(theirs.id, current.id);
  assert.equal((await server.post('device.revoke', { device_no: theirs.id }, here)).status, 200);
  const closed = await within(1000, live.closed, 'close after revoke');
  assert.equal(closed.code, 4001);
  assert.equal((await server.post('chat.list', {}, there)).status, 401);
  assert.equal((await server.post('chat.list', {}, here)).status, 200);
  assert.ok(!(await server.post('device.list', {}, here)).body.devices.some((d) => d.id === theirs.id));
  assert.equal((await server.post('device.revoke', { device_no: current.id }, await login('tomas'))).status, 403);
});

test('logout closes that device’s socket within 1 s', async () => {
  const a = await login('mina'), b = await login('mina');
  const [ca, cb] = [await Client.join(server, a), await Client.join(server, b)];
  ca.say('logout', { id: 900 });
  assert.equal((await within(1000, ca.closed, 'close after logout')).code, 4001);
  await cb.settle();
  cb.close();
});

test('disabling closes all within 1 s, and keeps out', async () => {
  const tomas = await login('tomas');
  const live = await Client.join(server, tomas), other = await Client.join(server, await login('mina'));
  const chat = await direct(other, live);
  const { status } = await server.post('user.update', { user: tomas.user.id, disabled: true }, owner);
  assert.equal(status, 200);
  assert.equal((await within(1000, live.closed, 'close after disable')).code, 4001);
  assert.equal((await server.post('chat.list', {}, tomas)).status, 401);
  assert.equal((await server.post('login', { name: 'tomas', password: PASSWORD, device: 'x' })).status, 401);
  assert.equal(typeof (await other.send(chat, 'are you there')).seq, 'number');
  await server.post('user.update', { user: tomas.user.id, disabled: false }, owner);
  assert.ok((await login('tomas')).token);
  other.close();
});

test('a new password closes all other devices', async () => {
  const here = await login('mina'), there = await login('mina');
  const ch = await Client.join(server, here), ct = await Client.join(server, there);
  assert.ok([401, 403].includes((await server.post('user.password', { old: 'not it at all', password: 'the next one' }, here)).status));
  await ch.ok('user.password', { old: PASSWORD, password: 'the next one' });
  assert.equal((await within(1000, ct.closed, 'close after a new password')).code, 4001);
  await ch.settle();
  assert.equal((await server.post('login', { name: 'mina', password: PASSWORD, device: 'x' })).status, 401);
  assert.ok((await login('mina', 'the next one')).token);
  ch.close();
});

test('the command line makes people', async () => {
  const { code, stdout } = await server.cli(['-j', 'user', 'create', 'viacli']);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /viacli/);
  assert.equal((await server.cli(['user', 'create', 'viacli'])).code, 5);
  assert.equal((await server.cli(['user', 'create', 'viacli', '--if-missing'])).code, 0);
});
