// SPDX-License-Identifier: MIT
// list.tsx - all chats, latest first; who one is; the way to find and begin one.

import { useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Filter } from '../../lib/state/order.js';
import { isUnread } from '../../lib/state/meta.js';
import type { ChatId } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar, nameOf } from '../common/avatar.js';
import { Icon } from '../common/icon.js';
import { BirdOnWire, Mark } from '../common/mark.js';
import { openJump } from '../dialog/jump.js';
import { openNewChat } from '../dialog/newchat.js';
import { go, narrow, session } from '../store.js';
import { useHeld } from './held.js';
import { Edge } from './width.js';
import { ChatRow } from './row.js';

const filters: Filter[] = ['all', 'unread', 'people', 'channels'];
const fits = (filter: Filter, id: ChatId): boolean => {
  const meta = session.chat(id)!.meta.value;
  return filter === 'all' || (filter === 'unread' ? isUnread(meta) : filter === 'people' ? meta.kind === 'direct' : meta.kind === 'channel');
};

function MeBar() {
  const self = session.self.value;
  if (!self) return null;
  const unsent = session.unsent.value;
  const state = session.connection.value.state === 'up' ? t('presence.on') : unsent ? t('me.waiting', { n: unsent }) : t('me.offline');
  return (
    <footer class="me-bar">
      <span class="av-box"><Avatar id={self.id} size={32} />{session.connection.value.state === 'up' && <span class="dot" />}</span>
      <div class="grow"><p class="name cut" dir="auto">{nameOf(self.id)}</p><p class="t-meta ink3" role="status">{state}</p></div>
      <button type="button" class="icon-btn" aria-label={t('settings')} onClick={() => go({ page: 'settings' })}><Icon name="gear" /></button>
    </footer>
  );
}

export function ListPane() {
  const filter = useSignal<Filter>('all');
  const rows = useRef<HTMLDivElement>(null);
  const order = useHeld(session.order.value, () => rows.current?.matches(':hover, :focus-within') ?? false).filter((id) => session.chat(id));
  const unread = order.filter((id) => fits('unread', id)).length;
  const shown = order.filter((id) => fits(filter.value, id));
  const Head = narrow.value ? 'h1' : 'strong'; // beside an open chat its title is the heading
  return (
    <nav class="list" aria-label={t('chats')}>
      <header class="list-head"><Mark size={30} /><Head class="t-title grow cut" dir="auto">{session.server.value || 'linnet'}</Head>
        <button type="button" class="icon-btn" aria-label={t('new.title')} onClick={() => openNewChat()}><Icon name="pen" /></button></header>
      <button type="button" class="search list-find" onClick={() => openJump()}><Icon name="search" size={18} /><span class="grow">{t('jump.find')}</span><kbd>Ctrl K</kbd></button>
      <div class="chips" role="group" aria-label={t('filter')}>
        {filters.map((f) => <button key={f} type="button" class="chip" aria-pressed={filter.value === f} onClick={() => (filter.value = f)}>{t(`filter.${f}` as const)}{f === 'unread' && unread > 0 && <span class="num rose">{unread}</span>}</button>)}
      </div>
      <div class="list-rows" ref={rows}>
        {shown.map((id) => <ChatRow key={id} chat={session.chat(id)!} />)}
        {!shown.length && <div class="empty"><BirdOnWire /><strong>{filter.value === 'all' ? t('empty.list') : t('empty.filter')}</strong>
          {filter.value === 'all' && <button type="button" class="btn" onClick={() => openNewChat()}>{t('empty.start')}</button>}</div>}
      </div>
      <MeBar />
      {!narrow.value && <Edge />}
    </nav>
  );
}

/** Before anything is known: rows without words, and only where it takes long enough to be seen. */
export function ListSkeleton() {
  const [late, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(set, 150, true);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div class="app" aria-busy="true">
      <div class="list" aria-hidden="true"><header class="list-head"><Mark size={30} /></header>
        <div class="list-rows">{Array.from({ length: 8 }, (_, i) => <div key={i} class="chat-row"><i class="skel drop" /><span class="chat-row-main grow"><i class={`skel w${i % 3}`} /><i class={`skel v${i % 3}`} /></span></div>)}</div></div>
    </div>
  );
}
