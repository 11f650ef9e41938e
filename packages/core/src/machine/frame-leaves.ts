// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Where the records of frames lie. Those of neighbours share a leaf; every 512th frame has its record in a leaf of its own
 * kind, beside those of the 512th frames before and behind it: of a huge page it is the only one that anything
 * touches, and 1,000 huge pages would have a leaf of 8 records and the nodes above it each (2.2 bytes for each page that they map).
 */
import { numberLeaf } from '../mm/number-leaf.js';
import { diffRoots, Edit, emptyRoot, type RadixRoot, RadixTree, upperGeometry } from '../mm/radix.js';

export const FRAME_FIELDS = 9;
const LEAF_BITS = 3;
/** log2 of the frames from one record to the next in a leaf of first frames: HPAGE_PMD_ORDER with pages of 4 kB and entries of 8 bytes. */
const FIRST_ORDER = 9;
const FIRST_MASK = 2 ** FIRST_ORDER - 1;

/** The records of some frames, one behind the other. */
export type FrameLeaf = number[];
export type FrameRoot = RadixRoot<FrameLeaf>;

const FIRST = upperGeometry(LEAF_BITS, FIRST_ORDER);
const LEAF = numberLeaf(LEAF_BITS, FRAME_FIELDS);
const UPPERS = [
  {
    order: FIRST_ORDER,
    height: FIRST.height,
    type: numberLeaf(FIRST.bits, FRAME_FIELDS),
    next: (leaf: FrameLeaf, from: number, to: number) => nextRecord(leaf, from, to),
  },
];

/** The position of the first record in `[from, to)` that is not all zeros, -1 where there is none. */
function nextRecord(leaf: FrameLeaf, from: number, to: number): number {
  for (let at = from * FRAME_FIELDS; at < to * FRAME_FIELDS; at++) {
    if (leaf[at] !== 0) return Math.floor(at / FRAME_FIELDS);
  }
  return -1;
}

/** Frames and their records: 512th frames apart. */
export class FrameLeaves {
  private readonly tree: RadixTree<FrameLeaf>;

  /** `cache`: how many leaves are found without a walk. */
  constructor(
    private root: FrameRoot = emptyRoot,
    cache = 1,
  ) {
    this.tree = new RadixTree(LEAF, root, new Edit(), cache, UPPERS);
  }

  /** The leaf that holds a frame's record, behind `at`; undefined where nothing ever touched it. */
  leaf(pfn: number): Readonly<FrameLeaf> | undefined {
    return (pfn & FIRST_MASK) === 0 ? this.tree.upper(0, pfn) : this.tree.leaf(pfn);
  }

  /** The same, to be written to. */
  leafForWrite(pfn: number): FrameLeaf {
    return (pfn & FIRST_MASK) === 0 ? this.tree.upperForWrite(0, pfn) : this.tree.leafForWrite(pfn);
  }

  /** Where in its leaf a frame's record begins. */
  at(pfn: number): number {
    return FRAME_FIELDS * ((pfn & FIRST_MASK) === 0 ? this.tree.upperSlot(0, pfn) : this.tree.slot(pfn));
  }

  /** Every frame from `from` to before `to` whose record is not all zeros, ascending, while `visit` answers true. */
  forEach(from: number, to: number, visit: (pfn: number, leaf: FrameLeaf, at: number) => boolean): void {
    const { tree } = this;
    let goesOn = true;
    for (let start = from; start < to && goesOn; ) {
      const first = tree.nextUpper(0, start, to);
      const end = first < 0 ? to : first;
      tree.forEachLeaf(start, end, (leaf, begin) => {
        const last = Math.min(1 << LEAF_BITS, end - begin);
        for (let i = Math.max(0, start - begin); i < last && goesOn; i++) {
          if (nextRecord(leaf, i, i + 1) === i) goesOn = visit(begin + i, leaf, i * FRAME_FIELDS);
        }
      });
      if (first < 0) return;
      if (goesOn) goesOn = visit(first, tree.upper(0, first)!, this.at(first));
      start = first + 1;
    }
  }

  /** For a world; the same as before where nothing changed. */
  commit(): FrameRoot {
    if (!this.tree.unchanged(this.root)) this.root = this.tree.commit(new Edit());
    return this.root;
  }
}

/**
 * Every frame whose record is in another leaf in `a` than in `b`, at `at` of it, in no particular order; undefined where nothing ever
 * touched it. The cost is that of what changed.
 */
export function diffFrameRoots(
  a: FrameRoot,
  b: FrameRoot,
  visit: (pfn: number, before: FrameLeaf | undefined, after: FrameLeaf | undefined, at: number) => void,
): void {
  const each =
    (bits: number, order: number) =>
    (before: FrameLeaf | undefined, after: FrameLeaf | undefined, first: number): void => {
      for (let i = 0; i < 1 << bits; i++) visit(first + i * 2 ** order, before, after, i * FRAME_FIELDS);
    };
  const firsts = each(FIRST.bits, FIRST_ORDER);
  diffRoots(LEAF_BITS, a, b, each(LEAF_BITS, 0), (height, before, after, first) => {
    if (height === FIRST.height) firsts(before, after, first);
  });
}
