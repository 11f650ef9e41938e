// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Entries above the last level that map a huge page themselves (PMD and PUD leaves): what transparent
 * huge pages and huge pfnmaps are made of. Their layout is that of a PTE with a few changes, so that is
 * how an architecture describes them; asm/pgtable.h does the same with pmd_pte() where it can.
 */
import { type CompiledCodec, compileCodec } from './codec.js';
import type { Pte } from './contract.js';
import { canonicalLayout } from './define-layout.js';
import { ArchError } from './errors.js';
import type { FieldSpec, LayoutSpec, NamedBits, PteLayout, StepsSpec, TestSpec } from './layout.js';

type PteSpec = Omit<LayoutSpec, 'pageShift'>;

/** What distinguishes a huge entry of one level from a PTE; the rest is as there. */
export interface HugeSpec {
  /** The Kconfig condition under which entries of this level can be leaves. */
  readonly kconfig: string;
  /** Names of bits that a PTE does not have, or has under another name. */
  readonly bits?: LayoutSpec['bits'];
  /** The format is one of its own: `bits` are all the names that it has, and none of a PTE's means anything here. */
  readonly ownFormat?: true;
  /** Rights of user code where other bits give them than in a PTE. */
  readonly access?: LayoutSpec['access'];
  /** Absent: the PTE's field without the bits that a huge page's alignment keeps 0. */
  readonly pfn?: LayoutSpec['pfn'];
  /** What pfn_pmd does after it or-ed pfn and protection; absent: as in pfn_pte. */
  readonly construct?: StepsSpec;
  /** An entry after pmd_clear; absent: that of the PTE. */
  readonly empty?: LayoutSpec['empty'];
  /** pmd_leaf, pud_leaf: `leaf`. pmd_trans_huge is `trans_huge`, by default the same. */
  readonly tests: { readonly leaf: TestSpec } & { readonly [name: string]: TestSpec | undefined };
  /** `mkhuge` (default: nothing) makes a leaf of what pfn_pmd gives; `mkinvalid` is pmd_mkinvalid. */
  readonly ops: { readonly mkinvalid: StepsSpec } & { readonly [name: string]: StepsSpec | undefined };
}

/** Huge entries by level; a function gets the PTE's layout in the kernel version asked for. */
export type HugeLevels = {
  readonly [level in 'pmd' | 'pud']?: HugeSpec | ((pte: PteSpec) => HugeSpec);
};

type Inherited =
  | 'empty'
  | 'none'
  | 'present'
  | 'write'
  | 'dirty'
  | 'young'
  | 'special'
  | 'protnone'
  | 'devmap'
  | 'pfn'
  | 'mkwrite_novma'
  | 'mkwrite'
  | 'wrprotect'
  | 'mkdirty'
  | 'mkclean'
  | 'mkyoung'
  | 'mkold'
  | 'mkspecial'
  | 'mkdevmap'
  | 'modify'
  | 'pgprot'
  | 'user'
  | 'read'
  | 'exec'
  | 'protection_map'
  | 'tests'
  | 'ops';

/** Operations on huge entries of one level, in the kernel's names without `pmd_` or `pud_`. */
export interface HugeCodec extends Pick<CompiledCodec, Inherited> {
  /** pfn_pmd, pfn_pud: into `p`. The pfn is that of the first small page; `mkhuge` then makes it a leaf. */
  pfn_pxd(p: Pte, pfn: number, prot: Pte): void;
  mkhuge(p: Pte): void;
  /** What set_pmd_at() of a user address leaves in the table; the identity on most architectures. */
  set_pxd(p: Pte): void;
  /** pmd_mkinvalid: for the hardware not there, for pmd_present and pmd_trans_huge still there. */
  mkinvalid(p: Pte): void;
  leaf(p: Pte): boolean;
  trans_huge(p: Pte): boolean;
  /** log2 of the bytes that one entry maps. */
  readonly shift: number;
  /** Small pages that one entry maps (HPAGE_PMD_NR). */
  readonly pages: number;
  readonly kconfig: string;
  /** Entries of this level have nothing of a PTE: elsewhere functions for PTEs work on those of hugetlb. */
  readonly ownFormat: boolean;
  readonly layout: PteLayout;
}

