// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of the calls with which a driver maps frames. */
import type { ReasonTable } from './reason.js';

const MEMORY_C = 'mm/memory.c';
const MEMTYPE_C = 'arch/x86/mm/pat/memtype.c';
const DMA_RANGE = 'the VMA, from its vm_pgoff on, is larger than the memory (user_count > count - vm_pgoff)';
const DMA_CHANGE = 'map fewer pages, or a smaller offset';
/** Where it is asked whether all of the VMA is remapped. */
const REMAP_PGOFF = [{ feature: 'remap_prepares_first', where: 'get_remap_pgoff' }] as const;

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
      'the frame has no struct page, and a driver that has none to hand over could not make this call: that it answers as for a page without reference is a convention of the model',
    change: 'use vmf_insert_pfn, vmf_insert_mixed or remap_pfn_range for a frame without struct page',
    convention: true,
  },
  insert_zeropage: {
    where: 'validate_page_before_insert',
    file: MEMORY_C,
    condition: 'the zero page must not be mapped where it could become writable (vm_mixed_zeropage_allowed())',
    change: 'map it privately, or without VM_WRITE and VM_MAYWRITE',
    since: 'insert_zeropage_special',
  },
  insert_anon: {
    where: 'validate_page_before_insert',
    file: MEMORY_C,
    condition: 'the page is anonymous memory of a process',
    change: 'insert a page of the driver itself',
  },
  insert_typed: {
    where: 'validate_page_before_insert',
    file: MEMORY_C,
    condition:
      'the page has a type (page_has_type(), or slab): slab, hugetlb, a page table and the like are in use by the kernel, and their map count holds the type',
    change: 'allocate a page with alloc_page(), or insert the frame by its pfn',
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
    later: [{ since: '7.1', where: 'get_locked_pte' }],
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
  dma_mmap_range: {
    where: 'dma_direct_mmap',
    file: 'kernel/dma/direct.c',
    condition: DMA_RANGE,
    change: DMA_CHANGE,
  },
  dma_mmap_pages_range: {
    where: 'dma_mmap_pages',
    file: 'kernel/dma/mapping.c',
    condition: DMA_RANGE,
    change: DMA_CHANGE,
  },
  dma_mmap_common_range: {
    where: 'dma_common_mmap',
    file: 'kernel/dma/ops_helpers.c',
    condition: DMA_RANGE,
    change: DMA_CHANGE,
  },
  dma_mmap_iommu_range: {
    where: 'iommu_dma_mmap',
    file: 'drivers/iommu/dma-iommu.c',
    condition: DMA_RANGE,
    change: DMA_CHANGE,
  },
  vmalloc_not_user: {
    where: 'remap_vmalloc_range_partial',
    file: 'mm/vmalloc.c',
    condition: 'the area is neither VM_USERMAP nor VM_DMA_COHERENT: it was not allocated to be mapped',
    change: 'allocate it with vmalloc_user()',
  },
  vmalloc_range: {
    where: 'remap_vmalloc_range_partial',
    file: 'mm/vmalloc.c',
    condition: 'the area has fewer pages than are to be mapped, from the offset on',
    change: 'map fewer pages, or a smaller offset',
  },
  remap_anon: {
    where: 'remap_pte_range',
    file: MEMORY_C,
    condition: 'the frame is anonymous memory: in a copy-on-write VM_PFNMAP it would be taken for a copied page',
    change: 'map frames that are not anonymous memory, or share the mapping',
    since: 'cow_pfnmap_by_anon',
  },
  insert_pfn_anon: {
    where: 'insert_pfn',
    file: MEMORY_C,
    condition: 'the frame is anonymous memory: in a copy-on-write VM_PFNMAP it would be taken for a copied page',
    change: 'map frames that are not anonymous memory, or share the mapping',
    since: 'cow_pfnmap_by_anon',
  },
  insert_huge_outside: {
    where: 'vmf_insert_pfn_pmd_prot',
    file: 'mm/huge_memory.c',
    condition: 'the address is not within the VMA',
    later: [{ since: '6.4', where: 'vmf_insert_pfn_pmd' }],
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
  remap_prepare_outside: {
    where: 'remap_pfn_range_prepare',
    file: MEMORY_C,
    condition: 'the range that ->mmap_prepare asks to remap is not within the VMA (range_in_vma_desc)',
    change: 'remap at most as many pages as the mapping has',
    since: 'mmap_action_in_range',
  },
  map_kernel_outside: {
    where: 'map_kernel_pages_prepare',
    file: MEMORY_C,
    condition: 'the pages that ->mmap_prepare asks to map do not all lie within the VMA (range_in_vma_desc)',
    change: 'map at most as many pages as the mapping has',
    since: 'mmap_action_in_range',
  },
  map_pages_range: {
    where: '__vm_map_pages',
    file: MEMORY_C,
    condition: 'the VMA, from its vm_pgoff on, is not covered by the array of pages',
    change: 'map fewer pages, or a smaller offset',
  },
  mixed_not_ok: {
    where: 'vm_mixed_ok',
    file: MEMORY_C,
    condition: 'the VMA is not VM_MIXEDMAP, and neither the pfn_t nor the frame excuses it',
    change: 'set VM_MIXEDMAP in ->mmap',
    later: [
      {
        feature: 'insert_mixed_plain_pfn',
        condition: 'the VMA is not VM_MIXEDMAP, and the frame is not the zero page, which needs no such flag',
      },
    ],
  },
  mixed_zeropage_mkwrite: {
    where: 'vm_mixed_ok',
    file: MEMORY_C,
    condition: 'the zero page is inserted for writing (vmf_insert_mixed_mkwrite()), and must never become writable',
    change: 'insert a page of the driver itself',
    since: 'insert_zeropage_special',
  },
  mixed_zeropage_writable: {
    where: 'vm_mixed_zeropage_allowed',
    file: MEMORY_C,
    condition:
      'the zero page is inserted into a shared mapping that may be written, and that has no .pfn_mkwrite together with VM_IO (or fsdax)',
    change: 'map it privately, or take VM_WRITE and VM_MAYWRITE away, or give a VM_IO mapping .pfn_mkwrite',
    since: 'insert_zeropage_special',
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
  insert_huge_no_level: {
    where: 'huge_fault',
    file: 'the driver',
    condition:
      'the architecture makes no entries of this size: the driver falls back to smaller ones (VM_FAULT_FALLBACK)',
    change: 'insert the pages one by one (vmf_insert_pfn)',
    convention: true,
  },
  insert_folio_no_call: {
    where: 'vmf_insert_folio_pmd',
    file: 'mm/huge_memory.c',
    condition:
      'the kernel has no such function: that a driver answers VM_FAULT_FALLBACK there, and maps pages one by one, is a convention of the model',
    change: 'insert the pages one by one (vm_insert_page)',
    convention: true,
    until: 'insert_folio_pmd',
  },
  insert_folio_no_struct_page: {
    where: 'vmf_insert_folio_pmd',
    file: 'mm/huge_memory.c',
    condition:
      'the frame has no struct page, and a driver has no folio to hand over: that it answers VM_FAULT_FALLBACK is a convention of the model',
    change: 'insert the frames by their pfn (vmf_insert_pfn_pmd)',
    convention: true,
    since: 'insert_folio_pmd',
  },
  insert_huge_beyond: {
    where: 'huge_fault',
    file: 'the driver',
    condition:
      'the huge page around the address does not lie within the VMA: a driver tests that before it calls, and falls back to PTEs (VM_FAULT_FALLBACK)',
    change: 'align the mapping to the size of the entry, and make it as large',
    convention: true,
  },
  insert_huge_unaligned: {
    where: 'huge_fault',
    file: 'the driver',
    condition:
      'the frame is not aligned to the size of the entry: a driver tests that before it calls, and falls back to PTEs (VM_FAULT_FALLBACK)',
    change: 'take a frame that is aligned as the entry is',
    convention: true,
  },
  remap_cow_partial: {
    where: 'remap_pfn_range_internal',
    file: MEMORY_C,
    condition:
      'a private mapping that may become writable is remapped in part: without the special bit its frames are told by vm_pgoff, which fits only one remap of all of it',
    change: 'remap all of the VMA at once, or map it MAP_SHARED',
    later: REMAP_PGOFF,
  },
  remap_cow_beyond: {
    where: 'remap_pfn_range_internal',
    file: MEMORY_C,
    condition:
      'a private mapping that may become writable is remapped beyond its own range: without the special bit its frames are told by vm_pgoff, which fits only one remap of just the VMA',
    change: 'remap just the pages of the VMA',
    later: REMAP_PGOFF,
  },
  remap_tracked_twice: {
    where: 'remap_pfn_range',
    file: MEMORY_C,
    condition: 'the whole VMA was remapped before, and its memory type is tracked already (pfnmap_track_ctx)',
    change: 'remap the VMA once',
    since: 'pfnmap_track_ctx',
    later: [{ feature: 'remap_prepares_first', where: 'remap_pfn_range_track' }],
  },
  memtype_conflict: {
    where: 'memtype_check_conflict',
    file: 'arch/x86/mm/pat/memtype_interval.c',
    condition: 'the range reaches over reservations of more than one memory type (remap_pfn_range makes -EINVAL of it)',
    change: 'map device memory everywhere with one memory type',
  },
  memtype_refused: {
    where: 'reserve_pfn_range',
    file: MEMTYPE_C,
    condition:
      'the frames are reserved with a memory type that may not take the place of the one asked for (is_new_memtype_allowed)',
    change: 'map device memory everywhere with one memory type',
  },
  memtype_mixed: {
    where: 'track_pfn_remap',
    file: MEMTYPE_C,
    condition: 'a part of the VMA is remapped to frames of different memory types',
    change: 'remap the whole VMA at once, or each part with frames of one memory type',
    later: [{ feature: 'pfnmap_track_ctx', where: 'pfnmap_setup_cachemode' }],
  },
  remap_fails_after: {
    where: 'remap_pte_range',
    file: MEMORY_C,
    condition: 'the log says that memory for page tables runs out here (fails_after)',
    change: 'leave fails_after out',
    convention: true,
  },
  iomap_window: {
    where: 'vm_iomap_memory',
    file: MEMORY_C,
    condition: 'the VMA, from its vm_pgoff on, does not lie within the memory that is offered',
    change: 'map fewer pages, or a smaller offset',
  },
  set_pte_below_huge: {
    where: 'set_pte_at',
    file: 'include/linux/pgtable.h',
    condition: 'a huge entry maps the page, and there is no page table to write to',
    change: 'zap the huge entry first',
    convention: true,
  },
  insert_pfn_outside: {
    where: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    condition: 'the address is not within the VMA',
  },
} as const satisfies ReasonTable;
