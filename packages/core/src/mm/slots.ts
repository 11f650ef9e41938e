// SPDX-License-Identifier: GPL-2.0-or-later
/** A persistent array with holes: values by number, sharing structure with what it came from. */
import { Edit, emptyRoot, type LeafType, type RadixRoot, RadixTree } from './radix.js';

export const SLOT_LEAF_BITS = 3;

const SIZE = 1 << SLOT_LEAF_BITS;

export type SlotLeaf<V> = (V | undefined)[];

/** The immutable value. `size`: how many numbers have a value. */
export interface SlotsRoot<V> {
  readonly size: number;
  readonly tree: RadixRoot<SlotLeaf<V>>;
}

/** Leaves that are found without a walk. */
const CACHED = 4;

export const emptySlots: SlotsRoot<never> = { size: 0, tree: emptyRoot };

const leafType: LeafType<SlotLeaf<never>> = {
  bits: SLOT_LEAF_BITS,
  make: () => new Array<undefined>(SIZE).fill(undefined),
  copy: (from) => from.slice(),
};

export class Slots<V> {
  private readonly tree: RadixTree<SlotLeaf<V>>;
  /** What was committed last, or opened. */
  private root: SlotsRoot<V>;
  size: number;

  constructor(root: SlotsRoot<V>) {
    this.tree = new RadixTree(leafType as LeafType<SlotLeaf<V>>, root.tree, new Edit(), CACHED);
    this.root = root;
    this.size = root.size;
  }

  get(key: number): V | undefined {
    return this.tree.leaf(key)?.[this.tree.slot(key)];
  }

  has(key: number): boolean {
    return this.get(key) !== undefined;
  }

  /** Undefined takes the value away. Returns what was there. */
  set(key: number, value: V | undefined): V | undefined {
    const old = this.get(key);
    if (old === value) return old;
    // numbers are not taken twice: what held those that are gone would only grow
    if (value === undefined && this.isLast(key))
      this.tree.drop(key - this.tree.slot(key), key - this.tree.slot(key) + SIZE);
    else this.tree.leafForWrite(key)[this.tree.slot(key)] = value;
    if (old === undefined) this.size++;
    else if (value === undefined) this.size--;
    return old;
  }

  /** No other number of its leaf has a value. */
  private isLast(key: number): boolean {
    const leaf = this.tree.leaf(key);
    const at = this.tree.slot(key);
    // the first leaf stays, for a tree that is nothing else has no node to take it from
    if (leaf === undefined || key < SIZE) return false;
    for (let i = 0; i < SIZE; i++) if (i !== at && leaf[i] !== undefined) return false;
    return true;
  }

  /** Ascending. */
  *entries(start = 0, end = Number.MAX_SAFE_INTEGER): Generator<[number, V], void, void> {
    if (this.size === 0) return;
    const found: [number, V][] = [];
    this.tree.forEachLeaf(start, end, (leaf, first) => {
      for (const [i, value] of leaf.entries()) {
        if (value !== undefined && first + i >= start && first + i < end) found.push([first + i, value]);
      }
    });
    yield* found;
  }

  /** Ends the batch; the same root as before where nothing changed. */
  commit(): SlotsRoot<V> {
    const { root } = this;
    if (this.tree.unchanged(root.tree)) return root;
    this.root = { size: this.size, tree: this.tree.commit(new Edit()) };
    return this.root;
  }
}

/** One value of a root. */
export function slotOf<V>(root: SlotsRoot<V>, key: number): V | undefined {
  return new Slots(root).get(key);
}

/** All values of a root, ascending by number. */
export function slotEntries<V>(root: SlotsRoot<V>): [number, V][] {
  return [...new Slots(root).entries()];
}
