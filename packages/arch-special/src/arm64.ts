// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * arm64, in all combinations of page size and address width that move bits of the entry.
 * arch/arm64/include/asm/pgtable-hwdef.h, pgtable-prot.h, pgtable.h; arch/arm64/mm/mmap.c.
 */
import {
  type Architecture,
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  type FieldSpec,
  type HugeSpec,
  layoutWithout,
  type MmuSpec,
  noDevmap,
  noHugePfnmap,
  noPerVmaLock,
  ones,
  protections,
  rmapNotDelayed,
  type StepSpec,
  uffdBitsRenamed,
  withoutBits,
} from '@specialbit/core/arch';
import { olderArm64 } from './arm64-older.js';
import {
  arm64_contpte,
  arm64_mkcont_only,
  arm64_permission_overlay,
  arm64_present_invalid,
  arm64_uffd_wp,
} from './changes.js';
import { contpte } from './contpte.js';

const { mask: B, bits: names } = defineBits({
  PTE_VALID: [bit(0), 'valid for the hardware'],
  PTE_TYPE_PAGE: [bits(1, 0), 'a page'],
  PTE_ATTRINDX_MASK: [bits(4, 2), 'index of the memory type'],
  PTE_SWP_EXCLUSIVE: [bit(2), 'exclusive', 'swap'],
  PTE_SWP_UFFD_WP: [bit(3), 'userfaultfd', 'swap'],
  PTE_USER: [bit(6), 'user code may use it'],
  PTE_RDONLY: [bit(7), 'hardware: read only'],
  PTE_SHARED: [bits(9, 8), 'inner shareable'],
  PTE_AF: [bit(10), 'access flag: young'],
  PTE_NG: [bit(11), 'not global'],
  PTE_PRESENT_INVALID: [bit(11), 'software: resident all the same', 'absent'],
  PTE_GP: [bit(50), 'guarded page (BTI)'],
  PTE_WRITE: [bit(51), 'software: write permission; for hardware, dirty bit management'],
  PTE_CONT: [bit(52), 'part of a contiguous run'],
  PTE_PXN: [bit(53), 'no execution in the kernel'],
  PTE_UXN: [bit(54), 'no execution by user code'],
  PTE_DIRTY: [bit(55), 'software: dirty'],
  PTE_SPECIAL: [bit(56), 'software: special'],
  PTE_DEVMAP: [bit(57), 'software: page of ZONE_DEVICE'],
  PTE_UFFD_WP: [bit(58), 'software: write-protected by userfaultfd'],
  PTE_PO_IDX_MASK: [bits(62, 60), 'permission overlay index'],
});
const {
  PTE_VALID: VALID,
  PTE_USER: USER,
  PTE_RDONLY: RDONLY,
  PTE_AF: AF,
  PTE_WRITE: WRITE,
  PTE_DIRTY: DIRTY,
  PTE_UXN: UXN,
} = B;

/** arch/arm64/include/asm/memory.h: indexes into MAIR_EL1. MT_NORMAL is 0. */
const [MT_NORMAL_NC, MT_DEVICE_nGnRnE, MT_DEVICE_nGnRE] = [2n, 3n, 4n];
/** The memory types of drivers can never be executed. */
const memoryType = (index: bigint): StepSpec => ({
  clear: B.PTE_ATTRINDX_MASK,
  or: (index << 2n) | B.PTE_PXN | B.PTE_UXN,
});

/** Writable and not read-only for the hardware: dirty already, or hardware may make it so. */
const hw_dirty = equals(WRITE | RDONLY, WRITE);
/** pte_wrprotect and pte_modify first save what only the hardware bits say. */
const saveDirty: StepSpec = { if: hw_dirty, do: { or: DIRTY } };
const mkdirty: readonly StepSpec[] = [{ or: DIRTY }, { if: WRITE, do: { clear: RDONLY } }];
const wrprotect: readonly StepSpec[] = [saveDirty, { clear: WRITE, or: RDONLY }];
/** What pte_modify takes from the protection. */
const MODIFIABLE =
  USER |
  B.PTE_PXN |
  UXN |
  RDONLY |
  B.PTE_PRESENT_INVALID |
  VALID |
  WRITE |
  B.PTE_GP |
  B.PTE_ATTRINDX_MASK |
  B.PTE_PO_IDX_MASK;

