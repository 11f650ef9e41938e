// SPDX-License-Identifier: GPL-2.0-or-later
/** The page in a real browser: opened, travelled through, looked at, asked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMPTY, encodeLink, type ViewState } from '@specialbit/viewer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, NEEDS, newPage, root, type Served, serve } from './browser.testkit.js';

const log = (file: string): string => readFileSync(join(root, 'examples', file), 'utf8');
const S01 = 's01-same-driver.jsonl';

describe.skipIf(!hasBrowser)(`the page${NEEDS}`, () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** The page at a link; ends with what went wrong in it. */
  async function at(given: Partial<ViewState>, look: (page: Page) => Promise<void>): Promise<void> {
    const { page, wrong } = await newPage(browser);
    await page.goto(`${served.url}#${await encodeLink({ ...EMPTY, ...given })}`);
    await page.waitForSelector('.lane, .start, .problem');
    await look(page);
    await page.context().close();
    expect(wrong).toEqual([]);
  }

  it('shows where the lanes of S01 part, and why', () =>
    at({ file: S01, log: log(S01) }, async (page) => {
      await page.waitForSelector('.parting');
      expect(await page.textContent('.happened h2')).toBe('write bo[0] value=7');
      expect(await page.textContent('.headline')).toBe('vmf_insert_mixed took a reference on arm');
      const cells = await page.locator('.cell[aria-pressed=true]').all();
      expect(await Promise.all(cells.map((cell) => cell.getAttribute('aria-label')))).toEqual([
        'bo[0]: no page: the special bit says so, P0, counted 1, changed by this event, the lanes differ',
        'bo[0]: a normal page, P0, counted 2, changed by this event, the lanes differ',
      ]);
      expect(await page.locator('.verdict').allTextContents()).toEqual([
        'arm-lpaeno page to vm_normal_page(): special, in a VM_PFNMAP or VM_MIXEDMAP',
        'arma normal page, P0: in a VM_MIXEDMAP every pfn that has a struct page is a page',
      ]);
    }));

  it('travels by keys, and the address follows', () =>
    at({ file: S01, log: log(S01), at: 0 }, async (page) => {
      const position = page.locator('#goto');
      await page.keyboard.press(']');
      await expect.poll(() => position.inputValue()).toBe('2');
      await page.keyboard.press(']');
      await expect.poll(() => position.inputValue()).toBe('5');
      await page.keyboard.press('b');
      await page.keyboard.press('G');
      await expect.poll(() => position.inputValue()).toBe('9');
      await page.keyboard.press('[');
      await expect.poll(() => position.inputValue()).toBe('5');
      await expect.poll(() => new URL(page.url()).hash).toContain('&at=5&');
      await page.reload();
      await page.waitForSelector('.parting');
      expect(await position.inputValue()).toBe('5');
    }));
});
