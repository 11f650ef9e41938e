// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge entries that cannot stay: __split_huge_pmd(), __split_huge_pud() (mm/huge_memory.c), and who asks for it. */
import type { Pte } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import { PMD, PUD } from '../../mm/level.js';
import { VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { mm_counter_file } from '../folio/rmap.js';
import { is_huge_zero_pfn } from '../pte/normal-page.js';

/** vma_is_special_huge() (include/linux/mm.h): its huge entries map bare frames, whatever they are. */
export function vma_is_special_huge(vma: Vma): boolean {
  return vma.vm_file !== null && (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0;
}

/** Ours: the PMD or PUD at `first` lies in `[start, end)` as a whole. */
export function is_whole(first: number, pages: number, start: number, end: number): boolean {
  return first >= start && first + pages <= end;
}

/**
 * __split_huge_pmd() of the PMD at `first`. Under anonymous memory a page table takes its place (the huge
 * zero folio becomes small zero pages); other mappings are unmapped, and come back by a fault.
 */
export function split_huge_pmd(k: Kernel, vma: Vma, first: number): void {
  const codec = k.arch.pmd!;
  const { pt } = vma.mm;
  const old = newPte();
  if (!pt.getHuge(PMD, first, old)) return;
  pt.clearHuge(PMD, first);
  if (!vma_is_anonymous(vma)) {
    if (!vma_is_special_huge(vma)) drop_file_folio(k, vma, codec.pfn(old), codec.pages);
    return;
  }
  if (is_huge_zero_pfn(k, codec.pfn(old))) split_huge_zero_page_pmd(k, vma, first, codec.pages);
}

/** __split_huge_zero_page_pmd(). */
function split_huge_zero_page_pmd(k: Kernel, vma: Vma, first: number, pages: number): void {
  const entry = newPte();
  for (let i = 0; i < pages; i++) {
    k.pte.pfn_pte(entry, k.machine.zeroPage(first + i), vma.vm_page_prot as Pte);
    k.pte.mkspecial(entry);
    vma.mm.pt.set(first + i, entry);
  }
}

/** __split_huge_pud(): there are no anonymous PUDs, so it is unmapped. */
export function split_huge_pud(vma: Vma, first: number): void {
  vma.mm.pt.clearHuge(PUD, first);
}

/** folio_get(), folio_add_file_rmap_pmd() and add_mm_counter() of a folio of a driver's that one PMD maps. */
export function add_file_folio(k: Kernel, vma: Vma, page: number, pages: number): void {
  k.frames.setFlag(page, PG.head);
  k.get_page(page);
  k.frames.add(page, F.mapcount, 1);
  vma.mm.add_mm_counter(mm_counter_file(k, page), pages);
}

/** folio_remove_rmap_pmd(), add_mm_counter() and folio_put() of a huge entry that maps pages of a file. */
export function drop_file_folio(k: Kernel, vma: Vma, page: number, pages: number): void {
  if (!k.machine.pfn_valid(page)) k.oops('oops_folio_remove_rmap_pmd', page);
  k.frames.add(page, F.mapcount, -1);
  vma.mm.add_mm_counter(mm_counter_file(k, page), -pages);
  k.put_page(page);
}

/** vma_adjust_trans_huge(): the VMA is going to begin at `start` and end at `end`, `next` to begin at `nstart`. */
export function vma_adjust_trans_huge(k: Kernel, vma: Vma, start: number, end: number, next?: Vma, nstart = 0): void {
  if (vma.mm.pt.huge === 0) return;
  split_huge_pmd_if_needed(k, vma, start);
  split_huge_pmd_if_needed(k, vma, end);
  if (next !== undefined) split_huge_pmd_if_needed(k, next, nstart);
}

/** split_huge_pmd_if_needed() (mm/huge_memory.c). */
function split_huge_pmd_if_needed(k: Kernel, vma: Vma, vpn: number): void {
  const codec = k.arch.pmd;
  if (codec === undefined) return;
  const first = vpn - (vpn % codec.pages);
  if (first === vpn || first < vma.vm_start || first + codec.pages > vma.vm_end) return;
  split_huge_pmd_address(k, vma.mm, vma, vpn);
}

/** split_huge_pmd_address(): of the PMD around `vpn`, if there is one. */
export function split_huge_pmd_address(k: Kernel, mm: Mm, vma: Vma, vpn: number): void {
  const codec = k.arch.pmd;
  if (codec === undefined || mm.pt.huge === 0) return;
  split_huge_pmd(k, vma, vpn - (vpn % codec.pages));
}
