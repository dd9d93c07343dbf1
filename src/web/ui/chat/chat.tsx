// SPDX-License-Identifier: MIT
// chat.tsx - one chat on the sheet: header, banner, log, who types, composer; new messages spoken.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import { preview } from '../../lib/text/markdown.js';
import { t } from '../../strings/index.js';
import { nameOf } from '../common/avatar.js';
import { Composer } from '../composer/composer.js';
import { place, session, touch } from '../store.js';
import { Banner } from './banner.js';
import { Header } from './header.js';
import { Log } from './log.js';
import { typingText } from './title.js';
import { InviteCard } from '../settings/invite.js';

const Typing = ({ chat }: { chat: Chat }) => {
  const text = typingText(chat);
  return <div class="typing">{text && <><span class="drops" aria-hidden="true"><i /><i /><i /></span><span class="t-small ink2" dir="auto">{text}</span></>}</div>;
};

/** New messages of the open chat, never history: one every 2 s, then their number. */
function Speaker({ chat }: { chat: Chat }) {
  const [said, say] = useState('');
  const head = useRef(chat.meta.value.head), waiting = useRef<string[]>([]), busy = useRef(false);
  const last = chat.meta.value.last;
  useEffect(() => {
    if (!last || last.seq <= head.current || last.from === session.self.value?.id || last.deleted) return;
    head.current = last.seq;
    waiting.current.push(`${nameOf(last.from)}: ${preview(last.body?.text ?? '', 200)}`);
    const speak = () => {
      const list = waiting.current.splice(0);
      busy.current = list.length > 0;
      if (!list.length) return;
      say(list.length === 1 ? list[0]! : t('jump.new', { n: list.length }));
      setTimeout(speak, 2000);
    };
    if (!busy.current) speak();
  }, [last?.seq]);
  return <div class="sr" role="log" aria-live="polite">{said}</div>;
}

export function ChatPane({ chat }: { chat: Chat }) {
  const { seq } = place.value;
  useEffect(() => {
    void session.open(chat.id, seq ? { seq } : undefined).catch(() => {});
    if (!touch.value && !seq) document.querySelector<HTMLElement>('.composer textarea')?.focus();
  }, [chat.id, seq]);
  useEffect(() => () => session.close(), []);
  return (
    <>
      <Header chat={chat} />
      <Banner />
      <InviteCard key={`i${chat.id}`} chat={chat} />
      <Log key={chat.id} chat={chat} />
      <div class="foot">
        <Typing chat={chat} />
        <Composer key={chat.id} chat={chat} />
      </div>
      <Speaker key={`s${chat.id}`} chat={chat} />
    </>
  );
}
