// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a driver can call of mm with the VMA in its hand (include/linux/mm.h, huge_mm.h, vmalloc.h, dma-mapping.h of 6.1
 * to 7.3), and what of the model it is.
 */

/** A call that maps something. */
export interface MapCall {
  /** The driver's call of the model. */
  readonly event: string;
  /** The argument that says which memory: from 0; undefined where that does not matter. */
  readonly memory?: number;
  /** The memory is a page, or pages, whatever the argument says. */
  readonly pages?: boolean;
  /** It maps the whole mapping, or from an address on as many pages as an argument says. */
  readonly reach: 'range' | 'page';
}

const range = (event: string, memory: number, pages = false): MapCall => ({ event, memory, pages, reach: 'range' });
const page = (event: string, memory: number, pages = false): MapCall => ({ event, memory, pages, reach: 'page' });

export const MAP_CALLS: ReadonlyMap<string, MapCall> = new Map([
  ['remap_pfn_range', range('remap_pfn_range', 2)],
  ['remap_pfn_range_notrack', range('remap_pfn_range', 2)],
  ['io_remap_pfn_range', range('io_remap_pfn_range', 2)],
  ['vm_iomap_memory', range('vm_iomap_memory', 1)],
  ['vm_insert_page', page('vm_insert_page', 2, true)],
  ['vmf_insert_page', page('vm_insert_page', 2, true)],
  ['vm_insert_pages', range('vm_insert_pages', 2, true)],
  ['vm_map_pages', range('vm_map_pages', 1, true)],
  ['vm_map_pages_zero', range('vm_map_pages_zero', 1, true)],
  ['vmf_insert_pfn', page('vmf_insert_pfn', 2)],
  ['vmf_insert_pfn_prot', page('vmf_insert_pfn_prot', 2)],
  ['vmf_insert_mixed', page('vmf_insert_mixed', 2)],
  ['vmf_insert_mixed_mkwrite', page('vmf_insert_mixed_mkwrite', 2)],
  ['vmf_insert_pfn_pmd', page('vmf_insert_pfn_pmd', 1)],
  ['vmf_insert_pfn_pud', page('vmf_insert_pfn_pud', 1)],
  ['vmf_insert_page_mkwrite', page('vmf_insert_page_mkwrite', 1, true)],
  ['vmf_insert_folio_pmd', page('vmf_insert_folio_pmd', 1, true)],
  ['vmf_insert_folio_pud', page('vmf_insert_folio_pud', 1, true)],
  // powerpc's, with a bit of its own for pages of 4 kB
  ['remap_4k_pfn', range('remap_pfn_range', 2)],
  ['remap_vmalloc_range', range('remap_vmalloc_range', 1, true)],
  ['remap_vmalloc_range_partial', range('remap_vmalloc_range', 2, true)],
  ['dma_mmap_coherent', range('dma_mmap_coherent', 2, true)],
  ['dma_mmap_attrs', range('dma_mmap_coherent', 2, true)],
  ['dma_mmap_wc', range('dma_mmap_wc', 2, true)],
  ['dma_mmap_pages', range('dma_mmap_pages', 3, true)],
  // ->mmap_prepare's actions
  ['mmap_action_remap', range('remap_pfn_range', 2)],
  ['mmap_action_remap_full', range('remap_pfn_range', 1)],
  ['mmap_action_ioremap', range('io_remap_pfn_range', 2)],
  ['mmap_action_ioremap_full', range('io_remap_pfn_range', 1)],
  ['mmap_action_simple_ioremap', range('vm_iomap_memory', 1)],
  ['mmap_action_map_kernel_pages', range('vm_insert_pages', 2, true)],
  ['mmap_action_map_kernel_pages_full', range('vm_insert_pages', 1, true)],
]);

/** vm_flags: which arguments are set, and which cleared; behind the VMA. */
export const FLAG_CALLS: ReadonlyMap<string, { readonly set?: 'rest' | 1; readonly clear?: 'rest' | 1 | 2 }> = new Map([
  ['vm_flags_set', { set: 1 }],
  ['vm_flags_reset', { set: 1 }],
  ['vm_flags_init', { set: 1 }],
  ['vm_flags_clear', { clear: 1 }],
  ['vm_flags_mod', { set: 1, clear: 2 }],
  ['vma_set_flags', { set: 'rest' }],
  ['vma_clear_flags', { clear: 'rest' }],
  ['vma_desc_set_flags', { set: 'rest' }],
  ['vma_desc_clear_flags', { clear: 'rest' }],
]);

/**
 * Functions of headers (include/drm/drm_gem_shmem_helper.h and its likes, which are not among drivers' sources) that do
 * nothing but call another with the same mapping.
 */
export const INLINE: ReadonlyMap<string, string> = new Map([
  ['drm_gem_shmem_object_mmap', 'drm_gem_shmem_mmap'],
  ['drm_gem_dma_object_mmap', 'drm_gem_dma_mmap'],
]);

