// SPDX-License-Identifier: MIT
// contrast.test.mjs - recomputes WCAG contrast of every pair of colours that meet, in both themes,
// from tokens.css itself: text 4.5, shapes 3.0, and not below what the design promised.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const CSS = new URL('../../../src/web/css/', import.meta.url);
const TEXT = 4.5, SHAPE = 3.0, HUES = 12;
const css = readFileSync(new URL('tokens.css', CSS), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

/** Custom properties of every rule with this selector. */
function tokens(selector) {
  const all = {};
  for (const [, name, body] of css.matchAll(/([^{}]+)\{([^}]*)\}/g)) {
    if (name.trim() !== selector) continue;
    for (const [, key, value] of body.matchAll(/--([\w-]+)\s*:\s*([^;]+)/g)) all[key] = value.trim();
  }
  return all;
}
const themes = { light: tokens(':root'), dark: { ...tokens(':root'), ...tokens('[data-theme=dark]') } };
const hues = { light: [], dark: [] };
for (let i = 0; i < HUES; i++) {
  hues.light.push(tokens(`.h${i}`));
  hues.dark.push(tokens(`[data-theme=dark] .h${i}`));
}

function luminance(hex) {
  assert.match(hex, /^#[0-9a-f]{6}$/, `a colour: ${hex}`);
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
const rounded = (x) => Math.round(x * 10) / 10;

const GROUNDS = ['paper', 'linen', 'hover', 'pick', 'raised', 'sunk', 'own'];
/** Text on ground, light / dark, in the order of GROUNDS. */
const TABLE = {
  ink: '15.3/14.3 13.6/15.5 12.2/13.3 13.2/10.4 15.8/12.6 12.7/16.1 13.1/11.1',
  'ink-2': '8.2/8.9 7.3/9.7 6.6/8.3 7.1/6.5 8.5/7.9 6.8/10.0 7.0/6.9',
  'ink-3': '5.7/6.4 5.1/7.0 4.6/6.0 5.0/4.7 5.9/5.7 4.8/7.2 4.9/5.0',
  'rose-ink': '7.5/7.6 6.7/8.2 6.0/7.0 6.5/5.5 7.8/6.7 6.2/8.5 6.4/5.9',
  flax: '6.8/8.5 6.0/9.3 5.4/7.9 5.9/6.2 7.0/7.5 5.6/9.6 5.8/6.6',
  rust: '6.3/7.4 5.6/8.0 5.0/6.9 5.4/5.4 6.5/6.6 5.2/8.4 5.4/5.8',
  moss: '5.9/7.9 5.2/8.6 4.7/7.3 5.1/5.7 6.1/7.0 4.9/8.9 5.1/6.2',
};
const PAIRS = [ // text, ground, light, dark, least
  ['on-rose', 'rose', 6.1, 4.8, TEXT], ['on-rose', 'rose-hover', 7.8, 5.8, TEXT], ['rose-ink', 'rose-soft', 6.5, 6.2, TEXT],
  ['gorse-ink', 'gorse', 6.6, 8.5, TEXT], ['on-gorse', 'gorse-line', 7.8, 7.3, TEXT], ['own-ink', 'own', 13.1, 11.3, TEXT],
  ['own-2', 'own', 6.5, 6.4, TEXT], ['flax', 'flax-soft', 6.0, 6.8, TEXT], ['rust', 'rust-soft', 5.5, 5.9, TEXT],
  ['moss', 'moss-soft', 5.3, 6.4, TEXT], ['ink-2', 'line', 6.0, 7.0, TEXT], ['paper', 'ink', 15.3, 14.3, TEXT],
  ['line-2', 'paper', 3.7, 3.7, SHAPE], ['line-2', 'linen', 3.3, 4.0, SHAPE], ['line-2', 'raised', 3.8, 3.3, SHAPE],
  ['rose', 'paper', 6.0, 3.6, SHAPE], ['rose', 'linen', 5.3, 3.9, SHAPE], ['moss', 'linen', 5.2, 8.6, SHAPE],
];
for (const [text, row] of Object.entries(TABLE)) {
  row.split(' ').forEach((cell, i) => PAIRS.push([text, GROUNDS[i], ...cell.split('/').map(Number), TEXT]));
}
const NAMES = [['paper', 6.5, 8.8], ['own', 5.6, 6.9], ['linen', 5.8, 9.6], ['raised', 6.7, 7.8], ['pick', 5.6, 6.4], ['hover', 5.2, 8.2]];

test('black on white is 21, a colour on itself 1', () => {
  assert.equal(rounded(contrast('#000000', '#ffffff')), 21);
  assert.equal(contrast('#8f8074', '#8f8074'), 1);
});

for (const [i, theme] of ['light', 'dark'].entries()) {
  test(`text and shapes, ${theme}`, () => {
    for (const [text, ground, ...rest] of PAIRS) {
      const found = contrast(themes[theme][text], themes[theme][ground]), what = `${text} on ${ground}, ${theme}`;
      assert.ok(found >= rest[2], `${what}: ${found.toFixed(2)} is below ${rest[2]}`);
      assert.equal(rounded(found), rest[i], what);
    }
  });
  test(`the 12 hues of people, ${theme}`, () => {
    for (const [ground, ...least] of NAMES) {
      const found = Math.min(...hues[theme].map((h) => contrast(h['av-nm'], themes[theme][ground])));
      assert.ok(found >= TEXT && rounded(found) === least[i], `names on ${ground}, ${theme}: ${found.toFixed(2)}, not ${least[i]}`);
    }
    const initials = Math.min(...hues[theme].map((h) => contrast(h['av-fg'], h['av-bg'])));
    assert.equal(rounded(initials), [7.5, 7.3][i], `initials, ${theme}`);
  });
}

test('dark redefines every colour but a QR code, and colours stand in tokens.css only', () => {
  const dark = tokens('[data-theme=dark]');
  const isColour = ([name, value]) => !name.startsWith('qr-') && /#[0-9a-f]{3,8}\b/i.test(value);
  const colours = Object.entries(tokens(':root')).filter(isColour).map(([name]) => name);
  assert.ok(colours.length >= 35, `${colours.length} colours`);
  assert.deepEqual(colours.filter((name) => !(name in dark)), []);
  for (const file of readdirSync(CSS).filter((f) => f.endsWith('.css') && f !== 'tokens.css')) {
    const text = readFileSync(new URL(file, CSS), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    assert.deepEqual(text.match(/#[0-9a-f]{3,8}\b(?![\w-]*\s*\{)|\b(?:rgba?|hsla?|oklch|oklab)\(/gi) ?? [], [], `a colour in ${file}`);
    for (const [, name] of text.matchAll(/var\(--([\w-]+)\s*\)/g)) {
      const known = name in themes.light || name in hues.light[0] || new RegExp(`--${name}\\s*:`).test(text);
      assert.ok(known, `${file}: no token --${name}`);
    }
  }
});
