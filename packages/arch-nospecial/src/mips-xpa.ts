// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * MIPS32 with extended physical addresses: an entry of two words. The value here is pte_low |
 * pte_high << 32. Software's bits and the upper pfn bits are in the low word, EntryLo and the lower
 * pfn bits in the high word; a protection is or-ed into both.
 * arch/mips/include/asm/pgtable-bits.h, pgtable.h, pgtable-32.h.
 */
import { bit, bits, clear, declareArchitecture, defineBits, modify, swapWithoutExclusive } from '@specialbit/core/arch';
import { MIPS_FACTS } from './mips.js';

const { mask: B, bits: names } = defineBits({
  _PFNX_MASK: [bits(23, 0), 'low word: upper pfn bits'],
  _PAGE_PRESENT: [bit(24), 'low word: resident'],
  _PAGE_WRITE: [bit(25), 'low word: write permission'],
  _PAGE_SWP_EXCLUSIVE: [bit(25), 'exclusive', 'swap'],
  _PAGE_ACCESSED: [bit(26), 'low word: young'],
  _PAGE_MODIFIED: [bit(27), 'low word: dirty'],
  _PAGE_NO_EXEC: [bit(32), 'high word: no execution'],
  _PAGE_NO_READ: [bit(33), 'high word: no reading'],
  _PAGE_GLOBAL: [bit(34), 'high word: EntryLo G'],
  _PAGE_VALID: [bit(35), 'high word: EntryLo V'],
  _PAGE_DIRTY: [bit(36), 'high word: EntryLo D, stores allowed'],
  _CACHE_MASK: [bits(39, 37), 'high word: EntryLo C'],
});
const {
  _PAGE_PRESENT: PRESENT,
  _PAGE_WRITE: WRITE,
  _PAGE_ACCESSED: ACCESSED,
  _PAGE_VALID: VALID,
  _PAGE_NO_READ: NO_READ,
} = B;
const NO_EXEC = B._PAGE_NO_EXEC;
/** Cached, noncoherent. */
const page = PRESENT | (3n << 37n);

export const mips32r2_xpa = declareArchitecture({
  name: 'mips32r2-xpa',
  family: 'mips',
  title: 'MIPS32 release 5 with XPA, 16 KiB pages',
  kconfig: '32BIT && CPU_MIPS32_R5_XPA && PAGE_SIZE_16KB',
  source: [
    'arch/mips/include/asm/pgtable-bits.h',
    'arch/mips/include/asm/pgtable.h',
    'arch/mips/include/asm/pgtable-32.h',
  ],
  notes: [
    'pfn bits 22 and 23 get lost between the two words with 16 KiB pages.',
    'pte_mkyoung asks the low word for NO_READ, which stands in the high word: it reads a bit of the pfn.',
    'pte_none looks at the high word alone.',
  ],
  bits: 32,
  levels: { pgd: [25, 128], pte: [14, 2048] },
  TASK_SIZE: 0x80000000n,
  layout: {
    pteBits: 64,
    bits: names,
    // The pfn's upper part (address bits from 38 on) is left out: 22 bits are what survives.
    pfn: { fields: [{ at: 42, count: 22 }] },
    flags: { swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: {
      present: PRESENT,
      none: clear(bits(63, 32) & ~B._PAGE_GLOBAL),
      write: WRITE,
      dirty: B._PAGE_MODIFIED,
      young: ACCESSED,
    },
    pgprot: { noncached: { clear: B._CACHE_MASK, or: 2n << 37n } },
    ops: {
      mkwrite: [{ or: WRITE }, { if: B._PAGE_MODIFIED, do: { or: B._PAGE_DIRTY } }],
      wrprotect: { clear: WRITE | B._PAGE_DIRTY },
      mkdirty: [{ or: B._PAGE_MODIFIED }, { if: WRITE, do: { or: B._PAGE_DIRTY } }],
      mkclean: { clear: B._PAGE_MODIFIED | B._PAGE_DIRTY },
      mkyoung: [{ or: ACCESSED }, { if: clear(NO_READ >> 32n), do: { or: VALID } }],
      mkold: { clear: ACCESSED | VALID },
      modify: modify('0xfffffce00cffffff', '0x31ff3000000'),
    },
    // biome-ignore format: private above, shared below
    protectionMap: [
      page | NO_EXEC | NO_READ, page | NO_EXEC, page | NO_EXEC | NO_READ, page | NO_EXEC, page, page, page, page,
      page | NO_EXEC | NO_READ, page | NO_EXEC, page | WRITE | NO_EXEC | NO_READ, page | WRITE | NO_EXEC, page, page, page | WRITE, page | WRITE,
    ],
    access: { user: true, exec: clear(NO_EXEC), read: clear(NO_READ) },
    swap: { type: { at: 36, count: 5 }, offset: [{ at: 41, count: 23 }] },
  },
  facts: { ...MIPS_FACTS, read_fault_vm_flags: 1 }, // arch/mips/mm/fault.c: with RIXI
  changes: [swapWithoutExclusive()],
  mmu: {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: { if: PRESENT, do: { or: VALID | ACCESSED }, allow: clear(NO_READ) },
      exec: { if: PRESENT, do: { or: VALID | ACCESSED }, allow: clear(NO_EXEC) },
      write: { if: PRESENT | WRITE, do: { or: VALID | ACCESSED | B._PAGE_MODIFIED | B._PAGE_DIRTY } },
    },
  },
});
