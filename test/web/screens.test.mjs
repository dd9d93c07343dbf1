// SPDX-License-Identifier: MIT
// screens.test.mjs - every main screen inside, as two people left it: no violation of axe, nothing wider
// than the window, a picture of each; then the same by keyboard alone, and installed, without a network.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Client, cid } from '../wire/lib/client.mjs';
import { t } from './lib/catalogue.mjs';
import { choose, composer, heading, message, openChat, row, sees } from './lib/dom.mjs';
import { screen } from './lib/screens.mjs';
import { scene, World } from './lib/world.mjs';

let world, server, people, sam, talk, clients;
const LINES = [
  ['mina', 'Morning all. The **tide tables** are in:\n\n- Saturday 06:40\n- Sunday 07:21'],
  ['sam', 'Lovely, thank you.'],
  ['bo', '> The tide tables are in\n\nCan we go at `07:00`?'],
  ['mina', '```\nlow   01:10  0.4 m\nhigh  07:21  4.9 m\n```'],
  ['sam', 'See https://example.org/boats for the _boat_ list. שלום, مرحبا'],
  ['bo', '👍'],
];

before(async () => {
  world = await World.create();
  server = world.server;
  people = await server.people({ name: 'sam', display: 'Sam Lindqvist', role: 'admin' }, { name: 'mina', display: 'Mina Okafor' },
    { name: 'bo', display: 'Bo Zhang' }, { name: 'ines', display: 'Inês Carvalho de Albuquerque e Silva' });
  clients = { sam: await Client.join(server, people.sam), mina: await Client.join(server, people.mina), bo: await Client.join(server, people.bo) };
  const { mina, sam: admin } = clients;
  const everyone = [people.mina, people.bo, people.ines].map((p) => p.id);
  talk = (await admin.ok('chat.create', { kind: 'group', title: 'Saturday sailing', members: everyone, cid: cid() })).chat;
  await admin.ok('chat.create', { kind: 'channel', title: 'announcements', cid: cid() });
  const direct = (await mina.ok('chat.create', { kind: 'direct', members: [people.sam.id], cid: cid() })).chat;
  const seqs = [];
  for (const [who, text] of LINES) seqs.push((await clients[who].ok('send', { chat: talk, cid: cid(), body: { text } })).seq);
  await clients.bo.ok('react', { chat: talk, target: seqs[1], emoji: '🎉', on: true });
  await mina.ok('send', { chat: direct, cid: cid(), body: { text: 'Did you find the key?' } });
  await mina.ok('send', { chat: direct, cid: cid(), body: { text: 'It is under the pot.' } });
  sam = await world.open('sam', '/', { token: people.sam.token });
});
after(() => world.done());

const inSettings = async (section) => {
  await sam.evaluate(() => history.pushState({}, '', '/'));
  await sam.goto(`${server.url}/settings`);
  await sam.getByRole('navigation', { name: t('settings') }).getByText(t(section), { exact: true }).click();
};

scene('the list, with nothing picked', async () => {
  await row(sam, 'Mina Okafor').waitFor();
  await screen(sam, 'list');
});

scene('a conversation', async () => {
  await openChat(sam, 'Saturday sailing');
  await message(sam, 'Lovely, thank you.').waitFor();
  await screen(sam, 'conversation');
});

scene('a direct chat, with what is unread', async () => {
  await openChat(sam, 'Mina Okafor');
  await sees(sam, 'It is under the pot.');
  await screen(sam, 'direct');
});

scene('who is in a chat, and its settings', async () => {
  await openChat(sam, 'Saturday sailing');
  for (const key of ['members.title', 'chat.settings']) {
    await sam.locator('.head').getByRole('button', { name: t('more'), exact: true }).click();
    await choose(sam, key);
    await sam.locator('.panel').getByText(t(key), { exact: true }).waitFor();
    await screen(sam, key.replace('.', '-'));
    await sam.keyboard.press('Escape');
    await sam.locator('.panel').waitFor({ state: 'detached' });
  }
});

