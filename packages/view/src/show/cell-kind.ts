// SPDX-License-Identifier: GPL-2.0-or-later
/** What an entry is to vm_normal_page(), in one of a few kinds: each has a letter, so that no colour is needed. */
import { Decision } from '@specialbit/core';

export type CellKind = 'none' | 'page' | 'special' | 'rule' | 'zero' | 'bad' | 'swap' | 'stray';

export interface CellKindInfo {
  /** One letter, or sign. */
  readonly sign: string;
  readonly text: string;
}

export const CELL_KINDS: Readonly<Record<CellKind, CellKindInfo>> = {
  none: { sign: '', text: 'nothing is mapped' },
  page: { sign: 'P', text: 'a normal page' },
  special: { sign: 'S', text: 'no page: the special bit says so' },
  rule: { sign: 'N', text: 'no page: a rule says so, by flags, vm_pgoff or the memory map' },
  zero: { sign: 'Z', text: 'no page: the zero page' },
  bad: { sign: '!', text: 'a bad page map' },
  swap: { sign: 'W', text: 'swapped out' },
  stray: { sign: '?', text: 'nobody asks: no VMA, or no function of this kernel' },
};

/** How vm_normal_page() came to its answer. */
const KIND_OF: Readonly<Record<Decision, CellKind>> = {
  [Decision.normal]: 'page',
  [Decision.normal_mixedmap_valid]: 'page',
  [Decision.normal_find_special]: 'page',
  [Decision.normal_cow_anon]: 'page',
  [Decision.null_find_special]: 'special',
  [Decision.null_special_vma]: 'special',
  [Decision.null_special_zero]: 'zero',
  [Decision.null_special_devmap]: 'special',
  [Decision.bad_special]: 'bad',
  [Decision.null_mixedmap_invalid]: 'rule',
  [Decision.null_mixedmap_zero]: 'zero',
  [Decision.null_pfnmap_linear]: 'rule',
  [Decision.null_pfnmap_not_cow]: 'rule',
  [Decision.null_zero]: 'zero',
  [Decision.bad_pfn]: 'bad',
  [Decision.null_special_pmd]: 'special',
  [Decision.null_special_huge_zero]: 'zero',
  [Decision.null_huge_zero]: 'zero',
  [Decision.null_devmap]: 'rule',
  [Decision.null_beyond_memmap]: 'rule',
  [Decision.null_cow_invalid]: 'rule',
  [Decision.null_cow_not_anon]: 'rule',
};

/** The kind of a present entry; `decision` null: nobody asks. */
export function cellKind(decision: Decision | null): CellKind {
  return decision === null ? 'stray' : KIND_OF[decision];
}
