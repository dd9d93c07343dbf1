// SPDX-License-Identifier: MIT
// feed.ts - what the server says, applied to what is known: hello and live frames.
//
// Holds when: a chat's log follows its events without a hole. Where hello cannot bring all that was
// missed, the open chat is filled up by `events`; of any other what was held is dropped.

import { AHEAD_MAX, fresh, hole, lastMessage, take, type Log } from '../state/log.js';
import { changed } from '../state/item.js';
import { counted, metaOf, read, withLast } from '../state/meta.js';
import { raised } from '../state/marks.js';
import { noticeOf } from '../state/order.js';
import { NOBODY, typingOf, typingWithout } from '../state/typing.js';
import type { ChatState } from './chat.js';
import type { Core } from './core.js';
import type { ChatFacts, ChatId, EventsPage, Frame, Hello, LogEvent, Mark, PresenceState, User, UserId, WireUsers } from './shapes.js';

const FILL_MAX = 1000; // events missed in the open chat; behind more it begins anew where it was read

export interface FeedHooks {
  /** The open chat's log was dropped or is behind what can be filled: fetch its view anew. */
  refresh(c: ChatState): void;
  toMark(c: ChatState): void; // delivered or read marks may have to be sent
  membersChanged(c: ChatState): void;
  pinChanged(c: ChatState, e: LogEvent): void;
  changed(c: ChatState): void; // to be kept
  gone(id: ChatId): void;
  peopleShown(): void; // who is to be watched may have changed
}

export class Feed {
  constructor(private readonly core: Core, private readonly h: FeedHooks) {}

  /** {epoch, cursors} for hello: chats whose log is followed. */
  resume(): { epoch?: string; cursors?: Record<string, number> } {
    if (!this.core.epoch) return {};
    const cursors: Record<string, number> = {};
    for (const c of this.core.chats.peek().values()) cursors[c.id] = c.log.peek().cursor;
    return { epoch: this.core.epoch, cursors };
  }

  hello(h: Hello): void {
    const { core } = this;
    core.line++;
    core.users.putAll(h.users);
    core.users.put(h.self.id, { ...core.users.known(h.self.id), ...h.self });
    core.self.value = core.users.known(h.self.id)!;
    core.server.value = h.server ?? core.server.peek();
    core.presence.value = new Map();
    for (const facts of h.chats) this.facts(facts);
    if (!h.more) this.keepOnly(new Set(h.chats.map((c) => c.id)));
  }

  /** Who is not named any more: chats one was removed from while away. */
  keepOnly(named: ReadonlySet<ChatId>): void {
    const gone = [...this.core.chats.peek().keys()].filter((id) => !named.has(id));
    this.core.dropChats(gone);
    gone.forEach((id) => this.h.gone(id));
  }

  /** A chat as hello or a list tells it, with the events missed where they are few. */
  facts(f: ChatFacts): ChatState {
    const c = this.core.peekChat(f.id) ?? this.core.addChat(metaOf(f));
    let meta = metaOf(f, c.meta.peek());
    let log = c.log.peek();
    const head = f.head ?? 0;
    c.typingState.value = NOBODY;
    c.counted.value = null;
    for (const e of f.events ?? []) {
      meta = counted(meta, e, this.core.me);
      log = take(log, e);
      this.touches(c, e);
    }
    c.meta.value = meta;
    if (log.cursor > head) log = fresh(head);
    c.log.value = log;
    if (log.cursor < head) this.behind(c);
    this.factsMarks(c, f);
    this.h.toMark(c);
    this.h.changed(c);
    return c;
  }

  private factsMarks(c: ChatState, f: ChatFacts): void {
    if (f.peer && f.peer_read !== undefined && (f.peer_read || f.peer_delivered)) {
      c.marks.value = raised(c.marks.peek(), f.peer, f.peer_delivered ?? 0, f.peer_read);
    }
    c.told = { delivered: f.delivered_seq ?? 0, read: f.read_seq ?? 0 };
    if (c.wantRead > (f.read_seq ?? 0)) this.ownRead(c, c.wantRead, 0);
  }

  private behind(c: ChatState): void {
    const missed = c.meta.peek().head - c.log.peek().cursor;
    const open = this.core.current.peek() === c.id && c.log.peek().segs.length > 0;
    if (open && missed <= FILL_MAX) return void this.fill(c);
    c.log.value = fresh(c.meta.peek().head);
    c.asked = false;
    if (c.state.peek().window) this.h.refresh(c);
  }

  /** Fetches what lies between the cursor and the head, or before the events that wait. */
  async fill(c: ChatState): Promise<void> {
    if (c.filling) return;
    c.filling = true;
    try {
      while (this.wants(c.log.peek(), c)) {
        const { cursor } = c.log.peek();
        const page = await this.core.call<EventsPage>('events', { chat: c.id, after: cursor, limit: 200 });
        this.core.users.putAll(page.users);
        let log = c.log.peek();
        for (const e of page.events) log = take(log, e);
        if (log.cursor === cursor) throw new RangeError('no progress');
        c.log.value = log;
        c.meta.value = withLast(c.meta.peek(), lastMessage(log));
        page.events.forEach((e) => this.touches(c, e));
      }
    } catch {
      if (this.core.client.up) this.anew(c); // after a lost connection hello begins again
    } finally {
      c.filling = false;
      this.h.changed(c);
    }
  }

  private wants(log: Log, c: ChatState): boolean {
    return log.cursor < c.meta.peek().head || hole(log) !== null;
  }

  private anew(c: ChatState): void {
    const log = c.log.peek();
    c.log.value = fresh(Math.max(c.meta.peek().head, log.ahead.at(-1)?.seq ?? 0));
    if (c.state.peek().window) this.h.refresh(c);
  }

