// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A PTE layout as data: what a page of a data sheet says about an entry, in the terms of
 * asm/pgtable.h. `defineLayout` (define-layout.ts) brings it to the canonical form below and
 * checks it; codec.ts compiles it.
 */
import type { Mask } from './mask.js';

/** A question about an entry, as a plugin writes it. A bare mask: all of its bits are set. */
export type TestSpec =
  | boolean
  | Mask
  | { readonly mask: Mask; readonly value: Mask }
  | { readonly mask: Mask; readonly nonzero: true }
  | { readonly const: boolean }
  | { readonly not: TestSpec }
  | { readonly any: readonly TestSpec[] }
  | { readonly all: readonly TestSpec[] };

/** The canonical form of a test. */
export type Test =
  | { readonly kind: 'const'; readonly value: boolean }
  | { readonly kind: 'equals'; readonly mask: bigint; readonly value: bigint }
  | { readonly kind: 'nonzero'; readonly mask: bigint }
  | { readonly kind: 'not'; readonly test: Test }
  | { readonly kind: 'any' | 'all'; readonly tests: readonly Test[] };

/**
 * One step of an operation. `{clear, or}`: p = (p & ~clear) | or. `{keep}`: p &= keep. `{orProt}`:
 * p |= prot & orProt. `{xor}`: p ^= xor. `if` asks the current value, `ifOld` the value before the
 * operation, `ifDiffer` whether the answer differs between the two.
 */
export type StepSpec =
  | { readonly clear?: Mask; readonly or?: Mask }
  | { readonly keep: Mask }
  | { readonly orProt: Mask }
  | { readonly xor: Mask }
  | { readonly if: TestSpec; readonly do: StepsSpec; readonly else?: StepsSpec }
  | { readonly ifOld: TestSpec; readonly do: StepsSpec; readonly else?: StepsSpec }
  | { readonly ifDiffer: TestSpec; readonly do: StepsSpec };
export type StepsSpec = StepSpec | readonly StepSpec[];

export type Step =
  | { readonly kind: 'set'; readonly clear: bigint; readonly or: bigint }
  | { readonly kind: 'prot'; readonly mask: bigint }
  | { readonly kind: 'xor'; readonly mask: bigint }
  | { readonly kind: 'if' | 'ifOld'; readonly test: Test; readonly do: Steps; readonly else: Steps }
  | { readonly kind: 'ifDiffer'; readonly test: Test; readonly do: Steps };
export type Steps = readonly Step[];

/** A property that has a bit of its own: the test and both operations follow from its mask. */
export type FlagSpec = Mask | { readonly inverted: Mask };

/** `count` bits of a number from its bit `from` on stand in the entry from bit `at` on. */
export interface Field {
  readonly at: number;
  readonly count: number;
  readonly from: number;
}
export interface FieldSpec {
  readonly at: number;
  readonly count: number;
  /** Absent: 0. */
  readonly from?: number;
}

/** Properties of a present entry, with the operations that set and clear them. */
export const FLAG_OPS = {
  write: ['mkwrite', 'wrprotect'],
  dirty: ['mkdirty', 'mkclean'],
  young: ['mkyoung', 'mkold'],
  special: ['mkspecial', undefined],
  devmap: ['mkdevmap', undefined],
  soft_dirty: ['mksoft_dirty', 'clear_soft_dirty'],
  uffd_wp: ['mkuffd_wp', 'clear_uffd_wp'],
  swp_exclusive: ['swp_mkexclusive', 'swp_clear_exclusive'],
  swp_soft_dirty: ['swp_mksoft_dirty', 'swp_clear_soft_dirty'],
  swp_uffd_wp: ['swp_mkuffd_wp', 'swp_clear_uffd_wp'],
} as const satisfies Record<string, readonly [string, string | undefined]>;
export type FlagName = keyof typeof FLAG_OPS;

/** Tests that every layout answers; `false` and `identity` where nothing is said. */
export const TEST_NAMES = [
  'none',
  'present',
  'write',
  'dirty',
  'young',
  'special',
  'protnone',
  'devmap',
  'swp_exclusive',
] as const;
export type TestName = (typeof TEST_NAMES)[number];
export const OP_NAMES = [
  'mkwrite',
  'wrprotect',
  'mkdirty',
  'mkclean',
  'mkyoung',
  'mkold',
  'mkspecial',
  'mkdevmap',
  'swp_mkexclusive',
  'swp_clear_exclusive',
  'set_pte',
  'pgprot',
  'modify',
] as const;
export type OpName = (typeof OP_NAMES)[number];

/**
 * What a name is about. `page`: a page that the hardware may use. `absent`: a resident page that it
 * may not (PROT_NONE). `swap`: a swap entry. `directory`: an entry above the last level. `mask`: a
 * collection of bits that is no field.
 */
export type EntryKind = 'page' | 'absent' | 'swap' | 'directory' | 'mask';

/** A named bit or mask of the kernel's header. */
export interface NamedBits {
  readonly name: string;
  readonly mask: bigint;
  readonly meaning: string;
  readonly kind: EntryKind;
}

