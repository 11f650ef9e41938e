// SPDX-License-Identifier: GPL-2.0-or-later
/** Which events changed one PTE, one frame or one counter: found backwards, skipping what shares structure. */
import type { LogEvent } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';
import type { Pte } from '../arch/contract.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { F, FRAME_LEAF_BITS, type FrameLeaf, type FrameRoot } from '../machine/frame-table.js';
import { PTE_LEAF_BITS } from '../mm/page-table.js';
import { Edit, emptyRoot, type RadixRoot, RadixTree } from '../mm/radix.js';
import type { World } from '../world/world.js';

/** What is asked about. */
export type Target =
  | { readonly pte: { readonly mm: number; readonly vpn: number } }
  /** `field`: one of `F`'s (`count`, `mapcount`, ...); absent: any. */
  | { readonly frame: number; readonly field?: keyof typeof F }
  /** MM_FILEPAGES ... MM_SHMEMPAGES of an address space. */
  | { readonly counter: { readonly mm: number; readonly counter: number } };

/** An event that changed the target. */
export interface Change {
  /** From 0. */
  readonly index: number;
  /** Halves of a raw PTE, fields of a frame, or one count. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Reads the target's value out of a running kernel. */
export function readTarget(k: Kernel, target: Target): readonly number[] {
  if ('pte' in target) {
    const p: Pte = { lo: k.pte.empty.lo, hi: k.pte.empty.hi };
    k.mms.get(target.pte.mm)?.pt.get(target.pte.vpn, p);
    return [p.lo, p.hi];
  }
  if ('counter' in target) return [k.mms.get(target.counter.mm)?.rss[target.counter.counter] ?? 0];
  const fields = target.field === undefined ? Object.values(F) : [F[target.field]];
  return fields.map((field) => k.frames.get(target.frame, field));
}

export function sameValue(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => x === b[i]);
}

/**
 * Can the target have been written between two worlds? Writing copies the leaf that it is in, so the
 * same leaf says no, as long as the address space neither came nor went meanwhile (`comesOrGoes`).
 * Counters only move together with page tables of their mm.
 */
export function mayDiffer(arch: Architecture, target: Target, a: World, b: World): boolean {
  if ('pte' in target) {
    const { mm, vpn } = target.pte;
    return pteLeafOf(arch, a, mm, vpn) !== pteLeafOf(arch, b, mm, vpn);
  }
  if ('counter' in target) {
    const { mm } = target.counter;
    return (
      a.pageTables.get(mm)?.node !== b.pageTables.get(mm)?.node || a.coarse.processes[mm] !== b.coarse.processes[mm]
    );
  }
  return frameLeafOf(a.frames, target.frame) !== frameLeafOf(b.frames, target.frame);
}

/** The address space of the target; undefined for a frame. */
export function spaceOf(target: Target): number | undefined {
  if ('pte' in target) return target.pte.mm;
  return 'counter' in target ? target.counter.mm : undefined;
}

/** The event makes an address space, or ends it. */
export function comesOrGoes(event: LogEvent, mm: number): boolean {
  if (event.type === 'fork') return event.child === mm;
  return (event.type === 'exit' || event.type === 'execve') && event.mm === mm;
}

/** A leaf is only looked at here; making one is never asked for. */
const never = (): never => {
  throw new Error('a world is never written to');
};

function pteLeafOf(_arch: Architecture, world: World, mm: number, vpn: number): Int32Array | undefined {
  const root: RadixRoot<Int32Array> = world.pageTables.get(mm) ?? emptyRoot;
  return new RadixTree<Int32Array>({ bits: PTE_LEAF_BITS, make: never, copy: never }, root, new Edit()).leaf(vpn);
}

function frameLeafOf(root: FrameRoot, pfn: number): FrameLeaf | undefined {
  return new RadixTree<FrameLeaf>({ bits: FRAME_LEAF_BITS, make: never, copy: never }, root, new Edit()).leaf(pfn);
}
