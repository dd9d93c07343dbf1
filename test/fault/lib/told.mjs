// SPDX-License-Identifier: MIT
// told.mjs - what each message's sender was told, and whether the server's log agrees with it.
// told: cid → {c, chat, text} and one of seq, refused (a code), unknown.

import { Client, eventsOf } from '../../wire/lib/client.mjs';
import { sleep } from '../../wire/lib/server.mjs';

const CERTAIN = ['read_only', 'busy', 'unauthorized', 'rate_limited', 'shutting_down'];

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

/** A client that says hello again when it is told to, and forgets what it waited for then. */
export async function voice(server, person) {
  const c = await Client.join(server, person);
  Object.assign(c, { resyncs: 0, seen: 0, losers: new Set() });
  const hello = async () => {
    for (;;) {
      const reply = await c.ask('hello', { token: person.token }).catch(() => null);
      if (!reply || !reply.error) return;
      await sleep(50);
    }
  };
  c.ready = Promise.resolve();
  c.watchers.add(() => {
    for (; c.seen < c.frames.length; c.seen++) {
      if (c.frames[c.seen].ev !== 'resync') continue;
      c.resyncs++;
      c.ready = hello();
      for (const lose of c.losers) lose({ lost: true });
      c.losers.clear();
    }
  });
  return c;
}

/** Sends, and notes in told what came of it. A reply, {lost: true} where a resync took its place. */
export async function say(c, told, chat, key, text = key) {
  await c.ready;
  const lost = new Promise((lose) => c.losers.add(lose));
  const reply = await Promise.race([c.ask('send', { chat, cid: key, body: { text } }), lost]);
  const before = told.get(key);
  if (reply.seq) {
    check(before?.seq === undefined || before.seq === reply.seq, `${key} was acknowledged twice, differently`);
    told.set(key, { c, chat, text, seq: reply.seq });
  } else if (reply.lost || reply.error.code === 'unknown') {
    told.set(key, { c, chat, text, unknown: true });
  } else {
    check(CERTAIN.includes(reply.error.code), JSON.stringify(reply.error));
    if (!before?.unknown) told.set(key, { c, chat, text, refused: reply.error.code });
  }
  return reply;
}

/** Throws where a client's view of chats, by events, does not agree with what was told. */
export async function verify(client, chats, told, what) {
  const where = new Map();
  for (const chat of chats) {
    const events = await eventsOf(client, chat);
    events.forEach((e, i) => {
      check(e.seq === i + 1, `${what}: a hole at ${chat}/${i + 1}`);
      if (e.kind !== 'message') return;
      check(!where.has(e.cid), `${what}: ${e.cid} is there twice`);
      where.set(e.cid, e.seq);
    });
  }
  for (const [key, t] of told) {
    if (t.seq) check(where.get(key) === t.seq, `${what}: ${key} was acknowledged at ${t.seq} and is at ${where.get(key)}`);
    if (t.refused) check(!where.has(key), `${what}: ${key} was refused (${t.refused}) and is there`);
  }
  for (const key of where.keys()) check(told.has(key), `${what}: ${key} came from nowhere`);
}

export function count(told) {
  const n = { acked: 0, refused: 0, unknown: 0 };
  for (const t of told.values()) n[t.seq ? 'acked' : t.refused ? 'refused' : 'unknown']++;
  return Object.entries(n).map(([k, v]) => `${v} ${k}`).join(', ');
}
