// SPDX-License-Identifier: GPL-2.0-or-later
/** Map counts and the reverse mapping (mm/rmap.c): who maps a page, and under which anon_vma. */
import { F, PG } from '../../machine/frame-table.js';
import type { AnonVma } from '../../mm/anon-vma.js';
import { ENTIRELY_MAPPED, FOLIO_PAGES_MAPPED, type Folio } from '../../mm/folio.js';
import { MM_ANONPAGES, MM_FILEPAGES, MM_SHMEMPAGES } from '../../mm/rss.js';
import { is_cow_mapping, VM_ACCESS_FLAGS, VM_DROPPABLE_HI, VM_SOFTDIRTY } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { linear_anon_page_index, vma_start_anon_pgoff } from '../base/page-index.js';
import { deferred_split_folio, folio_test_pmd_mappable } from './deferred-split.js';
import { folio_add_large_mapcount, folio_sub_large_mapcount, page_mapcount_enabled } from './large-mapcount.js';
import { mlock_vma_folio, munlock_vma_folio } from './mlock-folio.js';

/** mm_counter_file(). */
export function mm_counter_file(k: Kernel, pfn: number): number {
  return k.frames.test(k.page_folio(pfn), PG.swapbacked) ? MM_SHMEMPAGES : MM_FILEPAGES;
}

/** mm_counter(). */
export function mm_counter(k: Kernel, pfn: number): number {
  return k.test_anon(pfn) ? MM_ANONPAGES : mm_counter_file(k, pfn);
}

/** __folio_rmap_sanity_checks(). */
function sanity_checks(k: Kernel, pfn: number): void {
  if (k.feature.rmap_zeropage_check && k.machine.is_zero_pfn(pfn)) k.warn('rmap_zero_folio');
}

/** __folio_add_rmap() (mm/rmap.c) of PTEs that map `nr_pages` pages of a large folio from `page` on. */
function __folio_add_rmap_ptes(k: Kernel, folio: Folio, page: number, nr_pages: number, vma: Vma): void {
  folio_add_large_mapcount(k, folio, nr_pages, vma.mm);
  if (!page_mapcount_enabled(k)) return;
  let first = 0;
  for (let i = 0; i < nr_pages; i++) if (k.frames.add(page + i, F.mapcount, 1) === 1) first++;
  if (first > 0) folio.add('nr_pages_mapped', first);
}

/** folio_add_file_rmap_pmd(), __folio_add_rmap() (mm/rmap.c) of a PMD. */
export function folio_add_file_rmap_pmd(k: Kernel, folio: Folio, vma: Vma): void {
  if (folio.add('entire_mapcount', 1) === 1) {
    if (page_mapcount_enabled(k)) folio.add('nr_pages_mapped', ENTIRELY_MAPPED);
    __folio_mod_stat(k, folio, folio.pages);
  }
  folio_add_large_mapcount(k, folio, 1, vma.mm);
}

/** __folio_mod_stat() (mm/rmap.c): pages of folios that a PMD maps. */
function __folio_mod_stat(k: Kernel, folio: Folio, nr_pmdmapped: number): void {
  const { anon_thps, shmem_pmdmapped, file_pmdmapped } = k.thp.state;
  if (k.test_anon(folio.id)) k.thp.change({ anon_thps: anon_thps + nr_pmdmapped });
  else if (k.frames.test(folio.id, PG.swapbacked)) k.thp.change({ shmem_pmdmapped: shmem_pmdmapped + nr_pmdmapped });
  else k.thp.change({ file_pmdmapped: file_pmdmapped + nr_pmdmapped });
}

/** folio_add_file_rmap_pte(), folio_add_file_rmap_ptes() (mm/rmap.c). */
export function folio_add_file_rmap_pte(k: Kernel, pfn: number, vma: Vma, nr_pages = 1): void {
  sanity_checks(k, pfn);
  const folio = k.large_folio(pfn);
  if (folio !== undefined) {
    __folio_add_rmap_ptes(k, folio, pfn, nr_pages, vma);
    return;
  }
  k.frames.add(pfn, F.mapcount, 1);
  mlock_vma_folio(k, pfn, vma);
}

/** folio_dup_file_rmap_pte() (include/linux/rmap.h). */
export function folio_dup_file_rmap_pte(k: Kernel, pfn: number, dst: Vma): void {
  sanity_checks(k, pfn);
  const folio = k.large_folio(pfn);
  if (folio === undefined) k.frames.add(pfn, F.mapcount, 1);
  else folio_dup_file_rmap_ptes(k, folio, pfn, 1, dst);
}

