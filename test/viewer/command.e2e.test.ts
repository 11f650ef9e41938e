// SPDX-License-Identifier: GPL-2.0-or-later
/** The commands around the page: one file that opens anywhere, links without a browser, a log that is served and followed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess as specialbit } from '../cli-time/in-process.testkit.js';
import { hasBrowser, launch, NEEDS, newPage, root } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-view-'));
afterAll(() => rmSync(folder, { recursive: true }));
const S01 = join(folder, 's01-same-driver.jsonl');
writeFileSync(S01, S01_LOG);
const bin = join(root, 'packages/cli/bin/specialbit.js');

describe('links', () => {
  it('hold what they were made with, and are read without a browser', async () => {
    const { out } = await specialbit(['link', S01, '--at', '2', '--select', 'bo[0]', '--lane', 'arm,m68k']);
    expect(out.length).toBeLessThan(2000);
    const held = JSON.parse((await specialbit(['open', out.trim(), '--json'])).out);
    expect(held).toMatchObject({ file: 's01-same-driver.jsonl', lanes: ['arm', 'm68k'], at: 2, select: 'bo[0]' });
    expect((await specialbit(['open', out.trim(), '-o', '-'])).out).toBe(readFileSync(S01, 'utf8'));
    const explained = await specialbit(['explain', S01, '--at', '2', 'bo[0]', '--lane', 'arm,m68k']);
    expect((await specialbit(['open', out.trim()])).out).toContain(
      explained.out.split('\n\n').slice(0, 2).join('\n\n'),
    );
  });

  it.each([
    [['link', S01, '--at', '99'], 'usage.moment'],
    [['link', S01, '--at', '2', '--select', 'nothing[3]'], 'usage.subject'],
    [['link', S01, '--lane', 'vax'], 'usage.architecture'],
    [['open', 'https://example.org/'], 'input.link'],
    [['open', '#v=1&log=AAAA'], 'input.link'],
    [['view', '--proof', 'x.jsonl.gz'], 'usage.options'],
    [['view', S01, '--proof', S01], 'lab.proof'],
    [['view', S01, '--proof', join(folder, 'none')], 'input.unreadable'],
    [['view', S01, '--static', 'x'], 'usage.options'],
  ])('%j is refused', async (args, code) => {
    const { err, code: exit } = await specialbit(args, true);
    expect(err).toContain(`[${code}]`);
    expect(exit).toBe(2);
  });

  it('the page alone is written into a folder', async () => {
    const to = join(folder, 'static');
    await specialbit(['view', '--static', to]);
    for (const file of ['index.html', 'page.js', 'page.css', 'engine.js', 'examples.json'])
      expect(existsSync(join(to, file))).toBe(true);
  });
});

describe.skipIf(!hasBrowser)(`in a browser${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  /** `bo[0] P0 1`: the page, the frame, its count. */
  const cells = async (page: Page): Promise<(string | undefined)[]> => {
    const titles = (await page.locator('.cell').all()).map((cell) => cell.getAttribute('title'));
    return (await Promise.all(titles)).map((title) => title?.replace(/:.* maps (\S+), counted (\d+).*/, ' $1 $2'));
  };

  it('a file with proofs shows which events real kernels have done, until the log is another one', async () => {
    const file = join(folder, 'proved.html');
    await specialbit([
      'view',
      join(root, 'examples/s01-same-driver.jsonl'),
      '--proof',
      join(root, 'test/lab/proofs'),
      '-o',
      file,
    ]);
    const { page } = await newPage(browser);
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('.kernels');
    expect(await page.locator('.kernels').innerText()).toMatch(
      /^seen on a real kernel: .*x86_64@6\.12 \(Linux 6\.12\.\d+.*\): \d+ events/,
    );
    const [first] = await page.locator('.event .kernel').all();
    expect(await first!.getAttribute('title')).toMatch(/^seen on a real kernel: arm@6\.12 \(Linux 6\.12/);
    await page.context().close();
  });

  it('one file opens from the disk, asks no network, and shows what was to be seen', async () => {
    const file = join(folder, 'report.html');
    await specialbit(['view', S01, '--at', '5', '--select', 'bo[1]', '-o', file]);
    expect(readFileSync(file).length).toBeLessThan(700_000);
    const { page, wrong } = await newPage(browser);
    await page.context().setOffline(true);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().replace(/^(file|blob|data):.*/s, '$1')));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('.verdict');
    expect(await page.title()).toBe('S01: the same driver, other reference counts - specialbit');
    expect(await page.inputValue('#goto')).toBe('5');
    expect(await cells(page)).toEqual(['bo[0] P0 1', 'bo[1] P1 1', 'bo[0] P0 2', 'bo[1] P1 2']);
    await page.keyboard.press('b');
    await expect.poll(() => page.inputValue('#goto')).toBe('4');
    expect([...new Set(asked)].sort()).toEqual(['blob', 'file']);
    expect(asked.filter((url) => url === 'file')).toHaveLength(1);
    // the policy of the file itself forbids what the browser would allow
    await page.context().setOffline(false);
    const refused = await page.evaluate(() => fetch('http://127.0.0.1:9/').then(String, String));
    expect(refused).toContain('Failed to fetch');
    expect(wrong.join('\n')).toMatch(/Content Security Policy/);
    await page.context().close();
  });

  it('the served page follows its file', async () => {
    const file = join(folder, 'live.jsonl');
    const lines = readFileSync(S01, 'utf8').split('\n');
    writeFileSync(file, lines.slice(0, 3).join('\n'));
    const { child, url } = await served(file);
    try {
      const { page, wrong } = await newPage(browser);
      await page.goto(url);
      await page.waitForSelector('.parting');
      expect(await page.textContent('.position')).toContain('of 2');
      writeFileSync(file, lines.slice(0, 6).join('\n'));
      await expect.poll(() => page.textContent('.position'), { timeout: 10_000 }).toContain('of 5');
      expect(await page.inputValue('#goto')).toBe('2');
      expect(wrong).toEqual([]);
      await page.context().close();
      const foreign = await fetch(url, { headers: { host: 'example.org' } }).catch(() => undefined);
      expect(foreign?.status ?? 403).not.toBe(500);
    } finally {
      child.kill('SIGINT');
    }
  });
});

/** The command, with the address that it prints. */
function served(file: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [bin, 'view', file, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('exit', reject);
    child.stdout!.once('data', (text: Buffer) => {
      const { url } = JSON.parse(String(text)) as { readonly url: string };
      resolve({ child, url });
    });
  });
}
