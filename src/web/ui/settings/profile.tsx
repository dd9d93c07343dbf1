// SPDX-License-Identifier: MIT
// profile.tsx - how one is shown to others, and one's password.

import { useState } from 'preact/hooks';
import { hue } from '../../lib/text/avatar.js';
import { t } from '../../strings/index.js';
import { Avatar } from '../common/avatar.js';
import { ErrorLine, Field, Password, Submit, Switch } from '../common/field.js';
import { Icon } from '../common/icon.js';
import { session } from '../store.js';
import { useSubmit, wordsFor } from '../stage/form.js';
import { Setting } from './settings.js';

const HUES = Array.from({ length: 12 }, (_, i) => i);

function PasswordForm() {
  const [old, setOld] = useState(''), [password, setPassword] = useState(''), [done, setDone] = useState(false);
  const { busy, trouble, submit } = useSubmit(async () => {
    await session.password({ old: old || undefined, password });
    setOld('');
    setPassword('');
    setDone(true);
  }, { unauthorized: t('password.wrong'), forbidden: t('password.wrong') });
  return (
    <form class="stack narrow-form" onSubmit={submit}>
      <Password label={t('password.old')} value={old} set={setOld} autocomplete="current-password" />
      <Password label={t('password.new')} value={password} set={setPassword} autocomplete="new-password" meter />
      {trouble && <ErrorLine text={trouble.text} />}
      <Submit busy={busy} disabled={busy || [...password].length < 8}>{t('password.change')}</Submit>
      {done && <p class="hint good" role="status"><Icon name="check" size={16} />{t('password.done')}</p>}
    </form>
  );
}

export function Profile() {
  const self = session.self.value!;
  const [display, setDisplay] = useState(self.display ?? ''), [saved, setSaved] = useState(''), [error, fail] = useState('');
  const [receipts, setReceipts] = useState(self.receipts !== false), [seen, setSeen] = useState(self.seen !== false);
  const save = (what: string, change: Parameters<typeof session.profile>[0]) => session.profile(change).then(() => { setSaved(what); fail(''); }, (err) => fail(wordsFor(err)));
  const ok = (what: string) => saved === what && <Icon name="check" size={18} />;
  return (
    <>
      <div class="profile-head"><Avatar id={self.id} size={56} /><div><p class="t-title" dir="auto">{self.display || self.name}</p><p class="ink3">@{self.name}</p></div></div>
      <div class="narrow-form"><Field label={t('field.name')} value={display} set={setDisplay} maxLength={64} dir="auto" onBlur={() => display !== (self.display ?? '') && void save('name', { display: display.trim() })} />{ok('name')}</div>
      <Setting label={t('profile.colour')}>
        <div class="hues" role="radiogroup" aria-label={t('profile.colour')}>
          {HUES.map((n) => <button key={n} type="button" class={`av d28 h${n}`} role="radio" aria-checked={hue(self.id, self.color) === n} aria-label={t('profile.colourN', { n: n + 1 })} onClick={() => void save('colour', { color: n })}>{hue(self.id, self.color) === n ? '✓' : ''}</button>)}
        </div>{ok('colour')}
      </Setting>
      <Setting label={t('profile.receipts')} hint={t('profile.receiptsHint')}><Switch on={receipts} label={t('profile.receipts')} set={(on) => { setReceipts(on); void save('receipts', { receipts: on }); }} />{ok('receipts')}</Setting>
      <Setting label={t('profile.seen')} hint={t('profile.seenHint')}><Switch on={seen} label={t('profile.seen')} set={(on) => { setSeen(on); void save('seen', { seen: on }); }} />{ok('seen')}</Setting>
      {error && <ErrorLine text={error} />}
      <h3 class="set-sub">{t('field.password')}</h3>
      <PasswordForm />
    </>
  );
}
