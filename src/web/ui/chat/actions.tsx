// SPDX-License-Identifier: MIT
// actions.tsx - what one can do with a message: the bar on it, its menu, its keys.

import { recent } from '../composer/emoji.js';
import { openEmoji } from '../composer/emoji.js';
import type { Chat } from '../../lib/session.js';
import type { Item } from '../../lib/types.js';
import { canPost } from '../../lib/state/meta.js';
import { t } from '../../strings/index.js';
import { nameOf } from '../common/avatar.js';
import { Icon } from '../common/icon.js';
import { closeMenu, openMenu, type MenuItem } from '../common/menu.js';
import { tell } from '../common/toast.js';
import { session } from '../store.js';
import { wordsFor } from '../stage/form.js';
import { openReadBy } from './readby.js';

export const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

/** Runs a command; what the server says against it is told. */
export const run = (p: Promise<unknown>): void => void p.catch((err) => tell(wordsFor(err)));

export const isOwn = (item: Item): boolean => item.from === session.self.value?.id;
const mayModerate = (chat: Chat): boolean => ['moderator', 'owner'].includes(chat.meta.value.role ?? '');
export const mayDelete = (chat: Chat, item: Item): boolean => canPost(chat.meta.value) && (isOwn(item) || (chat.meta.value.kind !== 'direct' && mayModerate(chat)));
export const mayPin = (chat: Chat): boolean => canPost(chat.meta.value) && (chat.meta.value.kind === 'direct' || mayModerate(chat));

export const toggle = (chat: Chat, item: Item, emoji: string): void => {
  const on = !item.reactions?.[emoji]?.includes(session.self.value!.id);
  run(session.react(chat.id, item.seq, emoji, on));
};
export const reply = (chat: Chat, item: Item): void => {
  session.setDraft(chat.id, { ...chat.draft.value, edit: undefined, before: undefined, reply: item.seq });
  document.querySelector<HTMLElement>('.composer textarea')?.focus();
};
export const edit = (chat: Chat, item: Item): void => {
  const { text, reply: to, before } = chat.draft.value;
  session.setDraft(chat.id, { text: item.body?.text ?? '', edit: item.seq, before: before ?? { text, reply: to } });
  document.querySelector<HTMLElement>('.composer textarea')?.focus();
};
export const copyLink = (chat: Chat, item: Item): void => {
  navigator.clipboard.writeText(`${location.origin}/c/${chat.id}/${item.seq}`).then(() => tell(t('copied.link')), () => {});
};
const copyText = (item: Item): void => {
  navigator.clipboard.writeText(item.body?.text ?? '').then(() => tell(t('copied.text')), () => {});
};

function confirmDelete(chat: Chat, item: Item, at: DOMRect): void {
  openMenu(at, t('delete.ask'), () => [
    { label: t('cancel'), icon: 'x', run: () => {} },
    { label: t('delete'), icon: 'bin', danger: true, run: () => run(session.del(chat.id, item.seq)) },
  ], () => <p class="menu-head">{t('delete.ask')}</p>);
}

export function items(chat: Chat, item: Item, at: DOMRect): (MenuItem | null)[] {
  const may = canPost(chat.meta.value);
  const list: (MenuItem | null | false)[] = [
    may && { icon: 'reply', label: t('reply'), key: 'R', run: () => reply(chat, item) },
    may && isOwn(item) && { icon: 'pen', label: t('edit'), key: 'E', run: () => edit(chat, item) },
    { icon: 'copy', label: t('copy.text'), run: () => copyText(item) },
    { icon: 'link', label: t('copy.link'), key: 'L', run: () => copyLink(chat, item) },
    mayPin(chat) && { icon: 'pin', label: item.pinned ? t('unpin') : t('pin'), key: 'P', run: () => run(session.pin(chat.id, item.seq, !item.pinned)) },
    !isOwn(item) && { icon: 'bell', label: t('unread.from'), run: () => run(session.markUnread(chat.id, item.seq)) },
    isOwn(item) && { icon: 'eye', label: t('readby'), run: () => openReadBy(chat, item, at) },
    mayDelete(chat, item) && null,
    mayDelete(chat, item) && { icon: 'bin', label: t('delete.everyone'), key: 'D', danger: true, run: () => confirmDelete(chat, item, at) },
  ];
  return list.filter((i): i is MenuItem | null => i !== false);
}

export function openMessageMenu(chat: Chat, item: Item, at: DOMRect | { x: number; y: number }): void {
  const box = 'width' in at ? at : new DOMRect(at.x, at.y, 0, 0);
  openMenu(at, t('message.menu'), () => items(chat, item, box), () => canPost(chat.meta.value) && (
    <div class="quick" role="group" aria-label={t('react')}>{QUICK.map((e) => <button key={e} type="button" role="menuitem" aria-label={t('react.with', { emoji: e })} onClick={() => { closeMenu(); toggle(chat, item, e); }}>{e}</button>)}</div>
  ));
}

export function ActionBar({ chat, item }: { chat: Chat; item: Item }) {
  const may = canPost(chat.meta.value);
  const rect = (e: Event) => (e.currentTarget as HTMLElement).getBoundingClientRect();
  return (
    <div class="bar" role="toolbar" aria-label={t('message.menu')}>
      {may && recent.value.slice(0, 2).map((e) => <button key={e} type="button" class="emoji" tabIndex={-1} aria-label={t('react.with', { emoji: e })} onClick={() => toggle(chat, item, e)}>{e}</button>)}
      {may && <button type="button" tabIndex={-1} aria-label={t('react')} onClick={(e) => openEmoji(rect(e), (emoji) => toggle(chat, item, emoji))}><Icon name="smile" size={18} /></button>}
      {may && <><i /><button type="button" tabIndex={-1} aria-label={t('reply')} onClick={() => reply(chat, item)}><Icon name="reply" size={18} /></button></>}
      <button type="button" tabIndex={-1} aria-label={t('more')} onClick={(e) => openMessageMenu(chat, item, rect(e))}><Icon name="more" size={18} /></button>
    </div>
  );
}

/** Keys on a focused message. True where the key did something. */
export function onMessageKey(chat: Chat, item: Item, e: KeyboardEvent, letters: boolean): boolean {
  const el = e.currentTarget as HTMLElement;
  if (e.ctrlKey || e.metaKey || e.altKey) return false; // these work everywhere
  if (e.key === 'Enter' || e.key === 'ContextMenu') openMessageMenu(chat, item, el.getBoundingClientRect());
  else if (!letters) return false;
  else if (/^[1-6]$/.test(e.key) && canPost(chat.meta.value)) toggle(chat, item, QUICK[+e.key - 1]!);
  else {
    const keys: Record<string, () => void> = {
      r: () => canPost(chat.meta.value) && reply(chat, item),
      e: () => isOwn(item) && canPost(chat.meta.value) && edit(chat, item),
      d: () => mayDelete(chat, item) && confirmDelete(chat, item, el.getBoundingClientRect()),
      p: () => mayPin(chat) && run(session.pin(chat.id, item.seq, !item.pinned)),
      l: () => copyLink(chat, item),
    };
    const act = keys[e.key.toLowerCase()];
    if (!act) return false;
    act();
  }
  return true;
}

export const labelOf = (item: Item, time: string, state: string): string => t('message.label', { name: nameOf(item.from), time, text: item.body?.text ?? '', state });
