// SPDX-License-Identifier: MIT
// avatar.ts - initials and hue of a person or chat.

const segmenters = new Map<string, Intl.Segmenter>();

export function graphemes(s: string, locale = 'en'): string[] {
  if (typeof Intl.Segmenter !== 'function') return Array.from(s);
  let g = segmenters.get(locale);
  if (!g) segmenters.set(locale, (g = new Intl.Segmenter(locale, { granularity: 'grapheme' })));
  return Array.from(g.segment(s), (x) => x.segment);
}

/** First grapheme of the first and of the last word, upper-cased; one word, one grapheme; none: ''. */
export function initials(name: string, locale = 'en'): string {
  const words = name.split(/[\s._\-\u200b]+/u).filter((w) => /[\p{L}\p{N}\p{S}]/u.test(w));
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return ends.map((w) => graphemes(w.replace(/^[^\p{L}\p{N}\p{S}]+/u, ''), locale)[0] ?? '').join('').toLocaleUpperCase(locale);
}

/** One of the 12 hues: FNV-1a of the id's decimal string, unless the person chose one. */
export function hue(id: number, color?: number): number {
  if (color !== undefined && color >= 0 && color < 12) return color;
  let h = 0x811c9dc5;
  for (const ch of String(id)) h = Math.imul(h ^ ch.charCodeAt(0), 0x01000193) >>> 0;
  return h % 12;
}
