// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The page table of one mm: virtual page number -> raw PTE, as two 32-bit halves. The raw value is
 * the only thing remembered. The empty entry of an architecture (`pte_clear`) is stored as it is.
 */
import { unchanged } from '../arch/compile-steps.js';
import type { Pte, PteCodec } from '../arch/contract.js';
import { type Edit, emptyRoot, type LeafType, type RadixRoot, RadixTree } from './radix.js';
import type { PteRecorder } from './touched.js';

/** log2 of the PTEs in one leaf: a typed array of 1 KiB. */
export const PTE_LEAF_BITS = 7;

const LEAF_SIZE = 1 << PTE_LEAF_BITS;
/** Leaves that are found without a walk. */
const CACHED_LEAVES = 32;
/** So many leaves are looked up one by one; of more, the tree is walked, where there may be none at all. */
const FEW_LEAVES = 8;

export type PageTableRoot = RadixRoot<Int32Array>;

export function pteLeaf(codec: PteCodec): LeafType<Int32Array> {
  const { lo, hi } = codec.empty;
  const size = 2 << PTE_LEAF_BITS;
  return {
    bits: PTE_LEAF_BITS,
    make() {
      const data = new Int32Array(size);
      if (lo !== 0 || hi !== 0) {
        for (let i = 0; i < size; i += 2) {
          data[i] = lo;
          data[i + 1] = hi;
        }
      }
      return data;
    },
    copy: (from) => from.slice(),
  };
}

export class PageTable {
  private readonly tree: RadixTree<Int32Array>;
  /** set_pte() of the architecture changes nothing. */
  private readonly asItIs: boolean;
  /** Hears of every write, and by whose mm. */
  touched: PteRecorder | null = null;
  mm = 0;

  constructor(
    private readonly codec: PteCodec,
    leaf: LeafType<Int32Array>,
    root: PageTableRoot = emptyRoot,
    edit: Edit,
  ) {
    this.tree = new RadixTree(leaf, root, edit, CACHED_LEAVES);
    this.asItIs = codec.set_pte === unchanged;
  }

  /** ptep_get(): loads the entry of `vpn` into `p`. */
  get(vpn: number, p: Pte): void {
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

  /** pte_same() of the entry of `vpn` and `p`. */
  holds(vpn: number, p: Readonly<Pte>): boolean {
    const leaf = this.tree.leaf(vpn);
    if (leaf === undefined) return p.lo === this.codec.empty.lo && p.hi === this.codec.empty.hi;
    const i = this.tree.slot(vpn) << 1;
    return p.lo === leaf[i] && p.hi === leaf[i + 1];
  }

  /** set_pte(): stores `p` as the entry of `vpn`; `p` becomes what the table holds then. */
  set(vpn: number, p: Pte): void {
    this.store(this.tree.leafForWrite(vpn), vpn, p);
  }

  /** pte_clear(). */
  clear(vpn: number): void {
    const leaf = this.tree.leafForWrite(vpn);
    const i = this.tree.slot(vpn) << 1;
    if (this.touched !== null) this.touched.pte(this.mm, vpn, leaf[i]!, leaf[i + 1]!);
    leaf[i] = this.codec.empty.lo;
    leaf[i + 1] = this.codec.empty.hi;
  }

  /**
   * Calls `visit` for every entry in `[start, end)` that is not empty (`pte_none`), ascending, with
   * the entry in `p`. `visit` may change entries at or before the one it is at.
   */
  forEach(start: number, end: number, p: Pte, visit: (vpn: number) => void): void {
    const { tree } = this;
    if (end - start > FEW_LEAVES << PTE_LEAF_BITS) {
      tree.forEachLeaf(start, end, (data, first) => this.visitLeaf(data, start, end, first, p, visit));
      return;
    }
    for (let first = start - tree.slot(start); first < end; first += LEAF_SIZE) {
      const data = tree.leaf(first);
      if (data !== undefined) this.visitLeaf(data, start, end, first, p, visit);
    }
  }

  /** Is there no entry in `[start, end)`? */
  isEmpty(start: number, end: number): boolean {
    let empty = true;
    this.forEach(start, end, { lo: 0, hi: 0 }, () => {
      empty = false;
    });
    return empty;
  }

  /**
   * As forEach, for copying a range into `dst`: where `copy` answers true, what it left in `p` is stored
   * there as by `set`, without looking for the leaf each time.
   */
  copyRange(dst: PageTable, start: number, end: number, p: Pte, copy: (vpn: number) => boolean): void {
    const { tree } = this;
    if (end - start > FEW_LEAVES << PTE_LEAF_BITS) {
      tree.forEachLeaf(start, end, (data, first) => this.copyLeaf(dst, data, start, end, first, p, copy));
      return;
    }
    for (let first = start - tree.slot(start); first < end; first += LEAF_SIZE) {
      const data = tree.leaf(first);
      if (data !== undefined) this.copyLeaf(dst, data, start, end, first, p, copy);
    }
  }

  private store(leaf: Int32Array, vpn: number, p: Pte): void {
    if (!this.asItIs) this.codec.set_pte(p);
    const i = this.tree.slot(vpn) << 1;
    if (this.touched !== null) this.touched.pte(this.mm, vpn, leaf[i]!, leaf[i + 1]!);
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

  /** The same for copyRange; a leaf of `dst` is made when there is something to store in it. */
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
      if ((p.lo === lo && p.hi === hi) || codec.none(p) || !copy(first + i)) continue;
      target ??= dst.tree.leafForWrite(first);
      dst.store(target, first + i, p);
    }
  }

  commit(next: Edit): PageTableRoot {
    return this.tree.commit(next);
  }
}
