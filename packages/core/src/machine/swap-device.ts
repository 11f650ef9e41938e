// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Swap space (mm/swapfile.c): use counts of slots, and what is stored in them. `pages` 0 is a kernel
 * without CONFIG_SWAP, for which a swap entry in a PTE means nothing.
 */

export interface SwapSlot {
  /** PTEs and page cache entries that hold the slot (swap_map without SWAP_HAS_CACHE). */
  count: number;
  /** The page in the swap cache, or -1. */
  cache: number;
  /** First byte of what was written out; null before that. */
  content: number;
  /** Reclaim remembers when the page was evicted (its shadow entry): coming back soon makes it active. */
  shadow: boolean;
}

const SWAPFILE_CLUSTER = 256;

/** Statics of swapin_nr_pages() (mm/swap_state.c), as a machine has them after boot. */
export interface ClusterReadahead {
  readonly prev_offset: number;
  readonly hits: number;
  readonly last_pages: number;
}

export class SwapDevice {
  readonly slots = new Map<number, SwapSlot>();
  /** The next slot that was never used: from the first cluster (SWAPFILE_CLUSTER, 256) that is wholly free. */
  next: number;
  /** Changed since the last commit. */
  dirty = true;
  /** swap_cluster_readahead()'s memory, one for the machine: it outlives the swap space. */
  cluster: ClusterReadahead = { prev_offset: 0, hits: 4, last_pages: 0 };

  constructor(readonly pages: number) {
    // slot 0 is the header, so that its cluster is not free
    this.next = pages > SWAPFILE_CLUSTER ? SWAPFILE_CLUSTER : 1;
  }

  get enabled(): boolean {
    return this.pages > 0;
  }

  /** folio_alloc_swap(): a free slot, or -1. */
  alloc(): number {
    if (this.next > this.pages) return -1;
    this.dirty = true;
    const offset = this.next++;
    this.slots.set(offset, { count: 0, cache: -1, content: 0, shadow: false });
    return offset;
  }

  slot(offset: number): SwapSlot | undefined {
    return this.slots.get(offset);
  }

  /** For writing: the slot as an object of this batch. */
  edit(offset: number): SwapSlot | undefined {
    const slot = this.slots.get(offset);
    if (slot === undefined) return undefined;
    this.dirty = true;
    return slot;
  }

  /** Frees a slot that nothing holds any more. */
  freeIfUnused(offset: number): void {
    const slot = this.slots.get(offset);
    if (slot !== undefined && slot.count <= 0 && slot.cache < 0) {
      this.slots.delete(offset);
      this.dirty = true;
    }
  }
}
