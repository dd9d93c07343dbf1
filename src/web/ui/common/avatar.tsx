// SPDX-License-Identifier: MIT
// avatar.tsx - people are drops, chats are rounded squares; colour by id or by choice.

import { hue, initials } from '../../lib/text/avatar.js';
import type { ChatMeta, User, UserId } from '../../lib/types.js';
import { lang } from '../../strings/index.js';
import { session } from '../store.js';
import { Icon } from './icon.js';
import { Mark } from './mark.js';

type Size = 20 | 24 | 28 | 32 | 36 | 40 | 56;

export const nameOf = (id: UserId): string => {
  const u = session.user(id);
  return u.display || u.name;
};
export const hueOf = (id: UserId): string => `h${hue(id, session.user(id).color)}`;

/** known: what is known of somebody before one is signed in. */
export function Avatar({ id, size = 36, label, known }: { id: UserId; size?: Size; label?: boolean; known?: User }) {
  const name = known ? known.display || known.name : nameOf(id);
  const text = initials(name, lang.value);
  return (
    <span class={`av d${size} ${known ? `h${hue(id, known.color)}` : hueOf(id)}`} {...(label ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}>
      {text || <Mark size={size / 2} />}
    </span>
  );
}

export function ChatAvatar({ meta, size = 40 }: { meta: ChatMeta; size?: Size }) {
  if (meta.kind === 'direct' && meta.peer) return <Avatar id={meta.peer} size={size} />;
  return <span class={`av chat d${size} h${hue(meta.id)}`} aria-hidden="true"><Icon name={meta.kind === 'channel' ? 'hash' : 'lock'} /></span>;
}

/** The presence disc of a person, on a box around the avatar. */
export function Dot({ id }: { id: UserId }) {
  const state = session.presence(id);
  return state === 'on' || state === 'away' ? <span class={`dot ${state}`} aria-hidden="true" /> : null;
}
