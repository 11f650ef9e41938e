// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A persistent radix tree from page numbers (plain numbers up to 2^52) to fixed-size leaves of
 * typed arrays. Old roots stay valid for ever; a tree that is being edited owns the nodes that
 * carry its token and changes those in place ("transient"), so that a batch of events copies each
 * node at most once.
 */

const BITS = 5;
const WIDTH = 1 << BITS;

/** Leaves below a slot of a node, by the node's height, and so below a node one lower; powers are slow where nothing else takes time. */
const SPANS: readonly number[] = Array.from({ length: 13 }, (_, height) => WIDTH ** Math.max(0, height - 1));

/** Ownership token of one batch of edits. Compared by identity, never by value. */
export class Edit {
  /** Gives the token an identity that no other object shape shares. */
  readonly live = true;
}

export interface RadixNode<L> {
  readonly owner: Edit | null;
  readonly slots: (RadixNode<L> | Leaf<L> | undefined)[];
  /** Entries of a higher level for the keys below this node, where its height is that of such a level. */
  upper: Leaf<L> | undefined;
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
  /** log2 of the entries in one leaf. */
  readonly bits: number;
  make(): L;
  copy(from: L): L;
}

/**
 * Entries that stand for `2 ** order` keys each, in the same tree: a leaf of them hangs at the node that
 * covers the same keys, above whatever there is of single keys.
 */
export interface UpperLevel<L> {
  readonly order: number;
  /** Of the nodes at which the leaves hang. */
  readonly height: number;
  readonly type: LeafType<L>;
  /** Position of the first entry in `[from, to)` of a leaf, or -1. */
  readonly next: (data: L, from: number, to: number) => number;
}

/** The fewest entries (log2) in a leaf of an upper level. */
const UPPER_BITS = 4;

/** Where leaves of an upper level hang in a tree of `leafBits`, and how many entries (log2) each has. */
export function upperGeometry(leafBits: number, order: number): { readonly height: number; readonly bits: number } {
  const height = Math.max(1, Math.ceil((order + UPPER_BITS - leafBits) / BITS));
  return { height, bits: leafBits + BITS * height - order };
}

/** Where the path to leaf `index` goes on in a node of height `h`. */
function slotAt(index: number, h: number): number {
  if (index < 0x8000_0000) return h > 7 ? 0 : (index >>> (BITS * (h - 1))) & (WIDTH - 1);
  return Math.floor(index / WIDTH ** (h - 1)) % WIDTH;
}

export const emptyRoot: RadixRoot<never> = { height: 0, node: undefined };

const NO_UPPERS: readonly never[] = [];

/** Leaves that are remembered at first. */
const FIRST_CACHE = 2;

export class RadixTree<L> {
  private height: number;
  private node: RadixNode<L> | Leaf<L> | undefined;
  private edit: Edit;
  /**
   * The leaves touched last, by the low bits of their index; a missing one is remembered as well. What
   * stands here is always what the tree holds.
   */
  private cachedIndex: number[];
  private cachedLeaf: (Leaf<L> | undefined)[];
  private cacheMask: number;
  /** Leaves that were not remembered, since the memory has its size. */
  private misses = 0;
  private readonly leafSize: number;
  private readonly leafBits: number;
  private readonly mask: number;
  /** Of each upper level: the leaf looked at last. */
  private readonly upperIndex: number[] = [];
  /** Keys of an entry and of a leaf, and the entries of a leaf less one. */
  private readonly upperSize: readonly number[];
  private readonly upperSpan: readonly number[];
  private readonly upperMask: readonly number[];
  private readonly upperLeaf: (Leaf<L> | undefined)[] = [];
  /** Hears of every leaf of single keys that comes into being, by its first key. */
  made: ((first: number) => void) | null = null;
  /** Hears of the first change after a commit: everything above it is new then, up to the root. */
  changed: (() => void) | null = null;

