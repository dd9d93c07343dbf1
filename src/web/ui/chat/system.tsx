// SPDX-License-Identifier: MIT
// system.tsx - what is no message: days, the unread line, who came and went, tombstones, the beginning.

import { useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import { clock, dateOnly, dayLabel } from '../../lib/text/time.js';
import type { Item, Ms, Row } from '../../lib/types.js';
import { listOf, locale, t } from '../../strings/index.js';
import { ChatAvatar, nameOf } from '../common/avatar.js';
import { Icon, type IconName } from '../common/icon.js';
import { Bird } from '../common/mark.js';
import { now } from '../store.js';
import { titleOf } from './title.js';

export const dayWords = (ts: Ms): string => dayLabel(ts, now.value, locale.value, { today: t('today'), yesterday: t('yesterday') });

export const Day = ({ ts }: { ts: Ms }) => (
  <div class="row day" role="separator" data-day={ts}><span>{dayWords(ts)}</span></div>
);

export const Unread = ({ count }: { count: number }) => (
  <div class="row unread" role="separator" data-key="unread">
    <span>{t('unread.line', { n: count })}</span>
    <svg viewBox="0 0 32 32" aria-hidden="true"><Bird /></svg>
  </div>
);

const icons: Record<string, IconName> = { join: 'users', leave: 'out', role: 'users', title: 'pen', topic: 'pen', archive: 'lock' };
function sentence(items: readonly Item[]): string {
  const i = items[0]!;
  const name = i.from ? nameOf(i.from) : t('sys.operator');
  const ids = items.flatMap((x) => x.users ?? []);
  const users = ids.length > 3 ? t('people', { n: ids.length }) : listOf(ids.map(nameOf));
  const own = ids.every((id) => items.some((x) => x.from === id));
  switch (i.kind) {
    case 'join': return own ? t('sys.joined', { users }) : t('sys.added', { name, users });
    case 'leave': return own ? t('sys.left', { users }) : t('sys.removed', { name, users });
    case 'role': return t('sys.role', { name, user: nameOf(i.user ?? 0), role: t(`role.${i.role ?? 'member'}` as const) });
    case 'title': return t('sys.title', { name, title: i.title ?? '' });
    case 'topic': return i.topic ? t('sys.topic', { name, topic: i.topic }) : t('sys.noTopic', { name });
    default: return i.on ? t('sys.archived', { name }) : t('sys.restored', { name });
  }
}

export function System({ row }: { row: Extract<Row, { type: 'system' }> }) {
  const last = row.items.at(-1)!;
  const [open, set] = useState(false);
  const many = row.items.flatMap((i) => i.users ?? []).length > 3;
  const text = open ? listOf(row.items.flatMap((i) => i.users ?? []).map(nameOf)) : sentence(row.items);
  const inner = <><Icon name={icons[last.kind] ?? 'users'} size={16} /><span dir="auto">{text}</span><span class="num">· {clock(last.ts, locale.value)}</span></>;
  return (
    <div class="row sys" data-key={row.key} data-seq={last.seq}>
      {many ? <button type="button" aria-expanded={open} onClick={() => set(!open)}>{inner}</button> : <span>{inner}</span>}
    </div>
  );
}

export function Deleted({ row }: { row: Extract<Row, { type: 'deleted' }> }) {
  const n = row.items.length, last = row.items.at(-1)!;
  return (
    <div class="row gone" data-key={row.key} data-seq={last.seq}><Icon name="bin" size={16} />
      <em>{n > 1 ? t('deleted.many', { n }) : t('deleted.one', { name: nameOf(last.from) })}</em></div>
  );
}

export function Start({ chat }: { chat: Chat }) {
  const meta = chat.meta.value;
  const first = chat.view.value.items[0];
  return (
    <div class="row start">
      <ChatAvatar meta={meta} size={56} />
      <p class="t-title" dir="auto">{titleOf(meta)}</p>
      <p class="ink3 t-small">{meta.kind === 'direct' ? t('start.direct', { name: titleOf(meta) })
        : first ? t(meta.kind === 'group' ? 'start.group' : 'start.channel', { date: dateOnly(first.ts, now.value, locale.value) }) : ''}</p>
    </div>
  );
}
