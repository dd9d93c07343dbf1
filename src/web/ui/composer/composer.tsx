// SPDX-License-Identifier: MIT
// composer.tsx - where one writes. The text is never lost: it is a draft until it is in the outbox.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import { canPost } from '../../lib/state/meta.js';
import { COUNTER_FROM, MESSAGE_BYTES, sendable, utf8Length } from '../../lib/text/bytes.js';
import { preview } from '../../lib/text/markdown.js';
import { mentionsIn } from '../../lib/text/mentions.js';
import type { Draft, Seq } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar, hueOf, nameOf } from '../common/avatar.js';
import { confirm } from '../common/dialog.js';
import { Icon } from '../common/icon.js';
import { edit as beginEdit, run } from '../chat/actions.js';
import { titleOf } from '../chat/title.js';
import { prefs, session, touch } from '../store.js';
import { completionAt, type Choice, type Completion } from './complete.js';
import { openEmoji } from './emoji.js';
import { FormatBar, wrap } from './format.js';

const HERE_ASKS = 10;

function Strip({ chat, seq, editing, close }: { chat: Chat; seq: Seq; editing: boolean; close: () => void }) {
  const item = session.held(chat.id, seq);
  return (
    <div class="strip">
      <Icon name={editing ? 'pen' : 'reply'} size={18} />
      {editing ? <span class="grow cut"><strong>{t('editing')}</strong> <span class="ink3">{t('editing.esc')}</span></span>
        : <span class={`grow cut ${item ? hueOf(item.from) : ''}`}><bdi class="nm">{item ? nameOf(item.from) : ''}</bdi> <span class="ink2" dir="auto">{preview(item?.body?.text ?? '', 120)}</span></span>}
      <button type="button" class="icon-btn" aria-label={t('close')} onClick={close}><Icon name="x" size={18} /></button>
    </div>
  );
}

