// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The page table of one mm: virtual page number -> raw entry, as two 32-bit halves, at the level of PTEs,
 * PMDs or PUDs. The raw value is the only thing remembered. The empty entry of an architecture
 * (`pte_clear`) is stored as it is.
 *
 * One radix tree holds all levels: leaves of PTEs below, and at inner nodes the leaves of PMDs and PUDs that
 * map memory themselves. Below such an entry there is nothing: a leaf of PTEs, full or empty, is what the
 * kernel has as a page table, and an entry of a higher level stands in its place.
 *
 * All writes go through `set`, `clear` and their likes for several (PTEs), `setHuge`, `clearHuge` (entries of higher
 * levels) and `copyRange`'s store; every one of them tells the journal and `touched` first (`writes`).
 *
 * Where the architecture keeps PTEs in groups (`groups`), reading and writing is its own ptep API, and what is stored
 * is seen and changed as it is through `load` and `store` alone.
 */
import { InternalError } from '@specialbit/events';
import { unchanged } from '../arch/compile-steps.js';
import type { Pte } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import { PfnSteps, type PtepApi } from '../arch/ptep.js';
import type { Journal } from './journal.js';
import { type HugeLevel, type Level, PMD, PTE } from './level.js';
import { type HugeLayout, type PageTableLayout, PTE_LEAF_BITS } from './page-table-layout.js';
import { Edit, emptyRoot, type Leaf, type RadixRoot, RadixTree } from './radix.js';
import type { PteRecorder } from './touched.js';

const LEAF_SIZE = 1 << PTE_LEAF_BITS;
/** Leaves that are found without a walk. */
const CACHED_LEAVES = 32;
/** So many leaves are looked up one by one; of more, the tree is walked, where there may be none at all. */
const FEW_LEAVES = 8;

export interface PageTableRoot extends RadixRoot<Int32Array> {
  /** Entries above the PTE level that are not empty. */
  readonly huge: number;
}

export const emptyPageTable: PageTableRoot = { ...emptyRoot, huge: 0 };

/**
 * What a walk does at each level; the entry is in the walk's register. A PMD or PUD is given by its first
 * page, which may lie before the range. True: done with it. False: it was split or taken away, and what is
 * there now is walked.
 */
export interface Walk {
  pte(vpn: number): void;
  pmd(first: number): boolean;
  pud(first: number): boolean;
  /** PTEs that are cleared, and nothing else: of leaves that hold nothing but such, `pte` does not hear. */
  readonly cleared?: AlikeTest | undefined;
}

/** The same for a copy: of a PTE, true stores the register in the other table. */
export interface CopyWalk {
  pte(vpn: number): boolean;
  pmd(first: number): boolean;
  pud(first: number): boolean;
  /** PTEs that are copied, and nothing else: of leaves that hold nothing but such, `pte` does not hear. */
  readonly alone?: AlikeCopy | undefined;
}

/** A question about PTEs whose answer is the same for all that are alike in `bits`. */
export interface AlikeTest {
  readonly bits: Readonly<Pte>;
  holds(p: Readonly<Pte>): boolean;
}

/** What becomes of PTEs: the same change for all that are alike in `bits`. False: more is to be done than to store it. */
export interface AlikeCopy {
  readonly bits: Readonly<Pte>;
  copy(p: Pte): boolean;
}

/** In the journal: a leaf that came into being, went, or was replaced as a whole. */
const LEAF = 3;
const LEAF_CAME = 0;
const LEAF_WENT = 1;
const LEAF_REPLACED = 2;

export class PageTable {
  private readonly tree: RadixTree<Int32Array>;
  /** set_pte() of the architecture changes nothing. */
  private readonly asItIs: boolean;
  private readonly codec: PageTableLayout['pte'];
  private hugeCount: number;
  /** The architecture's own ptep API; null where an entry is just an entry. */
  private readonly groups: PtepApi | null;
  private steps: PfnSteps | null = null;
  /** For the journal. */
  journalSlot = -1;
  /** The checkpoint within which the table was made, empty: taken back as a whole with its address space, it needs no notes. */
  private readonly born: number;
  /** What was committed last, or opened. */
  private root: PageTableRoot;
  /** Hears of every write, and by whose mm. */
  touched: PteRecorder | null = null;
  /** Hears when the table is no longer what was committed last, at least once. */
  changed: (() => void) | null = null;
  mm = 0;

