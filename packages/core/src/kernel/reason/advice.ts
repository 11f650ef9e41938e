// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of calls that change mappings that are there: mprotect, madvise, mlock, mseal. */
import type { ReasonTable } from './reason.js';

const MPROTECT_C = 'mm/mprotect.c';
const MADVISE_C = 'mm/madvise.c';
const MLOCK_C = 'mm/mlock.c';
const MSEAL_C = 'mm/mseal.c';

export const ADVICE_REASONS = {
  mprotect_unmapped: {
    where: 'do_mprotect_pkey',
    file: MPROTECT_C,
    condition: 'nothing is mapped at the start of the range',
    change: 'begin with a mapped page',
  },
  mprotect_hole: {
    where: 'do_mprotect_pkey',
    file: MPROTECT_C,
    condition: 'there is a hole in the range; what lies before it has the new protection',
    change: 'change the mappings one by one',
  },
  mprotect_may: {
    where: 'do_mprotect_pkey',
    file: MPROTECT_C,
    condition:
      'the mapping was made without the VM_MAY* flag of this protection, as of a file that was opened read-only',
    change: 'open the file for writing, or ask for less',
  },
  mprotect_sealed: {
    where: 'mprotect_fixup',
    file: MPROTECT_C,
    condition: 'the VMA is sealed (VM_SEALED)',
    since: 'mseal',
  },
  madvise_unknown: {
    where: 'madvise_behavior_valid',
    file: MADVISE_C,
    condition: 'the kernel does not know this advice',
    change: 'give another advice',
  },
  madvise_no_ksm: {
    where: 'madvise_behavior_valid',
    file: MADVISE_C,
    condition: 'the advice is for KSM, and the kernel is built without CONFIG_KSM',
    change: 'put "config":["CONFIG_KSM"] into the header of the log',
  },
  madvise_no_thp: {
    where: 'madvise_behavior_valid',
    file: MADVISE_C,
    condition: 'the advice is for huge pages, and the kernel is built without CONFIG_TRANSPARENT_HUGEPAGE',
    change: 'put "config":["CONFIG_TRANSPARENT_HUGEPAGE"] into the header of the log',
  },
  madvise_not_modelled: {
    where: 'madvise_behavior_valid',
    file: MADVISE_C,
    condition:
      'the model has neither MADV_COLLAPSE nor MADV_HWPOISON, and answers as a kernel that was built without them',
    convention: true,
  },
  madvise_hole: {
    where: 'madvise_walk_vmas',
    file: MADVISE_C,
    condition: 'there is a hole in the range; what is mapped was advised all the same',
    change: 'advise the mappings one by one',
  },
  madvise_sealed: {
    where: 'can_modify_mm_madv',
    file: MSEAL_C,
    condition: 'the advice throws data away, and the VMA is sealed, anonymous and read-only',
    change: 'make it writable before it is sealed',
    since: 'mseal',
    later: [
      { since: '6.12', where: 'can_modify_vma_madv' },
      { since: '6.17', where: 'can_madvise_modify', file: MADVISE_C },
    ],
  },
  madvise_dofork_io: {
    where: 'madvise_vma_behavior',
    file: MADVISE_C,
    condition: 'MADV_DOFORK of a VM_IO mapping: its driver did not want it copied',
    later: [
      {
        feature: 'dofork_refuses_special',
        condition:
          'MADV_DOFORK of a VM_SPECIAL mapping (VM_IO, VM_PFNMAP, VM_MIXEDMAP, VM_DONTEXPAND): its driver did not want it copied',
      },
    ],
  },
  madvise_wipeonfork: {
    where: 'madvise_vma_behavior',
    file: MADVISE_C,
    condition: 'MADV_WIPEONFORK is for private anonymous memory',
  },
  madvise_keeponfork: {
    where: 'madvise_vma_behavior',
    file: MADVISE_C,
    condition: 'MADV_KEEPONFORK of droppable memory, which a child never gets',
    since: 'map_droppable',
  },
  madvise_dodump: {
    where: 'madvise_vma_behavior',
    file: MADVISE_C,
    condition:
      'MADV_DODUMP of a VM_SPECIAL mapping (VM_IO, VM_PFNMAP, VM_MIXEDMAP, VM_DONTEXPAND): a core dump must not read device memory',
  },
  madvise_dodump_droppable: {
    where: 'madvise_vma_behavior',
    file: MADVISE_C,
    condition: 'MADV_DODUMP of droppable memory, which no core dump contains',
    since: 'map_droppable',
  },
  madvise_no_swap: {
    where: 'madvise_willneed',
    file: MADVISE_C,
    condition:
      'MADV_WILLNEED of memory without a file, in a kernel without swap: there is nothing to read from (-EBADF)',
    change: 'give the machine swap space',
  },
  madvise_dontneed_pfnmap: {
    where: 'madvise_dontneed_free_valid_vma',
    file: MADVISE_C,
    condition: 'the VMA is VM_PFNMAP: what the driver mapped is not for the process to take away',
    change: 'zap it in the driver',
  },
  madvise_dontneed_locked: {
    where: 'madvise_dontneed_free_valid_vma',
    file: MADVISE_C,
    condition: 'the VMA is VM_LOCKED, which only MADV_DONTNEED_LOCKED may empty',
    change: 'munlock() the mapping',
  },
  madvise_free_file: {
    where: 'madvise_free_single_vma',
    file: MADVISE_C,
    condition: 'MADV_FREE is for anonymous memory',
    change: 'use MADV_DONTNEED',
  },
  madvise_lru_locked: {
    where: 'can_madv_lru_vma',
    file: MADVISE_C,
    condition: 'MADV_COLD and MADV_PAGEOUT are for pages on the LRU, and the VMA is VM_LOCKED',
    change: 'munlock() the mapping',
  },
  madvise_lru_pfnmap: {
    where: 'can_madv_lru_vma',
    file: MADVISE_C,
    condition: 'MADV_COLD and MADV_PAGEOUT are for pages on the LRU, and the VMA is VM_PFNMAP',
  },
  madvise_lru_hugetlb: {
    where: 'can_madv_lru_vma',
    file: MADVISE_C,
    condition: 'MADV_COLD and MADV_PAGEOUT are for pages on the LRU, and the VMA is VM_HUGETLB',
  },
  madvise_remove_locked: {
    where: 'madvise_remove',
    file: MADVISE_C,
    condition: 'MADV_REMOVE of a VM_LOCKED mapping',
    change: 'munlock() it first',
  },
  madvise_remove_no_file: {
    where: 'madvise_remove',
    file: MADVISE_C,
    condition: 'MADV_REMOVE punches a hole into a file, and the mapping has none',
    change: 'use MADV_DONTNEED',
  },
  madvise_remove_readonly: {
    where: 'madvise_remove',
    file: MADVISE_C,
    condition: 'MADV_REMOVE of a mapping that is not both shared and allowed to be writable',
    change: 'map the file shared, opened for writing',
  },
  madvise_remove_offset: {
    where: 'madvise_remove',
    file: MADVISE_C,
    condition: "the VMA's vm_pgoff leads beyond what a file offset can be",
  },
  madvise_remove_device: {
    where: 'vfs_fallocate',
    file: 'fs/open.c',
    condition: 'MADV_REMOVE asks the file for a hole (vfs_fallocate()), and it is a device',
    change: 'use the driver to take pages away',
  },
  mlock_unmapped: {
    where: 'apply_vma_lock_flags',
    file: MLOCK_C,
    condition: 'nothing is mapped at the start of the range',
    change: 'begin with a mapped page',
  },
  mlock_hole: {
    where: 'apply_vma_lock_flags',
    file: MLOCK_C,
    condition: 'there is a hole in the range; what lies before it has been dealt with',
    change: 'lock the mappings one by one',
  },
  mlock_posix_fault: {
    where: '__mlock_posix_error_return',
    file: MLOCK_C,
    condition: 'faulting in the pages of the range failed with -EFAULT, which POSIX wants as -ENOMEM',
    change: 'map pages there, or give the mapping a fault handler',
  },
  mlock_posix_memory: {
    where: '__mlock_posix_error_return',
    file: MLOCK_C,
    condition: 'the VMAs are locked, and there was no memory to fault their pages in, which POSIX wants as -EAGAIN',
    change: 'give the machine more RAM, or lock less',
  },
  mseal_unknown: {
    where: 'sys_ni_syscall',
    file: 'kernel/sys_ni.c',
    condition: 'the kernel has no such system call',
    change: 'replay on a newer kernel',
    until: 'mseal',
  },
  mseal_32bit: {
    where: 'sys_ni_syscall',
    file: 'kernel/sys_ni.c',
    condition: 'kernels of 32 bits are built without mseal() (CONFIG_64BIT in mm/Makefile)',
    change: 'replay on an architecture of 64 bits',
    since: 'mseal',
  },
  mseal_hole: {
    where: 'check_mm_seal',
    file: MSEAL_C,
    condition: 'there is a hole in the range, and nothing was sealed',
    change: 'seal the mappings one by one',
    since: 'mseal',
    later: [{ feature: 'mremap_several_vmas', where: 'range_contains_unmapped' }],
  },
} as const satisfies ReasonTable;
