// SPDX-License-Identifier: MIT
// files.test.mjs - uploads in pieces, downloads in parts, who may see what, after kill -9 too.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { cid, Client, group } from './lib/client.mjs';
import { Server } from './lib/server.mjs';

const LIMIT = 3_000_000;
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100, 7)]);
const sha = (b) => createHash('sha256').update(b).digest('hex');
let server, people;

before(async () => {
  server = await Server.start({ env: { LINNET_FILES_MAX_BYTES: String(LIMIT), LINNET_FILES_USER_BYTES: '20000000', LINNET_FILES_RESERVE: '0', LINNET_LIMITS_SENDS_PER_10S: '100000' } });
  people = await server.people('ana', 'bea', 'cyn', 'dan');
});
after(() => server.done());

const auth = (who) => ({ authorization: `Bearer ${who.token}` });
const put = async (who, id, offset, bytes) => {
  const res = await fetch(`${server.url}/api/v1/file/${id}`, { method: 'PUT', body: bytes, headers: { ...auth(who), 'upload-offset': String(offset) } });
  return { status: res.status, body: await res.json() };
};
const get = (who, id, headers = {}, more = {}) => fetch(`${server.url}/files/${id}${more.query ?? ''}`, { method: more.method ?? 'GET', headers: { ...(who ? auth(who) : {}), ...headers } });
const begin = async (who, name, size) => (await server.post('file.begin', { name, size }, who)).body.file;
async function upload(who, name, bytes) {
  const id = await begin(who, name, bytes.length);
  if (bytes.length) assert.deepEqual(await put(who, id, 0, bytes), { status: 200, body: { offset: bytes.length } });
  const done = await server.post('file.commit', { file: id }, who);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body;
}
const status = async (who, id) => { const r = await get(who, id); await r.arrayBuffer(); return r.status; };

test('a file in pieces: offsets are kept, a wrong one is told the right one, kill -9 loses nothing', async () => {
  const bytes = randomBytes(2_000_001);
  const id = await begin(people.ana, 'x.bin', bytes.length);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal((await put(people.ana, id, 0, bytes.subarray(0, 700_000))).body.offset, 700_000);
  const wrong = await put(people.ana, id, 5, bytes.subarray(5, 9));
  assert.deepEqual([wrong.status, wrong.body.offset], [409, 700_000]);
  assert.equal((await server.post('file.commit', { file: id }, people.ana)).status, 409, 'not whole yet');
  await server.kill();
  await server.start();
  assert.deepEqual((await server.post('file.state', { file: id }, people.ana)).body, { offset: 700_000, size: bytes.length, done: false });
  assert.equal((await put(people.ana, id, 700_000, bytes.subarray(700_000))).status, 200);
  const over = await put(people.ana, id, bytes.length, Buffer.from('x'));
  assert.deepEqual([over.status, over.body.error.code], [413, 'too_large']);
  const done = (await server.post('file.commit', { file: id }, people.ana)).body;
  assert.deepEqual(done, { file: id, type: 'application/octet-stream', size: bytes.length, sha256: sha(bytes) });
  assert.deepEqual((await server.post('file.commit', { file: id }, people.ana)).body, done, 'the same answer again');
  await server.kill();
  await server.start();
  assert.equal(sha(Buffer.from(await (await get(people.ana, id)).arrayBuffer())), sha(bytes));
});

test('two who write one upload: one is taken, the other told the offset', async () => {
  const bytes = randomBytes(60_000);
  const id = await begin(people.ana, 'x', bytes.length);
  const both = await Promise.all([put(people.ana, id, 0, bytes), put(people.ana, id, 0, bytes)]);
  assert.deepEqual(both.map((r) => r.status).sort(), [200, 409]);
  assert.equal((await server.post('file.commit', { file: id }, people.ana)).body.sha256, sha(bytes));
});

