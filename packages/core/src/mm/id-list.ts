// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * An immutable list of ids in short blocks: a change copies one block and the list of blocks. With as many
 * as a process may have VMAs (65,530) both are short.
 */

/** A block that grows beyond this becomes two. */
const BLOCK = 64;

export class IdList {
  private constructor(
    /** None is empty. */
    private readonly blocks: readonly (readonly number[])[],
    readonly length: number,
  ) {}

  static readonly empty = new IdList([], 0);

  static of(ids: Iterable<number>): IdList {
    const all = [...ids];
    const blocks: number[][] = [];
    for (let i = 0; i < all.length; i += BLOCK) blocks.push(all.slice(i, i + BLOCK));
    return new IdList(blocks, all.length);
  }

  *[Symbol.iterator](): Generator<number, void, void> {
    for (const block of this.blocks) yield* block;
  }

  has(id: number): boolean {
    return this.blocks.some((block) => block.includes(id));
  }

  push(id: number): IdList {
    const last = this.blocks.length - 1;
    return last < 0 ? new IdList([[id]], 1) : this.put(last, this.blocks[last]!.length, id);
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
    for (const [at, block] of this.blocks.entries()) {
      const slot = block.indexOf(other);
      if (slot >= 0) return this.put(at, slot + 1, id);
    }
    return this.push(id);
  }

  /** The list itself where the id is not in it. */
  remove(id: number): IdList {
    for (const [at, block] of this.blocks.entries()) {
      const slot = block.indexOf(id);
      if (slot < 0) continue;
      const blocks = this.blocks.slice();
      if (block.length === 1) blocks.splice(at, 1);
      else blocks[at] = block.toSpliced(slot, 1);
      return new IdList(blocks, this.length - 1);
    }
    return this;
  }

  private put(at: number, slot: number, id: number): IdList {
    const blocks = this.blocks.slice();
    const block = blocks[at]!.toSpliced(slot, 0, id);
    if (block.length > BLOCK) blocks.splice(at, 1, block.slice(0, BLOCK / 2), block.slice(BLOCK / 2));
    else blocks[at] = block;
    return new IdList(blocks, this.length + 1);
  }
}
