// SPDX-License-Identifier: GPL-2.0-or-later
/** What GUP asks of a page before it takes it, and how it takes and drops it (mm/gup.c). */
import { F, PG } from '../../machine/frame-table.js';
import { is_cow_mapping } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { FOLL_GET, FOLL_LONGTERM, FOLL_PIN, FOLL_WRITE, GUP_PIN_COUNTING_BIAS } from '../base/mm-types.js';
import { is_huge_zero_pfn } from '../pte/normal-page.js';

/** gup_must_unshare() (mm/internal.h). `vma` null: the lockless walk does not know it. */
export function gup_must_unshare(k: Kernel, vma: Vma | null, flags: number, page: number): boolean {
  if ((flags & (FOLL_WRITE | FOLL_PIN)) !== FOLL_PIN) return false;
  if (!k.test_anon(page)) {
    if ((flags & FOLL_LONGTERM) === 0 || !k.feature.longterm_pin_unshares_files) return false;
    return vma === null || is_cow_mapping(vma.vm_flags);
  }
  return !k.frames.test(page, PG.anon_exclusive);
}

/**
 * Ours: the first page of a folio of PMD_ORDER that the machine's allocator did not make: the huge zero folio of its
 * description, or a driver's; -1 for others.
 */
function described_folio(k: Kernel, page: number): number {
  if (is_huge_zero_pfn(k, page)) return k.huge_zero_pfn;
  const { pmd } = k.arch;
  if (pmd === undefined) return -1;
  const head = page - (page % pmd.pages);
  return k.frames.test(head, PG.head) ? head : -1;
}

/** page_folio() (include/linux/page-flags.h): the page that is counted for this one. */
export function page_folio(k: Kernel, page: number): number {
  const folio = k.large_folio(page);
  if (folio !== undefined) return folio.id;
  const large = described_folio(k, page);
  return large < 0 ? page : large;
}

/** try_grab_folio(): false when the page has no reference left to add to. */
export function try_grab_folio(k: Kernel, page: number, flags: number): boolean {
  const folio = k.large_folio(page);
  const large = folio?.id ?? described_folio(k, page);
  if (large >= 0) {
    // a large folio counts pins one by one, beside its references
    if ((flags & (FOLL_GET | FOLL_PIN)) !== 0) k.get_page(large);
    if ((flags & (FOLL_GET | FOLL_PIN)) === FOLL_PIN) folio?.add('pincount', 1);
    return true;
  }
  if (k.page_count(page) + k.machine.heldRefs(page) <= 0) return false;
  if ((flags & FOLL_GET) !== 0) k.get_page(page);
  else if ((flags & FOLL_PIN) !== 0 && !k.machine.is_zero_pfn(page)) k.frames.add(page, F.count, GUP_PIN_COUNTING_BIAS);
  return true;
}

/** sanity_check_pinned_pages() (DEBUG_VM): nobody else may have an anonymous page that is pinned. */
export function sanity_check_pinned_page(k: Kernel, page: number): void {
  const { frames } = k;
  if (k.machine.is_zero_pfn(page) || !k.test_anon(page)) return;
  if (frames.test(page_folio(k, page), PG.anon_exclusive) || frames.test(page, PG.anon_exclusive)) return;
  if (!k.feature.gup_warns) k.BUG('gup_pinned_shared_anon');
  k.warn_once('gup_pinned_shared_anon');
}

/** unpin_user_page(). */
export function unpin_user_page(k: Kernel, page: number): void {
  sanity_check_pinned_page(k, page);
  const folio = k.large_folio(page);
  const large = folio?.id ?? described_folio(k, page);
  if (large >= 0) {
    folio?.add('pincount', -1);
    k.put_page(large);
  } else if (!k.machine.is_zero_pfn(page)) k.put_page(page, GUP_PIN_COUNTING_BIAS);
}

/**
 * gup_fast_folio_allowed(): a long-term pin for writing takes anonymous and tmpfs pages only. With CONFIG_SECRETMEM
 * it looks at every folio's mapping, and took none for a sign of truncation until 7.3: a driver's page has none.
 */
export function gup_fast_folio_allowed(k: Kernel, flags: number, page: number): boolean {
  if (k.large_folio(page)?.hugetlb === true) return true;
  const all = FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE;
  const reject_file_backed = (flags & all) === all && k.feature.longterm_fast_write_refused;
  if (reject_file_backed) return k.test_anon(page) || k.frames.get(k.page_folio(page), F.mapping) < 0;
  if (!k.feature.gup_fast_wants_mapping || !k.profile.config.has('CONFIG_SECRETMEM')) return true;
  return k.test_anon(page) || k.frames.get(k.page_folio(page), F.mapping) !== 0;
}
