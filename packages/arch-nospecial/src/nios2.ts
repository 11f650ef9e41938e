// SPDX-License-Identifier: GPL-2.0-or-later
/** Nios II. arch/nios2/include/asm/pgtable-bits.h, pgtable.h, mm/init.c, kernel/head.S (fast_handler). */
import { bit, bits, clear, declareArchitecture, defineBits, modify, swapWithoutExclusive } from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PFN_MASK: [bits(19, 0), 'page frame number'],
  _PAGE_GLOBAL: [bit(20), 'not flushed on a change of address space'],
  _PAGE_EXEC: [bit(21), 'execute permission'],
  _PAGE_WRITE: [bit(22), 'write permission'],
  _PAGE_READ: [bit(23), 'read permission'],
  _PAGE_CACHED: [bit(24), 'cached'],
  _PAGE_PRESENT: [bit(25), 'resident'],
  _PAGE_ACCESSED: [bit(26), 'software: young'],
  _PAGE_DIRTY: [bit(27), 'software: dirty'],
  _PAGE_SWP_EXCLUSIVE: [bit(31), 'exclusive', 'swap'],
});
const { _PAGE_READ: R, _PAGE_WRITE: W, _PAGE_EXEC: X } = B;
const page = (rights: bigint): bigint => B._PAGE_PRESENT | B._PAGE_CACHED | rights;

export const nios2 = declareArchitecture({
  name: 'nios2',
  family: 'nios2',
  title: 'Nios II',
  kconfig: 'NIOS2 && MMU',
  source: [
    'arch/nios2/include/asm/pgtable-bits.h',
    'arch/nios2/include/asm/pgtable.h',
    'arch/nios2/mm/init.c',
    'arch/nios2/kernel/head.S',
  ],
  notes: ['The pfn is at the bottom, the flags from bit 20 on. pte_none ignores GLOBAL and the low four bits.'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0x7fff0000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 0, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { write: W, dirty: B._PAGE_DIRTY, young: B._PAGE_ACCESSED, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { present: B._PAGE_PRESENT, none: clear(bits(31, 0) & ~(B._PAGE_GLOBAL | 0xfn)) },
    pgprot: { noncached: { clear: B._PAGE_CACHED } },
    ops: { modify: modify(bits(31, 0) & ~(R | W | X), R | W | X) },
    // MKP in pgtable.h: the rights asked for, no more; private mappings are not writable.
    // biome-ignore format: private above, shared below
    protectionMap: [
      page(0n), page(R), page(0n), page(R), page(X), page(R | X), page(X), page(R | X),
      page(0n), page(R), page(W), page(R | W), page(X), page(R | X), page(W | X), page(R | W | X),
    ],
    accepted: { 'swap-none': 'pte_none ignores the low four bits, where a swap entry of type 0 has its offset' },
    access: { user: true, exec: X, read: R },
    swap: { type: { at: 26, count: 5 }, offset: [{ at: 0, count: 20 }] },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/nios2/Kconfig
    read_fault_vm_flags: 1, // arch/nios2/mm/fault.c
    ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/nios2/Kconfig
  },
  changes: [swapWithoutExclusive({ type: { at: 26, count: 2 } })],
  // fast_handler gives the entry to the TLB as it is and asks nothing; the TLB looks at R, W and X alone.
  mmu: { young: 'nobody', dirty: 'nobody', rules: { read: { if: R }, exec: { if: X }, write: { if: W } } },
});
