// SPDX-License-Identifier: GPL-2.0-or-later
/** Users of swap slots: PTEs, and the swap cache (mm/swapfile.c, mm/swap_state.c). */
import type { Pte } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import type { Kernel } from '../base/kernel.js';

/** pte_to_swp_entry(): the offset of a swap PTE on the one device there is, or -1 when it is none of its slots. */
export function swap_offset_of(k: Kernel, p: Pte): number {
  const { swp } = k;
  k.pte.pte_to_swp_entry(p, swp);
  return swp.type === 0 && k.swap.slots.has(swp.offset) ? swp.offset : -1;
}

/** swap_duplicate(). */
export function swap_duplicate(k: Kernel, p: Pte): void {
  if (!k.swap.enabled) return;
  const slot = k.swap.edit(swap_offset_of(k, p));
  if (slot !== undefined) slot.count++;
}

/**
 * free_swap_and_cache() (include/linux/swap.h) of one entry: the last user takes an unmapped page out of the swap
 * cache, too.
 */
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
