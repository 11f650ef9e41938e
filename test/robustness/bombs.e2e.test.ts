// SPDX-License-Identifier: GPL-2.0-or-later
/** Little that unpacks to much: read in pieces, or refused with one line; never held as a whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { specialbit } from '../cli/specialbit.testkit.js';
import { zstdBomb } from '../fuzz/mutate-bytes.js';

/** Megabytes; 1 GB of 1 MB with SPECIALBIT_BOMB=1024. */
const SIZE = Number(process.env.SPECIALBIT_BOMB ?? 300);
/** Of the heap, for all that is read: less than the bomb. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=200' };

const folder = mkdtempSync(join(tmpdir(), 'specialbit-bomb-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = '{"specialbit":1}\n';
const members = (content: string): Buffer => {
  // members one behind the other are one stream: nothing has to be packed at once
  const piece = gzipSync(content.repeat(Math.ceil(2 ** 20 / content.length)), { level: 9 });
  return Buffer.concat(Array.from({ length: SIZE }, () => piece));
};
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const COMMENTS = file('comments.jsonl.gz', Buffer.concat([gzipSync(HEADER), members(`# ${'x'.repeat(1000)}\n`)]));
const ONE_LINE = file('line.jsonl.gz', Buffer.concat([gzipSync(HEADER), members('x')]));
const ZSTD = file('line.jsonl.zst', zstdBomb(SIZE * 2 ** 20, 0x20));
const NOTHING = file('empty.jsonl.gz', members('\n'));

const QUICK: readonly (readonly [string[], number])[] = [
  [['replay', COMMENTS, '--no-events'], 0],
  [['import', ONE_LINE], 2],
  [['transcribe', ZSTD], 2],
  [['merge', NOTHING], 2],
  [['replay', NOTHING], 2],
];
/** The same ways of reading, elsewhere. */
const MORE: readonly (readonly [string[], number])[] = [
  [['replay', ONE_LINE, '--no-events'], 2],
  [['replay', ZSTD, '--no-events'], 2],
  [['import', ZSTD], 2],
  [['verify', ONE_LINE, '--jobs', '1'], 2],
  [['import', NOTHING], 2],
  [['transcribe', NOTHING], 2],
  [['verify', NOTHING, '--jobs', '1'], 2],
  [['prove', '--from', NOTHING], 2],
  [['arch', 'check', 'arm', '--vectors', NOTHING], 2],
];

it.each(process.env.SPECIALBIT_BOMB === undefined ? QUICK : [...QUICK, ...MORE])(
  '%j ends with %i',
  async (args, expected) => {
    const { code, err } = await specialbit(args, { env: HEAP });
    expect([code, err.split('\n').length]).toEqual([expected, expected === 0 ? 1 : 2]);
    if (expected === 2) expect(err).toMatch(/^specialbit: .{1,2100}$/m);
  },
);
