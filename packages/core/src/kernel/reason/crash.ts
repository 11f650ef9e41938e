// SPDX-License-Identifier: GPL-2.0-or-later
/** What the kernel dies of: BUG_ONs, and looks at a struct page that does not exist. */
import type { LaterForm, Reason, ReasonTable } from './reason.js';

const MEMORY_C = 'mm/memory.c';
const HUGE_C = 'mm/huge_memory.c';
const GUP_C = 'mm/gup.c';
const RMAP_C = 'mm/rmap.c';

/** The same in each function that reads the flags or the count of a page: what decided that there is one. */
function noStructPage<W extends string>(
  where: W,
  file: string,
  why: string,
  change: string,
  later: readonly LaterForm[] = [],
) {
  return {
    where,
    file,
    condition: `it takes the frame for a page, and there is no struct page: ${why}`,
    change,
    later,
  };
}

const NORMAL =
  "vm_normal_page() said so of a frame that the memory map leaves out, since nothing told it otherwise: no special bit, no VM_PFNMAP, and the kernel's pfn_valid() is not asked";
const NOT_ASKED = 'the walker takes every huge entry for one of pages, special or not';
const NOT_TOLD = 'no special bit tells this huge entry from one of pages';
const NOT_SPECIAL_HUGE =
  'the VMA is no VM_PFNMAP or VM_MIXEDMAP of a file (vma_is_special_huge()), and a huge entry is then taken for one of pages';
const MAP_SPECIAL = 'map the frame with vmf_insert_pfn or remap_pfn_range, on an architecture with the bit';

