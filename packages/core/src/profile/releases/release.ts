// SPDX-License-Identifier: GPL-2.0-or-later
/** What is known of one kernel release besides its features: where its source has what, and who vouches for it. */
import type { Evidence } from '../../arch/feature.js';

/** A WARN_ON that the model can reach; `WARNINGS` describes it. */
export type WarningId =
  | 'vm_normal_page_zero'
  | 'vm_normal_page_huge_zero'
  | 'rmap_zero_folio'
  | 'mixed_zeropage_pfnmap'
  | 'insert_page_mismatch'
  | 'insert_pages_pfnmap'
  | 'gup_fast_pfn_invalid'
  | 'gup_pins_shared_anon'
  | 'gup_pinned_shared_anon'
  | 'merge_outside_middle'
  | 'action_start_outside'
  | 'action_end_outside'
  | 'mprotect_dirty_zero'
  | 'insert_pfn_mismatch'
  | 'insert_pfn_pmd_mismatch'
  | 'insert_pfn_pud_mismatch'
  | 'pmdp_invalidate_not_present'
  | 'pmdp_invalidate_ad_not_present'
  | 'zap_huge_pmd_not_present'
  | 'rmap_dup_not_anon'
  | 'split_huge_pmd_not_anon'
  | 'rmap_add_not_anon'
  | 'split_to_order_1'
  | 'split_shmem_order'
  | 'wp_copy_user'
  | 'racy_pte_young'
  | 'racy_pte_dirty'
  | 'unsafe_pte_change'
  | 'get_pat_info'
  | 'track_pfn_copy'
  | 'untrack_pfn'
  | 'wp_page_reuse_zero'
  | 'gup_longterm_without_pin'
  | 'insert_pages_read_locked'
  | 'write_fault_maywrite'
  | 'mmap_vma_moved'
  | 'mmap_assert_write_locked';

export interface Release {
  /** The point release that was read or run, `6.12.117`; its series is the release's name. */
  readonly version: string;
  /**
   * `transcripts`: kernels of it were run, and the model says what they said; `source`: its source was
   * read, feature by feature; `reported`: from commits and mails only.
   */
  readonly evidence: Evidence;
  /** What was read, for who wants to look it up: a source package with its version. */
  readonly source?: string;
  /** Folder of its transcripts below `test/kernels`. */
  readonly transcripts?: string;
  /** Lines of its WARN_ONs, with the file where it is another than usual; one that it does not have is absent. */
  readonly warnings: Readonly<Partial<Record<WarningId, number | `${string}:${number}`>>>;
}
