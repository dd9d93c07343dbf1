// SPDX-License-Identifier: MIT
// inline.ts - one paragraph: bold, italic, strike, code, links, mentions.
//
// By hand and not by a library: a message is a stranger's text of up to 16 KiB, drawn on the thread
// that must answer a key within 50 ms. Every step here is linear in the text, or nearly so (the
// delimiter rules are CommonMark's, with its bound on how far back an opener is looked for).

import { findMentions } from './mentions.js';

export type Inline =
  | { t: 'text'; s: string }
  | { t: 'br' }
  | { t: 'bold' | 'italic' | 'strike'; c: Inline[] }
  | { t: 'code'; s: string }
  | { t: 'link'; href: string; c: Inline[] }
  | { t: 'mention'; name: string; s: string };

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const DEPTH_MAX = 12; // marks in each other
const HREF_MAX = 2048;

/** A link may lead there; null for any other scheme and for what is no address. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(href);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A run of * _ or ~ that may open or close something; the rest of the time it is text. */
interface Run {
  ch: string;
  n: number; // of its characters, how many are left
  was: number;
  open: boolean;
  close: boolean;
}

/** A piece in a doubly linked list, so that wrapping costs nothing. */
interface Piece {
  node?: Inline;
  run?: Run;
  bracket?: { at: number; live: boolean };
  depth: number;
  prev: Piece;
  next: Piece;
}

