// SPDX-License-Identifier: GPL-2.0-or-later
/** Reading swap through the swap cache, with the neighbours in the VMA (mm/swap_state.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { SwapSlot } from '../../machine/swap-device.js';
import type { PageMap } from '../../mm/page-map.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import type { Vmf } from '../base/vmf.js';
import { folio_add_lru } from '../folio/folio-add-lru.js';
import { add_to_swap_cache, swap_offset_of } from './swapfile.js';

/** page_cluster (swap_setup in mm/swap.c) of a machine with 16 MiB or more: at most 8 pages. */
const MAX_WIN = 1 << 3;
/** Hits that a VMA starts with (GET_SWAP_RA_VAL). */
const INITIAL_HITS = 4;

/** swap_cache_get_folio(): with a reference; -1 when the page is not in the swap cache. */
export function swap_cache_get_folio(k: Kernel, vma: Vma, vpn: number, slot: SwapSlot): number {
  const page = slot.cache;
  if (page < 0) return -1;
  k.get_page(page);
  const readahead = k.frames.test(page, PG.readahead);
  k.frames.clearFlag(page, PG.readahead);
  const info = vma.swap_readahead_info ?? { vpn: 0, win: 0, hits: INITIAL_HITS };
  vma.swap_readahead_info = { vpn, win: info.win, hits: readahead ? Math.min(info.hits + 1, 63) : info.hits };
  return page;
}

/** swap_vma_readahead(): the page of `offset`, with a reference, or -1 without memory; its neighbours come along. */
export function swap_vma_readahead(k: Kernel, vmf: Vmf, offset: number): number {
  const window = swap_vma_ra_win(k, vmf);
  if (window !== null) {
    const [start, end] = window;
    const pentry = newPte();
    for (let vpn = start; vpn < end; vpn++) {
      vmf.vma.mm.pt.get(vpn, pentry);
      if (k.pte.none(pentry) || k.pte.present(pentry)) continue;
      const entry = swap_offset_of(k, pentry);
      if (entry < 0) continue;
      const { page, allocated } = read_swap_cache(k, entry);
      if (page < 0) continue;
      if (allocated && vpn !== vmf.address) k.frames.setFlag(page, PG.readahead);
      k.put_page(page);
    }
  }
  return read_swap_cache(k, offset).page;
}

/** swap_cache_get_folio() without a VMA: a hit of the machine's readahead. */
export function swap_cache_get_folio_shmem(k: Kernel, slot: SwapSlot): number {
  const page = slot.cache;
  if (page < 0) return -1;
  k.get_page(page);
  if (k.frames.test(page, PG.readahead)) {
    k.frames.clearFlag(page, PG.readahead);
    k.swap.cluster = { ...k.swap.cluster, hits: k.swap.cluster.hits + 1 };
  }
  return page;
}

/** swap_cluster_readahead(): for tmpfs, by neighbouring slots; -1 without memory. */
export function swap_cluster_readahead(k: Kernel, offset: number): number {
  const mask = swapin_cluster_pages(k, offset) - 1;
  for (let at = offset - (offset & mask); mask > 0 && at <= (offset | mask) && at <= k.swap.pages; at++) {
    const slot = k.swap.slot(at);
    if (slot === undefined || (slot.count === 0 && slot.cache < 0)) continue;
    const { page, allocated } = read_swap_cache(k, at);
    if (page < 0) continue;
    if (allocated && at !== offset) k.frames.setFlag(page, PG.readahead);
    k.put_page(page);
  }
  return read_swap_cache(k, offset).page;
}

/** swapin_nr_pages(). */
function swapin_cluster_pages(k: Kernel, offset: number): number {
  const { prev_offset, hits, last_pages } = k.swap.cluster;
  const pages = swapin_nr_pages(prev_offset, offset, hits, last_pages);
  k.swap.cluster = { prev_offset: hits === 0 ? offset : prev_offset, hits: 0, last_pages: pages };
  return pages;
}

/** swapin_walk_pmd_entry() (mm/madvise.c) of MADV_WILLNEED: reads a range's swap entries into the swap cache. */
export function swapin_range(k: Kernel, vma: Vma, start: number, end: number): void {
  const offsets: number[] = [];
  const pentry = newPte();
  vma.mm.pt.forEach(start, end, pentry, () => {
    if (k.pte.present(pentry)) return;
    const offset = swap_offset_of(k, pentry);
    if (offset >= 0) offsets.push(offset);
  });
  for (const offset of offsets) read_ahead(k, offset);
}

/** shmem_swapin_range() (mm/madvise.c) of MADV_WILLNEED. */
export function shmem_swapin_range(k: Kernel, swapped: PageMap, first: number, last: number): void {
  for (const [, offset] of swapped.range(first, last + 1)) read_ahead(k, offset);
}

/** read_swap_cache_async() for later use: without memory it does nothing. */
function read_ahead(k: Kernel, offset: number): void {
  const { page } = read_swap_cache(k, offset);
  if (page >= 0) k.put_page(page);
}

/** __read_swap_cache_async() and the read: the page in the swap cache, with a reference; -1 without memory. */
function read_swap_cache(k: Kernel, offset: number): { page: number; allocated: boolean } {
  const slot = k.swap.slot(offset)!;
  if (slot.cache >= 0) {
    k.get_page(slot.cache);
    return { page: slot.cache, allocated: false };
  }
  const page = k.alloc_page();
  if (page < 0) return { page, allocated: false };
  k.frames.setFlag(page, PG.swapbacked | PG.uptodate);
  k.frames.set(page, F.content, slot.content);
  if (slot.shadow) k.frames.setFlag(page, PG.active); // workingset_refault()
  add_to_swap_cache(k, page, offset);
  folio_add_lru(k, page);
  return { page, allocated: true };
}

/** swap_vma_ra_win(): the pages to read, or null for the one alone. */
function swap_vma_ra_win(k: Kernel, vmf: Vmf): readonly [number, number] | null {
  const { vma, address } = vmf;
  const info = vma.swap_readahead_info ?? { vpn: 0, win: 0, hits: INITIAL_HITS };
  const win = swapin_nr_pages(info.vpn, address, info.hits, info.win);
  vma.swap_readahead_info = { vpn: address, win, hits: 0 };
  if (win === 1) return null;
  let left: number;
  if (address === info.vpn + 1) left = address;
  else if (info.vpn === address + 1) left = address - win + 1;
  else left = address - Math.floor((win - 1) / 2);
  const table = address - (address % k.ptrs_per_pte);
  return [Math.max(left, vma.vm_start, table), Math.min(left + win, vma.vm_end, table + k.ptrs_per_pte)];
}

/** __swapin_nr_pages(). */
function swapin_nr_pages(prev: number, at: number, hits: number, prev_win: number): number {
  let pages = hits + 2;
  if (pages === 2) {
    if (at !== prev + 1 && at !== prev - 1) pages = 1;
  } else {
    let roundup = 4;
    while (roundup < pages) roundup *= 2;
    pages = roundup;
  }
  return Math.max(Math.min(pages, MAX_WIN), Math.floor(prev_win / 2));
}
