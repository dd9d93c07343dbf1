// SPDX-License-Identifier: MIT
// page.test.mjs - the page in Chromium against the real binary: two people, from set-up to a crash.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Server, until } from './lib/server.mjs';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PASSWORD = 'three or four words';
const WAIT = 10000;
let server, browser, sam, mina;
const troubles = [];
let crashing = false; // a refused connection is no fault of the page while the server is down

async function open(name, path, used) {
  const context = used ?? await browser.newContext({ viewport: { width: 1100, height: 700 }, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT);
  page.on('pageerror', (e) => troubles.push(`${name}: ${e.stack}`));
  page.on('console', (m) => {
    const refused = crashing && /WebSocket connection|ERR_CONNECTION_REFUSED/.test(m.text());
    if (['error', 'warning'].includes(m.type()) && !refused) troubles.push(`${name}: ${m.text()}`);
  });
  await page.goto(server.url + path);
  return page;
}

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
  server = await Server.start();
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
  await sam.getByText('No chats yet').waitFor();
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
  await mina.getByText('No chats yet').waitFor();
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

test('older pages come by scrolling up, and the place is kept', async () => {
  for (let i = 0; i < 70; i++) await say(sam, `line ${i}`);
  await sees(mina, 'line 69');
  await until(async () => (await sam.locator('.tick.sending').count()) === 0, 'all sent', WAIT);
  await mina.reload();
  await chat(mina, 'Print room').click();
  await sees(mina, 'line 69');
  for (let i = 0; i < 20 && !(await message(mina, 'First word here').count()); i++) {
    await mina.evaluate(() => (document.getElementById('log').scrollTop = 0));
    await mina.waitForTimeout(100);
  }
  await sees(mina, 'First word here');
  const texts = (await mina.locator('article .text').allTextContents()).filter((t) => t.startsWith('line '));
  assert.deepEqual(texts, Array.from({ length: 70 }, (_, i) => `line ${i}`));
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

test('the console stayed clean', () => assert.deepEqual(troubles, []));
