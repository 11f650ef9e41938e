// SPDX-License-Identifier: GPL-2.0-or-later
/** A folio becomes smaller ones (mm/huge_memory.c: split_huge_page_to_list_to_order and below). */
import type { Pte } from '../../arch/contract.js';
import { F, PG, SEQ_PART } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { PMD, PTE } from '../../mm/level.js';
import { MM_ANONPAGES } from '../../mm/rss.js';
import { VM_LOCKED } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EAGAIN, EBUSY, EINVAL } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { folio_test_pmd_mappable } from '../folio/deferred-split.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { mlock_drain_local } from '../folio/mlock-folio.js';
import { folio_add_anon_rmap_pte, folio_remove_rmap_pte } from '../folio/rmap.js';
import { vm_normal_page, vm_normal_page_huge } from '../pte/normal-page.js';
import { rmap_walk_folio } from './rmap-walk.js';
import { split_huge_pmd_frozen } from './split-huge.js';
import { unmap_file_folio } from './unmap-file-folio.js';

/** A PTE that a migration entry stands for while a folio is split. */
export interface Migrating {
  readonly vma: Vma;
  readonly vpn: number;
  readonly page: number;
  readonly write: boolean;
  readonly exclusive: boolean;
}

/** Flags that a tail page gets from the head (__split_huge_page_tail). */
const CLONED =
  PG.anon |
  PG.allocated |
  PG.lru |
  PG.referenced |
  PG.swapbacked |
  PG.mlocked |
  PG.uptodate |
  PG.active |
  PG.workingset |
  PG.locked |
  PG.unevictable |
  PG.dirty;

/**
 * split_huge_pages_pid() (mm/huge_memory.c) at one page: what debugfs has a folio split by. Its answer, -EINVAL where there
 * is nothing to split. `seen` hears of the folio before it is.
 */
export function split_folio_op(k: Kernel, vma: Vma, vpn: number, order: number, seen: (head: number) => void): number {
  const page = folio_walk_start(k, vma, vpn);
  if (page < 0) return k.fails('split_no_folio', -EINVAL);
  const folio = k.large_folio(page);
  if (folio === undefined || order >= folio.order) return k.fails('split_not_large', -EINVAL);
  seen(folio.id);
  k.get_page(folio.id);
  const ret = split_folio_to_order(k, folio, order);
  k.put_page(folio.id);
  return ret;
}

/** folio_walk_start() (mm/pagewalk.c): the normal page that is mapped there, -1 for none. */
function folio_walk_start(k: Kernel, vma: Vma, vpn: number): number {
  const entry = newPte();
  const level = vma.mm.pt.lookup(vpn, entry);
  if (level === PMD) {
    const pmd = k.arch.pmd!;
    if (!pmd.present(entry)) return -1;
    const first = vpn - (vpn % pmd.pages);
    const page = vm_normal_page_huge(k, vma, first, PMD, entry);
    return page < 0 ? -1 : page + (vpn - first);
  }
  return level === PTE && k.pte.present(entry) ? vm_normal_page(k, vma, vpn, entry) : -1;
}

/** split_folio() (include/linux/huge_mm.h) with the caller's reference: true when it was split. */
export function split_folio(k: Kernel, folio: Folio): boolean {
  return split_folio_to_order(k, folio, 0) === 0;
}

/** split_huge_page_to_list_to_order(): 0 or a negative errno. The caller holds a reference. */
export function split_folio_to_order(k: Kernel, folio: Folio, new_order: number, list?: number[]): number {
  const { order } = folio;
  const anon = k.test_anon(folio.id);
  const mapping = k.frames.get(folio.id, F.mapping);
  if (!anon && mapping === 0) return k.fails('split_no_mapping', -EBUSY);
  if (anon && new_order === 1) {
    k.warn_once('split_to_order_1');
    return k.fails('split_to_order_1', -EINVAL);
  }
  if (!anon && new_order > 0) {
    k.warn_once('split_shmem_order');
    return k.fails('split_shmem_order', -EINVAL);
  }
  if (folio.id === k.huge_zero_pfn) return k.fails('split_huge_zero', -EBUSY);
  const gone = anon && k.anon_vmas.get(mapping) === undefined;
  const ret = gone ? k.fails('split_no_anon_vma', -EBUSY) : split_mapped(k, folio, new_order, anon, list);
  if (1 << order === k.arch.pmd!.pages) k.vmstat.count_vm_event(ret === 0 ? 'THP_SPLIT_PAGE' : 'THP_SPLIT_PAGE_FAILED');
  k.vmstat.mod_mthp_stat(order, ret === 0 ? 'split' : 'split_failed');
  return ret;
}

