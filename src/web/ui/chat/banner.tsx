// SPDX-License-Identifier: MIT
// banner.tsx - says that there is no connection, when the next try is, and that it is back.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../../strings/index.js';
import { session } from '../store.js';

const AFTER_MS = 2000, BACK_MS = 1500;

export function Banner() {
  const c = session.connection.value;
  const [, tick] = useState(0);
  const [was, setWas] = useState(false);
  const down = c.state !== 'up' && c.state !== 'signed_out' && c.downSince !== undefined;
  const shown = down && Date.now() - c.downSince! >= AFTER_MS;
  useEffect(() => {
    if (!down) return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [down]);
  useEffect(() => {
    if (shown) setWas(true);
    else if (c.state === 'up' && was) {
      const timer = setTimeout(() => setWas(false), BACK_MS);
      return () => clearTimeout(timer);
    }
  }, [shown, c.state]);
  const left = c.retryAt ? Math.max(1, Math.ceil((c.retryAt - Date.now()) / 1000)) : 0;
  return (
    <div role="status" class="banner-box">
      {shown ? (
        <p class="banner">{c.state === 'waiting' && left ? <>{t('offline.wait', { n: left })} <button type="button" class="link" onClick={() => session.retryNow()}>{t('offline.now')}</button></> : t('offline.trying')}</p>
      ) : was && c.state === 'up' && <p class="banner back">{t('offline.back')}</p>}
    </div>
  );
}
