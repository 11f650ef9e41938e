// SPDX-License-Identifier: GPL-2.0-or-later
import type { ArchFacts, MmuSpec } from '@specialbit/core/arch';

export const X86_FACTS: Partial<ArchFacts> = {
  HAVE_GUP_FAST: true, // arch/x86/Kconfig
  HAVE_MOVE_PMD: true, // arch/x86/Kconfig
  arch_has_hw_pte_young: true, // arch/x86/Kconfig ARCH_HAS_HW_PTE_YOUNG; arch/x86/include/asm/pgtable.h
  PFNMAP_TRACKING: true, // arch/x86/include/asm/pgtable_types.h; arch/x86/mm/pat/memtype.c
  PFN_MODIFY_ALLOWED: true, // arch/x86/include/asm/pgtable.h; arch/x86/mm/mmap.c
  pte_access_permitted_user: true, // arch/x86/include/asm/pgtable.h
  HAVE_IOREMAP_PROT: true, // arch/x86/Kconfig
  rodata_read_only: true, // arch/x86/mm/init_64.c, init_32.c: mark_rodata_ro(); cpa_process_alias() takes the linear map along
  pte_pgprot: true, // arch/x86/include/asm/pgtable.h
  ptep_set_access_flags_if_dirty: true, // arch/x86/mm/pgtable.c
  MMU_GATHER_MERGE_VMAS: true, // arch/x86/Kconfig
};

/** The table walker sets accessed and dirty by itself. */
export const X86_MMU: MmuSpec = { young: 'hardware', dirty: 'hardware' };
