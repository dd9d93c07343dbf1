// SPDX-License-Identifier: MIT
// power.mjs - a power cut: what a server writes and syncs is recorded (disk.c), its files are built as
// they may be found after a cut at some point (unsynced writes kept, dropped, reordered, torn at
// 512 B), and a server starts on them. Whatever a client had been told by then, acknowledged or shown,
// must be there: 0 lost, 0 doubled, no hole, the database whole, every start good.
//
// Each run: a first process writes, dies or stops; a second recovers (or migrates: the first is then
// the released binary, the second one with a schema more), writes, and is killed.
// Then the test of the test: servers with a mistake in them (LINNET_MUTANT) must be found out.
// RUNS=20 STATES=5 SEED=n MUTANTS="sync_off …", or MUTANTS= for none.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Disk, framesOut, MODES, readJournal } from './lib/journal.mjs';
import { randomFrom, SEED } from './lib/random.mjs';
import { Client, cid, group } from '../wire/lib/client.mjs';
import { BINARY, Server, sleep, within } from '../wire/lib/server.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const RUNS = number('RUNS', 20), STATES = number('STATES', 5);
const MUTANTS = (process.env.MUTANTS ?? 'ack_early publish_early sync_off sync_normal dedupe_off').split(/\s+/).filter(Boolean);
const MUTANT_RUNS = 10; // a mutant must be found within so many
const RELEASED = process.env.LINNET_RELEASED ?? BINARY, FAULTS = process.env.LINNET_FAULTS ?? BINARY;
const TOOLS = process.env.LINNET_TOOLS ?? join(dirname(RELEASED), 'test');
const PEOPLE = 4, CHATS = 3, LANES = 3, WRITE_MS = [60, 350];
const LIMITS = { LINNET_LIMITS_SENDS_PER_10S: '1000000000' };
/** Little work makes folds and checkpoints. */
const TUNED = { LINNET_TUNE_FOLD_ROWS: '150', LINNET_TUNE_WAL_SOFT: '300000', LINNET_TUNE_WAL_HARD: '1000000' };

/** One random change of a random chat: [op, arguments]. */
function anything(run, mine) {
  const { random } = run, chat = run.chats[Math.floor(random() * CHATS)], roll = random();
  const old = mine.length && mine[Math.floor(random() * mine.length)];
  if (!old || roll < 0.7) return ['send', { chat, cid: cid(), body: { text: 'x'.repeat(Math.floor(random() ** 6 * 12000)) } }];
  if (roll < 0.74) return ['send', old.args]; // again: answered as the first time
  const target = { chat: old.chat, target: old.seq };
  if (roll < 0.8) return ['edit', { ...target, body: { text: `edited ${Math.floor(random() * 1e6)}` } }];
  if (roll < 0.87) return ['react', { ...target, emoji: '+1', on: random() < 0.7 }];
  if (roll < 0.92) return ['delete', target];
  return ['mark', { chat: old.chat, delivered: old.seq, read: old.seq }];
}

/** Writes until the time is over or the server has gone; run.asked: id → {op, args}. */
async function write(run, server, phase) {
  const state = { over: false };
  const clients = await Promise.all(run.who.map((p) => Client.join(server, p)));
  if (!run.chats) {
    run.chats = [];
    for (let i = 0; i < CHATS; i++) run.chats.push(await group(clients[0], clients.slice(1), `chat ${i}`));
    run.settled = (await stat(run.journal)).size; // from here on people and chats are there
  }
  const mine = clients.map(() => []);
  const lane = async (c, i) => {
    while (!state.over && !c.isClosed) {
      const [op, args] = anything(run, mine[i]), id = c.next;
      run.asked.set(id, { op, args, who: run.who[i] });
      const reply = await c.ask(op, args);
      if (op === 'send' && reply.seq) mine[i].push({ chat: args.chat, seq: reply.seq, args });
    }
  };
  clients.forEach((c, i) => (c.next = 1e9 * phase + 1e7 * i + 1e5));
  const lanes = clients.flatMap((c, i) => Array.from({ length: LANES }, () => lane(c, i).catch((err) => {
    if (!c.isClosed && !state.over) run.errors.push(err);
  })));
  await sleep(WRITE_MS[0] + run.random() * (WRITE_MS[1] - WRITE_MS[0]));
  if (run.random() < 0.7) await server.kill();
  else await server.stop();
  state.over = true;
  await Promise.all(lanes);
  if (run.errors.length) throw run.errors[0];
}

