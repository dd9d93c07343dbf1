// SPDX-License-Identifier: MIT
// world.mjs - one server and one Chromium for a script, any number of people in it, and a list of what
// must never happen: an error in the page or on its console, a CSP violation, a browser dialog.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Server } from '../../wire/lib/server.mjs';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const WAIT_MS = 15000;
export const SCREENS = fileURLToPath(new URL('../../../build/screens/', import.meta.url));
export const PASSWORD = 'three or four words';
const DOWN = /WebSocket connection|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

const onViolation = () => addEventListener('securitypolicyviolation',
  (e) => console.error(`CSP: ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));

let newest;
/** A test of the world there is; where it fails, build/screens/failed-… shows what each page showed. */
export const scene = (name, run) => test(name, async () => {
  try {
    await run();
  } catch (err) {
    await newest?.snap(name);
    throw err;
  }
});

export class World {
  troubles = [];
  expected = []; // patterns of console lines that are no fault at this moment
  down = false; // while the server is away a refused connection is no fault

  static async create(options = {}) {
    const world = (newest = new World());
    world.server = await Server.start({ ...options, env: { LINNET_LIMITS_SENDS_PER_10S: '100000', ...options.env } });
    world.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
    return world;
  }

  trouble(text) {
    if (this.down && DOWN.test(text)) return;
    if (!this.expected.some((pattern) => pattern.test(text))) this.troubles.push(text);
  }

  /** A browser of one's own; token: signed in with it. */
  async context({ token, width = 1280, height = 800, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
    await context.addInitScript(onViolation);
    if (token) await context.addCookies([{ name: 'linnet', value: token, url: this.server.url, httpOnly: true, sameSite: 'Strict' }]);
    return context;
  }

  /** A page at path. in: a context there is already; else one is made with the other options. */
  async open(name, path = '/', { in: used, origin = this.server.url, ...options } = {}) {
    const page = await (used ?? await this.context(options)).newPage();
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (e) => this.trouble(`${name}: ${e.stack}`));
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && this.trouble(`${name}: ${m.text()} ${m.location().url}`));
    page.on('dialog', (d) => {
      this.trouble(`${name}: a dialog: ${d.message()}`);
      d.dismiss();
    });
    await page.goto(origin + path);
    return page;
  }

  /** run, while console lines that match pattern are what is wanted. */
  async expecting(pattern, run) {
    this.expected.push(pattern);
    try {
      return await run();
    } finally {
      this.expected.splice(this.expected.indexOf(pattern), 1);
    }
  }

  async snap(name) {
    await mkdir(SCREENS, { recursive: true });
    const pages = this.browser.contexts().flatMap((c) => c.pages());
    const safe = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
    await Promise.all(pages.map((page, i) => page.screenshot({ path: join(SCREENS, `failed-${safe}-${i}.png`), timeout: 5000 }).catch(() => {})));
  }

  clean() {
    assert.deepEqual(this.troubles, []);
  }

  async done() {
    await this.browser?.close();
    await this.server?.done();
  }
}
