// SPDX-License-Identifier: GPL-2.0-or-later
/** What the calls of a driver are in the kernel, and what the model of them omits. */
import type { KernelOrigin } from '../../base/mechanism.js';

const MEMORY_C = 'mm/memory.c';

/** Of everything that inserts bare frames. */
const L1TF = 'CPUs with the L1TF bug: pfn_modify_allowed() always agrees, as to a caller with CAP_SYS_ADMIN';
const ONE_BY_ONE = 'page by page: the kernel takes the page table lock for a run of pages at once, which is not seen';
const DMA_C = 'kernel/dma/mapping.c';
const PGPROT_H = 'arch/*/include/asm/pgtable.h';
const VMALLOC_OMITS = ['addresses that are no multiple of the page size, and sizes that run over'];

const DMA_OMITS = [
  'memory that the device has for itself (dma_mmap_from_dev_coherent), and encrypted memory (force_dma_unencrypted)',
  'operations of a bus that have no mmap (-ENXIO) or one of their own',
];

const remap_omits = [
  'CPUs with the L1TF bug: pfn_modify_allowed() always agrees, where else -EACCES would come',
  'memory for page tables: it runs out where the log says so (fails_after), after any page',
];

export const DRIVER_CALLS_ORIGINS = {
  vm_flags_mod: {
    function: 'vm_area_struct',
    file: 'include/linux/mm_types.h',
    later: [{ since: '6.3', function: 'vm_flags_mod', file: 'include/linux/mm.h' }],
    omits: ['the lock of the VMA (vma_start_write)'],
  },
  set_vm_pgoff: {
    function: 'vm_area_struct',
    file: 'include/linux/mm_types.h',
    omits: [],
  },
  remap_pfn_range: {
    function: 'remap_pfn_range',
    file: MEMORY_C,
    omits: remap_omits,
  },
  io_remap_pfn_range: {
    function: 'io_remap_pfn_range',
    file: 'include/linux/mm.h',
    omits: [
      ...remap_omits,
      'memory encryption (pgprot_decrypted), and architectures whose io_remap_pfn_range() takes another pfn or protection',
    ],
  },
  vm_iomap_memory: {
    function: 'vm_iomap_memory',
    file: MEMORY_C,
    omits: [...remap_omits, 'memory that does not begin or end with a page'],
  },
  vm_insert_page: {
    function: 'vm_insert_page',
    file: MEMORY_C,
    omits: [],
  },
  vm_insert_pages: {
    function: 'vm_insert_pages',
    file: MEMORY_C,
    omits: [ONE_BY_ONE],
  },
  vm_map_pages: {
    function: 'vm_map_pages',
    file: MEMORY_C,
    omits: [],
  },
  vm_map_pages_zero: {
    function: 'vm_map_pages_zero',
    file: MEMORY_C,
    omits: [],
  },
  vmf_insert_pfn: {
    function: 'vmf_insert_pfn',
    file: MEMORY_C,
    omits: [L1TF],
  },
  vmf_insert_pfn_prot: {
    function: 'vmf_insert_pfn_prot',
    file: MEMORY_C,
    omits: [L1TF, 'protections other than those of vm_get_page_prot()'],
  },
  vmf_insert_pfn_pmd: {
    function: 'vmf_insert_pfn_pmd_prot',
    file: 'mm/huge_memory.c',
    later: [{ since: '6.4', function: 'vmf_insert_pfn_pmd' }],
    omits: ['deposited page tables (arch_needs_pgtable_deposit)'],
  },
  vmf_insert_pfn_pud: {
    function: 'vmf_insert_pfn_pud_prot',
    file: 'mm/huge_memory.c',
    later: [{ since: '6.4', function: 'vmf_insert_pfn_pud' }],
    omits: [],
  },
  vmf_insert_folio_pmd: {
    function: 'vmf_insert_folio_pmd',
    file: 'mm/huge_memory.c',
    since: 'insert_folio_pmd',
    omits: [
      'folios of another order (VM_FAULT_SIGBUS, with a warning): the frames are taken for one folio of PMD_ORDER, which begins with `frame`',
      'the counts of its other pages, which are those of the folio: they show as if each page were one of its own',
      'mlock of the folio (mlock_vma_folio), and its dirty and referenced flags when it is unmapped',
      'files with DAX (vma_is_dax): in a VM_MIXEDMAP or VM_PFNMAP of a file the folio is not counted out before 7.1',
      'vmf_insert_folio_pud()',
      'deposited page tables (arch_needs_pgtable_deposit)',
    ],
  },
  vmf_insert_mixed: {
    function: 'vmf_insert_mixed',
    file: MEMORY_C,
    omits: [L1TF],
  },
  vmf_insert_mixed_mkwrite: {
    function: 'vmf_insert_mixed_mkwrite',
    file: MEMORY_C,
    omits: [L1TF],
  },
  remap_vmalloc_range: {
    function: 'remap_vmalloc_range',
    file: 'mm/vmalloc.c',
    omits: VMALLOC_OMITS,
  },
  remap_vmalloc_range_partial: {
    function: 'remap_vmalloc_range_partial',
    file: 'mm/vmalloc.c',
    omits: VMALLOC_OMITS,
  },
  dma_mmap_coherent: {
    function: 'dma_mmap_attrs',
    file: DMA_C,
    omits: DMA_OMITS,
  },
  dma_mmap_wc: {
    function: 'dma_mmap_attrs',
    file: DMA_C,
    omits: DMA_OMITS,
  },
  dma_mmap_pages: {
    function: 'dma_mmap_pages',
    file: DMA_C,
    omits: [],
  },
  pgprot_noncached: {
    function: 'pgprot_noncached',
    file: PGPROT_H,
    omits: [],
  },
  pgprot_writecombine: {
    function: 'pgprot_writecombine',
    file: PGPROT_H,
    omits: ['the memory types of s390 and RISC-V (mio_wb_bit_mask, Svpbmt): they are 0 on machines without'],
  },
  pgprot_device: {
    function: 'pgprot_device',
    file: PGPROT_H,
    omits: [],
  },
  vm_get_page_prot: {
    function: 'vm_get_page_prot',
    file: 'include/linux/pgtable.h',
    omits: [],
  },
  set_vm_start: {
    function: 'vm_area_struct',
    file: 'include/linux/mm_types.h',
    omits: [],
  },
  set_vm_end: {
    function: 'vm_area_struct',
    file: 'include/linux/mm_types.h',
    omits: [],
  },
  zap_vma_ptes: {
    function: 'zap_vma_ptes',
    file: MEMORY_C,
    later: [{ feature: 'zap_special_vma_range', function: 'zap_special_vma_range' }],
    omits: [],
  },
  set_pte: {
    function: 'set_pte_at',
    file: 'arch/*/include/asm/pgtable.h',
    later: [{ since: '6.6', file: 'include/linux/pgtable.h' }],
    omits: ['an entry that is not as pfn_pte(), pte_mkspecial() and pte_mkwrite() make it'],
  },
  clear_pte: {
    function: 'pte_clear',
    file: 'arch/*/include/asm/pgtable.h',
    omits: ['the TLB: who cached the entry uses it on'],
  },
} as const satisfies Record<string, KernelOrigin>;
