// SPDX-License-Identifier: MIT
// log.tsx - the scrolling log: pages on both sides fetched ahead, the reader's place kept, what was
// read marked, the way back to the end.

import { signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import type { Row, Seq } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Icon } from '../common/icon.js';
import { BirdOnWire } from '../common/mark.js';
import { inFront, session } from '../store.js';
import { Anchor } from './anchor.js';
import { openDate } from './date.js';
import { Message, PendingMessage } from './message.js';
import { Day, dayWords, Deleted, Start, System, Unread } from './system.js';
import { titleOf } from './title.js';

const AHEAD = 1.5; // screens before the end of what is held
const PILL_FROM = 400; // px from the end
const READ_MS = 500;
const DAY_MS = 800;

/** The message whose place was asked for is lit for a moment. */
export const lit = signal<Seq>(0);

export function Log({ chat }: { chat: Chat }) {
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor>();
  const focusKey = useSignal(''), far = useSignal(false), day = useSignal(''), fresh = useSignal(0);
  const timers = useRef<{ read?: ReturnType<typeof setTimeout>; day?: ReturnType<typeof setTimeout> }>({});
  const view = chat.view.value, rows = chat.rows.value;

  useLayoutEffect(() => {
    anchor.current = new Anchor(box.current!);
    const grown = new ResizeObserver(() => anchor.current!.restore());
    grown.observe(box.current!);
    grown.observe(box.current!.firstElementChild!);
    return () => grown.disconnect();
  }, []);

  // rows changed: the place stays; or a new place is wished, or one has written something
  const end = rows.at(-1);
  const lastOwn = end?.type === 'pending' ? end.key : '';
  const mine = useRef(lastOwn);
  const wish = useRef(view.place);
  const wished = useRef(false);
  if (wish.current !== view.place) [wish.current, wished.current] = [view.place, true];
  useLayoutEffect(() => {
    const a = anchor.current!;
    if (view.status !== 'ready') return;
    const p = wish.current;
    if (p && (wished.current || !a)) {
      wished.current = false;
      if (p.align === 'end') a.toEnd();
      else if (p.align === 'unread') (a.atEnd = false, a.show('[data-key=unread]', 0.3) || a.toEnd());
      else if (a.show(`[data-seq="${p.seq}"]`, 0.4)) {
        lit.value = p.seq;
        setTimeout(() => lit.value === p.seq && (lit.value = 0), 1200);
        box.current!.querySelector<HTMLElement>(`[data-seq="${p.seq}"]`)?.focus({ preventScroll: true });
      }
    } else if (mine.current !== lastOwn) a.toEnd(); // what one writes is seen
    else a.restore();
    mine.current = lastOwn;
    look();
  }, [rows, view.status, view.place]);

  const pages = () => {
    const el = box.current!;
    if (view.status !== 'ready') return;
    if (el.scrollTop < el.clientHeight * AHEAD && !view.atStart && !view.busy && view.failed !== 'older') void session.older(chat.id);
    else if (anchor.current!.fromEnd < el.clientHeight * AHEAD && !view.atEnd && !view.busy && view.failed !== 'newer') void session.newer(chat.id);
  };
  const look = () => {
    const a = anchor.current!;
    far.value = a.fromEnd > PILL_FROM || !view.atEnd;
    if (!far.value) fresh.value = 0;
    session.atBottom(chat.id, !far.value);
    pages();
    clearTimeout(timers.current.read);
    timers.current.read = setTimeout(markRead, READ_MS);
  };
  /** The last message of which half is in view, in a window that somebody looks at. */
  const markRead = () => {
    const el = box.current;
    if (!el || !inFront.value || view.stale) return;
    const bottom = el.getBoundingClientRect().bottom;
    const all = [...el.querySelectorAll<HTMLElement>('[data-seq]')];
    for (let i = all.length; i-- > 0;) {
      const r = all[i]!.getBoundingClientRect();
      if ((r.top + r.bottom) / 2 > bottom) continue;
      const seq = i === all.length - 1 && view.atEnd ? chat.meta.value.head : +all[i]!.dataset.seq!;
      if (seq > chat.meta.value.read_seq) session.mark(chat.id, seq);
      return;
    }
  };
  useEffect(() => {
    if (inFront.value) timers.current.read = setTimeout(markRead, READ_MS);
    return () => clearTimeout(timers.current.read);
  }, [inFront.value, rows]);

  // what came while the reader was further up
  const head = useRef(chat.meta.value.head);
  if (chat.meta.value.head > head.current) {
    const last = chat.meta.value.last;
    if (far.value && last && last.seq > head.current && last.from !== session.self.value?.id) fresh.value++;
    head.current = chat.meta.value.head;
  }

  const onScroll = () => {
    const a = anchor.current!;
    if (!a.isOurs()) {
      a.note();
      const el = box.current;
      if (!el) return; // it has scrolled, and gone in the same frame
      const top = el.getBoundingClientRect().top;
      const days = [...el.querySelectorAll<HTMLElement>('[data-day]')].filter((d) => d.getBoundingClientRect().top < top + 8);
      day.value = days.length ? dayWords(+days.at(-1)!.dataset.day!) : '';
      clearTimeout(timers.current.day);
      timers.current.day = setTimeout(() => (day.value = ''), DAY_MS);
    }
    look();
  };
  const toEnd = () => {
    const unread = box.current!.querySelector('[data-key=unread]');
    if (unread && unread.getBoundingClientRect().top > box.current!.getBoundingClientRect().bottom) anchor.current!.show('[data-key=unread]', 0.3);
    else if (view.atEnd) anchor.current!.toEnd();
    else void session.open(chat.id, 'end');
    look();
  };
  const onKey = (e: KeyboardEvent) => {
    const all = [...box.current!.querySelectorAll<HTMLElement>('article')];
    const i = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowUp: i < 0 ? all.length - 1 : i - 1, ArrowDown: i + 1, Home: 0, End: all.length - 1 }[e.key];
    if (to === undefined || e.altKey || e.ctrlKey || e.shiftKey) return;
    e.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
    focusKey.value = next?.dataset.key ?? '';
  };

  const messages = rows.filter((r) => r.type === 'message');
  const tabKey = messages.some((r) => r.key === focusKey.value) ? focusKey.value : messages.at(-1)?.key ?? '';
  let pos = 0;
  return (
    <div class="log-box">
      {day.value && <button type="button" class="day-pill" onClick={(e) => openDate(chat, e.currentTarget.getBoundingClientRect())}>{day.value}</button>}
      <div class="log" ref={box} tabIndex={messages.length ? undefined : 0} role="log" aria-live="off" aria-label={t('log.label', { title: titleOf(chat.meta.value) })} onScroll={onScroll} onKeyDown={onKey}>
        <div class="log-in">
          {view.status === 'loading' && <Skeleton />}
          {view.status === 'failed' && <Gap run={() => session.open(chat.id)} />}
          {view.failed === 'older' && <Gap run={() => session.older(chat.id)} />}
          {view.status === 'ready' && rows.map((row: Row) => {
            switch (row.type) {
              case 'start': return <Start key={row.key} chat={chat} />;
              case 'day': return <Day key={row.key} ts={row.ts} />;
              case 'unread': return <Unread key={row.key} count={row.count} />;
              case 'system': return <System key={row.key} row={row} />;
              case 'deleted': return <Deleted key={row.key} row={row} />;
              case 'pending': return <PendingMessage key={row.key} chat={chat} row={row} />;
              case 'message': return <Message key={row.key} chat={chat} row={row} pos={++pos} size={view.atStart && view.atEnd ? messages.length : -1} lit={lit.value === row.item.seq} index={row.key === tabKey} />;
            }
          })}
          {view.status === 'ready' && !messages.length && view.atStart && <Empty chat={chat} />}
          {view.failed === 'newer' && <Gap run={() => session.newer(chat.id)} />}
        </div>
      </div>
      {far.value && view.status === 'ready' && (
        <button type="button" class={`jump${fresh.value ? ' new' : ''}`} onClick={toEnd}><Icon name="down" size={16} />{fresh.value ? t('jump.new', { n: fresh.value }) : t('jump.latest')}</button>
      )}
    </div>
  );
}

const Gap = ({ run }: { run: () => Promise<void> }) => (
  <p class="row gap">{t('gap')} <button type="button" class="link" onClick={() => void run().catch(() => {})}>{t('gap.load')}</button></p>
);

const Skeleton = () => (
  <div class="skeleton" aria-hidden="true">{[0, 1, 2, 3, 4].map((i) => <div key={i} class="row"><i class="skel drop" /><div><i class={`skel w${i % 3}`} /><i class={`skel v${i % 3}`} /></div></div>)}</div>
);

const Empty = ({ chat }: { chat: Chat }) => (
  <div class="empty first"><BirdOnWire /><strong>{t('empty.chat')}</strong>
    <span>{chat.meta.value.kind === 'direct' ? t('empty.direct', { name: titleOf(chat.meta.value) }) : ''}</span></div>
);
