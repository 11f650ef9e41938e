// SPDX-License-Identifier: GPL-2.0-or-later
/** Why a range merged with a neighbour, or did not. */
import type { ReasonTable } from './reason.js';

const VMA_C = 'mm/vma.c';
/** Until 6.11 mm/mmap.c has all of it. */
const MMAP_C = 'mm/mmap.c';
const PGOFF = 'vm_pgoff does not go on from one to the other';
const ANON_PGOFF = 'the anonymous page index of a private file mapping does not go on from one to the other';
const MOVED = { since: '6.12', file: VMA_C } as const;

/** What a merge did. */
export const MERGED_REASONS = {
  merged_left: {
    where: 'can_vma_merge_after',
    file: MMAP_C,
    condition: 'the mapping before it has the same flags and file, and vm_pgoff goes on: it grew over the range',
    later: [MOVED],
  },
  merged_right: {
    where: 'can_vma_merge_before',
    file: MMAP_C,
    condition: 'the mapping behind it has the same flags and file, and vm_pgoff goes on: it grew over the range',
    later: [MOVED],
  },
  merged_both: {
    where: 'can_vma_merge_before',
    file: MMAP_C,
    condition: 'the mappings before and behind it have the same flags and file, and vm_pgoff goes on: all became one',
    later: [MOVED],
  },
} as const satisfies ReasonTable;

/** What kept an adjacent neighbour apart. */
export const UNMERGED_REASONS = {
  unmerged_special: {
    where: 'vma_merge',
    file: MMAP_C,
    condition: 'a VM_SPECIAL mapping (VM_IO, VM_PFNMAP, VM_MIXEDMAP, VM_DONTEXPAND) never merges',
    later: [{ since: '6.12', where: 'vma_merge_new_range', file: VMA_C }],
  },
  unmerged_flags: {
    where: 'is_mergeable_vma',
    file: MMAP_C,
    condition: 'the flags differ',
    later: [MOVED],
  },
  unmerged_file: {
    where: 'is_mergeable_vma',
    file: MMAP_C,
    condition: 'the files differ',
    later: [MOVED],
  },
  unmerged_anon_vma: {
    where: 'is_mergeable_anon_vma',
    file: MMAP_C,
    condition: 'both have anonymous pages, of different anon_vmas',
    later: [MOVED],
  },
  unmerged_anon_chain: {
    where: 'is_mergeable_anon_vma',
    file: MMAP_C,
    condition:
      "one of them has anonymous pages that it may share with a parent (it is chained to the parent's anon_vma)",
    later: [MOVED],
  },
  unmerged_left_pgoff: {
    where: 'can_vma_merge_after',
    file: MMAP_C,
    condition: PGOFF,
    later: [MOVED],
  },
  unmerged_right_pgoff: {
    where: 'can_vma_merge_before',
    file: MMAP_C,
    condition: PGOFF,
    later: [MOVED],
  },
  unmerged_left_anon_pgoff: {
    where: 'can_vma_merge_after',
    file: VMA_C,
    condition: ANON_PGOFF,
    since: 'anon_pgoff',
  },
  unmerged_right_anon_pgoff: {
    where: 'can_vma_merge_before',
    file: VMA_C,
    condition: ANON_PGOFF,
    since: 'anon_pgoff',
  },
  unmerged_close: {
    where: 'is_mergeable_vma',
    file: MMAP_C,
    condition: 'the VMA beside the range has a vm_ops->close',
    later: [
      {
        feature: 'merge_left_close',
        condition: 'the VMA behind the range has a vm_ops->close, and is one that a merge may remove',
      },
      {
        feature: 'merge_close_removed',
        where: 'can_merge_remove_vma',
        file: VMA_C,
        condition: 'the VMA that would disappear has a vm_ops->close',
      },
    ],
  },
  unmerged_close_case_7: {
    where: 'vma_merge',
    file: MMAP_C,
    condition: 'the VMA that would disappear in the one before it has a vm_ops->close',
    since: 'merge_close_case_7',
    until: 'merge_close_removed',
  },
} as const satisfies ReasonTable;

/** What a merge did not let the driver do. */
export const SKIPPED_REASONS = {
  mmap_not_called: {
    where: '__mmap_region',
    file: MMAP_C,
    condition: '->mmap is not called: the range became part of a mapping that has been set up already',
    change: 'leave a gap between the mappings, or let them differ in file, flags or vm_pgoff',
    later: [{ since: '6.14', file: VMA_C }],
  },
  mmap_actions_dropped: {
    where: '__mmap_region',
    file: VMA_C,
    condition:
      '->mmap_prepare ran, and its actions are not carried out: the range became part of a mapping that has had them',
    change: 'leave a gap between the mappings, or let them differ in file, flags or vm_pgoff',
    since: 'mmap_actions',
  },
  mmap_merged_after: {
    where: '__mmap_region',
    file: MMAP_C,
    condition: '->mmap changed the flags, and with those the range merged: the VMA that the driver saw is gone',
    change: 'leave a gap between the mappings',
    later: [{ since: '6.14', file: VMA_C }],
  },
} as const satisfies ReasonTable;

export const MERGE_REASONS = { ...MERGED_REASONS, ...UNMERGED_REASONS, ...SKIPPED_REASONS } as const;

export type MergedReason = keyof typeof MERGED_REASONS;
export type UnmergedReason = keyof typeof UNMERGED_REASONS;
export type SkippedReason = keyof typeof SKIPPED_REASONS;
