// SPDX-License-Identifier: GPL-2.0-or-later
/** Whatever is dropped on the page, pasted into it or chosen: logs, recordings, reports, values; and what is refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { decodeLink, EMPTY, encodeLink } from '@specialbit/viewer';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess as specialbit } from '../cli-time/in-process.testkit.js';
import { hasBrowser, NEEDS, root, Visits } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';

const pasted = (file: string): string => readFileSync(join(root, 'test/pasted', file), 'utf8');
const SPLAT = pasted('splats/a03-arm64-6.10-fork13-wrapped.txt');
const STRACE = `7 1.000001 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
7 1.000002 lookup_dcookie(1, NULL, 0) = -1 ENOSYS (Function not implemented)
7 1.000003 munmap(0x7f0000000000, 4096) = 0
`;
const MAPS = '00400000-00402000 rw-p 00000000 00:00 0\n7f0000000000-7f0000001000 r--p 00000000 00:00 0   [vvar]\n';

/** A log, and what the zstd command makes of it. */
const PLAIN = `{"specialbit":1,"arch":["x86_64"]}
{"type":"mmap","label":"a","pages":2,"prot":"rw"}
{"type":"write","at":"a[1]","value":7}
`;
const ZSTD = Buffer.from(
  'KLUv/SR8LQMA0oYWHHCJ0gG1apGSBEEDYrxvBH//39zgA+zel378MwFGJMAToZr4Vo6k/c6W2PPDxtuBrQ+AO1no+u64yqXqe7VpxnMt2pARKQcQAjJQnOAGhvU78JYW1cTkcoYCAgA+w03VUGZt70yP',
  'base64',
);

interface Dropped {
  readonly name: string;
  readonly bytes: Buffer | string;
}

/** As somebody drops it: the browser makes the files. */
async function drop(page: Page, files: readonly Dropped[]): Promise<void> {
  const plain = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  await page.evaluate(`(${DROP})(${JSON.stringify(plain)})`);
}

async function paste(page: Page, text: string, on = 'body'): Promise<void> {
  await page.evaluate(`(${PASTE})(${JSON.stringify(text)}, ${JSON.stringify(on)})`);
}

// run in the page, and so written as text
const DROP = `(all) => {
  const dataTransfer = new DataTransfer();
  for (const { name, base64 } of all)
    dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
  document.querySelector('.app').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}`;
const HUGE = `() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(Array(257).fill(new Blob(['a\\n'.repeat(2 ** 19)])), 'huge.txt'));
  document.querySelector('.app').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}`;
const PASTE = `(text, on) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  document
    .querySelector(on)
    .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}`;

/** The log that the address of the page holds. */
const logIn = async (page: Page): Promise<string> => {
  await expect.poll(() => page.url()).toContain('log=');
  return (await decodeLink(page.url())).log;
};

