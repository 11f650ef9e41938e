// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_6_1: Release = {
  version: '6.1.192',
  evidence: 'transcripts',
  source: 'linux-source-6.1 (Debian)',
  transcripts: '6.1',
  warnings: {
    insert_pfn_mismatch: 2166,
    insert_pfn_pmd_mismatch: 856,
    insert_pfn_pud_mismatch: 957,
    pmdp_invalidate_not_present: 198,
    pmdp_invalidate_ad_not_present: 209,
    zap_huge_pmd_not_present: 1680,
    wp_copy_user: 2962,
    get_pat_info: 1028,
    racy_pte_young: 316,
    racy_pte_dirty: 319,
    gup_longterm_without_pin: 2184,
    mmap_vma_moved: 'mm/mmap.c:2777',
  },
};
