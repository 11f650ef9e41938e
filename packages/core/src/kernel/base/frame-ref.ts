// SPDX-License-Identifier: GPL-2.0-or-later
/** Frames as events name them. */
import type { FrameRef } from '@specialbit/events';
import { LogReferenceError } from './errors.js';
import type { Kernel } from './kernel.js';

/**
 * Ours: the pfn of the frame `offset` pages behind `ref`; undefined when a label's run (frames of the same letters,
 * numbered consecutively) does not reach that far, or the label does not exist.
 */
export function framePfn(k: Kernel, ref: FrameRef, offset = 0): number | undefined {
  if ('pfn' in ref) return ref.pfn + offset;
  return offset === 0 ? k.machine.pfnOf(ref.label) : k.machine.run(ref.label)[offset];
}

/** Ours: the pfn of an event's frame. Throws LogReferenceError when no such label exists. */
export function resolveFrame(k: Kernel, ref: FrameRef): number {
  const pfn = framePfn(k, ref);
  if (pfn === undefined) {
    throw new LogReferenceError('frame', 'label' in ref ? ref.label : String(ref.pfn), `known: ${k.machine.labels()}`);
  }
  return pfn;
}