/** split_huge_page_to_list_to_order(): its part under the locks. */
function split_mapped(k: Kernel, folio: Folio, new_order: number, anon: boolean, list?: number[]): number {
  const { id: head, order, pages } = folio;
  const extra_pins = anon ? 0 : pages;
  // can_split_folio(): every reference is a mapping's, the page cache's or the caller's
  if (folio.large_mapcount !== k.page_count(head) - extra_pins - 1) return k.fails('split_extra_pins', -EAGAIN);
  const migrating: Migrating[] = [];
  if (anon) try_to_migrate(k, folio, migrating);
  else unmap_file_folio(k, head, pages);
  if (k.page_count(head) !== 1 + extra_pins) {
    // folio_ref_freeze() fails: some PTE could not be taken away
    remap_page(k, head, pages, migrating, false);
    return k.fails('split_not_frozen', -EAGAIN);
  }
  unqueue(k, folio);
  if (anon) {
    k.vmstat.mod_mthp_stat(order, 'nr_anon', -1);
    k.vmstat.mod_mthp_stat(new_order, 'nr_anon', 1 << (order - new_order));
  } else if (folio_test_pmd_mappable(k, folio)) {
    k.thp.change({ shmem_thps: k.thp.state.shmem_thps - pages });
  }
  const dropped = __split_huge_page(k, folio, new_order, anon, list);
  remap_page(k, head, pages, migrating, anon && new_order === 0);
  for (let page = head + (1 << new_order); page < head + pages; page += 1 << new_order) {
    if (!dropped.has(page)) k.put_page(page);
  }
  return 0;
}

/** split_huge_page_to_list_to_order(): the folio leaves the deferred split list. */
function unqueue(k: Kernel, folio: Folio): void {
  const { deferred } = k.thp.state;
  if (!folio.deferred) return;
  k.thp.change({ deferred: deferred.remove(folio.id) });
  folio.set_deferred(false);
  if (folio.partially_mapped) k.vmstat.mod_mthp_stat(folio.order, 'nr_anon_partially_mapped', -1);
}

/** try_to_migrate() (mm/rmap.c) with TTU_SPLIT_HUGE_PMD: migration entries take the place of all that maps the folio. */
function try_to_migrate(k: Kernel, folio: Folio, migrating: Migrating[]): void {
  const { id: head, pages } = folio;
  const pteval = newPte();
  for (const { vma, first, start, end } of rmap_walk_folio(k, head, pages)) {
    const { pt } = vma.mm;
    if (folio_test_pmd_mappable(k, folio)) split_huge_pmd_frozen(k, vma, first, folio, migrating);
    for (let vpn = start; vpn < end; vpn++) {
      const page = head + (vpn - first);
      pt.get(vpn, pteval);
      // page_vma_mapped_walk(): only a PTE that maps this very page
      if (!k.pte.present(pteval) || k.pte.pfn(pteval) !== page) continue;
      pt.clear(vpn);
      if (k.pte.dirty(pteval)) folio_mark_dirty(k, page);
      const exclusive = k.frames.test(page, PG.anon_exclusive);
      // folio_try_share_anon_rmap_pte()
      if (exclusive) k.frames.clearFlag(page, PG.anon_exclusive);
      migrating.push({ vma, vpn, page, write: k.pte.write(pteval), exclusive });
      folio_remove_rmap_pte(k, page, vma);
      if ((vma.vm_flags & VM_LOCKED) !== 0) mlock_drain_local(k);
      k.put_page(head);
    }
  }
}

