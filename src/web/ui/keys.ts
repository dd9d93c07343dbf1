// SPDX-License-Identifier: MIT
// keys.ts - the keys that work everywhere inside.

import { isUnread } from '../lib/state/meta.js';
import { openDate } from './chat/date.js';
import { dialog } from './common/dialog.js';
import { isMenuOpen } from './common/menu.js';
import { openJump } from './dialog/jump.js';
import { openKeys } from './dialog/keymap.js';
import { openNewChat } from './dialog/newchat.js';
import { go, openChat, place, session, setPanel } from './store.js';

const isField = (el: EventTarget | null): boolean => el instanceof HTMLElement && (el.matches('input, textarea, select') || el.isContentEditable);

function step(by: number, unreadOnly: boolean): void {
  const list = session.order.value.filter((id) => !unreadOnly || id === place.value.chat || isUnread(session.chat(id)!.meta.value));
  const at = list.indexOf(place.value.chat ?? -1);
  const to = list[at < 0 ? 0 : at + by];
  if (to !== undefined) openChat(to);
}

const regions = ['.list', '.log article[tabindex="0"]', '.composer textarea', '.panel'];
function nextRegion(by: number): void {
  const there = regions.map((s) => document.querySelector<HTMLElement>(s)).filter((el): el is HTMLElement => el !== null);
  const at = there.findIndex((el) => el.contains(document.activeElement));
  const to = there[(at + by + there.length) % there.length];
  (to?.matches('.list, .panel') ? to.querySelector<HTMLElement>('[aria-current], a, button') : to)?.focus();
}

function escape(): void {
  if (place.value.panel) return setPanel('');
  if (place.value.page === 'settings') return go({ page: 'list' });
  const chat = place.value.chat ? session.chat(place.value.chat) : undefined;
  if (chat?.view.value.divider) {
    session.mark(chat.id, chat.meta.value.head);
    session.clearDivider(chat.id);
  } else document.querySelector<HTMLElement>('.composer textarea')?.focus();
}

function onKey(e: KeyboardEvent): void {
  if (dialog.value || isMenuOpen()) return;
  const ctrl = e.ctrlKey || e.metaKey;
  const chat = place.value.chat ? session.chat(place.value.chat) : undefined;
  if (ctrl && e.key.toLowerCase() === 'k') openJump();
  else if (ctrl && e.key === '.') setPanel('members');
  else if (ctrl && e.key === ',') go({ page: 'settings' });
  else if (ctrl && e.key.toLowerCase() === 'g' && chat) openDate(chat, document.querySelector('.head')!.getBoundingClientRect());
  else if (ctrl && e.shiftKey && e.key === 'Enter') openNewChat();
  else if (e.altKey && !ctrl && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) step(e.key === 'ArrowUp' ? -1 : 1, e.shiftKey);
  else if (e.key === 'F6') nextRegion(e.shiftKey ? -1 : 1);
  else if (e.key === 'Escape') escape();
  else if (e.key === '?' && !isField(e.target)) openKeys();
  else {
    // any other letter typed while the log has focus goes to the composer
    if (!ctrl && !e.altKey && e.key.length === 1 && !isField(e.target) && (e.target as Element | null)?.closest?.('.log')) document.querySelector<HTMLElement>('.composer textarea')?.focus();
    return;
  }
  e.preventDefault();
}

export function followKeys(): () => void {
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}
