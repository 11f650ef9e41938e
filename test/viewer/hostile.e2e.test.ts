// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs that want to be more than text stay text, and what cannot be read is said. */
import type { ViewState } from '@specialbit/viewer';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, NEEDS, Visits } from './browser.testkit.js';

const EVIL = '<img src=x onerror="globalThis.stolen=1"><script>globalThis.stolen=1</script>"\'`\u202e\u0007';
/** What steers is shown by its number. */
const SHOWN = EVIL.replace('\u202e', '\\u202e').replace('\u0007', '\\u0007');
const lines = (...records: object[]): string => `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;

describe.skipIf(!hasBrowser)(`hostile logs${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  const at = (state: Partial<ViewState> | string, look: (page: Page) => Promise<void>): Promise<void> =>
    visits.at(state, async (page) => {
      await look(page);
      expect(await page.evaluate('globalThis.stolen')).toBe(undefined);
      expect(await page.locator('img, iframe, object').count()).toBe(0);
    });

  it('markup in titles, stories and names is shown as it is', () =>
    at(
      {
        file: EVIL,
        log: lines(
          { specialbit: 1, title: EVIL, description: [EVIL], files: { [EVIL]: 'device' } },
          { type: 'mmap', label: 'ring', pages: 1, prot: 'rw', file: EVIL },
        ),
        select: EVIL,
      },
      async (page) => {
        expect(await page.textContent('h1')).toBe(SHOWN);
        expect(await page.textContent('.story p')).toBe(SHOWN);
        expect(await page.title()).toBe(`${SHOWN} - specialbit`);
        expect(await page.textContent('.flags')).toContain('<img src=x');
      },
    ));

  it('markup in what cannot be read is shown as it is', () =>
    at({ log: `${lines({ specialbit: 1 })}{"type":${JSON.stringify(EVIL)}}\n` }, async (page) => {
      expect(await page.textContent('.problem')).toContain('Line 2, type');
      expect(await page.textContent('.problem')).toContain('<script>');
    }));

  it.each([
    ['a broken link', 'v=1&log=AAAA', 'the link is damaged or cut off'],
    ['a link of tomorrow', 'v=9', 'expected at most 1, found "9"'],
    ['a link with markup', `v=${encodeURIComponent(EVIL)}`, 'expected at most 1'],
  ])('%s is told', (_, hash, text) =>
    at(hash, async (page) => {
      await page.waitForSelector('.problem');
      expect(await page.textContent('.problem')).toContain(text);
    }),
  );

  it.each(['__proto__', 'constructor', 'toString'])(
    'a mapping, a lane, a page called %s are names like others',
    (name) =>
      at(
        {
          log: lines(
            { specialbit: 1 },
            { type: 'mmap', label: name, pages: 1, prot: 'rw' },
            { type: 'write', at: name },
          ),
          select: name,
        },
        async (page) => {
          const shown = await page.textContent('body');
          expect(shown).toContain(name);
          expect(await page.evaluate('({}).polluted')).toBe(undefined);
        },
      ),
  );

  it('a label of a megabyte does not stop it', () => {
    const label = 'l'.repeat(1_000_000);
    return at({ log: lines({ specialbit: 1 }, { type: 'mmap', label, pages: 1, prot: 'rw' }) }, async (page) => {
      expect(((await page.textContent('.lane, .problem')) ?? '').length).toBeGreaterThan(0);
    });
  });
});
