// SPDX-License-Identifier: GPL-2.0-or-later
/** The frames of a world that anything ever touched. */
import { FRAME_FIELDS, FrameLeaves } from '../machine/frame-leaves.js';
import { MOST_FRAMES } from '../mm/number-leaf.js';
import type { World } from './world.js';

/** Ascending by pfn; those whose fields are all 0 are left out. */
export function framesOf(world: World): readonly { readonly pfn: number; readonly record: readonly number[] }[] {
  const found: { pfn: number; record: readonly number[] }[] = [];
  new FrameLeaves(world.frames).forEach(0, MOST_FRAMES, (pfn, leaf, at) => {
    found.push({ pfn, record: leaf.slice(at, at + FRAME_FIELDS) });
    return true;
  });
  return found;
}
