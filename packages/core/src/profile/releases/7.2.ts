// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_7_2: Release = {
  version: '7.2.13',
  evidence: 'source',
  source: 'linux-source-7.2 (Debian)',
  warnings: {
    vm_normal_page_zero: 751,
    vm_normal_page_huge_zero: 751,
    rmap_zero_folio: 338,
    mixed_zeropage_pfnmap: 2306,
    insert_page_mismatch: 2365,
    insert_pages_read_locked: 2510,
    insert_pages_pfnmap: 2511,
    gup_fast_pfn_invalid: 2867,
    gup_pins_shared_anon: 854,
    gup_pinned_shared_anon: 62,
    action_start_outside: 4313,
    action_end_outside: 4314,
    mprotect_dirty_zero: 85,
    insert_pfn_mismatch: 2695,
    insert_pfn_pmd_mismatch: 1651,
    insert_pfn_pud_mismatch: 1774,
    wp_copy_user: 3637,
    racy_pte_young: 425,
    racy_pte_dirty: 428,
    unsafe_pte_change: 431,
    wp_page_reuse_zero: 3767,
    gup_longterm_without_pin: 2536,
    mmap_vma_moved: 2533,
    mmap_assert_write_locked: 87,
  },
};
