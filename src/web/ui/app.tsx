// SPDX-License-Identifier: MIT
// app.tsx - which screen there is: a stage before one is in; then list, sheet and panel.

import { useEffect } from 'preact/hooks';
import { t } from '../strings/index.js';
import { ChatPane } from './chat/chat.js';
import { DialogLayer } from './common/dialog.js';
import { BirdOnWire } from './common/mark.js';
import { MenuLayer } from './common/menu.js';
import { ToastLayer } from './common/toast.js';
import { followKeys } from './keys.js';
import { ListPane, ListSkeleton } from './list/list.js';
import { PanelPane } from './panel/panel.js';
import { Settings } from './settings/settings.js';
import { SignIn } from './stage/signin.js';
import { Join, Setup, SignInLink } from './stage/setup.js';
import { Trouble } from './stage/trouble.js';
import { go, inFront, narrow, place, session, setPanel, wide } from './store.js';

const IDLE_MS = 5 * 60_000;

/** The server is told whether somebody is here: window in front, and used within 5 minutes. */
function useActive(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const idle = () => session.active(false);
    const used = () => {
      clearTimeout(timer);
      timer = setTimeout(idle, IDLE_MS);
      session.active(inFront.value);
    };
    used();
    const names = ['pointerdown', 'keydown', 'visibilitychange', 'focus'] as const;
    for (const name of names) addEventListener(name, used);
    return () => {
      clearTimeout(timer);
      for (const name of names) removeEventListener(name, used);
    };
  }, [inFront.value]);
}

function Sheet() {
  const { page, chat: id } = place.value;
  if (page === 'settings') return <Settings />;
  const chat = id ? session.chat(id) : undefined;
  if (chat) return <ChatPane chat={chat} />;
  if (id && session.connection.value.state === 'up') return <Trouble title={t('nothing.title')} text={t('nothing.text')} button={t('nothing.go')} run={() => go({ page: 'list' }, 'replace')} />;
  return <div class="empty"><h1 class="sr">{session.server.value || 'linnet'}</h1><BirdOnWire /><span>{t('pick')}</span></div>;
}

function Inside() {
  useActive();
  useEffect(followKeys, []);
  const { page, panel } = place.value;
  const showList = !narrow.value || page === 'list';
  const showPanel = page === 'chat' && panel ? panel : '';
  return (
    <div class={`app${showPanel ? ' with-panel' : ''}`}>
      {page === 'chat' && !(narrow.value && showPanel) && <a class="skip" href="#sheet" onClick={(e) => { e.preventDefault(); document.querySelector<HTMLElement>('.composer textarea, #sheet')?.focus(); }}>{t('skip')}</a>}
      {showList && (narrow.value ? <main class="alone"><ListPane /></main> : <ListPane />)}
      {(!narrow.value || page !== 'list') && !(narrow.value && showPanel) && <main class="sheet" id="sheet" tabIndex={-1}><Sheet /></main>}
      {showPanel && !wide.value && !narrow.value && <div class="panel-scrim" onClick={() => setPanel('')} />}
      {showPanel && (narrow.value ? <main class="alone"><PanelPane name={showPanel} /></main> : <PanelPane name={showPanel} />)}
      <p class="sr" role="status">{session.connection.value.state === 'up' ? '' : t('offline.said')}</p>
    </div>
  );
}

function Screen() {
  const { page } = place.value;
  const phase = session.phase.value;
  if (page === 'setup') return <Setup />;
  if (page === 'join') return <Join />;
  if (page === 'link') return <SignInLink />;
  if (phase === 'starting') return <ListSkeleton />;
  return phase === 'signed_out' ? <SignIn /> : <Inside />;
}

export const App = () => <><Screen /><MenuLayer /><DialogLayer /><ToastLayer /></>;
