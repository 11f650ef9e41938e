// SPDX-License-Identifier: GPL-2.0-or-later
/** What functions of the kernel ask on their way, read from the source: test/architecture/mechanisms.test.ts writes it. */
import type { ArchFacts } from '../../arch/facts.js';

/** Facts of an architecture that any of them asks: only those can part lanes. */
export const FACTS_ASKED: ReadonlySet<keyof ArchFacts> = new Set<keyof ArchFacts>([
  'ARCH_DMA_DEFAULT_COHERENT',
  'ARCH_HAS_DMA_WRITE_COMBINE',
  'ARCH_HAS_PTE_PROTNONE',
  'ARCH_HAS_SYNC_DMA_FOR_DEVICE',
  'HAVE_COLOR_ZERO_PAGE',
  'HAVE_GUP_FAST',
  'HAVE_IOREMAP_PROT',
  'HAVE_MOVE_PMD',
  'PER_VMA_LOCK',
  'PFNMAP_TRACKING',
  'PROT_WRITE_gives_VM_READ',
  'arch_has_hw_pte_young',
  'arch_wants_old_prefaulted_pte',
  'byte_store_loads',
  'check_safe_pte_update',
  'flush_cache_page_looks_at_page',
  'mk_pte_of_dirty_page',
  'page_to_pfn_of_null',
  'pte_access_permitted_user',
  'pte_pgprot',
  'pte_sw_mkyoung',
  'ptep_set_access_flags_if_dirty',
  'read_fault_vm_flags',
  'rodata_read_only',
  'set_pte_at_looks_at_page',
  'shm_align',
  'tlb_delay_rmap',
]);
