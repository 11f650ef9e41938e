// SPDX-License-Identifier: GPL-2.0-or-later
/** Write-protect faults and copy-on-write (mm/memory.c: do_wp_page and below). */

import { F, PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { MM_ANONPAGES } from '../../mm/rss.js';
import { VM_MAYSHARE, VM_SHARED } from '../../mm/vm-flags.js';
import { readContent } from '../base/content.js';
import { copyPte, type Kernel, pte_same } from '../base/kernel.js';
import { FAULT_FLAG_UNSHARE, VM_FAULT_ERROR, VM_FAULT_NOPAGE, VM_FAULT_OOM } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { call_page_mkwrite, call_pfn_mkwrite, vmf_can_call_fault } from '../driver/vm-ops.js';
import { folio_add_lru_vma, folio_mark_dirty } from '../folio/folio-add-lru.js';
import { mm_id_enabled } from '../folio/large-mapcount.js';
import {
  anon_vma_prepare,
  folio_add_new_anon_rmap,
  folio_move_anon_rmap,
  folio_remove_rmap_pte,
  mm_counter_file,
} from '../folio/rmap.js';
import { vm_normal_page } from '../pte/normal-page.js';
import { maybe_mkwrite, pte_sw_mkyoung } from '../pte/pte-helpers.js';
import { flush_cache_page, ptep_set_access_flags } from '../pte/set-pte.js';
import { folio_free_swap, free_swap_cache } from '../swap/folio-free-swap.js';

/** do_wp_page(): a write, or an unshare, to a PTE that is not writable. */
export function do_wp_page(k: Kernel, vmf: Vmf): number {
  const { vma } = vmf;
  const unshare = (vmf.flags & FAULT_FLAG_UNSHARE) !== 0;
  vmf.page = vm_normal_page(k, vma, vmf.address, vmf.orig_pte);
  const page = vmf.page;
  if ((vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) !== 0) {
    return page < 0 ? wp_pfn_shared(k, vmf) : wp_page_shared(k, vmf);
  }
  if (page >= 0 && k.test_anon(page) && (k.frames.test(page, PG.anon_exclusive) || wp_can_reuse_anon_folio(k, vmf))) {
    k.frames.setFlag(page, PG.anon_exclusive);
    if (!unshare) wp_page_reuse(k, vmf);
    return 0;
  }
  if (page >= 0) k.get_page(page);
  return wp_page_copy(k, vmf);
}

/** fault_dirty_shared_page(): the page is dirty; its lock goes. */
export function fault_dirty_shared_page(k: Kernel, vmf: Vmf): number {
  folio_mark_dirty(k, vmf.page);
  return 0;
}

/** wp_page_reuse(): the PTE becomes young, dirty and (if the VMA is) writable. */
function wp_page_reuse(k: Kernel, vmf: Vmf): void {
  if (k.feature.wp_reuse_zeropage_check && k.machine.is_zero_pfn(k.pte.pfn(vmf.orig_pte))) k.warn('wp_page_reuse_zero');
  flush_cache_page(k, vmf.vma, vmf.address, k.pte.pfn(vmf.orig_pte));
  const { entry } = vmf;
  copyPte(entry, vmf.orig_pte);
  k.pte.mkyoung(entry);
  k.pte.mkdirty(entry);
  maybe_mkwrite(k, entry, vmf.vma);
  ptep_set_access_flags(k, vmf, entry, true);
}

/** wp_pfn_shared(): a frame without page in a shared mapping. */
function wp_pfn_shared(k: Kernel, vmf: Vmf): number {
  if (vmf.vma.vm_ops?.driver?.pfn_mkwrite === true) {
    const retry = vmf_can_call_fault(vmf);
    if (retry !== 0) return retry;
    const ret = call_pfn_mkwrite(k);
    if ((ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)) !== 0) return ret;
  }
  // finish_mkwrite_fault() finds the PTE unchanged: one thing happens at a time here
  wp_page_reuse(k, vmf);
  return 0;
}

/** wp_page_shared(): a page in a shared mapping. */
function wp_page_shared(k: Kernel, vmf: Vmf): number {
  if (vmf.vma.vm_ops?.driver?.page_mkwrite === true) {
    const retry = vmf_can_call_fault(vmf);
    if (retry !== 0) return retry;
    const tmp = call_page_mkwrite(k);
    if (tmp === 0 || (tmp & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)) !== 0) return tmp;
  }
  wp_page_reuse(k, vmf);
  return fault_dirty_shared_page(k, vmf);
}

