// SPDX-License-Identifier: MIT
// types.ts - the shapes of the protocol (src/api/protocol.md) and of what this client knows.
//
// Holds when: everything here is a plain value, never changed in place. A piece of state that changes
// is replaced by a new one, so `===` tells whether to draw again.

export type UserId = number; // 1 … 2^31-1, never reused
export type ChatId = number;
export type Seq = number; // the place of an event in its chat's log: 1, 2, 3 … without a hole
export type Ms = number; // since 1970, or a span

export type ServerRole = 'guest' | 'bot' | 'member' | 'admin' | 'owner';
export type ChatRole = 'readonly' | 'member' | 'moderator' | 'owner';
export type ChatKind = 'direct' | 'group' | 'channel';
export type Level = 'all' | 'mentions' | 'none';
export type HistoryFor = 'all' | 'since_join';
export type PostBy = 'all' | 'moderators';
export type PresenceState = 'on' | 'away' | 'off';

/* ---- the protocol ---- */

/** A person. In an answer's `users` the id is the key and not inside. */
export interface User {
  id: UserId;
  name: string;
  display?: string;
  role?: ServerRole;
  last_seen?: Ms;
  disabled?: boolean;
  color?: number; // 0 … 11, the person's own choice; none = by id
  receipts?: boolean; // of oneself only: false = off
  seen?: boolean; // likewise
}
export type WireUsers = Record<string, Omit<User, 'id'> & { id?: UserId }>;

/** A chat as the server tells it: in hello, chat.list and {"ev":"chat"}. */
export interface ChatFacts {
  id: ChatId;
  kind: ChatKind;
  title?: string; // none in a direct chat
  topic?: string;
  members: number;
  archived?: boolean;
  history?: HistoryFor; // left out while 'all'
  post?: PostBy; // who may send; left out while 'all'
  head?: Seq; // none in the list of channels one may join
  last_ts?: Ms;
  unread?: number;
  mentions?: number;
  read_seq?: Seq;
  delivered_seq?: Seq;
  role?: ChatRole;
  unread_from?: Seq;
  muted?: boolean;
  muted_until?: Ms; // 0 or none = until unmuted
  pinned?: boolean;
  level?: Level; // left out while 'all'
  peer?: UserId; // the other one of a direct chat
  peer_delivered?: Seq;
  peer_read?: Seq;
  events?: LogEvent[]; // in hello only
  gap?: boolean;
}

export type ItemKind = 'message' | 'join' | 'leave' | 'role' | 'title' | 'topic' | 'archive';
export type ChangeKind = 'edit' | 'delete' | 'react' | 'pin';
export type EventKind = ItemKind | ChangeKind;

/** What a message says. Members besides `text` are kept and passed on as they are. */
export interface Body {
  text: string;
  [more: string]: unknown;
}

/** One event of a chat's log, as live frames, `events` and `hello` bring it. */
export interface LogEvent {
  seq: Seq;
  ts: Ms;
  from: UserId; // 0: the operator
  kind: EventKind;
  cid?: string;
  body?: Body | null; // null: its text is gone
  reply?: Seq;
  thread?: Seq;
  mentions?: UserId[];
  here?: boolean;
  target?: Seq; // edit, delete, react, pin
  emoji?: string;
  on?: boolean;
  users?: UserId[]; // join, leave
  user?: UserId; // role
  role?: ChatRole;
  title?: string;
  topic?: string;
}

/** An item of history: a message (or system event) with its present state. */
export interface Item extends LogEvent {
  kind: ItemKind;
  edited_ts?: Ms;
  deleted?: boolean;
  pinned?: boolean;
  reactions?: Record<string, UserId[]>;
  /** Client only: the seq which this state includes. A change with a seq above it is still to be applied. */
  v: Seq;
}

export interface Hello {
  epoch: string;
  self: User;
  device?: number;
  heartbeat_s: number;
  ttl_s: number;
  server?: string;
  chats: ChatFacts[];
  more: boolean;
  users: WireUsers;
}

export interface HistoryPage {
  items: Omit<Item, 'v'>[];
  head: Seq;
  more: boolean;
  more_after?: boolean;
  users: WireUsers;
}

export interface EventsPage {
  events: LogEvent[];
  head: Seq;
  more: boolean;
  users: WireUsers;
}

export interface Member {
  user: UserId;
  role: ChatRole;
  delivered?: Seq; // left out where receipts are off, or in chats of more than 50
  read?: Seq;
}

export interface Receipts {
  delivered: number;
  read: number;
  marks: Record<string, Mark>;
}

export interface Device {
  device_no: number;
  device?: string;
  created?: Ms;
  last_seen?: Ms;
  address?: string;
  current?: boolean;
}

