// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Entries of arm64 before 6.1, whose reports people still paste: decoded by these layouts; no transcript shows them.
 * Read in arch/arm64/include/asm/pgtable.h, pgtable-prot.h and pgtable-hwdef.h of kernels 3.10, 4.9, 5.4 and 5.10.
 */
import {
  type ArchitectureChange,
  type ArchitectureSpec,
  bit,
  type Feature,
  layoutWithout,
  noDevmap,
  withoutBits,
} from '@specialbit/core/arch';

type Layout = ArchitectureSpec['layout'];

/** arch/arm64/include/asm/pgtable.h: __SWP_TYPE_SHIFT. */
export const arm64_swp_exclusive: Feature = {
  name: 'arm64_swp_exclusive',
  summary: 'arm64: bit 2 of a swap entry says that the page was exclusive; swap types have 5 bits from bit 3 on',
  without: 'arm64: swap types have 6 bits from bit 2 on',
  since: { subject: 'arm64/pgtable: support __HAVE_ARCH_PTE_SWP_EXCLUSIVE', version: '5.19' },
  evidence: 'source',
};

/** arch/arm64/include/asm/pgtable-prot.h: PTE_DEVMAP. */
export const arm64_zone_device: Feature = {
  name: 'arm64_zone_device',
  summary: 'arm64: entries of ZONE_DEVICE pages have a devmap bit',
  without: 'arm64: no devmap bit',
  since: { commit: '73b20c84d42d', subject: 'arm64: mm: implement pte_devmap support', version: '5.4' },
  evidence: 'source',
};

/** arch/arm64/include/asm/pgtable.h: __SWP_TYPE_SHIFT, PTE_FILE. */
export const arm64_no_pte_file: Feature = {
  name: 'arm64_no_pte_file',
  summary: 'arm64: there are no entries of nonlinear mappings; swap types begin at bit 2',
  without: 'arm64: bit 2 of an entry without VALID says that it is of a nonlinear mapping; swap types begin at bit 3',
  since: { commit: '9b3e661e58b9', subject: 'arm64: drop PTE_FILE and pte_file()-related helpers', version: '4.0' },
  evidence: 'source',
};

/** Newest first; they go behind those of arm64.ts. */
export const olderArm64: readonly ArchitectureChange[] = [
  layoutWithout(arm64_swp_exclusive, (layout) => {
    const { swp_exclusive: _, ...flags } = layout.flags ?? {};
    return {
      ...withoutBits(layout, 'PTE_SWP_EXCLUSIVE'),
      flags,
      accepted: { ...layout.accepted, swp_exclusive: 'the mark is lost in a kernel of this version' },
      swap: { type: { at: 2, count: 6 }, offset: [{ at: 8, count: 50 }] },
    };
  }),
  noDevmap(undefined, arm64_zone_device),
  layoutWithout(
    arm64_no_pte_file,
    (layout: Layout): Layout => ({
      ...layout,
      bits: [
        ...(layout.bits ?? []),
        { name: 'PTE_FILE', mask: bit(2), meaning: 'an offset of a nonlinear mapping', kind: 'swap' },
      ],
      swap: { type: { at: 3, count: 6 }, offset: [{ at: 9, count: 49 }] },
    }),
  ),
];
