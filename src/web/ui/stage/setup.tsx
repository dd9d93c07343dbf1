// SPDX-License-Identifier: MIT
// setup.tsx - the one-time link that makes the server's first owner.

import { useEffect, useState } from 'preact/hooks';
import type { SecretInfo } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { Avatar } from '../common/avatar.js';
import { ErrorLine, Field, Password, Submit } from '../common/field.js';
import { go, openChat, session } from '../store.js';
import { isName, proposeName, secretOf, useSubmit, wordsFor } from './form.js';
import { Stage } from './stage.js';
import { Trouble } from './trouble.js';

/** What stands behind the link in the address; the words of what went wrong, if that did. */
export function usePeek(): { info: SecretInfo | null; failed: string } {
  const [info, set] = useState<SecretInfo | null>(null), [failed, fail] = useState('');
  useEffect(() => {
    session.peek(secretOf()).then(set, (err) => fail(wordsFor(err, { forbidden: t('link.unknown') })));
  }, []);
  return { info, failed };
}

/** Display name, user name (proposed until it is touched), password. */
export function usePerson() {
  const [display, setDisplay] = useState(''), [own, setOwn] = useState<string | null>(null), [password, setPassword] = useState('');
  const name = own ?? proposeName(display);
  const ready = display.trim() !== '' && isName(name) && [...password].length >= 8;
  return { display, setDisplay, name, setName: setOwn, password, setPassword, ready };
}

export function PersonFields({ p, taken }: { p: ReturnType<typeof usePerson>; taken?: string }) {
  const bad = p.name && !isName(p.name) ? t('field.usernameRule') : taken;
  return (
    <>
      <div class="two">
        <Field label={t('field.name')} value={p.display} set={p.setDisplay} autocomplete="name" maxLength={64} dir="auto" required />
        <Field label={t('field.username')} value={p.name} set={(v) => p.setName(v.toLowerCase())} error={bad} autocomplete="username" autocapitalize="none" spellcheck={false} maxLength={32} required />
      </div>
      <Password label={t('field.password')} value={p.password} set={p.setPassword} autocomplete="new-password" meter />
    </>
  );
}

export function Setup() {
  const { info, failed } = usePeek();
  const p = usePerson();
  const [server, setServer] = useState(''), [channel, setChannel] = useState<string | null>(null);
  const { busy, trouble, submit } = useSubmit(async () => {
    const made = await session.acceptSetup({ secret: secretOf(), name: p.name, password: p.password, display: p.display.trim(), server: server.trim() || undefined,
      channel: (channel ?? t('setup.everyone')).trim() || undefined });
    if (made.chat) sessionStorage.setItem('linnet.welcome', String(made.chat)); // it shows the invite card
    if (made.chat) openChat(made.chat);
    else go({ page: 'list' }, 'replace');
  }, { forbidden: t('setup.used') });
  if (failed || (info && info.state !== 'open')) return <Trouble title={t('setup.usedTitle')} text={failed || t('setup.used')} button={t('signin.go')} run={() => go({ page: 'list' }, 'replace')} />;
  return (
    <Stage title={t('setup.title')} lead={t('setup.lead')}>
      <form class="stack" onSubmit={submit} noValidate>
        <Field label={t('setup.server')} value={server} set={setServer} hint={t('setup.serverHint')} maxLength={64} dir="auto" autofocus />
        <PersonFields p={p} />
        <Field label={t('setup.channel')} value={channel ?? t('setup.everyone')} set={setChannel} hint={t('setup.channelHint')} maxLength={100} dir="auto" />
        {trouble && <ErrorLine text={trouble.text} />}
        <Submit busy={busy} disabled={busy || !p.ready}>{t('setup.go')}</Submit>
      </form>
      <p class="hint">{t('setup.note')}</p>
    </Stage>
  );
}

export function Join() {
  const { info, failed } = usePeek();
  const p = usePerson();
  const { busy, trouble, submit } = useSubmit(async () => {
    const made = await session.acceptInvite({ secret: secretOf(), name: p.name, password: p.password, display: p.display.trim() });
    if (made.chat) openChat(made.chat);
    else go({ page: 'list' }, 'replace');
  }, { conflict: t('join.taken', { name: p.name }) }, { conflict: 'name' });
  const by = info?.by ? info.by.display || info.by.name : '';
  if (failed) return <Trouble title={t('link.title')} text={failed} button={t('signin.go')} run={() => go({ page: 'list' }, 'replace')} />;
  if (info && info.state !== 'open') return <Trouble title={t('join.over')} text={t(`join.${info.state}` as const, { name: by || t('join.admin') })} button={t('signin.go')} run={() => go({ page: 'list' }, 'replace')} />;
  if (!info) return <Stage title={t('join.wait')}><span /></Stage>;
  return (
    <Stage title={by ? t('join.by', { name: by, server: info.server }) : t('join.to', { server: info.server })} lead={info.by && <Avatar id={info.by.id} known={info.by} size={56} />}>
      <form class="stack" onSubmit={submit} noValidate>
        <PersonFields p={p} taken={trouble?.field === 'name' ? trouble.text : undefined} />
        {trouble && !trouble.field && <ErrorLine text={trouble.text} />}
        <Submit busy={busy} disabled={busy || !p.ready}>{t('join.go')}</Submit>
      </form>
      <button type="button" class="link stage-alt" onClick={() => go({ page: 'list' }, 'replace')}>{t('join.have')}</button>
    </Stage>
  );
}

export function SignInLink() {
  const { info, failed } = usePeek();
  const [password, setPassword] = useState(''), [renew, setRenew] = useState(false);
  const { busy, trouble, submit } = useSubmit(async () => {
    await session.acceptLink({ secret: secretOf(), password: renew ? password : undefined });
    go({ page: 'list' }, 'replace');
  }, { forbidden: t('link.used') });
  const who = info?.user ? info.user.display || info.user.name : '';
  if (failed || (info && info.state !== 'open')) return <Trouble title={t('link.title')} text={failed || t('link.used')} button={t('signin.go')} run={() => go({ page: 'list' }, 'replace')} />;
  return (
    <Stage title={who ? t('link.as', { name: who }) : t('link.wait')} lead={info && t('link.lead', { server: info.server })}>
      <form class="stack" onSubmit={submit} noValidate>
        {renew && <Password label={t('link.newPassword')} value={password} set={setPassword} autocomplete="new-password" meter />}
        {trouble && <ErrorLine text={trouble.text} />}
        <Submit busy={busy} disabled={busy || !info || (renew && [...password].length < 8)}>{t('signin.go')}</Submit>
      </form>
      {!renew && <button type="button" class="link stage-alt" onClick={() => setRenew(true)}>{t('link.renew')}</button>}
    </Stage>
  );
}
