// SPDX-License-Identifier: MIT
// chat.test.mjs - two people and a third device: words, ticks, typing, presence, unread, edit, react,
// reply, delete, groups, channels, permalinks, the same state everywhere.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Client } from '../wire/lib/client.mjs';
import { t } from './lib/catalogue.mjs';
import { button, choose, composer, count, draftOf, entry, field, heading, kept, message, onMessage, openChat, row, say, sees, texts, tick, upUntil } from './lib/dom.mjs';
import { scene, World } from './lib/world.mjs';

let world, people, sam, mina, bo;

before(async () => {
  world = await World.create();
  people = await world.server.people({ name: 'sam', display: 'Sam Lindqvist', role: 'admin' }, { name: 'mina', display: 'Mina Okafor' }, { name: 'bo' });
  bo = await Client.join(world.server, people.bo);
  sam = await world.open('sam', '/', { token: people.sam.token });
  mina = await world.open('mina', '/', { token: people.mina.token });
});
after(() => world.done());

scene('nobody has a chat: it says so, and how to begin', async () => {
  await sam.getByText(t('empty.list')).waitFor();
  await sam.getByText(t('pick')).waitFor();
  await button(sam, 'empty.start').click();
  await field(sam, 'new.who').fill('mina');
  await sam.getByRole('dialog').getByText('@mina').click();
  await button(sam, 'new.message', { name: 'Mina Okafor' }).click();
  await heading(sam, 'Mina Okafor').waitFor();
  await sam.getByText(t('empty.chat')).waitFor();
});

