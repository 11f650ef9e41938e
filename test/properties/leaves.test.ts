// SPDX-License-Identifier: GPL-2.0-or-later
/** Tables of bare frames are copied and cleared as a whole; what comes of it is what comes of doing it entry by entry. */
import { createWorld, kernelOptions, LogReferenceError, type Outcome, Player, PROVEN_PROFILES } from '@specialbit/core';
import type { TouchRecorder } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { worldText } from './world-text.js';

/** Several leaves of 128 entries, and a part of one. */
const PAGES = 600;
const HEADER = { specialbit: 1, files: { bar: { kind: 'device', pages: 0 } } } as const;
const LABELS = ['a', 'b', 'c'] as const;
/** The first page of the mapping that is being made. */
const OWN = { label: '', page: 0 };

const label = fc.constantFrom(...LABELS);
const mm = fc.constantFrom(0, 1, 2);
const at = fc.record({ label, page: fc.constantFrom(0, 1, 127, 128, 200, 256, 384, 500) });
const pages = fc.constantFrom(1, 128, 129, 256, 300, PAGES);
const prot = fc.constantFrom(1, 3, 5, 7);

const event: fc.Arbitrary<LogEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ mm, label, prot, shared: fc.boolean(), part: pages }).map(mapped) },
  { weight: 2, arbitrary: fc.record({ mm, at, write: fc.boolean() }).map(accessed) },
  { weight: 2, arbitrary: fc.record({ mm, child: mm }).map(({ mm: of, child }) => ({ type: 'fork', mm: of, child })) },
  { weight: 1, arbitrary: fc.record({ mm }).map(({ mm: of }) => ({ type: 'exit', mm: of })) },
  { weight: 2, arbitrary: fc.record({ mm, at, pages }).map((given) => ({ type: 'munmap', ...given })) },
  { weight: 1, arbitrary: fc.record({ mm, at, pages, prot }).map((given) => ({ type: 'mprotect', ...given })) },
  { weight: 1, arbitrary: fc.record({ mm, at, pages }).map((given) => ({ type: 'zap_vma_ptes', ...given })) },
) as fc.Arbitrary<LogEvent>;

function mapped(given: { mm: number; label: string; prot: number; shared: boolean; part: number }): LogEvent {
  const { mm: of, label: name, shared, part } = given;
  const call = [{ type: 'remap_pfn_range', at: OWN, frame: { label: 'D0' }, pages: part }];
  const flags = shared ? 1 : 2;
  const rest = { pages: PAGES, prot: given.prot, flags, file: 'bar', pgoff: 0, call };
  return { type: 'mmap', mm: of, label: name, ...rest } as unknown as LogEvent;
}

function accessed(given: { mm: number; at: { label: string; page: number }; write: boolean }): LogEvent {
  const { mm: of, at: where, write } = given;
  return write
    ? { type: 'access', mm: of, at: where, op: 'write', value: 7 }
    : { type: 'access', mm: of, at: where, op: 'read' };
}

/** Hears of every entry, so that every entry is told. */
const LISTENER: TouchRecorder & { clear(): void } = {
  entry: () => undefined,
  frame: () => undefined,
  vma: () => undefined,
  clear: () => undefined,
};

function step(player: Player, next: LogEvent): Outcome | string {
  try {
    return player.step(next);
  } catch (error) {
    if (!(error instanceof LogReferenceError)) throw error;
    return error.message;
  }
}

const LOG = fc.array(event, { minLength: 3, maxLength: 14 });

describe.each(LANES.slice(0, 4))('%s', (arch) => {
  for (const profile of PROVEN_PROFILES.slice(arch === 'x86_64' ? 0 : -1)) {
    const lane = laneOf(arch, HEADER, { profile });
    const options = kernelOptions(lane);
    const first = createWorld(lane);

    it(`${profile.name}: a table as a whole is its entries one by one`, () => {
      fc.assert(
        fc.property(LOG, fc.boolean(), (log, often) => {
          const whole = new Player(options, first);
          const single = new Player(options, first, { recorder: LISTENER });
          for (const next of log) {
            expect(step(whole, next)).toEqual(step(single, next));
            // a commit lets go of all tables: without one, those that are shared must be let go of by themselves
            if (often) expect(worldText(options.arch, whole.world())).toBe(worldText(options.arch, single.world()));
          }
          expect(worldText(options.arch, whole.world())).toBe(worldText(options.arch, single.world()));
        }),
        runs(10),
      );
    });

    it(`${profile.name}: and it is taken back as one`, () => {
      fc.assert(
        fc.property(LOG, LOG, fc.boolean(), (log, more, commits) => {
          const player = new Player(options, first);
          for (const next of log) step(player, next);
          const before = worldText(options.arch, player.world());
          const mark = player.mark();
          for (const next of more) {
            step(player, next);
            if (commits) player.world();
          }
          player.back(mark);
          expect(worldText(options.arch, player.world())).toBe(before);
          const again = new Player(options, first);
          for (const next of [...log, ...more]) step(again, next);
          for (const next of more) step(player, next);
          expect(worldText(options.arch, player.world())).toBe(worldText(options.arch, again.world()));
        }),
        runs(10),
      );
    });
  }
});
