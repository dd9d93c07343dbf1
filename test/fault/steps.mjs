// SPDX-License-Identifier: MIT
// steps.mjs - the process is killed at every step of the store: between statements, before and after
// a commit, before its batch is told, at each step of a fold's slices and of a checkpoint, in a
// recovery, in a migration and its copy, in a start's recovery at each single write and sync. Then it
// starts, and what was acknowledged is there once, without a hole; what was open is answered when it
// is sent again. STEPS="commit:1! …" for some; SEED=n.

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { randomFrom, SEED } from './lib/random.mjs';
import { check, count, verify } from './lib/told.mjs';
import { Client, cid, group } from '../wire/lib/client.mjs';
import { BINARY, Server, sleep, within } from '../wire/lib/server.mjs';

const random = randomFrom(SEED);
const RELEASED = process.env.LINNET_RELEASED ?? BINARY, FAULTS = process.env.LINNET_FAULTS ?? BINARY;
const TOOLS = process.env.LINNET_TOOLS ?? join(dirname(RELEASED), 'test');
const PEOPLE = 3, CHATS = 3, LANES = 4;
const BASE = { LINNET_LIMITS_SENDS_PER_10S: '1000000000', SEED: String(SEED),
  LINNET_TUNE_FOLD_ROWS: '150', LINNET_TUNE_WAL_SOFT: '300000', LINNET_TUNE_WAL_HARD: '600000' };

/** While it works: rules of LINNET_FAULT (src/store/fault.c), or DISK_KILL=N (disk.c). */
const LIVE = process.env.STEPS?.split(/\s+/) ?? [
  'statement:1!', 'statement:2!', 'statement:33!', 'statement:500!', 'statement%1!',
  'commit:1!', 'commit:2!', 'commit:20!', 'committed:1!', 'committed:2!', 'committed:20!', 'published:1!', 'published:20!',
  'fold_rows:1!', 'fold_rows:2!', 'fold_rows:3!', 'fold_cids:1!', 'fold_cids:2!', 'fold_finish:1!', 'fold_finish:2!',
  'fold_trim:1!', 'fold_trim:2!', 'fold_trim:3!', 'checkpoint:1!', 'checkpoint:2!', 'checkpointed:1!', 'checkpointed:2!',
  'commit:3,recover:1!', 'commit:3,load:1!', 'statement:9,open:1,recover:2!',
  ...Array.from({ length: 10 }, () => `DISK_KILL=${1 + Math.floor(random() * 900)}`),
];
/** At a start, besides each single change of the disk. */
const START = ['recover:1!', 'recover:2!', 'load:1!', 'load:2!'];
const MIGRATION = ['copy:1!', 'copy:2!', 'copy:3!', 'migrate:1!', 'migrate:2!', ...START];

const disk = (dir, more) => ({ LD_PRELOAD: join(TOOLS, 'disk.so'), DISK_DIR: dir, ...more });

function intact(dir) {
  return new Promise((done, fail) => execFile(join(TOOLS, 'intact'), [dir], (err, stdout) => (err ? fail(new Error(`not intact: ${stdout}`)) : done())));
}

/** A server with people and chats; told is what happens to each word. */
async function makeWorld(binary, env, dir) {
  const server = new Server({ dir, env: { ...BASE, ...env }, binary });
  await server.start();
  server.env = BASE;
  const who = Object.values(await server.people(...Array.from({ length: PEOPLE }, (_, i) => `w${i}`)));
  const first = await Client.join(server, who[0]);
  const chats = [];
  for (let i = 0; i < CHATS; i++) chats.push(await group(first, who.slice(1), `chat ${i}`));
  first.close();
  return { server, who, chats, told: new Map() };
}

/** Every word of the lanes is open until it is acknowledged. Resolves when the server has gone, or after `words`. */
async function talk(world, { words = Infinity, begin = () => {} } = {}) {
  const { server, told } = world;
  const clients = await Promise.all(world.who.map((p) => Client.join(server, p)));
  const lane = async (c, i) => {
    while (!c.isClosed && told.size < words) {
      const key = cid(), chat = world.chats[i % CHATS], text = key.padEnd(36 + Math.floor(random() ** 4 * 6000), '.');
      told.set(key, { c, chat, text, unknown: true });
      const reply = await c.ask('send', { chat, cid: key, body: { text } });
      if (reply.seq) told.set(key, { c, chat, text, seq: reply.seq });
      else if (reply.error.code === 'read_only') told.set(key, { c, chat, text, refused: 'read_only' });
      if (reply.error) await sleep(20);
    }
  };
  await begin();
  await Promise.all(clients.flatMap((c) => Array.from({ length: LANES }, (_, i) => lane(c, i).catch(() => {}))));
  for (const c of clients) c.close();
}

