// SPDX-License-Identifier: MIT
// session.ts - what the user interface sees of the server: state in signals, and commands.
//
// Holds when:
// * Everything in a signal is a plain value that is never changed in place (see types.ts). Reading
//   `.value` inside a component or effect() subscribes to exactly that piece.
// * `phase` says what may be shown. 'starting': wait (kept chats are being read, ≤ 150 ms).
//   'signed_out': a stage screen. 'ready': chats may be shown; whether they are up to date says
//   `connection` ('up' = yes). Being offline is 'ready' with another connection state.
// * presence, typing and last-seen are known while `connection` is 'up' and are empty otherwise.
// * A command's promise resolves when the server has it on its disk, and rejects with an OpError
//   (errors.ts): `code` as in protocol.md, or 'offline' when there is no connection. `send` is the
//   exception: it resolves when the message is safe in the outbox, which never loses it.
// * `busy` and `rate_limited` are retried inside, for up to 10 s, before a command rejects.
// * Nothing here touches the DOM; times are milliseconds since 1970.

import type { ReadonlySignal } from '@preact/signals-core';
import { Life } from './session/life.js';
import type { Db } from './keep/db.js';
import type { Socket } from './net/client.js';
import type { Fetch } from './net/http.js';
import type { Quiet } from './state/order.js';
import type {
  About, Badge, Body, ChatId, ChatKind, ChatMeta, ChatFacts, ChatRole, Connection, Device, Draft,
  HistoryFor, Invite, Item, Level, LogView, Mark, Member, Ms, Pending, PostBy, PresenceState,
  Receipts, Row, SecretInfo, Seq, ServerRole, TickLine, User, UserId,
} from './types.js';

/** One chat. The object stays the same as long as one is in the chat; its parts are signals. */
export interface Chat {
  readonly id: ChatId;
  readonly meta: ReadonlySignal<ChatMeta>;
  /** The part of the log that is shown; 'idle' until open(). */
  readonly view: ReadonlySignal<LogView>;
  /** `view` as rows: days, divider, groups, folded runs, pending messages. */
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** Ticks of own messages: read ≤ read, delivered ≤ delivered, else sent. 0/0 in chats of > 50. */
  readonly ticks: ReadonlySignal<TickLine>;
  readonly marks: ReadonlySignal<ReadonlyMap<UserId, Mark>>;
  readonly typing: ReadonlySignal<readonly UserId[]>; // others, in the order they began
  readonly draft: ReadonlySignal<Draft>;
  readonly outbox: ReadonlySignal<readonly Pending[]>; // in the order written
  /** People of this chat as far as known, by last speech; complete after members(). */
  readonly people: ReadonlySignal<readonly UserId[]>;
  /** The roles told by members(), kept up by role, join and leave events. Empty before. */
  readonly roles: ReadonlySignal<ReadonlyMap<UserId, ChatRole>>;
  /** How many are on or away; null = unknown (offline, or not watched). */
  readonly online: ReadonlySignal<number | null>;
  /** Pinned messages, newest first; null until pins() was asked; kept up by events after. */
  readonly pinned: ReadonlySignal<readonly Item[] | null>;
}

export type Phase = 'starting' | 'signed_out' | 'ready';

/** Where open() should begin: undefined = the divider where something is unread, else the end. */
export type At = { seq: Seq } | { ts: Ms } | 'end' | undefined;

/** A message worth a notification, decided by level, mute, mentions and quiet hours. */
export interface Notice {
  chat: ChatId;
  item: Item;
  mention: boolean;
  silent: boolean; // quiet hours: no sound
}

export interface Session {
  readonly phase: ReadonlySignal<Phase>;
  readonly connection: ReadonlySignal<Connection>;
  readonly server: ReadonlySignal<string>; // the server's name
  readonly self: ReadonlySignal<User | null>;
  /** Ids of all chats as the list shows them: pinned first, then by latest activity. */
  readonly order: ReadonlySignal<readonly ChatId[]>;
  readonly badge: ReadonlySignal<Badge>;
  readonly unsent: ReadonlySignal<number>; // messages waiting in all outboxes
  readonly canKeep: ReadonlySignal<boolean>; // false: this browser cannot keep unsent messages
  readonly current: ReadonlySignal<ChatId | null>; // the chat that is open, set by open()/close()

  chat(id: ChatId): Chat | undefined; // undefined: not in that chat; subscribes to that
  user(id: UserId): User; // subscribes; {id, name: ''} while unknown (it is asked for)
  userNamed(name: string): User | undefined;
  people(): readonly User[]; // all known; complete after loadPeople()
  presence(id: UserId): PresenceState | undefined; // subscribes; undefined = not known
  lastSeen(id: UserId): Ms | undefined;

