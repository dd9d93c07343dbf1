// SPDX-License-Identifier: MIT
// panel.tsx - beside the chat: its members and pinned messages, or its settings.

import { t } from '../../strings/index.js';
import { titleOf } from '../chat/title.js';
import { Icon } from '../common/icon.js';
import { narrow, place, session, setPanel, type Panel } from '../store.js';
import { ChatSettings } from './chatsettings.js';
import { Members } from './members.js';

export function PanelPane({ name }: { name: Panel }) {
  const chat = session.chat(place.value.chat ?? 0);
  if (!chat) return null;
  const title = name === 'settings' ? t('chat.settings') : t('members.title');
  return (
    <aside class="panel" aria-label={title}>
      <header class="head">{narrow.value && <button type="button" class="icon-btn" aria-label={t('back')} onClick={() => setPanel('')}><Icon name="back" /></button>}
        {narrow.value && <h1 class="sr">{titleOf(chat.meta.value)}</h1>}
        <h2 class="t-title grow">{title}</h2>
        {!narrow.value && <button type="button" class="icon-btn" aria-label={t('close')} onClick={() => setPanel('')}><Icon name="x" /></button>}</header>
      <div class="panel-body">{name === 'settings' ? <ChatSettings chat={chat} /> : <Members chat={chat} />}</div>
    </aside>
  );
}
