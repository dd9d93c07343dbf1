// SPDX-License-Identifier: MIT
// meta.ts - a chat's facts and counts, and how live events change them as they change at the server.
//
// Holds when: `unread` counts messages of others above read_seq, deleted ones too; `mentions` counts
// @here and personal mentions, both where both are. A new {"ev":"chat"} replaces every fact; what it
// leaves out has its plain value. `wanted` is what this client has read and the server may not know yet.

import type { ChatFacts, ChatMeta, Item, LogEvent, Ms, Seq, UserId } from '../types.js';
import { changed, itemOf, mentionsOf } from './item.js';
import type { Log } from './log.js';
import { indexOf, segmentAt } from './segments.js';

/** What a chat object leaves out means this. */
const PLAIN = {
  title: undefined, topic: undefined, archived: false, history: undefined, post: undefined, unread_from: 0,
  muted: false, muted_until: 0, pinned: false, level: undefined,
} as const;

export function metaOf(facts: ChatFacts, old?: ChatMeta): ChatMeta {
  const { events: _e, gap: _g, ...told } = facts;
  return {
    head: 0, unread: 0, mentions: 0, read_seq: 0, delivered_seq: 0,
    ...PLAIN,
    ...told,
    last: old?.last,
  };
}

/** The newest message for the list's preview, as pages and events tell it. */
export function withLast(meta: ChatMeta, e: LogEvent | Item | undefined): ChatMeta {
  if (!e || e.kind !== 'message' || (meta.last && e.seq < meta.last.seq)) return meta;
  const item = 'v' in e ? (e as Item) : itemOf(e, e.seq);
  if (meta.last?.seq === item.seq && meta.last.v >= item.v) return meta;
  return { ...meta, last: item };
}

/** A live event that has not been counted in yet: seq above head. */
export function counted(meta: ChatMeta, e: LogEvent, self: UserId): ChatMeta {
  let m = meta;
  if (m.last && e.target === m.last.seq) m = { ...m, last: changed(m.last, e) };
  m = withLast(m, e);
  if (e.seq <= m.head) return m;
  m = { ...m, head: e.seq };
  if (e.kind === 'message') return countMessage(m, e, self);
  if (e.kind === 'title') return { ...m, title: e.title, last_ts: e.ts };
  if (e.kind === 'topic') return { ...m, topic: e.topic || undefined, last_ts: e.ts };
  if (e.kind === 'archive') return { ...m, archived: e.on === true, last_ts: e.ts };
  if (e.kind === 'role' && e.user === self) return { ...m, role: e.role };
  if (e.kind === 'join') return { ...m, last_ts: e.ts, members: m.members + (e.users?.length ?? 0) };
  if (e.kind === 'leave') return { ...m, members: Math.max(1, m.members - (e.users?.length ?? 0)) };
  return m;
}

function countMessage(m: ChatMeta, e: LogEvent, self: UserId): ChatMeta {
  if (e.from === self) {
    return { ...m, last_ts: e.ts, unread: 0, mentions: 0, read_seq: e.seq, delivered_seq: e.seq, unread_from: 0 };
  }
  return { ...m, last_ts: e.ts, unread: m.unread + 1, mentions: m.mentions + mentionsOf(e, self) };
}

/** Own marks. Not `sure`: what lies between is not held, the counts are stale; ask for the chat. */
export function read(meta: ChatMeta, log: Log, seq: Seq, delivered: Seq, self: UserId): { meta: ChatMeta; sure: boolean } {
  const m = { ...meta, delivered_seq: Math.max(meta.delivered_seq, delivered, seq) };
  if (seq <= meta.read_seq) return { meta: m.delivered_seq === meta.delivered_seq ? meta : m, sure: true };
  m.read_seq = seq;
  if (m.unread_from && seq >= m.unread_from) m.unread_from = 0;
  if (seq >= m.head) return { meta: { ...m, unread: 0, mentions: 0 }, sure: true };
  const s = segmentAt(log.segs, seq + 1);
  if (!s || s.hi < m.head) return { meta: m, sure: false };
  let unread = 0;
  let mentions = 0;
  for (let i = indexOf(s.items, seq + 1); i < s.items.length; i++) {
    const item = s.items[i]!;
    if (item.kind === 'message') unread++;
    mentions += mentionsOf(item, self);
  }
  return { meta: { ...m, unread, mentions }, sure: true };
}

/** Muted now: a mute that has run out is no mute. */
export const isMuted = (m: Pick<ChatMeta, 'muted' | 'muted_until'>, now: Ms): boolean =>
  m.muted === true && (!m.muted_until || m.muted_until > now);

/** Shows as unread: by count, or marked so by hand. */
export const isUnread = (m: ChatMeta): boolean => m.unread > 0 || (m.unread_from ?? 0) > 0;

/** Where a chat is opened: the last seq that counts as read. null: nothing is unread. */
export function readUpTo(m: ChatMeta): Seq | null {
  if (m.unread_from) return m.unread_from - 1;
  return m.unread > 0 ? m.read_seq : null;
}

/** May this person send into it? */
export const canPost = (m: ChatMeta): boolean =>
  !m.archived && m.role !== 'readonly' && (m.post !== 'moderators' || m.role === 'moderator' || m.role === 'owner');
