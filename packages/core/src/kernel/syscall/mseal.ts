// SPDX-License-Identifier: GPL-2.0-or-later
/** mseal() (mm/mseal.c). */
import { VM_SEALED_HI } from '../../mm/vm-flags.js';
import type { Mm, Vma } from '../../mm/vma.js';
import { ENOMEM, ENOSYS } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { may_split, split_vma, vma_modify_flags } from '../vma/vma-merge.js';

/** range_contains_unmapped(). */
function range_contains_unmapped(mm: Mm, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const vma = mm.vma_lookup(at);
    if (vma === undefined) return true;
    at = vma.vm_end;
  }
  return false;
}

/** do_mseal(): 0 or a negative errno. 32-bit kernels have no such call (CONFIG_64BIT in mm/Makefile). */
export function do_mseal(k: Kernel, mm: Mm, start: number, pages: number): number {
  if (!k.feature.mseal) return k.fails('mseal_unknown', -ENOSYS);
  if (k.arch.bits !== 64) return k.fails('mseal_32bit', -ENOSYS);
  if (pages === 0) return 0;
  const end = start + pages;
  if (range_contains_unmapped(mm, start, end)) return k.fails('mseal_hole', -ENOMEM);
  return mseal_apply(k, mm, start, end);
}

/**
 * vma_modify_flags() (mm/vma.c) of a range that starts before its VMA: its page offset, computed without sign, fits
 * no neighbour's, and nothing merges.
 */
function outside(k: Kernel, vma: Vma, end: number): void {
  k.warn_once('merge_outside_middle');
  if (vma.vm_end > end) split_vma(k, vma, end, false);
}

/** mseal_apply(): a flag of its own, by which VMAs split and merge. */
function mseal_apply(k: Kernel, mm: Mm, start: number, end: number): number {
  let last = start;
  let next = mm.vma_lookup(start);
  while (next !== undefined && next.vm_start < end) {
    let vma: Vma = next;
    const at = k.feature.mseal_stale_start ? last : Math.max(vma.vm_start, start);
    const to = Math.min(vma.vm_end, end);
    if ((vma.vm_flags_hi & VM_SEALED_HI) === 0) {
      const refused = may_split(k, vma, Math.max(at, vma.vm_start), to);
      if (refused !== 0) return refused;
      const flags_hi = vma.vm_flags_hi | VM_SEALED_HI;
      if (at < vma.vm_start) outside(k, vma, to);
      else {
        const prev = at > vma.vm_start ? vma : mm.vma_before(at);
        vma = vma_modify_flags(k, prev, vma, at, to, vma.vm_flags, flags_hi);
      }
      k.flagsChanged(mm, Math.max(at, vma.vm_start), to, 0, 0, 'flags_mseal', vma.vm_flags_hi, flags_hi);
      vma.vm_flags_hi = flags_hi;
    }
    last = to;
    next = mm.find_vma(vma.vm_end);
  }
  return 0;
}
