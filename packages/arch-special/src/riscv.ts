// SPDX-License-Identifier: GPL-2.0-or-later
/** RISC-V. arch/riscv/include/asm/pgtable-bits.h, pgtable-64.h, pgtable-32.h, pgtable.h, arch/riscv/mm/init.c. */
import {
  type Architecture,
  type ArchitectureChange,
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  declareArchitecture,
  defineBits,
  equals,
  factsWithout,
  type HugeSpec,
  layoutWithout,
  modify,
  noDevmap,
  noHugePfnmap,
  ones,
  type StepSpec,
  swapWithoutExclusive,
  withoutBits,
} from '@specialbit/core/arch';
import {
  riscv_gup_fast,
  riscv_huge_pfnmap,
  riscv_huge_pud,
  riscv_icache_by_folio,
  riscv_ioremap_prot,
  riscv_pte_protnone,
  riscv_shadow_stacks,
  riscv_svrsw60t59b,
  riscv_zone_device,
} from './changes.js';

const { mask: B, bits: names } = defineBits({
  _PAGE_PRESENT: [bit(0), 'V: valid'],
  _PAGE_READ: [bit(1), 'R: read permission'],
  _PAGE_WRITE: [bit(2), 'W: write permission'],
  _PAGE_EXEC: [bit(3), 'X: execute permission'],
  _PAGE_USER: [bit(4), 'U: user code may use it'],
  _PAGE_GLOBAL: [bit(5), 'G: global'],
  _PAGE_PROT_NONE: [bit(5), 'software: PROT_NONE', 'absent'],
  _PAGE_ACCESSED: [bit(6), 'A: young'],
  _PAGE_SWP_EXCLUSIVE: [bit(6), 'exclusive', 'swap'],
  _PAGE_DIRTY: [bit(7), 'D: dirty'],
  _PAGE_SPECIAL: [bit(8), 'software (RSW): special'],
  _PAGE_DEVMAP: [bit(9), 'software (RSW), 64-bit only: page of ZONE_DEVICE'],
});
/** The extension Svrsw60t59b leaves two high bits to software. */
const { mask: S, bits: softwareNames } = defineBits({
  _PAGE_SWP_SOFT_DIRTY: [bit(3), 'written since the bit was cleared', 'swap'],
  _PAGE_SWP_UFFD: [bit(4), 'userfaultfd', 'swap'],
  _PAGE_SOFT_DIRTY: [bit(59), 'software: written since the bit was cleared'],
  _PAGE_UFFD: [bit(60), 'software: userfaultfd'],
});
const { _PAGE_READ: R, _PAGE_WRITE: W, _PAGE_EXEC: X } = B;
const LEAF = R | W | X;
const RESIDENT = B._PAGE_PRESENT | B._PAGE_PROT_NONE;
const NONE = B._PAGE_PROT_NONE | R;
const page = (rights: bigint): bigint => B._PAGE_PRESENT | B._PAGE_ACCESSED | B._PAGE_USER | rights;

/** A leaf at any level is an entry with a right, so that pmd_mkhuge has nothing to do. */
const HUGE: HugeSpec = {
  kconfig: 'TRANSPARENT_HUGEPAGE',
  tests: { present: anyOf(RESIDENT | LEAF), leaf: anyOf(LEAF) },
  ops: { mkinvalid: { clear: RESIDENT } },
};

const noHugePud: ArchitectureChange = {
  feature: riscv_huge_pud,
  without: ({ huge, ...spec }) => ({
    ...spec,
    ...(huge?.pmd && { huge: { pmd: huge.pmd } }),
    special: { pmd: spec.special?.pmd ?? false },
  }),
};

/** pte_wrprotect(): what can be written alone is a shadow stack, and stays readable. */
const wrprotect: StepSpec = { clear: W, or: R };
const withoutSoftwareBits = (layout: ArchitectureSpec['layout']): ArchitectureSpec['layout'] => {
  const { soft_dirty: _, swp_soft_dirty: __, uffd_wp: ___, swp_uffd_wp: ____, ...flags } = layout.flags ?? {};
  const { mkdirty: _____, mkuffd_wp: ______, ...ops } = layout.ops;
  return { ...withoutBits(layout, ...softwareNames.map(({ name }) => name)), flags, ops };
};

