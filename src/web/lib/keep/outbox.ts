// SPDX-License-Identifier: MIT
// outbox.ts - what is written and not yet acknowledged.
//
// Holds when: an entry is kept (with its cid) before add() resolves, and until the server has
// acknowledged it or the person discards it. In a chat entries are sent one after another in the
// order written; what the server refuses stays as failed and holds nothing up. One tab at a time
// sends; whichever does, the cid makes a repeat harmless. Entries belong to one person on one
// database (`scope`) and are never sent for another by themselves.

import { OpError } from '../errors.js';
import { backoff } from '../net/ids.js';
import type { ChatId, Ms, Pending, Seq } from '../types.js';
import type { Db } from './db.js';
import type { Tabs, Told } from './tabs.js';

export interface OutboxOptions {
  db: Db;
  tabs: Tabs;
  send(p: Pending): Promise<{ seq: Seq }>;
  up(): boolean;
  changed(chat: ChatId): void;
  pause?(ms: Ms): Promise<void>;
}

type Kept = Omit<Pending, 'kept'>;

const PAUSE_MAX_MS = 10_000;

export class Outbox {
  private entries = new Map<string, Pending>();
  private scope = '';
  private running = false;
  private again = false;

  constructor(private readonly o: OutboxOptions) {
    o.tabs.hear((m) => this.hear(m));
  }

  /** Begins with what was kept for this person on this database. */
  async open(scope: string): Promise<void> {
    if (scope !== this.scope) {
      this.entries.clear();
      this.scope = scope;
    }
    await this.load();
    await this.pump();
  }

  of(chat: ChatId): Pending[] {
    return [...this.entries.values()].filter((p) => p.chat === chat).sort((a, b) => (a.cid < b.cid ? -1 : 1));
  }

  get waiting(): number {
    let n = 0;
    for (const p of this.entries.values()) n += p.state === 'queued' || p.state === 'sending' ? 1 : 0;
    return n;
  }

  chats(): Set<ChatId> {
    return new Set([...this.entries.values()].map((p) => p.chat));
  }

  /** Resolves when the entry is kept, or is known to live in this tab only (`kept` false). */
  async add(entry: Omit<Pending, 'state' | 'kept'>): Promise<Pending> {
    this.set({ ...entry, state: 'queued', kept: false });
    await this.keep(entry.cid);
    void this.pump();
    return this.entries.get(entry.cid) ?? { ...entry, state: 'sent', kept: true };
  }

  retry(cid: string): void {
    const p = this.entries.get(cid);
    if (p?.state !== 'failed') return;
    const { reason: _r, ...rest } = p;
    this.set({ ...rest, state: 'queued' });
    void this.keep(cid).then(() => this.pump());
  }

  /** Takes back what is not on its way. In its turn, so that no tab sends it meanwhile. */
  async discard(cid: string): Promise<void> {
    await this.o.tabs.alone(this.lock, async () => {
      const p = this.entries.get(cid);
      if (p && p.state !== 'sending' && p.state !== 'sent') await this.drop(cid);
    });
  }

  /** The log shows it: acknowledged by whoever sent it. */
  seen(cid: string): void {
    if (this.entries.has(cid)) void this.drop(cid);
  }

  /** Sends what waits, if no other tab is at it. Call it whenever something may have changed. */
  async pump(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    try {
      do {
        this.again = false;
        if (this.o.up() && this.waiting) await this.o.tabs.alone(this.lock, () => this.run());
      } while (this.again);
    } finally {
      this.running = false;
    }
  }

  private get lock(): string {
    return `outbox ${this.scope}`;
  }

  private async run(): Promise<void> {
    const { scope } = this;
    await this.load();
    const next = (chat: ChatId) => this.of(chat).find((p) => p.state === 'queued');
    const drain = async (chat: ChatId) => {
      for (let p = next(chat); p && this.o.up() && scope === this.scope; p = next(chat)) await this.sendOne(p);
    };
    await Promise.all([...this.chats()].map(drain));
    if (this.o.up() && [...this.chats()].some(next)) this.again = true;
  }

