// SPDX-License-Identifier: GPL-2.0-or-later
/** LoongArch, 16 KiB pages. arch/loongarch/include/asm/pgtable-bits.h, pgtable.h, arch/loongarch/mm/cache.c, tlbex.S. */
import {
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  factsWithout,
  type HugeSpec,
  layoutWithout,
  modify,
  noDevmap,
  ones,
  protections,
  type StepSpec,
  swapWithoutExclusive,
} from '@specialbit/core/arch';
import {
  loongarch_dirty_by_hardware,
  loongarch_one_zero_page,
  loongarch_writecombine_off,
  loongarch_wrprotect_forgets_dirty,
  loongarch_zone_device,
} from './changes.js';

const { mask: B, bits: names } = defineBits({
  _PAGE_VALID: [bit(0), 'hardware: valid; also young'],
  _PAGE_ACCESSED: [bit(0), 'young: another name of VALID'],
  _PAGE_DIRTY: [bit(1), 'hardware: stores allowed'],
  _PAGE_PLV: [bits(3, 2), 'privilege level; 3 is user'],
  _CACHE_MASK: [bits(5, 4), 'memory type; 1 is coherent and cached'],
  _CACHE_CC: [bit(4), 'coherent, cached'],
  _CACHE_WUC: [bit(5), 'weakly ordered, uncached (write combining)'],
  _PAGE_GLOBAL: [bit(6), 'global, in a page entry'],
  _PAGE_HUGE: [bit(6), 'huge', 'directory'],
  _PAGE_PRESENT: [bit(7), 'software: resident'],
  _PAGE_WRITE: [bit(8), 'software: write permission'],
  _PAGE_MODIFIED: [bit(9), 'software: dirty'],
  _PAGE_PROTNONE: [bit(10), 'software: PROT_NONE'],
  _PAGE_SPECIAL: [bit(11), 'software: special'],
  _PAGE_SWP_EXCLUSIVE: [bit(23), 'exclusive', 'swap'],
  _PFN_MASK: [bits(47, 14), 'page frame number'],
  _PAGE_DEVMAP: [bit(59), 'software: page of ZONE_DEVICE'],
  _PAGE_NO_READ: [bit(61), 'inverted: no reading'],
  _PAGE_NO_EXEC: [bit(62), 'inverted: no execution'],
  _PAGE_RPLV: [bit(63), 'for exactly this privilege level'],
});
const {
  _PAGE_VALID: VALID,
  _PAGE_DIRTY: DIRTY,
  _PAGE_PRESENT: PRESENT,
  _PAGE_WRITE: WRITE,
  _PAGE_MODIFIED: MODIFIED,
  _PAGE_PLV: USER,
  _PAGE_NO_READ: NO_READ,
  _PAGE_NO_EXEC: NO_EXEC,
} = B;

/** Hardware's dirty bit is saved in software's before write permission goes. */
const saveDirty: StepSpec = { if: DIRTY, do: { or: MODIFIED } };
const CHG_MASK_NO_DEVMAP = B._PFN_MASK | USER | B._CACHE_MASK | MODIFIED | B._PAGE_SPECIAL;
const CHG_MASK = CHG_MASK_NO_DEVMAP | B._PAGE_DEVMAP;
const pte_modify = (keep: bigint): readonly StepSpec[] => [saveDirty, ...modify(keep, ones(64) & ~keep)];
const withoutDevmap = (layout: ArchitectureSpec['layout']): ArchitectureSpec['layout'] => ({
  ...layout,
  ops: { ...layout.ops, modify: pte_modify(CHG_MASK_NO_DEVMAP) },
});
const READ = VALID | USER | B._CACHE_CC | PRESENT;

const HUGE = B._PAGE_HUGE;
const HGLOBAL = bit(12);
const PRESENT_INVALID = bit(60);
/** An empty PMD holds the address of invalid_pte_table; here it is 0. */
const pmdOf = (pte: ArchitectureSpec['layout']): HugeSpec => {
  const resident = { all: [HUGE, anyOf(PRESENT | B._PAGE_PROTNONE | PRESENT_INVALID)] };
  const keep = (pte.flags?.devmap === undefined ? CHG_MASK_NO_DEVMAP : CHG_MASK) | HUGE;
  return {
    kconfig: 'TRANSPARENT_HUGEPAGE',
    bits: [
      { name: '_PAGE_HGLOBAL', mask: HGLOBAL, meaning: 'global, in a huge entry', kind: 'directory' },
      {
        name: '_PAGE_PRESENT_INVALID',
        mask: PRESENT_INVALID,
        meaning: 'software: resident all the same',
        kind: 'directory',
      },
    ],
    pfn: { fields: [{ at: 14, count: 34 }] },
    tests: {
      none: clear(ones(64)),
      present: { any: [resident, { all: [clear(HUGE), anyOf(ones(64))] }] },
      leaf: HUGE,
      trans_huge: resident,
    },
    ops: {
      mkhuge: [{ if: B._PAGE_GLOBAL, do: { or: HGLOBAL } }, { or: HUGE }],
      mkinvalid: { clear: PRESENT | VALID | DIRTY | B._PAGE_PROTNONE, or: PRESENT_INVALID },
      modify: pte_modify(keep),
    },
  };
};

