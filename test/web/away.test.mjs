// SPDX-License-Identifier: MIT
// away.test.mjs - when the server or the way to it is gone: what is written is kept and sent once, what was
// missed comes in order, the half-written stays, and another database shows nothing of the old one.

import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { Client, group } from '../wire/lib/client.mjs';
import { until } from '../wire/lib/server.mjs';
import { t } from './lib/catalogue.mjs';
import { Cable } from './lib/cable.mjs';
import { composer, count, draftOf, kept, message, openChat, row, say, sees, texts, tick, upUntil } from './lib/dom.mjs';
import { scene, World } from './lib/world.mjs';

let world, server, people, bo, crew, sam, mina;
const banner = (page) => page.locator('p.banner');
const numbered = (prefix, n) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

before(async () => {
  world = await World.create();
  server = world.server;
  people = await server.people({ name: 'sam', display: 'Sam Lindqvist' }, { name: 'mina', display: 'Mina Okafor' }, 'bo');
  bo = await Client.join(server, people.bo);
  crew = await group(bo, [people.sam, people.mina], 'Crew');
  sam = await world.open('sam', '/', { token: people.sam.token });
  mina = await world.open('mina', '/', { token: people.mina.token });
  for (const page of [sam, mina]) await openChat(page, 'Crew');
});
after(() => world.done());

scene('a gap too wide for one answer: all is there after it, in order, once; the place is kept', async () => {
  const early = await bo.send(crew, 'before the cut');
  const cable = await Cable.lay(server);
  const far = await world.open('mina afar', '/', { token: people.mina.token, origin: cable.url });
  await far.context().addCookies([{ name: 'linnet', value: people.mina.token, url: cable.url, httpOnly: true, sameSite: 'Strict' }]);
  await far.reload();
  await openChat(far, 'Crew');
  await sees(far, 'before the cut');
  await composer(far).fill('half a thou');
  world.down = true;
  await cable.cut();
  await banner(far).waitFor();
  for (const text of numbered('missed ', 130)) await bo.send(crew, text);
  await bo.ok('edit', { chat: crew, target: early.seq, body: { text: 'before the cut, and mended' } });
  await cable.join();
  await far.getByText(t('offline.now')).click().catch(() => {}); // unless it came back by itself meanwhile
  await banner(far).waitFor({ state: 'detached' });
  world.down = false;
  await far.locator('.jump').click().catch(() => {}); // unless the end is in view already
  await sees(far, 'missed 129');
  await upUntil(far, 'before the cut, and mended');
  assert.deepEqual(await texts(far, 'missed '), numbered('missed ', 130));
  assert.equal(await message(far, 'before the cut').count(), 0);
  assert.equal(await draftOf(far), 'half a thou');
  await bo.send(crew, 'live again');
  await row(far, 'Crew').getByText('live again').waitFor();
  await far.context().close();
  await cable.cut();
});

scene('reading further up: what comes in below or above moves nothing', async () => {
  await mina.reload();
  await openChat(mina, 'Crew');
  await sees(mina, 'live again');
  await message(mina, 'live again').hover();
  await mina.mouse.wheel(0, -1500);
  const at = () => mina.evaluate(() => {
    const log = document.querySelector('.log').getBoundingClientRect();
    const first = [...document.querySelectorAll('article.msg')].find((a) => a.getBoundingClientRect().top > log.top + 40);
    return [first.dataset.key, Math.round(first.getBoundingClientRect().top)];
  });
  await mina.locator('.jump').waitFor();
  let was = [];
  await until(async () => {
    const now = await at();
    const same = String(now) === String(was);
    was = now;
    return same;
  }, 'the log stands still');
  for (const text of numbered('below ', 5)) await bo.send(crew, text);
  await mina.locator('.jump', { hasText: t('jump.new', { n: 5 }) }).waitFor();
  assert.deepEqual(await at(), was);
});

