// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Entries of x86 before 6.1, whose reports people still paste: no transcript shows them, and the model has no such
 * kernel; they are decoded by these layouts. Read in arch/x86/include/asm/pgtable_64.h, pgtable-3level.h and
 * pgtable_types.h of kernels 4.1, 4.9, 4.18, 4.19 and 5.10.
 */
import {
  type ArchitectureChange,
  type ArchitectureSpec,
  type Feature,
  noDevmap,
  withoutBits,
} from '@specialbit/core/arch';
import { notInverted, x86_64Huge } from './huge.js';

type Layout = ArchitectureSpec['layout'];

/** arch/x86/include/asm/pgtable_types.h: _PAGE_SWP_EXCLUSIVE. */
export const x86_swp_exclusive: Feature = {
  name: 'x86_swp_exclusive',
  summary: 'x86_64: bit 3 of a swap entry says that the page was exclusive',
  without: 'x86_64: swap entries have no such bit',
  since: { subject: 'x86/pgtable: support __HAVE_ARCH_PTE_SWP_EXCLUSIVE', version: '5.19' },
  evidence: 'source',
};

/** arch/x86/include/asm/pgtable_types.h: _PAGE_UFFD_WP. */
export const x86_uffd_wp: Feature = {
  name: 'x86_uffd_wp',
  summary: 'x86_64: bit 10 of an entry, bit 2 of a swap entry, say that userfaultfd write-protected it',
  without: 'x86_64: userfaultfd cannot write-protect',
  since: { subject: 'userfaultfd: wp: add WP pagetable tracking to x86', version: '5.7' },
  evidence: 'source',
};

/** arch/x86/include/asm/pgtable_64.h, pgtable-3level.h, pgtable-invert.h. */
export const x86_l1tf: Feature = {
  name: 'x86_l1tf',
  summary:
    'x86: entries that are not valid for the CPU store their pfn or swap offset inverted, swap types lie in bits 59 to 63',
  without:
    'x86: nothing is inverted; swap types lie in bits 9 to 13 and offsets from bit 14 on (PAE: in the high word)',
  since: {
    commit: '6b28baca9b1f',
    subject: 'x86/speculation/l1tf: Protect PROT_NONE PTEs against speculation',
    version: '4.19',
  },
  backports: ['3.16.58', '4.4.148', '4.9.120', '4.14.63', '4.17.15', '4.18.1'],
  evidence: 'source',
};

/** arch/x86/include/asm/pgtable_64.h. */
export const x86_swap_above_protnone: Feature = {
  name: 'x86_swap_above_protnone',
  summary: 'x86_64: swap types lie above bit 8, away from the bits that an erratum of Knights Landing sets',
  without: 'x86_64: swap types lie in bits 1 to 5, offsets from bit 9 on',
  since: {
    commit: '00839ee3b299',
    subject: 'x86/mm: Move swap offset/type up in PTE to work around erratum',
    version: '4.8',
  },
  backports: ['3.16.58', '4.4.148'],
  evidence: 'source',
};

/** arch/x86/Kconfig: X86_64 selects ZONE_DEVICE's bit. */
export const x86_zone_device: Feature = {
  name: 'x86_zone_device',
  summary: 'x86_64: entries of ZONE_DEVICE pages have a devmap bit',
  without: 'x86_64: no devmap bit',
  since: { commit: '69660fd797c3', subject: 'x86, mm: introduce _PAGE_DEVMAP', version: '4.5' },
  evidence: 'source',
};

const withoutFlag = (layout: Layout, ...names: readonly string[]): Layout => {
  const flags = Object.fromEntries(Object.entries(layout.flags ?? {}).filter(([name]) => !names.includes(name)));
  return { ...layout, flags };
};
const change = (
  feature: Feature,
  edit: (layout: Layout) => Layout,
  more: Partial<ArchitectureSpec> = {},
): ArchitectureChange => ({
  feature,
  without: (spec) => ({ ...spec, ...more, layout: edit(spec.layout) }),
});
const withoutInversion = ({ invertWhen: _, invertMask: __, ...pfn }: Layout['pfn']): Layout['pfn'] => pfn;
/** Steps of pte_modify that flip the pfn go; an entry keeps what it has. */
const plainModify = (ops: Layout['ops']): Layout['ops'] => ({
  ...ops,
  modify: (Array.isArray(ops.modify) ? ops.modify : [ops.modify]).filter((step) => !('ifDiffer' in step)),
});

/** Newest first; they go behind those of changes.ts. */
export const olderX86_64: readonly ArchitectureChange[] = [
  change(x86_swp_exclusive, (layout) => ({
    ...withoutFlag(withoutBits(layout, '_PAGE_SWP_EXCLUSIVE'), 'swp_exclusive'),
    accepted: { ...layout.accepted, swp_exclusive: 'the mark is lost in a kernel of this version' },
  })),
  change(x86_uffd_wp, (layout) => {
    const { mkuffd_wp: _, ...ops } = layout.ops;
    const plain = withoutFlag(withoutBits(layout, '_PAGE_UFFD_WP', '_PAGE_SWP_UFFD_WP'), 'uffd_wp', 'swp_uffd_wp');
    return { ...plain, ops: ops as Layout['ops'] };
  }),
  change(
    x86_l1tf,
    (layout) => ({
      ...layout,
      pfn: withoutInversion(layout.pfn),
      ops: plainModify(layout.ops),
      swap: { type: { at: 9, count: 5 }, offset: [{ at: 14, count: 50 }] },
    }),
    { huge: notInverted(x86_64Huge) },
  ),
  change(x86_swap_above_protnone, (layout) => ({
    ...withoutFlag(withoutBits(layout, '_PAGE_SWP_SOFT_DIRTY'), 'swp_soft_dirty'),
    swap: { type: { at: 1, count: 5 }, offset: [{ at: 9, count: 55 }] },
  })),
  noDevmap(undefined, x86_zone_device),
];

/** PAE: type and offset share the high word. */
export const olderPae: readonly ArchitectureChange[] = [
  change(x86_l1tf, (layout) => ({
    ...layout,
    pfn: withoutInversion(layout.pfn),
    ops: plainModify(layout.ops),
    swap: { type: { at: 32, count: 5 }, offset: [{ at: 37, count: 27 }] },
  })),
];
