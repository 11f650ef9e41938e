/** Paging out (mm/vmscan.c: reclaim_pages, shrink_folio_list; mm/rmap.c: try_to_unmap). */
import type { Kernel } from './kernel.js';

/** reclaim_pages() of isolated pages. */
export function pageout(k: Kernel, pages: readonly number[]): void {
  if (!k.swap.enabled || pages.length === 0) return;
}
