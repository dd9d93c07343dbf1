// SPDX-License-Identifier: MIT
// fuzzy.ts - does a typed query fit a name, how well, and which letters of it.

export interface Match {
  score: number; // higher is better
  hits: [start: number, end: number][]; // ranges of the text as given
}

/** Lower case without accents, one unit for each unit of the text, so that places stay the same. */
export function fold(text: string): string {
  let out = '';
  for (const ch of text) {
    const plain = ch.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    out += plain.length === ch.length ? plain : plain.slice(0, ch.length).padEnd(ch.length, '\u0000');
  }
  return out;
}

const isStart = (s: string, i: number): boolean => i === 0 || !/[\p{L}\p{N}]/u.test(s[i - 1]!);

/** One word of the query in the text: at its start, at a word's start, inside, scattered. */
function matchWord(q: string, s: string): Match | null {
  let at = s.indexOf(q);
  const inside = at;
  while (at >= 0 && !isStart(s, at)) at = s.indexOf(q, at + 1);
  if (at === 0) return { score: s.length === q.length ? 120 : 100, hits: [[0, q.length]] };
  if (at > 0) return { score: 80, hits: [[at, at + q.length]] };
  if (inside >= 0) return { score: 50, hits: [[inside, inside + q.length]] };
  return q.length < 2 ? null : scattered(q, s);
}

/** The letters in their order, each at a word's start or right behind the one before. */
function scattered(q: string, s: string): Match | null {
  const hits: [number, number][] = [];
  let pos = 0;
  for (const ch of q) {
    let at = s.indexOf(ch, pos);
    while (at >= 0 && at !== pos && !isStart(s, at)) at = s.indexOf(ch, at + 1);
    if (at < 0) return null;
    const last = hits.at(-1);
    if (last && last[1] === at) last[1] = at + ch.length;
    else hits.push([at, at + ch.length]);
    pos = at + ch.length;
  }
  return { score: 30 - hits.length, hits };
}

/** Every word of the query must fit somewhere. An empty query fits everything. */
export function fuzzy(query: string, text: string): Match | null {
  const s = fold(text);
  const words = fold(query).split(/\s+/u).filter(Boolean);
  const hits: [number, number][] = [];
  let score = 0;
  for (const w of words) {
    const m = matchWord(w, s);
    if (!m) return null;
    score += m.score;
    hits.push(...m.hits);
  }
  hits.sort((a, b) => a[0] - b[0]);
  return { score: words.length ? score / words.length - Math.min(9, text.length / 20) : 0, hits: joined(hits) };
}

function joined(hits: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const h of hits) {
    const last = out.at(-1);
    if (last && h[0] <= last[1]) last[1] = Math.max(last[1], h[1]);
    else out.push([h[0], h[1]]);
  }
  return out;
}

/** The best fit over several names of one thing (display name, user name); hits are of the first. */
export function bestOf(query: string, texts: readonly (string | undefined)[]): Match | null {
  let best: Match | null = null;
  texts.forEach((t, i) => {
    const m = t ? fuzzy(query, t) : null;
    if (m && (!best || m.score > best.score)) best = i === 0 ? m : { score: m.score, hits: [] };
  });
  return best;
}
