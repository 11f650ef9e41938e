// SPDX-License-Identifier: GPL-2.0-or-later
/** The deferred split list (mm/huge_memory.c): folios whose pages could be given back when memory is short. */
import { PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import type { Kernel } from '../base/kernel.js';

/** deferred_split_folio(). `partially_mapped` false: the folio may turn out to be filled with zeroes for the most part. */
export function deferred_split_folio(k: Kernel, folio: Folio, partially_mapped: boolean): void {
  if (folio.order <= 1) return;
  const { shrink_underused, deferred } = k.thp.state;
  if (!partially_mapped && !shrink_underused) return;
  if (k.frames.test(folio.id, PG.swapcache)) return;
  if (partially_mapped && !folio.partially_mapped) {
    folio.mark_partially_mapped(true);
    if (folio_test_pmd_mappable(k, folio)) k.vmstat.count_vm_event('THP_DEFERRED_SPLIT_PAGE');
    k.vmstat.mod_mthp_stat(folio.order, 'split_deferred');
    k.vmstat.mod_mthp_stat(folio.order, 'nr_anon_partially_mapped');
  }
  if (folio.deferred) return;
  folio.set_deferred(true);
  k.thp.change({ deferred: deferred.push(folio.id) });
}

/** folio_test_pmd_mappable() (include/linux/huge_mm.h). */
export function folio_test_pmd_mappable(k: Kernel, folio: Folio): boolean {
  return k.arch.pmd !== undefined && folio.pages >= k.arch.pmd.pages;
}