const svrsw60t59bChange: ArchitectureChange = {
  feature: riscv_svrsw60t59b,
  without: (spec) => ({
    ...spec,
    layout: withoutSoftwareBits(spec.layout),
    features: { ...spec.features, soft_dirty: false, uffd_wp: false },
  }),
};
/** Index of private VM_WRITE without VM_READ in protection_map. */
const VM_WRITE_ALONE = 2;

interface Variant {
  readonly name: string;
  /** The CPU has the extension Svrsw60t59b, and the kernel uses both of its bits. */
  readonly svrsw60t59b?: boolean;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly bits: 32 | 64;
  readonly levels: ArchitectureSpec['levels'];
  readonly TASK_SIZE: bigint;
}

function riscv({ svrsw60t59b = false, ...v }: Variant): Architecture {
  const is64 = v.bits === 64;
  return declareArchitecture({
    ...v,
    family: 'riscv',
    kconfig: is64 ? 'RISCV && 64BIT; the mode is chosen at boot' : 'RISCV && 32BIT',
    source: [
      'arch/riscv/include/asm/pgtable-bits.h',
      is64 ? 'arch/riscv/include/asm/pgtable-64.h' : 'arch/riscv/include/asm/pgtable-32.h',
      'arch/riscv/include/asm/pgtable.h',
      'arch/riscv/mm/init.c',
    ],
    notes: [
      'The pfn begins at bit 10, whatever the page size. PROT_NONE keeps R, so that it is a leaf.',
      'Memory types (Svpbmt, bits 61 and 62) and contiguous runs (Svnapot, bit 63) stay 0 where the CPU lacks them.',
    ],
    layout: {
      pteBits: v.bits,
      bits: [...(is64 ? names : names.filter((b) => b.name !== '_PAGE_DEVMAP')), ...(svrsw60t59b ? softwareNames : [])],
      pfn: { fields: [{ at: 10, count: is64 ? 44 : 22 }] },
      maxPhysmemBits: is64 ? 56 : 32,
      flags: {
        write: W,
        dirty: B._PAGE_DIRTY,
        young: B._PAGE_ACCESSED,
        special: B._PAGE_SPECIAL,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
        ...(is64 && { devmap: B._PAGE_DEVMAP }),
        ...(svrsw60t59b && {
          soft_dirty: S._PAGE_SOFT_DIRTY,
          swp_soft_dirty: S._PAGE_SWP_SOFT_DIRTY,
          uffd_wp: S._PAGE_UFFD,
          swp_uffd_wp: S._PAGE_SWP_UFFD,
        }),
      },
      tests: {
        present: anyOf(RESIDENT),
        protnone: equals(RESIDENT, B._PAGE_PROT_NONE),
        exec: X,
        user: B._PAGE_USER,
        huge: { all: [anyOf(RESIDENT), anyOf(LEAF)] },
      },
      ops: {
        wrprotect,
        modify: modify(ones(v.bits) & ~bits(5, 0)),
        ...(svrsw60t59b && {
          mkdirty: { or: B._PAGE_DIRTY | S._PAGE_SOFT_DIRTY },
          mkuffd_wp: [{ or: S._PAGE_UFFD }, wrprotect],
        }),
      },
      // arch/riscv/mm/init.c; W without R is a shadow stack (before: reserved), and a private page is never writable.
      // biome-ignore format: private above, shared below
      protectionMap: [
        NONE, page(R), page(W), page(R), page(X), page(R | X), page(R | X), page(R | X),
        NONE, page(R), page(R | W), page(R | W), page(X), page(R | X), page(R | W | X), page(R | W | X),
      ],
      access: { user: B._PAGE_USER | B._PAGE_PRESENT, exec: X, read: R },
      accepted: {
        'protections/private':
          'private VM_WRITE without VM_READ is a shadow stack; mmap() and mprotect() never make one',
      },
      swap: { type: { at: 7, count: 5 }, offset: [{ at: 12, count: is64 ? 52 : 20 }] },
    },
    ...(is64 && { huge: { pmd: HUGE, pud: HUGE }, special: { pmd: true, pud: true } }),
    features: { pte_devmap: is64, huge_pfnmap: is64, soft_dirty: svrsw60t59b, uffd_wp: svrsw60t59b },
    facts: {
      ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/riscv/Kconfig: RISCV_DMA_NONCOHERENT
      ARCH_DMA_DEFAULT_COHERENT: true, // arch/riscv/Kconfig
      HAVE_GUP_FAST: true, // arch/riscv/Kconfig: if MMU
      HAVE_MOVE_PMD: true, // arch/riscv/Kconfig: if MMU
      HAVE_IOREMAP_PROT: true, // arch/riscv/Kconfig: if MMU
      ARCH_HAS_PTE_PROTNONE: true, // arch/riscv/Kconfig: if MMU
      PROT_WRITE_gives_VM_READ: true, // arch/riscv/include/asm/mman.h
      read_fault_vm_flags: 3, // arch/riscv/mm/fault.c
      pte_pgprot: true, // arch/riscv/include/asm/pgtable.h
      // arch/riscv/include/asm/pgtable.h: __set_pte_at; arch/riscv/mm/pgtable.c: ptep_set_access_flags
      set_pte_at_looks_at_page: { where: 'flush_icache_pte', special: true, access_flags: true },
    },
    changes: [
      layoutWithout(riscv_pte_protnone, (layout) => ({ ...layout, tests: { ...layout.tests, protnone: undefined } })),
      layoutWithout(riscv_shadow_stacks, (layout) => {
        const { wrprotect: _, ...ops } = layout.ops;
        const protectionMap = layout.protectionMap.map((prot, i) => (i === VM_WRITE_ALONE ? page(R) : prot));
        const mkuffd_wp = [{ or: S._PAGE_UFFD }, { clear: W }];
        return { ...layout, ops: { ...ops, ...(ops.mkuffd_wp && { mkuffd_wp }) }, protectionMap, accepted: {} };
      }),
      factsWithout(riscv_shadow_stacks, { PROT_WRITE_gives_VM_READ: false }),
      ...(svrsw60t59b ? [svrsw60t59bChange] : []),
      ...(is64 ? [noDevmap(), noHugePud, noHugePfnmap(riscv_huge_pfnmap), noDevmap(undefined, riscv_zone_device)] : []),
      factsWithout(riscv_huge_pfnmap, { pte_pgprot: false }),
      factsWithout(riscv_ioremap_prot, { HAVE_IOREMAP_PROT: false }),
      factsWithout(riscv_gup_fast, { HAVE_GUP_FAST: false }),
      factsWithout(riscv_icache_by_folio, { set_pte_at_looks_at_page: null }),
      swapWithoutExclusive({ type: { at: 6, count: 5 }, offset: [{ at: 11, count: is64 ? 53 : 21 }] }),
    ],
    // Whether a hart sets A and D is its choice; the emulated machine of the transcripts does (Svadu).
    mmu: { young: 'hardware', dirty: 'hardware' },
  });
}

