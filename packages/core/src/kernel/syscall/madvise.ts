// SPDX-License-Identifier: GPL-2.0-or-later
/** madvise() (mm/madvise.c). */

import type { Advice } from '@specialbit/events';
import { PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { PMD } from '../../mm/level.js';
import { MM_SWAPENTS } from '../../mm/rss.js';
import {
  VM_DONTCOPY,
  VM_DONTDUMP,
  VM_DROPPABLE_HI,
  VM_HUGEPAGE,
  VM_HUGETLB,
  VM_IO,
  VM_LOCKED,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_MERGEABLE,
  VM_NOHUGEPAGE,
  VM_PFNMAP,
  VM_RAND_READ,
  VM_SEQ_READ,
  VM_SHARED,
  VM_SPECIAL,
  VM_WIPEONFORK,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { linear_page_index, type Vma, vma_is_anonymous, vma_is_sealed } from '../../mm/vma.js';
import { EACCES, EBADF, EINVAL, ENODEV, ENOMEM, EPERM } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { FOLL_MADV_POPULATE, FOLL_TOUCH, FOLL_WRITE } from '../base/mm-types.js';
import { shmem_punch_hole } from '../file/truncate.js';
import { lru_add_drain } from '../folio/folio-add-lru.js';
import { folio_maybe_mapped_shared } from '../folio/large-mapcount.js';
import { __get_user_pages } from '../gup/gup.js';
import { split_on_the_way } from '../huge/huge-range.js';
import { madvise_collapse } from '../huge/khugepaged.js';
import { split_folio, split_folio_to_list } from '../huge/split-folio.js';
import { is_whole } from '../huge/split-huge.js';
import { try_to_unmap_large } from '../huge/unmap-anon-folio.js';
import { hstate_vma, is_unaligned, is_vm_hugetlb_page, pages_per_huge_page } from '../hugetlb/hstate.js';
import { hugetlbfs_punch_hole } from '../hugetlb/inode.js';
import { type FolioBatch, folio_pte_batch } from '../pte/folio-batch.js';
import { is_huge_zero_pfn, vm_normal_page } from '../pte/normal-page.js';
import type { FailureReason } from '../reason/index.js';
import { folio_free_swap } from '../swap/folio-free-swap.js';
import { reclaim_pages } from '../swap/pageout.js';
import { shmem_swapin_range, swapin_range } from '../swap/swap-readahead.js';
import { free_swap_and_cache } from '../swap/swapfile.js';
import { may_split, vma_modify_flags } from '../vma/vma-merge.js';
import { zap_page_range_single } from '../zap/zap.js';

/** do_madvise(): 0 or a negative errno. */
export function do_madvise(k: Kernel, mm: Mm, start: number, pages: number, advice: Advice): number {
  if (!madvise_behavior_valid(k, advice)) return k.fails(invalid_advice(advice), -EINVAL);
  if (pages === 0) return 0;
  if (is_populate(advice) && k.feature.populate_stops_at_hole) {
    return madvise_populate(k, mm, start, start + pages, advice === 'MADV_POPULATE_WRITE');
  }
  return madvise_walk_vmas(k, mm, start, start + pages, advice);
}

/** Advice that newer or other kernels know, and the model does not. */
const NOT_MODELLED: ReadonlySet<Advice> = new Set<Advice>(['MADV_HWPOISON']);

/** madvise_behavior_valid(): KSM and THP are matters of configuration; memory failure handling is not modelled. */
function madvise_behavior_valid(k: Kernel, advice: Advice): boolean {
  switch (advice) {
    case 'MADV_MERGEABLE':
    case 'MADV_UNMERGEABLE':
      return k.profile.config.has('CONFIG_KSM');
    case 'MADV_HUGEPAGE':
    case 'MADV_NOHUGEPAGE':
      return k.profile.config.has('CONFIG_TRANSPARENT_HUGEPAGE');
    case 'MADV_COLLAPSE':
      return k.thp.on;
    case 'unknown':
    case 'MADV_HWPOISON':
      return false;
    default:
      return true;
  }
}

/** Ours: why madvise_behavior_valid() says no. */
function invalid_advice(advice: Advice): FailureReason {
  if (NOT_MODELLED.has(advice)) return 'madvise_not_modelled';
  if (advice === 'unknown') return 'madvise_unknown';
  return /MERGEABLE$/.test(advice) ? 'madvise_no_ksm' : 'madvise_no_thp';
}

/** madvise_populate(). */
function madvise_populate(k: Kernel, mm: Mm, start: number, end: number, write: boolean): number {
  let at = start;
  while (at < end) {
    const flags = FOLL_TOUCH | FOLL_MADV_POPULATE | (write ? FOLL_WRITE : 0);
    const ret = __get_user_pages(k, mm, at, end - at, flags, null);
    if (ret < 0) return ret;
    at += ret;
  }
  return 0;
}

/** Ours: MADV_POPULATE_READ or MADV_POPULATE_WRITE. */
function is_populate(advice: Advice): boolean {
  return advice === 'MADV_POPULATE_READ' || advice === 'MADV_POPULATE_WRITE';
}

/** madvise_walk_vmas(): holes are skipped, and answered with -ENOMEM in the end. */
function madvise_walk_vmas(k: Kernel, mm: Mm, from: number, end: number, advice: Advice): number {
  let unmapped = false;
  let start = from;
  let vma = mm.find_vma(start);
  let prev: Vma | undefined = mm.vma_before(start);
  if (vma !== undefined && start > vma.vm_start) prev = vma;
  for (;;) {
    if (vma === undefined) return k.fails('madvise_hole', -ENOMEM);
    if (start < vma.vm_start) {
      unmapped = true;
      start = vma.vm_start;
      if (start >= end) break;
    }
    const tmp = Math.min(vma.vm_end, end);
    const visited = madvise_vma_behavior(k, vma, prev, start, tmp, advice);
    if (typeof visited === 'number') return visited;
    prev = visited;
    start = Math.max(tmp, prev.vm_end);
    if (start >= end) break;
    vma = mm.find_vma(prev.vm_end);
  }
  return unmapped ? k.fails('madvise_hole', -ENOMEM) : 0;
}

/** What throws data away. */
const DISCARDS: ReadonlySet<Advice> = new Set<Advice>([
  'MADV_FREE',
  'MADV_DONTNEED',
  'MADV_DONTNEED_LOCKED',
  'MADV_REMOVE',
  'MADV_DONTFORK',
  'MADV_WIPEONFORK',
]);

/** can_madvise_modify(): of a sealed anonymous VMA that cannot be written nothing may be discarded. */
function can_madvise_modify(vma: Vma, advice: Advice): boolean {
  if (!vma_is_sealed(vma) || !DISCARDS.has(advice)) return true;
  return !vma_is_anonymous(vma) || (vma.vm_flags & VM_WRITE) !== 0;
}

/** madvise_vma_behavior(): a negative errno, or the VMA that covers the range now. */
function madvise_vma_behavior(
  k: Kernel,
  vma: Vma,
  prev: Vma | undefined,
  start: number,
  end: number,
  advice: Advice,
): Vma | number {
  let new_flags = vma.vm_flags;
  const droppable = (vma.vm_flags_hi & VM_DROPPABLE_HI) !== 0;
  if (!can_madvise_modify(vma, advice)) return k.fails('madvise_sealed', -EPERM);
  switch (advice) {
    case 'MADV_POPULATE_READ':
    case 'MADV_POPULATE_WRITE': {
      const ret = madvise_populate(k, vma.mm, start, end, advice === 'MADV_POPULATE_WRITE');
      lru_add_drain(k);
      return ret || vma;
    }
    case 'MADV_COLLAPSE':
      return madvise_collapse(k, vma, start, end) || vma;
    case 'MADV_REMOVE':
      return madvise_remove(k, vma, start, end) || vma;
    case 'MADV_WILLNEED':
      return madvise_willneed(k, vma, start, end) || vma;
    case 'MADV_COLD':
      return madvise_cold(k, vma, start, end) || vma;
    case 'MADV_PAGEOUT':
      return madvise_pageout(k, vma, start, end) || vma;
    case 'MADV_FREE':
    case 'MADV_DONTNEED':
    case 'MADV_DONTNEED_LOCKED':
      return madvise_dontneed_free(k, vma, start, end, advice) || vma;
    case 'MADV_NORMAL':
      new_flags &= ~(VM_RAND_READ | VM_SEQ_READ);
      break;
    case 'MADV_SEQUENTIAL':
      new_flags = (new_flags & ~VM_RAND_READ) | VM_SEQ_READ;
      break;
    case 'MADV_RANDOM':
      new_flags = (new_flags & ~VM_SEQ_READ) | VM_RAND_READ;
      break;
    case 'MADV_DONTFORK':
      new_flags |= VM_DONTCOPY;
      break;
    case 'MADV_DOFORK':
      if ((vma.vm_flags & (k.feature.dofork_refuses_special ? VM_SPECIAL : VM_IO)) !== 0)
        return k.fails('madvise_dofork_io', -EINVAL);
      new_flags &= ~VM_DONTCOPY;
      break;
    case 'MADV_WIPEONFORK':
      if (vma.vm_file !== null || (vma.vm_flags & VM_SHARED) !== 0) return k.fails('madvise_wipeonfork', -EINVAL);
      new_flags |= VM_WIPEONFORK;
      break;
    case 'MADV_KEEPONFORK':
      if (droppable) return k.fails('madvise_keeponfork', -EINVAL);
      new_flags &= ~VM_WIPEONFORK;
      break;
    case 'MADV_HUGEPAGE':
      // hugepage_madvise() (mm/khugepaged.c)
      new_flags = (new_flags & ~VM_NOHUGEPAGE) | VM_HUGEPAGE;
      break;
    case 'MADV_NOHUGEPAGE':
      new_flags = (new_flags & ~VM_HUGEPAGE) | VM_NOHUGEPAGE;
      break;
    case 'MADV_MERGEABLE':
      // ksm_madvise(): what KSM cannot merge is passed over without an error
      if (vma_ksm_compatible(vma)) new_flags |= VM_MERGEABLE;
      break;
    case 'MADV_UNMERGEABLE':
      new_flags &= ~VM_MERGEABLE;
      break;
    case 'MADV_DONTDUMP':
      new_flags |= VM_DONTDUMP;
      break;
    case 'MADV_DODUMP':
      if ((new_flags & VM_HUGETLB) === 0 && (new_flags & VM_SPECIAL) !== 0) return k.fails('madvise_dodump', -EINVAL);
      if (droppable) return k.fails('madvise_dodump_droppable', -EINVAL);
      new_flags &= ~VM_DONTDUMP;
      break;
    default:
      return k.fails('madvise_unknown', -EINVAL);
  }
  // madvise_update_vma()
  if (new_flags === vma.vm_flags) return vma;
  const refused = may_split(k, vma, start, end);
  if (refused !== 0) return refused;
  k.flagsChanged(vma.mm, start, end, vma.vm_flags, new_flags, 'flags_madvise');
  const target = vma_modify_flags(k, prev, vma, start, end, new_flags);
  target.vm_flags = new_flags;
  return target;
}

/** madvise_willneed(): reads ahead from swap. */
function madvise_willneed(k: Kernel, vma: Vma, start: number, end: number): number {
  const file = vma.vm_file;
  if (!k.swap.enabled) return file === null ? k.fails('madvise_no_swap', -EBADF) : 0;
  if (file === null) swapin_range(k, vma, start, end);
  else if (file.kind === 'shmem') {
    const first = linear_page_index(vma, start);
    shmem_swapin_range(k, file.swapped, first, first + (end - start) - 1);
  }
  lru_add_drain(k);
  return 0;
}

/** vma_ksm_compatible() (mm/ksm.c): neither shared nor special, and not merged already. */
function vma_ksm_compatible(vma: Vma): boolean {
  const never = VM_SHARED | VM_MAYSHARE | VM_SPECIAL | VM_HUGETLB;
  return (vma.vm_flags & never) === 0;
}

/** madvise_dontneed_free() of hugetlb: the end is rounded down, so that nothing is thrown away that was not asked for. */
function madvise_dontneed_hugetlb(k: Kernel, vma: Vma, start: number, end: number, advice: Advice): number {
  const h = hstate_vma(k, vma);
  if (advice === 'MADV_FREE' || is_unaligned(h, start)) return k.fails('hugetlb_madvise', -EINVAL);
  const whole = end - start - ((end - start) % pages_per_huge_page(h));
  if (whole > 0) zap_page_range_single(k, vma, start, whole);
  return 0;
}

/** madvise_dontneed_free(): refused for VM_PFNMAP, and for locked memory unless asked for. */
function madvise_dontneed_free(k: Kernel, vma: Vma, start: number, end: number, advice: Advice): number {
  if (is_vm_hugetlb_page(vma)) return madvise_dontneed_hugetlb(k, vma, start, end, advice);
  const forbidden = VM_PFNMAP | (advice === 'MADV_DONTNEED_LOCKED' ? 0 : VM_LOCKED);
  if ((vma.vm_flags & forbidden & VM_PFNMAP) !== 0) return k.fails('madvise_dontneed_pfnmap', -EINVAL);
  if ((vma.vm_flags & forbidden) !== 0) return k.fails('madvise_dontneed_locked', -EINVAL);
  if (advice === 'MADV_FREE') return madvise_free_single_vma(k, vma, start, end);
  zap_page_range_single(k, vma, start, end - start);
  return 0;
}

/** madvise_free_single_vma(): anonymous VMAs only; pages become clean and may be dropped any time. */
function madvise_free_single_vma(k: Kernel, vma: Vma, start: number, end: number): number {
  if (!vma_is_anonymous(vma)) return k.fails('madvise_free_file', -EINVAL);
  lru_add_drain(k);
  const { pte, frames } = k;
  const { mm } = vma;
  const { pt } = mm;
  const ptent = newPte();
  /** Of a large folio whose PTEs were looked at: where the next begins. */
  let next = 0;
  let split = false;
  const free_pte = (vpn: number): void => {
    if (vpn < next) return;
    // the walk may hold what was there before a folio was split
    if (split) pt.get(vpn, ptent);
    if (!pte.present(ptent)) {
      mm.dec_mm_counter(MM_SWAPENTS);
      free_swap_and_cache(k, ptent);
      pt.clear(vpn);
      return;
    }
    const page = vm_normal_page(k, vma, vpn, ptent);
    if (page < 0) return;
    const folio = k.large_folio(page);
    if (folio !== undefined) {
      const batch = folio_pte_batch(k, pt, folio, page, vpn, ptent, end);
      next = vpn + batch.nr;
      if (batch.nr === folio.pages) {
        free_folio_ptes(k, vma, folio, batch);
        return;
      }
      if (!split_part(k, folio)) return;
      // what is there now, PTE by PTE
      next = 0;
      split = true;
      free_pte(vpn);
      return;
    }
    if (frames.test(page, PG.swapcache) || frames.test(page, PG.dirty)) {
      if (k.page_mapcount(page) !== 1) return;
      if (frames.test(page, PG.swapcache) && !folio_free_swap(k, page)) return;
      frames.clearFlag(page, PG.dirty);
    }
    if (pte.young(ptent) || pte.dirty(ptent)) {
      pte.mkold(ptent);
      pte.mkclean(ptent);
      pt.set(vpn, ptent);
    }
    folio_mark_lazyfree(k, page);
  };
  pt.walk(start, end, ptent, {
    pte: free_pte,
    pmd: (first) => madvise_free_huge_pmd(k, vma, first, start, end),
    pud: (first) => split_on_the_way(vma, first),
  });
  return 0;
}

/** madvise_free_pte_range() at a large folio that all PTEs of a batch map as a whole. */
function free_folio_ptes(k: Kernel, vma: Vma, folio: Folio, batch: FolioBatch): void {
  const { frames } = k;
  if (frames.test(folio.id, PG.dirty)) {
    if (folio.large_mapcount !== folio.pages) return;
    frames.clearFlag(folio.id, PG.dirty);
  }
  if (batch.young || batch.dirty) vma.mm.pt.clear_young_dirty_ptes(batch.vpn, batch.nr, true);
  folio_mark_lazyfree(k, folio.id);
}

/**
 * madvise_free_huge_pmd() (mm/huge_memory.c): a folio that others seem to map as well is left alone, and so is the huge
 * zero folio. False: it was to be freed in part, and was split or could not be.
 */
function madvise_free_huge_pmd(k: Kernel, vma: Vma, first: number, start: number, end: number): boolean {
  const codec = k.arch.pmd!;
  const { pt } = vma.mm;
  const p = newPte();
  pt.getHuge(PMD, first, p);
  const folio = codec.present(p) && !is_huge_zero_pfn(k, codec.pfn(p)) ? k.large_folio(codec.pfn(p)) : undefined;
  if (folio === undefined || folio_maybe_mapped_shared(k, folio.id)) return true;
  if (!is_whole(first, codec.pages, start, end)) return !split_part(k, folio);
  k.frames.clearFlag(folio.id, PG.dirty);
  if (codec.young(p) || codec.dirty(p)) {
    codec.mkold(p);
    codec.mkclean(p);
    pt.setHuge(PMD, first, p);
  }
  folio_mark_lazyfree(k, folio.id);
  return true;
}

/** Ours: madvise() of a part of a folio that nobody else seems to map: true when that was split. */
function split_part(k: Kernel, folio: Folio): boolean {
  if (folio_maybe_mapped_shared(k, folio.id)) return false;
  k.get_page(folio.id);
  const split = split_folio(k, folio);
  k.put_page(folio.id);
  return split;
}

/** folio_mark_lazyfree() (mm/swap.c): off the anonymous LRU, onto the one of clean file pages. */
function folio_mark_lazyfree(k: Kernel, page: number): void {
  const { frames } = k;
  const eligible =
    frames.test(page, PG.anon) &&
    frames.test(page, PG.swapbacked) &&
    frames.test(page, PG.lru) &&
    !frames.test(page, PG.swapcache) &&
    !frames.test(page, PG.unevictable);
  if (eligible) frames.clearFlag(page, PG.active | PG.referenced | PG.swapbacked);
}

/** can_madv_lru_vma(). */
function can_madv_lru_vma(vma: Vma): boolean {
  return (vma.vm_flags & (VM_LOCKED | VM_PFNMAP | VM_HUGETLB)) === 0;
}

/** Ours: why can_madv_lru_vma() says no. */
function not_on_lru(vma: Vma): FailureReason {
  if ((vma.vm_flags & VM_PFNMAP) !== 0) return 'madvise_lru_pfnmap';
  return (vma.vm_flags & VM_HUGETLB) !== 0 ? 'madvise_lru_hugetlb' : 'madvise_lru_locked';
}

/** madvise_cold(). */
function madvise_cold(k: Kernel, vma: Vma, start: number, end: number): number {
  if (!can_madv_lru_vma(vma)) return k.fails(not_on_lru(vma), -EINVAL);
  madvise_cold_or_pageout(k, vma, start, end, false);
  return 0;
}

/** madvise_pageout(). Our user may page out files it could write, which root always can. */
function madvise_pageout(k: Kernel, vma: Vma, start: number, end: number): number {
  if (!can_madv_lru_vma(vma)) return k.fails(not_on_lru(vma), -EINVAL);
  if (!vma_is_anonymous(vma) && !can_do_file_pageout(vma) && (vma.vm_flags & VM_MAYSHARE) !== 0) return 0;
  madvise_cold_or_pageout(k, vma, start, end, true);
  return 0;
}

/** can_do_file_pageout(): the owner of the file may. */
function can_do_file_pageout(vma: Vma): boolean {
  return vma.vm_file !== null;
}

/** madvise_cold_or_pageout_pte_range(). */
function madvise_cold_or_pageout(k: Kernel, vma: Vma, start: number, end: number, out: boolean): void {
  const { pte, frames } = k;
  const { pt } = vma.mm;
  const isolated: number[] = [];
  lru_add_drain(k);
  const ptent = newPte();
  const cold = (page: number): void => {
    frames.clearFlag(page, PG.referenced);
    if (frames.test(page, PG.active)) frames.setFlag(page, PG.workingset);
    if (out) {
      if (!frames.test(page, PG.unevictable)) isolated.push(page);
    } else {
      folio_deactivate(k, page);
    }
  };
  let next = 0;
  let split = false;
  const cold_pte = (vpn: number): void => {
    if (vpn < next) return;
    // the walk may hold what was there before a folio was split
    if (split) pt.get(vpn, ptent);
    if (!pte.present(ptent)) return;
    const page = vm_normal_page(k, vma, vpn, ptent);
    if (page < 0) return;
    const folio = k.large_folio(page);
    if (folio !== undefined) {
      const batch = folio_pte_batch(k, pt, folio, page, vpn, ptent, end);
      next = vpn + batch.nr;
      if (batch.nr < folio.pages) {
        if (!split_part(k, folio)) return;
        next = 0;
        split = true;
        cold_pte(vpn);
        return;
      }
      if (!frames.test(folio.id, PG.lru) || folio.large_mapcount !== folio.pages) return;
      if (!out && batch.young) pt.clear_young_dirty_ptes(vpn, batch.nr, false);
      cold(folio.id);
      return;
    }
    if (!frames.test(page, PG.lru) || k.page_mapcount(page) !== 1) return;
    if ((!out || !k.feature.pageout_ignores_young) && pte.young(ptent)) {
      pte.mkold(ptent);
      pt.set(vpn, ptent);
    }
    cold(page);
  };
  const cold_pmd = (first: number): boolean => {
    const codec = k.arch.pmd!;
    const page = codec.pfn(ptent);
    if (is_huge_zero_pfn(k, page) || !codec.present(ptent)) return true;
    // pmd_folio(): of a huge pfn mapping as well
    if (!k.machine.pfn_valid(page)) k.oops('oops_madvise_cold_or_pageout_pte_range', page);
    const folio = k.large_folio(page);
    if (folio === undefined ? k.page_mapcount(page) > 1 : folio_maybe_mapped_shared(k, page)) return true;
    if (!is_whole(first, codec.pages, start, end)) return folio === undefined || !split_part(k, folio);
    if (!out && codec.young(ptent)) {
      codec.mkold(ptent);
      pt.setHuge(PMD, first, ptent);
    }
    if (!out || frames.test(page, PG.lru)) cold(page);
    return true;
  };
  pt.walk(start, end, ptent, { pte: cold_pte, pmd: cold_pmd, pud: (first) => split_on_the_way(vma, first) });
  if (out) reclaim_pages(k, isolated, LARGE);
}

const LARGE = { split: split_folio_to_list, unmap: try_to_unmap_large } as const;

/** folio_deactivate() (mm/swap.c). */
function folio_deactivate(k: Kernel, page: number): void {
  const { frames } = k;
  if (frames.test(page, PG.lru) && !frames.test(page, PG.unevictable) && frames.test(page, PG.active)) {
    frames.clearFlag(page, PG.active | PG.referenced);
  }
}

/** madvise_remove(): punches a hole into the file. */
function madvise_remove(k: Kernel, vma: Vma, start: number, end: number): number {
  if ((vma.vm_flags & VM_LOCKED) !== 0) return k.fails('madvise_remove_locked', -EINVAL);
  const file = vma.vm_file;
  if (file === null) return k.fails('madvise_remove_no_file', -EINVAL);
  if ((vma.vm_flags & (VM_SHARED | VM_MAYWRITE)) !== (VM_SHARED | VM_MAYWRITE))
    return k.fails('madvise_remove_readonly', -EACCES);
  const index = start - vma.vm_start + vma.vm_pgoff;
  if (index < 0) return k.fails('madvise_remove_offset', -EINVAL);
  if (file.kind === 'device') return k.fails('madvise_remove_device', -ENODEV);
  if (file.kind === 'hugetlbfs') hugetlbfs_punch_hole(k, file, index, end - start);
  else shmem_punch_hole(k, file, index, end - start);
  return 0;
}
