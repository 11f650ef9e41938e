// SPDX-License-Identifier: GPL-2.0-or-later
/** Taking pages out of page tables (mm/memory.c: zap_pte_range and its callers). */
import { F } from '../../machine/frame-table.js';
import { MM_ANONPAGES, MM_SWAPENTS } from '../../mm/rss.js';
import { VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { newPte } from '../base/kernel.js';
import { MmuGather } from '../base/mmu-gather.js';
import { folio_mark_accessed, folio_mark_dirty, lru_add_drain, vma_has_recency } from '../folio/folio-add-lru.js';
import { folio_remove_rmap_pte, mm_counter } from '../folio/rmap.js';
import { zap_huge_pmd, zap_huge_pud } from '../huge/huge-range.js';
import { is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { __unmap_hugepage_range } from '../hugetlb/unmap.js';
import { FolioBatch, FPB_IGNORE_DIRTY } from '../pte/folio-batch.js';
import { null_by_flags, print_bad_pte, vm_normal_page } from '../pte/normal-page.js';
import { untrack_pfn } from '../pte/pat.js';
import { free_swap_cache } from '../swap/folio-free-swap.js';
import { free_swap_and_cache } from '../swap/swapfile.js';

/**
 * unmap_page_range(): zap_pud_range(), zap_pmd_range() and zap_pte_range(). `even_cows` false spares anonymous
 * pages and swap entries of PTEs. The pages keep a reference each until tlb_finish_mmu().
 */
function unmap_page_range(k: Kernel, tlb: MmuGather, vma: Vma, start: number, end: number, even_cows: boolean): void {
  const { pte, frames } = k;
  const { mm } = vma;
  const ptent = newPte();
  // while there are no large folios none can begin, and it is larger than all else here
  const batch = k.heap.orders === 0 ? null : new FolioBatch(k, FPB_IGNORE_DIRTY);
  const zap_pte = (vpn: number): void => {
    if (batch !== null && batch.nr > 0) {
      if (batch.takes(vpn, ptent)) return;
      zap_present_folio_ptes(k, tlb, vma, batch);
      // what was kept together with the batch has changed
      mm.pt.get(vpn, ptent);
    }
    if (!pte.present(ptent)) {
      if (!even_cows) return;
      mm.dec_mm_counter(MM_SWAPENTS);
      free_swap_and_cache(k, ptent);
      mm.pt.clear(vpn);
      return;
    }
    const page = vm_normal_page(k, vma, vpn, ptent);
    if (page < 0) {
      mm.pt.clear(vpn);
      return;
    }
    const anon = k.test_anon(page);
    if (!even_cows && anon) return;
    if (!k.machine.pfn_valid(page)) k.oops('oops_zap_present_folio_ptes', page);
    const folio = k.large_folio(page);
    if (batch !== null && folio !== undefined) {
      batch.begin(folio, page, vpn, ptent);
      return;
    }
    let delay_rmap = false;
    mm.pt.clear(vpn);
    if (anon) {
      mm.dec_mm_counter(MM_ANONPAGES);
    } else {
      if (pte.dirty(ptent)) {
        folio_mark_dirty(k, page);
        delay_rmap = k.arch.facts.tlb_delay_rmap;
      }
      if (pte.young(ptent) && vma_has_recency(k, vma)) folio_mark_accessed(k, page);
      mm.dec_mm_counter(mm_counter(k, page));
    }
    if (delay_rmap) {
      tlb.delayed_rmap.push(page);
    } else {
      folio_remove_rmap_pte(k, page, vma);
      if (frames.get(page, F.mapcount) < 0) print_bad_pte(k, vma, vpn, ptent, 'bad_page_map_count');
    }
    tlb.pages.push(page);
  };
  mm.pt.walk(start, end, ptent, {
    pte: zap_pte,
    pmd: (first) => {
      if (batch !== null && batch.nr > 0) zap_present_folio_ptes(k, tlb, vma, batch);
      return zap_huge_pmd(k, tlb, vma, first, start, end);
    },
    pud: (first) => zap_huge_pud(k, vma, first, start, end),
    cleared: { bits: pte.specialBits, holds: (p) => pte.present(p) && null_by_flags(k, vma, p) },
  });
  if (batch !== null && batch.nr > 0) zap_present_folio_ptes(k, tlb, vma, batch);
  tlb_flush_rmaps(k, tlb, vma);
}

/** zap_present_folio_ptes() of a large folio: all PTEs of a batch at once. */
function zap_present_folio_ptes(k: Kernel, tlb: MmuGather, vma: Vma, batch: FolioBatch): void {
  const { page, nr } = batch;
  const { mm } = vma;
  const anon = k.test_anon(page);
  mm.pt.clear_full_ptes(batch.vpn, nr);
  batch.end();
  if (anon) {
    mm.add_mm_counter(MM_ANONPAGES, -nr);
  } else {
    if (batch.dirty) folio_mark_dirty(k, page);
    if (batch.young && vma_has_recency(k, vma)) folio_mark_accessed(k, page);
    mm.add_mm_counter(mm_counter(k, page), -nr);
  }
  if (!anon && batch.dirty && k.arch.facts.tlb_delay_rmap) {
    for (let i = 0; i < nr; i++) tlb.delayed_rmap.push(page + i);
  } else {
    folio_remove_rmap_pte(k, page, vma, nr);
    if (k.page_mapcount(page) < 0) print_bad_pte(k, vma, batch.vpn, batch.first, 'bad_page_map_count');
  }
  for (let i = 0; i < nr; i++) tlb.pages.push(page + i);
}

/**
 * tlb_flush_rmaps() (mm/mmu_gather.c): the kernel calls it at the end of each page table, before it drops the
 * table's lock. Here it comes once, behind the last table of a VMA: nothing looks at a map count in between.
 */
function tlb_flush_rmaps(k: Kernel, tlb: MmuGather, vma: Vma): void {
  for (const page of tlb.delayed_rmap) folio_remove_rmap_pte(k, page, vma);
  tlb.delayed_rmap.length = 0;
}

/**
 * tlb_finish_mmu() (mm/mmu_gather.c): drops the references of what was zapped (free_pages_and_swap_cache() in
 * mm/swap_state.c).
 */
export function tlb_finish_mmu(k: Kernel, tlb: MmuGather): void {
  for (const page of tlb.pages) {
    free_swap_cache(k, page);
    k.put_page(page);
  }
  tlb.pages.length = 0;
}

/** unmap_single_vma(): the part of `[start, end)` that lies in the VMA. */
export function unmap_single_vma(
  k: Kernel,
  tlb: MmuGather,
  vma: Vma,
  start: number,
  end: number,
  even_cows: boolean,
): void {
  const from = Math.max(vma.vm_start, start);
  const to = Math.min(vma.vm_end, end);
  if (from >= to) return;
  if (is_vm_hugetlb_page(vma)) {
    __unmap_hugepage_range(k, tlb, vma, from, to);
    return;
  }
  if ((vma.vm_flags & VM_PFNMAP) !== 0) untrack_pfn(k, vma, 0, 0);
  unmap_page_range(k, tlb, vma, from, to, even_cows);
}

/** zap_page_range_single(). */
export function zap_page_range_single(k: Kernel, vma: Vma, start: number, pages: number, even_cows = true): void {
  const tlb = new MmuGather();
  lru_add_drain(k);
  unmap_single_vma(k, tlb, vma, start, start + pages, even_cows);
  tlb_finish_mmu(k, tlb);
}

/**
 * zap_vma_ptes(), or its successor zap_special_vma_range(): silently nothing where the VMA is not of a
 * kind that they take, or the range not inside it.
 */
export function zap_vma_ptes(k: Kernel, vma: Vma, start: number, pages: number): void {
  const taken = k.feature.zap_special_vma_range ? VM_PFNMAP | VM_MIXEDMAP : VM_PFNMAP;
  if (start < vma.vm_start || start + pages > vma.vm_end || (vma.vm_flags & taken) === 0) return;
  zap_page_range_single(k, vma, start, pages);
}
