// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * x86's page-table entry.
 * arch/x86/include/asm/pgtable_types.h (bits), pgtable.h (helpers), pgtable-invert.h (L1TF),
 * pgtable-2level.h, pgtable-3level.h, pgtable_64.h (swap entries), arch/x86/mm/pgprot.c (protections).
 */
import {
  anyOf,
  bit,
  bits,
  clear,
  defineBits,
  equals,
  type LayoutSpec,
  modify,
  type NamedBits,
  protections,
  type StepSpec,
  type StepsSpec,
  type TestSpec,
} from '@specialbit/core/arch';

/** Bits 0 to 11 mean the same in all three formats; what software may use from there up differs. */
const COMMON = {
  _PAGE_PRESENT: [bit(0), 'resident, and valid for the CPU'],
  _PAGE_RW: [bit(1), 'writable'],
  _PAGE_USER: [bit(2), 'user code may use it'],
  _PAGE_PWT: [bit(3), 'write-through; with PCD and PAT the index of the memory type'],
  _PAGE_PCD: [bit(4), 'cache disable'],
  _PAGE_ACCESSED: [bit(5), 'young'],
  _PAGE_DIRTY: [bit(6), 'dirty'],
  _PAGE_PAT: [bit(7), 'third bit of the memory type, in a last-level entry'],
  _PAGE_PSE: [bit(7), 'large page', 'directory'],
  _PAGE_GLOBAL: [bit(8), 'survives a change of address space'],
  _PAGE_PROTNONE: [bit(8), 'software: PROT_NONE', 'absent'],
  _PAGE_SPECIAL: [bit(9), 'software: pte_special'],
} as const;

const { mask: C } = defineBits(COMMON);
export const X86_BITS = C;
const NONE = C._PAGE_PROTNONE | C._PAGE_ACCESSED;
const READ = C._PAGE_PRESENT | C._PAGE_USER | C._PAGE_ACCESSED;
const WRITE = READ | C._PAGE_RW;

/** arch/x86/mm/pgprot.c */
const protectionMap = (NX: bigint): readonly bigint[] =>
  protections({ none: NONE, read: READ | NX, readExec: READ, write: WRITE | NX, writeExec: WRITE });

interface Variant {
  readonly pteBits: 32 | 64;
  /** _PAGE_SAVED_DIRTY: bit 58 with 64-bit words, bit 10 with 32-bit words, 0 before 6.6. */
  readonly SAVED_DIRTY: bigint;
  readonly NX: bigint;
  /** _PAGE_CHG_MASK. */
  readonly CHG_MASK: bigint;
  /** Kconfig MEM_SOFT_DIRTY: 0 without. */
  readonly SOFT_DIRTY: bigint;
  /** CPU with user shadow stacks: Write=0, Dirty=1 counts as writable. */
  readonly shstk: boolean;
}

/**
 * pte_wrprotect, pte_mkdirty and pte_modify never leave Write=0, Dirty=1, which a shadow stack
 * would be: they move the dirty state to a software bit, and back when the entry becomes writable.
 */
function dirtyOps({ SAVED_DIRTY, SOFT_DIRTY }: Variant) {
  const { _PAGE_RW: RW, _PAGE_DIRTY: DIRTY } = C;
  if (SAVED_DIRTY === 0n) {
    return {
      wrprotect: { clear: RW },
      mkdirty: { or: DIRTY | SOFT_DIRTY },
      mkclean: { clear: DIRTY },
      mkwrite_vma: { or: RW },
      afterModify: [],
    } as const satisfies Record<string, StepsSpec>;
  }
  const save: StepSpec = { clear: DIRTY, or: SAVED_DIRTY };
  const restore: StepSpec = { clear: SAVED_DIRTY, or: DIRTY };
  return {
    wrprotect: [{ clear: RW }, { if: DIRTY, do: save }],
    mkdirty: { if: RW, do: { or: DIRTY | SOFT_DIRTY }, else: { clear: DIRTY, or: SAVED_DIRTY | SOFT_DIRTY } },
    mkclean: { clear: DIRTY | SAVED_DIRTY },
    mkwrite_vma: { if: SAVED_DIRTY, do: [{ or: RW }, restore], else: { or: RW } },
    afterModify: {
      ifOld: RW,
      do: { if: { all: [clear(RW), DIRTY] }, do: save },
      else: { if: RW | SAVED_DIRTY, do: restore },
    },
  } as const satisfies Record<string, StepsSpec>;
}

