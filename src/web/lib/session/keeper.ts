// SPDX-License-Identifier: MIT
// keeper.ts - what is kept between visits: chats with their last page, people, who one is. Read
// before the first connection, so that the page shows something at once, offline too.
//
// Holds when: a chat is written whole (facts, cursor, newest items) in one record, so that what is
// read back is consistent; events from its cursor on follow at the next hello. Another epoch or
// person drops all of it, but for messages not sent and drafts, which stay under their own name.

import { fresh, tail, type Log } from '../state/log.js';
import type { ChatState } from './chat.js';
import type { Core } from './core.js';
import type { ChatId, ChatMeta, Item, Mark, Seq, User, UserId } from './shapes.js';

const KEEP_MS = 1500;
const ITEMS_KEPT = 60;
const CHATS_KEPT = 500;

interface KeptChat {
  meta: ChatMeta;
  cursor: Seq;
  lo: Seq;
  items: Item[];
  marks: [UserId, Mark][];
}

interface KeptSelf {
  epoch: string;
  self: User;
  server: string;
}

export class Keeper {
  private dirty = new Set<ChatState>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly core: Core) {}

  /** What was kept last; false where there is nothing. */
  async load(): Promise<boolean> {
    const { core } = this;
    const last = await core.db.get<KeptSelf>('misc', 'self').catch(() => undefined);
    if (!last) return false;
    const scope = `${last.epoch}.${last.self.id}`;
    const [chats, users] = await Promise.all([
      core.db.all<KeptChat>('chats', `${scope}/`),
      core.db.get<User[]>('misc', `users/${scope}`),
    ]).catch(() => [[], undefined] as [KeptChat[], undefined]);
    Object.assign(core, { epoch: last.epoch, scope });
    core.self.value = last.self;
    core.server.value = last.server;
    for (const u of users ?? []) core.users.put(u.id, u);
    core.users.put(last.self.id, last.self);
    for (const k of chats) restore(core.addChat(k.meta), k);
    return true;
  }

  changed(c: ChatState): void {
    this.dirty.add(c);
    this.timer ??= setTimeout(() => void this.flush(), KEEP_MS);
  }

  gone(id: ChatId): void {
    void this.core.db.del('chats', `${this.core.scope}/${id}`).catch(() => {});
    for (const c of this.dirty) if (c.id === id) this.dirty.delete(c);
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { core } = this;
    const { scope } = core;
    const chats = [...this.dirty];
    this.dirty.clear();
    const puts = chats.map((c) => core.db.put('chats', `${scope}/${c.id}`, kept(c)));
    if (core.users.dirty) {
      core.users.dirty = false;
      puts.push(core.db.put('misc', `users/${scope}`, core.users.all()));
    }
    await Promise.all(puts).catch(() => {}); // what cannot be kept is asked for again
  }

  /** The names under which things are kept from now on. Another's cache goes. */
  async become(epoch: string, self: User, server: string): Promise<void> {
    const { core } = this;
    const scope = `${epoch}.${self.id}`;
    const old = core.scope;
    Object.assign(core, { epoch, scope });
    if (old && old !== scope) await this.drop(old);
    await core.db.put('misc', 'self', { epoch, self, server } satisfies KeptSelf).catch(() => {});
    const ids = core.order.peek().slice(CHATS_KEPT);
    for (const id of ids) this.gone(id);
  }

  async drop(scope: string): Promise<void> {
    const { db } = this.core;
    this.dirty.clear();
    await Promise.all([db.clear('chats', `${scope}/`), db.del('misc', `users/${scope}`), db.del('misc', 'self')]).catch(() => {});
  }

  /** Signed out by hand: nothing stays on this device. */
  async dropAll(scope: string): Promise<void> {
    await this.drop(scope);
    const { db } = this.core;
    await Promise.all([db.clear('drafts', `${scope}/`), db.clear('outbox', `${scope}/`)]).catch(() => {});
  }
}

function kept(c: ChatState): KeptChat {
  const log = c.log.peek();
  const s = tail(log);
  const items = s ? s.items.slice(-ITEMS_KEPT) : [];
  const lo = !s ? 0 : items.length < s.items.length ? items[0]!.seq : s.lo;
  return { meta: c.meta.peek(), cursor: log.cursor, lo, items, marks: [...c.marks.peek()] };
}

function restore(c: ChatState, k: KeptChat): void {
  const log: Log = fresh(k.cursor);
  c.log.value = k.lo ? { ...log, segs: [{ lo: k.lo, hi: k.cursor, items: k.items }] } : log;
  c.marks.value = new Map(k.marks);
}
