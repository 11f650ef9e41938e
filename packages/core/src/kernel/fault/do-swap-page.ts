// SPDX-License-Identifier: GPL-2.0-or-later
/** do_swap_page() (mm/memory.c): a fault on a PTE that is neither empty nor present. */
import { F, PG } from '../../machine/frame-table.js';
import { MM_ANONPAGES, MM_SWAPENTS } from '../../mm/rss.js';
import { VM_LOCKED, VM_WRITE } from '../../mm/vm-flags.js';
import { copyPte, type Kernel } from '../base/kernel.js';
import { FAULT_FLAG_WRITE, VM_FAULT_ERROR, VM_FAULT_MAJOR, VM_FAULT_OOM } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { folio_add_lru } from '../folio/folio-add-lru.js';
import { folio_add_anon_rmap_pte, folio_add_new_anon_rmap } from '../folio/rmap.js';
import { folio_free_swap } from '../swap/folio-free-swap.js';
import { swap_cache_get_folio, swap_vma_readahead } from '../swap/swap-readahead.js';
import { swap_free, swap_offset_of } from '../swap/swapfile.js';
import { do_wp_page } from './wp.js';

/** do_swap_page() (mm/memory.c): a vm_fault_t. */
export function do_swap_page(k: Kernel, vmf: Vmf): number {
  const { vma, entry } = vmf;
  const { mm } = vma;
  const { pt } = mm;
  const { frames } = k;
  const offset = k.swap.enabled ? swap_offset_of(k, vmf.orig_pte) : -1;
  const slot = k.swap.slot(offset);
  // get_swap_device() knows no such device: nothing happens, and the access faults again
  if (slot === undefined) return 0;

  let ret = 0;
  let page = swap_cache_get_folio(k, vma, vmf.address, slot);
  let cached = page >= 0;
  if (!cached && slot.count > 1) {
    page = swap_vma_readahead(k, vmf, offset);
    if (page < 0) return k.fails('no_free_page', VM_FAULT_OOM);
    cached = true;
    ret = VM_FAULT_MAJOR;
  } else if (!cached) {
    // SWP_SYNCHRONOUS_IO with one user: read into a fresh page that never enters the swap cache
    page = k.alloc_page();
    if (page < 0) return k.fails('no_free_page', VM_FAULT_OOM);
    frames.setFlag(page, PG.swapbacked | PG.uptodate);
    frames.set(page, F.content, slot.content);
    if (slot.shadow) frames.setFlag(page, PG.active); // workingset_refault()
    folio_add_lru(k, page);
    ret = VM_FAULT_MAJOR;
  }
  const exclusive = cached ? k.pte.swp_exclusive(vmf.orig_pte) : true;

  swap_free(k, offset);
  if (should_try_to_free_swap(k, vmf, page)) folio_free_swap(k, page);
  mm.inc_mm_counter(MM_ANONPAGES);
  mm.dec_mm_counter(MM_SWAPENTS);
  k.mk_pte(entry, page, vma.vm_page_prot);
  let rmapExclusive = false;
  if (exclusive || k.page_count(page) === 1) {
    if ((vma.vm_flags & VM_WRITE) !== 0) {
      k.pte.mkwrite(entry);
      if ((vmf.flags & FAULT_FLAG_WRITE) !== 0) {
        k.pte.mkdirty(entry);
        vmf.flags &= ~FAULT_FLAG_WRITE;
      }
    }
    rmapExclusive = true;
  }
  copyPte(vmf.orig_pte, entry);
  if (!k.test_anon(page)) folio_add_new_anon_rmap(k, page, vma, vmf.address, rmapExclusive);
  else folio_add_anon_rmap_pte(k, page, vma, rmapExclusive);
  pt.set(vmf.address, entry);

  if ((vmf.flags & FAULT_FLAG_WRITE) !== 0) {
    ret |= do_wp_page(k, vmf);
    if ((ret & VM_FAULT_ERROR) !== 0) ret &= VM_FAULT_ERROR;
  }
  return ret;
}

/** should_try_to_free_swap() (mm/memory.c). */
function should_try_to_free_swap(k: Kernel, vmf: Vmf, page: number): boolean {
  if (!k.frames.test(page, PG.swapcache)) return false;
  if ((vmf.vma.vm_flags & VM_LOCKED) !== 0 || k.frames.test(page, PG.mlocked)) return true;
  return (vmf.flags & FAULT_FLAG_WRITE) !== 0 && k.page_count(page) === 2;
}
