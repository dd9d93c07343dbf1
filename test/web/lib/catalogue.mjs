// SPDX-License-Identifier: MIT
// catalogue.mjs - the client's own words, so that a test names a text by its key and not by its wording.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const WEB = new URL('../../../src/web/', import.meta.url);

/** A TypeScript module of the client, bundled and loaded; it must need no DOM. */
export async function load(path) {
  const { build } = createRequire(new URL('package.json', WEB))('esbuild');
  const { outputFiles } = await build({ entryPoints: [fileURLToPath(new URL(path, WEB))], bundle: true, write: false, format: 'esm', platform: 'neutral', logLevel: 'error' });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

export const { en } = await load('strings/en.ts');
export const { de } = await load('strings/de.ts');

/** As the client's t(), in one language. */
export function words(catalogue, key, values = {}, lang = 'en') {
  let text = catalogue[key];
  if (text === undefined) throw new Error(`no text "${key}"`);
  if (typeof text !== 'string') text = text[new Intl.PluralRules(lang).select(Number(values.n ?? 0))] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}
export const t = (key, values) => words(en, key, values);