/** __split_huge_page(): the folio's frames become folios of `new_order`. Those behind the end of a file leave it. */
function __split_huge_page(
  k: Kernel,
  folio: Folio,
  new_order: number,
  anon: boolean,
  list?: number[],
): ReadonlySet<number> {
  const { frames } = k;
  const { id: head, pages, large_rmappable } = folio;
  const size = 1 << new_order;
  const flags = frames.get(head, F.flags);
  const mapping = frames.get(head, F.mapping);
  const index = frames.get(head, F.index);
  const file = anon ? undefined : k.heap.files.get(-mapping);
  const dropped = new Set<number>();
  k.heap.folios.delete(folio);
  for (let i = pages - size; i >= size; i -= size) {
    const page = head + i;
    frames.set(page, F.flags, flags & CLONED);
    frames.set(page, F.mapping, mapping);
    frames.set(page, F.index, index + i);
    frames.set(page, F.seq, frames.get(head, F.seq) + i * SEQ_PART);
    frames.set(page, F.mapcount, 0);
    frames.set(page, F.count, anon ? 1 : 1 + size);
    if (new_order > 0) k.heap.newFolio(page, new_order, large_rmappable);
    if (list !== undefined) {
      // lru_add_page_tail(): whoever isolated the folio has its parts, too
      k.get_page(page);
      list.push(page);
    }
    if (file !== undefined && index + i >= file.pages) {
      file.setPage(index + i, undefined);
      frames.set(page, F.mapping, 0);
      k.put_page(page, 1 + size);
      dropped.add(page);
    }
  }
  if (new_order > 0) k.heap.newFolio(head, new_order, large_rmappable);
  frames.set(head, F.count, anon ? 1 : 1 + size);
  return dropped;
}

/** remap_page(): the PTEs come back, folio by folio. `zero`: pages without content become the zero page. */
function remap_page(k: Kernel, head: number, pages: number, migrating: readonly Migrating[], zero: boolean): void {
  const byPage = [...migrating].sort((a, b) => k.page_folio(a.page) - k.page_folio(b.page));
  for (const entry of byPage) {
    if (entry.page >= head && entry.page < head + pages) remove_migration_pte(k, entry, zero);
  }
}

/** remove_migration_pte() (mm/migrate.c): of what the entry had been only the rights come back. */
function remove_migration_pte(k: Kernel, { vma, vpn, page, write, exclusive }: Migrating, zero: boolean): void {
  const { pt } = vma.mm;
  const pte = newPte();
  if (zero && try_to_map_unused_to_zeropage(k, vma, vpn, page, pte)) return;
  k.get_page(page);
  k.mk_pte(pte, page, vma.vm_page_prot);
  k.pte.mkold(pte);
  if (write) k.pte.mkwrite(pte);
  folio_add_anon_rmap_pte(k, page, vma, exclusive || write);
  pt.set(vpn, pte);
  if ((vma.vm_flags & VM_LOCKED) !== 0) mlock_drain_local(k);
}

/** try_to_map_unused_to_zeropage() (mm/migrate.c). */
function try_to_map_unused_to_zeropage(k: Kernel, vma: Vma, vpn: number, page: number, pte: Pte): boolean {
  if (k.large_folio(page) !== undefined) return false;
  if (k.frames.test(page, PG.mlocked) || (vma.vm_flags & VM_LOCKED) !== 0) return false;
  if (k.frames.get(page, F.content) !== 0) return false;
  k.pte.pfn_pte(pte, k.machine.zeroPage(vpn), vma.vm_page_prot as Pte);
  k.pte.mkspecial(pte);
  vma.mm.pt.set(vpn, pte);
  vma.mm.dec_mm_counter(MM_ANONPAGES);
  return true;
}

/** split_folio_to_list() (include/linux/huge_mm.h): as split_folio(), for who has isolated it. */
export function split_folio_to_list(k: Kernel, head: number, list: number[]): boolean {
  return split_folio_to_order(k, k.large_folio(head)!, 0, list) === 0;
}