test('nothing, the limit, and one byte more', async () => {
  assert.equal((await upload(people.ana, 'empty', Buffer.alloc(0))).size, 0);
  assert.equal((await server.post('file.begin', { name: 'x', size: LIMIT }, people.bea)).status, 200);
  const over = await server.post('file.begin', { name: 'x', size: LIMIT + 1 }, people.bea);
  assert.deepEqual([over.status, over.body.error.code], [413, 'too_large']);
  let last;
  for (let i = 0; i < 6; i++) last = await server.post('file.begin', { name: 'x', size: LIMIT }, people.bea);
  assert.deepEqual([last.status, last.body.error.code], [413, 'quota'], 'seven times the limit is above what one person may have');
});

test('parts, tags and names', async () => {
  const { file } = await upload(people.ana, 'Grüße "1".png', PNG);
  const whole = await get(people.ana, file);
  assert.equal(whole.headers.get('content-type'), 'image/png');
  assert.match(whole.headers.get('content-disposition'), /^inline; filename="Gr__.*\.png"; filename\*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22\.png$/);
  assert.equal(whole.headers.get('cache-control').split(',')[0], 'private');
  assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(whole.headers.get('content-security-policy'), "sandbox; default-src 'none'");
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), PNG);
  const etag = whole.headers.get('etag');
  const part = async (range, headers = {}) => {
    const r = await get(people.ana, file, { range, ...headers });
    return [r.status, r.headers.get('content-range'), Buffer.from(await r.arrayBuffer()).length];
  };
  assert.deepEqual(await part('bytes=0-9'), [206, 'bytes 0-9/108', 10]);
  assert.deepEqual(await part('bytes=100-'), [206, 'bytes 100-107/108', 8]);
  assert.deepEqual(await part('bytes=-3'), [206, 'bytes 105-107/108', 3]);
  assert.deepEqual(await part('bytes=108-'), [416, 'bytes */108', 0]);
  assert.deepEqual(await part('bytes=0-1,4-5'), [200, null, 108]);
  assert.deepEqual(await part('bytes=0-9', { 'if-range': '"other"' }), [200, null, 108]);
  assert.deepEqual(await part('bytes=0-9', { 'if-range': etag }), [206, 'bytes 0-9/108', 10]);
  assert.equal((await get(people.ana, file, { 'if-none-match': etag })).status, 304);
  const head = await get(people.ana, file, {}, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '108']);
  const dl = await get(people.ana, file, {}, { query: '?dl=1' });
  assert.match(dl.headers.get('content-disposition'), /^attachment/);
  await dl.arrayBuffer();
});

test('what could run is never shown, whatever it is called', async () => {
  for (const text of ['<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', '<!doctype html><script>alert(1)</script>', '<?xml version="1.0"?><svg/>']) {
    const { file, type } = await upload(people.ana, 'innocent.png', Buffer.from(text));
    assert.equal(type, 'application/octet-stream');
    const r = await get(people.ana, file);
    assert.deepEqual([r.headers.get('content-type'), r.headers.get('content-disposition').split(';')[0]], ['application/octet-stream', 'attachment']);
    await r.arrayBuffer();
  }
});

test('a JPEG says how it is turned, and no more where it was taken', async () => {
  const tiff = Buffer.from('4d4d002a00000008' + '0002' + '011200030000000100060000' + '882500040000000100000026' + '00000000' + 'GPS-SECRET'.split('').map((c) => c.charCodeAt(0).toString(16)).join(''), 'hex');
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const jpeg = Buffer.concat([Buffer.from('ffd8ffe1', 'hex'), Buffer.from([0, exif.length + 2]), exif, Buffer.from('ffda0008010100003f00aabbffd9', 'hex')]);
  const { file, type } = await upload(people.ana, 'a.jpg', jpeg);
  const got = Buffer.from(await (await get(people.ana, file)).arrayBuffer());
  assert.deepEqual([type, got.length], ['image/jpeg', jpeg.length]);
  assert.ok(jpeg.includes('GPS-SECRET') && !got.includes('GPS-SECRET') && !got.includes(Buffer.from('8825', 'hex')));
  assert.ok(got.includes(Buffer.from('49492a00080000000100120103000100000006000000', 'hex')), 'orientation 6');
});

