// SPDX-License-Identifier: MIT
// stage.test.mjs - before one is in: set-up, invitation, sign-in, links to other devices; what is over
// says so; looking at a link never spends it.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { t } from './lib/catalogue.mjs';
import { button, entry, field, heading, openChat, row, sees, say } from './lib/dom.mjs';
import { screen } from './lib/screens.mjs';
import { PASSWORD, scene, World } from './lib/world.mjs';

let world, server, sam, mina, invite;
const REFUSED = /status of 40[1349]|status of 429/;

async function fillPerson(page, display, name) {
  await field(page, 'field.name').fill(display);
  if (name) await field(page, 'field.username').fill(name);
  await field(page, 'field.password').fill(PASSWORD);
}

before(async () => {
  world = await World.create({ env: { LINNET_LIMITS_LOGINS_PER_5M: '20' } });
  server = world.server;
});
after(() => world.done());

scene('set-up: one page, and one is in the first channel with an invitation to pass on', async () => {
  const { path } = (await server.admin('setup.link')).body;
  sam = await world.open('sam', path);
  await heading(sam, t('setup.title')).waitFor();
  assert.equal((await server.admin('status')).body.needs_setup, true, 'looking does not spend it');
  await screen(sam, 'setup');
  await field(sam, 'setup.server').fill('Saltmarsh Press');
  await field(sam, 'field.name').fill('Sam Lindqvist');
  assert.equal(await field(sam, 'field.username').inputValue(), 'sam.lindqvist');
  await field(sam, 'field.username').fill('sam');
  await field(sam, 'field.password').fill('short');
  assert.equal(await button(sam, 'setup.go').isDisabled(), true);
  await sam.getByText(t('password.rule')).waitFor();
  await field(sam, 'field.password').fill(PASSWORD);
  await sam.getByText(t('password.good', { n: PASSWORD.length })).waitFor();
  await button(sam, 'setup.go').click();
  await heading(sam, t('setup.everyone')).waitFor();
  assert.equal(new URL(sam.url()).hash, '', 'the secret is out of the address bar');
  await sam.locator('.list-head').getByText('Saltmarsh Press').waitFor();
  invite = await field(sam, 'invite.link').inputValue();
  assert.match(invite, /\/join#./);
  await screen(sam, 'welcome');
  await world.expecting(REFUSED, async () => {
    const late = await world.open('too late', path);
    await heading(late, t('setup.usedTitle')).waitFor();
    await screen(late, 'setup-used');
    await late.close();
  });
});

scene('an invitation says who invites, and brings one in', async () => {
  const { pathname, hash } = new URL(invite);
  mina = await world.open('mina', pathname + hash);
  await heading(mina, t('join.by', { name: 'Sam Lindqvist', server: 'Saltmarsh Press' })).waitFor();
  await screen(mina, 'join');
  await fillPerson(mina, 'Mina Okafor', 'sam');
  await world.expecting(REFUSED, async () => {
    await button(mina, 'join.go').click();
    await mina.getByText(t('join.taken', { name: 'sam' })).waitFor();
  });
  await field(mina, 'field.username').fill('mina');
  await button(mina, 'join.go').click();
  await row(mina, t('setup.everyone')).waitFor();
  await openChat(mina, t('setup.everyone'));
  await say(mina, 'Here I am');
  await sees(sam, 'Here I am');
});

scene('an invitation that is over says which way, and whom to ask', async () => {
  const { invites } = (await server.admin('invite.list')).body;
  for (const { id } of invites) await server.admin('invite.revoke', { invite: id });
  const { pathname, hash } = new URL(invite);
  await world.expecting(REFUSED, async () => {
    const page = await world.open('nobody', pathname + hash);
    await page.getByText(t('link.unknown')).waitFor();
    const { token } = (await server.post('login', { name: 'sam', password: PASSWORD })).body;
    const once = (await server.post('invite.create', { uses: 1 }, { token })).body.path;
    await server.post('invite.accept', { secret: once.split('#')[1], name: 'bo', password: PASSWORD });
    await page.goto(server.url + once);
    await page.reload();
    await page.getByText(t('join.used', { name: 'Sam Lindqvist' })).waitFor();
    await screen(page, 'join-over');
    await page.close();
  });
});

scene('sign in: a wrong password, a shown one, the right one', async () => {
  const page = await world.open('mina elsewhere', '/');
  await heading(page, t('signin.title', { server: 'Saltmarsh Press' })).waitFor();
  await screen(page, 'signin');
  await field(page, 'field.username').fill('mina');
  await field(page, 'field.password').fill('three or five words');
  await world.expecting(REFUSED, async () => {
    await field(page, 'field.password').press('Enter');
    await page.getByText(t('signin.wrong')).waitFor();
    await screen(page, 'signin-wrong');
  });
  assert.equal(await field(page, 'field.password').getAttribute('type'), 'password');
  await button(page, 'password.show').click();
  assert.equal(await field(page, 'field.password').getAttribute('type'), 'text');
  await field(page, 'field.password').fill(PASSWORD);
  await button(page, 'signin.go').click();
  await row(page, t('setup.everyone')).waitFor();
  await page.context().close();
});

scene('too many tries: the button counts down, and the page does not pretend', async () => {
  const page = await world.open('a stranger', '/');
  await world.expecting(REFUSED, async () => {
    for (let i = 0; i < 20; i++) await server.post('login', { name: 'mina', password: 'wrong wrong wrong' });
    await field(page, 'field.username').fill('mina');
    await field(page, 'field.password').fill(PASSWORD);
    await button(page, 'signin.go').click();
    await page.getByRole('button', { name: /^Try again in \d+ s$/ }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Try again in/ }).isDisabled(), true);
  });
  await page.context().close();
});

scene('a device signs in by a link from another, once', async () => {
  await sam.goto(`${server.url}/settings`);
  await sam.getByRole('navigation', { name: t('settings') }).getByText(t('set.devices'), { exact: true }).click();
  await button(sam, 'devices.add').click();
  const link = await field(sam, 'devices.link').inputValue();
  const { pathname, hash } = new URL(link);
  const phone = await world.open('phone', pathname + hash, { width: 390, height: 844 });
  await heading(phone, t('link.as', { name: 'Sam Lindqvist' })).waitFor();
  await screen(phone, 'link');
  await button(phone, 'signin.go').click();
  await row(phone, t('setup.everyone')).waitFor();
  await phone.context().close();
  await world.expecting(REFUSED, async () => {
    const late = await world.open('late', pathname + hash);
    await heading(late, t('link.title')).waitFor();
    await late.context().close();
  });
});

scene('the console stayed clean', () => world.clean());
