// SPDX-License-Identifier: GPL-2.0-or-later
/** Calls of drivers that insert into page tables, by what they insert: mm/memory.c, mm/huge_memory.c. */
import type { InsertMixed, InsertPage, InsertPfn, InsertPfnHuge } from '../types.js';

/** Pages, each counted: insert_page() (mm/memory.c) and what is made of it. */
export const PAGE_INSERTS = [
  'vm_insert_page',
  'vm_insert_pages',
  'vm_map_pages',
  'vm_map_pages_zero',
] as const satisfies readonly InsertPage['type'][];

/** A frame by a PTE, counted or not as its VMA and the call's pfn say: insert_pfn(), __vm_insert_mixed() (mm/memory.c). */
export const FRAME_INSERTS = [
  'vmf_insert_pfn',
  'vmf_insert_pfn_prot',
  'vmf_insert_mixed',
  'vmf_insert_mixed_mkwrite',
] as const satisfies readonly (InsertPfn | InsertMixed)['type'][];

/** A huge entry: mm/huge_memory.c. */
export const HUGE_INSERTS = [
  'vmf_insert_pfn_pmd',
  'vmf_insert_pfn_pud',
  'vmf_insert_folio_pmd',
] as const satisfies readonly InsertPfnHuge['type'][];

/** All of them. remap_pfn_range() and its like, which set flags of the VMA, are none of them. */
export const INSERTING_CALLS = [...PAGE_INSERTS, ...FRAME_INSERTS, ...HUGE_INSERTS] as const;
