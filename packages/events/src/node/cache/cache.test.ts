// SPDX-License-Identifier: GPL-2.0-or-later
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logEvent, logHeader } from '../../codecs/arbitrary.testkit.js';
import { formatLog } from '../../format.js';
import { Packer } from '../../packed/pack.js';
import { PackedLog } from '../../packed/packed-log.js';
import { parseLog } from '../../read/parse-log.js';
import type { LogEvent } from '../../types.js';
import { loadLog } from '../read-log.js';
import { formatCache, parseCache } from './cache-file.js';
import { openLogCached } from './open-log-cached.js';

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'specialbit-'));
  cache = join(folder, 'cache');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const KEY = new Uint8Array(32).fill(7);

const EVENTS: LogEvent[] = Array.from({ length: 100 }, (_, i) => ({
  type: 'access',
  mm: 0,
  at: { label: 'ring', page: i },
  op: 'write',
  value: i,
}));
const TEXT = [...formatLog({ specialbit: 1, title: 'a ring' }, EVENTS)].join('');

it('gives back every event that a line decodes to', () => {
  fc.assert(
    fc.property(logHeader, fc.array(logEvent, { maxLength: 60 }), (header, events) => {
      const log = parseLog([...formatLog(header, events)].join(''));
      const packer = new Packer();
      log.events.forEach((event, i) => {
        packer.add(event, log.lines[i]!);
      });
      const { tables, offsets, bytes } = packer.end(log.header);
      const packed = parseCache(formatCache(KEY, tables, offsets, bytes), KEY);
      if (!(packed instanceof PackedLog)) throw new Error(packed);
      expect(packed.header).toEqual(log.header);
      expect([...packed]).toEqual(log.events);
      expect(log.events.map((_, i) => packed.line(i))).toEqual(log.lines);
    }),
    { numRuns: 400 },
  );
});

