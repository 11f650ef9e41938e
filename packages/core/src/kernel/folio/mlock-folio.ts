// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The mlocked state of pages (mm/mlock.c). The kernel collects these operations in a per-CPU batch, and so does
 * the model: a page that is marked accessed before the drain is not unevictable yet.
 */
import { F, PG } from '../../machine/frame-table.js';
import { VM_LOCKED, VM_SPECIAL } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import type { MlockOp } from '../base/mlock-batch.js';

/** folio_evictable() (mm/internal.h): not mlocked (the model has no unevictable mappings). */
export function folio_evictable(k: Kernel, pfn: number): boolean {
  return !k.frames.test(pfn, PG.mlocked);
}

/** folio_batch_add() with the page's reference; a full batch is drained. */
function batch_add(k: Kernel, pfn: number, op: MlockOp): void {
  k.get_page(pfn);
  k.mlockBatch.add(pfn, op);
  if (k.mlockBatch.full || k.large_folio(pfn) !== undefined) mlock_drain_local(k);
}

/** mlock_drain_local() with mlock_folio_batch(). */
export function mlock_drain_local(k: Kernel): void {
  const { pages, ops } = k.mlockBatch;
  if (pages.length === 0) return;
  for (let i = 0; i < pages.length; i++) {
    const pfn = pages[i]!;
    if (ops[i] === 'lru') __mlock_folio(k, pfn);
    else if (ops[i] === 'new') __mlock_new_folio(k, pfn);
    else __munlock_folio(k, pfn);
  }
  for (const pfn of pages) k.put_page(pfn);
  k.mlockBatch.clear();
}

/** mlock_new_folio(). */
export function mlock_new_folio(k: Kernel, page: number): void {
  const pfn = k.page_folio(page);
  k.frames.setFlag(pfn, PG.mlocked);
  batch_add(k, pfn, 'new');
}

/** __mlock_new_folio(). */
function __mlock_new_folio(k: Kernel, pfn: number): void {
  const f = k.frames;
  if (!folio_evictable(k, pfn)) {
    f.setFlag(pfn, PG.unevictable);
    f.set(pfn, F.mlock, 1);
  }
  f.setFlag(pfn, PG.lru);
}

/** mlock_folio(). */
export function mlock_folio(k: Kernel, page: number): void {
  const pfn = k.page_folio(page);
  k.frames.setFlag(pfn, PG.mlocked);
  batch_add(k, pfn, 'lru');
}

/** __mlock_folio(). */
function __mlock_folio(k: Kernel, pfn: number): void {
  const f = k.frames;
  if (!f.test(pfn, PG.lru)) return;
  if (folio_evictable(k, pfn)) {
    f.clearFlag(pfn, PG.unevictable);
    return;
  }
  if (f.test(pfn, PG.unevictable)) {
    if (f.test(pfn, PG.mlocked)) f.add(pfn, F.mlock, 1);
    return;
  }
  f.clearFlag(pfn, PG.active);
  f.setFlag(pfn, PG.unevictable);
  f.set(pfn, F.mlock, f.test(pfn, PG.mlocked) ? 1 : 0);
}

/** munlock_folio(). */
export function munlock_folio(k: Kernel, page: number): void {
  batch_add(k, k.page_folio(page), 'munlock');
}

/** __munlock_folio(). */
function __munlock_folio(k: Kernel, pfn: number): void {
  const f = k.frames;
  const isolated = f.test(pfn, PG.lru);
  if (isolated && f.test(pfn, PG.unevictable)) {
    const count = f.get(pfn, F.mlock);
    if (count > 0) f.set(pfn, F.mlock, count - 1);
    if (f.get(pfn, F.mlock) > 0) return;
  }
  f.clearFlag(pfn, PG.mlocked);
  if (isolated && f.test(pfn, PG.unevictable)) f.clearFlag(pfn, PG.unevictable);
}

/** mlock_vma_folio() (mm/internal.h): a page was mapped into a VMA. */
export function mlock_vma_folio(k: Kernel, pfn: number, vma: Vma): void {
  if ((vma.vm_flags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED) mlock_folio(k, pfn);
}

/** munlock_vma_folio() (mm/internal.h): a page was unmapped from a VMA. */
export function munlock_vma_folio(k: Kernel, pfn: number, vma: Vma): void {
  if ((vma.vm_flags & VM_LOCKED) !== 0) munlock_folio(k, pfn);
}
