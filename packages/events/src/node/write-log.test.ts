// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatEvent, formatHeader } from '../format.js';
import type { LogEvent } from '../types.js';
import { loadLog } from './read-log.js';
import { writeLog } from './write-log.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'specialbit-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const header = { specialbit: 1, title: 'two' } as const;
const events: LogEvent[] = [
  { type: 'fork', mm: 0, child: 1 },
  { type: 'access', mm: 1, at: { label: 'ring', page: 2 }, op: 'write', value: 7 },
];
const TEXT =
  '{"specialbit":1,"title":"two"}\n{"type":"fork","child":1}\n{"type":"access","mm":1,"op":"write","at":"ring[2]","value":7}\n';

it('formats lines', () => {
  expect(`${formatHeader(header)}\n${events.map((event) => `${formatEvent(event)}\n`).join('')}`).toBe(TEXT);
});

it('writes a log', async () => {
  const path = join(folder, 'a.jsonl');
  await writeLog(path, header, events);
  expect(await readFile(path, 'utf8')).toBe(TEXT);
  expect(await readdir(folder)).toEqual(['a.jsonl']);
});

it('compresses by name or by wish, and takes events as they come', async () => {
  const named = join(folder, 'a.jsonl.gz');
  const wished = join(folder, 'b.log');
  await writeLog(named, header, events);
  await writeLog(
    wished,
    header,
    (async function* () {
      yield* events;
    })(),
    { gzip: true },
  );
  for (const path of [named, wished]) expect(gunzipSync(await readFile(path)).toString()).toBe(TEXT);
});

it('writes long logs whole', async () => {
  const path = join(folder, 'long.jsonl.gz');
  const many = Array.from({ length: 20_000 }, (_, child): LogEvent => ({ type: 'fork', mm: 0, child }));
  await writeLog(path, header, many);
  expect((await loadLog(path)).events).toEqual(many);
});

it('leaves the old log, and nothing else, when it fails', async () => {
  const path = join(folder, 'a.jsonl');
  await writeFile(path, 'old');
  const failing = (function* (): Generator<LogEvent> {
    yield* events;
    throw new TypeError('no more');
  })();
  await expect(writeLog(path, header, failing)).rejects.toThrow('no more');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a.jsonl']);
});

it('says what it could not write', async () => {
  const path = join(folder, 'absent', 'a.jsonl');
  await expect(writeLog(path, header, events)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: `${path}: expected a file that can be written, found no such file`,
  });
});