  /* life */
  start(): Promise<void>; // reads what was kept, connects
  stop(): void;
  retryNow(): void; // do not wait for the next try
  active(on: boolean): void; // the window is in front and used
  about(): Promise<About>;
  peek(secret: string): Promise<SecretInfo>;
  login(a: { name: string; password: string }): Promise<void>;
  acceptSetup(a: { secret: string; name: string; password: string; display?: string; server?: string; channel?: string }): Promise<{ chat?: ChatId }>;
  acceptInvite(a: { secret: string; name: string; password: string; display?: string }): Promise<{ chat?: ChatId }>;
  acceptLink(a: { secret: string; password?: string }): Promise<void>;
  signOut(): Promise<void>;

  /* reading */
  open(chat: ChatId, at?: At): Promise<void>; // shows a chat; resolves when its view is ready
  close(): void; // no chat is shown; ends the divider
  clearDivider(chat: ChatId): void;
  /** The reader is at the end (default) or further up: which end may be let go when much comes. */
  atBottom(chat: ChatId, on: boolean): void;
  /** A row of the list shows this chat: its newest page is fetched once, for preview and quick opening. */
  glance(chat: ChatId): void;
  older(chat: ChatId): Promise<void>; // ≈ 50 items more at the top; drops as many at the other end
  newer(chat: ChatId): Promise<void>;
  mark(chat: ChatId, read: Seq): void; // read up to here; merged, never falls
  markUnread(chat: ChatId, from: Seq): Promise<void>;
  receipts(chat: ChatId, seq: Seq): Promise<Receipts>;
  item(chat: ChatId, seq: Seq): Promise<Item | null>; // e.g. for a quote; from memory where held
  held(chat: ChatId, seq: Seq): Item | undefined; // the same without asking; subscribes
  pins(chat: ChatId, before?: Seq): Promise<{ items: Item[]; more: boolean }>;

  /* writing */
  send(chat: ChatId, m: { body: Body; reply?: Seq; thread?: Seq; mentions?: UserId[]; here?: boolean }): Promise<Pending>;
  retry(cid: string): void; // a failed one again
  discard(cid: string): void; // a pending one that is not on its way
  setDraft(chat: ChatId, draft: Draft): void; // kept 300 ms after the last call; told to other tabs
  typing(chat: ChatId): void; // call on every input; sent each 3 s at most
  edit(chat: ChatId, target: Seq, body: Body): Promise<void>;
  del(chat: ChatId, target: Seq): Promise<void>;
  react(chat: ChatId, target: Seq, emoji: string, on: boolean): Promise<void>;
  pin(chat: ChatId, target: Seq, on: boolean): Promise<void>;

  /* chats */
  createChat(a: { kind: ChatKind; title?: string; topic?: string; members?: UserId[]; history?: HistoryFor }): Promise<ChatId>;
  joinable(after?: ChatId): Promise<{ chats: ChatFacts[]; more: boolean }>;
  join(chat: ChatId): Promise<void>;
  leave(chat: ChatId): Promise<void>;
  add(chat: ChatId, users: UserId[]): Promise<void>;
  remove(chat: ChatId, users: UserId[]): Promise<void>;
  role(chat: ChatId, user: UserId, role: ChatRole): Promise<void>;
  update(chat: ChatId, a: { title?: string; topic?: string; archived?: boolean; history?: HistoryFor; post?: PostBy }): Promise<void>;
  notify(chat: ChatId, a: { level?: Level; muted?: boolean; until?: Ms; pinned?: boolean }): Promise<void>;
  members(chat: ChatId): Promise<Member[]>; // all pages; fills people and roles, and watches them
  loadPeople(): Promise<readonly User[]>; // everybody on the server (persons only)

  /* oneself and the server */
  profile(a: { display?: string; color?: number; receipts?: boolean; seen?: boolean }): Promise<void>;
  password(a: { old?: string; password: string }): Promise<void>;
  devices(): Promise<Device[]>;
  revokeDevice(no: number): Promise<void>;
  link(): Promise<{ path: string; expires: Ms }>; // a one-time sign-in link of one's own
  createInvite(a: { role?: ServerRole; uses?: number; ttl_ms?: Ms; chats?: ChatId[] }): Promise<{ invite: number; path: string }>;
  invites(): Promise<Invite[]>;
  revokeInvite(invite: number): Promise<void>;
  renameServer(name: string): Promise<void>;

