// SPDX-License-Identifier: MIT
// text.test.ts - what a message may look like, names, times, fuzzy matching, bytes.

import assert from 'node:assert/strict';
import test from 'node:test';
import { hue, initials } from '../../../src/web/lib/text/avatar.js';
import { MESSAGE_BYTES, sendable, utf8Length } from '../../../src/web/lib/text/bytes.js';
import { emojiOnly } from '../../../src/web/lib/text/emoji.js';
import { bestOf, fuzzy } from '../../../src/web/lib/text/fuzzy.js';
import { parse, preview, safeHref, type Block, type Inline } from '../../../src/web/lib/text/markdown.js';
import { mentionsIn } from '../../../src/web/lib/text/mentions.js';
import { dayLabel, listTime, relative, seenTime } from '../../../src/web/lib/text/time.js';

/** The tree written short: *b* _i_ -s- `c` [text](href) @name ↵; blocks by |. */
const inl = (c: Inline[]): string => c.map((n) => {
  if (n.t === 'text') return n.s;
  if (n.t === 'br') return '↵';
  if (n.t === 'code') return `\`${n.s}\``;
  if (n.t === 'mention') return `{@${n.name}}`;
  if (n.t === 'link') return `[${inl(n.c)}](${n.href})`;
  return `${n.t[0]}(${inl(n.c)})`;
}).join('');
const blk = (b: Block): string => {
  if (b.t === 'p') return inl(b.c);
  if (b.t === 'pre') return `pre:${b.lang}:${b.s}`;
  if (b.t === 'quote') return `>(${b.c.map(blk).join('|')})`;
  return `${b.ordered ? `ol${b.start}` : 'ul'}(${b.items.map((i) => i.map(blk).join('|')).join(';')})`;
};
const md = (s: string) => parse(s).map(blk).join('|');

const CASES: [string, string][] = [
  ['a *b* **c** ~~d~~ `e`', 'a i(b) b(c) s(d) `e`'],
  ['***both*** **a *b* c**', 'i(b(both)) b(a i(b) c)'],
  ['snake_case_name 2*3*4 * x *', 'snake_case_name 2i(3)4 * x *'],
  ['_i_ __b__ ~one~', 'i(i) b(b) ~one~'],
  ['**open *half**', '*i(open i(half))'],
  ['\\*no\\* `a\\` ``x`y``', '*no* `a\\` `x`y`'],
  ['one\ntwo\n\nthree', 'one↵two|three'],
  ['# no heading\n---\nx\n===', '# no heading↵---↵x↵==='],
  ['> q\n> > r\nnot', '>(q|>(r))|not'],
  ['- a\n- b\n  1. c\n- d', 'ul(a;b|ol1(c);d)'],
  ['3. a\n4. b', 'ol3(a;b)'],
  ['born in\n1986. Yes', 'born in↵1986. Yes'],
  ['```js\nx < y\n*a*\n```\nafter', 'pre:js:x < y\n*a*|after'],
  ['~~~\n```\n~~~', 'pre::```'],
  ['```\nopen', 'pre::open'],
  ['<b>x</b><script>alert(1)</script>', '<b>x</b><script>alert(1)</script>'],
  ['[a](https://x.y/z) [b](javascript:alert(1)) [c](data:text/html,x)', '[a](https://x.y/z) [b](javascript:alert(1)) [c](data:text/html,x)'],
  ['[a *b*](http://x.y "title")', '[a i(b)](http://x.y/)'],
  ['[a [b](http://b.c)](http://x.y)', '[a [b](http://b.c/)]([http://x.y](http://x.y/))'],
  ['see http://a.b/c_d_e(f). (http://x.y)', 'see [http://a.b/c_d_e(f)](http://a.b/c_d_e(f)). ([http://x.y](http://x.y/))'],
  ['<https://a.b> www.c.de, me@x.yz!', '[https://a.b](https://a.b/) [www.c.de](https://www.c.de/), [me@x.yz](mailto:me@x.yz)!'],
  ['xhttp://a.b', 'xhttp://a.b'],
  ['hi @mina, @Tom. a@b @here', 'hi {@mina}, {@tom}. a@b {@here}'],
  ['`@no` [@no](http://x.y)', '`@no` [@no](http://x.y/)'],
  ['**@mina**', 'b({@mina})'],
  ['', ''],
];

