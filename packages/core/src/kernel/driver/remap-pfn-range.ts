// SPDX-License-Identifier: GPL-2.0-or-later
/** remap_pfn_range() and its relatives (mm/memory.c): a driver maps a run of frames at once. */
import type { Pte } from '../../arch/contract.js';
import { is_cow_mapping, VM_DONTDUMP, VM_DONTEXPAND, VM_IO, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { track_pfn_remap, untrack_pfn } from '../pte/pat.js';
import { set_pte_at } from '../pte/set-pte.js';
import { zap_page_range_single } from '../zap/zap.js';

/** Is every PTE of the range empty? */
export function range_none(vma: Vma, start: number, pages: number): boolean {
  return vma.mm.pt.isEmpty(start, start + pages);
}

/** remap_pfn_range_internal(): `[start, start + pages)` of the VMA onto the frames from `pfn` on. */
function remap_pfn_range_internal(
  k: Kernel,
  vma: Vma,
  start: number,
  pfn: number,
  pages: number,
  prot: Readonly<Pte>,
  failsAfter: number,
): number {
  if (is_cow_mapping(vma.vm_flags)) {
    if (start !== vma.vm_start || start + pages !== vma.vm_end) return -EINVAL;
    vma.vm_pgoff = pfn;
  }
  vma.vm_flags |= VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;
  const { pt } = vma.mm;
  const pteval = newPte();
  for (let i = 0; i < pages; i++) {
    // pte_alloc_map_lock() gets no page table
    if (i === failsAfter) return -ENOMEM;
    k.pte.pfn_pte(pteval, pfn + i, prot as Pte);
    k.pte.mkspecial(pteval);
    set_pte_at(k, pt, start + i, pteval);
  }
  return 0;
}

/**
 * remap_pfn_range(): 0 or a negative errno. A failure zaps the range, whatever was in it. `failsAfter`:
 * pages after which memory for page tables runs out.
 */
export function remap_pfn_range(
  k: Kernel,
  vma: Vma,
  start: number,
  pfn: number,
  pages: number,
  failsAfter = Number.POSITIVE_INFINITY,
): number {
  const whole = start === vma.vm_start && start + pages === vma.vm_end;
  // remap_pte_range() dies over a used PTE; a partial remap of a COW mapping fails before it looks
  if ((whole || !is_cow_mapping(vma.vm_flags)) && !range_none(vma, start, pages)) {
    k.BUG('!pte_none(ptep_get(pte))', 'remap_pte_range');
  }
  track_pfn_remap(k, vma, start, pages);
  const err = remap_pfn_range_internal(k, vma, start, pfn, pages, vma.vm_page_prot, failsAfter);
  if (err !== 0) {
    if (k.feature.remap_undo) zap_page_range_single(k, vma, start, pages);
    untrack_pfn(k, vma, pfn, pages);
  }
  return err;
}

/** vm_iomap_memory(): `pages` pages of memory from `pfn` on; vm_pgoff and the VMA's size are the window. */
export function vm_iomap_memory(k: Kernel, vma: Vma, pfn: number, pages: number, failsAfter?: number): number {
  const { vm_pgoff } = vma;
  if (vm_pgoff < 0 || vm_pgoff > pages || vma.pages > pages - vm_pgoff) return -EINVAL;
  return remap_pfn_range(k, vma, vma.vm_start, pfn + vm_pgoff, vma.pages, failsAfter);
}
