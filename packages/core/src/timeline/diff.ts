// SPDX-License-Identifier: GPL-2.0-or-later
/** What changed between two worlds: shared structure is skipped, so the cost is that of the change. */
import type { Architecture } from '../arch/architecture.js';
import type { Pte } from '../arch/contract.js';
import { FRAME_FIELDS, FRAME_LEAF_BITS, type FrameLeaf } from '../machine/frame-table.js';
import { LEVEL_NAMES, type Level, type LevelName, PTE } from '../mm/level.js';
import { emptyPageTable } from '../mm/page-table.js';
import { type PageTableLayout, PTE_LEAF_BITS, pageTableLayout } from '../mm/page-table-layout.js';
import { diffRoots } from '../mm/radix.js';
import { NR_MM_COUNTERS } from '../mm/rss.js';
import type { VmaRecord } from '../mm/vma-record.js';
import type { World } from '../world/world.js';

export interface VmaChange {
  readonly mm: number;
  /** Absent: the VMA is new. */
  readonly before?: VmaRecord;
  /** Absent: the VMA is gone. */
  readonly after?: VmaRecord;
}

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

export interface RssChange {
  readonly mm: number;
  /** MM_FILEPAGES ... MM_SHMEMPAGES. */
  readonly counter: number;
  readonly before: number;
  readonly after: number;
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
}

/** From `a` to `b`, of one lane. The architecture knows what an empty entry of each level is. */
export function diffWorlds(arch: Pick<Architecture, 'pte' | 'pmd' | 'pud'>, a: World, b: World): WorldDiff {
  const layout = pageTableLayout(arch);
  const born: number[] = [];
  const gone: number[] = [];
  const vmas: VmaChange[] = [];
  const ptes: PteChange[] = [];
  const rss: RssChange[] = [];
  for (const mm of mmsOf(a, b)) {
    const x = a.coarse.processes[mm];
    const y = b.coarse.processes[mm];
    if (x === undefined) born.push(mm);
    if (y === undefined) gone.push(mm);
    if (x !== y) {
      if (x?.vmas !== y?.vmas) diffVmas(mm, x?.vmas ?? [], y?.vmas ?? [], vmas);
      for (let counter = 0; counter < NR_MM_COUNTERS; counter++) {
        const before = x?.rss[counter] ?? 0;
        const after = y?.rss[counter] ?? 0;
        if (before !== after) rss.push({ mm, counter, before, after });
      }
    }
    diffPageTable(layout, mm, a, b, ptes);
  }
  return { born, gone, vmas, ptes, frames: diffFrames(a, b), rss };
}

function mmsOf(a: World, b: World): number[] {
  const mms = new Set([...a.pageTables.keys(), ...b.pageTables.keys()]);
  for (const world of [a, b]) for (const mm of Object.keys(world.coarse.processes)) mms.add(Number(mm));
  return [...mms].sort((x, y) => x - y);
}

/** VMAs are matched by id: a VMA that is split or grows keeps its own. */
function diffVmas(mm: number, before: readonly VmaRecord[], after: readonly VmaRecord[], changes: VmaChange[]): void {
  const left = new Map<number, VmaRecord>();
  // both lists are mostly the same records in the same order
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same++;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - same &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  for (let i = same; i < before.length - tail; i++) left.set(before[i]!.id, before[i]!);
  for (let i = same; i < after.length - tail; i++) {
    const vma = after[i]!;
    const old = left.get(vma.id);
    if (old === undefined) changes.push({ mm, after: vma });
    else if (!sameVma(old, vma)) changes.push({ mm, before: old, after: vma });
    left.delete(vma.id);
  }
  for (const vma of left.values()) changes.push({ mm, before: vma });
}

/** A record is written anew when anything was assigned, be it the same value. */
function sameVma(a: VmaRecord, b: VmaRecord): boolean {
  if (a === b) return true;
  for (const key of Object.keys(a) as (keyof VmaRecord)[]) {
    const x = a[key];
    const y = b[key];
    if (x !== y && (typeof x !== 'object' || JSON.stringify(x) !== JSON.stringify(y))) return false;
  }
  return true;
}

function diffPageTable(layout: PageTableLayout, mm: number, a: World, b: World, changes: PteChange[]): void {
  const x = a.pageTables.get(mm) ?? emptyPageTable;
  const y = b.pageTables.get(mm) ?? emptyPageTable;
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
  const size = 1 << FRAME_LEAF_BITS;
  diffRoots<FrameLeaf>(FRAME_LEAF_BITS, a.frames, b.frames, (before, after, first) => {
    for (let i = 0; i < size; i++) {
      const at = i * FRAME_FIELDS;
      let differs = false;
      for (let f = 0; f < FRAME_FIELDS && !differs; f++) differs = (before?.[at + f] ?? 0) !== (after?.[at + f] ?? 0);
      if (!differs) continue;
      const record = (leaf: FrameLeaf | undefined): readonly number[] =>
        leaf === undefined ? NOTHING : leaf.slice(at, at + FRAME_FIELDS);
      changes.push({ pfn: first + i, before: record(before), after: record(after) });
    }
  });
  return changes;
}
