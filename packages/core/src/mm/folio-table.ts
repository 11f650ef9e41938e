// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The folios of more than one page, by order and first frame: for each order a persistent tree of records, of which
 * neighbours share a leaf. A folio is aligned to its size, so that the pages of one have one place in the tree of its order.
 */
import {
  FOLIO_FIELDS as FIELDS,
  Folio,
  type FolioLeaf,
  type FolioRecord,
  type FolioStore,
  folioRecord,
  FOLIO_LEAF_BITS as LEAF_BITS,
} from './folio.js';
import { Journal } from './journal.js';
import { MOST_FRAMES, numberLeaf } from './number-leaf.js';
import { Edit, emptyRoot, type RadixRoot, RadixTree } from './radix.js';

/** Leaves of each order that are found without a walk. */
const CACHED_LEAVES = 64;

/** The immutable value: a root for each order, undefined where there never was a folio of it. */
export type FoliosRoot = readonly (RadixRoot<FolioLeaf> | undefined)[];

export const noFolios: FoliosRoot = [];

const leafType = numberLeaf(LEAF_BITS, FIELDS);

export class FolioTable implements FolioStore {
  private readonly trees: (RadixTree<FolioLeaf> | undefined)[];
  /** Orders of folios that there ever were, one bit each; 0: every page is a folio of its own. */
  orders = 0;

  constructor(
    private root: FoliosRoot,
    readonly journal: Journal,
  ) {
    this.trees = root.map((of, order) => {
      if (of === undefined) return undefined;
      this.orders |= 1 << order;
      return new RadixTree(leafType, of, new Edit(), CACHED_LEAVES);
    });
  }

  /** The folio that frame `pfn` belongs to. */
  find(pfn: number): Folio | undefined {
    for (let left = this.orders; left !== 0; ) {
      const order = 31 - Math.clz32(left);
      left &= ~(1 << order);
      const head = pfn - (pfn % (1 << order));
      if (this.holds(head, order)) return new Folio(head, order, this);
    }
    return undefined;
  }

  /** Is there a folio of this order at `head`? */
  holds(head: number, order: number): boolean {
    const tree = this.trees[order]!;
    const key = head / (1 << order);
    const leaf = tree.leaf(key);
    return leaf !== undefined && leaf[tree.slot(key) * FIELDS] !== 0;
  }

  /** A folio that nothing maps, where there is none. */
  add(id: number, order: number, large_rmappable: boolean): Folio {
    const folio = this.place(id, order);
    folio.make(large_rmappable);
    return folio;
  }

  /** A folio with what `values()` told of one, where there is none. */
  restore(id: number, order: number, values: readonly number[]): void {
    this.place(id, order).fill(values);
  }

  private place(id: number, order: number): Folio {
    this.trees[order] ??= new RadixTree<FolioLeaf>(leafType, emptyRoot, new Edit(), CACHED_LEAVES);
    this.orders |= 1 << order;
    const folio = new Folio(id, order, this);
    if (this.journal.on) this.journal.step(unmake, folio, null);
    return folio;
  }

  /** The folio is none any more: its pages are folios of their own, or free. */
  delete(folio: Folio): void {
    if (this.journal.on) this.journal.step(remake, folio, folio.values());
    folio.wipe();
  }

  /** Called before a folio changes. */
  touch(_folio: { readonly id: number }): void {}

  leaf(order: number, key: number): Readonly<FolioLeaf> | undefined {
    return this.trees[order]!.leaf(key);
  }

  leafForWrite(order: number, key: number): FolioLeaf {
    return this.trees[order]!.leafForWrite(key);
  }

  /** All of them, ascending by their first frames. */
  values(): Folio[] {
    const found: Folio[] = [];
    for (const [order, tree] of this.trees.entries()) {
      tree?.forEachLeaf(0, MOST_FRAMES, (leaf, first) => {
        for (let i = 0; i < 1 << LEAF_BITS; i++) {
          if (leaf[i * FIELDS] !== 0) found.push(new Folio((first + i) * 2 ** order, order, this));
        }
      });
    }
    return found.sort((a, b) => a.id - b.id);
  }

  /** For a world; the same as before where nothing changed. */
  commit(): FoliosRoot {
    const { trees, root } = this;
    if (trees.some((tree, order) => tree !== undefined && !tree.unchanged(root[order] ?? emptyRoot))) {
      this.root = Array.from(trees, (tree) => tree?.commit(new Edit()));
    }
    return this.root;
  }
}

/** The folios of a world, ascending by their first frames. */
export function foliosOf(root: FoliosRoot): FolioRecord[] {
  return new FolioTable(root, new Journal()).values().map(folioRecord);
}

function unmake(folio: Folio): void {
  folio.wipe();
}

function remake(folio: Folio, values: readonly number[]): void {
  folio.fill(values);
}
