// SPDX-License-Identifier: GPL-2.0-or-later
/** Which events changed the entry that maps one page, one frame or one counter: found backwards, skipping what shares structure. */
import type { LogEvent } from '@specialbit/events';
import { InternalError } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';
import type { Pte } from '../arch/contract.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { type FrameLeaf, FrameLeaves, type FrameRoot } from '../machine/frame-leaves.js';
import { F } from '../machine/frame-table.js';
import { emptyPageTable } from '../mm/page-table.js';
import { pageTableLayout } from '../mm/page-table-layout.js';
import { Edit, RadixTree } from '../mm/radix.js';
import { processOf, type World } from '../world/world.js';

/** What is asked about. */
export type Target =
  /** The entry that maps the page, of whatever level; its value is raw halves and level. */
  | { readonly pte: { readonly mm: number; readonly vpn: number } }
  /** `field`: one of `F`'s (`count`, `mapcount`, ...); absent: any. */
  | { readonly frame: number; readonly field?: keyof typeof F }
  /** MM_FILEPAGES ... MM_SHMEMPAGES of an address space. */
  | { readonly counter: { readonly mm: number; readonly counter: number } };

/** An event that changed the target. */
export interface Change {
  /** From 0. */
  readonly index: number;
  /** Halves of a raw entry and its level, fields of a frame, or one count. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Reads the target's value out of a running kernel. */
export function readTarget(k: Kernel, target: Target): readonly number[] {
  if ('pte' in target) {
    const p: Pte = { lo: k.pte.empty.lo, hi: k.pte.empty.hi };
    const level = k.mms.get(target.pte.mm)?.pt.lookup(target.pte.vpn, p) ?? 0;
    return [p.lo, p.hi, level];
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
    return entryMayDiffer(arch, a, b, mm, vpn);
  }
  if ('counter' in target) {
    const { mm } = target.counter;
    return processOf(a, mm) !== processOf(b, mm);
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
  throw new InternalError('a world is never written to');
};

/** An entry of any level may have mapped the page: each is in a leaf of its own. */
function entryMayDiffer(arch: Architecture, a: World, b: World, mm: number, vpn: number): boolean {
  const { leaf, uppers } = pageTableLayout(arch);
  const tree = (world: World): RadixTree<Int32Array> => {
    const root = processOf(world, mm)?.pageTable ?? emptyPageTable;
    return new RadixTree<Int32Array>({ ...leaf, make: never, copy: never }, root, new Edit(), 1, uppers);
  };
  const x = tree(a);
  const y = tree(b);
  return x.leaf(vpn) !== y.leaf(vpn) || uppers.some((_, i) => x.upper(i, vpn) !== y.upper(i, vpn));
}

function frameLeafOf(root: FrameRoot, pfn: number): Readonly<FrameLeaf> | undefined {
  return new FrameLeaves(root).leaf(pfn);
}
