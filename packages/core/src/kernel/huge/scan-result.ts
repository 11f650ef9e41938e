// SPDX-License-Identifier: GPL-2.0-or-later
/** What a scan for a collapse finds (enum scan_result, mm/khugepaged.c). */
import { PG } from '../../machine/frame-table.js';
import type { Kernel } from '../base/kernel.js';

export type ScanResult =
  | 'FAIL'
  | 'SUCCEED'
  | 'PMD_NULL'
  | 'PMD_NONE'
  | 'PMD_MAPPED'
  | 'EXCEED_NONE_PTE'
  | 'PTE_NON_PRESENT'
  | 'PAGE_RO'
  | 'PAGE_NULL'
  | 'PAGE_ANON'
  | 'PAGE_COUNT'
  | 'PAGE_LRU'
  | 'PAGE_COMPOUND'
  | 'VMA_CHECK'
  | 'ALLOC_HUGE_PAGE_FAIL';

/** is_refcount_suitable() (mm/khugepaged.c): nobody but its mappings and its cache holds the folio. */
export function is_refcount_suitable(k: Kernel, page: number): boolean {
  const head = k.page_folio(page);
  let expected = k.page_mapcount(page);
  if (!k.test_anon(head) || k.frames.test(head, PG.swapcache)) expected += k.large_folio(page)?.pages ?? 1;
  return k.page_count(head) === expected;
}
