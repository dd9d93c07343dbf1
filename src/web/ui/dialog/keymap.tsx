// SPDX-License-Identifier: MIT
// keymap.tsx - all keys there are, with a search over them.

import { useState } from 'preact/hooks';
import { fold } from '../../lib/text/fuzzy.js';
import { t, type Key } from '../../strings/index.js';
import { Dialog, showDialog } from '../common/dialog.js';

const groups: [Key, [string, Key][]][] = [
  ['keys.go', [['Ctrl K', 'keys.jump'], ['Alt ↑ ↓', 'keys.next'], ['Alt Shift ↑ ↓', 'keys.nextUnread'], ['F6', 'keys.region'], ['Ctrl .', 'members.title'], ['Ctrl ,', 'settings'], ['Ctrl Shift Enter', 'new.title'], ['Ctrl G', 'date.jump'], ['Esc', 'keys.esc'], ['?', 'keys.title']]],
  ['keys.write', [['Enter', 'send'], ['Shift Enter', 'keys.line'], ['↑', 'keys.editLast'], ['Shift ↑', 'keys.toLog'], ['Ctrl B', 'format.bold'], ['Ctrl I', 'format.italic'], ['Ctrl Shift X', 'format.strike'], ['Ctrl E', 'format.code']]],
  ['keys.message', [['↑ ↓ Home End', 'keys.move'], ['R', 'reply'], ['E', 'edit'], ['D', 'delete.everyone'], ['P', 'pin'], ['L', 'copy.link'], ['1 … 6', 'react'], ['Enter', 'message.menu']]],
];

function Keys() {
  const [query, set] = useState('');
  const q = fold(query);
  return (
    <Dialog title={t('keys.title')} width={720}>
      <label class="search"><input type="search" data-first value={query} placeholder={t('keys.search')} aria-label={t('keys.search')} onInput={(e) => set(e.currentTarget.value)} /></label>
      <div class="keys">
        {groups.map(([head, list]) => {
          const shown = list.filter(([key, label]) => fold(`${key} ${t(label)}`).includes(q));
          return shown.length > 0 && <section key={head}><h3 class="label">{t(head)}</h3><dl>{shown.map(([key, label]) => <div key={key}><dt>{t(label)}</dt><dd><kbd>{key}</kbd></dd></div>)}</dl></section>;
        })}
      </div>
    </Dialog>
  );
}

export const openKeys = (): void => showDialog(() => <Keys />);
