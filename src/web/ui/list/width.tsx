// SPDX-License-Identifier: MIT
// width.tsx - the edge between list and sheet: dragged or moved by arrow keys, remembered on this device.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../strings/index.js';

const MIN = 240, MAX = 420, STEP = 16;
const KEY = 'linnet.list';

const stored = (): number => {
  try {
    return Number(localStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
};
const width = signal(stored()); // 0: as the window's size says

function set(px: number, keep: boolean): void {
  width.value = Math.round(Math.min(MAX, Math.max(MIN, px)));
  if (!keep) return;
  try {
    localStorage.setItem(KEY, String(width.value));
  } catch { /* it holds for this page */ }
}

export function Edge() {
  const w = width.value;
  useEffect(() => {
    if (w) document.documentElement.style.setProperty('--list-w', `${w}px`);
  }, [w]);
  const now = (): number => w || document.querySelector('.list')!.getBoundingClientRect().width;
  const onKey = (e: KeyboardEvent) => {
    const rtl = getComputedStyle(document.documentElement).direction === 'rtl' ? -1 : 1;
    const by = { ArrowRight: STEP * rtl, ArrowLeft: -STEP * rtl }[e.key];
    if (!by) return;
    e.preventDefault();
    set(now() + by, true);
  };
  const onDown = (e: PointerEvent) => {
    const el = e.currentTarget as HTMLElement;
    const list = document.querySelector('.list')!.getBoundingClientRect();
    const rtl = getComputedStyle(el).direction === 'rtl';
    const at = (m: PointerEvent) => (rtl ? list.right - m.clientX : m.clientX - list.left);
    el.setPointerCapture(e.pointerId);
    el.onpointermove = (m) => set(at(m), false);
    el.onpointerup = (m) => {
      set(at(m), true);
      el.onpointermove = el.onpointerup = null;
    };
  };
  return <div class="edge" role="separator" aria-orientation="vertical" aria-label={t('list.width')} tabIndex={0} aria-valuemin={MIN} aria-valuemax={MAX} aria-valuenow={w || 304} onKeyDown={onKey} onPointerDown={onDown} />;
}