  constructor(
    private readonly layout: PageTableLayout,
    private readonly journal: Journal,
    /** What it is opened from; undefined: the address space is being made. */
    root?: PageTableRoot,
  ) {
    this.root = root ?? emptyPageTable;
    this.codec = layout.pte;
    this.born = root === undefined ? journal.stamp : -1;
    this.tree = new RadixTree(layout.leaf, this.root, new Edit(), CACHED_LEAVES, layout.uppers);
    this.tree.changed = () => this.changed?.();
    this.hugeCount = this.root.huge;
    this.asItIs = layout.pte.set_pte === unchanged;
    const { groups } = layout;
    this.groups = groups === undefined ? null : groups.spec.of({ ...this.raw(), folioOf: groups.folioOf }, layout.pte);
    if (layout.tables) {
      this.tree.made = (first) => {
        if (this.notes) this.journal.entry(this, LEAF, first, LEAF_CAME, 0);
      };
    }
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
    const leaf = 1 << PTE_LEAF_BITS;
    const p: Pte = { lo: 0, hi: 0 };
    this.forEachRaw(first, first + size, p, (at) => this.writes(PTE, at, p.lo, p.hi));
    for (let at = first; this.notes && at < first + size; at += leaf) {
      if (this.tree.leaf(at) !== undefined) this.journal.entry(this, LEAF, at, LEAF_WENT, 0);
    }
    this.tree.drop(first, first + size);
  }

  /** What changes must be noted for the way back. */
  private get notes(): boolean {
    return this.journal.on && this.journal.stamp !== this.born;
  }

  private get pmdPages(): number {
    return this.layout.huge[0]!.pages;
  }

  /** Entries above the PTE level that map something: mostly none. */
  get huge(): number {
    return this.hugeCount;
  }

  /** ptep_get(): loads the PTE of `vpn` into `p`; an empty one where an entry of a higher level maps it. */
  get(vpn: number, p: Pte): void {
    this.load(vpn, p);
    if (this.groups?.grouped(p)) this.groups.ptep_get(vpn, p);
  }

  /** pte_batch_hint() (include/linux/pgtable.h): the entry is one that the architecture keeps together with others. */
  keptTogether(p: Pte): boolean {
    return this.groups?.grouped(p) === true;
  }

  /** __ptep_get(): the PTE of `vpn` as it is stored, and as the hardware finds it. */
  load(vpn: number, p: Pte): void {
    const leaf = this.tree.leaf(vpn);
    if (leaf === undefined) {
      p.lo = this.codec.empty.lo;
      p.hi = this.codec.empty.hi;
      return;
    }
    const i = this.tree.slot(vpn) << 1;
    p.lo = leaf[i]!;
    p.hi = leaf[i + 1]!;
  }

  /** pte_same() of the PTE of `vpn` and `p`. */
  holds(vpn: number, p: Readonly<Pte>): boolean {
    const leaf = this.tree.leaf(vpn);
    if (leaf === undefined) return p.lo === this.codec.empty.lo && p.hi === this.codec.empty.hi;
    const i = this.tree.slot(vpn) << 1;
    return p.lo === leaf[i] && p.hi === leaf[i + 1];
  }

  /** set_pte_at(): stores `p` as the PTE of `vpn`; `p` becomes what the table holds then. */
  set(vpn: number, p: Pte): void {
    if (this.groups !== null) this.groups.set_ptes(vpn, p, 1);
    else this.store(vpn, p);
  }

  /** __set_pte(): the same, of this entry alone. */
  store(vpn: number, p: Pte): void {
    this.put(this.tree.leafForWrite(vpn), vpn, p);
  }

  /** set_ptes(): `p` as the PTE of `vpn`, and of the pages behind it that of the pages behind its own. */
  set_ptes(vpn: number, p: Pte, nr: number): void {
    if (this.groups !== null) {
      this.groups.set_ptes(vpn, p, nr);
      return;
    }
    const { codec } = this;
    const pfn = codec.pfn(p);
    const entry: Pte = { lo: 0, hi: 0 };
    this.steps ??= new PfnSteps(codec);
    for (let i = 0; i < nr; i++) {
      entry.lo = p.lo;
      entry.hi = p.hi;
      this.steps.advance(entry, pfn, i);
      this.store(vpn + i, entry);
    }
  }

