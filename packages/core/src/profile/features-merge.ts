// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Merging VMAs that have a `vm_ops->close`: what 6.1 never did, and 6.12 refuses only where that VMA would go. The
 * rules between are those of the commits: no kernel from 6.2 to 6.11 was at hand. Until 6.11 all of it is in mm/mmap.c,
 * is_mergeable_vma() and vma_merge().
 */
import type { Feature } from '../arch/feature.js';

export const MERGE_FEATURES = {
  merge_left_close: {
    name: 'merge_left_close',
    summary: 'a VMA that has a vm_ops->close grows over a like range behind it',
    without:
      'is_mergeable_vma() refuses every VMA that has a vm_ops->close; mremap() extends one nevertheless, even a special one, and joins it to nothing',
    since: {
      version: '6.4',
      commit: '714965ca8252',
      subject: 'mm/mmap: start distinguishing if vma can be removed in mergeability test',
    },
    evidence: 'source',
  },
  merge_close_case_7: {
    name: 'merge_close_case_7',
    summary: 'a whole VMA that becomes like the one before it stays if it has a vm_ops->close',
    without: 'from 6.4 on it disappears into the one before it, and its ->close is never called',
    since: {
      version: '6.8',
      commit: 'fc0c8f9089c2',
      subject: 'mm, mmap: fix vma_merge() case 7 with vma_ops->close',
    },
    backports: ['6.6.24', '6.7.12'],
    evidence: 'source',
  },
  merge_close_removed: {
    name: 'merge_close_removed',
    summary: 'a vm_ops->close keeps VMAs apart only where the one that has it would disappear',
    without: 'a VMA that has a vm_ops->close never merges with a range before it, not even by growing over it',
    since: {
      version: '6.12',
      commit: '01c373e9a5ce',
      subject: 'mm: rework vm_ops->close() handling on VMA merge',
    },
    where: 'mm/vma.c, can_merge_remove_vma()',
    evidence: 'source',
  },
} as const satisfies Record<string, Feature>;
