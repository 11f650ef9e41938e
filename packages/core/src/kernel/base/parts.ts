// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Functions of the kernel that events go through on their way: page faults, zapping, merging of VMAs and the like.
 * Each is listed once, with what the model of it leaves out; `entries` are the functions here by which it is entered.
 */
import { PART_ASKS } from './asked.js';
import type { Asked, KernelOrigin } from './mechanism.js';

/** A function of the kernel, and the functions here that stand for it. */
interface PartOrigin extends KernelOrigin {
  readonly entries: readonly string[];
}

const NO_COPIES_FAIL = 'hardware errors: copy_mc_user_highpage() never fails';
const NO_MEMCG = 'memory cgroups: mem_cgroup_charge() never fails';
const NO_LARGE_FOLIOS = 'folios of more than one page';

const ORIGINS = {
  handle_mm_fault: {
    function: 'handle_mm_fault',
    file: 'mm/memory.c',
    entries: ['handle_mm_fault'],
    omits: [
      'userfaultfd: handle_userfault() is never called, and handle_pte_marker() finds no markers',
      'protection keys (arch_vma_access_permitted)',
      'NUMA nodes: do_numa_page() of 7.3 gives a PROT_NONE entry its rights back, and moves nothing',
      'huge entries of files (do_set_pmd)',
      'where transparent huge pages are: /sys/kernel/mm/transparent_hugepage/enabled is "always"',
      `${NO_LARGE_FOLIOS} (alloc_anon_folio)`,
      'memory for page tables, which never runs out (pte_alloc)',
      NO_MEMCG,
      'dirty throttling (balance_dirty_pages_ratelimited) and statistics (mm_account_fault)',
    ],
  },
  do_wp_page: {
    function: 'do_wp_page',
    file: 'mm/memory.c',
    entries: ['do_wp_page'],
    omits: [
      'write protection by userfaultfd (userfaultfd_pte_wp)',
      'KSM pages (folio_test_ksm), which are always copied',
      NO_LARGE_FOLIOS,
      NO_COPIES_FAIL,
      'MMU notifiers (mmu_notifier_invalidate_range_start)',
      NO_MEMCG,
    ],
  },
  do_swap_page: {
    function: 'do_swap_page',
    file: 'mm/memory.c',
    entries: ['do_swap_page'],
    omits: [
      'entries that are none of swap: migration_entry_wait(), remove_device_exclusive_entry(), device private and hwpoison entries, markers',
      'copies for KSM (ksm_might_need_to_copy)',
      'tags that are kept with a page (arch_swap_restore)',
      'errors of the swap device',
      NO_LARGE_FOLIOS,
    ],
  },
  vm_normal_page: {
    function: 'vm_normal_page',
    file: 'mm/memory.c',
    entries: ['vm_normal_page'],
    omits: ['the rate limit of print_bad_pte(): 60 reports a minute'],
  },
  unmap_page_range: {
    function: 'unmap_page_range',
    file: 'mm/memory.c',
    later: [{ since: '7.1', function: '__zap_vma_range' }],
    entries: ['unmap_single_vma', 'zap_page_range_single', 'tlb_finish_mmu'],
    omits: [
      'migration, device private, device exclusive and hwpoison entries, and markers: any entry that is not present is one of swap',
      'write protection by userfaultfd that outlives its page (zap_install_uffd_wp_if_needed)',
      'uprobe_munmap(), and shadow stacks (arch_check_zapped_pte)',
      'the page tables themselves (free_pgtables), and batches of the mmu_gather: its pages go at the end, however many',
      'MMU notifiers (mmu_notifier_invalidate_range_start)',
    ],
  },
  shmem_fault: {
    function: 'shmem_fault',
    file: 'mm/shmem.c',
    entries: ['shmem_fault', 'filemap_map_pages'],
    omits: [
      'the limit of the file system (shmem_inode_acct_blocks)',
      'waiting for a hole that is being punched (shmem_falloc_wait)',
      'huge pages of tmpfs, and userfaultfd',
    ],
  },
  filemap_fault: {
    function: 'filemap_fault',
    file: 'mm/filemap.c',
    entries: ['filemap_fault', 'filemap_get_folio'],
    omits: [
      'reading: every page of a file is in the page cache already, and filemap_read_folio() never fails',
      'readahead (do_sync_mmap_readahead), and faults that drop the mmap_lock and are tried again',
    ],
  },
  driver_ops: {
    function: '__do_fault',
    file: 'mm/memory.c',
    entries: ['call_fault', 'call_page_mkwrite', 'call_pfn_mkwrite'],
    omits: [
      "a driver's handlers do what the log says of them: .map_pages and .open are none of it",
      'pages that are poisoned (PageHWPoison)',
    ],
  },
  driver_calls: {
    function: 'call_mmap',
    file: 'include/linux/fs.h',
    later: [{ since: '6.17', function: 'vfs_mmap' }],
    entries: ['driver_call'],
    omits: ['what ->mmap does beside the calls that the log has of it; each of those is a mechanism of its own'],
  },
  get_user_pages: {
    function: '__get_user_pages',
    file: 'mm/gup.c',
    entries: ['__get_user_pages'],
    omits: [
      'signals that end it (fatal_signal_pending)',
      'long-term pins that migrate pages first (check_and_migrate_movable_pages)',
      'the gate area (get_gate_page), hugetlb, protection keys (arch_vma_access_permitted)',
      'entries without access for NUMA hinting (gup_can_follow_protnone)',
      'secure guests (arch_make_folio_accessible)',
    ],
  },
  mm_populate: {
    function: '__mm_populate',
    file: 'mm/gup.c',
    entries: ['mm_populate', 'populate_vma_page_range'],
    omits: ['other threads while the mmap_lock is dropped'],
  },
  vma_merge: {
    function: 'vma_merge',
    file: 'mm/mmap.c',
    later: [
      { since: '6.8', function: 'vma_modify' },
      { since: '6.12', file: 'mm/vma.c' },
    ],
    entries: ['vma_modify_flags', 'vma_merge_new_range', 'vma_merge_extend'],
    omits: [
      'what keeps VMAs apart beside flags, file and anon_vma: memory policies (mpol_equal), names (anon_vma_name_eq), userfaultfd contexts (is_mergeable_vm_userfaultfd_ctx)',
      'memory for VMAs, which never runs out',
      'khugepaged (khugepaged_enter_vma)',
    ],
  },
  split_vma: {
    function: '__split_vma',
    file: 'mm/mmap.c',
    later: [{ since: '6.12', file: 'mm/vma.c' }],
    entries: ['split_vma', 'may_split', 'is_split_refused'],
    omits: [
      'the limit on the number of VMAs (sysctl_max_map_count)',
      'vm_ops->open of the new VMA, and its memory policy (vma_dup_policy)',
    ],
  },
  do_munmap: {
    function: 'do_mas_munmap',
    file: 'mm/mmap.c',
    later: [
      { since: '6.3', function: 'do_vmi_munmap' },
      { since: '6.12', file: 'mm/vma.c' },
    ],
    entries: ['do_munmap', 'vms_gather_munmap_vmas', 'vms_clear_ptes'],
    omits: ['userfaultfd (userfaultfd_unmap_prep)', 'the limit on the number of VMAs (sysctl_max_map_count)'],
  },
  get_unmapped_area: {
    function: 'get_unmapped_area',
    file: 'mm/mmap.c',
    later: [{ since: '6.10', function: '__get_unmapped_area' }],
    entries: ['get_unmapped_area'],
    omits: [
      'randomisation: mmap_base() is where it is without',
      'cache colours where the kernel chooses the address (they are asked for with MAP_FIXED alone)',
      'searching upwards (arch_get_unmapped_area of the legacy layout) when nothing is found from the top',
      'security_mmap_addr(), and addresses that hugetlb or a driver chooses',
    ],
  },
  shrink_folio_list: {
    function: 'shrink_folio_list',
    file: 'mm/vmscan.c',
    entries: ['reclaim_pages'],
    omits: [
      'who calls it for want of memory: pages are reclaimed by MADV_PAGEOUT alone, which ignores references (folio_check_references)',
      'waiting for writeback, demotion to slower memory, buffers (filemap_release_folio)',
      NO_LARGE_FOLIOS,
    ],
  },
  anon_vma: {
    function: '__anon_vma_prepare',
    file: 'mm/rmap.c',
    entries: [
      'anon_vma_prepare',
      'anon_vma_fork',
      'unlink_anon_vmas',
      'anon_vma_clone',
      'anon_vma_merge',
      'anon_vma_adopt',
    ],
    omits: ['memory for anon_vmas, which never runs out'],
  },
  folio_rmap: {
    function: 'page_add_file_rmap',
    file: 'mm/rmap.c',
    later: [{ since: '6.8', function: '__folio_add_rmap' }],
    entries: [
      'folio_add_file_rmap_pte',
      'folio_add_new_anon_rmap',
      'folio_add_anon_rmap_pte',
      'folio_remove_rmap_pte',
      'folio_dup_file_rmap_pte',
      'folio_try_dup_anon_rmap_pte',
      'folio_move_anon_rmap',
    ],
    omits: [`${NO_LARGE_FOLIOS} (deferred_split_folio)`, 'statistics of nodes and memory cgroups'],
  },
  set_pte_at: {
    function: 'set_pte_at',
    file: 'arch/*/include/asm/pgtable.h',
    later: [{ since: '6.6', file: 'include/linux/pgtable.h' }],
    entries: ['set_pte_at', 'before_set_pte_at', 'set_access_flags', 'ptep_set_access_flags', 'flush_cache_page'],
    omits: ['the TLB and the caches (update_mmu_cache_range)', 'page_table_check_ptes_set()'],
  },
  huge_entries: {
    function: 'zap_huge_pmd',
    file: 'mm/huge_memory.c',
    entries: [
      'handle_huge_fault',
      'zap_huge_pmd',
      'zap_huge_pud',
      'copy_huge_pmd',
      'copy_huge_pud',
      'change_huge_pmd',
      'change_huge_pud',
      'move_huge',
      'split_on_the_way',
      'vma_adjust_trans_huge',
    ],
    omits: [
      'huge folios: anonymous memory gets the huge zero folio by reading, and small pages by writing',
      'deposited page tables (pgtable_trans_huge_deposit)',
      'migration entries, NUMA hinting and userfaultfd of huge entries',
    ],
  },
  hugetlb: {
    function: 'hugetlb_fault',
    file: 'mm/hugetlb.c',
    entries: [
      'hugetlb_fault',
      '__unmap_hugepage_range',
      'copy_hugetlb_page_range',
      'hugetlb_change_protection',
      'move_hugetlb_page_tables',
      'hugetlbfs_file_mmap',
      'hugetlbfs_punch_hole',
      'hugetlbfs_evict_inode',
      'hugetlb_truncate',
      'hugetlb_vm_op_open',
      'hugetlb_vm_op_close',
    ],
    omits: [
      'page tables that processes share (huge_pmd_share), which takes shared mappings of 1 GiB and more',
      'sizes between those of a PMD and a PUD (contiguous entries), and taking a page apart (demote)',
      'limits of a mount (hugepage_subpool) and of control groups (hugetlb_cgroup), and NUMA nodes',
      'migration and hwpoison entries, markers, and userfaultfd',
    ],
  },
  truncate: {
    function: 'shmem_undo_range',
    file: 'mm/shmem.c',
    entries: ['shmem_truncate', 'shmem_punch_hole'],
    omits: ['what is not whole pages (truncate_inode_partial_folio)'],
  },
  unmap_mapping_range: {
    function: 'unmap_mapping_range',
    file: 'mm/memory.c',
    entries: ['unmap_mapping_range'],
    omits: [],
  },
  exit_mmap: {
    function: 'exit_mmap',
    file: 'mm/mmap.c',
    entries: ['exit_mmap'],
    omits: [
      'exit_aio(), ksm_exit() and khugepaged_exit(); the OOM reaper',
      'of check_mm() what is said of page tables (mm_pgtables_bytes)',
    ],
  },
  zap_vma_ptes: {
    function: 'zap_vma_ptes',
    file: 'mm/memory.c',
    later: [{ feature: 'zap_special_vma_range', function: 'zap_special_vma_range' }],
    entries: ['zap_vma_ptes'],
    omits: [],
  },
  insert_page: {
    function: 'insert_page',
    file: 'mm/memory.c',
    entries: ['insert_page'],
    omits: [
      'compound pages: a tail is counted on its own, where the kernel counts the head (page_folio)',
      'memory for page tables, which never runs out (pte_alloc)',
    ],
  },
  insert_pfn: {
    function: 'insert_pfn',
    file: 'mm/memory.c',
    entries: ['insert_pfn'],
    omits: ['memory for page tables, which never runs out (get_locked_pte)'],
  },
  memtype: {
    function: 'track_pfn_remap',
    file: 'arch/x86/mm/pat/memtype.c',
    later: [{ feature: 'pfnmap_track_ctx', function: 'pfnmap_track' }],
    entries: ['track_pfn_remap', 'untrack_pfn', 'untrack_pfn_clear', 'track_pfn_copy'],
    omits: [
      "mappings of the kernel's own that come or go while the log runs (ioremap_wc(), set_memory_wc()): those that it has are the machine's memtypes",
      "that the kernel's own mapping of RAM changes with a reservation (memtype_kernel_map_sync)",
    ],
  },
  swapfile: {
    function: 'free_swap_and_cache',
    file: 'mm/swapfile.c',
    later: [
      { since: '6.10', function: 'free_swap_and_cache_nr' },
      { since: '7.0', function: 'swap_put_entries_direct' },
    ],
    entries: [
      'swap_duplicate',
      'free_swap_and_cache',
      'swap_free',
      'add_to_swap_cache',
      'delete_from_swap_cache',
      'folio_free_swap',
      'free_swap_cache',
    ],
    omits: [
      'several devices, clusters and per-CPU caches of slots: slots are taken upwards and not again',
      'more users than a byte counts (add_swap_count_continuation)',
    ],
  },
  swap_readahead: {
    function: 'swapin_readahead',
    file: 'mm/swap_state.c',
    entries: [
      'swap_vma_readahead',
      'swap_cluster_readahead',
      'swapin_range',
      'shmem_swapin_range',
      'swap_cache_get_folio',
      'swap_cache_get_folio_shmem',
    ],
    omits: ['zswap (zswap_load), and a device that takes time: what is read is there at once'],
  },
  folio_lru: {
    function: 'folio_add_lru',
    file: 'mm/swap.c',
    later: [{ since: '7.3', file: 'mm/folio.c' }],
    entries: ['folio_add_lru', 'folio_add_lru_vma', 'folio_mark_accessed', 'folio_mark_dirty', 'lru_add_drain'],
    omits: ['the per-CPU batches: what they hold is done at once', 'the multi-generational LRU'],
  },
  mlock_folio: {
    function: 'mlock_folio',
    file: 'mm/mlock.c',
    entries: ['mlock_folio', 'munlock_folio', 'mlock_vma_folio', 'munlock_vma_folio'],
    omits: ['batches of other CPUs: there is one'],
  },
  alloc_page: {
    function: '__alloc_pages',
    file: 'mm/page_alloc.c',
    later: [{ since: '6.10', function: '__alloc_pages_noprof' }],
    entries: ['alloc_page'],
    omits: [
      'which frame it is: the log says so, or the next free one of RAM is taken',
      'zones, watermarks, reclaim and the OOM killer: it fails when every frame is in use, and not before',
    ],
  },
} as const satisfies Record<string, PartOrigin>;

export type PartName = keyof typeof ORIGINS;

/** A part with what it asks. */
export type KernelPart = PartOrigin & Asked;

export const PARTS: Readonly<Record<PartName, KernelPart>> = Object.fromEntries(
  Object.entries(ORIGINS).map(([name, origin]) => [
    name,
    { ...origin, ...(PART_ASKS as Readonly<Record<string, Asked>>)[name]! },
  ]),
) as unknown as Record<PartName, KernelPart>;
