// SPDX-License-Identifier: MIT
// chats.ts - making chats and changing them; members, roles, pins; everybody on the server.

import { effect } from '@preact/signals-core';
import { uuid7 } from '../net/ids.js';
import { itemOf } from '../state/item.js';
import { MARKS_SHOWN_TO, ofMembers } from '../state/marks.js';
import type { ChatState } from './chat.js';
import type { Core } from './core.js';
import type {
  ChatFacts, ChatId, ChatKind, ChatRole, HistoryFor, Item, Level, LogEvent, Member, Ms, PostBy, Seq, User, UserId, WireUsers,
} from './shapes.js';

const PINS_FIRST = 50;
const HERE_MS = 3000;
const AGAIN_MS = 400; // members changed: several at once are asked for once

interface MembersPage {
  members: Member[];
  more: boolean;
  users: WireUsers;
}

export class Chats {
  private timers = new Map<ChatId, ReturnType<typeof setTimeout>>();

  constructor(private readonly core: Core, private readonly shown: () => void) {}

  async create(a: { kind: ChatKind; title?: string; topic?: string; members?: UserId[]; history?: HistoryFor }): Promise<ChatId> {
    const { chat } = await this.core.call<{ chat: ChatId }>('chat.create', { ...a, cid: uuid7() });
    await this.here(chat);
    return chat;
  }

  /** The answer comes before the event that tells of the chat. */
  private here(chat: ChatId): Promise<void> {
    return new Promise((done) => {
      const late = setTimeout(() => done(stop()), HERE_MS);
      const stop = effect(() => {
        if (!this.core.chats.value.has(chat)) return;
        clearTimeout(late);
        queueMicrotask(() => done(stop()));
      });
    });
  }

  async joinable(after?: ChatId): Promise<{ chats: ChatFacts[]; more: boolean }> {
    const { chats, more } = await this.core.call<{ chats: ChatFacts[]; more: boolean }>('chat.list', { open: true, after });
    return { chats, more };
  }

  async join(chat: ChatId): Promise<void> {
    await this.core.call('chat.join', { chat });
    await this.here(chat);
  }

  async leave(chat: ChatId): Promise<void> {
    await this.core.call('chat.leave', { chat });
  }

  async add(chat: ChatId, users: UserId[]): Promise<void> {
    await this.core.call('chat.add', { chat, users });
  }

  async remove(chat: ChatId, users: UserId[]): Promise<void> {
    await this.core.call('chat.remove', { chat, users });
  }

  async role(chat: ChatId, user: UserId, role: ChatRole): Promise<void> {
    await this.core.call('chat.role', { chat, user, role });
  }

  async update(chat: ChatId, a: { title?: string; topic?: string; archived?: boolean; history?: HistoryFor; post?: PostBy }): Promise<void> {
    await this.core.call('chat.update', { chat, ...a });
  }

  async notify(chat: ChatId, a: { level?: Level; muted?: boolean; until?: Ms; pinned?: boolean }): Promise<void> {
    await this.core.call('chat.notify', { chat, ...a });
  }

  /** All pages. Roles, marks and the number of those here hang on it. */
  async members(chat: ChatId): Promise<Member[]> {
    const all: Member[] = [];
    for (let more = true; more; ) {
      const page = await this.core.call<MembersPage>('chat.members', { chat, after: all.at(-1)?.user ?? 0, limit: 200 });
      this.core.users.putAll(page.users);
      all.push(...page.members);
      more = page.more && page.members.length > 0;
    }
    const c = this.core.peekChat(chat);
    if (c) {
      c.roles.value = new Map(all.map((m) => [m.user, m.role]));
      c.marks.value = ofMembers(c.marks.peek(), all);
      c.membersKnown.value = true;
      this.shown();
    }
    return all;
  }

  /** Small chats: ticks and the perch need everybody, anew after each hello, which tells no marks. */
  wantMembers(c: ChatState): void {
    const { kind, members } = c.meta.peek();
    if (kind === 'direct' || members > MARKS_SHOWN_TO || c.membersAt === this.core.line) return;
    c.membersAt = this.core.line;
    void this.members(c.id).catch(() => (c.membersAt = 0));
  }

  /** Somebody came or went: asked anew where the list was known. */
  changed(c: ChatState): void {
    if (!c.membersKnown.peek() || this.timers.has(c.id)) return;
    const again = () => {
      this.timers.delete(c.id);
      if (this.core.client.up) void this.members(c.id).catch(() => {});
    };
    this.timers.set(c.id, setTimeout(again, AGAIN_MS));
  }

  async pins(chat: ChatId, before?: Seq): Promise<{ items: Item[]; more: boolean }> {
    type Page = { items: Item[]; more: boolean; users: WireUsers; head?: Seq };
    const page = await this.core.call<Page>('pins', { chat, before, limit: PINS_FIRST });
    this.core.users.putAll(page.users);
    const c = this.core.peekChat(chat);
    const items = page.items.map((i) => itemOf(i, page.head ?? c?.log.peek().cursor ?? 0));
    if (c) c.pinned.value = before === undefined ? items : [...(c.pinned.peek() ?? []), ...items];
    return { items, more: page.more };
  }

  pinChanged(c: ChatState, e: LogEvent): void {
    if (c.pinned.peek() && e.on && this.core.client.up) void this.pins(c.id).catch(() => {});
  }

  /** Everybody on the server; guests and bots may not ask and know whom they meet. */
  async loadPeople(): Promise<readonly User[]> {
    for (let more = true, after = 0; more; ) {
      const page = await this.core.call<{ users: WireUsers | User[]; more: boolean }>('user.list', { after, limit: 200 });
      const list = Array.isArray(page.users) ? page.users : Object.entries(page.users).map(([id, u]) => ({ ...u, id: Number(id) }));
      for (const u of list) this.core.users.put(u.id, u);
      after = Math.max(after, ...list.map((u) => u.id));
      more = page.more && list.length > 0;
    }
    return this.core.users.all();
  }
}
