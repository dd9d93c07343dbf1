// SPDX-License-Identifier: MIT
// list.test.mjs - the list of chats: the state of a row, filters, its menu, rows that hold still, its
// width; keys that go from chat to chat; one pane at a time on a phone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, cid } from '../wire/lib/client.mjs';
import { until } from '../wire/lib/server.mjs';
import { t } from './lib/catalogue.mjs';
import { World, WAIT_MS } from './lib/world.mjs';

let world, people, mina, sam, chats;
const rowOf = (page, title) => page.locator('.chat-row').filter({ hasText: title });
const titles = (page) => page.locator('.chat-row .name').allTextContents();
const say = (chat, text, more = {}) => mina.ok('send', { chat, cid: cid(), body: { text }, ...more });
const eventually = (check, what) => until(check, what, WAIT_MS);

before(async () => {
  world = await World.create();
  people = await world.server.people({ name: 'sam', display: 'Sam Lindqvist' }, { name: 'mina', display: 'Mina Okafor' }, { name: 'yuki', display: 'Yuki Tanabe' });
  mina = await Client.join(world.server, people.mina);
  const create = async (args) => (await mina.ok('chat.create', { cid: cid(), ...args })).chat;
  const both = [people.sam.id, people.yuki.id];
  chats = {
    direct: await create({ kind: 'direct', members: [people.sam.id] }),
    group: await create({ kind: 'group', title: 'Autumn catalogue', members: both }),
    channel: await create({ kind: 'channel', title: 'Print room', members: both }),
  };
  await say(chats.direct, 'first *words*');
  await say(chats.group, 'the cover');
  await say(chats.channel, '@sam look', { mentions: [people.sam.id] });
  sam = await world.open('sam', '/', { token: people.sam.token });
  await rowOf(sam, 'Print room').waitFor();
});
after(() => world.done());

test('a row tells who spoke last and what, counts and mentions', async () => {
  assert.deepEqual(await titles(sam), ['Print room', 'Autumn catalogue', 'Mina Okafor']);
  await rowOf(sam, 'Mina Okafor').getByText('first words', { exact: true }).waitFor(); // without its marks
  await rowOf(sam, 'Autumn catalogue').getByText('Mina: the cover').waitFor();
  assert.equal(await rowOf(sam, 'Autumn catalogue').locator('.pill').count(), 1);
  assert.equal(await rowOf(sam, 'Print room').locator('.pill.at').count(), 1);
  await eventually(async () => (await sam.title()).startsWith('(2) '), 'one in the direct chat, one mention');
});

test('the filters show what they say', async () => {
  const chip = (key) => sam.locator('.chip').filter({ hasText: t(key) });
  await chip('filter.people').click();
  assert.deepEqual(await titles(sam), ['Mina Okafor']);
  await chip('filter.channels').click();
  assert.deepEqual(await titles(sam), ['Print room']);
  await chip('filter.unread').click();
  assert.equal((await titles(sam)).length, 3);
  await chip('filter.all').click();
  assert.equal(await chip('filter.all').getAttribute('aria-pressed'), 'true');
});

test('who types shows in the row, and ends', async () => {
  mina.say('typing', { chat: chats.group });
  await rowOf(sam, 'Autumn catalogue').getByText(t('typing.one', { name: 'Mina Okafor' })).waitFor();
  await say(chats.group, 'said it');
  await rowOf(sam, 'Autumn catalogue').getByText('Mina: said it').waitFor();
});

test('a draft shows in the row of a chat that is not open', async () => {
  await rowOf(sam, 'Autumn catalogue').click();
  await sam.locator('.composer textarea').fill('the cover needs');
  assert.equal(await rowOf(sam, 'Autumn catalogue').getByText(t('row.draft')).count(), 0);
  await rowOf(sam, 'Print room').click();
  await rowOf(sam, 'Autumn catalogue').getByText(t('row.draft')).waitFor();
  await rowOf(sam, 'Autumn catalogue').click();
  await sam.locator('.composer textarea').fill('');
});

test('the menu opens by key, mutes, and marks unread', async () => {
  const row = rowOf(sam, 'Autumn catalogue');
  await row.focus();
  await sam.keyboard.press('Shift+F10');
  await sam.getByRole('menuitem', { name: t('mute'), exact: true }).click();
  await sam.getByRole('menuitem', { name: t('mute.always'), exact: true }).click();
  await sam.locator('.chat-row.muted').filter({ hasText: 'Autumn catalogue' }).waitFor();
  await sam.getByRole('button', { name: t('undo') }).click();
  await sam.locator('.chat-row.muted').waitFor({ state: 'detached' });
  const choose = async (key) => {
    await rowOf(sam, 'Print room').click({ button: 'right' });
    await sam.getByRole('menuitem', { name: t(key), exact: true }).click();
  };
  const pill = rowOf(sam, 'Print room').locator('.pill');
  await rowOf(sam, 'Print room').click();
  await eventually(async () => (await pill.count()) === 0, 'read by looking at it');
  await choose('mark.unread');
  await pill.waitFor();
  await choose('mark.read');
  await pill.waitFor({ state: 'detached' });
  await rowOf(sam, 'Print room').click({ button: 'right' });
  await sam.keyboard.press('Escape');
  assert.equal(await sam.getByRole('menu').count(), 0);
});

