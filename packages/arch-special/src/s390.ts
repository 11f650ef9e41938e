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
  type HugeSpec,
  modify,
  noPerVmaLock,
  ones,
  protections,
  type StepSpec,
} from '@specialbit/core/arch';

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

const S = {
  READ: bit(0),
  WRITE: bit(1),
  INVALID: bit(5),
  NOEXEC: bit(8),
  PROTECT: bit(9),
  LARGE: bit(10),
  YOUNG: bit(12),
  DIRTY: bit(13),
  SOFT_DIRTY: bit(14),
} as const;
/** massage_pgprot_pmd(): the page protection in the low 12 bits becomes that of a segment. */
function segment(page: bigint, protection: bigint, otherwise: StepSpec): StepSpec {
  return { if: equals(bits(11, 0), page), do: { clear: bits(11, 0), or: protection }, else: otherwise };
}
const TO_SEGMENT = segment(
  NONE,
  S.INVALID | S.PROTECT,
  segment(
    READONLY | NOEXEC,
    S.PROTECT | S.READ | S.NOEXEC,
    segment(
      READONLY,
      S.PROTECT | S.READ,
      segment(READONLY | WRITE | NOEXEC, S.READ | S.WRITE | S.NOEXEC, {
        clear: bits(11, 0),
        or: S.READ | S.WRITE,
      }),
    ),
  ),
);
const segment_mkyoung: readonly StepSpec[] = [{ or: S.YOUNG }, { if: S.READ, do: { clear: S.INVALID } }];
/** Segment-table entries have a format of their own. */
const PMD: HugeSpec = {
  kconfig: 'TRANSPARENT_HUGEPAGE',
  bits: [
    { name: '_SEGMENT_ENTRY_READ', mask: S.READ, meaning: 'software: read permission', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_WRITE', mask: S.WRITE, meaning: 'software: write permission', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_INVALID', mask: S.INVALID, meaning: 'hardware: invalid', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_NOEXEC', mask: S.NOEXEC, meaning: 'hardware: no execution', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_PROTECT', mask: S.PROTECT, meaning: 'hardware: no stores', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_LARGE', mask: S.LARGE, meaning: 'hardware: maps a large page', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_YOUNG', mask: S.YOUNG, meaning: 'software: young', kind: 'directory' },
    { name: '_SEGMENT_ENTRY_DIRTY', mask: S.DIRTY, meaning: 'software: dirty', kind: 'directory' },
  ],
  construct: TO_SEGMENT,
  empty: S.INVALID,
  tests: {
    none: equals(ones(64), S.INVALID),
    present: { not: equals(ones(64), S.INVALID) },
    leaf: S.LARGE,
    write: S.WRITE,
    dirty: S.DIRTY,
    young: S.YOUNG,
    protnone: { all: [S.LARGE, clear(S.READ)] },
    soft_dirty: S.SOFT_DIRTY,
  },
  ops: {
    mkhuge: { or: S.LARGE | S.YOUNG | S.PROTECT },
    mkinvalid: { or: S.INVALID },
    mkwrite: [{ or: S.WRITE }, { if: S.DIRTY, do: { clear: S.PROTECT } }],
    wrprotect: { clear: S.WRITE, or: S.PROTECT },
    mkdirty: [{ or: S.DIRTY }, { if: S.WRITE, do: { clear: S.PROTECT } }],
    mkclean: { clear: S.DIRTY, or: S.PROTECT },
    mkyoung: segment_mkyoung,
    mkold: { clear: S.YOUNG, or: S.INVALID },
    mksoft_dirty: { or: S.SOFT_DIRTY },
    clear_soft_dirty: { clear: S.SOFT_DIRTY },
    modify: [
      { keep: bits(63, 20) | S.DIRTY | S.YOUNG | S.SOFT_DIRTY },
      { orProt: bits(11, 0) },
      TO_SEGMENT,
      { ifOld: S.LARGE, do: { or: S.LARGE } },
      { if: S.DIRTY, do: [], else: { or: S.PROTECT } },
      { if: S.YOUNG, do: [], else: { or: S.INVALID } },
    ],
  },
};

const pmdOf = (soft_dirty: boolean): HugeSpec =>
  soft_dirty
    ? {
        ...PMD,
        ops: { ...PMD.ops, mkdirty: [{ or: S.DIRTY | S.SOFT_DIRTY }, { if: S.WRITE, do: { clear: S.PROTECT } }] },
      }
    : PMD;

interface Variant {
  readonly name: string;
  readonly title: string;
  readonly soft_dirty: boolean;
}

function s390({ name, title, soft_dirty }: Variant): Architecture {
  const SOFT_DIRTY = soft_dirty ? B._PAGE_SOFT_DIRTY : 0n;
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
      protectionMap: protections({
        none: NONE,
        read: READONLY | NOEXEC,
        readExec: READONLY,
        write: READONLY | WRITE | NOEXEC,
        writeExec: READONLY | WRITE,
      }),
      access: { user: true, exec: clear(NOEXEC), read: READ },
      accepted: { 'pgprot/round-trip': 'pte_pgprot gives a protection for the kernel, with the frame left in' },
      swap: { base: INVALID | PROTECT, type: { at: 2, count: 5 }, offset: [{ at: 12, count: 52 }] },
    },
    huge: { pmd: pmdOf(soft_dirty) },
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
    },
    changes: [noPerVmaLock()],
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
