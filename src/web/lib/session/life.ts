// SPDX-License-Identifier: MIT
// life.ts - puts the parts of a session together and leads it through its life: what was kept, the
// first connection, each hello, signing out.

import { batch } from '@preact/signals-core';
import { openDb } from '../keep/db.js';
import { Outbox } from '../keep/outbox.js';
import type { SessionOptions } from '../session.js';
import { Account } from './account.js';
import type { ChatState } from './chat.js';
import { Chats } from './chats.js';
import { Core } from './core.js';
import { Feed } from './feed.js';
import { Keeper } from './keeper.js';
import { Reading } from './reading.js';
import type { ChatFacts, ChatId, Connection, Draft, Hello, Pending, WireUsers } from './shapes.js';
import { Watch } from './watch.js';
import { Writing } from './writing.js';

const GLANCES = 2; // pages for previews fetched at a time

export class Life {
  readonly core: Core;
  readonly feed: Feed;
  readonly reading: Reading;
  readonly writing: Writing;
  readonly chats: Chats;
  readonly account: Account;
  readonly watch: Watch;
  private readonly keeper: Keeper;
  private glancing = 0;
  private toGlance = new Set<ChatState>();
  private settingEars = new Set<(key: string, value: unknown) => void>();

  constructor(private readonly o: SessionOptions) {
    this.core = new Core(o, {
      resume: () => this.feed.resume(),
      onHello: (h) => this.hello(h),
      onFrame: (f) => this.feed.frame(f),
      onState: (c) => this.connection(c),
    });
    const { core } = this;
    this.watch = new Watch(core);
    this.chats = new Chats(core, () => this.watch.later());
    this.feed = new Feed(core, {
      refresh: (c) => void this.reading.refresh(c),
      toMark: (c) => this.reading.sendMarks(c),
      membersChanged: (c) => this.chats.changed(c),
      pinChanged: (c, e) => this.chats.pinChanged(c, e),
      changed: (c) => this.changed(c),
      gone: (id) => this.keeper.gone(id),
      peopleShown: () => this.watch.later(),
    });
    this.reading = new Reading(core, this.feed, (c) => this.opened(c));
    this.writing = new Writing(core);
    this.keeper = new Keeper(core);
    this.account = new Account(core, () => this.signedIn(), () => this.wiped());
  }

  async start(): Promise<void> {
    const { core } = this;
    core.db = this.o.db ?? (await openDb());
    core.canKeep.value = core.db.durable;
    core.openTabs();
    core.outbox = this.createOutbox();
    core.tabs.hear((m) => {
      if (m.about === 'draft' && m.scope === core.scope) this.writing.heard(m.chat as ChatId, m.draft as Draft);
      if (m.about === 'setting') this.settingEars.forEach((f) => f(String(m.key), m.value));
      if (m.about === 'signed_in') this.signedIn(false);
    });
    if (await this.keeper.load()) {
      await this.writing.loadDrafts();
      await core.outbox.open(core.scope);
      core.phase.value = 'ready';
    }
    this.watch.start();
    core.client.start();
  }

  stop(): void {
    this.watch.stop();
    this.core.client.stop();
    void this.flush();
    this.core.tabs.close();
    this.core.db.close();
  }

  private createOutbox(): Outbox {
    const { core } = this;
    return new Outbox({
      db: core.db,
      tabs: core.tabs,
      send: (p: Pending) => this.writing.post(p),
      up: () => core.client.up,
      changed: (chat) => {
        const c = core.peekChat(chat);
        if (c) c.outbox.value = core.outbox.of(chat);
        core.unsent.value = core.outbox.waiting;
      },
    });
  }

  private connection(c: Connection): void {
    const { core } = this;
    const was = core.connection.peek().state;
    const kept = core.self.peek() !== null;
    core.connection.value = c.state === 'signed_out' && kept ? { ...c, reason: 'revoked' } : c;
    if (c.state === 'signed_out') return void this.signedOut();
    if (c.state === 'up' || was !== 'up') return;
    core.presence.value = new Map();
    for (const chat of core.chats.peek().values()) {
      chat.counted.value = null;
      if (chat.state.peek().window) chat.state.value = { ...chat.state.peek(), stale: true };
    }
  }

  private hello(h: Hello): void {
    const { core } = this;
    const scope = `${h.epoch}.${h.self.id}`;
    const open = core.current.peek();
    if (scope !== core.scope) this.forget();
    this.feed.hello(h);
    const become = this.keeper.become(h.epoch, core.self.peek()!, core.server.peek());
    core.phase.value = 'ready';
    void become.then(() => this.settled(h, open));
  }

