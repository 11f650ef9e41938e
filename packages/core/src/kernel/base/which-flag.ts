// SPDX-License-Identifier: GPL-2.0-or-later
/** Which flag of a mapping it was, where the kernel asks for several at once: the ends of reasons' names. */
import { VM_DONTEXPAND, VM_HUGETLB, VM_IO, VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';

/** Ours: of `VM_IO | VM_PFNMAP`, one of which is set. */
export function io_or_pfnmap(vm_flags: number): 'io' | 'pfnmap' | 'io_pfnmap' {
  if ((vm_flags & VM_PFNMAP) === 0) return 'io';
  return (vm_flags & VM_IO) === 0 ? 'pfnmap' : 'io_pfnmap';
}

/** Ours: of `VM_DONTEXPAND | VM_PFNMAP`, one of which is set. */
export function pfnmap_or_dontexpand(vm_flags: number): 'pfnmap' | 'dontexpand' | 'pfnmap_dontexpand' {
  if ((vm_flags & VM_PFNMAP) === 0) return 'dontexpand';
  return (vm_flags & VM_DONTEXPAND) === 0 ? 'pfnmap' : 'pfnmap_dontexpand';
}

/** Ours: of `VM_PFNMAP | VM_IO | VM_HUGETLB | VM_MIXEDMAP`, one of which is set, the first one. */
export function pfnmap_or_other(vm_flags: number): 'pfnmap' | 'mixedmap' | 'hugetlb' | 'io' {
  if ((vm_flags & VM_PFNMAP) !== 0) return 'pfnmap';
  if ((vm_flags & VM_MIXEDMAP) !== 0) return 'mixedmap';
  return (vm_flags & VM_HUGETLB) === 0 ? 'io' : 'hugetlb';
}