export function Composer({ chat }: { chat: Chat }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = chat.draft.value, meta = chat.meta.value;
  const [list, setList] = useState<Completion | null>(null), [pick, setPick] = useState(0), [selected, setSelected] = useState(false);
  const bytes = utf8Length(draft.text);
  const ready = draft.text.trim() !== '' && bytes <= MESSAGE_BYTES;

  useLayoutEffect(() => {
    const el = area.current;
    if (!el) return;
    el.style.height = 'auto';
    el.style.height = `${Math.min(el.scrollHeight, innerHeight * 0.4)}px`;
  }, [draft.text, draft.edit]);
  useEffect(() => {
    if (draft.edit && area.current) area.current.setSelectionRange(draft.text.length, draft.text.length);
  }, [draft.edit]);

  const set = (change: Partial<Draft>) => session.setDraft(chat.id, { ...chat.draft.value, ...change });
  const complete = () => {
    const el = area.current!;
    setList(el.selectionStart === el.selectionEnd ? completionAt(chat, el.value, el.selectionStart) : null);
    setPick(0);
  };
  const replace = (from: number, to: number, text: string, caret = from + text.length) => {
    const el = area.current!;
    el.setRangeText(text, from, to, 'end');
    el.setSelectionRange(caret, caret);
    set({ text: el.value });
    el.focus();
  };
  const take = (c: Choice) => {
    if (list) replace(list.start, list.end, c.text);
    setList(null);
  };
  const leaveMode = () => set(draft.before ? { text: draft.before.text, reply: draft.before.reply, edit: undefined, before: undefined } : { reply: undefined, edit: undefined });

  const submit = async () => {
    const text = sendable(chat.draft.value.text).trim();
    const { edit, reply, before } = chat.draft.value;
    if (edit && !text) {
      confirm(t('delete.everyone'), t('delete.ask'), t('delete'), () => { leaveMode(); run(session.del(chat.id, edit)); });
      return;
    }
    if (!text || utf8Length(text) > MESSAGE_BYTES) return;
    if (edit) {
      session.setDraft(chat.id, { text: before?.text ?? '', reply: before?.reply });
      run(session.edit(chat.id, edit, { text }));
      return;
    }
    const { mentions, here } = mentionsIn(text, (name) => session.userNamed(name));
    const go = async () => {
      await session.send(chat.id, { body: { text }, reply, mentions: mentions.length ? mentions : undefined, here: here && meta.kind !== 'direct' ? true : undefined });
      if (sendable(chat.draft.value.text).trim() === text) session.setDraft(chat.id, { text: '' });
    };
    if (here && meta.members - 1 > HERE_ASKS) confirm(t('here.title'), t('here.ask', { n: meta.members - 1 }), t('send'), () => void go());
    else await go();
  };

  const onKey = (e: KeyboardEvent) => {
    if (e.isComposing) return;
    if (list) {
      const n = list.choices.length;
      const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (move) setPick((pick + move + n) % n);
      else if (e.key === 'Enter' || e.key === 'Tab') take(list.choices[pick]!);
      else if (e.key === 'Escape') setList(null);
      else return;
      e.preventDefault();
      e.stopPropagation();
      return;
    }
    const sends = prefs.value.enterSends && !touch.value ? e.key === 'Enter' && !e.shiftKey && !e.ctrlKey : e.key === 'Enter' && (e.ctrlKey || e.metaKey);
    if (sends) {
      e.preventDefault();
      void submit();
    } else if (e.key === 'Escape' && (draft.edit || draft.reply)) {
      e.preventDefault();
      e.stopPropagation();
      leaveMode();
    } else if (e.key === 'ArrowUp' && draft.text === '' && !e.altKey) {
      e.preventDefault();
      if (e.shiftKey) document.querySelector<HTMLElement>('.log article[tabindex="0"]')?.focus();
      else {
        const mine = [...chat.view.value.items].reverse().find((i) => i.kind === 'message' && !i.deleted && i.from === session.self.value?.id);
        if (mine) beginEdit(chat, mine);
      }
    } else if (e.ctrlKey || e.metaKey) {
      const mark = { b: '**', i: '_', e: '`', x: e.shiftKey ? '~~' : '' }[e.key.toLowerCase()];
      if (mark) {
        e.preventDefault();
        wrap(area.current!, mark, (text) => set({ text }));
      }
    }
  };

  if (!canPost(meta)) return <p class="composer-off">{t(meta.archived ? 'post.archived' : meta.role === 'readonly' ? 'post.readonly' : 'post.moderators')}</p>;
  return (
    <div class="composer-box">
      {list && (
        <ul class="complete menu" role="listbox" id="complete" aria-label={t('complete')}>
          {list.choices.map((c, i) => (
            <li key={c.id} role="option" id={`complete-${i}`} aria-selected={i === pick} class={`menu-item${i === pick ? ' picked' : ''}`} onMouseDown={(e) => { e.preventDefault(); take(c); }}>
              {c.user ? <Avatar id={c.user} size={20} /> : c.emoji ? <span class="emoji">{c.emoji}</span> : <Icon name={c.id === 'here' ? 'bell' : 'hash'} size={18} />}
              <bdi class="cut">{c.label}</bdi><span class="key">{c.emoji && i === pick ? t('key.enter') : c.detail}</span>
            </li>
          ))}
        </ul>
      )}
      <form class="composer" onSubmit={(e) => { e.preventDefault(); void submit(); }}>
        {(draft.edit || draft.reply) && <Strip chat={chat} seq={draft.edit ?? draft.reply!} editing={!!draft.edit} close={leaveMode} />}
        {selected && <FormatBar area={area} changed={(text) => set({ text })} />}
        <div class="composer-line">
          <textarea ref={area} rows={1} value={draft.text} dir="auto" placeholder={t('composer.to', { title: titleOf(meta) })} aria-label={t('composer.to', { title: titleOf(meta) })}
            aria-autocomplete="list" aria-controls={list ? 'complete' : undefined} aria-activedescendant={list ? `complete-${pick}` : undefined}
            enterkeyhint={prefs.value.enterSends ? 'send' : 'enter'}
            onInput={(e) => { set({ text: e.currentTarget.value }); session.typing(chat.id); complete(); }} onKeyDown={onKey} onClick={() => setList(null)} onBlur={() => { setList(null); setTimeout(() => setSelected(false), 150); }}
            onSelect={(e) => setSelected(e.currentTarget.selectionStart !== e.currentTarget.selectionEnd)} />
          {bytes >= COUNTER_FROM && <span class={`counter num${bytes > MESSAGE_BYTES ? ' rust' : ''}`} role="status">{bytes > MESSAGE_BYTES ? t('composer.over', { n: bytes - MESSAGE_BYTES }) : MESSAGE_BYTES - bytes}</span>}
          <button type="button" class="icon-btn" aria-label={t('emoji.title')} onClick={(e) => openEmoji(e.currentTarget.getBoundingClientRect(), (emoji) => replace(area.current!.selectionStart, area.current!.selectionEnd, emoji))}><Icon name="smile" /></button>
          <button type="submit" class={`send${ready ? ' ready' : ''}`} aria-label={draft.edit ? t('save') : t('send')} aria-disabled={!ready}><Icon name={draft.edit ? 'check' : 'send'} /></button>
        </div>
      </form>
    </div>
  );
}
