// SPDX-License-Identifier: GPL-2.0-or-later
/** Transcripts of a real 6.12 kernel with transparent huge pages: large folios, huge PMDs, splits, statistics. */
import { expect, it } from 'vitest';
import { specialbit } from '../kernels/verify.testkit.js';

it('plays what a kernel with transparent huge pages did, and agrees in every field that it models', async () => {
  const { out, code } = await specialbit('verify', '--json', 'test/kernels-thp');
  const { total, mismatches } = JSON.parse(out) as {
    total: { steps: number; agreeing: number };
    mismatches: readonly unknown[];
  };
  expect(mismatches).toEqual([]);
  expect(total.agreeing).toBe(total.steps);
  expect(total.steps).toBeGreaterThan(1500);
  expect(code).toBe(0);
});
