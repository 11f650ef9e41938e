// SPDX-License-Identifier: GPL-2.0-or-later
/** What the model writes depends on what was asked and on the allocator's choices, and on nothing observed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf, stripped } from './strip.testkit.js';
import { selection, specialbit } from './verify.testkit.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function transcribed(file: string): Promise<string[]> {
  const { code, out, err } = await specialbit('transcribe', file);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').filter(Boolean);
}

/** As other programs write JSON. */
function spaced(record: object): string {
  return JSON.stringify(record, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/([[{]) | ([\]}])/g, '$1$2');
}

const FILES = [
  ['x86_64', 'curated'],
  ['arm', 'random2'],
  ['arm64', 'random'],
  ['mips32r6', 'random2'],
  ['s390x', 'curated'],
  ['arm-swap', 'random'],
  ['x86_64-swap', 'curated'],
] as const;

describe('transcribe', () => {
  test.each(FILES)('%s/%s: a stripped file gives what the full one gives', async (machine, family) => {
    const file = join(selection, machine, `${family}.jsonl.gz`);
    const bare = join(folder, `${machine}-${family}.jsonl`);
    writeFileSync(bare, `${stripped(linesOf(file)).join('\n')}\n`);
    const full = await transcribed(file);
    expect(await transcribed(bare)).toEqual(full);
  });

  test('the full one gives the transcript itself', async () => {
    const file = join(selection, 'x86_64', 'random2.jsonl.gz');
    expect(await transcribed(file)).toEqual(linesOf(file));
  });

  test('spaces in a stripped file do not matter, nor does compression', async () => {
    const file = join(selection, 'arm-lpae', 'curated.jsonl.gz');
    const bare = join(folder, 'spaced.jsonl.gz');
    writeFileSync(bare, gzipSync(`${stripped(linesOf(file), spaced).join('\n')}\n`));
    expect(await transcribed(bare)).toEqual(await transcribed(file));
  });
});