scene('a word goes over, and its ticks tell how far it came', async () => {
  await say(sam, 'Hello Mina');
  await sees(sam, 'Hello Mina');
  assert.equal(await draftOf(sam), '');
  await tick(sam, 'Hello Mina', 'delivered').waitFor();
  await row(mina, 'Sam Lindqvist').locator('.pill').waitFor();
  assert.match(await row(mina, 'Sam Lindqvist').locator('.pill').innerText(), /1/);
  assert.match(await mina.title(), /^\(1\) /);
  assert.match(await mina.getAttribute('#favicon', 'href'), /favicon-1-/);
  await openChat(mina, 'Sam Lindqvist');
  await sees(mina, 'Hello Mina');
  await tick(sam, 'Hello Mina', 'read').waitFor();
  await row(mina, 'Sam Lindqvist').locator('.pill').waitFor({ state: 'detached' });
  assert.doesNotMatch(await mina.title(), /^\(/);
  assert.match(await mina.getAttribute('#favicon', 'href'), /favicon-[0-9a-f]{8}/);
});

scene('who types and who is here is shown, and ends', async () => {
  await sam.locator('.head').getByText(t('presence.on'), { exact: true }).waitFor();
  await composer(mina).pressSequentially('He');
  await sam.locator('.typing').getByText(t('typing.one', { name: 'Mina Okafor' })).waitFor();
  await say(mina, 'Hello Sam');
  await sees(sam, 'Hello Sam');
  await sam.locator('.typing', { hasText: /\w/ }).waitFor({ state: 'detached' });
  await mina.close();
  await sam.locator('.head').getByText(t('presence.on'), { exact: true }).waitFor({ state: 'detached' });
  mina = await world.open('mina', '/', { token: people.mina.token });
  await openChat(mina, 'Sam Lindqvist');
  await sam.locator('.head').getByText(t('presence.on'), { exact: true }).waitFor();
});

scene('edit, by menu and by ↑; the other sees it', async () => {
  await say(sam, 'Paper is here');
  await sees(mina, 'Paper is here');
  await onMessage(sam, 'Paper is here', 'edit');
  assert.equal(await draftOf(sam), 'Paper is here');
  await say(sam, 'Paper is there');
  await sees(mina, 'Paper is there');
  await count(message(mina, 'Paper is here'), 0, 'the old text');
  await composer(sam).press('ArrowUp');
  assert.equal(await draftOf(sam), 'Paper is there');
  await composer(sam).press('Escape');
  assert.equal(await draftOf(sam), '');
  await composer(sam).press('ArrowUp');
  await say(sam, 'Paper is everywhere');
  await sees(mina, 'Paper is everywhere');
  await mina.locator('article', { hasText: 'Paper is everywhere' }).getByText(t('edited')).waitFor();
});

scene('react from the bar, and again takes it back', async () => {
  await message(mina, 'Paper is everywhere').hover();
  await message(mina, 'Paper is everywhere').getByRole('toolbar').getByRole('button', { name: t('react.with', { emoji: '👍' }) }).click();
  const pill = message(sam, 'Paper is everywhere').locator('.reaction', { hasText: '👍' });
  await pill.waitFor();
  assert.equal(await pill.getAttribute('title'), 'Mina Okafor');
  await pill.click();
  await message(mina, 'Paper is everywhere').locator('.reaction', { hasText: '2' }).waitFor();
  await pill.click();
  await message(mina, 'Paper is everywhere').locator('.reaction', { hasText: '1' }).waitFor();
});

scene('reply quotes, and the quote leads back; delete leaves a tombstone', async () => {
  await onMessage(mina, 'Paper is everywhere', 'reply');
  await composer(mina).fill('Line one');
  await composer(mina).press('Shift+Enter');
  await composer(mina).pressSequentially('line two');
  await composer(mina).press('Enter');
  const answer = sam.locator('article', { hasText: 'line two' });
  await answer.locator('.quote', { hasText: 'Paper is everywhere' }).click();
  await sam.locator('article.lit', { hasText: 'Paper is everywhere' }).waitFor();
  await onMessage(sam, 'Paper is everywhere', 'delete.everyone');
  await choose(sam, 'delete');
  await mina.locator('.gone', { hasText: t('deleted.one', { name: 'Sam Lindqvist' }) }).waitFor();
  await mina.locator('article .quote', { hasText: t('deleted.quote') }).waitFor();
});

scene('a group by names, a channel to be found, who joins is told', async () => {
  await button(sam, 'new.title').click();
  for (const name of ['mina', 'bo']) {
    await field(sam, 'new.who').fill(name);
    await field(sam, 'new.who').press('Enter');
  }
  await field(sam, 'new.groupName').fill('Crew');
  await button(sam, 'new.group').click();
  await heading(sam, 'Crew').waitFor();
  await row(mina, 'Crew').waitFor();
  await button(sam, 'new.title').click();
  await sam.getByRole('dialog').getByRole('radio', { name: t('new.channel') }).click();
  await field(sam, 'new.channelName').fill('Print room');
  await field(sam, 'chat.topic').fill('Ink & paper');
  await sam.getByRole('dialog').locator('button[type=submit]').click();
  await heading(sam, 'Print room').waitFor();
  await button(mina, 'new.title').click();
  await mina.getByRole('dialog').getByRole('radio', { name: t('new.join') }).click();
  await mina.getByRole('dialog').locator('li', { hasText: 'Print room' }).getByRole('button').click();
  await heading(mina, 'Print room').waitFor();
  await sam.locator('.sys', { hasText: t('sys.joined', { users: 'Mina Okafor' }) }).waitFor();
  await mina.locator('.head', { hasText: 'Ink & paper' }).waitFor();
});

scene('a mention: by completion, lit for whom it names, counted in the list', async () => {
  await openChat(mina, 'Sam Lindqvist');
  await openChat(sam, 'Crew');
  await composer(sam).pressSequentially('Look @mi');
  await sam.locator('.complete li', { hasText: 'Mina Okafor' }).waitFor();
  await composer(sam).press('Tab');
  assert.match(await draftOf(sam), /^Look @mina/);
  await composer(sam).pressSequentially('now');
  await composer(sam).press('Enter');
  await row(mina, 'Crew').locator('.pill.at').waitFor();
  await openChat(mina, 'Crew');
  await mina.locator('.mention.me', { hasText: '@mina' }).waitFor();
  assert.equal(await sam.locator('.mention.me').count(), 0);
});

scene('who has read it, in a group', async () => {
  const [crew] = (await bo.ok('chat.list')).chats.filter((c) => c.title === 'Crew');
  const text = 'Look @mina now';
  await tick(sam, text, 'sent').or(tick(sam, text, 'delivered')).waitFor();
  await bo.ok('mark', { chat: crew.id, delivered: crew.head, read: crew.head });
  await tick(sam, text, 'read').waitFor();
  await message(sam, text).locator('.tick-btn').click();
  await sam.locator('.readby').getByText(t('readby.count', { n: 2, of: 2 })).waitFor();
  await sam.keyboard.press('Escape');
  assert.equal(await sam.locator('.readby').count(), 0);
});

scene('unread: the divider stands where one left, and the way up and down is whole', async () => {
  await openChat(mina, 'Sam Lindqvist');
  const [crew] = (await bo.ok('chat.list')).chats.filter((c) => c.title === 'Crew');
  for (let i = 0; i < 130; i++) await bo.send(crew.id, `line ${i}`);
  await row(mina, 'Crew').locator('.pill', { hasText: '99+' }).waitFor();
  await openChat(mina, 'Crew');
  await mina.locator('.row.unread').getByText(t('unread.line', { n: 130 })).waitFor();
  await mina.locator('.jump').click();
  await sees(mina, 'line 129');
  await row(mina, 'Crew').locator('.pill').waitFor({ state: 'detached' });
  await upUntil(mina, 'Look @mina now');
  const lines = await texts(mina, 'line ');
  assert.deepEqual(lines, lines.map((_, i) => `line ${i}`), 'in order, none twice, none missing');
});

scene('a permalink opens at its message, and back leads back', async () => {
  const [crew] = (await bo.ok('chat.list')).chats.filter((c) => c.title === 'Crew');
  const { seq } = (await bo.ok('history', { chat: crew.id, around: 20, limit: 10 })).items.find((i) => i.body?.text === 'line 12');
  const page = await world.open('mina by link', `/c/${crew.id}/${seq}`, { in: mina.context() });
  await message(page, 'line 12').and(page.locator('.lit, :focus')).waitFor();
  await openChat(page, 'Sam Lindqvist');
  await page.goBack();
  await heading(page, 'Crew').waitFor();
  await page.goto(`${world.server.url}/c/2147483647`);
  await heading(page, t('nothing.title')).waitFor();
  await page.close();
});

scene('a second device and a second tab show the same, drafts too', async () => {
  const phone = await world.open('sam’s phone', '/', { token: people.sam.token, width: 390, height: 844 });
  await openChat(phone, 'Crew');
  await say(phone, 'From the phone');
  await openChat(sam, 'Crew');
  await sees(sam, 'From the phone');
  const tab = await world.open('sam’s tab', '/', { in: sam.context() });
  await openChat(tab, 'Crew');
  await composer(sam).pressSequentially('half a sen');
  await openChat(sam, 'Print room');
  await row(sam, 'Crew').getByText(t('row.draft')).waitFor();
  await openChat(sam, 'Crew');
  assert.equal(await draftOf(sam), 'half a sen');
  await composer(tab).and(tab.locator(':focus')).waitFor();
  await composer(sam).fill('');
  await say(tab, 'One state');
  for (const page of [sam, phone, mina]) await count(kept(page, 'One state'), 1, 'what the tab said');
  await phone.close();
  await tab.close();
});

scene('keys: Ctrl-K finds, ? explains, Esc closes, focus comes back', async () => {
  await composer(sam).press('Control+k');
  await sam.getByRole('combobox', { name: t('jump.find') }).fill('print');
  await sam.keyboard.press('Enter');
  await heading(sam, 'Print room').waitFor();
  await sam.locator('.list-find').focus();
  await sam.keyboard.press('?');
  await sam.getByRole('dialog').getByText(t('keys.go')).waitFor();
  await sam.keyboard.press('Escape');
  await sam.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await sam.evaluate(() => document.activeElement.className.includes('list-find')), true, 'focus is where it was');
  await sam.keyboard.press('Alt+ArrowDown');
  await heading(sam, 'Print room').waitFor({ state: 'detached' });
});

