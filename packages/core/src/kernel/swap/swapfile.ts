// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Swap space (mm/swapfile.c): use counts of slots, and what is stored in them. `pages` 0 is a kernel
 * without CONFIG_SWAP, for which a swap entry in a PTE means nothing.
 */
import type { Pte, SwapEntry } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import type { Kernel } from '../base/kernel.js';

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

const swp: SwapEntry = { type: 0, offset: 0 };

/** pte_to_swp_entry(): the offset of a swap PTE on the one device there is, or -1 when it is none of its slots. */
export function swap_offset_of(k: Kernel, p: Pte): number {
  k.pte.pte_to_swp_entry(p, swp);
  return swp.type === 0 && k.swap.slots.has(swp.offset) ? swp.offset : -1;
}

/** swap_duplicate(). */
export function swap_duplicate(k: Kernel, p: Pte): void {
  if (!k.swap.enabled) return;
  const slot = k.swap.edit(swap_offset_of(k, p));
  if (slot !== undefined) slot.count++;
}

/** free_swap_and_cache() of one entry: the last user takes an unmapped page out of the swap cache, too. */
export function free_swap_and_cache(k: Kernel, p: Pte): void {
  if (!k.swap.enabled) return;
  const offset = swap_offset_of(k, p);
  const slot = k.swap.edit(offset);
  if (slot === undefined) return;
  slot.count--;
  if (slot.count === 0 && slot.cache >= 0 && k.page_mapcount(slot.cache) <= 0) delete_from_swap_cache(k, slot.cache);
  k.swap.freeIfUnused(offset);
}

/** swap_free(). */
export function swap_free(k: Kernel, offset: number): void {
  const slot = k.swap.edit(offset);
  if (slot === undefined) return;
  slot.count--;
  k.swap.freeIfUnused(offset);
}

/** add_to_swap_cache(): the cache holds a reference. */
export function add_to_swap_cache(k: Kernel, pfn: number, offset: number): void {
  k.get_page(pfn);
  k.frames.setFlag(pfn, PG.swapcache);
  k.frames.set(pfn, F.swap, offset);
  k.swap.edit(offset)!.cache = pfn;
}

/** delete_from_swap_cache(): and the page is dirty again, for its only copy is in memory now. */
export function delete_from_swap_cache(k: Kernel, pfn: number): void {
  const offset = k.frames.get(pfn, F.swap);
  const slot = k.swap.edit(offset);
  if (slot !== undefined) slot.cache = -1;
  k.swap.freeIfUnused(offset);
  k.frames.clearFlag(pfn, PG.swapcache);
  k.frames.set(pfn, F.swap, 0);
  k.frames.setFlag(pfn, PG.dirty);
  k.put_page(pfn);
}
