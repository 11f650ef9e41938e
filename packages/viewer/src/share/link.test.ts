// SPDX-License-Identifier: GPL-2.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeLink, encodeLink } from './link.js';
import { EMPTY, PLAIN, type ViewState } from './view-state.js';

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const logs = (readdirSync(examples, { recursive: true, encoding: 'utf8' }) as string[])
  .filter((file) => file.endsWith('.jsonl'))
  .sort();

const state = (given: Partial<ViewState>): ViewState => ({ ...EMPTY, ...given });

describe('a link', () => {
  it.each(logs)('holds %s, below 2,000 characters', async (file) => {
    const log = readFileSync(join(examples, file), 'utf8');
    const whole = state({
      file: file.replace(/^.*\//, ''),
      log,
      lanes: ['arm-lpae', 'arm@6.1'],
      at: 3,
      select: 'bo[0]',
    });
    const link = `https://specialbit.example/viewer/#${await encodeLink(whole)}`;
    expect(await decodeLink(link)).toEqual(whole);
    if (!file.startsWith('porting') && !file.startsWith('claims')) expect(link.length).toBeLessThan(2000);
  });

  it.each<[string, Partial<ViewState>]>([
    ['nothing', {}],
    ['switches', { switches: { differs: true, alike: false, edit: true, embed: true } }],
    ['names with everything in them', { file: 'a&b=c#d %41 ü\u0000.jsonl', select: '1:ring[2]', log: '\u{1f600}&#\n' }],
    ['a value', { decode: '8000000008000227,225', lanes: ['arm', 'x86_64@6.1'], level: 'pmd' }],
    [
      'what kernels did',
      {
        log: '{}',
        seen: [
          { lane: 'arm@6.12', release: '6.12.117+deb12', date: '2026-11-30', agreed: [1, 2, 3, 6], differs: [4] },
          { lane: 'x86_64', release: '7.3.4', date: null, agreed: [], differs: [] },
        ],
      },
    ],
    ['a report', { decode: 'BUG: Bad page map in process x\n pte:25 & more = \u{1f600}\n' }],
    ['__proto__', { file: '__proto__', lanes: ['__proto__'], select: '__proto__' }],
  ])('holds %s', async (_, given) => {
    expect(await decodeLink(await encodeLink(state(given)))).toEqual(state(given));
  });

  it('leaves out what a newer page may have put in', async () => {
    expect(await decodeLink('#v=1&colour=red&at=2')).toEqual(state({ at: 2, switches: PLAIN }));
  });

  it.each([
    ['', 'link: expected #v=1&..., found no version'],
    ['v=2', 'link: v: expected at most 1, found "2"'],
    ['v=constructor', 'link: v: expected at most 1, found "constructor"'],
    ['v=1&at=-3', 'link: at: expected a number of events, found "-3"'],
    ['v=1&file=%zz', 'link: expected escapes such as %20, found a damaged one'],
    ['v=1&decode=25&level=pte2', 'link: level: expected pte, pmd, pud, p4d or pgd, found "pte2"'],
    ['v=1&seen=a~b', 'link: seen: expected lane~release~date~events~events, found "a~b"'],
    ['v=1&seen=arm~6.12~~1-x~', 'link: seen: expected lane~release~date~events~events'],
    ['v=1&paste=AAAA', 'link: paste: expected deflate-raw as base64url; the link is damaged or cut off'],
    ['v=1&log=%20', 'link: log: expected deflate-raw as base64url; the link is damaged or cut off'],
    ['v=1&log=AAAA', 'link: log: expected deflate-raw as base64url; the link is damaged or cut off'],
  ])('%s is none', async (link, message) => {
    await expect(decodeLink(link)).rejects.toThrow(message);
  });

  it('that is cut off says so', async () => {
    const link = await encodeLink(state({ log: readFileSync(join(examples, logs[0]!), 'utf8') }));
    await expect(decodeLink(link.slice(0, -40))).rejects.toThrow('the link is damaged or cut off');
  });
});
