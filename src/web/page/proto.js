// SPDX-License-Identifier: MIT
// proto.js - the protocol client: one WebSocket, requests by id, heartbeat, reconnect. No DOM here.

let lastMs = 0;

/** A UUIDv7: sorts by time, also within one page and one millisecond. */
export function uuid7(now = Date.now()) {
  lastMs = Math.max(now, lastMs + 1);
  const b = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0, ms = lastMs; i < 6; i++, ms = Math.floor(ms / 256)) b[5 - i] = ms % 256;
  b[6] = 0x70 | (b[6] & 15);
  b[8] = 0x80 | (b[8] & 63);
  const hex = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Waiting before try n (0, 1, …): doubles up to 30 s, half of it random, so that a crowd spreads. */
export function backoff(n, random = Math.random()) {
  const top = Math.min(30000, 500 * 2 ** n);
  return Math.round(top / 2 + (random * top) / 2);
}

export class OpError extends Error {
  constructor({ code, message, retry_ms }) {
    super(message ?? code);
    this.code = code;
    this.retry_ms = retry_ms;
  }
  /** Worth sending again as it is: the operation was not done, or may have been done (same cid). */
  get transient() {
    return ['busy', 'rate_limited', 'read_only', 'unknown', 'shutting_down', 'offline'].includes(this.code);
  }
}

/** One operation over HTTP, for what comes before a sign-in and for what sets the cookie. */
export async function post(op, args) {
  let res;
  try {
    res = await fetch(`/api/v1/${op}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(args),
    });
  } catch {
    throw new OpError({ code: 'offline', message: 'No answer from the server.' });
  }
  const answer = await res.json().catch(() => ({}));
  if (!res.ok) throw new OpError(answer.error ?? { code: 'unknown' });
  return answer;
}

/** handlers: resume() → {epoch, cursors}; onHello(answer), onEvent(frame), onState(name, detail). */
export class Client {
  constructor(url, handlers) {
    Object.assign(this, { url, handlers, tries: 0, nextId: 1, waiting: new Map(), up: false, wanted: false });
  }

  start() {
    this.wanted = true;
    if (!this.ws) this.open();
  }

  stop() {
    this.wanted = false;
    clearTimeout(this.timer);
    this.ws?.close(1000);
    this.drop();
  }

  /** Now, instead of waiting for the next try. */
  hurry() {
    if (this.wanted && !this.ws) this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.handlers.onState('connecting');
    const ws = (this.ws = new WebSocket(this.url, 'linnet.v1'));
    const mine = () => this.ws === ws;
    ws.onopen = () => mine() && this.sayHello();
    ws.onmessage = (e) => mine() && this.take(JSON.parse(e.data));
    ws.onclose = (e) => mine() && this.closed(e);
    this.guard = setTimeout(() => mine() && this.lost(), 15000);
  }

  async sayHello() {
    this.up = false;
    try {
      const answer = await this.request('hello', this.handlers.resume(), true);
      clearTimeout(this.guard);
      this.tries = 0;
      this.up = true;
      this.beat(answer.heartbeat_s ?? 10, answer.ttl_s ?? 30);
      this.handlers.onHello(answer);
      this.handlers.onState('up');
    } catch (err) {
      if (err.code === 'unauthorized' || err.code === 'forbidden') this.end('signed_out');
      else if (err.code !== 'offline') this.lost(err.retry_ms);
    }
  }

  /** A frame a heartbeat, whatever it is; silence for ttl_s means the line is dead. */
  beat(heartbeatS, ttlS) {
    clearInterval(this.pulse);
    this.heard = Date.now();
    this.pulse = setInterval(() => {
      if (Date.now() - this.heard > ttlS * 1000) this.lost();
      else this.say('ping');
    }, heartbeatS * 1000);
  }

  take(frame) {
    this.heard = Date.now();
    if (frame.re !== undefined) {
      const w = this.waiting.get(frame.re);
      this.waiting.delete(frame.re);
      if (w && frame.error) w.reject(new OpError(frame.error));
      else w?.resolve(frame);
    } else if (frame.ev === 'resync') this.sayHello();
    else if (frame.ev === 'bye') this.bye = frame;
    else if (frame.ev !== 'pong') this.handlers.onEvent(frame);
  }

  say(op, args) {
    if (this.ws?.readyState === 1) this.ws.send(JSON.stringify({ op, ...args }));
  }

  request(op, args, first = false) {
    if (!first && !this.up) return Promise.reject(new OpError({ code: 'offline', message: 'You’re offline.' }));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.say(op, { id, ...args });
    });
  }

  closed(e) {
    if (e.code === 4001) this.end('signed_out');
    else this.lost(this.bye?.retry_ms);
  }

  drop() {
    clearInterval(this.pulse);
    clearTimeout(this.guard);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    Object.assign(this, { ws: null, up: false, bye: null });
    for (const w of waiting) w.reject(new OpError({ code: 'offline', message: 'The connection was lost.' }));
  }

  end(state) {
    this.stop();
    this.handlers.onState(state);
  }

  lost(retryMs) {
    const ws = this.ws;
    this.drop();
    ws?.close();
    if (!this.wanted) return;
    const ms = (retryMs ?? 0) + backoff(this.tries++);
    this.timer = setTimeout(() => this.open(), ms);
    this.handlers.onState('waiting', Date.now() + ms);
  }
}
