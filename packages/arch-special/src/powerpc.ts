// SPDX-License-Identifier: GPL-2.0-or-later
/** What the PowerPC configurations share. */
import { type ArchFacts, type ArchitectureChange, factsWithout, swapWithoutExclusive } from '@specialbit/core/arch';
import { powerpc_protection_masks } from './changes.js';

/** All 32-bit configurations. */
export const PPC32 = { family: 'powerpc', bits: 32, bigEndian: true } as const;
export const POWERPC_FACTS: Partial<ArchFacts> = {
  HAVE_GUP_FAST: true, // arch/powerpc/Kconfig
  pte_access_permitted_user: true, // asm/book3s/32/pgtable.h, nohash/pgtable.h: asks for pte_read
  read_fault_vm_flags: 3, // arch/powerpc/mm/fault.c
  HAVE_IOREMAP_PROT: true, // arch/powerpc/Kconfig
  pte_pgprot: true, // arch/powerpc/include/asm/pgtable.h
  MMU_GATHER_PAGE_SIZE: true, // arch/powerpc/Kconfig
  MMU_GATHER_MERGE_VMAS: true, // arch/powerpc/Kconfig
};

/** Execute alone is a right of its own here: index 4 and 12 differ from read and execute. */
export const withExecOnly = (list: readonly bigint[], execOnly: bigint): readonly bigint[] =>
  list.map((prot, i) => (i === 4 || i === 12 ? execOnly : prot));

/** What 32-bit configurations lacked before. */
export const PPC32_CHANGES: readonly ArchitectureChange[] = [
  factsWithout(powerpc_protection_masks, { read_fault_vm_flags: 7 }),
  swapWithoutExclusive(),
];
