// SPDX-License-Identifier: MIT
// faults.mjs - statements, commits, folds, checkpoints and reopenings that fail, in a binary built
// with FAULTS=1 (see src/store/fault.c); and writes, syncs, truncations and reads that fail below
// SQLite (CALL:N=ERRNO, see disk.c), once, for some time, or some in a hundred. What was acknowledged
// is there, what was refused is not, what was answered "unknown", or by nothing but a resync, is there
// once or not at all; no holes; the server recovers by itself and tells every session to resync.
// STEPS="commit:1 …" for some; SEED=n.

import { mkdtemp, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SEED } from './lib/random.mjs';
import { check, count, say, verify, voice } from './lib/told.mjs';
import { Client, cid, group } from '../wire/lib/client.mjs';
import { BINARY, Server, sleep, until } from '../wire/lib/server.mjs';

const STEPS = process.env.STEPS?.split(/\s+/) ?? [
  'statement:1', 'statement:2', 'statement:5', 'statement:40', 'statement:300',
  'commit:1', 'commit:2', 'commit:9', 'commit:40',
  'fold:1', 'fold:2', 'fold_rows:3', 'fold_cids:1', 'fold_cids:2', 'fold_finish:1', 'fold_finish:2', 'fold_trim:1', 'fold_trim:2',
  'checkpoint:1', 'commit:3,checkpoint:1', 'commit:3,open:1', 'statement:9,open:2',
  'statement:20+', 'commit:5+', 'commit:3,checkpoint:1+', 'commit:3,open:1+', 'fold:2+',
  'statement%1', 'statement%5', 'commit%1', 'commit%5', 'fold%5', 'checkpoint%5',
  'write:1=EIO', 'write:4=ENOSPC', 'write:60=EIO', 'write:400=EIO', 'sync:1=EIO', 'sync:2=EIO', 'sync:60=EIO', 'truncate:1=EIO', 'read:1=EIO', 'read%5=EIO',
  'sync:5+=EIO', 'write:9+=ENOSPC', 'any%1=EIO', 'any%5=EIO', 'sync%5=EIO', 'write%1=ENOSPC',
];
const WRITERS = 3, LANES = 4, CHATS = 3;
const RECOVERY_MS = 5000, RANDOM_MS = 1000, TEXT_BYTES = 1500;
const FAULTS = process.env.LINNET_FAULTS ?? BINARY;
const TOOLS = process.env.LINNET_TOOLS ?? join(dirname(BINARY), 'test');
/** Little work makes folds and checkpoints. */
const BASE = { SEED: String(SEED), LINNET_LIMITS_SENDS_PER_10S: '1000000000', LINNET_LIMITS_OUT_SOFT: '8M', LINNET_LIMITS_OUT_HARD: '64M',
  LINNET_TUNE_FOLD_ROWS: '150', LINNET_TUNE_WAL_SOFT: '300000', LINNET_TUNE_WAL_HARD: '600000' };

async function oneCase(steps) {
  const lasting = /\+(=|$)/.test(steps), random = steps.includes('%'), fold = steps.startsWith('fold'), below = steps.includes('=');
  const dir = await mkdtemp(join(tmpdir(), 'linnet-fault-')), file = join(dir, 'fault');
  const server = await Server.start({ dir, binary: FAULTS, env: { ...BASE, ...(below
    ? { LD_PRELOAD: join(TOOLS, 'disk.so'), DISK_DIR: dir, DISK_FAIL: steps, DISK_FILE: file }
    : { LINNET_FAULT: steps, LINNET_FAULT_FILE: file }) } });
  server.env = BASE;
  try {
    const who = Object.values(await server.people(...Array.from({ length: WRITERS }, (_, i) => `w${i}`)));
    const clients = await Promise.all(who.map((p) => voice(server, p)));
    const chats = [];
    for (let i = 0; i < CHATS; i++) chats.push(await group(clients[0], who.slice(1), `chat ${i}`));
    const told = new Map(), state = { over: false, refused: 0 };
    await writeFile(file, '');
    const recovered = () => (server.out.match(/event=recovered/g) ?? []).length;
    const storeFailed = () => /event=(sql|commit)_failed/.test(server.out);
    const failed = () => storeFailed() || /event=read_failed/.test(server.out); // a reader's own handle: nothing to recover
    const isBack = () => recovered() || !storeFailed();
    let after = 0; // acknowledged since the recovery
    const lane = async (c, i) => {
      while (!state.over) {
        const key = cid(), reply = await say(c, told, chats[i % CHATS], key, key.padEnd(TEXT_BYTES, '.'));
        if (reply.seq && isBack()) after++;
        if (reply.error) {
          state.refused++;
          await sleep(10);
        }
      }
    };
    const lanes = Promise.all(clients.flatMap((c) => Array.from({ length: LANES }, (_, i) => lane(c, i))));
    lanes.catch(() => {});
    const reads = steps.startsWith('read') && (async () => { // history is read as well as written
      while (!state.over) await clients[1].ask('history', { chat: chats[0], after: 1, limit: 5 });
    })().catch(() => {});
    await until(failed, 'the fault', 10000);
    if (lasting && !fold) {
      await until(() => state.refused > 20, 'writes are refused');
      const reply = await clients[1].ask('history', { chat: chats[0], limit: 5 });
      check(steps.includes('open') ? reply.error?.code === 'read_only' : reply.items, `a read meanwhile: ${JSON.stringify(reply)}`);
      check((await fetch(`${server.url}/readyz`)).status === 503, 'not ready meanwhile');
    }
    if (lasting || random) {
      await sleep(fold || random ? RANDOM_MS : 0);
      check(random || recovered() <= 2, 'no storm of recoveries');
      await unlink(file);
      if (random) after = 0;
    }
    await until(() => isBack() && after > 50, 'recovery by itself', RECOVERY_MS);
    state.over = true;
    await lanes;
    await reads;
    if (storeFailed()) await until(() => clients.every((c) => c.resyncs > 0), 'every session is told to resync');
    await Promise.all(clients.map((c) => c.ready));
    await verify(clients[0], chats, told, 'after recovery');
    const counts = count(told);
    for (const [key, t] of told) {
      if (!t.unknown) continue;
      const reply = await say(t.c, told, t.chat, key, t.text).catch(() => null);
      check(reply, `${key} is answered at last`);
    }
    for (const c of clients) c.close();
    await server.kill();
    await server.start();
    const back = await Client.join(server, who[0]);
    await verify(back, chats, told, 'after a crash');
    back.close();
    await server.stop();
    console.log(`ok   ${steps}: ${counts}`);
    return true;
  } catch (err) {
    console.log(`FAIL ${steps} (SEED=${SEED}): ${err.stack}\n${server.out.slice(-1500)}`);
    return false;
  } finally {
    await server.done();
  }
}

console.log(`SEED=${SEED}`);
let passed = 0, failures = 0;
for (const steps of STEPS) (await oneCase(steps)) ? passed++ : failures++;
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);
