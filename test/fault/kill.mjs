// SPDX-License-Identifier: MIT
// kill.mjs - kill -9 at random moments under load: nothing acknowledged is lost, nothing doubled, no
// hole, and the server listens again within 1 s. CYCLES=30 SEED=n WRITERS=20 CHATS=10.

import { randomFrom, SEED } from './lib/random.mjs';
import { Client, cid, eventsOf, group } from '../wire/lib/client.mjs';
import { Server, sleep, until } from '../wire/lib/server.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const CYCLES = number('CYCLES', 30), WRITERS = number('WRITERS', 20), CHATS = number('CHATS', 10);
const IN_FLIGHT = 4, START_MS = 1000;

const random = randomFrom(SEED);
const totals = { cycles: 0, sent: 0, acked: 0, resent: 0, landed: 0, lost: 0, doubled: 0, gaps: 0, slow: 0, worst_ms: 0 };
const acked = new Map(); // cid → {chat, seq}
const open = new Map(); // cid → {writer, chat}: sent, no answer yet; kept over the crash and sent again

async function deliver(client, key, { writer, chat }) {
  open.set(key, { writer, chat });
  for (;;) {
    const reply = await client.ask('send', { chat, cid: key, body: { text: `w${writer} ${key}` } });
    if (reply.seq) {
      const before = acked.get(key);
      if (before && before.seq !== reply.seq) totals.doubled++;
      acked.set(key, { chat, seq: reply.seq });
      open.delete(key);
      return;
    }
    if (!['busy', 'rate_limited', 'unknown', 'read_only', 'shutting_down'].includes(reply.error.code)) {
      throw new Error(`send: ${JSON.stringify(reply.error)}`);
    }
    await sleep(reply.error.retry_ms ?? 20);
  }
}

/** One writer's life in one cycle: first what was left open, then new words until the crash. */
async function write(client, writer, chats, state) {
  const mine = [...open].filter(([, o]) => o.writer === writer);
  const lane = async () => {
    for (let o; (o = mine.shift());) {
      totals.resent++;
      await deliver(client, o[0], o[1]);
    }
    while (!state.over && !client.isClosed) {
      totals.sent++;
      await deliver(client, cid(), { writer, chat: chats[Math.floor(Math.random() * chats.length)] });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, () => lane().catch((err) => {
    if (!client.isClosed && !state.over) state.errors.push(err);
  })));
}

async function verify(client, chats) {
  const where = new Map();
  for (const chat of chats) {
    const events = await eventsOf(client, chat);
    events.forEach((e, i) => {
      if (e.seq !== i + 1) totals.gaps++;
      if (e.kind !== 'message') return;
      if (where.has(e.cid)) totals.doubled++;
      where.set(e.cid, { chat, seq: e.seq });
    });
    const { head } = await client.ok('history', { chat, limit: 1 });
    if (head !== (events.at(-1)?.seq ?? 0)) totals.gaps++;
  }
  for (const [key, at] of acked) {
    const found = where.get(key);
    if (found?.chat !== at.chat || found?.seq !== at.seq) totals.lost++;
  }
  totals.landed = where.size;
}

async function cycle(server, who, chats, n) {
  const state = { over: false, errors: [] };
  const clients = await Promise.all(who.map((p) => Client.join(server, p)));
  const before = acked.size, wait = 30 + random() * 600;
  const writing = Promise.all(clients.map((c, i) => write(c, i, chats, state)));
  await sleep(wait);
  state.over = true;
  await server.kill();
  await writing;
  if (state.errors.length) throw state.errors[0];
  const ms = await server.restartTimed();
  totals.worst_ms = Math.max(totals.worst_ms, Math.round(ms));
  if (ms > START_MS) totals.slow++;
  const reader = await Client.join(server, who[0]);
  await verify(reader, chats);
  reader.close();
  totals.cycles = n;
  totals.acked = acked.size;
  console.log(`cycle ${n}: killed after ${Math.round(wait)} ms, ${acked.size - before} acked, ${open.size} open, ` +
    `listening after ${Math.round(ms)} ms, lost ${totals.lost}, doubled ${totals.doubled}, gaps ${totals.gaps}`);
}

console.log(`SEED=${SEED} CYCLES=${CYCLES} WRITERS=${WRITERS} CHATS=${CHATS}`);
const server = await Server.start({ env: { LINNET_LIMITS_SENDS_PER_10S: '1000000000' } });
let good = false;
try {
  const names = Array.from({ length: WRITERS }, (_, i) => `w${i}`);
  const who = Object.values(await server.people(...names));
  const first = await Client.join(server, who[0]);
  const chats = [];
  for (let i = 0; i < CHATS; i++) chats.push(await group(first, who.slice(1), `chat ${i}`));
  first.close();
  for (let n = 1; n <= CYCLES; n++) await cycle(server, who, chats, n);
  // the last crash's open words are sent again too, so that the end has none
  const clients = await Promise.all(who.map((p) => Client.join(server, p)));
  await Promise.all(clients.map((c, i) => write(c, i, chats, { over: true, errors: [] })));
  await until(() => open.size === 0, 'every open word is acknowledged');
  await verify(clients[0], chats);
  totals.acked = acked.size;
  for (const c of clients) c.close();
  good = !totals.lost && !totals.doubled && !totals.gaps && !totals.slow && totals.acked > 0 && totals.landed === totals.acked;
  await server.stop();
} catch (err) {
  console.log(`failed: ${err.stack}\n${server.out.slice(-2000)}`);
} finally {
  await server.done();
}
console.log(Object.entries(totals).map(([k, v]) => `${k} ${v}`).join(', '));
console.log(good ? '1 passed, 0 failed' : `0 passed, 1 failed (SEED=${SEED})`);
process.exit(good ? 0 : 1);
