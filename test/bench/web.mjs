// SPDX-License-Identifier: MIT
// web.mjs - the web client's figures, in Chromium by its performance API: scrolling 10,000 messages,
// changing chats, typing while 50 messages a second arrive, and memory after them.
//
// usage: node test/bench/web.mjs      LINNET=path  BENCH_WEB_S=20 (seconds of traffic)
// Prints a Markdown table. Frames are those of a headless browser without a GPU on this machine.

import { chromium } from '../web/node_modules/playwright-core/index.mjs';
import { cid, Client } from '../wire/lib/client.mjs';
import { Server, sleep } from '../wire/lib/server.mjs';

const MESSAGES = 10_000, RATE = 50, SECONDS = +(process.env.BENCH_WEB_S ?? 20);
const ARGS = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --enable-precise-memory-info'.split(' ');
const WORDS = 'proof sheet press paper ink roller plate copper linen ream spine thread glue folio margin gutter type serif kern lead'.split(' ');
const text = (i) => Array.from({ length: 4 + (i * 7) % 23 }, (_, k) => WORDS[(i * 13 + k * 5) % WORDS.length]).join(' ');
const at = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const ms = (v) => `${v.toFixed(1)} ms`;

const server = await Server.start({ env: { LINNET_LIMITS_SENDS_PER_10S: '1000000', LINNET_LIMITS_LOGINS_PER_5M: '1000' } });
const who = await server.people({ name: 'ana', display: 'Ana' }, { name: 'bea', display: 'Bea' });
const bea = await Client.join(server, who.bea);
const chats = [];
for (const title of ['Long', 'Other']) {
  const { chat } = await bea.ok('chat.create', { kind: 'group', title, cid: cid(), members: [who.ana.id] });
  chats.push(chat);
  for (let i = 0; i < MESSAGES; i += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, k) => bea.send(chat, text(i + k))));
    if (title === 'Other' && i >= 400) break;
  }
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
const link = (await server.admin('user.link', { user: who.ana.id })).body.path;
await page.goto(server.url + link);
await page.locator('form button[type=submit]').click();
const cdp = await page.context().newCDPSession(page);
const row = (chat) => page.locator(`a[href="/c/${chat}"]`);
for (const chat of [chats[1], chats[0]]) {
  await row(chat).click();
  await page.locator('.log article').nth(20).waitFor();
}

await page.evaluate(() => {
  window.frames_ = [];
  let last = performance.now();
  const tick = (now) => {
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => (window.inputs_ ??= []).push(...list.getEntries().filter((e) => e.name === 'keydown').map((e) => e.duration))).observe({ type: 'event', durationThreshold: 16 });
});
const frames = async (during) => {
  await page.evaluate(() => (window.frames_.length = 0));
  await during();
  return page.evaluate(() => window.frames_.slice());
};
const rows = [];
const tell = (what, value) => {
  rows.push([what, value]);
  console.log(`| ${what} | ${value} |`);
};
console.log('| the web client, in Chromium | |\n|---|---|');

// up through all of it
await page.mouse.move(800, 400);
let wheels = 0;
const scrolled = await frames(async () => {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    await page.mouse.wheel(0, -1200);
    wheels++;
    if (wheels % 20 === 0 && await page.locator('.row.start').count()) break;
  }
});
const reached = await page.locator('.row.start').count();
tell(`scroll up through ${MESSAGES.toLocaleString('en')} messages, frame p50 / p95`, `${ms(at(scrolled, 0.5))} / ${ms(at(scrolled, 0.95))}${reached ? '' : ' (the start was not reached)'}`);
tell('rows in the page at most', String(await page.locator('.log .row').count()));

// from one chat to another and back, both held
const change = (chat) => page.evaluate((path) => new Promise((done) => {
  const begun = performance.now();
  document.querySelector(`a[href="${path}"]`).click();
  const look = () => (document.querySelector('.chat-row[aria-current]')?.getAttribute('href') === path && document.querySelectorAll('.log article').length > 10
    ? done(performance.now() - begun) : requestAnimationFrame(look));
  look();
}), `/c/${chat}`);
const changes = [];
for (let i = 0; i < 20; i++) changes.push(await change(chats[(i + 1) % 2]));
tell('change to a chat that is held, p50 / p95', `${ms(at(changes, 0.5))} / ${ms(at(changes, 0.95))}`);

// typing while messages arrive
await row(chats[0]).click();
await page.locator('.composer textarea').focus();
const heap = async () => {
  await cdp.send('HeapProfiler.collectGarbage');
  return page.evaluate(() => performance.memory.usedJSHeapSize);
};
const before = await heap();
let sending = true;
const traffic = (async () => {
  for (let i = 0; sending; i++) {
    void bea.send(chats[0], text(i));
    await sleep(1000 / RATE);
  }
})();
const typed = await frames(async () => {
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end;) {
    await page.keyboard.press('abcdefgh '[Math.floor(Math.random() * 9)]);
    await sleep(60);
  }
});
sending = false;
await traffic;
const inputs = await page.evaluate(() => window.inputs_ ?? []);
tell(`frames while typing and ${RATE} messages/s arrive, p50 / p95`, `${ms(at(typed, 0.5))} / ${ms(at(typed, 0.95))}`);
tell('keys that took longer than 50 ms to show', `${inputs.filter((d) => d > 50).length} of ${Math.round(SECONDS * 1000 / 60)}`);
tell(`heap before and after ${SECONDS * RATE} messages`, `${(before / 1e6).toFixed(1)} MB, ${((await heap()) / 1e6).toFixed(1)} MB`);

await browser.close();
bea.close();
await server.done();
process.exit(0);
