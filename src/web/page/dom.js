// SPDX-License-Identifier: MIT
// dom.js - small helpers: elements, icons, avatars, text with links, menus, the dialog. No protocol.

import { hueOf, initialsOf } from './state.js';

const SVG = 'http://www.w3.org/2000/svg';
export const $ = (id) => document.getElementById(id);

/** el('p.lead', {title: 'x', onclick: f}, 'text', child…): text is always text, never markup. */
export function el(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const e = document.createElement(tag);
  if (classes.length) e.className = classes.join(' ');
  for (const [k, v] of Object.entries(props)) {
    if (k in e && !k.includes('-')) e[k] = v;
    else if (v !== false && v != null) e.setAttribute(k, v);
  }
  e.append(...children.flat().filter((c) => c != null && c !== false));
  return e;
}

export function svg(tag, attrs, ...children) {
  const e = document.createElementNS(SVG, tag);
  for (const [k, v] of Object.entries(attrs)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

const ICONS = {
  pen: 'M4 16l.7-3.3L13.3 4.1a1.7 1.7 0 0 1 2.5 2.5L7.3 15.3 4 16zM11.8 5.7l2.5 2.5',
  gear: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4M8 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  more: 'M5 9.9v.2M10 9.9v.2M15 9.9v.2',
  back: 'M12.5 4 6.5 10l6 6',
  x: 'M5 5l10 10M15 5 5 15',
  send: 'M10 16V4.5M5 9.5l5-5 5 5',
  reply: 'M8 5 3.5 9.5 8 14M4 9.5h7.5c3 0 5 2 5 5.5',
  check: 'M4 10.5l4 4 8-9',
  hash: 'M8 3.5 6.5 16.5M13.5 3.5 12 16.5M3.5 7.5h13.5M3 12.5h13.5',
  lock: 'M6.5 9h7A2.5 2.5 0 0 1 16 11.5v3a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 4 14.5v-3A2.5 2.5 0 0 1 6.5 9M7 9V6.5a3 3 0 0 1 6 0V9',
};

export const icon = (name) =>
  svg('svg', { class: `ic ic-${name}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] }));

const TICKS = {
  sending: [['circle', { cx: 11, cy: 6, r: 4.2, 'stroke-dasharray': '2.2 2.2' }], 'Sending'],
  sent: [['path', { d: 'M4.5 6.5 8 10l6.5-8' }], 'Sent'],
  delivered: [['path', { d: 'M1 6.5 4.5 10 11 2M8.7 9.2l.8.8L16 2' }], 'Delivered'],
  read: [['path', { d: 'M1.2 6.5 4.5 9.8 11 2M8.8 9l.8.8L16 2' }], 'Read'],
  failed: [['path', { d: 'M11 1a5 5 0 1 0 0 10 5 5 0 0 0 0-10M11 3.4v3M11 8.5v.1' }], 'Not sent'],
};

export function tick(state) {
  const [[tag, attrs], words] = TICKS[state];
  return el(`span.tick.${state}`, { title: words },
    svg('svg', { viewBox: '0 0 17 12', 'aria-hidden': 'true' }, svg(tag, attrs)), el('span.sr', {}, words));
}

const BIRD = [
  ['mk-k', 'M24.3 9.2 31 12.6l-5.7 2.7z'],
  ['mk-b', 'M15.5 4C21.9 4 26.5 8.8 26.5 15c0 6.6-5 11.5-11.5 11.5-2.6 0-4.6-.5-6.5-.2L1.8 29.4c-.7.2-1.2-.6-.8-1.2l3.3-5.6C3.9 20 4 17.8 4 15.5 4 9 9.1 4 15.5 4z'],
  ['mk-w', 'M4 15.4c2.6-1.9 6.8-2.7 10-2.3 2.5.3 3.5 1.9 3.1 4.4-.8 5.2-4.4 8.7-9 8.9L1.8 29.4c-.7.2-1.2-.6-.8-1.2l3.3-5.6c-.3-2.4-.3-4.9-.3-7.2z'],
];

const birdParts = () => [
  ...BIRD.map(([cls, d]) => svg('path', { class: cls, d })),
  svg('circle', { class: 'mk-e', cx: 20.3, cy: 11.3, r: 1.5 }),
];
export const bird = () => svg('svg', { class: 'bird', viewBox: '0 0 32 32', 'aria-hidden': 'true' }, ...birdParts());

/** The bird alone on a wire, for places where there is nothing to show. */
export const perched = () =>
  svg('svg', { class: 'perched', viewBox: '0 0 180 56', 'aria-hidden': 'true' },
    svg('path', { class: 'wire', d: 'M0 40Q90 62 180 36' }), svg('g', { transform: 'translate(78 15) scale(1.1)' }, ...birdParts()));

/** Five wires and nine birds behind the sign-in card; one of them is the person arriving. */
export function scene() {
  const yAt = (k, x) => { const t = x / 720; return 118 + 58 * k + (66 + 5 * k) * 2.2 * t * (1 - t) - 34 * t; };
  const wires = [0, 1, 2, 3, 4].map((k) => {
    const points = Array.from({ length: 37 }, (_, i) => `${i * 20} ${yAt(k, i * 20).toFixed(1)}`);
    return svg('path', { class: 'wire', d: `M${points.join('L')}` });
  });
  const seats = [[0, 470, 1.4], [1, 300, -1.45], [1, 566, 1.5], [2, 232, 1.5], [2, 390, 1.9, 1], [3, 142, 1.35],
    [3, 540, -1.4], [4, 262, 1.4], [4, 452, 1.35]];
  const birds = seats.map(([k, x, scale, me]) => {
    const size = Math.abs(scale);
    const at = `translate(${x} ${(yAt(k, x) - 26.4 * size).toFixed(1)}) scale(${scale} ${size}) translate(-15 0)`;
    return svg('g', { class: me ? 'me-bird' : 'flock', transform: at }, ...birdParts());
  });
  return svg('svg', { viewBox: '0 0 720 560', preserveAspectRatio: 'xMidYMid slice' }, ...wires, ...birds);
}

export function avatar(id, name, { square, presence } = {}) {
  const face = square ? icon(square) : initialsOf(name);
  return el(`span.av.h${hueOf(id)}${square ? '.square' : ''}`, { 'aria-hidden': 'true' }, face,
    (presence === 'on' || presence === 'away') && el(`i.dot.${presence}`));
}

/** Text with links and @names; knows(name) → 'me' | 'other' | undefined. */
export function richText(text, knows) {
  const out = [];
  let at = 0;
  for (const m of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?')\]]|(?<!\w)@[a-z0-9][a-z0-9._-]*[a-z0-9]|(?<!\w)@[a-z0-9]/gu)) {
    const isLink = !m[0].startsWith('@');
    const who = isLink ? null : knows(m[0].slice(1));
    if (!isLink && !who) continue;
    out.push(text.slice(at, m.index), isLink
      ? el('a', { href: m[0], target: '_blank', rel: 'noreferrer noopener' }, m[0]) : el(`b.mention.${who}`, {}, m[0]));
    at = m.index + m[0].length;
  }
  return [...out, text.slice(at)];
}

let menuFrom = null;

export function closeMenu() {
  if ($('menu').hidden) return;
  $('menu').hidden = true;
  menuFrom?.focus?.();
}

/** entries: {label, icon?, danger?, run} or {emoji: […], run(e)}; opens at an element or {x, y}. */
export function openMenu(at, entries) {
  const menu = $('menu');
  menuFrom = document.activeElement;
  const item = (label, run, spec = 'button') =>
    el(spec, { type: 'button', role: 'menuitem', onclick: () => { closeMenu(); run(); } }, label);
  menu.replaceChildren(...entries.filter(Boolean).map((e) => e.emoji
    ? el('div.quick', {}, e.emoji.map((x) => item(x, () => e.run(x))))
    : item(e.label, e.run, e.danger ? 'button.danger' : 'button')));
  menu.hidden = false;
  const box = at.getBoundingClientRect?.() ?? { left: at.x, right: at.x, top: at.y, bottom: at.y };
  const { offsetWidth: w, offsetHeight: h } = menu;
  const below = box.bottom + h + 12 < innerHeight;
  menu.style.setProperty('left', `${Math.max(8, Math.min(box.left, innerWidth - w - 8))}px`);
  menu.style.setProperty('top', `${Math.max(8, below ? box.bottom + 4 : box.top - h - 4)}px`);
  menu.querySelector('button')?.focus();
}

document.addEventListener('pointerdown', (e) => $('menu').contains(e.target) || closeMenu());
$('menu').addEventListener('keydown', (e) => {
  const all = [...$('menu').querySelectorAll('button')];
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
  if (step) all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
  if (e.key === 'Escape' || e.key === 'Tab') closeMenu();
  if (step || e.key === 'Escape') e.preventDefault();
  e.stopPropagation();
});

export function openDialog(title, ...children) {
  $('dialog-title').textContent = title;
  $('dialog-body').replaceChildren(...children.flat().filter(Boolean));
  if (!$('dialog').open) $('dialog').showModal();
  $('dialog-body').querySelector('input, button')?.focus();
}
$('dialog-x').onclick = () => $('dialog').close();

let toastTimer = 0;
export function toast(text) {
  $('toast').textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($('toast').textContent = ''), 5000);
}

export const field = (label, props, hint) =>
  el('label.field', {}, el('span', {}, label), el('input', props), hint && el('small', {}, hint));