const pte_modify = (from: bigint): readonly StepSpec[] => [
  saveDirty,
  { keep: ones(64) & ~from },
  { orProt: from },
  { if: DIRTY, do: mkdirty },
];

/** MT_NORMAL is index 0. With LPA2 the shareability field is part of the address, so its bits stay clear. */
function protectionMap(lpa2: boolean, PROT_NONE = B.PTE_PRESENT_INVALID): readonly bigint[] {
  const page = B.PTE_TYPE_PAGE | AF | B.PTE_NG | B.PTE_PXN | RDONLY | (lpa2 ? 0n : B.PTE_SHARED);
  const user = page | USER;
  return protections({
    none: (page & ~VALID) | UXN | PROT_NONE,
    read: user | UXN,
    readExec: user,
    write: user | UXN | WRITE,
    writeExec: user | WRITE,
  });
}

/** Without the hardware's help (FEAT_HAFDBS) an entry must be young, and not read-only, before it can be used. */
const SOFTWARE: MmuSpec = {
  young: 'fault',
  dirty: 'fault',
  rules: {
    read: { if: VALID | USER | AF },
    exec: { if: { all: [VALID | AF, clear(UXN)] } },
    write: { if: { all: [VALID | USER | AF, clear(RDONLY)] } },
  },
};
/** With it the table walk sets AF, and a store through DBM clears RDONLY. */
const HAFDBS: MmuSpec = {
  young: 'hardware',
  dirty: 'hardware',
  rules: {
    read: { if: VALID | USER, do: { or: AF } },
    exec: { if: { all: [VALID, clear(UXN)] }, do: { or: AF } },
    write: { if: { all: [VALID | USER, { any: [clear(RDONLY), WRITE] }] }, do: { or: AF, clear: RDONLY } },
  },
};

type Layout = ArchitectureSpec['layout'];
const withoutMkcontOnly = (layout: Layout): Layout => ({
  ...layout,
  ops: { ...layout.ops, mkcont: { or: B.PTE_CONT | B.PTE_TYPE_PAGE } },
});
const withoutOverlay = (layout: Layout): Layout => ({
  ...withoutBits(layout, 'PTE_PO_IDX_MASK'),
  ops: { ...layout.ops, modify: pte_modify(MODIFIABLE & ~B.PTE_PO_IDX_MASK) },
});
function withoutUffdWp(layout: Layout): Layout {
  const { uffd_wp: _, swp_uffd_wp: __, ...flags } = layout.flags ?? {};
  const { mkuffd_wp: ___, ...ops } = layout.ops;
  return { ...withoutBits(layout, 'PTE_UFFD_WP', 'PTE_SWP_UFFD_WP'), flags, ops };
}
/** PTE_PROT_NONE has bit 58, which uffd-wp took over; the page is not merely invalid, but has no rights. */
function withProtNone(newer: Layout, lpa2: boolean): Layout {
  const layout = withoutUffdWp(newer);
  const PROT_NONE = bit(58);
  const { protnone: _, present_invalid: __, ...tests } = layout.tests;
  const { mkinvalid: ___, ...ops } = layout.ops;
  const modifiable = (MODIFIABLE & ~(B.PTE_PRESENT_INVALID | B.PTE_PO_IDX_MASK)) | PROT_NONE;
  return {
    ...layout,
    bits: [
      ...(withoutBits(layout, 'PTE_PRESENT_INVALID').bits ?? []),
      { name: 'PTE_PROT_NONE', mask: PROT_NONE, meaning: 'software: PROT_NONE', kind: 'absent' },
    ],
    tests: { ...tests, present: anyOf(VALID | PROT_NONE), protnone: equals(VALID | PROT_NONE, PROT_NONE) },
    ops: { ...ops, modify: pte_modify(modifiable) },
    protectionMap: protectionMap(lpa2, PROT_NONE),
    swap: { type: { at: 3, count: 5 }, offset: [{ at: 8, count: 50 }] },
  };
}