/** folio_dup_file_rmap_ptes() (include/linux/rmap.h). */
export function folio_dup_file_rmap_ptes(k: Kernel, folio: Folio, page: number, nr_pages: number, dst: Vma): void {
  folio_add_large_mapcount(k, folio, nr_pages, dst.mm);
  if (!page_mapcount_enabled(k)) return;
  for (let i = 0; i < nr_pages; i++) k.frames.add(page + i, F.mapcount, 1);
}

/** folio_remove_rmap_pte(), folio_remove_rmap_ptes() (mm/rmap.c). */
export function folio_remove_rmap_pte(k: Kernel, pfn: number, vma: Vma, nr_pages = 1): void {
  sanity_checks(k, pfn);
  const folio = k.large_folio(pfn);
  if (folio === undefined) {
    k.frames.add(pfn, F.mapcount, -1);
  } else {
    __folio_remove_rmap_ptes(k, folio, pfn, nr_pages, vma);
  }
  munlock_vma_folio(k, pfn, vma);
}

/** __folio_remove_rmap() (mm/rmap.c) of PTEs that map `nr_pages` pages of a large folio from `page` on. */
function __folio_remove_rmap_ptes(k: Kernel, folio: Folio, page: number, nr_pages: number, vma: Vma): void {
  const mapcount = folio_sub_large_mapcount(k, folio, nr_pages, vma.mm);
  if (!page_mapcount_enabled(k)) {
    if (mapcount > 0 && mapcount < folio.pages && folio.entire_mapcount === 0) partially_mapped(k, folio);
    return;
  }
  let last = 0;
  for (let i = 0; i < nr_pages; i++) if (k.frames.add(page + i, F.mapcount, -1) <= 0) last++;
  const mapped = last > 0 ? folio.add('nr_pages_mapped', -last) : 0;
  if (last > 0 && mapped !== 0 && mapped < ENTIRELY_MAPPED) partially_mapped(k, folio);
}

/** folio_remove_rmap_pmd() (mm/rmap.c). */
export function folio_remove_rmap_pmd(k: Kernel, folio: Folio, vma: Vma): void {
  const mapcount = folio_sub_large_mapcount(k, folio, 1, vma.mm);
  const last = folio.add('entire_mapcount', -1) === 0;
  if (last && !page_mapcount_enabled(k)) {
    if (mapcount > 0 && mapcount < folio.pages) partially_mapped(k, folio);
    __folio_mod_stat(k, folio, -folio.pages);
  } else if (last) {
    const mapped = folio.add('nr_pages_mapped', -ENTIRELY_MAPPED) & FOLIO_PAGES_MAPPED;
    const nr = folio.pages - mapped;
    if (nr > 0 && nr < folio.pages) partially_mapped(k, folio);
    __folio_mod_stat(k, folio, -folio.pages);
  }
  munlock_vma_folio(k, folio.id, vma);
}

/** __folio_remove_rmap() (mm/rmap.c): some page of the folio has lost its last mapping, and others are mapped. */
function partially_mapped(k: Kernel, folio: Folio): void {
  if (k.test_anon(folio.id) && !folio.partially_mapped) deferred_split_folio(k, folio, true);
}

/** __folio_set_anon(). */
export function __folio_set_anon(k: Kernel, pfn: number, vma: Vma, vpn: number, exclusive: boolean): void {
  const own = vma.anon_vma;
  if (own === null) k.BUG('set_anon_without_anon_vma');
  const anon_vma = exclusive ? own.id : own.root;
  k.frames.setFlag(pfn, PG.anon);
  k.frames.set(pfn, F.mapping, anon_vma);
  k.frames.set(pfn, F.index, linear_anon_page_index(k, vma, vpn));
}

/** folio_add_new_anon_rmap() for a folio that no one else sees yet: all of it is mapped, by a PMD where it is as large. */
export function folio_add_new_anon_rmap(k: Kernel, pfn: number, vma: Vma, vpn: number, exclusive: boolean): void {
  // pages of a VM_DROPPABLE are never swapped, but dropped
  if ((vma.vm_flags_hi & VM_DROPPABLE_HI) === 0) k.frames.setFlag(pfn, PG.swapbacked);
  __folio_set_anon(k, pfn, vma, vpn, exclusive);
  const folio = k.large_folio(pfn);
  if (folio === undefined) {
    k.frames.set(pfn, F.mapcount, 1);
    if (exclusive) k.frames.setFlag(pfn, PG.anon_exclusive);
    return;
  }
  if (folio_test_pmd_mappable(k, folio)) {
    folio.set('entire_mapcount', 1);
    folio_add_large_mapcount(k, folio, 1, vma.mm);
    if (page_mapcount_enabled(k)) folio.set('nr_pages_mapped', ENTIRELY_MAPPED);
    if (exclusive) k.frames.setFlag(pfn, PG.anon_exclusive);
    __folio_mod_stat(k, folio, folio.pages);
  } else {
    const counted = page_mapcount_enabled(k);
    for (let i = 0; i < folio.pages; i++) {
      if (counted) k.frames.set(pfn + i, F.mapcount, 1);
      if (exclusive) k.frames.setFlag(pfn + i, PG.anon_exclusive);
    }
    folio_add_large_mapcount(k, folio, folio.pages, vma.mm);
    if (counted) folio.set('nr_pages_mapped', folio.pages);
  }
  k.vmstat.mod_mthp_stat(folio.order, 'nr_anon');
}

