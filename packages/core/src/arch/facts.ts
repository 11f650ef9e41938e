// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What generic mm code asks about an architecture besides the entry itself. Names are those of
 * Kconfig symbols (without CONFIG_) and of the macros and functions of asm/ headers. The defaults
 * are the generic definitions of include/linux and include/asm-generic.
 */
export interface ArchFacts {
  /** Lockless gup_fast() exists (mm/Kconfig; gup_fast_fallback in mm/gup.c). */
  readonly HAVE_GUP_FAST: boolean;
  /** HAVE_MOVE_PMD (arch/Kconfig): mremap() may move a whole table of PTEs. */
  readonly HAVE_MOVE_PMD: boolean;
  /** arch_has_hw_pte_young(): wp_page_copy and the fault paths may expect the CPU to set young. */
  readonly arch_has_hw_pte_young: boolean;
  /** arch_wants_old_prefaulted_pte(): fault-around maps neighbours old (set_pte_range in mm/memory.c). */
  readonly arch_wants_old_prefaulted_pte: boolean;
  /** pte_sw_mkyoung() is pte_mkyoung() and not the identity: new PTEs are made young in software. */
  readonly pte_sw_mkyoung: boolean;
  /** __HAVE_COLOR_ZERO_PAGE: there may be several zero pages (is_zero_pfn in include/linux/pgtable.h), allocated at boot. */
  readonly HAVE_COLOR_ZERO_PAGE: boolean;
  /** __HAVE_PFNMAP_TRACKING: track_pfn_remap & co. exist; remap_pfn_range of a whole VMA sets VM_PAT. */
  readonly PFNMAP_TRACKING: boolean;
  /**
   * __HAVE_ARCH_PFN_MODIFY_ALLOWED: inserting frames and mprotect to PROT_NONE ask pfn_modify_allowed(). Not asked by a
   * mechanism: it refuses on CPUs with the L1TF bug and without CAP_SYS_ADMIN alone, which the model takes for granted.
   */
  readonly PFN_MODIFY_ALLOWED: boolean;
  /** arch_calc_vm_prot_bits() makes VM_READ | VM_WRITE of PROT_WRITE (mmap, mprotect). */
  readonly PROT_WRITE_gives_VM_READ: boolean;
  /** pte_pgprot() gives the protection of an entry; without it follow_pfnmap_start reports 0. */
  readonly pte_pgprot: boolean;
  /** Faults of user code first run under the VMA's own lock, and again where a driver's handler is called (PER_VMA_LOCK: SMP). */
  readonly PER_VMA_LOCK: boolean;
  /** set_pte_at() over a valid entry warns about lost young and dirty bits (arm64, __check_safe_pte_update with DEBUG_VM). */
  readonly check_safe_pte_update: boolean;
  /**
   * set_pte_at() of an entry that user code can execute looks at its struct page without asking whether
   * there is one, in function `where`; null: it does not.
   */
  readonly set_pte_at_looks_at_page: ExecutableLook | null;
  /** flush_cache_page() of an entry that user code cannot read through yet does so too, in this function. */
  readonly flush_cache_page_looks_at_page: string | null;
  /** mk_pte() makes the writable entry of a dirty page dirty (s390). */
  readonly mk_pte_of_dirty_page: boolean;
  /** ptep_set_access_flags() writes the entry only when its `dirty` argument is set (arch/x86/mm/pgtable.c). */
  readonly ptep_set_access_flags_if_dirty: boolean;
  /** tlb_delay_rmap() is true: zapping a dirty file page lowers its map count after the TLB flush (SMP, asm-generic/tlb.h). */
  readonly tlb_delay_rmap: boolean;
  /** pte_access_permitted() asks for the user bit too; the generic one takes any present entry. */
  readonly pte_access_permitted_user: boolean;
  /** VM_READ 1, VM_WRITE 2, VM_EXEC 4: a VMA with any of these may be read by a page fault (arch fault.c). */
  readonly read_fault_vm_flags: number;
  /**
   * A store of one byte is a load and a store of the word around it, as compilers write it for CPUs
   * without byte stores: user code that stores a byte first reads the page.
   */
  readonly byte_store_loads: boolean;
  /** The stack VMA grows up (VM_GROWSUP). Not asked by a mechanism: stacks of the model grow down. */
  readonly STACK_GROWSUP: boolean;
  /** MMU_GATHER_NO_GATHER (arch/Kconfig): pages go at once. Not asked by a mechanism: the order is not seen. */
  readonly MMU_GATHER_NO_GATHER: boolean;
  /** MMU_GATHER_MERGE_VMAS (arch/Kconfig). Not asked by a mechanism: there is no TLB to flush. */
  readonly MMU_GATHER_MERGE_VMAS: boolean;
  /** MMU_GATHER_NO_RANGE (arch/Kconfig). Not asked by a mechanism: there is no TLB to flush. */
  readonly MMU_GATHER_NO_RANGE: boolean;
  /** MMU_GATHER_NO_FLUSH_CACHE (arch/Kconfig). Not asked by a mechanism: there are no caches to flush. */
  readonly MMU_GATHER_NO_FLUSH_CACHE: boolean;
  /** MMU_GATHER_PAGE_SIZE (arch/Kconfig). Not asked by a mechanism: there is no TLB to flush. */
  readonly MMU_GATHER_PAGE_SIZE: boolean;
  /**
   * The configuration can have aliasing data caches (ARCH_HAS_CPU_CACHE_ALIASING). Not asked by a mechanism: `shm_align`
   * is the rule that follows.
   */
  readonly ARCH_HAS_CPU_CACHE_ALIASING: boolean;
  /**
   * This configuration's usual CPU has a data cache that aliases (cpu_has_dc_aliases, dcache colours). Not asked by a
   * mechanism: `shm_align` is the rule that follows.
   */
  readonly cpu_has_dc_aliases: boolean;
  /**
   * The colour rule of arch_get_unmapped_area, bytes: MAP_SHARED|MAP_FIXED at an address that
   * differs from its file offset modulo this is EINVAL. 0: no rule.
   */
  readonly shm_align: number;
  /**
   * The first pfn of RAM where the architecture fixes it (ARCH_PFN_OFFSET); most take it from the machine. Not asked by a
   * mechanism: the default machine begins there.
   */
  readonly ARCH_PFN_OFFSET: number;
  /** Devices that do not snoop the caches are possible (ARCH_HAS_SYNC_DMA_FOR_DEVICE, _CPU or _CPU_ALL): dev_is_dma_coherent() asks the device. */
  readonly ARCH_HAS_SYNC_DMA_FOR_DEVICE: boolean;
  /** ARCH_DMA_DEFAULT_COHERENT: a device of which nothing else is known snoops the caches (dma_default_coherent). */
  readonly ARCH_DMA_DEFAULT_COHERENT: boolean;
  /** ARCH_HAS_DMA_WRITE_COMBINE: dma_pgprot() knows DMA_ATTR_WRITE_COMBINE. */
  readonly ARCH_HAS_DMA_WRITE_COMBINE: boolean;
  /** HAVE_IOREMAP_PROT: vm_ops->access of a device's memory can work (generic_access_phys). */
  readonly HAVE_IOREMAP_PROT: boolean;
  /**
   * The kernel cannot write to its own .rodata, by its address in the image or by that in the linear map (mark_rodata_ro()).
   * False: it can, or nobody looked.
   */
  readonly rodata_read_only: boolean;
  /**
   * page_to_pfn(NULL) where the memory model computes it (SPARSEMEM_VMEMMAP, with a vmemmap_base that is not randomised);
   * null: not known, or the kernel dies of it.
   */
  readonly page_to_pfn_of_null: number | null;
  /** Lowest user address that page tables serve (FIRST_USER_ADDRESS), bytes. Not asked by a mechanism: nothing maps so low. */
  readonly FIRST_USER_ADDRESS: number;
  /**
   * Default of /proc/sys/vm/mmap_min_addr (CONFIG_DEFAULT_MMAP_MIN_ADDR), bytes. Not asked by a mechanism: root may map
   * below it.
   */
  readonly DEFAULT_MMAP_MIN_ADDR: number;
  /**
   * NUMA hinting faults are possible: with NUMA_BALANCING pte_protnone() has a meaning. Not asked by a mechanism: nothing
   * makes such entries.
   */
  readonly ARCH_SUPPORTS_NUMA_BALANCING: boolean;
  /** pte_protnone() has a meaning in every configuration (7.3). */
  readonly ARCH_HAS_PTE_PROTNONE: boolean;
}

