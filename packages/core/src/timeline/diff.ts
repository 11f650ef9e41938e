// SPDX-License-Identifier: GPL-2.0-or-later
/** What changed between two worlds: shared structure is skipped, so the cost is that of the change. */
import type { Architecture } from '../arch/architecture.js';
import type { Pte } from '../arch/contract.js';
import { diffFrameRoots, FRAME_FIELDS, type FrameLeaf } from '../machine/frame-leaves.js';
import { LEVEL_NAMES, type Level, type LevelName, PTE } from '../mm/level.js';
import type { ProcessState } from '../mm/mm.js';
import { emptyPageTable, type PageTableRoot } from '../mm/page-table.js';
import { type PageTableLayout, PTE_LEAF_BITS, pageTableLayout } from '../mm/page-table-layout.js';
import { diffRoots } from '../mm/radix.js';
import { SLOT_LEAF_BITS, type SlotLeaf } from '../mm/slots.js';
import type { World } from '../world/world.js';
import { diffFigures, type FigureChange, type RssChange } from './diff-figures.js';
import { diffVmas, type VmaChange } from './diff-vmas.js';

export interface PteChange {
  readonly mm: number;
  readonly level: LevelName;
  /** The first page that the entry maps. */
  readonly vpn: number;
  /** Raw entries; an empty one is the architecture's. */
  readonly before: Readonly<Pte>;
  readonly after: Readonly<Pte>;
}

export interface FrameChange {
  readonly pfn: number;
  /** Records in the fields of `F`. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface WorldDiff {
  /** Address spaces that are there only afterwards, or only before. */
  readonly born: readonly number[];
  readonly gone: readonly number[];
  readonly vmas: readonly VmaChange[];
  /**
   * Entries of all levels, ascending within each address space, an entry before those below it. an
   * address space that is born or gone are included.
   */
  readonly ptes: readonly PteChange[];
  /** Ascending. */
  readonly frames: readonly FrameChange[];
  readonly rss: readonly RssChange[];
  /** What else changed of an address space, and of the machine. */
  readonly figures: readonly FigureChange[];
}

/** From `a` to `b`, of one lane. The architecture knows what an empty entry of each level is. */
export function diffWorlds(arch: Pick<Architecture, 'pte' | 'pmd' | 'pud'>, a: World, b: World): WorldDiff {
  const layout = pageTableLayout(arch);
  const born: number[] = [];
  const gone: number[] = [];
  const vmas: VmaChange[] = [];
  const ptes: PteChange[] = [];
  const changed = changedProcesses(a, b);
  for (const [mm, x, y] of changed) {
    if (x === undefined) born.push(mm);
    if (y === undefined) gone.push(mm);
    diffVmas(mm, x?.vmas ?? [], y?.vmas ?? [], vmas);
    diffPageTable(layout, mm, x?.pageTable ?? emptyPageTable, y?.pageTable ?? emptyPageTable, ptes);
  }
  return { born, gone, vmas, ptes, frames: diffFrames(a, b), ...diffFigures(a, b, changed) };
}

/** The address spaces whose records differ, ascending; either may be missing. */
function changedProcesses(a: World, b: World): [number, ProcessState | undefined, ProcessState | undefined][] {
  const changed: [number, ProcessState | undefined, ProcessState | undefined][] = [];
  diffRoots<SlotLeaf<ProcessState>>(SLOT_LEAF_BITS, a.mms.tree, b.mms.tree, (before, after, first) => {
    for (let i = 0; i < 1 << SLOT_LEAF_BITS; i++) {
      if (before?.[i] !== after?.[i]) changed.push([first + i, before?.[i], after?.[i]]);
    }
  });
  return changed;
}

function diffPageTable(
  layout: PageTableLayout,
  mm: number,
  x: PageTableRoot,
  y: PageTableRoot,
  changes: PteChange[],
): void {
  if (x.node === y.node && x.height === y.height) return;
  const found: PteChange[] = [];
  let huge = false;
  diffRoots<Int32Array>(
    PTE_LEAF_BITS,
    x,
    y,
    (before, after, first) => diffLeaf(found, mm, PTE, layout.pte.empty, 1, PTE_LEAF_BITS, before, after, first),
    (height, before, after, first) => {
      const of = layout.huge.find(({ upper }) => upper.height === height);
      if (of === undefined) return;
      huge = true;
      diffLeaf(found, mm, of.level, of.codec.empty, of.pages, of.upper.type.bits, before, after, first);
    },
  );
  // leaves of higher levels come before what lies below them: an entry that was split is followed by its parts
  if (huge) found.sort((p, q) => p.vpn - q.vpn || LEVEL_NAMES.indexOf(q.level) - LEVEL_NAMES.indexOf(p.level));
  for (const change of found) changes.push(change);
}

function diffLeaf(
  changes: PteChange[],
  mm: number,
  level: Level,
  empty: Readonly<Pte>,
  pages: number,
  bits: number,
  before: Int32Array | undefined,
  after: Int32Array | undefined,
  first: number,
): void {
  const { lo, hi } = empty;
  const size = 2 ** bits;
  for (let i = 0; i < size; i++) {
    const blo = before === undefined ? lo : before[2 * i]!;
    const bhi = before === undefined ? hi : before[2 * i + 1]!;
    const alo = after === undefined ? lo : after[2 * i]!;
    const ahi = after === undefined ? hi : after[2 * i + 1]!;
    if (blo === alo && bhi === ahi) continue;
    changes.push({
      ...{ mm, level: LEVEL_NAMES[level], vpn: first + i * pages },
      ...{ before: { lo: blo, hi: bhi }, after: { lo: alo, hi: ahi } },
    });
  }
}

const NOTHING: readonly number[] = Object.freeze(new Array<number>(FRAME_FIELDS).fill(0));

function diffFrames(a: World, b: World): FrameChange[] {
  const changes: FrameChange[] = [];
  const record = (leaf: FrameLeaf | undefined, at: number): readonly number[] =>
    leaf === undefined ? NOTHING : leaf.slice(at, at + FRAME_FIELDS);
  diffFrameRoots(a.frames, b.frames, (pfn, before, after, at) => {
    for (let f = 0; f < FRAME_FIELDS; f++) {
      if ((before?.[at + f] ?? 0) === (after?.[at + f] ?? 0)) continue;
      changes.push({ pfn, before: record(before, at), after: record(after, at) });
      return;
    }
  });
  return changes.sort((x, y) => x.pfn - y.pfn);
}
