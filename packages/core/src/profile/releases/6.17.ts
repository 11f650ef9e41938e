// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_6_17: Release = {
  version: '6.17.8',
  evidence: 'source',
  source: 'linux 6.17.8 (Debian)',
  warnings: {
    vm_normal_page_zero: 650,
    rmap_zero_folio: 414,
    mixed_zeropage_pfnmap: 2101,
    insert_page_mismatch: 2161,
    gup_fast_pfn_invalid: 2893,
    gup_pins_shared_anon: 868,
    gup_pinned_shared_anon: 67,
    merge_outside_middle: 831,
    mprotect_dirty_zero: 87,
    insert_pfn_mismatch: 2465,
    insert_pfn_pmd_mismatch: 1397,
    insert_pfn_pud_mismatch: 1545,
    wp_copy_user: 3313,
    racy_pte_young: 457,
    racy_pte_dirty: 460,
    unsafe_pte_change: 463,
    wp_page_reuse_zero: 3443,
    gup_longterm_without_pin: 2550,
    mmap_vma_moved: 2426,
    mmap_assert_write_locked: 85,
  },
};
