// SPDX-License-Identifier: MIT
// notices.ts - title, favicon, app badge; a notification and a sound while this page is open and not
// looked at.

import { effect } from '@preact/signals';
import { preview } from '../lib/text/markdown.js';
import { t } from '../strings/index.js';
import { nameOf } from './common/avatar.js';
import { titleOf } from './chat/title.js';
import { inFront, openChat, place, prefs, session } from './store.js';

declare const ASSETS: Record<string, string>;

function follow(): void {
  effect(() => {
    const { count } = session.badge.value;
    const chat = place.value.chat ? session.chat(place.value.chat) : undefined;
    const title = chat ? `${titleOf(chat.meta.value)} · linnet` : session.server.value ? `${session.server.value} · linnet` : 'linnet';
    document.title = count ? `(${count}) ${title}` : title;
    const name = count === 0 ? 'favicon.svg' : count < 10 ? `favicon-${count}.svg` : 'favicon-more.svg';
    document.querySelector('#favicon')?.setAttribute('href', `/${ASSETS[name]}`);
    if (count) void navigator.setAppBadge?.(count).catch(() => {});
    else void navigator.clearAppBadge?.().catch(() => {});
  });
}

let audio: AudioContext | undefined;
function chime(): void {
  if (!prefs.value.sound || navigator.userActivation?.hasBeenActive === false) return;
  audio ??= new AudioContext();
  const gain = audio.createGain(), from = audio.currentTime;
  gain.connect(audio.destination);
  gain.gain.setValueAtTime(0.0001, from);
  gain.gain.exponentialRampToValueAtTime(0.08, from + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.35);
  for (const [hz, after] of [[1320, 0], [1760, 0.09]] as const) {
    const tone = audio.createOscillator();
    tone.frequency.value = hz;
    tone.connect(gain);
    tone.start(from + after);
    tone.stop(from + 0.35);
  }
}

async function show(title: string, body: string, tag: string, path: string): Promise<void> {
  const options = { body, tag, data: { path }, icon: `/${ASSETS['icon-192.png']}` };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) await worker.showNotification(title, options);
  else new Notification(title, options).onclick = () => window.focus();
}

export function testNotice(): void {
  void show('linnet', t('notices.testText'), 'test', '/');
  chime();
}

export function startNotices(): void {
  follow();
  effect(() => session.setQuiet(prefs.value.quiet));
  session.onNotice(({ chat, item, silent }) => {
    if (inFront.value && place.value.chat === chat) return;
    if (!silent) chime();
    const meta = session.chat(chat)?.meta.value;
    if (!meta || !prefs.value.notify || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
    const who = nameOf(item.from);
    void show(meta.kind === 'direct' ? who : `${who} · ${titleOf(meta)}`, preview(item.body?.text ?? '', 200), `chat-${chat}`, `/c/${chat}`);
  });
  navigator.serviceWorker?.addEventListener('message', (e) => {
    const at = /^\/c\/(\d+)$/.exec((e.data as { open?: string })?.open ?? '');
    if (at) openChat(+at[1]!);
  });
}
