// SPDX-License-Identifier: GPL-2.0-or-later
/** Taking pages of hugetlb out of page tables (mm/hugetlb.c). */

import { PG } from '../../machine/frame-table.js';
import type { Hstate } from '../../machine/hugetlb.js';
import type { Folio } from '../../mm/folio.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import type { MmuGather } from '../base/mmu-gather.js';
import { hstate_vma, huge_codec, is_unaligned, pages_per_huge_page } from './hstate.js';
import { is_resv_owner, restore_reservation } from './reservation.js';
import { hugetlb_remove_rmap } from './rmap.js';

/**
 * __unmap_hugepage_range(): huge pages of `[start, end)`, which are whole ones. `only`: that page alone, which the owner of the
 * reservations takes away from this mapping.
 */
export function __unmap_hugepage_range(
  k: Kernel,
  tlb: MmuGather,
  vma: Vma,
  start: number,
  end: number,
  only?: Folio,
): void {
  const h = hstate_vma(k, vma);
  if (is_unaligned(h, start) || is_unaligned(h, end)) k.BUG('unmap_hugepage_unaligned');
  const codec = huge_codec(k, h);
  const { pt } = vma.mm;
  const entry = newPte();
  const size = pages_per_huge_page(h);
  for (let first = start; first < end; first += size) {
    if (!pt.getHuge(h.level, first, entry)) continue;
    const folio = k.large_folio(codec.pfn(entry))!;
    if (only !== undefined) {
      if (folio.id !== only.id) continue;
      vma.hugetlb = { resv_map: vma.hugetlb?.resv_map ?? 0, unmapped: true };
    }
    pt.clearHuge(h.level, first);
    if (codec.dirty(entry)) k.frames.setFlag(folio.id, PG.dirty);
    hugetlb_remove_rmap(folio);
    if (gives_back(k, h, vma, folio)) restore_reservation(k, h, vma, first, folio);
    tlb.pages.push(folio.id);
    if (only !== undefined) return;
  }
}

/** __unmap_hugepage_range(): will the end of the page give the mapping its reservation back? */
function gives_back(k: Kernel, h: Hstate, vma: Vma, folio: Folio): boolean {
  if (!k.feature.hugetlb_unmap_restores || !is_resv_owner(vma) || !k.test_anon(folio.id)) return false;
  if (k.feature.hugetlb_last_unmap_restores && folio.large_mapcount > 0) return false;
  return k.hugetlb.hstate(h.level)!.surplus_huge_pages === 0;
}
