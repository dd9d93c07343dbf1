// SPDX-License-Identifier: MIT
// invite.tsx - a link that lets people in: to copy, to share, to photograph.

import { useEffect, useState } from 'preact/hooks';
import { renderSVG } from './qr.js';
import type { Chat } from '../../lib/session.js';
import type { Ms } from '../../lib/types.js';
import { fullTime } from '../../lib/text/time.js';
import { locale, t } from '../../strings/index.js';
import { confirm } from '../common/dialog.js';
import { ErrorLine } from '../common/field.js';
import { Icon } from '../common/icon.js';
import { session } from '../store.js';
import { wordsFor } from '../stage/form.js';

const USES = 25, TTL: Ms = 7 * 86_400_000;
export const isAdmin = (): boolean => ['admin', 'owner'].includes(session.self.value?.role ?? '');

/** A link with its ways out: copy, share, QR. */
export function LinkBox({ url, label }: { url: string; label: string }) {
  const [done, set] = useState(false);
  const copy = () => navigator.clipboard.writeText(url).then(() => {
    set(true);
    setTimeout(() => set(false), 2000);
  }, () => {});
  return (
    <div class="linkbox">
      <div class="linkbox-line"><input class="input" readOnly value={url} aria-label={label} onFocus={(e) => e.currentTarget.select()} />
        <button type="button" class="btn" onClick={copy}><Icon name={done ? 'check' : 'copy'} size={18} />{done ? t('copied') : t('copy')}</button>
        {'share' in navigator && <button type="button" class="btn" onClick={() => void navigator.share({ url }).catch(() => {})}>{t('share')}</button>}</div>
      <Qr text={url} />
    </div>
  );
}

const Qr = ({ text }: { text: string }) => {
  const { size, path } = renderSVG(text);
  return <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t('qr')}><rect class="qr-0" width={size} height={size} /><path class="qr-1" d={path} /></svg>;
};

export function Invite() {
  const [uses, setUses] = useState(USES), [days, setDays] = useState(TTL / 86_400_000), [change, setChange] = useState(false);
  const [made, set] = useState<{ path: string; expires: Ms; invite: number } | null>(null), [error, fail] = useState('');
  const make = () => {
    fail('');
    session.createInvite({ uses, ttl_ms: days * 86_400_000 }).then((i) => set({ ...i, expires: Date.now() + days * 86_400_000 }), (err) => fail(wordsFor(err)));
  };
  useEffect(make, []);
  const renew = () => confirm(t('invite.new'), t('invite.newAsk'), t('invite.new'), () => {
    if (made) void session.revokeInvite(made.invite).catch(() => {});
    make();
  });
  return (
    <div class="invite">
      {error && <ErrorLine text={error} />}
      {made && <LinkBox url={location.origin + made.path} label={t('invite.link')} />}
      {made && <p class="hint">{t('invite.works', { days, uses })}{' '}<button type="button" class="link" onClick={() => setChange(!change)}>{t('change')}</button>{' · '}<button type="button" class="link" onClick={renew}>{t('invite.new')}</button></p>}
      {change && <div class="invite-change">
        <label class="label">{t('invite.days')}<input type="number" class="input" min={1} max={365} value={days} onInput={(e) => setDays(Math.min(365, Math.max(1, +e.currentTarget.value || 1)))} /></label>
        <label class="label">{t('invite.uses')}<input type="number" class="input" min={1} max={100000} value={uses} onInput={(e) => setUses(Math.min(100_000, Math.max(1, +e.currentTarget.value || 1)))} /></label>
        <button type="button" class="btn" onClick={() => { setChange(false); renew(); }}>{t('invite.make')}</button>
      </div>}
      {made && <p class="sr">{fullTime(made.expires, locale.value)}</p>}
    </div>
  );
}

/** In the first channel, right after set-up: what to do next. */
export function InviteCard({ chat }: { chat: Chat }) {
  const [shown, show] = useState(sessionStorage.getItem('linnet.welcome') === String(chat.id));
  if (!shown || !isAdmin()) return null;
  const close = () => {
    sessionStorage.removeItem('linnet.welcome');
    show(false);
  };
  return (
    <section class="welcome card" aria-label={t('invite.title')}>
      <header class="dialog-head"><h2 class="t-title grow">{t('invite.title')}</h2><button type="button" class="icon-btn" aria-label={t('close')} onClick={close}><Icon name="x" /></button></header>
      <Invite />
    </section>
  );
}
