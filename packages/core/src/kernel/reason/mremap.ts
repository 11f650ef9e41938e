// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of mremap(). */
import type { ReasonTable } from './reason.js';

const MREMAP_C = 'mm/mremap.c';
/** What 6.17 asks before it looks at a VMA, and of a VMA. */
const PARAMS = { feature: 'mremap_several_vmas', where: 'check_mremap_params' } as const;
const VMA = { feature: 'mremap_several_vmas', where: 'check_prep_vma' } as const;

export const MREMAP_REASONS = {
  mremap_needs_maymove: {
    where: 'mremap',
    file: MREMAP_C,
    condition: 'MREMAP_FIXED and MREMAP_DONTUNMAP say where to move to, and MREMAP_MAYMOVE is missing',
    change: 'add MREMAP_MAYMOVE',
    later: [PARAMS],
  },
  mremap_dontunmap_length: {
    where: 'mremap',
    file: MREMAP_C,
    condition: 'MREMAP_DONTUNMAP moves all of a range, and the new length is another one',
    change: 'give the same length twice',
    later: [PARAMS],
  },
  mremap_no_length: {
    where: 'mremap',
    file: MREMAP_C,
    condition: 'the new length is 0',
    change: 'use munmap() to get rid of a mapping',
    later: [PARAMS],
  },
  mremap_too_long: {
    where: 'check_mremap_params',
    file: MREMAP_C,
    condition: 'the new length is more than all of the address space (TASK_SIZE)',
    change: 'ask for less',
    since: 'mremap_several_vmas',
  },
  mremap_target: {
    where: 'mremap_to',
    file: MREMAP_C,
    condition: 'the new place leads beyond the address space (TASK_SIZE)',
    change: 'move to a lower address',
    later: [PARAMS],
  },
  mremap_overlap: {
    where: 'mremap_to',
    file: MREMAP_C,
    condition: 'the old place and the new one overlap',
    change: 'move further away',
    later: [PARAMS],
  },
  mremap_unmapped: {
    where: 'mremap',
    file: MREMAP_C,
    condition: 'no VMA contains the address',
    change: 'map the page first',
    later: [VMA],
  },
  mremap_sealed: {
    where: 'mremap',
    file: MREMAP_C,
    condition: 'the VMA is sealed (VM_SEALED)',
    since: 'mseal',
    later: [VMA],
  },
  mremap_duplicate_private: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition: 'an old length of 0 asks for a second mapping of the same pages, and the mapping is private',
    change: 'give the old length, or use a shared mapping',
    later: [VMA],
  },
  mremap_dontunmap_pfnmap: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition: 'MREMAP_DONTUNMAP of a mapping that is VM_PFNMAP: there would be nothing to fault in behind it',
    change: 'move it without MREMAP_DONTUNMAP',
    later: [VMA],
  },
  mremap_dontunmap_dontexpand: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition: 'MREMAP_DONTUNMAP of a mapping that is VM_DONTEXPAND: there would be nothing to fault in behind it',
    change: 'move it without MREMAP_DONTUNMAP',
    later: [VMA],
  },
  mremap_dontunmap_pfnmap_dontexpand: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition:
      'MREMAP_DONTUNMAP of a mapping that is both VM_PFNMAP and VM_DONTEXPAND, as remap_pfn_range() makes it: there would be nothing to fault in behind it',
    change: 'move it without MREMAP_DONTUNMAP',
    later: [VMA],
  },
  mremap_across: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition: 'the old range leads beyond the VMA at its start',
    change: 'resize one mapping at a time',
    later: [VMA],
  },
  mremap_no_expand_pfnmap: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition: 'the mapping would grow, and it is VM_PFNMAP: what the driver mapped does not grow with it',
    change: 'map the larger range anew',
    later: [VMA],
  },
  mremap_no_expand_dontexpand: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition: 'the mapping would grow, and it is VM_DONTEXPAND: what the driver mapped does not grow with it',
    change: 'map the larger range anew',
    later: [VMA],
  },
  mremap_no_expand_pfnmap_dontexpand: {
    where: 'vma_to_resize',
    file: MREMAP_C,
    condition:
      'the mapping would grow, and it is both VM_PFNMAP and VM_DONTEXPAND, as remap_pfn_range() makes it: what the driver mapped does not grow with it',
    change: 'map the larger range anew',
    later: [VMA],
  },
  mremap_not_merged: {
    where: 'vma_merge',
    file: 'mm/mmap.c',
    condition:
      'the space behind the mapping is free, and the mapping cannot be extended over it: a VM_SPECIAL one (VM_IO, VM_PFNMAP, VM_MIXEDMAP, VM_DONTEXPAND) never merges, not even with its own new part',
    change: 'map the larger range anew, or move the mapping somewhere else',
    later: [
      { since: '6.7', where: 'vma_merge_extend' },
      { since: '6.12', file: 'mm/vma.c' },
    ],
  },
  mremap_no_room: {
    where: 'mremap',
    file: MREMAP_C,
    condition: 'there is no room to grow in place, and MREMAP_MAYMOVE is missing',
    change: 'add MREMAP_MAYMOVE, or unmap what follows',
    later: [{ feature: 'mremap_several_vmas', where: 'mremap_at' }],
  },
  mremap_gone: {
    where: 'mremap_to',
    file: MREMAP_C,
    condition: 'the target range contained the source: clearing the one unmapped the other',
    since: 'mremap_several_vmas',
  },
  mremap_gap: {
    where: 'remap_move',
    file: MREMAP_C,
    condition: 'the range begins with a gap: several VMAs move together only from the first page on',
    change: 'begin with a mapped page',
    since: 'mremap_several_vmas',
  },
  mremap_several_uffd: {
    where: 'remap_move',
    file: MREMAP_C,
    condition: 'the range has several VMAs, and one of them is watched by userfaultfd',
    change: 'move that VMA alone',
    since: 'mremap_several_vmas',
  },
  mremap_several_placed: {
    where: 'remap_move',
    file: MREMAP_C,
    condition: 'the range has several VMAs, and one of them has a ->get_unmapped_area of its own',
    change: 'move that VMA alone',
    since: 'mremap_several_vmas',
  },
  mremap_nothing: {
    where: 'remap_move',
    file: MREMAP_C,
    condition: 'nothing is mapped in the range',
    change: 'map something first',
    since: 'mremap_several_vmas',
  },
} as const satisfies ReasonTable;