it('finds events in any order', () => {
  fc.assert(
    fc.property(
      fc.array(logEvent, { minLength: 1, maxLength: 80 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (events, picks) => {
        const packer = new Packer();
        events.forEach((event, i) => {
          packer.add(event, 2 + 3 * i);
        });
        const { tables, offsets, bytes } = packer.end({ specialbit: 1 });
        const packed = new PackedLog(tables, offsets, bytes);
        for (const pick of picks) {
          expect(packed.get(pick % events.length)).toEqual(events[pick % events.length]);
          expect(packed.line(pick % events.length)).toBe(2 + 3 * (pick % events.length));
        }
        expect(() => packed.get(events.length)).toThrow(RangeError);
      },
    ),
  );
});

it('writes a cache on first use, and reads it from then on', async () => {
  const path = join(folder, 'a.jsonl');
  await writeFile(path, TEXT);
  const first = await openLogCached(path, { cache });
  expect(first).toMatchObject({ cached: false, reason: 'no cache yet' });
  expect([...first.log]).toEqual(EVENTS);
  const second = await openLogCached(path, { cache });
  expect(second).toMatchObject({ cached: true, reason: undefined, cachePath: first.cachePath });
  expect([...second.log]).toEqual(EVENTS);
  expect(second.log.header).toEqual({ specialbit: 1, title: 'a ring' });
  expect(await readdir(cache)).toHaveLength(1);
  // by content, whatever the file is called
  const moved = join(folder, 'b.jsonl');
  await writeFile(moved, TEXT);
  expect(await openLogCached(moved, { cache })).toMatchObject({ cached: true });
});

it('yields the items that reading yields, with their lines', async () => {
  const path = join(folder, 'a.jsonl.gz');
  const text = `# a comment\n${TEXT.replace('\n', '\n\n// another\n')}`;
  await writeFile(path, gzipSync(text));
  await openLogCached(path, { cache });
  const { log, cached } = await openLogCached(path, { cache });
  expect(cached).toBe(true);
  const items = [...log.items()];
  const read = await loadLog(path);
  expect(items[0]).toEqual({ kind: 'header', header: read.header, line: 2 });
  expect(items.slice(1)).toEqual(read.events.map((event, i) => ({ kind: 'event', event, line: read.lines[i] })));
});

it('does not use the cache of what a log was before', async () => {
  const path = join(folder, 'a.jsonl');
  await writeFile(path, TEXT);
  await openLogCached(path, { cache });
  await writeFile(path, TEXT.replace('ring[7]', 'ring[8]'));
  const { log, cached } = await openLogCached(path, { cache });
  expect(cached).toBe(false);
  expect(log.get(7)).toMatchObject({ at: { label: 'ring', page: 8 } });
});

it('refuses a cache that is cut off, changed, or of another log or version, and writes it anew', async () => {
  const path = join(folder, 'a.jsonl');
  await writeFile(path, TEXT);
  const { cachePath } = await openLogCached(path, { cache });
  const whole = await readFile(cachePath!);
  const changed = (at: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[at]! ^= 1;
    return copy;
  };
  const cases: [Buffer, string][] = [
    [Buffer.alloc(0), 'damaged'],
    [whole.subarray(0, 40), 'damaged'],
    [whole.subarray(0, whole.length - 1), 'damaged'],
    [Buffer.concat([whole, Buffer.from('x')]), 'damaged'],
    [changed(0), 'damaged'],
    [changed(7), 'other version'],
    [changed(8), 'other log'],
    [changed(40), 'damaged'],
    [changed(whole.length - 1), 'damaged'],
    [changed(120), 'damaged'],
  ];
  for (const [file, why] of cases) {
    await writeFile(cachePath!, file);
    const opened = await openLogCached(path, { cache });
    expect(opened).toMatchObject({ cached: false, reason: `the cache is refused: ${why}` });
    expect([...opened.log]).toEqual(EVENTS);
    expect(await readFile(cachePath!)).toEqual(whole);
  }
  expect(await readdir(cache)).toHaveLength(1);
});

it('reads the log when nothing can be cached', async () => {
  const path = join(folder, 'a.jsonl');
  await writeFile(path, TEXT);
  const { log, reason } = await openLogCached(path, { cache: join(path, 'no-folder') });
  expect([...log]).toEqual(EVENTS);
  expect(reason).toBe('no cache yet, and none can be written: ENOTDIR');
  expect(await openLogCached(path, { cache: false })).toMatchObject({ cached: false, reason: 'the cache is off' });
});

it('does not cache a log with problems', async () => {
  const path = join(folder, 'a.jsonl');
  await writeFile(path, `${TEXT}{"type":"acc`);
  for (let i = 0; i < 2; i++) {
    const opened = await openLogCached(path, { cache });
    expect(opened).toMatchObject({ cached: false, reason: 'a log with problems is not cached' });
    expect(opened.diagnostics).toHaveLength(1);
    expect(opened.log.length).toBe(100);
  }
  await writeFile(path, `${TEXT}{"type":"acces"}\n`);
  await expect(openLogCached(path, { cache })).rejects.toMatchObject({ name: 'LogError', line: 102 });
  await expect(openLogCached(join(folder, 'none.jsonl'), { cache })).rejects.toMatchObject({ code: 'file-unreadable' });
});

describe('a folder of caches', () => {
  it('is not used where it is a link, or others can write to it', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{"specialbit":1}\n');
    await mkdir(cache, { mode: 0o700 });
    const link = join(folder, 'link');
    await symlink(cache, link);
    expect(await openLogCached(path, { cache: link })).toMatchObject({ reason: `the cache is off: ${link} is a link` });
    await chmod(cache, 0o777);
    expect(await openLogCached(path, { cache })).toMatchObject({
      reason: `the cache is off: ${cache} can be written to by others`,
    });
    expect(await readdir(cache)).toEqual([]);
  });

  it('follows no link under the name of a cache', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{"specialbit":1}\n');
    const { cachePath } = await openLogCached(path, { cache });
    await rename(cachePath!, join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), cachePath!);
    expect(await openLogCached(path, { cache })).toMatchObject({ cached: false });
  });

  it('keeps what is not its own', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{"specialbit":1}\n');
    await mkdir(cache, { mode: 0o700 });
    const names = ['notes.txt', 'mine.sbcache', 'old.tmp', `${'a'.repeat(64)}.sbcache.tmp`];
    for (const name of names) {
      await writeFile(join(cache, name), '');
      await utimes(join(cache, name), 0, 0);
    }
    await mkdir(join(cache, `${'b'.repeat(64)}.sbcache`));
    await openLogCached(path, { cache });
    expect(await readdir(cache)).toEqual(expect.arrayContaining(names));
  });
});
