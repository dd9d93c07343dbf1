// SPDX-License-Identifier: MIT
// row.tsx - one chat in the list: its name, the last word, time and counts.

import { useEffect, useRef } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import { tickOf } from '../../lib/state/marks.js';
import { isMuted, isUnread } from '../../lib/state/meta.js';
import { preview } from '../../lib/text/markdown.js';
import { fullTime, listTime } from '../../lib/text/time.js';
import { locale, t } from '../../strings/index.js';
import { ChatAvatar, Dot, nameOf } from '../common/avatar.js';
import { Icon } from '../common/icon.js';
import { Tick } from '../common/tick.js';
import { titleOf, typingText } from '../chat/title.js';
import { now, openChat, place, session } from '../store.js';
import { openChatMenu } from './chatmenu.js';

/** "Tomás Ruiz" speaks as "Tomás" where there is little room. */
const firstName = (name: string): string => name.trim().split(/\s+/u)[0] ?? name;

function Preview({ chat, open }: { chat: Chat; open: boolean }) {
  const meta = chat.meta.value, last = meta.last, self = session.self.value?.id;
  const typing = typingText(chat), draft = chat.draft.value, box = chat.outbox.value;
  if (typing) return <span class="cut rose-ink">{typing}…</span>;
  if (box.some((p) => p.state === 'failed')) return <span class="cut rust"><Icon name="warn" size={16} />{t('row.failed')}</span>;
  const waiting = box.filter((p) => p.state !== 'sent').length;
  if (waiting && session.connection.value.state !== 'up') return <span class="cut"><Icon name="cloud" size={16} />{t('row.waiting', { n: waiting })}</span>;
  if (!open && draft.text && !draft.edit) return <span class="cut" dir="auto"><b class="rust">{t('row.draft')}</b> {preview(draft.text, 80)}</span>;
  if (!last) return <span class="cut" dir="auto">{meta.topic ?? ''}</span>;
  const who = last.from === self ? t('row.you') : meta.kind === 'direct' ? '' : `${firstName(nameOf(last.from))}: `;
  return <span class="cut" dir="auto"><span class="ink2">{who}</span>{last.deleted ? t('deleted.quote') : preview(last.body?.text ?? '', 100)}</span>;
}

const LONG_MS = 450;

/** A long press opens the menu where the browser itself tells of none (iOS); the click after it is no click. */
function useLongPress(open: (at: DOMRect) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(), done = useRef(false);
  const end = () => clearTimeout(timer.current);
  return {
    onTouchStart: (e: TouchEvent) => {
      const at = (e.currentTarget as HTMLElement).getBoundingClientRect();
      done.current = false;
      timer.current = setTimeout(() => {
        done.current = true;
        open(at);
      }, LONG_MS);
    },
    onTouchMove: end, onTouchEnd: end, onTouchCancel: end,
    isClick: () => !done.current || (done.current = false),
  };
}

export function ChatRow({ chat }: { chat: Chat }) {
  const meta = chat.meta.value;
  const open = place.value.page === 'chat' && place.value.chat === chat.id;
  const muted = isMuted(meta, now.value), unread = isUnread(meta), last = meta.last;
  const ts = last?.ts ?? meta.last_ts;
  useEffect(() => session.glance(chat.id), [chat.id, session.connection.value.state]);
  const { isClick, ...press } = useLongPress((at) => openChatMenu(chat, at));
  const menu = (e: MouseEvent) => {
    e.preventDefault();
    openChatMenu(chat, e.clientX || e.clientY ? new DOMRect(e.clientX, e.clientY, 0, 0) : (e.currentTarget as HTMLElement).getBoundingClientRect());
  };
  return (
    <a class={`chat-row${unread && !muted ? ' unread' : ''}${muted ? ' muted' : ''}`} href={`/c/${chat.id}`} aria-current={open ? 'page' : undefined} onContextMenu={menu} {...press}
      onClick={(e) => { if (!e.ctrlKey && !e.metaKey) { e.preventDefault(); if (isClick()) openChat(chat.id); } }}>
      <span class="av-box"><ChatAvatar meta={meta} />{meta.peer && <Dot id={meta.peer} />}</span>
      <span class="grow chat-row-main"><span class="name cut" dir="auto">{titleOf(meta)}</span><span class="t-small row-preview"><Preview chat={chat} open={open} /></span></span>
      <span class="chat-row-end">
        {ts ? <time class="t-meta" title={fullTime(ts, locale.value)}>{listTime(ts, now.value, locale.value)}</time> : <span />}
        <span class="badges">
          {muted && <Icon name="mute" size={15} />}{meta.pinned && !unread && <Icon name="pin" size={15} />}
          {meta.mentions > 0 && <span class="pill at" aria-label={t('row.mentions', { n: meta.mentions })}>@</span>}
          {meta.unread > 0 ? <span class={muted ? 'pill quiet' : 'pill'}><span class="sr">{t('row.unread', { n: meta.unread })}</span><span aria-hidden="true">{meta.unread > 99 ? '99+' : meta.unread}</span></span>
            : unread ? <span class="pill" aria-label={t('row.unread', { n: 1 })}>•</span> : last && last.from === session.self.value?.id && !last.deleted && <Tick state={tickOf(chat.ticks.value, last.seq)} />}
        </span>
      </span>
    </a>
  );
}