scene('SIGTERM and a new start: back by itself, half a sentence in hand', async () => {
  await composer(sam).fill('half a sen');
  world.down = true;
  bo.close();
  assert.equal((await server.stop()).code, 0);
  await banner(sam).waitFor();
  assert.equal(await draftOf(sam), 'half a sen');
  await server.start();
  for (const page of [sam, mina]) await banner(page).waitFor({ state: 'detached', timeout: 40000 });
  world.down = false;
  assert.equal(await draftOf(sam), 'half a sen');
  await composer(sam).pressSequentially('tence');
  await composer(sam).press('Enter');
  await row(mina, 'Crew').getByText('half a sentence').waitFor();
  await count(kept(sam, 'half a sentence'), 1, 'the sentence');
});

scene('kill -9: what is written meanwhile waits, says so, and arrives once', async () => {
  world.down = true;
  await server.kill();
  await banner(sam).waitFor();
  await say(sam, 'Written in the dark');
  await message(sam, 'Written in the dark').getByText(t('failed.offline')).waitFor();
  assert.equal(await tick(sam, 'Written in the dark', 'sent').count(), 0, 'unsent looks unsent');
  await server.start();
  await tick(sam, 'Written in the dark', 'sent').or(tick(sam, 'Written in the dark', 'delivered')).or(tick(sam, 'Written in the dark', 'read')).waitFor({ timeout: 40000 });
  world.down = false;
  await openChat(mina, 'Crew');
  await mina.locator('.jump').click().catch(() => {});
  for (const page of [sam, mina]) await count(kept(page, 'Written in the dark'), 1, 'what was written');
  await count(sam.locator('.pending'), 0, 'waiting messages');
});

scene('the tab is closed with a message unsent: the next one sends it', async () => {
  world.down = true;
  await server.kill();
  await banner(sam).waitFor();
  await say(sam, 'And the tab was closed');
  await message(sam, 'And the tab was closed').getByText(t('failed.offline')).waitFor();
  const context = sam.context();
  await sam.close();
  await server.start();
  sam = await world.open('sam', '/', { in: context });
  await row(mina, 'Crew').getByText('And the tab was closed').waitFor({ timeout: 40000 });
  world.down = false;
  await openChat(sam, 'Crew');
  await count(kept(sam, 'And the tab was closed'), 1, 'it');
});

scene('signed out from elsewhere: this one closes, and says why', async () => {
  const { body } = await server.post('device.list', {}, { token: people.sam.token });
  world.expected.push(/status of 401/);
  await server.post('device.revoke', { device_no: body.devices.find((d) => d.current).id }, { token: people.sam.token });
  await sam.getByText(t('signin.ended')).waitFor();
  assert.equal(await sam.locator('.app').count(), 0);
  await sam.reload();
  await sam.getByLabel(t('field.password'), { exact: true }).waitFor();
  assert.doesNotMatch(await sam.textContent('body'), /Crew|Written in the dark/);
});

scene('another database under the old page: nothing of the old one is shown or sent', async () => {
  await openChat(mina, 'Crew');
  world.down = true;
  await server.stop();
  await banner(mina).waitFor();
  await say(mina, 'For the old database');
  await message(mina, 'For the old database').getByText(t('failed.offline')).waitFor();
  for (const f of await readdir(server.dir)) if (/\.db(-wal|-shm)?$/.test(f)) await rm(join(server.dir, f));
  await server.start();
  await mina.getByLabel(t('field.password'), { exact: true }).waitFor({ timeout: 40000 });
  world.down = false;
  assert.doesNotMatch(await mina.textContent('body'), /Crew|Mina|Written in the dark/, 'not even out of sight');
  const anew = await server.people({ name: 'mina', display: 'Mina Anew', password: 'three or four words' });
  await mina.getByLabel(t('field.username'), { exact: true }).fill('mina');
  await mina.getByLabel(t('field.password'), { exact: true }).fill('three or four words');
  await mina.getByRole('button', { name: t('signin.go'), exact: true }).click();
  await mina.getByText(t('empty.list')).waitFor();
  assert.equal(await mina.locator('.chat-row').count(), 0);
  const { body } = await server.post('chat.list', {}, { token: anew.mina.token });
  assert.deepEqual(body.chats, []);
});

scene('the console stayed clean', () => world.clean());
