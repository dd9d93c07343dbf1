// SPDX-License-Identifier: MIT
// header.tsx - title, what is said of it, who perches on its line, the panel's button.

import type { Chat } from '../../lib/session.js';
import type { UserId } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar, nameOf } from '../common/avatar.js';
import { Icon } from '../common/icon.js';
import { go, narrow, place, session, setPanel } from '../store.js';
import { openChatMenu } from '../list/chatmenu.js';
import { subtitleOf, titleOf } from './title.js';

function Perch({ chat }: { chat: Chat }) {
  const meta = chat.meta.value, self = session.self.value?.id;
  if (meta.kind === 'direct' || session.connection.value.state !== 'up') return null;
  const typing = chat.typing.value;
  const here = chat.people.value.filter((id: UserId) => id !== self && session.presence(id) === 'on');
  const max = narrow.value ? 3 : matchMedia('(min-width: 1600px)').matches ? 12 : 8;
  if (!here.length) return null;
  return (
    <button type="button" class="perch" onClick={() => setPanel('members')}>
      {here.slice(0, max).map((id) => <span key={id} class={typing.includes(id) ? 'hop' : ''}><Avatar id={id} size={28} /></span>)}
      <em class="sr">{t('perch', { names: here.slice(0, 8).map(nameOf).join(', ') })}</em>
      {here.length > max && <span class="perch-more num" aria-hidden="true">+{here.length - max}</span>}
    </button>
  );
}

export function Header({ chat }: { chat: Chat }) {
  const meta = chat.meta.value;
  const panel = place.value.panel;
  return (
    <header class="head">
      {narrow.value && <button type="button" class="icon-btn" aria-label={t('back')} onClick={() => go({ page: 'list' })}><Icon name="back" /></button>}
      <div class="grow">
        <h1 class="t-title cut" dir="auto">{titleOf(meta)}</h1>
        <p class="t-small ink2 cut" dir="auto">{subtitleOf(chat)}</p>
      </div>
      <Perch chat={chat} />
      {!narrow.value && <button type="button" class="icon-btn" aria-pressed={panel === 'members'} aria-label={t('members.title')} onClick={() => setPanel('members')}><Icon name="users" /></button>}
      <button type="button" class="icon-btn" aria-label={t('more')} onClick={(e) => openChatMenu(chat, e.currentTarget.getBoundingClientRect(), { inHeader: true })}><Icon name="more" /></button>
    </header>
  );
}