/** Two processes on one new directory, all recorded. */
async function record(seed, mutant) {
  const top = await mkdtemp(join(tmpdir(), 'linnet-power-'));
  const run = { seed, top, dir: join(top, 'data'), journal: join(top, 'journal'), random: randomFrom(seed), asked: new Map(), errors: [] };
  const env = { ...LIMITS, LD_PRELOAD: join(TOOLS, 'disk.so'), DISK_DIR: run.dir, DISK_JOURNAL: run.journal,
    ...(mutant && { LINNET_MUTANT: mutant }), ...(run.random() < 0.8 && TUNED) };
  const migrates = !mutant && seed % 4 === 0;
  run.server = new Server({ dir: run.dir, env, binary: migrates ? RELEASED : FAULTS });
  try {
    await run.server.start();
    run.server.env = LIMITS; // commands are not recorded
    run.who = Object.values(await run.server.people(...Array.from({ length: PEOPLE }, (_, i) => `w${i}`)));
    await write(run, run.server, 1);
    if (!mutant) {
      Object.assign(run.server, { env, binary: FAULTS });
      await run.server.start();
      await write(run, run.server, 2);
    }
    run.records = await readJournal(run.journal);
    run.frames = framesOut(run.records);
    return run;
  } catch (err) {
    await run.server.kill().catch(() => {});
    await rm(top, { recursive: true, force: true });
    throw new Error(`run ${seed}: ${err.message}`, { cause: err });
  }
}

/** Where to cut: half of them where most is unsynced, just before a sync. */
function cuts(run) {
  const changes = [], syncs = [];
  run.records.forEach((r, i) => {
    if (r.kind !== 'out' && r.kind !== 'open') changes.push(i);
    if (r.kind === 'sync') syncs.push(i);
  });
  return Array.from({ length: STATES }, () => {
    const list = run.random() < 0.5 ? syncs : changes;
    return { at: list[Math.floor(run.random() * list.length)], mode: MODES[Math.floor(run.random() * MODES.length)] };
  }).sort((a, b) => a.at - b.at);
}

/** What clients had been told before record `at`. */
function toldBefore(run, at) {
  const told = { acks: [], seen: [], marks: new Map() };
  for (const { place, frame } of run.frames) {
    if (place >= at) break;
    if (frame.ev === 'event') told.seen.push(frame);
    if (frame.ev === 'mark') told.marks.set(`${frame.chat} ${frame.user}`, frame);
    const asked = frame.re && run.asked.get(frame.re);
    if (asked && frame.seq) told.acks.push({ ...asked, seq: frame.seq });
  }
  return told;
}

const KIND = { send: 'message', edit: 'edit', react: 'react', delete: 'delete' };

async function eventsBy(server, who, chat) {
  const all = [];
  for (let more = true; more;) {
    const { status, body } = await server.post('events', { chat, after: all.at(-1)?.seq ?? 0, limit: 200 }, who);
    if (status !== 200) throw new Error(`events: ${status} ${JSON.stringify(body)}`);
    all.push(...body.events);
    more = body.more;
  }
  return all;
}

