// SPDX-License-Identifier: MIT
// faults.mjs - statements, commits, folds, checkpoints and reopenings that fail, in a binary built
// with FAULTS=1 (see src/store/fault.c): what was acknowledged is there, what was refused is not,
// what was answered "unknown", or by nothing but a resync, is there once or not at all; no holes;
// the server recovers by itself and tells every session to resync. STEPS="commit:1 …" for some.

import { mkdtemp, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, count, say, verify, voice } from './lib/told.mjs';
import { Client, cid, group } from '../wire/lib/client.mjs';
import { Server, sleep, until } from '../wire/lib/server.mjs';

const STEPS = process.env.STEPS?.split(/\s+/) ?? [
  'statement:1', 'statement:2', 'statement:5', 'statement:40', 'statement:300',
  'commit:1', 'commit:2', 'commit:9', 'commit:40',
  'fold:1', 'fold:2', 'fold:3', 'fold:4', 'fold:5',
  'checkpoint:1', 'commit:3,checkpoint:1', 'commit:3,open:1', 'statement:9,open:2',
  'statement:20+', 'commit:5+', 'commit:3,checkpoint:1+', 'commit:3,open:1+', 'fold:2+',
];
const WRITERS = 3, LANES = 4, CHATS = 3;
const BALLAST = 1100, BALLAST_BYTES = 16000; // more than 16 MiB: a fold begins
const RECOVERY_MS = 5000;

async function oneCase(steps) {
  const lasting = steps.endsWith('+'), fold = steps.startsWith('fold'), heavy = fold || steps.startsWith('checkpoint');
  const dir = await mkdtemp(join(tmpdir(), 'linnet-fault-')), file = join(dir, 'fault');
  const server = await Server.start({ dir, env: {
    LINNET_FAULT: steps, LINNET_FAULT_FILE: file, LINNET_LIMITS_SENDS_PER_10S: '1000000000', LINNET_LIMITS_OUT_SOFT: '8M', LINNET_LIMITS_OUT_HARD: '64M' } });
  try {
    const who = Object.values(await server.people(...Array.from({ length: WRITERS }, (_, i) => `w${i}`)));
    const clients = await Promise.all(who.map((p) => voice(server, p)));
    const chats = [];
    for (let i = 0; i < CHATS; i++) chats.push(await group(clients[0], who.slice(1), `chat ${i}`));
    const ballast = await group(clients[0], [], 'ballast');
    const told = new Map(), state = { over: false, refused: 0 };
    await writeFile(file, '');
    const recovered = () => (server.out.match(/event=recovered/g) ?? []).length;
    const failed = () => /event=(sql|commit)_failed/.test(server.out);
    let after = 0; // acknowledged since the recovery
    const lane = async (c, i) => {
      while (!state.over) {
        const reply = await say(c, told, chats[i % CHATS], cid());
        if (reply.seq && recovered()) after++;
        if (reply.error) {
          state.refused++;
          await sleep(10);
        }
      }
    };
    const lanes = Promise.all(clients.flatMap((c) => Array.from({ length: LANES }, (_, i) => lane(c, i))));
    lanes.catch(() => {});
    if (heavy) {
      const text = 'x'.repeat(BALLAST_BYTES);
      for (let n = 0; n < BALLAST; n += 50) {
        await Promise.all(Array.from({ length: 50 }, () => say(clients[0], told, ballast, cid(), text)));
      }
    }
    await until(failed, 'the fault', 10000);
    if (lasting && !fold) {
      await until(() => state.refused > 20, 'writes are refused');
      const reply = await clients[1].ask('history', { chat: chats[0], limit: 5 });
      check(steps.includes('open') ? reply.error?.code === 'read_only' : reply.items, `a read meanwhile: ${JSON.stringify(reply)}`);
      check((await fetch(`${server.url}/readyz`)).status === 503, 'not ready meanwhile');
    }
    if (lasting) {
      await sleep(fold ? 1500 : 0);
      check(recovered() <= 2, 'no storm of recoveries');
      await unlink(file);
    }
    await until(() => recovered() && after > 50, 'recovery by itself', RECOVERY_MS);
    state.over = true;
    await lanes;
    await until(() => clients.every((c) => c.resyncs > 0), 'every session is told to resync');
    await Promise.all(clients.map((c) => c.ready));
    const all = [...chats, ballast];
    await verify(clients[0], all, told, 'after recovery');
    const counts = count(told);
    for (const [key, t] of told) {
      if (!t.unknown) continue;
      const reply = await say(t.c, told, t.chat, key, t.text).catch(() => null);
      check(reply, `${key} is answered at last`);
    }
    for (const c of clients) c.close();
    await server.kill();
    server.env = { LINNET_LIMITS_SENDS_PER_10S: '1000000000' };
    await server.start();
    const back = await Client.join(server, who[0]);
    await verify(back, all, told, 'after a crash');
    back.close();
    await server.stop();
    console.log(`ok   ${steps}: ${counts}`);
    return true;
  } catch (err) {
    console.log(`FAIL ${steps}: ${err.stack}\n${server.out.slice(-1500)}`);
    return false;
  } finally {
    await server.done();
  }
}

let passed = 0, failures = 0;
for (const steps of STEPS) (await oneCase(steps)) ? passed++ : failures++;
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);