/** How set_pte_at() keeps the instruction cache coherent. */
export interface ExecutableLook {
  readonly where: string;
  /** Special entries, too. */
  readonly special: boolean;
  /** ptep_set_access_flags() does the same. */
  readonly access_flags: boolean;
}

export const GENERIC_FACTS: ArchFacts = {
  HAVE_GUP_FAST: false,
  HAVE_MOVE_PMD: false,
  PROT_WRITE_gives_VM_READ: false, // include/linux/mman.h: arch_calc_vm_prot_bits
  arch_has_hw_pte_young: false, // include/linux/pgtable.h, CONFIG_ARCH_HAS_HW_PTE_YOUNG
  arch_wants_old_prefaulted_pte: false, // include/linux/pgtable.h
  pte_sw_mkyoung: false, // include/linux/pgtable.h: the identity
  HAVE_COLOR_ZERO_PAGE: false,
  PFNMAP_TRACKING: false,
  PFN_MODIFY_ALLOWED: false,
  pte_pgprot: false, // include/linux/pgtable.h: 0
  PER_VMA_LOCK: false, // CONFIG_SMP=n
  check_safe_pte_update: false,
  set_pte_at_looks_at_page: null, // include/linux/pgtable.h: set_ptes()
  flush_cache_page_looks_at_page: null, // include/asm-generic/cacheflush.h: nothing
  mk_pte_of_dirty_page: false, // include/linux/mm.h
  ptep_set_access_flags_if_dirty: false, // mm/pgtable-generic.c
  tlb_delay_rmap: false, // CONFIG_SMP=n
  pte_access_permitted_user: false, // include/linux/pgtable.h
  read_fault_vm_flags: 7, // vma_is_accessible()
  byte_store_loads: false,
  STACK_GROWSUP: false,
  MMU_GATHER_NO_GATHER: false,
  MMU_GATHER_MERGE_VMAS: false,
  MMU_GATHER_NO_RANGE: false,
  MMU_GATHER_NO_FLUSH_CACHE: false,
  MMU_GATHER_PAGE_SIZE: false,
  ARCH_HAS_CPU_CACHE_ALIASING: false,
  cpu_has_dc_aliases: false,
  shm_align: 0, // mm/mmap.c: generic_get_unmapped_area asks for no colour
  ARCH_PFN_OFFSET: 0, // include/asm-generic/memory_model.h
  ARCH_HAS_SYNC_DMA_FOR_DEVICE: false, // include/linux/dma-map-ops.h: every device is coherent
  ARCH_DMA_DEFAULT_COHERENT: false,
  ARCH_HAS_DMA_WRITE_COMBINE: false,
  HAVE_IOREMAP_PROT: false,
  rodata_read_only: false,
  page_to_pfn_of_null: null, // include/asm-generic/memory_model.h: SPARSEMEM reads page->flags
  FIRST_USER_ADDRESS: 0, // include/linux/pgtable.h
  DEFAULT_MMAP_MIN_ADDR: 4096, // mm/Kconfig
  ARCH_SUPPORTS_NUMA_BALANCING: false,
  ARCH_HAS_PTE_PROTNONE: false,
};

/** Who records in an entry that user code read, or wrote, through it. */
export type Recorder =
  /** The CPU's table walker. */
  | 'hardware'
  /** The architecture's own TLB miss handler, without entering handle_mm_fault. */
  | 'tlb-refill'
  /** The access faults until handle_mm_fault has set the bit. */
  | 'fault'
  /** Nobody: the access works and leaves no trace. */
  | 'nobody';
