// SPDX-License-Identifier: GPL-2.0-or-later
/** The frames of a world that anything ever touched. */
import { FRAME_FIELDS, FRAME_LEAF_BITS, type FrameLeaf } from '../machine/frame-table.js';
import { diffRoots, emptyRoot } from '../mm/radix.js';
import type { World } from './world.js';

/** Ascending by pfn; those whose fields are all 0 are left out. */
export function framesOf(world: World): readonly { readonly pfn: number; readonly record: readonly number[] }[] {
  const found: { pfn: number; record: readonly number[] }[] = [];
  diffRoots<FrameLeaf>(FRAME_LEAF_BITS, emptyRoot, world.frames, (_, leaf, first) => {
    for (let i = 0; leaf !== undefined && i < 1 << FRAME_LEAF_BITS; i++) {
      const record = leaf.slice(i * FRAME_FIELDS, (i + 1) * FRAME_FIELDS);
      if (record.some((field) => field !== 0)) found.push({ pfn: first + i, record });
    }
  });
  return found;
}