describe.skipIf(!hasBrowser)(`what is opened${NEEDS}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-opening-'));
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(async () => {
    await visits.end();
    rmSync(folder, { recursive: true });
  });

  const onStart = (look: (page: Page) => Promise<void>): Promise<void> => visits.at({}, look);

  it.each<[string, (page: Page) => Promise<void>]>([
    ['dropped', (page) => drop(page, [{ name: 's01.jsonl', bytes: S01_LOG }])],
    ['dropped as gzip', (page) => drop(page, [{ name: 's01.jsonl.gz', bytes: gzipSync(S01_LOG) }])],
    ['pasted', (page) => paste(page, S01_LOG)],
    ['pasted where it is asked for', (page) => paste(page, S01_LOG, '.way textarea')],
    [
      'chosen',
      (page) =>
        page.setInputFiles('input[type=file]', { name: 's01.jsonl', mimeType: '', buffer: Buffer.from(S01_LOG) }),
    ],
  ])('a log that is %s', (_, open) =>
    onStart(async (page) => {
      await open(page);
      await page.waitForSelector('.parting');
      expect(await page.textContent('.headline')).toBe('vmf_insert_mixed took a reference on arm');
      expect(await logIn(page)).toBe(S01_LOG);
    }),
  );

  it('a log that is packed with zstd', () =>
    onStart(async (page) => {
      await drop(page, [{ name: 'log.jsonl.zst', bytes: ZSTD }]);
      await page.waitForSelector('.lane');
      expect(await page.textContent('.happened h2')).toBe('write a[1] value=7');
      expect(await logIn(page)).toBe(PLAIN);
    }));

  it('a log that is longer than any address stays with the engine, and comes to the page when it is edited', () =>
    onStart(async (page) => {
      const long = `${PLAIN}${`# ${'x'.repeat(1000)}\n`.repeat(16_500)}{"type":"read","at":"a"}\n`;
      await page.setInputFiles('input[type=file]', { name: 'long.jsonl', mimeType: '', buffer: Buffer.from(long) });
      await page.waitForSelector('.lane', { timeout: 30_000 });
      expect(await page.textContent('h1')).toBe('long.jsonl');
      expect(await page.textContent('.happened h2')).toBe('read a[0]');
      await expect.poll(() => page.textContent('.said')).toContain('too long for an address');
      expect(new URL(page.url()).hash).toBe('');
      // the same text on another lane
      await page.keyboard.press('l');
      await page.fill('input[type=search]', 'm68k 030');
      await page.locator('.choices input').first().check();
      await page.click('.main-action');
      await expect.poll(() => page.locator('.lane-name').allTextContents()).toEqual(['x86_64', 'm68k-030']);
      await page.keyboard.press('e');
      await page.waitForSelector('.cm-content');
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText('{"type":"exit"}');
      await expect.poll(() => page.textContent('.position'), { timeout: 30_000 }).toContain('of 4');
    }));

  it('a trace opens at the last event that leaves something mapped', () =>
    onStart(async (page) => {
      const ended = `${STRACE}7 1.000004 munmap(0x7f0000001000, 4096) = 0\n7 1.000005 +++ exited with 0 +++\n`;
      await drop(page, [{ name: 'trace.txt', bytes: ended }]);
      await page.waitForSelector('.lane .vma');
      expect(await page.textContent('.happened h2')).toContain('munmap 0x7f0000000000');
      expect(await page.textContent('.position')).not.toContain('of 3');
    }));

  it.each<[string, string, string]>([
    ['strace', 'trace.txt', STRACE],
    ['maps', 'maps', MAPS],
    ['ftrace', 'c08.txt', pasted('ftrace/c08-arm64-no-pagefault-event.txt')],
    ['smaps', 'smaps', pasted('strace/b14-smaps-arm64-mte-bti.txt')],
  ])('a recording of %s is the log that the command makes of it, and is told with the same words', (_, name, text) =>
    onStart(async (page) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      const { out, err } = await specialbit(['import', file]);
      await drop(page, [{ name, bytes: text }]);
      await page.waitForSelector('.lane');
      expect(await logIn(page)).toBe(out);
      const plain = (said: string): string =>
        said
          .replaceAll(file, name)
          .replace(/in [\d.]+ s/, 'in 0 s')
          .trim();
      expect(plain((await page.locator('.told').innerText()).replace(/\n+/, '\n'))).toContain(
        plain(err).split('\n')[0],
      );
      expect(plain((await page.textContent('.told pre'))!)).toBe(plain(err).split('\n').slice(1).join('\n'));
    }),
  );

  it('traces of one run go together', () =>
    onStart(async (page) => {
      const more = STRACE.replaceAll('1.0', '2.0');
      await drop(page, [
        { name: 'a.txt', bytes: STRACE },
        { name: 'b.txt', bytes: more },
      ]);
      await page.waitForSelector('.lane');
      expect(await page.textContent('h1')).toBe('Recorded: a.txt, b.txt');
    }));

  it('a report is decoded as the command does, and played as a log', () =>
    onStart(async (page) => {
      await paste(page, SPLAT);
      await page.waitForSelector('.report');
      const file = join(folder, 'splat.txt');
      writeFileSync(file, SPLAT);
      expect(await page.textContent('.report pre')).toBe((await specialbit(['decode', file])).out);
      expect(await page.locator('.decode .one-bit').count()).toBe(64);
      await expect.poll(() => page.url()).toContain('paste=');
      await page.reload();
      await page.waitForSelector('.report');
      await page.click('text=Play it as a log');
      await page.waitForSelector('.lane-name');
      expect(await page.textContent('.lane-name')).toBe('arm64-4k-48');
      await expect.poll(() => page.textContent('.happened h2')).toContain('munmap');
    }));

  it('a value is decoded on any architectures, and the address has all of it', () =>
    onStart(async (page) => {
      await page.fill('.way textarea', '8000000008000227');
      await page.press('.way textarea', 'Enter');
      await page.waitForSelector('.decode .lane');
      const offered = (): Promise<string[]> =>
        page.locator('#architectures option').evaluateAll((all) => all.map((one) => one.getAttribute('value') ?? ''));
      await page.fill('#decode-lanes', 'ar');
      await expect.poll(offered).toContain('arm-lpae');
      // the last name of several
      await page.fill('#decode-lanes', 'x86_64, riscv64-sv39,ar');
      await expect.poll(offered).toContain('x86_64,riscv64-sv39,arm-lpae');
      await page.fill('#decode-lanes', 'x86_64@6.1,arm,m68k-030');
      await expect.poll(() => page.locator('.decode .lane').count()).toBe(1);
      expect(await page.locator('.unfit li').allTextContents()).toEqual([
        '0x8000000008000227 on arm: expected at most 32 bits, found 64',
        '0x8000000008000227 on m68k-030: expected at most 32 bits, found 64',
      ]);
      await page.fill('#decode-text', '227');
      await expect.poll(() => page.locator('.decode .lane').count()).toBe(3);
      expect(await page.locator('.decode .lane-name').allTextContents()).toEqual(['x86_64@6.1', 'arm', 'm68k-030']);
      const { out } = await specialbit(['decode', '--arch', 'x86_64@6.1,arm,m68k-030', '227']);
      for (const summary of await page.locator('.decode .verdict').allTextContents()) expect(out).toContain(summary);
      expect(await page.locator('.decode .fields .name').allTextContents()).toContain('_PAGE_SPECIAL');
      await page.selectOption('#decode-level', 'pmd');
      await expect.poll(() => page.locator('.decode .verdict').first().textContent()).toContain('(pmd)');
      await expect.poll(() => page.url()).toContain('level=pmd');
      const link = page.url();
      expect((await specialbit(['open', link])).out).toBe(
        (await specialbit(['decode', '--arch', 'x86_64@6.1,arm,m68k-030', '--level', 'pmd', '227'])).out,
      );
      await page.fill('#decode-text', 'ghi');
      await expect.poll(() => page.textContent('.problem')).toContain('expected a report of the kernel');
      // a recording is none, and can be opened all the same
      await page.fill('#decode-text', '7f1000000000-7f1000010000 rw-p 00000000 00:00 0 ');
      await page.click('text=Open the recording');
      await page.waitForSelector('.lanes-part .lane');
    }));

  it('within another page there is nothing around it, and the frame can be made to fit', async () => {
    const embedded = { ...EMPTY.switches, embed: true };
    const decode = await encodeLink({ ...EMPTY, decode: '227', lanes: ['x86_64'], switches: embedded });
    const log = await encodeLink({ ...EMPTY, log: S01_LOG });
    await visits.blank(async (page) => {
      await page.setContent(
        `<script>addEventListener('message', ({ data }) => { document.title += ' ' + data.height; })</script>
         <iframe id="a" width="700" height="300" src="${visits.url}#${decode}"></iframe>
         <iframe id="b" width="700" height="300" src="${visits.url}?embed#${log}"></iframe>`,
      );
      for (const [frame, wanted] of [
        ['#a', '.decode .lane'],
        ['#b', '.lane'],
      ] as const) {
        const inside = page.frameLocator(frame);
        await inside.locator(wanted).first().waitFor();
        expect(await inside.locator('.header, .events, .asked').count()).toBe(0);
        await inside.locator('.whole-page a').hover();
        await expect.poll(() => inside.locator('.whole-page a').getAttribute('href')).toMatch(/#v=1&(?!.*show=embed)/);
      }
      await expect.poll(() => page.title()).toMatch(/ \d{3}/);
    });
  });

  const REFUSED: readonly [string, string, () => Buffer | string, string][] = [
    [
      'a zip archive',
      'x.zip',
      () => Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.from(S01_LOG)]),
      'x.zip: expected a log or a recording, found a zip archive',
    ],
    ['a bomb', 'b.gz', () => gzipSync(Buffer.alloc(2 ** 28 + 2 ** 20, ' ')), 'b.gz: unfolds to more than 256 MiB'],
    ['a packed binary', 'b.gz', () => gzipSync(Buffer.alloc(9000)), 'found a binary file packed with gzip'],
    ['a damaged zstd', 'b.zst', () => Buffer.concat([ZSTD.subarray(0, 6), Buffer.alloc(40, 7)]), 'cannot be unpacked'],
    ['a damaged gzip', 'b.gz', () => Buffer.from('1f8b08000000000000ffffff', 'hex'), 'found what cannot be unpacked'],
    [
      'a binary',
      'x.bin',
      () => Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 32)),
      'found a binary file',
    ],
    ['a program', 'true', () => Buffer.from('7f454c460201010000', 'hex'), 'a program: run it under strace'],
    ['perf.data', 'perf.data', () => `PERFILE2${'\0'.repeat(99)}`, 'open what `perf script` prints of it'],
    [
      'a mail',
      'm',
      () => 'Subject: hello\n\nworld\n',
      'found a mail or a patch: give the report or the trace out of it',
    ],
    ['prose', 'p', () => 'once upon a time\n', 'found none of them'],
    ['nothing', 'n', () => '', 'found nothing'],
    ['an image of pages alone', 'g', () => '{"va":"400000","pfn":2075693}\n', 'a pagemap alone is no state'],
    ['a log that is none', 'l', () => '{"type":"mmap"}\n', 'Line 1'],
  ];
  it('what is none of these is refused in one message', () =>
    onStart(async (page) => {
      for (const [what, name, bytes, message] of REFUSED) {
        await drop(page, [{ name, bytes: bytes() }]);
        await page.waitForSelector('.problem', { timeout: 60_000 });
        expect(await page.locator('.problem p').count(), what).toBe(1);
        expect(await page.textContent('.problem'), what).toContain(message);
        await page.click('.brand');
        await page.waitForSelector('.problem', { state: 'detached' });
      }
    }));

  it('a file of more than a page should hold is refused before it is read', () =>
    onStart(async (page) => {
      await page.evaluate(`(${HUGE})()`);
      await page.waitForSelector('.problem');
      expect(await page.textContent('.problem')).toContain('huge.txt: has more than 256 MiB of text');
    }));

  it('a state of very many mappings opens at its end, a few at a time', () =>
    onStart(async (page) => {
      const lines = Array.from({ length: 5000 }, (_, i) => {
        const [start, end] = [0x7f0000000000 + i * 0x4000, 0x7f0000000000 + i * 0x4000 + 0x2000];
        return `${start.toString(16)}-${end.toString(16)} rw-p 00000000 00:00 0`;
      });
      await drop(page, [{ name: 'maps', bytes: `${lines.join('\n')}\n` }]);
      await page.waitForSelector('.pager', { timeout: 30_000 });
      expect(await page.inputValue('#goto')).toBe('5001');
      expect(await page.textContent('.pager span')).toBe('VMAs 4,989 to 5,000 of 5,000');
      await page.fill('.pager input', '2499');
      await expect.poll(() => page.textContent('.pager span')).toBe('VMAs 2,500 to 2,511 of 5,000');
      expect(await page.textContent('.vma h4')).toBe(`0x${(0x7f0000000000 + 2499 * 0x4000).toString(16)}`);
    }));

  it('markup in names and texts stays text', () =>
    onStart(async (page) => {
      const evil = '<img src=x onerror="globalThis.stolen=1">\u202e\u0007';
      await drop(page, [{ name: `${evil}.txt`, bytes: 'prose' }]);
      await page.waitForSelector('.problem');
      expect(await page.textContent('.problem')).toContain('<img src=x');
      await paste(page, SPLAT.replaceAll('fork13', evil));
      await page.waitForSelector('.report');
      expect(await page.textContent('.report')).toContain('<img src=x');
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate('globalThis.stolen')).toBe(undefined);
    }));

  it('a paste does not exchange what is open', () =>
    visits.at(`v=1&log=${deflateRawSync(S01_LOG).toString('base64url')}`, async (page) => {
      await page.waitForSelector('.parting');
      await paste(page, '227');
      await page.waitForTimeout(200);
      expect(await page.locator('.decode').count()).toBe(0);
    }));

  it('one file that stands alone opens recordings and decodes, without any network', async () => {
    const log = join(folder, 'alone.jsonl');
    const html = join(folder, 'alone.html');
    writeFileSync(log, S01_LOG);
    await specialbit(['view', log, '-o', html]);
    expect(readFileSync(html).length).toBeLessThan(700_000);
    await visits.blank(async (page) => {
      await page.context().setOffline(true);
      await page.goto(pathToFileURL(html).href);
      await page.waitForSelector('.verdict');
      await drop(page, [{ name: 'trace.txt', bytes: STRACE }]);
      await expect.poll(() => page.textContent('h1')).toBe('Recorded: trace.txt');
      await page.click('.brand');
      await page.waitForSelector('.start');
      await paste(page, '8000000008000227');
      await expect.poll(() => page.locator('.decode .lane').count()).toBe(3);
    });
  });
});