  /**
   * `cache`: how many leaves are remembered at most, a power of two; the memory for them grows when it is of
   * use. `uppers`: ascending by order.
   */
  constructor(
    private readonly type: LeafType<L>,
    root: RadixRoot<L>,
    edit: Edit,
    private readonly cache = 1,
    private readonly uppers: readonly UpperLevel<L>[] = NO_UPPERS,
  ) {
    this.height = root.height;
    this.node = root.node;
    this.edit = edit;
    this.leafBits = type.bits;
    this.leafSize = 2 ** type.bits;
    this.upperSize = uppers.map(({ order }) => 2 ** order);
    this.upperSpan = uppers.map(({ order, type: { bits } }) => 2 ** (order + bits));
    this.upperMask = uppers.map(({ type: { bits } }) => 2 ** bits - 1);
    this.mask = this.leafSize - 1;
    const first = Math.min(cache, FIRST_CACHE);
    this.cacheMask = first - 1;
    this.cachedIndex = first === FIRST_CACHE ? [-1, -1] : [-1];
    this.cachedLeaf = first === FIRST_CACHE ? [undefined, undefined] : [undefined];
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
    this.remember(index, found);
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
    this.remember(index, leaf);
    return leaf.data;
  }

  private remember(index: number, leaf: Leaf<L> | undefined): void {
    const size = this.cacheMask + 1;
    if (size < this.cache && ++this.misses > 8 * size) {
      const larger = Math.min(this.cache, 8 * size);
      this.misses = 0;
      this.cacheMask = larger - 1;
      this.cachedIndex = new Array<number>(larger).fill(-1);
      this.cachedLeaf = new Array<Leaf<L> | undefined>(larger).fill(undefined);
    }
    const at = index & this.cacheMask;
    this.cachedIndex[at] = index;
    this.cachedLeaf[at] = leaf;
  }

  /** Is there a leaf of single keys in `[start, end)`, be it an empty one? */
  hasLeaf(start: number, end: number): boolean {
    if (end - start <= this.leafSize) return this.leaf(start) !== undefined;
    const to = Math.ceil(end / this.leafSize);
    return this.node !== undefined && this.anyLeaf(this.node, this.height, 0, this.indexOf(start), to);
  }

  private anyLeaf(node: RadixNode<L> | Leaf<L>, height: number, base: number, from: number, to: number): boolean {
    if (height === 0) return base >= from && base < to;
    const span = SPANS[height]!;
    const { slots } = node as RadixNode<L>;
    const last = Math.min(WIDTH - 1, Math.ceil((to - base) / span) - 1);
    for (let i = Math.max(0, Math.floor((from - base) / span)); i <= last; i++) {
      const child = slots[i];
      if (child !== undefined && this.anyLeaf(child, height - 1, base + i * span, from, to)) return true;
    }
    return false;
  }

  /** Position of `key` inside its leaf of upper level `i`. */
  upperSlot(i: number, key: number): number {
    return Math.floor(key / this.upperSize[i]!) & this.upperMask[i]!;
  }

  /** The leaf of upper level `i` that stands for `key`, to be read only. */
  upper(i: number, key: number): L | undefined {
    const index = this.upperIndexOf(i, key);
    if (this.upperIndex[i] === index) return this.upperLeaf[i]?.data;
    const found = this.findNode(this.indexOf(key), this.uppers[i]!.height)?.upper;
    this.upperIndex[i] = index;
    this.upperLeaf[i] = found;
    return found?.data;
  }

  /** The same, owned by the current batch. */
  upperForWrite(i: number, key: number): L {
    const index = this.upperIndexOf(i, key);
    const cached = this.upperLeaf[i];
    if (this.upperIndex[i] === index && cached !== undefined && cached.owner === this.edit) return cached.data;
    const node = this.ownNode(this.indexOf(key), this.uppers[i]!.height);
    const { type } = this.uppers[i]!;
    let leaf = node.upper;
    if (leaf === undefined) leaf = { owner: this.edit, data: type.make() };
    else if (leaf.owner !== this.edit) leaf = { owner: this.edit, data: type.copy(leaf.data) };
    node.upper = leaf;
    this.upperIndex[i] = index;
    this.upperLeaf[i] = leaf;
    return leaf.data;
  }

  /** The first key of the first entry of upper level `i` that begins in `[start, end)`; -1 where none does. */
  nextUpper(i: number, start: number, end: number): number {
    const level = this.uppers[i]!;
    if (this.node === undefined || this.height < level.height || start >= end) return -1;
    return this.searchUpper(this.node as RadixNode<L>, this.height, 0, level, start, end);
  }

