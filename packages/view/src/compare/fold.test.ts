// SPDX-License-Identifier: GPL-2.0-or-later

import { expect, it } from 'vitest';
import { foldRuns, numberRuns } from './fold.js';

const row = (name: string, ...cells: string[]): { name: string; cells: string[] } => ({ name, cells });

it('folds pages that say the same, whatever their frames', () => {
  const pages = Array.from({ length: 512 }, (_, i) => row(`ring[${i}] mapped`, `D${i}, NULL`, 'empty'));
  expect(foldRuns(pages).map(({ name, cells, count }) => [name, cells, count])).toEqual([
    ['ring[0..511] mapped', ['D0, NULL ...', 'empty'], 512],
  ]);
});

it('leaves apart what is not alike, or has a hole', () => {
  const rows = [row('a[0]', 'x'), row('a[1]', 'x'), row('a[2]', 'y'), row('a[4]', 'x'), row('P0 count', '1')];
  expect(foldRuns(rows).map(({ name }) => name)).toEqual(['a[0]', 'a[1]', 'a[2]', 'a[4]', 'P0 count']);
});

it('shows runs of numbers, and how many are left', () => {
  expect(numberRuns([2, 4, 5, 6, 9])).toBe('2, 4-6, 9');
  expect(numberRuns([1, 3, 5, 6], 2)).toBe('1, 3 and 2 more');
});

it('folds frames that have no label, which count in hex', () => {
  const frames = Array.from({ length: 32 }, (_, i) => row(`pfn:0x${(0x80f0 + i).toString(16)}`, 'no struct page'));
  expect(foldRuns(frames).map(({ name, count }) => [name, count])).toEqual([['pfn:0x80f0..0x810f', 32]]);
});
