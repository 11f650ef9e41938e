// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Map counts of pages of hugetlb (include/linux/rmap.h, mm/rmap.c): an entry maps all of a page, which has no counts of its parts
 * and no owners.
 */
import { F, PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { __folio_set_anon, folio_maybe_dma_pinned } from '../folio/rmap.js';

/** hugetlb_add_new_anon_rmap() (mm/rmap.c). */
export function hugetlb_add_new_anon_rmap(k: Kernel, folio: Folio, vma: Vma, first: number): void {
  folio.set('entire_mapcount', 1);
  folio.set('large_mapcount', 1);
  folio.set_restore_reserve(false);
  __folio_set_anon(k, folio.id, vma, first, true);
  k.frames.setFlag(folio.id, PG.anon_exclusive);
}

/** hugetlb_add_file_rmap() (include/linux/rmap.h). */
export function hugetlb_add_file_rmap(folio: Folio): void {
  folio.add('entire_mapcount', 1);
  folio.add('large_mapcount', 1);
}

/** hugetlb_try_dup_anon_rmap() (include/linux/rmap.h): false where the page may be pinned and has to be copied. */
export function hugetlb_try_dup_anon_rmap(k: Kernel, folio: Folio, src: Vma): boolean {
  if (k.frames.test(folio.id, PG.anon_exclusive)) {
    if (src.mm.has_pinned && folio_maybe_dma_pinned(k, folio.id)) return false;
    k.frames.clearFlag(folio.id, PG.anon_exclusive);
  }
  hugetlb_add_file_rmap(folio);
  return true;
}

/** hugetlb_remove_rmap() (include/linux/rmap.h). */
export function hugetlb_remove_rmap(folio: Folio): void {
  folio.add('entire_mapcount', -1);
  folio.add('large_mapcount', -1);
}

/** copy_user_large_folio() (mm/memory.c). */
export function copy_user_large_folio(k: Kernel, to: Folio, from: Folio): void {
  for (let i = 0; i < from.pages; i++) {
    const content = k.frames.get(from.id + i, F.content);
    if (content !== 0) k.frames.set(to.id + i, F.content, content);
  }
  k.frames.setFlag(to.id, PG.uptodate);
}