  /**
   * Takes the leaves of single keys, and those of upper levels below `[start, end)`, out of the tree, and nodes that
   * hold nothing then. The range is that of one leaf, or of one entry of an upper level; what stood there is forgotten.
   */
  drop(start: number, end: number): void {
    const from = this.indexOf(start);
    const to = this.indexOf(end);
    if (this.node === undefined || this.height === 0) return;
    // nodes that the batch owns are changed in place
    this.node = this.dropIn(this.node as RadixNode<L>, this.height, 0, from, to);
    this.changed?.();
    for (let at = 0; at < this.cachedIndex.length; at++) {
      const index = this.cachedIndex[at]!;
      if (index >= from && index < to) this.cachedLeaf[at] = undefined;
    }
    this.upperIndex.length = 0;
  }

  /** The leaf that holds `key` as an object, to be put into this tree or another one. */
  leafObject(key: number): Leaf<L> | undefined {
    const index = this.indexOf(key);
    const at = index & this.cacheMask;
    if (this.cachedIndex[at] === index) return this.cachedLeaf[at];
    const found = this.find(index);
    this.remember(index, found);
    return found;
  }

  /**
   * Puts a leaf in the place of the one that holds `key`. One of another tree stays what it is, if that tree has
   * let go of it: the first write here copies it.
   */
  putLeaf(key: number, leaf: Leaf<L> | undefined): void {
    const index = this.indexOf(key);
    const parent = this.ownNode(index, 1);
    parent.slots[slotAt(index, 1)] = leaf;
    this.remember(index, leaf);
  }

  /** Lets go of everything: another tree may hold it as well from now on, and the next write to it copies it. */
  letGo(): void {
    this.edit = new Edit();
  }

  /** Visits the leaves whose keys overlap `[start, end)`, ascending; `first` is the leaf's first key. */
  forEachLeaf(start: number, end: number, visit: (data: L, first: number, leaf: Leaf<L>) => void): void {
    if (this.node === undefined || start >= end) return;
    this.walk(this.node, this.height, 0, Math.floor(start / this.leafSize), Math.ceil(end / this.leafSize), visit);
  }

