// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * x86's entries of 2 or 4 MiB (PMD) and 1 GiB (PUD).
 * arch/x86/include/asm/pgtable.h (pmd_* and pud_* helpers), pgtable_types.h (pmd_pfn_mask).
 */
import {
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  clear,
  equals,
  type HugeLevels,
  type HugeSpec,
  type StepSpec,
} from '@specialbit/core/arch';
import { needsInvert, steps, X86_BITS } from './layout.js';

const { _PAGE_PRESENT: PRESENT, _PAGE_PROTNONE: PROTNONE, _PAGE_PSE: PSE } = X86_BITS;

/** Names of the pfn field, by its lowest bit (pgtable_types.h, page_types.h). */
const PFN_MASKS: Readonly<Record<number, string>> = {
  21: 'PHYSICAL_PMD_PAGE_MASK',
  22: 'PHYSICAL_PMD_PAGE_MASK',
  30: 'PHYSICAL_PUD_PAGE_MASK',
};

/** `top`, `first`: highest bit of the pfn field, and its lowest one in an entry of this level. */
function huge(
  { kconfig, top, first, inverts = true }: { kconfig: string; top: number; first: number; inverts?: boolean },
  tests: HugeSpec['tests'] | { readonly none: HugeSpec['tests'][string] } | object = {},
) {
  return (pte: ArchitectureSpec['layout']): HugeSpec => {
    const pfn = bits(top, first);
    const devmap = pte.flags?.devmap as bigint | undefined;
    // pmd_modify inverts the pfn of this level only; what it keeps is the same (_HPAGE_CHG_MASK)
    const modify = steps(pte.ops.modify).map((step): StepSpec => ('ifDiffer' in step ? flip(pfn) : step));
    return {
      kconfig,
      bits: [
        { name: '_PAGE_PSE', mask: PSE, meaning: 'the entry maps memory itself', kind: 'page' },
        { name: '_PAGE_PAT_LARGE', mask: bit(12), meaning: 'third bit of the memory type', kind: 'page' },
        { name: PFN_MASKS[first] as string, mask: pfn, meaning: 'page frame number', kind: 'page' },
      ],
      ...(inverts && {
        pfn: {
          fields: [{ at: first, count: pfnBits(pte) - (first - 12), from: first - 12 }],
          invertWhen: needsInvert,
          invertMask: pfn,
        },
      }),
      tests: {
        present: anyOf(PRESENT | PROTNONE | PSE),
        leaf: PSE,
        trans_huge: devmap === undefined ? PSE : equals(PSE | devmap, PSE),
        ...tests,
      },
      ops: {
        mkhuge: { or: PSE },
        ...(devmap !== undefined && { mkdevmap: { or: devmap } }),
        mkinvalid: [{ clear: PRESENT | PROTNONE }, ...(inverts ? [flip(pfn)] : [])],
        modify,
      },
    };
  };
}

const flip = (pfn: bigint): StepSpec => ({ ifDiffer: needsInvert, do: { xor: pfn } });
const pfnBits = (pte: ArchitectureSpec['layout']): number => pte.pfn.fields[0]?.count ?? 0;

/** The same levels in a kernel that inverts no pfn: the field of a PTE, without what the alignment keeps 0. */
export const notInverted = (levels: HugeLevels): HugeLevels =>
  Object.fromEntries(
    Object.entries(levels).map(([level, of]) => [
      level,
      (pte: ArchitectureSpec['layout']): HugeSpec => {
        const { pfn: _, ...spec } = typeof of === 'function' ? of(pte) : of;
        const first = level === 'pud' ? 30 : 21;
        const plain = { fields: [{ at: first, count: pfnBits(pte) - (first - 12), from: first - 12 }] };
        return { ...spec, pfn: plain, ops: { ...spec.ops, mkinvalid: { clear: PRESENT | PROTNONE } } };
      },
    ]),
  );

export const x86_64Huge: HugeLevels = {
  pmd: huge({ kconfig: 'TRANSPARENT_HUGEPAGE', top: 51, first: 21 }),
  pud: huge(
    { kconfig: 'TRANSPARENT_HUGEPAGE (HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD)', top: 51, first: 30 },
    { none: clear(bits(63, 0) & ~(X86_BITS._PAGE_ACCESSED | X86_BITS._PAGE_DIRTY)), present: PRESENT },
  ),
};
export const i386Huge: HugeLevels = {
  pmd: huge({ kconfig: 'TRANSPARENT_HUGEPAGE', top: 31, first: 22, inverts: false }),
};
/** pmd_none looks at the low word only. */
export const i386PaeHuge: HugeLevels = {
  pmd: huge(
    { kconfig: 'TRANSPARENT_HUGEPAGE', top: 51, first: 21 },
    { none: clear(bits(31, 0) & ~(X86_BITS._PAGE_ACCESSED | X86_BITS._PAGE_DIRTY)) },
  ),
};
