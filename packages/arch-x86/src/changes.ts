// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What x86's entries lack in kernels that are not 6.12. Read in arch/x86/include/asm/pgtable.h and
 * pgtable_types.h of 6.1.192 and 6.12.117.
 */
import {
  type ArchitectureChange,
  type ArchitectureSpec,
  type Feature,
  type HugeSpec,
  layoutWithout,
  noHugePfnmap,
  type PassingChange,
  pte_devmap,
  type StepSpec,
  swapWithoutExclusive,
  uffdBitsRenamed,
} from '@specialbit/core/arch';
import { steps, type Versions, type X86_64Options, X86_BITS, x86_64Layout } from './layout.js';
import { olderPae, olderX86_64 } from './older.js';

/** _PAGE_SAVED_DIRTY, mksaveddirty_shift() and clear_saveddirty_shift(). */
export const x86_saved_dirty: Feature = {
  name: 'x86_saved_dirty',
  summary: 'the dirty state of an entry that is not writable is kept in a software bit (bit 58; 10 on 32-bit x86)',
  without: 'dirty is bit 6 of every entry, writable or not; on x86_64 bit 58 is the devmap bit',
  since: { commit: 'bb3aadf7d446', subject: 'x86/mm: Start actually marking _PAGE_SAVED_DIRTY', version: '6.6' },
  evidence: 'transcripts',
};

/** pte_mkuffd_wp(). */
export const uffd_wp_protects: Feature = {
  name: 'uffd_wp_protects',
  summary: 'pte_mkuffd_wp() also takes the write permission away',
  without: 'pte_mkuffd_wp() only sets its own bit; callers write-protect',
  since: { commit: 'f1eb1bacfba9', subject: 'mm/uffd: always wr-protect pte in pte|pmd_mkuffd_wp()', version: '6.3' },
  evidence: 'source',
};

/** arch/x86/mm/pat/memtype.c: pgprot_writecombine(). */
export const x86_writecombine_replaces: Feature = {
  name: 'x86_writecombine_replaces',
  summary: 'pgprot_writecombine() replaces the memory type of a protection',
  without: 'pgprot_writecombine() or-s its bits to those of the type before: after pgprot_noncached() it is UC',
  since: {
    version: '6.16',
    // in lists of commits it comes before f8e97613fed2 of the same series, which a bisection of the mainline names
    commit: 'ed1a7814036c',
    subject: 'x86/mm/pat: factor out setting cachemode into pgprot_set_cachemode()',
  },
  where: 'arch/x86/mm/pat/memtype.c, pgprot_writecombine()',
  evidence: 'source',
};

/** arch/x86/include/asm/pgtable.h: pmd_modify(). */
export const x86_pmd_modify_drops_dirty: Feature = {
  name: 'x86_pmd_modify_drops_dirty',
  summary: 'pmd_modify() loses the dirty state of a writable PMD',
  without: 'pmd_modify() keeps the dirty state of a PMD',
  since: { version: '6.17', subject: 'pmd_modify() masks _PAGE_DIRTY out of what it keeps', after: '6.12.117' },
  until: { version: '7.2', subject: 'pmd_modify() keeps _PAGE_DIRTY', after: '7.1.13' },
  where: 'arch/x86/include/asm/pgtable.h, pmd_modify()',
  evidence: 'transcripts',
};

/** pmd_modify() with the step that loses it. */
const pmdModifyDropsDirty: PassingChange = {
  feature: x86_pmd_modify_drops_dirty,
  with: (spec) => {
    const pmd = spec.huge?.pmd;
    if (pmd === undefined) return spec;
    const of = (pte: Layout): HugeSpec => {
      const whole = typeof pmd === 'function' ? pmd(pte) : pmd;
      const modify: StepSpec[] = [{ clear: X86_BITS._PAGE_DIRTY }, ...steps(whole.ops.modify ?? pte.ops.modify)];
      return { ...whole, ops: { ...whole.ops, modify } };
    };
    return { ...spec, huge: { ...spec.huge, pmd: of } };
  },
};

type Layout = ArchitectureSpec['layout'];

/** Behind those that make layouts anew. */
const writecombineOrs = layoutWithout(x86_writecombine_replaces, (layout) => ({
  ...layout,
  pgprot: {
    ...layout.pgprot,
    writecombine: { or: X86_BITS._PAGE_PWT },
    writecombine_nopat: { or: X86_BITS._PAGE_PCD },
  },
}));

/** What a layout says of the version that it was made for. */
const versionsOf = (layout: Layout, spec: ArchitectureSpec): Versions => ({
  saved_dirty: (layout.bits ?? []).some((named) => named.name === '_PAGE_SAVED_DIRTY'),
  devmap: spec.features?.pte_devmap ?? true,
});

/** The layouts of x86 are made anew for each combination of features. */
function rebuild(feature: Feature, without: Versions, layout: (versions: Versions) => Layout): ArchitectureChange {
  return {
    feature,
    without: (spec) => ({
      ...spec,
      layout: { ...layout({ ...versionsOf(spec.layout, spec), ...without }), swap: spec.layout.swap },
      ...(without.devmap === false && { features: { ...spec.features, pte_devmap: false } }),
    }),
  };
}

export function x86_64Changes(options: X86_64Options): readonly (ArchitectureChange | PassingChange)[] {
  const layout = (versions: Versions) => x86_64Layout(options, versions);
  return [
    rebuild(pte_devmap, { devmap: false }, layout),
    noHugePfnmap(),
    rebuild(x86_saved_dirty, { saved_dirty: false }, layout),
    {
      feature: uffd_wp_protects,
      without: (spec) => ({
        ...spec,
        layout: layout({ ...versionsOf(spec.layout, spec), uffd_wp_protects: false }),
      }),
    },
    ...olderX86_64,
    uffdBitsRenamed(),
    writecombineOrs,
    pmdModifyDropsDirty,
  ];
}

/** `devmap`: pte_modify keeps the bit (PAE). */
export function i386Changes(
  layout: (versions: Versions) => Layout,
  { devmap = false }: { readonly devmap?: boolean } = {},
): readonly (ArchitectureChange | PassingChange)[] {
  return [
    ...(devmap ? [rebuild(pte_devmap, { devmap: false }, layout)] : []),
    rebuild(x86_saved_dirty, { saved_dirty: false }, layout),
    swapWithoutExclusive(),
    ...(devmap ? olderPae : []),
    writecombineOrs,
    pmdModifyDropsDirty,
  ];
}