  /** clear_full_ptes(). */
  clear_full_ptes(vpn: number, nr: number): void {
    if (this.groups !== null) this.groups.clear_full_ptes(vpn, nr);
    else for (let i = 0; i < nr; i++) this.wipe(vpn + i);
  }

  /** wrprotect_ptes() of present PTEs. */
  wrprotect_ptes(vpn: number, nr: number): void {
    if (this.groups !== null) this.groups.wrprotect_ptes(vpn, nr);
    else this.change(vpn, nr, this.codec.wrprotect);
  }

  /** clear_young_dirty_ptes() of present PTEs: old from now on, and clean where `clean`. */
  clear_young_dirty_ptes(vpn: number, nr: number, clean: boolean): void {
    if (this.groups !== null) {
      this.groups.clear_young_dirty_ptes(vpn, nr, clean);
      return;
    }
    this.change(vpn, nr, this.codec.mkold);
    if (clean) this.change(vpn, nr, this.codec.mkclean);
  }

  /** ptep_set_access_flags() of a PTE that is not yet as `p`. */
  set_access_flags(vpn: number, p: Pte): void {
    if (this.groups !== null) this.groups.ptep_set_access_flags(vpn, p);
    else this.store(vpn, p);
  }

  private change(vpn: number, nr: number, op: (p: Pte) => void): void {
    const p: Pte = { lo: 0, hi: 0 };
    for (let i = 0; i < nr; i++) {
      this.load(vpn + i, p);
      op(p);
      this.store(vpn + i, p);
    }
  }

  /** pte_clear(). */
  clear(vpn: number): void {
    if (this.groups !== null) this.groups.clear_full_ptes(vpn, 1);
    else this.wipe(vpn);
  }

