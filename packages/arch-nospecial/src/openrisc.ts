// SPDX-License-Identifier: GPL-2.0-or-later
/** OpenRISC 1000, 8 KiB pages. arch/openrisc/include/asm/pgtable.h, mm/init.c, kernel/head.S (TLB miss handlers). */
import { anyOf, bit, bits, declareArchitecture, defineBits, modify, swapWithoutExclusive } from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_PRESENT: [bit(0), 'resident; the cache coherency bit of the hardware'],
  _PAGE_CI: [bit(1), 'not cached'],
  _PAGE_WBC: [bit(2), 'write-back'],
  _PAGE_WOM: [bit(3), 'weakly ordered'],
  _PAGE_ACCESSED: [bit(4), 'young'],
  _PAGE_DIRTY: [bit(5), 'dirty'],
  _PAGE_URE: [bit(6), 'user may read'],
  _PAGE_UWE: [bit(7), 'user may write'],
  _PAGE_SRE: [bit(8), 'supervisor may read'],
  _PAGE_SWE: [bit(9), 'supervisor may write'],
  _PAGE_EXEC: [bit(10), 'software: execute permission'],
  _PAGE_SHARED: [bit(11), 'software: shared mapping'],
  _PAGE_SWP_EXCLUSIVE: [bit(11), 'exclusive', 'swap'],
});
const READ = B._PAGE_URE | B._PAGE_SRE;
const WRITE = B._PAGE_UWE | B._PAGE_SWE;
const { _PAGE_EXEC: X } = B;
const NONE = B._PAGE_PRESENT | B._PAGE_ACCESSED;
const R = NONE | READ;
const W = R | WRITE | B._PAGE_SHARED;

export const openrisc = declareArchitecture({
  name: 'openrisc',
  family: 'openrisc',
  title: 'OpenRISC, 8 KiB pages',
  kconfig: 'OPENRISC',
  source: ['arch/openrisc/include/asm/pgtable.h', 'arch/openrisc/mm/init.c', 'arch/openrisc/kernel/head.S'],
  bits: 32,
  bigEndian: true,
  levels: { pgd: [24, 256], pte: [13, 2048] },
  TASK_SIZE: 0x80000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 13, count: 19 }] },
    maxPhysmemBits: 32,
    flags: { write: WRITE, dirty: B._PAGE_DIRTY, young: B._PAGE_ACCESSED, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { present: B._PAGE_PRESENT, write: anyOf(WRITE), exec: X, read: anyOf(READ) },
    ops: { modify: modify(bits(31, 13) | B._PAGE_ACCESSED | B._PAGE_DIRTY) },
    // Not of the usual shape: the right to read brings the right to execute, which asking for execution alone does not.
    protectionMap: [NONE, R | X, R, R | X, R, R | X, R, R | X, NONE, R | X, W, W | X, R, R | X, W, W | X],
    access: { user: B._PAGE_URE, exec: X },
    swap: { type: { at: 5, count: 5 }, offset: [{ at: 12, count: 20 }] },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/openrisc/Kconfig
    read_fault_vm_flags: 5, // arch/openrisc/mm/fault.c
  },
  changes: [swapWithoutExclusive()],
  // dtlb_miss_handler and itlb_miss_handler look at PRESENT only, and mark nothing.
  mmu: {
    young: 'nobody',
    dirty: 'nobody',
    rules: {
      read: { if: B._PAGE_PRESENT | B._PAGE_URE },
      write: { if: B._PAGE_PRESENT | B._PAGE_UWE },
      exec: { if: { all: [B._PAGE_PRESENT, anyOf(READ | WRITE | X)] } },
    },
  },
});
