// SPDX-License-Identifier: MIT
// admin.tsx - the server's name and its people, for those who look after it.

import { useEffect, useState } from 'preact/hooks';
import type { ServerRole, User } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar } from '../common/avatar.js';
import { confirm, Dialog, showDialog } from '../common/dialog.js';
import { ErrorLine, Field } from '../common/field.js';
import { Icon } from '../common/icon.js';
import { openMenu, type MenuItem } from '../common/menu.js';
import { session } from '../store.js';
import { wordsFor } from '../stage/form.js';
import { LinkBox } from './invite.js';
import { post } from '../../lib/net/http.js';

const call = <T,>(op: string, args: object): Promise<T> => post<T>(fetch.bind(globalThis) as never, location.origin, op, args);
const roles: ServerRole[] = ['guest', 'member', 'admin'];

export function Admin() {
  const [name, setName] = useState(session.server.value), [people, set] = useState<readonly User[]>([]), [error, fail] = useState('');
  const load = () => void call<{ users: Record<string, Omit<User, 'id'>> }>('user.list', { limit: 500 }).then((r) => set(Object.entries(r.users).map(([id, u]) => ({ ...u, id: +id }))), (err) => fail(wordsFor(err)));
  useEffect(load, []);
  const change = (user: number, args: object) => void call('user.update', { user, ...args }).then(load, (err) => fail(wordsFor(err)));
  const link = (u: User) => void call<{ path: string }>('user.link', { user: u.id }).then((r) => showDialog(() => (
    <Dialog title={t('admin.link', { name: u.display || u.name })} width={440}><LinkBox url={location.origin + r.path} label={t('devices.link')} /></Dialog>
  )), (err) => fail(wordsFor(err)));
  const menu = (u: User, at: DOMRect) => openMenu(at, u.name, () => [
    { icon: 'link', label: t('admin.signin'), run: () => link(u) },
    null,
    ...roles.map((role): MenuItem => ({ label: t(`srole.${role}` as const), checked: u.role === role, run: () => change(u.id, { role }) })),
    null,
    u.disabled ? { icon: 'check', label: t('admin.enable'), run: () => change(u.id, { disabled: false }) }
      : { icon: 'bin', label: t('admin.disable'), danger: true, run: () => confirm(t('admin.disable'), t('admin.disableAsk', { name: u.display || u.name }), t('admin.disable'), () => change(u.id, { disabled: true })) },
  ]);
  return (
    <>
      <div class="narrow-form"><Field label={t('setup.server')} value={name} set={setName} maxLength={64} dir="auto" onBlur={() => name.trim() && name !== session.server.value && void session.renameServer(name.trim()).catch((err) => fail(wordsFor(err)))} /></div>
      {error && <ErrorLine text={error} />}
      <h3 class="set-sub">{t('admin.people', { n: people.length })}</h3>
      <ul class="devices">
        {people.map((u) => (
          <li key={u.id} class="device"><Avatar id={u.id} size={32} />
            <div class="grow"><p class="cut" dir="auto">{u.display || u.name}</p><p class="t-meta ink3">@{u.name}{u.disabled ? ` · ${t('admin.off')}` : ''}</p></div>
            <span class="tag">{t(`srole.${u.role ?? 'member'}` as const)}</span>
            {u.role !== 'owner' && u.id !== session.self.value?.id && <button type="button" class="icon-btn" aria-label={t('more')} onClick={(e) => menu(u, e.currentTarget.getBoundingClientRect())}><Icon name="more" /></button>}
          </li>
        ))}
      </ul>
    </>
  );
}
