// SPDX-License-Identifier: MIT
// form.ts - what the forms of the stage share: one submission at a time, its error in words.

import { useState } from 'preact/hooks';
import { OpError } from '../../lib/errors.js';
import { t, type Key } from '../../strings/index.js';

export interface Trouble { field?: string; text: string; until?: number }

/** What went wrong, for a person. own: words for codes that mean something here. */
export function wordsFor(err: unknown, own: Partial<Record<string, string>> = {}): string {
  if (!(err instanceof OpError)) return t('error.other');
  const key = `error.${err.code}` as Key;
  return own[err.code] ?? (['offline', 'busy', 'read_only', 'forbidden', 'rate_limited', 'too_large', 'shutting_down'].includes(err.code) ? t(key) : err.message || t('error.other'));
}

export function useSubmit(run: () => Promise<void>, own: Partial<Record<string, string>> = {}, fieldOf: Partial<Record<string, string>> = {}) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const submit = async (e?: Event) => {
    e?.preventDefault();
    if (busy) return;
    setBusy(true);
    setTrouble(null);
    try {
      await run();
    } catch (err) {
      const code = err instanceof OpError ? err.code : '';
      setTrouble({ field: fieldOf[code], text: wordsFor(err, own), until: code === 'rate_limited' ? Date.now() + ((err as OpError).retryMs ?? 30_000) : undefined });
    }
    setBusy(false);
  };
  return { busy, trouble, setTrouble, submit };
}

/** "Sam Lindqvist" → "sam.lindqvist", as far as a user name may look. */
export const proposeName = (display: string): string =>
  display.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '.').replace(/^\.+|\.+$/g, '').slice(0, 32);
export const isName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,31}$/.test(name);
export const secretOf = (): string => decodeURIComponent(location.hash.slice(1));
