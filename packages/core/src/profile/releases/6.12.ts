// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_6_12: Release = {
  version: '6.12.117',
  evidence: 'transcripts',
  source: 'linux-source-6.12 (Debian)',
  transcripts: '6.12',
  warnings: {
    vm_normal_page_zero: 656,
    rmap_zero_folio: 204,
    mixed_zeropage_pfnmap: 1996,
    mprotect_dirty_zero: 74,
    insert_pfn_mismatch: 2339,
    insert_pfn_pmd_mismatch: 1401,
    insert_pfn_pud_mismatch: 1501,
    split_to_order_1: 'mm/huge_memory.c:3490',
    split_shmem_order: 'mm/huge_memory.c:3496',
    wp_copy_user: 3115,
    racy_pte_young: 378,
    racy_pte_dirty: 381,
    unsafe_pte_change: 384,
    get_pat_info: 983,
    wp_page_reuse_zero: 3245,
    gup_longterm_without_pin: 2625,
    mmap_vma_moved: 'mm/mmap.c:1469',
    mmap_assert_write_locked: 85,
  },
};
