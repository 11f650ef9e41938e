// SPDX-License-Identifier: GPL-2.0-or-later
/** The page in a browser: how soon it shows something, and how it moves. Nothing where there is no browser. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMPTY, encodeLink } from '@specialbit/viewer';
import { chromium, type Page } from 'playwright-core';
import type { Metric } from './metric.js';
import type { Settings } from './settings.js';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
/** From sources and from what was compiled of them: the repository is above both. */
const ROOT = ['../..', '../../..'].map((up) => fileURLToPath(new URL(up, import.meta.url)));
const NAME = 'page';
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export async function page(settings: Settings): Promise<Metric[]> {
  const root = ROOT.find((folder) => existsSync(join(folder, 'packages/viewer/dist/page/index.html')));
  if (root === undefined || !existsSync(CHROMIUM)) return [];
  const folder = join(root, 'packages/viewer/dist/page');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(folder, path === '/' ? 'index.html' : path);
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/json');
    response.end(existsSync(file) ? readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const open = () => browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const example = readFileSync(join(root, 'examples/s01-same-driver.jsonl'), 'utf8');
    return [
      ...(await firstPaint(await open(), `${url}#${await encodeLink({ ...EMPTY, log: example })}`)),
      ...(await long(await open(), url, settings)),
      ...(await manyLanes(await open(), url, settings)),
    ];
  } finally {
    await browser.close();
    server.close();
  }
}

async function firstPaint(tab: Page, url: string): Promise<Metric[]> {
  const start = performance.now();
  await tab.goto(url);
  await tab.waitForSelector('.verdict');
  const whole = performance.now() - start;
  const painted = (await tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")) as number;
  await tab.close();
  return [ms('S01: first paint', painted, 1000), ms('S01: lanes, and why', whole)];
}

/** A log of very many events: opened, scrolled, and travelled through. */
async function long(tab: Page, url: string, { long: events }: Settings): Promise<Metric[]> {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-page-'));
  const file = join(folder, 'long.jsonl');
  writeFileSync(file, longLog(events));
  try {
    await tab.goto(url);
    await tab.waitForSelector('input[type=file]');
    const start = performance.now();
    await tab.setInputFiles('input[type=file]', file);
    await tab.waitForSelector('.lane', { timeout: 600_000 });
    const opened = performance.now() - start;
    // until everything was played ahead, and the worlds on the way are left
    await tab.waitForFunction(`(${settled})(${events})`, null, { timeout: 600_000 }).catch(() => {});
    const frames = (await tab.evaluate(`(${scroll})()`)) as number;
    const moves = (await tab.evaluate(`(${move})(${JSON.stringify(places(events, 50))})`)) as number[];
    await tab.close();
    return [
      ms(`${events} events: opened`, opened),
      ms(`${events} events: longest frame while scrolling`, frames, 33),
      ms(`${events} events: seek, p99`, percentile(moves, 0.99), 32),
      ms(`${events} events: seek, median`, percentile(moves, 0.5)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All architectures, and a mapping of 1,000 pages. */
async function manyLanes(tab: Page, url: string, { manyLanes: events }: Settings): Promise<Metric[]> {
  const lines = [
    '{"specialbit":1}',
    '{"type":"mmap","label":"m","pages":1000,"prot":"rw"}',
    '{"type":"madvise","at":"m","pages":1000,"advice":"MADV_POPULATE_WRITE"}',
  ];
  const more = Math.min(40, events);
  for (let i = 0; i < more; i++) lines.push(`{"type":"madvise","at":"m[${3 * i}]","pages":1,"advice":"MADV_DONTNEED"}`);
  const log = `${lines.join('\n')}\n`;
  await tab.goto(`${url}#${await encodeLink({ ...EMPTY, log, lanes: ['all'], at: 1 })}`);
  await tab.waitForSelector('.lane', { timeout: 600_000 });
  await tab.waitForTimeout(2000);
  const steps = Array.from({ length: more }, (_, i) => i + 3);
  const moves = (await tab.evaluate(`(${move})(${JSON.stringify(steps.slice(0, -1))})`)) as number[];
  await tab.close();
  return [ms('every architecture, 1,000 pages: a step, median', percentile(moves, 0.5), 16)];
}

const ms = (metric: string, value: number, atMost?: number): Metric => ({
  ...{ workload: NAME, metric, value, unit: 'ms' },
  ...(atMost === undefined ? {} : { goals: [{ of: 'value', atMost }] }),
});

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

function longLog(events: number): string {
  const lines = ['{"specialbit":1,"arch":["x86_64"]}', '{"type":"mmap","label":"heap","pages":4096,"prot":"rw"}'];
  for (let i = 1; i < events; i++) {
    if (i % 3 === 0) lines.push(`{"type":"write","at":"heap[${(i * 7) % 4096}]","value":${i % 251}}`);
    else if (i % 3 === 1) lines.push(`{"type":"read","at":"heap[${(i * 13) % 4096}]"}`);
    else lines.push(`{"type":"madvise","at":"heap[${(i * 5) % 4096}]","pages":1,"advice":"MADV_DONTNEED"}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Moments here and there. */
const places = (events: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => 1 + ((i * 7919 * 131) % (events - 1)));

// ------------------------------------------------------- run in the page, and so written as text

/** A seek to the end is quick once the worlds on the way are there. */
const settled = `(events) => {
  const slider = document.querySelector('.track input');
  if (slider === null || Number(slider.max) < events) return false;
  window.since ??= performance.now();
  return performance.now() - window.since > Math.min(60_000, events / 30);
}`;

/** The longest of some frames while the list is scrolled. */
const scroll = `async () => {
  const list = document.querySelector('.virtual');
  let longest = 0;
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 120; i++) {
    list.scrollTop += 997;
    const now = await new Promise(requestAnimationFrame);
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}`;

/** How long each seek takes until its moment is drawn. */
const move = `async (moments) => {
  const slider = document.querySelector('.track input');
  const taken = [];
  for (const n of moments) {
    const start = performance.now();
    slider.value = String(n);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    while (document.querySelector('.happened .label')?.textContent.match(/^Event (\\d+)/)?.[1] !== String(n)) {
      if (performance.now() - start > 30_000) break;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    taken.push(performance.now() - start);
    // what is asked for behind it is no part of the next
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return taken;
}`;
