// SPDX-License-Identifier: GPL-2.0-or-later
import { createWorld, kernelOptions, LogReferenceError, Player } from '@specialbit/core';
import { type Kernel, openWorld } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCounts, checkEnd, checkStructure } from './invariants.js';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { type Scenario, scenario } from './scenarios.js';

/** Replays a scenario and calls `check` after each event that was carried out. */
function play(arch: string, s: Scenario, check: (k: Kernel, event: LogEvent, n: number) => string[]): void {
  const lane = laneOf(arch, s.header);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  for (const [n, event] of s.events.entries()) {
    let said: string[] = [];
    try {
      const outcome = player.step(event);
      said = outcome.crash === null ? check(player.kernel, event, n) : [];
    } catch (error) {
      // a mapping or a child that an earlier event failed to make
      if (!(error instanceof LogReferenceError)) throw error;
    }
    if (said.length > 0) expect.fail(`${arch}, after event ${n + 1} (${event.type}): ${said.join('; ')}`);
  }
}

describe.each(LANES)('%s', (arch) => {
  it('keeps its books when drivers behave', () => {
    fc.assert(
      fc.property(scenario({ wellBehaved: true }), (s) => {
        const gets: Record<string, number> = {};
        play(arch, s, (k, event) => {
          if (event.type === 'get_page' && 'label' in event.frame)
            gets[event.frame.label] = (gets[event.frame.label] ?? 0) + 1;
          if (event.type === 'put_page' && 'label' in event.frame)
            gets[event.frame.label] = (gets[event.frame.label] ?? 0) - 1;
          const reported = k.out.messages.filter((m) => m.kind !== 'warning').map((m) => m.text);
          return [...reported, ...checkStructure(k), ...checkCounts(k, gets)];
        });
      }),
      runs(80),
    );
  });

  it('leaves nothing behind', () => {
    fc.assert(
      fc.property(scenario({ wellBehaved: true }), (s) => {
        const lane = laneOf(arch, s.header);
        const player = new Player(kernelOptions(lane), createWorld(lane));
        for (const event of s.events) {
          try {
            // what takes the kernel down is undone
            player.step(event);
          } catch (error) {
            if (!(error instanceof LogReferenceError)) throw error;
          }
        }
        const k = player.kernel;
        expect([...checkEnd(k), ...checkCounts(k, s.gets)]).toEqual([]);
      }),
      runs(80),
    );
  });

  it('keeps its structure whatever drivers do', () => {
    fc.assert(
      fc.property(scenario(), (s) => play(arch, s, (k) => checkStructure(k))),
      runs(80),
    );
  });

  it('opens from a world as it was committed', () => {
    fc.assert(
      fc.property(scenario({ maxEvents: 30 }), (s) => {
        const lane = laneOf(arch, s.header);
        const options = kernelOptions(lane);
        const player = new Player(options, createWorld(lane));
        for (const event of s.events) {
          try {
            player.step(event);
          } catch (error) {
            if (!(error instanceof LogReferenceError)) throw error;
          }
        }
        const world = player.world();
        expect(checkStructure(openWorld(options, world))).toEqual([]);
      }),
      runs(20),
    );
  });
});
