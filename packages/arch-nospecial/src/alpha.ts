// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Alpha: 8 KiB pages, three levels. The upper word is the pfn; what looks like permissions is the
 * absence of "fault on".
 * arch/alpha/include/asm/pgtable.h, arch/alpha/mm/init.c (protections), arch/alpha/mm/fault.c.
 */
import {
  type ArchitectureSpec,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  type Feature,
  inverted,
  layoutWithout,
  modify,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const sheet = {
  _PAGE_VALID: [bit(0), 'valid'],
  _PAGE_FOR: [bit(1), 'fault on read'],
  _PAGE_FOW: [bit(2), 'fault on write: not writable'],
  _PAGE_FOE: [bit(3), 'fault on execute'],
  _PAGE_ASM: [bit(4), 'matches every address space'],
  _PAGE_KRE: [bit(8), 'kernel may read; goes with young'],
  _PAGE_URE: [bit(9), 'user may read; goes with young'],
  _PAGE_KWE: [bit(12), 'kernel may write; goes with dirty'],
  _PAGE_UWE: [bit(13), 'user may write; goes with dirty'],
  _PAGE_DIRTY: [bit(17), 'software: dirty'],
  _PAGE_ACCESSED: [bit(18), 'software: young'],
  _PAGE_SWP_EXCLUSIVE: [bit(39), 'exclusive', 'swap'],
  _PFN_MASK: [bits(63, 32), 'page frame number'],
} as const;
const { mask: B, bits: names } = defineBits(sheet);
const ACCESS_BITS = B._PAGE_ACCESSED | B._PAGE_KRE | B._PAGE_URE;
const DIRTY_BITS = B._PAGE_DIRTY | B._PAGE_KWE | B._PAGE_UWE;
const CHG_MASK = B._PFN_MASK | DIRTY_BITS | ACCESS_BITS;

/** _PAGE_P, _PAGE_S: a user page with these faults. */
const page = (...faults: readonly bigint[]): bigint => faults.reduce((p, f) => p | f, B._PAGE_VALID | ACCESS_BITS);
const { _PAGE_FOR: R, _PAGE_FOW: W, _PAGE_FOE: E } = B;

/** arch/alpha/include/asm/pgtable.h: pte_swp_exclusive(). */
const alpha_swp_exclusive_bool: Feature = {
  name: 'alpha_swp_exclusive_bool',
  summary: 'alpha: pte_swp_exclusive() returns a bool, and tells an exclusive page that was swapped out',
  without: 'alpha: pte_swp_exclusive() returns an int, which bit 39 does not fit into: the answer is always no',
  since: { commit: '403d1338a4a5', subject: 'mm: pgtable: fix pte_swp_exclusive', version: '6.16' },
  where: 'arch/alpha/include/asm/pgtable.h, pte_swp_exclusive()',
  evidence: 'source',
};
const EXCLUSIVE_LOST = 'pte_swp_exclusive returns an int, which cannot hold bit 39';

const spec: ArchitectureSpec = {
  name: 'alpha',
  family: 'alpha',
  title: 'Alpha, 8 KiB pages',
  kconfig: 'ALPHA',
  source: ['arch/alpha/include/asm/pgtable.h', 'arch/alpha/mm/init.c', 'arch/alpha/mm/fault.c'],
  notes: [
    'Writable means that fault-on-write is clear; young and dirty are groups of three bits, of which the tests look at one.',
    'Up to 6.15 pte_swp_exclusive returned an int, and the marker is bit 39: the answer was always no.',
    'A generic kernel flips pfn bits 29 and 30 of addresses whose bits 43:42 are 01 (EV6 KSEG); 29 bits of pfn are plain.',
  ],
  bits: 64,
  levels: { pgd: [33, 1024], pmd: [23, 1024], pte: [13, 1024] },
  TASK_SIZE: bit(42),
  layout: {
    pteBits: 64,
    bits: names,
    pfn: { fields: [{ at: 32, count: 29 }] },
    flags: {
      write: inverted(B._PAGE_FOW),
      dirty: B._PAGE_DIRTY,
      young: B._PAGE_ACCESSED,
      swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
    },
    tests: { present: B._PAGE_VALID },
    ops: {
      mkdirty: { or: DIRTY_BITS },
      mkclean: { clear: DIRTY_BITS },
      mkyoung: { or: ACCESS_BITS },
      mkold: { clear: ACCESS_BITS },
      modify: modify(CHG_MASK),
    },
    // arch/alpha/mm/init.c: private pages always fault on write; what is not asked for, faults.
    // biome-ignore format: private above, shared below
    protectionMap: [
      page(R, W, E), page(W, E), page(W, E), page(W, E), page(R, W), page(W), page(W), page(W),
      page(R, W, E), page(W, E), page(E), page(E), page(R, W), page(W), page(), page(),
    ],
    access: { user: B._PAGE_URE, exec: clear(E), read: clear(R) },
    swap: { type: { at: 32, count: 5 }, offset: [{ at: 40, count: 24 }] },
  },
  facts: {
    byte_store_loads: true, // before BWX (EV56) there are no byte stores; the compiler's default
    read_fault_vm_flags: 3, // arch/alpha/mm/fault.c
    MMU_GATHER_NO_RANGE: true, // arch/alpha/Kconfig
    MMU_GATHER_MERGE_VMAS: true, // arch/Kconfig: selected by NO_RANGE
  },
  changes: [
    layoutWithout(alpha_swp_exclusive_bool, (layout) => ({
      ...layout,
      tests: { ...layout.tests, swp_exclusive: false },
      accepted: { ...layout.accepted, swp_exclusive: EXCLUSIVE_LOST },
    })),
    swapWithoutExclusive(),
  ],
  // do_page_fault: the CPU only enforces; an old entry lacks URE, a clean one UWE.
  mmu: {
    young: 'fault',
    dirty: 'fault',
    rules: { write: { if: { all: [B._PAGE_VALID | B._PAGE_UWE, clear(W)] } } },
  },
};

export const alpha = declareArchitecture(spec);

/** Alpha with the software bit 19 made the special bit, as proposed on linux-alpha in 2026. */
const _PAGE_SPECIAL = bit(19);
export const alpha_special = declareArchitecture({
  ...spec,
  name: 'alpha+special',
  title: 'Alpha with a special bit',
  kconfig: 'ALPHA && ARCH_HAS_PTE_SPECIAL (in no release up to 7.3)',
  proposed: {
    messageId: '20260403150048.488266-1-mattst88@gmail.com',
    subject: '[PATCH] alpha: Add ARCH_HAS_PTE_SPECIAL support',
  },
  notes: [...(spec.notes ?? []), 'Bit 19 is unused by hardware and by 7.3; pte_modify has to keep it.'],
  layout: {
    ...spec.layout,
    bits: [...names, { name: '_PAGE_SPECIAL', mask: _PAGE_SPECIAL, meaning: 'software: special', kind: 'page' }],
    flags: { ...spec.layout.flags, special: _PAGE_SPECIAL },
    ops: { ...spec.layout.ops, modify: modify(CHG_MASK | _PAGE_SPECIAL) },
  },
});
