// SPDX-License-Identifier: GPL-2.0-or-later
/** What came in 6.4 to 6.18; proven, where it is, by transcripts of 6.18.15. */
import type { Feature } from '../arch/feature.js';

export const LATER_FEATURES = {
  memory_merge_prctl: {
    name: 'memory_merge_prctl',
    summary: 'prctl(PR_SET_MEMORY_MERGE) lets KSM merge all private memory of a process',
    without: 'EINVAL: only madvise(MADV_MERGEABLE) asks for it',
    since: { version: '6.4', commit: 'd7597f59d1d3', subject: 'mm: add new api to enable ksm per process' },
    where: 'kernel/sys.c, prctl()',
    evidence: 'source',
  },
  hugetlb_page_type: {
    name: 'hugetlb_page_type',
    summary: 'a page of hugetlb has a page type, and vm_insert_page() refuses it as it refuses every page that has one',
    without: 'it is told by its compound destructor, and vm_insert_page() takes it',
    since: { version: '6.9', commit: 'd99e3140a4d3', subject: 'mm: turn folio_test_hugetlb into a PageType' },
    where: 'include/linux/page-flags.h, page_has_type()',
    evidence: 'source',
  },
  hugetlb_cache_references: {
    name: 'hugetlb_cache_references',
    summary: 'the page cache holds a reference on a page of hugetlb for each of the small pages in it',
    without: 'it holds one',
    since: {
      version: '6.7',
      commit: 'a08c7193e4f1',
      subject: 'mm/filemap: remove hugetlb special casing in filemap.c',
    },
    where: 'mm/filemap.c, __filemap_add_folio()',
    evidence: 'source',
  },
  hugetlb_unmap_restores: {
    name: 'hugetlb_unmap_restores',
    summary: 'a private page of hugetlb that is unmapped gives its owner the reservation back that it had used up',
    without: 'the reservation is gone: the next fault may find the pool empty',
    since: {
      version: '6.9',
      commit: 'df7a6d1f6405',
      subject: 'mm/hugetlb: restore the reservation if needed',
    },
    where: 'mm/hugetlb.c, __unmap_hugepage_range()',
    evidence: 'source',
  },
  fault_around_whole_folio: {
    name: 'fault_around_whole_folio',
    summary:
      'a fault on a file maps all of each large folio that lies around it, where file, VMA and page table have room',
    without: 'it maps the pages of it that lie within the 64 KiB around the fault',
    since: {
      version: '6.18',
      subject: 'mm/filemap: map entire large folio faultaround',
      after: '6.17.8',
    },
    where: 'mm/filemap.c, filemap_map_folio_range()',
    evidence: 'source',
  },
  hugetlb_force_write: {
    name: 'hugetlb_force_write',
    summary: 'FOLL_FORCE writes to read-only private mappings of hugetlb as to others',
    without: 'get_user_pages() with FOLL_FORCE and FOLL_WRITE is refused there (EFAULT)',
    since: {
      version: '6.15',
      subject: 'mm/hugetlb: support FOLL_FORCE|FOLL_WRITE',
      after: '6.12.117',
    },
    where: 'mm/gup.c, check_vma_flags(); mm/hugetlb.c, make_huge_pte()',
    evidence: 'source',
  },
  huge_fault_trusted: {
    name: 'huge_fault_trusted',
    summary: '->huge_fault() of any driver is called where nothing is mapped',
    without: 'it is called there for DAX alone; others hear of write faults on huge entries only',
    since: {
      version: '6.7',
      commit: '7a81751fcdeb',
      subject: 'mm/thp: fix "mm: thp: kill __transhuge_page_enabled()"',
    },
    where: 'mm/huge_memory.c, __thp_vma_allowable_orders()',
    evidence: 'source',
  },
  ksm_flags_first: {
    name: 'ksm_flags_first',
    summary: 'VM_MERGEABLE of PR_SET_MEMORY_MERGE is set before a new mapping looks for neighbours to merge with',
    without: 'it is set afterwards, so that new mappings never merge with those that have it',
    since: {
      version: '6.17',
      commit: 'cf7e7a3503df',
      subject: 'mm: prevent KSM from breaking VMA merging for new VMAs',
    },
    where: 'mm/ksm.c, ksm_vma_flags()',
    evidence: 'source',
  },
  mmap_assert_rwsem: {
    name: 'mmap_assert_rwsem',
    summary: 'changing vm_flags without the mmap_lock held for writing warns, whatever the kernel is configured with',
    without: 'only kernels with lockdep notice',
    since: { version: '6.10', commit: 'ba168b52bf8e', subject: 'mm: use rwsem assertion macros for mmap_lock' },
    where: 'include/linux/mmap_lock.h, mmap_assert_write_locked(); include/linux/rwsem.h, rwsem_assert_held_write()',
    evidence: 'source',
  },
  mprotect_batches: {
    name: 'mprotect_batches',
    summary: 'mprotect() asks vm_normal_page() of every present PTE of the range, to find batches of one folio',
    without: 'it asks only where a private PTE might become writable',
    since: {
      version: '6.17',
      commit: 'cac1db8c3aad',
      subject: 'mm: optimize mprotect() by PTE batching',
    },
    where: 'mm/mprotect.c, change_pte_range()',
    evidence: 'transcripts',
  },
  insert_page_mkwrite: {
    name: 'insert_page_mkwrite',
    summary:
      'without special bit, vmf_insert_mixed_mkwrite() of a frame with a page maps it young, dirty and writable at once, and refuses (SIGBUS) where another frame is mapped',
    without: 'it forgets that it is for writing: the entry is read-only, and one that is there stays as it is',
    since: {
      version: '6.15',
      commit: '15a64311e0ae',
      subject: 'mm/memory: enhance insert_page_into_pte_locked() to create writable mappings',
    },
    where: 'mm/memory.c, insert_page_into_pte_locked()',
    evidence: 'transcripts',
  },
  insert_mixed_plain_pfn: {
    name: 'insert_mixed_plain_pfn',
    summary: 'vmf_insert_mixed() is given a plain pfn: outside VM_MIXEDMAP it answers SIGBUS for all but the zero page',
    without: 'a pfn_t with PFN_SPECIAL or PFN_DEV|PFN_MAP is mapped whatever the VMA is',
    since: { version: '6.17', commit: '21aa65bf82a7', subject: 'mm: remove callers of pfn_t functionality' },
    where: 'mm/memory.c, vm_mixed_ok()',
    evidence: 'transcripts',
  },
  read_fault_maps_dirty: {
    name: 'read_fault_maps_dirty',
    summary: 'a read fault maps a page that is dirty already with a dirty PTE, where the PTE is writable',
    without: 'the PTE is clean until the first write',
    since: {
      version: '6.16',
      commit: '29a33ef8656e',
      subject: 'mm: set the pte dirty if the folio is already dirty',
    },
    where: 'mm/memory.c, set_pte_range()',
    evidence: 'transcripts',
  },
  pfnmap_track_ctx: {
    name: 'pfnmap_track_ctx',
    summary:
      'the memory type of a pfn mapping is reserved by an object that VMAs share and count: no second remap_pfn_range() of a whole VMA; VM_PAT is gone',
    without:
      'VM_PAT marks the VMA, and its first PTE tells the reservation: COW of that page breaks fork, and a VMA can be remapped again',
    since: {
      version: '6.16',
      commit: 'f8e97613fed2',
      subject: 'mm: convert VM_PFNMAP tracking to pfnmap_track() + pfnmap_untrack()',
    },
    evidence: 'transcripts',
  },
  mmap_actions: {
    name: 'mmap_actions',
    summary: 'a driver with ->mmap_prepare describes what to map, and mm does it once the VMA is linked',
    without: '->mmap fills page tables of a VMA that unmap_mapping_range() cannot see yet',
    since: {
      version: '6.19',
      commit: 'ac0a3fc9c07d',
      subject: 'mm: add ability to take further action in vm_area_desc',
    },
    evidence: 'transcripts',
  },
  zap_special_vma_range: {
    name: 'zap_special_vma_range',
    summary: 'zap_vma_ptes() is called zap_special_vma_range() and takes VM_MIXEDMAP, too',
    without: 'zap_vma_ptes() does nothing, silently, unless the VMA is VM_PFNMAP',
    since: {
      version: '7.1',
      commit: 'cf2124a90c36',
      subject: 'mm/memory: support VM_MIXEDMAP in zap_special_vma_range()',
    },
    evidence: 'transcripts',
  },
  mremap_several_vmas: {
    name: 'mremap_several_vmas',
    summary:
      'mremap() with MREMAP_FIXED and equal lengths moves several VMAs, and checks the source before it clears the target',
    without: 'it moves one VMA, and the target is unmapped even when the call then fails',
    since: { version: '6.17', commit: 'd23cb648e365', subject: 'mm/mremap: permit mremap() move of multiple VMAs' },
    evidence: 'transcripts',
  },
  merge_unfaulted_anon: {
    name: 'merge_unfaulted_anon',
    summary: 'a VMA with anonymous pages merges into a neighbour that never had any',
    without: 'only the other way round: a VMA that never had any into a neighbour that has',
    since: {
      version: '6.16',
      commit: '879bca0a2c4f',
      subject: 'mm/vma: fix incorrectly disallowed anonymous VMA merges',
    },
    evidence: 'transcripts',
  },
  lazyfree_stays_lazy: {
    name: 'lazyfree_stays_lazy',
    summary: 'a page of MADV_FREE that somebody holds, and nobody wrote to, stays freeable when reclaim meets it',
    without: 'reclaim makes it an ordinary anonymous page again: it is not dropped any more when it is let go',
    since: {
      version: '6.15',
      subject: 'mm: set folio swapbacked iff folios are dirty in try_to_unmap_one',
      after: '6.12.117',
    },
    where: 'mm/rmap.c, try_to_unmap_one()',
    evidence: 'transcripts',
  },
  mseal_stale_start: {
    name: 'mseal_stale_start',
    summary:
      'mseal() goes on where the VMA before ended, not where the next begins: after a merge with what was sealed already it warns, and what follows stays a VMA of its own',
    without: 'what is sealed is one VMA',
    since: { version: '6.17', commit: '6c2da14ae1e0', subject: 'mm/mseal: rework mseal apply logic' },
    until: {
      version: '6.19.11',
      commit: '2697dd8ae721',
      subject: 'mm/mseal: update VMA end correctly on merge',
    },
    where: 'mm/mseal.c, mseal_apply()',
    evidence: 'transcripts',
  },
  gup_warns: {
    name: 'gup_warns',
    summary:
      'get_user_pages() warns (DEBUG_VM) of what cannot be, a shared anonymous page to pin or a frame without struct page, and goes on',
    without: 'VM_BUG_ON()',
    since: {
      version: '6.17',
      subject: 'mm/gup: remove (VM_)BUG_ONs',
      after: '6.12.117',
      searched: 'mails and lists of commits, where it has many ids of the mm tree',
    },
    where: 'mm/gup.c, follow_page_pte(), gup_fast_pte_range()',
    evidence: 'transcripts',
  },
  find_normal_page: {
    name: 'find_normal_page',
    summary:
      'vm_ops->find_special_page is called find_normal_page, and is compiled in only with CONFIG_FIND_NORMAL_PAGE, which only Xen selects',
    without: 'vm_ops->find_special_page is asked for every special PTE',
    since: {
      version: '6.18',
      commit: '4c89792ea0a2',
      subject: 'mm: rename vm_ops->find_special_page() to vm_ops->find_normal_page()',
    },
    where: 'mm/memory.c, __vm_normal_page()',
    evidence: 'transcripts',
  },
  uffdio_move: {
    name: 'uffdio_move',
    summary: 'ioctl(UFFDIO_MOVE) moves anonymous pages to a VMA of a userfaultfd',
    without: 'the ioctl is unknown (EINVAL)',
    since: { version: '6.8', commit: 'adef440691ba', subject: 'userfaultfd: UFFDIO_MOVE uABI' },
    where: 'mm/userfaultfd.c, move_pages()',
    evidence: 'source',
  },
  folio_mk_pmd: {
    name: 'folio_mk_pmd',
    summary:
      'UFFDIO_MOVE makes the PMD of the huge zero folio by folio_mk_pmd(), of a folio that is NULL there, until move_zero_pmd_entry',
    without: 'it makes the PMD by mk_huge_pmd(), of the page that was mapped',
    since: { version: '6.16', commit: 'e3981db444a0', subject: 'mm: add folio_mk_pmd()' },
    where: 'mm/huge_memory.c, move_pages_huge_pmd()',
    evidence: 'source',
  },
  mm_id: {
    name: 'mm_id',
    summary:
      'a large folio knows two address spaces that map it, and how often (CONFIG_MM_ID): folio_maybe_mapped_shared() errs to one side alone',
    without: 'folio_likely_mapped_shared() asks the first page for all of them, and errs to both sides',
    since: {
      version: '6.15',
      commit: '6af8cb80d3a9',
      subject: 'mm/rmap: basic MM owner tracking for large folios (!hugetlb)',
    },
    where: 'include/linux/rmap.h, folio_add_return_large_mapcount()',
    evidence: 'source',
  },
  no_page_mapcount: {
    name: 'no_page_mapcount',
    summary:
      'with CONFIG_NO_PAGE_MAPCOUNT pages of large folios have no map count, and /proc reports averages of the folio',
    without: 'each page has a map count of its own',
    since: {
      version: '6.15',
      commit: 'e63ee43e3eda',
      subject: 'mm: CONFIG_NO_PAGE_MAPCOUNT to prepare for not maintain per-page mapcounts in large folios',
    },
    where: 'mm/rmap.c, __folio_remove_rmap()',
    evidence: 'source',
    kconfig: 'CONFIG_NO_PAGE_MAPCOUNT',
  },
  cow_reuse_large: {
    name: 'cow_reuse_large',
    summary: 'a write to a page of a large folio that PTEs map reuses it where one address space owns all mappings',
    without: 'it copies the page, whoever else maps the folio, unless the page is known to be exclusive',
    since: {
      version: '6.15',
      commit: '1da190f4d0a6',
      subject: 'mm: Copy-on-Write (COW) reuse support for PTE-mapped THP',
    },
    where: 'mm/memory.c, __wp_can_reuse_large_anon_folio()',
    evidence: 'source',
  },
  insert_folio_pmd: {
    name: 'insert_folio_pmd',
    summary:
      'drivers insert counted pages and folios: vmf_insert_page_mkwrite(), vmf_insert_folio_pmd(), vmf_insert_folio_pud()',
    without: 'devmap entries are the only way to insert ZONE_DEVICE pages from a fault handler',
    since: { version: '6.15', commit: '6c88f72691f8', subject: 'mm/huge_memory: add vmf_insert_folio_pmd()' },
    where: 'mm/huge_memory.c, vmf_insert_folio_pmd()',
    evidence: 'source',
  },
  insert_folio_not_special: {
    name: 'insert_folio_not_special',
    summary:
      'the PMD of vmf_insert_folio_pmd() is that of a normal page: the folio is counted, and the entry not special',
    without: 'it is marked special, though the folio is counted: walkers take it for bare frames',
    since: {
      version: '6.17',
      commit: 'c4297465d4ca',
      subject: "mm/huge_memory: don't mark refcounted folios special in vmf_insert_folio_pmd()",
    },
    where: 'mm/huge_memory.c, insert_pmd()',
    evidence: 'source',
  },
  huge_zero_special: {
    name: 'huge_zero_special',
    summary: 'a PMD that maps the huge zero folio is marked special, where PMDs have the bit',
    without: 'it is told by its pfn alone',
    since: {
      version: '6.18',
      commit: 'd82d09e48219',
      subject: 'mm/huge_memory: mark PMD mappings of the huge zero folio special',
    },
    evidence: 'source',
  },
  vm_normal_page_levels: {
    name: 'vm_normal_page_levels',
    summary:
      'one __vm_normal_page() for PTEs, PMDs and PUDs: with ARCH_HAS_PTE_SPECIAL it looks for the special bit only',
    without: 'vm_normal_page_pmd() is a function of its own and always knows the huge zero folio',
    since: {
      version: '6.18',
      commit: 'af38538801c6',
      subject: 'mm/memory: factor out common code from vm_normal_page_*()',
    },
    evidence: 'transcripts',
  },
  zap_huge_normal_folio: {
    name: 'zap_huge_normal_folio',
    summary: 'zap_huge_pmd() asks vm_normal_folio_pmd() whether there is a folio to drop',
    without: 'it tells special VMAs and the huge zero folio itself',
    since: {
      version: '7.1',
      commit: 'd80a9cb1a64a',
      subject: 'mm/huge_memory: add and use normal_or_softleaf_folio_pmd()',
    },
    evidence: 'transcripts',
  },
  pmd_special_capability: {
    name: 'pmd_special_capability',
    summary: '__vm_normal_page() trusts the special bit only at levels that have one (ARCH_SUPPORTS_PMD_PFNMAP)',
    without: 'the special bit of PTEs is taken to mean that PMDs have one, and the huge zero folio is a normal page',
    since: {
      version: '7.1',
      commit: 'c0c6ccd9828c',
      subject: 'mm: fix __vm_normal_page() to handle missing support for pmd_special()/pud_special()',
    },
    backports: ['6.18.34', '7.0.11'],
    evidence: 'source',
  },
} as const satisfies Record<string, Feature>;
