// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The features of the core's mechanisms, up to 6.12: what the kernels of the transcripts differ in.
 * Read in the two source trees (linux-source-6.1, 6.1.192, and linux-source-6.12, 6.12.117); commit ids are
 * those of the mainline history.
 */
import type { Feature } from '../arch/feature.js';
import { FEATURES_7 } from './features-7.js';
import { FOLIO_FEATURES } from './features-folios.js';
import { LATER_FEATURES } from './features-later.js';
import { MERGE_FEATURES } from './features-merge.js';
import { PROPOSED_FEATURES } from './proposed.js';

function feature(
  name: string,
  texts: { readonly summary: string; readonly without: string },
  since: { readonly version: string; readonly subject: string; readonly commit?: string },
  more: Partial<Feature> = {},
): Feature {
  return { name, ...texts, since, evidence: 'transcripts', ...more };
}

const ZEROPAGE = {
  version: '6.11',
  commit: 'fce831c92092',
  subject: 'mm/memory: cleanly support zeropage in vm_insert_page*(), vm_map_pages*() and vmf_insert_mixed()',
};

const EARLIER_FEATURES = {
  mixedmap_zeropage_null: feature(
    'mixedmap_zeropage_null',
    {
      summary: 'vm_normal_page() without special bit: the zero page in a VM_MIXEDMAP is no page (NULL)',
      without: 'the zero page in a VM_MIXEDMAP is a normal page: zap and fork count it',
    },
    ZEROPAGE,
  ),
  insert_zeropage_special: feature(
    'insert_zeropage_special',
    {
      summary:
        'vm_insert_page() and relatives map the zero page special and uncounted, and only where it cannot be written',
      without: 'the zero page is inserted like any page: referenced, counted, and writable if vm_page_prot is',
    },
    ZEROPAGE,
  ),
  insert_mixed_sigbus: feature(
    'insert_mixed_sigbus',
    {
      summary: 'vmf_insert_mixed() outside VM_MIXEDMAP answers VM_FAULT_SIGBUS',
      without: 'BUG_ON(!vm_mixed_ok())',
    },
    ZEROPAGE,
  ),
  rmap_zeropage_check: feature(
    'rmap_zeropage_check',
    {
      summary: 'the reverse mapping warns (DEBUG_VM) when it is given the zero page',
      without: 'it counts the zero page silently',
    },
    { version: '6.11', commit: '6ad28e7e52e2', subject: 'mm/rmap: sanity check that zeropages are not passed to RMAP' },
  ),
  fork_asks_for_pin_always: feature(
    'fork_asks_for_pin_always',
    {
      summary:
        'fork asks of every anonymous page whether it may be pinned: outside COW mappings that is a VM_BUG_ON (write_protect_seq)',
      without: 'it asks only of exclusive ones',
    },
    { version: '6.8', commit: '61d90309b715', subject: 'mm/rmap: introduce folio_try_dup_anon_rmap_[pte|ptes|pmd]()' },
    { evidence: 'source' },
  ),
  wp_reuse_zeropage_check: feature(
    'wp_reuse_zeropage_check',
    {
      summary: 'wp_page_reuse() warns (DEBUG_VM) when it makes the zero page writable',
      without: 'it does so silently',
    },
    ZEROPAGE,
  ),
  mprotect_zeropage_check: feature(
    'mprotect_zeropage_check',
    {
      summary: 'mprotect() warns (DEBUG_VM) when it makes a dirty zero page of a shared mapping writable',
      without: 'it does so silently',
    },
    ZEROPAGE,
    { where: 'mm/mprotect.c, can_change_pte_writable()' },
  ),
  longterm_pin_unshares_files: feature(
    'longterm_pin_unshares_files',
    {
      summary: 'a longterm read-only pin in a COW mapping breaks COW of pages that are not anonymous, too',
      without: 'it pins the page of the file or driver itself; a later write by the process goes elsewhere',
    },
    { version: '6.3', commit: '84209e87c696', subject: 'mm/gup: reliable R/O long-term pinning in COW mappings' },
  ),
  longterm_write_pin_refused: feature(
    'longterm_write_pin_refused',
    {
      summary: 'a longterm write pin of a shared file mapping with dirty tracking fails with EFAULT',
      without: 'it works',
    },
    {
      version: '6.5',
      commit: '8ac268436e6d',
      subject: 'mm/gup: disallow FOLL_LONGTERM GUP-nonfast writing to file-backed mappings',
    },
  ),
  longterm_fast_write_refused: feature(
    'longterm_fast_write_refused',
    {
      summary: 'the lockless walk takes only anonymous and tmpfs pages for a longterm write pin',
      without: 'it takes any page',
    },
    {
      version: '6.5',
      commit: 'a6e79df92e4a',
      subject: 'mm/gup: disallow FOLL_LONGTERM GUP-fast writing to file-backed mappings',
    },
  ),
  longterm_fast_touches: feature(
    'longterm_fast_touches',
    {
      summary:
        'the slow half of a longterm pin_user_pages_fast() marks pages referenced (FOLL_TOUCH), and dirty for writing',
      without: 'it leaves the marks and the PTE of a bare frame alone',
    },
    { version: '6.3', commit: 'b2a72dff85fa', subject: 'mm/gup: have internal functions get the mmap_read_lock()' },
  ),
  mprotect_unaccounts: feature(
    'mprotect_unaccounts',
    {
      summary: 'mprotect() to read-only takes VM_ACCOUNT from a private anonymous VMA that was never touched',
      without: 'VM_ACCOUNT stays, which keeps VMAs from merging',
    },
    {
      version: '6.6',
      commit: '9b9143298585',
      subject: 'mm/mprotect: allow unfaulted VMAs to be unaccounted on mprotect()',
    },
  ),
  mprotect_clean_writable: feature(
    'mprotect_clean_writable',
    {
      summary:
        'mprotect() to writable makes clean exclusive anonymous pages writable at once; it asks vm_normal_page()',
      without: 'only dirty PTEs are looked at',
    },
    { version: '6.2', commit: 'd84887739d5c', subject: 'mm/mprotect: allow clean exclusive anon pages to be writable' },
  ),
  fault_flags_checked: feature(
    'fault_flags_checked',
    {
      summary:
        'handle_mm_fault() refuses write faults without VM_MAYWRITE (a warning, SIGSEGV), and takes an unshare fault outside a COW mapping for a read',
      without: 'the write goes to the fault handlers as any other',
    },
    { version: '6.2', commit: '79881fed6052', subject: 'mm: add early FAULT_FLAG_WRITE consistency checks' },
    { where: 'mm/memory.c, sanitize_fault_flags()', evidence: 'source' },
  ),
  smaps_walks_pfnmap: feature(
    'smaps_walks_pfnmap',
    {
      summary: '/proc/PID/smaps counts the pages that were copied in a VM_PFNMAP',
      without: 'walk_page_test() passes a VM_PFNMAP over',
    },
    { version: '6.2', commit: 'c31783eeae7b', subject: "mm/pagewalk: don't trigger test_walk() in walk_page_vma()" },
    { where: 'mm/pagewalk.c, walk_page_vma()', evidence: 'source' },
  ),
  pageout_ignores_young: feature(
    'pageout_ignores_young',
    {
      summary: 'MADV_PAGEOUT leaves the accessed bit of a PTE and ignores it',
      without: 'it clears the accessed bit first',
    },
    {
      version: '6.9',
      commit: '2864f3d0f583',
      subject: 'mm: madvise: pageout: ignore references rather than clearing young',
    },
  ),
  populate_stops_at_hole: feature(
    'populate_stops_at_hole',
    {
      summary: 'MADV_POPULATE_(READ|WRITE) ends with ENOMEM at the first hole',
      without: 'it goes on behind the hole, and an error there wins over ENOMEM',
    },
    {
      version: '6.9',
      commit: '631426ba1d45',
      subject: 'mm/madvise: make MADV_POPULATE_(READ|WRITE) handle VM_FAULT_RETRY properly',
    },
  ),
  rand_read_no_recency: feature(
    'rand_read_no_recency',
    {
      summary: 'zap does not mark the young pages of a MADV_RANDOM mapping referenced',
      without: 'only MADV_SEQUENTIAL prevents that',
    },
    { version: '6.3', commit: '8788f6781486', subject: 'mm: add vma_has_recency()' },
  ),
  pte_update_checks_attributes: feature(
    'pte_update_checks_attributes',
    {
      summary:
        'replacing a live PTE without break-before-make warns (DEBUG_VM) about attributes that may not change so',
      without: 'only accessed and dirty state are checked',
    },
    { version: '6.3', commit: '004fc58f917c', subject: 'arm64/mm: Intercept pfn changes in set_pte_at()' },
  ),
  fork_huge_pfnmap: feature(
    'fork_huge_pfnmap',
    {
      summary: 'fork() copies a PUD that maps bare frames, writable unless the mapping is copy-on-write',
      without: 'it write-protects every PUD, in the parent too',
    },
    { version: '6.12', commit: 'bc02afbd4d73', subject: 'mm/fork: accept huge pfnmap entries' },
    { evidence: 'source' },
  ),
  follow_pfnmap: feature(
    'follow_pfnmap',
    {
      summary: 'follow_pfnmap_start() is how drivers look at a PTE; it tells a special one',
      without: 'follow_pte(), follow_pfn() and follow_phys(); they take a PTE for a bare frame if it is no normal page',
    },
    { version: '6.12', commit: '6da8e9634bb7', subject: 'mm: new follow_pfnmap API' },
  ),
  pat_cow_fallback: feature(
    'pat_cow_fallback',
    {
      summary: 'untracking a private pfn mapping whose first page was copied finds the reservation by vm_pgoff',
      without: 'it warns and leaks the reservation of the memory type',
    },
    { version: '6.9', commit: '04c35ab3bdae', subject: 'x86/mm/pat: fix VM_PAT handling in COW mappings' },
    { backports: ['6.1.85'], evidence: 'source' },
  ),
  pat_fork_undo: feature(
    'pat_fork_undo',
    {
      summary:
        'fork() marks a copied pfn mapping as tracked (VM_PAT) only once its memory type is reserved, and gives that back when it fails',
      without:
        'the copy is marked from the start: where its reservation fails, the teardown of the child gives back what the parent has reserved',
    },
    {
      version: '6.15',
      commit: 'dc84bc2aba85',
      subject: 'x86/mm/pat: Fix VM_PAT handling when fork() fails in copy_page_range()',
    },
    { backports: ['6.1.160', '6.6.87', '6.12.23', '6.13.11', '6.14.2'], evidence: 'source' },
  ),
  remap_undo: feature(
    'remap_undo',
    {
      summary: 'remap_pfn_range() that fails midway zaps what it had mapped',
      without: 'the PTEs of the part that worked stay, while the caller frees the memory',
    },
    {
      version: '6.11',
      commit: '79a61cc3fc04',
      subject: 'mm: avoid leaving partial pfn mappings around in error case',
    },
    { backports: ['6.1.111'], evidence: 'source' },
  ),
  mseal: feature(
    'mseal',
    {
      summary: 'mseal() seals VMAs: they cannot be unmapped, moved, resized or given other rights (EPERM)',
      without: 'there is no such call (ENOSYS)',
    },
    { version: '6.10', commit: '8be7258aad44', subject: 'mseal: add mseal syscall' },
    { where: 'mm/mseal.c, mseal()', evidence: 'source' },
  ),
  map_droppable: feature(
    'map_droppable',
    {
      summary: 'MAP_DROPPABLE maps memory that is dropped instead of swapped, and that fork does not copy',
      without: 'mmap() does not know the flag (EINVAL)',
    },
    {
      version: '6.11',
      commit: '9651fcedf7b9',
      subject: 'mm: add MAP_DROPPABLE for designating always lazily freeable mappings',
    },
    { where: 'mm/mmap.c, do_mmap()', evidence: 'source' },
  ),
} as const;

/** Everything that a mechanism of the core can ask for. */
export const FEATURES = {
  ...EARLIER_FEATURES,
  ...MERGE_FEATURES,
  ...LATER_FEATURES,
  ...FOLIO_FEATURES,
  ...FEATURES_7,
  ...PROPOSED_FEATURES,
};

export type FeatureName = keyof typeof FEATURES;
