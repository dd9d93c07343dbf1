// SPDX-License-Identifier: MIT
// chatmenu.ts - what one can do with a chat, from its row in the list or from its header.

import type { Chat } from '../../lib/session.js';
import { isMuted, isUnread } from '../../lib/state/meta.js';
import type { Level, Ms } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { openMenu, type MenuItem } from '../common/menu.js';
import { confirm } from '../common/dialog.js';
import { tell } from '../common/toast.js';
import { run } from '../chat/actions.js';
import { titleOf } from '../chat/title.js';
import { go, place, session, setPanel } from '../store.js';
import { openDate } from '../chat/date.js';

const HOUR: Ms = 3_600_000;

function mute(chat: Chat, until: Ms): void {
  run(session.notify(chat.id, { muted: true, until }));
  tell(t('muted.done', { title: titleOf(chat.meta.value) }), t('undo'), () => run(session.notify(chat.id, { muted: false })));
}

export function leave(chat: Chat): void {
  const title = titleOf(chat.meta.value);
  confirm(t('leave.title', { title }), chat.meta.value.kind === 'channel' ? t('leave.channel') : t('leave.group'), t('leave'), () => {
    run(session.leave(chat.id).then(() => place.value.chat === chat.id && go({ page: 'list' }, 'replace')));
  }, t('stay'));
}

const levels = (chat: Chat, at: DOMRect): void => openMenu(at, t('notify'), () => (['all', 'mentions', 'none'] as Level[]).map((level): MenuItem => ({
  label: t(`notify.${level}` as const), checked: (chat.meta.value.level ?? 'all') === level, run: () => run(session.notify(chat.id, { level })),
})));

const mutes = (chat: Chat, at: DOMRect): void => openMenu(at, t('mute'), () => [
  { label: t('mute.1'), run: () => mute(chat, Date.now() + HOUR) },
  { label: t('mute.8'), run: () => mute(chat, Date.now() + 8 * HOUR) },
  { label: t('mute.always'), run: () => mute(chat, 0) },
]);

export function openChatMenu(chat: Chat, at: DOMRect, how: { inHeader?: boolean } = {}): void {
  const meta = chat.meta.value;
  const list: (MenuItem | null | false | undefined)[] = [
    how.inHeader && { icon: 'users', label: t('members.title'), key: 'Ctrl .', run: () => setPanel('members') },
    how.inHeader && { icon: 'gear', label: t('chat.settings'), run: () => setPanel('settings') },
    how.inHeader && { icon: 'search', label: t('date.jump'), key: 'Ctrl G', run: () => openDate(chat, at) },
    how.inHeader && null,
    isUnread(meta) ? { icon: 'check', label: t('mark.read'), run: () => { session.mark(chat.id, meta.head); if (meta.unread_from) run(session.markUnread(chat.id, 0)); } }
      : meta.head > 0 && { icon: 'bell', label: t('mark.unread'), run: () => run(session.markUnread(chat.id, meta.head)) },
    { icon: 'pin', label: meta.pinned ? t('unpin.chat') : t('pin.chat'), run: () => run(session.notify(chat.id, { pinned: !meta.pinned })) },
    { icon: 'bell', label: t('notify'), run: () => levels(chat, at) },
    isMuted(meta, Date.now()) ? { icon: 'bell', label: t('unmute'), run: () => run(session.notify(chat.id, { muted: false })) } : { icon: 'mute', label: t('mute'), run: () => mutes(chat, at) },
    meta.kind !== 'direct' && null,
    meta.kind !== 'direct' && { icon: 'out', label: t('leave'), danger: true, run: () => leave(chat) },
  ];
  openMenu(at, titleOf(meta), () => list.filter((i): i is MenuItem | null => i === null || !!i));
}
