// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * C-SKY (abiv2). Software's own bits and the two bits that the TLB sees are kept apart: valid only
 * when young and readable, dirty (store enable) only when writable and modified.
 * arch/csky/abiv2/inc/abi/pgtable-bits.h, arch/csky/include/asm/pgtable.h, arch/csky/mm/init.c.
 */
import {
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  modify,
  protections,
  silentBits,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_GLOBAL: [bit(0), 'not flushed on a change of address space'],
  _PAGE_VALID: [bit(1), 'hardware: valid'],
  _PAGE_DIRTY: [bit(2), 'hardware: stores allowed'],
  _PAGE_CACHE: [bit(3), 'cached'],
  _PAGE_SO: [bit(5), 'strong order'],
  _PAGE_BUF: [bit(6), 'bufferable'],
  _PAGE_ACCESSED: [bit(7), 'young'],
  _PAGE_SWP_EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  _PAGE_READ: [bit(8), 'read permission'],
  _PAGE_WRITE: [bit(9), 'write permission'],
  _PAGE_PROT_NONE: [bit(9), 'PROT_NONE', 'absent'],
  _PAGE_PRESENT: [bit(10), 'resident'],
  _PAGE_MODIFIED: [bit(11), 'software: dirty'],
  _PAGE_CHG_MASK: [0xfffff8f6, 'what pte_modify keeps', 'mask'],
});

/** pfn_pte leaves the hardware's valid bit to the first fault; __wp_page_copy_user makes only old entries young. */
const UNREADABLE = 'a fresh entry is young and not valid, so that copying from it faults and the kernel warns';
const soft = silentBits({
  write: B._PAGE_WRITE,
  modified: B._PAGE_MODIFIED,
  accessed: B._PAGE_ACCESSED,
  readable: B._PAGE_READ,
  valid: B._PAGE_VALID,
  storeEnable: B._PAGE_DIRTY,
});
const READ = B._PAGE_PRESENT | B._PAGE_ACCESSED | B._PAGE_READ | B._PAGE_CACHE | B._PAGE_BUF;

export const csky = declareArchitecture({
  name: 'csky',
  family: 'csky',
  title: 'C-SKY (abiv2)',
  kconfig: 'CSKY && CPU_CK807 || CPU_CK810 || CPU_CK860',
  source: ['arch/csky/abiv2/inc/abi/pgtable-bits.h', 'arch/csky/include/asm/pgtable.h', 'arch/csky/mm/init.c'],
  notes: [
    'A PROT_NONE entry has no PRESENT bit and is not empty either: it reads as a swap entry, and as writable.',
    'The swap offset has its lowest bit at bit 8 and the others from bit 11 on.',
  ],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0x7fff8000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { ...soft.tests, present: B._PAGE_PRESENT, none: clear(bits(31, 1)), read: B._PAGE_READ },
    pgprot: { noncached: { clear: B._PAGE_CACHE, or: B._PAGE_SO }, writecombine: { clear: B._PAGE_CACHE } },
    ops: { ...soft.ops, modify: modify(B._PAGE_CHG_MASK) },
    protectionMap: protections({ none: B._PAGE_PROT_NONE, read: READ, write: READ | B._PAGE_WRITE }),
    access: { user: true, exec: true, read: B._PAGE_READ },
    accepted: {
      'kinds/prot-none': 'a PROT_NONE entry has no PRESENT bit and is not empty',
      'access/write-needs-right': 'pte_modify keeps the bits of the hardware, the store enable among them',
      'access/modify-takes-store': 'pte_modify keeps the bits of the hardware, the store enable among them',
      'behaviour/mprotect-keeps-frames': 'a PROT_NONE entry reads as a swap entry',
      'behaviour/cow-linear': UNREADABLE,
      'behaviour/cow-linear-fork': UNREADABLE,
      'behaviour/cow-linear-move': UNREADABLE,
      'behaviour/anonymous-fits-rule': UNREADABLE,
    },
    swap: {
      type: { at: 2, count: 5 },
      offset: [
        { at: 8, count: 1 },
        { at: 11, count: 21, from: 1 },
      ],
    },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/csky/Kconfig
    ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/csky/Kconfig
  },
  // The refill is hardware's; arch/csky/kernel/traps.c sends every TLB exception to csky_pagefault.
  changes: [
    swapWithoutExclusive({
      offset: [
        { at: 7, count: 2 },
        { at: 11, count: 21, from: 2 },
      ],
    }),
  ],
  mmu: {
    young: 'fault',
    dirty: 'fault',
    rules: {
      read: { if: B._PAGE_VALID },
      exec: { if: B._PAGE_VALID },
      write: { if: B._PAGE_VALID | B._PAGE_DIRTY },
    },
  },
});
