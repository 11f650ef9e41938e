// SPDX-License-Identifier: GPL-2.0-or-later
/** What is taken away: of each view the text, the command that prints it, and a picture of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess as specialbit } from '../cli-time/in-process.testkit.js';
import { specialbitArguments } from '../docs/console.testkit.js';
import { hasBrowser, NEEDS, root, Visits } from './browser.testkit.js';

const file = join(root, 'examples/s01-same-driver.jsonl');
const log = readFileSync(file, 'utf8');
/** A log that names no lanes. */
const bare = join(root, 'test/viewer/logs/bare.jsonl');

async function copied(page: Page, button: string): Promise<string> {
  await page.click(`text=${button}`);
  await expect.poll(() => page.textContent('.said')).toContain('copied');
  return await page.evaluate('navigator.clipboard.readText()');
}

describe.skipIf(!hasBrowser)(`sharing${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  it.each([
    ['a page', { file, log, at: 2, select: 'bo[0]' }, 5],
    ['a frame', { file, log, at: 6, select: 'P0' }, 4],
    ['lanes that were chosen', { file, log, at: 2, lanes: ['arm64', 'm68k-030@6.12'] }, 5],
    ['a log that names no lanes', { file: bare, log: readFileSync(bare, 'utf8'), at: 3 }, 5],
  ])('the text of each view is what its command prints: %s', (_, state, views) =>
    visits.at(state, async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.waitForSelector('.verdict');
      await page.keyboard.press('s');
      const choices = page.locator('.views input');
      expect(await choices.count()).toBe(views);
      for (let i = 0; i < views; i++) {
        await choices.nth(i).check();
        await page.waitForTimeout(200);
        const text = await copied(page, 'Copy as text');
        const command = await copied(page, 'Copy as command');
        const { out } = await specialbit(specialbitArguments(command)!);
        expect(text).toBe(out);
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
      }
    }),
  );

  it('each view as a picture', () =>
    visits.at({ file: 's01.jsonl', log, at: 2 }, async (page) => {
      await page.waitForSelector('.verdict');
      await page.click('text=Share');
      for (const [i, name] of ['state', 'replay', 'compare', 'explain', 'blame'].entries()) {
        await page.locator('.views input').nth(i).check();
        await page.waitForTimeout(200);
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Save as picture')]);
        expect(download.suggestedFilename()).toBe(`s01-${name}.svg`);
        const svg = readFileSync(await download.path(), 'utf8');
        expect(svg).toMatch(/^<svg xmlns/);
        expect(await page.evaluate((text) => !text.includes('NaN'), svg)).toBe(true);
      }
    }));
});