/** folio_add_anon_rmap_pte(), folio_add_anon_rmap_ptes() (mm/rmap.c) for pages that are anonymous already. */
export function folio_add_anon_rmap_pte(k: Kernel, pfn: number, vma: Vma, exclusive: boolean, nr_pages = 1): void {
  sanity_checks(k, pfn);
  const folio = k.large_folio(pfn);
  if (folio === undefined) k.frames.add(pfn, F.mapcount, 1);
  else __folio_add_rmap_ptes(k, folio, pfn, nr_pages, vma);
  if (exclusive) for (let i = 0; i < nr_pages; i++) k.frames.setFlag(pfn + i, PG.anon_exclusive);
  if (folio === undefined) mlock_vma_folio(k, pfn, vma);
}

/** folio_move_anon_rmap(): the folio belongs to this VMA alone from now on. */
export function folio_move_anon_rmap(k: Kernel, pfn: number, vma: Vma): void {
  if (vma.anon_vma === null) k.BUG('move_anon_without_anon_vma');
  k.frames.set(k.page_folio(pfn), F.mapping, vma.anon_vma.id);
}

/** folio_maybe_dma_pinned() (include/linux/mm.h). */
export function folio_maybe_dma_pinned(k: Kernel, pfn: number): boolean {
  const folio = k.large_folio(pfn);
  return folio === undefined ? k.page_count(pfn) >= 1024 : folio.pincount > 0;
}

/** folio_try_dup_anon_rmap_pte() (include/linux/rmap.h): false when the page may be pinned and has to be copied. */
export function folio_try_dup_anon_rmap_pte(k: Kernel, pfn: number, dst_vma: Vma, src_vma: Vma): boolean {
  sanity_checks(k, pfn);
  if (!try_share(k, pfn, src_vma)) return false;
  const folio = k.large_folio(pfn);
  if (folio === undefined) k.frames.add(pfn, F.mapcount, 1);
  else folio_dup_file_rmap_ptes(k, folio, pfn, 1, dst_vma);
  return true;
}

/** folio_try_dup_anon_rmap_ptes() (include/linux/rmap.h): false, and nothing done, when a page of them may be pinned. */
export function folio_try_dup_anon_rmap_ptes(
  k: Kernel,
  folio: Folio,
  page: number,
  nr_pages: number,
  dst_vma: Vma,
  src_vma: Vma,
): boolean {
  const pinned = src_vma.mm.has_pinned && folio_maybe_dma_pinned(k, page);
  for (let i = 0; pinned && i < nr_pages; i++) if (k.frames.test(page + i, PG.anon_exclusive)) return false;
  for (let i = 0; i < nr_pages; i++) try_share(k, page + i, src_vma);
  folio_dup_file_rmap_ptes(k, folio, page, nr_pages, dst_vma);
  return true;
}

/** folio_try_dup_anon_rmap_pmd() (include/linux/rmap.h). */
export function folio_try_dup_anon_rmap_pmd(k: Kernel, folio: Folio, dst_vma: Vma, src_vma: Vma): boolean {
  if (!try_share(k, folio.id, src_vma)) return false;
  folio.add('entire_mapcount', 1);
  folio_add_large_mapcount(k, folio, 1, dst_vma.mm);
  return true;
}

/** __folio_try_dup_anon_rmap() (include/linux/rmap.h): a page that is to be shared is exclusive no longer; false where it may be pinned. */
function try_share(k: Kernel, pfn: number, src_vma: Vma): boolean {
  const exclusive = k.frames.test(pfn, PG.anon_exclusive);
  // copy_page_range() begins write_protect_seq for COW mappings only
  if ((exclusive || k.feature.fork_asks_for_pin_always) && !is_cow_mapping(src_vma.vm_flags)) {
    k.BUG('fork_pin_outside_cow');
  }
  if (exclusive) {
    if (src_vma.mm.has_pinned && folio_maybe_dma_pinned(k, pfn)) return false;
    k.frames.clearFlag(pfn, PG.anon_exclusive);
  }
  return true;
}

// ------------------------------------------------------------- anon_vma

/** anon_vma_chain_assign() and the insertion into the interval tree. */
function chain(vma: Vma, anon_vma: AnonVma): void {
  vma.anon_vma_chain = [anon_vma, ...vma.anon_vma_chain];
  anon_vma.vmas = anon_vma.vmas.push(vma.id);
}