/**
 * pgprot_noncached(), pgprot_writecombine(), pgprot_device(), pgprot_dmacoherent(); pgprot_writecombine() of an x86 kernel
 * without PAT; pgprot_modify(), where it is the architecture's own.
 */
export const PGPROT_NAMES = [
  'noncached',
  'writecombine',
  'device',
  'dmacoherent',
  'writecombine_nopat',
  'modify',
] as const;
export type PgprotName = (typeof PGPROT_NAMES)[number];

/** enum page_cache_mode (arch/x86/include/asm/pgtable_types.h), as short as people call them. */
export type CacheMode = 'WB' | 'WC' | 'UC-' | 'UC' | 'WT' | 'WP';

/** A layout as a plugin writes it. */
export interface LayoutSpec {
  /** Width of an entry in bits: 32 or 64 as a rule, any whole number from 8 to 64 otherwise. Bits above stay 0. */
  readonly pteBits: number;
  /** The header's names, for documentation, error messages and the checks against collisions. */
  readonly bits?: readonly NamedBits[];
  readonly pfn: {
    readonly fields: readonly FieldSpec[];
    /** Entries (and protections, when encoding) for which the pfn is stored inverted. */
    readonly invertWhen?: TestSpec;
    readonly invertMask?: Mask;
  };
  /** Largest physical address, in bits, that a machine of this layout can have (MAX_PHYSMEM_BITS). */
  readonly maxPhysmemBits?: number;
  /** log2 of the page size; with `maxPhysmemBits` it says how large a pfn can get. */
  readonly pageShift: number;
  readonly flags?: { readonly [K in FlagName]?: FlagSpec };
  /** `present` has no default; `none` is "equal to `empty`". Names beyond TestName are the header's own. */
  readonly tests: { readonly present: TestSpec } & { readonly [name: string]: TestSpec | undefined };
  /** `modify` has no default. `mkwrite` is pte_mkwrite_novma, `mkwrite_vma` pte_mkwrite where it differs. */
  readonly ops: { readonly modify: StepsSpec } & { readonly [name: string]: StepsSpec | undefined };
  /**
   * Memory types of vm_page_prot: pgprot_noncached() and its relatives. What is absent is as include/linux/pgtable.h
   * has it: `noncached` changes nothing, `writecombine` and `device` are `noncached`, and so is `dmacoherent`.
   */
  readonly pgprot?: { readonly [K in PgprotName]?: StepsSpec };
  /**
   * Where memory types of pfn mappings are tracked (`PFNMAP_TRACKING`): the bits of a protection that say the cache
   * mode, and what their values mean. The first value of a mode is the one that is written.
   */
  readonly cachemode?: { readonly mask: Mask; readonly values: readonly (readonly [value: bigint, mode: CacheMode])[] };
  /** What pfn_pte does after it or-ed pfn and protection. */
  readonly construct?: StepsSpec;
  /** An entry after pte_clear; 0 when absent. */
  readonly empty?: Mask;
  /** vm_get_page_prot: 16 protections, index VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8. */
  readonly protectionMap: readonly Mask[];
  /** Rights of user code. `read`: absent where no bit takes reading away. */
  readonly access: { readonly user: TestSpec; readonly exec: TestSpec; readonly read?: TestSpec };
  readonly swap: {
    /** What a swap entry of type 0, offset 0 looks like; set bits under a field: the field is inverted. */
    readonly base?: Mask;
    readonly type: FieldSpec;
    readonly offset: readonly FieldSpec[];
  };
  /**
   * Deviations that the kernel's own code has: the check's name and why it is so. Checks that are
   * not listed must hold, and those that are listed must fail. A name with a slash
   * (`protections/private`) is a law of the conformance kit.
   */
  readonly accepted?: { readonly [check: string]: string };
}

/** A layout in canonical form: masks are bigints, defaults are filled in. */
export interface PteLayout {
  readonly pteBits: number;
  readonly pageShift: number;
  readonly maxPhysmemBits: number | undefined;
  readonly bits: readonly NamedBits[];
  readonly pfn: {
    readonly fields: readonly Field[];
    readonly invertWhen: Test | undefined;
    readonly invertMask: bigint;
  };
  readonly tests: { readonly [K in TestName]: Test } & { readonly [name: string]: Test | undefined };
  readonly ops: { readonly [K in OpName]: Steps } & { readonly [name: string]: Steps | undefined };
  /** Absent: the generic definition. */
  readonly pgprot: { readonly [K in PgprotName]?: Steps };
  readonly cachemode: { readonly mask: bigint; readonly values: readonly (readonly [bigint, CacheMode])[] };
  readonly construct: Steps;
  readonly empty: bigint;
  readonly protectionMap: readonly bigint[];
  readonly access: { readonly user: Test; readonly exec: Test; readonly read: Test };
  readonly swap: { readonly base: bigint; readonly type: Field; readonly offset: readonly Field[] };
  readonly accepted: { readonly [check: string]: string };
}
