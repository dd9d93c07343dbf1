// SPDX-License-Identifier: MIT
// strings.test.mjs - the catalogues: the same keys and the same gaps to fill in every language, every
// plural form there is, and none of the words the design forbids.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { de, en, words } from '../lib/catalogue.mjs';

const all = { en, de };
const forms = (text) => (typeof text === 'string' ? [text] : Object.values(text));
const gaps = (text) => [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();
const NEVER = {
  en: /\b(oops|please|successful\w*|sorry|invalid|tweet|chirp|flock|nest)\b|!/i,
  de: /\b(ups|bitte|erfolgreich\w*|leider|ungültig\w*|zwitscher\w*|schwarm|nest|Sie|Ihr(e[mnrs]?)?)\b|!/,
};
const SHARED = new Set(['{emoji}, {n}', '{name}, {time}: {text}. {state}', '']);

for (const [lang, catalogue] of Object.entries(all)) {
  test(`${lang}: keys, gaps and forms`, () => {
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(en).sort());
    const named = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(catalogue)) {
      assert.deepEqual(gaps(text), gaps(en[key]), `what is filled in: ${key}`);
      assert.equal(typeof text, typeof en[key], `plural forms: ${key}`);
      if (typeof text !== 'string') assert.deepEqual(Object.keys(text).sort(), [...named].sort(), `plural forms: ${key}`);
    }
  });
  test(`${lang}: plain words`, () => {
    for (const [key, text] of Object.entries(catalogue)) {
      for (const form of forms(text)) {
        assert.doesNotMatch(form, NEVER[lang], key);
        assert.doesNotMatch(form, /\.\.\.|\s$(?<!: )|^\s|'/, `${key}: typographic marks, no stray spaces`);
      }
    }
  });
}

test('de is German, not a copy', () => {
  const same = Object.keys(en).filter((key) => JSON.stringify(en[key]) === JSON.stringify(de[key]) && !SHARED.has(en[key]));
  assert.ok(same.length < 25, `the same in both: ${same}`);
});

test('plurals follow the language, and a number is filled in', () => {
  assert.equal(words(en, 'unread.line', { n: 1 }), '1 new message');
  assert.equal(words(en, 'unread.line', { n: 0 }), '0 new messages');
  assert.equal(words(de, 'members', { n: 1 }, 'de'), '1 Mitglied');
  assert.equal(words(de, 'members', { n: 25 }, 'de'), '25 Mitglieder');
});

test('no word for people stands outside the catalogue', () => {
  const UI = new URL('../../../src/web/ui/', import.meta.url);
  for (const file of readdirSync(UI, { recursive: true }).filter((f) => String(f).endsWith('.tsx'))) {
    const code = readFileSync(new URL(String(file), UI), 'utf8');
    for (const [text, word] of code.matchAll(/(?:aria-label|title|placeholder|alt)="([^"{]*)"/g)) assert.equal(word, '', `${file}: ${text}`);
    for (const [, word] of code.matchAll(/<(?:span|p|h[1-6]|button|strong|label|a)[^<>{}=]*>([^<>{}]*[a-z]{3,}[^<>{}]*)</g)) assert.equal(word, 'linnet', `${file}: ${word}`);
  }
});