/**
 * Functions and macros of headers that call the handler of some table: `file->f_op->mmap` (include/linux/fs.h), a member of
 * `struct vb2_mem_ops` (drivers/media/common/videobuf2/videobuf2-core.c).
 */
export const DISPATCHES: ReadonlyMap<string, string> = new Map([
  ['call_mmap', 'file->f_op->mmap'],
  ['vfs_mmap', 'file->f_op->mmap'],
  ['vfs_mmap_prepare', 'file->f_op->mmap_prepare'],
  ['call_memop', 'vb->vb2_queue->mem_ops->mmap'],
]);

/** Members of tables that name a handler of a mapping: file_operations and its like, vm_operations_struct. */
export const HANDLER_MEMBER =
  /^((\w+_)?mmap(_\w+)?|fault|huge_fault|map_pages|page_mkwrite|pfn_mkwrite|\w*vm_ops|\w*mmap_ops)$/;

/** ->fault of mm/filemap.c and mm/shmem.c: pages of the page cache. */
export const PAGE_CACHE: ReadonlySet<string> = new Set([
  'filemap_fault',
  'shmem_fault',
  'generic_file_mmap',
  'generic_file_mmap_prepare',
  'generic_file_readonly_mmap',
  'generic_file_readonly_mmap_prepare',
  'shmem_mmap',
  'shmem_mmap_prepare',
  'shmem_zero_setup',
  'shmem_zero_setup_desc',
  // hugetlbfs has a page cache of its own
  'hugetlb_reserve_pages',
]);

/** Tables of mm/filemap.c, mm/shmem.c and mm/hugetlb.c: pages of a page cache. */
export const PAGE_CACHE_OPS: ReadonlySet<string> = new Set([
  'generic_file_vm_ops',
  'shmem_vm_ops',
  'shmem_anon_vm_ops',
  'hugetlb_vm_ops',
]);

/** They keep their second argument where the first one says. */
export const KEEPS: ReadonlySet<string> = new Set(['smp_store_release', 'WRITE_ONCE', 'rcu_assign_pointer']);

/** They write the entries of a process's page tables, past all calls that map. */
export const WRITES_ENTRIES = /^(apply_to_(existing_)?page_range|set_p(te|md|ud)s?_at)$/;

/** They look at a VMA and map nothing. */
const LOOKS =
  /^(vma_pages|vma_desc_pages|vma_desc_size|vma_desc_is_cow_mapping|vma_flags_is_cow_mapping|vma_desc_test\w*|vma_test\w*|is_cow_mapping|vm_get_page_prot|vma_is_\w+|file_accessed|sizeof|typeof|container_of|READ_ONCE|WRITE_ONCE|IS_ERR\w*|WARN\w*|BUG_ON|VM_BUG_ON\w*|VM_WARN_ON\w*|likely|unlikely|trace_\w+|(pr|dev|netdev|drm|vdbg|ibdev)_(dbg|err|warn|info|debug|notice|crit|emerg|alert|level|printk|WARN)\w*|printk\w*|u?vma_start_write|mmap_assert_\w+|lockdep_\w+|vma_set_anonymous|vma_desc_set_anonymous|find_vma\w*|vma_lookup|vma_policy|atomic_\w+|refcount_\w+|kref_\w+|linear_page_index|vmf_\w*error|vm_fault_to_errno|pgprot_\w+|list_\w+|zap_vma_ptes|zap_special_vma_range|zap_vma_range|zap_page_range_single|flush_\w+|update_mmu_\w+|might_\w+|fault_flag_\w+|(mutex|spin|down|up|rcu|rt_mutex|smp|xa|idr)_\w+|vma_set_file|vma_get_page_prot|linear_page_delta|vma_(start|end)_pgoff|vma_(kernel|mmu)_pagesize|is_aligned_for_order|maybe_unlock_mmap_for_io|assert_fault_locked|release_fault_lock|thp_vma_suitable_orders|daxdev_mapping_supported|\w+_dbg|get_file|fput|init_\w+|pci_iobar_pfn|security_mmap_backing_file|handle_mm_fault|compat_set_desc_from_vma|__compat_vma_mmap|finish_fault|split_huge_p[mu]d|userfaultfd_\w+|is_vm_hugetlb_page|hugetlb_walk|vma_alloc_folio\w*|vma_thp_disabled)$/;

/** `vma->vm_ops->open(vma)` counts the first mapping as fork's copies are counted. */
export const looksOnly = (name: string): boolean => LOOKS.test(name) || /->(open|close)$/.test(name);

/** The C types that a handler is given its mapping in. */
export const VMA_TYPES: ReadonlySet<string> = new Set([
  'struct vm_area_struct',
  'struct vm_fault',
  'struct vm_area_desc',
]);
