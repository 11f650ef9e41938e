// SPDX-License-Identifier: GPL-2.0-or-later
/** MicroBlaze. arch/microblaze/include/asm/pgtable.h, mm/init.c, kernel/hw_exception_handler.S. */
import { bit, declareArchitecture, defineBits, modify, protections, swapWithoutExclusive } from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_GUARDED: [bit(0), 'guarded storage'],
  _PAGE_PRESENT: [bit(1), 'resident'],
  _PAGE_NO_CACHE: [bit(2), 'not cached'],
  _PAGE_WRITETHRU: [bit(3), 'write-through'],
  _PAGE_USER: [bit(4), 'user code may use it'],
  _PAGE_RW: [bit(6), 'software: write permission'],
  _PAGE_DIRTY: [bit(7), 'software: dirty'],
  _PAGE_SWP_EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  _PAGE_HWWRITE: [bit(8), 'hardware: stores allowed, set by the first store'],
  _PAGE_HWEXEC: [bit(9), 'hardware: execution allowed, set while the TLB is loaded'],
  _PAGE_ACCESSED: [bit(10), 'software: young'],
  _PAGE_CHG_MASK: [0xfffff480, 'what pte_modify keeps', 'mask'],
});
const READ = B._PAGE_PRESENT | B._PAGE_ACCESSED | B._PAGE_USER;
const USER_PAGE = B._PAGE_PRESENT | B._PAGE_USER;

export const microblaze = declareArchitecture({
  name: 'microblaze',
  family: 'microblaze',
  title: 'MicroBlaze',
  kconfig: 'MICROBLAZE && MMU',
  source: [
    'arch/microblaze/include/asm/pgtable.h',
    'arch/microblaze/mm/init.c',
    'arch/microblaze/kernel/hw_exception_handler.S',
  ],
  notes: ['The MMU cannot forbid execution of single pages. Shown little-endian; the architecture has both.'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xc0000000n,
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { write: B._PAGE_RW, dirty: B._PAGE_DIRTY, young: B._PAGE_ACCESSED, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    // pte_exec asks for _PAGE_EXEC, which is no bit here.
    tests: { present: B._PAGE_PRESENT, exec: false, read: B._PAGE_USER },
    pgprot: { noncached: { clear: B._PAGE_WRITETHRU, or: B._PAGE_NO_CACHE | B._PAGE_GUARDED } },
    ops: {
      wrprotect: { clear: B._PAGE_RW | B._PAGE_HWWRITE },
      mkclean: { clear: B._PAGE_DIRTY | B._PAGE_HWWRITE },
      modify: modify(B._PAGE_CHG_MASK),
    },
    protectionMap: protections({ none: B._PAGE_PRESENT | B._PAGE_ACCESSED, read: READ, write: READ | B._PAGE_RW }),
    access: { user: B._PAGE_USER, exec: true },
    swap: { type: { at: 2, count: 5 }, offset: [{ at: 8, count: 24 }] },
  },
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/microblaze/Kconfig
    read_fault_vm_flags: 5, // arch/microblaze/mm/fault.c
    MMU_GATHER_NO_RANGE: true, // arch/microblaze/Kconfig
    MMU_GATHER_MERGE_VMAS: true, // arch/Kconfig: selected by NO_RANGE
  },
  changes: [swapWithoutExclusive()],
  // The miss handlers mark any resident page young; handle_data_storage_exception lets the first store through.
  mmu: {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: { if: B._PAGE_PRESENT, do: { or: B._PAGE_ACCESSED }, allow: B._PAGE_USER },
      exec: { if: B._PAGE_PRESENT, do: { or: B._PAGE_ACCESSED }, allow: B._PAGE_USER },
      write: { if: USER_PAGE | B._PAGE_RW, do: { or: B._PAGE_ACCESSED | B._PAGE_DIRTY | B._PAGE_HWWRITE } },
    },
  },
});
