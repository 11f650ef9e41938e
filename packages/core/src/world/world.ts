// SPDX-License-Identifier: GPL-2.0-or-later
/** The state of one lane after a prefix of a log: immutable, sharing structure with its neighbours. */
import { emptyKernel, type KernelRoot } from '../kernel/base/kernel.js';
import type { MmapAction } from '../kernel/base/opened-mmap.js';
import type { ProcessState } from '../mm/mm.js';
import { slotEntries, slotOf } from '../mm/slots.js';
import type { VmaRecord } from '../mm/vma-record.js';

/** A mapping whose `->mmap` still runs: VMAs by their numbers, 0 for none. */
export interface OpenedState {
  readonly vma: number;
  readonly prev: number;
  readonly next: number;
  readonly vm_flags: number;
  readonly populate: boolean;
  /** Actions of `->mmap_prepare`, to be carried out at the end; undefined for `->mmap`. */
  readonly actions: readonly MmapAction[] | undefined;
  readonly label: string | undefined;
}

/** Opaque but for what the functions of this folder read out of it. */
export interface World extends KernelRoot {
  /** By address space. */
  readonly opened: ReadonlyMap<number, OpenedState>;
}

export const emptyWorld: World = { ...emptyKernel, opened: new Map() };

/** One address space of a world; undefined where there is none of that number. */
export function processOf(world: World, mm: number): ProcessState | undefined {
  return slotOf(world.mms, mm);
}

/** All address spaces of a world, ascending by number. */
export function processesOf(world: World): readonly ProcessState[] {
  return slotEntries(world.mms).map(([, state]) => state);
}

/** The VMAs of an address space, ascending. */
export function vmasOf(state: ProcessState): readonly VmaRecord[] {
  return state.vmas.flat();
}
