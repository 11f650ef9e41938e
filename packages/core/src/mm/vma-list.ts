// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The VMAs of one address space, sorted by vm_start (the kernel's maple tree). They lie in short blocks:
 * in an array of thousands each split and merge would move half of it.
 */
/** What has a place in the list. */
export interface Range {
  readonly vm_start: number;
  readonly vm_end: number;
}

/** A block that grows beyond this becomes two. */
const BLOCK = 64;

export class VmaList<V extends Range> {
  /** None is empty. */
  private blocks: V[][] = [];
  /** All of them, where somebody asked since the last change. */
  private flat: readonly V[] | null = [];
  /** Where `locate` was last. */
  private block = 0;
  private slot = 0;

  /** A copy in one piece, made when it is asked for after a change. */
  get all(): readonly V[] {
    this.flat ??= this.blocks.flat();
    return this.flat;
  }

  set all(vmas: readonly V[]) {
    this.blocks = [];
    for (let i = 0; i < vmas.length; i += BLOCK) this.blocks.push(vmas.slice(i, i + BLOCK));
    this.flat = vmas;
  }

  /** The first VMA that ends above `vpn`. */
  find(vpn: number): V | undefined {
    this.locate(vpn);
    return this.blocks[this.block]?.[this.slot];
  }

  /** The VMA before the one that `find` gives, or the last one. */
  before(vpn: number): V | undefined {
    this.locate(vpn);
    return this.slot > 0 ? this.blocks[this.block]![this.slot - 1] : this.blocks[this.block - 1]?.at(-1);
  }

  insert(vma: V): void {
    this.flat = null;
    this.locate(vma.vm_start);
    if (this.block === this.blocks.length && this.block > 0) {
      this.block--;
      this.slot = this.blocks[this.block]!.length;
    }
    const block = this.blocks[this.block];
    if (block === undefined) {
      this.blocks.push([vma]);
      return;
    }
    block.splice(this.slot, 0, vma);
    if (block.length > BLOCK) this.blocks.splice(this.block + 1, 0, block.splice(BLOCK / 2));
  }

  /** False: it is not linked. */
  remove(vma: V): boolean {
    if (!this.seek(vma)) return false;
    this.flat = null;
    const block = this.blocks[this.block]!;
    if (block.length === 1) this.blocks.splice(this.block, 1);
    else block.splice(this.slot, 1);
    return true;
  }

  includes(vma: V): boolean {
    return this.seek(vma);
  }

  /** Finds the VMA itself, also while a merge lets a neighbour lie over it. */
  private seek(vma: V): boolean {
    this.locate(vma.vm_start);
    for (let block = Math.max(0, this.block - 1); block < this.blocks.length; block++) {
      const slot = this.blocks[block]!.indexOf(vma);
      if (slot < 0) continue;
      this.block = block;
      this.slot = slot;
      return true;
    }
    return false;
  }

  /** Goes to the first VMA that ends above `vpn`; behind the last block where there is none. */
  private locate(vpn: number): void {
    const { blocks } = this;
    let lo = 0;
    let hi = blocks.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      const block = blocks[mid]!;
      if (block[block.length - 1]!.vm_end > vpn) hi = mid;
      else lo = mid + 1;
    }
    this.block = lo;
    const block = blocks[lo];
    lo = 0;
    hi = block === undefined ? 0 : block.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (block![mid]!.vm_end > vpn) hi = mid;
      else lo = mid + 1;
    }
    this.slot = lo;
  }
}
