// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noRegions, type Regions, region_add, region_chg, region_count, region_del } from './regions.js';

const LEAST = 0;
const MOST = 12;

/** The same as a set of numbers. */
function numbers(regions: Regions): number[] {
  return Array.from({ length: MOST }, (_, i) => i).filter((i) => region_count(regions, i, i + 1) === 1);
}

describe('regions', () => {
  it('are sets of numbers, ascending, and apart', () => {
    const step = fc.record({
      add: fc.boolean(),
      range: fc.tuple(fc.integer({ min: LEAST, max: MOST }), fc.integer({ min: 1, max: 4 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let regions = noRegions;
        const set = new Set<number>();
        for (const { add, range } of steps) {
          const [from, length] = range;
          const to = Math.min(MOST, from + length);
          if (from >= to) continue;
          const missing = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => !set.has(i)).length;
          expect(region_chg(regions, from, to)).toBe(missing);
          regions = add ? region_add(regions, from, to) : region_del(regions, from, to);
          for (let i = from; i < to; i++) {
            if (add) set.add(i);
            else set.delete(i);
          }
          expect(numbers(regions)).toEqual([...set].sort((a, b) => a - b));
          for (let i = 1; i < regions.length; i++) expect(regions[i]![0]).toBeGreaterThan(regions[i - 1]![1]);
        }
      }),
    );
  });
});
