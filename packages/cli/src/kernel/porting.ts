// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The order of a porting guide: what a driver's author has to look at first stands first. A feature that is
 * not named here changes nothing that a driver calls.
 */

export interface PortingNote {
  /** Name of a feature, or of a change of what drivers call. */
  readonly feature: string;
  /** A log of `examples/` that shows it: played on kernels with and without it, it ends otherwise. */
  readonly log?: string;
}

export interface PortingGroup {
  readonly title: string;
  readonly notes: readonly PortingNote[];
}

export const PORTING: readonly PortingGroup[] = [
  {
    title: 'Calls that are gone, or have another name or other arguments',
    notes: [
      { feature: 'vm_flags_wrappers' },
      { feature: 'no_vmf_insert_mixed_prot' },
      { feature: 'follow_pte_takes_vma' },
      { feature: 'no_follow_pfn' },
      { feature: 'follow_pfnmap' },
      { feature: 'insert_mixed_mkwrite_internal' },
      { feature: 'no_pfn_t', log: 'porting/mixed-outside-mixedmap.jsonl' },
      { feature: 'find_normal_page', log: 'porting/find-normal-page.jsonl' },
      { feature: 'zap_special_vma_range', log: 's11-zap-helper-silent.jsonl' },
    ],
  },
  {
    title: 'New calls',
    notes: [
      { feature: 'mmap_prepare', log: 'porting/mmap-prepare.jsonl' },
      { feature: 'mmap_actions', log: 'porting/mmap-prepare.jsonl' },
      { feature: 'insert_folio_pmd', log: 'gallery/s04-folio-marked-special/events.jsonl' },
      { feature: 'insert_folio_not_special', log: 'gallery/s04-folio-marked-special/events.jsonl' },
    ],
  },
  {
    title: 'What fails now',
    notes: [
      { feature: 'insert_mixed_sigbus' },
      { feature: 'insert_mixed_plain_pfn', log: 'porting/mixed-outside-mixedmap.jsonl' },
      { feature: 'remap_prepares_first', log: 'porting/remap-part.jsonl' },
      { feature: 'pfnmap_track_ctx', log: 'porting/remap-twice.jsonl' },
      { feature: 'mmap_action_in_range', log: 'porting/action-beyond.jsonl' },
      { feature: 'dofork_refuses_special', log: 'porting/dofork.jsonl' },
      { feature: 'droppable_eopnotsupp', log: 'porting/droppable-32bit.jsonl' },
      { feature: 'fault_flags_checked' },
      { feature: 'longterm_write_pin_refused' },
      { feature: 'longterm_fast_write_refused' },
    ],
  },
  {
    title: 'What works now',
    notes: [
      { feature: 'insert_pages_warns', log: 'porting/insert-pages-pfnmap.jsonl' },
      { feature: 'insert_page_mkwrite', log: 'porting/mixed-mkwrite.jsonl' },
      { feature: 'mremap_several_vmas', log: 'porting/mremap-several.jsonl' },
      { feature: 'merge_unfaulted_anon', log: 'porting/merge-unfaulted.jsonl' },
      { feature: 'gup_fast_wants_mapping', log: 'porting/fast-gup-driver-page.jsonl' },
      { feature: 'hugetlb_force_write', log: 'porting/hugetlb.jsonl' },
      { feature: 'remap_undo' },
    ],
  },
  {
    title: 'The same call with another effect',
    notes: [
      { feature: 'fault_around_whole_folio', log: 'porting/fault-around.jsonl' },
      { feature: 'hugetlb_cache_references', log: 'porting/hugetlb.jsonl' },
      { feature: 'hugetlb_unmap_restores', log: 'porting/hugetlb.jsonl' },
      { feature: 'hugetlb_last_unmap_restores', log: 'gallery/s40-hugetlb-promised-twice/events.jsonl' },
      { feature: 'cow_reuse_large', log: 'gallery/s38-cow-of-shared-thp/events.jsonl' },
      { feature: 'mm_id', log: 'gallery/s38-cow-of-shared-thp/events.jsonl' },
      { feature: 'insert_zeropage_special' },
      { feature: 'mixedmap_zeropage_null' },
      { feature: 'read_fault_maps_dirty', log: 'porting/dirty-at-once.jsonl' },
      { feature: 'anon_pgoff', log: 'porting/anon-pgoff.jsonl' },
      { feature: 'ksm_flags_first', log: 'porting/ksm-merge.jsonl' },
      { feature: 'protnone_everywhere', log: 'porting/protnone.jsonl' },
      { feature: 'huge_zero_special', log: 'porting/huge-zero-special.jsonl' },
      { feature: 'huge_zero_wp_allocates', log: 'porting/huge-zero-write.jsonl' },
      { feature: 'zap_huge_accessed' },
      { feature: 'mremap_batches' },
      { feature: 'vm_normal_page_levels', log: 'porting/bad-pmd.jsonl' },
      { feature: 'zap_huge_normal_folio', log: 'porting/bad-pmd.jsonl' },
      { feature: 'pmd_special_capability' },
      { feature: 'lazyfree_stays_lazy', log: 'porting/lazyfree-held.jsonl' },
      { feature: 'pat_fork_undo', log: 'gallery/s15-pat-fork-fail/events.jsonl' },
      { feature: 'merge_left_close', log: 'porting/merge-close.jsonl' },
      { feature: 'merge_close_case_7', log: 'porting/merge-close.jsonl' },
      { feature: 'merge_close_removed', log: 'porting/merge-close.jsonl' },
      { feature: 'x86_pmd_modify_drops_dirty', log: 'porting/pmd-dirty.jsonl' },
      { feature: 'dontunmap_splits' },
      { feature: 'longterm_pin_unshares_files' },
      { feature: 'zero_page_const', log: 'porting/zero-page-write.jsonl' },
      { feature: 'folio_mk_pmd', log: 'gallery/s03-uffd-move-drops-special/events.jsonl' },
      { feature: 'move_zero_pmd_entry', log: 'gallery/s03-uffd-move-drops-special/events.jsonl' },
    ],
  },
  {
    title: 'What the kernel reports',
    notes: [
      { feature: 'mprotect_batches', log: 'porting/mprotect-reports.jsonl' },
      { feature: 'mseal_stale_start', log: 'porting/mseal-again.jsonl' },
      { feature: 'gup_warns', log: 'porting/pin-shared-anon.jsonl' },
      { feature: 'bad_page_map_levels', log: 'porting/bad-pmd.jsonl' },
      { feature: 'bad_page_map_sizes', log: 'porting/bad-page-digits.jsonl' },
      { feature: 'rmap_zeropage_check' },
      { feature: 'wp_reuse_zeropage_check' },
    ],
  },
];

const notes = new Map(
  PORTING.flatMap(({ title, notes: all }) => all.map((note) => [note.feature, { title, note }] as const)),
);

/** Where the guide has a feature; undefined for one that drivers need not know. */
export function portingNote(feature: string): { readonly title: string; readonly note: PortingNote } | undefined {
  return notes.get(feature);
}
