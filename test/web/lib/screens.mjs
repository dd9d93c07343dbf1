// SPDX-License-Identifier: MIT
// screens.mjs - what must hold on every screen: no violation of axe, nothing wider than the window, down
// to 320 px; and its picture in build/screens, light and dark, wide and narrow.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SCREENS } from './world.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { 1280: 800, 390: 844 };
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

/** Nothing moves and nothing fades any more. */
const settled = (page) => page.evaluate(async () => {
  await document.fonts.ready;
  const finite = () => document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.all(finite().map((a) => a.finished.catch(() => {})));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
});

export async function axe(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate((rules) => globalThis.axe.run(document, rules), RULES);
  const told = found.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => `${n.target.join(' ')}: ${n.failureSummary}`).join('\n  ')}`);
  assert.deepEqual(told, [], `axe on ${name}`);
  assert.ok(found.passes.length > 5, `axe looked at ${name}`);
}

/** What sticks out sideways: the page itself, or anything that reaches beyond the window without a box that scrolls. */
const sticksOut = (page) => page.evaluate(() => {
  const out = document.documentElement.scrollWidth > innerWidth ? [`the page: ${document.documentElement.scrollWidth}`] : [];
  const isCut = (el) => {
    for (let up = el.parentElement; up; up = up.parentElement) {
      const style = getComputedStyle(up), box = up.getBoundingClientRect();
      if (['auto', 'scroll', 'hidden', 'clip'].includes(style.overflowX) && box.right <= innerWidth + 1 && box.left >= -1) return true;
    }
    return false;
  };
  for (const el of document.querySelectorAll('body *')) {
    const box = el.getBoundingClientRect();
    if (!box.width || !box.height || (box.right <= innerWidth + 1 && box.left >= -1)) continue;
    if (el.closest('.sr, .skip, [aria-hidden=true]') || isCut(el)) continue;
    out.push(`${el.localName}.${el.className} ${Math.round(box.left)}–${Math.round(box.right)}: ${el.textContent.slice(0, 60)}`);
  }
  return out;
});
export const fits = async (page, name) => assert.deepEqual(await sticksOut(page), [], `wider than the window: ${name}`);

/** The screen as it is, in every theme and width. before: brings the screen back after a change of width. */
export async function screen(page, name, { before = async () => {}, sizes = [1280, 390] } = {}) {
  await mkdir(SCREENS, { recursive: true });
  const had = page.viewportSize();
  for (const width of sizes) {
    await page.setViewportSize({ width, height: SIZES[width] });
    await before(width);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      await page.screenshot({ path: join(SCREENS, `${name}-${width}-${colorScheme}.png`) });
      await axe(page, `${name} at ${width}, ${colorScheme}`);
    }
    await fits(page, `${name} at ${width}`);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await before(320);
  await settled(page);
  await page.screenshot({ path: join(SCREENS, `${name}-320.png`) });
  await fits(page, `${name} at 320`);
  await page.setViewportSize(had);
  await page.emulateMedia({ colorScheme: 'light' });
  await before(had.width);
}