scene('a member is made moderator, a chat renamed, left, and gone from the list', async () => {
  await openChat(sam, 'Crew');
  await sam.keyboard.press('Control+.');
  await sam.locator('.panel .member', { hasText: 'Mina Okafor' }).click();
  await choose(sam, 'make.moderator');
  await sam.locator('.panel .member', { hasText: 'Mina Okafor' }).getByText(t('role.moderator')).waitFor();
  await mina.locator('.sys', { hasText: t('sys.role', { name: 'Sam Lindqvist', user: 'Mina Okafor', role: t('role.moderator') }) }).waitFor();
  await mina.locator('.head').getByRole('button', { name: t('more') }).click();
  await choose(mina, 'chat.settings');
  await field(mina, 'chat.name').fill('Night crew');
  await field(mina, 'chat.name').press('Tab');
  await row(sam, 'Night crew').waitFor();
  await mina.locator('.panel').getByRole('button', { name: t('leave') }).click();
  await mina.getByRole('dialog').getByRole('button', { name: t('leave'), exact: true }).click();
  await row(mina, 'Night crew').waitFor({ state: 'detached' });
  await sam.locator('.sys', { hasText: t('sys.left', { users: 'Mina Okafor' }) }).waitFor();
});

scene('the console stayed clean', () => world.clean());
