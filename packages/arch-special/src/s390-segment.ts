// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * s390's segment-table entries that map large pages: a format of their own, whose software bits moved when a
 * present bit came. arch/s390/include/asm/pgtable.h: _SEGMENT_ENTRY_*, massage_pgprot_pmd(), pmd_*().
 */
import { bit, bits, clear, equals, type Feature, type HugeSpec, ones, type StepSpec } from '@specialbit/core/arch';

/**
 * arch/s390/include/asm/pgtable.h: _SEGMENT_ENTRY_PRESENT, pmd_present(), pmd_leaf(). The bits made room for it in the
 * commit before, ae1b9fb2d556 "s390/mm: Rearrange region-third and segment table entry SW bits".
 */
export const s390_segment_present: Feature = {
  name: 's390_segment_present',
  summary:
    's390: bit 0 of a segment-table entry says present; read permission is bit 14, write permission bit 15, soft-dirty bit 1',
  without:
    's390: a segment-table entry is present unless it is the empty one; read permission is bit 0, write permission bit 1, soft-dirty bit 14',
  since: {
    version: '6.13',
    commit: '03e6db16b808',
    subject: 's390/mm: Introduce region-third and segment table entry present bits',
  },
  where: 'arch/s390/include/asm/pgtable.h, pmd_present()',
  evidence: 'source',
};

/** What differs between the two formats. */
interface Positions {
  readonly PRESENT: bigint;
  readonly READ: bigint;
  readonly WRITE: bigint;
  readonly SOFT_DIRTY: bigint;
}
const WITH_PRESENT: Positions = { PRESENT: bit(0), READ: bit(14), WRITE: bit(15), SOFT_DIRTY: bit(1) };
const WITHOUT_PRESENT: Positions = { PRESENT: 0n, READ: bit(0), WRITE: bit(1), SOFT_DIRTY: bit(14) };

const SAME = {
  INVALID: bit(5),
  NOEXEC: bit(8),
  PROTECT: bit(9),
  LARGE: bit(10),
  YOUNG: bit(12),
  DIRTY: bit(13),
} as const;

/** Page protections as massage_pgprot_pmd() tells them apart: their low 12 bits. */
export interface PageProtections {
  readonly none: bigint;
  readonly read: bigint;
  readonly readExec: bigint;
  readonly write: bigint;
}

/** massage_pgprot_pmd(): the page protection in the low 12 bits becomes that of a segment. */
function toSegment(page: PageProtections, { PRESENT, READ, WRITE }: Positions): StepSpec {
  const { INVALID, NOEXEC, PROTECT } = SAME;
  const become = (protection: bigint): StepSpec => ({ clear: bits(11, 0), or: PRESENT | protection });
  const choices: readonly (readonly [bigint, bigint])[] = [
    [page.none, INVALID | PROTECT],
    [page.read, PROTECT | READ | NOEXEC],
    [page.readExec, PROTECT | READ],
    [page.write, READ | WRITE | NOEXEC],
  ];
  return choices.reduceRight<StepSpec>(
    (otherwise, [from, to]) => ({ if: equals(bits(11, 0), from), do: become(to), else: otherwise }),
    become(READ | WRITE),
  );
}

function segmentOf(page: PageProtections, soft_dirty: boolean, at: Positions): HugeSpec {
  const S = { ...SAME, ...at };
  const TO_SEGMENT = toSegment(page, at);
  const named = (name: string, mask: bigint, meaning: string) => ({
    name: `_SEGMENT_ENTRY_${name}`,
    mask,
    meaning,
    kind: 'directory' as const,
  });
  return {
    kconfig: 'TRANSPARENT_HUGEPAGE',
    bits: [
      ...(S.PRESENT === 0n ? [] : [named('PRESENT', S.PRESENT, 'software: present')]),
      named('READ', S.READ, 'software: read permission'),
      named('WRITE', S.WRITE, 'software: write permission'),
      named('INVALID', S.INVALID, 'hardware: invalid'),
      named('NOEXEC', S.NOEXEC, 'hardware: no execution'),
      named('PROTECT', S.PROTECT, 'hardware: no stores'),
      named('LARGE', S.LARGE, 'hardware: maps a large page'),
      named('YOUNG', S.YOUNG, 'software: young'),
      named('DIRTY', S.DIRTY, 'software: dirty'),
      ...(soft_dirty ? [named('SOFT_DIRTY', S.SOFT_DIRTY, 'software: soft-dirty tracking')] : []),
    ],
    ownFormat: true,
    // what may not be read stays invalid for the hardware, whatever else its protection allows
    access: { user: true, read: S.READ, exec: { all: [S.READ, clear(S.NOEXEC)] } },
    construct: TO_SEGMENT,
    empty: S.INVALID,
    tests: {
      none: equals(ones(64), S.INVALID),
      present: S.PRESENT === 0n ? { not: equals(ones(64), S.INVALID) } : S.PRESENT,
      leaf: S.PRESENT === 0n ? S.LARGE : { all: [S.PRESENT, S.LARGE] },
      write: S.WRITE,
      dirty: S.DIRTY,
      young: S.YOUNG,
      protnone: { all: [S.PRESENT === 0n ? S.LARGE : { all: [S.PRESENT, S.LARGE] }, clear(S.READ)] },
      soft_dirty: S.SOFT_DIRTY,
    },
    ops: {
      mkhuge: { or: S.LARGE | S.YOUNG | S.PROTECT },
      mkinvalid: { or: S.INVALID },
      mkwrite: [{ or: S.WRITE }, { if: S.DIRTY, do: { clear: S.PROTECT } }],
      wrprotect: { clear: S.WRITE, or: S.PROTECT },
      mkdirty: [{ or: S.DIRTY | (soft_dirty ? S.SOFT_DIRTY : 0n) }, { if: S.WRITE, do: { clear: S.PROTECT } }],
      mkclean: { clear: S.DIRTY, or: S.PROTECT },
      mkyoung: [{ or: S.YOUNG }, { if: S.READ, do: { clear: S.INVALID } }],
      mkold: { clear: S.YOUNG, or: S.INVALID },
      mksoft_dirty: { or: S.SOFT_DIRTY },
      clear_soft_dirty: { clear: S.SOFT_DIRTY },
      modify: [
        { keep: bits(63, 20) | S.DIRTY | S.YOUNG },
        { orProt: bits(11, 0) },
        TO_SEGMENT,
        // massage_pgprot_pmd() looks at the protection alone: what lies in its bits is put back afterwards
        { ifOld: S.LARGE, do: { or: S.LARGE } },
        { ifOld: S.SOFT_DIRTY, do: { or: S.SOFT_DIRTY } },
        { if: S.DIRTY, do: [], else: { or: S.PROTECT } },
        { if: S.YOUNG, do: [], else: { or: S.INVALID } },
      ],
    },
  };
}

/** The entries of kernels with the present bit, and of those without. */
export const segmentEntries = (
  page: PageProtections,
  soft_dirty: boolean,
): { readonly withPresent: HugeSpec; readonly withoutPresent: HugeSpec } => ({
  withPresent: segmentOf(page, soft_dirty, WITH_PRESENT),
  withoutPresent: segmentOf(page, soft_dirty, WITHOUT_PRESENT),
});
