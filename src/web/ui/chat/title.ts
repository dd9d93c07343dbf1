// SPDX-License-Identifier: MIT
// title.ts - what a chat is called, and what is said of who is in it.

import { listOf, locale, t } from '../../strings/index.js';
import type { Chat } from '../../lib/session.js';
import { seenTime } from '../../lib/text/time.js';
import type { ChatMeta } from '../../lib/types.js';
import { nameOf } from '../common/avatar.js';
import { now, session } from '../store.js';

export const titleOf = (meta: ChatMeta): string => meta.title || (meta.peer ? nameOf(meta.peer) : t('chat.unnamed'));

/** Below the title: presence of the other one, or how many are here, and the topic. */
export function subtitleOf(chat: Chat): string {
  const meta = chat.meta.value;
  const up = session.connection.value.state === 'up';
  if (meta.kind === 'direct') {
    if (!up || !meta.peer) return '';
    const state = session.presence(meta.peer), seen = session.lastSeen(meta.peer);
    if (state === 'on') return t('presence.on');
    if (state === 'away') return t('presence.away');
    return seen ? t('presence.seen', { time: seenTime(seen, now.value, locale.value) }) : '';
  }
  const n = meta.members, here = chat.online.value;
  const people = up && here !== null && n > 1 ? t('here.of', { here, n }) : t('members', { n });
  return meta.topic ? `${people} · ${meta.topic}` : people;
}

export function typingText(chat: Chat): string {
  const who = chat.typing.value;
  if (!who.length) return '';
  if (who.length > 2) return t('typing.many', { n: who.length });
  return t(who.length === 1 ? 'typing.one' : 'typing.two', { name: listOf(who.map(nameOf)) });
}
