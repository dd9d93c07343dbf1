// SPDX-License-Identifier: MIT
// core.ts - what all parts of a session share: its state, its line to the server, its store.

import { batch, computed, signal } from '@preact/signals-core';
import { OpError } from '../errors.js';
import { createTabs, type Tabs } from '../keep/tabs.js';
import { memoryDb, type Db } from '../keep/db.js';
import type { Outbox } from '../keep/outbox.js';
import { Client, type Socket } from '../net/client.js';
import { post, type Fetch } from '../net/http.js';
import type { Notice, Phase, SessionOptions } from '../session.js';
import { badgeOf, orderOf, type Quiet } from '../state/order.js';
import type { ChatFacts, ChatId, ChatMeta, Connection, Frame, Hello, Ms, PresenceState, User, UserId, WireUsers } from './shapes.js';
import { ChatState } from './chat.js';
import { Users } from './users.js';

export interface CoreHooks {
  resume(): object;
  onHello(h: Hello): void;
  onFrame(f: Frame): void;
  onState(c: Connection): void;
}

/** What may be sent again after its answer was lost: doing it twice is doing it once. */
const NOT_TWICE = new Set(['invite.create', 'user.link', 'user.create', 'user.password', 'setup.link']);
const RETRY_FOR_MS = 10_000;

const clock = signal(0); // ticks when a mute runs out

export class Core {
  readonly phase = signal<Phase>('starting');
  readonly connection = signal<Connection>({ state: 'starting' });
  readonly server = signal('');
  readonly self = signal<User | null>(null);
  readonly chats = signal<ReadonlyMap<ChatId, ChatState>>(new Map());
  readonly presence = signal<ReadonlyMap<UserId, PresenceState>>(new Map());
  readonly current = signal<ChatId | null>(null);
  readonly canKeep = signal(true);
  readonly unsent = signal(0);
  readonly users: Users;
  readonly client: Client;
  readonly order = computed(() => orderOf(this.metas()), { name: 'order' });
  readonly badge = computed(() => (void clock.value, badgeOf(this.metas(), this.now())));
  readonly notices = new Set<(n: Notice) => void>();
  db: Db = memoryDb();
  tabs: Tabs = { tell() {}, hear: () => () => {}, alone: (_n, fn) => fn(), close() {} };
  outbox!: Outbox;
  epoch = '';
  scope = ''; // "epoch.user": whose things are kept under that name
  line = 0; // counts hellos: what was asked on an older one may be stale
  front = true; // the window is visible and used
  quiet: Quiet | null = null;
  private readonly fetch: Fetch;

  constructor(readonly o: SessionOptions, hooks: CoreHooks) {
    this.fetch = o.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.users = new Users(async (ids) => (await this.call<{ users: WireUsers }>('user.get', { users: ids })).users);
    this.client = new Client({
      url: `${o.origin.replace(/^http/u, 'ws')}/ws`,
      socket: o.socket ?? ((url, protocol) => new WebSocket(url, protocol) as unknown as Socket),
      resume: hooks.resume,
      onHello: (h) => batch(() => hooks.onHello(h)),
      onFrame: (f) => batch(() => hooks.onFrame(f)),
      onState: (c) => batch(() => hooks.onState(c)),
    });
  }

  now(): Ms {
    return Date.now();
  }

  /** A mute may have run out: counts that depend on it are looked at again. */
  tick(): void {
    clock.value++;
  }

  get me(): UserId {
    return this.self.value?.id ?? 0;
  }

  chat(id: ChatId): ChatState | undefined {
    return this.chats.value.get(id);
  }

  /** For commands, which must not subscribe. */
  peekChat(id: ChatId): ChatState | undefined {
    return this.chats.peek().get(id);
  }

  private metas(): ChatMeta[] {
    return [...this.chats.value.values()].map((c) => c.meta.value);
  }

  addChat(meta: ChatMeta): ChatState {
    const c = new ChatState(meta, () => this.me, (id) => this.isOn(id));
    this.chats.value = new Map(this.chats.peek()).set(meta.id, c);
    return c;
  }

  dropChats(ids: Iterable<ChatId>): void {
    const next = new Map(this.chats.peek());
    for (const id of ids) next.delete(id);
    if (next.size !== this.chats.peek().size) this.chats.value = next;
    if (this.current.peek() !== null && !next.has(this.current.peek()!)) this.current.value = null;
  }

  private isOn(id: UserId): boolean | undefined {
    if (this.connection.value.state !== 'up') return undefined;
    if (id === this.me) return true;
    const p = this.presence.value.get(id);
    return p === undefined ? undefined : p !== 'off';
  }

  post<T>(op: string, args: object): Promise<T> {
    return post<T>(this.fetch, this.o.origin, op, args);
  }

  /** An operation. Tried again for a while when the server is busy or the line broke under it. */
  async call<T = Record<string, never>>(op: string, args: object = {}): Promise<T> {
    if (!this.client.up) throw new OpError({ code: 'offline', message: 'there is no connection' });
    const until = this.now() + RETRY_FOR_MS;
    for (let n = 0; ; n++) {
      try {
        return await this.client.request<T>(op, args);
      } catch (e) {
        if (!(e instanceof OpError) || !e.transient) throw e;
        if (NOT_TWICE.has(op) && e.code !== 'busy' && e.code !== 'rate_limited') throw e;
        const wait = e.retryMs ?? Math.min(2000, 250 * 2 ** n);
        if (this.now() + wait > until || this.connection.peek().state === 'signed_out') throw e;
        await new Promise((done) => setTimeout(done, wait));
      }
    }
  }

  /** One chat's facts anew, where they cannot be reckoned from what is held. */
  async factsOf(chat: ChatId): Promise<ChatFacts | undefined> {
    const page = await this.call<{ chats: ChatFacts[]; users: WireUsers }>('chat.list', { after: chat - 1, limit: 1 });
    this.users.putAll(page.users);
    return page.chats.find((c) => c.id === chat);
  }

  openTabs(): void {
    this.tabs = createTabs(this.db);
  }
}
