// SPDX-License-Identifier: GPL-2.0-or-later
/** The documentation site: nothing forgotten, no link that leads nowhere, and all of it from a disk without a network. */
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLinks } from '../../tools/site/src/check.js';
import { CONTENTS, pathOf } from '../../tools/site/src/contents.js';
import { count, figures, verified } from '../../tools/site/src/made/proof.js';
import { openIndex, type SearchData } from '../../tools/site/src/search-shared.js';
import { documents, read } from '../../tools/site/src/sources.js';
import { hasBrowser, launch, NEEDS, newPage } from '../viewer/browser.testkit.js';
import { type MadeSite, madeSite } from './site.testkit.js';

let made: MadeSite;
beforeAll(async () => {
  made = await madeSite();
});
afterAll(() => made.remove());

describe('the site', () => {
  it('has a page of every document', () => {
    const paths = made.site.pages.map(({ path }) => path);
    expect(
      documents()
        .map(pathOf)
        .filter((path) => !paths.includes(path)),
    ).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('keeps the order of the contents, and has what stands nowhere there at its end', () => {
    const titles = made.site.sections.map(({ title }) => title);
    expect(titles.filter((title) => title !== 'More')).toEqual(CONTENTS.map(({ title }) => title));
    expect(['The house', 'More']).toContain(titles.at(-1));
  });

  it('has no link that leads nowhere', () => {
    expect(deadLinks(made.files)).toEqual([]);
  });

  it('tells of a link that does', () => {
    const pages = new Map([
      ['index.html', '<a href="a/b.html#here">b</a><a href="#no">no</a><a href="c.html">c</a>'],
      ['a/b.html', '<h2 id="here">b</h2><a href="../index.html">up</a>'],
    ]);
    expect(deadLinks(pages)).toEqual(['index.html: #no', 'index.html: c.html']);
  });

  it('lets no page ask anybody but itself for anything', () => {
    for (const [name, text] of made.files) {
      if (!name.endsWith('.html') || text === '') continue;
      expect(text, name).toContain(`content="default-src 'none'; script-src 'self'; style-src 'self'`);
      expect([...text.matchAll(/<(?:script|img|iframe|link)[^>]* (?:src|href)="(?:https?:|\/\/)/g)], name).toEqual([]);
    }
  });

  it('shows what short examples print, and why others print nothing', () => {
    const page = made.files.get('commands/blame.html')!;
    expect(page).toContain('<b>$ specialbit blame examples/s13-cow-linear-rule.jsonl');
    expect(page).toContain('800138f P--Y- D1 NULL -&gt; 200034f PWDY- A1 page');
    expect(made.site.examples.filter(({ broken }) => broken !== undefined)).toEqual([]);
  });

  it('says of a release what it changed, what a driver calls first', () => {
    const page = made.files.get('releases/7.1.html')!;
    const headings = [...page.matchAll(/<h2 id="([^"]*)">/g)].map(([, id]) => id);
    expect(headings[0]).toBe('calls-that-are-gone-or-have-another-name-or-other-arguments');
    expect(page).toContain('cf2124a90c36');
    expect(page).toContain('Play it on 7.0 and 7.1');
  });

  it('finds a name of the kernel whole and by its parts', () => {
    const script = made.files.get('search-index.js')!;
    const data = JSON.parse(script.replace(/^self\.specialbitSearch=|;\n$/g, '')) as SearchData;
    const index = openIndex(data);
    const paths = (asked: string): string[] =>
      index.search(asked).map(({ id }) => data.pages[data.documents[id as number]![0]]![0]);
    expect(paths('zap_special_vma_range')).toContain('releases/7.1.html');
    expect(paths('zap ptes').slice(0, 20)).toContain('atlas/operations.html');
    expect(paths('vmf_insert_pfn')[0]).toMatch(/^atlas\/(?:call|kind)-vmf_insert_pfn\.html|operations/);
    expect(paths('copy linear rule')[0]).toMatch(/s13|faq/);
  });
});

describe.skipIf(!hasBrowser)(`from a disk${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  /** Opens a page of the folder; fails over whatever went wrong in it, or was asked of a network. */
  async function at(path: string, look: (page: Page) => Promise<void>, width = 1600): Promise<void> {
    const { page, wrong } = await newPage(browser, { bypassCSP: false, viewport: { width, height: 900 } });
    page.on('request', (request) => {
      if (!/^(?:file|blob|data):/.test(request.url())) wrong.push(request.url());
    });
    await page.goto(`${pathToFileURL(made.folder)}/${path}`);
    await look(page);
    await page.context().close();
    expect(wrong).toEqual([]);
  }

  it('plays S01 within the first page', () =>
    at('index.html', async (page) => {
      const frame = page.frameLocator('iframe.viewer');
      await frame.locator('.lane').nth(1).waitFor();
      expect(await frame.locator('.lane').allInnerTexts()).toEqual([
        expect.stringContaining('arm-lpae'),
        expect.stringContaining('no special bit'),
      ]);
    }));

  it('shows a picture in place of a frame that cannot play', async () => {
    const { page, wrong } = await newPage(browser, { javaScriptEnabled: false });
    await page.goto(`${pathToFileURL(made.folder)}/index.html`);
    expect(await page.locator('iframe.viewer').isVisible()).toBe(false);
    const { width = 0, height = 0 } = (await page.locator('main img').boundingBox()) ?? {};
    expect(Math.min(width, height)).toBeGreaterThan(200);
    await page.context().close();
    expect(wrong).toEqual([]);
  });

  it('finds and opens by keys alone', () =>
    at('index.html', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('zap_special_vma_range');
      await page.waitForSelector('#found [role=option]');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      const wanted = await page.locator('#found [aria-selected=true]').getAttribute('href');
      await page.keyboard.press('Enter');
      await page.waitForURL(new RegExp(wanted!.replace(/[.#?]/g, '\\$&')));
    }));

  it('opens a log beside the text, and closes it', () =>
    at('atlas/call-vmf_insert_pfn.html', async (page) => {
      await page.goto(`${pathToFileURL(made.folder)}/start/student.html`);
      await page.focus('a.play');
      await page.keyboard.press('Enter');
      await page.frameLocator('dialog iframe').locator('.lane').first().waitFor();
      await page.click('dialog button');
      expect(await page.locator('dialog iframe').count()).toBe(0);
      expect(await page.evaluate('document.activeElement.className')).toBe('play');
    }));

  it('hands a link of a mail on to the viewer', () =>
    at('index.html#v=1&decode=227&lanes=x86_64', async (page) => {
      await page.waitForSelector('.decode');
      expect(page.url()).toContain('viewer/index.html#v=1');
    }));

  const SEEN = [
    'index.html',
    'start/student.html',
    'atlas/call-vmf_insert_pfn.html',
    'gallery/s13-cow-linear-rule.html',
    'releases/7.1.html',
  ];
  it.each(SEEN)('axe finds nothing in %s, light and dark, wide and narrow', (path) =>
    at(path, async (page) => {
      // evaluated, and not added as a script: the policy of the page stays
      await page.evaluate(axe.source);
      expect(await violations(page, {}), 'light, wide').toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violations(page, { runOnly: ['color-contrast'] }), 'dark').toEqual([]);
      await page.setViewportSize({ width: 360, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await violations(page, { rules: { 'color-contrast': { enabled: false } } }), 'narrow').toEqual([]);
    }),
  );

  it('has its pages behind a button where there is no room', () =>
    at(
      'start/student.html',
      async (page) => {
        expect(await page.isVisible('nav.pages')).toBe(false);
        await page.click('.menu');
        expect(await page.evaluate('document.activeElement.getAttribute("aria-current")')).toBe('page');
        await page.keyboard.press('Escape');
        expect(await page.isVisible('nav.pages')).toBe(false);
      },
      360,
    ));
});

async function violations(page: Page, options: object): Promise<string[]> {
  const asked = JSON.stringify({ ...options, resultTypes: ['violations'], iframes: false, preload: false });
  const found = (await page.evaluate(`axe.run(${asked})`)) as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 2).map(({ html }) => `${id}: ${html.slice(0, 160)}`),
  );
}

it('has in the README the figures that verify counted', () => {
  const { steps, ptes, differing } = figures(verified());
  const told = [
    ['steps of real kernels compared', steps],
    ['entries compared bit for bit', ptes],
    ['steps that differ', differing],
  ] as const;
  for (const [words, n] of told) expect(read('README.md')).toMatch(new RegExp(`\\| ${words}[^|]*\\| ${count(n)} \\|`));
});
