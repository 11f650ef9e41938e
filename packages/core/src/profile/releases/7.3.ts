// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_7_3: Release = {
  version: '7.3.4',
  evidence: 'transcripts',
  source: 'linux-source-7.3 (Debian)',
  transcripts: '7.3',
  warnings: {
    vm_normal_page_zero: 808,
    vm_normal_page_huge_zero: 808,
    rmap_zero_folio: 338,
    mixed_zeropage_pfnmap: 2437,
    insert_page_mismatch: 2496,
    insert_pages_read_locked: 2641,
    insert_pages_pfnmap: 2642,
    gup_fast_pfn_invalid: 2861,
    gup_pins_shared_anon: 854,
    mprotect_dirty_zero: 85,
    insert_pfn_mismatch: 2826,
    insert_pfn_pmd_mismatch: 1652,
    insert_pfn_pud_mismatch: 1775,
    wp_copy_user: 3769,
    racy_pte_young: 429,
    racy_pte_dirty: 432,
    unsafe_pte_change: 435,
    wp_page_reuse_zero: 3899,
    gup_longterm_without_pin: 2525,
    mmap_vma_moved: 2640,
    mmap_assert_write_locked: 87,
  },
};
