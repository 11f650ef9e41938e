// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A persistent radix tree from page numbers (plain numbers up to 2^52) to fixed-size leaves of
 * typed arrays. Old roots stay valid for ever; a tree that is being edited owns the nodes that
 * carry its token and changes those in place ("transient"), so that a batch of events copies each
 * node at most once.
 */

const BITS = 5;
const WIDTH = 1 << BITS;

/** Ownership token of one batch of edits. Compared by identity, never by value. */
export class Edit {
  /** Gives the token an identity that no other object shape shares. */
  readonly live = true;
}

export interface RadixNode<L> {
  readonly owner: Edit | null;
  readonly slots: (RadixNode<L> | Leaf<L> | undefined)[];
}

export interface Leaf<L> {
  readonly owner: Edit | null;
  readonly data: L;
}

/** The immutable value: what a world holds. */
export interface RadixRoot<L> {
  readonly height: number;
  readonly node: RadixNode<L> | Leaf<L> | undefined;
}

export interface LeafType<L> {
  /** log2 of the keys in one leaf. */
  readonly bits: number;
  make(): L;
  copy(from: L): L;
}

/** Where the path to leaf `index` goes on in a node of height `h`. */
function slotAt(index: number, h: number): number {
  if (index < 0x8000_0000) return h > 7 ? 0 : (index >>> (BITS * (h - 1))) & (WIDTH - 1);
  return Math.floor(index / WIDTH ** (h - 1)) % WIDTH;
}

export const emptyRoot: RadixRoot<never> = { height: 0, node: undefined };

export class RadixTree<L> {
  private height: number;
  private node: RadixNode<L> | Leaf<L> | undefined;
  private edit: Edit;
  /**
   * The leaves touched last, by the low bits of their index; a missing one is remembered as well. What
   * stands here is always what the tree holds.
   */
  private readonly cachedIndex: number[];
  private readonly cachedLeaf: (Leaf<L> | undefined)[];
  private readonly cacheMask: number;
  private readonly leafSize: number;
  private readonly leafBits: number;
  private readonly mask: number;

  /** `cache`: how many leaves are remembered, a power of two. */
  constructor(
    private readonly type: LeafType<L>,
    root: RadixRoot<L>,
    edit: Edit,
    cache = 1,
  ) {
    this.height = root.height;
    this.node = root.node;
    this.edit = edit;
    this.leafBits = type.bits;
    this.leafSize = 2 ** type.bits;
    this.mask = this.leafSize - 1;
    this.cacheMask = cache - 1;
    this.cachedIndex = new Array<number>(cache).fill(-1);
    this.cachedLeaf = new Array<Leaf<L> | undefined>(cache).fill(undefined);
  }

  /** Position of `key` inside its leaf. */
  slot(key: number): number {
    // bit operators see the low 32 bits, and a leaf is far smaller
    return key & this.mask;
  }

  private indexOf(key: number): number {
    return key < 0x8000_0000 ? key >>> this.leafBits : Math.floor(key / this.leafSize);
  }

  /** The leaf that holds `key`, to be read only; undefined where nothing was ever stored. */
  leaf(key: number): L | undefined {
    const index = this.indexOf(key);
    const at = index & this.cacheMask;
    if (this.cachedIndex[at] === index) return this.cachedLeaf[at]?.data;
    const found = this.find(index);
    this.cachedIndex[at] = index;
    this.cachedLeaf[at] = found;
    return found?.data;
  }

  /** The leaf that holds `key`, owned by the current batch: it may be changed in place. */
  leafForWrite(key: number): L {
    const index = this.indexOf(key);
    const at = index & this.cacheMask;
    if (this.cachedIndex[at] === index) {
      const cached = this.cachedLeaf[at];
      if (cached !== undefined && cached.owner === this.edit) return cached.data;
    }
    const leaf = this.own(index);
    this.cachedIndex[at] = index;
    this.cachedLeaf[at] = leaf;
    return leaf.data;
  }

  /** Visits the leaves whose keys overlap `[start, end)`, ascending; `first` is the leaf's first key. */
  forEachLeaf(start: number, end: number, visit: (data: L, first: number) => void): void {
    if (this.node === undefined || start >= end) return;
    this.walk(this.node, this.height, 0, Math.floor(start / this.leafSize), Math.ceil(end / this.leafSize), visit);
  }

