// SPDX-License-Identifier: MIT
// signin.tsx - by name and password, or by a link from a device where one is signed in.

import { useEffect, useState } from 'preact/hooks';
import type { About } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { ErrorLine, Field, Password, Submit } from '../common/field.js';
import { go, place, session } from '../store.js';
import { useSubmit } from './form.js';
import { Stage } from './stage.js';

function useAbout(): About | null {
  const [about, set] = useState<About | null>(null);
  useEffect(() => {
    session.about().then(set, () => {});
  }, []);
  return about;
}

/** Seconds until `until`, ticking; 0 when it has passed. */
export function useCountdown(until: number | undefined): number {
  const [, tick] = useState(0);
  const left = until ? Math.max(0, Math.ceil((until - Date.now()) / 1000)) : 0;
  useEffect(() => {
    if (!left) return;
    const timer = setTimeout(() => tick((n) => n + 1), 1000);
    return () => clearTimeout(timer);
  });
  return left;
}

export function SignIn() {
  const about = useAbout();
  const [name, setName] = useState(''), [password, setPassword] = useState(''), [link, setLink] = useState<string | null>(null);
  const { busy, trouble, submit } = useSubmit(async () => {
    if (link !== null) {
      const secret = link.includes('#') ? link.split('#')[1]! : link.trim();
      history.replaceState({}, '', `/link#${secret}`);
      go({ page: 'link' }, 'replace');
      history.replaceState({}, '', `/link#${secret}`);
      return;
    }
    await session.login({ name: name.trim().toLowerCase(), password });
    if (place.value.page !== 'chat') go({ page: 'list' }, 'replace');
  }, { unauthorized: t('signin.wrong') });
  const wait = useCountdown(trouble?.until);
  const ended = session.connection.value.reason === 'revoked';
  return (
    <Stage title={t('signin.title', { server: about?.server ?? 'linnet' })} lead={about?.setup ? t('signin.unset') : undefined}>
      {ended && <p class="note">{t('signin.ended')}</p>}
      <form class="stack" onSubmit={submit} noValidate>
        {link === null ? (
          <>
            <Field label={t('field.username')} value={name} set={setName} autocomplete="username" autocapitalize="none" spellcheck={false} autofocus required />
            <Password label={t('field.password')} value={password} set={setPassword} autocomplete="current-password" />
          </>
        ) : <Field label={t('signin.link')} value={link} set={setLink} hint={t('signin.linkHint')} autofocus inputMode="url" spellcheck={false} />}
        {trouble && <ErrorLine text={wait ? t('error.rate_limited') : trouble.text} />}
        <Submit busy={busy} disabled={busy || wait > 0 || (link === null ? !name || !password : !link)}>
          {wait ? t('signin.wait', { n: wait }) : link === null ? t('signin.go') : t('continue')}
        </Submit>
      </form>
      <button type="button" class="link stage-alt" onClick={() => setLink(link === null ? '' : null)}>{link === null ? t('signin.device') : t('signin.byName')}</button>
      <p class="hint">{about?.help || t('signin.forgot')}</p>
    </Stage>
  );
}
