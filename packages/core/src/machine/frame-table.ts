// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the kernel's `struct page` array remembers, for the frames that anything ever touched:
 * reference count, map count, flags, mapping, index, and the first byte of the content.
 */

import type { Journal } from '../mm/journal.js';
import { MOST_FRAMES } from '../mm/number-leaf.js';
import type { FrameRecorder } from '../mm/touched.js';
import { FRAME_FIELDS, type FrameLeaf, FrameLeaves, type FrameRoot } from './frame-leaves.js';

export { FRAME_FIELDS, type FrameLeaf, type FrameRoot } from './frame-leaves.js';

/** Fields of a frame record. */
export const F = {
  /** page_count(). */
  count: 0,
  /** page->_mapcount + 1: the number of PTEs that map it. */
  mapcount: 1,
  /** PG_* below. */
  flags: 2,
  /** anon_vma id for an anonymous page, minus the file's id for one in the page cache, 0 for none. */
  mapping: 3,
  /** page->index: the linear page index in its VMA's terms, or the offset in its file. */
  index: 4,
  /** First byte of the page's content. */
  content: 5,
  /** page->private in the swap cache: the swap offset; -1 elsewhere. */
  swap: 6,
  /** page->mlock_count, valid while the page is unevictable on the LRU. */
  mlock: 7,
  /**
   * Ours: which allocation this was, counted from 1, and SEQ_PART times how far into it the frame lay, where a folio was
   * split; 0 for a frame that the allocator did not hand out.
   */
  seq: 8,
} as const;
export const SEQ_PART = 2 ** 32;
const FIELDS = FRAME_FIELDS;

/** Page flags as the model keeps them. `anon` is the kernel's PAGE_MAPPING_ANON in page->mapping. */
export const PG = {
  anon: 1 << 0,
  anon_exclusive: 1 << 1,
  reserved: 1 << 2,
  dirty: 1 << 3,
  uptodate: 1 << 4,
  lru: 1 << 5,
  active: 1 << 6,
  referenced: 1 << 7,
  swapbacked: 1 << 8,
  mlocked: 1 << 9,
  unevictable: 1 << 10,
  locked: 1 << 11,
  swapcache: 1 << 12,
  writeback: 1 << 13,
  reclaim: 1 << 14,
  workingset: 1 << 15,
  readahead: 1 << 17,
  /** PG_head: the first page of a driver's folio of PMD_ORDER. */
  head: 1 << 18,
  /** Ours: the frame was handed out by the allocator and not freed since. */
  allocated: 1 << 16,
} as const;

/** Leaves that are found without a walk. */
const CACHED_LEAVES = 512;

export class FrameTable {
  private readonly leaves: FrameLeaves;
  /** Hears of every write. */
  touched: FrameRecorder | null = null;

  constructor(
    private readonly journal: Journal,
    /** What was committed last, or opened. */
    root?: FrameRoot,
  ) {
    this.leaves = new FrameLeaves(root, CACHED_LEAVES);
  }

  get(pfn: number, field: number): number {
    const leaf = this.leaves.leaf(pfn);
    return leaf === undefined ? 0 : leaf[this.leaves.at(pfn) + field]!;
  }

  set(pfn: number, field: number, value: number): void {
    const leaf = this.leaves.leafForWrite(pfn);
    const i = this.leaves.at(pfn);
    if (this.journal.on) this.journal.frame(pfn, field, leaf[i + field]!);
    if (this.touched !== null) this.touched.frame(pfn, leaf, i);
    leaf[i + field] = value;
  }

  /** Adds `delta` and returns the new value. */
  add(pfn: number, field: number, delta: number): number {
    const leaf = this.leaves.leafForWrite(pfn);
    const i = this.leaves.at(pfn);
    if (this.journal.on) this.journal.frame(pfn, field, leaf[i + field]!);
    if (this.touched !== null) this.touched.frame(pfn, leaf, i);
    const value = leaf[i + field]! + delta;
    leaf[i + field] = value;
    return value;
  }

  test(pfn: number, flag: number): boolean {
    return (this.get(pfn, F.flags) & flag) !== 0;
  }

