// SPDX-License-Identifier: GPL-2.0-or-later
/** try_to_unmap() (mm/rmap.c) of large folios that are reclaimed without being written: lazily freed, or of a file. */
import { PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { PMD } from '../../mm/level.js';
import { MM_ANONPAGES } from '../../mm/rss.js';
import { VM_LOCKED } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { mlock_vma_folio } from '../folio/mlock-folio.js';
import { folio_remove_rmap_pmd, folio_remove_rmap_pte } from '../folio/rmap.js';
import { rmap_walk_folio } from './rmap-walk.js';
import { split_huge_pmd_of } from './split-huge.js';
import { unmap_file_folio } from './unmap-file-folio.js';

/** try_to_unmap() with TTU_SPLIT_HUGE_PMD. */
export function try_to_unmap_large(k: Kernel, head: number): void {
  const folio = k.large_folio(head)!;
  if (!k.test_anon(head)) {
    unmap_file_folio(k, head, folio.pages);
    return;
  }
  for (const { vma, first, start, end } of rmap_walk_folio(k, head, folio.pages)) {
    if (folio.large_mapcount === 0) return;
    if ((vma.vm_flags & VM_LOCKED) !== 0) {
      mlock_vma_folio(k, head, vma);
      return;
    }
    if (discard_anon_folio_pmd(k, vma, first, folio)) continue;
    split_huge_pmd_of(k, vma, first, folio);
    if (!discard_ptes(k, vma, folio, first, start, end)) return;
  }
}

/** __discard_anon_folio_pmd_locked() (mm/huge_memory.c): a clean folio that nobody else holds is dropped as a whole. */
function discard_anon_folio_pmd(k: Kernel, vma: Vma, first: number, folio: Folio): boolean {
  const codec = k.arch.pmd!;
  const pmd = newPte();
  const { pt } = vma.mm;
  if (!pt.getHuge(PMD, first, pmd) || !codec.present(pmd) || codec.pfn(pmd) !== folio.id) return false;
  if (k.frames.test(folio.id, PG.dirty) || codec.dirty(pmd)) return false;
  if (k.page_count(folio.id) !== folio.large_mapcount + 1) return false;
  pt.clearHuge(PMD, first);
  folio_remove_rmap_pmd(k, folio, vma);
  vma.mm.add_mm_counter(MM_ANONPAGES, -codec.pages);
  k.put_page(folio.id);
  return true;
}

/** try_to_unmap_one() of PTEs of a lazily freed folio: false ends the walk, the folio being in use again. */
function discard_ptes(k: Kernel, vma: Vma, folio: Folio, first: number, start: number, end: number): boolean {
  const pteval = newPte();
  const { pt } = vma.mm;
  const head = folio.id;
  for (let vpn = start; vpn < end; vpn++) {
    const page = head + (vpn - first);
    pt.get(vpn, pteval);
    if (!k.pte.present(pteval) || k.pte.pfn(pteval) !== page) continue;
    pt.clear(vpn);
    if (k.pte.dirty(pteval)) folio_mark_dirty(k, page);
    if (k.page_count(head) !== 1 + folio.large_mapcount || k.frames.test(head, PG.dirty)) {
      pt.set(vpn, pteval);
      k.frames.setFlag(head, PG.swapbacked);
      return false;
    }
    vma.mm.dec_mm_counter(MM_ANONPAGES);
    folio_remove_rmap_pte(k, page, vma);
    k.put_page(head);
  }
  return true;
}
