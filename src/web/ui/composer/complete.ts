// SPDX-License-Identifier: MIT
// complete.ts - what is being typed at the caret (@name, :emoji, #channel) and what it may become.

import { bestOf } from '../../lib/text/fuzzy.js';
import type { Chat } from '../../lib/session.js';
import type { UserId } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { session } from '../store.js';
import { titleOf } from '../chat/title.js';
import { findEmoji, loadEmoji } from './emoji.js';

export interface Choice {
  id: string;
  text: string; // what is put in the place of what was typed
  label: string;
  detail: string;
  user?: UserId;
  emoji?: string;
}
export interface Completion { start: number; end: number; choices: Choice[] }

const MAX = 6;
const AT = /(^|\s)([@#])([\p{L}\p{N}._-]*)$/u;
const COLON = /(^|\s):([\p{L}\p{N}_+-]{2,})$/u;

function people(chat: Chat, query: string): Choice[] {
  const inside = new Set(chat.people.value);
  const rank = new Map(chat.people.value.map((id, i) => [id, i]));
  const self = session.self.value?.id;
  const fits = session.people().filter((u) => u.id !== self && !u.disabled).map((u) => ({ u, m: bestOf(query, [u.name, u.display]) })).filter((x) => x.m);
  fits.sort((a, b) => (inside.has(b.u.id) ? 1 : 0) - (inside.has(a.u.id) ? 1 : 0) || b.m!.score - a.m!.score || (rank.get(a.u.id) ?? 1e9) - (rank.get(b.u.id) ?? 1e9));
  const list = fits.slice(0, MAX).map(({ u }): Choice => ({ id: `u${u.id}`, text: `@${u.name} `, label: u.display || u.name, user: u.id,
    detail: inside.has(u.id) || !inside.size ? u.name : t('mention.outside') }));
  if ('here'.startsWith(query.toLowerCase()) && chat.meta.value.kind !== 'direct') {
    list.splice(Math.min(list.length, query ? 0 : 2), 0, { id: 'here', text: '@here ', label: t('mention.here'), detail: t('mention.hereCount', { n: chat.meta.value.members - 1 }) });
  }
  return list.slice(0, MAX);
}

function channels(query: string): Choice[] {
  return session.order.value.map((id) => session.chat(id)!.meta.value).filter((m) => m.kind === 'channel' && bestOf(query, [titleOf(m)])).slice(0, MAX)
    .map((m): Choice => ({ id: `c${m.id}`, text: `${location.origin}/c/${m.id} `, label: titleOf(m), detail: t('members', { n: m.members }) }));
}

export function completionAt(chat: Chat, text: string, caret: number): Completion | null {
  const before = text.slice(0, caret);
  const at = AT.exec(before), colon = at ? null : COLON.exec(before);
  let choices: Choice[] = [], start = caret;
  if (at) {
    start = caret - at[3]!.length - 1;
    choices = at[2] === '@' ? people(chat, at[3]!) : channels(at[3]!);
  } else if (colon) {
    loadEmoji();
    start = caret - colon[2]!.length - 1;
    choices = findEmoji(colon[2]!.replace(/_/g, ' '), MAX).map(([emoji, name]): Choice => ({ id: emoji, text: `${emoji} `, label: name, detail: '', emoji }));
  }
  return choices.length ? { start, end: caret, choices } : null;
}
