// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The LRU (mm/swap.c): pages go onto it, age, and become dirty. The kernel collects these operations in
 * per-CPU batches; the model carries them out at once, which is what is seen after a drain.
 */
import { F, PG } from '../../machine/frame-table.js';
import { VM_LOCKED, VM_RAND_READ, VM_SEQ_READ, VM_SPECIAL } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { folio_evictable, mlock_drain_local, mlock_new_folio } from './mlock-folio.js';

/** folio_add_lru(), drained (lru_add). */
export function folio_add_lru(k: Kernel, pfn: number): void {
  const f = k.frames;
  f.setFlag(pfn, PG.lru);
  if (folio_evictable(k, pfn)) {
    f.clearFlag(pfn, PG.unevictable);
  } else {
    f.clearFlag(pfn, PG.active);
    f.setFlag(pfn, PG.unevictable);
    f.set(pfn, F.mlock, f.test(pfn, PG.mlocked) ? 1 : 0);
  }
}

/** folio_add_lru_vma(). */
export function folio_add_lru_vma(k: Kernel, pfn: number, vma: Vma): void {
  if ((vma.vm_flags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED) mlock_new_folio(k, pfn);
  else folio_add_lru(k, pfn);
}

/** folio_mark_accessed(): inactive, referenced, active. */
export function folio_mark_accessed(k: Kernel, page: number): void {
  const f = k.frames;
  const pfn = k.page_folio(page);
  if (!f.test(pfn, PG.referenced)) {
    f.setFlag(pfn, PG.referenced);
  } else if (f.test(pfn, PG.unevictable)) {
    // unevictable pages are left alone
  } else if (!f.test(pfn, PG.active)) {
    // off the LRU only a page in a batch can be activated; a driver's page is in none
    if (f.test(pfn, PG.lru)) f.setFlag(pfn, PG.active);
    f.clearFlag(pfn, PG.referenced);
  }
}

/** folio_mark_dirty() (mm/page-writeback.c): true when it was clean. */
export function folio_mark_dirty(k: Kernel, page: number): boolean {
  const pfn = k.page_folio(page);
  if (k.frames.test(pfn, PG.dirty)) return false;
  k.frames.setFlag(pfn, PG.dirty);
  return true;
}

/** lru_add_drain(): what is left of it here is its end. */
export function lru_add_drain(k: Kernel): void {
  mlock_drain_local(k);
}

/** vma_has_recency() (include/linux/mm_inline.h): accesses through this VMA say something about the page. */
export function vma_has_recency(k: Kernel, vma: Vma): boolean {
  const without = k.feature.rand_read_no_recency ? VM_SEQ_READ | VM_RAND_READ : VM_SEQ_READ;
  return (vma.vm_flags & without) === 0;
}