/** What does not hold on this server, given what was told. */
async function faultsOf(run, server, told) {
  const wrong = [], logs = new Map(), [first] = run.who;
  for (const chat of run.chats) {
    const events = await eventsBy(server, first, chat), cids = new Set();
    events.forEach((e, i) => {
      if (e.seq !== i + 1) wrong.push(`a hole at ${chat}/${i + 1}`);
      if (e.cid && cids.has(`${e.from} ${e.cid}`)) wrong.push(`${e.cid} twice in ${chat}`);
      cids.add(`${e.from} ${e.cid}`);
    });
    logs.set(chat, events);
  }
  for (const a of told.acks) {
    const e = logs.get(a.args.chat)?.[a.seq - 1];
    const same = e && e.kind === KIND[a.op] && e.from === a.who.id && (a.op === 'send' ? e.cid === a.args.cid : e.target === a.args.target);
    if (!same) wrong.push(`${a.op} was acknowledged as ${a.args.chat}/${a.seq}, where is ${JSON.stringify(e)?.slice(0, 120)}`);
  }
  for (const s of told.seen) {
    const e = logs.get(s.chat)?.[s.seq - 1];
    if (!logs.has(s.chat)) continue;
    if (!e || e.kind !== s.kind || e.from !== s.from || e.cid !== s.cid) wrong.push(`${s.kind} ${s.chat}/${s.seq} was seen and is lost`);
  }
  for (const who of run.who) {
    const { body } = await server.post('chat.list', {}, who);
    for (const c of body.chats) {
      const mark = told.marks.get(`${c.id} ${who.id}`);
      if (mark && c.read_seq < mark.read) wrong.push(`the mark of ${who.id} in ${c.id} fell from ${mark.read} to ${c.read_seq}`);
    }
  }
  const sends = told.acks.filter((a) => a.op === 'send');
  for (const a of [sends[0], sends.at(-1)].filter(Boolean)) {
    const { body } = await server.post('send', a.args, a.who);
    if (!body.dup || body.seq !== a.seq) wrong.push(`${a.args.cid} sent again: ${JSON.stringify(body)}`);
  }
  return wrong;
}

function intact(dir) {
  return new Promise((done) => execFile(join(TOOLS, 'intact'), [dir], (err, stdout) => done(err ? [`not intact: ${stdout || err.message}`] : [])));
}

/** Starts on the state after this cut. Answers what is wrong. */
async function tryState(run, disk, { at, mode }) {
  const dir = join(run.top, 'image');
  await disk.image(dir, mode, run.random);
  const server = new Server({ dir, env: LIMITS, binary: FAULTS });
  const told = toldBefore(run, at), wrong = [];
  try {
    await server.start();
    if (run.records[at].end > run.settled) wrong.push(...await faultsOf(run, server, told));
    await server.kill();
    wrong.push(...await intact(dir));
  } catch (err) {
    wrong.push(`${err.message}\n${server.out.slice(-500)}`);
  } finally {
    await server.done();
  }
  run.checked = (run.checked ?? 0) + told.acks.length + told.seen.length;
  return wrong.length ? [`SEED=${run.seed} cut at record ${at} of ${run.records.length}, ${mode}: ${wrong.length} wrong, first: ${wrong[0]}`] : [];
}

async function oneRun(seed, mutant) {
  const run = await record(seed, mutant), disk = new Disk(run.dir), wrong = [];
  let next = 0;
  try {
    for (const cut of cuts(run)) {
      for (; next < cut.at; next++) disk.apply(run.records[next]);
      wrong.push(...await within(60000, tryState(run, disk, cut), 'a start and its checks'));
      if (mutant && wrong.length) break;
    }
  } finally {
    await rm(run.top, { recursive: true, force: true });
  }
  return { wrong, checked: run.checked, records: run.records.length };
}

async function findMutant(mutant) {
  for (let n = 0; n < MUTANT_RUNS; n++) {
    const { wrong } = await oneRun(SEED + n, mutant);
    if (wrong.length) {
      console.log(`ok   ${mutant} is found out in run ${n + 1}: ${wrong[0].slice(0, 200)}`);
      return true;
    }
  }
  console.log(`FAIL ${mutant} is not found out in ${MUTANT_RUNS} runs (SEED=${SEED})`);
  return false;
}

console.log(`SEED=${SEED} RUNS=${RUNS} STATES=${STATES}`);
let passed = 0, failed = 0, checked = 0, states = 0;
for (let n = 0; n < RUNS; n++) {
  const { wrong, ...run } = await oneRun(SEED + n).catch((err) => ({ wrong: [err.stack] }));
  wrong.length ? failed++ : passed++;
  checked += run.checked ?? 0;
  states += STATES;
  for (const w of wrong) console.log(`FAIL ${w}`);
  if (n % 20 === 19) console.log(`${states} states, ${checked} promises checked, ${failed} runs failed`);
}
for (const mutant of MUTANTS) (await findMutant(mutant)) ? passed++ : failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
