// SPDX-License-Identifier: GPL-2.0-or-later
/** Small words with which `changes` of an architecture are written: what a kernel without a feature lacks. */
import type { ArchitectureChange, ArchitectureSpec } from './architecture.js';
import type { ArchFacts } from './facts.js';
import type { Feature } from './feature.js';
import {
  delayed_rmap,
  huge_pfnmap,
  per_vma_lock,
  pte_devmap,
  pte_swp_exclusive_everywhere,
  uffd_wp_bit_names,
} from './kernel-features.js';

type LayoutPart = ArchitectureSpec['layout'];

/** Without the feature other facts hold. */
export const factsWithout = (feature: Feature, facts: Partial<ArchFacts>): ArchitectureChange => ({
  feature,
  without: (spec) => ({ ...spec, facts: { ...spec.facts, ...facts } }),
});

/** Without the feature the entry looks otherwise. `edit` gets the layout as later changes left it. */
export const layoutWithout = (feature: Feature, edit: (layout: LayoutPart) => LayoutPart): ArchitectureChange => ({
  feature,
  without: (spec) => ({ ...spec, layout: edit(spec.layout) }),
});

/** A layout without some named bits of its documentation. */
export const withoutBits = (layout: LayoutPart, ...names: readonly string[]): LayoutPart => ({
  ...layout,
  bits: (layout.bits ?? []).filter((bit) => !names.includes(bit.name)),
});

/** Swap entries without a bit for "exclusive", and the layout of those entries if that moved for it. */
export const swapWithoutExclusive = (swap: Partial<LayoutPart['swap']> = {}): ArchitectureChange =>
  layoutWithout(pte_swp_exclusive_everywhere, (layout) => {
    const { swp_exclusive: _, ...flags } = layout.flags ?? {};
    const named = (layout.bits ?? []).filter((bit) => /SWP_EXCLUSIVE$/.test(bit.name)).map((bit) => bit.name);
    const accepted = { ...layout.accepted, swp_exclusive: 'the mark is lost in a kernel of this version' };
    return { ...withoutBits(layout, ...named), flags, accepted, swap: { ...layout.swap, ...swap } };
  });

/** An SMP kernel whose rmap was not yet delayed. */
export const rmapNotDelayed = (): ArchitectureChange => factsWithout(delayed_rmap, { tlb_delay_rmap: false });
/** A kernel that took mmap_lock for every fault. */
export const noPerVmaLock = (): ArchitectureChange => factsWithout(per_vma_lock, { PER_VMA_LOCK: false });

/** Entries without a devmap bit. `edit`: where more than the flag goes (the mask of pte_modify). */
export const noDevmap = (
  edit: (layout: LayoutPart) => LayoutPart = (layout) => layout,
  feature = pte_devmap,
): ArchitectureChange => ({
  feature,
  without(spec) {
    const { devmap: _, ...flags } = spec.layout.flags ?? {};
    const { mkdevmap: __, ...ops } = spec.layout.ops;
    const named = (spec.layout.bits ?? []).filter((bit) => /DEVMAP$/.test(bit.name)).map((bit) => bit.name);
    const layout = edit({ ...withoutBits(spec.layout, ...named), flags, ops });
    return { ...spec, layout, features: { ...spec.features, pte_devmap: false } };
  },
});

/** No special bit above the last level. */
export const noHugePfnmap = (feature = huge_pfnmap): ArchitectureChange => ({
  feature,
  without: (spec) => ({ ...spec, special: {}, features: { ...spec.features, huge_pfnmap: false } }),
});

/** Bits called UFFD since 7.3. Behind all changes that speak of them by their older names. */
export const uffdBitsRenamed = (): ArchitectureChange =>
  layoutWithout(uffd_wp_bit_names, (layout) => ({
    ...layout,
    bits: (layout.bits ?? []).map((bit) => ({ ...bit, name: bit.name.replace(/UFFD_WP$/, 'UFFD') })),
  }));
