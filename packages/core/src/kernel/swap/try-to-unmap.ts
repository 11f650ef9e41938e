// SPDX-License-Identifier: GPL-2.0-or-later
/** try_to_unmap() (mm/rmap.c): takes one page out of every page table that the reverse mapping finds. */
import { F, PG } from '../../machine/frame-table.js';
import { IdList } from '../../mm/id-list.js';
import { MM_ANONPAGES, MM_SWAPENTS } from '../../mm/rss.js';
import { VM_DROPPABLE_HI, VM_LOCKED } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { vma_start_anon_pgoff } from '../base/page-index.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { mlock_vma_folio } from '../folio/mlock-folio.js';
import { folio_maybe_dma_pinned, folio_remove_rmap_pte, mm_counter_file } from '../folio/rmap.js';

/** try_to_unmap() (mm/rmap.c). */
export function try_to_unmap(k: Kernel, page: number): void {
  for (const [vma, vpn] of rmap_walk(k, page)) {
    if (k.page_mapcount(page) <= 0) return;
    if (!try_to_unmap_one(k, page, vma, vpn)) return;
  }
}

/** rmap_walk(): where the page should be mapped, by its anon_vma or its file, and its index. */
function rmap_walk(k: Kernel, page: number): (readonly [Vma, number])[] {
  const mapping = k.frames.get(page, F.mapping);
  const index = k.frames.get(page, F.index);
  const anon = k.test_anon(page);
  const ids = anon ? k.anon_vmas.get(mapping)?.vmas : k.heap.files.get(-mapping)?.i_mmap;
  const places = [
    ...k.heap.covering(ids ?? IdList.empty, index, (vma) => (anon ? vma_start_anon_pgoff(k, vma) : vma.vm_pgoff)),
  ];
  // the interval tree's order, which a file's list has
  if (anon) places.sort((a, b) => a.offset - b.offset);
  return places.map(({ id, vpn }) => [k.heap.vmas.get(id)!, vpn] as const);
}

/** try_to_unmap_one(): false ends the walk. */
function try_to_unmap_one(k: Kernel, page: number, vma: Vma, vpn: number): boolean {
  const { pte, frames } = k;
  const { mm } = vma;
  const { pt } = mm;
  const pteval = newPte();
  pt.get(vpn, pteval);
  // page_vma_mapped_walk(): only a PTE that maps this very page
  if (!pte.present(pteval) || pte.pfn(pteval) !== page) return true;
  if ((vma.vm_flags & VM_LOCKED) !== 0) {
    mlock_vma_folio(k, page, vma);
    return false;
  }
  pt.clear(vpn);
  if (pte.dirty(pteval)) folio_mark_dirty(k, page);
  if (k.test_anon(page)) {
    if (!frames.test(page, PG.swapbacked)) {
      // lazily freed: dropped if nobody else holds it and, but for VM_DROPPABLE, it was not written again
      const droppable = (vma.vm_flags_hi & VM_DROPPABLE_HI) !== 0;
      const redirtied = frames.test(page, PG.dirty) && !droppable;
      const held = k.page_count(page) !== 1 + k.page_mapcount(page);
      if (redirtied || held) {
        pt.set(vpn, pteval);
        if (redirtied || (!droppable && !k.feature.lazyfree_stays_lazy)) frames.setFlag(page, PG.swapbacked);
        return false;
      }
      mm.dec_mm_counter(MM_ANONPAGES);
    } else {
      const exclusive = frames.test(page, PG.anon_exclusive);
      const slot = k.swap.edit(frames.get(page, F.swap))!;
      slot.count++;
      if (exclusive && folio_maybe_dma_pinned(k, page)) {
        slot.count--;
        pt.set(vpn, pteval);
        return false;
      }
      frames.clearFlag(page, PG.anon_exclusive);
      mm.dec_mm_counter(MM_ANONPAGES);
      mm.inc_mm_counter(MM_SWAPENTS);
      const swp_pte = newPte();
      pte.swp_entry_to_pte(swp_pte, 0, frames.get(page, F.swap));
      if (exclusive) pte.swp_mkexclusive(swp_pte);
      pt.set(vpn, swp_pte);
    }
  } else {
    mm.dec_mm_counter(mm_counter_file(k, page));
  }
  folio_remove_rmap_pte(k, page, vma);
  k.put_page(page);
  return true;
}
