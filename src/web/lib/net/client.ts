// SPDX-License-Identifier: MIT
// client.ts - one WebSocket: hello, requests by id, heartbeat, back-off, resync, bye.
//
// Holds when: `up` is true from an answered hello until the line is lost or a resync asks for a new
// hello. Every request ends: with its answer, or with 'offline' (the line was lost: it may have been
// done), or with 'unknown' (a resync dropped its answer). A hello of an older try is never heard.

import { OpError } from '../errors.js';
import type { Connection, Hello, Ms } from '../types.js';
import { backoff } from './ids.js';

export interface Socket {
  readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: ((e: never) => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
  onerror?: ((e: never) => void) | null;
}

export interface ClientOptions {
  url: string;
  socket(url: string, protocol: string): Socket;
  resume(): object; // epoch and cursors for hello
  onHello(h: Hello): void;
  onFrame(frame: Frame): void;
  onState(c: Connection): void;
  random?(): number;
}

export interface Frame {
  ev: string;
  [more: string]: unknown;
}

interface Waiting {
  resolve(answer: never): void;
  reject(e: OpError): void;
}

const OPEN_MS = 15_000; // a try that is not through by then is given up
const CODE_SIGNED_OUT = 4001;

const offline = () => new OpError({ code: 'offline', message: 'there is no connection' });

export class Client {
  up = false;
  private ws: Socket | null = null;
  private wanted = false;
  private tries = 0;
  private nextId = 1;
  private waiting = new Map<number, Waiting>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private guard: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private heard: Ms = 0;
  private byeMs: Ms | undefined;
  private downSince: Ms = 0;
  private wasUp = false;

  constructor(private readonly o: ClientOptions) {}

  start(): void {
    this.wanted = true;
    this.downSince = Date.now();
    if (!this.ws) this.open();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    const ws = this.ws;
    this.drop();
    ws?.close(1000);
  }

  /** Now, instead of waiting for the next try. */
  hurry(): void {
    if (this.wanted && !this.ws) this.open();
  }

  request<T>(op: string, args: object = {}): Promise<T> {
    return this.up ? this.ask<T>(op, args) : Promise.reject(offline());
  }

  /** Without an answer: what is merged or ephemeral. Not sent while not up. */
  say(op: string, args: object = {}): void {
    if (this.up) this.put({ op, ...args });
  }

  private put(frame: object): void {
    if (this.ws?.readyState === 1) this.ws.send(JSON.stringify(frame));
  }

  private ask<T>(op: string, args: object): Promise<T> {
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (a: never) => void, reject });
      this.put({ op, id, ...args });
    });
  }

  private open(): void {
    clearTimeout(this.timer);
    this.o.onState({ state: 'connecting', downSince: this.downSince });
    const ws = this.o.socket(this.o.url, 'linnet.v1');
    this.ws = ws;
    const mine = () => this.ws === ws;
    ws.onopen = () => void (mine() && this.hello());
    ws.onmessage = (e) => mine() && this.heed(e.data);
    ws.onclose = (e) => mine() && (e.code === CODE_SIGNED_OUT ? this.end(this.wasUp ? 'revoked' : 'none') : this.lost());
    ws.onerror = () => {};
    this.guard = setTimeout(() => mine() && this.lost(), OPEN_MS);
  }

  private async hello(): Promise<void> {
    const ws = this.ws;
    this.up = false;
    try {
      const h = await this.ask<Hello>('hello', this.o.resume());
      clearTimeout(this.guard);
      this.tries = 0;
      this.up = true;
      this.wasUp = true;
      this.beat(h.heartbeat_s, h.ttl_s);
      this.o.onHello(h);
      this.o.onState({ state: 'up' });
    } catch (e) {
      if (this.ws !== ws) return;
      if (!(e instanceof OpError)) throw e;
      if (e.code === 'unauthorized' || e.code === 'forbidden') this.end(this.wasUp ? 'revoked' : 'none');
      else if (e.code !== 'unknown') this.lost(e.retryMs); // unknown: a further resync, its own hello is under way
    }
  }

  /** A frame a heartbeat, whatever it is; silence for ttl_s means that the line is dead. */
  private beat(heartbeatS: number, ttlS: number): void {
    clearInterval(this.pulse);
    this.pulse = setInterval(() => {
      if (Date.now() - this.heard > ttlS * 1000) this.lost();
      else this.put({ op: 'ping' });
    }, heartbeatS * 1000);
  }

  private heed(data: unknown): void {
    this.heard = Date.now();
    const frame = JSON.parse(String(data)) as Frame & { re?: number | null; error?: { code: string } };
    if (frame.re !== undefined) return this.answer(frame.re, frame);
    if (frame.ev === 'resync') return this.resync();
    if (frame.ev === 'bye') this.byeMs = Number(frame.retry_ms ?? 0);
    else if (frame.ev !== 'pong') this.o.onFrame(frame);
  }

  private answer(re: number | null, frame: { error?: { code: string; message?: string; retry_ms?: number } }): void {
    const w = re === null ? undefined : this.waiting.get(re);
    if (!w) return;
    this.waiting.delete(re!);
    if (frame.error) w.reject(new OpError(frame.error));
    else w.resolve(frame as never);
  }

  private resync(): void {
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    this.up = false;
    for (const w of lost) w.reject(new OpError({ code: 'unknown', message: 'the answer was lost' }));
    void this.hello();
  }

  private drop(): void {
    clearInterval(this.pulse);
    clearTimeout(this.guard);
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    if (this.up) this.downSince = Date.now();
    this.ws = null;
    this.up = false;
    for (const w of lost) w.reject(offline());
  }

  private end(reason: 'revoked' | 'none'): void {
    this.stop();
    this.wasUp = false;
    this.o.onState({ state: 'signed_out', reason });
  }

  private lost(retryMs?: number): void {
    const ws = this.ws;
    this.drop();
    ws?.close();
    if (!this.wanted) return;
    const ms = (retryMs ?? this.byeMs ?? 0) + backoff(this.tries++, this.o.random?.() ?? Math.random());
    this.byeMs = undefined;
    this.timer = setTimeout(() => this.open(), ms);
    this.o.onState({ state: 'waiting', retryAt: Date.now() + ms, downSince: this.downSince });
  }
}
