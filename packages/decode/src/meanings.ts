// SPDX-License-Identifier: GPL-2.0-or-later
/** What a complaint of the kernel about mappings means, and what to look at: a row for each function. */

export interface Meaning {
  /** The function that complains. */
  readonly fn: RegExp;
  /** Only where the stack has such a function, too. */
  readonly within?: RegExp;
  /** Where it is, and which of its conditions speak. */
  readonly where: string;
  readonly text: string;
  readonly look: string;
}

/** Conditions as linux-6.12 has them; what differs in other kernels is said in words. */
export const MEANINGS: readonly Meaning[] = [
  {
    fn: /^(?:io_)?remap_pfn_range\w*$/,
    within: /^(?:do_fault|__do_fault|do_shared_fault|do_read_fault)$/,
    where: 'mm/memory.c, remap_pfn_range(): vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP)',
    text: 'remap_pfn_range() changes vm_flags, which wants the mmap lock for writing (asserted since 6.3); a fault handler has it for reading, or not at all.',
    look: 'Set VM_PFNMAP in ->mmap and use vmf_insert_pfn() in ->fault; or remap the whole range in ->mmap.',
  },
  {
    fn: /^(?:vm_insert_pages?|__vm_map_pages|vm_map_pages(?:_zero)?)$/,
    where: 'mm/memory.c, vm_insert_page(): BUG_ON(mmap_read_trylock(vma->vm_mm)), BUG_ON(vma->vm_flags & VM_PFNMAP)',
    text: 'The VMA was not VM_MIXEDMAP yet, so that vm_insert_page() wants to set it: that needs the mmap lock for writing, which a fault handler does not have, and a VMA that is not VM_PFNMAP.',
    look: 'Set VM_MIXEDMAP in ->mmap when pages are inserted from ->fault; do not mix remap_pfn_range() and vm_insert_page() in one VMA.',
  },
  {
    fn: /^vmf_insert_pfn(?:_prot)?$/,
    where:
      'mm/memory.c, vmf_insert_pfn_prot(): BUG_ON of vm_flags without VM_PFNMAP and VM_MIXEDMAP, with both, of a VM_PFNMAP that is copy-on-write, of a VM_MIXEDMAP with a pfn that has a struct page',
    text: 'The flags of the VMA do not allow this pfn.',
    look: 'VM_PFNMAP in ->mmap and a shared mapping; for a private one remap_pfn_range() of the whole VMA; for frames with a struct page vmf_insert_page() or vmf_insert_mixed().',
  },
  {
    fn: /^(?:vmf_insert_pfn_(?:pmd|pud)(?:_prot)?|insert_pfn_(?:pmd|pud))$/,
    where:
      'mm/huge_memory.c: the same conditions as vmf_insert_pfn_prot(), and an entry that is there already must have the same pfn',
    text: 'A huge entry was to be inserted where the VMA does not allow it, or over another one.',
    look: 'The flags of the VMA, and what was mapped there before.',
  },
  {
    fn: /^(?:vmf_insert_mixed(?:_mkwrite|_prot)?|__vm_insert_mixed)$/,
    where: 'mm/memory.c, __vm_insert_mixed(): vm_mixed_ok() (a BUG_ON until 6.11, VM_FAULT_SIGBUS since)',
    text: 'The VMA is not VM_MIXEDMAP, and the pfn is none that may be inserted all the same (devmap, special, the zero page).',
    look: 'Set VM_MIXEDMAP in ->mmap.',
  },
  {
    fn: /^insert_pfn$/,
    where: 'mm/memory.c, insert_pfn(): WARN_ON_ONCE(!is_zero_pfn(pte_pfn(entry)))',
    text: 'The entry is there already, with another pfn, and is no zero page.',
    look: 'Two handlers serve the same page with different frames; or the driver moved its memory without unmap_mapping_range().',
  },
  {
    fn: /^(?:remap_pfn_range\w*|remap_p[mut]d_range|remap_pte_range|remap_p4d_range|io_remap_pfn_range)$/,
    where:
      'mm/memory.c, remap_pfn_range_internal(): WARN_ON_ONCE(!PAGE_ALIGNED(addr)), BUG_ON(addr >= end); remap_pte_range(): BUG_ON(!pte_none(*pte))',
    text: 'The range is empty or not aligned, or something is mapped there already.',
    look: 'A second remap_pfn_range() over the same range wants zap_vma_ptes() first; size 0, or an address that is no page.',
  },
  {
    fn: /^(?:get_pat_info|track_pfn_copy|untrack_pfn\w*|track_pfn_remap|track_pfn_insert)$/,
    where:
      'arch/x86/mm/pat/memtype.c, get_pat_info(): WARN_ON_ONCE(1) (until 6.15; later pfnmap_track_ctx has no such case)',
    text: 'A VMA with VM_PAT has no pfn entry at its first page, from which the reserved range is read back: it was zapped, replaced by copy-on-write, or fork failed half-way.',
    look: 'A private VM_PFNMAP whose first page was written; zap_vma_ptes() before fork or munmap; mremap() of such a VMA.',
  },
  {
    fn: /^(?:__)?vm_normal_(?:page|folio)(?:_pmd|_pud)?$/,
    where: 'mm/memory.c, vm_normal_page(): print_bad_pte()',
    text: 'An entry that the VMA does not allow: special without VM_PFNMAP or VM_MIXEDMAP, or a pfn behind the memory map.',
    look: 'The report "BUG: Bad page map" above it: paste it whole.',
  },
  {
    fn: /^(?:__?vm_flags_\w+|vm_flags_(?:set|clear|mod|reset|init)\w*|vma_assert_write_locked|mmap_assert_write_locked|rwsem_assert_held_write\w*)$/,
    where: 'include/linux/mm.h, vm_flags_set(): vma_start_write() wants the mmap lock for writing',
    text: 'vm_flags were changed without the mmap lock for writing, as in a fault handler.',
    look: 'Set VM_PFNMAP, VM_MIXEDMAP, VM_IO in ->mmap (or ->mmap_prepare), never in ->fault.',
  },
  {
    fn: /^(?:try_grab_folio\w*|try_get_folio|gup_\w+|get_user_pages\w*|pin_user_pages\w*|__get_user_pages)$/,
    where: 'mm/gup.c, try_grab_folio(): WARN_ON_ONCE(folio_ref_count(folio) <= 0)',
    text: 'A page was pinned whose reference count is 0: it is mapped as a normal page, and nobody owns it.',
    look: 'A driver that maps pages it freed, or tails of an allocation without __GFP_COMP, by an entry that is not special.',
  },
  {
    fn: /^(?:unmap_page_range|zap_p\w+_range|zap_page_range_single\w*|unmap_single_vma|zap_vma_ptes)$/,
    where:
      'mm/memory.c, unmap_page_range(): BUG_ON(addr >= end); zap_pte_range(): WARN_ON_ONCE of a non-present entry of unknown type',
    text: 'The range is empty, or a non-present entry has a type that nobody knows.',
    look: 'Who wrote the entry; pages and ranges that a driver zaps.',
  },
  {
    fn: /^(?:do_swap_page|do_wp_page|do_fault|do_anonymous_page|handle_mm_fault|__handle_mm_fault)$/,
    where: 'mm/memory.c, the page fault',
    text: 'A fault met an entry or a page in a state that it must not have: exclusive and shared at once, counted wrongly.',
    look: 'Entries that a driver changed under the fault; a report "Bad page map" or "Bad rss-counter state" near it.',
  },
  {
    fn: /^(?:apply_to_p\w+_range|apply_to_page_range)$/,
    where: 'mm/memory.c, apply_to_page_range(): BUG_ON(addr >= end), a huge entry in the range',
    text: 'The range is empty, or holds a huge entry that cannot be changed page by page.',
    look: 'The address and size that were given.',
  },
  {
    fn: /^(?:folio_(?:add|remove)_\w*rmap\w*|__folio_(?:add|remove)_\w*rmap\w*|page_(?:add|remove)_\w*rmap\w*|__folio_rmap_sanity_checks)$/,
    where: 'mm/rmap.c: VM_WARN_ON of counts (CONFIG_DEBUG_VM)',
    text: 'A page was counted as mapped or unmapped that must not be: the zero page, one of a type, one whose count was 0.',
    look: 'An entry that should have been special (vm_normal_page() took its frame for a page).',
  },
  {
    fn: /^(?:__page_table_check\w*|page_table_check\w*)$/,
    where: 'mm/page_table_check.c: BUG_ON of map counts by kind (CONFIG_PAGE_TABLE_CHECK)',
    text: 'A page is mapped as anonymous and as a file page at once, or is freed while it is mapped.',
    look: 'Pages that a driver maps with vm_insert_page() after they were given to user memory.',
  },
  {
    fn: /^(?:copy_p\w+_range|copy_present_\w+|copy_page_range|copy_nonpresent_pte)$/,
    where: 'mm/memory.c, copy_page_range()',
    text: 'fork met an entry that it does not understand.',
    look: 'The report "BUG: Bad page map" above it; non-present entries that a driver wrote.',
  },
  {
    fn: /^(?:follow_pte|follow_pfnmap_start|follow_phys|fixup_user_fault)$/,
    where: 'mm/memory.c, follow_pfnmap_start(): the VMA must be VM_IO or VM_PFNMAP, and locked',
    text: 'A pfn was looked up in a VMA that has pages, or without a lock.',
    look: 'Use pin_user_pages() for memory with pages.',
  },
];

