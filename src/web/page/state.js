// SPDX-License-Identifier: MIT
// state.js - what this page knows, and how the server's words change it. Pure: no DOM, clock or net.

const CHANGES = new Set(['edit', 'delete', 'react', 'pin']);
const CHANGES_KEPT = 200;
const UNSAID = { title: '', topic: '', archived: false, muted: false, level: 'all', unread_from: 0 }; // what a chat leaves out

export function createState() {
  return { epoch: null, self: null, users: new Map(), chats: new Map(), presence: new Map(), top: 0 };
}

export function addUsers(s, users) {
  for (const [id, u] of Object.entries(users ?? {})) s.users.set(+id, { ...s.users.get(+id), ...u });
}

export const nameOf = (s, id) => s.users.get(id)?.display || s.users.get(id)?.name || `#${id}`;
export const titleOf = (s, c) => c.title || (c.kind === 'direct' ? nameOf(s, c.peer) : 'Group');
export const membersOf = (n) => `${n} member${n === 1 ? '' : 's'}`;
export const cursorsOf = (s) =>
  Object.fromEntries([...s.chats.values()].filter((c) => c.loaded).map((c) => [c.id, c.cursor]));
export const inOrder = (s) => [...s.chats.values()].sort((a, b) => a.pos - b.pos);

/** A chat as `hello`, `chat` or `chat.list` tell it; the events it brings are applied here too. */
export function applyChat(s, { events = [], gap, ...told }, pos) {
  let c = s.chats.get(told.id);
  if (!c) {
    c = { items: [], queue: [], changes: [], marks: new Map(), cursor: 0, loaded: false, older: true };
    s.chats.set(told.id, c);
  }
  Object.assign(c, UNSAID, told, { pos: pos ?? c.pos ?? --s.top });
  if (c.peer) applyMark(s, { chat: c.id, user: c.peer, delivered: c.peer_delivered, read: c.peer_read });
  for (const e of events) {
    if (c.loaded) applyTo(c, e);
    else notice(c, e);
  }
  if (c.loaded && (gap || c.cursor < c.head)) forget(c);
  return c;
}

/** What is held of a chat is too old to mend by events: the next look fetches it anew. */
export function forget(c) {
  Object.assign(c, { items: [], queue: [], changes: [], loaded: false, older: true });
}

export function applyHello(s, h) {
  if (s.epoch !== h.epoch) s.chats.clear();
  Object.assign(s, { epoch: h.epoch, self: h.self });
  addUsers(s, h.users);
  addUsers(s, { [h.self.id]: h.self });
  s.presence.clear();
  const named = new Set(h.chats.map((c) => c.id));
  if (!h.more) for (const id of s.chats.keys()) if (!named.has(id)) s.chats.delete(id);
  s.top = 0;
  h.chats.forEach((c, i) => applyChat(s, c, i));
}

function notice(c, e) {
  c.head = Math.max(c.head ?? 0, e.seq);
  if (e.kind === 'message') c.last = { ...e, deleted: e.body === null };
}

function changeItem(item, e, gone) {
  if (e.kind === 'edit' && !item.deleted && e.body) Object.assign(item, { body: e.body, edited_ts: e.ts });
  if (e.kind === 'delete') Object.assign(item, { body: null, deleted: true, reactions: {} });
  if (e.kind === 'pin') item.pinned = e.on;
  if (e.kind === 'react' && !gone) {
    const who = new Set(item.reactions?.[e.emoji]);
    if (e.on) who.add(e.from);
    else who.delete(e.from);
    item.reactions = { ...item.reactions, [e.emoji]: [...who] };
    if (!who.size) delete item.reactions[e.emoji];
  }
  item.v = e.seq;
}

/** Applies an event in order. false: it leaves a hole, fetch what is missing first. */
function applyTo(c, e) {
  if (e.seq <= c.cursor) return true;
  if (e.seq !== c.cursor + 1) return false;
  c.cursor = e.seq;
  notice(c, e);
  if (!CHANGES.has(e.kind)) {
    c.items.push({ ...e, deleted: e.body === null });
    return true;
  }
  c.changes.push(e);
  if (c.changes.length > CHANGES_KEPT) c.changes.shift();
  for (const item of [...c.items, c.last]) if (item?.seq === e.target) changeItem(item, e, item.deleted);
  return true;
}

/** A live event. 'new' | 'old' | 'hole' | 'unknown' (no such chat here yet). */
export function applyEvent(s, e) {
  const c = s.chats.get(e.chat);
  if (!c) return 'unknown';
  if (e.seq <= c.head) return 'old';
  if (e.kind === 'message') {
    c.pos = --s.top;
    if (e.from === s.self.id) Object.assign(c, { unread: 0, mentions: 0, read_seq: e.seq });
    else {
      c.unread = (c.unread ?? 0) + 1;
      if (e.here || e.mentions?.includes(s.self.id)) c.mentions = (c.mentions ?? 0) + 1;
    }
  }
  if (e.kind === 'title' || e.kind === 'topic') c[e.kind] = e[e.kind];
  if (e.kind === 'archive') c.archived = e.on;
  if (e.kind === 'role' && e.user === s.self.id) c.role = e.role;
  if (c.loading) c.queue.push(e);
  else if (c.loaded && !applyTo(c, e)) return 'hole';
  notice(c, e);
  return 'new';
}

