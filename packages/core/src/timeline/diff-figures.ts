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
  readonly rss: Readonly<Record<(typeof MM_COUNTER_NAMES)[number], number>>;
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
const NONE: ProcessFigures = figuresOf({
  rss: [0, 0, 0, 0],
  fields: {
    locked_vm: 0,
    start_brk: 0,
    brk: 0,
    start_stack: 0,
    comm: '',
    has_pinned: false,
    huge_zero_page: false,
    merge_any: false,
  },
});

function figuresOf({ rss, fields }: { rss: ProcessState['rss']; fields: ProcessState['fields'] }) {
  const { locked_vm, start_brk, brk, start_stack, comm, has_pinned, merge_any } = fields;
  const counters = Object.fromEntries(MM_COUNTER_NAMES.map((name, i) => [name, rss[i]!])) as ProcessFigures['rss'];
  return { rss: counters, locked_vm, start_brk, brk, start_stack, comm, has_pinned, merge_any };
}

/** `changed`: the address spaces whose states differ, before and after. */
export function diffFigures(
  a: World,
  b: World,
  changed: readonly (readonly [number, ProcessState | undefined, ProcessState | undefined])[],
): { readonly rss: readonly RssChange[]; readonly figures: readonly FigureChange[] } {
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
  const rss: RssChange[] = [];
  const figures: FigureChange[] = [];
  for (const patch of patches) {
    const [part, first, second, third] = patch.path;
    const old = (olds.get(patch.path.join('/')) as Patch).value as Figure;
    const value = patch.value as Figure;
    if (part === 'machine') {
      figures.push({ mm: null, figure: String(first), before: old, after: value });
    } else if (second === 'rss') {
      const counter = (MM_COUNTER_NAMES as readonly string[]).indexOf(String(third));
      rss.push({ mm: Number(first), counter, before: old as number, after: value as number });
    } else {
      figures.push({ mm: Number(first), figure: String(second), before: old, after: value });
    }
  }
  rss.sort((x, y) => x.mm - y.mm || x.counter - y.counter);
  figures.sort((x, y) => (x.mm ?? Infinity) - (y.mm ?? Infinity));
  return { rss, figures };
}

function summary(world: World, processes: readonly (readonly [number, ProcessState | undefined])[]): Summary {
  return {
    processes: Object.fromEntries(processes.map(([mm, state]) => [mm, state === undefined ? NONE : figuresOf(state)])),
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
