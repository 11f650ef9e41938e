// SPDX-License-Identifier: GPL-2.0-or-later
/** The page in a real browser: opened, travelled through, looked at, asked. */
import { EMPTY } from '@specialbit/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, NEEDS, Visits } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';

const S01 = 's01-same-driver.jsonl';

describe.skipIf(!hasBrowser)(`the page${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  it('shows where the lanes of S01 part, and why', () =>
    visits.at({ file: S01, log: S01_LOG }, async (page) => {
      await page.waitForSelector('.parting');
      expect(await page.textContent('.happened h2')).toBe('write bo[0] value=7');
      expect(await page.textContent('.headline')).toBe('vmf_insert_mixed took a reference on arm');
      const cells = await page.locator('.cell[aria-pressed=true]').all();
      expect(await Promise.all(cells.map((cell) => cell.getAttribute('title')))).toEqual([
        'bo[0]: no page: the special bit says so, maps P0, counted 1, changed by this event, the lanes differ',
        'bo[0]: a normal page, maps P0, counted 2, changed by this event, the lanes differ',
      ]);
      expect(await page.locator('.verdict').allTextContents()).toEqual([
        'arm-lpaeno page to vm_normal_page(): special, in a VM_PFNMAP or VM_MIXEDMAP',
        'arma normal page, P0: in a VM_MIXEDMAP every pfn that has a struct page is a page',
      ]);
    }));

  it('travels by keys, and the address follows', () =>
    visits.at({ file: S01, log: S01_LOG, at: 0 }, async (page) => {
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

  it('follows what is written, and says what cannot be read where it stands', () =>
    visits.at({ file: S01, log: S01_LOG, at: 2, switches: { ...EMPTY.switches, edit: true } }, async (page) => {
      await page.waitForSelector('.cm-content');
      await page.click('.cm-line >> nth=2');
      await page.keyboard.press('End');
      // before the closing brace
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.type(',"vlue":3');
      await page.waitForSelector('.problem');
      expect(await page.locator('.problem').allTextContents()).toEqual([expect.stringContaining('Line 3, vlue')]);
      await expect.poll(() => page.locator('.cm-lint-marker-error').count()).toBe(1);
      expect(await page.textContent('.position')).toContain('of 1');
      for (let i = 0; i < 9; i++) await page.keyboard.press('Backspace');
      await page.waitForSelector('.problem', { state: 'detached' });
      await expect.poll(() => page.textContent('.position')).toContain('of 9');
      await expect.poll(() => new URL(page.url()).hash).toContain('show=edit');
    }));

  it('shows only what differs, chosen lanes, and what is clicked', () =>
    visits.at({ file: S01, log: S01_LOG }, async (page) => {
      await page.waitForSelector('.verdict');
      await page.keyboard.press('x');
      await expect.poll(() => page.locator('.cell').count()).toBe(2);
      await page.keyboard.press('x');
      await page.locator('.cell').nth(1).click();
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Is bo[1] a normal page?');
      expect(await page.locator('.verdict').first().textContent()).toContain('nothing is mapped here');
      await page.locator('.frames button').first().click();
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Who holds P0?');
      await page.click('text=Lanes');
      await page.fill('input[type=search]', 'm68k 030');
      await page.locator('.choices input').first().check();
      await page.click('.main-action');
      await expect.poll(() => page.locator('.lane').count()).toBe(3);
      expect(await page.locator('.lane-name').allTextContents()).toEqual(['arm-lpae', 'arm', 'm68k-030']);
    }));

  it('opens an example with its story, and a log that is pasted', () =>
    visits.at({}, async (page) => {
      await page.click('text=S13: copy-on-write in a VM_PFNMAP >> nth=1');
      await page.waitForSelector('.parting');
      expect(await page.locator('.story p').count()).toBe(5);
      await page.click('.brand');
      await page.waitForSelector('.start');
    }));

  it('goes from event to event in the list', () =>
    visits.at({ log: S01_LOG, at: 0 }, async (page) => {
      await page.focus('[role=listbox]');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => page.inputValue('#goto')).toBe('1');
    }));

  it('completes words of the format, and says of a line what it did', () =>
    visits.at({ file: S01, log: S01_LOG, at: 2, switches: { ...EMPTY.switches, edit: true } }, async (page) => {
      await page.waitForSelector('.cm-content');
      await page.click('.cm-content');
      await page.keyboard.press('Control+End');
      await page.keyboard.type('{"type":"vmf_ins');
      await page.waitForSelector('.cm-tooltip-autocomplete');
      await expect
        .poll(() => page.locator('.cm-tooltip-autocomplete li').allTextContents())
        .toContain('vmf_insert_pfn');
      await page.keyboard.press('Escape');
      await page.hover('.cm-line >> nth=2');
      await page.waitForSelector('.cm-tooltip pre');
      expect(await page.textContent('.cm-tooltip pre')).toContain('arm-lpae = 0; 1 PTE changed');
    }));

  it('draws lanes that show the same once, and says what not all of them have', () =>
    visits.at({ file: S01, log: S01_LOG, at: 1, lanes: ['all'] }, async (page) => {
      await page.waitForSelector('.lane');
      expect(await page.locator('.lane .bit').allTextContents()).toContain('with and without special bit');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.locator('.lane .bit').allTextContents()).toEqual(['special bit', 'no special bit']);
    }));
});
