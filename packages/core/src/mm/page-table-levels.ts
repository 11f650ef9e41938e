// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The levels of a page table above that of PTEs: entries that map memory themselves hang at inner nodes of the same tree.
 * Below such an entry there is nothing: a leaf of PTEs is a page table, and an entry of a higher level stands in its place.
 */
import { InternalError } from '@specialbit/events';
import { unchanged } from '../arch/compile-steps.js';
import type { Pte } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import type { Journal } from './journal.js';
import { type HugeLevel, type Level, PMD, PTE } from './level.js';
import type { HugeLayout, PageTableLayout } from './page-table-layout.js';
import { LEAF, LEAF_CAME, LEAF_SIZE, LEAF_WENT, type PageTableRoot, PteTable } from './pte-table.js';
import { Edit, type Leaf } from './radix.js';

export abstract class LeveledTable extends PteTable {
  protected hugeCount: number;

  constructor(layout: PageTableLayout, journal: Journal, root?: PageTableRoot) {
    super(layout, journal, root);
    this.hugeCount = this.root.huge;
  }

  // ---------------------------------------------------------------- tables

  /** pmd_none(): neither a table of PTEs, be it an empty one, nor an entry that maps memory stands for the PMD of `vpn`. */
  pmdNone(vpn: number): boolean {
    const size = this.pmdPages;
    const first = vpn - (vpn % size);
    return !this.tree.hasLeaf(first, first + size) && !this.isHuge(vpn);
  }

  /** Is there a table of PTEs for `vpn`, be it an empty one? */
  hasTable(vpn: number): boolean {
    const size = this.pmdPages;
    const first = vpn - (vpn % size);
    return this.tree.hasLeaf(first, first + size);
  }

  /** The first pages of all tables of PTEs, ascending. */
  tables(): number[] {
    const size = this.layout.huge[0]?.pages ?? LEAF_SIZE;
    const found = new Set<number>();
    this.tree.forEachLeaf(0, Number.MAX_SAFE_INTEGER, (_, first) => found.add(first - (first % size)));
    return [...found];
  }

  /** Calls `visit` with a page of each table of PTEs that has pages in `[start, end)`, ascending; some more than once. */
  forEachTable(start: number, end: number, visit: (vpn: number) => void): void {
    this.tree.forEachLeaf(start, end, (_, first) => visit(first));
  }

  /** pte_alloc(): there is a table of PTEs for `vpn` from now on. */
  allocTable(vpn: number): void {
    if (this.layout.tables && !this.hasTable(vpn)) this.tree.leafForWrite(vpn);
  }

  /** free_pte_range(): the table of PTEs of `vpn` goes, with what is in it. */
  freeTable(vpn: number): void {
    const size = this.pmdPages;
    const first = vpn - (vpn % size);
    const leaf = LEAF_SIZE;
    const p: Pte = { lo: 0, hi: 0 };
    this.forEachRaw(first, first + size, p, (at) => this.writes(PTE, at, p.lo, p.hi));
    for (let at = first; this.notes && at < first + size; at += leaf) {
      if (this.tree.leaf(at) !== undefined) this.journal.entry(this, LEAF, at, LEAF_WENT, 0);
    }
    this.tree.drop(first, first + size);
  }

  private get pmdPages(): number {
    return this.layout.huge[0]!.pages;
  }

  // ---------------------------------------------------------------- entries

  /** Entries above the PTE level that map something: mostly none. */
  get huge(): number {
    return this.hugeCount;
  }

  /** Loads the entry that maps `vpn`, or the PTE where none does, and says of which level it is. */
  lookup(vpn: number, p: Pte): Level {
    if (this.hugeCount > 0) {
      const { huge } = this.layout;
      for (let i = huge.length - 1; i >= 0; i--) if (this.loadHuge(i, vpn, p)) return huge[i]!.level;
    }
    this.get(vpn, p);
    return PTE;
  }

  /** Loads the entry of a higher level that stands for `vpn`. False where there is none. */
  getHuge(level: HugeLevel, vpn: number, p: Pte): boolean {
    if (this.hugeCount === 0) {
      const codec = this.layoutOf(level)?.codec;
      p.lo = codec?.empty.lo ?? 0;
      p.hi = codec?.empty.hi ?? 0;
      return false;
    }
    const i = this.layout.huge.findIndex((of) => of.level === level);
    return i >= 0 && this.loadHuge(i, vpn, p);
  }

  /** Does an entry of a higher level map `vpn`? */
  isHuge(vpn: number): boolean {
    return this.hugeCount > 0 && this.lookup(vpn, { lo: 0, hi: 0 }) !== PTE;
  }

