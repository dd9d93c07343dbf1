// SPDX-License-Identifier: MIT
// dom.mjs - the client as a person finds it: chats, messages, the composer, menus, by their words.

import { until } from '../../wire/lib/server.mjs';
import { t } from './catalogue.mjs';
import { WAIT_MS } from './world.mjs';

export const exactly = (text) => new RegExp(`^\\s*${text.replace(/[^\w ]/g, '\\$&')}\\s*$`);
export const row = (page, title) => page.locator('.chat-row', { has: page.locator('.name', { hasText: exactly(title) }) });
export const message = (page, text) => page.locator('article.msg', { has: page.locator('.body', { hasText: exactly(text) }) });
export const sees = (page, text) => message(page, text).last().waitFor();
export const composer = (page) => page.locator('.composer textarea');
export const draftOf = (page) => composer(page).inputValue();
export const heading = (page, text) => page.getByRole('heading', { level: 1, name: text, exact: true });
export const button = (page, key, values) => page.getByRole('button', { name: t(key, values), exact: true });
export const field = (page, key) => page.getByLabel(t(key), { exact: true });
/** A tick of a message that is on the server: sent, delivered or read. */
export const tick = (page, text, state) => message(page, text).locator(`.tick.${state}`);
export const kept = (page, text) => page.locator('article.msg:not(.pending)', { has: page.locator('.body', { hasText: exactly(text) }) });

export async function openChat(page, title) {
  await page.locator('.list, .sheet').first().waitFor();
  if (await page.locator('.list').count() === 0) await button(page, 'back').click();
  await row(page, title).click();
  await heading(page, title).waitFor();
}

export async function say(page, text) {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** An entry of the menu that is open. */
export const entry = (page, key, values) => page.locator('.menu').getByText(t(key, values), { exact: true });
export async function choose(page, key, values) {
  await entry(page, key, values).click();
}

/** Something from the menu of a message. */
export async function onMessage(page, text, key) {
  await message(page, text).last().click({ button: 'right' });
  await choose(page, key);
}

export const texts = async (page, prefix = '') => (await page.locator('article.msg .body').allTextContents()).filter((text) => text.startsWith(prefix));

/** Scrolls up until a message is there; what was read on the way, by prefix, in order. */
export async function upUntil(page, text) {
  await until(async () => {
    await page.locator('.log').evaluate((el) => (el.scrollTop = 0));
    return message(page, text).count();
  }, `"${text}" further up`, WAIT_MS);
}

/** Waits for a count of matching elements, as nothing appears twice. */
export const count = (locator, n, what) => until(async () => (await locator.count()) === n, `${n} × ${what}`, WAIT_MS);