test('rows hold still under the pointer, and come after it has gone', async () => {
  await rowOf(sam, 'Autumn catalogue').hover();
  const before = await titles(sam);
  const last = before.at(-1);
  await say({ 'Mina Okafor': chats.direct, 'Autumn catalogue': chats.group, 'Print room': chats.channel }[last], 'to the top');
  await rowOf(sam, last).getByText('to the top').waitFor();
  assert.deepEqual(await titles(sam), before);
  await sam.mouse.move(900, 300);
  await sam.locator('.composer textarea').focus();
  await eventually(async () => (await titles(sam))[0] === last, 'the new order');
});

test('keys go from chat to chat, to the next unread, and back leads back', async () => {
  const order = await titles(sam);
  await rowOf(sam, order[0]).click();
  await sam.locator('h1', { hasText: order[0] }).waitFor();
  await sam.keyboard.press('Alt+ArrowDown');
  await sam.locator('h1', { hasText: order[1] }).waitFor();
  await sam.keyboard.press('Alt+ArrowUp');
  await sam.locator('h1', { hasText: order[0] }).waitFor();
  await sam.goBack();
  await sam.locator('h1', { hasText: order[1] }).waitFor();
  assert.equal(await rowOf(sam, order[1]).getAttribute('aria-current'), 'page');
  await rowOf(sam, 'Autumn catalogue').click();
  await sam.locator('h1', { hasText: 'Autumn catalogue' }).waitFor();
  await say(chats.channel, 'news'); // goes to the top
  await rowOf(sam, 'Print room').getByText('news').waitFor();
  await eventually(async () => (await titles(sam))[0] === 'Print room', 'on top, now that nothing holds it');
  const all = await titles(sam);
  const unread = await sam.locator('.chat-row.unread .name').allTextContents();
  const above = all.slice(0, all.indexOf('Autumn catalogue')).filter((name) => unread.includes(name)).at(-1);
  await sam.keyboard.press('Alt+Shift+ArrowUp');
  await sam.locator('h1', { hasText: above }).waitFor();
});

test('the edge of the list moves by keys, within bounds, and is remembered', async () => {
  const width = () => sam.locator('.list').evaluate((el) => Math.round(el.getBoundingClientRect().width));
  const was = await width();
  const edge = sam.getByRole('separator', { name: t('list.width') });
  await edge.focus();
  await sam.keyboard.press('ArrowRight');
  await eventually(async () => (await width()) === was + 16, '16 wider');
  for (let i = 0; i < 20; i++) await sam.keyboard.press('ArrowRight');
  await eventually(async () => (await width()) === 420, 'no wider than 420');
  await sam.reload();
  await rowOf(sam, 'Print room').waitFor();
  await eventually(async () => (await width()) === 420, 'remembered');
});

test('a direct chat that is there already is opened, not made again', async () => {
  await sam.keyboard.press('Control+Shift+Enter');
  await sam.getByRole('dialog').getByLabel(t('new.who'), { exact: true }).fill('min');
  await sam.keyboard.press('Enter');
  await sam.getByRole('dialog').locator('button[type=submit]').click();
  await sam.locator('h1', { hasText: 'Mina Okafor' }).waitFor();
  assert.match(sam.url(), new RegExp(`/c/${chats.direct}$`));
  assert.equal((await titles(sam)).length, 3);
});

test('on a phone one pane at a time, each a step back', async () => {
  const phone = await world.open('phone', '/', { token: people.sam.token, width: 390, height: 844, hasTouch: true, isMobile: true });
  await rowOf(phone, 'Print room').tap();
  await phone.locator('h1', { hasText: 'Print room' }).waitFor();
  assert.equal(await phone.locator('.list').count(), 0);
  await phone.getByRole('button', { name: t('more') }).last().tap();
  await phone.getByRole('menuitem', { name: t('members.title') }).tap();
  await phone.locator('.panel').getByText('Yuki Tanabe').waitFor();
  assert.equal(await phone.locator('.sheet').count(), 0);
  await phone.goBack();
  await phone.locator('.log').waitFor();
  await phone.goBack();
  await rowOf(phone, 'Print room').waitFor();
  assert.equal(await phone.locator('.sheet').count(), 0);
});

test('nothing went wrong on any page', () => world.clean());
