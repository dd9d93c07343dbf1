// SPDX-License-Identifier: MIT
// message.tsx - one message: others' on the sheet, mine in a note with its tick.

import { useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import { tickOf } from '../../lib/state/marks.js';
import { preview } from '../../lib/text/markdown.js';
import { clock, fullTime } from '../../lib/text/time.js';
import type { Item, Pending, Row, Seq, Tick as TickState } from '../../lib/types.js';
import { listOf, locale, t, type Key } from '../../strings/index.js';
import { openEmoji } from '../composer/emoji.js';
import { Avatar, hueOf, nameOf } from '../common/avatar.js';
import { Icon } from '../common/icon.js';
import { openPopover } from '../common/menu.js';
import { Tick, tickText } from '../common/tick.js';
import { openChat, prefs, session, touch } from '../store.js';
import { ActionBar, labelOf, onMessageKey, openMessageMenu, reply, toggle } from './actions.js';
import { Body } from './markdown.js';
import { openReadBy } from './readby.js';

function Quote({ chat, seq }: { chat: Chat; seq: Seq }) {
  const held = session.held(chat.id, seq);
  const [asked, setAsked] = useState<Item | null | undefined>(undefined);
  if (!held && asked === undefined) void session.item(chat.id, seq).then(setAsked, () => setAsked(null));
  const item = held ?? asked;
  return (
    <button type="button" class={`quote ${item ? hueOf(item.from) : ''}`} onClick={() => openChat(chat.id, seq)}>
      {item && <span class="nm cut"><bdi>{nameOf(item.from)}</bdi></span>}
      <span class="cut ink2" dir="auto">{item === undefined ? '…' : !item || item.deleted ? t('deleted.quote') : preview(item.body?.text ?? '', 120)}</span>
    </button>
  );
}

const SHOWN = 8;
function Reactions({ chat, item }: { chat: Chat; item: Item }) {
  const all = Object.entries(item.reactions ?? {});
  const [open, setOpen] = useState(false);
  if (!all.length) return null;
  const self = session.self.value?.id ?? 0;
  const rect = (e: Event) => (e.currentTarget as HTMLElement).getBoundingClientRect();
  return (
    <div class="reactions">
      {(open ? all : all.slice(0, SHOWN)).map(([emoji, who]) => (
        <button key={emoji} type="button" class="reaction" aria-pressed={who.includes(self)} title={listOf(who.map(nameOf))}
          aria-label={t('react.label', { emoji, n: who.length })} onClick={() => toggle(chat, item, emoji)}
          onContextMenu={(e) => { e.preventDefault(); e.stopPropagation(); openPopover(rect(e), emoji, () => <>{who.map((id) => <div key={id} class="menu-item"><Avatar id={id} size={20} /><bdi>{nameOf(id)}</bdi></div>)}</>); }}>
          <span>{emoji}</span><span class="num">{who.length}</span></button>
      ))}
      {!open && all.length > SHOWN && <button type="button" class="reaction" onClick={() => setOpen(true)}>+{all.length - SHOWN}</button>}
      <button type="button" class="reaction add" aria-label={t('react')} onClick={(e) => openEmoji(rect(e), (emoji) => toggle(chat, item, emoji))}><Icon name="smile" size={16} /></button>
    </div>
  );
}

/** Long press opens the menu, a swipe to the end answers. */
function useTouch(chat: Chat, item: Item) {
  let timer: ReturnType<typeof setTimeout> | undefined, x = 0, y = 0;
  const el = (e: TouchEvent) => e.currentTarget as HTMLElement;
  const stop = () => clearTimeout(timer);
  return {
    onTouchStart: (e: TouchEvent) => {
      ({ clientX: x, clientY: y } = e.touches[0]!);
      const box = el(e).getBoundingClientRect();
      timer = setTimeout(() => openMessageMenu(chat, item, box), 450);
    },
    onTouchMove: (e: TouchEvent) => {
      const dx = e.touches[0]!.clientX - x, dy = e.touches[0]!.clientY - y;
      if (Math.abs(dx) > 8 || Math.abs(dy) > 8) stop();
      const way = document.dir === 'rtl' ? -dx : dx;
      el(e).style.transform = way > 12 && Math.abs(dy) < 24 ? `translateX(${Math.min(72, way) * (document.dir === 'rtl' ? -1 : 1)}px)` : '';
    },
    onTouchEnd: (e: TouchEvent) => {
      stop();
      const moved = Math.abs(parseFloat(/-?[\d.]+/.exec(el(e).style.transform)?.[0] ?? '0'));
      el(e).style.transform = '';
      if (moved >= 56) reply(chat, item);
    },
    onTouchCancel: stop,
  };
}

type MessageRow = Extract<Row, { type: 'message' }>;
export function Message({ chat, row, pos, size, lit, index }: { chat: Chat; row: MessageRow; pos: number; size: number; lit: boolean; index: boolean }) {
  const { item, own, first, last } = row;
  const time = clock(item.ts, locale.value);
  const state: TickState = own ? tickOf(chat.ticks.value, item.seq) : 'sent';
  const [over, setOver] = useState(false);
  const hands = touch.value ? useTouch(chat, item) : {};
  const meta = <span class="msg-meta">{item.edited_ts && <span title={fullTime(item.edited_ts, locale.value)}>{t('edited')} </span>}<time title={fullTime(item.ts, locale.value)}>{time}</time></span>;
  return (
    <article class={`row msg${own ? ' own' : ''}${first ? ' first' : ''}${last ? ' last' : ''}${lit ? ' lit' : ''}`} data-key={row.key} data-seq={item.seq} tabIndex={index ? 0 : -1}
      aria-label={labelOf(item, time, own ? tickText(state) : '')} aria-posinset={pos} aria-setsize={size}
      onKeyDown={(e) => { if (e.target === e.currentTarget && onMessageKey(chat, item, e, prefs.value.letters)) { e.preventDefault(); e.stopPropagation(); } }}
      onContextMenu={(e) => { if (!(e.target as Element).closest('a') && !getSelection()?.toString()) { e.preventDefault(); openMessageMenu(chat, item, { x: e.clientX, y: e.clientY }); } }}
      onMouseEnter={() => setOver(true)} onMouseLeave={() => setOver(false)} onFocus={() => setOver(true)} onBlur={() => setOver(false)} {...hands}>
      {!own && first && <span class="msg-av"><Avatar id={item.from} size={36} /></span>}
      {!own && !first && <time class="msg-side" aria-hidden="true">{time}</time>}
      <div class="msg-main">
        {!own && first && <header class={hueOf(item.from)}><bdi class="nm msg-name">{nameOf(item.from)}</bdi><span class="ink3">{meta}</span></header>}
        <div class={own ? 'bubble' : 'plain'}>
          {item.reply && <Quote chat={chat} seq={item.reply} />}
          <Body text={item.body?.text ?? ''} />
          {own && <span class="msg-end">{meta}<button type="button" class="tick-btn" tabIndex={-1} aria-label={`${tickText(state)}. ${t('readby')}`}
            onClick={(e) => openReadBy(chat, item, e.currentTarget.getBoundingClientRect())}><Tick state={state} /></button></span>}
          {!own && !first && item.edited_ts && <span class="msg-meta ink3"> {t('edited')}</span>}
        </div>
        <Reactions chat={chat} item={item} />
      </div>
      {over && !touch.value && <ActionBar chat={chat} item={item} />}
    </article>
  );
}

const reasons: Record<string, Key> = { forbidden: 'failed.forbidden', too_large: 'failed.too_large', cid_reuse: 'failed.other', bad_request: 'failed.other' };
type PendingRow = Extract<Row, { type: 'pending' }>;
export function PendingMessage({ chat, row }: { chat: Chat; row: PendingRow }) {
  const p: Pending = row.pending;
  const up = session.connection.value.state === 'up';
  const state: TickState = p.state === 'failed' ? 'failed' : p.state === 'sent' ? 'sent' : 'sending';
  return (
    <article class={`row msg own pending${row.first ? ' first' : ''}${row.last ? ' last' : ''}`} data-key={row.key} tabIndex={-1} aria-label={p.body.text}>
      <div class="msg-main">
        <div class="bubble">
          {p.reply && <Quote chat={chat} seq={p.reply} />}
          <Body text={p.body.text} />
          <span class="msg-end"><span class="msg-meta"><time>{clock(p.ts, locale.value)}</time></span><span class={`tick-btn${p.state === 'sending' || p.state === 'queued' ? ' late' : ''}`}><Tick state={state} /></span></span>
        </div>
        {p.state === 'failed' ? (
          <p class="under rust">{t(reasons[p.reason ?? ''] ?? 'failed.other')} <button type="button" class="link" onClick={() => session.retry(p.cid)}>{t('again')}</button>{' '}
            <button type="button" class="link" onClick={() => session.discard(p.cid)}>{t('delete')}</button></p>
        ) : !up && p.state === 'queued' && row.last && <p class="under ink3">{t('failed.offline')}</p>}
      </div>
    </article>
  );
}
