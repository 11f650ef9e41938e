// SPDX-License-Identifier: GPL-2.0-or-later
/** A browser, and the page as any web server would give it to one. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMPTY, encodeLink, type ViewState } from '@specialbit/viewer';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const PAGE = join(root, 'packages/viewer/dist/page');

/** Where Debian's package has it. */
const CHROMIUM = '/usr/bin/chromium';
export const hasBrowser = existsSync(CHROMIUM);
/** Stands in the name of what is skipped. */
export const NEEDS = hasBrowser ? '' : ` (skipped: there is no ${CHROMIUM}; Debian's package chromium brings it)`;

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** The folder that the build writes, on a port of this machine. */
export async function serve(): Promise<Served> {
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(PAGE, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A page that notes everything that goes wrong in it. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; wrong: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text());
  });
  return { page, wrong };
}

type Look = (page: Page) => Promise<void>;
type Size = { readonly width: number; readonly height: number };
const DESK: Size = { width: 1600, height: 1000 };

/** A browser and the page at any link, for the tests of a file. */
export class Visits {
  private browser: Browser | undefined;
  private served: Served | undefined;

  constructor(private readonly options: BrowserContextOptions = {}) {}

  async begin(): Promise<void> {
    [this.browser, this.served] = await Promise.all([launch(), serve()]);
  }

  async end(): Promise<void> {
    await this.browser?.close();
    await this.served?.close();
  }

  get url(): string {
    return this.served!.url;
  }

  /** Opens the page, at a view or at what stands behind `#`, and looks; fails over whatever went wrong in it. */
  at(state: Partial<ViewState> | string, look: Look, size = DESK): Promise<void> {
    return this.blank(async (page) => {
      const plain = typeof state !== 'string' && Object.keys(state).length === 0;
      const hash = typeof state === 'string' ? state : await encodeLink({ ...EMPTY, ...state });
      await page.goto(plain ? this.url : `${this.url}#${hash}`);
      await page.waitForSelector('.lane, .start .cards, .decode, .problem');
      await look(page);
    }, size);
  }

  /** Looks at a page that shows nothing yet. */
  async blank(look: Look, size = DESK): Promise<void> {
    const { page, wrong } = await newPage(this.browser!, { ...this.options, viewport: size });
    await look(page);
    await page.context().close();
    expect(wrong).toEqual([]);
  }
}