/** The newest page. Events that came while it was under way are applied above its head. */
export function applyNewest(s, c, h) {
  addUsers(s, h.users);
  const queue = c.queue;
  Object.assign(c, { items: h.items, cursor: h.head, older: h.more, loaded: true, queue: [], changes: [] });
  c.head = Math.max(c.head ?? 0, h.head);
  c.last = [...h.items].reverse().find((i) => i.kind === 'message') ?? c.last;
  return queue.every((e) => applyTo(c, e));
}

/** A page before the oldest item held; changes its state may not include yet are applied again. */
export function applyOlder(s, c, h) {
  addUsers(s, h.users);
  const oldest = c.items[0]?.seq ?? Infinity;
  const items = h.items.filter((i) => i.seq < oldest);
  for (const e of c.changes) {
    if (e.seq > h.head) items.filter((i) => i.seq === e.target).forEach((i) => changeItem(i, e, i.deleted));
  }
  c.items = [...items, ...c.items];
  c.older = h.more;
}

/** Events fetched to close a hole. */
export function applyMissing(s, c, h) {
  addUsers(s, h.users);
  return h.events.every((e) => applyTo(c, e));
}

export function applyMark(s, m) {
  const c = s.chats.get(m.chat);
  if (!c) return;
  const old = c.marks.get(m.user) ?? { delivered: 0, read: 0 };
  const now = { delivered: Math.max(old.delivered, m.delivered ?? 0), read: Math.max(old.read, m.read ?? 0) };
  c.marks.set(m.user, now);
  if (m.user !== s.self.id) return;
  c.read_seq = Math.max(c.read_seq ?? 0, now.read);
  if (c.read_seq >= c.head) Object.assign(c, { unread: 0, mentions: 0 });
}

/** 'sent' | 'delivered' | 'read': what all others have confirmed, as far as the server told us. */
export function tickOf(s, c, seq) {
  const others = [...c.marks].filter(([user]) => user !== s.self.id).map(([, m]) => m);
  if (!others.length) return 'sent';
  if (others.every((m) => m.read >= seq)) return 'read';
  return others.every((m) => m.delivered >= seq || m.read >= seq) ? 'delivered' : 'sent';
}

/** The log as rows: day and unread dividers, system lines, messages with their place in a group. */
export function rowsOf(s, c, pending, newAfter, dayOf) {
  const rows = [];
  const all = [...c.items, ...pending];
  let day = '', prev = null, told = false;
  for (const item of all) {
    if (dayOf(item.ts) !== day) {
      day = dayOf(item.ts);
      rows.push({ type: 'day', key: `d${day}`, label: day });
      prev = null;
    }
    if (!told && newAfter && item.seq > newAfter && item.from !== s.self.id) {
      rows.push({ type: 'new', key: 'new', count: all.filter((i) => i.seq > newAfter && i.kind === 'message').length });
      told = true;
      prev = null;
    }
    if (item.kind !== 'message') {
      rows.push({ type: 'sys', key: `s${item.seq}`, item });
      prev = null;
      continue;
    }
    const own = item.from === s.self.id;
    const follows = prev && prev.item.from === item.from && item.ts - prev.item.ts < 300000;
    if (follows) prev.last = false;
    prev = { type: 'msg', key: `m${item.cid && own ? item.cid : item.seq}`, item, own, first: !follows, last: true };
    rows.push(prev);
  }
  return rows;
}

export function initialsOf(name) {
  const words = name.trim().split(/[\s._-]+/u).filter(Boolean);
  const firsts = words.length > 1 ? [words[0], words.at(-1)] : words;
  return firsts.map((w) => [...w][0].toLocaleUpperCase()).join('');
}

/** One of 12 hues: FNV-1a of the id's decimal string. */
export function hueOf(id) {
  let h = 0x811c9dc5;
  for (const ch of String(id)) h = Math.imul(h ^ ch.charCodeAt(0), 0x01000193) >>> 0;
  return h % 12;
}

/** Ids of those named in a text by @name, and whether it calls everyone. */
export function mentionsIn(s, text) {
  const names = new Set([...text.matchAll(/(?:^|[^\w])@([a-z0-9][a-z0-9._-]*)/gu)].map((m) => m[1].replace(/[._-]+$/, '')));
  const ids = [...s.users].filter(([, u]) => names.has(u.name)).map(([id]) => id);
  return { mentions: ids.slice(0, 50), here: names.has('here') || names.has('all') };
}