scene('menus and dialogs', async () => {
  await message(sam, 'Lovely, thank you.').click({ button: 'right' });
  await sam.locator('.menu').waitFor();
  await screen(sam, 'message-menu', { sizes: [1280] });
  await sam.keyboard.press('Escape');
  for (const [name, key] of [['jump', 'Control+k'], ['new-chat', 'Control+Shift+Enter'], ['keys', '?']]) {
    if (key === '?') await sam.locator('.log article').last().focus();
    await sam.keyboard.press(key);
    await sam.getByRole('dialog').waitFor();
    await screen(sam, name);
    await sam.keyboard.press('Escape');
    await sam.getByRole('dialog').waitFor({ state: 'detached' });
  }
});

for (const section of ['profile', 'notifications', 'devices', 'appearance', 'language', 'data', 'invites', 'server']) {
  scene(`settings: ${section}`, async () => {
    await inSettings(`set.${section}`);
    await sam.getByRole('region', { name: t(`set.${section}`) }).waitFor();
    await screen(sam, `settings-${section}`);
  });
}

scene('quiet hours are kept, and are shown again', async () => {
  await inSettings('set.notifications');
  await sam.getByRole('switch', { name: t('notices.quiet') }).click();
  await sam.getByLabel(t('notices.quietFrom'), { exact: true }).fill('21:30');
  await screen(sam, 'settings-quiet');
  await inSettings('set.notifications');
  assert.equal(await sam.getByLabel(t('notices.quietFrom'), { exact: true }).inputValue(), '21:30');
  assert.equal(await sam.getByLabel(t('notices.quietTo'), { exact: true }).inputValue(), '07:00');
  await sam.getByRole('switch', { name: t('notices.quiet') }).click();
  await sam.getByLabel(t('notices.quietFrom'), { exact: true }).waitFor({ state: 'detached' });
});

scene('keys alone: from the list to a message and back', async () => {
  await sam.goto(server.url);
  await row(sam, 'Saturday sailing').waitFor();
  const has = (selector) => sam.waitForFunction((s) => document.activeElement?.closest(s), selector);
  await sam.keyboard.press('Alt+ArrowDown');
  await sam.locator('.composer textarea').waitFor();
  await sam.keyboard.press('Control+k');
  await sam.getByRole('dialog').waitFor();
  await sam.keyboard.type('saturday');
  await sam.keyboard.press('Enter');
  await heading(sam, 'Saturday sailing').waitFor();
  await composer(sam).focus();
  for (const region of ['.list', '.log', '.composer']) {
    await sam.keyboard.press('F6');
    await has(region);
  }
  await sam.keyboard.press('Shift+F6');
  await has('.log');
  await sam.keyboard.press('x');
  await has('.composer');
  await sam.keyboard.press('Control+g');
  await sam.locator('input[type=date], .menu, [role=dialog]').first().waitFor();
  await sam.keyboard.press('Escape');
  await sam.keyboard.press('Control+.');
  await sam.locator('.panel').waitFor();
  await sam.keyboard.press('Escape');
  await sam.locator('.panel').waitFor({ state: 'detached' });
  await sam.keyboard.press('Control+,');
  await heading(sam, t('settings')).waitFor();
  await sam.keyboard.press('Escape');
  await row(sam, 'Saturday sailing').waitFor();
});

scene('it is an app: a manifest, icons, and a start without the network', async () => {
  const manifest = await (await fetch(new URL(await sam.getAttribute('link[rel=manifest]', 'href'), server.url))).json();
  assert.equal(manifest.display, 'standalone');
  const sizes = [];
  for (const icon of manifest.icons) {
    const res = await fetch(new URL(icon.src, server.url));
    assert.equal(res.status, 200, icon.src);
    assert.equal(res.headers.get('content-type'), icon.type);
    sizes.push(`${icon.sizes} ${icon.purpose ?? 'any'}`);
  }
  for (const size of ['192x192 any', '512x512 any', '512x512 maskable']) assert.ok(sizes.includes(size), size);
  await sam.evaluate(() => navigator.serviceWorker.ready.then((r) => r.active.state));
  await openChat(sam, 'Saturday sailing');
  await sees(sam, 'Lovely, thank you.');
  world.down = true;
  await server.stop();
  await sam.reload();
  await row(sam, 'Saturday sailing').waitFor();
  await openChat(sam, 'Saturday sailing');
  await message(sam, 'Lovely, thank you.').waitFor();
  await screen(sam, 'offline');
  await server.start();
  world.down = false;
});

scene('the console stayed clean', () => world.clean());
