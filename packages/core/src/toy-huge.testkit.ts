// SPDX-License-Identifier: GPL-2.0-or-later
/** The toy architectures with PMDs of 256 pages and PUDs of 16,384 that can map memory themselves. */
import type { MachineSpec } from '@specialbit/events';
import { type Architecture, type ArchitectureSpec, defineArchitecture } from './arch/architecture.js';
import type { HugeSpec } from './arch/huge.js';
import { bit } from './arch/mask.js';
import { toyBits } from './arch/toy.testkit.js';
import type { Profile } from './profile/profile.js';
import { bareSpec, HEADER, toySpec } from './toy-lanes.testkit.js';
import type { LaneOptions } from './world/create.js';

const PSE = bit(10);

const huge: HugeSpec = {
  kconfig: 'TOY_HUGE',
  tests: { leaf: PSE },
  ops: { mkhuge: { or: PSE }, mkinvalid: { clear: toyBits.PRESENT } },
};

const levels: Partial<ArchitectureSpec> = {
  levels: { pgd: [30, 4], pud: [26, 16], pmd: [20, 64], pte: [12, 256] },
  huge: { pmd: huge, pud: huge },
  facts: { HAVE_GUP_FAST: true },
};

/** Special bits at every level; in PTEs alone; at none. */
export const hugeWithBits: Architecture = defineArchitecture({
  ...{ ...toySpec, ...levels, name: 'toy-huge' },
  special: { pmd: true, pud: true },
});
export const hugePteBit: Architecture = defineArchitecture({ ...toySpec, ...levels, name: 'toy-huge-pte' });
export const hugeBare: Architecture = defineArchitecture({ ...bareSpec, ...levels, name: 'toy-huge-bare' });

/** As the first, with a bit for memory of a dev_pagemap. */
export const hugeDevmap: Architecture = defineArchitecture({
  ...{ ...toySpec, ...levels, name: 'toy-huge-devmap' },
  layout: { ...toySpec.layout, flags: { ...toySpec.layout.flags, devmap: bit(11) } },
  special: { pmd: true, pud: true },
  features: { pte_devmap: true },
});

/** As the first, but a huge entry that user code has no rights to is not present, as on arm with LPAE. */
export const hugeProtNone: Architecture = defineArchitecture({
  ...{ ...toySpec, ...levels, name: 'toy-huge-prot-none' },
  special: { pmd: true, pud: true },
  huge: {
    pmd: {
      ...huge,
      ops: { ...huge.ops, set_pte: { if: { not: toyBits.USER }, do: { clear: toyBits.PRESENT } } },
    },
  },
});

/** As the first, with a memory map that makes a pfn of page NULL. */
export const hugeNullPage: Architecture = defineArchitecture({
  ...{ ...toySpec, ...levels, name: 'toy-huge-null' },
  special: { pmd: true, pud: true },
  facts: { ...levels.facts, page_to_pfn_of_null: 0x900 },
});

export const PMD_PAGES = 256;
export const PUD_PAGES = 16_384;
/** First frames: of the huge zero folio, of pages, of frames beyond the memory map; each aligned to a PMD. */
export const HZ = 0x4000;
export const B0 = 0x6000;
export const G0 = 0x80000;

export const hugeMachine: MachineSpec = {
  ram: [[0x100, 0x8000]],
  highest_memmap_pfn: 0x7fff,
  zero_pfn: 0x200,
  zero_pages: 1,
  huge_zero_pfn: HZ,
  frames: { P0: 0x1000, HZ, B0, B3: B0 + 3, G0 },
};

export function hugeLane(arch: Architecture = hugeWithBits, profile?: Profile): LaneOptions {
  return { arch, machine: hugeMachine, files: HEADER.files!, ...(profile === undefined ? {} : { profile }) };
}
