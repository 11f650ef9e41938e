// SPDX-License-Identifier: GPL-2.0-or-later
/** s390, 64-bit. arch/s390/include/asm/pgtable.h, arch/s390/mm/mmap.c (protections). */
import {
  type Architecture,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  modify,
  noPerVmaLock,
  ones,
  protections,
  type StepSpec,
} from '@specialbit/core/arch';
import { type PageProtections, s390_segment_present, segmentEntries } from './s390-segment.js';

const { mask: B, bits: names } = defineBits({
  _PAGE_PRESENT: [bit(0), 'software: resident'],
  _PAGE_SOFT_DIRTY: [bit(1), 'software: soft-dirty tracking'],
  _PAGE_YOUNG: [bit(2), 'software: young'],
  _PAGE_DIRTY: [bit(3), 'software: dirty'],
  _PAGE_READ: [bit(4), 'software: read permission'],
  _PAGE_WRITE: [bit(5), 'software: write permission'],
  _PAGE_SPECIAL: [bit(6), 'software: special'],
  _PAGE_UNUSED: [bit(7), 'software: unused by the guest'],
  _PAGE_NOEXEC: [bit(8), 'hardware: no execution'],
  _PAGE_PROTECT: [bit(9), 'hardware: no stores'],
  _PAGE_INVALID: [bit(10), 'hardware: invalid'],
  _PAGE_LARGE: [bit(11), 'software: large page'],
  _PAGE_SWP_EXCLUSIVE: [bit(11), 'exclusive', 'swap'],
});
const {
  _PAGE_YOUNG: YOUNG,
  _PAGE_DIRTY: DIRTY,
  _PAGE_READ: READ,
  _PAGE_WRITE: WRITE,
  _PAGE_PROTECT: PROTECT,
  _PAGE_INVALID: INVALID,
  _PAGE_NOEXEC: NOEXEC,
} = B;

/** Software's rights become hardware's only together with software's state: valid when readable and young, unprotected when writable and dirty. */
const mkyoung: readonly StepSpec[] = [{ or: YOUNG }, { if: READ, do: { clear: INVALID } }];
const CHG_MASK = bits(63, 12) | B._PAGE_SPECIAL | DIRTY | YOUNG | B._PAGE_SOFT_DIRTY;
const NONE = B._PAGE_PRESENT | INVALID | PROTECT;
const READONLY = NONE | READ;
/** What PAGE_KERNEL and PAGE_KERNEL_RO have in common. */
const KERNEL = B._PAGE_PRESENT | READ | YOUNG | NOEXEC;

const PROTECTIONS: PageProtections = {
  none: NONE,
  read: READONLY | NOEXEC,
  readExec: READONLY,
  write: READONLY | WRITE | NOEXEC,
};

interface Variant {
  readonly name: string;
  readonly title: string;
  readonly soft_dirty: boolean;
}

