// SPDX-License-Identifier: MIT
// markdown.tsx - a message's tree as elements. Text becomes text nodes; there is no HTML string.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { isHere } from '../../lib/text/mentions.js';
import { parse, type Block, type Inline } from '../../lib/text/markdown.js';
import { emojiOnly } from '../../lib/text/emoji.js';
import { t } from '../../strings/index.js';
import { Icon } from '../common/icon.js';
import { session } from '../store.js';

function Mention({ name, s }: { name: string; s: string }) {
  const user = session.userNamed(name);
  if (!user && !isHere(name)) return <>{s}</>;
  const me = isHere(name) || user?.id === session.self.value?.id;
  return <span class={me ? 'mention me' : 'mention'}>{s}</span>;
}

const inline = (list: readonly Inline[]): ComponentChildren => list.map((i, n) => {
  switch (i.t) {
    case 'text': return i.s;
    case 'br': return <br key={n} />;
    case 'bold': return <strong key={n}>{inline(i.c)}</strong>;
    case 'italic': return <em key={n}>{inline(i.c)}</em>;
    case 'strike': return <s key={n}>{inline(i.c)}</s>;
    case 'code': return <code key={n}>{i.s}</code>;
    case 'link': return <a key={n} href={i.href} target="_blank" rel="noopener noreferrer nofollow">{inline(i.c)}</a>;
    case 'mention': return <Mention key={n} name={i.name} s={i.s} />;
  }
});

function Pre({ s, lang }: { s: string; lang: string }) {
  const [done, set] = useState(false);
  const copy = () => navigator.clipboard.writeText(s).then(() => {
    set(true);
    setTimeout(() => set(false), 1500);
  }, () => {});
  return (
    <div class="pre"><pre tabIndex={0} aria-label={lang || undefined}><code>{s}</code></pre>
      <button type="button" class="icon-btn" aria-label={t('copy.code')} onClick={copy}><Icon name={done ? 'check' : 'copy'} size={16} /></button></div>
  );
}

const blocks = (list: readonly Block[]): ComponentChildren => list.map((b, n) => {
  switch (b.t) {
    case 'p': return <p key={n}>{inline(b.c)}</p>;
    case 'pre': return <Pre key={n} s={b.s} lang={b.lang} />;
    case 'quote': return <blockquote key={n}>{blocks(b.c)}</blockquote>;
    case 'list': {
      const items = b.items.map((c, i) => <li key={i}>{blocks(c)}</li>);
      return b.ordered ? <ol key={n} start={b.start}>{items}</ol> : <ul key={n}>{items}</ul>;
    }
  }
});

export function Body({ text }: { text: string }) {
  const big = emojiOnly(text);
  return <div class={big ? 'body big' : 'body'} dir="auto">{big ? text : blocks(parse(text))}</div>;
}
