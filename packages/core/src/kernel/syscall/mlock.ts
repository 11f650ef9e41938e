// SPDX-License-Identifier: GPL-2.0-or-later
/** mlock() and munlock() (mm/mlock.c). */
import { F } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { VM_DROPPABLE_HI, VM_IO, VM_LOCKED, VM_LOCKED_MASK, VM_PFNMAP, VM_SPECIAL } from '../../mm/vm-flags.js';
import type { Mm, Vma } from '../../mm/vma.js';
import { EAGAIN, EFAULT, ENOMEM } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { vma_start_anon_pgoff } from '../base/page-index.js';
import { lru_add_drain } from '../folio/folio-add-lru.js';
import { mlock_folio, munlock_folio } from '../folio/mlock-folio.js';
import { mm_populate } from '../gup/populate.js';
import { split_on_the_way } from '../huge/huge-range.js';
import { folio_pte_batch } from '../pte/folio-batch.js';
import { is_huge_zero_pfn, vm_normal_page } from '../pte/normal-page.js';
import { may_split, vma_modify_flags } from '../vma/vma-merge.js';

/** mlock(): 0 or a negative errno. */
export function do_mlock(k: Kernel, mm: Mm, start: number, pages: number): number {
  const error = apply_vma_lock_flags(k, mm, start, pages, VM_LOCKED);
  if (error !== 0) return error;
  const ret = mm_populate(k, mm, start, pages);
  // __mlock_posix_error_return()
  if (ret === -EFAULT) return k.turns('mlock_posix_fault', -ENOMEM);
  return ret === -ENOMEM ? k.turns('mlock_posix_memory', -EAGAIN) : ret;
}

/** munlock(). */
export function do_munlock(k: Kernel, mm: Mm, start: number, pages: number): number {
  return apply_vma_lock_flags(k, mm, start, pages, 0);
}

/** apply_vma_lock_flags() (mm/mlock.c): 0 or a negative errno. */
function apply_vma_lock_flags(k: Kernel, mm: Mm, start: number, pages: number, flags: number): number {
  const end = start + pages;
  if (pages === 0) return 0;
  let vma: Vma | undefined = mm.vma_lookup(start);
  if (vma === undefined) return k.fails('mlock_unmapped', -ENOMEM);
  let prev: Vma | undefined = start > vma.vm_start ? vma : mm.vma_before(start);
  let nstart = start;
  let tmp = vma.vm_start;
  while (vma !== undefined && vma.vm_start < end) {
    if (vma.vm_start !== tmp) return k.fails('mlock_hole', -ENOMEM);
    const newflags = (vma.vm_flags & ~VM_LOCKED_MASK) | flags;
    tmp = Math.min(vma.vm_end, end);
    const fixed = mlock_fixup(k, vma, prev, nstart, tmp, newflags);
    if (typeof fixed === 'number') return fixed;
    prev = fixed;
    tmp = prev.vm_end;
    nstart = tmp;
    vma = mm.find_vma(tmp);
  }
  return tmp < end ? k.fails('mlock_hole', -ENOMEM) : 0;
}

/** mlock_fixup(): returns the VMA that covers the range now, or a negative errno. */
function mlock_fixup(
  k: Kernel,
  vma: Vma,
  prev: Vma | undefined,
  start: number,
  end: number,
  newflags: number,
): Vma | number {
  const oldflags = vma.vm_flags;
  const droppable = (vma.vm_flags_hi & VM_DROPPABLE_HI) !== 0;
  const secret = vma.vm_ops?.driver?.secretmem === true;
  if (newflags === oldflags || (oldflags & VM_SPECIAL) !== 0 || secret || droppable) return vma;
  const refused = may_split(k, vma, start, end);
  if (refused !== 0) return refused;
  const target = vma_modify_flags(k, prev, vma, start, end, newflags);
  const { mm } = target;
  if ((newflags & VM_LOCKED) === 0) mm.locked_vm -= end - start;
  else if ((oldflags & VM_LOCKED) === 0) mm.locked_vm += end - start;
  k.flagsChanged(mm, start, end, oldflags, newflags, (newflags & VM_LOCKED) === 0 ? 'flags_munlock' : 'flags_mlock');
  target.vm_flags = newflags;
  if ((newflags & VM_LOCKED) === 0 || (oldflags & VM_LOCKED) === 0) mlock_vma_pages_range(k, target, start, end);
  return target;
}

/** folio_within_range() (mm/internal.h): all of a folio lies in a part of a VMA. */
function folio_within_range(k: Kernel, folio: Folio, vma: Vma, start: number, end: number): boolean {
  const index = k.frames.get(folio.id, F.index);
  const offset = k.test_anon(folio.id) ? vma_start_anon_pgoff(k, vma) : vma.vm_pgoff;
  const first = vma.vm_start + index - offset;
  return first >= Math.max(start, vma.vm_start) && first + folio.pages <= Math.min(end, vma.vm_end);
}

/** mlock_pte_range(): every normal page that is mapped there is (un)locked. The huge zero folio is not. */
function mlock_vma_pages_range(k: Kernel, vma: Vma, start: number, end: number): void {
  lru_add_drain(k);
  if ((vma.vm_flags & VM_PFNMAP) !== 0) return;
  const lock = (vma.vm_flags & VM_LOCKED) !== 0;
  const ptent = newPte();
  // VM_IO tells mlock_vma_folio() to keep out meanwhile, and shows in a bad page map that the walk meets
  if (lock) vma.vm_flags |= VM_IO;
  const each = (page: number): void => {
    if (lock) mlock_folio(k, page);
    else munlock_folio(k, page);
  };
  let next = 0;
  vma.mm.pt.walk(start, end, ptent, {
    pte: (vpn) => {
      if (vpn < next || !k.pte.present(ptent)) return;
      const page = vm_normal_page(k, vma, vpn, ptent);
      if (page < 0) return;
      const folio = k.large_folio(page);
      if (folio === undefined) {
        each(page);
        return;
      }
      const table = vpn - (vpn % k.ptrs_per_pte);
      const to = Math.min(end, table + k.ptrs_per_pte);
      const { nr } = folio_pte_batch(k, vma.mm.pt, folio, page, vpn, ptent, to);
      next = vpn + nr;
      if (!lock || (nr === folio.pages && folio_within_range(k, folio, vma, Math.max(start, table), to))) each(page);
    },
    pmd: () => {
      const pfn = k.arch.pmd!.pfn(ptent);
      if (k.arch.pmd!.present(ptent) && !is_huge_zero_pfn(k, pfn)) each(pfn);
      return true;
    },
    pud: (first) => split_on_the_way(vma, first),
  });
  lru_add_drain(k);
  if (lock) vma.vm_flags &= ~VM_IO;
}
