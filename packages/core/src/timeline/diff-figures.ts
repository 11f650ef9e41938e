// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What of a world is small and human-sized: counters and figures of its address spaces, what is pinned and
 * swapped. Two such summaries are compared by immer: writing one over a draft of the other gives a patch for
 * each figure that changed, and the way back gives what it was.
 */
import { enablePatches, Immer, type Patch } from 'immer';
import type { ProcessState } from '../mm/mm.js';
import { MM_COUNTER_NAMES } from '../mm/rss.js';
import type { World } from '../world/world.js';

enablePatches();
// nobody keeps a summary
const immer = new Immer({ autoFreeze: false });

/** Figures of an address space, by the names of mm_struct's members. */
export interface ProcessFigures {
  /** Pages. */
  readonly locked_vm: number;
  /** Byte addresses. */
  readonly start_brk: number;
  readonly brk: number;
  readonly start_stack: number;
  readonly comm: string;
  readonly has_pinned: boolean;
  readonly merge_any: boolean;
}

interface Summary {
  readonly processes: Readonly<Record<number, ProcessFigures>>;
  /** Of the machine: pages that pin_user_pages holds, slots of the swap space in use, and reserved memory types. */
  readonly machine: { readonly pinned: number; readonly swapped: number; readonly memtypes: string };
}

export type Figure = number | string | boolean;

/** One figure that changed. */
export interface FigureChange {
  /** The address space; null for the machine's. */
  readonly mm: number | null;
  /** `locked_vm`, `brk`, `comm`, ...; `pinned`, `swapped` and `memtypes` for the machine. */
  readonly figure: string;
  readonly before: Figure;
  readonly after: Figure;
}

export interface RssChange {
  readonly mm: number;
  /** MM_FILEPAGES ... MM_SHMEMPAGES. */
  readonly counter: number;
  readonly before: number;
  readonly after: number;
}

/** An address space before it was made, and after it is gone. */
const NONE: ProcessFigures = {
  locked_vm: 0,
  start_brk: 0,
  brk: 0,
  start_stack: 0,
  comm: '',
  has_pinned: false,
  merge_any: false,
};
const FIGURES = Object.keys(NONE) as (keyof ProcessFigures)[];

function figuresOf(fields: ProcessFigures): ProcessFigures {
  const { locked_vm, start_brk, brk, start_stack, comm, has_pinned, merge_any } = fields;
  return { locked_vm, start_brk, brk, start_stack, comm, has_pinned, merge_any };
}

type Changed = readonly (readonly [number, ProcessState | undefined, ProcessState | undefined])[];

/** `changed`: the address spaces whose states differ, before and after, ascending. */
export function diffFigures(
  a: World,
  b: World,
  changed: Changed,
): { readonly rss: readonly RssChange[]; readonly figures: readonly FigureChange[] } {
  const rss: RssChange[] = [];
  for (const [mm, x, y] of changed) {
    for (let counter = 0; counter < MM_COUNTER_NAMES.length; counter++) {
      const before = x?.rss[counter] ?? 0;
      const after = y?.rss[counter] ?? 0;
      if (before !== after) rss.push({ mm, counter, before, after });
    }
  }
  return { rss, figures: anyFigure(a, b, changed) ? changedFigures(a, b, changed) : [] };
}

/** Does any of them differ? Of most events none does, and a comparison of summaries takes longer than all else. */
function anyFigure(a: World, b: World, changed: Changed): boolean {
  if (a.pins.size !== b.pins.size || a.swap.slots.size !== b.swap.slots.size) return true;
  if (a.memtypes.reserved !== b.memtypes.reserved) return true;
  return changed.some(([, x, y]) => {
    const [before, after] = [x?.fields ?? NONE, y?.fields ?? NONE];
    return before !== after && FIGURES.some((figure) => before[figure] !== after[figure]);
  });
}

function changedFigures(a: World, b: World, changed: Changed): FigureChange[] {
  const before = summary(
    a,
    changed.map(([mm, state]) => [mm, state]),
  );
  const after = summary(
    b,
    changed.map(([mm, , state]) => [mm, state]),
  );
  const [, patches, back] = immer.produceWithPatches(before, (draft) => overwrite(draft, after));
  const olds = new Map(back.map((patch) => [patch.path.join('/'), patch]));
  const figures: FigureChange[] = [];
  for (const patch of patches) {
    const [part, first, second] = patch.path;
    const old = (olds.get(patch.path.join('/')) as Patch).value as Figure;
    const value = patch.value as Figure;
    if (part === 'machine') {
      figures.push({ mm: null, figure: String(first), before: old, after: value });
    } else {
      figures.push({ mm: Number(first), figure: String(second), before: old, after: value });
    }
  }
  return figures.sort((x, y) => (x.mm ?? Infinity) - (y.mm ?? Infinity));
}

function summary(world: World, processes: readonly (readonly [number, ProcessState | undefined])[]): Summary {
  return {
    processes: Object.fromEntries(
      processes.map(([mm, state]) => [mm, state === undefined ? NONE : figuresOf(state.fields)]),
    ),
    machine: { pinned: world.pins.size, swapped: world.swap.slots.size, memtypes: memtypes(world) },
  };
}

/** `a000-a003 WC, b000 UC-`: pfns, the last included. */
function memtypes({ memtypes: { reserved } }: World): string {
  if (reserved.length === 0) return 'none';
  const hex = (pfn: number): string => pfn.toString(16);
  return reserved
    .map(({ start, end, type }) => `${hex(start)}${end - start > 1 ? `-${hex(end - 1)}` : ''} ${type}`)
    .join(', ');
}

/** Makes `draft` equal to `value`, which has the same keys, touching only what differs. */
function overwrite<T extends object>(draft: T, value: T): void {
  for (const key of Object.keys(value) as (keyof T)[]) {
    const next = value[key];
    if (typeof next === 'object' && next !== null) overwrite(draft[key] as object, next as object);
    else if (draft[key] !== next) draft[key] = next;
  }
}
