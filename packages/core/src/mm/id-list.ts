// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * An immutable list of ids in short blocks: a change copies one block and the list of blocks. With as many
 * as a process may have VMAs (65,530) both are short.
 */

/** A block that grows beyond this becomes two. */
const BLOCK = 64;

/** The least and the greatest id of a block. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

export class IdList {
  private constructor(
    /** None is empty. */
    private readonly blocks: readonly (readonly number[])[],
    /** Of each block. */
    private readonly bounds: readonly Bounds[],
    readonly length: number,
  ) {}

  static readonly empty = new IdList([], [], 0);

  static of(ids: Iterable<number>): IdList {
    const all = [...ids];
    const blocks: number[][] = [];
    for (let i = 0; i < all.length; i += BLOCK) blocks.push(all.slice(i, i + BLOCK));
    return new IdList(blocks, blocks.map(boundsOf), all.length);
  }

  *[Symbol.iterator](): Generator<number, void, void> {
    for (const block of this.blocks) yield* block;
  }

  has(id: number): boolean {
    return this.blockOf(id) >= 0;
  }

  /** The ids in parts, in order; a part is the same one as long as none of its ids comes or goes. */
  get parts(): readonly (readonly number[])[] {
    return this.blocks;
  }

  /** The part that an id is in. */
  partOf(id: number): readonly number[] | undefined {
    return this.blocks[this.blockOf(id)];
  }

  push(id: number): IdList {
    const last = this.blocks.length - 1;
    return last < 0 ? IdList.of([id]) : this.put(last, this.blocks[last]!.length, id);
  }

  /** Before the first one for which `behind` holds; from there on it must hold for all. */
  insertBefore(behind: (id: number) => boolean, id: number): IdList {
    const { blocks } = this;
    let lo = 0;
    let hi = blocks.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      const block = blocks[mid]!;
      if (behind(block[block.length - 1]!)) hi = mid;
      else lo = mid + 1;
    }
    if (lo === blocks.length) return this.push(id);
    const block = blocks[lo]!;
    let slot = 0;
    let end = block.length;
    while (slot < end) {
      const mid = (slot + end) >>> 1;
      if (behind(block[mid]!)) end = mid;
      else slot = mid + 1;
    }
    return this.put(lo, slot, id);
  }

  /** Right behind `other`, or at the end where that is not in the list. */
  insertAfter(other: number, id: number): IdList {
    const at = this.blockOf(other);
    return at < 0 ? this.push(id) : this.put(at, this.blocks[at]!.indexOf(other) + 1, id);
  }

  /** The list itself where the id is not in it. */
  remove(id: number): IdList {
    const at = this.blockOf(id);
    if (at < 0) return this;
    const block = this.blocks[at]!;
    const blocks = this.blocks.slice();
    const bounds = this.bounds.slice();
    if (block.length === 1) {
      blocks.splice(at, 1);
      bounds.splice(at, 1);
    } else {
      blocks[at] = block.toSpliced(block.indexOf(id), 1);
      bounds[at] = boundsOf(blocks[at]);
    }
    return new IdList(blocks, bounds, this.length - 1);
  }

  /** The block that an id is in; -1: none. Ids of neighbours are near to each other, so that few blocks are searched. */
  private blockOf(id: number): number {
    const { blocks, bounds } = this;
    for (let at = 0; at < bounds.length; at++) {
      const { least, most } = bounds[at]!;
      if (id >= least && id <= most && blocks[at]!.includes(id)) return at;
    }
    return -1;
  }

  private put(at: number, slot: number, id: number): IdList {
    const blocks = this.blocks.slice();
    const bounds = this.bounds.slice();
    const block = blocks[at]!.toSpliced(slot, 0, id);
    if (block.length > BLOCK) {
      const [left, right] = [block.slice(0, BLOCK / 2), block.slice(BLOCK / 2)];
      blocks.splice(at, 1, left, right);
      bounds.splice(at, 1, boundsOf(left), boundsOf(right));
    } else {
      blocks[at] = block;
      const { least, most } = bounds[at]!;
      if (id < least || id > most) bounds[at] = { least: Math.min(least, id), most: Math.max(most, id) };
    }
    return new IdList(blocks, bounds, this.length + 1);
  }
}

function boundsOf(block: readonly number[]): Bounds {
  let least = block[0]!;
  let most = least;
  for (const id of block) {
    if (id < least) least = id;
    else if (id > most) most = id;
  }
  return { least, most };
}
