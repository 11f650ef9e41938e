// SPDX-License-Identifier: GPL-2.0-or-later
/** ARC (ARCv2 MMU), 8 KiB pages. arch/arc/include/asm/pgtable-bits-arcv2.h, arch/arc/mm/mmap.c, tlbex.S. */
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
  _PAGE_CACHEABLE: [bit(0), 'cached'],
  _PAGE_EXECUTE: [bit(1), 'execute permission'],
  _PAGE_WRITE: [bit(2), 'write permission'],
  _PAGE_READ: [bit(3), 'read permission'],
  _PAGE_ACCESSED: [bit(4), 'software: young'],
  _PAGE_DIRTY: [bit(5), 'software: dirty'],
  _PAGE_SWP_EXCLUSIVE: [bit(5), 'exclusive', 'swap'],
  _PAGE_SPECIAL: [bit(6), 'software: special'],
  _PAGE_GLOBAL: [bit(8), 'not flushed on a change of address space'],
  _PAGE_PRESENT: [bit(9), 'resident'],
});
const {
  _PAGE_EXECUTE: X,
  _PAGE_WRITE: W,
  _PAGE_READ: R,
  _PAGE_ACCESSED: ACCESSED,
  _PAGE_DIRTY: DIRTY,
  _PAGE_PRESENT: PRESENT,
} = B;
const page = (rights: bigint): bigint => PRESENT | B._PAGE_CACHEABLE | rights;

export const arc = declareArchitecture({
  name: 'arc',
  family: 'arc',
  title: 'ARC HS, 8 KiB pages',
  kconfig: 'ARC && ISA_ARCV2 && ARC_PAGE_SIZE_8K',
  source: ['arch/arc/include/asm/pgtable-bits-arcv2.h', 'arch/arc/mm/mmap.c', 'arch/arc/mm/tlbex.S'],
  notes: ["Both words of the TLB entry, merged. Rights are those of user code; the refill adds the kernel's."],
  bits: 32,
  levels: { pgd: [21, 2048], pte: [13, 256] },
  TASK_SIZE: 0x60000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 13, count: 19 }] },
    maxPhysmemBits: 32,
    flags: { write: W, dirty: DIRTY, young: ACCESSED, special: B._PAGE_SPECIAL, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { present: PRESENT },
    pgprot: { noncached: { clear: B._PAGE_CACHEABLE } },
    ops: { pgprot: [], modify: modify(bits(31, 13) | ACCESSED | DIRTY | B._PAGE_SPECIAL) },
    protectionMap: protections({
      none: page(0n),
      read: page(R),
      readExec: page(R | X),
      write: page(R | W),
      writeExec: page(R | W | X),
    }),
    access: { user: true, exec: X, read: R },
    swap: { type: { at: 0, count: 5 }, offset: [{ at: 13, count: 19 }] },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/arc/Kconfig
    HAVE_IOREMAP_PROT: true, // arch/arc/Kconfig
    read_fault_vm_flags: 1, // arch/arc/mm/fault.c
    pte_pgprot: true, // arch/arc/include/asm/page.h
    shm_align: 2 * 8192, // arch/arc/include/asm/shmparam.h, arch/arc/mm/mmap.c
  },
  changes: [swapWithoutExclusive()],
  // EV_TLBMissI and EV_TLBMissD check the rights and mark the entry.
  mmu: {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: { if: PRESENT | R, do: { or: ACCESSED } },
      exec: { if: PRESENT | X, do: { or: ACCESSED } },
      write: { if: PRESENT | W, do: { or: ACCESSED | DIRTY } },
    },
  },
});