  /** After the answer was taken in: what has to be asked and sent again. */
  private async settled(h: Hello, open: ChatId | null): Promise<void> {
    const { core } = this;
    if (h.more) await this.rest().catch(() => {});
    await this.writing.loadDrafts();
    this.showOutbox();
    void core.outbox.open(core.scope).then(() => this.showOutbox());
    void core.users.ask();
    this.watch.anew();
    const c = open === null ? undefined : core.peekChat(open);
    if (c && core.current.peek() === c.id) {
      this.chats.wantMembers(c);
      await this.reading.refresh(c);
    }
    for (const id of core.order.peek().slice(0, 20)) this.glance(id);
  }

  private showOutbox(): void {
    batch(() => {
      for (const c of this.core.chats.peek().values()) {
        const list = this.core.outbox.of(c.id);
        if (list.length || c.outbox.peek().length) c.outbox.value = list;
      }
    });
  }

  /** Chats that did not fit into hello. */
  private async rest(): Promise<void> {
    const named = new Set<ChatId>();
    for (let more = true, after = 0; more; ) {
      const page = await this.core.call<{ chats: ChatFacts[]; more: boolean; users: WireUsers }>('chat.list', { after, limit: 200 });
      batch(() => {
        this.core.users.putAll(page.users);
        for (const f of page.chats) this.feed.facts(f);
      });
      page.chats.forEach((f) => named.add(f.id));
      after = page.chats.at(-1)?.id ?? after;
      more = page.more && page.chats.length > 0;
    }
    batch(() => this.feed.keepOnly(named));
  }

  private opened(c: ChatState): void {
    c.readerAtEnd = true;
    this.watch.later();
    if (this.core.client.up) this.chats.wantMembers(c);
  }

  private changed(c: ChatState): void {
    this.keeper.changed(c);
    this.reading.bound(c);
  }

  atBottom(chat: ChatId, on: boolean): void {
    const c = this.core.peekChat(chat);
    if (c) c.readerAtEnd = on;
  }

  glance(id: ChatId): void {
    const c = this.core.peekChat(id);
    if (!c || !this.core.client.up) return;
    this.toGlance.add(c);
    void this.runGlances();
  }

  private async runGlances(): Promise<void> {
    if (this.glancing >= GLANCES) return;
    this.glancing++;
    for (const c of this.toGlance) {
      this.toGlance.delete(c);
      await this.reading.glance(c);
      const { last, members } = c.meta.peek();
      if (last?.from === this.core.me && members <= 50) this.chats.wantMembers(c); // its tick shows in the list
      this.keeper.changed(c);
    }
    this.glancing--;
  }

  /* ---- signing in and out ---- */

  private signedIn(tell = true): void {
    if (tell) this.core.tabs.tell({ about: 'signed_in' });
    if (this.core.client.up) return;
    this.core.client.stop();
    this.core.client.start();
  }

  /** Everything that was shown goes from memory. */
  private forget(): void {
    const { core } = this;
    this.reading.close();
    core.dropChats(core.chats.peek().keys());
    core.users.clear();
    core.self.value = null;
  }

  /** The sign-in ended elsewhere: what was read goes; what is not sent and drafts stay. */
  private async signedOut(): Promise<void> {
    const { core } = this;
    const { scope } = core;
    batch(() => {
      this.forget();
      core.phase.value = 'signed_out';
    });
    Object.assign(core, { scope: '', epoch: '' });
    if (scope) await this.keeper.drop(scope);
  }

  private async wiped(): Promise<void> {
    const { core } = this;
    const { scope } = core;
    core.client.stop();
    batch(() => {
      this.forget();
      core.connection.value = { state: 'signed_out', reason: 'none' };
      core.phase.value = 'signed_out';
    });
    Object.assign(core, { scope: '', epoch: '' });
    if (scope) await this.keeper.dropAll(scope);
  }

  /* ---- settings of this browser ---- */

  async flush(): Promise<void> {
    await Promise.all([this.writing.flush(), this.keeper.flush()]);
  }

  setting<T>(key: string): Promise<T | undefined> {
    return this.core.db.get<T>('misc', `setting/${key}`);
  }

  async setSetting(key: string, value: unknown): Promise<void> {
    this.core.tabs.tell({ about: 'setting', key, value });
    await this.core.db.put('misc', `setting/${key}`, value);
  }

  onSetting(heard: (key: string, value: unknown) => void): () => void {
    this.settingEars.add(heard);
    return () => this.settingEars.delete(heard);
  }
}
