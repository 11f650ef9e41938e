// SPDX-License-Identifier: GPL-2.0-or-later
/** What functions of the kernel ask on their way, read from the source: test/architecture/mechanisms.test.ts writes it. */
import type { Asked } from './mechanism.js';

/** By names of PARTS. */
export const PART_ASKS = {
  handle_mm_fault: {
    features: ['read_fault_maps_dirty'],
    facts: ['arch_wants_old_prefaulted_pte', 'mk_pte_of_dirty_page', 'pte_sw_mkyoung'],
    through: [
      'alloc_page',
      'anon_vma',
      'do_swap_page',
      'do_wp_page',
      'driver_ops',
      'filemap_fault',
      'folio_lru',
      'folio_rmap',
      'huge_entries',
      'set_pte_at',
      'shmem_fault',
    ],
  },
  do_wp_page: {
    features: ['wp_reuse_zeropage_check'],
    facts: ['arch_has_hw_pte_young', 'mk_pte_of_dirty_page', 'pte_sw_mkyoung'],
    through: [
      'alloc_page',
      'anon_vma',
      'driver_ops',
      'folio_lru',
      'folio_rmap',
      'set_pte_at',
      'swapfile',
      'vm_normal_page',
    ],
  },
  do_swap_page: {
    features: [],
    facts: ['mk_pte_of_dirty_page'],
    through: ['alloc_page', 'do_wp_page', 'folio_lru', 'folio_rmap', 'swap_readahead', 'swapfile'],
  },
  vm_normal_page: {
    features: ['anon_pgoff', 'bad_page_map_sizes', 'mixedmap_zeropage_null', 'vm_normal_page_levels'],
    facts: [],
    through: [],
  },
  unmap_page_range: {
    features: ['anon_pgoff', 'bad_page_map_sizes', 'rand_read_no_recency'],
    facts: ['tlb_delay_rmap'],
    through: ['folio_lru', 'folio_rmap', 'huge_entries', 'memtype', 'swapfile', 'vm_normal_page'],
  },
  shmem_fault: {
    features: ['read_fault_maps_dirty'],
    facts: ['arch_wants_old_prefaulted_pte', 'mk_pte_of_dirty_page', 'pte_sw_mkyoung'],
    through: ['alloc_page', 'filemap_fault', 'folio_lru', 'folio_rmap', 'swap_readahead', 'swapfile'],
  },
  filemap_fault: {
    features: [],
    facts: [],
    through: ['alloc_page', 'folio_lru'],
  },
  driver_ops: {
    features: ['insert_mixed_plain_pfn', 'insert_mixed_sigbus', 'insert_zeropage_special', 'mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['driver_calls', 'insert_page', 'insert_pfn'],
  },
  driver_calls: {
    features: [],
    facts: [],
    through: [],
  },
  get_user_pages: {
    features: ['longterm_pin_unshares_files', 'longterm_write_pin_refused', 'pte_update_checks_attributes'],
    facts: ['check_safe_pte_update'],
    through: ['folio_lru', 'handle_mm_fault', 'vm_normal_page'],
  },
  mm_populate: {
    features: [],
    facts: [],
    through: ['folio_lru', 'get_user_pages'],
  },
  vma_merge: {
    features: ['anon_pgoff', 'merge_unfaulted_anon'],
    facts: [],
    through: ['anon_vma', 'huge_entries', 'split_vma'],
  },
  split_vma: {
    features: [],
    facts: [],
    through: ['anon_vma', 'huge_entries'],
  },
  do_munmap: {
    features: [],
    facts: [],
    through: ['anon_vma', 'folio_lru', 'split_vma', 'truncate', 'unmap_page_range'],
  },
  get_unmapped_area: {
    features: [],
    facts: ['shm_align'],
    through: [],
  },
  shrink_folio_list: {
    features: ['anon_pgoff'],
    facts: [],
    through: ['folio_lru', 'folio_rmap', 'mlock_folio', 'swapfile'],
  },
  anon_vma: {
    features: ['anon_pgoff'],
    facts: [],
    through: [],
  },
  folio_rmap: {
    features: ['anon_pgoff', 'fork_asks_for_pin_always', 'rmap_zeropage_check'],
    facts: [],
    through: ['mlock_folio'],
  },
  set_pte_at: {
    features: [],
    facts: ['flush_cache_page_looks_at_page', 'ptep_set_access_flags_if_dirty', 'set_pte_at_looks_at_page'],
    through: [],
  },
  huge_entries: {
    features: [
      'bad_page_map_sizes',
      'fork_huge_pfnmap',
      'huge_fault_trusted',
      'huge_zero_special',
      'mixedmap_zeropage_null',
      'pmd_special_capability',
      'vm_normal_page_levels',
      'zap_huge_normal_folio',
    ],
    facts: [],
    through: ['anon_vma', 'vm_normal_page'],
  },
  truncate: {
    features: [],
    facts: [],
    through: ['unmap_mapping_range'],
  },
  unmap_mapping_range: {
    features: [],
    facts: [],
    through: ['unmap_page_range'],
  },
  exit_mmap: {
    features: [],
    facts: [],
    through: ['anon_vma', 'folio_lru', 'truncate', 'unmap_page_range'],
  },
  zap_vma_ptes: {
    features: ['zap_special_vma_range'],
    facts: [],
    through: ['unmap_page_range'],
  },
  insert_page: {
    features: ['hugetlb_page_type', 'insert_page_mkwrite', 'insert_zeropage_special'],
    facts: ['mk_pte_of_dirty_page'],
    through: ['folio_rmap', 'set_pte_at'],
  },
  insert_pfn: {
    features: [],
    facts: [],
    through: ['set_pte_at'],
  },
  memtype: {
    features: ['follow_pfnmap', 'mmap_assert_rwsem', 'pat_cow_fallback', 'pfnmap_track_ctx'],
    facts: ['PER_VMA_LOCK', 'PFNMAP_TRACKING', 'pte_pgprot'],
    through: ['vm_normal_page'],
  },
  swapfile: {
    features: [],
    facts: [],
    through: [],
  },
  swap_readahead: {
    features: [],
    facts: [],
    through: ['alloc_page', 'folio_lru', 'swapfile'],
  },
  folio_lru: {
    features: [],
    facts: [],
    through: [],
  },
  mlock_folio: {
    features: [],
    facts: [],
    through: [],
  },
  alloc_page: {
    features: [],
    facts: [],
    through: [],
  },
} as const satisfies Record<string, Asked>;

/** By types of events. */
export const MECHANISM_ASKS = {
  mmap: {
    features: ['ksm_flags_first', 'map_droppable', 'mmap_actions'],
    facts: ['PROT_WRITE_gives_VM_READ'],
    through: [
      'anon_vma',
      'do_munmap',
      'driver_calls',
      'get_unmapped_area',
      'mm_populate',
      'split_vma',
      'unmap_page_range',
      'vma_merge',
    ],
  },
  'mmap.begin': {
    features: ['ksm_flags_first', 'map_droppable', 'mmap_actions'],
    facts: ['PROT_WRITE_gives_VM_READ'],
    through: [
      'anon_vma',
      'do_munmap',
      'driver_calls',
      'get_unmapped_area',
      'mm_populate',
      'split_vma',
      'unmap_page_range',
      'vma_merge',
    ],
  },
  'mmap.end': {
    features: [],
    facts: [],
    through: ['anon_vma', 'do_munmap', 'driver_calls', 'mm_populate', 'unmap_page_range', 'vma_merge'],
  },
  set_vm_ops: {
    features: [],
    facts: [],
    through: [],
  },
  munmap: {
    features: [],
    facts: [],
    through: ['do_munmap'],
  },
  mprotect: {
    features: ['mprotect_batches', 'mprotect_clean_writable', 'mprotect_unaccounts'],
    facts: ['PROT_WRITE_gives_VM_READ'],
    through: ['huge_entries', 'mm_populate', 'set_pte_at', 'split_vma', 'vm_normal_page', 'vma_merge'],
  },
  mremap: {
    features: ['dontunmap_splits', 'merge_unfaulted_anon', 'mremap_several_vmas'],
    facts: [],
    through: [
      'anon_vma',
      'do_munmap',
      'get_unmapped_area',
      'huge_entries',
      'memtype',
      'mm_populate',
      'set_pte_at',
      'split_vma',
      'vma_merge',
    ],
  },
  madvise: {
    features: ['dofork_refuses_special', 'pageout_ignores_young', 'populate_stops_at_hole'],
    facts: [],
    through: [
      'folio_lru',
      'get_user_pages',
      'huge_entries',
      'shrink_folio_list',
      'split_vma',
      'swap_readahead',
      'swapfile',
      'truncate',
      'unmap_page_range',
      'vm_normal_page',
      'vma_merge',
    ],
  },
  mlock: {
    features: [],
    facts: [],
    through: ['folio_lru', 'huge_entries', 'mlock_folio', 'mm_populate', 'vm_normal_page', 'vma_merge'],
  },
  munlock: {
    features: [],
    facts: [],
    through: ['folio_lru', 'huge_entries', 'mlock_folio', 'vm_normal_page', 'vma_merge'],
  },
  mseal: {
    features: ['mseal'],
    facts: [],
    through: ['vma_merge'],
  },
  fork: {
    features: [],
    facts: ['mk_pte_of_dirty_page'],
    through: [
      'alloc_page',
      'anon_vma',
      'exit_mmap',
      'folio_lru',
      'folio_rmap',
      'huge_entries',
      'memtype',
      'set_pte_at',
      'swapfile',
      'vm_normal_page',
    ],
  },
  exit: {
    features: [],
    facts: [],
    through: ['exit_mmap'],
  },
  prctl: {
    features: ['memory_merge_prctl'],
    facts: [],
    through: [],
  },
  brk: {
    features: ['ksm_flags_first'],
    facts: [],
    through: ['do_munmap', 'vma_merge'],
  },
  execve: {
    features: [],
    facts: [],
    through: ['exit_mmap'],
  },
  map_vma: {
    features: [],
    facts: [],
    through: ['anon_vma', 'do_munmap'],
  },
  vma_modify_flags: {
    features: [],
    facts: [],
    through: ['split_vma', 'vma_merge'],
  },
  truncate: {
    features: [],
    facts: [],
    through: ['truncate', 'unmap_mapping_range'],
  },
  access: {
    features: [],
    facts: ['PER_VMA_LOCK', 'byte_store_loads', 'read_fault_vm_flags'],
    through: ['anon_vma', 'handle_mm_fault'],
  },
  unmap_mapping_range: {
    features: [],
    facts: [],
    through: ['unmap_mapping_range'],
  },
  get_page: {
    features: [],
    facts: [],
    through: [],
  },
  put_page: {
    features: [],
    facts: [],
    through: [],
  },
  pin_user_pages: {
    features: [],
    facts: [],
    through: ['get_user_pages'],
  },
  pin_user_pages_fast: {
    features: ['longterm_fast_touches', 'longterm_fast_write_refused', 'longterm_pin_unshares_files'],
    facts: ['HAVE_GUP_FAST', 'pte_access_permitted_user'],
    through: ['get_user_pages'],
  },
  get_user_pages: {
    features: [],
    facts: [],
    through: ['get_user_pages'],
  },
  get_user_pages_fast: {
    features: ['longterm_fast_touches', 'longterm_fast_write_refused', 'longterm_pin_unshares_files'],
    facts: ['HAVE_GUP_FAST', 'pte_access_permitted_user'],
    through: ['get_user_pages'],
  },
  get_user_pages_fast_only: {
    features: ['longterm_fast_touches', 'longterm_fast_write_refused', 'longterm_pin_unshares_files'],
    facts: ['HAVE_GUP_FAST', 'pte_access_permitted_user'],
    through: ['get_user_pages'],
  },
  unpin_user_pages: {
    features: [],
    facts: [],
    through: [],
  },
  follow_pfnmap: {
    features: ['follow_pfnmap'],
    facts: ['pte_pgprot'],
    through: [],
  },
  access_process_vm: {
    features: ['follow_pfnmap'],
    facts: ['HAVE_IOREMAP_PROT', 'pte_pgprot'],
    through: ['folio_lru', 'get_user_pages'],
  },
  vm_flags_mod: {
    features: ['mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: [],
  },
  set_vm_pgoff: {
    features: [],
    facts: [],
    through: [],
  },
  remap_pfn_range: {
    features: ['mmap_assert_rwsem', 'pfnmap_track_ctx', 'remap_prepares_first', 'remap_undo'],
    facts: ['PER_VMA_LOCK', 'PFNMAP_TRACKING'],
    through: ['memtype', 'set_pte_at', 'unmap_page_range'],
  },
  io_remap_pfn_range: {
    features: ['mmap_assert_rwsem', 'pfnmap_track_ctx', 'remap_prepares_first', 'remap_undo'],
    facts: ['PER_VMA_LOCK', 'PFNMAP_TRACKING'],
    through: ['memtype', 'set_pte_at', 'unmap_page_range'],
  },
  vm_iomap_memory: {
    features: ['mmap_assert_rwsem', 'pfnmap_track_ctx', 'remap_prepares_first', 'remap_undo'],
    facts: ['PER_VMA_LOCK', 'PFNMAP_TRACKING'],
    through: ['memtype', 'set_pte_at', 'unmap_page_range'],
  },
  vm_insert_page: {
    features: ['mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['insert_page'],
  },
  vm_insert_pages: {
    features: ['insert_pages_warns', 'mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['insert_page'],
  },
  vm_map_pages: {
    features: ['insert_pages_warns', 'mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['insert_page'],
  },
  vm_map_pages_zero: {
    features: ['insert_pages_warns', 'mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['insert_page'],
  },
  vmf_insert_pfn: {
    features: [],
    facts: [],
    through: ['insert_pfn'],
  },
  vmf_insert_pfn_prot: {
    features: [],
    facts: [],
    through: ['insert_pfn'],
  },
  vmf_insert_pfn_pmd: {
    features: [],
    facts: [],
    through: [],
  },
  vmf_insert_pfn_pud: {
    features: [],
    facts: [],
    through: [],
  },
  vmf_insert_mixed: {
    features: ['insert_mixed_plain_pfn', 'insert_mixed_sigbus', 'insert_zeropage_special'],
    facts: [],
    through: ['insert_page', 'insert_pfn'],
  },
  vmf_insert_mixed_mkwrite: {
    features: ['insert_mixed_plain_pfn', 'insert_mixed_sigbus', 'insert_zeropage_special'],
    facts: [],
    through: ['insert_page', 'insert_pfn'],
  },
  remap_vmalloc_range: {
    features: ['mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['insert_page'],
  },
  remap_vmalloc_range_partial: {
    features: ['mmap_assert_rwsem'],
    facts: ['PER_VMA_LOCK'],
    through: ['insert_page'],
  },
  dma_mmap_coherent: {
    features: ['insert_pages_warns', 'mmap_assert_rwsem', 'pfnmap_track_ctx', 'remap_prepares_first', 'remap_undo'],
    facts: [
      'ARCH_DMA_DEFAULT_COHERENT',
      'ARCH_HAS_DMA_WRITE_COMBINE',
      'ARCH_HAS_SYNC_DMA_FOR_DEVICE',
      'PER_VMA_LOCK',
      'PFNMAP_TRACKING',
    ],
    through: ['insert_page', 'memtype', 'set_pte_at', 'unmap_page_range'],
  },
  dma_mmap_wc: {
    features: ['insert_pages_warns', 'mmap_assert_rwsem', 'pfnmap_track_ctx', 'remap_prepares_first', 'remap_undo'],
    facts: [
      'ARCH_DMA_DEFAULT_COHERENT',
      'ARCH_HAS_DMA_WRITE_COMBINE',
      'ARCH_HAS_SYNC_DMA_FOR_DEVICE',
      'PER_VMA_LOCK',
      'PFNMAP_TRACKING',
    ],
    through: ['insert_page', 'memtype', 'set_pte_at', 'unmap_page_range'],
  },
  dma_mmap_pages: {
    features: ['mmap_assert_rwsem', 'pfnmap_track_ctx', 'remap_prepares_first', 'remap_undo'],
    facts: ['PER_VMA_LOCK', 'PFNMAP_TRACKING'],
    through: ['memtype', 'set_pte_at', 'unmap_page_range'],
  },
  pgprot_noncached: {
    features: [],
    facts: [],
    through: [],
  },
  pgprot_writecombine: {
    features: [],
    facts: [],
    through: [],
  },
  pgprot_device: {
    features: [],
    facts: [],
    through: [],
  },
  vm_get_page_prot: {
    features: [],
    facts: [],
    through: [],
  },
  set_vm_start: {
    features: [],
    facts: [],
    through: [],
  },
  set_vm_end: {
    features: [],
    facts: [],
    through: [],
  },
  zap_vma_ptes: {
    features: [],
    facts: [],
    through: ['zap_vma_ptes'],
  },
  set_pte: {
    features: [],
    facts: [],
    through: ['set_pte_at'],
  },
  clear_pte: {
    features: [],
    facts: [],
    through: [],
  },
} as const satisfies Record<string, Asked>;
