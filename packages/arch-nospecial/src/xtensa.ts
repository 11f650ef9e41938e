// SPDX-License-Identifier: GPL-2.0-or-later
/** Xtensa. arch/xtensa/include/asm/pgtable.h, arch/xtensa/mm/init.c, kernel/entry.S (fast_store_prohibited). */
import {
  bit,
  bits,
  declareArchitecture,
  defineBits,
  modify,
  protections,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_HW_EXEC: [bit(0), 'execute permission'],
  _PAGE_HW_WRITE: [bit(1), 'hardware: stores allowed, set by the first store'],
  _PAGE_SWP_EXCLUSIVE: [bit(1), 'exclusive', 'swap'],
  _PAGE_CA_MASK: [bits(3, 2), 'cache attribute; 3 is an invalid entry'],
  _PAGE_CA_WB: [bit(2), 'cache attribute: write-back'],
  _PAGE_NONE: [bits(3, 0), 'attribute 15: PROT_NONE'],
  _PAGE_USER: [bit(4), 'user code may use it'],
  _PAGE_WRITABLE: [bit(6), 'software: write permission'],
  _PAGE_DIRTY: [bit(7), 'software: dirty'],
  _PAGE_ACCESSED: [bit(8), 'software: young'],
});
const INVALID = B._PAGE_CA_MASK;
const EMPTY = INVALID | B._PAGE_USER;
const READ = B._PAGE_CA_WB | B._PAGE_ACCESSED | B._PAGE_USER;
const WRITE = READ | B._PAGE_WRITABLE;
const { _PAGE_HW_EXEC: X } = B;
const mapped = { all: [{ not: INVALID }, B._PAGE_USER] };

export const xtensa = declareArchitecture({
  name: 'xtensa',
  family: 'xtensa',
  title: 'Xtensa',
  kconfig: 'XTENSA && MMU',
  source: ['arch/xtensa/include/asm/pgtable.h', 'arch/xtensa/mm/init.c', 'arch/xtensa/kernel/entry.S'],
  notes: ['An empty entry is 0x1c: an invalid cache attribute in the user ring. Swap entries are built on it.'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0x40000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    empty: EMPTY,
    flags: {
      write: B._PAGE_WRITABLE,
      dirty: B._PAGE_DIRTY,
      young: B._PAGE_ACCESSED,
      swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
    },
    tests: { present: { any: [{ not: INVALID }, B._PAGE_NONE] } },
    pgprot: { noncached: { clear: B._PAGE_CA_MASK } }, // _PAGE_CA_BYPASS is 0
    ops: {
      wrprotect: { clear: B._PAGE_WRITABLE | B._PAGE_HW_WRITE },
      mkclean: { clear: B._PAGE_DIRTY | B._PAGE_HW_WRITE },
      modify: modify(bits(31, 12) | B._PAGE_ACCESSED | B._PAGE_DIRTY),
    },
    protectionMap: protections({
      none: B._PAGE_NONE | B._PAGE_USER,
      read: READ,
      readExec: READ | X,
      write: WRITE,
      writeExec: WRITE | X,
    }),
    access: { user: mapped, exec: X },
    swap: { base: EMPTY, type: { at: 6, count: 5 }, offset: [{ at: 11, count: 21 }] },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/xtensa/Kconfig: if MMU
    read_fault_vm_flags: 3, // arch/xtensa/mm/fault.c
    ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/xtensa/Kconfig
  },
  changes: [swapWithoutExclusive()],
  // The CPU refills its TLB and marks nothing; fast_store_prohibited lets the first store through.
  mmu: {
    young: 'nobody',
    dirty: 'tlb-refill',
    rules: {
      write: {
        if: { all: [mapped, B._PAGE_WRITABLE] },
        do: { or: B._PAGE_ACCESSED | B._PAGE_DIRTY | B._PAGE_HW_WRITE },
      },
    },
  },
});