export const loongarch64 = declareArchitecture({
  name: 'loongarch64',
  aliases: ['loongarch'],
  family: 'loongarch',
  title: 'LoongArch, 64-bit, 16 KiB pages',
  kconfig: 'LOONGARCH && 64BIT && PAGE_SIZE_16KB && PGTABLE_3LEVEL',
  source: [
    'arch/loongarch/include/asm/pgtable-bits.h',
    'arch/loongarch/include/asm/pgtable.h',
    'arch/loongarch/mm/cache.c',
    'arch/loongarch/mm/tlbex.S',
  ],
  notes: [
    'Young is the valid bit of the hardware: an old entry is invalid, and still present.',
    'The hardware bit called dirty is the store enable; the state is MODIFIED, or either of them.',
    'pte_none ignores GLOBAL.',
  ],
  bits: 64,
  levels: { pgd: [36, 2048], pmd: [25, 2048], pte: [14, 2048] },
  TASK_SIZE: bit(47),
  layout: {
    pteBits: 64,
    bits: names,
    pfn: { fields: [{ at: 14, count: 34 }] },
    maxPhysmemBits: 48,
    flags: {
      write: WRITE,
      young: VALID,
      special: B._PAGE_SPECIAL,
      devmap: B._PAGE_DEVMAP,
      swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
    },
    tests: {
      present: anyOf(PRESENT | B._PAGE_PROTNONE),
      none: clear(ones(64) & ~B._PAGE_GLOBAL),
      dirty: anyOf(DIRTY | MODIFIED),
      protnone: B._PAGE_PROTNONE,
      huge: B._PAGE_HUGE,
    },
    // _CACHE_SUC is 0; without CONFIG_ARCH_WRITECOMBINE wc_enabled is false, and writecombine is the same
    pgprot: { noncached: { clear: B._CACHE_MASK } },
    ops: {
      mkwrite: [{ or: WRITE }, { if: MODIFIED, do: { or: DIRTY } }],
      // of kernels from 6.17 to 7.0: see loongarch_wrprotect_forgets_dirty
      wrprotect: { clear: WRITE | DIRTY },
      mkdirty: [{ or: MODIFIED }, { if: WRITE, do: { or: DIRTY } }],
      mkclean: { clear: DIRTY | MODIFIED },
      modify: pte_modify(CHG_MASK),
    },
    protectionMap: protections({
      none: B._PAGE_PROTNONE | NO_EXEC | NO_READ | USER | B._CACHE_CC,
      read: READ | NO_EXEC,
      readExec: READ,
      write: READ | WRITE | NO_EXEC,
      writeExec: READ | WRITE,
    }),
    accepted: {
      'modify-young': 'young is the valid bit of the hardware, and that is a right: PROT_NONE takes it away',
    },
    access: { user: USER, exec: clear(NO_EXEC), read: clear(NO_READ) },
    swap: { type: { at: 16, count: 5 }, offset: [{ at: 24, count: 40 }] },
  },
  huge: { pmd: pmdOf },
  features: { pte_devmap: true },
  facts: {
    HAVE_GUP_FAST: true, // arch/loongarch/Kconfig
    HAVE_IOREMAP_PROT: true, // arch/loongarch/Kconfig
    read_fault_vm_flags: 3, // arch/loongarch/mm/fault.c
    pte_pgprot: true, // arch/loongarch/include/asm/page.h
    ARCH_SUPPORTS_NUMA_BALANCING: true, // arch/loongarch/Kconfig
    ARCH_HAS_PTE_PROTNONE: true, // arch/loongarch/Kconfig
  },
  changes: [
    layoutWithout(loongarch_wrprotect_forgets_dirty, (layout) => ({
      ...layout,
      ops: { ...layout.ops, wrprotect: [saveDirty, { clear: WRITE | DIRTY }] },
    })),
    noDevmap(withoutDevmap),
    noDevmap(withoutDevmap, loongarch_zone_device),
    layoutWithout(loongarch_dirty_by_hardware, (layout) => ({
      ...layout,
      tests: { ...layout.tests, dirty: MODIFIED },
    })),
    layoutWithout(loongarch_writecombine_off, (layout) => ({
      ...layout,
      pgprot: { ...layout.pgprot, writecombine: { clear: B._CACHE_MASK, or: B._CACHE_WUC } },
    })),
    factsWithout(loongarch_one_zero_page, { HAVE_COLOR_ZERO_PAGE: true }),
    swapWithoutExclusive(),
  ],
  // tlbex.S: a load makes the entry valid, a store also dirty, in the TLB's exception handlers.
  mmu: {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: { if: PRESENT, do: { or: VALID }, allow: { all: [USER, clear(NO_READ)] } },
      exec: { if: PRESENT, do: { or: VALID }, allow: { all: [USER, clear(NO_EXEC)] } },
      write: { if: PRESENT | WRITE, do: { or: VALID | DIRTY | MODIFIED }, allow: USER },
    },
  },
});
