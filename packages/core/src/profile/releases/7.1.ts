// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_7_1: Release = {
  version: '7.1.13',
  evidence: 'source',
  source: 'linux 7.1.13 (Debian)',
  warnings: {
    vm_normal_page_zero: 751,
    vm_normal_page_huge_zero: 751,
    rmap_zero_folio: 338,
    mixed_zeropage_pfnmap: 2305,
    insert_page_mismatch: 2364,
    insert_pages_read_locked: 2509,
    insert_pages_pfnmap: 2510,
    gup_fast_pfn_invalid: 2861,
    gup_pins_shared_anon: 854,
    gup_pinned_shared_anon: 62,
    action_start_outside: 4318,
    action_end_outside: 4319,
    mprotect_dirty_zero: 85,
    insert_pfn_mismatch: 2694,
    insert_pfn_pmd_mismatch: 1643,
    insert_pfn_pud_mismatch: 1766,
    wp_copy_user: 3636,
    racy_pte_young: 425,
    racy_pte_dirty: 428,
    unsafe_pte_change: 431,
    wp_page_reuse_zero: 3766,
    gup_longterm_without_pin: 2530,
    mmap_vma_moved: 2510,
    mmap_assert_write_locked: 87,
  },
};