/** After the kill: the same directory, a good start, everything there; open words are sent again. */
async function survive(world, what) {
  const { server, told } = world;
  Object.assign(server, { env: BASE, binary: FAULTS });
  await server.start();
  const back = await Promise.all(world.who.map((p) => Client.join(server, p)));
  await verify(back[0], world.chats, told, what);
  for (const [key, t] of told) {
    if (!t.unknown) continue;
    const from = back.find((c) => c.id === t.c.id) ?? back[0];
    const { seq } = await from.ok('send', { chat: t.chat, cid: key, body: { text: t.text } });
    told.set(key, { ...t, unknown: undefined, seq });
  }
  await verify(back[0], world.chats, told, `${what}, and all sent again`);
  for (const c of back) c.close();
  await server.stop();
  await intact(server.dir);
}

async function live(rule) {
  const top = await mkdtemp(join(tmpdir(), 'linnet-steps-')), dir = join(top, 'data'), file = join(top, 'now');
  const [, at] = /^DISK_KILL=(\d+)/.exec(rule) ?? [];
  const env = at ? disk(dir, { DISK_KILL: at, DISK_FILE: file }) : { LINNET_FAULT: rule, LINNET_FAULT_FILE: file };
  let world;
  try {
    world = await makeWorld(FAULTS, env, dir);
    const talking = talk(world, { begin: () => writeFile(file, '') });
    const how = await within(30000, world.server.exited, `the kill at ${rule}`);
    check(how.signal === 'SIGKILL', `it ended by itself: ${JSON.stringify(how)}`);
    await talking;
    const counts = count(world.told);
    await survive(world, rule);
    console.log(`ok   ${rule}: ${counts} when it died`);
    return true;
  } catch (err) {
    console.log(`FAIL ${rule} (SEED=${SEED}): ${err.stack}\n${world?.server.out.slice(-1500)}`);
    return false;
  } finally {
    await world?.server.done();
    await rm(top, { recursive: true, force: true });
  }
}

/** Starts on a copy of the data with this fault; true where it was killed, false where it came through. */
async function dies(world, top, env) {
  const dir = join(top, 'copy'), server = new Server({ dir, env: { ...BASE, ...env(dir) }, binary: FAULTS });
  await rm(dir, { recursive: true, force: true });
  await cp(world.server.dir, dir, { recursive: true, filter: (from) => !from.endsWith('.sock') });
  const died = await server.start().then(() => false, () => true);
  const how = died ? await server.exited : await server.kill();
  check(!died || how.signal === 'SIGKILL', `it ended by itself: ${JSON.stringify(how)}\n${server.out}`);
  await survive({ ...world, server, told: new Map(world.told) }, JSON.stringify(env('')));
  return died;
}

/** A killed server's data; then starts on it that are killed, by rules and at each change of the disk. */
async function starts(name, binary, rules) {
  const top = await mkdtemp(join(tmpdir(), 'linnet-steps-'));
  let world, killed = 0;
  try {
    world = await makeWorld(binary, { LINNET_TUNE_WAL_SOFT: '100000000', LINNET_TUNE_WAL_HARD: '100000000' }, join(top, 'data'));
    await talk(world, { words: 120 });
    await world.server.kill();
    for (const rule of rules) {
      check(await dies(world, top, () => ({ LINNET_FAULT: rule })), `${rule} never came`);
      killed++;
    }
    const step = name === 'migration' ? 5 : 3; // most of them are pages of the same kind
    for (let n = 1; await dies(world, top, (dir) => disk(dir, { DISK_KILL: String(n) })); n += n < 12 ? 1 : step) killed++;
    if (name === 'migration') check((await readdir(join(top, 'copy', 'backups'))).every((f) => /^pre-v\d+\.db$/.test(f)), 'a whole copy is left, and nothing else');
    console.log(`ok   ${name}: ${killed} starts killed`);
    return true;
  } catch (err) {
    console.log(`FAIL ${name} (SEED=${SEED}): ${err.stack}\n${world?.server.out.slice(-500)}`);
    return false;
  } finally {
    await world?.server.done();
    await rm(top, { recursive: true, force: true });
  }
}

console.log(`SEED=${SEED}`);
let passed = 0, failed = 0;
for (const rule of LIVE) (await live(rule)) ? passed++ : failed++;
if (!process.env.STEPS) {
  (await starts('start', FAULTS, START)) ? passed++ : failed++;
  (await starts('migration', RELEASED, MIGRATION)) ? passed++ : failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
