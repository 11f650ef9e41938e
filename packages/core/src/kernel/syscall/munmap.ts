// SPDX-License-Identifier: GPL-2.0-or-later
/** munmap() (mm/vma.c: do_vmi_munmap). */

import { VM_LOCKED } from '../../mm/vm-flags.js';
import { type Mm, type Vma, vma_is_sealed } from '../../mm/vma.js';
import { EINVAL, EPERM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { MmuGather } from '../base/mmu-gather.js';
import { fput } from '../file/fput.js';
import { lru_add_drain } from '../folio/folio-add-lru.js';
import { unlink_anon_vmas } from '../folio/rmap.js';
import { hugetlb_vm_op_close } from '../hugetlb/reservation.js';
import { vma_pfnmap_track_ctx_release } from '../pte/pat.js';
import { may_split, split_vma } from '../vma/vma-merge.js';
import { free_pgtables } from '../zap/free-pgtables.js';
import { tlb_finish_mmu, unmap_single_vma } from '../zap/zap.js';

/** do_vmi_munmap(): `[start, start + pages)`; 0, -EINVAL, or -EPERM for a sealed range. */
export function do_munmap(k: Kernel, mm: Mm, start: number, pages: number): number {
  if (start > k.arch.task_pages || pages > k.arch.task_pages - start) return k.fails('munmap_beyond', -EINVAL);
  if (pages === 0) return k.fails('munmap_empty', -EINVAL);
  const end = start + pages;
  for (let vma = mm.find_vma(start); vma !== undefined && vma.vm_start < end; vma = mm.find_vma(vma.vm_end)) {
    const refused = may_split(k, vma, start, end);
    if (refused !== 0) return refused;
  }
  if (unmap_is_sealed(k, mm, start, end)) return k.fails('munmap_sealed', -EPERM);
  const detached = vms_gather_munmap_vmas(k, mm, start, end);
  vms_clear_ptes(k, detached, start, end);
  return 0;
}

/**
 * vms_gather_munmap_vmas() meets a VMA that mseal() sealed, and gives up: all stays mapped, but what had
 * been split at the start of the range remains so.
 */
export function unmap_is_sealed(k: Kernel, mm: Mm, start: number, end: number): boolean {
  const first = mm.find_vma(start);
  if (first === undefined || first.vm_start >= end) return false;
  for (let vma: Vma | undefined = first; vma !== undefined && vma.vm_start < end; vma = mm.find_vma(vma.vm_end)) {
    if (!vma_is_sealed(vma)) continue;
    if (start > first.vm_start && !vma_is_sealed(first)) split_vma(k, first, start, true);
    return true;
  }
  return false;
}

/** vms_gather_munmap_vmas(): splits at the ends, and takes the VMAs of the range out of the tree. */
export function vms_gather_munmap_vmas(k: Kernel, mm: Mm, start: number, end: number): Vma[] {
  const first = mm.find_vma(start);
  if (first === undefined || first.vm_start >= end) return [];
  if (start > first.vm_start) split_vma(k, first, start, true);
  const detached: Vma[] = [];
  for (let vma = mm.find_vma(start); vma !== undefined && vma.vm_start < end; vma = mm.find_vma(vma.vm_end)) {
    if (vma.vm_end > end) split_vma(k, vma, end, false);
    detached.push(vma);
  }
  for (const vma of detached) {
    vma.unlink();
    if ((vma.vm_flags & VM_LOCKED) !== 0) mm.locked_vm -= vma.pages;
  }
  return detached;
}

/** vms_clear_ptes(): unmap_vmas(), then free_pgtables() unlinks from rmap, then the pages go. */
export function vms_clear_ptes(k: Kernel, detached: readonly Vma[], start: number, end: number): void {
  const tlb = new MmuGather();
  lru_add_drain(k);
  for (const vma of detached) unmap_single_vma(k, tlb, vma, start, end, true);
  for (const vma of detached) {
    unlink_anon_vmas(k, vma);
    vma.vm_file?.remove(vma);
  }
  if (detached[0] !== undefined) {
    const { mm } = detached[0];
    const floor = mm.vma_before(start)?.vm_end ?? 0;
    free_pgtables(k, detached, floor, mm.find_vma(end)?.vm_start ?? k.arch.task_pages);
  }
  tlb_finish_mmu(k, tlb);
  for (const vma of detached) {
    hugetlb_vm_op_close(k, vma);
    fput(k, vma.vm_file);
    vma_pfnmap_track_ctx_release(k, vma);
  }
}
