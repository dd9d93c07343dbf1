// SPDX-License-Identifier: MIT
// device.tsx - what holds for this device: notifications, looks, language.

import { useState } from 'preact/hooks';
import { languages, t } from '../../strings/index.js';
import { Switch } from '../common/field.js';
import { prefs, setPrefs, type Prefs } from '../store.js';
import { Choice, Setting } from './settings.js';
import { testNotice } from '../notices.js';

const EVENING = 22 * 60, MORNING = 7 * 60;
const clockOf = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const minutesOf = (value: string) => +value.slice(0, 2) * 60 + +value.slice(3, 5);

function QuietHours() {
  const { quiet } = prefs.value;
  const time = (edge: 'from' | 'to', label: string) => (
    <input type="time" class="input time" required aria-label={label} value={clockOf(quiet![edge])}
      onChange={(e) => e.currentTarget.value && setPrefs({ quiet: { ...quiet!, [edge]: minutesOf(e.currentTarget.value) } })} />
  );
  return (
    <>
      <Setting label={t('notices.quiet')} hint={t('notices.quietHint')}>
        <Switch on={quiet !== null} label={t('notices.quiet')} set={(on) => setPrefs({ quiet: on ? { from: EVENING, to: MORNING } : null })} />
      </Setting>
      {quiet && <div class="times">{time('from', t('notices.quietFrom'))}<span aria-hidden="true">–</span>{time('to', t('notices.quietTo'))}</div>}
    </>
  );
}

export function Notifications() {
  const there = 'Notification' in globalThis;
  const [state, set] = useState(there ? Notification.permission : 'denied');
  const on = prefs.value.notify && state === 'granted';
  const turn = async (want: boolean) => {
    if (want && there && Notification.permission !== 'granted') set(await Notification.requestPermission());
    setPrefs({ notify: want && there && Notification.permission === 'granted' });
  };
  return (
    <>
      <Setting label={t('notices.on')} hint={state === 'denied' ? t('notices.blocked') : on ? t('notices.isOn') : t('notices.hint')}>
        {state !== 'denied' && <Switch on={on} label={t('notices.on')} set={(v) => void turn(v)} />}
      </Setting>
      {on && <button type="button" class="btn" onClick={testNotice}>{t('notices.test')}</button>}
      <Setting label={t('notices.sound')}><Switch on={prefs.value.sound} label={t('notices.sound')} set={(sound) => setPrefs({ sound })} /></Setting>
      {prefs.value.sound && <QuietHours />}
    </>
  );
}

export const Appearance = () => (
  <>
    <Setting label={t('look.theme')}><Choice<Prefs['theme']> label={t('look.theme')} value={prefs.value.theme} set={(theme) => setPrefs({ theme })} options={[['light', t('look.light')], ['dark', t('look.dark')], ['system', t('look.system')]]} /></Setting>
    <Setting label={t('look.density')}><Choice<Prefs['density']> label={t('look.density')} value={prefs.value.density} set={(density) => setPrefs({ density })} options={[['comfortable', t('look.comfortable')], ['compact', t('look.compact')]]} /></Setting>
    <Setting label={t('look.size')}><label class="range"><span class="num">{prefs.value.size}</span><input type="range" min={14} max={20} value={prefs.value.size} aria-label={t('look.size')} onInput={(e) => setPrefs({ size: +e.currentTarget.value })} /></label></Setting>
    <Setting label={t('look.motion')}><Switch on={prefs.value.motion === 'less'} label={t('look.motion')} set={(on) => setPrefs({ motion: on ? 'less' : 'system' })} /></Setting>
    <Setting label={t('look.enter')} hint={t('look.enterHint')}><Switch on={prefs.value.enterSends} label={t('look.enter')} set={(enterSends) => setPrefs({ enterSends })} /></Setting>
    <Setting label={t('look.letters')} hint={t('look.lettersHint')}><Switch on={prefs.value.letters} label={t('look.letters')} set={(letters) => setPrefs({ letters })} /></Setting>
  </>
);

export const Language = () => (
  <Choice label={t('set.language')} value={prefs.value.lang} set={(lang) => setPrefs({ lang })} options={[['', t('look.system')], ...Object.entries(languages)]} />
);
