// SPDX-License-Identifier: GPL-2.0-or-later
/** All of the page without a pointer. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, NEEDS, Visits } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';

/** Presses Tab until something that fits has the keyboard; fails where nothing does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`no way to ${selector} by Tab`);
}

const focus = (page: Page): Promise<string> =>
  page.evaluate(`(() => { const on = document.activeElement; return on.id || on.className || on.tagName; })()`);

describe.skipIf(!hasBrowser)(`by keyboard alone${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  it('an example is opened, lanes are chosen, an entry and a frame are asked', () =>
    visits.at({}, async (page) => {
      await tabTo(page, '.cards button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.lane');
      await page.keyboard.press('l');
      await page.waitForSelector('.choices');
      await tabTo(page, 'input[type=search]');
      await page.keyboard.type('m68k-030');
      await tabTo(page, '.choices input');
      await page.keyboard.press('Space');
      await tabTo(page, '.main-action');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.lane-name').allTextContents(), { timeout: 5000 }).toContain('m68k-030');
    }));

  it('entries by arrows, what differs by x, fields and history by Tab and Enter', () =>
    visits.at({ file: 's01.jsonl', log: S01_LOG, at: 5 }, async (page) => {
      await page.waitForSelector('.verdict');
      await tabTo(page, '.cell');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Is bo[1] a normal page?');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Is bo[0] a normal page?');
      expect(await page.inputValue('#goto')).toBe('5');
      await tabTo(page, '.frames button');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Who holds P0?');
      await page.waitForSelector('.since button');
      await tabTo(page, '.holder > button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.bits summary');
      await tabTo(page, '.bits summary');
      await page.keyboard.press('Enter');
      expect(await page.locator('.bits details[open]').count()).toBe(1);
      await tabTo(page, '.history button');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.inputValue('#goto')).toBe('2');
      await page.keyboard.press('x');
      await expect.poll(() => page.locator('.cell').count()).toBe(2);
    }));

  it.each([
    ['s', '.views'],
    ['?', '.keys'],
    ['l', '.choices'],
  ])('%s opens a panel, Escape closes it, and the keyboard is back', (key, selector) =>
    visits.at({ file: 's01.jsonl', log: S01_LOG }, async (page) => {
      await page.waitForSelector('.verdict');
      await tabTo(page, '#switch-differs');
      await page.keyboard.press(key);
      await page.waitForSelector(selector);
      // while it is open the keys are its own
      await page.keyboard.press('g');
      await page.keyboard.press('Escape');
      await page.waitForSelector(selector, { state: 'detached' });
      expect(await focus(page)).toBe('switch-differs');
      expect(await page.inputValue('#goto')).toBe('2');
    }),
  );

  it('the slider has its own arrows, and the list its own', () =>
    visits.at({ file: 's01.jsonl', log: S01_LOG, at: 2 }, async (page) => {
      await page.waitForSelector('.verdict');
      await page.focus('.track input');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.inputValue('#goto')).toBe('3');
      await page.keyboard.press('Home');
      await expect.poll(() => page.inputValue('#goto')).toBe('0');
      await page.focus('[role=listbox]');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => page.inputValue('#goto')).toBe('1');
      await page.keyboard.press('End');
      await expect.poll(() => page.inputValue('#goto')).toBe('9');
    }));
});
