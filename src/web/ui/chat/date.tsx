// SPDX-License-Identifier: MIT
// date.tsx - jump to a day of a chat.

import type { Chat } from '../../lib/session.js';
import { t } from '../../strings/index.js';
import { closeMenu, openPopover } from '../common/menu.js';
import { session } from '../store.js';
import { run } from './actions.js';

export function openDate(chat: Chat, at: DOMRect): void {
  const jump = (value: string) => {
    const ts = new Date(`${value}T00:00`).getTime();
    closeMenu();
    if (!Number.isNaN(ts)) run(session.open(chat.id, { ts }));
  };
  const today = new Date().toLocaleDateString('sv');
  openPopover(at, t('date.jump'), () => (
    <div class="date-jump"><label class="label">{t('date.jump')}<input type="date" class="input" max={today} onChange={(e) => jump(e.currentTarget.value)} /></label></div>
  ));
}
