// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The VMAs of one address space, sorted by vm_start (the kernel's maple tree). They lie in short blocks:
 * in an array of thousands each split and merge would move half of it, and each world would need a copy.
 * A block that nobody looked into is the world's own, of records; one that somebody did is a copy in which
 * the VMAs that were asked for stand in the places of their records.
 */
import type { Journal } from './journal.js';

/** What has a place in the list. */
export interface Range {
  readonly id: number;
  readonly vm_start: number;
  readonly vm_end: number;
}

/** A VMA of a running kernel, as against its record. */
export interface LiveRange<R> extends Range {
  readonly live: true;
  readonly record: R | null;
}

/** What a world holds: none is empty, and none is ever changed. */
export type VmaBlocks<R> = readonly (readonly R[])[];

/** A block that grows beyond this becomes two. */
const BLOCK = 64;

/** After so many the gaps of all blocks are worked out anew, when somebody looks for one. */
const FEW_RESIZED = 64;

interface Inserted {
  readonly block: number;
  readonly slot: number;
  /** The block was cut behind its first so many. */
  readonly split: number;
}

interface Removed {
  readonly block: number;
  readonly slot: number;
  readonly item: Range;
  /** It was the last of its block. */
  readonly whole: boolean;
}

export class VmaList<V extends LiveRange<R>, R extends Range> {
  /** Null until somebody looks. */
  private blocks: (V | R)[][] | null = null;
  /**
   * The committed form of each block; null where it changed since. A block that is the very same array is
   * the world's and must not be written to.
   */
  private clean: (readonly R[] | null)[] = [];
  /** All of them, where somebody asked since the last change. */
  private flat: readonly V[] | null = null;
  /** Of each block: `gapOf`; -1: not worked out since it changed. */
  private gaps: number[] = [];
  /** What was taken back when `gaps` was worked out: a way back moves VMAs without a word. */
  private gapsOf = 0;
  /** From this block on none has a gap of `passedPages`: where the next search goes on. */
  private passed = Infinity;
  private passedPages = 0;
  /** VMAs that changed their bounds since somebody looked for a gap; more than a few: no gap is known any more. */
  private resized = FEW_RESIZED;
  /** VMAs whose records are others than at the last commit. */
  private stale: V[] = [];
  /** Where each block ended when somebody last looked: a guess, that spares most of a search its misses of the caches. */
  private ends: number[] = [];
  /** Where `locate` was last. */
  private block = 0;
  private slot = 0;

  /** `open`: makes the VMA of a record, and has it put in its place (`place`). */
  constructor(
    private source: VmaBlocks<R>,
    private readonly journal: Journal,
    private readonly open: (record: R) => V,
  ) {}

  /** A copy in one piece, made when it is asked for after a change. */
  get all(): readonly V[] {
    this.flat ??= this.opened().flatMap((block, b) => block.map((_, s) => this.at(b, s)));
    return this.flat;
  }

  /** All of them, records where nobody asked for the VMA: to be read only. */
  *peek(): Generator<V | R, void, void> {
    for (const block of this.blocks ?? this.source) yield* block;
  }

  /** The first VMA that ends above `vpn`. */
  find(vpn: number): V | undefined {
    this.locate(vpn);
    const item = this.blocks![this.block]?.[this.slot];
    if (item === undefined || isLive<V, R>(item)) return item;
    return this.open(item);
  }

  /** The VMA before the one that `find` gives, or the last one. */
  before(vpn: number): V | undefined {
    const item = this.peekBefore(vpn);
    if (item === undefined || isLive<V, R>(item)) return item;
    return this.open(item);
  }

  /** As `before`, and nothing is made: a record where nobody asked for the VMA. */
  peekBefore(vpn: number): V | R | undefined {
    this.locate(vpn);
    const blocks = this.blocks!;
    return this.slot > 0 ? blocks[this.block]![this.slot - 1] : blocks[this.block - 1]?.at(-1);
  }

  /**
   * The lowest VMA that is known to have no gap of `pages` anywhere between it and one that is in the list, which may be
   * that one. Who looks for a gap goes on below it: of 100,000 VMAs he looks at some.
   */
  passGapless(item: V | R, pages: number): V | R {
    this.locate(item.vm_start);
    const { blocks, gaps } = this;
    if (this.gapsOf !== this.journal.undone || this.resized === FEW_RESIZED) {
      this.gapsOf = this.journal.undone;
      gaps.fill(-1);
      this.passed = Infinity;
    }
    this.resized = 0;
    const known = this.passed <= this.block && this.passedPages <= pages;
    let lowest = known ? this.passed : -1;
    for (let b = known ? lowest - 1 : this.block; b >= 0; b--) {
      if (gaps[b]! < 0) gaps[b] = this.gapOf(b);
      if (gaps[b]! >= pages) break;
      lowest = b;
    }
    if (lowest >= 0 && this.block === gaps.length - 1) {
      this.passed = lowest;
      this.passedPages = pages;
    }
    return lowest < 0 ? item : blocks![lowest]![0]!;
  }

