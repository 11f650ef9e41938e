// SPDX-License-Identifier: GPL-2.0-or-later
/** Why the kernel warns, or reports a bad state: the reasons of messages. */
import type { WarningId } from '../../profile/releases/release.js';
import type { Reason, ReasonTable } from './reason.js';

const MEMORY_C = 'mm/memory.c';
const MEMTYPE_C = 'arch/x86/mm/pat/memtype.c';
/** "BUG: Bad page map" of any level. */
const PRINT_BAD = [{ since: '6.18', where: 'print_bad_page_map' }] as const;
const ARM64 = 'arch/arm64/include/asm/pgtable.h';

/** One for each WARN_ON that the model can reach (`profile/warnings.ts`). */
export const WARNING_REASONS = {
  warn_vm_normal_page_zero: {
    where: 'vm_normal_page',
    file: MEMORY_C,
    condition: 'the zero page is mapped by an entry that is not special, and counts as a page',
    since: 'mixedmap_zeropage_null',
  },
  warn_vm_normal_page_huge_zero: {
    where: '__vm_normal_page',
    file: MEMORY_C,
    condition: 'the huge zero folio is mapped by an entry that is not special, and counts as a page',
    since: 'vm_normal_page_levels',
  },
  warn_rmap_zero_folio: {
    where: '__folio_rmap_sanity_checks',
    file: 'include/linux/rmap.h',
    condition: 'references and map counts of the zero page are touched: vm_normal_page() took it for a page',
    since: 'rmap_zeropage_check',
  },
  warn_mixed_zeropage_pfnmap: {
    where: 'vm_mixed_zeropage_allowed',
    file: MEMORY_C,
    condition: 'the zero page is inserted into a VM_PFNMAP mapping',
    change: 'use VM_MIXEDMAP for mappings that pages are inserted into',
    since: 'insert_zeropage_special',
  },
  warn_insert_page_mismatch: {
    where: 'insert_page_into_pte_locked',
    file: MEMORY_C,
    condition: 'for a write another frame is inserted than the one that is mapped',
    change: 'zap the page before another frame takes its place',
  },
  warn_insert_pages_pfnmap: {
    where: 'vm_insert_pages',
    file: MEMORY_C,
    condition: 'pages are inserted into a VM_PFNMAP mapping, which then is both',
    change: 'use either vm_insert_pages or remap_pfn_range and vmf_insert_pfn on one mapping',
    since: 'insert_pages_warns',
  },
  warn_gup_fast_pfn_invalid: {
    where: 'gup_fast_pte_range',
    file: 'mm/gup.c',
    condition: 'an entry that is not special maps a frame without struct page',
    change: 'let drivers map such frames with helpers that mark the entry special',
    since: 'gup_warns',
  },
  warn_gup_pins_shared_anon: {
    where: 'follow_page_pte',
    file: 'mm/gup.c',
    condition: 'an anonymous page is pinned for writing through a writable entry, and others may have the page',
    change: 'leave entries of anonymous pages to the memory manager',
    since: 'gup_warns',
  },
  warn_gup_pinned_shared_anon: {
    where: 'sanity_check_pinned_pages',
    file: 'mm/gup.c',
    condition: 'the anonymous page of a pin is not exclusive: others may have it',
    change: 'leave entries of anonymous pages to the memory manager',
    since: 'gup_warns',
  },
  warn_merge_outside_middle: {
    where: 'vma_merge_existing_range',
    file: 'mm/vma.c',
    condition: 'mseal() went on from where the VMA before ended, which it had merged with one behind it',
    change: 'take a kernel with the fix (6.19.11, 7.0), or seal each mapping on its own',
    since: 'mseal_stale_start',
  },
  warn_action_start_outside: {
    where: 'mmap_action_remap',
    file: 'include/linux/mm.h',
    condition: 'a remap that ->mmap_prepare asks for starts outside of the VMA',
    change: 'ask for a range within desc->start and desc->end',
    since: 'mmap_actions',
  },
  warn_action_end_outside: {
    where: 'mmap_action_remap',
    file: 'include/linux/mm.h',
    condition: 'a remap that ->mmap_prepare asks for ends behind the VMA',
    change: 'ask for a range within desc->start and desc->end',
    since: 'mmap_actions',
  },
  warn_mprotect_dirty_zero: {
    where: 'can_change_pte_writable',
    file: 'mm/mprotect.c',
    condition: 'a dirty entry of the zero page becomes writable, in a shared mapping',
    change: 'map the zero page read-only and clean',
    since: 'mprotect_zeropage_check',
    later: [{ feature: 'mprotect_batches', where: 'can_change_shared_pte_writable' }],
  },
  warn_insert_pfn_mismatch: {
    where: 'insert_pfn',
    file: MEMORY_C,
    condition: 'for a write another frame is inserted than the one that is mapped, and the old one stays',
    change: 'zap the page before another frame takes its place',
  },
  warn_insert_pfn_pmd_mismatch: {
    where: 'insert_pfn_pmd',
    later: [{ since: '6.17', where: 'insert_pmd' }],
    file: 'mm/huge_memory.c',
    condition:
      'for a write a PMD is inserted where another entry is, whose pfn differs (a page table counts as one), and that stays',
    change: 'zap the range first',
  },
  warn_insert_pfn_pud_mismatch: {
    where: 'insert_pfn_pud',
    later: [{ since: '6.17', where: 'insert_pud' }],
    file: 'mm/huge_memory.c',
    condition:
      'for a write a PUD is inserted where another entry is, whose pfn differs (a page table counts as one), and that stays',
    change: 'zap the range first',
  },
  warn_pmdp_invalidate_not_present: {
    where: 'pmdp_invalidate',
    file: 'mm/pgtable-generic.c',
    condition:
      'a huge PMD under memory that nobody may access is invalidated, and on this architecture such an entry is not present (arm with LPAE: set_pmd_at() takes its valid bit)',
    change: 'unmap the memory, or give it MADV_NOHUGEPAGE, instead of taking all rights from it',
  },
  warn_pmdp_invalidate_ad_not_present: {
    where: 'pmdp_invalidate_ad',
    file: 'mm/pgtable-generic.c',
    condition:
      'mprotect() of a huge PMD under memory that nobody may access, and on this architecture such an entry is not present (arm with LPAE)',
    change: 'unmap the memory, or give it MADV_NOHUGEPAGE, instead of taking all rights from it',
  },
  warn_zap_huge_pmd_not_present: {
    where: 'zap_huge_pmd',
    file: 'mm/huge_memory.c',
    later: [{ feature: 'zap_huge_normal_folio', where: 'normal_or_softleaf_folio_pmd' }],
    condition:
      'a huge PMD under memory that nobody may access is unmapped, and on this architecture such an entry is not present (arm with LPAE)',
    change: 'give the memory rights again before it is unmapped',
  },
  warn_rmap_dup_not_anon: {
    where: 'page_try_dup_anon_rmap',
    file: 'include/linux/rmap.h',
    later: [{ since: '6.8', where: '__folio_try_dup_anon_rmap' }],
    condition:
      'fork of a PMD of the huge zero folio that is not present (PROT_NONE on arm with LPAE): is_huge_zero_pmd() does not know it, and it is counted as an anonymous folio',
  },
  warn_split_huge_pmd_not_anon: {
    where: '__split_huge_pmd_locked',
    file: 'mm/huge_memory.c',
    condition:
      'a PMD of the huge zero folio that is not present (PROT_NONE on arm with LPAE) is split: is_huge_zero_pmd() does not know it, and it is taken for an anonymous folio',
  },
  warn_rmap_add_not_anon: {
    where: 'page_add_anon_rmap',
    file: 'mm/rmap.c',
    later: [{ since: '6.8', where: '__folio_add_anon_rmap' }],
    condition: 'the huge zero folio, taken for an anonymous one, is mapped by PTEs',
  },
  warn_split_to_order_1: {
    where: 'split_huge_page_to_list',
    file: 'mm/huge_memory.c',
    later: [
      { since: '6.9', where: 'split_huge_page_to_list_to_order' },
      { since: '6.15', where: '__folio_split' },
    ],
    condition: 'an anonymous folio is to be split into folios of order 1, which have no room for a deferred split list',
  },
  warn_split_shmem_order: {
    where: 'split_huge_page_to_list',
    file: 'mm/huge_memory.c',
    later: [
      { since: '6.9', where: 'split_huge_page_to_list_to_order' },
      { since: '6.15', where: '__folio_split' },
    ],
    condition: 'a folio of tmpfs is to be split into folios of more than one page',
  },
  warn_wp_copy_user: {
    where: '__wp_page_copy_user',
    file: MEMORY_C,
    condition:
      'a private mapping of a frame without struct page is written, the frame has to be read through the page table to be copied, and the entry does not allow that',
  },
  warn_racy_pte_young: {
    where: '__check_racy_pte_update',
    file: ARM64,
    condition: 'a valid entry is replaced by one that is not young, while hardware could be setting the access flag',
    later: [{ feature: 'pte_update_checks_attributes', where: '__check_safe_pte_update' }],
  },
  warn_racy_pte_dirty: {
    where: '__check_racy_pte_update',
    file: ARM64,
    condition: 'a writable entry is replaced by one that is not dirty, while hardware could be setting the dirty state',
    later: [{ feature: 'pte_update_checks_attributes', where: '__check_safe_pte_update' }],
  },
  warn_unsafe_pte_change: {
    where: '__check_safe_pte_update',
    file: ARM64,
    condition: 'attributes of a valid entry change in place, without break-before-make',
    since: 'pte_update_checks_attributes',
  },
  warn_get_pat_info: {
    where: 'get_pat_info',
    file: 'arch/x86/mm/pat/memtype.c',
    condition:
      'a mapping whose memory type is tracked has no raw pfn at its first page any more, so that the reservation cannot be found',
    change: 'leave the first page of such a mapping as remap_pfn_range made it',
    until: 'pfnmap_track_ctx',
    since: 'pat_cow_fallback',
  },
  warn_track_pfn_copy: {
    where: 'track_pfn_copy',
    file: MEMTYPE_C,
    condition:
      'a mapping whose memory type is tracked has no raw pfn at its first page any more (follow_phys() fails), so that the reservation cannot be found',
    change: 'leave the first page of such a mapping as remap_pfn_range made it',
    until: 'pat_cow_fallback',
  },
  warn_untrack_pfn: {
    where: 'untrack_pfn',
    file: MEMTYPE_C,
    condition:
      'a mapping whose memory type is tracked has no raw pfn at its first page any more (follow_phys() fails), so that the reservation cannot be found',
    change: 'leave the first page of such a mapping as remap_pfn_range made it',
    until: 'pat_cow_fallback',
  },
  warn_gup_longterm_without_pin: {
    where: 'is_valid_gup_flags',
    file: 'mm/gup.c',
    condition: 'FOLL_LONGTERM is asked for without FOLL_PIN',
    change: 'use pin_user_pages()',
    later: [{ since: '6.3', where: 'is_valid_gup_args' }],
  },
  warn_insert_pages_read_locked: {
    where: 'vm_insert_pages',
    file: MEMORY_C,
    condition: 'the VMA is not VM_MIXEDMAP yet, and a fault handler makes it so, which has the mmap_lock for reading',
    change: 'set VM_MIXEDMAP in ->mmap',
    since: 'insert_pages_warns',
  },
  warn_write_fault_maywrite: {
    where: 'sanitize_fault_flags',
    file: MEMORY_C,
    condition: 'a write faults where VM_WRITE is set and VM_MAYWRITE is not',
    change: 'clear VM_WRITE together with VM_MAYWRITE, and before anything maps',
    since: 'fault_flags_checked',
  },
  warn_mmap_vma_moved: {
    where: '__mmap_region',
    file: 'mm/mmap.c',
    condition: "the driver's ->mmap moved vm_start",
    change: 'put it back before ->mmap returns',
    later: [
      { since: '6.13', where: '__mmap_new_file_vma' },
      { since: '6.14', file: 'mm/vma.c' },
    ],
  },
  warn_mmap_assert_write_locked: {
    where: 'mmap_assert_write_locked',
    file: 'include/linux/mmap_lock.h',
    condition:
      'a fault handler changes vm_flags, and has the mmap_lock for reading: who reads them meanwhile sees any of both',
    change: 'change the flags in ->mmap',
    since: 'mmap_assert_rwsem',
  },
  warn_wp_page_reuse_zero: {
    where: 'wp_page_reuse',
    file: MEMORY_C,
    condition: 'a write fault makes the entry of the zero page writable',
    since: 'wp_reuse_zeropage_check',
  },
} as const satisfies Readonly<Record<`warn_${WarningId}`, Reason>>;