const PUNCT = /[\p{P}\p{S}]/u;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const URL_RE = /(?:https?:\/\/|www\.)[^\s<>]+/iy;
const ANGLE_RE = /<((?:https?:\/\/|mailto:)[^\s<>]{1,2048})>/iy;
const MAIL_RE = /(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+/giu;

class Scanner {
  private readonly end: Piece; // the list's ends in one: end.next is the first, end.prev the last
  private readonly brackets: Piece[] = [];
  private readonly ticks = new Map<number, number[]>(); // places of runs of ` by their length
  private i = 0;
  private from = 0; // where the text not yet taken begins

  constructor(private readonly s: string) {
    const end = { depth: 0 } as Piece;
    end.prev = end.next = end;
    this.end = end;
    for (const m of s.matchAll(/`+/gu)) {
      const list = this.ticks.get(m[0].length);
      if (list) list.push(m.index);
      else this.ticks.set(m[0].length, [m.index]);
    }
  }

  scan(): Inline[] {
    while (this.i < this.s.length) if (!this.step()) this.i++;
    this.flush();
    pair(this.end, this.end);
    return listOf(this.end.next, this.end);
  }

  private push(p: Omit<Piece, 'prev' | 'next' | 'depth'>): Piece {
    const piece: Piece = { ...p, depth: 0, prev: this.end.prev, next: this.end };
    this.end.prev.next = piece;
    this.end.prev = piece;
    return piece;
  }

  private flush(): void {
    if (this.from < this.i) this.push({ node: { t: 'text', s: this.s.slice(this.from, this.i) } });
    this.from = this.i;
  }

  /** Takes text up to here, then a piece of `length` characters. */
  private take(length: number, p: Omit<Piece, 'prev' | 'next' | 'depth'>): true {
    this.flush();
    this.push(p);
    this.i += length;
    this.from = this.i;
    return true;
  }

  private step(): boolean {
    const { s, i } = this;
    switch (s[i]) {
      case '\n':
        return this.take(1, { node: { t: 'br' } });
      case '\\':
        return ESCAPABLE.test(s[i + 1] ?? '') && this.take(2, { node: { t: 'text', s: s[i + 1]! } });
      case '`':
        return this.code();
      case '*':
      case '_':
      case '~':
        return this.run(s[i]!);
      case '[':
        this.flush();
        this.brackets.push(this.push({ bracket: { at: i, live: true } }));
        this.i = this.from = i + 1;
        return true;
      case ']':
        return this.link();
      case '<':
        return this.angle();
      case 'h':
      case 'H':
      case 'w':
      case 'W':
        return this.bare();
      default:
        return false;
    }
  }

  private code(): boolean {
    const { s, i } = this;
    let n = 1;
    while (s[i + n] === '`') n++;
    const list = this.ticks.get(n) ?? []; // none: it is the rest of a run whose first was escaped
    while (list.length && list[0]! <= i) list.shift();
    const close = list[0];
    if (close === undefined) {
      this.i += n; // no such run follows: these are text
      return true;
    }
    let body = s.slice(i + n, close).replace(/\n/gu, ' ');
    if (/^ .*[^ ].* $/u.test(body) || /^ [^ ] $/u.test(body)) body = body.slice(1, -1);
    return this.take(close + n - i, { node: { t: 'code', s: body } });
  }

  private run(ch: string): boolean {
    const { s, i } = this;
    let n = 1;
    while (s[i + n] === ch) n++;
    const before = i ? s[i - 1]! : ' ';
    const after = s[i + n] ?? ' ';
    const left = !/\s/u.test(after) && (!PUNCT.test(after) || /\s/u.test(before) || PUNCT.test(before));
    const right = !/\s/u.test(before) && (!PUNCT.test(before) || /\s/u.test(after) || PUNCT.test(after));
    const word = ch === '_';
    const open = left && (!word || !right || PUNCT.test(before));
    const close = right && (!word || !left || PUNCT.test(after));
    if ((ch === '~' && n !== 2) || (!open && !close)) {
      this.i += n;
      return true;
    }
    return this.take(n, { run: { ch, n, was: n, open, close } });
  }

  /** [words](address): what came since the bracket becomes a link, which holds no other link. */
  private link(): boolean {
    const opener = this.brackets.pop();
    if (!opener?.bracket) return false;
    const { live } = opener.bracket;
    const target = live ? address(this.s, this.i + 1) : null;
    const href = target ? safeHref(target.href) : null;
    if (!href || !target) {
      bracketToText(opener);
      return false;
    }
    this.flush();
    pair(opener, this.end);
    const c = listOf(opener.next, this.end, true);
    const depth = 1 + deepest(opener.next, this.end);
    if (!c.length || depth > DEPTH_MAX) {
      bracketToText(opener);
      return false;
    }
    this.end.prev = opener.prev;
    opener.prev.next = this.end;
    this.push({ node: { t: 'link', href, c } }).depth = depth;
    for (const b of this.brackets) b.bracket!.live = false;
    this.i = this.from = target.end;
    return true;
  }

  private angle(): boolean {
    ANGLE_RE.lastIndex = this.i;
    const m = ANGLE_RE.exec(this.s);
    const href = m ? safeHref(m[1]!) : null;
    if (!m || !href) return false;
    return this.take(m[0].length, { node: { t: 'link', href, c: [{ t: 'text', s: m[1]! }] } });
  }

  /** An address in plain text, without the sentence's punctuation behind it. */
  private bare(): boolean {
    const { s, i } = this;
    if (i && /[\p{L}\p{N}_]/u.test(s[i - 1]!)) return false;
    URL_RE.lastIndex = i;
    const m = URL_RE.exec(s);
    if (!m) return false;
    const shown = trimUrl(m[0]);
    const href = safeHref(/^www\./iu.test(shown) ? `https://${shown}` : shown);
    if (!href || shown.length > HREF_MAX) {
      this.i += m[0].length;
      return true;
    }
    return this.take(shown.length, { node: { t: 'link', href, c: [{ t: 'text', s: shown }] } });
  }
}

function bracketToText(p: Piece): void {
  p.node = { t: 'text', s: '[' };
  delete p.bracket;
}

/** "(address)" or "(<address>)" with an optional title, which is dropped. */
function address(s: string, at: number): { href: string; end: number } | null {
  if (s[at] !== '(') return null;
  let depth = 0;
  let i = at + 1;
  for (; i < s.length && i - at < HREF_MAX && !/\s/u.test(s[i]!); i++) {
    if (s[i] === '(' && ++depth > 32) return null;
    if (s[i] === ')' && depth-- === 0) break;
  }
  const href = s.slice(at + 1, i).replace(/^<(.*)>$/u, '$1');
  if (s[i] === ')') return { href, end: i + 1 };
  const title = /^[ ]{1,3}(?:"[^"\n]{0,200}"|'[^'\n]{0,200}')\)/u.exec(s.slice(i, i + 210));
  return title && href ? { href, end: i + title[0].length } : null;
}

function trimUrl(url: string): string {
  let end = url.length;
  let open = 0;
  for (const ch of url) open += ch === '(' ? 1 : ch === ')' ? -1 : 0;
  for (; end > 0; end--) {
    const ch = url[end - 1]!;
    if (ch === ')' && open < 0) open++;
    else if (!/[?!.,:;*_~'"\]]/u.test(ch)) break;
  }
  return url.slice(0, end);
}

const deepest = (from: Piece, to: Piece): number => {
  let d = 0;
  for (let p = from; p !== to; p = p.next) d = Math.max(d, p.depth);
  return d;
};

/** Finds for each closing run its opener, between `after` and `to` (CommonMark 0.31, appendix). */
function pair(after: Piece, to: Piece): void {
  const bottom = new Map<string, Piece>();
  let p = after.next;
  while (p !== to) {
    const run = p.run;
    if (!run?.close || !run.n) {
      p = p.next;
      continue;
    }
    const key = `${run.ch}${run.open ? 1 : 0}${run.was % 3}`;
    const stop = bottom.get(key) ?? after;
    let o = p.prev;
    while (o !== stop && o !== after && !opens(o.run, run)) o = o.prev;
    if (o === stop || o === after || !wrap(o, p)) {
      bottom.set(key, p.prev);
      p = p.next;
    }
  }
}

function opens(o: Run | undefined, c: Run): boolean {
  if (!o || !o.n || !o.open || o.ch !== c.ch) return false;
  return !((o.close || c.open) && (o.was + c.was) % 3 === 0 && (o.was % 3 !== 0 || c.was % 3 !== 0));
}

/** What lies between becomes one piece. False where that would be too deep. */
function wrap(opener: Piece, closer: Piece): boolean {
  const depth = 1 + deepest(opener.next, closer);
  if (depth > DEPTH_MAX) return false;
  const { ch } = closer.run!;
  const n = ch === '~' || (opener.run!.n >= 2 && closer.run!.n >= 2) ? 2 : 1;
  const t = ch === '~' ? 'strike' : n === 2 ? 'bold' : 'italic';
  const piece: Piece = { node: { t, c: listOf(opener.next, closer) }, depth, prev: opener, next: closer };
  opener.next = closer.prev = piece;
  opener.run!.n -= n;
  closer.run!.n -= n;
  return true;
}

/** The pieces as nodes; runs and brackets that found no partner are text. */
function listOf(from: Piece, to: Piece, inLink = false): Inline[] {
  const out: Inline[] = [];
  for (let p = from; p !== to; p = p.next) {
    const node: Inline = p.node ?? { t: 'text', s: p.run ? p.run.ch.repeat(p.run.n) : '[' };
    if (node.t === 'link' && inLink) out.push(...node.c);
    else if (node.t !== 'text') out.push(node);
    else addText(out, node.s);
  }
  return out;
}

function addText(out: Inline[], s: string): void {
  const last = out.at(-1);
  if (!s) return;
  if (last?.t === 'text') last.s += s;
  else out.push({ t: 'text', s });
}

/** Mentions and mail addresses in the text that is left. */
function named(list: Inline[], inLink: boolean): Inline[] {
  return list.flatMap((n): Inline[] => {
    if (n.t === 'text') return inLink ? [n] : withMail(n.s);
    return 'c' in n ? [{ ...n, c: named(n.c, inLink || n.t === 'link') }] : [n];
  });
}

function withMail(s: string): Inline[] {
  const out: Inline[] = [];
  let from = 0;
  for (const m of s.includes('@') ? s.matchAll(MAIL_RE) : []) {
    const href = safeHref(`mailto:${m[0]}`);
    if (!href) continue;
    out.push(...withMentions(s.slice(from, m.index)), { t: 'link', href, c: [{ t: 'text', s: m[0] }] });
    from = m.index + m[0].length;
  }
  return [...out, ...withMentions(s.slice(from))];
}

function withMentions(s: string): Inline[] {
  const out: Inline[] = [];
  let from = 0;
  for (const m of s.includes('@') ? findMentions(s) : []) {
    addText(out, s.slice(from, m.start));
    out.push({ t: 'mention', name: m.name, s: s.slice(m.start, m.end) });
    from = m.end;
  }
  addText(out, s.slice(from));
  return out;
}

export const inline = (s: string): Inline[] => named(new Scanner(s).scan(), false);
