// SPDX-License-Identifier: MIT
// page.test.mjs - the page in Chromium against the real binary: two people, from set-up to a crash,
// a third who speaks over the protocol, what hostile words do (nothing), and a new database.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Client, group } from './lib/client.mjs';
import { Server, until } from './lib/server.mjs';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PASSWORD = 'three or four words';
const WAIT = 10000;
let server, browser, sam, mina, bo, printRoom;
const troubles = [];
let crashing = false; // a refused connection is no fault of the page while the server is down

async function open(name, path, used, origin = server.url) {
  const context = used ?? await browser.newContext({ viewport: { width: 1100, height: 700 }, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT);
  page.on('pageerror', (e) => troubles.push(`${name}: ${e.stack}`));
  page.on('console', (m) => {
    const refused = crashing && /WebSocket connection|ERR_CONNECTION_REFUSED/.test(m.text());
    if (['error', 'warning'].includes(m.type()) && !refused) troubles.push(`${name}: ${m.text()}`);
  });
  page.on('dialog', (d) => { troubles.push(`${name}: a dialog: ${d.message()}`); d.dismiss(); });
  await page.goto(origin + path);
  return page;
}

/** A network cable to the server: what goes through it can be cut while the server lives on. */
class Cable {
  static async lay() {
    const c = new Cable();
    c.ends = new Set();
    c.hub = net.createServer((a) => {
      const b = net.connect(server.port, '127.0.0.1');
      for (const [x, y] of [[a, b], [b, a]]) {
        c.ends.add(x);
        x.pipe(y);
        x.on('error', () => {}).on('close', () => { c.ends.delete(x); y.destroy(); });
      }
    });
    await c.join(0);
    return c;
  }
  async join(port = this.port) {
    await once(this.hub.listen(port, '127.0.0.1'), 'listening');
    this.port = this.hub.address().port;
  }
  async cut() {
    const closed = once(this.hub, 'close');
    this.hub.close();
    for (const end of this.ends) end.destroy();
    await closed;
  }
}

async function upUntil(page, text) {
  await until(async () => {
    await page.evaluate(() => (document.getElementById('log').scrollTop = 0));
    return message(page, text).count();
  }, `"${text}" above`, WAIT);
}
/** By how many pixels what is being read moves while the page before it comes in. */
const moved = (page) => page.evaluate(async () => {
  const all = document.getElementsByTagName('article'), second = all[1], had = all.length;
  document.getElementById('log').scrollTop = 0;
  const y = second.getBoundingClientRect().top;
  for (const end = Date.now() + 5000; all.length === had;) {
    if (Date.now() > end) return Infinity;
    await new Promise(requestAnimationFrame);
  }
  return Math.abs(second.getBoundingClientRect().top - y);
});
const textsOf = async (page, prefix) => (await page.locator('article .text').allTextContents()).filter((t) => t.startsWith(prefix));
const numbered = (prefix, n) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
const draftOf = (page) => page.inputValue('#text');

async function say(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}
const exactly = (text) => new RegExp(`^${text.replace(/[^\w ]/g, '\\$&')}$`);
const message = (page, text) => page.locator('article', { has: page.locator('.text', { hasText: exactly(text) }) });
const chat = (page, title) => page.locator('.chat', { has: page.locator('.chat-text b', { hasText: exactly(title) }) });
const sees = (page, text) => message(page, text).last().waitFor();
const action = async (page, text, label) => {
  await message(page, text).hover();
  await message(page, text).locator('.act').click();
  await page.locator('#menu').getByText(label, { exact: true }).click();
};

before(async () => {
  server = await Server.start({ env: { LINNET_LIMITS_SENDS_PER_10S: '100000' } });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
});
after(async () => {
  await browser?.close();
  await server.done();
});

test('set-up by the link, spent only by the button', async () => {
  const { body } = await server.admin('setup.link');
  sam = await open('sam', body.path);
  await sam.getByText('Set up this server').waitFor();
  assert.equal((await server.admin('status')).body.needs_setup, true, 'looking does not spend it');
  await sam.fill('[name=display]', 'Sam Lindqvist');
  assert.equal(await sam.inputValue('[name=name]'), 'sam');
  await sam.fill('[name=password]', 'short');
  await sam.click('#auth-go');
  await sam.getByText('Use at least 8 characters').first().waitFor();
  await sam.fill('[name=password]', PASSWORD);
  await sam.click('#auth-go');
  await chat(sam, 'General').waitFor();
  assert.equal(new URL(sam.url()).hash, '', 'the secret is out of the address bar');
  assert.equal(await sam.textContent('#me-name'), 'Sam Lindqvist');
});

test('an invitation brings Mina in', async () => {
  await sam.click('#me-menu');
  await sam.getByText('Invite people').click();
  const link = await sam.inputValue('#dialog-body input');
  assert.match(link, /\/join#./);
  await sam.click('#dialog-x');
  const { pathname, hash } = new URL(link);
  mina = await open('mina', pathname + hash);
  await mina.fill('[name=display]', 'Mina Okafor');
  await mina.fill('[name=password]', PASSWORD);
  await mina.click('#auth-go');
  await chat(mina, 'General').waitFor();
});

test('a direct chat: words, ticks, typing, presence, unread', async () => {
  await sam.click('#new');
  await sam.locator('label.pick', { hasText: 'Mina Okafor' }).click();
  await sam.getByText('Message Mina Okafor').click();
  await say(sam, 'Hello Mina');
  await sees(sam, 'Hello Mina');
  await message(sam, 'Hello Mina').locator('.tick.delivered').waitFor();
  await mina.locator('.chat .count').waitFor();
  assert.match(await mina.textContent('.chat .count'), /^1/);
  await chat(mina, 'Sam Lindqvist').click();
  await sees(mina, 'Hello Mina');
  await message(sam, 'Hello Mina').locator('.tick.read').waitFor();
  await mina.locator('.chat .count').waitFor({ state: 'detached' });
  await sam.getByText('Online').first().waitFor();
  await sam.locator('#sub', { hasText: 'Online' }).waitFor();
  await mina.locator('#text').pressSequentially('He');
  await sam.locator('#typing.on', { hasText: 'Mina Okafor is typing' }).waitFor();
  await say(mina, 'Hello Sam');
  await sees(sam, 'Hello Sam');
  await sam.locator('#typing.on').waitFor({ state: 'detached' });
});

test('edit, react, reply, delete; Shift-Enter is a new line; markup is text', async () => {
  await say(sam, 'Paper is <b>here</b>');
  await sees(mina, 'Paper is <b>here</b>');
  assert.equal(await mina.locator('#rows .text b').count(), 0);
  await action(sam, 'Paper is <b>here</b>', 'Edit');
  await say(sam, 'Paper is there');
  await sees(mina, 'Paper is there');
  await mina.locator('.meta', { hasText: 'edited' }).waitFor();
  await action(mina, 'Paper is there', '👍');
  await sam.locator('.react', { hasText: '👍 1' }).waitFor();
  await action(mina, 'Paper is there', 'Reply');
  await mina.fill('#text', 'Line one');
  await mina.press('#text', 'Shift+Enter');
  await mina.locator('#text').pressSequentially('line two');
  await mina.press('#text', 'Enter');
  await sam.locator('article', { hasText: 'line two' }).locator('.quote', { hasText: 'Paper is there' }).waitFor();
  await action(sam, 'Paper is there', 'Delete…');
  await sam.getByText('Delete for everyone').click();
  await mina.locator('.gone').waitFor();
});

test('a channel is made, found and joined; a group is made', async () => {
  await sam.click('#new');
  await sam.locator('label.field', { hasText: 'New channel' }).locator('input').fill('Print room');
  await sam.getByText('Create channel').click();
  await sam.locator('#title', { hasText: 'Print room' }).waitFor();
  await say(sam, 'First word here');
  await sees(sam, 'First word here');
  await mina.click('#new');
  await mina.locator('.channel', { hasText: 'Print room' }).getByText('Join', { exact: true }).click();
  await sees(mina, 'First word here');
  await say(mina, '@sam I am in');
  await sam.locator('.mention.me').waitFor();
});

test('older pages come by scrolling up', async () => {
  for (let i = 0; i < 70; i++) await say(sam, `line ${i}`);
  await sees(mina, 'line 69');
  await until(async () => (await sam.locator('.tick.sending').count()) === 0, 'all sent', WAIT);
  await mina.reload();
  await chat(mina, 'Print room').click();
  await sees(mina, 'line 69');
  await upUntil(mina, 'First word here');
  assert.deepEqual(await textsOf(mina, 'line '), numbered('line ', 70));
});

test('a gap too wide for one answer: all is there after it, in order, once', async () => {
  const { bo: account } = await server.people({ name: 'bo' });
  bo = await Client.join(server, account);
  const { chats } = await bo.ok('chat.list', { open: true });
  printRoom = chats.find((c) => c.title === 'Print room').id;
  await bo.ok('chat.join', { chat: printRoom });
  const early = await bo.send(printRoom, 'before the cut');
  const cable = await Cable.lay();
  const far = await open('mina afar', '/', mina.context(), `http://127.0.0.1:${cable.port}`);
  await chat(far, 'Print room').click();
  await sees(far, 'before the cut');
  await far.locator('.sys', { hasText: 'bo joined' }).waitFor();
  await far.fill('#text', 'half a thou');
  crashing = true;
  await cable.cut();
  await far.locator('#banner:visible').waitFor();
  for (const text of numbered('missed ', 130)) await bo.send(printRoom, text);
  await bo.ok('edit', { chat: printRoom, target: early.seq, body: { text: 'before the cut, and mended' } });
  await cable.join();
  await far.getByText('Try now').click().catch(() => {}); // unless it came back by itself meanwhile
  await sees(far, 'missed 129');
  crashing = false;
  assert.ok((await moved(far)) < 2, 'what is being read stays where it is');
  await upUntil(far, 'before the cut, and mended');
  assert.deepEqual(await textsOf(far, 'missed '), numbered('missed ', 130));
  assert.equal(await message(far, 'before the cut').count(), 0);
  assert.equal(await draftOf(far), 'half a thou');
  await bo.send(printRoom, 'live again');
  await sees(far, 'live again');
  await far.close();
  await cable.cut();
});

test('system lines say who did what', async () => {
  await chat(sam, 'Print room').click();
  const line = (text) => sam.locator('.sys', { hasText: text }).waitFor();
  const ask = (op, args) => server.admin(op, { chat: printRoom, ...args });
  await ask('chat.role', { user: bo.id, role: 'moderator' });
  await line('bo is now a moderator');
  await bo.ok('chat.update', { chat: printRoom, title: 'Press room', topic: 'Ink & paper' });
  await line('bo named this chat “Press room”');
  await line('bo set the topic: Ink & paper');
  await sam.locator('#sub', { hasText: 'Ink & paper' }).waitFor();
  await bo.ok('chat.update', { chat: printRoom, title: 'Print room', topic: '' });
  await line('bo cleared the topic');
  await ask('chat.update', { archived: true });
  await line('archived this chat');
  await sam.locator('.composer.off').waitFor();
  await ask('chat.update', { archived: false });
  await line('brought this chat back');
  await sam.locator('.composer:not(.off)').waitFor();
});

test('SIGTERM and a new start: the page comes back by itself, half a sentence in hand', async () => {
  await sam.fill('#text', 'half a sen');
  crashing = true;
  bo.close();
  assert.equal((await server.stop()).code, 0);
  await sam.locator('#banner:visible').waitFor();
  assert.equal(await draftOf(sam), 'half a sen');
  await server.start();
  await sam.locator('#banner').waitFor({ state: 'hidden' });
  await mina.locator('#banner').waitFor({ state: 'hidden' });
  crashing = false;
  assert.equal(await draftOf(sam), 'half a sen');
  await sam.locator('#text').pressSequentially('tence');
  await sam.press('#text', 'Enter');
  await sees(mina, 'half a sentence');
  assert.equal(await message(sam, 'live again').count(), 1);
});

test('kill -9: what is written meanwhile is kept and sent, once', async () => {
  for (const p of [sam, mina]) await chat(p, p === sam ? 'Mina Okafor' : 'Sam Lindqvist').click();
  crashing = true;
  await server.kill();
  await sam.locator('#banner', { hasText: /offline|Connecting/ }).waitFor();
  await say(sam, 'Written in the dark');
  await sam.locator('.trouble', { hasText: 'Will be sent' }).waitFor();
  assert.equal(await sam.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('linnet.out.')).length), 1);
  await server.start();
  await sees(mina, 'Written in the dark');
  await message(sam, 'Written in the dark').locator('.tick:not(.sending)').waitFor();
  await sam.locator('#banner').waitFor({ state: 'hidden' });
  crashing = false;
  for (const p of [sam, mina]) {
    assert.equal(await message(p, 'Written in the dark').count(), 1);
    await sees(p, 'Hello Sam');
  }
  assert.equal(await sam.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('linnet.out.')).length), 0);
});