test('the subset of Markdown, and nothing else', () => {
  for (const [from, to] of CASES) {
    if (from.includes('javascript:')) {
      const links = parse(from).flatMap((b) => (b.t === 'p' ? b.c.filter((n) => n.t === 'link') : []));
      assert.equal(links.length, 1, from);
    }
    assert.equal(md(from), to, from);
  }
});

test('no scheme but http, https and mailto', () => {
  for (const s of ['javascript:alert(1)', ' javascript:x', 'JaVaScRiPt:x', 'data:text/html,x', 'vbscript:x', 'file:///etc', 'blob:x', '//x.y', 'x', 'java\nscript:x']) {
    const got = safeHref(s);
    assert.ok(got === null || /^(https?|mailto):/.test(got), s);
  }
  assert.equal(safeHref('mailto:a@b.c'), 'mailto:a@b.c');
});

test('16 KiB of anything is read in little time', () => {
  const parts = ['>', '> ', '- ', '*', '_', '[', '`', '*a ', '**a_', '[a](', '<', '\\', '~~a', 'a\n', '1. ', '- a\n', 'http://', 'www.', 'a@', '![](', '\t', '@a ', '**a*', '`a``', '(', '](', 'a.b@c.d', '<http://', "'\"", '> - ', '\u0301', '😀'];
  for (const p of parts) {
    const s = p.repeat(Math.floor(MESSAGE_BYTES / utf8Length(p)));
    const began = process.cpuUsage();
    parse(s);
    const ms = process.cpuUsage(began).user / 1000;
    assert.ok(ms < 1500, `${JSON.stringify(p)}: ${ms} ms`); // some 10 ms; quadratic would be many seconds
  }
});

test('random marks: every letter of the text is kept', () => {
  let seed = Number(process.env.SEED ?? Date.now() % 1e6);
  console.log(`SEED=${seed}`);
  const next = (n: number) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % n;
  const bits = ['a', 'b ', '*', '**', '_', '~~', '`', '[', ']', '(http://x.y)', '\n', '\\', '> ', '- ', '@q', '<', '>', '!'];
  const seen = (c: Inline[]): string => c.map((n) => ('c' in n ? seen(n.c) : n.t === 'br' ? '' : n.s)).join('');
  const all = (b: Block): string => (b.t === 'p' ? seen(b.c) : b.t === 'pre' ? b.s : (b.t === 'quote' ? b.c : b.items.flat()).map(all).join(''));
  const letters = (x: string) => x.replace(/http:\/\/x\.y/g, '').replace(/[^abq]/g, '');
  for (let n = 0; n < 1500; n++) {
    const s = Array.from({ length: 1 + next(24) }, () => bits[next(bits.length)]).join('');
    if (!s.includes('```')) assert.equal(letters(parse(s).map(all).join('')), letters(s), JSON.stringify(s));
  }
});

test('preview is one line', () => {
  assert.equal(preview('**a**\n\n> b\n- c\n```\nd\n```'), 'a b c d');
  assert.equal(preview('x'.repeat(300)).length, 201);
});

test('one to three emoji', () => {
  for (const [s, n] of [['👍', 1], ['👍🏽 🎉', 2], ['👩‍👩‍👧‍👦🇩🇪3️⃣', 3], ['❤️', 1], ['👍👍👍👍', 0], ['ok 👍', 0], ['1', 0], ['', 0], ['©', 0], ['#', 0]] as const) assert.equal(emojiOnly(s), n, s);
});