/** Found in the struct page that is none. */
export const OOPS_REASONS = {
  oops_change_pte_range: noStructPage('change_pte_range', 'mm/mprotect.c', NORMAL, MAP_SPECIAL),
  oops_copy_present_ptes: noStructPage('copy_present_pte', MEMORY_C, NORMAL, MAP_SPECIAL, [
    { since: '6.9', where: 'copy_present_ptes' },
  ]),
  oops_zap_present_folio_ptes: noStructPage('zap_pte_range', MEMORY_C, NORMAL, MAP_SPECIAL, [
    { since: '6.9', where: 'zap_present_folio_ptes' },
  ]),
  oops_follow_page_pte: noStructPage('follow_page_pte', GUP_C, NORMAL, MAP_SPECIAL),
  oops_madvise_cold_or_pageout_pte_range: noStructPage(
    'madvise_cold_or_pageout_pte_range',
    'mm/madvise.c',
    NOT_ASKED,
    'advise no range with huge entries of bare frames',
  ),
  oops_try_grab_folio: noStructPage('try_grab_page', GUP_C, NOT_ASKED, 'pin no huge entry of bare frames', [
    { since: '6.10', where: 'try_grab_folio' },
  ]),
  oops_try_grab_folio_fast: {
    ...noStructPage(
      'try_grab_folio_fast',
      GUP_C,
      'an entry that is not special maps it, which gup_fast_pte_range() has warned of',
      'let drivers map such frames with helpers that mark the entry special',
    ),
    since: 'gup_warns',
  },
  oops_gup_fast_pmd_leaf: noStructPage('gup_huge_pmd', GUP_C, NOT_TOLD, 'pin no huge entry of bare frames', [
    { since: '6.10', where: 'gup_fast_pmd_leaf' },
  ]),
  oops_gup_fast_pud_leaf: noStructPage('gup_huge_pud', GUP_C, NOT_TOLD, 'pin no huge entry of bare frames', [
    { since: '6.10', where: 'gup_fast_pud_leaf' },
  ]),
  oops_folio_remove_rmap_pmd: noStructPage(
    'page_remove_rmap',
    RMAP_C,
    NOT_SPECIAL_HUGE,
    'mark the mapping VM_PFNMAP or VM_MIXEDMAP, of a file, before it is zapped',
    [{ since: '6.8', where: 'folio_remove_rmap_pmd' }],
  ),
  oops_zap_huge_pmd: {
    where: 'zap_huge_pmd',
    file: HUGE_C,
    condition:
      'a huge PMD is neither present nor a migration entry, which the kernel does not have: on arm with LPAE memory that nobody may access is not present, and the flags of folio NULL are read',
    change: 'give the memory rights again before it is unmapped, or keep huge pages out of it (MADV_NOHUGEPAGE)',
    until: 'zap_huge_normal_folio',
  },
  oops_page_check_anon_rmap: {
    where: '__page_check_anon_rmap',
    file: RMAP_C,
    condition:
      'a PMD of the huge zero folio that is not present (PROT_NONE on arm with LPAE) is split as if it were of an anonymous folio, which would have an anon_vma',
    change: 'leave the whole huge page without rights, or write to it before',
  },
  oops_move_pages_pte: {
    ...noStructPage('move_pages_pte', 'mm/userfaultfd.c', NORMAL, MAP_SPECIAL, [
      { since: '6.18', where: 'move_pages_ptes' },
    ]),
    since: 'uffdio_move',
  },
  oops_folio_mk_pmd: {
    where: 'move_pages_huge_pmd',
    file: HUGE_C,
    condition:
      'the PMD of the huge zero folio is made anew of a folio that is NULL there: with SPARSEMEM_VMEMMAP or FLATMEM it maps a frame that depends on where the memory map is, with SPARSEMEM the kernel reads the flags of page NULL',
    change: 'take a kernel with the fix (6.18.20, 6.19.10, 7.0), or write to the memory before it is moved',
    since: 'folio_mk_pmd',
    until: 'move_zero_pmd_entry',
  },
  oops_zero_page_write: {
    where: '__access_remote_vm',
    file: MEMORY_C,
    condition:
      'a writable entry maps the zero page, which is a constant of the kernel image, and the kernel writes to it by its own read-only mapping (copy_to_user_page())',
    change: 'map the zero page read-only, or privately and special, so that the write copies it',
  },
  oops_vmalloc_to_page: {
    where: 'vmalloc_to_page',
    file: 'mm/vmalloc.c',
    condition: 'the loop of remap_vmalloc_range_partial() runs beyond the area, for a size of 0',
    change: 'ask for a page at least',
  },
  oops_vma_store: {
    where: 'vma_mas_store',
    file: 'mm/mmap.c',
    condition: 'the driver moved the VMA to where another one is: the tree of VMAs is damaged',
    change: 'put vm_start and vm_end back before ->mmap returns',
    later: [
      { since: '6.3', where: 'vma_iter_store', file: 'mm/internal.h' },
      { since: '6.12', file: 'mm/vma.h' },
      { since: '6.15', where: 'vma_iter_store_new' },
    ],
  },
  oops_vma_store_empty: {
    where: 'vma_mas_store',
    file: 'mm/mmap.c',
    condition: 'the driver made the VMA empty (vm_start is not below vm_end): the tree of VMAs is damaged',
    change: 'put vm_start and vm_end back before ->mmap returns',
    later: [
      { since: '6.3', where: 'vma_iter_store', file: 'mm/internal.h' },
      { since: '6.12', file: 'mm/vma.h' },
      { since: '6.15', where: 'vma_iter_store_new' },
    ],
  },
  oops_set_pte_at: {
    where: 'set_pte_at',
    file: 'arch/*/include/asm/pgtable.h',
    condition:
      "the architecture keeps its instruction cache up to date in set_pte_at() and ptep_set_access_flags(), by a flag in the page of every executable entry, and this frame's page does not exist",
    change: 'map device memory without PROT_EXEC',
  },
  oops_flush_cache_page: {
    where: 'flush_cache_page',
    file: 'arch/*/include/asm/cacheflush.h',
    condition:
      "the architecture looks at the page's flags before it flushes the data cache, and the frame has no struct page",
    change: 'keep frames without struct page out of mappings that are copied on write',
  },
} as const satisfies ReasonTable;