/** `special`: there is a special bit at this level; without it pmd_special is false and pmd_mkspecial nothing. */
export function compileHuge(
  pte: PteSpec,
  huge: HugeSpec,
  level: { readonly shift: number; readonly pageShift: number; readonly special: boolean },
): HugeCodec {
  const order = level.shift - level.pageShift;
  const notSpecial = { tests: { special: false }, ops: { mkspecial: [] } } as const;
  const { special: _, ...otherFlags } = pte.flags ?? {};
  const layout = canonicalLayout({
    ...pte,
    pageShift: level.pageShift,
    bits: namesOf(pte.bits ?? [], huge),
    ...(huge.access && { access: huge.access }),
    ...(huge.construct && { construct: huge.construct }),
    ...(huge.empty !== undefined && { empty: huge.empty }),
    pfn: huge.pfn ?? { ...pte.pfn, fields: alignedFields(pte.pfn.fields, order) },
    flags: level.special ? (pte.flags ?? {}) : otherFlags,
    tests: {
      ...pte.tests,
      trans_huge: huge.tests.leaf,
      ...huge.tests,
      ...(level.special ? {} : notSpecial.tests),
    },
    ops: { ...pte.ops, mkhuge: [], ...huge.ops, ...(level.special ? {} : notSpecial.ops) },
  });
  const compiled = compileCodec(layout);
  const { tests, ops } = compiled;
  return {
    ...compiled,
    pfn_pxd: compiled.pfn_pte,
    set_pxd: compiled.set_pte,
    mkhuge: ops.mkhuge as HugeCodec['mkhuge'],
    mkinvalid: ops.mkinvalid as HugeCodec['mkinvalid'],
    leaf: tests.leaf as HugeCodec['leaf'],
    trans_huge: tests.trans_huge as HugeCodec['trans_huge'],
    shift: level.shift,
    pages: 2 ** order,
    kconfig: huge.kconfig,
    ownFormat: huge.ownFormat === true,
    layout,
  };
}

/**
 * The names of a huge entry's bits: its own, then what entries above the last level are said to have, then those of
 * a PTE for the bits that neither of them speaks of.
 */
function namesOf(pte: readonly NamedBits[], { bits = [], ownFormat }: HugeSpec): readonly NamedBits[] {
  const named = (names: readonly NamedBits[], { kind, mask }: NamedBits): boolean =>
    names.some((other) => (other.kind === 'swap') === (kind === 'swap') && (other.mask & mask) !== 0n);
  if (ownFormat) return bits;
  const above = pte.filter((of) => of.kind === 'directory' && !named(bits, of));
  const below = pte.filter((of) => of.kind !== 'directory' && !named(bits, of) && !named(above, of));
  return [...below, ...above, ...bits];
}

/** The fields of a pfn whose lowest `order` bits are 0. */
export function alignedFields(fields: readonly FieldSpec[], order: number): readonly FieldSpec[] {
  return fields.flatMap(({ at, count, from = 0 }) => {
    const cut = Math.max(0, order - from);
    return cut >= count ? [] : [{ at: at + cut, count: count - cut, from: from + cut }];
  });
}

/** A huge entry of any protection is a present leaf that gives its pfn back, also when it is made special. */
export function checkHuge(codec: HugeCodec, level: { readonly name: string; readonly special: boolean }): void {
  const p: Pte = { lo: 0, hi: 0 };
  for (const [i, prot] of codec.protection_map.entries()) {
    for (const pfn of [codec.pages, 5 * codec.pages]) {
      const make = (): void => {
        codec.pfn_pxd(p, pfn, prot);
        codec.mkhuge(p);
      };
      const wrong = (what: string): never => {
        throw new ArchError(
          'layout.huge',
          `a huge ${level.name} entry of pfn 0x${pfn.toString(16)} with protection ${i} ${what}`,
          `Correct huge.${level.name}`,
        );
      };
      make();
      if (!codec.leaf(p) || codec.none(p)) wrong('is no leaf');
      // x86's pud_present() does not know PROT_NONE
      if (!codec.present(p) && (level.name === 'pmd' || i % 8 !== 0)) wrong('is not present');
      if (codec.pfn(p) !== pfn) wrong(`reads as pfn 0x${codec.pfn(p).toString(16)}`);
      if (codec.special(p)) wrong('is special from the start');
      codec.mkspecial(p);
      if (codec.special(p) !== level.special) wrong('does not become special');
      if (codec.pfn(p) !== pfn) wrong('loses its pfn when it becomes special');
      make();
      codec.mkinvalid(p);
      if (codec.pfn(p) !== pfn) wrong('loses its pfn when it is invalidated');
    }
  }
}
