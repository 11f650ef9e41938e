// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { diffFrameRoots, FRAME_FIELDS, FrameLeaves } from './frame-leaves.js';

/** Leaves in which each of the frames has its own number in its first field. */
function holding(pfns: readonly number[]): FrameLeaves {
  const leaves = new FrameLeaves();
  for (const pfn of pfns) leaves.leafForWrite(pfn)[leaves.at(pfn)] = pfn + 1;
  return leaves;
}

function all(leaves: FrameLeaves, from: number, to: number): number[] {
  const found: number[] = [];
  leaves.forEach(from, to, (pfn, leaf, at) => {
    expect(leaf[at]).toBe(pfn + 1);
    return found.push(pfn) > 0;
  });
  return found;
}

const PFNS = [0, 1, 7, 8, 511, 512, 513, 1024, 8191, 8192, 2 ** 33 - 1, 2 ** 33, 2 ** 33 + 512];

it('finds first frames among the others, ascending', () => {
  const leaves = holding(PFNS.toReversed());
  expect(all(leaves, 0, 2 ** 48)).toEqual(PFNS);
  expect(all(leaves, 1, 1024)).toEqual([1, 7, 8, 511, 512, 513]);
  expect(all(leaves, 512, 513)).toEqual([512]);
  expect(all(leaves, 514, 1024)).toEqual([]);
});

it('stops where it is asked to', () => {
  const met: number[] = [];
  holding(PFNS).forEach(0, 2 ** 48, (pfn) => met.push(pfn) < 6);
  expect(met).toEqual([0, 1, 7, 8, 511, 512]);
});

it('tells roots apart by what differs in them, first frames included', () => {
  const leaves = holding(PFNS);
  const before = leaves.commit();
  for (const pfn of [1024, 1025]) leaves.leafForWrite(pfn)[leaves.at(pfn)] = 9;
  const changed: number[] = [];
  diffFrameRoots(before, leaves.commit(), (pfn, a, b, at) => {
    for (let f = 0; f < FRAME_FIELDS; f++) if ((a?.[at + f] ?? 0) !== (b?.[at + f] ?? 0)) changed.push(pfn);
  });
  expect(changed.sort((x, y) => x - y)).toEqual([1024, 1025]);
});

it('keeps neighbouring first frames in one leaf', () => {
  const leaves = holding(Array.from({ length: 16 }, (_, i) => i * 512));
  expect(leaves.leaf(15 * 512)).toBe(leaves.leaf(0));
  expect(leaves.leaf(1)).toBeUndefined();
});
