// SPDX-License-Identifier: MIT
// export.tsx - one's own data as a file: every message of every chat one can read, page by page.

import { useState } from 'preact/hooks';
import type { Item } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { ErrorLine } from '../common/field.js';
import { session } from '../store.js';
import { titleOf } from '../chat/title.js';
import { wordsFor } from '../stage/form.js';
import { post } from '../../lib/net/http.js';

interface Page { items: Item[]; more: boolean }

async function all(told: (n: number) => void): Promise<Blob> {
  const parts: string[] = [`{"server":${JSON.stringify(session.server.value)},"self":${JSON.stringify(session.self.value)},"chats":[\n`];
  let n = 0, comma = '';
  for (const id of session.order.value) {
    const meta = session.chat(id)?.meta.value;
    if (!meta) continue;
    parts.push(`${comma}{"id":${id},"kind":"${meta.kind}","title":${JSON.stringify(titleOf(meta))},"items":[`);
    let after = 0, first = true;
    for (let more = true; more;) {
      const page: Page = await post(fetch.bind(globalThis) as never, location.origin, 'history', { chat: id, after, limit: 200 });
      for (const item of page.items) parts.push(`${first ? '' : ','}\n${JSON.stringify({ ...item, v: undefined })}`), (first = false);
      after = page.items.at(-1)?.seq ?? after;
      more = page.more && page.items.length > 0;
      told((n += page.items.length));
    }
    parts.push(']}');
    comma = ',\n';
  }
  parts.push('\n]}\n');
  return new Blob(parts, { type: 'application/json' });
}

export function ExportData() {
  const [n, set] = useState<number | null>(null), [error, fail] = useState('');
  const go = async () => {
    set(0);
    fail('');
    try {
      const url = URL.createObjectURL(await all(set));
      const a = document.createElement('a');
      a.href = url;
      a.download = 'linnet.json';
      a.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (err) {
      fail(wordsFor(err));
    }
    set(null);
  };
  return (
    <>
      <p class="ink2">{t('export.what')}</p>
      <button type="button" class="btn" aria-busy={n !== null} disabled={n !== null} onClick={() => void go()}>{t('export.go')}</button>
      {n !== null && <p class="hint num" role="status">{t('export.n', { n })}</p>}
      {error && <ErrorLine text={error} />}
    </>
  );
}
