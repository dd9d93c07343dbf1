// SPDX-License-Identifier: MIT
// menu.tsx - the one menu or popover there is at a time: at a button or a point, a bottom sheet on
// phones. Arrow keys and typing move, Esc closes, focus goes back where it was.

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { narrow } from '../store.js';
import { Icon, type IconName } from './icon.js';

export interface MenuItem {
  icon?: IconName;
  label: string;
  key?: string;
  danger?: boolean;
  checked?: boolean; // of a choice
  keep?: boolean; // pressing it leaves the menu open
  run: () => void;
}
interface Open {
  at: DOMRect | { x: number; y: number };
  label: string;
  content: () => ComponentChildren;
  back: Element | null;
  role: 'menu' | 'dialog';
}
const open = signal<Open | null>(null);
export const isMenuOpen = (): boolean => open.value !== null;

export function closeMenu(): void {
  const was = open.value;
  if (!was) return;
  open.value = null;
  (was.back as HTMLElement | null)?.focus?.({ preventScroll: true });
}

export function openPopover(at: Open['at'], label: string, content: () => ComponentChildren, role: Open['role'] = 'dialog'): void {
  open.value = { at, label, content, back: document.activeElement, role };
}

/** items are made anew at each draw, so that they follow the state. null draws a line. */
export function openMenu(at: Open['at'], label: string, items: () => (MenuItem | null)[], head?: () => ComponentChildren): void {
  openPopover(at, label, () => <>{head?.()}{items().map((i, n) => (i ? <Item key={i.label} item={i} /> : <hr key={n} class="menu-line" />))}</>, 'menu');
}

function Item({ item }: { item: MenuItem }) {
  const press = () => {
    if (!item.keep) closeMenu();
    item.run();
  };
  const role = item.checked === undefined ? 'menuitem' : 'menuitemradio';
  return (
    <button type="button" class={`menu-item${item.danger ? ' danger' : ''}`} role={role} aria-checked={item.checked} tabIndex={-1} onClick={press}>
      {item.icon && <Icon name={item.icon} size={18} />}<span>{item.label}</span>
      {item.key && <kbd class="key">{item.key}</kbd>}
    </button>
  );
}

function position(el: HTMLElement, at: Open['at']): void {
  const { offsetWidth: width, offsetHeight: height } = el;
  const box = 'width' in at ? at : new DOMRect(at.x, at.y, 0, 0);
  const below = box.bottom + 4 + height <= innerHeight - 8;
  const top = below ? box.bottom + 4 : Math.max(8, box.top - 4 - height);
  const left = Math.min(Math.max(8, 'width' in at && box.left + width > innerWidth - 8 ? box.right - width : box.left), innerWidth - width - 8);
  el.style.top = `${top}px`;
  el.style.left = `${left}px`;
}

export function MenuLayer() {
  const ref = useRef<HTMLDivElement>(null);
  const m = open.value;
  useLayoutEffect(() => {
    if (!m || !ref.current) return;
    const el = ref.current;
    position(el, m.at);
    const grown = new ResizeObserver(() => position(el, m.at)); // what is asked for comes later
    grown.observe(el);
    (ref.current.querySelector<HTMLElement>('[autofocus],input,button') ?? ref.current).focus({ preventScroll: true });
    return () => grown.disconnect();
  }, [m]);
  if (!m) return null;
  const onKey = (e: KeyboardEvent) => {
    if (!ref.current) return; // closed by this very key
    const all = [...ref.current.querySelectorAll<HTMLElement>('button:not(:disabled)')];
    const i = all.indexOf(document.activeElement as HTMLElement);
    const to = (n: number) => {
      e.preventDefault();
      all[(n + all.length) % all.length]?.focus();
    };
    if (e.key === 'Escape' || (e.key === 'Tab' && m.role === 'menu')) {
      e.preventDefault();
      closeMenu();
    } else if (e.target instanceof HTMLInputElement) return e.stopPropagation();
    else if (e.key === 'ArrowDown') to(i + 1);
    else if (e.key === 'ArrowUp') to(i - 1);
    else if (e.key === 'Home') to(0);
    else if (e.key === 'End') to(all.length - 1);
    else if (m.role === 'menu' && e.key.length === 1 && e.key !== ' ') {
      const found = all.findIndex((b, n) => n > i && b.textContent!.trim().toLowerCase().startsWith(e.key.toLowerCase()));
      if (found >= 0) to(found);
    }
    e.stopPropagation();
  };
  return (
    <>
      <div class="scrim dim" onClick={closeMenu} onContextMenu={(e) => { e.preventDefault(); closeMenu(); }} />
      <section aria-label={m.label}><div ref={ref} class={`menu${narrow.value ? ' sheet-up' : ''}`} role={m.role} aria-label={m.label} tabIndex={-1} onKeyDown={onKey}>{m.content()}</div></section>
    </>
  );
}
