// SPDX-License-Identifier: MIT
// client.mjs - a small protocol client over npm's ws, for tests: every frame is kept, in order.

import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';
import { within } from './server.mjs';

let lastMs = 0;
export function cid() {
  lastMs = Math.max(Date.now(), lastMs + 1);
  const hex = lastMs.toString(16).padStart(12, '0') + '7' + randomBytes(10).toString('hex').slice(1);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`.slice(0, 36);
}

export class Client {
  constructor(server) {
    Object.assign(this, { server, frames: [], next: 1, waiting: new Map(), watchers: new Set(), read: 0 });
  }

  /** Connects and says hello; resume: {epoch, cursors}. The answer is in .hello. */
  static async join(server, person, resume = {}) {
    const c = new Client(server);
    await c.connect();
    c.hello = await c.ok('hello', { token: person.token, ...resume });
    c.id = c.hello.self.id;
    return c;
  }

  async connect({ protocols = ['linnet.v1'], ...options } = {}) {
    const ws = (this.socket = new WebSocket(this.server.ws, protocols, options));
    this.closed = new Promise((done) => ws.once('close', (code, reason) => {
      this.isClosed = true;
      for (const w of this.waiting.values()) w.lost(new Error(`closed ${code} ${reason}`));
      this.waiting.clear();
      done({ code, reason: String(reason) });
    }));
    ws.on('message', (data) => this.take(JSON.parse(data)));
    await within(5000, new Promise((yes, no) => { ws.once('open', yes); ws.once('error', no); }), 'open');
    ws.on('error', () => {});
    return this;
  }

  take(frame) {
    this.frames.push(frame);
    if (frame.re != null) {
      this.waiting.get(frame.re)?.got(frame);
      this.waiting.delete(frame.re);
    }
    for (const w of this.watchers) w();
  }

  raw(text) {
    this.socket.send(text);
  }
  say(op, args = {}) {
    this.raw(JSON.stringify({ op, ...args }));
  }

  /** The reply, be it an error. */
  ask(op, args = {}) {
    const id = this.next++;
    const reply = new Promise((got, lost) => this.waiting.set(id, { got, lost }));
    reply.catch(() => {});
    this.say(op, { id, ...args });
    return within(10000, reply, `a reply to ${op}`);
  }

  async ok(op, args) {
    const reply = await this.ask(op, args);
    if (reply.error) throw new Error(`${op}: ${JSON.stringify(reply.error)}`);
    return reply;
  }

  /** The error code of what must fail. */
  async refused(op, args) {
    const reply = await this.ask(op, args);
    if (!reply.error) throw new Error(`${op} was not refused: ${JSON.stringify(reply)}`);
    return reply.error.code;
  }

  send(chat, text, more = {}) {
    return this.ok('send', { chat, cid: cid(), body: { text }, ...more });
  }

  /** The first frame, past or to come, for which match(frame) holds. */
  async see(match, what = match.toString(), ms = 5000) {
    let watcher;
    const found = new Promise((done) => {
      watcher = () => {
        const f = this.frames.find(match);
        if (f) done(f);
      };
      this.watchers.add(watcher);
      watcher();
    });
    return within(ms, found, what).finally(() => this.watchers.delete(watcher));
  }

  event(chat, kind, more = () => true) {
    return this.see((f) => f.ev === 'event' && f.chat === chat && f.kind === kind && more(f), `a ${kind} event in ${chat}`);
  }

  /** All that was sent before this call has been answered, and what it caused here has been seen. */
  async settle() {
    this.pongs = (this.pongs ?? 0) + 1;
    this.say('ping');
    const n = this.pongs;
    await this.see(() => this.frames.filter((f) => f.ev === 'pong').length >= n, 'pong');
  }

  close() {
    this.socket.terminate();
    return this.closed;
  }
}

export async function direct(a, b) {
  return (await a.ok('chat.create', { kind: 'direct', cid: cid(), members: [b.id] })).chat;
}
export async function group(a, others, title = 'A group') {
  return (await a.ok('chat.create', { kind: 'group', title, cid: cid(), members: others.map((o) => o.id) })).chat;
}
export async function eventsOf(c, chat, after = 0) {
  const all = [];
  for (let more = true; more;) {
    const page = await c.ok('events', { chat, after, limit: 200 });
    all.push(...page.events);
    more = page.more;
    after = all.at(-1)?.seq ?? after;
  }
  return all;
}
