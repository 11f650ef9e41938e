// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Hexagon under its virtual machine. arch/hexagon/include/asm/pgtable.h, vm_mmu.h,
 * arch/hexagon/mm/init.c (protections).
 */
import { bit, bits, declareArchitecture, defineBits, modify, swapWithoutExclusive } from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_PRESENT: [bit(0), 'resident, and valid for the virtual machine'],
  _PAGE_DIRTY: [bit(1), 'software: dirty'],
  _PAGE_ACCESSED: [bit(2), 'software: young'],
  __HVM_PTE_T: [bit(4), 'trusted'],
  _PAGE_USER: [bit(5), 'user code may use it'],
  __HVM_PTE_C: [bits(8, 6), 'cache attribute'],
  _PAGE_SWP_EXCLUSIVE: [bit(6), 'exclusive', 'swap'],
  _PAGE_READ: [bit(9), 'read permission'],
  _PAGE_WRITE: [bit(10), 'write permission'],
  _PAGE_EXECUTE: [bit(11), 'execute permission'],
});
const { _PAGE_READ: R, _PAGE_WRITE: W, _PAGE_EXECUTE: X } = B;
const page = (rights: bigint): bigint => B._PAGE_PRESENT | B._PAGE_USER | B.__HVM_PTE_C | rights;

export const hexagon = declareArchitecture({
  name: 'hexagon',
  family: 'hexagon',
  title: 'Hexagon virtual machine, 4 KiB pages',
  kconfig: 'HEXAGON && PAGE_SIZE_4KB',
  source: ['arch/hexagon/include/asm/pgtable.h', 'arch/hexagon/include/asm/vm_mmu.h', 'arch/hexagon/mm/init.c'],
  notes: ['The swap offset is split over bits 7 to 9 and 13 to 31.'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xc0000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { write: W, dirty: B._PAGE_DIRTY, young: B._PAGE_ACCESSED, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { present: B._PAGE_PRESENT, exec: X, read: R },
    ops: { modify: modify(bits(31, 12), bits(11, 0)) },
    // arch/hexagon/mm/init.c: the rights asked for, no more; private mappings are not writable.
    // biome-ignore format: private above, shared below
    protectionMap: [
      page(0n), page(R), page(0n), page(R), page(X), page(R | X), page(X), page(R | X),
      page(0n), page(R), page(W), page(R | W), page(X), page(R | X), page(W | X), page(R | W | X),
    ],
    accepted: {
      'modify-dirty': 'pte_modify takes all of the lower twelve bits from the protection',
      'modify-young': 'pte_modify takes all of the lower twelve bits from the protection',
    },
    access: { user: B._PAGE_USER, exec: X, read: R },
    swap: {
      type: { at: 1, count: 5 },
      offset: [
        { at: 7, count: 3 },
        { at: 13, count: 19, from: 3 },
      ],
    },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/hexagon/Kconfig
    read_fault_vm_flags: 1, // arch/hexagon/mm/vm_fault.c
  },
  // Young and dirty are software bits that the virtual machine does not know.
  changes: [
    swapWithoutExclusive({
      offset: [
        { at: 6, count: 4 },
        { at: 13, count: 19, from: 4 },
      ],
    }),
  ],
  mmu: { young: 'nobody', dirty: 'nobody' },
});