test('an outbox outlives the page itself', async () => {
  crashing = true;
  await server.kill();
  await sam.locator('#banner:visible').waitFor();
  await say(sam, 'And the tab was closed');
  await sam.locator('.trouble').waitFor();
  const context = sam.context();
  await sam.close();
  await server.start();
  sam = await open('sam', '/', context);
  await sees(mina, 'And the tab was closed');
  crashing = false;
});

test('a phone shows one pane at a time, without sideways scroll', async () => {
  await mina.setViewportSize({ width: 320, height: 600 });
  assert.equal(await mina.evaluate(() => document.documentElement.scrollWidth), 320);
  await mina.click('#back');
  await mina.locator('#chats').waitFor();
  assert.equal(await mina.locator('#sheet').isVisible(), false);
  await chat(mina, 'Print room').click();
  assert.equal(await mina.locator('#chats').isVisible(), false);
  assert.equal(await mina.getAttribute('#log', 'role'), 'log');
});

test('signing out ends it', async () => {
  await mina.click('#back');
  await mina.click('#me-menu');
  await mina.getByText('Sign out', { exact: true }).click();
  await mina.getByText('Welcome back').waitFor();
  await mina.reload();
  await mina.getByText('Welcome back').waitFor();
  await mina.fill('[name=name]', 'mina');
  await mina.fill('[name=password]', PASSWORD);
  await mina.click('#auth-go');
  await chat(mina, 'Print room').waitFor();
});