/** wp_can_reuse_anon_folio(): is ours the only reference? */
function wp_can_reuse_anon_folio(k: Kernel, vmf: Vmf): boolean {
  const { frames } = k;
  const page = vmf.page;
  const folio = k.large_folio(page);
  if (folio !== undefined) return __wp_can_reuse_large_anon_folio(k, folio);
  if (k.page_count(page) > 3) return false;
  if (k.page_count(page) > 1 + (frames.test(page, PG.swapcache) ? 1 : 0)) return false;
  if (frames.test(page, PG.swapcache)) folio_free_swap(k, page);
  if (k.page_count(page) !== 1) return false;
  folio_move_anon_rmap(k, page, vmf.vma);
  return true;
}

/** __wp_can_reuse_large_anon_folio(): are all mappings of a large folio ours, and all references mappings? */
function __wp_can_reuse_large_anon_folio(k: Kernel, folio: Folio): boolean {
  if (!k.feature.cow_reuse_large || !mm_id_enabled(k)) return false;
  if (folio.large_mapcount <= 1 || folio.mapped_shared) return false;
  if (k.frames.test(folio.id, PG.swapcache)) folio_free_swap(k, folio.id);
  return folio.large_mapcount === k.page_count(folio.id);
}

/** wp_page_copy(): the private copy, and what becomes of the old page (whose reference we hold). */
function wp_page_copy(k: Kernel, vmf: Vmf): number {
  const { vma, entry } = vmf;
  const { frames } = k;
  const { mm } = vma;
  const { pt } = mm;
  const unshare = (vmf.flags & FAULT_FLAG_UNSHARE) !== 0;
  const old = vmf.page;
  anon_vma_prepare(k, vma);
  const page = k.alloc_page();
  if (page < 0) {
    if (old >= 0) k.put_page(old);
    return k.fails('no_free_page', VM_FAULT_OOM);
  }
  if (!k.machine.is_zero_pfn(k.pte.pfn(vmf.orig_pte))) {
    frames.set(page, F.content, old >= 0 ? frames.get(old, F.content) : __wp_page_copy_user(k, vmf));
  }
  frames.setFlag(page, PG.uptodate);
  pt.get(vmf.address, entry);
  if (!pte_same(entry, vmf.orig_pte)) {
    // reading the frame through the user's mapping made its PTE young: the access faults again
    k.put_page(page);
    if (old >= 0) k.put_page(old);
    return 0;
  }
  if (old >= 0) {
    if (!k.test_anon(old)) {
      mm.dec_mm_counter(mm_counter_file(k, old));
      mm.inc_mm_counter(MM_ANONPAGES);
    }
  } else {
    mm.inc_mm_counter(MM_ANONPAGES);
  }
  flush_cache_page(k, vma, vmf.address, k.pte.pfn(vmf.orig_pte));
  k.mk_pte(entry, page, vma.vm_page_prot);
  pte_sw_mkyoung(k, entry);
  if (!unshare) {
    k.pte.mkdirty(entry);
    maybe_mkwrite(k, entry, vma);
  }
  folio_add_new_anon_rmap(k, page, vma, vmf.address, true);
  folio_add_lru_vma(k, page, vma);
  pt.set(vmf.address, entry);
  if (old >= 0) {
    folio_remove_rmap_pte(k, old, vma);
    k.put_page(old);
    free_swap_cache(k, old);
    k.put_page(old);
  }
  return 0;
}

/**
 * __wp_page_copy_user() for a frame without struct page: the kernel reads it through the user's own
 * mapping, with page faults disabled. The first byte that it gets; 0 where it cannot read.
 */
function __wp_page_copy_user(k: Kernel, vmf: Vmf): number {
  const { pte } = k;
  const { entry } = vmf;
  const { pt } = vmf.vma.mm;
  copyPte(entry, vmf.orig_pte);
  if (!k.arch.facts.arch_has_hw_pte_young && !pte.young(entry)) {
    pte.mkyoung(entry);
    ptep_set_access_flags(k, vmf, entry, false);
  }
  pt.load(vmf.address, entry);
  const { lo, hi } = entry;
  const allowed = k.arch.user_access(entry, 'read');
  // an ordinary access: hardware that marks entries marks this one, and wp_page_copy() finds it changed
  if (entry.lo !== lo || entry.hi !== hi) pt.store(vmf.address, entry);
  if (!allowed) {
    k.warn_once('wp_copy_user');
    return 0;
  }
  return readContent(k, pte.pfn(entry));
}
