// SPDX-License-Identifier: MIT
// markdown.ts - what a message may look like: paragraphs, code blocks, quotes, lists, and inside them
// what inline.ts knows. The rest of Markdown, and all HTML, is text as it was typed. The result is a
// tree of plain values that the page makes elements of; there is no HTML string anywhere.

import { inline, type Inline } from './inline.js';

export { safeHref, type Inline } from './inline.js';

export type Block =
  | { t: 'p'; c: Inline[] }
  | { t: 'pre'; lang: string; s: string }
  | { t: 'quote'; c: Block[] }
  | { t: 'list'; ordered: boolean; start: number; items: Block[][] };

const DEPTH_MAX = 6; // of quotes and lists in each other; what is deeper is text
const CACHE_MAX = 400;

const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/u;
const QUOTE = /^ {0,3}> ?/u;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( +)(?=\S)/u;
const BLANK = /^\s*$/u;

class Lines {
  private i = 0;

  constructor(private readonly lines: readonly string[], private readonly depth: number) {}

  parse(): Block[] {
    const out: Block[] = [];
    while (this.i < this.lines.length) {
      if (BLANK.test(this.line())) this.i++;
      else out.push(this.block());
    }
    return out;
  }

  private line(at = this.i): string {
    return this.lines[at] ?? '';
  }

  private starts(line: string): boolean {
    const deep = this.depth >= DEPTH_MAX;
    return FENCE.test(line) || (!deep && (QUOTE.test(line) || ITEM.test(line)));
  }

  private block(): Block {
    const line = this.line();
    const fence = FENCE.exec(line);
    if (fence) return this.fence(fence[1]!, fence[2]!);
    if (this.depth < DEPTH_MAX && QUOTE.test(line)) return this.quote();
    if (this.depth < DEPTH_MAX && ITEM.test(line)) return this.list();
    return this.paragraph();
  }

  private fence(mark: string, info: string): Block {
    const body: string[] = [];
    this.i++;
    for (; this.i < this.lines.length; this.i++) {
      const end = /^ {0,3}(`{3,}|~{3,})\s*$/u.exec(this.line());
      if (end && end[1]![0] === mark[0] && end[1]!.length >= mark.length) break;
      body.push(this.line());
    }
    this.i++;
    return { t: 'pre', lang: info.trim().split(/\s/u)[0]!.slice(0, 20), s: body.join('\n') };
  }

  private quote(): Block {
    const body: string[] = [];
    for (; QUOTE.test(this.line()); this.i++) body.push(this.line().replace(QUOTE, ''));
    return { t: 'quote', c: new Lines(body, this.depth + 1).parse() };
  }

  private list(): Block {
    const first = ITEM.exec(this.line())!;
    const ordered = /\d/u.test(first[2]!);
    const same = (m: RegExpExecArray | null): m is RegExpExecArray =>
      m !== null && (ordered ? /\d/u.test(m[2]!) : !/\d/u.test(m[2]!));
    const items: Block[][] = [];
    for (let m = ITEM.exec(this.line()); same(m); m = ITEM.exec(this.line())) items.push(this.item(m));
    return { t: 'list', ordered, start: ordered ? Number.parseInt(first[2]!, 10) : 1, items };
  }

  /** One item: its first line, then what is indented at least as its text, blank lines between. */
  private item(m: RegExpExecArray): Block[] {
    const indent = m[1]!.length + m[2]!.length + Math.min(4, m[3]!.length);
    const body = [this.line().slice(m[0].length)];
    this.i++;
    for (; this.i < this.lines.length; this.i++) {
      const line = this.line();
      const next = BLANK.test(line) ? this.line(this.i + 1) : line;
      const lead = next.length - next.trimStart().length;
      if (lead >= Math.min(indent, 2) && lead > m[1]!.length && !BLANK.test(next)) body.push(line.slice(Math.min(lead, indent)));
      else if (BLANK.test(line) && ITEM.test(next)) continue; // a loose list
      else break;
    }
    return new Lines(body, this.depth + 1).parse();
  }

  private paragraph(): Block {
    const body = [this.line()];
    for (this.i++; this.i < this.lines.length; this.i++) {
      const line = this.line();
      const item = ITEM.exec(line);
      const number = item && /\d/u.test(item[2]!) && Number.parseInt(item[2]!, 10) !== 1;
      if (BLANK.test(line) || (this.starts(line) && !number)) break; // "… in\n1986. …" is no list
      body.push(line);
    }
    return { t: 'p', c: inline(body.join('\n').trim()) };
  }
}

const cache = new Map<string, Block[]>();

/** The tree of a message's text. Kept for the last few hundred texts, so that drawing again is free. */
export function parse(s: string): Block[] {
  let tree = cache.get(s);
  if (tree) return tree;
  tree = new Lines(s.replace(/\r\n?/gu, '\n').split('\n'), 0).parse();
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value!);
  cache.set(s, tree);
  return tree;
}

const inlineText = (c: readonly Inline[]): string =>
  c.map((n) => (n.t === 'br' ? ' ' : 'c' in n ? inlineText(n.c) : n.s)).join('');

const blockText = (b: Block): string => {
  if (b.t === 'p') return inlineText(b.c);
  if (b.t === 'pre') return b.s;
  return b.t === 'quote' ? b.c.map(blockText).join(' ') : b.items.flat().map(blockText).join(' ');
};

/** One line without marks, for previews, quotes and announcements. */
export function preview(s: string, max = 200): string {
  const line = parse(s.length > 2000 ? s.slice(0, 2000) : s).map(blockText).join(' ').replace(/\s+/gu, ' ').trim();
  return line.length > max ? `${Array.from(line).slice(0, max).join('').trimEnd()}…` : line;
}