  private wipe(vpn: number): void {
    const leaf = this.tree.leafForWrite(vpn);
    const i = this.tree.slot(vpn) << 1;
    this.writes(PTE, vpn, leaf[i]!, leaf[i + 1]!);
    leaf[i] = this.codec.empty.lo;
    leaf[i + 1] = this.codec.empty.hi;
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

  /**
   * As the kernel's walkers go: through `[start, end)` in ascending order, at each PUD and PMD first whether
   * it maps memory itself, and through the PTEs below only where it does not. Empty entries are passed
   * over. `visit` may change entries at or before the one it is at.
   */
  walk(start: number, end: number, p: Pte, visit: Walk): void {
    if (this.hugeCount === 0) this.walkPtes(start, end, p, visit);
    else this.byLevels(start, end, p, visit, (from, to) => this.walkPtes(from, to, p, visit));
  }

  private walkPtes(start: number, end: number, p: Pte, { pte, cleared }: Walk): void {
    // who listens hears of every entry
    if (cleared === undefined || end - start < LEAF_SIZE || this.touched !== null || this.groups !== null) {
      this.forEach(start, end, p, pte);
      return;
    }
    this.forEachLeaf(start, end, (data, first) => {
      const whole = first >= start && first + LEAF_SIZE <= end;
      if (whole && this.allHold(data, p, cleared)) this.emptyLeaf(first);
      else this.visitLeaf(data, start, end, first, p, pte);
    });
  }

  /** A leaf as if each of its entries had been cleared. */
  private emptyLeaf(first: number): void {
    if (this.notes) this.journal.leaf(this, LEAF_REPLACED, first, this.tree.leafObject(first));
    this.tree.putLeaf(first, this.layout.emptyLeaf);
  }

  /** Calls `visit` for every PTE in `[start, end)` that is not empty (`pte_none`), ascending, as `walk` does. */
  forEach(start: number, end: number, p: Pte, visit: (vpn: number) => void): void {
    if (this.groups === null) {
      this.forEachRaw(start, end, p, visit);
      return;
    }
    // a visit may change what lies ahead
    this.forEachRaw(start, end, p, (vpn) => {
      this.get(vpn, p);
      if (!this.codec.none(p)) visit(vpn);
    });
  }

  private forEachRaw(start: number, end: number, p: Pte, visit: (vpn: number) => void): void {
    this.forEachLeaf(start, end, (data, first) => this.visitLeaf(data, start, end, first, p, visit));
  }

  /** The leaves that hold PTEs of `[start, end)`. */
  private forEachLeaf(start: number, end: number, visit: (data: Int32Array, first: number) => void): void {
    const { tree } = this;
    if (end - start > FEW_LEAVES << PTE_LEAF_BITS) {
      tree.forEachLeaf(start, end, visit);
      return;
    }
    for (let first = start - tree.slot(start); first < end; first += LEAF_SIZE) {
      const data = tree.leaf(first);
      if (data !== undefined) visit(data, first);
    }
  }

  /** Calls `visit` for every entry of any level that maps, or would map, a page of `[start, end)`. */
  forEachEntry(start: number, end: number, p: Pte, visit: (vpn: number, level: Level) => void): void {
    const huge =
      (level: HugeLevel) =>
      (first: number): boolean => {
        visit(first, level);
        return true;
      };
    this.walk(start, end, p, { pte: (vpn) => visit(vpn, PTE), pmd: huge(1), pud: huge(2) });
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

  /** As walk, for copying a range into `dst`, without looking for the leaf of each PTE. */
  copyRange(dst: PageTable, start: number, end: number, p: Pte, copy: CopyWalk): void {
    if (this.hugeCount === 0) this.copyPtes(dst, start, end, p, copy);
    else this.byLevels(start, end, p, copy, (from, to) => this.copyPtes(dst, from, to, p, copy));
  }

  /** Was nothing written since the last commit? */
  get unchanged(): boolean {
    return this.tree.unchanged(this.root);
  }

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

  /** An entry is about to change. */
  private writes(level: Level, vpn: number, lo: number, hi: number): void {
    if (this.journal.on && this.journal.stamp !== this.born) this.journal.entry(this, level, vpn, lo, hi);
    this.touched?.entry(this.mm, level, vpn, lo, hi);
  }

  // ------------------------------------------------------------------ levels

  private byLevels(
    start: number,
    end: number,
    p: Pte,
    visit: { pmd(first: number): boolean; pud(first: number): boolean },
    ptes: (from: number, to: number) => void,
  ): void {
    let at = start;
    const { huge } = this.layout;
    while (at < end) {
      // entries of PMDs often follow each other, and no PUD is where one of them is
      if (huge[0]!.level === PMD && at % huge[0]!.pages === 0 && this.loadHuge(0, at, p)) {
        if (visit.pmd(at)) {
          at += huge[0]!.pages;
          continue;
        }
      }
      const found = this.nextHuge(at, end, p);
      if (found === null) {
        ptes(at, end);
        return;
      }
      const { first, of } = found;
      if (first > at) {
        ptes(at, first);
        at = first;
        // what the PTEs' visitor did may have changed it
        continue;
      }
      if (of.level === 1 ? visit.pmd(first) : visit.pud(first)) at = first + of.pages;
      else if (this.loadHuge(this.layout.huge.indexOf(of), first, p)) {
        throw new InternalError(`the entry of page 0x${first.toString(16)} is neither done with nor split`);
      }
    }
  }

  /** The first entry of a higher level that maps a page of `[start, end)`; it is in `p` then. */
  private nextHuge(start: number, end: number, p: Pte): { first: number; of: HugeLayout } | null {
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

  private loadHuge(i: number, vpn: number, p: Pte): boolean {
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
    const i = this.layout.huge.findIndex((of) => of.level === level);
    if (i < 0) throw new InternalError('the architecture has no huge entries of this level');
    return i;
  }

  // -------------------------------------------------------------------- PTEs

  /** What the architecture sees of it. */
  private raw(): { load(vpn: number, p: Pte): void; store(vpn: number, p: Readonly<Pte>): void } {
    const given: Pte = { lo: 0, hi: 0 };
    return {
      load: (vpn, p) => this.load(vpn, p),
      store: (vpn, { lo, hi }) => {
        given.lo = lo;
        given.hi = hi;
        this.store(vpn, given);
      },
    };
  }

  private put(leaf: Int32Array, vpn: number, p: Pte): void {
    if (!this.asItIs) this.codec.set_pte(p);
    const i = this.tree.slot(vpn) << 1;
    this.writes(PTE, vpn, leaf[i]!, leaf[i + 1]!);
    leaf[i] = p.lo;
    leaf[i + 1] = p.hi;
  }

  /** The entries of `[start, end)` in the leaf whose first entry is that of page `first`. */
  private visitLeaf(
    data: Int32Array,
    start: number,
    end: number,
    first: number,
    p: Pte,
    visit: (vpn: number) => void,
  ): void {
    const { codec } = this;
    const { lo, hi } = codec.empty;
    const to = Math.min(LEAF_SIZE, end - first);
    for (let i = Math.max(0, start - first); i < to; i++) {
      p.lo = data[2 * i]!;
      p.hi = data[2 * i + 1]!;
      // most of what is empty is exactly that
      if (p.lo === lo && p.hi === hi) continue;
      if (!codec.none(p)) visit(first + i);
    }
  }

  /** Does the test hold for every PTE of a leaf, and is there one? */
  private allHold(data: Int32Array, p: Pte, { bits, holds }: AlikeTest): boolean {
    const { lo, hi } = this.codec.empty;
    let asked = false;
    let askedLo = 0;
    let askedHi = 0;
    for (let i = 0; i < data.length; i += 2) {
      p.lo = data[i]!;
      p.hi = data[i + 1]!;
      if (p.lo === lo && p.hi === hi) continue;
      const bitsLo = p.lo & bits.lo;
      const bitsHi = p.hi & bits.hi;
      if (asked && bitsLo === askedLo && bitsHi === askedHi) continue;
      if (!holds(p)) return false;
      asked = true;
      askedLo = bitsLo;
      askedHi = bitsHi;
    }
    return asked;
  }

  private copyPtes(dst: PageTable, start: number, end: number, p: Pte, { pte, alone }: CopyWalk): void {
    // what is told to the journal or a listener, or kept together, goes by entry
    const heard = dst.notes || dst.touched !== null || this.groups !== null;
    const whole = alone !== undefined && end - start >= LEAF_SIZE && this.asItIs && !heard;
    let shared = false;
    this.forEachLeaf(start, end, (data, first) => {
      const copied = whole && first >= start && first + LEAF_SIZE <= end ? this.copyAlone(data, p, alone) : undefined;
      if (copied === undefined) {
        this.copyLeaf(dst, data, start, end, first, p, pte);
      } else if (copied !== data) {
        dst.tree.putLeaf(first, { owner: null, data: copied });
      } else {
        // both tables hold the leaf, and whoever writes to it copies it
        if (!shared) this.tree.letGo();
        shared = true;
        dst.tree.putLeaf(first, this.tree.leafObject(first));
      }
    });
  }

  /** The copy of a leaf, itself where it would be the same; undefined where more is to be done, or it is empty. */
  private copyAlone(data: Int32Array, p: Pte, { bits, copy }: AlikeCopy): Int32Array | undefined {
    const { lo, hi } = this.codec.empty;
    let asked = false;
    let askedLo = 0;
    let askedHi = 0;
    let xorLo = 0;
    let xorHi = 0;
    let copied: Int32Array | undefined;
    for (let i = 0; i < data.length; i += 2) {
      const entryLo = data[i]!;
      const entryHi = data[i + 1]!;
      if (entryLo === lo && entryHi === hi) continue;
      const bitsLo = entryLo & bits.lo;
      const bitsHi = entryHi & bits.hi;
      if (!asked || bitsLo !== askedLo || bitsHi !== askedHi) {
        p.lo = entryLo;
        p.hi = entryHi;
        if (!copy(p)) return undefined;
        xorLo = p.lo ^ entryLo;
        xorHi = p.hi ^ entryHi;
        asked = true;
        askedLo = bitsLo;
        askedHi = bitsHi;
      }
      if ((xorLo | xorHi) === 0) continue;
      copied ??= data.slice();
      copied[i] = entryLo ^ xorLo;
      copied[i + 1] = entryHi ^ xorHi;
    }
    return asked ? (copied ?? data) : undefined;
  }

  /** The same for copyPtes; a leaf of `dst` is made when there is something to store in it. */
  private copyLeaf(
    dst: PageTable,
    data: Int32Array,
    start: number,
    end: number,
    first: number,
    p: Pte,
    copy: (vpn: number) => boolean,
  ): void {
    const { codec } = this;
    const { lo, hi } = codec.empty;
    const to = Math.min(LEAF_SIZE, end - first);
    let target: Int32Array | undefined;
    for (let i = Math.max(0, start - first); i < to; i++) {
      p.lo = data[2 * i]!;
      p.hi = data[2 * i + 1]!;
      if ((p.lo === lo && p.hi === hi) || codec.none(p)) continue;
      if (this.groups !== null) {
        this.get(first + i, p);
        if (copy(first + i)) dst.set(first + i, p);
        continue;
      }
      if (!copy(first + i)) continue;
      target ??= dst.tree.leafForWrite(first);
      dst.put(target, first + i, p);
    }
  }
}