test('initials and hue', () => {
  for (const [s, i] of [['Sam Lindqvist', 'SL'], ['mina', 'M'], ['Jean-Luc de la Tour', 'JT'], ['  ', ''], ['...', ''], ['ß', 'SS'], ['👩‍🚀 Ada', '👩‍🚀A'], ['Ångström', 'Å'], ['éa b', 'ÉB']] as const) assert.equal(initials(s.normalize('NFC')), i, s);
  assert.equal(hue(1), (Math.imul(0x811c9dc5 ^ 0x31, 0x01000193) >>> 0) % 12);
  assert.equal(hue(5, 7), 7);
  assert.equal(hue(5, 12), hue(5));
});

test('mentions for send', () => {
  const users: Record<string, number> = { mina: 6, tom: 7, all: 0 };
  const by = (n: string) => (users[n] ? { id: users[n]!, name: n } : undefined);
  assert.deepEqual(mentionsIn('@mina @Tom @mina @nobody x@tom @here', by), { mentions: [6, 7], here: true });
  assert.deepEqual(mentionsIn('plain', by), { mentions: [], here: false });
});

test('bytes of UTF-8 and what can be sent', () => {
  for (const s of ['', 'a', 'ä', '€', '😀', 'a😀ä€', '\ud800', '\udc00x', 'x\ud83d']) assert.equal(utf8Length(s), new TextEncoder().encode(s).length, JSON.stringify(s));
  assert.equal(sendable('a\0\ud800b😀\udc00'), 'a\ufffdb😀\ufffd');
});

test('fuzzy: better fits come first, accents do not matter, hits are of the text', () => {
  const rank = (q: string, list: string[]) => list.map((t) => [fuzzy(q, t)?.score ?? -Infinity, t] as const).filter(([s]) => s > -Infinity).sort((a, b) => b[0] - a[0]).map(([, t]) => t);
  assert.deepEqual(rank('cat', ['Autumn catalogue', 'Educate', 'Cat', 'Cats', 'Dog']), ['Cat', 'Cats', 'Autumn catalogue', 'Educate']);
  assert.deepEqual(fuzzy('tomas', 'Tomás Ruiz')?.hits, [[0, 5]]);
  assert.deepEqual(fuzzy('tr', 'Tomás Ruiz')?.hits, [[0, 1], [6, 7]]);
  assert.equal(fuzzy('zz', 'Tomás'), null);
  assert.deepEqual(fuzzy('', 'x')?.hits, []);
  assert.deepEqual(bestOf('mi', ['Other', 'mina'])?.hits, []);
});

test('times', () => {
  const now = new Date(2026, 10, 24, 15, 0).getTime();
  const at = (...a: [number, number, number, number, number]) => new Date(...a).getTime();
  assert.equal(listTime(at(2026, 10, 24, 14, 32), now, 'en-GB'), '14:32');
  assert.equal(listTime(at(2026, 10, 23, 23, 59), now, 'en-GB'), 'Mon');
  assert.equal(listTime(at(2026, 10, 3, 9, 0), now, 'en-GB'), '3 Nov');
  assert.equal(listTime(at(2024, 10, 3, 9, 0), now, 'de'), '3.11.24');
  const words = { today: 'Today', yesterday: 'Yesterday' };
  assert.equal(dayLabel(now, now, 'en-GB', words), 'Today');
  assert.equal(dayLabel(at(2026, 10, 23, 0, 1), now, 'en-GB', words), 'Yesterday');
  assert.match(dayLabel(at(2026, 10, 17, 8, 0), now, 'en-GB', words), /^Tuesday,? 17 November$/);
  assert.match(dayLabel(at(2025, 10, 17, 8, 0), now, 'en-GB', words), /2025$/);
  assert.equal(seenTime(at(2026, 10, 24, 13, 10), now, 'en-GB'), '13:10');
  assert.equal(relative(now + 8 * 60_000, now, 'en'), 'in 8 minutes');
  assert.equal(relative(now - 3 * 86_400_000, now, 'en'), '3 days ago');
});
