// SPDX-License-Identifier: MIT
// emoji.tsx - the emoji there are (fetched when first wanted), those used last, and the picker.

import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { fold } from '../../lib/text/fuzzy.js';
import { lang, t, type Key } from '../../strings/index.js';
import { closeMenu, openPopover } from '../common/menu.js';

declare const EMOJI: Record<string, string>; // language → path, by build.mjs

/** [emoji, name, further words, group] */
type Entry = [string, string, string, number];
const groups: Key[] = ['emoji.g0', 'emoji.g1', 'emoji.g3', 'emoji.g4', 'emoji.g5', 'emoji.g6', 'emoji.g7', 'emoji.g8', 'emoji.g9'];
const groupNo = [0, 1, 3, 4, 5, 6, 7, 8, 9];
const all = signal<readonly Entry[]>([]);
let asked = '';

export function loadEmoji(): void {
  if (asked === lang.value) return;
  asked = lang.value;
  fetch(EMOJI[lang.value] ?? EMOJI.en!).then((r) => r.json()).then((list: Entry[]) => (all.value = list), () => (asked = ''));
}

export function findEmoji(query: string, max: number): readonly Entry[] {
  const q = fold(query);
  const rank = (e: Entry) => (fold(e[1]).startsWith(q) ? 0 : fold(`${e[1]} ${e[2]}`).split(' ').some((w) => w.startsWith(q)) ? 1 : 2);
  return all.value.filter((e) => rank(e) < 2).sort((a, b) => rank(a) - rank(b)).slice(0, max);
}

const KEPT = 24;
const stored = (): string[] => {
  try {
    return JSON.parse(localStorage.getItem('linnet.emoji') ?? '[]') as string[];
  } catch {
    return [];
  }
};
export const recent = signal<string[]>([...new Set([...stored(), '👍', '❤️'])]);
export function used(emoji: string): void {
  recent.value = [emoji, ...recent.value.filter((e) => e !== emoji)].slice(0, KEPT);
  try {
    localStorage.setItem('linnet.emoji', JSON.stringify(recent.value));
  } catch { /* for this page */ }
}

function Picker({ pick }: { pick: (emoji: string) => void }) {
  const [query, set] = useState('');
  const take = (emoji: string) => {
    used(emoji);
    closeMenu();
    pick(emoji);
  };
  const grid = (list: readonly Entry[]) => <div class="emoji-grid">{list.map((e) => <button key={e[0]} type="button" title={e[1]} aria-label={e[1]} onClick={() => take(e[0])}>{e[0]}</button>)}</div>;
  const found = query ? findEmoji(query, 60) : null;
  return (
    <div class="emoji-picker">
      <label class="search"><input type="search" value={query} placeholder={t('emoji.search')} aria-label={t('emoji.search')} onInput={(e) => set(e.currentTarget.value)}
        onKeyDown={(e) => { if (e.key === 'Escape') closeMenu(); if (e.key === 'Enter' && found?.[0]) take(found[0][0]); }} /></label>
      <div class="emoji-list">
        {found ? (found.length ? grid(found) : <p class="hint">{t('emoji.none')}</p>) : (
          <>
            <h3 class="menu-head">{t('emoji.recent')}</h3>{grid(recent.value.map((e) => [e, e, '', 0] as Entry))}
            {groupNo.map((g, i) => <section key={g}><h3 class="menu-head">{t(groups[i]!)}</h3>{grid(all.value.filter((e) => e[3] === g))}</section>)}
          </>
        )}
      </div>
    </div>
  );
}

export function openEmoji(at: DOMRect, pick: (emoji: string) => void): void {
  loadEmoji();
  openPopover(at, t('emoji.title'), () => <Picker pick={pick} />);
}
