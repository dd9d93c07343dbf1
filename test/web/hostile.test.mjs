// SPDX-License-Identifier: MIT
// hostile.test.mjs - texts, names, titles and topics that were made to run as something else: each is
// shown as what it is, and nothing runs, is loaded, or leads away from this server by itself.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { until } from '../wire/lib/server.mjs';
import { Client, cid } from '../wire/lib/client.mjs';
import { choose, heading, openChat, row } from './lib/dom.mjs';
import { t } from './lib/catalogue.mjs';
import { scene, World } from './lib/world.mjs';

const RUN = 'globalThis.__ran=1';
const HANDLERS = ['onerror', 'onload', 'onclick', 'onmouseover', 'onfocus', 'onanimationstart', 'ontoggle', 'onpointerenter'];
const TAGS = ['img src=x', 'svg', 'body', 'video src=x', 'audio src=x', 'details open', 'input autofocus', 'iframe', 'math', 'marquee', 'object data=x', 'style'];
const SCHEMES = ['javascript:', 'JaVaScRiPt:', 'java\tscript:', ' javascript:', '\u0001javascript:', 'javascript&colon;', 'data:text/html,', 'data:text/html;base64,', 'vbscript:', 'file:///etc/passwd?', 'blob:', 'view-source:javascript:'];
const WRAPS = [(s) => `[x](${s})`, (s) => `<${s}>`, (s) => `![x](${s})`, (s) => `[x]( ${s} "t")`, (s) => `[${s}](${s})`, (s) => s];

const bodies = [
  ...TAGS.flatMap((tag) => HANDLERS.slice(0, 6).map((on) => `<${tag} ${on}=${RUN}>`)),
  ...SCHEMES.flatMap((scheme) => WRAPS.map((wrap) => wrap(`${scheme}${RUN}`))),
  `<script>${RUN}</script>`, `</script><script>${RUN}</script>`, `<SCRIPT SRC=//127.0.0.2/x.js></SCRIPT>`, `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `"><script>${RUN}</script>`, `'-${RUN}-'`, `\`-\${${RUN}}-\``, `{{constructor.constructor('${RUN}')()}}`, `\${${RUN}}`, `<%= ${RUN} %>`, `#{${RUN}}`,
  `<svg><script>${RUN}</script></svg>`, `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`, `<svg><a xlink:href="javascript:${RUN}"><text>x</text></a></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img src=x onerror=${RUN}>`, `<template><script>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`, `<textarea></textarea><script>${RUN}</script>`, `<title><img src=x onerror=${RUN}></title>`,
  `<base href=//127.0.0.2/>`, `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`, `<link rel=stylesheet href=//127.0.0.2/x.css>`, `<form action=javascript:${RUN}><button>x</button></form>`,
  `<style>@import '//127.0.0.2/x.css';</style>`, `<div style="background:url(javascript:${RUN})">x</div>`, `&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;script&#62;${RUN}&#60;/script&#62;`,
  `\u202e<script>${RUN}</script>\u202c`, `\u2066\u2067abc\u2069\u2069 (moc.elpmaxe)`, `a\u200b\u200c\u200d\u2060\ufeffb`, `Z\u0335\u0321\u0322\u0327\u0328`.repeat(40), '\ufdfd'.repeat(60), '\u{e0001}\u{e0041}x', '👩‍👩‍👧‍👦'.repeat(80),
  '['.repeat(800), '**'.repeat(800), '> '.repeat(400) + 'deep', '- '.repeat(300) + 'deep', '`'.repeat(999), '_*~'.repeat(500), `[a](`.repeat(300), '```\n'.repeat(99), `![](`.repeat(300),
  `\`\`\`html\n<script>${RUN}</script>\n\`\`\``, `\`<img src=x onerror=${RUN}>\``, `**<b onclick=${RUN}>x</b>**`, `~~[x](javascript:${RUN})~~`,
  `https://127.0.0.1:1/"onmouseover=${RUN}//`, `https://user:pass@127.0.0.1/`, `http://[::1]/<script>`, `https://аррӏе.example/`, `mailto:x@example.org?subject=<script>${RUN}</script>`,
  `__proto__`, `constructor`, `[__proto__](constructor)`, `%3Cscript%3E${RUN}%3C/script%3E`, `\\u003cscript\\u003e${RUN}`, `=HYPERLINK("javascript:${RUN}")`, 'x'.repeat(16000),
];
const names = [`<img src=x onerror=${RUN}>`, `"><script>${RUN}</script>`, `\u202egnp.exe`, `{{${RUN}}}`, `javascript:${RUN}`, '<b>Sam</b>', `' onclick='${RUN}`, '𝕬𝖉𝖒𝖎𝖓', '__proto__', `&lt;i&gt;`];

