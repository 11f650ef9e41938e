// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The PTEs of one mm: virtual page number -> raw entry, as two 32-bit halves. The raw value is the only thing
 * remembered. The empty entry of an architecture (`pte_clear`) is stored as it is. A leaf of PTEs, full or empty, is
 * what the kernel has as a page table.
 *
 * Every write goes through `put`, `wipe` or what stands in for a whole leaf; each of them tells the journal and
 * `touched` first (`writes`).
 *
 * Where the architecture keeps PTEs in groups (`groups`), reading and writing is its own ptep API, and what is stored
 * is seen and changed as it is through `load` and `store` alone.
 */
import { unchanged } from '../arch/compile-steps.js';
import type { Pte } from '../arch/contract.js';
import { PfnSteps, type PtepApi } from '../arch/ptep.js';
import type { Journal } from './journal.js';
import { type Level, PTE } from './level.js';
import { type PageTableLayout, PTE_LEAF_BITS } from './page-table-layout.js';
import { visitLeaf } from './page-table-walk.js';
import { Edit, emptyRoot, type RadixRoot, RadixTree } from './radix.js';
import type { PteRecorder } from './touched.js';

export const LEAF_SIZE = 1 << PTE_LEAF_BITS;
/** Leaves that are found without a walk. */
const CACHED_LEAVES = 32;
/** So many leaves are looked up one by one; of more, the tree is walked, where there may be none at all. */
const FEW_LEAVES = 8;

export interface PageTableRoot extends RadixRoot<Int32Array> {
  /** Entries above the PTE level that are not empty. */
  readonly huge: number;
}

export const emptyPageTable: PageTableRoot = { ...emptyRoot, huge: 0 };

/** In the journal: a leaf that came into being, went, or was replaced as a whole. */
export const LEAF = 3;
export const LEAF_CAME = 0;
export const LEAF_WENT = 1;
export const LEAF_REPLACED = 2;

export abstract class PteTable {
  protected readonly tree: RadixTree<Int32Array>;
  /** set_pte() of the architecture changes nothing. */
  protected readonly asItIs: boolean;
  protected readonly codec: PageTableLayout['pte'];
  /** The architecture's own ptep API; null where an entry is just an entry. */
  protected readonly groups: PtepApi | null;
  private steps: PfnSteps | null = null;
  /** For the journal. */
  journalSlot = -1;
  /** The checkpoint within which the table was made, empty: taken back as a whole with its address space, it needs no notes. */
  protected readonly born: number;
  /** What was committed last, or opened. */
  protected root: PageTableRoot;
  /** Hears of every write, and by whose mm. */
  touched: PteRecorder | null = null;
  /** Hears when the table is no longer what was committed last, at least once. */
  changed: (() => void) | null = null;
  mm = 0;

  constructor(
    protected readonly layout: PageTableLayout,
    protected readonly journal: Journal,
    /** What it is opened from; undefined: the address space is being made. */
    root?: PageTableRoot,
  ) {
    this.root = root ?? emptyPageTable;
    this.codec = layout.pte;
    this.born = root === undefined ? journal.stamp : -1;
    this.tree = new RadixTree(layout.leaf, this.root, new Edit(), CACHED_LEAVES, layout.uppers);
    this.tree.changed = () => this.changed?.();
    this.asItIs = layout.pte.set_pte === unchanged;
    const { groups } = layout;
    this.groups = groups === undefined ? null : groups.spec.of({ ...this.raw(), folioOf: groups.folioOf }, layout.pte);
    if (layout.tables) {
      this.tree.made = (first) => {
        if (this.notes) this.journal.entry(this, LEAF, first, LEAF_CAME, 0);
      };
    }
  }

  /** For the journal: puts an old entry back. */
  abstract undo(level: Level | typeof LEAF, vpn: number, lo: number, hi: number): void;

  /** What changes must be noted for the way back. */
  protected get notes(): boolean {
    return this.journal.on && this.journal.stamp !== this.born;
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

  protected forEachRaw(start: number, end: number, p: Pte, visit: (vpn: number) => void): void {
    const { tree } = this;
    if (isWide(start, end)) {
      tree.forEachLeaf(start, end, (data, first) => visitLeaf(this.codec, data, start, end, first, p, visit));
      return;
    }
    // as forEachLeaf, but for a function that each event would make
    for (let first = start - tree.slot(start); first < end; first += LEAF_SIZE) {
      const data = tree.leaf(first);
      if (data !== undefined) visitLeaf(this.codec, data, start, end, first, p, visit);
    }
  }

  /** The leaves that hold PTEs of `[start, end)`. */
  protected forEachLeaf(start: number, end: number, visit: (data: Int32Array, first: number) => void): void {
    const { tree } = this;
    if (isWide(start, end)) {
      tree.forEachLeaf(start, end, visit);
      return;
    }
    for (let first = start - tree.slot(start); first < end; first += LEAF_SIZE) {
      const data = tree.leaf(first);
      if (data !== undefined) visit(data, first);
    }
  }

  /** Was nothing written since the last commit? */
  get unchanged(): boolean {
    return this.tree.unchanged(this.root);
  }

  /** An entry is about to change. */
  protected writes(level: Level, vpn: number, lo: number, hi: number): void {
    if (this.journal.on && this.journal.stamp !== this.born) this.journal.entry(this, level, vpn, lo, hi);
    this.touched?.entry(this.mm, level, vpn, lo, hi);
  }

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

  protected put(leaf: Int32Array, vpn: number, p: Pte): void {
    if (!this.asItIs) this.codec.set_pte(p);
    const i = this.tree.slot(vpn) << 1;
    this.writes(PTE, vpn, leaf[i]!, leaf[i + 1]!);
    leaf[i] = p.lo;
    leaf[i + 1] = p.hi;
  }
}

/** Has the range so many leaves that the tree is walked for them? */
function isWide(start: number, end: number): boolean {
  return end - start > FEW_LEAVES << PTE_LEAF_BITS;
}
