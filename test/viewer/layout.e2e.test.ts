// SPDX-License-Identifier: GPL-2.0-or-later
/** Where things stand: nothing jumps on arrival, nothing covers another, nothing sticks out. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, NEEDS, Visits } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';

const S01 = { file: 's01.jsonl', log: S01_LOG };

/** Of elements that stick out of the card that they are in. */
const STICKING = `[...document.querySelectorAll('.lane')].flatMap((lane) => {
  const { right } = lane.getBoundingClientRect();
  return [...lane.querySelectorAll('*:not(.unseen)')]
    .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().right > right + 0.5)
    .map((element) => element.outerHTML.slice(0, 80));
})`;

describe.skipIf(!hasBrowser)(`the layout${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  it.each([1280, 1440, 1600])('four lanes fit into %i pixels', (width) =>
    visits.at(
      { ...S01, lanes: ['arm-lpae', 'arm', 'x86_64', 'm68k-030'] },
      async (page) => {
        await page.waitForSelector('.verdict');
        expect(await page.evaluate(STICKING)).toEqual([]);
        expect(await wide(page, '.scroll')).toBeLessThanOrEqual(0);
        expect(await wide(page, 'html')).toBeLessThanOrEqual(0);
      },
      { width, height: 900 },
    ),
  );

  it('a telephone shows what can be done in one row, and all of the page', () =>
    visits.at(
      S01,
      async (page) => {
        await page.waitForSelector('.verdict');
        expect(await wide(page, 'html')).toBeLessThanOrEqual(0);
        expect(await page.evaluate(STICKING)).toEqual([]);
        const happened = await page.locator('.happened').boundingBox();
        expect(happened!.y).toBeLessThan(280);
        const tools = await page.locator('.tools').boundingBox();
        expect(tools!.height).toBeLessThan(40);
      },
      { width: 360, height: 740 },
    ));

  it('two lanes stand one below the other on a telephone, each with its own way and its own details', () =>
    visits.at(
      S01,
      async (page) => {
        await page.waitForSelector('.verdict');
        for (const what of ['.lane', '.verdict', '.details']) {
          const [above, below] = await Promise.all([0, 1].map((i) => page.locator(what).nth(i).boundingBox()));
          expect(below!.x).toBe(above!.x);
          expect(below!.y).toBeGreaterThanOrEqual(above!.y + above!.height);
        }
        expect(await wide(page, '.scroll')).toBeLessThanOrEqual(0);
        // all questions of a lane, then its answer, then the other lane
        const places = await page
          .locator('.path-lanes .label, .node, .answer-row')
          .evaluateAll((all) =>
            all.map((one) => [one.getBoundingClientRect().top, one.className.split(' ')[0]] as const),
          );
        const order = places.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
        expect(order.join(' ')).toMatch(/^label (?:node )+answer-row label (?:node )+answer-row$/);
        expect(await page.locator('.of-lane').allInnerTexts()).toEqual(['on arm-lpae', 'on arm']);
      },
      { width: 360, height: 740 },
    ));

  it('numbers of a million events have room', () =>
    visits.at({}, async (page) => {
      const line = '{"type":"read","at":"a"}\n';
      const log = `{"specialbit":1,"arch":["x86_64"]}\n{"type":"mmap","label":"a","pages":1,"prot":"rw"}\n${line.repeat(120_000)}`;
      await page.setInputFiles('input[type=file]', { name: 'long.jsonl', mimeType: '', buffer: Buffer.from(log) });
      await page.waitForSelector('.lane');
      await page.keyboard.press('G');
      await expect.poll(() => page.textContent('.event.on .number')).toBe('120001');
      const [list, number] = await Promise.all([
        page.locator('.virtual').boundingBox(),
        page.evaluate(`(() => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector('.event.on .number'));
          const { left, right } = range.getBoundingClientRect();
          return { left, right };
        })()`) as Promise<{ readonly left: number; readonly right: number }>,
      ]);
      expect(number.left).toBeGreaterThanOrEqual(list!.x + 8);
      expect(number.right).toBeLessThanOrEqual((await page.locator('.event.on .what').boundingBox())!.x);
    }));

  it('an example begins at its head, however far the list was scrolled', () =>
    visits.at({}, async (page) => {
      await page.locator('text=S08: prepopulating in ->mmap races with a revocation').scrollIntoViewIfNeeded();
      await page.click('text=S08: prepopulating in ->mmap races with a revocation');
      await page.waitForSelector('.verdict');
      await page.waitForTimeout(200);
      expect(await page.evaluate('scrollY')).toBe(0);
      expect((await page.locator('.headline').boundingBox())!.y).toBeGreaterThan(0);
    }));

  it('what is said of a question covers no answer', () =>
    visits.at(S01, async (page) => {
      await page.waitForSelector('.apart-word');
      const covered = await page.evaluate(`(() => {
        const word = document.querySelector('.apart-word').getBoundingClientRect();
        return [...document.querySelectorAll('.node p, .question strong')].filter((element) => {
          const box = element.getBoundingClientRect();
          return box.left < word.right && box.right > word.left && box.top < word.bottom && box.bottom > word.top;
        }).length;
      })()`);
      expect(covered).toBe(0);
    }));

  it.each([
    ['S01', S01],
    ['every lane', { ...S01, lanes: ['all'] }],
  ])('nothing jumps when %s arrives', (_, state) =>
    visits.at(state, async (page) => {
      await page.waitForSelector('.verdict');
      await page.waitForTimeout(1200);
      const moved = await page.evaluate(`new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
          .observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(0), 300);
      })`);
      expect(moved).toBeLessThan(0.02);
    }),
  );
});

/** Pixels that an element would have to be scrolled sideways. */
const wide = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
