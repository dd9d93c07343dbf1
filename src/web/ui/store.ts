// SPDX-License-Identifier: MIT
// store.ts - the one session of this page, and what belongs to this device alone: its settings, where
// one is, what the window can do.

import { computed, effect, signal } from '@preact/signals';
import type { Session } from '../lib/session.js';
import type { Quiet } from '../lib/state/order.js';
import type { ChatId, Seq } from '../lib/types.js';

export let session: Session;
export const setSession = (s: Session): void => {
  session = s;
};

/* ---- settings of this device ---- */
export interface Prefs {
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  size: number; // root font size, 14 … 20
  motion: 'system' | 'less';
  enterSends: boolean;
  letters: boolean; // single-letter keys on a focused message
  sound: boolean;
  quiet: Quiet | null; // hours without sound
  notify: boolean; // the Notification API while this page is open
  lang: string; // '' = the browser's
}
const PREFS: Prefs = { theme: 'system', density: 'comfortable', size: 16, motion: 'system', enterSends: true, letters: true, sound: true, quiet: null, notify: false, lang: '' };
const read = (): Prefs => {
  try {
    return { ...PREFS, ...JSON.parse(localStorage.getItem('linnet.prefs') ?? '{}') as Partial<Prefs>, theme: (localStorage.getItem('linnet.theme') ?? 'system') as Prefs['theme'] };
  } catch {
    return PREFS;
  }
};
export const prefs = signal<Prefs>(read());
export function setPrefs(change: Partial<Prefs>): void {
  prefs.value = { ...prefs.value, ...change };
  try {
    localStorage.setItem('linnet.prefs', JSON.stringify(prefs.value));
    localStorage.setItem('linnet.theme', prefs.value.theme); // read before the first paint (theme.ts)
  } catch { /* it holds for this page */ }
}
addEventListener('storage', (e) => {
  if (e.key === 'linnet.prefs' || e.key === 'linnet.theme') prefs.value = read();
});

const darkMedia = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(darkMedia.matches);
darkMedia.addEventListener('change', (e) => (systemDark.value = e.matches));
export const theme = computed(() => (prefs.value.theme === 'system' ? (systemDark.value ? 'dark' : 'light') : prefs.value.theme));

/* ---- the window ---- */
const media = (query: string) => {
  const m = matchMedia(query);
  const s = signal(m.matches);
  m.addEventListener('change', (e) => (s.value = e.matches));
  return s;
};
export const narrow = media('(max-width: 719px)'); // one pane at a time
export const wide = media('(min-width: 1100px)'); // the panel stands beside the sheet
export const touch = media('(pointer: coarse)');
export const inFront = signal(document.visibilityState === 'visible' && document.hasFocus());
const look = () => (inFront.value = document.visibilityState === 'visible' && document.hasFocus());
for (const name of ['focus', 'blur']) addEventListener(name, look);
document.addEventListener('visibilitychange', look);

/** The time, for labels that grow old; once a quarter of a minute. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 15_000);

/* ---- where one is ---- */
export type Panel = '' | 'members' | 'settings' | 'pins';
export interface Place {
  page: 'chat' | 'list' | 'settings' | 'setup' | 'join' | 'link';
  chat?: ChatId;
  seq?: Seq; // a message to show
  panel?: Panel;
  section?: string; // of settings
}
const parse = (): Place => {
  const { pathname } = location;
  const at = /^\/c\/(\d+)(?:\/(\d+))?$/.exec(pathname);
  const extra = (history.state ?? {}) as { panel?: Panel; section?: string };
  if (at) return { page: 'chat', chat: +at[1]!, seq: at[2] ? +at[2] : undefined, panel: extra.panel };
  if (pathname === '/settings') return { page: 'settings', section: extra.section };
  if (pathname === '/setup') return { page: 'setup' };
  if (pathname === '/join') return { page: 'join' };
  if (pathname === '/link') return { page: 'link' };
  return { page: 'list' };
};
export const place = signal<Place>(parse());
addEventListener('popstate', () => (place.value = parse()));
export function go(to: Place, how: 'push' | 'replace' = 'push'): void {
  const path = to.page === 'chat' ? `/c/${to.chat}${to.seq ? `/${to.seq}` : ''}` : to.page === 'list' ? '/' : `/${to.page}`;
  const same = path === location.pathname && to.panel === place.value.panel && to.section === place.value.section;
  if (!same) history[how === 'push' ? 'pushState' : 'replaceState']({ panel: to.panel, section: to.section }, '', path);
  place.value = to;
}
export const openChat = (chat: ChatId, seq?: Seq): void => go({ page: 'chat', chat, seq, panel: wide.value ? place.value.panel : undefined });
export const setPanel = (panel: Panel): void => {
  if (place.value.page !== 'chat') return;
  go({ ...place.value, panel: place.value.panel === panel ? '' : panel }, place.value.panel || wide.value ? 'replace' : 'push');
};

/* ---- the document follows ---- */
/** How wide a scroll bar is here: the log keeps its place on both sides, and the composer below it too. */
function measureBar(root: HTMLElement): void {
  const box = document.createElement('div');
  box.className = 'measure';
  root.append(box);
  root.style.setProperty('--bar', `${box.offsetWidth - box.clientWidth}px`);
  box.remove();
}

export function followSettings(): void {
  const root = document.documentElement;
  measureBar(root);
  effect(() => {
    root.dataset.theme = theme.value;
    root.dataset.density = prefs.value.density;
    root.dataset.motion = prefs.value.motion;
    root.style.setProperty('--root-size', `${prefs.value.size}px`);
    const ground = getComputedStyle(root).getPropertyValue('--linen').trim();
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', ground);
  });
}
