// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of get_user_pages() and its relatives. */
import type { ReasonTable } from './reason.js';

const GUP_C = 'mm/gup.c';

export const GUP_REASONS = {
  gup_io: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition: 'the VMA is VM_IO: its driver says that nobody may read or pin it',
    change: 'insert pages with vm_insert_page into a VM_MIXEDMAP, where they have a struct page',
  },
  gup_pfnmap: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition: 'the VMA is VM_PFNMAP: what it maps are no pages that could be pinned',
    change: 'insert pages with vm_insert_page into a VM_MIXEDMAP, where they have a struct page',
  },
  gup_io_pfnmap: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition:
      'the VMA is both VM_IO and VM_PFNMAP, as remap_pfn_range() makes it, and either suffices: what it maps are no pages that could be pinned',
    change: 'insert pages with vm_insert_page into a VM_MIXEDMAP, where they have a struct page',
  },
  gup_secretmem: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition: 'the VMA is memfd_secret memory',
  },
  gup_longterm_write: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition:
      'a long-term pin for writing of a file mapping whose file tracks what is dirty (writable_file_mapping_allowed())',
    change: 'pin without FOLL_LONGTERM, or anonymous or shmem memory',
    since: 'longterm_write_pin_refused',
  },
  gup_not_writable: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition: 'it pins for writing and the VMA has no VM_WRITE (and FOLL_FORCE does not help a shared one)',
    change: 'mprotect the mapping, or pin for reading',
  },
  gup_not_readable: {
    where: 'check_vma_flags',
    file: GUP_C,
    condition: 'the VMA has no VM_READ (and FOLL_FORCE does not help without VM_MAYREAD)',
    change: 'mprotect the mapping',
  },
  gup_longterm_without_pin: {
    where: 'is_valid_gup_flags',
    file: GUP_C,
    condition: 'FOLL_LONGTERM without FOLL_PIN: only pins may be held for long',
    change: 'use pin_user_pages()',
    later: [{ since: '6.3', where: 'is_valid_gup_args' }],
  },
  gup_unmapped: {
    where: '__get_user_pages',
    file: GUP_C,
    condition: 'no VMA contains the address',
    change: 'map the page first',
  },
  gup_no_struct_page: {
    where: 'follow_page_pte',
    file: GUP_C,
    condition: 'vm_normal_page() finds no page behind the entry, and it is not the zero page (-EEXIST)',
    change:
      'map pages with vm_insert_page, which leaves an ordinary entry; frames without struct page cannot be pinned',
  },
  gup_not_grabbed: {
    where: 'try_grab_page',
    file: GUP_C,
    condition: 'the page has no reference to which one could be added',
    later: [{ since: '6.10', where: 'try_grab_folio' }],
  },
  gup_no_pagemap: {
    where: 'follow_devmap_pmd',
    file: 'mm/huge_memory.c',
    condition:
      'the huge entry says that it maps memory of a dev_pagemap (pmd_devmap(), pud_devmap()), and get_dev_pagemap() knows none for the pfn',
    change: 'register the memory (memremap_pages) before it is mapped so, or map it without PFN_MAP',
    until: 'insert_mixed_plain_pfn',
  },
  gup_fault_oom: {
    where: 'faultin_page',
    file: GUP_C,
    condition: 'faulting the page in found no memory (VM_FAULT_OOM)',
    change: 'give the machine more RAM, or pin less',
  },
  gup_fault_failed: {
    where: 'faultin_page',
    file: GUP_C,
    condition: 'faulting the page in failed',
  },
  gup_hangs: {
    where: '__get_user_pages',
    file: GUP_C,
    condition: 'every fault succeeds and the page is still not there: a real kernel would not return',
    convention: true,
  },
  gup_fast_range: {
    where: 'internal_get_user_pages_fast',
    file: GUP_C,
    condition: 'the range ends above the highest user address',
    later: [{ since: '6.10', where: 'gup_fast_fallback' }],
  },
  gup_fast_none: {
    where: 'lockless_pages_from_mm',
    file: GUP_C,
    condition: 'the architecture does not select HAVE_FAST_GUP: there is no walk without the lock',
    change: 'use pin_user_pages, which takes the mmap_lock',
    later: [
      {
        since: '6.10',
        where: 'gup_fast',
        condition: 'the architecture does not select HAVE_GUP_FAST: there is no walk without the lock',
      },
    ],
  },
  gup_fast_no_special: {
    where: 'gup_pte_range',
    file: GUP_C,
    condition:
      'the architecture has no special bit (ARCH_HAS_PTE_SPECIAL), by which the lockless walk could tell pages from frames: for PTEs it is compiled to nothing',
    change: 'use pin_user_pages, which takes the mmap_lock',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_fast_not_present: {
    where: 'gup_pte_range',
    file: GUP_C,
    condition: 'no present entry is there: the lockless walk faults nothing in',
    change: 'touch the page first, or use pin_user_pages',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_fast_permission: {
    where: 'gup_pte_range',
    file: GUP_C,
    condition: 'the entry does not allow the access: the lockless walk faults nothing in',
    change: 'touch the page first, or use pin_user_pages',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_fast_special: {
    where: 'gup_pte_range',
    file: GUP_C,
    condition: 'the entry is special: there is no page behind it',
    change:
      'map pages with vm_insert_page, which leaves an ordinary entry; frames without struct page cannot be pinned',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_fast_devmap: {
    where: 'gup_pte_range',
    file: GUP_C,
    condition: 'the entry is devmap, and its frame is in no dev_pagemap',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_fast_devmap_longterm: {
    where: 'gup_pte_range',
    file: GUP_C,
    condition: 'the entry is devmap, and the pin is long-term',
    later: [{ since: '6.10', where: 'gup_fast_pte_range' }],
  },
  gup_fast_folio: {
    where: 'folio_fast_pin_allowed',
    file: GUP_C,
    condition: 'a page of this file is not pinned without the lock',
    change: 'use pin_user_pages',
    since: 'longterm_fast_write_refused',
    later: [{ since: '6.10', where: 'gup_fast_folio_allowed' }],
  },
  gup_fast_unshare: {
    where: 'gup_must_unshare',
    file: 'include/linux/mm.h',
    condition: 'the page is shared with another process, and must be copied before it can be pinned',
    change: 'write to the page first, or use pin_user_pages',
    later: [{ since: '6.3', file: 'mm/internal.h' }],
  },
  gup_fast_not_grabbed: {
    where: 'try_grab_folio',
    file: GUP_C,
    condition: 'the page has no reference to which one could be added',
    later: [{ since: '6.10', where: 'try_grab_folio_fast' }],
  },
  gup_fast_pmd_permission: {
    where: 'gup_huge_pmd',
    file: GUP_C,
    condition: 'the huge entry does not allow the access: the lockless walk faults nothing in',
    change: 'touch the page first, or use pin_user_pages',
    later: [{ since: '6.10', where: 'gup_fast_pmd_leaf' }],
  },
  gup_fast_pmd_special: {
    where: 'gup_huge_pmd',
    file: GUP_C,
    condition: 'the huge entry is special: there is no page behind it',
    change:
      'map pages with vm_insert_page, which leaves an ordinary entry; frames without struct page cannot be pinned',
    later: [{ since: '6.10', where: 'gup_fast_pmd_leaf' }],
  },
  gup_fast_pmd_devmap: {
    where: 'gup_huge_pmd',
    file: GUP_C,
    condition: 'the huge entry is devmap, and its frame is in no dev_pagemap',
    later: [{ since: '6.10', where: 'gup_fast_pmd_leaf' }],
  },
  gup_fast_pmd_devmap_longterm: {
    where: 'gup_huge_pmd',
    file: GUP_C,
    condition: 'the huge entry is devmap, and the pin is long-term',
    later: [{ since: '6.10', where: 'gup_fast_pmd_leaf' }],
  },
  gup_fast_pud_permission: {
    where: 'gup_huge_pud',
    file: GUP_C,
    condition: 'the huge entry does not allow the access: the lockless walk faults nothing in',
    change: 'touch the page first, or use pin_user_pages',
    later: [{ since: '6.10', where: 'gup_fast_pud_leaf' }],
  },
  gup_fast_pud_special: {
    where: 'gup_huge_pud',
    file: GUP_C,
    condition: 'the huge entry is special: there is no page behind it',
    change:
      'map pages with vm_insert_page, which leaves an ordinary entry; frames without struct page cannot be pinned',
    later: [{ since: '6.10', where: 'gup_fast_pud_leaf' }],
  },
  gup_fast_pud_devmap: {
    where: 'gup_huge_pud',
    file: GUP_C,
    condition: 'the huge entry is devmap, and its frame is in no dev_pagemap',
    later: [{ since: '6.10', where: 'gup_fast_pud_leaf' }],
  },
  gup_fast_pud_devmap_longterm: {
    where: 'gup_huge_pud',
    file: GUP_C,
    condition: 'the huge entry is devmap, and the pin is long-term',
    later: [{ since: '6.10', where: 'gup_fast_pud_leaf' }],
  },
  access_vm_unmapped: {
    where: '__access_remote_vm',
    file: 'mm/memory.c',
    condition: 'no VMA contains the address: nothing was moved',
    change: 'map the page first',
  },
  access_no_hook: {
    where: '__access_remote_vm',
    file: 'mm/memory.c',
    condition: 'get_user_pages() got no page, and the operations of the VMA have no .access that could do without',
    change: 'give the mapping .access = generic_access_phys',
  },
  access_no_ioremap_prot: {
    where: '__access_remote_vm',
    file: 'mm/memory.c',
    condition: 'the architecture has no HAVE_IOREMAP_PROT: vm_ops->access is not asked',
  },
  access_not_writable: {
    where: 'generic_access_phys',
    file: 'mm/memory.c',
    condition: 'it writes, and the entry is not writable: FOLL_FORCE does not help where no page can be copied',
  },
  access_ram: {
    where: 'ioremap_prot',
    file: 'arch/*/mm/ioremap.c',
    condition: 'the frame is RAM, which ioremap_prot() does not map (-ENOMEM)',
    change: 'map pages of RAM with vm_insert_page(): get_user_pages() finds those',
  },
  populate_no_access: {
    where: 'populate_vma_page_range',
    file: GUP_C,
    condition: 'the VMA allows no access at all (PROT_NONE)',
    change: 'mprotect the mapping first',
  },
  populate_madv_refused: {
    where: 'faultin_vma_page_range',
    file: GUP_C,
    condition: 'the VMA cannot be populated (check_vma_flags() refuses it), which madvise tells as -EINVAL',
    later: [{ feature: 'populate_stops_at_hole', where: '__get_user_pages' }],
  },
  follow_outside: {
    where: 'follow_pte',
    file: 'mm/memory.c',
    condition: 'the address is not within the VMA',
    later: [{ since: '6.12', where: 'follow_pfnmap_start' }],
  },
  follow_not_pfnmap: {
    where: 'follow_pte',
    file: 'mm/memory.c',
    condition: 'the VMA is neither VM_IO nor VM_PFNMAP',
    change: 'use get_user_pages for memory that has struct pages',
    later: [{ since: '6.12', where: 'follow_pfnmap_start' }],
  },
  follow_not_present: {
    where: 'follow_pte',
    file: 'mm/memory.c',
    condition: 'no present entry is there',
    change: 'touch the page first, or call fixup_user_fault()',
    later: [{ since: '6.12', where: 'follow_pfnmap_start' }],
  },
} as const satisfies ReasonTable;