export type OopsReason = keyof typeof OOPS_REASONS;

/** A BUG has the kernel's condition in `what`. */
type BugTable = Readonly<Record<string, Reason & { readonly what: string }>>;

export const BUG_REASONS = {
  unmap_hugepage_unaligned: {
    where: '__unmap_hugepage_range',
    file: 'mm/hugetlb.c',
    what: 'start or end is no multiple of a huge page',
    condition:
      'BUG_ON(start & ~huge_page_mask(h)), BUG_ON(end & ~huge_page_mask(h)): a part of a huge page was to be unmapped',
    change: 'unmap whole huge pages of the file',
  },
  insert_pfn_no_flag: {
    where: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    what: 'neither PFNMAP nor MIXEDMAP',
    condition:
      'BUG_ON(!(vma->vm_flags & (VM_PFNMAP|VM_MIXEDMAP))): nothing would tell vm_normal_page() that this is no page',
    change: 'set VM_PFNMAP (vm_flags_set) in ->mmap',
  },
  insert_pfn_both_flags: {
    where: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    what: 'both PFNMAP and MIXEDMAP',
    condition:
      'BUG_ON((vma->vm_flags & (VM_PFNMAP|VM_MIXEDMAP)) == (VM_PFNMAP|VM_MIXEDMAP)): a mapping is one of the two',
    change: 'set one of the two flags',
  },
  insert_pfn_cow: {
    where: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    what: 'PFNMAP is COW',
    condition:
      'BUG_ON((vma->vm_flags & VM_PFNMAP) && is_cow_mapping(vma->vm_flags)): without the special bit a copied page could not be told from a frame',
    change: 'map it MAP_SHARED, or refuse private mappings in ->mmap',
    later: [
      {
        since: '7.3',
        condition:
          'BUG_ON((vma->vm_flags & VM_PFNMAP) && vma_is_cow_mapping(vma)): without the special bit a copied page could not be told from a frame',
      },
    ],
  },
  insert_pfn_mixed_valid: {
    where: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    what: 'MIXEDMAP with valid pfn',
    condition:
      'BUG_ON((vma->vm_flags & VM_MIXEDMAP) && pfn_valid(pfn)): in a VM_MIXEDMAP a frame with struct page is a page',
    change: 'use vmf_insert_mixed or vm_insert_page, or make the mapping VM_PFNMAP',
  },
  insert_mixed_not_ok: {
    where: '__vm_insert_mixed',
    file: MEMORY_C,
    what: '!vm_mixed_ok(vma, pfn)',
    condition:
      'the VMA is not VM_MIXEDMAP, and neither the pfn_t nor the frame excuses it; newer kernels answer VM_FAULT_SIGBUS',
    change: 'set VM_MIXEDMAP in ->mmap',
    until: 'insert_mixed_sigbus',
  },
  insert_mixed_no_flag: {
    where: '__vm_insert_mixed',
    file: MEMORY_C,
    what: 'insert_mixed without MIXEDMAP',
    condition:
      'the VMA is not VM_MIXEDMAP, and neither the pfn_t nor the frame excuses it; the guarded handler tested it first',
    change: 'set VM_MIXEDMAP in ->mmap',
    until: 'insert_mixed_sigbus',
  },
  insert_page_read_locked: {
    where: 'vm_insert_page',
    file: MEMORY_C,
    what: 'mmap_read_trylock(vma->vm_mm)',
    condition:
      'the VMA is not VM_MIXEDMAP yet, and a fault handler, which has the mmap_lock for reading, must not make it so',
    change: 'set VM_MIXEDMAP in ->mmap, or let the handler answer with the page',
  },
  insert_pages_read_locked: {
    where: 'vm_insert_pages',
    file: MEMORY_C,
    what: 'mmap_read_trylock(vma->vm_mm)',
    condition:
      'the VMA is not VM_MIXEDMAP yet, and a fault handler, which has the mmap_lock for reading, must not make it so',
    change: 'set VM_MIXEDMAP in ->mmap, or let the handler answer with the page',
  },
  insert_page_pfnmap: {
    where: 'vm_insert_page',
    file: MEMORY_C,
    what: 'vma->vm_flags & VM_PFNMAP',
    condition: 'the VMA is VM_PFNMAP, and a counted page in it could not be told from a frame',
    change: 'use either vm_insert_page or remap_pfn_range and vmf_insert_pfn on one mapping',
  },
  insert_pages_pfnmap: {
    where: 'vm_insert_pages',
    file: MEMORY_C,
    what: 'vma->vm_flags & VM_PFNMAP',
    condition:
      'the VMA is VM_PFNMAP, and a counted page in it could not be told from a frame; newer kernels warn and go on',
    change: 'use either vm_insert_pages or remap_pfn_range and vmf_insert_pfn on one mapping',
    until: 'insert_pages_warns',
  },
  remap_entry_in_use: {
    where: 'remap_pte_range',
    file: MEMORY_C,
    what: '!pte_none(ptep_get(pte))',
    condition: 'something is mapped in the range already',
    change: 'zap the range first (zap_vma_ptes), or remap each page once',
  },
  gup_fast_no_struct_page: {
    where: 'gup_pte_range',
    file: GUP_C,
    what: '!pfn_valid(pte_pfn(pte))',
    condition: 'an entry that is not special maps a frame without struct page',
    change: 'let drivers map such frames with helpers that mark the entry special',
    until: 'gup_warns',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_pins_shared_anon: {
    where: 'follow_page_pte',
    file: GUP_C,
    what: 'FOLL_PIN && PageAnon(page) && !PageAnonExclusive(page)',
    condition: 'an anonymous page is pinned for writing through a writable entry, and others may have the page',
    change: 'leave entries of anonymous pages to the memory manager',
    until: 'gup_warns',
  },
  gup_pinned_shared_anon: {
    where: 'sanity_check_pinned_pages',
    file: GUP_C,
    what: '!PageAnonExclusive(&folio->page)',
    condition: 'the anonymous page of a pin is not exclusive: others may have it',
    change: 'leave entries of anonymous pages to the memory manager',
    until: 'gup_warns',
  },
  set_anon_without_anon_vma: {
    where: '__page_set_anon_rmap',
    file: RMAP_C,
    what: '!anon_vma',
    condition: 'a page becomes anonymous in a VMA that has no anon_vma, as a shared one never gets one',
    later: [{ since: '6.7', where: '__folio_set_anon' }],
  },
  move_anon_without_anon_vma: {
    where: 'page_move_anon_rmap',
    file: RMAP_C,
    what: '!anon_vma',
    condition: 'an anonymous page is taken over by a VMA that has no anon_vma',
    change: 'insert no anonymous page of one process into the mapping of another',
    later: [{ since: '6.7', where: 'folio_move_anon_rmap' }],
  },
  fork_pin_outside_cow: {
    where: 'page_needs_cow_for_dma',
    file: 'include/linux/mm.h',
    what: '!(raw_read_seqcount(&vma->vm_mm->write_protect_seq) & 1)',
    condition:
      'fork meets an anonymous page in a mapping that is not copied on write, where nobody began write_protect_seq',
    change: 'keep anonymous pages out of shared mappings',
    later: [{ since: '6.8', where: 'folio_needs_cow_for_dma' }],
  },
  zap_huge_pud_of_pages: {
    where: 'zap_huge_pud',
    file: HUGE_C,
    what: 'not vma_is_special_huge(vma)',
    condition:
      'a PUD is zapped in a VMA that is not a VM_PFNMAP or VM_MIXEDMAP of a file: nobody counts pages of that size',
    change: 'leave the flags of the mapping as they were when the PUD was inserted',
  },
} as const satisfies BugTable;

export type BugReason = keyof typeof BUG_REASONS;