export const steps = (spec: StepsSpec): readonly StepSpec[] => (Array.isArray(spec) ? spec : [spec as StepSpec]);
/** Without the bits that this version of the kernel does not have. */
const existing = (names: readonly NamedBits[]): readonly NamedBits[] => names.filter((named) => named.mask !== 0n);

/** pgtable-invert.h, __pte_needs_invert: not empty and not valid for the CPU. */
export const needsInvert: TestSpec = { all: [anyOf(bits(63, 0)), clear(C._PAGE_PRESENT)] };
/** PTE_PFN_MASK of the 64-bit formats: __PHYSICAL_MASK_SHIFT is 52. */
const PFN_52 = bits(51, 12);

/** _PAGE_CACHE_MASK. */
const CACHE_MASK = C._PAGE_PWT | C._PAGE_PCD | C._PAGE_PAT;

/** What the three formats share. */
function common(v: Variant) {
  const { afterModify, ...ops } = dirtyOps(v) as Readonly<Record<keyof ReturnType<typeof dirtyOps>, StepsSpec>>;
  return {
    afterModify,
    pteBits: v.pteBits,
    flags: {
      write: C._PAGE_RW,
      young: C._PAGE_ACCESSED,
      special: C._PAGE_SPECIAL,
    },
    tests: {
      present: anyOf(C._PAGE_PRESENT | C._PAGE_PROTNONE),
      write: v.shstk ? anyOf(C._PAGE_RW | C._PAGE_DIRTY) : C._PAGE_RW,
      dirty: anyOf(C._PAGE_DIRTY | v.SAVED_DIRTY),
      exec: v.NX ? clear(v.NX) : true,
      global: C._PAGE_GLOBAL,
      huge: C._PAGE_PSE,
      shstk: v.shstk ? equals(C._PAGE_RW | C._PAGE_DIRTY, C._PAGE_DIRTY) : false,
    },
    ops,
    // the PAT of the kernel (arch/x86/mm/pat/memtype.c): entry 1 is WC, 2 is UC-; without a PAT, WC is UC-
    pgprot: {
      noncached: { or: C._PAGE_PCD },
      // pgprot_set_cachemode(); up to 6.15 it only or-ed, see x86_writecombine_replaces
      writecombine: { clear: CACHE_MASK, or: C._PAGE_PWT },
      writecombine_nopat: { clear: CACHE_MASK, or: C._PAGE_PCD },
      modify: modify(v.CHG_MASK, bits(63, 0) & ~v.CHG_MASK),
    },
    // pat_bp_init(), _PAGE_CACHE_MODE_*: PWT, PCD and PAT choose among the eight entries of the PAT
    cachemode: {
      mask: CACHE_MASK,
      values: [
        [0n, 'WB'],
        [C._PAGE_PWT, 'WC'],
        [C._PAGE_PCD, 'UC-'],
        [C._PAGE_PCD | C._PAGE_PWT, 'UC'],
        [C._PAGE_PAT, 'WB'],
        [C._PAGE_PAT | C._PAGE_PWT, 'WP'],
        [C._PAGE_PAT | C._PAGE_PCD, 'UC-'],
        [C._PAGE_PAT | C._PAGE_PCD | C._PAGE_PWT, 'WT'],
      ],
    },
    protectionMap: protectionMap(v.NX),
    access: { user: C._PAGE_PRESENT | C._PAGE_USER, exec: v.NX ? clear(v.NX) : true },
  } as const;
}

/** What differs between kernel versions; absent: as in 6.12. */
export interface Versions {
  /** _PAGE_SAVED_DIRTY exists. */
  readonly saved_dirty?: boolean;
  /** _PAGE_DEVMAP exists. */
  readonly devmap?: boolean;
  /** pte_mkuffd_wp also write-protects. */
  readonly uffd_wp_protects?: boolean;
}

