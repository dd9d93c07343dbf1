// SPDX-License-Identifier: MIT
// format.tsx - marks around the selected text, by key or by a small bar.

import type { RefObject } from 'preact';
import { t, type Key } from '../../strings/index.js';

/** Puts mark on both sides of what is selected, or takes it off where it stands. */
export function wrap(el: HTMLTextAreaElement, mark: string, changed: (text: string) => void): void {
  const { selectionStart: a, selectionEnd: b, value } = el;
  const on = value.slice(a - mark.length, a) === mark && value.slice(b, b + mark.length) === mark;
  if (on) el.setRangeText(value.slice(a, b), a - mark.length, b + mark.length, 'select');
  else {
    el.setRangeText(mark + value.slice(a, b) + mark, a, b, 'select');
    el.setSelectionRange(a + mark.length, b + mark.length);
  }
  changed(el.value);
}

const quote = (el: HTMLTextAreaElement, changed: (text: string) => void): void => {
  const { selectionStart: a, selectionEnd: b, value } = el;
  const from = value.lastIndexOf('\n', a - 1) + 1;
  el.setRangeText(value.slice(from, b).replace(/^/gm, '> '), from, b, 'end');
  changed(el.value);
};

const marks: [string, string, Key][] = [['**', 'B', 'format.bold'], ['_', 'I', 'format.italic'], ['~~', 'S', 'format.strike'], ['`', '</>', 'format.code']];

export const FormatBar = ({ area, changed }: { area: RefObject<HTMLTextAreaElement>; changed: (text: string) => void }) => (
  <div class="format" role="toolbar" aria-label={t('format')} onMouseDown={(e) => e.preventDefault()}>
    {marks.map(([mark, sign, label]) => <button key={mark} type="button" class={`f-${sign}`} aria-label={t(label)} title={t(label)} onClick={() => wrap(area.current!, mark, changed)}>{sign}</button>)}
    <button type="button" aria-label={t('format.quote')} title={t('format.quote')} onClick={() => quote(area.current!, changed)}>❝</button>
  </div>
);
