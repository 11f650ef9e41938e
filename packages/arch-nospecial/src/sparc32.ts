// SPDX-License-Identifier: GPL-2.0-or-later
/** 32-bit SPARC with the reference MMU. arch/sparc/include/asm/pgtsrmmu.h, pgtable_32.h, arch/sparc/mm/init_32.c. */
import {
  bit,
  bits,
  declareArchitecture,
  defineBits,
  equals,
  modify,
  protections,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  SRMMU_ET_MASK: [bits(1, 0), 'entry type; 2 is a page'],
  SRMMU_VALID: [bit(1), 'entry type 2'],
  SRMMU_ACC_MASK: [bits(4, 2), 'access type: 2 user reads and executes, 3 also writes, 6 and 7 supervisor only'],
  SRMMU_WRITE: [bit(2), 'the bit of the access type that tells writable'],
  SRMMU_EXEC: [bit(3), 'the bit of the access type that tells executable'],
  SRMMU_NOREAD: [bit(4), 'the bit of the access type that takes reading away'],
  SRMMU_REF: [bit(5), 'young'],
  SRMMU_DIRTY: [bit(6), 'dirty'],
  SRMMU_SWP_EXCLUSIVE: [bit(6), 'exclusive', 'swap'],
  SRMMU_CACHE: [bit(7), 'cached'],
  SRMMU_PTE_PMASK: [bits(31, 8), 'physical address bits 35 to 12'],
});
const page = (access: bigint): bigint => B.SRMMU_VALID | B.SRMMU_REF | B.SRMMU_CACHE | access;
const PRIVILEGED = bits(4, 3);

export const sparc32 = declareArchitecture({
  name: 'sparc32',
  family: 'sparc',
  title: 'SPARC, 32-bit, reference MMU',
  kconfig: 'SPARC32 && MMU',
  source: ['arch/sparc/include/asm/pgtsrmmu.h', 'arch/sparc/include/asm/pgtable_32.h', 'arch/sparc/mm/init_32.c'],
  notes: [
    'The address is stored shifted right by 4. pte_pfn returns all ones for device memory (any of address bits 35 to 32), so 20 bits of pfn are plain.',
    'The access type is a number: PROT_NONE is the privileged type, without entry type: such an entry is neither present nor empty.',
  ],
  bits: 32,
  bigEndian: true,
  levels: { pgd: [24, 256], pmd: [18, 64], pte: [12, 64] },
  TASK_SIZE: 0xf0000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 8, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { write: B.SRMMU_WRITE, dirty: B.SRMMU_DIRTY, young: B.SRMMU_REF, swp_exclusive: B.SRMMU_SWP_EXCLUSIVE },
    tests: { present: equals(B.SRMMU_ET_MASK, B.SRMMU_VALID) },
    pgprot: { noncached: { clear: B.SRMMU_CACHE } },
    ops: { modify: modify(B.SRMMU_PTE_PMASK | B.SRMMU_REF | B.SRMMU_DIRTY) },
    protectionMap: protections({
      none: B.SRMMU_ACC_MASK | B.SRMMU_REF | B.SRMMU_CACHE,
      read: page(B.SRMMU_EXEC),
      write: page(B.SRMMU_EXEC | B.SRMMU_WRITE),
    }),
    access: { user: { not: PRIVILEGED }, exec: B.SRMMU_EXEC },
    accepted: {
      'kinds/prot-none': 'a PROT_NONE entry has no entry type: it is neither present nor empty',
      'behaviour/mprotect-keeps-frames': 'a PROT_NONE entry reads as a swap entry',
    },
    swap: { type: { at: 7, count: 5 }, offset: [{ at: 12, count: 20 }] },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/sparc/Kconfig: if SPARC32
    read_fault_vm_flags: 5, // arch/sparc/mm/fault_32.c
    ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/sparc/Kconfig
  },
  changes: [swapWithoutExclusive()],
  // The reference MMU's table walk writes R and M.
  mmu: { young: 'hardware', dirty: 'hardware' },
});