function s390({ name, title, soft_dirty }: Variant): Architecture {
  const SOFT_DIRTY = soft_dirty ? B._PAGE_SOFT_DIRTY : 0n;
  const segment = segmentEntries(PROTECTIONS, soft_dirty);
  return declareArchitecture({
    name,
    family: 's390',
    title,
    kconfig: soft_dirty ? 'S390 && MEM_SOFT_DIRTY' : 'S390 && !MEM_SOFT_DIRTY',
    source: ['arch/s390/include/asm/pgtable.h', 'arch/s390/mm/mmap.c'],
    notes: [
      'An empty entry is 0x400, invalid. pfn_pte makes the entry young, and so valid where it may be read.',
      'For a machine with the no-execute facility; without it pfn_pte clears NOEXEC.',
      'A process starts with three levels; the table grows on demand. Two tables of 256 entries share a page.',
    ],
    bits: 64,
    bigEndian: true,
    levels: { pgd: [53, 2048], p4d: [42, 2048], pud: [31, 2048], pmd: [20, 2048], pte: [12, 256] },
    TASK_SIZE: bit(64) - 4096n,
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: [{ at: 12, count: 52 }] },
      maxPhysmemBits: 46,
      empty: INVALID,
      flags: {
        write: WRITE,
        dirty: DIRTY,
        young: YOUNG,
        special: B._PAGE_SPECIAL,
        soft_dirty: B._PAGE_SOFT_DIRTY,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
        swp_soft_dirty: B._PAGE_SOFT_DIRTY,
      },
      tests: { present: B._PAGE_PRESENT, protnone: equals(B._PAGE_PRESENT | READ, B._PAGE_PRESENT) },
      ops: {
        mkwrite: [{ or: WRITE }, { if: DIRTY, do: { clear: PROTECT } }],
        wrprotect: { clear: WRITE, or: PROTECT },
        mkdirty: [{ or: DIRTY | SOFT_DIRTY }, { if: WRITE, do: { clear: PROTECT } }],
        mkclean: { clear: DIRTY, or: PROTECT },
        mkyoung,
        mkold: { clear: YOUNG, or: INVALID },
        // pte_pgprot: fit for the kernel's own mappings, with the frame left in.
        pgprot: [
          { keep: CHG_MASK },
          { ifOld: WRITE, do: { or: KERNEL | WRITE | DIRTY }, else: { or: KERNEL | PROTECT } },
        ],
        modify: [
          ...modify(CHG_MASK, ones(64)),
          { if: YOUNG | READ, do: { clear: INVALID } },
          { if: DIRTY | WRITE, do: { clear: PROTECT } },
        ],
      },
      construct: mkyoung,
      protectionMap: protections({ ...PROTECTIONS, writeExec: READONLY | WRITE }),
      access: { user: true, exec: clear(NOEXEC), read: READ },
      accepted: { 'pgprot/round-trip': 'pte_pgprot gives a protection for the kernel, with the frame left in' },
      swap: { base: INVALID | PROTECT, type: { at: 2, count: 5 }, offset: [{ at: 12, count: 52 }] },
    },
    huge: { pmd: segment.withPresent },
    features: { soft_dirty },
    facts: {
      HAVE_IOREMAP_PROT: true, // arch/s390/Kconfig: with PCI
      HAVE_GUP_FAST: true, // arch/s390/Kconfig
      HAVE_COLOR_ZERO_PAGE: true, // arch/s390/include/asm/pgtable.h
      pte_pgprot: true, // arch/s390/include/asm/pgtable.h
      mk_pte_of_dirty_page: true, // mk_pte()
      PER_VMA_LOCK: true, // arch/s390/Kconfig; s390 is always SMP
      MMU_GATHER_NO_GATHER: true, // arch/s390/Kconfig
      MMU_GATHER_MERGE_VMAS: true, // arch/s390/Kconfig
      ARCH_SUPPORTS_NUMA_BALANCING: true, // arch/s390/Kconfig
      ARCH_HAS_PTE_PROTNONE: true, // arch/s390/Kconfig
    },
    changes: [
      { feature: s390_segment_present, without: (spec) => ({ ...spec, huge: { pmd: segment.withoutPresent } }) },
      noPerVmaLock(),
    ],
    // The hardware keeps such bits per frame (storage keys), not per entry; software makes it fault.
    mmu: {
      young: 'fault',
      dirty: 'fault',
      rules: {
        read: { if: clear(INVALID) },
        exec: { if: clear(INVALID | NOEXEC) },
        write: { if: clear(INVALID | PROTECT) },
      },
    },
  });
}

/** Without soft-dirty tracking: the configuration of the kernel transcripts. */
export const s390x = s390({ name: 's390x', title: 's390', soft_dirty: false });
export const s390x_soft_dirty = s390({
  name: 's390x-soft-dirty',
  title: 's390, soft-dirty tracking',
  soft_dirty: true,
});