  /** The most pages between two VMAs of a block, or between its first one and the one before. */
  private gapOf(b: number): number {
    const block = this.blocks![b]!;
    const before = b === 0 ? undefined : this.blocks![b - 1]!;
    let gap = before === undefined ? 0 : block[0]!.vm_start - before[before.length - 1]!.vm_end;
    for (let i = 1; i < block.length; i++) gap = Math.max(gap, block[i]!.vm_start - block[i - 1]!.vm_end);
    return Math.max(0, gap);
  }

  /** The gaps of a block, and the one behind it, may be others from now on. */
  private gapChanges(block: number): void {
    const { gaps } = this;
    gaps[block] = -1;
    if (block + 1 < gaps.length) gaps[block + 1] = -1;
    this.passed = Math.max(this.passed, block + 2);
  }

  /** The bounds of a VMA in the list are about to change. */
  resizes(vma: V): void {
    // where VMAs change without end and nobody asks for gaps, to note each costs a tenth of it all
    if (this.resized === FEW_RESIZED || ++this.resized === FEW_RESIZED) return;
    if (this.seek(vma)) this.gapChanges(this.block);
  }

  insert(vma: V): void {
    this.locate(vma.vm_start);
    const blocks = this.blocks!;
    this.flat = null;
    if (this.block === blocks.length && this.block > 0) {
      this.block--;
      this.slot = blocks[this.block]!.length;
    }
    const { block, slot } = this;
    let split = 0;
    if (blocks[block] === undefined) {
      blocks.push([vma]);
      this.clean.push(null);
      this.gaps.push(-1);
      this.passed = Infinity;
    } else {
      const items = this.own(block);
      items.splice(slot, 0, vma);
      this.clean[block] = null;
      this.gapChanges(block);
      if (items.length > BLOCK) {
        split = BLOCK / 2;
        blocks.splice(block + 1, 0, items.splice(split));
        this.clean.splice(block + 1, 0, null);
        this.gaps.splice(block + 1, 0, -1);
        this.passed = Math.max(this.passed + 1, block + 3);
      }
    }
    if (this.journal.on) this.journal.step(undoInsert, this as unknown as Lists, { block, slot, split });
  }

  /** False: it is not linked. */
  remove(vma: V): boolean {
    if (!this.seek(vma)) return false;
    const { block, slot } = this;
    const whole = this.blocks![block]!.length === 1;
    this.flat = null;
    if (whole) {
      this.blocks!.splice(block, 1);
      this.clean.splice(block, 1);
      this.gaps.splice(block, 1);
      if (block < this.gaps.length) this.gaps[block] = -1;
      this.passed = Math.max(this.passed - 1, block + 1);
    } else {
      this.own(block).splice(slot, 1);
      this.clean[block] = null;
      this.gapChanges(block);
    }
    if (this.journal.on) this.journal.step(undoRemove, this as unknown as Lists, { block, slot, item: vma, whole });
    return true;
  }

  /** Takes all of them out. */
  clear(): void {
    const { journal } = this;
    this.opened();
    if (journal.on) {
      journal.field(this, 'flat', null);
      journal.field(this, 'blocks', this.blocks);
      journal.field(this, 'clean', this.clean);
      journal.field(this, 'gaps', this.gaps);
    }
    this.blocks = [];
    this.clean = [];
    this.gaps = [];
    this.passed = Infinity;
    this.flat = null;
  }

  includes(vma: V): boolean {
    return this.seek(vma);
  }

  /** A VMA was made of its record, and stands in its place from now on. */
  place(vma: V): void {
    if (this.seek(vma)) this.own(this.block)[this.slot] = vma;
  }

  /** The record of a VMA in the list is no longer the one that was committed. */
  changed(vma: V): void {
    this.stale.push(vma);
  }

  /** Every VMA in the list has its record: the blocks for a world, the same ones as before where nothing changed. */
  commit(seal: (block: readonly R[]) => void): VmaBlocks<R> {
    const { blocks, clean, source } = this;
    if (blocks === null) return source;
    this.settle();
    let same = clean.length === source.length;
    for (let b = 0; b < blocks.length; b++) {
      if (clean[b] === null) {
        const records = blocks[b]!.map((item) => (isLive<V, R>(item) ? item.record! : item));
        seal(records);
        clean[b] = records;
      }
      same &&= clean[b] === source[b];
    }
    if (!same) {
      this.source = clean.slice() as (readonly R[])[];
      seal(this.source as unknown as readonly R[]);
    }
    return this.source;
  }

  /**
   * Finds the blocks of which a record changed. One by one VMAs are searched for, and each step of a search is a miss of
   * the processor's caches; where there are many, every block is gone through instead (a sixth off a commit of 2,000 of 3,000).
   */
  private settle(): void {
    const { stale, clean } = this;
    const blocks = this.blocks!;
    if (stale.length < blocks.length) {
      for (const vma of stale) if (this.seek(vma)) clean[this.block] = null;
    } else {
      for (let b = 0; b < blocks.length; b++) {
        const committed = clean[b]!;
        if (committed !== null && blocks[b]!.some((item, i) => isLive<V, R>(item) && item.record !== committed[i])) {
          clean[b] = null;
        }
      }
    }
    if (stale.length > 0) this.stale = [];
  }

