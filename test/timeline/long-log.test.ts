// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coarseOf, compareStream, processOf, type ReplayStep, replay, Timeline } from '@specialbit/core';
import type { LogEvent, LogHeader } from '@specialbit/events';
import { loadLog, log$, writeLog } from '@specialbit/events/node';
import { lastValueFrom, tap } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { laneOf } from '../properties/lanes.js';

/** A log that is longer than what lies between two snapshots, read from a file. */
const EVENTS = 9_000;
const header: LogHeader = { specialbit: 1, files: { dev: { kind: 'device', pages: 0 } } };

function* events(): Generator<LogEvent> {
  yield { type: 'mmap', mm: 0, label: 'heap', pages: 64, prot: 3, flags: 0x22, pgoff: 0 };
  yield {
    type: 'mmap',
    mm: 0,
    label: 'ring',
    pages: 8,
    prot: 3,
    flags: 1,
    pgoff: 0,
    file: 'dev',
    call: [{ type: 'vm_flags_mod', at: { label: '', page: 0 }, set: 0x10000000, clear: 0 }],
  };
  for (let i = 2; i < EVENTS; i++) {
    const at = { label: 'heap', page: (i * 7) % 64 };
    if (i % 1000 === 500)
      yield {
        type: 'vmf_insert_mixed',
        mm: 0,
        at: { label: 'ring', page: 0 },
        frame: { label: 'P0' },
        pfn_t: 'PFN_DEV',
      };
    else if (i % 1000 === 501)
      yield { type: 'madvise', mm: 0, at: { label: 'ring', page: 0 }, pages: 1, advice: 'MADV_DONTNEED' };
    else if (i % 5 === 0) yield { type: 'madvise', mm: 0, at, pages: 1, advice: 'MADV_DONTNEED' };
    else yield { type: 'access', mm: 0, at, op: 'write', value: i % 256 };
  }
}

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'specialbit-'));
  path = join(folder, 'long.jsonl.gz');
  await writeLog(path, header, events());
});
afterAll(() => rm(folder, { recursive: true }));

it('replays a file as a stream, to the worlds of its timeline', async () => {
  let seen = 0;
  let kept: ReplayStep | undefined;
  const last = await lastValueFrom(
    replay(log$(path), (head) => laneOf('arm', head)).pipe(
      tap((step) => {
        expect(step.index).toBe(seen++);
        if (step.index === 5000) kept = step;
      }),
    ),
  );
  expect(seen).toBe(EVENTS);
  const log = await loadLog(path);
  const timeline = new Timeline(laneOf('arm', log.header), log.events);
  expect(coarseOf(last.world())).toEqual(coarseOf(timeline.at(EVENTS)));
  // a step that was kept still knows its world
  expect(coarseOf(kept!.world())).toEqual(coarseOf(timeline.at(5001)));
});

it('steps back over a block of snapshots, and forth', async () => {
  const { events: all } = await loadLog(path);
  const timeline = new Timeline(laneOf('x86_64', header), all);
  const check = new Timeline(laneOf('x86_64', header), all, { every: 256 });
  timeline.at(4200);
  for (let n = 4199; n > 3900; n--) expect(coarseOf(timeline.at(n))).toEqual(coarseOf(check.at(n)));
  for (let n = 3901; n < 4200; n += 37) expect(coarseOf(timeline.at(n))).toEqual(coarseOf(check.at(n)));
  expect(timeline.lastWriter({ counter: { mm: 0, counter: 0 } })).toBeUndefined();
  const vpn = processOf(timeline.at(EVENTS), 0)!.labels.get('ring')!;
  expect(timeline.lastWriter({ pte: { mm: 0, vpn } })?.index).toBe(8501);
  expect(timeline.lastWriter({ pte: { mm: 0, vpn } }, 8501)?.index).toBe(8500);
  expect(timeline.lastWriter({ pte: { mm: 0, vpn } }, 8500)?.index).toBe(7501);
});

it('compares two architectures from a stream', async () => {
  const last = await lastValueFrom(
    compareStream(log$(path), (head) => ['x86_64', 'arm'].map((name) => ({ name, options: laneOf(name, head) }))),
  );
  expect(last.index).toBe(EVENTS - 1);
  expect(last.comparison.verdict()).toBe('lanes first part at event 501: vmf_insert_mixed took a reference on arm');
  // the page of every mapping is counted on arm, for one and the same cause
  expect(last.comparison.roots.map(({ number }) => number)).toEqual([501]);
  const proved = last.comparison.divergences.filter(({ proof }) => proof === 'proved').map(({ number }) => number);
  expect(proved).toEqual([501, 1501, 2501, 3501, 4501, 5501, 6501, 7501, 8501]);
});