  setFlag(pfn: number, flag: number): void {
    const flags = this.get(pfn, F.flags);
    if ((flags & flag) !== flag) this.set(pfn, F.flags, flags | flag);
  }

  clearFlag(pfn: number, flag: number): void {
    const flags = this.get(pfn, F.flags);
    if ((flags & flag) !== 0) this.set(pfn, F.flags, flags & ~flag);
  }

  /** Has any of `pages` frames from `first` on the flag? Costs what anything touched. */
  anyHas(first: number, pages: number, flag: number): boolean {
    let found = false;
    this.leaves.forEach(first, first + pages, (_, leaf, at) => {
      found = (leaf[at + F.flags]! & flag) !== 0;
      return !found;
    });
    return found;
  }

  /**
   * Every frame from `from` to before `to` that anything touched and that is not all zeros, ascending: its record begins at
   * `at` of the leaf.
   */
  forEach(visit: (pfn: number, leaf: FrameLeaf, at: number) => void, from = 0, to = MOST_FRAMES): void {
    this.leaves.forEach(from, to, (pfn, leaf, at) => {
      visit(pfn, leaf, at);
      return true;
    });
  }

  /** The leaf that holds a frame's record, behind `at`, to be read; undefined where nothing ever touched it. */
  leaf(pfn: number): Readonly<FrameLeaf> | undefined {
    return this.leaves.leaf(pfn);
  }

  /** Where in its leaf a frame's record begins. */
  at(pfn: number): number {
    return this.leaves.at(pfn);
  }

  /** The whole record of a frame; nothing is read where nothing ever touched it. */
  read(pfn: number, visit: (leaf: Readonly<FrameLeaf>, at: number) => void): void {
    const leaf = this.leaves.leaf(pfn);
    if (leaf !== undefined) visit(leaf, this.leaves.at(pfn));
  }

  /** Makes a frame's record as if nothing had ever touched it. */
  wipe(pfn: number): void {
    const leaf = this.leaves.leafForWrite(pfn);
    const i = this.leaves.at(pfn);
    this.noteAll(pfn, leaf, i);
    leaf.fill(0, i, i + FIELDS);
  }

  /** The same of `pages` frames, at the cost of those that anything touched. */
  wipeRange(first: number, pages: number): void {
    const touched: number[] = [];
    this.leaves.forEach(first, first + pages, (pfn) => touched.push(pfn) > 0);
    for (const pfn of touched) this.wipe(pfn);
  }

  /** A frame that the allocator hands out: one reference, and no content. `seq`: which allocation this is. */
  allocate(pfn: number, seq: number): void {
    const leaf = this.leaves.leafForWrite(pfn);
    const i = this.leaves.at(pfn);
    this.noteAll(pfn, leaf, i);
    leaf.fill(0, i, i + FIELDS);
    leaf[i + F.seq] = seq;
    leaf[i + F.count] = 1;
    leaf[i + F.flags] = PG.allocated;
  }

  /** Moves the whole record of one frame over another's. */
  move(from: number, to: number): void {
    const source = this.leaves.leafForWrite(from);
    const i = this.leaves.at(from);
    const target = this.leaves.leafForWrite(to);
    const j = this.leaves.at(to);
    this.noteAll(to, target, j);
    this.noteAll(from, source, i);
    for (let field = 0; field < FIELDS; field++) target[j + field] = source[i + field]!;
    source.fill(0, i, i + FIELDS);
  }

  /** The whole record is about to change. */
  private noteAll(pfn: number, leaf: FrameLeaf, at: number): void {
    const { journal } = this;
    if (journal.on) for (let field = 0; field < FIELDS; field++) journal.frame(pfn, field, leaf[at + field]!);
    if (this.touched !== null) this.touched.frame(pfn, leaf, at);
  }

  /** For the journal. */
  undo(pfn: number, field: number, value: number): void {
    this.leaves.leafForWrite(pfn)[this.leaves.at(pfn) + field] = value;
  }

  /** The frames for a world; the same as before where nothing changed. */
  commit(): FrameRoot {
    return this.leaves.commit();
  }
}