  /** Ends the batch: what was built so far becomes immutable, later edits copy. */
  commit(next: Edit): RadixRoot<L> {
    this.edit = next;
    return { height: this.height, node: this.node };
  }

  private walk(
    node: RadixNode<L> | Leaf<L>,
    height: number,
    base: number,
    from: number,
    to: number,
    visit: (data: L, first: number) => void,
  ): void {
    if (height === 0) {
      visit((node as Leaf<L>).data, base * this.leafSize);
      return;
    }
    const span = WIDTH ** (height - 1);
    const slots = (node as RadixNode<L>).slots;
    const first = Math.max(0, Math.floor((from - base) / span));
    const last = Math.min(WIDTH - 1, Math.ceil((to - base) / span) - 1);
    for (let i = first; i <= last; i++) {
      const child = slots[i];
      if (child !== undefined) this.walk(child, height - 1, base + i * span, from, to, visit);
    }
  }

  private find(index: number): Leaf<L> | undefined {
    if (index >= WIDTH ** this.height) return undefined;
    let node = this.node;
    for (let h = this.height; h > 0 && node !== undefined; h--) node = (node as RadixNode<L>).slots[slotAt(index, h)];
    return node as Leaf<L> | undefined;
  }

  private own(index: number): Leaf<L> {
    while (index >= WIDTH ** this.height) {
      const slots = new Array<RadixNode<L> | Leaf<L> | undefined>(WIDTH).fill(undefined);
      slots[0] = this.node;
      this.node = this.node === undefined ? undefined : { owner: this.edit, slots };
      this.height++;
    }
    let parent: RadixNode<L> | undefined;
    let at = 0;
    let node = this.node;
    for (let h = this.height; h > 0; h--) {
      let inner = node as RadixNode<L> | undefined;
      if (inner === undefined) inner = { owner: this.edit, slots: new Array(WIDTH).fill(undefined) };
      else if (inner.owner !== this.edit) inner = { owner: this.edit, slots: inner.slots.slice() };
      if (inner !== node) this.link(parent, at, inner);
      at = slotAt(index, h);
      parent = inner;
      node = inner.slots[at];
    }
    let leaf = node as Leaf<L> | undefined;
    if (leaf === undefined) leaf = { owner: this.edit, data: this.type.make() };
    else if (leaf.owner !== this.edit) leaf = { owner: this.edit, data: this.type.copy(leaf.data) };
    if (leaf !== node) this.link(parent, at, leaf);
    return leaf;
  }

  private link(parent: RadixNode<L> | undefined, at: number, child: RadixNode<L> | Leaf<L>): void {
    if (parent === undefined) this.node = child;
    else parent.slots[at] = child;
  }
}

/**
 * Visits the pairs of leaves in which two roots differ. Shared subtrees are skipped by identity, so
 * the cost is that of what changed.
 */
export function diffRoots<L>(
  leafBits: number,
  a: RadixRoot<L>,
  b: RadixRoot<L>,
  visit: (before: L | undefined, after: L | undefined, first: number) => void,
): void {
  const leafSize = 2 ** leafBits;
  const height = Math.max(a.height, b.height);
  const raise = (root: RadixRoot<L>): RadixNode<L> | Leaf<L> | undefined => {
    let node = root.node;
    for (let h = root.height; h < height && node !== undefined; h++) node = { owner: null, slots: [node] };
    return node;
  };
  const walk = (
    x: RadixNode<L> | Leaf<L> | undefined,
    y: RadixNode<L> | Leaf<L> | undefined,
    h: number,
    base: number,
  ): void => {
    if (x === y) return;
    if (h === 0) {
      visit((x as Leaf<L> | undefined)?.data, (y as Leaf<L> | undefined)?.data, base * leafSize);
      return;
    }
    const span = WIDTH ** (h - 1);
    const xs = (x as RadixNode<L> | undefined)?.slots;
    const ys = (y as RadixNode<L> | undefined)?.slots;
    for (let i = 0; i < WIDTH; i++) walk(xs?.[i], ys?.[i], h - 1, base + i * span);
  };
  walk(raise(a), raise(b), height, 0);
}
