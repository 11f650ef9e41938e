// SPDX-License-Identifier: GPL-2.0-or-later
/** move_page_tables() (mm/mremap.c) where it matters which tables of PTEs there are: extent by extent. */
import type { Pte } from '../../arch/contract.js';
import { PMD } from '../../mm/level.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { split_huge_pmd } from '../huge/split-huge.js';
import { FPB_IGNORE_DIRTY, FPB_RESPECT_WRITE, folio_pte_batch } from '../pte/folio-batch.js';
import { vm_normal_page } from '../pte/normal-page.js';
import { set_pte_at } from '../pte/set-pte.js';

/** move_page_tables(): a huge PMD and a table of PTEs move as a whole where the way of the range allows it. */
export function move_tables(k: Kernel, vma: Vma, new_vma: Vma, old_addr: number, new_addr: number, len: number): void {
  const { pages } = k.arch.pmd!;
  const { pt } = vma.mm;
  const entry = newPte();
  const end = old_addr + len;
  const delta = new_addr - old_addr;
  let old = old_addr;
  if (len >= pages - (old % pages)) old = try_realign_addr(vma, new_vma, old_addr, new_addr, pages);
  for (let extent = 0; old < end; old += extent) {
    const to = old + delta;
    // get_extent(): to the end of the old PMD, of the range, and of the new PMD
    extent = Math.min(pages - (old % pages), end - old, pages - (to % pages));
    if (pt.pmdNone(old)) continue;
    const first = old - (old % pages);
    if (pt.getHuge(PMD, old, entry)) {
      if (extent === pages && pt.pmdNone(to)) {
        pt.clearHuge(PMD, old);
        pt.setHuge(PMD, to, entry);
        continue;
      }
      split_huge_pmd(k, vma.mm.vma_lookup(old) ?? vma, first);
    } else if (extent === pages && k.arch.facts.HAVE_MOVE_PMD && pt.pmdNone(to)) {
      move_normal_pmd(k, vma, old, to, pages);
      continue;
    }
    if (!pt.hasTable(old)) continue;
    pt.allocTable(to);
    move_ptes(k, vma, old, to, extent);
  }
}

/** try_realign_addr(): the whole of the first PMD may move where nothing else lies in it, on either side. */
function try_realign_addr(vma: Vma, new_vma: Vma, old_addr: number, new_addr: number, pages: number): number {
  const into = old_addr % pages;
  if (into === 0 || into !== new_addr % pages) return old_addr;
  return can_align_down(vma, old_addr, pages) && can_align_down(new_vma, new_addr, pages) ? old_addr - into : old_addr;
}

/** can_align_down(): nothing is mapped between the start of the VMA and that of its PMD. */
function can_align_down(vma: Vma, addr: number, pages: number): boolean {
  if (vma.vm_start !== addr) return false;
  const before = vma.mm.vma_before(addr);
  return before === undefined || before.vm_end <= addr - (addr % pages);
}

/** move_normal_pmd(). */
function move_normal_pmd(k: Kernel, vma: Vma, old: number, to: number, pages: number): void {
  const { pt } = vma.mm;
  const entry = newPte();
  pt.allocTable(to);
  for (let i = 0; i < pages; i++) {
    pt.load(old + i, entry);
    if (!k.pte.none(entry)) pt.store(to + i, entry);
  }
  pt.freeTable(old);
}

/** mremap_folio_pte_batch() (mm/mremap.c of 6.17): how many PTEs move at once; `p` gets what any of them knows. */
function mremap_folio_pte_batch(k: Kernel, vma: Vma, vpn: number, end: number, p: Pte): number {
  const { pt } = vma.mm;
  if (vpn + 1 === end || !k.pte.present(p) || !pt.keptTogether(p)) return 1;
  const page = vm_normal_page(k, vma, vpn, p);
  const folio = page < 0 ? undefined : k.large_folio(page);
  if (folio === undefined) return 1;
  const batch = folio_pte_batch(k, pt, folio, page, vpn, p, end, FPB_IGNORE_DIRTY | FPB_RESPECT_WRITE);
  if (batch.young) k.pte.mkyoung(p);
  if (batch.dirty) k.pte.mkdirty(p);
  return batch.nr;
}

/** move_ptes(). */
function move_ptes(k: Kernel, vma: Vma, old: number, to: number, extent: number): void {
  const { pt } = vma.mm;
  const pteval = newPte();
  let next = 0;
  pt.forEach(old, old + extent, pteval, (vpn) => {
    if (vpn < next) return;
    const nr = k.feature.mremap_batches ? mremap_folio_pte_batch(k, vma, vpn, old + extent, pteval) : 1;
    if (nr > 1) {
      pt.clear_full_ptes(vpn, nr);
      pt.set_ptes(vpn + (to - old), pteval, nr);
      next = vpn + nr;
      return;
    }
    pt.clear(vpn);
    set_pte_at(k, pt, vpn + (to - old), pteval);
  });
}
