// SPDX-License-Identifier: GPL-2.0-or-later
/** What the page says: of logs that are wrong, of expectations that do not hold, of who holds a frame, of bits that differ. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess as specialbit } from '../cli-time/in-process.testkit.js';
import { hasBrowser, NEEDS, Visits } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';

const S01 = { file: 's01.jsonl', log: S01_LOG };
const rows = (page: Page): Promise<string[]> => page.locator('.event').allTextContents();

describe.skipIf(!hasBrowser)(`the page says${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  it('where a log names what is not there, and that nothing behind it is reached', () =>
    visits.at({ ...S01, log: S01_LOG.replace('"at":"bo[1]"', '"at":"ob[1]"') }, async (page) => {
      await page.waitForSelector('.problem');
      const said = await page.textContent('.problem');
      expect(said).toContain('Line 6, at');
      expect(said).toContain('no such mapping: ob');
      expect(said).toContain('No lane can carry out event 5');
      const list = await rows(page);
      expect(list[5]).toContain('cannot be carried out');
      expect(list.slice(6).every((row) => row.endsWith('not reached'))).toBe(true);
      await page.keyboard.press('G');
      await expect.poll(() => page.inputValue('#goto')).toBe('4');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.textContent('.said')).toContain('nothing behind event 4 is reached');
      expect(await page.inputValue('#goto')).toBe('4');
      // in the margin of the editor too
      await page.keyboard.press('e');
      await expect.poll(() => page.locator('.cm-lint-marker-error').count()).toBe(1);
    }));

  it('how many lines stand behind one that cannot be read', () =>
    visits.at({ ...S01, log: S01_LOG.replace('"value":8', '"vlue":8') }, async (page) => {
      expect(await page.textContent('.problem')).toContain('Line 6, vlue');
      expect((await rows(page)).at(-1)).toContain('line 6 cannot be read: 5 lines are not reached');
    }));

  it('what an expectation names and there is none of', () =>
    visits.at({ ...S01, log: S01_LOG.replace('"on":"pte_special","at"', '"on":"pte_spcial","at"') }, async (page) => {
      expect(await page.textContent('.problem')).toContain('Line 4, on[0]');
      expect(await page.textContent('.problem')).toContain('did you mean "pte_special"?');
    }));

  it('what is chosen and not there yet', () =>
    visits.at({ ...S01, at: 0, select: 'bo[1]' }, async (page) => {
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('bo[1] is not there at this moment');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Is bo[1] a normal page?');
    }));

  it('why an expectation does not hold', () =>
    visits.at(
      { ...S01, log: S01_LOG.replace('"count":2,"mapcount":1', '"count":3,"mapcount":1'), at: 4 },
      async (page) => {
        expect(await page.textContent('.expected')).toContain('this does not hold');
        expect(await page.locator('.expected li').allTextContents()).toEqual(['arm: count: expected 3, found 2']);
        await page.keyboard.press('ArrowLeft');
        await expect.poll(() => page.textContent('.expected')).toBe('this holds');
        expect((await rows(page))[4]).toContain('does not hold');
        await page.keyboard.press('}');
        await expect.poll(() => page.inputValue('#goto')).toBe('4');
      },
    ));

  it('who holds a frame, and since which event', () =>
    visits.at({ ...S01, at: 7, select: 'P0' }, async (page) => {
      await page.waitForSelector('.holders .since button');
      expect(await page.locator('.holders').nth(1).locator('tbody tr').allTextContents()).toEqual([
        '1the PTE of bo[0] in mm 0since event 2',
        '1its owner, the driverfrom the start',
      ]);
      await page.locator('.holders .since button').first().click();
      await expect.poll(() => page.inputValue('#goto')).toBe('2');
      await page.click('.holders .holder button >> nth=0');
      await expect.poll(() => page.textContent('.selection-head h2')).toBe('Is bo[0] a normal page?');
    }));

  it.each([
    [['arm-lpae', 'arm'], ['L_PTE_SPECIAL']],
    // the same said by bits of other names, at other places
    [['arm-lpae', 'x86_64'], []],
    [['arm64', 'riscv64'], []],
    [['x86_64', 'm68k-030'], ['_PAGE_SPECIAL']],
  ])('which bits say what no other lane says: %j', (lanes, names) =>
    visits.at({ ...S01, lanes, at: 2, select: 'bo[0]' }, async (page) => {
      await page.waitForSelector('.fields');
      const alone = page.locator('.fields li', { has: page.locator('.alone') }).locator('.name');
      expect(await alone.allTextContents()).toEqual(names);
    }),
  );

  it.each(['\u202e', '\u2067', '\u200f'])('a title that would turn the text around, by its number: %j', (turn) =>
    visits.at({ log: S01_LOG.replace('S01: the same', `S01: ${turn}the same`) }, async (page) => {
      const code = `\\u${turn.charCodeAt(0).toString(16)}`;
      expect(await page.textContent('h1')).toBe(`S01: ${code}the same driver, other reference counts`);
      expect(await page.title()).toContain(code);
      await page.click('#switch-edit');
      await page.waitForSelector('.cm-specialChar');
    }),
  );
});

describe('a link without a moment', () => {
  it('is read at the moment at which the page opens', async () => {
    const file = new URL('../../examples/s01-same-driver.jsonl', import.meta.url).pathname;
    const { out } = await specialbit(['link', file]);
    expect((await specialbit(['open', out.trim()])).out).toContain('after 2 of ');
  });
});
