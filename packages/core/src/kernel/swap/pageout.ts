// SPDX-License-Identifier: GPL-2.0-or-later
/** Paging out what madvise isolated (mm/vmscan.c: reclaim_pages, shrink_folio_list, pageout). */
import { F, PG } from '../../machine/frame-table.js';
import type { AddressSpace } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { folio_add_lru, folio_mark_dirty } from '../folio/folio-add-lru.js';
import { folio_maybe_dma_pinned } from '../folio/rmap.js';
import { folio_free_swap } from './folio-free-swap.js';
import { add_to_swap_cache } from './swapfile.js';
import { try_to_unmap } from './try-to-unmap.js';

/** What becomes of an isolated page: freed, put back, or put back as active. */
type Fate = 'free' | 'keep' | 'activate';

/** What is done with folios of more than one page, in mm/huge_memory.c and mm/rmap.c. */
export interface LargeFolios {
  /** split_folio_to_list(): true when it was split; its other pages are behind those of `list` then, isolated. */
  split(k: Kernel, head: number, list: number[]): boolean;
  /** try_to_unmap(). */
  unmap(k: Kernel, head: number): void;
}

/** reclaim_pages(): every page is off the LRU with a reference of its isolation. */
export function reclaim_pages(k: Kernel, isolated: readonly number[], large: LargeFolios): void {
  const pages = [...isolated];
  for (const page of pages) {
    k.frames.clearFlag(page, PG.lru | PG.active);
    k.get_page(page);
  }
  const kept: number[] = [];
  for (const page of pages) {
    const fate = k.large_folio(page) === undefined ? shrink_folio(k, page) : shrink_large(k, page, large, pages);
    if (fate === 'free') continue;
    if (fate === 'activate') activate_locked(k, page);
    kept.push(page);
  }
  for (const page of kept) {
    folio_add_lru(k, page); // folio_putback_lru()
    k.put_page(page);
  }
}

/** One page's way through shrink_folio_list(), references ignored. */
function shrink_folio(k: Kernel, page: number): Fate {
  const { frames } = k;
  if (frames.test(page, PG.mlocked)) return 'activate';
  const anon = frames.test(page, PG.anon);
  if (anon && frames.test(page, PG.swapbacked) && !frames.test(page, PG.swapcache)) {
    if (folio_maybe_dma_pinned(k, page)) return 'keep';
    if (!add_to_swap(k, page)) return 'activate';
  }
  if (k.page_mapcount(page) > 0) {
    try_to_unmap(k, page);
    if (k.page_mapcount(page) > 0) return 'activate';
  }
  if (folio_maybe_dma_pinned(k, page)) return 'activate';
  if (frames.test(page, PG.dirty)) {
    // folio_is_file_lru(): dirty file pages are left to the flusher
    if (!frames.test(page, PG.swapbacked)) return 'activate';
    const fate = pageout(k, page);
    if (fate !== 'clean') return fate;
  }
  if (anon && !frames.test(page, PG.swapbacked)) {
    // lazyfree: ours must be the only reference
    if (k.page_count(page) !== 1) return 'keep';
    k.put_page(page);
    return 'free';
  }
  return remove_mapping(k, page) ? 'free' : 'keep';
}

/** The way of a large folio through shrink_folio_list(): it is split where it has to be written, for swap takes single pages. */
function shrink_large(k: Kernel, head: number, large: LargeFolios, list: number[]): Fate {
  const { frames } = k;
  const folio = k.large_folio(head)!;
  const { order, pages, partially_mapped } = folio;
  if (frames.test(head, PG.mlocked)) return 'activate';
  if (k.test_anon(head) && frames.test(head, PG.swapbacked)) {
    if (folio_maybe_dma_pinned(k, head)) return 'keep';
    // can_split_folio()
    if (folio.large_mapcount !== k.page_count(head) - 1) return 'activate';
    if (partially_mapped) return large.split(k, head, list) ? shrink_folio(k, head) : 'activate';
    // add_to_swap() of the whole is not tried: the model's swap space has no clusters
    if (!large.split(k, head, list)) return 'activate';
    if (pages >= k.arch.pmd!.pages) k.vmstat.count_vm_event('THP_SWPOUT_FALLBACK');
    k.vmstat.mod_mthp_stat(order, 'swpout_fallback');
    return shrink_folio(k, head);
  }
  if (folio.large_mapcount > 0) {
    large.unmap(k, head);
    if (folio.large_mapcount > 0) return 'activate';
  }
  if (folio_maybe_dma_pinned(k, head)) return 'activate';
  if (frames.test(head, PG.dirty)) {
    if (!frames.test(head, PG.swapbacked)) return 'activate';
    return pageout_large(k, head, large, list);
  }
  if (k.test_anon(head)) {
    // lazyfree: ours must be the only reference
    if (k.page_count(head) !== 1) return 'keep';
    k.put_page(head);
    return 'free';
  }
  return 'keep';
}

