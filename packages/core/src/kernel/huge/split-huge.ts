// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge entries that cannot stay: __split_huge_pmd(), __split_huge_pud() (mm/huge_memory.c), and who asks for it. */
import type { Pte } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { PMD, PUD } from '../../mm/level.js';
import { VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import {
  folio_add_anon_rmap_pte,
  folio_add_file_rmap_pmd,
  folio_remove_rmap_pmd,
  mm_counter_file,
} from '../folio/rmap.js';
import { is_huge_zero_pmd } from '../pte/normal-page.js';

/** vma_is_special_huge() (include/linux/mm.h): its huge entries map bare frames, whatever they are. */
export function vma_is_special_huge(vma: Vma): boolean {
  return vma.vm_file !== null && (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0;
}

/** Ours: the PMD or PUD at `first` lies in `[start, end)` as a whole. */
export function is_whole(first: number, pages: number, start: number, end: number): boolean {
  return first >= start && first + pages <= end;
}

/**
 * __split_huge_pmd() of the PMD at `first`. Under anonymous memory a page table takes its place (the huge
 * zero folio becomes small zero pages); other mappings are unmapped, and come back by a fault.
 */
export function split_huge_pmd(k: Kernel, vma: Vma, first: number): void {
  const codec = k.arch.pmd!;
  const { pt } = vma.mm;
  const old = newPte();
  if (!pt.getHuge(PMD, first, old)) return;
  k.vmstat.count_vm_event('THP_SPLIT_PMD');
  pt.clearHuge(PMD, first);
  const page = codec.pfn(old);
  if (!vma_is_anonymous(vma)) {
    if (!vma_is_special_huge(vma)) split_file_pmd(k, vma, page, old);
    return;
  }
  if (is_huge_zero_pmd(k, old)) {
    split_huge_zero_page_pmd(k, vma, first, codec.pages);
    return;
  }
  if (!codec.present(old)) k.warn_once('pmdp_invalidate_not_present');
  split_anon_pmd(k, vma, first, page, old);
}

/** __split_huge_pmd_locked() of a file's folio: it is unmapped, and what the PMD says of it is kept. */
function split_file_pmd(k: Kernel, vma: Vma, page: number, old: Pte): void {
  const codec = k.arch.pmd!;
  const folio = k.large_folio(page);
  if (folio === undefined) {
    drop_file_folio(k, vma, page, codec.pages);
    return;
  }
  if (codec.dirty(old)) folio_mark_dirty(k, page);
  if (codec.young(old)) k.frames.setFlag(folio.id, PG.referenced);
  folio_remove_rmap_pmd(k, folio, vma);
  vma.mm.add_mm_counter(mm_counter_file(k, page), -codec.pages);
  k.put_page(page);
}

/** __split_huge_pmd_locked() of an anonymous folio: as many PTEs take the place of the PMD, and the folio stays what it is. */
function split_anon_pmd(k: Kernel, vma: Vma, first: number, page: number, old: Pte): void {
  const codec = k.arch.pmd!;
  const { pages } = codec;
  const folio = k.large_folio(page)!;
  const dirty = codec.dirty(old);
  if (dirty) k.frames.setFlag(folio.id, PG.dirty);
  k.get_page(page, pages - 1);
  if (!k.test_anon(page)) {
    // the huge zero folio, by an entry that is not present
    k.warn('split_huge_pmd_not_anon');
    k.warn('rmap_add_not_anon');
    k.oops('oops_page_check_anon_rmap', 'anon_vma NULL');
  }
  folio_add_anon_rmap_pte(k, page, vma, k.frames.test(page, PG.anon_exclusive), pages);
  const entry = newPte();
  k.mk_pte(entry, page, vma.vm_page_prot);
  if (codec.write(old)) k.pte.mkwrite(entry);
  if (!codec.young(old)) k.pte.mkold(entry);
  if (dirty) k.pte.mkdirty(entry);
  vma.mm.pt.set_ptes(first, entry, pages);
  folio_remove_rmap_pmd(k, folio, vma);
}

/** split_huge_pmd_locked() where page_vma_mapped_walk() has found the folio: a PMD at `first` that is present and maps just that. */
export function split_huge_pmd_of(k: Kernel, vma: Vma, first: number, folio: Folio): void {
  const entry = newPte();
  const codec = k.arch.pmd!;
  if (!vma.mm.pt.getHuge(PMD, first, entry) || !codec.present(entry)) return;
  if (codec.pfn(entry) === folio.id) split_huge_pmd(k, vma, first);
}

/**
 * __split_huge_pmd_locked() with `freeze`, of the PMD at `first` where it maps the folio: PTEs that stand for migration
 * entries are handed to `migrating`, and the table is there.
 */
export function split_huge_pmd_frozen(
  k: Kernel,
  vma: Vma,
  first: number,
  folio: Folio,
  migrating: {
    readonly vma: Vma;
    readonly vpn: number;
    readonly page: number;
    readonly write: boolean;
    readonly exclusive: boolean;
  }[],
): void {
  const codec = k.arch.pmd!;
  const { pt } = vma.mm;
  const old = newPte();
  if (!pt.getHuge(PMD, first, old) || codec.pfn(old) !== folio.id) return;
  k.vmstat.count_vm_event('THP_SPLIT_PMD');
  if (!codec.present(old)) k.warn_once('pmdp_invalidate_not_present');
  pt.clearHuge(PMD, first);
  if (codec.dirty(old)) k.frames.setFlag(folio.id, PG.dirty);
  const exclusive = k.frames.test(folio.id, PG.anon_exclusive);
  // folio_try_share_anon_rmap_pmd()
  if (exclusive) k.frames.clearFlag(folio.id, PG.anon_exclusive);
  const write = codec.write(old);
  for (let i = 0; i < codec.pages; i++) {
    migrating.push({ vma, vpn: first + i, page: folio.id + i, write, exclusive });
  }
  pt.allocTable(first);
  folio_remove_rmap_pmd(k, folio, vma);
  k.put_page(folio.id);
}

/** __split_huge_zero_page_pmd(). */
function split_huge_zero_page_pmd(k: Kernel, vma: Vma, first: number, pages: number): void {
  const entry = newPte();
  for (let i = 0; i < pages; i++) {
    k.pte.pfn_pte(entry, k.machine.zeroPage(first + i), vma.vm_page_prot as Pte);
    k.pte.mkspecial(entry);
    vma.mm.pt.set(first + i, entry);
  }
}

/** __split_huge_pud(): there are no anonymous PUDs, so it is unmapped. */
export function split_huge_pud(vma: Vma, first: number): void {
  vma.mm.pt.clearHuge(PUD, first);
}

/** folio_get(), folio_add_file_rmap_pmd() and add_mm_counter() of a folio of a driver's that one PMD maps. */
export function add_file_folio(k: Kernel, vma: Vma, page: number, pages: number): void {
  const folio = k.large_folio(page);
  k.get_page(page);
  if (folio !== undefined) {
    folio_add_file_rmap_pmd(k, folio, vma);
  } else {
    k.frames.setFlag(page, PG.head);
    k.frames.add(page, F.mapcount, 1);
  }
  vma.mm.add_mm_counter(mm_counter_file(k, page), pages);
}

/** folio_remove_rmap_pmd(), add_mm_counter() and folio_put() of a huge entry that maps pages of a file. */
export function drop_file_folio(k: Kernel, vma: Vma, page: number, pages: number): void {
  if (!k.machine.pfn_valid(page)) k.oops('oops_folio_remove_rmap_pmd', page);
  const folio = k.large_folio(page);
  if (folio === undefined) k.frames.add(page, F.mapcount, -1);
  else folio_remove_rmap_pmd(k, folio, vma);
  vma.mm.add_mm_counter(mm_counter_file(k, page), -pages);
  k.put_page(page);
}

/** vma_adjust_trans_huge(): the VMA is going to begin at `start` and end at `end`, `next` to begin at `nstart`. */
export function vma_adjust_trans_huge(k: Kernel, vma: Vma, start: number, end: number, next?: Vma, nstart = 0): void {
  if (vma.mm.pt.huge === 0) return;
  split_huge_pmd_if_needed(k, vma, start);
  split_huge_pmd_if_needed(k, vma, end);
  if (next !== undefined) split_huge_pmd_if_needed(k, next, nstart);
}

/** split_huge_pmd_if_needed() (mm/huge_memory.c). */
function split_huge_pmd_if_needed(k: Kernel, vma: Vma, vpn: number): void {
  const codec = k.arch.pmd;
  if (codec === undefined) return;
  const first = vpn - (vpn % codec.pages);
  if (first === vpn || first < vma.vm_start || first + codec.pages > vma.vm_end) return;
  split_huge_pmd_address(k, vma.mm, vma, vpn);
}

/** split_huge_pmd_address(): of the PMD around `vpn`, if there is one. */
export function split_huge_pmd_address(k: Kernel, mm: Mm, vma: Vma, vpn: number): void {
  const codec = k.arch.pmd;
  if (codec === undefined || mm.pt.huge === 0) return;
  split_huge_pmd(k, vma, vpn - (vpn % codec.pages));
}
