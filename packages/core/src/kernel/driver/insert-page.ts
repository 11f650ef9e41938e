// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * vm_insert_page() and its relatives (mm/memory.c): a driver puts pages that have a struct page into
 * a VMA; they are counted like any page of a file.
 */
import type { Pte } from '../../arch/contract.js';
import { is_cow_mapping, VM_IO, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_WRITE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EBUSY, EFAULT, EINVAL, ENOMEM, ENXIO } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { visits } from '../base/most-pages.js';
import { rewritten } from '../base/rewritten.js';
import { vma_start_write } from '../base/vm-flags-set.js';
import { folio_add_file_rmap_pte, mm_counter_file } from '../folio/rmap.js';
import { maybe_mkwrite } from '../pte/pte-helpers.js';
import { set_access_flags } from '../pte/set-pte.js';
import type { BugReason } from '../reason/crash.js';

/** vm_mixed_zeropage_allowed(). */
export function vm_mixed_zeropage_allowed(k: Kernel, vma: Vma): boolean {
  if ((vma.vm_flags & VM_PFNMAP) !== 0) k.warn_once('mixed_zeropage_pfnmap');
  if (is_cow_mapping(vma.vm_flags)) return true;
  if ((vma.vm_flags & (VM_WRITE | VM_MAYWRITE)) === 0) return true;
  return vma.vm_ops?.driver?.pfn_mkwrite === true && (vma.vm_flags & VM_IO) !== 0;
}

/** validate_page_before_insert(). */
function validate_page_before_insert(k: Kernel, vma: Vma, pfn: number): number {
  if (k.page_count(pfn) + k.machine.heldRefs(k.page_folio(pfn)) === 0)
    return k.fails(k.machine.pfn_valid(pfn) ? 'insert_no_reference' : 'insert_no_struct_page', -EINVAL);
  if (k.feature.insert_zeropage_special && k.machine.is_zero_pfn(pfn)) {
    return vm_mixed_zeropage_allowed(k, vma) ? 0 : k.fails('insert_zeropage', -EINVAL);
  }
  if (k.test_anon(pfn)) return k.fails('insert_anon', -EINVAL);
  const type = k.machine.pageType(pfn);
  if (type !== undefined && (type !== 'hugetlb' || k.feature.hugetlb_page_type))
    return k.fails('insert_typed', -EINVAL);
  return 0;
}

/** insert_page(): 0, or a negative errno. `pteval`: where the entry is made; `mkwrite`: for a write. */
export function insert_page(
  k: Kernel,
  pteval: Pte,
  vma: Vma,
  vpn: number,
  pfn: number,
  prot: Readonly<Pte>,
  mkwrite: boolean,
): number {
  const err = validate_page_before_insert(k, vma, pfn);
  if (err !== 0) return err;
  return insert_page_into_pte_locked(k, pteval, vma, vpn, pfn, prot, mkwrite && k.feature.insert_page_mkwrite);
}

/** insert_page_into_pte_locked(). */
function insert_page_into_pte_locked(
  k: Kernel,
  pteval: Pte,
  vma: Vma,
  vpn: number,
  pfn: number,
  prot: Readonly<Pte>,
  mkwrite: boolean,
): number {
  const { mm } = vma;
  const { pt } = mm;
  // get_locked_pte() finds no page table below a huge entry
  if (pt.isHuge(vpn)) return k.fails('insert_below_huge', -ENOMEM);
  pt.get(vpn, pteval);
  if (!k.pte.none(pteval)) {
    if (!mkwrite) return k.fails('insert_busy', -EBUSY);
    if (k.pte.pfn(pteval) !== pfn) {
      if (!k.machine.is_zero_pfn(k.pte.pfn(pteval))) k.warn_once('insert_page_mismatch');
      return k.fails('insert_other_page', -EFAULT);
    }
    maybe_mkwrite(k, pteval, vma);
    k.pte.mkyoung(pteval);
    set_access_flags(k, pt, vpn, pteval);
    return 0;
  }
  k.mk_pte(pteval, pfn, prot);
  if (k.feature.insert_zeropage_special && k.machine.is_zero_pfn(pfn)) {
    k.pte.mkspecial(pteval);
  } else {
    if (mkwrite) {
      k.pte.mkyoung(pteval);
      k.pte.mkdirty(pteval);
      maybe_mkwrite(k, pteval, vma);
    }
    k.get_page(pfn);
    mm.inc_mm_counter(mm_counter_file(k, pfn));
    folio_add_file_rmap_pte(k, pfn, vma);
  }
  pt.set(vpn, pteval);
  return 0;
}