  frame(f: Frame): void {
    switch (f.ev) {
      case 'event':
        return this.event(f as unknown as LogEvent & { chat: ChatId });
      case 'mark':
        return this.mark(f as unknown as Mark & { chat: ChatId; user: UserId });
      case 'typing':
        return this.typing(f.chat as ChatId, f.users as UserId[]);
      case 'presence':
        return this.presence(f as never);
      case 'online':
        return void this.online(f.chat as ChatId, f.count as number);
      case 'chat':
        return this.chatTold(f.chat as ChatFacts, f.users as WireUsers);
      case 'chat_gone':
        this.core.dropChats([f.chat as ChatId]);
        return this.h.gone(f.chat as ChatId);
      case 'user':
        return this.userTold(f.user as User);
      case 'server':
        this.core.server.value = String(f.server);
    }
  }

  private event(e: LogEvent & { chat: ChatId }): void {
    const { core } = this;
    const c = core.peekChat(e.chat);
    if (!c) return;
    const before = c.meta.peek();
    const { chat: _c, ev: _e, ...plain } = e as LogEvent & { chat: ChatId; ev: string };
    const isNew = e.seq > before.head;
    c.meta.value = counted(before, plain, core.me);
    c.log.value = take(c.log.peek(), plain);
    if (c.log.peek().ahead.length > AHEAD_MAX) this.anew(c);
    else if (hole(c.log.peek())) void this.fill(c);
    this.touches(c, plain);
    if (isNew) this.tell(c, plain);
    this.h.toMark(c);
    this.h.changed(c);
  }

  private tell(c: ChatState, e: LogEvent): void {
    const { core } = this;
    const watched = core.front && core.current.peek() === c.id;
    const notice = noticeOf(c.meta.peek(), e, core.me, watched, core.quiet, core.now());
    if (notice) core.notices.forEach((tell) => tell(notice));
  }

  /** What an event means beside the log: the outbox, who types, marks, roles, pins. */
  private touches(c: ChatState, e: LogEvent): void {
    const { core } = this;
    if (e.kind === 'message') {
      if (e.from === core.me && e.cid) core.outbox.seen(e.cid);
      c.typingState.value = typingWithout(c.typingState.peek(), e.from);
      const m = c.marks.peek().get(e.from);
      if (m) c.marks.value = raised(c.marks.peek(), e.from, e.seq, e.seq); // who writes has read
    }
    if (e.kind === 'role' && e.user && c.roles.peek().has(e.user)) c.roles.value = new Map(c.roles.peek()).set(e.user, e.role!);
    if (e.kind === 'leave') this.left(c, e.users ?? []);
    if (e.kind === 'join' || e.kind === 'leave') this.h.membersChanged(c);
    if (e.kind === 'pin') this.h.pinChanged(c, e);
    const pinned = c.pinned.peek();
    if (pinned?.some((i) => i.seq === e.target)) {
      c.pinned.value = pinned.map((i) => (i.seq === e.target ? changed(i, e) : i)).filter((i) => i.pinned !== false && !i.deleted);
    }
  }

  private left(c: ChatState, users: readonly UserId[]): void {
    const roles = new Map(c.roles.peek());
    const marks = new Map(c.marks.peek());
    for (const id of users) {
      roles.delete(id);
      marks.delete(id);
    }
    c.roles.value = roles;
    c.marks.value = marks;
  }

  private mark(m: Mark & { chat: ChatId; user: UserId }): void {
    const c = this.core.peekChat(m.chat);
    if (!c) return;
    c.marks.value = raised(c.marks.peek(), m.user, m.delivered, m.read);
    if (m.user === this.core.me) this.ownRead(c, m.read, m.delivered);
    this.h.changed(c);
  }

  /** Own marks, from here or from another device. */
  ownRead(c: ChatState, seq: number, delivered: number): void {
    const { meta, sure } = read(c.meta.peek(), c.log.peek(), seq, delivered, this.core.me);
    c.meta.value = meta;
    if (!sure && this.core.client.up) void this.recount(c);
  }

  async recount(c: ChatState): Promise<void> {
    const f = await this.core.factsOf(c.id).catch(() => undefined);
    const meta = c.meta.peek();
    if (!f || f.head !== meta.head || (f.read_seq ?? 0) < meta.read_seq) return;
    c.meta.value = { ...meta, unread: f.unread ?? 0, mentions: f.mentions ?? 0 };
  }

  private typing(chat: ChatId, users: UserId[]): void {
    const c = this.core.peekChat(chat);
    if (c) c.typingState.value = typingOf(c.typingState.peek(), users, this.core.me, this.core.now());
  }

  private presence(f: Partial<Record<PresenceState, UserId[]>>): void {
    const next = new Map(this.core.presence.peek());
    for (const state of ['on', 'away', 'off'] as const) {
      for (const id of f[state] ?? []) {
        const was = next.get(id);
        if (state === 'off' && was && was !== 'off') this.core.users.seen(id, this.core.now());
        next.set(id, state);
      }
    }
    this.core.presence.value = next;
  }

  private online(chat: ChatId, count: number): void {
    const c = this.core.peekChat(chat);
    if (c) c.counted.value = count;
  }

  private chatTold(f: ChatFacts, users: WireUsers): void {
    this.core.users.putAll(users);
    const c = this.core.peekChat(f.id);
    if (c) {
      c.meta.value = metaOf(f, c.meta.peek());
      this.factsMarks(c, f);
    } else this.facts(f);
    this.h.peopleShown();
    if (c) this.h.changed(c);
  }

  private userTold(u: User): void {
    this.core.users.put(u.id, u);
    if (u.id === this.core.me) this.core.self.value = { ...this.core.self.peek()!, ...u };
  }
}
