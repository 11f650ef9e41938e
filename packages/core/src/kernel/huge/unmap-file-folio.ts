// SPDX-License-Identifier: GPL-2.0-or-later
/** unmap_folio() (mm/huge_memory.c) of a file's folio, of `pages`: faults bring back what is needed. */
import { type Kernel, newPte } from '../base/kernel.js';
import { folio_test_pmd_mappable } from '../folio/deferred-split.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { folio_remove_rmap_pte, mm_counter_file } from '../folio/rmap.js';
import { rmap_walk_folio } from './rmap-walk.js';
import { split_huge_pmd_of } from './split-huge.js';

/** try_to_unmap() (mm/rmap.c) with TTU_SPLIT_HUGE_PMD and TTU_IGNORE_MLOCK. */
export function unmap_file_folio(k: Kernel, head: number, pages: number): void {
  const folio = k.large_folio(head);
  const pteval = newPte();
  for (const { vma, first, start, end } of rmap_walk_folio(k, head, pages)) {
    if (k.page_mapcount(head) === 0) return;
    if (folio !== undefined && folio_test_pmd_mappable(k, folio)) split_huge_pmd_of(k, vma, first, folio);
    for (let vpn = start; vpn < end; vpn++) {
      const page = head + (vpn - first);
      vma.mm.pt.get(vpn, pteval);
      if (!k.pte.present(pteval) || k.pte.pfn(pteval) !== page) continue;
      vma.mm.pt.clear(vpn);
      if (k.pte.dirty(pteval)) folio_mark_dirty(k, page);
      vma.mm.dec_mm_counter(mm_counter_file(k, page));
      folio_remove_rmap_pte(k, page, vma);
      k.put_page(head);
    }
  }
}
