// SPDX-License-Identifier: MIT
// jump.tsx - Ctrl-K: to any chat or person by a few letters, or a command.

import { useState } from 'preact/hooks';
import { bestOf } from '../../lib/text/fuzzy.js';
import { isUnread } from '../../lib/state/meta.js';
import { t } from '../../strings/index.js';
import { Avatar, ChatAvatar } from '../common/avatar.js';
import { closeDialog, Dialog, showDialog } from '../common/dialog.js';
import { Icon } from '../common/icon.js';
import { titleOf } from '../chat/title.js';
import { run } from '../chat/actions.js';
import { go, openChat, session, setPrefs, theme } from '../store.js';
import { openNewChat } from './newchat.js';
import { openKeys } from './keymap.js';

interface Hit { id: string; label: string; hits: [number, number][]; icon: preact.ComponentChildren; note: string; score: number; run: () => void }

const commands = (): { label: string; run: () => void }[] => [
  { label: t('new.title'), run: () => openNewChat() },
  { label: t('settings'), run: () => go({ page: 'settings' }) },
  { label: t('cmd.theme'), run: () => setPrefs({ theme: theme.value === 'dark' ? 'light' : 'dark' }) },
  { label: t('keys.title'), run: () => openKeys() },
];

function find(query: string): Hit[] {
  const out: Hit[] = [];
  const bare = query.replace(/^>\s*/, '');
  const add = (label: string, other: string | undefined, extra: number, rest: Omit<Hit, 'label' | 'hits' | 'score'>) => {
    const m = bestOf(bare, [label, other]);
    if (m) out.push({ ...rest, label, hits: bestOf(bare, [label])?.hits ?? [], score: m.score + extra });
  };
  if (!query.startsWith('>')) {
    const peers = new Set<number>();
    session.order.value.forEach((id, i) => {
      const chat = session.chat(id)!, meta = chat.meta.value;
      if (meta.peer) peers.add(meta.peer);
      add(titleOf(meta), meta.peer ? session.user(meta.peer).name : meta.topic, 20 - Math.min(20, i) + (isUnread(meta) ? 15 : 0), { id: `c${id}`, icon: <ChatAvatar meta={meta} size={24} />,
        note: chat.draft.value.text ? t('row.draft').replace(/:$/, '') : meta.unread ? t('row.unread', { n: meta.unread }) : '', run: () => openChat(id) });
    });
    if (bare) for (const u of session.people()) {
      if (peers.has(u.id) || u.id === session.self.value?.id || u.disabled) continue;
      add(u.display || u.name, u.name, -5, { id: `u${u.id}`, icon: <Avatar id={u.id} size={24} />, note: `@${u.name}`, run: () => run(session.createChat({ kind: 'direct', members: [u.id] }).then((id) => openChat(id))) });
    }
  }
  if (bare || query.startsWith('>')) commands().forEach((c, i) => add(c.label, undefined, -20, { id: `x${i}`, icon: <Icon name="gear" size={18} />, note: t('cmd'), run: c.run }));
  return out.sort((a, b) => b.score - a.score).slice(0, 12);
}

const Marked = ({ text, hits }: { text: string; hits: [number, number][] }) => {
  const parts: preact.ComponentChildren[] = [];
  let from = 0;
  for (const [a, b] of [...hits].sort((x, y) => x[0] - y[0])) {
    if (a < from) continue;
    parts.push(text.slice(from, a), <b key={a}>{text.slice(a, b)}</b>);
    from = b;
  }
  return <>{parts}{text.slice(from)}</>;
};

function Jump() {
  const [query, setQuery] = useState(''), [at, setAt] = useState(0);
  const hits = find(query);
  const take = (h: Hit | undefined) => {
    if (!h) return;
    closeDialog();
    h.run();
  };
  const onKey = (e: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (move) setAt((at + move + hits.length) % Math.max(1, hits.length));
    else if (e.key === 'Enter') take(hits[at]);
    else return;
    e.preventDefault();
  };
  return (
    <Dialog title={t('jump.find')} width={560} bare top>
      <div class="jump-head"><Icon name="search" /><input class="grow" value={query} placeholder={t('jump.find')} aria-label={t('jump.find')} role="combobox" aria-expanded="true" aria-controls="jump" aria-activedescendant={`jump-${at}`}
        onInput={(e) => { setQuery(e.currentTarget.value); setAt(0); }} onKeyDown={onKey} /><span class="t-meta ink3">{t('jump.how')}</span></div>
      <ul class="jump-list" id="jump" role="listbox" aria-label={t('jump.find')}>
        {hits.map((h, i) => <li key={h.id} id={`jump-${i}`} role="option" aria-selected={i === at} class={i === at ? 'picked' : ''} onMouseMove={() => setAt(i)} onClick={() => take(h)}>{h.icon}<span class="cut grow" dir="auto"><Marked text={h.label} hits={h.hits} /></span><span class="t-meta ink3">{h.note}</span></li>)}
        {!hits.length && <li class="hint" role="presentation">{t('jump.none', { query })}</li>}
      </ul>
    </Dialog>
  );
}

export function openJump(): void {
  void session.loadPeople().catch(() => {});
  showDialog(() => <Jump />);
}