  /** Does the tree hold just what `root` does? */
  unchanged(root: RadixRoot<L>): boolean {
    return this.node === root.node && this.height === root.height;
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
    visit: (data: L, first: number, leaf: Leaf<L>) => void,
  ): void {
    if (height === 0) {
      visit((node as Leaf<L>).data, base * this.leafSize, node as Leaf<L>);
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
    if (index >= SPANS[this.height + 1]!) return undefined;
    let node = this.node;
    for (let h = this.height; h > 0 && node !== undefined; h--) node = (node as RadixNode<L>).slots[slotAt(index, h)];
    return node as Leaf<L> | undefined;
  }

  private upperIndexOf(i: number, key: number): number {
    return Math.floor(key / this.upperSpan[i]!);
  }

  /** The node of height `at` above leaf `index`. */
  private findNode(index: number, at: number): RadixNode<L> | undefined {
    if (this.height < at || index >= SPANS[this.height + 1]!) return undefined;
    let node = this.node;
    for (let h = this.height; h > at && node !== undefined; h--) node = (node as RadixNode<L>).slots[slotAt(index, h)];
    return node as RadixNode<L> | undefined;
  }

  private searchUpper(
    node: RadixNode<L>,
    height: number,
    base: number,
    level: UpperLevel<L>,
    start: number,
    end: number,
  ): number {
    const first = base * this.leafSize;
    if (height === level.height) {
      if (node.upper === undefined) return -1;
      const size = 2 ** level.order;
      const from = Math.max(0, Math.ceil((start - first) / size));
      const found = level.next(node.upper.data, from, Math.min(2 ** level.type.bits, Math.ceil((end - first) / size)));
      return found < 0 ? -1 : first + found * size;
    }
    const span = SPANS[height]!;
    const keys = span * this.leafSize;
    const last = Math.min(WIDTH - 1, Math.ceil((end - first) / keys) - 1);
    for (let i = Math.max(0, Math.floor((start - first) / keys)); i <= last; i++) {
      const child = node.slots[i] as RadixNode<L> | undefined;
      if (child === undefined) continue;
      const found = this.searchUpper(child, height - 1, base + i * span, level, start, end);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** The node without what lies in leaves `[from, to)`; itself where that is nothing. */
  private dropIn(node: RadixNode<L>, height: number, base: number, from: number, to: number): RadixNode<L> {
    const span = WIDTH ** (height - 1);
    const last = Math.min(WIDTH - 1, Math.ceil((to - base) / span) - 1);
    let mine = node;
    for (let i = Math.max(0, Math.floor((from - base) / span)); i <= last; i++) {
      const child = mine.slots[i];
      if (child === undefined) continue;
      const first = base + i * span;
      const whole = first >= from && first + span <= to;
      const rest = whole ? undefined : this.dropIn(child as RadixNode<L>, height - 1, first, from, to);
      const left = rest === undefined || holdsNothing(rest) ? undefined : rest;
      if (left === child) continue;
      mine = this.ownedNode(mine);
      mine.slots[i] = left;
    }
    return mine;
  }

  /** Makes the tree high enough for leaf `index`, and for nodes of height `at`. */
  private raise(index: number, at: number): void {
    while (index >= SPANS[this.height + 1]! || this.height < at) {
      const slots = new Array<RadixNode<L> | Leaf<L> | undefined>(WIDTH).fill(undefined);
      slots[0] = this.node;
      if (this.node !== undefined) {
        this.node = { owner: this.edit, slots, upper: undefined };
        this.changed?.();
      }
      this.height++;
    }
  }

  /** The node of height `at` above leaf `index`, owned by the current batch. */
  private ownNode(index: number, at: number): RadixNode<L> {
    this.raise(index, at);
    let parent: RadixNode<L> | undefined;
    let slot = 0;
    let node = this.node as RadixNode<L> | undefined;
    for (let h = this.height; ; h--) {
      const mine = this.ownedNode(node);
      if (mine !== node) this.link(parent, slot, mine);
      if (h === at) return mine;
      slot = slotAt(index, h);
      parent = mine;
      node = mine.slots[slot] as RadixNode<L> | undefined;
    }
  }

  private ownedNode(node: RadixNode<L> | undefined): RadixNode<L> {
    if (node === undefined) return { owner: this.edit, slots: new Array(WIDTH).fill(undefined), upper: undefined };
    if (node.owner === this.edit) return node;
    return { owner: this.edit, slots: node.slots.slice(), upper: node.upper };
  }

  private own(index: number): Leaf<L> {
    this.raise(index, 0);
    let parent: RadixNode<L> | undefined;
    let at = 0;
    let node = this.node;
    for (let h = this.height; h > 0; h--) {
      const inner = this.ownedNode(node as RadixNode<L> | undefined);
      if (inner !== node) this.link(parent, at, inner);
      at = slotAt(index, h);
      parent = inner;
      node = inner.slots[at];
    }
    let leaf = node as Leaf<L> | undefined;
    if (leaf === undefined) {
      leaf = { owner: this.edit, data: this.type.make() };
      this.made?.(index * this.leafSize);
    } else if (leaf.owner !== this.edit) leaf = { owner: this.edit, data: this.type.copy(leaf.data) };
    if (leaf !== node) this.link(parent, at, leaf);
    return leaf;
  }

  private link(parent: RadixNode<L> | undefined, at: number, child: RadixNode<L> | Leaf<L>): void {
    if (parent === undefined) {
      this.node = child;
      this.changed?.();
    } else parent.slots[at] = child;
  }
}

function holdsNothing<L>({ slots, upper }: RadixNode<L>): boolean {
  if (upper !== undefined) return false;
  for (let i = 0; i < slots.length; i++) if (slots[i] !== undefined) return false;
  return true;
}

/**
 * Visits the pairs of leaves in which two roots differ. Shared subtrees are skipped by identity, so
 * the cost is that of what changed. `upper`: the same for leaves of upper levels, with the height of their
 * node; each before the leaves below it.
 */
export function diffRoots<L>(
  leafBits: number,
  a: RadixRoot<L>,
  b: RadixRoot<L>,
  visit: (before: L | undefined, after: L | undefined, first: number) => void,
  upper?: (height: number, before: L | undefined, after: L | undefined, first: number) => void,
): void {
  const leafSize = 2 ** leafBits;
  const height = Math.max(a.height, b.height);
  const raise = (root: RadixRoot<L>): RadixNode<L> | Leaf<L> | undefined => {
    let node = root.node;
    for (let h = root.height; h < height && node !== undefined; h++) {
      node = { owner: null, slots: [node], upper: undefined };
    }
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
    const xs = x as RadixNode<L> | undefined;
    const ys = y as RadixNode<L> | undefined;
    if (xs?.upper !== ys?.upper) upper?.(h, xs?.upper?.data, ys?.upper?.data, base * leafSize);
    const span = WIDTH ** (h - 1);
    for (let i = 0; i < WIDTH; i++) walk(xs?.slots[i], ys?.slots[i], h - 1, base + i * span);
  };
  walk(raise(a), raise(b), height, 0);
}
