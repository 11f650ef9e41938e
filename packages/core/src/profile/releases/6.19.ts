// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_6_19: Release = {
  version: '6.19.11',
  evidence: 'source',
  source: 'linux 6.19.11 (Debian)',
  warnings: {
    vm_normal_page_zero: 735,
    vm_normal_page_huge_zero: 735,
    rmap_zero_folio: 404,
    mixed_zeropage_pfnmap: 2228,
    insert_page_mismatch: 2287,
    gup_fast_pfn_invalid: 2872,
    gup_pins_shared_anon: 854,
    gup_pinned_shared_anon: 62,
    merge_outside_middle: 830,
    action_start_outside: 3835,
    action_end_outside: 3836,
    mprotect_dirty_zero: 85,
    insert_pfn_mismatch: 2591,
    insert_pfn_pmd_mismatch: 1551,
    insert_pfn_pud_mismatch: 1674,
    wp_copy_user: 3483,
    racy_pte_young: 464,
    racy_pte_dirty: 467,
    unsafe_pte_change: 470,
    wp_page_reuse_zero: 3613,
    gup_longterm_without_pin: 2530,
    mmap_vma_moved: 2475,
    mmap_assert_write_locked: 85,
  },
};
