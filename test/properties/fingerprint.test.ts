// SPDX-License-Identifier: GPL-2.0-or-later
/** Fingerprints of running kernels tell apart what keys of worlds tell apart, and nothing else. */
import { createWorld, kernelOptions, LogReferenceError, Player, worldKey } from '@specialbit/core';
import { fingerprint } from '@specialbit/core/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { scenario } from './scenarios.js';

describe.each(LANES)('%s', (arch) => {
  it('one fingerprint has one key, and the other way round', () => {
    const keys = new Map<number, string>();
    const prints = new Map<string, number>();
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
          const print = fingerprint(player.kernel);
          const key = worldKey(options.arch, player.world(), { labels: true });
          expect(keys.get(print) ?? key).toBe(key);
          expect(prints.get(key) ?? print).toBe(print);
          keys.set(print, key);
          prints.set(key, print);
        }
      }),
      runs(60),
    );
    expect(keys.size).toBeGreaterThan(100);
  });
});
