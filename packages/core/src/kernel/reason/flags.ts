// SPDX-License-Identifier: GPL-2.0-or-later
/** Why vm_flags of a mapping changed: helpers set some themselves. */
import type { ReasonTable } from './reason.js';

const MEMORY_C = 'mm/memory.c';
const REMAP =
  'remap_pfn_range() makes the mapping VM_PFNMAP (no page of it is counted), VM_IO (nobody reads or pins it), VM_DONTEXPAND and VM_DONTDUMP';
const PAT_C = 'arch/x86/mm/pat/memtype.c';

export const FLAG_REASONS = {
  flags_hugetlb: {
    where: 'hugetlbfs_file_mmap',
    later: [
      { since: '6.19', where: 'hugetlbfs_file_mmap_prepare' },
      { since: '7.1', where: 'hugetlbfs_file_mmap' },
    ],
    file: 'fs/hugetlbfs/inode.c',
    condition: 'a mapping of hugetlbfs is VM_HUGETLB, and does not grow: its reservation would not',
  },
  flags_insert_page: {
    where: 'vm_insert_page',
    file: MEMORY_C,
    condition:
      'the first page that is inserted makes a mapping VM_MIXEDMAP: pages with and without struct page may be in it now',
  },
  flags_insert_pages: {
    where: 'vm_insert_pages',
    file: MEMORY_C,
    condition:
      'the first page that is inserted makes a mapping VM_MIXEDMAP: pages with and without struct page may be in it now',
  },
  flags_remap: {
    where: 'remap_pfn_range_internal',
    file: MEMORY_C,
    condition: REMAP,
    later: [{ feature: 'remap_prepares_first', where: 'remap_pfn_range_prepare_vma' }],
  },
  flags_remap_action: {
    where: 'remap_pfn_range_prepare',
    file: MEMORY_C,
    condition: REMAP,
    since: 'mmap_actions',
  },
  flags_vmalloc: {
    where: 'remap_vmalloc_range_partial',
    file: 'mm/vmalloc.c',
    condition: 'memory of vmalloc does not grow with its mapping, and is kept out of core dumps',
  },
  flags_ksm: {
    where: '__ksm_add_vma',
    file: 'mm/ksm.c',
    condition: 'PR_SET_MEMORY_MERGE was set: KSM may merge what is private and none of a driver',
    since: 'memory_merge_prctl',
  },
  flags_ksm_off: {
    where: '__ksm_del_vma',
    file: 'mm/ksm.c',
    condition: 'PR_SET_MEMORY_MERGE was taken back',
    since: 'memory_merge_prctl',
  },
  flags_pat_track: {
    where: 'track_pfn_remap',
    file: PAT_C,
    condition: 'one remap covers the whole VMA: its memory type is reserved, and VM_PAT remembers to give that back',
    until: 'pfnmap_track_ctx',
  },
  flags_pat_copy: {
    where: 'track_pfn_copy',
    file: PAT_C,
    condition: "the child's copy has reserved the memory type as well",
    until: 'pfnmap_track_ctx',
  },
  flags_pat_untrack: {
    where: 'untrack_pfn',
    file: PAT_C,
    condition: 'the reservation of the memory type was given back',
    until: 'pfnmap_track_ctx',
  },
  flags_pat_clear: {
    where: 'untrack_pfn_clear',
    file: PAT_C,
    condition: 'the reservation of the memory type belongs to another VMA now',
    until: 'pfnmap_track_ctx',
  },
  flags_driver: {
    where: 'code',
    file: 'the driver',
    condition: 'the driver wrote to vma->vm_flags',
    later: [
      {
        since: '6.3',
        where: 'vm_flags_set',
        file: 'include/linux/mm.h',
        condition: 'the driver changed them (vm_flags_set, vm_flags_clear)',
      },
    ],
  },
  flags_mmap_unlocked: {
    where: '__mmap_region',
    file: 'mm/mmap.c',
    later: [{ since: '6.14', where: '__mmap_complete', file: 'mm/vma.c' }],
    condition:
      'a VM_SPECIAL mapping (VM_IO, VM_PFNMAP, VM_MIXEDMAP, VM_DONTEXPAND) cannot be locked: what MAP_LOCKED asked for is dropped',
  },
  flags_merge_guard: {
    where: 'commit_merge',
    file: 'mm/vma.c',
    condition: 'a VMA with guard pages was merged into this one',
  },
  flags_mprotect: {
    where: 'mprotect_fixup',
    file: 'mm/mprotect.c',
    condition: 'the protection that mprotect() asks for',
  },
  flags_mprotect_account: {
    where: 'mprotect_fixup',
    file: 'mm/mprotect.c',
    condition: 'private memory that becomes writable is charged (VM_ACCOUNT)',
  },
  flags_mprotect_unaccount: {
    where: 'mprotect_fixup',
    file: 'mm/mprotect.c',
    condition: 'private anonymous memory that nobody touched is charged no more when it becomes read-only (VM_ACCOUNT)',
    since: 'mprotect_unaccounts',
  },
  flags_madvise: {
    where: 'madvise_vma_behavior',
    file: 'mm/madvise.c',
    condition: 'what the advice asks for',
  },
  flags_mlock: {
    where: 'mlock_fixup',
    file: 'mm/mlock.c',
    condition: 'what mlock() asks for',
  },
  flags_munlock: {
    where: 'mlock_fixup',
    file: 'mm/mlock.c',
    condition: 'what munlock() asks for',
  },
  flags_mseal: {
    where: 'mseal_fixup',
    file: 'mm/mseal.c',
    condition: 'what mseal() asks for; nothing takes it away again',
    since: 'mseal',
    later: [
      { feature: 'mremap_several_vmas', where: 'mseal_apply' },
      { since: '7.3', where: '__mseal_range' },
    ],
  },
  flags_uffd: {
    where: 'userfaultfd_set_vm_flags',
    file: 'fs/userfaultfd.c',
    later: [{ since: '6.12', file: 'mm/userfaultfd.c' }],
    condition: 'kernel code outside the model changed them (userfaultfd, KSM)',
  },
  flags_mremap_unaccount: {
    where: 'move_vma',
    file: 'mm/mremap.c',
    condition: 'the charge of the old place goes to the new one (VM_ACCOUNT)',
  },
  flags_mremap_account: {
    where: 'move_vma',
    file: 'mm/mremap.c',
    condition: 'what is left of the old mapping beside the part that moved is charged on',
  },
  flags_dontunmap: {
    where: 'move_vma',
    file: 'mm/mremap.c',
    condition: 'MREMAP_DONTUNMAP leaves the old mapping empty, and unlocked',
    later: [{ feature: 'mremap_several_vmas', where: 'dontunmap_complete' }],
  },
  flags_fork: {
    where: 'dup_mmap',
    file: 'kernel/fork.c',
    condition: 'a child inherits neither locks (VM_LOCKED, VM_LOCKONFAULT) nor a userfaultfd',
    later: [{ since: '6.16', file: 'mm/mmap.c' }],
  },
} as const satisfies ReasonTable;

export type FlagReason = keyof typeof FLAG_REASONS;
