// SPDX-License-Identifier: GPL-2.0-or-later
/** The page in a browser: how soon it shows something, and how it moves. Nothing where there is no browser. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMPTY, encodeLink } from '@specialbit/viewer';
import { type Browser, chromium, type Page } from 'playwright-core';
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
    const cpu = await cpuOf(browser);
    const example = readFileSync(join(root, 'examples/s01-same-driver.jsonl'), 'utf8');
    return [
      ...(await firstPaint(await open(), `${url}#${await encodeLink({ ...EMPTY, log: example })}`)),
      ...(await long(await open(), url, settings, cpu)),
      ...(await keystrokes(await open(), url, settings)),
      ...(await manyLanes(await open(), url, settings, cpu)),
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

/** So many that the slowest of a hundred are more than one; fewer in a short log, of which nothing is to be learnt. */
const seeksOf = (events: number): number => Math.min(400, Math.ceil(events / 200));

/** A log of very many events: opened, scrolled, and travelled through. */
async function long(tab: Page, url: string, { long: events }: Settings, cpu: Cpu): Promise<Metric[]> {
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
    await quiet(cpu);
    const frames = (await tab.evaluate(`(${scroll})()`)) as number;
    const before = await cpu();
    const main = await mainThread(tab);
    const moves = await travel(tab, places(events, seeksOf(events)), 50);
    const onMain = (await main()) / moves.length;
    const used = ((await cpu()).milliseconds - before.milliseconds) / moves.length;
    const { megabytes, own } = await cpu();
    await tab.close();
    const name = `${events} events`;
    return [
      ms(`${name}: opened`, opened),
      ms(`${name}: longest frame while scrolling`, frames, 33),
      ms(`${name}: seek, p99`, percentile(moves, 0.99), 32),
      ms(`${name}: seek, median`, percentile(moves, 0.5)),
      ms(`${name}: seek, processor time, with all that follows it`, used),
      ms(`${name}: seek, processor time of it on the page's own thread`, onMain),
      {
        workload: NAME,
        metric: `${name}: memory of the page's process`,
        value: megabytes,
        unit: 'MB',
        goals: [{ of: 'value', atMost: 600 }],
      },
      { workload: NAME, metric: `${name}: of it not the browser's program`, value: own, unit: 'MB' },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A log of 10,000 lines in the editor: each keystroke is seen in the lanes. */
async function keystrokes(tab: Page, url: string, { manyLanes: events }: Settings): Promise<Metric[]> {
  const log = longLog(Math.min(10_000, events * 10));
  await tab.goto(`${url}#${await encodeLink({ ...EMPTY, log, at: 3, switches: { ...EMPTY.switches, edit: true } })}`);
  await tab.waitForSelector('.cm-content');
  await tab.waitForTimeout(3000);
  await tab.click('.cm-line >> nth=1');
  await tab.keyboard.press('Control+End');
  await tab.keyboard.type('{"type":"read","at":"heap[1]"');
  await tab.evaluate('performance.clearMeasures()');
  for (let i = 0; i < 10; i++) {
    await tab.keyboard.type('}');
    await tab.waitForTimeout(400);
    await tab.keyboard.press('Backspace');
    await tab.waitForTimeout(400);
  }
  const taken = await measured(tab, 'edit');
  await tab.close();
  return [ms('10,000 lines: a keystroke until it is seen, median', percentile(taken, 0.5), 100)];
}

/** All architectures, and a mapping of 1,000 pages. */
async function manyLanes(tab: Page, url: string, { manyLanes: events }: Settings, cpu: Cpu): Promise<Metric[]> {
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
  await quiet(cpu);
  const steps = Array.from({ length: more }, (_, i) => i + 3);
  const before = await cpu();
  const main = await mainThread(tab);
  const moves = await travel(tab, steps.slice(0, -1), 100);
  const onMain = (await main()) / moves.length;
  const used = ((await cpu()).milliseconds - before.milliseconds) / moves.length;
  await tab.close();
  const name = 'every architecture, 1,000 pages';
  return [
    ms(`${name}: a step, median`, percentile(moves, 0.5), 16),
    ms(`${name}: a step, processor time, with all that follows it`, used),
    ms(`${name}: a step, processor time of it on the page's own thread`, onMain),
  ];
}

/** Goes to moments; how long each took until it was painted, as the page itself notes it. */
async function travel(tab: Page, moments: readonly number[], pause: number): Promise<number[]> {
  await tab.evaluate('performance.clearMeasures()');
  await tab.evaluate(`(${move})(${JSON.stringify(moments)}, ${pause})`);
  return measured(tab, 'moment');
}

async function measured(tab: Page, what: string): Promise<number[]> {
  const text = `performance.getEntriesByName('specialbit ${what}').map((entry) => entry.duration)`;
  return (await tab.evaluate(text)) as number[];
}

/** Milliseconds that tasks of the page's own thread have used since this was called, as Chromium counts them. */
async function mainThread(tab: Page): Promise<() => Promise<number>> {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const now = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  const start = await now();
  return async () => (await now()) - start;
}

/**
 * What the processes of the browser's pages have used so far, and how much memory the largest has; `own`: without pages of
 * the browser's program, which all of its processes share.
 */
type Cpu = () => Promise<{ readonly milliseconds: number; readonly megabytes: number; readonly own: number }>;

async function cpuOf(browser: Browser): Promise<Cpu> {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const pages = processInfo.filter(({ type }) => type === 'renderer');
    const largest = (field: string): number => Math.max(0, ...pages.map(({ id }) => residentOf(id, field)));
    const seconds = pages.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    return { milliseconds: seconds * 1000, megabytes: largest('VmRSS'), own: largest('RssAnon') + largest('RssShmem') };
  };
}

function residentOf(pid: number, field: string): number {
  try {
    const kilobytes = new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Until the page has nothing to do any more. */
async function quiet(cpu: Cpu): Promise<void> {
  for (let rounds = 0, still = 0; rounds < 300 && still < 3; rounds++) {
    const before = await cpu();
    await new Promise((resolve) => setTimeout(resolve, 500));
    still = (await cpu()).milliseconds - before.milliseconds < 25 ? still + 1 : 0;
  }
}

const ms = (metric: string, value: number, atMost?: number): Metric => ({
  ...{ workload: NAME, metric, value, unit: 'ms' },
  ...(atMost === undefined ? {} : { goals: [{ of: 'value', atMost }] }),
});

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
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

/** To one moment after the other, each when the one before is drawn. */
const move = `async (moments, pause) => {
  const slider = document.querySelector('.track input');
  for (const n of moments) {
    const start = performance.now();
    slider.value = String(n);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    while (document.querySelector('.happened .label')?.textContent.match(/^Event ([\\d,]+)/)?.[1].replaceAll(',', '') !== String(n)) {
      if (performance.now() - start > 30_000) break;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}`;