export const riscv32_sv32 = riscv({
  name: 'riscv32-sv32',
  title: 'RISC-V, 32-bit, Sv32',
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0x9c800000n,
});
export const riscv64_sv39 = riscv({
  name: 'riscv64-sv39',
  title: 'RISC-V, 64-bit, Sv39',
  bits: 64,
  levels: { pgd: [30, 512], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: bit(38),
});
/** With the extension that leaves bits 59 and 60 to software. */
export const riscv64_sv39_svrsw = riscv({
  name: 'riscv64-sv39-svrsw',
  title: 'RISC-V, 64-bit, Sv39, with Svrsw60t59b (used from Linux 6.19 on)',
  svrsw60t59b: true,
  bits: 64,
  levels: { pgd: [30, 512], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: bit(38),
});
export const riscv64_sv48 = riscv({
  name: 'riscv64-sv48',
  title: 'RISC-V, 64-bit, Sv48',
  bits: 64,
  levels: { pgd: [39, 512], pud: [30, 512], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: bit(47),
});
/** The configuration of the kernel transcripts. */
export const riscv64_sv57 = riscv({
  name: 'riscv64',
  aliases: ['riscv64-sv57'],
  title: 'RISC-V, 64-bit, Sv57',
  bits: 64,
  levels: { pgd: [48, 512], p4d: [39, 512], pud: [30, 512], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: bit(56),
});
