// SPDX-License-Identifier: GPL-2.0-or-later
import type { ArchitectureSpec } from '@specialbit/core/arch';
import { i386Changes, x86_64Changes } from './changes.js';
import { X86_FACTS, X86_MMU } from './facts.js';
import { i386Huge, i386PaeHuge, x86_64Huge } from './huge.js';
import { i386Layout, i386PaeLayout, type X86_64Options, x86_64Layout } from './layout.js';

const base = {
  family: 'x86',
  source: [
    'arch/x86/include/asm/pgtable_types.h',
    'arch/x86/include/asm/pgtable.h',
    'arch/x86/include/asm/pgtable-invert.h',
    'arch/x86/mm/pgprot.c',
    'arch/x86/mm/pgtable.c',
  ],
  mmu: X86_MMU,
} as const;

const INVERTED =
  'The pfn of an entry that is neither empty nor valid for the CPU (PROT_NONE) and the offset of a swap entry are stored inverted, so that a speculating CPU finds no memory there (L1TF).';
const SAVED_DIRTY =
  'Write-protecting a dirty entry moves the dirty state to a software bit, so that Write=0, Dirty=1 stays free for shadow stacks; pte_mkwrite of a VMA moves it back, pte_mkwrite_novma does not.';

interface X86_64 extends X86_64Options {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly kconfig: string;
  readonly levels: 4 | 5;
}

/** (NULL - vmemmap) / sizeof(struct page): __VMEMMAP_BASE_L4 or _L5 of arch/x86/include/asm/pgtable_64_types.h. */
function pfnOfNull(levels: 4 | 5): number {
  const vmemmap = levels === 5 ? 0xffd4_0000_0000_0000n : 0xffff_ea00_0000_0000n;
  return Number((2n ** 64n - vmemmap) / 64n);
}

export function x86_64Spec({ levels, name, aliases = [], title, kconfig, ...options }: X86_64): ArchitectureSpec {
  return {
    ...base,
    name,
    aliases,
    title,
    kconfig,
    source: [...base.source, 'arch/x86/include/asm/pgtable_64.h'],
    notes: [INVERTED, SAVED_DIRTY],
    bits: 64,
    levels: {
      pgd: [levels === 5 ? 48 : 39, 512],
      ...(levels === 5 && { p4d: [39, 512] as const }),
      pud: [30, 512],
      pmd: [21, 512],
      pte: [12, 512],
    },
    // TASK_SIZE_MAX: the last page of the lower half stays unused.
    TASK_SIZE: (1n << (levels === 5 ? 56n : 47n)) - 4096n,
    layout: x86_64Layout(options),
    special: { pmd: true, pud: true },
    huge: x86_64Huge,
    features: { pte_devmap: true, soft_dirty: options.soft_dirty, uffd_wp: true, huge_pfnmap: true },
    facts: {
      ...X86_FACTS,
      ARCH_SUPPORTS_NUMA_BALANCING: true,
      ARCH_HAS_PTE_PROTNONE: true,
      page_to_pfn_of_null: pfnOfNull(levels),
    },
    changes: x86_64Changes(options),
  };
}

export const i386Spec: ArchitectureSpec = {
  ...base,
  name: 'i386',
  aliases: ['i386-2level'],
  title: 'i386, 2 levels',
  kconfig: 'X86_32 && !X86_PAE',
  source: [...base.source, 'arch/x86/include/asm/pgtable-2level.h'],
  notes: [SAVED_DIRTY],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xc0000000n,
  layout: i386Layout(),
  huge: i386Huge,
  facts: X86_FACTS,
  changes: i386Changes((versions) => i386Layout(versions)),
};

export function i386PaeSpec({
  name,
  title,
  nx,
}: {
  readonly name: string;
  readonly title: string;
  readonly nx: boolean;
}): ArchitectureSpec {
  return {
    ...base,
    name,
    title,
    kconfig: 'X86_32 && X86_PAE',
    source: [...base.source, 'arch/x86/include/asm/pgtable-3level.h'],
    notes: [INVERTED, SAVED_DIRTY],
    bits: 32,
    levels: { pgd: [30, 4], pmd: [21, 512], pte: [12, 512] },
    TASK_SIZE: 0xc0000000n,
    layout: i386PaeLayout({ nx }),
    huge: i386PaeHuge,
    facts: X86_FACTS,
    changes: i386Changes((versions) => i386PaeLayout({ nx }, versions), { devmap: true }),
  };
}