export interface X86_64Options {
  /** Kconfig MEM_SOFT_DIRTY. */
  readonly soft_dirty: boolean;
  /** CPU with user shadow stacks (X86_USER_SHADOW_STACK). */
  readonly shstk?: boolean;
  readonly maxPhysmemBits: number;
}

export function x86_64Layout(
  { soft_dirty, shstk = false, maxPhysmemBits }: X86_64Options,
  { saved_dirty = true, devmap = true, uffd_wp_protects = true }: Versions = {},
): Omit<LayoutSpec, 'pageShift'> {
  const SAVED_DIRTY = saved_dirty ? bit(58) : 0n;
  // _PAGE_BIT_SOFTW4, which made room for the saved dirty state
  const DEVMAP = devmap ? bit(saved_dirty ? 57 : 58) : 0n;
  const { mask: B, bits: names } = defineBits({
    ...COMMON,
    _PAGE_UFFD_WP: [bit(10), 'software: write-protected by userfaultfd'],
    _PAGE_SOFT_DIRTY: [bit(11), 'software: soft-dirty tracking'],
    _PAGE_DEVMAP: [DEVMAP, 'software: page of ZONE_DEVICE'],
    _PAGE_SAVED_DIRTY: [SAVED_DIRTY, 'software: dirty state of an entry that is not writable'],
    _PAGE_PKEY_MASK: [bits(62, 59), 'protection key'],
    _PAGE_NX: [bit(63), 'no execute'],
    _PAGE_SWP_SOFT_DIRTY: [bit(1), 'soft-dirty', 'swap'],
    _PAGE_SWP_UFFD_WP: [bit(2), 'userfaultfd', 'swap'],
    _PAGE_SWP_EXCLUSIVE: [bit(3), 'exclusive', 'swap'],
    _PAGE_CHG_MASK: [0x000ffffffffffef8n | DEVMAP | SAVED_DIRTY, 'what pte_modify keeps', 'mask'],
    PTE_PFN_MASK: [PFN_52, 'page frame number'],
  });
  const { afterModify, ...shared } = common({
    pteBits: 64,
    SAVED_DIRTY,
    NX: B._PAGE_NX,
    CHG_MASK: B._PAGE_CHG_MASK,
    SOFT_DIRTY: soft_dirty ? B._PAGE_SOFT_DIRTY : 0n,
    shstk: shstk && saved_dirty,
  });
  return {
    ...shared,
    bits: existing(names),
    pfn: { fields: [{ at: 12, count: 40 }], invertWhen: needsInvert, invertMask: PFN_52 },
    maxPhysmemBits,
    flags: {
      ...shared.flags,
      ...(devmap && { devmap: DEVMAP }),
      soft_dirty: B._PAGE_SOFT_DIRTY,
      uffd_wp: B._PAGE_UFFD_WP,
      swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      swp_soft_dirty: B._PAGE_SWP_SOFT_DIRTY,
      swp_uffd_wp: B._PAGE_SWP_UFFD_WP,
    },
    tests: {
      ...shared.tests,
      // pte_none: the Knights Landing erratum can set accessed and dirty in an empty entry.
      none: clear(bits(63, 0) & ~(B._PAGE_ACCESSED | B._PAGE_DIRTY)),
      protnone: equals(B._PAGE_PROTNONE | B._PAGE_PRESENT, B._PAGE_PROTNONE),
    },
    ops: {
      ...shared.ops,
      ...(devmap && { mkdevmap: { or: DEVMAP | B._PAGE_SPECIAL } }),
      mkuffd_wp: [{ or: B._PAGE_UFFD_WP }, ...(uffd_wp_protects ? steps(shared.ops.wrprotect) : [])],
      ...(shstk && saved_dirty && { mkwrite_shstk: { clear: B._PAGE_RW, or: B._PAGE_DIRTY } }),
      pgprot: { clear: PFN_52 }, // PTE_FLAGS_MASK
      modify: [
        { keep: B._PAGE_CHG_MASK },
        { orProt: bits(63, 0) & ~B._PAGE_CHG_MASK },
        { ifDiffer: needsInvert, do: { xor: PFN_52 } },
        ...steps(afterModify),
      ],
    },
    // pgtable_64.h: type in bits 59-63, offset from bit 9 on and inverted, so that it points to no memory.
    swap: { base: bits(58, 9), type: { at: 59, count: 5 }, offset: [{ at: 9, count: 50 }] },
  };
}