  private async sendOne(p: Pending): Promise<void> {
    this.set({ ...p, state: 'sending' });
    for (let n = 0; ; n++) {
      try {
        const { seq } = await this.o.send(p);
        return await this.sent(p.cid, seq);
      } catch (e) {
        if (!(e instanceof OpError)) throw e;
        const lost = e.code === 'offline' || e.code === 'unauthorized' || !this.o.up();
        if (lost && (e.transient || e.code === 'unauthorized')) return this.change(p.cid, { state: 'queued' });
        if (!e.transient) return await this.fail(p.cid, e.code);
        await this.pause(Math.min(PAUSE_MAX_MS, Math.max(e.retryMs ?? 0, backoff(n))));
      }
    }
  }

  private async fail(cid: string, reason: string): Promise<void> {
    this.change(cid, { state: 'failed', reason });
    await this.keep(cid);
  }

  private async sent(cid: string, seq: Seq): Promise<void> {
    this.change(cid, { state: 'sent', seq });
    this.o.tabs.tell({ about: 'outbox', scope: this.scope, sent: cid, seq });
    await this.o.db.del('outbox', this.key(cid)).catch(() => {});
  }

  private pause(ms: Ms): Promise<void> {
    return this.o.pause ? this.o.pause(ms) : new Promise((done) => setTimeout(done, ms));
  }

  private key(cid: string): string {
    return `${this.scope}/${cid}`;
  }

  private set(p: Pending): void {
    this.entries.set(p.cid, p);
    this.o.changed(p.chat);
  }

  private change(cid: string, more: Partial<Pending>): void {
    const p = this.entries.get(cid);
    if (p) this.set({ ...p, ...more });
  }

  private async keep(cid: string): Promise<void> {
    const { kept: _k, ...p } = this.entries.get(cid)!;
    try {
      await this.o.db.put('outbox', this.key(cid), { ...p, state: p.state === 'failed' ? 'failed' : 'queued' } satisfies Kept);
    } catch {
      return; // full or forbidden: it is still sent from here, and shows that it is not kept
    }
    if (this.o.db.durable) this.change(cid, { kept: true });
    this.o.tabs.tell({ about: 'outbox', scope: this.scope, put: { ...p, state: p.state === 'failed' ? 'failed' : 'queued' } });
  }

  private async drop(cid: string): Promise<void> {
    const chat = this.entries.get(cid)?.chat;
    this.entries.delete(cid);
    if (chat !== undefined) this.o.changed(chat);
    this.o.tabs.tell({ about: 'outbox', scope: this.scope, gone: cid });
    await this.o.db.del('outbox', this.key(cid)).catch(() => {});
  }

  /** What the database holds is true: others' entries come in, what another tab has sent goes. */
  private async load(): Promise<void> {
    const { scope } = this;
    const known = new Set(this.entries.keys());
    const kept = await this.o.db.all<Kept>('outbox', `${scope}/`).catch(() => [] as Kept[]);
    if (scope !== this.scope) return;
    const there = new Set(kept.map((p) => p.cid));
    for (const p of kept) if (!this.entries.has(p.cid) && !known.has(p.cid)) this.set({ ...p, kept: this.o.db.durable });
    for (const p of [...this.entries.values()]) {
      if (p.kept && p.state === 'queued' && known.has(p.cid) && !there.has(p.cid)) {
        this.entries.delete(p.cid);
        this.o.changed(p.chat);
      }
    }
  }

  private hear(m: Told): void {
    if (m.about !== 'outbox' || m.scope !== this.scope) return;
    if (typeof m.sent === 'string') this.change(m.sent, { state: 'sent', seq: m.seq as Seq });
    const gone = typeof m.gone === 'string' ? this.entries.get(m.gone) : undefined;
    if (gone) {
      this.entries.delete(gone.cid);
      this.o.changed(gone.chat);
    }
    const put = m.put as Kept | undefined;
    const here = put ? this.entries.get(put.cid)?.state : undefined;
    if (!put || here === 'sending' || here === 'sent') return;
    this.set({ ...put, kept: this.o.db.durable });
    void this.pump();
  }
}
