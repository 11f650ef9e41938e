// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * LoongArch, 32-bit, 16 KiB pages: from Linux 6.19 on. No bit is left for special, nor for PROT_NONE.
 * arch/loongarch/include/asm/pgtable-bits.h, pgtable.h, arch/loongarch/mm/cache.c, tlbex.S.
 */
import {
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  type Feature,
  layoutWithout,
  modify,
  ones,
  protections,
  type StepSpec,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_VALID: [bit(0), 'hardware: valid; also young'],
  _PAGE_ACCESSED: [bit(0), 'young: another name of VALID'],
  _PAGE_DIRTY: [bit(1), 'hardware: stores allowed'],
  _PAGE_PLV: [bits(3, 2), 'privilege level; 3 is user'],
  _CACHE_MASK: [bits(5, 4), 'memory type; 1 is coherent and cached'],
  _CACHE_CC: [bit(4), 'coherent, cached'],
  _PAGE_GLOBAL: [bit(6), 'global, in a page entry'],
  _PAGE_HUGE: [bit(6), 'huge', 'directory'],
  _PAGE_PRESENT: [bit(7), 'software: resident'],
  _PFN_MASK: [bits(27, 10), 'page frame number'],
  _PAGE_SWP_EXCLUSIVE: [bit(13), 'exclusive', 'swap'],
  _PAGE_WRITE: [bit(29), 'software: write permission'],
  _PAGE_MODIFIED: [bit(30), 'software: dirty'],
});
const { _PAGE_VALID: VALID, _PAGE_DIRTY: DIRTY, _PAGE_PRESENT: PRESENT, _PAGE_WRITE: WRITE } = B;
const { _PAGE_MODIFIED: MODIFIED, _PAGE_PLV: USER } = B;

/** Hardware's dirty bit is saved in software's before write permission goes. */
const saveDirty: StepSpec = { if: DIRTY, do: { or: MODIFIED } };
const CHG_MASK = B._PFN_MASK | USER | B._CACHE_MASK | MODIFIED;
const NONE = USER | B._CACHE_CC | PRESENT;
const READ = NONE | VALID;

/** arch/loongarch/include/asm/pgtable.h: pte_wrprotect(), the same as of 64 bits. */
const loongarch32_wrprotect_forgets_dirty: Feature = {
  name: 'loongarch32_wrprotect_forgets_dirty',
  summary: 'loongarch32: pte_wrprotect() clears the hardware dirty bit and notes it nowhere',
  without: 'loongarch32: pte_wrprotect() keeps the dirty state in MODIFIED when it clears the dirty bit',
  since: {
    version: '6.19',
    commit: '708ed32c84cc',
    subject: 'LoongArch: Adjust common macro definitions for 32BIT/64BIT',
  },
  until: { version: '7.1', subject: 'pte_wrprotect() sets MODIFIED where DIRTY was set', after: '6.19.11' },
  where: 'arch/loongarch/include/asm/pgtable.h, pte_wrprotect()',
  evidence: 'source',
};

export const loongarch32 = declareArchitecture({
  name: 'loongarch32',
  family: 'loongarch',
  title: 'LoongArch, 32-bit, 16 KiB pages (from Linux 6.19 on)',
  kconfig: 'LOONGARCH && 32BIT && PAGE_SIZE_16KB && PGTABLE_2LEVEL; no such kernel before 6.19',
  source: [
    'arch/loongarch/include/asm/pgtable-bits.h',
    'arch/loongarch/include/asm/pgtable.h',
    'arch/loongarch/mm/cache.c',
    'arch/loongarch/mm/tlbex.S',
  ],
  notes: [
    'The 64-bit layout has the special bit, this one has no room for it.',
    'PROT_NONE is a resident entry that is not valid, exactly as an old one is: the handlers of the TLB, which look at PRESENT, make it valid and let the access through (read in tlbex.S; not run).',
    'Young is the valid bit of the hardware; the hardware bit called dirty is the store enable.',
  ],
  bits: 32,
  levels: { pgd: [26, 4096], pte: [14, 4096] },
  TASK_SIZE: bit(31),
  layout: {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: 10, count: 18 }] },
    flags: { write: WRITE, young: VALID, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: {
      present: PRESENT,
      none: clear(ones(32) & ~B._PAGE_GLOBAL),
      dirty: anyOf(DIRTY | MODIFIED),
      huge: B._PAGE_HUGE,
    },
    // _CACHE_SUC is 0; without CONFIG_ARCH_WRITECOMBINE wc_enabled is false, and writecombine is the same
    pgprot: { noncached: { clear: B._CACHE_MASK } },
    ops: {
      mkwrite: [{ or: WRITE }, { if: MODIFIED, do: { or: DIRTY } }],
      // of 6.19 and 7.0: see loongarch32_wrprotect_forgets_dirty
      wrprotect: { clear: WRITE | DIRTY },
      mkdirty: [{ or: MODIFIED }, { if: WRITE, do: { or: DIRTY } }],
      mkclean: { clear: DIRTY | MODIFIED },
      modify: [saveDirty, ...modify(CHG_MASK, ones(32) & ~CHG_MASK)],
    },
    protectionMap: protections({
      none: NONE,
      read: READ,
      readExec: READ,
      write: READ | WRITE,
      writeExec: READ | WRITE,
    }),
    accepted: {
      'modify-young': 'young is the valid bit of the hardware, and that is a right: PROT_NONE takes it away',
      'access/only-pages': 'a PROT_NONE entry is PRESENT, and that is all that the load handler of tlbex.S asks for',
      'behaviour/mprotect-keeps-frames': 'a PROT_NONE entry is PRESENT: a load makes it valid and gets through',
    },
    access: { user: USER, exec: USER },
    swap: { type: { at: 8, count: 5 }, offset: [{ at: 14, count: 18 }] },
  },
  facts: {
    HAVE_IOREMAP_PROT: true, // arch/loongarch/Kconfig
    HAVE_GUP_FAST: true, // arch/loongarch/Kconfig
    read_fault_vm_flags: 3, // arch/loongarch/mm/fault.c
    pte_pgprot: true, // arch/loongarch/include/asm/page.h
  },
  changes: [
    layoutWithout(loongarch32_wrprotect_forgets_dirty, (layout) => ({
      ...layout,
      ops: { ...layout.ops, wrprotect: [saveDirty, { clear: WRITE | DIRTY }] },
    })),
  ],
  // tlbex.S: a load makes the entry valid, a store also dirty, in the TLB's exception handlers.
  mmu: {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: { if: PRESENT, do: { or: VALID }, allow: USER },
      exec: { if: PRESENT, do: { or: VALID }, allow: USER },
      write: { if: PRESENT | WRITE, do: { or: VALID | DIRTY | MODIFIED }, allow: USER },
    },
  },
});
