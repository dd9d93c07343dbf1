// SPDX-License-Identifier: MIT
// full.mjs - a disk that is full: writes are refused in words, reads go on, writes return by
// themselves once there is room, and nothing acknowledged is lost. Needs the right to mount a tmpfs.

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, count, say, verify, voice } from './lib/told.mjs';
import { Client, cid, eventsOf, group } from '../wire/lib/client.mjs';
import { Server, sleep, until } from '../wire/lib/server.mjs';

const FILLER = 4 << 20, RETURN_MS = 5000, LIMITS = { LINNET_LIMITS_SENDS_PER_10S: '1000000000' };

async function fullDisk(disk) {
  const filler = join(disk, 'filler'), dir = join(disk, 'data');
  await writeFile(filler, Buffer.alloc(FILLER));
  await mkdir(dir, { mode: 0o700 });
  const server = await Server.start({ dir, env: LIMITS });
  try {
    const who = Object.values(await server.people('ana', 'bea'));
    const clients = await Promise.all(who.map((p) => voice(server, p)));
    const chat = await group(clients[0], who.slice(1));
    const told = new Map(), state = { over: false, refused: 0, after: 0, freed: false };
    const lane = async (c) => {
      while (!state.over) {
        const key = cid();
        const reply = await say(c, told, chat, key, key.padEnd(4000, '.'));
        if (reply.seq && state.freed) state.after++;
        if (reply.error) {
          state.refused++;
          await sleep(20);
        }
      }
    };
    const lanes = Promise.all(clients.flatMap((c) => Array.from({ length: 4 }, () => lane(c))));
    lanes.catch(() => {});
    await until(() => state.refused > 50, 'the disk is full and writes are refused', 30000);
    await sleep(2500); // tries to recover, in vain
    const codes = new Set([...told.values()].map((t) => t.refused).filter(Boolean));
    check(codes.has('read_only'), `refused as read_only: ${[...codes]}`);
    const page = await clients[1].ok('history', { chat, limit: 20 });
    check(page.items.length === 20, 'history goes on');
    check((await eventsOf(clients[1], chat)).length >= page.items.length, 'events go on');
    const reader = await Client.join(server, who[1]);
    reader.close();
    check((await fetch(`${server.url}/readyz`)).status === 503, 'not ready meanwhile');
    check((await fetch(`${server.url}/healthz`)).status === 200, 'alive meanwhile');
    await unlink(filler);
    state.freed = true;
    await until(() => state.after > 20, 'writes return by themselves', RETURN_MS);
    state.over = true;
    await lanes;
    await Promise.all(clients.map((c) => c.ready));
    await verify(clients[0], [chat], told, 'after there is room');
    const counts = count(told);
    for (const [key, t] of told) if (t.unknown) check((await say(t.c, told, chat, key, t.text)).seq, `${key} is answered`);
    for (const c of clients) c.close();
    await server.kill();
    await server.start();
    const back = await Client.join(server, who[0]);
    await verify(back, [chat], told, 'after a crash');
    back.close();
    await server.stop();
    console.log(`ok   full disk: ${counts}`);
    return true;
  } catch (err) {
    console.log(`FAIL full disk: ${err.stack}\n${server.out.slice(-2000)}`);
    return false;
  } finally {
    await server.done();
  }
}

const disk = await mkdtemp(join(tmpdir(), 'linnet-full-'));
let mounted = false, good = true;
try {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'linnet-full', disk], { stdio: 'pipe' });
    mounted = true;
  } catch (err) {
    console.log(`skip full disk: a tmpfs cannot be mounted here (${String(err.stderr ?? err.message).trim()})`);
  }
  if (mounted) good = await fullDisk(disk);
} finally {
  if (mounted) execFileSync('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
}
console.log(good ? `${mounted ? 1 : 0} passed, 0 failed` : '0 passed, 1 failed');
process.exit(good ? 0 : 1);