/** Counters of `Bad rss-counter state` by their number, as kernels before 5.6 print them (include/linux/mm_types_task.h). */
export const COUNTERS: readonly string[] = ['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SWAPENTS', 'MM_SHMEMPAGES'];

/** Why a page is in a bad state when it is freed or allocated (mm/page_alloc.c: page_bad_reason), by what is printed. */
export const BAD_STATES: readonly (readonly [because: RegExp, text: string])[] = [
  [
    /nonzero mapcount/,
    'it was freed while a page table still mapped it: a driver gave back a page that user code has, or the entry was cleared without the rmap (a raw clear of the PTE)',
  ],
  [
    /nonzero _?(?:ref)?count/,
    'it was freed, or is handed out, while someone still holds a reference: a put_page() too many before, or a get_page() of a page that its holder did not own',
  ],
  [/non-NULL mapping/, 'it was freed while it belongs to a file or to anonymous memory'],
  [/PAGE_FLAGS_CHECK_AT_(?:FREE|PREP)/, 'it was freed or handed out with flags that such a page must not have'],
  [
    /charged to cgroup/,
    'it was freed while it is charged to a memory cgroup: another owner than the one that allocated it',
  ],
  [/hwpoisoned/, 'its memory failed'],
  [/corrupted mapping in tail page/, 'the tail of a compound page was written over'],
  [/page_pool leak/, 'it was freed behind the back of the page pool that owns it'],
];
