// SPDX-License-Identifier: GPL-2.0-or-later
/** Dropping pages from the swap cache when nothing else needs their slot (mm/swapfile.c, mm/swap_state.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { Kernel } from '../base/kernel.js';
import { delete_from_swap_cache } from './swapfile.js';

/** folio_free_swap(): true when the page left the swap cache. */
export function folio_free_swap(k: Kernel, pfn: number): boolean {
  if (!k.frames.test(pfn, PG.swapcache)) return false;
  const slot = k.swap.slot(k.frames.get(pfn, F.swap));
  if (slot !== undefined && slot.count > 0) return false;
  delete_from_swap_cache(k, pfn);
  return true;
}

/** free_swap_cache(): for a page that is mapped no more. */
export function free_swap_cache(k: Kernel, pfn: number): void {
  if (k.frames.test(pfn, PG.swapcache) && k.page_mapcount(pfn) <= 0) folio_free_swap(k, pfn);
}
