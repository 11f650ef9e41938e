// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A file as the memory manager sees it (`struct address_space`): its page cache and the VMAs that
 * map it, in the order of the kernel's interval tree (i_mmap: by vm_pgoff, later ones after equal
 * ones).
 */

export interface AddressSpaceRecord {
  readonly id: number;
  readonly name: string;
  readonly kind: 'device' | 'shmem' | 'file';
  readonly pages: number;
  readonly nameless: boolean;
  /** [index, pfn] */
  readonly page_cache: readonly (readonly [number, number])[];
  /** [index, swap offset] of pages that were paged out. */
  readonly swapped: readonly (readonly [number, number])[];
  /** VMA ids in i_mmap order. */
  readonly i_mmap: readonly number[];
}

/** `V`: the VMA, whose own file binds it. */
export class AddressSpace<V extends { readonly vm_pgoff: number }> {
  i_mmap: V[] = [];
  page_cache = new Map<number, number>();
  swapped = new Map<number, number>();
  record: AddressSpaceRecord | null = null;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly kind: 'device' | 'shmem' | 'file',
    /** Size in pages (0: a device). */
    public pages: number,
    /** Shared anonymous memory: no name in the log, gone with its last mapping. */
    readonly nameless = false,
  ) {}

  /** vma_interval_tree_insert(): after every VMA with the same or a smaller vm_pgoff. */
  insert(vma: V): void {
    const list = this.i_mmap;
    let lo = 0;
    let hi = list.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (list[mid]!.vm_pgoff <= vma.vm_pgoff) lo = mid + 1;
      else hi = mid;
    }
    list.splice(lo, 0, vma);
    this.record = null;
  }

  /** vma_interval_tree_insert_after(): directly behind `prev`. */
  insertAfter(vma: V, prev: V): void {
    const at = this.i_mmap.indexOf(prev);
    this.i_mmap.splice(at < 0 ? this.i_mmap.length : at + 1, 0, vma);
    this.record = null;
  }

  remove(vma: V): void {
    const at = this.i_mmap.indexOf(vma);
    if (at >= 0) {
      this.i_mmap.splice(at, 1);
      this.record = null;
    }
  }

  setPage(index: number, pfn: number | undefined): void {
    if (pfn === undefined) this.page_cache.delete(index);
    else this.page_cache.set(index, pfn);
    this.record = null;
  }

  setSwapped(index: number, offset: number | undefined): void {
    if (offset === undefined) this.swapped.delete(index);
    else this.swapped.set(index, offset);
    this.record = null;
  }
}
