// SPDX-License-Identifier: GPL-2.0-or-later
/** KSM for all of a process (mm/ksm.c, kernel/sys.c: prctl PR_SET_MEMORY_MERGE). Nothing is ever merged; flags are. */
import {
  VM_DONTEXPAND,
  VM_DROPPABLE_HI,
  VM_HUGETLB,
  VM_IO,
  VM_MAYSHARE,
  VM_MERGEABLE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
} from '../../mm/vm-flags.js';
import type { Mm, Vma } from '../../mm/vma.js';
import { EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';

const INCOMPATIBLE = VM_SHARED | VM_MAYSHARE | VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_HUGETLB | VM_MIXEDMAP;

/** vma_ksm_compatible(): private memory that is none of a driver. */
function vma_ksm_compatible(vm_flags: number, vm_flags_hi: number): boolean {
  return (vm_flags & INCOMPATIBLE) === 0 && (vm_flags_hi & VM_DROPPABLE_HI) === 0;
}

/** ksm_vma_flags(): what a new VMA of a process gets beside its own flags. */
export function ksm_vma_flags(mm: Mm, vm_flags: number, vm_flags_hi: number): number {
  return mm.merge_any && vma_ksm_compatible(vm_flags, vm_flags_hi) ? vm_flags | VM_MERGEABLE : vm_flags;
}

/** ksm_add_vma(). */
export function ksm_add_vma(k: Kernel, mm: Mm, vma: Vma): void {
  k.setFlags(vma, ksm_vma_flags(mm, vma.vm_flags, vma.vm_flags_hi), 'flags_ksm');
}

/** The case PR_SET_MEMORY_MERGE of prctl(): ksm_enable_merge_any(), ksm_disable_merge_any(). */
export function prctl_set_memory_merge(k: Kernel, mm: Mm, enable: boolean): number {
  if (!k.feature.memory_merge_prctl) return k.fails('prctl_unknown', -EINVAL);
  if (!k.profile.config.has('CONFIG_KSM')) return k.fails('prctl_no_ksm', -EINVAL);
  if (mm.merge_any === enable) return 0;
  mm.merge_any = enable;
  for (const vma of mm.vmas) {
    if (enable) ksm_add_vma(k, mm, vma);
    else k.setFlags(vma, vma.vm_flags & ~VM_MERGEABLE, 'flags_ksm_off');
  }
  return 0;
}