let world, people, mina, sam, group;
const asked = [];

before(async () => {
  world = await World.create();
  people = await world.server.people({ name: 'sam', role: 'admin' }, ...names.map((display, i) => ({ name: `n${i}`, display })));
  mina = await Client.join(world.server, people.n0);
  const everyone = [people.sam, ...names.slice(1).map((_, i) => people[`n${i + 1}`])].map((p) => p.id);
  group = (await mina.ok('chat.create', { kind: 'group', title: names[0], members: everyone, cid: cid() })).chat;
  sam = await world.open('sam', '/', { token: people.sam.token });
  sam.on('request', (r) => asked.push(r.url()));
  sam.on('framenavigated', (f) => asked.push(f.url()));
});
after(() => world.done());

/** What ran, what was made of data that may run, and what was asked for elsewhere. */
async function nothingRan() {
  const found = await sam.evaluate(() => ({
    ran: globalThis.__ran ?? 0,
    elements: [...document.querySelectorAll('.app script, .app iframe, .app object, .app embed, .app base, .app meta, .app form[action], .app style, .app link')].map((el) => el.outerHTML),
    handlers: [...document.querySelectorAll('*')].flatMap((el) => el.getAttributeNames().filter((a) => a.startsWith('on'))),
    links: [...document.querySelectorAll('a[href]')].map((a) => a.protocol).filter((p) => !['http:', 'https:', 'mailto:'].includes(p)),
    images: [...document.querySelectorAll('img')].map((i) => i.src).filter((s) => !s.startsWith(location.origin)),
  }));
  assert.deepEqual(found, { ran: 0, elements: [], handlers: [], links: [], images: [] });
  const origin = new URL(world.server.url).origin;
  assert.deepEqual(asked.filter((url) => new URL(url).origin !== origin), []);
}

scene(`${bodies.length} bodies`, async () => {
  assert.ok(bodies.length >= 200);
  await openChat(sam, names[0]);
  for (const [i, text] of bodies.entries()) {
    await mina.ok('send', { chat: group, cid: cid(), body: { text: i % 3 ? text : `${text}\n\nno ${i}` } });
    if (i % 25 === 24) await nothingRan();
  }
  await mina.ok('send', { chat: group, cid: cid(), body: { text: 'the last' } });
  await sam.locator('article.msg .body', { hasText: 'the last' }).waitFor();
  await nothingRan();
});

scene('each of them is seen when one scrolls by, and their links lead nowhere else by themselves', async () => {
  const seen = new Set();
  await until(async () => {
    for (const text of await sam.locator('article.msg .body').allTextContents()) seen.add(text);
    await nothingRan();
    return sam.locator('.log').evaluate((el) => {
      el.scrollTop -= 600;
      return el.scrollTop <= 0;
    });
  }, 'the beginning', 120000);
  for (const word of ['<script>globalThis.__ran=1</script>', '<img src=x onerror=globalThis.__ran=1>', `{{constructor.constructor('${RUN}')()}}`]) {
    assert.ok([...seen].some((text) => text.includes(word)), `shown as it is: ${word}`);
  }
  const rel = await sam.locator('article.msg .body a[href]').evaluateAll((all) => all.filter((a) => a.origin !== location.origin && !(a.relList.contains('noopener') && a.relList.contains('noreferrer'))).map((a) => a.outerHTML));
  assert.deepEqual(rel, []);
});

scene('names, titles and topics', async () => {
  for (const [i, name] of names.entries()) {
    await mina.ok('chat.update', { chat: group, title: name, topic: `topic ${name}` });
    await heading(sam, name).waitFor();
    await row(sam, name).waitFor();
    const other = await Client.join(world.server, people[`n${i}`]);
    await other.ok('send', { chat: group, cid: cid(), body: { text: `from ${i}` } });
    await sam.locator('article.msg .body', { hasText: `from ${i}` }).last().waitFor();
    other.say('typing', { chat: group });
    await nothingRan();
    other.socket.terminate();
  }
  await sam.locator('.head').getByRole('button', { name: t('more'), exact: true }).click();
  await choose(sam, 'members.title');
  for (const name of names) await sam.locator('.panel').getByText(name, { exact: true }).first().waitFor();
  await nothingRan();
  await sam.keyboard.press('Control+k');
  await sam.getByRole('dialog').waitFor();
  await sam.keyboard.type('<');
  await nothingRan();
});

scene('the console stayed clean', () => world.clean());