/** vm_insert_page(). */
export function vm_insert_page(k: Kernel, vma: Vma, vpn: number, pfn: number): number {
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return k.fails('insert_outside', -EFAULT);
  if ((vma.vm_flags & VM_MIXEDMAP) === 0) {
    if (k.faulting) k.BUG('insert_page_read_locked');
    if ((vma.vm_flags & VM_PFNMAP) !== 0) k.BUG('insert_page_pfnmap');
    vma_start_write(k);
    k.setFlags(vma, vma.vm_flags | VM_MIXEDMAP, 'flags_insert_page');
  }
  return insert_page(k, newPte(), vma, vpn, pfn, vma.vm_page_prot, false);
}

/** insert_pages(): how many were not mapped, and the error that ended it or 0. */
function insert_pages(k: Kernel, vma: Vma, vpn: number, pfn: number, pages: number): { left: number; err: number } {
  const pteval = newPte();
  for (let i = 0; i < pages; i++) {
    const err = vma.mm.pt.isHuge(vpn + i)
      ? k.fails('insert_pages_below_huge', -EFAULT)
      : insert_page(k, pteval, vma, vpn + i, pfn + i, vma.vm_page_prot, false);
    if (err !== 0) return { left: pages - i, err };
  }
  return { left: 0, err: 0 };
}

/** What vm_insert_pages() would BUG on; null when it may be called. Newer kernels warn and go on. */
export function insert_pages_precondition(k: Kernel, vma: Vma): BugReason | null {
  if (k.feature.insert_pages_warns || (vma.vm_flags & VM_MIXEDMAP) !== 0) return null;
  if (k.faulting) return 'insert_pages_read_locked';
  return (vma.vm_flags & VM_PFNMAP) !== 0 ? 'insert_pages_pfnmap' : null;
}

/** vm_insert_pages() of consecutive frames; the outcome's `left` is how many were not mapped. */
export function vm_insert_pages(k: Kernel, vma: Vma, vpn: number, pfn: number, pages: number): number {
  k.out.left = pages;
  if (vpn < vma.vm_start || vpn + pages > vma.vm_end) return k.fails('insert_pages_outside', -EFAULT);
  const bug = insert_pages_precondition(k, vma);
  if (bug !== null) k.BUG(bug);
  if ((vma.vm_flags & VM_MIXEDMAP) === 0) {
    if (k.faulting) k.warn_once('insert_pages_read_locked');
    if ((vma.vm_flags & VM_PFNMAP) !== 0) k.warn_once('insert_pages_pfnmap');
    vma_start_write(k);
    k.setFlags(vma, vma.vm_flags | VM_MIXEDMAP, 'flags_insert_pages');
  }
  const { left, err } = insert_pages(k, vma, vpn, pfn, pages);
  k.out.left = left;
  return err;
}

/** vm_map_pages() with `offset` vm_pgoff, vm_map_pages_zero() with 0: fills the whole VMA. */
export function __vm_map_pages(k: Kernel, vma: Vma, pfn: number, pages: number, offset: number): number {
  // unsigned in the kernel: an offset that wrapped around is beyond every end
  if (offset < 0 || offset >= pages || vma.pages > pages - offset) return k.fails('map_pages_range', -ENXIO);
  return map_whole_vma(k, vma, pfn + offset);
}

/** vm_map_pages(): from vm_pgoff on. */
export function vm_map_pages(k: Kernel, vma: Vma, pfn: number, pages: number): number {
  return __vm_map_pages(k, vma, pfn, pages, vma.vm_pgoff);
}

/** The end of __vm_map_pages(): page by page, or with one vm_insert_pages(). */
const map_whole_vma = rewritten('insert_pages_warns', { before: insert_each_page, since: insert_all_pages });

/** __vm_map_pages() (mm/memory.c of 7.1): its end, with one vm_insert_pages(). */
function insert_all_pages(k: Kernel, vma: Vma, pfn: number): number {
  const ret = vm_insert_pages(k, vma, vma.vm_start, pfn, vma.pages);
  // the caller never sees how many were left
  k.out.left = null;
  return ret;
}

/** __vm_map_pages() (mm/memory.c): its end, page by page. */
function insert_each_page(k: Kernel, vma: Vma, pfn: number): number {
  visits(vma.pages);
  for (let i = 0; i < vma.pages; i++) {
    const ret = vm_insert_page(k, vma, vma.vm_start + i, pfn + i);
    if (ret < 0) return ret;
  }
  return 0;
}
