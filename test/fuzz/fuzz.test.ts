// SPDX-License-Identifier: GPL-2.0-or-later
/** The fuzzer itself: that it repeats itself, that it notices faults, and makes what shows them small. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { faultOf, markupFault } from './command.js';
import { minimised } from './minimise.js';
import type { Fault, Input } from './reader.js';
import { READERS } from './readers.js';
import { inputOf, readerNamed, seeds, Turns } from './turns.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Slow, or ones that start threads: their turn is in `npm run fuzz`. */
const LATER = ['driver', 'sweep', 'known', 'model'];

it.each(READERS.map(({ name }) => name))('%s makes the same input of the same number', (name) => {
  const reader = readerNamed(name)!;
  for (const seed of [1, 77, 4_000_000_000]) expect(inputOf(reader, seed)).toEqual(inputOf(reader, seed));
});

it.each(READERS.map(({ name }) => name).filter((name) => !LATER.includes(name)))('%s answers', async (name) => {
  const reader = readerNamed(name)!;
  for (const seed of [3, 5]) {
    const input = inputOf(reader, seed);
    const file = join(folder, input.name);
    writeFileSync(file, input.bytes);
    expect((await reader.run(input, file, folder)).fault).toBeUndefined();
  }
});

it.each([
  [{ code: 2, out: '', err: 'specialbit: internal error: x is not a function [internal]\n' }, 'internal error'],
  [{ code: 2, out: '', err: 'Segmentation fault\n' }, 'answer'],
  [{ code: 13, out: '', err: '' }, 'answer'],
  [{ code: 0, out: 'a\u001b[31m', err: '' }, 'control character'],
  [{ code: 0, out: '', err: 'a\u202eb' }, 'control character'],
  [{ code: 2, out: '', err: `specialbit: ${'x'.repeat(3000)}\n` }, 'answer'],
])('%o is a fault', (said, kind) => {
  expect(faultOf(said, ['replay'])?.kind).toBe(kind);
});

it('JSON that is none, and markup that is some, are faults', () => {
  expect(faultOf({ code: 0, out: '{"a":1}\n{"b"\n', err: '' }, ['replay', '--json'])?.kind).toBe('answer');
  expect(faultOf({ code: 0, out: '{"a":1}\n{"b":2}\n', err: '' }, ['replay', '--json'])).toBeUndefined();
  expect(markupFault('# a [x](javascript:pwn())', ['export'])?.kind).toBe('markup');
  expect(markupFault('# a `[x](javascript:pwn())` \\[x\\](b)', ['export'])).toBeUndefined();
});

it('what shows a fault is made small', async () => {
  const fault: Fault = { kind: 'internal error', where: 'x', text: '' };
  const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => `line ${i}${i === 120 ? ' needle' : ''}\n`).join(''));
  const input: Input = { name: 'a.txt', bytes, args: [] };
  const bad = async (less: Input): Promise<Fault | undefined> =>
    Buffer.from(less.bytes).includes('needle') ? fault : undefined;
  const { bytes: small } = await minimised(input, fault, bad, Date.now() + 10_000);
  expect(Buffer.from(small).toString()).toBe('needle');
});

it('every reader has its turn, and the numbers of a run are those of its seed', () => {
  const order = new Turns([]);
  const had = new Set<string>();
  for (let i = 0; i < 3 * READERS.length; i++) {
    const reader = order.next();
    had.add(reader.name);
    order.took(reader, reader.name === 'driver' ? 5000 : 10);
  }
  expect(had.size).toBe(READERS.length);
  const [a, b] = [seeds(9), seeds(9)];
  expect([a.next().value, a.next().value]).toEqual([b.next().value, b.next().value]);
});