const TABLE_BIT = bit(1);
/** Linux shares the helpers: a PMD is a PTE without the table bit. */
const pmdOf = (pte: Layout): HugeSpec => ({
  kconfig: 'TRANSPARENT_HUGEPAGE',
  ...(pte.ops.mkinvalid === undefined && {
    bits: [
      { name: 'PMD_PRESENT_INVALID', mask: bit(59), meaning: 'software: resident all the same', kind: 'directory' },
    ],
  }),
  tests: {
    leaf: { all: [pte.tests.present, { not: B.PTE_TYPE_PAGE }] },
    trans_huge: { all: [pte.tests.present, clear(TABLE_BIT)] },
    ...(pte.ops.mkinvalid === undefined && {
      present: { any: [pte.tests.present, bit(59)] },
      leaf: { all: [{ any: [pte.tests.present, bit(59)] }, { not: B.PTE_TYPE_PAGE }] },
      trans_huge: { all: [{ any: [pte.tests.present, bit(59)] }, clear(TABLE_BIT)] },
    }),
  },
  ops: {
    mkhuge: { clear: TABLE_BIT },
    mkdevmap: pte.flags?.devmap === undefined ? [] : { or: B.PTE_DEVMAP },
    mkinvalid: pte.ops.mkinvalid ?? { clear: VALID, or: bit(59) },
  },
});

interface Variant {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly kconfig: string;
  readonly levels: ArchitectureSpec['levels'];
  readonly VA_BITS: number;
  readonly PHYS_MASK_SHIFT?: 48 | 52;
  /** Where the pfn stands: PTE_ADDR_LOW, and with 52-bit addresses PTE_ADDR_HIGH. */
  readonly pfn: readonly FieldSpec[];
  readonly lpa2?: boolean;
  readonly hafdbs?: boolean;
}

