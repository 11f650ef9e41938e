// SPDX-License-Identifier: GPL-2.0-or-later
/** Events whose footprints do not meet commute. */
import {
  createWorld,
  dependent,
  type Footprint,
  footprint,
  kernelOptions,
  LogReferenceError,
  type Outcome,
  Player,
  reduce,
  type World,
  worldKey,
} from '@specialbit/core';
import type { KernelOptions } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../arch/configurations.js';
import { FolioRun, random, type Size } from './folios.testkit.js';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { scenario } from './scenarios.js';

/** Undefined for an event that names what is not there. */
function step(options: KernelOptions, world: World, event: LogEvent): { world: World; outcome: Outcome } | undefined {
  try {
    return reduce(options, world, event);
  } catch (error) {
    if (!(error instanceof LogReferenceError)) throw error;
    return undefined;
  }
}

function print(options: KernelOptions, world: World, event: LogEvent): Footprint | undefined {
  try {
    return footprint(options, world, event);
  } catch (error) {
    if (!(error instanceof LogReferenceError)) throw error;
    return undefined;
  }
}

/** An outcome without the numbers of frames. */
function said(outcome: Outcome): unknown {
  const { ret, signal, si_code, value, left, calls, loop, hang, refused, crash, mapped, messages, pages } = outcome;
  const kinds = messages.map(({ kind }) => kind);
  return {
    ret,
    signal,
    si_code,
    value,
    left,
    calls,
    loop,
    hang,
    refused,
    crash: crash?.kind,
    mapped,
    kinds,
    n: pages?.length,
  };
}

describe.each(LANES)('%s', (arch) => {
  it('says what an event would do, and which events commute', () => {
    let independent = 0;
    fc.assert(
      fc.property(
        scenario({ maxEvents: 40 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }),
        (s, pairs) => {
          const lane = laneOf(arch, s.header);
          const options = kernelOptions(lane);
          const player = new Player(options, createWorld(lane));
          for (const event of s.events.slice(0, s.events.length / 2)) {
            try {
              player.step(event);
            } catch (error) {
              if (!(error instanceof LogReferenceError)) throw error;
            }
          }
          const world = player.world();
          for (const [i, j] of pairs) {
            const [x, y] = [s.events[i % s.events.length]!, s.events[j % s.events.length]!];
            const [a, b] = [print(options, world, x), print(options, world, y)];
            if (a === undefined || b === undefined) continue;
            expect(said(a.outcome)).toEqual(said(step(options, world, x)!.outcome));
            if (a.outcome.crash !== null || b.outcome.crash !== null || dependent(a, b)) continue;
            independent++;
            const xy = step(options, step(options, world, x)!.world, y);
            const yx = step(options, step(options, world, y)!.world, x);
            expect([said(xy!.outcome), said(yx!.outcome)]).toEqual([said(b.outcome), said(a.outcome)]);
            expect(worldKey(options.arch, yx!.world)).toBe(worldKey(options.arch, xy!.world));
          }
        },
      ),
      runs(30),
    );
    // and the test says something
    expect(independent).toBeGreaterThan(20);
  });
});

/** Of which faults, collapses and the shrinker depend. */
const SETTINGS: readonly LogEvent[] = [
  { type: 'tune', key: 'enabled', value: 'never' },
  { type: 'tune', key: 'hugepages-order4/enabled', value: 'never' },
  { type: 'tune', key: 'shrink_underused', value: '0' },
  { type: 'tune', key: 'khugepaged/max_ptes_none', value: '2' },
];

describe('with folios of more than one page', () => {
  it.each<[Size, string, number]>([
    ['small', '6.12', 40],
    ['small', '7.3', 20],
    ['pmd', '6.12', 6],
  ])('says which events commute (%s, %s)', (size, kernel, worlds) => {
    let independent = 0;
    for (let seed = 1; seed <= worlds; seed++) {
      const run = new FolioRun(registry.get('x86_64'), kernel, size, seed);
      run.play(50);
      const { lane, events } = run.history;
      const options = kernelOptions(lane);
      const half = Math.floor(events.length / 2);
      let world = createWorld(lane);
      for (const event of events.slice(0, half)) world = step(options, world, event)?.world ?? world;
      const next = random(seed);
      const some = (): LogEvent => {
        const from = next() < 0.1 ? SETTINGS : events.slice(half);
        return from[Math.floor(next() * from.length)]!;
      };
      for (let pair = 0; pair < 30; pair++) {
        const [x, y] = [some(), some()];
        const [a, b] = [print(options, world, x), print(options, world, y)];
        if (a === undefined || b === undefined) continue;
        expect(said(a.outcome)).toEqual(said(step(options, world, x)!.outcome));
        if (a.outcome.crash !== null || b.outcome.crash !== null || dependent(a, b)) continue;
        independent++;
        const xy = step(options, step(options, world, x)!.world, y)!;
        const yx = step(options, step(options, world, y)!.world, x)!;
        const names = `${JSON.stringify(x)} and ${JSON.stringify(y)} of seed ${seed}`;
        expect([said(xy.outcome), said(yx.outcome)], names).toEqual([said(b.outcome), said(a.outcome)]);
        expect(worldKey(options.arch, yx.world), names).toBe(worldKey(options.arch, xy.world));
      }
    }
    expect(independent).toBeGreaterThan(worlds);
  });
});