/** Bits that both 32-bit formats use. */
const bits32 = (saved_dirty: boolean) =>
  ({
    ...COMMON,
    _PAGE_SAVED_DIRTY: [saved_dirty ? bit(10) : 0n, 'software: dirty state of an entry that is not writable'],
    _PAGE_SWP_EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  }) as const;

/** Two levels, 32-bit entries: no NX, no inversion. */
export function i386Layout({ saved_dirty = true }: Versions = {}): Omit<LayoutSpec, 'pageShift'> {
  const { mask: B, bits: names } = defineBits({
    ...bits32(saved_dirty),
    _PAGE_CHG_MASK: [saved_dirty ? 0xfffff6f8n : 0xfffff2f8n, 'what pte_modify keeps', 'mask'],
  });
  const { afterModify, ...shared } = common({
    pteBits: 32,
    SAVED_DIRTY: B._PAGE_SAVED_DIRTY,
    NX: 0n,
    CHG_MASK: B._PAGE_CHG_MASK,
    SOFT_DIRTY: 0n,
    shstk: false,
  });
  return {
    ...shared,
    bits: existing(names),
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { ...shared.flags, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    ops: {
      ...shared.ops,
      modify: [{ keep: B._PAGE_CHG_MASK }, { orProt: bits(31, 0) & ~B._PAGE_CHG_MASK }, ...steps(afterModify)],
    },
    swap: { type: { at: 1, count: 5 }, offset: [{ at: 9, count: 23 }] },
  };
}

/** Three levels, 64-bit entries in 32-bit words. `nx`: the CPU has NX (__supported_pte_mask). */
export function i386PaeLayout(
  { nx }: { readonly nx: boolean },
  { saved_dirty = true, devmap = true }: Versions = {},
): Omit<LayoutSpec, 'pageShift'> {
  // pte_devmap exists on 64-bit kernels only, but pte_modify keeps the bit here, too.
  const kept = (devmap ? bit(saved_dirty ? 57 : 58) : 0n) | (saved_dirty ? bit(10) : 0n);
  const { mask: B, bits: names } = defineBits({
    ...bits32(saved_dirty),
    _PAGE_NX: [bit(63), 'no execute'],
    _PAGE_CHG_MASK: [0x000ffffffffff2f8n | kept, 'what pte_modify keeps', 'mask'],
    PTE_PFN_MASK: [PFN_52, 'page frame number'],
  });
  const { afterModify, ...shared } = common({
    pteBits: 64,
    SAVED_DIRTY: B._PAGE_SAVED_DIRTY,
    NX: B._PAGE_NX,
    CHG_MASK: B._PAGE_CHG_MASK,
    SOFT_DIRTY: 0n,
    shstk: false,
  });
  return {
    ...shared,
    bits: existing(names),
    // pfns are 32-bit words here, so that the upper 8 bits of the 40-bit field stay unused.
    pfn: { fields: [{ at: 12, count: 32 }], invertWhen: needsInvert, invertMask: PFN_52 },
    maxPhysmemBits: 36,
    flags: { ...shared.flags, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { ...shared.tests, none: clear(bits(63, 0) & ~(B._PAGE_ACCESSED | B._PAGE_DIRTY)) },
    ops: {
      ...shared.ops,
      pgprot: { clear: PFN_52 }, // PTE_FLAGS_MASK
      modify: [
        { keep: B._PAGE_CHG_MASK },
        { orProt: bits(63, 0) & ~B._PAGE_CHG_MASK },
        { ifDiffer: needsInvert, do: { xor: PFN_52 } },
        ...steps(afterModify),
      ],
    },
    protectionMap: protectionMap(nx ? B._PAGE_NX : 0n),
    swap: { base: bits(58, 9), type: { at: 59, count: 5 }, offset: [{ at: 9, count: 27 }] },
  };
}
