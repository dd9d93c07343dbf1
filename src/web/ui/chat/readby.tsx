// SPDX-License-Identifier: MIT
// readby.tsx - who has a message of mine: read, delivered, not yet; counts only in large chats.

import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import type { Item, Receipts, UserId } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar, nameOf } from '../common/avatar.js';
import { openPopover } from '../common/menu.js';
import { session } from '../store.js';

const People = ({ head, ids }: { head: string; ids: UserId[] }) => (ids.length ? (
  <section><h3 class="menu-head">{head}</h3>
    {ids.map((id) => <div key={id} class="menu-item"><Avatar id={id} size={20} /><bdi class="cut">{nameOf(id)}</bdi></div>)}</section>
) : null);

function ReadBy({ chat, item }: { chat: Chat; item: Item }) {
  const [r, set] = useState<Receipts | null>(null);
  useEffect(() => {
    session.receipts(chat.id, item.seq).then(set, () => {});
  }, [chat.ticks.value]);
  const others = chat.meta.value.members - 1;
  if (!r) return <div class="menu-item"><span class="skel grow">&nbsp;</span></div>;
  const ids = Object.keys(r.marks).map(Number);
  const read = ids.filter((id) => r.marks[id]!.read >= item.seq), got = ids.filter((id) => r.marks[id]!.read < item.seq && r.marks[id]!.delivered >= item.seq);
  const not = ids.filter((id) => r.marks[id]!.delivered < item.seq);
  return (
    <div class="readby">
      <p class="menu-head">{t('readby.count', { n: r.read, of: others })}</p>
      {ids.length ? <><People head={t('readby.read')} ids={read} /><People head={t('readby.delivered')} ids={got} /><People head={t('readby.not')} ids={not} /></>
        : <p class="menu-item ink2">{t('readby.deliveredCount', { n: r.delivered, of: others })}</p>}
      {ids.length > 0 && ids.length < others && <p class="hint menu-head">{t('readby.off')}</p>}
    </div>
  );
}

export const openReadBy = (chat: Chat, item: Item, at: DOMRect): void => openPopover(at, t('readby'), () => <ReadBy chat={chat} item={item} />);
