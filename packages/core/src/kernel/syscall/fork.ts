// SPDX-License-Identifier: GPL-2.0-or-later
/** fork() of an address space (kernel/fork.c: dup_mmap) and the copy of its PTEs (mm/memory.c). */
import type { Pte } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import { MM_ANONPAGES, MM_SWAPENTS } from '../../mm/rss.js';
import {
  is_cow_mapping,
  VM_DONTCOPY,
  VM_LOCKED_MASK,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
  VM_WIPEONFORK,
} from '../../mm/vm-flags.js';
import type { Mm, Vma } from '../../mm/vma.js';
import { ENOMEM } from '../base/errno.js';
import { copyPte, type Kernel, newPte } from '../base/kernel.js';
import { folio_add_lru_vma } from '../folio/folio-add-lru.js';
import {
  anon_vma_fork,
  folio_add_new_anon_rmap,
  folio_dup_file_rmap_pte,
  folio_dup_file_rmap_ptes,
  folio_try_dup_anon_rmap_pte,
  folio_try_dup_anon_rmap_ptes,
  mm_counter_file,
} from '../folio/rmap.js';
import { copy_huge_pmd, copy_huge_pud } from '../huge/huge-range.js';
import { is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { copy_hugetlb_page_range } from '../hugetlb/range.js';
import { hugetlb_dup_vma_private } from '../hugetlb/reservation.js';
import { FPB_IGNORE_DIRTY, folio_pte_batch } from '../pte/folio-batch.js';
import { null_by_flags, vm_normal_page } from '../pte/normal-page.js';
import { track_pfn_copy, untrack_copy, untrack_pfn_copy, vma_pfnmap_track_ctx_dup } from '../pte/pat.js';
import { maybe_mkwrite } from '../pte/pte-helpers.js';
import { before_set_pte_at, looks_at_page } from '../pte/set-pte.js';
import { swap_duplicate } from '../swap/swapfile.js';
import { exit_mmap } from './exit.js';

/** dup_mmap(): 0, or -ENOMEM when a VMA cannot be copied (the half-made child is torn down). */
export function dup_mmap(k: Kernel, oldmm: Mm, childId: number): number {
  const mm = k.newMm(childId);
  mm.copyFrom(oldmm);
  for (const mpnt of oldmm.vmas) {
    if ((mpnt.vm_flags & VM_DONTCOPY) !== 0) continue;
    const tmp = k.newVma(mm);
    tmp.copyFrom(mpnt);
    vma_pfnmap_track_ctx_dup(k, tmp);
    if (is_vm_hugetlb_page(tmp)) hugetlb_dup_vma_private(tmp);
    if ((tmp.vm_flags & VM_PFNMAP) !== 0) untrack_copy(k, tmp);
    if ((tmp.vm_flags & VM_WIPEONFORK) !== 0) tmp.anon_vma = null;
    else anon_vma_fork(k, tmp, mpnt);
    // dup_userfaultfd(): without UFFD_FEATURE_EVENT_FORK nobody watches the child
    k.setFlags(tmp, tmp.vm_flags & ~(VM_LOCKED_MASK | VM_UFFD_MISSING | VM_UFFD_WP), 'flags_fork');
    tmp.link();
    tmp.vm_file?.insertAfter(tmp, mpnt);
    const ret = (tmp.vm_flags & VM_WIPEONFORK) !== 0 ? 0 : copy_page_range(k, tmp, mpnt);
    if (ret !== 0) {
      k.cleansUp(() => exit_mmap(k, mm));
      return k.turns('fork_copy_mm', -ENOMEM);
    }
  }
  return 0;
}

/** vma_needs_copy(): the others are filled by faults as well. */
function vma_needs_copy(src: Vma): boolean {
  return (src.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0 || src.anon_vma !== null;
}

/** copy_page_range(). */
function copy_page_range(k: Kernel, dst: Vma, src: Vma): number {
  if (!vma_needs_copy(src)) return 0;
  if (is_vm_hugetlb_page(src)) return copy_hugetlb_page_range(k, dst, src);
  if ((src.vm_flags & VM_PFNMAP) !== 0) {
    const ret = track_pfn_copy(k, dst, src);
    if (ret !== 0) return ret;
  }
  const ptent = newPte();
  const pteval = newPte();
  let err = 0;
  /** Of a batch of one large folio: where the next begins. */
  let next = 0;
  src.mm.pt.copyRange(dst.mm.pt, src.vm_start, src.vm_end, ptent, {
    pte: (vpn) => {
      if (err !== 0 || vpn < next) return false;
      if (!k.pte.present(ptent)) {
        copy_nonpresent_pte(k, dst, src, vpn, ptent);
        return true;
      }
      if (k.thp.on) {
        const nr = copy_folio_ptes(k, dst, src, vpn, ptent);
        next = vpn + nr;
        if (nr > 0) return false;
      }
      const copied = copy_present_pte(k, dst, src, vpn, ptent, pteval);
      if (copied < 0) err = copied;
      return copied === COPIED;
    },
    pmd: (first) => err === 0 && copy_huge_pmd(k, dst, src, first, ptent),
    pud: (first) => err === 0 && copy_huge_pud(k, dst, src, first),
    alone: vma_maps_frames(src)
      ? { bits: k.pte.copyBits, copy: (p) => err === 0 && copy_bare_pte(k, src, p) }
      : undefined,
  });
  if (k.thp.on && err === 0) copy_empty_tables(k, dst, src);
  if (err !== 0 && (src.vm_flags & VM_PFNMAP) !== 0) untrack_pfn_copy(k, dst, src);
  return err;
}

/**
 * copy_present_ptes() of PTEs that map neighbouring pages of a large folio: how many were copied; 0 where the page is a
 * folio of its own, or none, or where one of the pages may be pinned, so that this one is copied by itself.
 */
function copy_folio_ptes(k: Kernel, dst: Vma, src: Vma, vpn: number, ptent: Pte): number {
  const pfn = k.pte.pfn(ptent);
  if (k.pte.special(ptent) || !k.machine.pfn_valid(pfn)) return 0;
  const folio = k.large_folio(pfn);
  if (folio === undefined) return 0;
  const page = vm_normal_page(k, src, vpn, ptent);
  if (page < 0) return 0;
  const flags = (src.vm_flags & VM_SHARED) !== 0 ? FPB_IGNORE_DIRTY : 0;
  const { nr, writable } = folio_pte_batch(k, src.mm.pt, folio, page, vpn, ptent, src.vm_end, flags);
  const anon = k.test_anon(page);
  if (anon && !folio_try_dup_anon_rmap_ptes(k, folio, page, nr, dst, src)) return 0;
  if (!anon) folio_dup_file_rmap_ptes(k, folio, page, nr, dst);
  k.get_page(page, nr);
  dst.mm.add_mm_counter(anon ? MM_ANONPAGES : mm_counter_file(k, page), nr);
  if (writable) k.pte.mkwrite(ptent);
  // __copy_present_ptes()
  if (is_cow_mapping(src.vm_flags) && k.pte.write(ptent)) {
    src.mm.pt.wrprotect_ptes(vpn, nr);
    k.pte.wrprotect(ptent);
  }
  if ((src.vm_flags & VM_SHARED) !== 0) k.pte.mkclean(ptent);
  k.pte.mkold(ptent);
  before_set_pte_at(k, ptent);
  dst.mm.pt.set_ptes(vpn, ptent, nr);
  return nr;
}

/** copy_pte_range(): where the source has a table of PTEs the copy gets one, be there something in it or not. */
function copy_empty_tables(k: Kernel, dst: Vma, src: Vma): void {
  const { pages } = k.arch.pmd!;
  // a table reaches beyond the ends of a VMA
  const start = src.vm_start - (src.vm_start % pages);
  src.mm.pt.forEachTable(start, Math.ceil(src.vm_end / pages) * pages, (vpn) =>
    dst.mm.pt.allocTable(vpn - (vpn % pages)),
  );
}

/** copy_nonpresent_pte(): a swap entry gets one more user, and is exclusive no longer. */
function copy_nonpresent_pte(k: Kernel, dst: Vma, src: Vma, vpn: number, ptent: Pte): void {
  swap_duplicate(k, ptent);
  if (k.pte.swp_exclusive(ptent)) {
    k.pte.swp_clear_exclusive(ptent);
    src.mm.pt.set(vpn, ptent);
  }
  dst.mm.inc_mm_counter(MM_SWAPENTS);
}

/** The child's entry is in `ptent`; or the child has one of its own already. */
const COPIED = 1;
const HAS_ITS_OWN = 0;

/** copy_present_ptes() of one PTE: one of the above, or a negative errno. `pteval` is a register. */
function copy_present_pte(k: Kernel, dst: Vma, src: Vma, vpn: number, ptent: Pte, pteval: Pte): number {
  const page = vm_normal_page(k, src, vpn, ptent);
  if (page >= 0) {
    if (!k.machine.pfn_valid(page)) k.oops('oops_copy_present_ptes', page);
    if (k.test_anon(page)) {
      if (!folio_try_dup_anon_rmap_pte(k, page, dst, src)) {
        return copy_present_page(k, dst, vpn, page, pteval);
      }
      k.get_page(page);
      dst.mm.inc_mm_counter(MM_ANONPAGES);
    } else {
      k.get_page(page);
      folio_dup_file_rmap_pte(k, page, dst);
      dst.mm.inc_mm_counter(mm_counter_file(k, page));
    }
  }
  __copy_present_ptes(k, src, vpn, ptent, pteval);
  return COPIED;
}

/** copy_present_page(): a page that may be pinned is copied for the child at once. */
function copy_present_page(k: Kernel, dst: Vma, vpn: number, page: number, pteval: Pte): number {
  const copy = k.alloc_page();
  // copy_pte_range(): folio_prealloc() fails
  if (copy < 0) return k.fails('no_free_page', -ENOMEM);
  k.frames.set(copy, F.content, k.frames.get(page, F.content));
  k.frames.setFlag(copy, PG.uptodate);
  folio_add_new_anon_rmap(k, copy, dst, vpn, true);
  folio_add_lru_vma(k, copy, dst);
  dst.mm.inc_mm_counter(MM_ANONPAGES);
  k.mk_pte(pteval, copy, dst.vm_page_prot);
  k.pte.mkdirty(pteval);
  maybe_mkwrite(k, pteval, dst);
  dst.mm.pt.set(vpn, pteval);
  return HAS_ITS_OWN;
}

/** Ours: the VMA may hold bare frames in numbers. */
function vma_maps_frames(vma: Vma): boolean {
  return (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0;
}

/**
 * Ours: copy_present_ptes() of a PTE of which it counts nothing and leaves the parent's as it is: `p` becomes the child's.
 * False of any other. A fork of 262,144 such PTEs asks this once for each kind of them, which takes 2 ms instead of 16.
 */
function copy_bare_pte(k: Kernel, src: Vma, p: Pte): boolean {
  const { pte } = k;
  if (!pte.present(p) || !null_by_flags(k, src, p)) return false;
  if (is_cow_mapping(src.vm_flags) && pte.write(p)) return false;
  if ((src.vm_flags & VM_SHARED) !== 0) pte.mkclean(p);
  pte.mkold(p);
  return !looks_at_page(k, p);
}

/** __copy_present_ptes(): write-protected on both sides in a COW mapping, clean and old in the child. */
function __copy_present_ptes(k: Kernel, src: Vma, vpn: number, ptent: Pte, pteval: Pte): void {
  const { pte } = k;
  if (is_cow_mapping(src.vm_flags) && pte.write(ptent)) {
    pte.wrprotect(ptent);
    // the table may change what it is given
    copyPte(pteval, ptent);
    src.mm.pt.set(vpn, pteval);
  }
  if ((src.vm_flags & VM_SHARED) !== 0) pte.mkclean(ptent);
  pte.mkold(ptent);
  before_set_pte_at(k, ptent);
}