export interface Invite {
  invite: number;
  role?: ServerRole;
  uses?: number;
  used?: number;
  expires?: Ms;
  path?: string;
  [more: string]: unknown;
}

/** What stands behind a one-time link, without spending it. */
export interface SecretInfo {
  what: 'invite' | 'link' | 'setup';
  state: 'open' | 'expired' | 'used' | 'revoked';
  expires?: Ms;
  server: string;
  by?: User;
  user?: User;
}

export interface About {
  server: string;
  version: string;
  setup: boolean; // still waits for its first owner
  help?: string; // the administrator's own words for a forgotten password
}

/* ---- what this client knows ---- */

/** How far one person has received and read a chat. */
export interface Mark {
  delivered: Seq;
  read: Seq;
}

export type ConnState =
  | 'starting' // nothing tried yet; what was kept from last time may already be shown
  | 'connecting' // a try is under way
  | 'up' // hello was answered: presence, typing and counts are true now
  | 'waiting' // down; the next try comes at retryAt
  | 'signed_out'; // the sign-in has ended, or there was none

export interface Connection {
  state: ConnState;
  retryAt?: Ms; // in 'waiting'
  downSince?: Ms; // since when it is not 'up' (banner after 2 s)
  reason?: 'revoked' | 'none' | 'bye'; // signed_out: ended elsewhere, or never there
}

/** A chat, ready to draw. `head`, counts and `last` follow live events before the log is loaded. */
export interface ChatMeta extends ChatFacts {
  head: Seq;
  unread: number;
  mentions: number;
  read_seq: Seq;
  delivered_seq: Seq;
  /** The newest message as far as known (maybe deleted): the list's preview. */
  last?: Item;
  /** Until when a mute holds is looked at by isMuted(meta, now). */
}

/** A message that is written and not yet seen in the log. Shown behind the log in the order written. */
export interface Pending {
  cid: string;
  chat: ChatId;
  ts: Ms; // when it was written
  body: Body;
  reply?: Seq;
  thread?: Seq;
  mentions?: UserId[];
  here?: boolean;
  state:
    | 'queued' // waits: for the connection, or behind others
    | 'sending' // on its way, no answer yet
    | 'sent' // acknowledged (seq is known), its event is about to come
    | 'failed'; // the server said no: `reason`
  seq?: Seq;
  reason?: string; // the error's code: forbidden, too_large, cid_reuse, …
  /** False: the browser would not keep it; it lives in this tab only. */
  kept: boolean;
}

export interface Draft {
  text: string;
  reply?: Seq;
  edit?: Seq; // an edit of this message is under way…
  before?: { text: string; reply?: Seq }; // …and this stood there before it
}

export type Tick = 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/** All others have confirmed up to here, as far as the server told us. 0 where it does not tell. */
export interface TickLine {
  delivered: Seq;
  read: Seq;
}

/** Where a log should be scrolled to. A new object is a new wish, even with the same seq. */
export interface Place {
  seq: Seq;
  align: 'end' | 'unread' | 'center'; // end of the log; divider 30 % from the top; lit up in the middle
}

/** The part of a chat's log that is shown: at most VIEW_MAX items without a hole between them. */
export interface LogView {
  status:
    | 'idle' // never opened
    | 'loading' // nothing to show yet
    | 'ready' // items are complete between first and last; unless stale, also up to date
    | 'failed'; // nothing to show and the fetch failed: `retry` by open() again
  items: readonly Item[];
  atStart: boolean; // the first item is the first this person may see
  atEnd: boolean; // the last item is the newest: pending messages and live ones follow it directly
  busy: '' | 'older' | 'newer';
  failed: '' | 'older' | 'newer'; // that page did not come: "Some messages are missing here. Load them"
  stale: boolean; // from the cache; what happened since is being fetched, or waits for a connection
  place: Place | null;
  /** Unread divider: stands before the first item with seq > after. Fixed at opening. */
  divider: { after: Seq; count: number } | null;
}

export type Row =
  | { type: 'start'; key: string }
  | { type: 'day'; key: string; ts: Ms }
  | { type: 'unread'; key: string; count: number }
  | { type: 'message'; key: string; item: Item; own: boolean; first: boolean; last: boolean }
  | { type: 'pending'; key: string; pending: Pending; first: boolean; last: boolean }
  | { type: 'deleted'; key: string; items: readonly Item[] } // one tombstone, or a folded run of ≥ 3
  | { type: 'system'; key: string; items: readonly Item[] }; // one event, or several alike within 10 min

/** What goes into title, favicon and app badge. */
export interface Badge {
  count: number; // unread in unmuted direct chats + mentions
}