  /** For the journal. */
  undoInsert({ block, slot, split }: Inserted): void {
    const { blocks, clean } = this as unknown as { blocks: (V | R)[][]; clean: (readonly R[] | null)[] };
    this.flat = null;
    if (split > 0) {
      this.own(block).push(...blocks[block + 1]!);
      blocks.splice(block + 1, 1);
      clean.splice(block + 1, 1);
      this.gaps.splice(block + 1, 1);
    }
    this.own(block).splice(slot, 1);
    clean[block] = null;
    if (blocks[block]!.length === 0) {
      blocks.splice(block, 1);
      clean.splice(block, 1);
      this.gaps.splice(block, 1);
    }
  }

  /** For the journal. */
  undoRemove({ block, slot, item, whole }: Removed): void {
    this.flat = null;
    if (whole) {
      this.blocks!.splice(block, 0, [item as V]);
      this.clean.splice(block, 0, null);
      this.gaps.splice(block, 0, -1);
    } else {
      this.own(block).splice(slot, 0, item as V);
      this.clean[block] = null;
    }
  }

  private opened(): (V | R)[][] {
    if (this.blocks === null) {
      this.blocks = this.source.slice() as (V | R)[][];
      this.clean = this.source.slice();
      this.gaps = new Array<number>(this.blocks.length).fill(-1);
    }
    return this.blocks;
  }

  private at(block: number, slot: number): V {
    const item = this.blocks![block]![slot]!;
    return isLive<V, R>(item) ? item : this.open(item);
  }

  /** A block that may be written to. */
  private own(block: number): (V | R)[] {
    const blocks = this.blocks!;
    if (blocks[block] === this.clean[block]) blocks[block] = blocks[block]!.slice();
    return blocks[block]!;
  }

  /** Finds the VMA itself, or its record, also while a merge lets a neighbour lie over it. */
  private seek(vma: Range): boolean {
    this.locate(vma.vm_start);
    const blocks = this.blocks!;
    const at = blocks[this.block]?.[this.slot];
    if (at !== undefined && at.id === vma.id) return true;
    for (let block = Math.max(0, this.block - 1); block < blocks.length; block++) {
      const slot = blocks[block]!.findIndex((item) => item.id === vma.id);
      if (slot < 0) continue;
      this.block = block;
      this.slot = slot;
      return true;
    }
    return false;
  }

  /** Goes to the first VMA that ends above `vpn`; behind the last block where there is none. */
  private locate(vpn: number): void {
    const blocks = this.blocks ?? this.opened();
    if (this.isNear(blocks, vpn)) return;
    this.block = this.guess(blocks, vpn);
    const block = blocks[this.block];
    let lo = 0;
    let hi = block === undefined ? 0 : block.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (block![mid]!.vm_end > vpn) hi = mid;
      else lo = mid + 1;
    }
    this.slot = lo;
  }

  /** The first block that ends above `vpn`. */
  private guess(blocks: readonly (readonly (V | R)[])[], vpn: number): number {
    const count = blocks.length;
    if (this.ends.length !== count) this.ends = blocks.map(endOf);
    const { ends } = this;
    let lo = 0;
    let hi = count;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (ends[mid]! > vpn) hi = mid;
      else lo = mid + 1;
    }
    // blocks came and went, or their last VMAs changed, since somebody looked
    while (lo > 0 && this.endNow(blocks, lo - 1) > vpn) lo--;
    while (lo < count && this.endNow(blocks, lo) <= vpn) lo++;
    return lo;
  }

  private endNow(blocks: readonly (readonly (V | R)[])[], b: number): number {
    const end = endOf(blocks[b]!);
    this.ends[b] = end;
    return end;
  }

  /** Is it where the last search ended, or right behind? An event asks for the same VMAs several times. */
  private isNear(blocks: readonly (readonly (V | R)[])[], vpn: number): boolean {
    const { slot } = this;
    const block = blocks[this.block];
    if (block === undefined || slot >= block.length) return false;
    if (block[slot]!.vm_end > vpn) return slot > 0 && block[slot - 1]!.vm_end <= vpn;
    if (slot + 1 === block.length || block[slot + 1]!.vm_end <= vpn) return false;
    this.slot = slot + 1;
    return true;
  }
}

type Lists = VmaList<LiveRange<Range>, Range>;

function undoInsert(list: Lists, inserted: Inserted): void {
  list.undoInsert(inserted);
}

function undoRemove(list: Lists, removed: Removed): void {
  list.undoRemove(removed);
}

function endOf(block: readonly Range[]): number {
  return block[block.length - 1]!.vm_end;
}

function isLive<V extends LiveRange<R>, R extends Range>(item: V | R): item is V {
  return (item as Partial<LiveRange<R>>).live === true;
}
