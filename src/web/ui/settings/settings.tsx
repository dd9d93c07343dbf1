// SPDX-License-Identifier: MIT
// settings.tsx - the page of settings: sections at its side, each saved as it is changed.

import type { ComponentChildren } from 'preact';
import { t, type Key } from '../../strings/index.js';
import { Icon } from '../common/icon.js';
import { go, narrow, place } from '../store.js';
import { Admin } from './admin.js';
import { Appearance, Language, Notifications } from './device.js';
import { Devices } from './devices.js';
import { ExportData } from './export.js';
import { Invite, isAdmin } from './invite.js';
import { Profile } from './profile.js';

const sections: Record<string, { title: Key; content: () => ComponentChildren; admin?: boolean }> = {
  profile: { title: 'set.profile', content: () => <Profile /> },
  notifications: { title: 'set.notifications', content: () => <Notifications /> },
  devices: { title: 'set.devices', content: () => <Devices /> },
  appearance: { title: 'set.appearance', content: () => <Appearance /> },
  language: { title: 'set.language', content: () => <Language /> },
  data: { title: 'set.data', content: () => <ExportData /> },
  invites: { title: 'set.invites', content: () => <Invite />, admin: true },
  server: { title: 'set.server', content: () => <Admin />, admin: true },
};

export const Setting = ({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) => (
  <div class="setting"><div class="grow"><p class="label">{label}</p>{hint && <p class="hint">{hint}</p>}</div><div class="setting-value">{children}</div></div>
);

export const Choice = <T extends string>({ label, value, options, set }: { label: string; value: T; options: readonly [T, string][]; set: (v: T) => void }) => (
  <div class="chips" role="radiogroup" aria-label={label}>
    {options.map(([v, text]) => <button key={v} type="button" class="chip" role="radio" aria-checked={v === value} onClick={() => set(v)}>{text}</button>)}
  </div>
);

export function Settings() {
  const there = Object.entries(sections).filter(([, s]) => !s.admin || isAdmin());
  const chosen = place.value.section;
  const name = chosen && sections[chosen] ? chosen : narrow.value ? '' : 'profile';
  const back = () => (narrow.value && name ? go({ page: 'settings' }, 'replace') : go({ page: 'list' }));
  const nav = (
    <nav class="set-nav" aria-label={t('settings')}>
      {there.map(([id, s]) => <button key={id} type="button" class="menu-item" aria-current={id === name ? 'page' : undefined} onClick={() => go({ page: 'settings', section: id }, 'replace')}>{t(s.title)}</button>)}
    </nav>
  );
  return (
    <div class="settings">
      <header class="head"><button type="button" class="icon-btn" aria-label={t('back')} onClick={back}><Icon name="back" /></button>
        <h1 class="t-title grow">{name && narrow.value ? t(sections[name]!.title) : t('settings')}</h1></header>
      <div class="set-body">
        {(!narrow.value || !name) && nav}
        {name && <section class="set-section" aria-label={t(sections[name]!.title)}><h2 class={narrow.value ? 'sr' : 't-h1'}>{t(sections[name]!.title)}</h2>{sections[name]!.content()}</section>}
      </div>
    </div>
  );
}