export const MESSAGE_REASONS = {
  ...WARNING_REASONS,
  bad_page_map_special: {
    where: 'print_bad_pte',
    file: MEMORY_C,
    condition:
      'vm_normal_page() met an entry that is special in a VMA without VM_PFNMAP and VM_MIXEDMAP, and took it for corruption',
    change: 'set VM_PFNMAP or VM_MIXEDMAP on mappings of bare frames',
    later: PRINT_BAD,
  },
  bad_page_map_pfn: {
    where: 'print_bad_pte',
    file: MEMORY_C,
    condition:
      'vm_normal_page() met an entry that nothing tells from that of a page, and its pfn lies above all memory (highest_memmap_pfn), which it took for corruption',
    change:
      'map frames without struct page with remap_pfn_range, or with vmf_insert_pfn into a VM_PFNMAP, and leave its vm_pgoff and flags alone: they tell that it is no page',
    later: PRINT_BAD,
  },
  bad_page_map_count: {
    where: 'zap_pte_range',
    file: MEMORY_C,
    condition: 'the map count of the page fell below zero: it was unmapped more often than mapped',
    later: [{ since: '6.9', where: 'zap_present_folio_ptes' }],
  },
  bad_rss_counter: {
    where: 'check_mm',
    file: 'kernel/fork.c',
    condition:
      'a counter is not zero when the address space ends: pages were counted when they were mapped and not when they went, or the other way round, or nobody unmapped them',
  },
  bad_page_state: {
    where: 'free_page_is_bad',
    file: 'mm/page_alloc.c',
    condition: 'the last reference to a page went while it was still mapped',
    change: 'zap the page before the driver gives it back',
  },
  pat_ram_type: {
    where: 'reserve_pfn_range',
    file: MEMTYPE_C,
    condition:
      'all of a VMA is remapped to RAM with another memory type than the kernel itself maps it with: the mapping gets that of the kernel',
    change: 'leave vm_page_prot of a mapping of RAM as it is',
  },
  pat_type_refused: {
    where: 'reserve_pfn_range',
    file: MEMTYPE_C,
    condition:
      'the frames are reserved with a memory type that may not take the place of the one asked for (is_new_memtype_allowed)',
    change: 'map device memory everywhere with one memory type',
  },
  pat_conflict: {
    where: 'memtype_check_conflict',
    file: 'arch/x86/mm/pat/memtype_interval.c',
    condition: 'the range reaches over reservations of more than one memory type',
    change: 'map device memory everywhere with one memory type',
  },
  pat_reserve_failed: {
    where: 'memtype_reserve',
    file: MEMTYPE_C,
    condition: 'no memory type can be reserved for the range, since what is reserved within it conflicts',
    change: 'map device memory everywhere with one memory type',
  },
  pat_free_invalid: {
    where: 'memtype_free',
    file: MEMTYPE_C,
    condition:
      'a VMA goes whose frames are no reservation, nor the end of one: part of a mapping that was reserved as a whole stays reserved',
    change: 'unmap the whole mapping at once, or from its end',
    until: 'pfnmap_track_ctx',
  },
  hugetlb_killed: {
    where: 'hugetlb_no_page',
    file: 'mm/hugetlb.c',
    condition:
      'a process touches a huge page that was taken away from it for a copy that another one needed: it gets SIGBUS',
    change: 'raise nr_hugepages',
  },
} as const satisfies ReasonTable;

export type MessageReason = keyof typeof MESSAGE_REASONS;

/** Of what arch/x86/mm/pat/memtype.c says. */
export type PatMessageReason = Extract<MessageReason, `pat_${string}`>;
