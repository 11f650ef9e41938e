// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of calls that make and remove mappings: mmap, munmap, brk, fork. */
import type { ReasonTable } from './reason.js';

const MMAP_C = 'mm/mmap.c';
const VMA_C = 'mm/vma.c';

export const MAPPING_REASONS = {
  mmap_no_length: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'the length is 0',
    change: 'map at least one page',
  },
  mmap_too_long: {
    where: 'get_unmapped_area',
    file: MMAP_C,
    condition: 'the mapping is longer than all of the address space (TASK_SIZE)',
    change: 'map less',
    later: [{ since: '6.10', where: '__get_unmapped_area' }],
  },
  mmap_droppable_file: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'MAP_DROPPABLE is for anonymous memory, and a file was given',
    change: 'leave the file out, or map it MAP_PRIVATE or MAP_SHARED',
  },
  mmap_droppable_unknown: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'the kernel does not know the type of mapping MAP_DROPPABLE',
    change: 'replay on a newer kernel',
    until: 'map_droppable',
  },
  mmap_droppable_32bit: {
    where: 'do_mmap',
    file: MMAP_C,
    condition:
      'VM_DROPPABLE is a bit above the 32nd: a kernel of 32 bits has it only if its architecture gave it another one',
    change: 'replay on an architecture of 64 bits',
    since: 'map_droppable',
  },
  mmap_droppable_locked: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'droppable memory cannot be locked, and MAP_LOCKED was given',
    change: 'leave MAP_LOCKED out',
    since: 'map_droppable',
  },
  mmap_droppable_growsdown: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'droppable memory cannot grow, and MAP_GROWSDOWN was given',
    change: 'leave MAP_GROWSDOWN out',
    since: 'map_droppable',
  },
  mmap_noreplace: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'MAP_FIXED_NOREPLACE, and something is mapped in the range',
    change: 'unmap it first, or take MAP_FIXED, which replaces it',
  },
  mmap_pgoff_overflow: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'vm_pgoff and the length lead beyond the last page that a file can have',
    change: 'use a smaller pgoff',
  },
  mmap_growsdown_file: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'MAP_GROWSDOWN of a file: only private anonymous memory grows',
    change: 'leave MAP_GROWSDOWN out',
  },
  mmap_growsdown_shared: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'MAP_GROWSDOWN of shared memory: only private anonymous memory grows',
    change: 'leave MAP_GROWSDOWN out',
  },
  mmap_readonly_file: {
    where: 'do_mmap',
    file: MMAP_C,
    condition: 'a shared writable mapping of a file that was opened for reading alone',
    change: 'open the file for writing, map without PROT_WRITE, or map privately',
  },
  mmap_sealed: {
    where: 'vms_gather_munmap_vmas',
    file: VMA_C,
    condition: 'the mapping would replace a VMA that mseal() sealed (VM_SEALED)',
    change: 'map elsewhere',
    since: 'mseal',
  },
  mmap_vmf_error: {
    where: 'mmap',
    file: 'the driver',
    condition:
      '->mmap called a vmf_insert_* helper, which is for fault handlers, and makes -EFAULT of its VM_FAULT_ERROR',
    change: 'call vm_insert_page or remap_pfn_range in ->mmap, and vmf_insert_* in the fault handler',
    convention: true,
  },
  mmap_driver_error: {
    where: 'mmap',
    file: 'the driver',
    condition: 'the log says that ->mmap returns this error: what it had mapped goes, and no VMA is made',
    change: 'leave error out of mmap.end',
    convention: true,
  },
  area_colour: {
    where: 'arch_get_unmapped_area',
    file: 'arch/*/mm/mmap.c',
    condition: 'a shared fixed mapping whose address has another cache colour than its offset (SHMLBA)',
    change: 'take an address that differs from the offset by a multiple of SHMLBA',
  },
  area_beyond: {
    where: 'get_unmapped_area',
    file: MMAP_C,
    condition: 'the fixed address and the length lead beyond the address space (TASK_SIZE)',
    change: 'take a lower address',
    later: [{ since: '6.10', where: '__get_unmapped_area' }],
  },
  area_none: {
    where: 'vm_unmapped_area',
    file: MMAP_C,
    condition: 'no gap below the stack is as long as the mapping',
    change: 'unmap something, or map less',
  },
  munmap_empty: {
    where: 'do_mas_munmap',
    file: MMAP_C,
    condition: 'the range is empty',
    change: 'unmap at least one page',
    later: [
      { since: '6.3', where: 'do_vmi_munmap' },
      { since: '6.12', file: VMA_C },
    ],
  },
  munmap_beyond: {
    where: 'do_mas_munmap',
    file: MMAP_C,
    condition: 'the range leads beyond the address space (TASK_SIZE)',
    change: 'unmap below TASK_SIZE',
    later: [
      { since: '6.3', where: 'do_vmi_munmap' },
      { since: '6.12', file: VMA_C },
    ],
  },
  may_split_refuses: {
    where: '__split_vma',
    file: MMAP_C,
    condition: 'the VMA would have to be cut, and its vm_ops->may_split says no',
    change: 'apply the call to whole mappings of this driver',
    later: [{ since: '6.12', file: VMA_C }],
  },
  munmap_sealed: {
    where: 'vms_gather_munmap_vmas',
    file: VMA_C,
    condition: 'a VMA of the range is sealed (VM_SEALED)',
    change: 'leave it out of the range: no call takes a seal away',
    since: 'mseal',
  },
  brk_below_start: {
    where: 'brk',
    file: MMAP_C,
    condition: 'the new end lies below the start of the data segment: brk() answers with the old one',
    change: 'stay above start_brk',
  },
  brk_nothing_there: {
    where: 'brk',
    file: MMAP_C,
    condition: 'nothing is mapped between the new end and the old one: brk() answers with the old one',
  },
  brk_not_unmapped: {
    where: 'brk',
    file: MMAP_C,
    condition: 'the end of the data segment could not be unmapped: brk() answers with the old one',
  },
  brk_no_room: {
    where: 'brk',
    file: MMAP_C,
    condition: 'the next mapping begins too soon: brk() answers with the old one',
    change: 'unmap what follows, or grow less',
  },
  brk_stack_gap: {
    where: 'brk',
    file: MMAP_C,
    condition: 'the room that the stack behind it needs to grow begins too soon: brk() answers with the old one',
    change: 'grow less',
  },
  fork_pat_copied: {
    where: 'track_pfn_copy',
    file: 'arch/x86/mm/pat/memtype.c',
    condition:
      "fork looks for the reservation of the mapping's memory type by its first PTE, and that maps a page: it was copied on write",
    change: 'write to no first page of such a private mapping before the fork, or give it MADV_DONTFORK',
    until: 'pfnmap_track_ctx',
    later: [{ feature: 'pat_cow_fallback', where: 'get_pat_info' }],
  },
  fork_pat_gone: {
    where: 'track_pfn_copy',
    file: 'arch/x86/mm/pat/memtype.c',
    condition:
      "fork looks for the reservation of the mapping's memory type by its first PTE, and there is none: it was zapped",
    change: 'zap no first page of such a mapping before the fork, or give it MADV_DONTFORK',
    until: 'pfnmap_track_ctx',
    later: [{ feature: 'pat_cow_fallback', where: 'get_pat_info' }],
  },
  fork_copy_mm: {
    where: 'copy_mm',
    file: 'kernel/fork.c',
    condition: 'a VMA could not be copied, and whatever the error was, dup_mm() has no address space to give',
  },
} as const satisfies ReasonTable;
