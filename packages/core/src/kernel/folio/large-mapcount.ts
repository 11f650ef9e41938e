// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The map count of a large folio, and which address spaces own it (include/linux/rmap.h). With CONFIG_MM_ID a folio has two
 * slots, each for an address space and how many of the folio's mappings are its; what finds no slot is in the sum alone.
 */
import { type Folio, MM_ID_DUMMY } from '../../mm/folio.js';
import type { Mm } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/** MM_ID_MAPCOUNT_MAX (include/linux/mm_types.h) on 32 bits, where a slot counts in a short; and the count that it stands for. */
const MOST_32BIT = 0x7fff + 1;

/** CONFIG_MM_ID (mm/Kconfig): selected by CONFIG_TRANSPARENT_HUGEPAGE since there are owners of large folios. */
export function mm_id_enabled(k: Kernel): boolean {
  return k.feature.mm_id && k.thp.on;
}

/**
 * CONFIG_PAGE_MAPCOUNT (mm/Kconfig): pages of large folios have a map count each. Not with CONFIG_NO_PAGE_MAPCOUNT, and not
 * with the proposed count of all mapped pages.
 */
export function page_mapcount_enabled(k: Kernel): boolean {
  if (!mm_id_enabled(k)) return true;
  return !k.feature.no_page_mapcount && !k.feature.total_mapped_pages;
}

/** folio_add_return_large_mapcount(), folio_set_large_mapcount() (include/linux/rmap.h): the new folio_mapcount(). */
export function folio_add_large_mapcount(k: Kernel, folio: Folio, diff: number, mm: Mm): number {
  const mapcount = folio.add('large_mapcount', diff);
  if (!mm_id_enabled(k)) return mapcount;
  const slot = folio.slotOf(mm.id);
  if (slot >= 0) {
    const own = folio.mm_id_mapcount(slot) + diff;
    if (k.arch.bits === 32 && own > MOST_32BIT) {
      folio.set_mm_id(slot, MM_ID_DUMMY, 0);
      folio.set_mapped_shared(true);
    } else {
      folio.set_mm_id(slot, mm.id, own);
    }
  } else if (folio.mm_id0 === MM_ID_DUMMY) {
    folio.set_mm_id(0, mm.id, diff);
    if (mapcount !== diff) folio.set_mapped_shared(true);
  } else if (folio.mm_id1 === MM_ID_DUMMY) {
    folio.set_mm_id(1, mm.id, diff);
    folio.set_mapped_shared(true);
  }
  return mapcount;
}

/** folio_sub_return_large_mapcount() (include/linux/rmap.h): the new folio_mapcount(). */
export function folio_sub_large_mapcount(k: Kernel, folio: Folio, diff: number, mm: Mm): number {
  const mapcount = folio.add('large_mapcount', -diff);
  if (!mm_id_enabled(k)) return mapcount;
  const slot = folio.slotOf(mm.id);
  if (slot >= 0) {
    const own = folio.mm_id_mapcount(slot) - diff;
    if (own > 0) {
      folio.set_mm_id(slot, mm.id, own);
      return mapcount;
    }
    folio.set_mm_id(slot, MM_ID_DUMMY, 0);
  }
  // one address space owns all mappings, or there are none
  if (folio.mm_id_mapcount0 === mapcount || folio.mm_id_mapcount1 === mapcount) folio.set_mapped_shared(false);
  return mapcount;
}

/**
 * folio_likely_mapped_shared() (include/linux/mm.h): is the folio mapped by more than one address space? Of a large folio
 * that only PTEs map, and no page of it surely twice, the first page is asked for all of them.
 */
function folio_likely_mapped_shared(k: Kernel, folio: Folio): boolean {
  if (folio.large_mapcount <= 1) return false;
  if (folio.entire_mapcount > 0 || folio.large_mapcount > folio.pages) return true;
  return k.page_mapcount_of(folio.id) > 1;
}

/** folio_maybe_mapped_shared() (include/linux/mm.h), folio_likely_mapped_shared() before there were owners. */
export function folio_maybe_mapped_shared(k: Kernel, pfn: number): boolean {
  const folio = k.large_folio(pfn);
  if (folio === undefined) return k.page_mapcount_of(pfn) > 1;
  // only what can be mapped in part needs more
  if (folio.hugetlb) return folio.large_mapcount > 1;
  if (!k.feature.mm_id) return folio_likely_mapped_shared(k, folio);
  // vm_insert_page() of compound pages in a kernel that has no folios otherwise
  if (!mm_id_enabled(k)) return true;
  return folio.large_mapcount > 1 && folio.mapped_shared;
}

/** folio_precise_page_mapcount() (fs/proc/internal.h): how often a page is mapped. */
export function folio_precise_page_mapcount(k: Kernel, pfn: number): number {
  return k.page_mapcount_of(pfn) + (k.large_folio(pfn)?.entire_mapcount ?? 0);
}

/** folio_average_page_mapcount() (fs/proc/internal.h): how often a page of the folio is mapped on average, at least once where one is. */
export function folio_average_page_mapcount(k: Kernel, pfn: number): number {
  const folio = k.large_folio(pfn);
  if (folio === undefined) return k.page_mapcount_of(pfn);
  const { large_mapcount, entire_mapcount, pages, order } = folio;
  if (large_mapcount <= 0) return 0;
  if (k.feature.total_mapped_pages) return Math.max((folio_total_mapped_pages(folio) + pages / 2) >>> order, 1);
  if (large_mapcount <= entire_mapcount) return entire_mapcount;
  const average = (large_mapcount - entire_mapcount + Math.floor(pages / 2)) >>> order;
  return Math.max(average + entire_mapcount, 1);
}

/**
 * folio_total_mapped_pages() (include/linux/mm.h), proposed: a page counts as often as it is mapped. Nothing of the model
 * maps a folio that is larger than a PMD, so that it follows from how often all of it is mapped, and how often a page.
 */
export function folio_total_mapped_pages({ entire_mapcount, large_mapcount, pages }: Folio): number {
  return entire_mapcount * pages + large_mapcount - entire_mapcount;
}
