// SPDX-License-Identifier: GPL-2.0-or-later
/** What the CPU, and kernel code that looks at user memory or at pages, is in the kernel, and what the model of it omits. */
import type { KernelOrigin } from '../../base/mechanism.js';

const NO_PAGE_TO_COUNT =
  'frames without struct page, of which a driver has no page to hand over: by convention the call counts, and does nothing else';
const FAST_OMITS = [
  'giving up when an entry or a page table changes meanwhile: nothing else runs',
  'folios of more than one page',
  'files that are told of writes (gup_fast_folio_allowed looks at anonymous and tmpfs pages alone)',
];

export const MEMORY_ORIGINS = {
  access: {
    function: 'do_user_addr_fault',
    file: 'arch/x86/mm/fault.c',
    omits: [
      'the TLB: every access reads the page table',
      'protection keys, shadow stacks, the vsyscall page, accesses by the kernel itself',
      'the OOM killer: without memory the access faults for ever (pagefault_out_of_memory)',
      'more than one byte of a page: its first is all of its content',
    ],
  },
  unmap_mapping_range: {
    function: 'unmap_mapping_range',
    file: 'mm/memory.c',
    omits: [],
  },
  get_page: {
    function: 'get_page',
    file: 'include/linux/mm.h',
    omits: [
      'the check for a count that is zero or has run over (folio_ref_zero_or_close_to_overflow)',
      NO_PAGE_TO_COUNT,
    ],
  },
  put_page: {
    function: 'put_page',
    file: 'include/linux/mm.h',
    omits: ['pages of a device that are told when they are free (free_zone_device_folio)', NO_PAGE_TO_COUNT],
  },
  pin_user_pages: {
    function: 'pin_user_pages',
    file: 'mm/gup.c',
    omits: [],
  },
  pin_user_pages_fast: {
    function: 'pin_user_pages_fast',
    file: 'mm/gup.c',
    omits: FAST_OMITS,
  },
  get_user_pages: {
    function: 'get_user_pages',
    file: 'mm/gup.c',
    omits: [],
  },
  get_user_pages_fast: {
    function: 'get_user_pages_fast',
    file: 'mm/gup.c',
    omits: FAST_OMITS,
  },
  get_user_pages_fast_only: {
    function: 'get_user_pages_fast_only',
    file: 'mm/gup.c',
    omits: FAST_OMITS,
  },
  unpin_user_pages: {
    function: 'unpin_user_pages',
    file: 'mm/gup.c',
    omits: ['pages that are dirtied first (unpin_user_pages_dirty_lock)'],
  },
  follow_pfnmap: {
    function: 'follow_pte',
    file: 'mm/memory.c',
    later: [{ feature: 'follow_pfnmap', function: 'follow_pfnmap_start' }],
    omits: ['the lock that is held until follow_pfnmap_end()'],
  },
  access_process_vm: {
    function: 'access_process_vm',
    file: 'mm/memory.c',
    omits: [
      'vm_ops->access other than generic_access_phys(), and the warning of an ioremap_prot() that refuses RAM',
      'who may do so (ptrace), stacks that grow, and more than one byte',
      'architectures other than x86 and arm64 whose .rodata is read-only: from 7.2 on a write to the zero page is an oops there too',
    ],
  },
} as const satisfies Record<string, KernelOrigin>;