function arm64(v: Variant): Architecture {
  const { name, aliases = [], title, kconfig, levels, hafdbs = false } = v;
  return declareArchitecture({
    name,
    aliases,
    title,
    kconfig,
    levels,
    family: 'arm64',
    source: [
      'arch/arm64/include/asm/pgtable-hwdef.h',
      'arch/arm64/include/asm/pgtable-prot.h',
      'arch/arm64/include/asm/pgtable.h',
      'arch/arm64/mm/mmap.c',
    ],
    notes: [
      'Dirty is said twice: by DIRTY, or by WRITE without RDONLY.',
      'PROT_NONE is an entry without VALID whose bit 11 says that it is resident (bit 58 in older kernels).',
      'pte_mkdevmap also makes the entry special.',
    ],
    bits: 64,
    TASK_SIZE: bit(v.VA_BITS),
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: v.pfn },
      maxPhysmemBits: v.PHYS_MASK_SHIFT ?? 48,
      flags: {
        write: WRITE,
        young: AF,
        special: B.PTE_SPECIAL,
        devmap: B.PTE_DEVMAP,
        uffd_wp: B.PTE_UFFD_WP,
        swp_exclusive: B.PTE_SWP_EXCLUSIVE,
        swp_uffd_wp: B.PTE_SWP_UFFD_WP,
      },
      tests: {
        present: anyOf(VALID | B.PTE_PRESENT_INVALID),
        dirty: { any: [DIRTY, hw_dirty] },
        protnone: equals(VALID | B.PTE_PRESENT_INVALID | USER | UXN, B.PTE_PRESENT_INVALID | UXN),
        user: USER,
        user_exec: clear(UXN),
        valid: VALID,
        hw_dirty,
        sw_dirty: DIRTY,
        tagged: equals(B.PTE_ATTRINDX_MASK, bit(2)),
        valid_not_user: equals(VALID | USER | UXN, VALID | UXN),
        cont: B.PTE_CONT,
        present_invalid: equals(VALID | B.PTE_PRESENT_INVALID, B.PTE_PRESENT_INVALID),
      },
      pgprot: {
        noncached: memoryType(MT_DEVICE_nGnRnE),
        writecombine: memoryType(MT_NORMAL_NC),
        device: memoryType(MT_DEVICE_nGnRE),
        dmacoherent: memoryType(MT_NORMAL_NC),
      },
      ops: {
        mkwrite: [{ or: WRITE }, { if: DIRTY, do: { clear: RDONLY } }],
        wrprotect,
        mkdirty,
        mkclean: { clear: DIRTY, or: RDONLY },
        mkdevmap: { or: B.PTE_DEVMAP | B.PTE_SPECIAL },
        mkuffd_wp: [...wrprotect, { or: B.PTE_UFFD_WP }],
        mkinvalid: { clear: VALID, or: B.PTE_PRESENT_INVALID },
        mkcont: { or: B.PTE_CONT },
        mknoncont: { clear: B.PTE_CONT },
        mkpresent: { or: VALID },
        modify: pte_modify(MODIFIABLE),
      },
      protectionMap: protectionMap(v.lpa2 ?? false),
      access: { user: USER, exec: clear(UXN) },
      swap: { type: { at: 6, count: 5 }, offset: [{ at: 12, count: 50 }] },
    },
    special: { pmd: true }, // Kconfig ARCH_SUPPORTS_HUGE_PFNMAP; no pud: no HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
    huge: { pmd: pmdOf },
    features: { pte_devmap: true, uffd_wp: true, huge_pfnmap: true },
    facts: {
      HAVE_GUP_FAST: true, // arch/arm64/Kconfig
      HAVE_MOVE_PMD: true, // arch/arm64/Kconfig
      ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/arm64/Kconfig
      HAVE_IOREMAP_PROT: true, // arch/arm64/Kconfig
      rodata_read_only: true, // arch/arm64/mm/mmu.c: mark_rodata_ro(), mark_linear_text_alias_ro()
      arch_has_hw_pte_young: hafdbs, // arch/arm64/include/asm/pgtable.h: cpu_has_hw_af
      arch_wants_old_prefaulted_pte: hafdbs, // the same
      pte_access_permitted_user: true, // arch/arm64/include/asm/pgtable.h
      pte_pgprot: true, // arch/arm64/include/asm/pgtable.h
      PER_VMA_LOCK: true, // arch/arm64/Kconfig
      // arch/arm64/include/asm/pgtable.h: __sync_cache_and_tags
      set_pte_at_looks_at_page: { where: '__sync_icache_dcache', special: false, access_flags: false },
      check_safe_pte_update: true, // arch/arm64/include/asm/pgtable.h
      tlb_delay_rmap: true, // include/asm-generic/tlb.h: arm64 is always SMP
      ARCH_SUPPORTS_NUMA_BALANCING: true, // arch/arm64/Kconfig
      ARCH_HAS_PTE_PROTNONE: true, // arch/arm64/Kconfig
    },
    changes: [
      { feature: arm64_contpte, without: ({ ptep: _, ...spec }) => spec },
      layoutWithout(arm64_mkcont_only, withoutMkcontOnly),
      noDevmap(),
      noHugePfnmap(),
      layoutWithout(arm64_permission_overlay, withoutOverlay),
      layoutWithout(arm64_uffd_wp, withoutUffdWp),
      layoutWithout(arm64_present_invalid, (layout) => withProtNone(layout, v.lpa2 ?? false)),
      noPerVmaLock(),
      rmapNotDelayed(),
      ...olderArm64,
      uffdBitsRenamed(),
    ],
    mmu: hafdbs ? HAFDBS : SOFTWARE,
    // arch/arm64/Kconfig: ARM64_CONT_PTE_SHIFT
    ptep: contpte(levels.pte[0] === 12 ? 16 : levels.pte[0] === 14 ? 128 : 32),
  });
}