const HOSTILE = [
  '<script>window.pwned=1</script>', '<img src=x onerror="window.pwned=1">', '<svg onload=window.pwned=1>',
  '"><iframe srcdoc="<script>parent.pwned=1</script>">', "'-window.pwned=1-'", '</textarea><script>pwned=1</script>',
  '<a href="javascript:window.pwned=1">x</a>', 'javascript:window.pwned=1', 'JaVaScRiPt://%0awindow.pwned=1',
  'data:text/html,<script>window.pwned=1</script>', 'https://"onmouseover="window.pwned=1"', 'https://x.test/<b>?q=1&lt;',
  'https://user:pass@x.test/' + 'a'.repeat(60), 'http://', '[x](javascript:window.pwned=1)', '&lt;b&gt;&#0;&amp;', '{{7*7}}${window.pwned=1}',
  '__proto__', 'constructor', '@__proto__ @constructor @here @mina', '%00%0d%0aSet-Cookie:a=b', "'; DROP TABLE users; --",
  '\u202egnp.exe\u202d abc', '\u2066\u2067\u2068unclosed \u05d0\u05d1\u05d2', '\u0645\u0631\u062d\u0628\u0627 123 (abc) \u05e9\u05dc\u05d5\u05dd',
  'W'.repeat(90), '\u{1f9d1}\u200d\u{1f9d1}\u200d\u{1f467}\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}\u{1f1e9}', '\u{1f600}'.repeat(24),
  'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ea\u0321\u031f\u033clgo', '\u200b\u2060\ufeff\u00ad x \u3164', '\u2028line\u2029para',
  'a\u0001\u0008\u001b[31m\u007f\u0085b', ' '.repeat(3) + '\t\tx\n\n\n' + 'y', '\u00a0'.repeat(80) + 'x',
];
const cut = (text, max) => { // as many whole characters as fit into max bytes
  let out = '';
  for (const ch of text) if (Buffer.byteLength(out + ch) <= max) out += ch; else break;
  return out;
};
const hasControl = (text) => /[\0-\x1f\x7f-\x9f]/.test(text);
/** What sticks out sideways: [id, width it needs]. */
const tooWide = (page) => page.evaluate(() => ['log', 'chats', 'dialog-body', 'dialog', 'menu', 'sheet'].map((id) => document.getElementById(id))
  .concat(document.documentElement).filter((e) => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > innerWidth)
  .map((e) => [e.id, e.scrollWidth, e.innerHTML.slice(0, 300)]));
