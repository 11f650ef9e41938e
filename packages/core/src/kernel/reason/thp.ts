// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of what is done with folios of more than one page. */
import type { ReasonTable } from './reason.js';

const HUGE_MEMORY_C = 'mm/huge_memory.c';
const SPLIT = 'split_huge_page_to_list';
const LATER = [
  { since: '6.9', where: 'split_huge_page_to_list_to_order' },
  { since: '6.15', where: '__folio_split' },
] as const;

export const THP_REASONS = {
  split_no_mapping: {
    where: SPLIT,
    file: HUGE_MEMORY_C,
    later: LATER,
    condition: 'the folio is neither anonymous nor in a page cache, as one that a driver allocated',
  },
  split_to_order_1: {
    where: SPLIT,
    file: HUGE_MEMORY_C,
    later: LATER,
    condition: 'an anonymous folio has no room for a deferred split list in folios of two pages',
    change: 'split it to single pages, or to order 2 and more',
  },
  split_shmem_order: {
    where: SPLIT,
    file: HUGE_MEMORY_C,
    later: LATER,
    condition: 'a folio of tmpfs can be split to single pages only',
    change: 'split it to order 0',
  },
  split_huge_zero: {
    where: SPLIT,
    file: HUGE_MEMORY_C,
    later: LATER,
    condition: 'it is the huge zero folio',
  },
  split_no_anon_vma: {
    where: SPLIT,
    file: HUGE_MEMORY_C,
    later: LATER,
    condition: 'nobody maps the folio any more, and its anon_vma is gone',
  },
  split_extra_pins: {
    where: 'can_split_folio',
    file: HUGE_MEMORY_C,
    later: [{ since: '6.19', where: '__folio_split' }],
    condition: 'somebody holds a reference on the folio beside its mappings and the page cache: a pin, for instance',
    change: 'unpin its pages first',
  },
  split_not_frozen: {
    where: SPLIT,
    file: HUGE_MEMORY_C,
    later: LATER,
    condition: 'not all that maps the folio could be replaced by migration entries',
  },
  collapse_not_allowed: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'the VMA cannot have huge pages',
  },
  collapse_no_table: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'some PMD range has no page table, and so nothing to collapse',
  },
  collapse_not_present: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'an entry of some PMD range is swapped out',
  },
  collapse_read_only: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'no entry of some PMD range is writable',
  },
  collapse_no_page: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'an entry of some PMD range maps no page of the memory manager',
  },
  collapse_private_copy: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'the private mapping of a file has a copy of its own in the range',
  },
  collapse_compound: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'a page of some PMD range belongs to a larger folio already',
  },
  collapse_vma: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'the VMA ends within the PMD range',
  },
  collapse_too_many_holes: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'more entries of some PMD range are empty than max_ptes_none allows',
  },
  collapse_failed: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'what the file holds in some PMD range cannot become one folio there',
  },
  collapse_held: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'somebody holds a page of the range beside its mappings and the page cache',
    change: 'unpin its pages first',
  },
  collapse_not_on_lru: {
    where: 'madvise_collapse',
    file: 'mm/khugepaged.c',
    condition: 'a page of the range is on no LRU list',
  },
  thp_setting: {
    where: 'enabled_store',
    file: HUGE_MEMORY_C,
    condition: 'the setting of transparent huge pages does not take that value',
  },
  thp_no_setting: {
    where: 'hugepage_init_sysfs',
    file: HUGE_MEMORY_C,
    condition: 'there is no file of that name below /sys/kernel/mm/transparent_hugepage',
  },
  thp_not_built: {
    where: 'hugepage_init',
    file: HUGE_MEMORY_C,
    condition: 'the kernel has no transparent huge pages',
    change: 'put "thp":true into the header of the log, and take an architecture that has them',
  },
  shrink_stop: {
    where: 'deferred_split_scan',
    file: HUGE_MEMORY_C,
    condition: 'no folio was split, and none is left on the deferred split list',
  },
  split_no_folio: {
    where: 'split_huge_pages_pid',
    file: HUGE_MEMORY_C,
    condition: 'there is nothing that vm_normal_page() takes for a page',
  },
  split_not_large: {
    where: 'split_huge_pages_pid',
    file: HUGE_MEMORY_C,
    condition: 'the folio is not larger than what it is to be split to',
  },
} as const satisfies ReasonTable;