const K4_39 = {
  levels: { pgd: [30, 512], pmd: [21, 512], pte: [12, 512] },
  VA_BITS: 39,
  pfn: [{ at: 12, count: 38 }],
} as const;

/** 39-bit addresses on a CPU without FEAT_HAFDBS: the configuration of the kernel transcripts. */
export const arm64_4k_39 = arm64({
  ...K4_39,
  name: 'arm64',
  aliases: ['arm64-4k-39'],
  title: 'arm64, 4 KiB pages, 39-bit addresses',
  kconfig: 'ARM64_4K_PAGES && ARM64_VA_BITS_39',
});
export const arm64_hafdbs = arm64({
  ...K4_39,
  name: 'arm64-hafdbs',
  title: 'arm64, 39-bit addresses, CPU with FEAT_HAFDBS',
  kconfig: 'ARM64_4K_PAGES && ARM64_VA_BITS_39 && ARM64_HW_AFDBM',
  hafdbs: true,
});
export const arm64_4k_48 = arm64({
  name: 'arm64-4k-48',
  title: 'arm64, 4 KiB pages, 48-bit addresses',
  kconfig: 'ARM64_4K_PAGES && ARM64_VA_BITS_48',
  levels: { pgd: [39, 512], pud: [30, 512], pmd: [21, 512], pte: [12, 512] },
  VA_BITS: 48,
  pfn: [{ at: 12, count: 38 }],
});
/** LPA2: address bits 51 and 50 stand where shareability was. */
export const arm64_4k_52lpa2 = arm64({
  name: 'arm64-4k-52lpa2',
  title: 'arm64, 4 KiB pages, 52-bit addresses (LPA2)',
  kconfig: 'ARM64_4K_PAGES && ARM64_VA_BITS_52, CPU with LPA2',
  levels: { pgd: [48, 16], p4d: [39, 512], pud: [30, 512], pmd: [21, 512], pte: [12, 512] },
  VA_BITS: 52,
  PHYS_MASK_SHIFT: 52,
  pfn: [
    { at: 12, count: 38 },
    { at: 8, count: 2, from: 38 },
  ],
  lpa2: true,
});
export const arm64_16k_47 = arm64({
  name: 'arm64-16k-47',
  title: 'arm64, 16 KiB pages, 47-bit addresses',
  kconfig: 'ARM64_16K_PAGES && ARM64_VA_BITS_47',
  levels: { pgd: [36, 2048], pmd: [25, 2048], pte: [14, 2048] },
  VA_BITS: 47,
  pfn: [{ at: 14, count: 36 }],
});
export const arm64_64k_48 = arm64({
  name: 'arm64-64k-48',
  title: 'arm64, 64 KiB pages, 48-bit addresses',
  kconfig: 'ARM64_64K_PAGES && ARM64_VA_BITS_48 && ARM64_PA_BITS_48',
  levels: { pgd: [42, 64], pmd: [29, 8192], pte: [16, 8192] },
  VA_BITS: 48,
  pfn: [{ at: 16, count: 34 }],
});
/** Address bits 51 to 48 stand at bits 15 to 12; the helpers or both fields, which overlap in what they can hold. */
export const arm64_64k_52pa = arm64({
  name: 'arm64-64k-52pa',
  title: 'arm64, 64 KiB pages, 52-bit addresses',
  kconfig: 'ARM64_64K_PAGES && ARM64_VA_BITS_52 && ARM64_PA_BITS_52',
  levels: { pgd: [42, 1024], pmd: [29, 8192], pte: [16, 8192] },
  VA_BITS: 52,
  PHYS_MASK_SHIFT: 52,
  pfn: [
    { at: 16, count: 34 },
    { at: 12, count: 4, from: 32 },
  ],
});
