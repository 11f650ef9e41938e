// SPDX-License-Identifier: GPL-2.0-or-later
/** What came in 6.19 to 7.3; proven, where it is, by transcripts of 7.3.4. */
import type { Feature } from '../arch/feature.js';

export const FEATURES_7 = {
  anon_pgoff: {
    name: 'anon_pgoff',
    summary:
      'anonymous pages of every VMA have a page offset of their own (vma_start_anon_pgoff()); private file mappings merge only where both go on',
    without:
      'vm_pgoff counts them: of a private pfn mapping, or where a driver sets it, the reverse mapping does not find them',
    since: {
      version: '7.3',
      commit: '6a993c7fbc3e',
      subject: 'mm: propagate VMA anonymous page offset on map, remap, split + merge',
    },
    where: 'include/linux/mm.h, vma_start_anon_pgoff(); mm/vma.c, needs_adjacent_anon_pgoff()',
    evidence: 'transcripts',
  },
  hugetlb_last_unmap_restores: {
    name: 'hugetlb_last_unmap_restores',
    summary: 'a private page of hugetlb gives the reservation back when nobody maps it any more',
    without: 'it does so when its owner unmaps it, though a child may still have the page',
    since: {
      version: '7.2',
      subject: '__unmap_hugepage_range() restores reservations only where the folio is not mapped any more',
      after: '7.1.13',
    },
    // by its source; the point release that brought it is not known
    backports: ['6.12.117'],
    where: 'mm/hugetlb.c, __unmap_hugepage_range()',
    evidence: 'source',
  },
  bad_page_map_sizes: {
    name: 'bad_page_map_sizes',
    summary:
      'the report of a bad page map prints entries with all digits of their size, and both page offsets where they differ',
    without: 'it prints eight digits or more, and one page offset',
    since: { version: '7.3', subject: 'print_bad_page_map() takes entries by their bytes', after: '7.2.13' },
    where: 'mm/memory.c, ptval_bytes_to_hex_str(), print_bad_page_map()',
    evidence: 'transcripts',
  },
  gup_fast_wants_mapping: {
    name: 'gup_fast_wants_mapping',
    summary:
      'with CONFIG_SECRETMEM the lockless walk leaves pages without mapping, as drivers have them, to the slow one',
    without: 'it takes them, but for a longterm write pin',
    since: {
      version: '6.10',
      commit: 'f002882ca369',
      subject: 'mm: merge folio_is_secretmem() and folio_fast_pin_allowed() into gup_fast_folio_allowed()',
    },
    until: {
      version: '7.3',
      subject: 'mm/gup: fix GUP-fast fallback for NULL-mapping order-0 folios',
      after: '7.2.13',
    },
    where: 'mm/gup.c, gup_fast_folio_allowed()',
    evidence: 'transcripts',
  },
  protnone_everywhere: {
    name: 'protnone_everywhere',
    summary:
      'pte_protnone() tells the truth without NUMA_BALANCING: a fault on a PROT_NONE entry in an accessible VMA gives the entry the rights of the VMA (do_numa_page())',
    without: 'it answers no: such a fault changes nothing, and comes again',
    since: {
      version: '7.3',
      subject: 'CONFIG_ARCH_HAS_PTE_PROTNONE takes the place of CONFIG_NUMA_BALANCING around pte_protnone()',
      after: '7.2.13',
    },
    where: 'include/linux/pgtable.h, pte_protnone(); mm/memory.c, handle_pte_fault()',
    evidence: 'transcripts',
  },
  dontunmap_splits: {
    name: 'dontunmap_splits',
    summary:
      'MREMAP_DONTUNMAP of a part of a locked VMA splits it first, so that only what moved is unlocked; the old VMA never merges with the new one',
    without: 'all of the old VMA is unlocked, and one that was never touched can merge with its own copy',
    since: {
      version: '7.2',
      subject: 'prep_move_vma() splits a locked VMA before MREMAP_DONTUNMAP',
      after: '7.1.13',
    },
    // the fix is in both, by transcripts and source; the point release that brought it is not known
    backports: ['6.1.192', '6.12.117'],
    where: 'mm/mremap.c, prep_move_vma()',
    evidence: 'transcripts',
  },
  zero_page_const: {
    name: 'zero_page_const',
    summary:
      'the zero page is a constant of the kernel image: where .rodata and its alias in the linear map are read-only, a write of the kernel to it is an oops',
    without: 'a write of the kernel to it succeeds, and every process reads what was written',
    since: { version: '7.2', commit: '0aae825f1ed7', subject: 'mm: Make empty_zero_page[] const' },
    where: 'mm/mm_init.c, empty_zero_page',
    evidence: 'source',
  },
  move_zero_pmd_entry: {
    name: 'move_zero_pmd_entry',
    summary: 'UFFDIO_MOVE moves the PMD of the huge zero folio as it is, with its special bit',
    without: 'it makes the PMD anew, without special bit (CVE-2026-31397)',
    since: {
      version: '7.0',
      commit: 'fae654083bfa',
      subject: 'mm/huge_memory: fix use of NULL folio in move_pages_huge_pmd()',
    },
    backports: ['6.18.20', '6.19.10'],
    where: 'mm/huge_memory.c, move_pages_huge_pmd()',
    evidence: 'source',
  },
  dofork_refuses_special: {
    name: 'dofork_refuses_special',
    summary: 'madvise(MADV_DOFORK) is refused (EINVAL) for all of VM_IO, VM_DONTEXPAND, VM_PFNMAP and VM_MIXEDMAP',
    without: 'it is refused for VM_IO only',
    since: {
      version: '7.0',
      commit: '0b2758f48f22',
      subject: 'Require (reasonably) normal mappings for MADV_DOFORK',
    },
    where: 'mm/madvise.c, madvise_vma_behavior()',
    evidence: 'transcripts',
  },
  remap_prepares_first: {
    name: 'remap_prepares_first',
    summary:
      'remap_pfn_range() refuses a part of a COW mapping before it touches anything; vm_pgoff and flags are set first of all',
    without: 'it fails midway and then zaps the range; flags and vm_pgoff are set after the memory type is reserved',
    since: {
      version: '6.19',
      commit: '51e38e7d40d6',
      subject: 'mm: add remap_pfn_range_prepare(), remap_pfn_range_complete()',
    },
    where: 'mm/memory.c, remap_pfn_range_prepare_vma()',
    evidence: 'transcripts',
  },
  mmap_action_in_range: {
    name: 'mmap_action_in_range',
    summary:
      'what ->mmap_prepare asks to map must lie within the VMA: the mapping is refused (EFAULT) before anything is linked',
    without: 'a remap of more pages than the VMA has is carried out, and maps pages outside of it',
    since: {
      version: '7.1',
      subject: 'mm: on remap assert that input range within the proposed VMA',
      after: '6.19',
    },
    where: 'mm/memory.c, remap_pfn_range_prepare() and map_kernel_pages_prepare()',
    evidence: 'transcripts',
  },
  droppable_eopnotsupp: {
    name: 'droppable_eopnotsupp',
    summary: 'MAP_DROPPABLE on kernels without VM_DROPPABLE is refused with EOPNOTSUPP',
    without: 'with ENOTSUPP, which user space has no name for',
    since: {
      version: '7.1',
      subject: 'mm: fix mmap errno value when MAP_DROPPABLE is not supported',
      after: '6.19.11',
    },
    // the point release that brought it is not known
    backports: ['6.12.117'],
    where: 'mm/mmap.c, do_mmap()',
    evidence: 'transcripts',
  },
  insert_pages_warns: {
    name: 'insert_pages_warns',
    summary:
      'vm_insert_pages(), vm_map_pages() and vm_map_pages_zero() on a VM_PFNMAP warn (DEBUG_VM) and go on: the VMA has both flags',
    without: 'BUG_ON(vma->vm_flags & VM_PFNMAP)',
    since: {
      version: '7.1',
      commit: '62c65fd740e9',
      subject: 'mm: add mmap_action_map_kernel_pages[_full]()',
    },
    where: 'mm/memory.c, vm_insert_pages()',
    evidence: 'transcripts',
  },
} as const satisfies Record<string, Feature>;
