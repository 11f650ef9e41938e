// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_6_18: Release = {
  version: '6.18.15',
  evidence: 'transcripts',
  source: 'linux 6.18.15 (Debian, 6.18.15-1~bpo13+1)',
  transcripts: '6.18',
  warnings: {
    vm_normal_page_zero: 735,
    vm_normal_page_huge_zero: 735,
    rmap_zero_folio: 404,
    mixed_zeropage_pfnmap: 2230,
    insert_page_mismatch: 2289,
    gup_fast_pfn_invalid: 2872,
    gup_pins_shared_anon: 854,
    gup_pinned_shared_anon: 62,
    merge_outside_middle: 834,
    mprotect_dirty_zero: 87,
    insert_pfn_mismatch: 2593,
    insert_pfn_pmd_mismatch: 1429,
    insert_pfn_pud_mismatch: 1552,
    wp_copy_user: 3441,
    racy_pte_young: 462,
    racy_pte_dirty: 465,
    unsafe_pte_change: 468,
    wp_page_reuse_zero: 3571,
    gup_longterm_without_pin: 2530,
    mmap_vma_moved: 2464,
    mmap_assert_write_locked: 85,
  },
};
