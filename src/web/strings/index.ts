// SPDX-License-Identifier: MIT
// index.ts - the catalogue's door: t('key', {n: 3}) in the language of this device. A text with plural
// forms is {one, other, …}, chosen by n; {name} is replaced by what is given.

import { computed } from '@preact/signals';
import { prefs } from '../ui/store.js';
import { de } from './de.js';
import { en } from './en.js';

export type Text = string | { one: string; other: string };
export type Key = keyof typeof en;
export const languages = { en: 'English', de: 'Deutsch' } as const;
const catalogues: Record<keyof typeof languages, Record<Key, Text>> = { en, de };

const known = (lang: string): keyof typeof languages | undefined => (Object.keys(languages) as (keyof typeof languages)[]).find((l) => lang.toLowerCase().startsWith(l));
export const lang = computed(() => known(prefs.value.lang) ?? navigator.languages.map(known).find(Boolean) ?? 'en');
/** For dates and numbers: the browser's own variant of the language, e.g. en-GB. */
export const locale = computed(() => navigator.languages.find((l) => known(l) === lang.value) ?? lang.value);
const plural = computed(() => new Intl.PluralRules(lang.value));

export function t(key: Key, values: Record<string, string | number> = {}): string {
  let text = catalogues[lang.value][key];
  if (typeof text !== 'string') {
    const form = plural.value.select(Number(values.n ?? 0)) as 'one' | 'other';
    text = text[form] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (all, name: string) => (name in values ? String(values[name]) : all));
}

/** "Ana, Bea and Cyn" */
export const listOf = (names: readonly string[]): string => new Intl.ListFormat(lang.value, { type: 'conjunction' }).format(names);
