// SPDX-License-Identifier: MIT
// newchat.tsx - begin a chat: names make a direct chat or a group; or a channel, or one to join.

import { useEffect, useState } from 'preact/hooks';
import { bestOf } from '../../lib/text/fuzzy.js';
import type { ChatFacts, UserId } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar, nameOf } from '../common/avatar.js';
import { closeDialog, Dialog, showDialog } from '../common/dialog.js';
import { ErrorLine, Field, Submit } from '../common/field.js';
import { Icon } from '../common/icon.js';
import { Choice } from '../settings/settings.js';
import { useSubmit } from '../stage/form.js';
import { openChat, session } from '../store.js';

type Mode = 'people' | 'channel' | 'join';

/** Chips of the chosen, a field, and who fits it. */
export function PickPeople({ chosen, set, without = [] }: { chosen: UserId[]; set: (ids: UserId[]) => void; without?: readonly UserId[] }) {
  const [query, setQuery] = useState('');
  const self = session.self.value?.id;
  const list = session.people().filter((u) => u.id !== self && !u.disabled && !chosen.includes(u.id) && !without.includes(u.id)).map((u) => ({ u, m: bestOf(query, [u.display, u.name]) }))
    .filter((x) => x.m).sort((a, b) => b.m!.score - a.m!.score || nameOf(a.u.id).localeCompare(nameOf(b.u.id))).slice(0, 50);
  const add = (id: UserId) => {
    set([...chosen, id]);
    setQuery('');
  };
  return (
    <div class="pick">
      <div class="pick-field input">
        {chosen.map((id) => <button key={id} type="button" class="chip" onClick={() => set(chosen.filter((c) => c !== id))} aria-label={t('new.without', { name: nameOf(id) })}><bdi>{nameOf(id)}</bdi><Icon name="x" size={15} /></button>)}
        <input data-first value={query} placeholder={t('new.who')} aria-label={t('new.who')} onInput={(e) => setQuery(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === 'Enter' && query && list[0]) { e.preventDefault(); add(list[0].u.id); } if (e.key === 'Backspace' && !query && chosen.length) set(chosen.slice(0, -1)); }} />
      </div>
      <ul class="pick-list">{list.map(({ u }) => <li key={u.id}><button type="button" class="menu-item" onClick={() => add(u.id)}><Avatar id={u.id} size={28} /><bdi class="cut">{u.display || u.name}</bdi><span class="key">@{u.name}</span></button></li>)}</ul>
    </div>
  );
}

function JoinList() {
  const [list, set] = useState<ChatFacts[] | null>(null);
  useEffect(() => {
    session.joinable().then((r) => set(r.chats), () => set([]));
  }, []);
  const { trouble, submit, busy } = useSubmit(async () => {});
  const join = (id: number) => void session.join(id).then(() => { closeDialog(); openChat(id); }, () => void submit());
  return (
    <ul class="pick-list tall" aria-busy={busy}>
      {list?.map((c) => <li key={c.id} class="device"><Icon name="hash" /><div class="grow"><p class="cut" dir="auto">{c.title}</p><p class="t-meta ink3 cut" dir="auto">{t('members', { n: c.members })}{c.topic ? ` · ${c.topic}` : ''}</p></div><button type="button" class="btn" onClick={() => join(c.id)}>{t('join.channel')}</button></li>)}
      {list && !list.length && <li class="hint">{t('new.noChannels')}</li>}
      {trouble && <ErrorLine text={trouble.text} />}
    </ul>
  );
}

function NewChat() {
  const [mode, setMode] = useState<Mode>('people'), [chosen, setChosen] = useState<UserId[]>([]), [title, setTitle] = useState(''), [topic, setTopic] = useState('');
  const mayChannel = session.self.value?.role !== 'guest';
  const { busy, trouble, submit } = useSubmit(async () => {
    const id = mode === 'channel' ? await session.createChat({ kind: 'channel', title: title.trim(), topic: topic.trim() || undefined })
      : chosen.length === 1 ? await session.createChat({ kind: 'direct', members: chosen })
        : await session.createChat({ kind: 'group', title: title.trim() || chosen.map(nameOf).join(', ').slice(0, 90), members: chosen });
    closeDialog();
    openChat(id);
  });
  const ready = mode === 'channel' ? title.trim() !== '' : chosen.length > 0;
  const label = mode === 'channel' ? t('new.channel') : chosen.length === 1 ? t('new.message', { name: nameOf(chosen[0]!) }) : t('new.group');
  return (
    <Dialog title={t('new.title')}>
      {mayChannel && <Choice<Mode> label={t('new.title')} value={mode} set={setMode} options={[['people', t('new.people')], ['channel', t('new.channel')], ['join', t('new.join')]]} />}
      {mode === 'join' ? <JoinList /> : (
        <form class="stack" onSubmit={submit}>
          {mode === 'people' && <PickPeople chosen={chosen} set={setChosen} />}
          {(mode === 'channel' || chosen.length > 1) && <Field label={mode === 'channel' ? t('new.channelName') : t('new.groupName')} value={title} set={setTitle} maxLength={100} dir="auto" required={mode === 'channel'} />}
          {mode === 'channel' && <Field label={t('chat.topic')} value={topic} set={setTopic} maxLength={250} dir="auto" hint={t('new.channelHint')} />}
          {trouble && <ErrorLine text={trouble.text} />}
          <Submit busy={busy} disabled={busy || !ready}>{label}</Submit>
        </form>
      )}
    </Dialog>
  );
}

export function openNewChat(): void {
  void session.loadPeople().catch(() => {});
  showDialog(() => <NewChat />);
}
