// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of what is done with huge pages of hugetlb. */
import type { ReasonTable } from './reason.js';

const HUGETLB_C = 'mm/hugetlb.c';
const INODE_C = 'fs/hugetlbfs/inode.c';

export const HUGETLB_REASONS = {
  hugetlb_no_size: {
    where: 'ksys_mmap_pgoff',
    file: 'mm/mmap.c',
    condition: 'MAP_HUGETLB asks for a size of which the kernel has no huge pages (hstate_sizelog)',
    change: 'give the log "hugetlb", or leave the size out of the flags',
  },
  hugetlb_other_file: {
    where: 'ksys_mmap_pgoff',
    file: 'mm/mmap.c',
    condition: 'MAP_HUGETLB is for anonymous memory and files of hugetlbfs',
    change: 'leave MAP_HUGETLB out',
  },
  hugetlb_area: {
    where: 'hugetlb_get_unmapped_area',
    file: INODE_C,
    condition: 'MAP_FIXED names a place that is no multiple of a huge page',
    change: 'align the address',
  },
  hugetlb_pgoff: {
    where: 'hugetlbfs_file_mmap',
    file: INODE_C,
    later: [
      { since: '6.19', where: 'hugetlbfs_file_mmap_prepare' },
      { since: '7.1', where: 'hugetlbfs_file_mmap' },
    ],
    condition: 'the offset in the file is no multiple of a huge page',
    change: 'align the offset',
  },
  hugetlb_not_reserved: {
    where: 'hugetlb_reserve_pages',
    file: HUGETLB_C,
    condition: 'the pool has fewer pages that are not reserved than the mapping may need, and may not get more',
    change: 'raise nr_hugepages or nr_overcommit_hugepages, or map with MAP_NORESERVE',
  },
  hugetlb_beyond: {
    where: 'hugetlb_no_page',
    file: HUGETLB_C,
    condition: 'the page lies behind the end of the file',
    change: 'extend the file with truncate',
  },
  hugetlb_no_page: {
    where: 'alloc_huge_page',
    file: HUGETLB_C,
    condition:
      'no huge page of the pool is free that is not reserved for somebody else, and it may not get more (-ENOSPC)',
    change: 'raise nr_hugepages or nr_overcommit_hugepages',
    later: [{ since: '6.3', where: 'alloc_hugetlb_folio' }],
  },
  hugetlb_unmapped: {
    where: 'hugetlb_no_page',
    file: HUGETLB_C,
    condition:
      'the process that reserved the pages needed a copy when the pool had none, and took the page away from this one (HPAGE_RESV_UNMAPPED)',
    change: 'raise nr_hugepages',
  },
  hugetlb_split: {
    where: 'hugetlb_vm_op_split',
    file: HUGETLB_C,
    condition: 'a mapping of hugetlb can be cut only between its huge pages',
    change: 'align the range to huge pages',
  },
  hugetlb_truncate: {
    where: 'hugetlbfs_setattr',
    file: INODE_C,
    condition: 'the new size is no multiple of a huge page',
    change: 'truncate the file to whole huge pages',
  },
  hugetlb_no_setting: {
    where: 'sysfs_kf_write',
    file: 'fs/sysfs/file.c',
    condition: 'the kernel has no pool of huge pages of that size',
  },
  hugetlb_setting: {
    where: 'nr_hugepages_store_common',
    file: HUGETLB_C,
    condition: 'what was written is no number',
    change: 'write a number',
    later: [{ since: '6.19', file: 'mm/hugetlb_sysfs.c' }],
  },
  hugetlb_no_surplus: {
    where: 'nr_overcommit_hugepages_store',
    file: HUGETLB_C,
    condition: 'huge pages of that size are too large for the allocator: there is no surplus of them',
    change: 'raise nr_hugepages',
    later: [{ since: '6.19', file: 'mm/hugetlb_sysfs.c' }],
  },
  hugetlb_mremap: {
    where: 'mremap',
    file: 'mm/mremap.c',
    condition: 'a mapping of hugetlb moves between multiples of its huge pages, and does not grow',
    change: 'align both addresses, and ask for no more than there is',
    later: [{ since: '6.17', where: 'align_hugetlb' }],
  },
  hugetlb_madvise: {
    where: 'madvise_dontneed_free_valid_vma',
    file: 'mm/madvise.c',
    condition: 'of hugetlb only MADV_DONTNEED and MADV_DONTNEED_LOCKED take pages away, from the beginning of one on',
    change: 'align the address',
  },
  hugetlb_gup_force: {
    where: 'check_vma_flags',
    file: 'mm/gup.c',
    condition: 'FOLL_FORCE does not write to a mapping of hugetlb that has no VM_WRITE',
    until: 'hugetlb_force_write',
  },
} as const satisfies ReasonTable;
