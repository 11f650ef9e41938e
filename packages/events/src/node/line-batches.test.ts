// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LineOptions, readLineBatches } from './line-batches.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'specialbit-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function lines(content: string | Uint8Array, options: LineOptions = {}): Promise<string[]> {
  const path = join(folder, 'a.txt');
  await writeFile(path, content);
  const found: string[] = [];
  try {
    for await (const batch of readLineBatches(path, options)) {
      expect(batch.lines.length).toBeGreaterThan(0);
      for (const [i, text] of batch.lines.entries()) found.push(`${batch.first + i} ${text}`);
    }
  } catch (error) {
    found.push((error as Error).message.replace(path, 'a.txt'));
  }
  return found;
}

const MANY = Array.from({ length: 50_000 }, (_, i) => `${i} ${(i * 7919) % 100_003} \u00e4`);
const text = `${MANY.join('\n')}\n`;
const numbered = MANY.map((line, i) => `${i + 1} ${line}`);

it('gives every line, numbered, across the pieces of the file', async () => {
  expect(await lines(text)).toEqual(numbered);
  expect(await lines(gzipSync(text))).toEqual(numbered);
  expect(await lines('')).toEqual([]);
  expect(await lines('\n\na\r\nb')).toEqual(['1 ', '2 ', '3 a\r', '4 b']);
  const long = 'x'.repeat(300_000);
  expect(await lines(`a\n${long}\nb`)).toEqual(['1 a', `2 ${long}`, '3 b']);
});

it('reads zstd too', async () => {
  // the two lines, as the zstd command compresses them
  const zstd = Buffer.from('KLUv/QRYCQEAeyJzcGVjaWFsYml0IjoxfQp7InR5cGUiOiJleGl0In0KzncoyQ==', 'base64');
  expect(await lines(zstd)).toEqual(['1 {"specialbit":1}', '2 {"type":"exit"}']);
});

it('passes over what zstd data has for others, in whatever pieces it comes', async () => {
  const zstd = Buffer.from('KLUv/QRYCQEAeyJzcGVjaWFsYml0IjoxfQp7InR5cGUiOiJleGl0In0KzncoyQ==', 'base64');
  const skippable = (length: number): Buffer => {
    const head = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
    head.writeUInt32LE(length, 4);
    return Buffer.concat([head, Buffer.alloc(length, 0x28)]);
  };
  const whole = ['1 {"specialbit":1}', '2 {"type":"exit"}'];
  expect(await lines(Buffer.concat([skippable(5), skippable(0), skippable(3000), zstd]))).toEqual(whole);
  expect(await lines(Buffer.concat([skippable(0xffff), zstd]))).toEqual(whole);
});

it('says how much of the file it has read', async () => {
  const path = join(folder, 'b.txt.gz');
  const zipped = gzipSync(text);
  await writeFile(path, zipped);
  let last = 0;
  for await (const { bytesRead } of readLineBatches(path)) {
    expect(bytesRead).toBeGreaterThanOrEqual(last);
    last = bytesRead;
  }
  expect(last).toBe(zipped.length);
});

it('compressed data that break off end the file, or are an error behind what was whole', async () => {
  const cut = gzipSync(text).subarray(0, -20_000);
  const used = await lines(cut, { cut: 'end' });
  expect(used.length).toBeGreaterThan(10_000);
  expect(used.slice(0, -1)).toEqual(numbered.slice(0, used.length - 1));
  const refused = await lines(cut);
  expect(refused.slice(0, -1)).toEqual(numbered.slice(0, refused.length - 1));
  expect(refused.at(-1)).toBe(
    `a.txt:${refused.length}: expected the end of the gzip data, found the end of the file in the middle of it`,
  );
});

it('damaged data are an error in either case', async () => {
  const damaged = gzipSync(text);
  damaged[damaged.length - 6]! ^= 0xff;
  for (const cut of ['throw', 'end'] as const) {
    expect((await lines(damaged, { cut })).at(-1)).toMatch(/^a\.txt:\d+: expected gzip data, found damaged data$/);
  }
});

it('what is no text is refused, unless it may have NUL bytes', async () => {
  expect(await lines('a\nb\0c\n')).toEqual(['a.txt:2: expected text, found a NUL byte']);
  expect(await lines('a\nb\0c\n', { nul: 'keep' })).toEqual(['1 a', '2 b\0c']);
  expect(await lines(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0))).toEqual([
    'a.txt: expected text, plain or compressed with gzip or zstd, found xz data',
  ]);
  expect(await lines(Buffer.from('a\u00fc\n', 'latin1'))).toEqual(['1 a\ufffd']);
});

it('a file that cannot be read is named', async () => {
  await expect(readLineBatches(join(folder, 'absent')).next()).rejects.toThrow(
    'absent: expected a file that can be read, found no such file',
  );
});
