// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The LRU and the mlocked state of pages (mm/swap.c, mm/mlock.c). The kernel collects these
 * operations in per-CPU batches. Those of the LRU the model carries out at once, which is what is
 * seen after a drain; those of mlock are kept, because a page that is marked accessed before the
 * drain is not unevictable yet.
 */
import { F, PG } from '../../machine/frame-table.js';
import { VM_LOCKED, VM_SPECIAL } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/** folio_evictable(): not mlocked (the model has no unevictable mappings). */
function folio_evictable(k: Kernel, pfn: number): boolean {
  return !k.frames.test(pfn, PG.mlocked);
}

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

/** PAGEVEC_SIZE: a full batch is drained. */
const BATCH = 31;

type MlockOp = 'lru' | 'new' | 'munlock';

/** The batch of mlock operations; each holds a reference on its page. */
export class MlockBatch {
  private readonly pages: number[] = [];
  private readonly ops: MlockOp[] = [];

  add(k: Kernel, pfn: number, op: MlockOp): void {
    k.get_page(pfn);
    this.pages.push(pfn);
    this.ops.push(op);
    if (this.pages.length >= BATCH) this.drain(k);
  }

  /** mlock_drain_local(), as lru_add_drain() does at its end. */
  drain(k: Kernel): void {
    if (this.pages.length === 0) return;
    const { pages, ops } = this;
    for (let i = 0; i < pages.length; i++) {
      const pfn = pages[i]!;
      if (ops[i] === 'lru') __mlock_folio(k, pfn);
      else if (ops[i] === 'new') __mlock_new_folio(k, pfn);
      else __munlock_folio(k, pfn);
    }
    for (const pfn of pages) k.put_page(pfn);
    pages.length = 0;
    ops.length = 0;
  }

  clear(): void {
    this.pages.length = 0;
    this.ops.length = 0;
  }
}

/** lru_add_drain(). */
export function lru_add_drain(k: Kernel): void {
  k.mlockBatch.drain(k);
}

/** mlock_new_folio(). */
function mlock_new_folio(k: Kernel, pfn: number): void {
  k.frames.setFlag(pfn, PG.mlocked);
  k.mlockBatch.add(k, pfn, 'new');
}

function __mlock_new_folio(k: Kernel, pfn: number): void {
  const f = k.frames;
  if (!folio_evictable(k, pfn)) {
    f.setFlag(pfn, PG.unevictable);
    f.set(pfn, F.mlock, 1);
  }
  f.setFlag(pfn, PG.lru);
}

/** mlock_folio(). */
export function mlock_folio(k: Kernel, pfn: number): void {
  k.frames.setFlag(pfn, PG.mlocked);
  k.mlockBatch.add(k, pfn, 'lru');
}

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
export function munlock_folio(k: Kernel, pfn: number): void {
  k.mlockBatch.add(k, pfn, 'munlock');
}

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

/** mlock_vma_folio(): a page was mapped into a VMA. */
export function mlock_vma_folio(k: Kernel, pfn: number, vma: Vma): void {
  if ((vma.vm_flags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED) mlock_folio(k, pfn);
}

/** munlock_vma_folio(): a page was unmapped from a VMA. */
export function munlock_vma_folio(k: Kernel, pfn: number, vma: Vma): void {
  if ((vma.vm_flags & VM_LOCKED) !== 0) munlock_folio(k, pfn);
}

/** folio_mark_accessed(): inactive, referenced, active. */
export function folio_mark_accessed(k: Kernel, pfn: number): void {
  const f = k.frames;
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

/** folio_mark_dirty(): true when it was clean. */
export function folio_mark_dirty(k: Kernel, pfn: number): boolean {
  if (k.frames.test(pfn, PG.dirty)) return false;
  k.frames.setFlag(pfn, PG.dirty);
  return true;
}