  /**
   * set_pmd_at(), set_pud_at() of an entry that maps memory. Where there was none, nothing may be mapped in
   * its range; empty page tables that are there go.
   */
  setHuge(level: HugeLevel, vpn: number, p: Readonly<Pte>): void {
    const i = this.indexOf(level);
    const { pages, codec } = this.layout.huge[i]!;
    const first = vpn - (vpn % pages);
    const data = this.tree.upperForWrite(i, first);
    const at = this.tree.upperSlot(i, first) << 1;
    const old: Pte = { lo: data[at]!, hi: data[at + 1]! };
    if (codec.none(old)) {
      // without a table of PTEs there is nothing below a PMD
      if (!this.layout.tables || level !== PMD || this.tree.hasLeaf(first, first + pages)) this.empty(first, pages);
      this.hugeCount++;
    }
    this.writes(level, first, old.lo, old.hi);
    old.lo = p.lo;
    old.hi = p.hi;
    if (codec.set_pxd !== unchanged) codec.set_pxd(old);
    data[at] = old.lo;
    data[at + 1] = old.hi;
  }

  /** Nothing is mapped there below the entry that comes: what tables there are go. */
  private empty(first: number, pages: number): void {
    if (!this.isEmpty(first, first + pages)) {
      throw new InternalError(`page 0x${first.toString(16)} is mapped already, below the level of the entry`);
    }
    if (this.layout.tables && this.tree.hasLeaf(first, first + pages)) this.freeTable(first);
    else this.tree.drop(first, first + pages);
  }

  /** pmd_clear(), pud_clear() of an entry that maps memory. */
  clearHuge(level: HugeLevel, vpn: number): void {
    const i = this.indexOf(level);
    const { pages, codec } = this.layout.huge[i]!;
    const first = vpn - (vpn % pages);
    const data = this.tree.upperForWrite(i, first);
    const at = this.tree.upperSlot(i, first) << 1;
    const old: Pte = { lo: data[at]!, hi: data[at + 1]! };
    if (codec.none(old)) return;
    this.writes(level, first, old.lo, old.hi);
    data[at] = codec.empty.lo;
    data[at + 1] = codec.empty.hi;
    this.hugeCount--;
  }

  /** Is nothing mapped in `[start, end)`, at any level? */
  isEmpty(start: number, end: number): boolean {
    const p: Pte = { lo: 0, hi: 0 };
    if (this.hugeCount > 0 && this.nextHuge(start, end, p) !== null) return false;
    let empty = true;
    this.forEach(start, end, p, () => {
      empty = false;
    });
    return empty;
  }

  /** The first entry of a higher level that maps a page of `[start, end)`; it is in `p` then. */
  protected nextHuge(start: number, end: number, p: Pte): { first: number; of: HugeLayout } | null {
    const { huge } = this.layout;
    let best: { first: number; of: HugeLayout } | null = null;
    for (let i = huge.length - 1; i >= 0; i--) {
      const of = huge[i]!;
      const around = start - (start % of.pages);
      const first = this.tree.nextUpper(i, around, best === null ? end : best.first);
      if (first >= 0) best = { first, of };
    }
    if (best !== null) this.loadHuge(huge.indexOf(best.of), best.first, p);
    return best;
  }

  protected loadHuge(i: number, vpn: number, p: Pte): boolean {
    const { codec } = this.layout.huge[i]!;
    const data = this.tree.upper(i, vpn);
    if (data === undefined) {
      p.lo = codec.empty.lo;
      p.hi = codec.empty.hi;
      return false;
    }
    const at = this.tree.upperSlot(i, vpn) << 1;
    p.lo = data[at]!;
    p.hi = data[at + 1]!;
    return !codec.none(p);
  }

  private layoutOf(level: HugeLevel): { readonly codec: HugeCodec } | undefined {
    return this.layout.huge.find((of) => of.level === level);
  }

  private indexOf(level: HugeLevel): number {
    const { huge } = this.layout;
    for (let i = 0; i < huge.length; i++) if (huge[i]!.level === level) return i;
    throw new InternalError('the architecture has no huge entries of this level');
  }

  // ----------------------------------------------------------------- worlds

  /** The table for a world; the same as before where nothing changed. */
  commit(): PageTableRoot {
    if (!this.unchanged) this.root = { ...this.tree.commit(new Edit()), huge: this.hugeCount };
    return this.root;
  }

  /** For the journal: puts an old entry back. */
  undo(level: Level | typeof LEAF, vpn: number, lo: number, hi: number): void {
    if (level === LEAF) {
      if (lo === LEAF_CAME) this.tree.drop(vpn, vpn + LEAF_SIZE);
      else if (lo === LEAF_WENT) this.tree.leafForWrite(vpn);
      else this.tree.putLeaf(vpn, this.journal.leafAt(hi) as Leaf<Int32Array>);
      return;
    }
    if (level === PTE) {
      const leaf = this.tree.leafForWrite(vpn);
      const i = this.tree.slot(vpn) << 1;
      leaf[i] = lo;
      leaf[i + 1] = hi;
      return;
    }
    const i = this.indexOf(level);
    const { pages, codec } = this.layout.huge[i]!;
    const data = this.tree.upperForWrite(i, vpn);
    const at = this.tree.upperSlot(i, vpn) << 1;
    const had = !codec.none({ lo: data[at]!, hi: data[at + 1]! });
    const has = !codec.none({ lo, hi });
    data[at] = lo;
    data[at + 1] = hi;
    this.hugeCount += Number(has) - Number(had);
    // below it everything is as it was, and nothing was there
    if (has && !had) this.tree.drop(vpn, vpn + pages);
  }
}
