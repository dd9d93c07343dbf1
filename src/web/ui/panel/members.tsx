// SPDX-License-Identifier: MIT
// members.tsx - who is in a chat, by presence; what is pinned in it.

import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import { preview } from '../../lib/text/markdown.js';
import { fold } from '../../lib/text/fuzzy.js';
import { clock, seenTime } from '../../lib/text/time.js';
import type { ChatRole, UserId } from '../../lib/types.js';
import { locale, t } from '../../strings/index.js';
import { Avatar, Dot, hueOf, nameOf } from '../common/avatar.js';
import { closeDialog, confirm, Dialog, showDialog } from '../common/dialog.js';
import { Submit } from '../common/field.js';
import { Icon } from '../common/icon.js';
import { openMenu, type MenuItem } from '../common/menu.js';
import { run } from '../chat/actions.js';
import { titleOf } from '../chat/title.js';
import { PickPeople } from '../dialog/newchat.js';
import { useSubmit } from '../stage/form.js';
import { now, openChat, session } from '../store.js';

const rank: Record<string, number> = { readonly: 1, member: 2, moderator: 3, owner: 4 };

function Add({ chat }: { chat: Chat }) {
  const [chosen, set] = useState<UserId[]>([]);
  const { busy, submit } = useSubmit(async () => {
    await session.add(chat.id, chosen);
    closeDialog();
  });
  return (
    <Dialog title={t('members.add')}><form class="stack" onSubmit={submit}><PickPeople chosen={chosen} set={set} without={chat.people.value} /><Submit busy={busy} disabled={busy || !chosen.length}>{t('members.add')}</Submit></form></Dialog>
  );
}

function menuOf(chat: Chat, id: UserId, at: DOMRect): void {
  const meta = chat.meta.value, mine = rank[meta.role ?? ''] ?? 0, theirs = rank[chat.roles.value.get(id) ?? 'member']!;
  const governs = meta.kind !== 'direct' && id !== session.self.value?.id && (mine === 4 || (mine === 3 && theirs < 3));
  const to = (role: ChatRole): MenuItem => ({ label: t(`make.${role}` as const), run: () => run(session.role(chat.id, id, role)) });
  const name = nameOf(id);
  openMenu(at, name, () => [
    { icon: 'pen', label: t('new.message', { name }), run: () => run(session.createChat({ kind: 'direct', members: [id] }).then((c) => openChat(c))) },
    ...(governs ? [null, ...(['member', 'moderator', 'readonly'] as ChatRole[]).filter((r) => rank[r] !== theirs).map(to), null,
      { icon: 'bin', label: t('members.remove'), danger: true, run: () => confirm(t('members.removeAsk', { name }), t('members.removeText', { title: titleOf(meta) }), t('members.remove'), () => run(session.remove(chat.id, [id]))) } as MenuItem] : []),
  ]);
}

function Row({ chat, id }: { chat: Chat; id: UserId }) {
  const state = session.presence(id), seen = session.lastSeen(id), role = chat.roles.value.get(id), self = id === session.self.value?.id;
  const word = state === 'on' ? t('presence.on') : state === 'away' ? t('presence.away') : seen ? t('presence.seen', { time: seenTime(seen, now.value, locale.value) }) : '';
  return (
    <button type="button" class="member" disabled={self} onClick={(e) => menuOf(chat, id, e.currentTarget.getBoundingClientRect())}>
      <span class="av-box"><Avatar id={id} size={32} /><Dot id={id} /></span>
      <span class="grow"><bdi class="cut block">{nameOf(id)}{self ? ` (${t('you')})` : ''}</bdi><span class="t-meta ink3">{word}</span></span>
      {role && role !== 'member' && <span class="tag">{t(`role.${role}` as const)}</span>}
    </button>
  );
}

function Pinned({ chat }: { chat: Chat }) {
  useEffect(() => {
    if (chat.pinned.value === null) void session.pins(chat.id).catch(() => {});
  }, [chat.id]);
  const list = chat.pinned.value;
  if (!list?.length) return null;
  return (
    <section><h3 class="menu-head">{t('pinned', { n: list.length })}</h3>
      {list.map((i) => <button key={i.seq} type="button" class={`pinned ${hueOf(i.from)}`} onClick={() => openChat(chat.id, i.seq)}><span class="nm t-small"><bdi>{nameOf(i.from)}</bdi> <span class="ink3">{clock(i.ts, locale.value)}</span></span><span class="t-small two-lines" dir="auto">{preview(i.body?.text ?? '', 160)}</span></button>)}
    </section>
  );
}

export function Members({ chat }: { chat: Chat }) {
  useEffect(() => {
    if (session.connection.value.state === 'up') void session.members(chat.id).catch(() => {});
  }, [chat.id, session.connection.value.state]);
  const [query, set] = useState('');
  const ids = chat.people.value.filter((id) => fold(`${nameOf(id)} ${session.user(id).name}`).includes(fold(query)));
  const by = (state: 'on' | 'away') => ids.filter((id) => (id === session.self.value?.id && state === 'on') || session.presence(id) === state);
  const on = by('on'), away = by('away').filter((id) => !on.includes(id)), rest = ids.filter((id) => !on.includes(id) && !away.includes(id));
  const mayAdd = chat.meta.value.kind !== 'direct' && chat.meta.value.role !== 'readonly' && session.self.value?.role !== 'guest';
  const Group = ({ head, list }: { head: string; list: UserId[] }) => (list.length ? <section><h3 class="menu-head">{head}</h3>{list.map((id) => <Row key={id} chat={chat} id={id} />)}</section> : null);
  return (
    <>
      <label class="search"><Icon name="search" size={18} /><input type="search" value={query} placeholder={t('members.find')} aria-label={t('members.find')} onInput={(e) => set(e.currentTarget.value)} /></label>
      {mayAdd && <button type="button" class="menu-item" onClick={() => { void session.loadPeople().catch(() => {}); showDialog(() => <Add chat={chat} />); }}><Icon name="plus" size={18} />{t('members.add')}</button>}
      <Group head={t('members.here', { n: on.length })} list={on} /><Group head={t('members.away', { n: away.length })} list={away} /><Group head={t('members.others', { n: rest.length })} list={rest} />
      <Pinned chat={chat} />
    </>
  );
}
