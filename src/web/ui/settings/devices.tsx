// SPDX-License-Identifier: MIT
// devices.tsx - where one is signed in, and how to sign in on another.

import { useEffect, useState } from 'preact/hooks';
import type { Device, Ms } from '../../lib/types.js';
import { clock, relative } from '../../lib/text/time.js';
import { locale, t } from '../../strings/index.js';
import { confirm, Dialog, showDialog } from '../common/dialog.js';
import { ErrorLine } from '../common/field.js';
import { Icon } from '../common/icon.js';
import { now, session } from '../store.js';
import { wordsFor } from '../stage/form.js';
import { LinkBox } from './invite.js';

function OtherDevice() {
  const [made, set] = useState<{ path: string; expires: Ms } | null>(null), [error, fail] = useState('');
  useEffect(() => {
    session.link().then(set, (err) => fail(wordsFor(err)));
  }, []);
  return (
    <Dialog title={t('devices.add')} width={440}>
      {error && <ErrorLine text={error} />}
      {made && <LinkBox url={location.origin + made.path} label={t('devices.link')} />}
      {made && <p class="hint">{t('devices.linkNote', { time: clock(made.expires, locale.value) })}</p>}
    </Dialog>
  );
}

export function Devices() {
  const [list, set] = useState<Device[] | null>(null), [error, fail] = useState('');
  const load = () => void session.devices().then(set, (err) => fail(wordsFor(err)));
  useEffect(load, []);
  const end = (d: Device) => void session.revokeDevice(d.device_no).then(load, (err) => fail(wordsFor(err)));
  const others = list?.filter((d) => !d.current) ?? [];
  return (
    <>
      <button type="button" class="btn" onClick={() => showDialog(() => <OtherDevice />)}><Icon name="phone" size={18} />{t('devices.add')}</button>
      {error && <ErrorLine text={error} />}
      <ul class="devices">
        {list?.map((d) => (
          <li key={d.device_no} class="device">
            <Icon name="phone" /><div class="grow"><p class="cut" dir="auto">{d.device || t('devices.unnamed')}</p>
              <p class="t-meta ink3">{d.current ? t('devices.this') : t('devices.seen', { time: relative(d.last_seen ?? 0, now.value, locale.value) })}{d.address ? ` · ${d.address}` : ''}</p></div>
            <button type="button" class="btn quiet" onClick={() => (d.current ? confirm(t('signout'), t('signout.ask'), t('signout'), () => void session.signOut()) : end(d))}>{t('signout')}</button>
          </li>
        ))}
      </ul>
      {others.length > 1 && <button type="button" class="btn danger" onClick={() => confirm(t('devices.all'), t('devices.allAsk', { n: others.length }), t('devices.all'), () => void Promise.all(others.map((d) => session.revokeDevice(d.device_no))).finally(load))}>{t('devices.all')}</button>}
    </>
  );
}
