// SPDX-License-Identifier: GPL-2.0-or-later
/** A long log streams through `replay --no-events` in bounded memory: what is gone is forgotten, events and outcomes too. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, temporary } from './specialbit.testkit.js';

const bin = join(root, 'packages/cli/bin/specialbit.js');

/** Mappings of every kind, processes and pages that come and go, so that nothing is left of them. */
const ROUND = [
  '{"type":"mmap","label":"a","pages":8,"prot":"rw"}',
  '{"type":"write","at":"a[1]"}',
  '{"type":"write","at":"a[6]"}',
  '{"type":"fork","child":1}',
  '{"type":"write","mm":1,"at":"a[1]"}',
  '{"type":"mprotect","at":"a[3]","pages":2,"prot":"r"}',
  '{"type":"exit","mm":1}',
  '{"type":"munmap","at":"a","pages":8}',
  '{"type":"mmap","label":"s","pages":4,"prot":"rw","flags":"MAP_SHARED|MAP_ANONYMOUS"}',
  '{"type":"write","at":"s"}',
  '{"type":"munmap","at":"s","pages":4}',
  '{"type":"mmap","label":"d","pages":4,"prot":"rw","flags":"MAP_SHARED","file":"dev","call":[{"type":"remap_pfn_range","frame":"D0"}]}',
  '{"type":"read","at":"d[2]"}',
  '{"type":"munmap","at":"d","pages":4}',
  '{"type":"madvise","at":"kept[2]","pages":1,"advice":"MADV_DONTNEED"}',
  '{"type":"write","at":"kept[2]"}',
];

/** Every so many milliseconds what is reachable, in bytes; in the end the most that was resident, in KiB. */
const WATCH = `
  import { appendFileSync } from 'node:fs';
  const note = (line) => appendFileSync(process.env.WATCHED, line + '\\n');
  setInterval(() => {
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    note('live ' + (heapUsed + external));
  }, 150).unref();
  process.on('exit', () => note('resident ' + process.resourceUsage().maxRSS));`;

/** Bytes that are reachable late in the replay of so many rounds, and that were resident at most. */
function memoryOf(rounds: number): { readonly live: number; readonly resident: number } {
  const head =
    '{"specialbit":1,"files":{"dev":{"kind":"device","pages":0}}}\n{"type":"mmap","label":"kept","pages":8,"prot":"rw"}\n';
  const log = temporary('long.jsonl', head + `${ROUND.join('\n')}\n`.repeat(rounds));
  const watched = temporary('watched', '');
  const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`;
  const args = ['--expose-gc', '--import', watch, bin, 'replay', log, '--no-events', '--arch', 'x86_64'];
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, WATCHED: watched } });
  expect(out).toContain(`after ${rounds * ROUND.length + 1} events`);
  const lines = readFileSync(watched, 'utf8').trim().split('\n');
  const of = (what: string): number[] =>
    lines.filter((line) => line.startsWith(what)).map((line) => Number(line.split(' ')[1]));
  const live = of('live');
  // what is reachable comes and goes with the batches: the least of the second half is what stays
  return { live: Math.min(...live.slice(Math.floor(live.length / 2))), resident: of('resident')[0]! * 1024 };
}

it('keeps so little of an event that ten million of them fit in 400 MB', () => {
  // the four MB by which one moment differs from another are 14 bytes an event then
  const [few, many] = [2_000, 20_000];
  const before = memoryOf(few);
  const after = memoryOf(many);
  const anEvent = (after.live - before.live) / ((many - few) * ROUND.length);
  expect(anEvent).toBeLessThan(30);
  expect(after.resident).toBeLessThan(200e6);
  expect(before.resident + anEvent * 1e7).toBeLessThan(400e6);
}, 300_000);
