// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of the calls with which a driver maps frames. */
import type { ReasonTable } from './reason.js';

const MEMORY_C = 'mm/memory.c';

export const DRIVER_REASONS = {
  insert_no_reference: {
    where: 'validate_page_before_insert',
    file: MEMORY_C,
    condition:
      'the page has no reference (page_count() is 0), as the tail pages of a non-compound allocation have none',
    change: 'take a reference, or insert the frame by its pfn',
  },
  insert_no_struct_page: {
    where: 'vm_insert_page',
    file: MEMORY_C,
    condition:
      'the frame has no struct page: no driver could make this call; the model answers as for a page without reference',
    change: 'use vmf_insert_pfn, vmf_insert_mixed or remap_pfn_range for a frame without struct page',
  },
  insert_zeropage: {
    where: 'validate_page_before_insert',
    file: MEMORY_C,
    condition: 'the zero page must not be mapped where it could become writable (vm_mixed_zeropage_allowed())',
    change: 'map it privately, or without VM_WRITE and VM_MAYWRITE',
  },
  insert_anon: {
    where: 'validate_page_before_insert',
    file: MEMORY_C,
    condition: 'the page is anonymous memory of a process',
    change: 'insert a page of the driver itself',
  },
  insert_busy: {
    where: 'insert_page_into_pte_locked',
    file: MEMORY_C,
    condition: 'something is mapped there already',
    change: 'zap the page first; for a fault handler -EBUSY means that another fault was faster',
  },
  insert_other_page: {
    where: 'insert_page_into_pte_locked',
    file: MEMORY_C,
    condition: 'another frame is mapped there, and the insertion is for a write',
    change: 'zap the page first',
  },
  insert_below_huge: {
    where: '__get_locked_pte',
    file: MEMORY_C,
    condition: 'a huge entry maps the page, and there is no page table below it',
    change: 'zap the huge entry first',
  },
  insert_pages_below_huge: {
    where: 'insert_pages',
    file: MEMORY_C,
    condition: 'a huge entry maps the page, and there is no page table below it',
    change: 'zap the huge entry first',
  },
  remap_below_huge: {
    where: 'remap_pte_range',
    file: MEMORY_C,
    condition: 'a huge entry maps the page, and pte_alloc_map_lock() finds no page table below it',
    change: 'zap the range first',
  },
  insert_huge_outside: {
    where: 'vmf_insert_pfn_pmd',
    file: 'mm/huge_memory.c',
    condition: 'the address is not within the VMA',
  },
  insert_outside: {
    where: 'vm_insert_page',
    file: MEMORY_C,
    condition: 'the address is not within the VMA',
  },
  insert_pages_outside: {
    where: 'vm_insert_pages',
    file: MEMORY_C,
    condition: 'the range is not within the VMA',
    change: 'insert at most as many pages as the mapping has',
  },
  map_pages_range: {
    where: '__vm_map_pages',
    file: MEMORY_C,
    condition: 'the VMA, from its vm_pgoff on, is not covered by the array of pages',
    change: 'map fewer pages, or a smaller offset',
  },
  mixed_not_ok: {
    where: '__vm_insert_mixed',
    file: MEMORY_C,
    condition: 'vm_mixed_ok() refuses: the VMA is not VM_MIXEDMAP, and neither the pfn_t nor the frame excuses it',
    change: 'set VM_MIXEDMAP in ->mmap',
  },
  mixed_outside: {
    where: '__vm_insert_mixed',
    file: MEMORY_C,
    condition: 'the address is not within the VMA',
  },
  mixed_insert_page: {
    where: '__vm_insert_mixed',
    file: MEMORY_C,
    condition: 'without the special bit the frame is inserted as a page, and insert_page() refused it',
  },
  insert_pfn_outside: {
    where: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    condition: 'the address is not within the VMA',
  },
} as const satisfies ReasonTable;