test('who may see: members from the message on, until it is deleted; nobody else', async () => {
  const [ana, bea] = await Promise.all([people.ana, people.bea].map((p) => Client.join(server, p)));
  const dan = (await Client.join(server, people.dan)).hello.self.id;
  const chat = await group(ana, [bea]);
  const { file } = await upload(people.ana, 'a.png', PNG);
  const bare = { chat, body: { text: '', files: [{ id: file, name: 'a.png', type: 'image/png', size: 108 }] } };
  assert.equal(await status(people.bea, file), 404, 'not sent yet');
  assert.equal((await server.post('send', { ...bare, cid: cid() }, people.bea)).status, 403, 'not hers to send');
  const { seq } = (await server.post('send', { ...bare, cid: cid() }, people.ana)).body;
  assert.deepEqual([await status(people.ana, file), await status(people.bea, file), await status(people.cyn, file), await status(null, file)], [200, 200, 404, 401]);
  assert.equal((await get(people.cyn, file)).status, (await get(people.cyn, 'f'.repeat(32))).status, 'forbidden and absent look alike');
  await ana.ok('chat.add', { chat, users: [dan] });
  assert.equal(await status(people.dan, file), 200);
  await ana.ok('chat.remove', { chat, users: [dan] });
  assert.equal(await status(people.dan, file), 404, 'a former member');
  await ana.ok('delete', { chat, target: seq });
  assert.equal(await status(people.bea, file), 404, 'gone at once');
  assert.equal((await server.post('send', { chat, cid: cid(), body: { text: '' } }, people.ana)).status, 400, 'nothing at all');
  const many = { text: '', files: Array(11).fill({ id: file }) };
  assert.equal((await server.post('send', { chat, cid: cid(), body: many }, people.ana)).status, 413);
  const open = await begin(people.ana, 'x', 5);
  assert.equal((await server.post('send', { chat, cid: cid(), body: { text: '', files: [{ id: open }] } }, people.ana)).status, 403, 'not committed');
  await ana.ok('logout', {});
  assert.equal(await status(people.ana, file), 401, 'a revoked token');
  for (const c of [ana, bea]) c.close?.();
});

test('an upload is its owner’s alone', async () => {
  const id = await begin(people.cyn, 'x', 5);
  for (const op of ['file.state', 'file.commit', 'file.drop', 'file.get']) assert.equal((await server.post(op, { file: id }, people.dan)).status, 403, op);
  assert.equal((await put(people.dan, id, 0, Buffer.from('hello'))).status, 404);
  assert.equal((await server.post('file.drop', { file: id }, people.cyn)).status, 200);
  assert.equal((await server.post('file.state', { file: id }, people.cyn)).status, 403);
});

test('no room left: uploads are told so, messages go on', async () => {
  const small = await Server.start({ env: { LINNET_FILES_RESERVE: '1024G' } });
  const { eve, fay } = await small.people('eve', 'fay');
  const file = (await small.post('file.begin', { name: 'x', size: 5 }, eve)).body.file;
  const res = await fetch(`${small.url}/api/v1/file/${file}`, { method: 'PUT', body: 'hello', headers: { ...auth(eve), 'upload-offset': '0' } });
  assert.deepEqual([res.status, (await res.json()).error.code], [507, 'disk_full']);
  const [a, b] = await Promise.all([eve, fay].map((p) => Client.join(small, p)));
  const chat = await group(a, [b]);
  assert.equal((await small.post('send', { chat, cid: cid(), body: { text: 'still here' } }, eve)).status, 200);
  assert.deepEqual((await small.post('file.state', { file }, eve)).body, { offset: 0, size: 5, done: false });
  await small.done();
});

test('an answer to who sends a large body and may not: whole, and the server goes on', async () => {
  const id = await begin(people.dan, 'x', 2_000_000);
  const res = await fetch(`${server.url}/api/v1/file/${id}`, { method: 'PUT', body: randomBytes(40_000), headers: { 'upload-offset': '0' } });
  assert.equal(res.status, 401);
  const none = await fetch(`${server.url}/api/v1/file/${id}`, { method: 'PUT', body: randomBytes(40_000), headers: auth(people.dan) });
  assert.equal(none.status, 400, 'without an offset');
  assert.equal((await put(people.dan, id, 0, randomBytes(10))).status, 200);
});