/** pageout() and shmem_writepage() of a large folio of tmpfs, which is split first. */
function pageout_large(k: Kernel, head: number, large: LargeFolios, list: number[]): Fate {
  // is_page_cache_freeable(): the isolation and the page cache hold it, nobody else
  if (k.page_count(head) !== 1 + k.large_folio(head)!.pages) return 'keep';
  // shmem_writepage(): without swap space it is as dirty as before
  if (!k.swap.enabled) return 'activate';
  return large.split(k, head, list) ? shrink_folio(k, head) : 'activate';
}

/** shrink_folio_list() (mm/vmscan.c): its label activate_locked. */
function activate_locked(k: Kernel, page: number): void {
  const mlocked = k.frames.test(page, PG.mlocked);
  if (k.frames.test(page, PG.swapcache) && mlocked) folio_free_swap(k, page);
  if (!mlocked) k.frames.setFlag(page, PG.active);
}

/** add_to_swap(): false when there is no slot. */
function add_to_swap(k: Kernel, page: number): boolean {
  const offset = k.swap.alloc();
  if (offset < 0) return false;
  add_to_swap_cache(k, page, offset);
  folio_mark_dirty(k, page);
  return true;
}

/** pageout(): writes a dirty page; swap on a RAM disk is written at once. */
function pageout(k: Kernel, page: number): Fate | 'clean' {
  // is_page_cache_freeable(): the isolation and the page (or swap) cache hold it, nobody else
  if (k.page_count(page) !== 2) return 'keep';
  const { frames } = k;
  const file = fileOf(k, page);
  if (!frames.test(page, PG.swapcache) && file === undefined) return 'keep';
  frames.clearFlag(page, PG.dirty);
  if (file !== undefined && !shmem_writepage(k, file, page)) {
    frames.setFlag(page, PG.dirty);
    return 'activate';
  }
  // swap_writepage(): a page whose slot nobody uses is not worth writing
  if (folio_free_swap(k, page)) return 'keep';
  k.swap.edit(frames.get(page, F.swap))!.content = frames.get(page, F.content);
  return 'clean';
}

/** shmem_writepage() (mm/shmem.c): moves the page from its file to the swap cache; false without swap space. */
function shmem_writepage(k: Kernel, file: AddressSpace, page: number): boolean {
  const offset = k.swap.alloc();
  if (offset < 0) return false;
  const index = k.frames.get(page, F.index);
  add_to_swap_cache(k, page, offset);
  k.swap.edit(offset)!.count++; // swap_shmem_alloc()
  file.setPage(index, undefined);
  file.setSwapped(index, offset);
  k.frames.set(page, F.mapping, 0);
  k.put_page(page);
  return true;
}

/** __remove_mapping(): takes a clean page out of its cache and frees it. */
function remove_mapping(k: Kernel, page: number): boolean {
  const { frames } = k;
  const inSwap = frames.test(page, PG.swapcache);
  const file = fileOf(k, page);
  if (!inSwap && file === undefined) return false;
  if (k.page_count(page) !== 2 || frames.test(page, PG.dirty)) return false;
  if (inSwap) {
    const offset = frames.get(page, F.swap);
    const slot = k.swap.edit(offset)!;
    slot.cache = -1;
    slot.shadow = true; // workingset_eviction()
    k.swap.freeIfUnused(offset);
  } else {
    file!.setPage(frames.get(page, F.index), undefined);
  }
  k.put_page(page, 2);
  return true;
}

/** Ours: the file whose page cache holds the page. */
function fileOf(k: Kernel, page: number): AddressSpace | undefined {
  const mapping = k.frames.get(page, F.mapping);
  if (mapping >= 0) return undefined;
  return k.heap.files.get(-mapping);
}