  /** Keeps everything that waits to be kept: call it when the page is hidden or about to go. */
  flush(): Promise<void>;
  setQuiet(quiet: Quiet | null): void; // hours without sound
  /** A setting of this browser, told to the other tabs. */
  setting<T>(key: string): Promise<T | undefined>;
  setSetting(key: string, value: unknown): Promise<void>;
  onSetting(heard: (key: string, value: unknown) => void): () => void;

  /** Called for each message worth telling while this window does not show it. Returns an undo. */
  onNotice(tell: (n: Notice) => void): () => void;
}

export interface SessionOptions {
  /** 'https://host' of the page, no slash at the end. */
  origin: string;
  /** What the server shows in the list of devices, e.g. "Firefox on Linux". */
  device?: string;
  /** For tests; the browser's own where not given. */
  socket?(url: string, protocol: string): Socket;
  fetch?: Fetch;
  db?: Db;
}

export function createSession(o: SessionOptions): Session {
  const life = new Life(o);
  const { core, reading, writing, chats, account, watch } = life;
  return {
    phase: core.phase,
    connection: core.connection,
    server: core.server,
    self: core.self,
    order: core.order,
    badge: core.badge,
    unsent: core.unsent,
    canKeep: core.canKeep,
    current: core.current,
    chat: (id) => core.chat(id),
    user: (id) => core.users.get(id),
    userNamed: (name) => core.users.named(name),
    people: () => core.users.all(),
    presence: (id) => (id === core.me && core.connection.value.state === 'up' ? 'on' : core.presence.value.get(id)),
    lastSeen: (id) => core.users.get(id).last_seen,

    start: () => life.start(),
    stop: () => life.stop(),
    retryNow: () => core.client.hurry(),
    active: (on) => watch.active(on),
    about: () => account.about(),
    peek: (secret) => account.peek(secret),
    login: (a) => account.login(a),
    acceptSetup: (a) => account.acceptSetup(a),
    acceptInvite: (a) => account.acceptInvite(a),
    acceptLink: (a) => account.acceptLink(a),
    signOut: () => account.signOut(),

    open: (chat, at) => reading.open(chat, at),
    close: () => reading.close(),
    clearDivider: (chat) => reading.clearDivider(chat),
    atBottom: (chat, on) => life.atBottom(chat, on),
    glance: (chat) => life.glance(chat),
    older: (chat) => reading.older(chat),
    newer: (chat) => reading.newer(chat),
    mark: (chat, read) => reading.mark(chat, read),
    markUnread: (chat, from) => reading.markUnread(chat, from),
    receipts: (chat, seq) => reading.receipts(chat, seq),
    item: (chat, seq) => reading.item(chat, seq),
    held: (chat, seq) => reading.held(chat, seq),
    pins: (chat, before) => chats.pins(chat, before),

    send: (chat, m) => writing.send(chat, m),
    retry: (cid) => core.outbox.retry(cid),
    discard: (cid) => void core.outbox.discard(cid),
    setDraft: (chat, draft) => writing.setDraft(chat, draft),
    typing: (chat) => writing.typing(chat),
    edit: (chat, target, body) => writing.edit(chat, target, body),
    del: (chat, target) => writing.del(chat, target),
    react: (chat, target, emoji, on) => writing.react(chat, target, emoji, on),
    pin: (chat, target, on) => writing.pin(chat, target, on),

    createChat: (a) => chats.create(a),
    joinable: (after) => chats.joinable(after),
    join: (chat) => chats.join(chat),
    leave: (chat) => chats.leave(chat),
    add: (chat, users) => chats.add(chat, users),
    remove: (chat, users) => chats.remove(chat, users),
    role: (chat, user, role) => chats.role(chat, user, role),
    update: (chat, a) => chats.update(chat, a),
    notify: (chat, a) => chats.notify(chat, a),
    members: (chat) => chats.members(chat),
    loadPeople: () => chats.loadPeople(),

    profile: (a) => account.profile(a),
    password: (a) => account.password(a),
    devices: () => account.devices(),
    revokeDevice: (no) => account.revokeDevice(no),
    link: () => account.link(),
    createInvite: (a) => account.createInvite(a),
    invites: () => account.invites(),
    revokeInvite: (invite) => account.revokeInvite(invite),
    renameServer: (name) => account.renameServer(name),

    flush: () => life.flush(),
    setQuiet: (quiet) => void (core.quiet = quiet),
    setting: (key) => life.setting(key),
    setSetting: (key, value) => life.setSetting(key, value),
    onSetting: (heard) => life.onSetting(heard),
    onNotice(tell) {
      core.notices.add(tell);
      return () => core.notices.delete(tell);
    },
  };
}