const fits = async (page, what) => assert.deepEqual(await tooWide(page), [], what);

test('hostile words, names and titles are words: nothing runs, nothing is wider than 320 px', async () => {
  bo = await Client.join(server, (await server.people({ name: 'bo2' })).bo2);
  const { users } = (await server.admin('user.list')).body;
  const room = await group(bo, [{ id: +Object.keys(users).find((id) => users[id].name === 'mina') }], 'Bad words');
  await mina.evaluate(() => addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective}`)));
  await mina.setViewportSize({ width: 320, height: 600 });
  await chat(mina, 'Bad words').click();
  await mina.locator('#title', { hasText: 'Bad words' }).waitFor();
  for (const [i, text] of HOSTILE.entries()) {
    const { seq } = await bo.send(room, text);
    const emoji = cut(text, 32), title = cut(text, 100), display = cut(text, 64);
    if (hasControl(text)) {
      assert.equal(await bo.refused('chat.update', { chat: room, title }), 'bad_request', text);
      assert.equal(await bo.refused('user.update', { display }), 'bad_request', text);
    } else {
      await bo.ok('react', { chat: room, target: seq, emoji, on: true });
      await bo.ok('chat.update', { chat: room, title, topic: text });
      await bo.ok('user.update', { display });
      await until(async () => (await mina.textContent('#title')) === title, `title ${i}: ${text}`);
      await until(async () => (await mina.locator('.who b').last().textContent()) === display, `name ${i}: ${text}`);
      assert.match(await mina.locator('.react').last().textContent(), / 1$/);
      if (i % 8 === 0) { // the list and the members, too
        await mina.click('#more');
        await mina.locator('#menu').getByText('Members').click();
        await fits(mina, `members with ${text}`);
        await mina.click('#dialog-x');
        await mina.click('#back');
        await fits(mina, `the list with ${text}`);
        await mina.locator('.chat').first().click();
      }
    }
    await until(async () => (await mina.locator('article .text').last().textContent()) === text, `text ${i}: ${text}`);
    await fits(mina, JSON.stringify(text));
  }
  await mina.reload(); // and all of them once more, from history
  await upUntil(mina, HOSTILE[0]);
  assert.deepEqual(await mina.locator('article .text').allTextContents(), HOSTILE);
  await fits(mina, 'all of them');
  assert.equal(await mina.evaluate(() => window.pwned), undefined);
  const tags = await mina.evaluate(() => [...document.querySelectorAll('#rows *, #chats *')].map((e) => e.localName));
  assert.deepEqual(tags.filter((t) => /^(script|img|iframe|style|object|b:)$/.test(t)), []);
  for (const href of await mina.locator('#rows a').evaluateAll((all) => all.map((a) => a.href))) assert.match(href, /^https?:/);
  bo.close();
});

test('a new database under the old page: nothing stale is shown or sent, and one signs in anew', async () => {
  await mina.setViewportSize({ width: 1100, height: 700 });
  await chat(sam, 'Print room').click();
  await sees(sam, 'half a sentence');
  crashing = true;
  await server.stop();
  await sam.locator('#banner:visible').waitFor();
  await say(sam, 'For the old database');
  await sam.locator('.trouble').waitFor();
  for (const f of await readdir(server.dir)) if (/\.db(-wal|-shm)?$/.test(f)) await rm(join(server.dir, f));
  await server.start();
  await sam.getByText('This device was signed out').waitFor();
  crashing = false;
  assert.equal(await sam.locator('#app').isVisible(), false);
  assert.doesNotMatch(await sam.textContent('body'), /half a sentence|Print room|Mina/, 'not even out of sight');
  await sam.goto(server.url + (await server.admin('setup.link')).body.path);
  await sam.fill('[name=display]', 'Sam Anew');
  await sam.fill('[name=password]', PASSWORD);
  await sam.click('#auth-go');
  await chat(sam, 'General').click();
  await say(sam, 'A new beginning');
  await message(sam, 'A new beginning').locator('.tick.sent').waitFor();
  assert.equal(await sam.locator('article').count(), 1);
  assert.equal(await sam.locator('.chat').count(), 1);
});

test('the console stayed clean', () => assert.deepEqual(troubles, []));
