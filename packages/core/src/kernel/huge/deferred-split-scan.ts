// SPDX-License-Identifier: GPL-2.0-or-later
/** The shrinker of the deferred split list (mm/huge_memory.c: deferred_split_scan). */
import { F } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { IdList } from '../../mm/id-list.js';
import type { Kernel } from '../base/kernel.js';
import { split_folio } from './split-folio.js';

/**
 * deferred_split_count() and deferred_split_scan() of `nr_to_scan` folios: how many were on the list, and were split;
 * `ret` null for SHRINK_STOP.
 */
export function shrink_deferred(
  k: Kernel,
  nr_to_scan: number,
): { readonly count: number; readonly ret: number | null } {
  const queue = [...k.thp.state.deferred];
  const taken = queue.slice(0, nr_to_scan);
  // each is moved to the front of a list of its own
  const list = taken.reverse();
  k.thp.change({ deferred: IdList.of([...queue.slice(nr_to_scan), ...list]) });
  for (const head of list) k.get_page(head);
  let split = 0;
  for (const head of list) {
    const folio = k.large_folio(head)!;
    if (scan_folio(k, folio)) split++;
    k.put_page(head);
  }
  return { count: queue.length, ret: split === 0 && k.thp.state.deferred.length === 0 ? null : split };
}

/** deferred_split_scan() of one folio: true when it was split. What is used stays on the list only while a part is unmapped. */
function scan_folio(k: Kernel, folio: Folio): boolean {
  let underused = false;
  if (!folio.partially_mapped) underused = thp_underused(k, folio);
  if ((folio.partially_mapped || underused) && split_folio(k, folio)) {
    if (underused) k.vmstat.count_vm_event('THP_UNDERUSED_SPLIT_PAGE');
    return true;
  }
  if (!folio.partially_mapped) {
    k.thp.change({ deferred: k.thp.state.deferred.remove(folio.id) });
    folio.set_deferred(false);
  }
  return false;
}

/** thp_underused(): more than max_ptes_none of its pages are filled with zeroes. */
function thp_underused(k: Kernel, folio: Folio): boolean {
  const { max_ptes_none } = k.thp.state;
  const { pages } = k.arch.pmd!;
  if (max_ptes_none === pages - 1) return false;
  let zero = 0;
  let filled = 0;
  for (let i = 0; i < folio.pages; i++) {
    if (k.frames.get(folio.id + i, F.content) === 0) {
      if (++zero > max_ptes_none) return true;
    } else if (++filled >= pages - max_ptes_none) {
      return false;
    }
  }
  return false;
}
