// SPDX-License-Identifier: GPL-2.0-or-later
/** Everybody can use the page: axe finds nothing to object to, light and dark, on a telephone and on a desk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMPTY, type ViewState } from '@specialbit/viewer';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, NEEDS, root, Visits } from './browser.testkit.js';

const splat = readFileSync(join(root, 'test/pasted/splats/a03-arm64-6.10-fork13-wrapped.txt'), 'utf8');
const maps = '00400000-00402000 rw-p 00000000 00:00 0\n7f0000000000-7f0000001000 r--p 00000000 00:00 0   [vvar]\n';
const log = (file: string): string => readFileSync(join(root, 'examples', file), 'utf8');

interface Seen {
  readonly name: string;
  readonly state: Partial<ViewState>;
  /** What is done before it is looked at. */
  readonly first?: (page: Page) => Promise<unknown>;
}

const S01 = { file: 's01.jsonl', log: log('s01-same-driver.jsonl') };
const press = (key: string) => (page: Page) => page.keyboard.press(key).then(() => page.waitForTimeout(200));

const SEEN: readonly Seen[] = [
  { name: 'the start', state: {}, first: (page) => page.waitForSelector('.cards') },
  { name: 'S01', state: S01 },
  { name: 'bad pages and rules', state: { log: log('gallery/s13-cow-linear-rule/events.jsonl') } },
  { name: 'huge pages', state: { log: log('gallery/s02-pmd-special-assumed/events.jsonl') } },
  { name: 'all lanes', state: { ...S01, lanes: ['all'], switches: { ...EMPTY.switches, differs: true } } },
  { name: 'a frame', state: { ...S01, at: 2, select: 'P0' } },
  {
    name: 'edit',
    state: { ...S01, switches: { ...EMPTY.switches, edit: true } },
    first: (page) => page.waitForSelector('.cm-content'),
  },
  { name: 'embedded', state: { ...S01, switches: { ...EMPTY.switches, embed: true } } },
  { name: 'a log that cannot be read', state: { log: '{"specialbit":1}\n{"type":"exti"}\n' } },
  { name: 'a value decoded', state: { decode: '8000000008000227', lanes: ['x86_64', 'arm', 'm68k-030'] } },
  { name: 'a report decoded', state: { decode: splat } },
  { name: 'a value embedded', state: { decode: '227', switches: { ...EMPTY.switches, embed: true } } },
  {
    name: 'a recording',
    state: {},
    first: async (page) => {
      await page.setInputFiles('input[type=file]', { name: 'maps', mimeType: '', buffer: Buffer.from(maps) });
      await page.waitForSelector('.lane');
      await page.click('.told summary');
    },
  },
  { name: 'the keys', state: S01, first: press('?') },
  { name: 'only what differs', state: { ...S01, switches: { ...EMPTY.switches, differs: true } } },
  {
    name: 'an expectation that does not hold',
    state: { log: S01.log.replace('"count":2', '"count":3'), at: 5 },
  },
  { name: 'a log that cannot be carried out', state: { log: S01.log.replace('"at":"bo[1]"', '"at":"ob[1]"') } },
  { name: 'a page that is not there yet', state: { ...S01, at: 0, select: 'bo[1]' }, first: press('Escape') },
  {
    name: 'the lanes',
    state: S01,
    first: (page) => page.click('text=Lanes').then(() => page.waitForSelector('.choices li')),
  },
  {
    name: 'sharing',
    state: S01,
    first: (page) => page.click('text=Share').then(() => page.waitForSelector('.twin:not(:empty)')),
  },
];

const WIDTHS = [1600, 360] as const;
const THEMES = ['light', 'dark'] as const;
/** What a theme cannot change. Colours are looked at in both, everything else once a width. */
const COLOURS = { runOnly: ['color-contrast', 'link-in-text-block'] };

describe.skipIf(!hasBrowser)(`axe${NEEDS}`, () => {
  const visits = new Visits({ bypassCSP: true });
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  // the page follows the width of its window and the theme of the system: one visit is looked at in all four ways
  it.each(SEEN)('$name', ({ state, first }) =>
    visits.at(
      state,
      async (page) => {
        await page.waitForSelector('.verdict, .selection, .start, .problem, .report');
        await first?.(page);
        await page.addScriptTag({ content: axe.source });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          for (const theme of THEMES) {
            await page.emulateMedia({ colorScheme: theme });
            await page.waitForSelector(`html[data-theme=${theme}]`);
            expect(await violations(page, theme === 'light' ? {} : COLOURS), `${width} pixels, ${theme}`).toEqual([]);
          }
        }
      },
      { width: WIDTHS[0], height: 900 },
    ),
  );
});

async function violations(page: Page, options: object): Promise<string[]> {
  const asked = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const found = (await page.evaluate(`axe.run(${asked})`)) as {
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}: ${failureSummary}`),
  );
}