/** anon_vma_prepare(): the VMA gets an anon_vma, a neighbour's where that keeps them mergeable. */
export function anon_vma_prepare(k: Kernel, vma: Vma): void {
  if (vma.anon_vma !== null) return;
  let anon_vma = find_mergeable_anon_vma(k, vma);
  if (anon_vma === null) {
    anon_vma = k.heap.newAnonVma();
    anon_vma.num_children++;
  }
  vma.anon_vma = anon_vma;
  chain(vma, anon_vma);
  anon_vma.num_active_vmas++;
}

/** Ours: a VMA that is placed as it was found has the anon_vma that others with the same `name` have too. */
export function anon_vma_adopt(k: Kernel, vma: Vma, name: number): void {
  // far above the ids that the model gives out itself
  const id = 2 ** 40 + name;
  let anon_vma = k.anon_vmas.get(id);
  if (anon_vma === undefined) {
    anon_vma = k.heap.newAnonVma(id);
    anon_vma.num_children = 1;
  }
  vma.anon_vma = anon_vma;
  chain(vma, anon_vma);
  anon_vma.num_active_vmas++;
}

/** find_mergeable_anon_vma() (mm/vma.c). */
function find_mergeable_anon_vma(k: Kernel, vma: Vma): AnonVma | null {
  const { mm } = vma;
  const next = mm.find_vma(vma.vm_end);
  if (next !== undefined) {
    const found = reusable_anon_vma(k, next, vma, next);
    if (found !== null) return found;
  }
  const prev = mm.vma_before(vma.vm_start);
  return prev === undefined ? null : reusable_anon_vma(k, prev, prev, vma);
}

/** anon_vma_compatible() and reusable_anon_vma() (mm/vma.c): `a` lies before `b`. */
function reusable_anon_vma(k: Kernel, old: Vma, a: Vma, b: Vma): AnonVma | null {
  const compatible =
    a.vm_end === b.vm_start &&
    a.vm_file === b.vm_file &&
    ((a.vm_flags ^ b.vm_flags) & ~(VM_ACCESS_FLAGS | VM_SOFTDIRTY)) === 0 &&
    b.vm_pgoff === a.vm_pgoff + (b.vm_start - a.vm_start) &&
    vma_start_anon_pgoff(k, b) === vma_start_anon_pgoff(k, a) + (b.vm_start - a.vm_start);
  if (!compatible) return null;
  return old.anon_vma !== null && old.anon_vma_chain.length === 1 ? old.anon_vma : null;
}

/** anon_vma_clone(). */
export function anon_vma_clone(dst: Vma, src: Vma): void {
  const chained = src.anon_vma_chain;
  for (let i = chained.length - 1; i >= 0; i--) {
    const anon_vma = chained[i]!;
    chain(dst, anon_vma);
    if (dst.anon_vma === null && src.anon_vma !== null && anon_vma.num_children < 2 && anon_vma.num_active_vmas === 0) {
      dst.anon_vma = anon_vma;
    }
  }
  if (dst.anon_vma !== null) {
    dst.anon_vma.num_active_vmas++;
  }
}

/** anon_vma_fork(). */
export function anon_vma_fork(k: Kernel, vma: Vma, pvma: Vma): void {
  if (pvma.anon_vma === null) return;
  vma.anon_vma = null;
  anon_vma_clone(vma, pvma);
  if (vma.anon_vma !== null) return;
  const anon_vma = k.heap.newAnonVma();
  anon_vma.num_active_vmas++;
  anon_vma.root = pvma.anon_vma.root;
  anon_vma.parent = pvma.anon_vma.id;
  vma.anon_vma = anon_vma;
  chain(vma, anon_vma);
  pvma.anon_vma.num_children++;
}

/** unlink_anon_vmas(). */
export function unlink_anon_vmas(k: Kernel, vma: Vma): void {
  if (vma.anon_vma_chain.length === 0) return;
  const empty: AnonVma[] = [];
  for (const anon_vma of vma.anon_vma_chain) {
    anon_vma.vmas = anon_vma.vmas.remove(vma.id);
    if (anon_vma.vmas.length === 0) {
      const parent = k.anon_vmas.get(anon_vma.parent);
      if (parent !== undefined) parent.num_children--;
      empty.push(anon_vma);
    }
  }
  if (vma.anon_vma !== null) {
    vma.anon_vma.num_active_vmas--;
    vma.anon_vma = null;
  }
  vma.anon_vma_chain = [];
  for (const anon_vma of empty) k.anon_vmas.delete(anon_vma.id);
}

/** anon_vma_merge() (include/linux/rmap.h): `next` goes, its anon_vma lives on in `vma`. */
export function anon_vma_merge(k: Kernel, next: Vma): void {
  unlink_anon_vmas(k, next);
}
